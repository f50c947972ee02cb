"""What a release must pass once its rows are written, before anybody is answered from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalog import golden
from catalog.importers.files import Refused
from catalog.importers.hcpcs import Row
from catalog.models import Dataset, Release
from catalog.models.release import quarters_between
from catalog.wording import us_date

# A code in force does not leave CMS's file: none did from 2019 to 2025. Long ended ones may: the annual file of
# 2019 goes back five years.
VANISHED_SHARE = 0.01
# How much fewer or, per quarter, more rows than the release before are no surprise. PTP tables keep ended rows,
# and grew by 0.04 % in a quarter of 2024. New codes come in January.
BOUNDS = {Dataset.PTP: (0.01, 0.10), Dataset.MUE: (0.05, 0.10), Dataset.ADDON: (0.10, 0.25)}
NAMED = 5  # golden pairs told one by one


def row_count_doubts(release: Release, against: Release | None) -> list[str]:
    """The doubt that the number of rows has moved too far from that of the release before."""
    if against is None or release.dataset not in BOUNDS:
        return []
    fewer, more = BOUNDS[release.dataset]
    now, before = _rows(release), _rows(against)
    quarters = max(1, quarters_between(against.quarter, release.quarter))
    if before * (1 - fewer) <= now <= before * (1 + more * quarters):
        return []
    return [f"It has {now:,} rows, and {against.title} has {before:,}."]


def vanished_doubts(before: Iterable[Row], rows: Iterable[Row], release: Release, against: Release) -> list[str]:
    """The doubt that too many codes and modifiers are gone that the release before left in force."""
    day = release.first_day
    in_force = {row.code for row in before if not row.termination_date or row.termination_date >= day}
    gone = in_force - {row.code for row in rows}
    if len(gone) <= VANISHED_SHARE * len(in_force):
        return []
    return [f"It lacks {len(gone):,} of the {len(in_force):,} codes and modifiers in force in {against.title}."]


def golden_pair_failures(release: Release, *, is_partial: bool = False) -> Iterator[str]:
    """What the release answers otherwise than the golden pairs of its setting expect, a sentence each.

    That a release which looks incomplete has no edit of a pair is no answer.
    """
    for result in golden.results(release, is_partial=is_partial):
        if result.is_wrong:
            pair, expected = result.pair, result.pair.get_expected_display()
            asked = f"{pair.column_one} and {pair.column_two} on {us_date(pair.day)}"
            yield f"{asked}: {result.said}; expected: {expected}."


def refuse_wrong_answers(release: Release, *, is_partial: bool = False) -> None:
    """Refuse a release that answers any golden pair otherwise than expected, and say which."""
    if failures := list(golden_pair_failures(release, is_partial=is_partial)):
        more = f" And {len(failures) - NAMED} more." if len(failures) > NAMED else ""
        raise Refused(
            f"{release} was not loaded, as {len(failures)} golden pair{'s' if len(failures) > 1 else ''} came out "
            f"wrong. {' '.join(failures[:NAMED])}{more} If CMS has changed the edit, change the golden pair."
        )


def _rows(release: Release) -> int:
    return release.counts.get("edits") or release.counts.get("values") or 0
