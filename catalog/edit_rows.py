"""The NCCI edits of one code as rows: for its page, and PTP edits for a file.

Each is read from the code whose page it stands on, so what identifies a row is the other code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from catalog import edit_words
from catalog.edits import addon_last_day, pair_answer
from catalog.models import AddOnEdit, PtpEdit, Release
from catalog.templatetags.catalog import code as code_markup
from catalog.templatetags.catalog import when

DENIED = {"deny": " denied", "cond": " denied unless distinct"}
"""What a verdict of that kind says of the code in column two; those of other kinds deny none."""

# What stands under a code: its descriptor, or the section around its number. Empty where neither is known.
Describe = Callable[[str], str]


class PtpRow(NamedTuple):
    """A PTP edit beside the other code of the pair. ``sign`` is what it says on a day, ``receipt`` an address.

    ``denied`` names the code that the edit denies on that day, which may be either of the two; ``effective`` is
    its first day in words.
    """

    edit: PtpEdit
    other: SafeString
    what: str
    sign: SafeString
    denied: str
    indicator: str
    effective: str
    receipt: str


def ptp_row(edit: PtpEdit, other: str, release: Release, day: date, query: str, describe: Describe) -> PtpRow:
    """``other`` is the column of the other code, ``query`` leads to the same day on the page of the pair."""
    code = getattr(edit, other)
    verdict = edit_words.standing_words(*pair_answer([edit], day), release)
    return PtpRow(
        edit,
        _linked(code),
        describe(code),
        _sign(verdict.kind, verdict.short),
        f"{edit.column_two}{DENIED[verdict.kind]}" if verdict.kind in DENIED else "",
        edit_words.indicator_words(edit.modifier_indicator).short,
        edit_words.NOT_IN_STARTER if release.is_starter else when(edit.effective_date),
        reverse("ptp_pair", args=[release.setting, edit.column_one, edit.column_two]) + query,
    )


class AddOnRow(NamedTuple):
    """An add-on edit beside the other code; no code where contractors define the primaries."""

    edit: AddOnEdit
    other: SafeString | str
    what: str
    type: str
    exception: str
    last_day: date | None
    receipt: str


def addon_row(edit: AddOnEdit, other: str, query: str, describe: Describe) -> AddOnRow:
    """``other`` is the field of the other code: ``primary`` or ``add_on``."""
    code = getattr(edit, other)
    is_list = other == "primary" and edit.is_contractor_defined
    return AddOnRow(
        edit,
        "" if is_list else _linked(code),
        "Contractor defined" if is_list else describe(code),
        edit_words.type_words(edit.edit_type).short,
        edit_words.addon_exception(edit.add_on),
        addon_last_day(edit),
        reverse("addon", args=[edit.add_on, edit.primary]) + query,
    )


def _linked(code: str) -> SafeString:
    return code_markup(code, href=reverse("code", args=[code]))


@lru_cache
def _sign(kind: str, short: str) -> SafeString:
    return render_to_string("catalog/_verdict.html", {"verdict": {"kind": kind, "short": short}, "quiet": True})


PTP_HEADER = (
    *("Column one", "Column two", "In existence prior to 1996", "Effective date", "Deletion date"),
    *("Modifier indicator", "Indicator in words", "CMS rationale", "Standing", "Denied code", "On", "Setting"),
    *("Release", "File", "Line"),
)


def ptp_lines(rows: Iterable[QuerySet], release: Release, day: date) -> Iterator[tuple[object, ...]]:
    """The header, and every row as published with what it says on ``day`` and where it was read."""
    yield PTP_HEADER
    about = (day, release.get_setting_display(), release_name(release))
    for queryset in rows:
        for row in queryset.values_list(*_PTP_FIELDS, named=True):
            verdict = edit_words.standing_words(*pair_answer([row], day), release)
            indicator = edit_words.indicator_words(row.modifier_indicator).short
            effective = edit_words.NOT_IN_STARTER if release.is_starter else row.effective_date
            yield (
                *(row.column_one, row.column_two, "*" if row.prior_to_1996 else "", effective),
                *(row.deletion_date, row.modifier_indicator, indicator, row.rationale__text),
                *(verdict.short, row.column_two if verdict.kind in DENIED else "", *about),
                *(row.file__name, row.line),
            )


_PTP_FIELDS = (
    *("column_one", "column_two", "prior_to_1996", "effective_date", "deletion_date", "modifier_indicator"),
    *("rationale__text", "file__name", "line"),
)


def release_name(release: Release) -> str:
    """The release in a file: what it is not is said with it."""
    if release.is_starter:
        return release.remark
    return f"{release.title}, {release.remark}" if release.remark else release.title
