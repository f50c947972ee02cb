"""Golden pairs tried on releases: what each release of the PTP tables says of the pairs whose answer is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from catalog.edits import pair_answer
from catalog.models import Dataset, GoldenPair, PtpEdit, Release, Setting
from catalog.wording import us_date

TOGETHER = 10
"""Pairs asked for in one query. Each of its codes is looked up with every other one: 197 pairs on the full table
take a ninth of the time ten by ten that they take at once."""


class Outcome(StrEnum):
    OTHERWISE = "Answers otherwise"
    AS_EXPECTED = "As expected"
    NOT_CHECKED = "Not checked"


class Result(NamedTuple):
    """What a release says of a pair. ``said`` is its answer where it is another one, or why there is none.

    ``row`` is the one that answers; None where no edit is on file, and where the pair was not checked.
    """

    pair: GoldenPair
    outcome: Outcome
    said: str = ""
    row: PtpEdit | None = None

    @property
    def is_wrong(self) -> bool:
        return self.outcome is Outcome.OTHERWISE


class Checked(NamedTuple):
    """A release and its results, in the order of the pairs."""

    release: Release
    results: list[Result]

    @property
    def tally(self) -> dict[Outcome, int]:
        """How many came out how, every outcome present, the worst first."""
        found = Counter(result.outcome for result in self.results)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def checked(self) -> int:
        """How many pairs it was checked against."""
        return len(self.results) - self.unchecked

    @property
    def unchecked(self) -> int:
        return self.tally[Outcome.NOT_CHECKED]

    @property
    def silence(self) -> str:
        """Why no pair tells whether it is right; nothing where one does."""
        if self.checked:
            return ""
        if not self.results:
            return none_kept(self.release.setting)
        number, whose = len(self.results), _whose(self.release.setting)
        none = f"None of the {number} golden pairs" if number > 1 else "The golden pair"
        can = "can" if number > 1 else "cannot"
        return f"{none} kept for {whose} {can} be checked against it: {_NOTHING_CHECKED}"


_NOTHING_CHECKED = "nothing was checked against expected answers."


def none_kept(setting: str) -> str:
    """What is to be said of the releases of a setting for which there is no pair."""
    return f"No golden pair is kept for {_whose(setting)}: {_NOTHING_CHECKED}"


def _whose(setting: str) -> str:
    return f"{Setting(setting).label.lower()}s"


def check(release: Release) -> Checked:
    """All pairs of its setting on a PTP release."""
    return Checked(release, results(release))


def check_all(pairs: Iterable[GoldenPair] | None = None) -> list[Checked]:
    """These pairs, or all, on the releases that readers are answered from and on those that wait for a decision.

    One query for the releases, one for the pairs, and one for each ten of them on each release.
    """
    states = (Release.State.CURRENT, Release.State.REHEARSED)
    releases = Release.objects.filter(dataset=Dataset.PTP, state__in=states).order_by("state", "-setting", "-pk")
    pairs = list(GoldenPair.objects.all() if pairs is None else pairs)
    return [Checked(release, results(release, pairs)) for release in releases]


def results(
    release: Release, pairs: Iterable[GoldenPair] | None = None, *, is_partial: bool | None = None
) -> list[Result]:
    """What a PTP release says of the pairs of its setting, or of those among the given ones.

    ``is_partial`` tells whether a release that is being written looks incomplete. That one which does, or the
    starter set, has no edit of a pair is no answer.
    """
    if pairs is None:
        pairs = GoldenPair.objects.filter(setting=release.setting)
    pairs = [pair for pair in pairs if pair.setting == release.setting]
    is_incomplete = release.is_starter or (release.partial if is_partial is None else is_partial)
    rows = _rows(release, [pair for pair in pairs if release.covers(pair.day)])
    return [_result(pair, release, rows.get(_codes(pair), []), is_incomplete) for pair in pairs]


def _rows(release: Release, pairs: list[GoldenPair]) -> dict[frozenset[str], list[PtpEdit]]:
    """The rows of the pairs in both orders, by pair; no query without a pair."""
    found: dict[frozenset[str], list[PtpEdit]] = {}
    for start in range(0, len(pairs), TOGETHER):
        asked = [_codes(pair) for pair in pairs[start : start + TOGETHER]]
        for row in PtpEdit.objects.of(release).among(frozenset().union(*asked)):
            found.setdefault(_codes(row), []).append(row)
    return found


def _codes(pair: GoldenPair | PtpEdit) -> frozenset[str]:
    return frozenset((pair.column_one, pair.column_two))


def _result(pair: GoldenPair, release: Release, rows: list[PtpEdit], is_incomplete: bool) -> Result:
    if not release.covers(pair.day):
        first, last = us_date(release.first_covered_day), us_date(release.last_day)
        return Result(pair, Outcome.NOT_CHECKED, f"It answers for {first} to {last} only")
    if is_incomplete and not rows:
        return Result(pair, Outcome.NOT_CHECKED, "No row of it, but the table is not whole")
    said = pair.answered_otherwise(rows)
    answering = pair_answer(rows, pair.day).row
    return Result(pair, Outcome.OTHERWISE if said else Outcome.AS_EXPECTED, said, answering)
