"""Everything the rules may know of the loaded tables (pure): plain values, fetched by ``scratchpad.lookup``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import NamedTuple, Protocol, TypeVar

from catalog.edit_words import is_incomplete


class LoadedRelease(NamedTuple):
    """What is said of a release. ``first_day`` and ``last_day`` are those of its quarter."""

    pk: int
    dataset: str
    setting: str
    quarter: str
    title: str
    first_day: date
    last_day: date
    partial: bool = False
    is_starter: bool = False

    @property
    def long_title(self) -> str:
        """With the name CMS gives it: ``July 2024 (2024Q3)``, of PTP edits ``July 2024 (2024Q3, v30.2)``."""
        if self.is_starter:
            return self.title
        year, number = int(self.quarter[:4]), int(self.quarter[5])
        version = f", v{year - 1994}.{number - 1}" if self.dataset == "ptp" else ""
        return f"{self.title} ({self.quarter}{version})"

    @property
    def is_incomplete(self) -> bool:
        """See ``catalog.edit_words.is_incomplete``."""
        return is_incomplete(self)

    def answers(self, day: date) -> bool:
        """Whether a table of rows with dates answers for a day: CMS's every day up to the end of its quarter, for
        they keep what has ended; the starter set those of its own quarter only."""
        return day <= self.last_day and (self.first_day <= day or not self.is_starter)

    def answered(self, first: date, last: date) -> tuple[date, date] | None:
        """The first and last of these days that such a table answers for; None if for none of them."""
        first = max(first, self.first_day) if self.is_starter else first
        last = min(last, self.last_day)
        return (first, last) if first <= last else None


class CodeRow(NamedTuple):
    """A Level II code of the HCPCS release. ``cross_references`` are the codes CMS names instead of it."""

    code: str
    added_date: date | None
    termination_date: date | None
    descriptor: str = ""
    cross_references: tuple[str, ...] = ()


class ModifierRow(NamedTuple):
    """A modifier of the HCPCS release."""

    code: str
    added_date: date | None
    termination_date: date | None


class PtpRow(NamedTuple):
    """A PTP edit. ``modifier_indicator`` is ``"0"``, ``"1"`` or ``"9"``; no deletion date is open."""

    column_one: str
    column_two: str
    effective_date: date
    deletion_date: date | None
    modifier_indicator: str
    rationale: str = ""
    file: str = ""
    line: int = 0


class MueRow(NamedTuple):
    """An MUE; ``adjudication_indicator`` (MAI) is ``"1"``, ``"2"`` or ``"3"``."""

    code: str
    mue_value: int
    adjudication_indicator: str
    rationale: str = ""
    file: str = ""
    line: int = 0


class AddOnRow(NamedTuple):
    """An add-on edit; ``edit_type`` is ``"1"``, ``"2"`` or ``"3"``. Deletion dates are last days, None if open."""

    add_on: str
    primary: str
    edit_type: str
    effective_date: date
    deletion_date: date | None = None
    add_on_deletion_date: date | None = None
    primary_deletion_date: date | None = None
    note: str = ""
    file: str = ""
    line: int = 0


class OfQuarter(Protocol):
    """A release: see ``LoadedRelease`` and ``catalog.models.Release``."""

    first_day: date
    last_day: date


Quarterly = TypeVar("Quarterly", bound=OfQuarter)


def beside(day: date, releases: Iterable[Quarterly]) -> list[Quarterly]:
    """Of a day that no MUE release answers for, the last release before it and the first one after it, if any."""
    in_order = sorted(releases, key=attrgetter("first_day"))
    before = [release for release in in_order if release.last_day < day]
    after = [release for release in in_order if day < release.first_day]
    return [*before[-1:], *after[:1]]


def pair_key(one: str, two: str) -> tuple[str, str]:
    """Two codes in one order, whichever is column one."""
    return (one, two) if one <= two else (two, one)


@dataclass(frozen=True, slots=True)
class Reference:
    """What is loaded for a claim. A release is None where no table of that dataset and setting is loaded.

    ``pairs`` has every edit among the codes of the claim under their ``pair_key``, whenever it was in force.
    ``mue`` has the release of each quarter that a line falls in and that is loaded; ``mues`` their rows by quarter
    and code. ``addons`` has the rows of every add-on code on the claim. ``named`` are the codes of the claim that
    any loaded NCCI table names.
    """

    hcpcs: LoadedRelease | None = None
    codes: Mapping[str, CodeRow] = field(default_factory=dict)
    modifiers: Mapping[str, ModifierRow] = field(default_factory=dict)
    ptp: LoadedRelease | None = None
    pairs: Mapping[tuple[str, str], tuple[PtpRow, ...]] = field(default_factory=dict)
    mue: Mapping[str, LoadedRelease] = field(default_factory=dict)
    mues: Mapping[tuple[str, str], MueRow] = field(default_factory=dict)
    addon: LoadedRelease | None = None
    addons: Mapping[str, tuple[AddOnRow, ...]] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    gone: Mapping[str, str] = field(default_factory=dict)
    """What is said of Level II codes that earlier releases have and this one has not: "Last seen in July 2025"."""
    mue_loaded: tuple[LoadedRelease, ...] = ()
    """Every loaded MUE release of the setting, the oldest first, to say what the tables reach and what not."""
