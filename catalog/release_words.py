"""Releases in words: the dates of service they answer for, what they hold, what they changed."""

from __future__ import annotations

from catalog.models import Change, Dataset, Release
from catalog.templatetags.catalog import us_date

COUNTED = ("codes", "modifiers", "edits", "open", "values")

KINDS = {
    Dataset.HCPCS: dict(Change.Kind.choices),
    Dataset.PTP: dict(Change.Kind.choices)
    | {Change.Kind.REVISED: "Indicator changed", Change.Kind.ENDED: "Deleted"},
    Dataset.MUE: dict(Change.Kind.choices) | {Change.Kind.REVISED: "Changed"},
    Dataset.ADDON: dict(Change.Kind.choices) | {Change.Kind.REVISED: "Changed", Change.Kind.ENDED: "Deleted"},
}
"""What each dataset calls the kinds of change: codes are discontinued, edits deleted."""


def held(release: Release) -> list[str]:
    """How many rows of which kinds: ``2,546,017 edits``, ``1,669,820 open``."""
    return [f"{release.counts[kind]:,} {kind}" for kind in COUNTED if kind in release.counts]


def changes(release: Release, tally: dict[str, int]) -> str:
    """How much it changed: ``926 added, 2 indicator changed, 293 deleted``."""
    labels = KINDS[release.dataset]
    return ", ".join(f"{tally[kind]:,} {labels[kind].lower()}" for kind in labels if tally.get(kind))


def place(release: Release, current: Release | None) -> str:
    """What is to be known of a release beside the one that readers are answered from, unless it is the next."""
    if current is None or current.is_starter:
        return ""
    if release.partial and not current.partial:
        return f"This looks incomplete, and {current.title}, which readers are answered from now, does not."
    if release.quarter < current.quarter:
        return f"This is older than what readers are answered from now, {current.title}: it takes them back."
    if release.quarter == current.quarter and release.revision != current.revision:
        which = "an earlier" if release.revision < current.revision else "another"
        return f"This is {which} posting of the quarter that readers are answered from now, as {current.title}."
    return ""


def dates(release: Release) -> str:
    """The dates of service it answers for, in the few words of a table."""
    if release.state == Release.State.PRUNED:
        return "none, its record is kept"
    if release.state == Release.State.WITHDRAWN:
        return "none, it was withdrawn"
    if not release.is_current:
        kept = "kept for its history" if release.dataset == Dataset.HCPCS else "kept to go back to"
        return f"none, {'no longer used' if release.is_starter else kept}"
    if release.is_starter:
        return f"{next(iter(held(release)), 'a few rows')} only"
    if release.dataset == Dataset.HCPCS:
        return f"to {us_date(release.last_day)}"
    return f"{us_date(release.first_covered_day)} to {us_date(release.last_day)}"


def coverage(release: Release) -> str:
    """The same as a sentence or two, of a release of the NCCI tables, with the reason."""
    if release.state == Release.State.PRUNED:
        return (
            "It answers for no date. Its rows were removed after newer releases were loaded; the record of its "
            "files and of what it changed is kept."
        )
    if release.state == Release.State.WITHDRAWN:
        return "It answers for no date: it was withdrawn, as it must not be used."
    if not release.is_current:
        return "It answers for no date: readers are not answered from it."
    span = "It answers for dates of service from "
    span += f"{us_date(release.first_covered_day)} to {us_date(release.last_day)}"
    if release.is_starter:
        return f"{span} only, the quarter its rows were found in. What is not in it counts as not checked."
    if release.dataset == Dataset.MUE:
        return f"{span} only. Its rows carry no dates, so each quarter answers for itself."
    return (
        f"{span}. Its rows carry dates, ended ones too, so it answers for the past as well, and for no later date."
    )
