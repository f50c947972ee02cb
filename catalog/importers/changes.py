"""What one release did to the records of the release before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from catalog.models import AddOnEdit, Change, Mue, PtpEdit, Release

Kind, Record = Change.Kind, Change.Record

PAIR = itemgetter(0, 1)
# Where a row was read, and what the publisher did in its own quarter: not what the record says.
UNCOMPARED = {"record", "code", "line", "action_code", "action_effective_date"}


class Difference(NamedTuple):
    """``fields`` maps each changed field to [before, after], as JSON values; of one record alone, it is empty."""

    kind: str
    record: str
    code: str
    fields: dict[str, list]
    other_code: str = ""


class Compared(NamedTuple):
    """A row to compare: what names it, what it says, and the last day it holds for, None while it is open."""

    record: str
    code: str
    other_code: str
    says: dict[str, object]
    last_day: date | None = None


def compare(before: Iterable[Compared], after: Iterable[Compared], day: date) -> list[Difference]:
    """The differences, by code. ``day`` is the first day of the later release.

    A record has *ended* when a last day appeared, or moved so that it is now past. It is *reactivated* when the
    day went away, or moved so that it is no longer past. A day that merely went by changes nothing.
    """
    old = {row[:3]: row for row in before}
    new = {row[:3]: row for row in after}
    found = [_difference(Kind.ADDED, *key) for key in new.keys() - old.keys()]
    found += [_difference(Kind.VANISHED, *key) for key in old.keys() - new.keys()]
    for key in old.keys() & new.keys():
        if fields := _changed(old[key].says, new[key].says):
            kind = _kind(old[key].last_day, new[key].last_day, day)
            found.append(_difference(kind, *key, fields))
    return sorted(found, key=lambda difference: (difference.code, difference.other_code, difference.kind))


def of_hcpcs(rows: Iterable) -> Iterator[Compared]:
    """Rows of the HCPCS file: everything that a record says."""
    for row in rows:
        says = {name: value for name, value in row._asdict().items() if name not in UNCOMPARED}
        yield Compared(row.record, row.code, "", says, row.termination_date)


def of_mues(rows: Iterable[Mue]) -> Iterator[Compared]:
    """Rows of an MUE table. They have no dates: a value that is no longer there is not published any more."""
    for row in rows:
        says = {"mue_value": row.mue_value, "adjudication_indicator": row.adjudication_indicator}
        yield Compared(Record.MUE, row.code, "", says | {"rationale": row.rationale})


def of_addon_edits(rows: Iterable[AddOnEdit]) -> Iterator[Compared]:
    """Pairs of the add-on table, each by the row that is open or was last: some were ended and made again."""
    last = sorted(rows, key=lambda row: (row.add_on, row.primary, row.deletion_date or date.max))
    for row in {(row.add_on, row.primary): row for row in last}.values():
        says = {name: getattr(row, name) for name in ("edit_type", "note")}
        says |= {name: getattr(row, name) for name in ("add_on_deletion_date", "primary_deletion_date")}
        says |= {name: getattr(row, name) for name in ("effective_date", "deletion_date")}
        yield Compared(Record.ADDON, row.add_on, row.primary, says, row.deletion_date)


def of_pairs(before: Release, after: Release) -> Iterator[Difference]:
    """What became of pairs of the PTP table, as CMS counts it: pairs with an open row now, and with one before.

    A change of the modifier indicator ends a row and begins another. Found by the database and never held whole,
    as the tables have millions of rows.
    """
    now, was = _only_in(after, before), _only_in(before, after)
    found = merge(((*row, True) for row in now), ((*row, False) for row in was), key=PAIR)
    for (one, two), rows in groupby(found, key=PAIR):
        sides = {is_new: (indicator, is_known) for _one, _two, indicator, is_known, is_new in rows}
        if len(sides) == 2:
            fields = {"modifier_indicator": [sides[False][0], sides[True][0]]}
            yield Difference(Kind.REVISED, Record.PTP, one, fields, two)
        elif True in sides:
            yield Difference(Kind.ADDED, Record.PTP, one, {}, two)
        else:
            yield Difference(Kind.ENDED if sides[False][1] else Kind.VANISHED, Record.PTP, one, {}, two)


def of_missing_pairs(before: Release, after: Release) -> Iterator[Difference]:
    """The pairs, open or ended, of which the PTP table of an incomplete release has no row at all, in order."""
    pair = {name: OuterRef(name) for name in ("column_one", "column_two")}
    missing = PtpEdit.objects.of(before).filter(~Exists(PtpEdit.objects.of(after).filter(**pair)))
    for one, two in missing.order_by(*pair).values_list(*pair).distinct().iterator():
        yield Difference(Kind.MISSING, Record.PTP, one, {}, two)


def _only_in(one: Release, other: Release) -> Iterator[tuple[str, str, str, bool]]:
    """Column one, column two and indicator of the open rows of one release that the other has not, in order.

    The last value tells whether the other release has any row of the pair.
    """
    pair = {name: OuterRef(name) for name in ("column_one", "column_two")}
    of_pair = PtpEdit.objects.of(other).filter(**pair)
    alike = of_pair.filter(deletion_date=None, modifier_indicator=OuterRef("modifier_indicator"))
    missing = PtpEdit.objects.of(one).filter(~Exists(alike), deletion_date=None).order_by(*pair)
    return missing.values_list(*pair, "modifier_indicator", Exists(of_pair)).iterator()


def _difference(kind: str, record: str, code: str, other_code: str, fields: dict | None = None) -> Difference:
    return Difference(kind, record, code, fields or {}, other_code)


def _changed(before: dict[str, object], after: dict[str, object]) -> dict[str, list]:
    return {name: [_json(was), _json(after[name])] for name, was in before.items() if was != after[name]}


def _json(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _kind(was: date | None, now: date | None, day: date) -> str:
    if now and (was is None or now < day <= was):
        return Kind.ENDED
    if was and (now is None or was < day <= now):
        return Kind.REACTIVATED
    return Kind.REVISED
