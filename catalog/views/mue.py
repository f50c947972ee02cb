"""The page of an MUE value: what the table of each loaded quarter says of a code, and the receipt of its row.

Each quarter answers for itself, and each setting from its own table. A code without a published value has its page
as well, with status 200: some values are confidential, and the page says so.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import edit_words, snapshot
from catalog.edit_words import NOT_A_DECISION
from catalog.models import Dataset, Mue, Release, Setting
from catalog.models.release import quarter_of
from catalog.rationales import rationale_words
from catalog.snapshot import Snapshot, stamped
from catalog.status_line import MUE_SETTINGS
from catalog.views.edit_parts import code_in_address, moved, named, receipt, setting_in_address


class Quarter(NamedTuple):
    """What the table of one quarter says of a code; ``before`` is what the loaded one before it said otherwise."""

    release: Release
    row: Mue | None
    before: str = ""


@require_safe
@stamped
def mue(request: HttpRequest, setting: str, code: str) -> HttpResponse:
    """The MUE of a code in one setting: of ``?quarter=2024Q3``, else of this quarter or the last one loaded."""
    setting = setting_in_address(setting)
    if (meant := code_in_address(code)) != code:
        return moved(request, "mue", setting, meant)
    loaded = snapshot.of(request)
    rows = _mues(loaded, code)
    quarters = {each: _quarters(loaded, each, rows) for each in MUE_SETTINGS}
    read = {each: _read_today(loaded, each, its_quarters) for each, its_quarters in quarters.items()}
    asked = request.GET.get("quarter", "").strip().upper()[:20]
    asked_for = next((each for each in quarters[setting] if each.release.quarter == asked), None)
    shown = asked_for if asked else read[setting]
    context = {
        "here": "browse",
        "setting": setting,
        "code": code,
        "named": named(loaded, code)[code],
        "shown": shown,
        "quarters": quarters[setting],
        "asked": asked,
        "settings": [(each, _in_short(quarters[each], read[each], asked, loaded)) for each in MUE_SETTINGS],
        "is_behind": bool(shown) and not asked and shown.release.quarters_behind(loaded.day) > 0,
        "is_ahead": bool(shown) and shown.release.first_day > loaded.day,
        "note": NOT_A_DECISION,
        "claim_day": _day_of(shown.release, loaded.day) if shown else None,
    }
    missing = (asked or quarter_of(loaded.day)) if quarters[setting] else ""
    return render(request, "catalog/mue.html", context | _mue(setting, shown, missing))


def _mues(loaded: Snapshot, code: str) -> dict[int, Mue]:
    """The values of a code in every setting and loaded quarter, by release. One query."""
    releases = [release.pk for release in loaded.edits if release.dataset == Dataset.MUE]
    found = Mue.objects.filter(release__in=releases, code=code).select_related("file")
    return {row.release_id: row for row in found}


def _quarters(loaded: Snapshot, setting: Setting, rows: dict[int, Mue]) -> list[Quarter]:
    """The loaded quarters of a setting, newest first."""
    releases = [one for one in loaded.edits if (one.dataset, one.setting) == (Dataset.MUE, setting)]
    quarters = []
    for release, earlier in zip(releases, [*releases[1:], None], strict=False):
        row, before = rows.get(release.pk), rows.get(earlier.pk) if earlier else None
        can_tell = earlier and not (edit_words.is_incomplete(release) or edit_words.is_incomplete(earlier))
        is_changed = can_tell and _value(row) != _value(before)
        quarters.append(Quarter(release, row, f"{_value(before)} in {earlier.title}" if is_changed else ""))
    return quarters


def _read_today(loaded: Snapshot, setting: Setting, quarters: list[Quarter]) -> Quarter | None:
    release = loaded.edits_of(Dataset.MUE, setting)
    return next((each for each in quarters if each.release == release), None)


def _in_short(quarters: list[Quarter], read: Quarter | None, asked: str, loaded: Snapshot) -> str:
    """What a setting says of the code in the quarter asked for, else in the one it reads; a past one is named."""
    shown = next((each for each in quarters if each.release.quarter == asked), None) if asked else read
    if shown is None:
        return f"{asked} not loaded".strip() if asked or not quarters else "only later quarters"
    missing = "not checked" if edit_words.is_incomplete(shown.release) else "no value"
    said = str(shown.row.mue_value) if shown.row else missing
    is_todays = shown.release.quarter == quarter_of(loaded.day)
    return said if is_todays else f"{said}, {shown.release.short_title}"


def _day_of(release: Release, today: date) -> date | None:
    """The day of its quarter that is nearest to today; None for today."""
    day = min(max(today, release.first_day), release.last_day)
    return None if day == today else day


def _value(row: Mue | None) -> str:
    return f"{row.mue_value}, MAI {row.adjudication_indicator}" if row else "no value"


def _mue(setting: Setting, shown: Quarter | None, missing: str) -> dict[str, object]:
    """What the shown quarter says; ``missing`` is the quarter that was wanted where it is not loaded."""
    if shown is None or shown.row is None:
        release = shown.release if shown else None
        not_on_file = edit_words.no_mue_words(release, missing if shown is None else "")
        return {"row": None, "verdict": not_on_file}
    row = shown.row
    return {
        "row": row,
        "mai": edit_words.mai_words(row.adjudication_indicator),
        "reason": rationale_words(row.rationale),
        "zero": edit_words.zero_words(setting) if row.mue_value == 0 else "",
        "receipt": receipt(shown.release, row),
    }
