"""The NCCI edits of one code as tables: for the page, cell by cell, and PTP edits for a file, row by row.

Each is read from the code whose page it stands on, so the first column is always the other code. They are not
sorted by anything else: a code has up to twenty thousand rows, and the index of the table has them in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache

import django_tables2 as tables
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog import edit_words
from catalog.edits import pair_answer
from catalog.models import AddOnEdit, PtpEdit, Release
from catalog.templatetags.catalog import code as code_markup
from catalog.templatetags.catalog import us_date, when

DATE = {"td": {"class": "date"}}
NOTHING = ()  # no value leaves a cell of these columns empty

# What stands beside a code: its descriptor, or the section around its number. Empty where neither is known.
Describe = Callable[[str], str]


class PtpTable(tables.Table):
    """PTP edits that name a code in one column, and what each says on ``day``. ``other`` is the other column."""

    with_code = tables.Column("With code", empty_values=NOTHING)
    standing = tables.Column(empty_values=NOTHING)
    indicator = tables.Column("Indicator", accessor="modifier_indicator", attrs={"td": {"class": "explained"}})
    effective = tables.Column("Effective", accessor="effective_date", attrs=DATE)
    deleted = tables.Column("Deleted", accessor="deletion_date", attrs=DATE)
    rationale = tables.Column("CMS rationale", accessor="rationale__text", attrs={"td": {"class": "small"}})
    receipt = tables.Column("Receipt", empty_values=NOTHING)

    class Meta:
        default = ""
        orderable = False

    def __init__(
        self, rows: Iterable[PtpEdit], other: str, release: Release, day: date, asked: str, describe: Describe
    ):
        """``asked`` is the query string that leads to the same day on the page of a pair, or nothing."""
        super().__init__(rows)
        self.other, self.release, self.day, self.asked, self.describe = other, release, day, asked, describe
        self.columns["standing"].column.verbose_name = f"On {us_date(day)}"

    def render_with_code(self, record: PtpEdit) -> SafeString:
        return described(getattr(record, self.other), self.describe)

    def render_standing(self, record: PtpEdit) -> SafeString:
        verdict = edit_words.standing_words(*pair_answer([record], self.day), self.release)
        return _sign(verdict.kind, verdict.short)

    def render_indicator(self, record: PtpEdit) -> SafeString:
        return explained(record.modifier_indicator, edit_words.indicator_words(record.modifier_indicator).short)

    def render_effective(self, value: date) -> SafeString:
        return when(value)

    def render_deleted(self, value: date) -> SafeString:
        return when(value)

    def render_receipt(self, record: PtpEdit) -> SafeString:
        pair = (record.column_one, record.column_two)
        return receipt_link(reverse("ptp_pair", args=[self.release.setting, *pair]) + self.asked, *pair)


class AddOnTable(tables.Table):
    """Add-on edits of a code. ``other`` is the field that holds the other code: ``add_on`` or ``primary``."""

    with_code = tables.Column(empty_values=NOTHING)
    type = tables.Column("Type", accessor="edit_type", attrs={"td": {"class": "explained"}})
    effective = tables.Column("Effective", accessor="effective_date", attrs=DATE)
    last_day = tables.Column("Last day", empty_values=NOTHING, attrs=DATE)
    note = tables.Column("CMS note", attrs={"td": {"class": "small"}})
    receipt = tables.Column("Receipt", empty_values=NOTHING)

    class Meta:
        default = ""
        orderable = False

    HEADINGS = {"primary": "Primary", "add_on": "Add-on code"}

    def __init__(self, rows: list[AddOnEdit], other: str, asked: str, describe: Describe):
        columns = {"last_day": any(map(last_day, rows)), "note": any(row.note for row in rows)}
        super().__init__(rows, exclude=[name for name, is_filled in columns.items() if not is_filled])
        self.other, self.asked, self.describe = other, asked, describe
        self.columns["with_code"].column.verbose_name = self.HEADINGS[other]

    def render_with_code(self, record: AddOnEdit) -> SafeString | str:
        if self.other == "primary" and record.is_contractor_defined:
            return "Contractor defined"
        return described(getattr(record, self.other), self.describe)

    def render_type(self, record: AddOnEdit) -> SafeString:
        return explained(record.edit_type, edit_words.type_words(record.edit_type).short)

    def render_effective(self, value: date) -> SafeString:
        return when(value)

    def render_last_day(self, record: AddOnEdit) -> SafeString | str:
        return when(last_day(record))

    def render_receipt(self, record: AddOnEdit) -> SafeString:
        pair = (record.add_on, record.primary)
        return receipt_link(reverse("addon", args=pair) + self.asked, *pair)


def last_day(row: AddOnEdit) -> date | None:
    """The first deletion date of an add-on edit, its add-on code and its primary; none while all are open."""
    days = (row.deletion_date, row.add_on_deletion_date, row.primary_deletion_date)
    return min((day for day in days if day), default=None)


def described(value: str, describe: Describe) -> SafeString:
    """A code that leads to its page, and under it what it is."""
    linked = code_markup(value, href=reverse("code", args=[value]))
    return format_html('{}<span class="what">{}</span>', linked, describe(value))


def explained(value: str, words: str) -> SafeString:
    """A value as published and what it says."""
    return format_html('<b class="mono">{}</b> <span>{}</span>', value, words)


def receipt_link(href: str, one: str, two: str) -> SafeString:
    words = '<a href="{}">Receipt<span class="visually-hidden"> of {} and {}</span></a>'
    return format_html(words, href, one, two)


@lru_cache
def _sign(kind: str, short: str) -> SafeString:
    return render_to_string("catalog/_verdict.html", {"verdict": {"kind": kind, "short": short}, "quiet": True})


PTP_HEADER = (
    *("Column one", "Column two", "In existence prior to 1996", "Effective date", "Deletion date"),
    *("Modifier indicator", "Indicator in words", "CMS rationale", "Standing", "On", "Setting", "Release"),
    *("File", "Line"),
)


def ptp_lines(rows: Iterable[QuerySet], release: Release, day: date) -> Iterator[tuple[object, ...]]:
    """The header, and every row as published with what it says on ``day`` and where it was read."""
    yield PTP_HEADER
    about = (day, release.get_setting_display(), release_name(release))
    for queryset in rows:
        for row in queryset.values_list(*_PTP_FIELDS, named=True):
            verdict = edit_words.standing_words(*pair_answer([row], day), release)
            indicator = edit_words.indicator_words(row.modifier_indicator).short
            yield (
                *(row.column_one, row.column_two, "*" if row.prior_to_1996 else "", row.effective_date),
                *(row.deletion_date, row.modifier_indicator, indicator, row.rationale__text),
                *(verdict.short, *about, row.file__name, row.line),
            )


_PTP_FIELDS = (
    *("column_one", "column_two", "prior_to_1996", "effective_date", "deletion_date", "modifier_indicator"),
    *("rationale__text", "file__name", "line"),
)


def release_name(release: Release) -> str:
    """The release in a file: what it is not is said with it."""
    if release.is_starter:
        return "Starter data, not a CMS release"
    return f"{release.title}, part of the publication is missing" if release.partial else release.title
