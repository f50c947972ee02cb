"""The PTP edits on the page of a code: the rows that name it in column two, and those that name it in column one.

First the beginning of each list, with ``?role=one`` or ``two`` a page of one. A code may have ten thousand rows,
so they are read by the index, in its order; how many there are was counted when the release was loaded, and a
list that is narrowed is counted only when somebody pages through it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog import codes, edit_words, exports, snapshot
from catalog.edit_rows import Describe, PtpRow, ptp_lines, ptp_row, release_name
from catalog.edit_words import NotCompared, Verdict
from catalog.models import Dataset, EditCode, PtpEdit, Release, Setting
from catalog.snapshot import Snapshot
from catalog.tables import ROWS_PER_PAGE
from catalog.templatetags.catalog import us_date
from catalog.views.edit_parts import AskedDay, asked_day, notices
from catalog.wording import shorten

TARGET = "edit-tables"
ROWS_AT_FIRST = 10
LONGEST_BEGINNING = 40
DESCRIPTOR_LENGTH = 60

# The column that a role puts the code in, the other one, and the field of EditCode that counts its rows.
COLUMNS = {
    "two": ("column_two", "column_one", "in_second"),
    "one": ("column_one", "column_two", "in_first"),
}


class Asked(NamedTuple):
    """Which edits: ``beginning`` is that of the other code, ``role`` the column of this one, empty for both.

    ``misread`` is what was typed for the other code when no code begins so; then nothing is narrowed.
    """

    setting: Setting
    on: AskedDay
    beginning: str = ""
    misread: str = ""
    role: str = ""
    with_ended: bool = False

    @classmethod
    def from_request(cls, request: HttpRequest, today: date) -> Asked:
        """Read ``s``, ``with``, ``role``, ``st`` and ``on``; what makes no sense counts as not asked."""
        query = request.GET
        setting, role = query.get("s", ""), query.get("role", "")
        typed = query.get("with", "")[:LONGEST_BEGINNING]
        beginning = codes.normalize(typed)
        is_beginning = re.fullmatch("[0-9A-Z]{0,5}", beginning)
        return cls(
            setting=Setting(setting) if setting in Setting else Setting.PRACTITIONER,
            on=asked_day(request, today),
            beginning=beginning if is_beginning else "",
            misread="" if is_beginning else typed,
            role=role if role in COLUMNS else "",
            with_ended=query.get("st") == "all",
        )

    @property
    def sentence(self) -> str:
        """What the rows were narrowed to, for the head of an export."""
        parts = [f"with {self.beginning}"] if self.beginning else []
        parts += [f"code in column {self.role}"] if self.role else []
        return "; ".join([*parts, "all rows" if self.with_ended else "in force"])


class Side(NamedTuple):
    """The rows that name the code in one column: ``total`` on file, some of them in ``rows``.

    ``has_more`` when the list goes on; ``page`` when this is one page of it; ``nothing`` when none is listed.
    """

    role: str
    total: int
    rows: list[PtpRow]
    has_more: bool
    page: Page | None
    nothing: Verdict | None


class Block(NamedTuple):
    """What the page says of the code's PTP edits. ``day`` is the one the rows are read for.

    That is the day asked for, unless it lies after the last day of the newest table: then that last day, and
    ``is_late``. ``unchecked`` says why there is no table to read.
    """

    code: str
    asked: Asked
    release: Release | None
    day: date
    is_late: bool = False
    unchecked: Verdict | None = None
    sides: tuple[Side, ...] = ()

    @property
    def settings(self) -> type[Setting]:
        return Setting

    @property
    def is_whole(self) -> bool:
        """Whether every row of both columns is listed, so that a code without one has none."""
        is_narrowed = self.asked.beginning or self.asked.role
        return not (is_narrowed or self.is_incomplete or any(side.has_more for side in self.sides))

    @property
    def is_incomplete(self) -> bool:
        return edit_words.is_incomplete(self.release)


def alone(request: HttpRequest, code: str) -> HttpResponse | None:
    """The tables of the code as the fragment htmx swaps, or as a file; None when the whole page is wanted."""
    if "_export" in request.GET:
        return exports.response(_sheet(request, code), request.GET["_export"], snapshot.of(request).day)
    if request.htmx.target == TARGET:
        return render(request, "catalog/_edit_tables.html", {"ptp": block(request, code)})
    return None


def block(request: HttpRequest, code: str) -> Block:
    """At most four queries: how many rows, those of each column, and a count when one list is paged through."""
    loaded = snapshot.of(request)
    found = _table_of(loaded, Asked.from_request(request, loaded.day), code)
    if found.unchecked:
        return found
    counted = EditCode.objects.filter(release=found.release, code=code).first() or EditCode()
    shown = [found.asked.role] if found.asked.role else COLUMNS
    sides = [_side(request, found, role, getattr(counted, COLUMNS[role][2])) for role in shown]
    return found._replace(sides=tuple(sides))


def _table_of(loaded: Snapshot, asked: Asked, code: str) -> Block:
    """The table of the setting and the day to read it for, as yet without its rows."""
    release = loaded.edits_of(Dataset.PTP, asked.setting)
    if asked.setting == Setting.DME_SUPPLIER:
        return Block(code, asked, None, asked.on.day, unchecked=edit_words.standing_words(NotCompared.NO_TABLE))
    if release is None:
        return Block(code, asked, None, asked.on.day, unchecked=edit_words.standing_words(NotCompared.NOT_LOADED))
    day = min(asked.on.day, release.last_day)
    if not release.covers(day):
        return Block(code, asked, release, asked.on.day, unchecked=edit_words.uncovered_words(release, day))
    return Block(code, asked, release, day, is_late=day != asked.on.day)


def _side(request: HttpRequest, found: Block, role: str, total: int) -> Side:
    loaded = snapshot.of(request)
    edits = _edits(found, role).select_related("rationale") if total else PtpEdit.objects.none()
    page = None
    if found.asked.role:
        paginator = Paginator(edits, ROWS_PER_PAGE)
        paginator.count = _number(loaded, found, role, total)
        page = paginator.get_page(request.GET.get("page"))
        shown, has_more = list(page), False
    else:
        shown = list(edits[: ROWS_AT_FIRST + 1])
        shown, has_more = shown[:ROWS_AT_FIRST], len(shown) > ROWS_AT_FIRST
    query = "" if found.day == loaded.day else f"?on={found.day.isoformat()}"
    beside = (COLUMNS[role][1], found.release, found.day, query, describing(loaded))
    rows = [ptp_row(edit, *beside) for edit in shown]
    return Side(role, total, rows, has_more, page, None if shown else _nothing(found, role, total))


def _edits(found: Block, role: str) -> QuerySet:
    """In the order of the other code, the earlier period of a pair first."""
    own, other, _ = COLUMNS[role]
    edits = PtpEdit.objects.of(found.release).filter(**{own: found.code})
    if beginning := found.asked.beginning:
        # Not LIKE, which only some databases look up in an index: the first and the last code that can begin so.
        between = {f"{other}__gte": beginning.ljust(5, "0"), f"{other}__lte": beginning.ljust(5, "Z")}
        edits = edits.filter(**between)
    if not found.asked.with_ended:
        edits = edits.effective_on(found.day)
    return edits.order_by(other, "effective_date", "pk")


def _number(loaded: Snapshot, found: Block, role: str, total: int) -> int:
    """How many rows there are to page through. Kept with the snapshot, as paging asks for it again and again."""
    asked = found.asked
    if not total or (asked.with_ended and not asked.beginning):
        return total
    key = ("ptp rows", found.code, role, found.release.pk, found.day, asked.beginning, asked.with_ended)
    if (counted := loaded.fragments.get(key)) is None:
        counted = str(_edits(found, role).count()).encode()
        loaded.fragments.put(key, counted)
    return int(counted)


def _nothing(found: Block, role: str, total: int) -> Verdict:
    """Why no row is listed, which is "Not checked" wherever the table may not be whole."""
    asked, release = found.asked, found.release
    where = f"{found.code} in column {role}"
    like = f" and a code beginning with {asked.beginning}" if asked.beginning else ""
    if found.is_incomplete:
        has = edit_words.loaded_part(release)
        standing = "" if asked.with_ended else f" in force on {us_date(found.day)}"
        return Verdict(
            *("unk", "Not checked", "Not checked", f"{has} no row{standing} with {where}{like}."),
            ("CMS’s files may well have one.",),
        )
    if not total or asked.with_ended:
        return Verdict(
            *("none", "No edit on file", "No edit on file", f"{release.title} has no row with {where}{like}."),
        )
    return Verdict(
        *("none", "None in force", "None in force"),
        f"No row with {where}{like} is in force on {us_date(found.day)}.",
    )


def describing(loaded: Snapshot) -> Describe:
    """What a code is, without a query: the start of CMS's descriptor, else our section around its number.

    A section that is named after its range says nothing new; then the one around it.
    """

    def describe(code: str) -> str:
        if entry := loaded.index.entry(code):
            text = shorten(entry.long or entry.short, DESCRIPTOR_LENGTH)
            return f"{text} ({entry.tag})" if entry.tag else text
        around = loaded.tree.path(section) if (section := loaded.tree.narrowest(code)) else []
        return next((part.short_title for part in reversed(around) if "–" not in part.short_title), "")

    return describe


def _sheet(request: HttpRequest, code: str) -> exports.Sheet:
    """Every row that the filter leaves, of one column or of both, and what must be said with them."""
    loaded = snapshot.of(request)
    found = _table_of(loaded, Asked.from_request(request, loaded.day), code)
    asked, release = found.asked, found.release
    title = f"PTP edits of {code}, {asked.setting.label}"
    if found.unchecked:
        sentence = f"{found.unchecked.chip}: {found.unchecked.headline}."
        return exports.Sheet(title, (sentence,), release.title if release else "not loaded", [(sentence,)])
    lists = [_edits(found, role) for role in ([asked.role] if asked.role else ("one", "two"))]
    about = [f"PTP edits, {asked.setting.label}, {release_name(release)}"]
    about += [f"Filter: {asked.sentence}; read for {found.day.isoformat()}"]
    return exports.Sheet(
        title=title,
        about=tuple(about),
        release=release.title,
        rows=ptp_lines(lists, release, found.day),
        is_filtered=bool(asked.beginning or asked.role or not asked.with_ended),
        remarks=tuple(_remarks(found)),
    )


def _remarks(found: Block) -> Iterator[tuple[str, str]]:
    """What goes with the rows of a file: the day asked for where it is not theirs, and the publisher's notice."""
    if found.is_late:
        asked, read = found.asked.on.day.isoformat(), found.day.isoformat()
        yield "Read for", f"Asked for {asked}, which is not loaded; read for {read}."
    yield "Note", edit_words.NOT_A_DECISION
    yield from notices(found.release)
