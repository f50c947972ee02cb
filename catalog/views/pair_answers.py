"""What the PTP tables say of two codes typed together, in each setting, for today or as near as they reach."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.urls import reverse

from catalog import edit_words
from catalog.edit_words import NotCompared, Verdict
from catalog.edits import pair_answer
from catalog.models import Dataset, PtpEdit, Release, Setting
from catalog.snapshot import Snapshot
from catalog.status_line import PTP_SETTINGS
from catalog.templatetags.catalog import us_date
from catalog.to_scratchpad import address

BY_SEVERITY = ("deny", "cond", "off", "unk", "none")


class InSetting(NamedTuple):
    """The answer of one setting's table. ``day`` is the one it is for, None where no table was asked."""

    setting: Setting
    verdict: Verdict
    day: date | None = None
    release: Release | None = None
    row: PtpEdit | None = None
    href: str = ""


class PairAnswers(NamedTuple):
    """In CMS's order where a row decides, else as typed. ``leading`` is the gravest of the answers.

    ``scratchpad`` is its address with both lines and their modifiers, for the setting and the day of that answer.
    """

    first: str
    second: str
    leading: InSetting
    headline: str
    settings: tuple[InSetting, ...]
    remarks: tuple[str, ...]
    scratchpad: str
    is_modified: bool

    @property
    def spoken(self) -> str:
        return " ".join(f"{each.setting.label}: {each.verdict.short}." for each in self.settings)


def answers(shown: Snapshot, one: str, two: str, lines: list[str], *, is_modified: bool = False) -> PairAnswers:
    """One query, whatever is loaded; none when no table is.

    ``lines`` are the two as lines of a claim. ``is_modified``: modifiers were typed along.
    """
    releases = {setting: shown.edits_of(Dataset.PTP, setting) for setting in PTP_SETTINGS}
    loaded = [release.pk for release in releases.values() if release]
    found = list(PtpEdit.objects.filter(release__in=loaded).among([one, two])) if loaded else []
    settings = [
        _in_setting(
            setting, release, [row for row in found if release and row.release_id == release.pk], shown.day
        )
        for setting, release in releases.items()
    ]
    leading = min(settings, key=lambda each: BY_SEVERITY.index(each.verdict.kind))
    decides = leading.row or next((each.row for each in settings if each.row), None)
    first, second = (decides.column_one, decides.column_two) if decides else (one, two)
    settings = [_with_page(each, first, second) for each in settings]
    is_turned = (first, second) != (one, two)
    no_table = InSetting(Setting.DME_SUPPLIER, edit_words.standing_words(NotCompared.NO_TABLE))
    return PairAnswers(
        first,
        second,
        _with_page(leading, first, second),
        _headline(leading, settings, shown.day),
        (*settings, no_table),
        tuple(_remarks(settings, shown.day, is_turned=is_turned)),
        _scratchpad(leading, lines[::-1] if is_turned else lines, shown.day),
        is_modified,
    )


def _with_page(each: InSetting, first: str, second: str) -> InSetting:
    return each._replace(href=reverse("ptp_pair", args=[each.setting, first, second]))


def _scratchpad(leading: InSetting, lines: list[str], today: date) -> str:
    return address(lines, setting=leading.setting, day=None if leading.day == today else leading.day)


def _in_setting(setting: Setting, release: Release | None, rows: list[PtpEdit], today: date) -> InSetting:
    """For today, or for the last day the table answers for when today is beyond it."""
    if release is None:
        return InSetting(setting, edit_words.standing_words(NotCompared.NOT_LOADED))
    day = min(today, release.last_day)
    if not release.covers(day):
        return InSetting(setting, edit_words.standing_words(NotCompared.NOT_LOADED, None, release), None, release)
    answer = pair_answer(rows, day)
    return InSetting(setting, edit_words.standing_words(*answer, release), day, release, answer.row)


def _headline(leading: InSetting, settings: list[InSetting], today: date) -> str:
    """The gravest answer, with its setting where another one answers otherwise, and with a day that is past."""
    parts = []
    if any(each.verdict.headline != leading.verdict.headline for each in settings):
        parts.append(leading.setting.label)
    if leading.day and leading.day != today:
        parts.append(f"on {us_date(leading.day)}" if parts else f"On {us_date(leading.day)}")
    return f"{', '.join(parts)}: {leading.verdict.headline}" if parts else leading.verdict.headline


def _remarks(settings: list[InSetting], today: date, *, is_turned: bool) -> list[str]:
    remarks = ["For the same patient, the same provider and the same date."]
    if any(each.day and each.day != today for each in settings):
        remarks.append(
            "Today is later than a loaded table reaches; that setting is answered for the last day it covers."
        )
    if is_turned:
        remarks.append("You typed the codes in the other order than CMS lists them.")
    return remarks
