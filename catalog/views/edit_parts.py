"""What the pages of an edit share: reading the address, the day asked about, the codes named, and receipts."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect

from catalog import codes
from catalog.edit_cells import addon_cells, mue_cells, place, ptp_cells
from catalog.models import AddOnEdit, HcpcsCode, Mue, PtpEdit, Release, ReleaseFile, Section, Setting
from catalog.snapshot import Snapshot
from catalog.views.errors import NotACode, NotASetting

AS_TYPED = {codes.Status.OK, codes.Status.NORMALIZED}


def setting_in_address(text: str) -> Setting:
    if text not in Setting:
        raise NotASetting(text)
    return Setting(text)


def code_in_address(text: str) -> str:
    """The code that part of an address means. What is no code leads to the page that takes it apart."""
    meant = codes.parse(text)
    if meant.status not in AS_TYPED or not meant.code:
        raise NotACode(text)
    return meant.code


def moved(request: HttpRequest, view: str, *parts: str) -> HttpResponseRedirect:
    """To the same page under the address that spells its codes as they are, for good."""
    answer = redirect(view, *parts, permanent=True)
    if request.GET:
        answer["Location"] += f"?{request.GET.urlencode()}"
    return answer


class AskedDay(NamedTuple):
    """The day a page answers for; today as well when ``misread`` stood in the address, which is no date."""

    day: date
    is_today: bool
    misread: str = ""

    @property
    def claim_day(self) -> date | None:
        """The day to take along to the scratchpad, which takes today by itself."""
        return None if self.is_today else self.day


def asked_day(request: HttpRequest, today: date) -> AskedDay:
    """``?on=2026-07-15``; today when it is left out."""
    text = request.GET.get("on", "").strip()
    if not text:
        return AskedDay(today, is_today=True)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return AskedDay(today, is_today=True, misread=text[:40])
    return AskedDay(day, is_today=day == today)


class Named(NamedTuple):
    """A code and what can be said of it here: CMS's descriptor of Level II, else our section around its number."""

    code: str
    descriptor: str
    section: Section | None
    is_missing: bool
    """A Level II code that the loaded release does not have."""


def named(loaded: Snapshot, *wanted: str) -> dict[str, Named]:
    """One query at most, none when all are CPT."""
    of_cms = [code for code in wanted if codes.kind_of(code) is codes.Kind.LEVEL_II]
    rows = HcpcsCode.objects.filter(release=loaded.release, code__in=of_cms) if of_cms else ()
    texts = {row.code: row.long_descriptor or row.short_descriptor for row in rows}
    return {
        code: Named(
            code,
            texts.get(code, ""),
            loaded.tree.narrowest(code) if codes.is_code(code) else None,
            code in of_cms and code not in texts,
        )
        for code in wanted
    }


def notices(release: Release) -> list[tuple[str, str]]:
    """The publisher's notice as a remark of an export, on one line; nothing where there is none."""
    text = " ".join(release.notice.split())
    return [("Notice", text)] if text else []


class Receipt(NamedTuple):
    """Where a row was read, and its cells as published: header and value. Dates are ISO."""

    release: Release
    file: ReleaseFile
    place: str
    line: int
    cells: list[tuple[str, str]]


def receipt(release: Release, row: PtpEdit | Mue | AddOnEdit) -> Receipt:
    """The receipt of a row and its file. ``place`` is what its number counts: lines, or rows of a sheet."""
    return Receipt(release, row.file, place(row.file.name), row.line, _cells(release, row))


def _cells(release: Release, row: PtpEdit | Mue | AddOnEdit) -> list[tuple[str, str]]:
    match row:
        case PtpEdit():
            starter, early = release.is_starter, row.prior_to_1996
            return ptp_cells(row, row.rationale.text, is_starter=starter, prior_to_1996=early)
        case Mue():
            return mue_cells(row)
        case AddOnEdit():
            return addon_cells(row)
