"""The life of a code or modifier: its days, what each loaded release did to it, and where its row was read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from catalog import charts, values
from catalog.models import Change, HcpcsCode, Modifier, Release, ReleaseFile
from catalog.wording import FieldChange, field_changes

ONE_DAY = timedelta(days=1)


class Event(NamedTuple):
    day: date
    words: str


def events(record: HcpcsCode | Modifier, day: date) -> list[Event]:
    """The days CMS's row names, in order. ``day`` tells whether the code has begun."""
    return sorted(_events(record, day))


def _events(record: HcpcsCode | Modifier, day: date) -> Iterator[Event]:
    if record.added_date:
        yield Event(record.added_date, "Added" if record.added_date <= day else "First valid day")
    if record.termination_date:
        yield Event(record.termination_date, "Last valid day")
    changed = record.action_effective_date
    if changed and changed != record.added_date:
        yield Event(changed, _action(record))
    if record.asc_effective_date and record.asc_effective_date != changed:
        yield Event(record.asc_effective_date, f"ASC group {record.asc_group}")


def _action(record: HcpcsCode | Modifier) -> str:
    """What CMS did on the day of its last action; the action code tells only of this release's quarter."""
    if record.termination_date and record.action_effective_date == record.termination_date + ONE_DAY:
        return "Discontinued"
    if record.action_code != "N":
        return values.ACTION.get(record.action_code, f"Action {record.action_code}")
    if record.action_effective_date == record.asc_effective_date:
        return f"Last change: ASC group {record.asc_group}"
    return "Last change"


def picture(record: HcpcsCode | Modifier) -> charts.Timeline:
    ends = {record.added_date, record.termination_date}
    if record.termination_date:
        ends.add(record.termination_date + ONE_DAY)
    changed = [day for day in (record.action_effective_date, record.asc_effective_date) if day and day not in ends]
    return charts.timeline(record.added_date, record.termination_date, changed, record.release.last_day)


class Step(NamedTuple):
    """One loaded release and what it did to the record: a kind of change, or none; ``is_first`` has it first."""

    release: Release
    change: Change | None
    fields: list[FieldChange]
    is_first: bool


def steps(record: type[HcpcsCode] | type[Modifier], code: str) -> list[Step]:
    """What every loaded CMS release that knows the code did to it, newest first. Two queries."""
    kind = Change.Record.CODE if record is HcpcsCode else Change.Record.MODIFIER
    published = Release.objects.published()  # a release still being written has rows already
    changes = Change.objects.filter(code=code, record=kind, release__in=published).select_related("release")
    by_release = {change.release: change for change in changes}
    holding = [row.release for row in record.objects.published().filter(code=code).only("release")]
    releases = sorted(
        {*holding, *by_release}, key=lambda release: (release.quarter, release.revision), reverse=True
    )
    return [
        Step(
            release,
            change := by_release.get(release),
            field_changes(change.fields) if change else [],
            is_first=bool(holding) and release == holding[-1],
        )
        for release in releases
    ]


class Receipt(NamedTuple):
    """Where a row was read: the file, and the line of a text or the row of a workbook."""

    file: ReleaseFile | None
    place: str
    number: int
    action: values.Meaning


def receipt(record: HcpcsCode | Modifier) -> Receipt:
    files = list(record.release.files.all())
    # CMS's file of codes and modifiers comes before its notes; the starter set has its modifiers in a second file.
    is_in_second = record.release.is_starter and isinstance(record, Modifier)
    file = (files[-1] if is_in_second else files[0]) if files else None
    is_text = file is not None and file.name.lower().endswith(".txt")
    action = values.Meaning(record.action_code, values.ACTION.get(record.action_code, ""))
    return Receipt(file, "Line" if is_text else "Row", record.line, action)
