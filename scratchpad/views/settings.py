"""The lines of a claim in every setting, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog import snapshot
from catalog.edit_words import NOT_A_DECISION
from catalog.models import Setting
from catalog.views.code_edits import notices
from scratchpad import coverage, finding_words, summary
from scratchpad.claim import SETTINGS
from scratchpad.compare import Mark, Row, compare
from scratchpad.findings import Finding
from scratchpad.forms import ClaimForm, provider_remark
from scratchpad.views import shown
from scratchpad.views.checked import Checked, address, check_claim
from scratchpad.views.export import describing
from scratchpad.views.shown import Answering, line_words

MOST_ROWS = shown.MOST_FINDINGS
"""Rows on a page, until all of them are asked for, and those with links: each has the claim's address thrice."""


class Column(NamedTuple):
    """A setting: the page of the claim in it, its headline, and its tables that answer for the date of service."""

    label: str
    href: str
    headline: str
    tables: list[Answering]


class Subject(NamedTuple):
    """A row, the lines its codes are on, and for each setting its marks with where they lead, if anywhere."""

    row: Row
    at: str
    cells: list[list[tuple[Mark, str]]]


def all_settings(request: HttpRequest, form: ClaimForm) -> HttpResponse:
    """The page. Each setting is looked up for itself: at most five queries for each."""
    loaded, claim = snapshot.of(request), form.claim
    found = {setting: check_claim(form, claim.in_setting(setting), loaded) for setting in SETTINGS}
    compared = compare({setting: each.findings for setting, each in found.items()})
    columns = [_column(setting, each, shown.answering(loaded, each.claim)) for setting, each in found.items()]
    anywhere = found[claim.setting]
    describe = describing(anywhere.reference, loaded)
    here = columns[SETTINGS.index(claim.setting)]
    most = None if form.fields.get("findings") == "all" else MOST_ROWS
    is_linked = len(compared.rows[:most]) <= MOST_ROWS
    context = {
        "here": "scratchpad",
        "claim": claim,
        "problems": [*form.problems, *form.line_problems],
        "remark": provider_remark(claim),
        "lines": [(line, describe(line.code)) for line in claim.lines],
        "has_own": any(line.date_text or line.provider for line in claim.lines),
        "columns": columns,
        "compared": compared,
        "subjects": [_subject(row, columns, is_linked=is_linked) for row in compared.rows[:most]],
        "is_linked": is_linked,
        "all_rows": address(claim, view="settings", findings="all"),
        "everywhere": [_said(finding, anywhere, here.href) for finding in compared.everywhere],
        "same_tables": shown.answering(loaded, claim)[len(_OF_SETTING) :],
        "address": address(claim),
        "back": address(claim, view="settings", findings="" if most else "all"),
        "share": request.build_absolute_uri(address(claim, view="settings")),
        "notices": notices(_releases(shown.releases_read(loaded, each.reference) for each in found.values())),
        "note": f"{coverage.NOT_LOOKED_AT} {summary.NOT_AN_APPROVAL} {NOT_A_DECISION}",
    }
    return render(request, "scratchpad/settings.html", context)


_OF_SETTING = ("PTP edits", "MUE")
"""The tables of which each setting has its own."""


def _column(setting: str, found: Checked, tables: list[Answering]) -> Column:
    headline = summary.headline(found.claim, found.findings, coverage.coverage(*found[1:]))
    loud = sum(not finding_words.is_quiet(finding) for finding in found.findings)
    href = address(found.claim, findings="all" if loud > shown.MOST_FINDINGS else "")
    return Column(Setting(setting).label, href, headline.title, tables[: len(_OF_SETTING)])


def _subject(row: Row, columns: list[Column], *, is_linked: bool) -> Subject:
    cells = [
        [(mark, f"{column.href}#{mark.anchor or 'ledger'}" if is_linked else "") for mark in marks]
        for marks, column in zip(row.cells, columns, strict=True)
    ]
    return Subject(row, line_words(sorted(row.lines)), cells)


def _said(finding: Finding, found: Checked, href: str) -> tuple[finding_words.Said, str, str]:
    """Its words, the lines it speaks of, and where it stands in full: on the page of ``href``."""
    said = finding_words.said(finding, found.claim, found.reference)
    return said, line_words(finding.lines), f"{href}#{finding_words.anchor(finding)}"


def _releases(read: Iterable[list]) -> list:
    """Each release once, in the order of the settings."""
    return list(dict.fromkeys(release for releases in read for release in releases))
