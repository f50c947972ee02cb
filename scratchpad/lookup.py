"""What the loaded tables hold of a claim: the only ORM of this app.

Which release answers is known from the snapshot and costs no query. Each dataset is asked once, however many lines
there are, and not at all where no line or no release gives it anything to ask.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from operator import attrgetter

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from catalog.models import AddOnEdit, Dataset, HcpcsCode, Modifier, Mue, PtpEdit, Release, ReleaseFile
from catalog.snapshot import Snapshot, once_each
from scratchpad.claim import Claim
from scratchpad.reference import (
    AddOnRow,
    CodeRow,
    LoadedRelease,
    ModifierRow,
    MueRow,
    PtpRow,
    Reference,
    pair_key,
)

# Columns in the order of the fields of CodeRow (both descriptors make one), ModifierRow, PtpRow, MueRow, AddOnRow.
CODE_COLUMNS = (
    *("code", "added_date", "termination_date"),
    *("long_descriptor", "cross_references", "short_descriptor"),
)
MODIFIER_COLUMNS = ("code", "added_date", "termination_date")
PLACE = ("file__name", "line")
PTP_COLUMNS = (
    *("column_one", "column_two", "effective_date", "deletion_date", "modifier_indicator"),
    *("rationale__text", *PLACE),
)
MUE_COLUMNS = ("code", "mue_value", "adjudication_indicator", "rationale", *PLACE)
ADDON_COLUMNS = (
    *("add_on", "primary", "edit_type", "effective_date"),
    *("deletion_date", "add_on_deletion_date", "primary_deletion_date", "note", *PLACE),
)

Query = Callable[[Sequence[int], Sequence[str]], QuerySet]
"""A question about codes in releases, these by their keys."""

Ask = Callable[[Query, Sequence[LoadedRelease], Sequence[str]], list[tuple]]
"""The rows that answer a query."""

in_order = attrgetter("effective_date", "file", "line")


def reference_for(claim: Claim, loaded: Snapshot) -> Reference:
    """The releases that answer for the setting and the days of a claim, and their rows of its codes.

    Edits are those of the lines that can be checked; every Level II code is looked up that could be read.
    """
    with connection.cursor() as cursor:  # one for all queries
        return _reference(claim, loaded, partial(_rows, cursor))


def files_of(reference: Reference) -> list[ReleaseFile]:
    """The files that the releases of a reference were read from, each with its release; one query."""
    asked = filter(None, (reference.hcpcs, reference.ptp, *reference.mue.values(), reference.addon))
    keys = [release.pk for release in asked]
    return list(
        ReleaseFile.objects.filter(release__in=keys).select_related("release").order_by("release_id", "pk")
    )


@once_each
def withdrawn(loaded: Snapshot) -> list[Release]:
    """The releases that answer no more, as they must not be used; one query while the snapshot lasts."""
    return list(Release.objects.filter(state=Release.State.WITHDRAWN).newest_first())


def _reference(claim: Claim, loaded: Snapshot, ask: Ask) -> Reference:
    readable = claim.readable
    checked = sorted({line.code for line in readable})
    modifiers = {modifier for line in readable for modifier in line.modifiers}
    typed = sorted({line.code for line in claim.lines if line.code})
    of_cms = [code for code in typed if code[0].isalpha()]
    hcpcs = _plain(loaded.release)
    ptp = _plain(loaded.edits_of(Dataset.PTP, claim.setting))
    addon = _plain(loaded.edits_of(Dataset.ADDON))
    of_mue = [_plain(one) for one in loaded.edits if (one.dataset, one.setting) == (Dataset.MUE, claim.setting)]
    quarters = _covering(of_mue, {(line.first_day, line.last_day) for line in readable})
    codes = _codes(ask, hcpcs, of_cms)
    return Reference(
        hcpcs=hcpcs,
        codes=codes,
        gone=_gone(loaded, [code for code in of_cms if code not in codes]),
        modifiers=_modifiers(ask, hcpcs, modifiers),
        ptp=ptp,
        pairs=_pairs(ask, ptp, checked),
        mue={release.quarter: release for release in quarters},
        mues=_mues(ask, quarters, checked),
        mue_loaded=tuple(sorted(of_mue, key=attrgetter("first_day"))),
        addon=addon,
        addons=_addons(ask, addon, checked),
        named=frozenset(code for code in typed if _is_named(loaded, code)),
    )


# --- Releases ----------------------------------------------------------------------------------------------


def _plain(release: Release | None) -> LoadedRelease | None:
    if release is None:
        return None
    return LoadedRelease(
        release.pk,
        release.dataset,
        release.setting,
        release.quarter,
        release.title,
        release.first_day,
        release.last_day,
        release.partial,
        release.is_starter,
    )


def _covering(releases: Iterable[LoadedRelease], spans: Iterable[tuple[date, date]]) -> list[LoadedRelease]:
    """Those in whose quarter a day of a span lies."""
    return [
        release
        for release in releases
        if any(first <= release.last_day and release.first_day <= last for first, last in spans)
    ]


def _is_named(loaded: Snapshot, code: str) -> bool:
    at = bisect_left(loaded.edit_codes, code)
    return loaded.edit_codes[at : at + 1] == (code,)


# --- Rows --------------------------------------------------------------------------------------------------


def _codes(ask: Ask, release: LoadedRelease | None, codes: Sequence[str]) -> dict[str, CodeRow]:
    if release is None or not codes:
        return {}
    return {
        code: CodeRow(code, added, terminated, long or short, tuple(json.loads(instead)))
        for code, added, terminated, long, instead, short in ask(_of_codes, [release], codes)
    }


def _gone(loaded: Snapshot, codes: Iterable[str]) -> dict[str, str]:
    """What the index says of codes that the current release has not; it has those of earlier releases."""
    found = {code: loaded.index.entry(code) for code in codes}
    return {code: entry.tag for code, entry in found.items() if entry}


def _modifiers(ask: Ask, release: LoadedRelease | None, modifiers: Iterable[str]) -> dict[str, ModifierRow]:
    """Those of two digits are CPT's, and in no file of CMS's."""
    wanted = sorted(each for each in modifiers if not each.isdigit())
    if release is None or not wanted:
        return {}
    return {row.code: row for row in map(ModifierRow._make, ask(_of_modifiers, [release], wanted))}


def _pairs(
    ask: Ask, release: LoadedRelease | None, codes: Sequence[str]
) -> dict[tuple[str, str], tuple[PtpRow, ...]]:
    """Every edit among the codes, those of a pair from the oldest to the newest."""
    if release is None or len(codes) < 2:
        return {}
    found: Mapping[tuple[str, str], list[PtpRow]] = defaultdict(list)
    for row in map(PtpRow._make, ask(_of_pairs, [release], codes)):
        found[pair_key(row.column_one, row.column_two)].append(row)
    return {pair: tuple(sorted(rows, key=in_order) if len(rows) > 1 else rows) for pair, rows in found.items()}


def _mues(ask: Ask, releases: Sequence[LoadedRelease], codes: Sequence[str]) -> dict[tuple[str, str], MueRow]:
    """The values of the codes in each of the quarters."""
    if not releases or not codes:
        return {}
    quarters = {release.pk: release.quarter for release in releases}
    rows = ask(_of_mues, releases, codes)
    return {(quarters[release], row[0]): MueRow._make(row) for release, *row in rows}


def _addons(ask: Ask, release: LoadedRelease | None, codes: Sequence[str]) -> dict[str, tuple[AddOnRow, ...]]:
    """The rows of the codes that are add-on codes, by primary and from the oldest to the newest."""
    if release is None or not codes:
        return {}
    found: Mapping[str, list[AddOnRow]] = defaultdict(list)
    for row in map(AddOnRow._make, ask(_of_addons, [release], codes)):
        found[row.add_on].append(row)
    return {add_on: tuple(rows) for add_on, rows in found.items()}


# --- Queries -----------------------------------------------------------------------------------------------


def _of_codes(releases: Sequence[int], codes: Sequence[str]) -> QuerySet:
    return HcpcsCode.objects.filter(release__in=releases, code__in=codes).order_by().values_list(*CODE_COLUMNS)


def _of_modifiers(releases: Sequence[int], codes: Sequence[str]) -> QuerySet:
    return Modifier.objects.filter(release__in=releases, code__in=codes).order_by().values_list(*MODIFIER_COLUMNS)


def _of_pairs(releases: Sequence[int], codes: Sequence[str]) -> QuerySet:
    return PtpEdit.objects.filter(release__in=releases).among(codes).values_list(*PTP_COLUMNS)


def _of_mues(releases: Sequence[int], codes: Sequence[str]) -> QuerySet:
    return Mue.objects.filter(release__in=releases).among(codes).order_by().values_list("release_id", *MUE_COLUMNS)


def _of_addons(releases: Sequence[int], codes: Sequence[str]) -> QuerySet:
    return AddOnEdit.objects.filter(release__in=releases).among(codes).values_list(*ADDON_COLUMNS)


def _rows(
    cursor: CursorWrapper, query: Query, releases: Sequence[LoadedRelease], codes: Sequence[str]
) -> list[tuple]:
    """The rows as the driver has them: dates are dates, JSON is text."""
    sql, places = _written(query, len(releases), len(codes))
    values = [release.pk for release in releases] + list(codes)
    cursor.execute(sql, [values[place] for place in places])
    return cursor.fetchall()


@cache
def _written(query: Query, releases: int, codes: int) -> tuple[str, tuple[int, ...]]:
    """The SQL of a query about so many releases and codes, and which of them goes in each of its places.

    Kept, because Django takes twice as long to write a query of fifty codes as the database to answer it. It is
    written for the numbers of the releases and codes in their own stead.
    """
    numbers = range(releases), [f"{number:05}" for number in range(releases, releases + codes)]
    sql, places = query(*numbers).query.sql_with_params()
    return sql, tuple(map(int, places))
