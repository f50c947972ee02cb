"""What the NCCI tables say on the page of a code: MUE values, PTP edits, add-on relations, and notices."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.http import HttpRequest

from catalog import edit_words, snapshot
from catalog.edit_rows import AddOnRow, addon_row
from catalog.edit_words import MaiWords, Verdict, Words
from catalog.edits import addon_in_force, addon_last_day
from catalog.models import AddOnEdit, Dataset, EditCode, Mue, Release, Setting
from catalog.models.release import quarter_of
from catalog.snapshot import Snapshot
from catalog.views import code_ptp

ROWS_SHOWN = 10


def context(request: HttpRequest, code: str) -> dict[str, object]:
    """Seven queries at most, whatever is loaded: where it is named, four of PTP edits, one each of the others."""
    loaded = snapshot.of(request)
    naming = _naming(loaded, code)
    ptp = code_ptp.block(request, code)
    mues = _mues(loaded, naming, code)
    relations = _relations(loaded, naming, code)
    used = [ptp.release, *(each.release for each in mues), relations.release]
    return {
        "ptp": ptp,
        "mues": mues,
        "relations": relations,
        "naming": naming,
        "notices": notices([release for release in used if release]),
    }


def _naming(loaded: Snapshot, code: str) -> list[Release]:
    """The releases that the page reads, of each table and setting, and that name the code."""
    kinds = dict.fromkeys((each.dataset, each.setting) for each in loaded.edits)
    read = [release for kind in kinds if (release := loaded.edits_of(*kind))]
    found = EditCode.objects.filter(release__in=[each.pk for each in read], code=code)
    named_by = set(found.values_list("release", flat=True))
    return [each for each in read if each.pk in named_by]


# --- MUE values --------------------------------------------------------------------------------------------


class MueOfSetting(NamedTuple):
    """What the newest MUE table of a setting says of the code; ``nothing`` says why it says nothing."""

    setting: Setting
    release: Release | None
    row: Mue | None = None
    mai: MaiWords | None = None
    zero: str = ""
    nothing: Verdict | None = None


def _mues(loaded: Snapshot, naming: list[Release], code: str) -> list[MueOfSetting]:
    holding = [release.pk for release in naming if release.dataset == Dataset.MUE]
    rows = Mue.objects.filter(release__in=holding, code=code) if holding else ()
    found = {row.release_id: row for row in rows}
    settings_loaded = {release.setting for release in loaded.edits if release.dataset == Dataset.MUE}
    quarter = quarter_of(loaded.day)
    return [
        _mue(
            setting,
            release := loaded.edits_of(Dataset.MUE, setting),
            found.get(release and release.pk),
            quarter if setting in settings_loaded else "",
        )
        for setting in Setting
    ]


def _mue(setting: Setting, release: Release | None, row: Mue | None, quarter: str) -> MueOfSetting:
    """``quarter`` is the one that has no table where only later ones are loaded."""
    if row is None:
        return MueOfSetting(setting, release, nothing=edit_words.no_mue_words(release, quarter))
    zero = edit_words.zero_words(setting) if row.mue_value == 0 else ""
    return MueOfSetting(setting, release, row, edit_words.mai_words(row.adjudication_indicator), zero)


# --- Add-on edits ------------------------------------------------------------------------------------------


class Relation(NamedTuple):
    """The edits that name the code as add-on, or as primary.

    ``shown`` and ``more`` are in force, ``types`` say what theirs mean; ``off`` have ended or not begun.
    """

    types: list[tuple[str, Words]]
    shown: list[AddOnRow]
    more: list[AddOnRow]
    off: list[AddOnRow]
    has_notes: bool
    has_last_days: bool


class Relations(NamedTuple):
    """What the add-on table says of the code today, or on the last day it answers for when that ``is_late``."""

    release: Release | None
    day: date
    is_late: bool = False
    as_add_on: Relation | None = None
    as_primary: Relation | None = None
    nothing: Verdict | None = None


def _relations(loaded: Snapshot, naming: list[Release], code: str) -> Relations:
    release = loaded.edits_of(Dataset.ADDON)
    if release is None:
        return Relations(None, loaded.day, nothing=edit_words.no_addon_words(None))
    is_late = not release.covers(loaded.day)
    day = release.last_day if is_late else loaded.day
    edits = list(AddOnEdit.objects.of(release).for_code(code)) if release in naming else []
    if not edits:
        return Relations(release, day, is_late, nothing=_no_relation(release, code))
    as_add_on = [edit for edit in edits if edit.add_on == code]
    as_primary = [edit for edit in edits if edit.primary == code]
    return Relations(
        *(release, day, is_late),
        _relation(loaded, as_add_on, "primary", day) if as_add_on else None,
        _relation(loaded, as_primary, "add_on", day) if as_primary else None,
    )


def _relation(loaded: Snapshot, edits: list[AddOnEdit], other: str, day: date) -> Relation:
    query = "" if day == loaded.day else f"?on={day.isoformat()}"
    beside = (other, query, code_ptp.describing(loaded))
    in_order = sorted(edits, key=lambda edit: (getattr(edit, other), edit.effective_date))
    in_force = [addon_row(edit, *beside) for edit in in_order if addon_in_force(edit, day)]
    off = [addon_row(edit, *beside) for edit in in_order if not addon_in_force(edit, day)]
    types = sorted({row.edit.edit_type for row in in_force})
    words = [(each, edit_words.type_words(each)) for each in types]
    has_notes, has_last_days = any(edit.note for edit in edits), any(map(addon_last_day, edits))
    return Relation(words, in_force[:ROWS_SHOWN], in_force[ROWS_SHOWN:], off, has_notes, has_last_days)


def _no_relation(release: Release, code: str) -> Verdict:
    if edit_words.is_incomplete(release):
        has = edit_words.loaded_part(release)
        why = "CMS’s file may well have one."
        return Verdict("unk", "Not checked", "Not checked", f"{has} no add-on edit of {code}", (why,))
    why = f"Not an add-on code in {release.title}, and no add-on code there lists it as a primary."
    lists = "Where contractors list the primaries, this table cannot say which."
    return Verdict("none", "No edit on file", "No edit on file", why, (lists,))


# --- Whose words -------------------------------------------------------------------------------------------


class Notice(NamedTuple):
    """A publisher's notice, and the releases that begin with it."""

    text: str
    releases: list[Release]


def notices(releases: list[Release]) -> list[Notice]:
    """Each wording once."""
    found: dict[str, list[Release]] = {}
    for release in releases:
        if text := " ".join(release.notice.split()):
            found.setdefault(text, []).append(release)
    return [Notice(text, holding) for text, holding in found.items()]
