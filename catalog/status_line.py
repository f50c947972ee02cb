"""What is loaded, in the few words that stand at the head and the foot of every page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from catalog.models import Dataset, Release, Setting
from catalog.models.release import nearest

# The settings that have a table of each kind for Medicare, and what they are called where there is little room.
PTP_SETTINGS = {Setting.PRACTITIONER: "practitioner", Setting.OUTPATIENT_HOSPITAL: "hospital"}
MUE_SETTINGS = PTP_SETTINGS | {Setting.DME_SUPPLIER: "DME"}
SETTINGS_OF = {Dataset.PTP: PTP_SETTINGS, Dataset.MUE: MUE_SETTINGS, Dataset.ADDON: {"": ""}}
NOT_LOADED = "not loaded"


class Item(NamedTuple):
    """One kind of data: its name, what is loaded of it, and whether anything is."""

    label: str
    words: str
    is_loaded: bool


def items(release: Release | None, edits: Sequence[Release], day: date) -> tuple[Item, ...]:
    """The line, from the current HCPCS release and those of the NCCI tables, newest first, as of a day."""
    return (
        Item("HCPCS II", words_of(release, day), release is not None),
        _by_setting("PTP", Dataset.PTP, edits, day),
        _by_setting("MUE", Dataset.MUE, edits, day),
        _by_setting("Add-on", Dataset.ADDON, edits, day),
        Item("CPT descriptors", NOT_LOADED, is_loaded=False),
    )


def _by_setting(label: str, dataset: Dataset, edits: Sequence[Release], day: date) -> Item:
    """The settings of a dataset, those of which the same is loaded together."""
    settings = SETTINGS_OF[dataset]
    together: dict[str, list[str]] = {}
    for setting, name in settings.items():
        together.setdefault(words_of(nearest(edits, dataset, setting, day), day), []).append(name)
    if [*together] == [NOT_LOADED]:
        return Item(label, NOT_LOADED, is_loaded=False)
    parts = [f"{', '.join(names)} {words}".strip() for words, names in together.items()]
    if len(settings) > 2 and len(parts) == 1:
        parts = [f"{len(settings)} settings {next(iter(together))}"]
    return Item(label, "; ".join(parts), is_loaded=True)


def starter_names(edits: Iterable[Release]) -> tuple[str, ...]:
    """The NCCI tables of which starter rows answer: ``MUE``, or ``MUE (DME)`` where not those of every setting."""
    starters = {(each.dataset, each.setting) for each in edits if each.is_starter}
    names = []
    for dataset, settings in SETTINGS_OF.items():
        of_starters = [name for setting, name in settings.items() if (dataset, setting) in starters]
        if of_starters:
            which = f" ({', '.join(of_starters)})" if len(of_starters) < len(settings) else ""
            names.append(f"{dataset.label}{which}")
    return tuple(names)


def words_of(release: Release | None, day: date) -> str:
    """``Oct 2025, may be incomplete, 2 quarters behind``."""
    if release is None:
        return NOT_LOADED
    if release.is_starter:
        return "Starter set"
    remarks = ["may be incomplete"] if release.partial else []
    remarks += [behind_words(behind)] if (behind := release.quarters_behind(day)) else []
    return ", ".join([release.short_title, *remarks])


def behind_words(quarters: int) -> str:
    """``1 quarter behind``."""
    return f"{quarters} quarter{'' if quarters == 1 else 's'} behind"
