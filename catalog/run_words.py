"""Imports in words: what was asked for, and how far one is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from catalog import release_words
from catalog.models import Dataset, ImportRun, Release, Setting
from catalog.models.release import QUARTER_STARTS

State = ImportRun.State
NAMES_TOLD = 3
NAMES_IN_A_LIST = 1
STEADY_AFTER = timedelta(seconds=10)
STEADY_PART = 0.02


class CountRow(NamedTuple):
    """Rows of one kind, in each of some releases; None where one says nothing of it."""

    kind: str
    numbers: list[int | None]


def kind_name(dataset: str, setting: str) -> str:
    """``PTP edits, outpatient hospital``"""
    label = Dataset(dataset).label
    return f"{label}, {Setting(setting).words}" if setting else label


def quarter_name(quarter: str) -> str:
    """``October 2025 (2025Q4)``"""
    return f"{QUARTER_STARTS[quarter[5]]} {quarter[:4]} ({quarter})"


def named(dataset: str, setting: str, quarter: str) -> str:
    """``HCPCS Level II, October 2025``, of a publication whether it is loaded or not."""
    return str(Release(dataset=dataset, setting=setting, quarter=quarter))


def asked_for(run: ImportRun) -> str:
    """``PTP edits, practitioner, October 2025 (2025Q4)``; of it what somebody has said."""
    said = [kind_name(run.dataset, run.setting)] if run.dataset else []
    said += [quarter_name(run.quarter)] if run.quarter else []
    return ", ".join(said)


def subject(run: ImportRun) -> str:
    """What an import is about, for a list: what was asked for, or the files that came."""
    return asked_for(run) or listed((file.name for file in run.files.all()), NAMES_IN_A_LIST)


def listed(names: Iterable[str], most: int = NAMES_TOLD) -> str:
    """The first few names, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def progress(run: ImportRun) -> str:
    """``1,200,000 of about 2,545,000 rows, 41,000 rows a second, about 30 seconds left``; empty at first.

    ``2,545,000 rows, finishing`` once all that was expected is there.
    """
    if not run.done:
        return ""
    count = _bytes if run.state == State.FETCHING else _rows
    words = count(run.done, run.total)
    if run.total and run.done >= run.total:
        return f"{words}, finishing"
    words = f"{words}, {count(run.rate)} a second"
    return f"{words}, about {duration(run.time_left)} left" if _is_steady(run) and run.time_left else words


def _is_steady(run: ImportRun) -> bool:
    """Whether enough has come for its rate to tell how long the rest takes: a step may be slow to begin."""
    return run.done >= run.total * STEADY_PART and run.done >= run.rate * STEADY_AFTER.total_seconds()


def stage(run: ImportRun) -> str:
    """What is being done now, or how it ended, to be read out: ``Rehearsing: HCPCS Level II, October 2025``."""
    return f"{run.get_state_display()}: {run.step}" if run.is_open and run.step else run.get_state_display()


def duration(span: timedelta) -> str:
    """In the unit that people would say it in: ``40 seconds``, ``3 minutes``."""
    seconds = max(1, round(span.total_seconds()))
    if seconds < 100:
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    return f"{round(seconds / 60)} minutes"


def counts(release: Release, beside: Iterable[Release] = ()) -> Iterator[CountRow]:
    """What a release holds, and before that what others hold that stand beside it."""
    for kind in release_words.COUNTED:
        if kind in release.counts:
            yield CountRow(kind, [one.counts.get(kind) for one in (*beside, release)])


def size(number: int) -> str:
    """Of a file: ``12.3 MB``, ``48 KB``."""
    return f"{number / 1e6:,.1f} MB" if number >= 1e5 else f"{max(1, round(number / 1e3))} KB"


def _rows(number: float, total: int = 0) -> str:
    return f"{number:,.0f} of about {total:,} rows" if total > number else f"{number:,.0f} rows"


def _bytes(number: float, total: int = 0) -> str:
    return f"{number / 1e6:.1f} of {total / 1e6:.1f} MB" if total else f"{number / 1e6:.1f} MB"
