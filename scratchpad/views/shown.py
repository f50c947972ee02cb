"""Findings as the page shows them: each with its words, the lines it speaks of and the page of its row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from catalog.edits import FIRST_ADD_ON_DAY, FIRST_DAY, FIRST_MUE_DAY
from catalog.models import Release
from catalog.snapshot import Snapshot
from catalog.wording import us_date
from scratchpad.claim import DME_SUPPLIER, Claim
from scratchpad.finding_words import Chip, Said, anchor, chip_of, is_quiet, said
from scratchpad.findings import Finding, Kind
from scratchpad.lookup import withdrawn
from scratchpad.phrases import listed
from scratchpad.reference import AddOnRow, MueRow, PtpRow, Reference, beside
from scratchpad.views.checked import Checked

MOST_FINDINGS = 40
"""Findings in full on a page, until all of them are asked for."""

MORE = "#more-findings"
"""Where a page says that there are more, and leads to them."""


class Page(NamedTuple):
    """Where more can be read of a row, and what that page is called."""

    href: str
    words: str


class Article(NamedTuple):
    """A finding in full. ``at`` names its lines."""

    said: Said
    anchor: str
    at: str
    page: Page | None

    @property
    def icon(self) -> str:
        return f"v-{self.said.sign}"


class Note(NamedTuple):
    """A finding that has something to say, in short; in full where it stands on the page."""

    finding: Finding
    chip: Chip
    anchor: str
    article: Article | None

    @property
    def marked(self) -> tuple[int, ...]:
        """The lines that bear its sign."""
        return self.finding.lines[1:] if self.finding.kind is Kind.PTP else self.finding.lines

    @property
    def link(self) -> str:
        """To where it stands, or to what leads to all: not to an address, which is as long as the claim."""
        return f"#{self.anchor}" if self.article else MORE

    @property
    def label(self) -> str:
        if self.article:
            return self.article.said.headline
        return f"{self.chip.label}, {line_words(sorted(self.finding.lines)).lower()}: among all findings"


def notes(found: Checked, *, shows_all: bool = False) -> list[Note]:
    """The findings that say more than that nothing is wrong, in the order of the findings."""
    loud = [finding for finding in found.findings if not is_quiet(finding)]
    most = len(loud) if shows_all else MOST_FINDINGS
    return [
        Note(finding, chip_of(finding), anchor(finding), _article(finding, found) if at < most else None)
        for at, finding in enumerate(loud)
    ]


def _article(finding: Finding, found: Checked) -> Article:
    claim = found.claim
    words = said(finding, claim, found.reference)
    return Article(words, anchor(finding), line_words(sorted(finding.lines)), row_page(finding, claim))


def line_words(lines: Sequence[int]) -> str:
    """``Line 4``, ``Lines 1 and 3``; of a finding of all of them, ``Whole claim``."""
    if not lines:
        return "Whole claim"
    *first, last = map(str, lines)
    return f"Lines {', '.join(first)} and {last}" if first else f"Line {last}"


def row_page(finding: Finding, claim: Claim) -> Page | None:
    """Where all that the table has on this pair, code or add-on code can be read, for the day of its lines."""
    day = next((claim.line(number).first_day for number in finding.lines), None) or claim.date_of_service
    match finding.row:
        case PtpRow(column_one=one, column_two=two):
            return _page("All rows of this pair", "ptp_pair", claim.setting, one, two, on=day.isoformat())
        case MueRow(code=code):
            return _page("This value", "mue", claim.setting, code, quarter=finding.release.quarter)
        case AddOnRow(add_on=add_on, primary=primary):
            return _page("This add-on edit", "addon", add_on, primary, on=day.isoformat())
    if finding.kind is Kind.CODE and finding.codes:
        return _page(f"The page of {finding.codes[0]}", "code", finding.codes[0])
    return None


def _page(words: str, view: str, *parts: str, **asked: str) -> Page:
    return Page(reverse(view, args=parts) + (f"?{urlencode(asked)}" if asked else ""), words)


# --- What answers ------------------------------------------------------------------------------------------


class Answering(NamedTuple):
    """A kind of table and its release that answers for the date of service; ``words`` where none does.

    ``last_day`` is that of the newest release, where all end before the date.
    """

    kind: Kind
    label: str
    release: Release | None
    words: str = ""
    last_day: date | None = None


TABLES = {Kind.PTP: "PTP edits", Kind.MUE: "MUE", Kind.ADDON: "Add-on codes"}
BEGAN = {
    Kind.PTP: ("NCCI", FIRST_DAY),
    Kind.MUE: ("MUEs", FIRST_MUE_DAY),
    Kind.ADDON: ("add-on edits", FIRST_ADD_ON_DAY),
}
"""What began with the first table of a kind, and when: none answers for an earlier date, and none is missing."""


def answering(loaded: Snapshot, claim: Claim) -> list[Answering]:
    """What stands beside the date of service."""
    found = [_answering(loaded, claim, kind) for kind in TABLES]
    return [*found, Answering(Kind.CODE, "HCPCS Level II", loaded.release, "" if loaded.release else "not loaded")]


def _answering(loaded: Snapshot, claim: Claim, kind: Kind) -> Answering:
    label, setting, day = TABLES[kind], "" if kind is Kind.ADDON else claim.setting, claim.date_of_service
    of_kind = [each for each in loaded.edits if (each.dataset, each.setting) == (kind, setting)]
    release = next((each for each in of_kind if each.covers(day)), None)
    if release:
        return Answering(kind, label, release)
    if (kind, setting) == (Kind.PTP, DME_SUPPLIER):
        return Answering(kind, label, None, "no table for DME suppliers")
    what, first_day = BEGAN[kind]
    if day < first_day:
        return Answering(kind, label, None, f"before {what} began ({us_date(first_day)})")
    gone = _withdrawn_words(loaded, kind, setting, day)
    if not of_kind:
        return Answering(kind, label, None, f"not loaded{gone}")
    newest = max(of_kind, key=lambda each: each.quarter)
    last_day = newest.last_day if newest.last_day < day else None
    if kind is Kind.MUE:  # each quarter has a table of its own: how far they reach says nothing between them
        nearest = listed(each.title for each in beside(day, of_kind))
        return Answering(kind, label, None, f"not for this date, nearest loaded: {nearest}{gone}", last_day)
    until = f", loaded to {us_date(last_day)}" if last_day else ""
    return Answering(kind, label, None, f"not for this date{until}{gone}", last_day)


def _withdrawn_words(loaded: Snapshot, kind: Kind, setting: str, day: date) -> str:
    """Which table answered for the day until it was withdrawn, if one did: ``; July 2024 was withdrawn``."""
    of_kind = [each for each in withdrawn(loaded) if (each.dataset, each.setting) == (kind, setting)]
    return next((f"; {each.title} was withdrawn" for each in of_kind if each.covers(day)), "")


def releases_read(loaded: Snapshot, reference: Reference) -> list[Release]:
    """The releases of the NCCI tables whose rows are on the page."""
    read = [reference.ptp, *reference.mue.values(), reference.addon]
    keys = {each.pk for each in read if each}
    return [release for release in loaded.edits if release.pk in keys]
