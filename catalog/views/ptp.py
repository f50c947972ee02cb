"""The page of a pair: what the table of each setting says of it on a day, and the receipt of every row.

A pair that is not on file has its page as well, with status 200: that the table of a release has no such row is an
answer, and the page says what does not follow from it. No setting answers from another one's table.
"""

from __future__ import annotations

import logging
from datetime import date
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog import charts, edit_words, snapshot
from catalog.edit_words import LAST_DAY, NOT_A_DECISION, NOT_THE_PATIENT, NotCompared, Verdict, Words
from catalog.edits import FIRST_DAY, in_force, pair_answer
from catalog.models import Dataset, PtpEdit, Release, Setting
from catalog.rationales import rationale_words
from catalog.snapshot import Snapshot, stamped
from catalog.status_line import MUE_SETTINGS, PTP_SETTINGS
from catalog.views.edit_parts import (
    Receipt,
    asked_day,
    code_in_address,
    moved,
    named,
    receipt,
    setting_in_address,
)

logger = logging.getLogger(__name__)

KINDS = {"0": "deny", "1": "cond"}  # of a row's sign, by its indicator


class PairTable(NamedTuple):
    """What one setting's table says of a pair on a day. ``rows`` are all of it, newest first; ``row`` decides."""

    setting: Setting
    release: Release | None
    verdict: Verdict
    row: PtpEdit | None = None
    rows: list[PtpEdit] = []


class PairRow(NamedTuple):
    row: PtpEdit
    kind: str
    indicator: Words
    reason: str
    is_in_force: bool
    receipt: Receipt


@require_safe
@stamped
def ptp_pair(request: HttpRequest, setting: str, one: str, two: str) -> HttpResponse:
    """A pair in one setting on ``?on=``, its rows in either order whichever of the codes is named first."""
    setting = setting_in_address(setting)
    pair = code_in_address(one), code_in_address(two)
    if pair != (one, two):
        return moved(request, "ptp_pair", setting, *pair)
    loaded = snapshot.of(request)
    asked = asked_day(request, loaded.day)
    context = {"here": "browse", "setting": setting, "pair": pair, "asked": asked, "mue_settings": MUE_SETTINGS}
    if one == two:
        return render(request, "catalog/ptp_same_code.html", context)
    tables = [_pair_table(loaded, each, pair, asked.day) for each in PTP_SETTINGS]
    tables.append(PairTable(Setting.DME_SUPPLIER, None, edit_words.standing_words(NotCompared.NO_TABLE)))
    shown = next(table for table in tables if table.setting == setting)
    context |= _pair_on_file(shown, asked.day)
    order = _cms_order(shown, pair)
    address = reverse("ptp_pair", args=[setting, *(order if shown.rows else sorted(pair))])
    context |= {
        "tables": tables,
        "named": [*named(loaded, *order).values()],
        "is_turned": order != pair,
        "canonical": request.build_absolute_uri(address),
    }
    return render(request, "catalog/ptp_pair.html", context)


def _pair_table(loaded: Snapshot, setting: Setting, pair: tuple[str, str], day: date) -> PairTable:
    """One query, none when the setting has no table."""
    release = loaded.edits_of(Dataset.PTP, setting)
    if release is None:
        return PairTable(setting, None, edit_words.standing_words(NotCompared.NOT_LOADED))
    on_file = PtpEdit.objects.of(release).for_pair(*pair).select_related("rationale", "file")
    rows = list(on_file.order_by("-effective_date", "modifier_indicator", "pk"))
    if not release.covers(day):
        return PairTable(setting, release, edit_words.uncovered_words(release, day), None, rows)
    _log_overlap(release, [row for row in rows if in_force(row, day)])
    answer = pair_answer(rows, day)
    return PairTable(setting, release, edit_words.standing_words(*answer, release), answer.row, rows)


def _log_overlap(release: Release, now: list[PtpEdit]) -> None:
    """Several rows of a pair in force on one day are a fault of the table. Which pair is what somebody asked."""
    if len(now) > 1:
        logger.warning("Release %s has several rows of one pair in force on one day.", release.pk)


def _pair_on_file(shown: PairTable, day: date) -> dict[str, object]:
    """Every row of the pair with its receipt, and their periods as a picture."""
    is_answered = shown.release is not None and shown.release.covers(day)
    rows = [
        PairRow(
            row,
            _kind(row),
            edit_words.indicator_words(row.modifier_indicator),
            rationale_words(row.rationale.text),
            is_answered and in_force(row, day),
            receipt(shown.release, row),
        )
        for row in shown.rows
    ]
    is_denied = shown.verdict.kind in KINDS.values()
    return {
        "shown": shown,
        "rows": rows,
        "deciding": next((each for each in rows if each.row == shown.row), None),
        "chart": _chart(shown, day) if rows and not shown.release.is_starter else None,
        "is_beyond": shown.setting in PTP_SETTINGS and not is_answered and day >= FIRST_DAY,
        "note": f"{NOT_A_DECISION} {NOT_THE_PATIENT}" if is_denied else NOT_A_DECISION,
        "last_day_note": LAST_DAY,
    }


def _kind(row: PtpEdit) -> str:
    return KINDS.get(row.modifier_indicator, "off")


def _cms_order(shown: PairTable, pair: tuple[str, str]) -> tuple[str, str]:
    """Column one before column two, by the row that decides or the newest; without rows, as in the address."""
    row = shown.row or (shown.rows[0] if shown.rows else None)
    return (row.column_one, row.column_two) if row else pair


def _chart(shown: PairTable, day: date) -> charts.PeriodChart:
    """The periods of a pair, each of its orders in a lane."""
    lanes = {column_one: at for at, column_one in enumerate(dict.fromkeys(row.column_one for row in shown.rows))}
    stretches = [
        (lanes[row.column_one], row.effective_date, row.deletion_date, _kind(row), row.modifier_indicator)
        for row in shown.rows
    ]
    return charts.periods(stretches, shown.release.last_day, day if shown.release.covers(day) else None)
