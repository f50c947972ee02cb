"""What one release did to the records of the release before it. Pure: rows in, differences out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from catalog.importers.hcpcs import Row
from catalog.models import Change

Kind = Change.Kind

# Where a row was read, and what the publisher did in its own quarter: not what the record says.
UNCOMPARED = {"record", "code", "line", "action_code", "action_effective_date"}
COMPARED = [name for name in Row._fields if name not in UNCOMPARED]


class Difference(NamedTuple):
    """``fields`` maps each changed field to [before, after], as JSON values; of one record alone, it is empty."""

    kind: str
    record: str
    code: str
    fields: dict[str, list]


def compare(before: Iterable[Row], after: Iterable[Row], day: date) -> list[Difference]:
    """The differences, by code. ``day`` is the first day of the later release.

    A record has *ended* when a termination date appeared, or moved so that it is now past. It is *reactivated*
    when the date went away, or moved so that it is no longer past. A date that merely went by changes nothing.
    """
    old = {(row.record, row.code): row for row in before}
    new = {(row.record, row.code): row for row in after}
    found = [Difference(Kind.ADDED, *key, {}) for key in new.keys() - old.keys()]
    found += [Difference(Kind.VANISHED, *key, {}) for key in old.keys() - new.keys()]
    for key in old.keys() & new.keys():
        if fields := _changed(old[key], new[key]):
            kind = _kind(old[key].termination_date, new[key].termination_date, day)
            found.append(Difference(kind, *key, fields))
    return sorted(found, key=lambda difference: (difference.code, difference.kind))


def tally(differences: Iterable[Difference]) -> dict[str, int]:
    """Counts by kind, every kind present."""
    counts = Counter(difference.kind for difference in differences)
    return {str(kind): counts[kind] for kind in Kind}


def _changed(before: Row, after: Row) -> dict[str, list]:
    return {
        name: [_json(was), _json(now)]
        for name in COMPARED
        if (was := getattr(before, name)) != (now := getattr(after, name))
    }


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
