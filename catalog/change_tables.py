"""Tables of what a release did to PTP edits, MUEs and add-on edits, each beside what the release says of it now.

Made for tens of thousands of rows: they are read in the order of the table's index, a page at a time, and written
to files as they come. See ``catalog.tables`` for codes and modifiers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import django_tables2 as tables
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog import edit_words
from catalog.models import AddOnEdit, Change, Dataset, Mue, PtpEdit, Release
from catalog.models.addon import CONTRACTOR_DEFINED
from catalog.templatetags.catalog import code as code_markup
from catalog.templatetags.catalog import when
from catalog.wording import field_changes

WIDE_ONLY = {"td": {"class": "d-none d-sm-table-cell"}, "th": {"class": "d-none d-sm-table-cell"}}
DATE_WIDE_ONLY = WIDE_ONLY | {"td": {"class": "date d-none d-sm-table-cell"}}
OPEN_FIRST = F("deletion_date").desc(nulls_first=True)


class EditChangeTable(tables.Table):
    """``target`` is the element its pages are swapped into.

    ``FIELDS`` are fields of the row that stand beside a change, ``WITHOUT`` columns that a kind has no use for.
    """

    target = "rows"
    FIELDS: tuple[str, ...] = ()
    WITHOUT = {
        Change.Kind.ADDED: ("changed", "deleted"),
        Change.Kind.ENDED: ("changed",),
        Change.Kind.VANISHED: ("changed",),
        Change.Kind.MISSING: ("changed",),
    }
    changed = tables.Column("What changed", accessor="fields", attrs={"th": {"class": "w-100"}})

    class Meta:
        default = ""
        orderable = False
        attrs = {"class": "table t codes"}

    def __init__(self, changes: QuerySet, kind: str, rows_of: Release, **options):
        """``kind`` is that of all changes; ``rows_of`` the release whose rows stand beside them."""
        super().__init__(self._with_rows(changes, rows_of), exclude=self.WITHOUT.get(kind, ()), **options)

    def _with_rows(self, changes: QuerySet, release: Release) -> QuerySet:
        row = self.row_of_change(release)
        return changes.annotate(**{f"of_{name}": Subquery(row.values(name)[:1]) for name in self.FIELDS})

    def lines(self) -> Iterator[tuple[object, ...]]:
        """The header and every row, for a file: raw values, dates as dates. One pass, nothing held."""
        shown = [column for column in self.columns if column.name not in ("pair",)]
        yield tuple(column.header for column in shown)
        names = [str(column.accessor) for column in shown]
        for values in self.data.data.values_list(*names).iterator(chunk_size=2_000):
            yield tuple(_plain(value) for value in values)

    def render_code(self, value: str) -> SafeString:
        return _linked(value)

    def render_other(self, value: str) -> SafeString:
        return _linked(value)

    def render_changed(self, value: dict) -> str:
        return _plain(value)

    def render_effective(self, value: date) -> SafeString:
        return when(value)

    def render_deleted(self, value: date) -> SafeString:
        return when(value)


class PtpChangeTable(EditChangeTable):
    WITHOUT = EditChangeTable.WITHOUT | {Change.Kind.REVISED: ("indicator", "deleted")}
    FIELDS = ("modifier_indicator", "effective_date", "deletion_date")
    code = tables.Column("Column one")
    other = tables.Column("Column two", accessor="other_code")
    indicator = tables.Column("Indicator", accessor="of_modifier_indicator")
    effective = tables.Column("First day", accessor="of_effective_date", attrs=DATE_WIDE_ONLY)
    deleted = tables.Column("Last day", accessor="of_deletion_date", attrs=DATE_WIDE_ONLY)
    pair = tables.Column("Pair", accessor="code")

    class Meta(EditChangeTable.Meta):
        sequence = ("code", "other", "indicator", "effective", "deleted", "changed", "pair")

    def __init__(self, changes: QuerySet, kind: str, rows_of: Release, **options):
        super().__init__(changes, kind, rows_of, **options)
        self.setting = rows_of.setting

    def row_of_change(self, release: Release) -> QuerySet:
        of_pair = PtpEdit.objects.of(release).filter(
            column_one=OuterRef("code"), column_two=OuterRef("other_code")
        )
        return of_pair.order_by(OPEN_FIRST, "-effective_date")

    def render_indicator(self, value: str) -> SafeString:
        words = edit_words.indicator_words(value).short
        return format_html('<span class="mono">{}</span> <span class="small muted">{}</span>', value, words)

    def render_changed(self, value: dict) -> str:
        _before, after = value.get("modifier_indicator", ("", ""))
        return f"{_plain(value)} ({edit_words.indicator_words(after).short.lower()})"

    def render_pair(self, record: Change) -> SafeString:
        href = reverse("ptp_pair", args=[self.setting, record.code, record.other_code])
        return format_html(
            '<a href="{}" aria-label="Rows of {} and {}">Rows</a>', href, record.code, record.other_code
        )


class MueChangeTable(EditChangeTable):
    FIELDS = ("mue_value", "adjudication_indicator")
    code = tables.Column("Code")
    value = tables.Column("MUE value", accessor="of_mue_value")
    mai = tables.Column("MAI", accessor="of_adjudication_indicator", attrs={"td": {"class": "mai"}})

    class Meta(EditChangeTable.Meta):
        sequence = ("code", "value", "mai", "changed")

    def row_of_change(self, release: Release) -> QuerySet:
        return Mue.objects.of(release).filter(code=OuterRef("code"))

    def render_mai(self, value: str) -> SafeString:
        label = edit_words.mai_words(value).label
        return format_html('<span class="mono">{}</span> <span class="small muted">{}</span>', value, label)


class AddOnChangeTable(EditChangeTable):
    FIELDS = ("edit_type", "effective_date", "deletion_date")
    code = tables.Column("Add-on")
    other = tables.Column("Primary", accessor="other_code")
    type = tables.Column("Type", accessor="of_edit_type")
    effective = tables.Column("First day", accessor="of_effective_date", attrs=DATE_WIDE_ONLY)
    deleted = tables.Column("Last day", accessor="of_deletion_date", attrs=DATE_WIDE_ONLY)

    class Meta(EditChangeTable.Meta):
        sequence = ("code", "other", "type", "effective", "deleted", "changed")

    def row_of_change(self, release: Release) -> QuerySet:
        of_pair = AddOnEdit.objects.of(release).filter(add_on=OuterRef("code"), primary=OuterRef("other_code"))
        return of_pair.order_by(OPEN_FIRST, "-effective_date")

    def render_type(self, value: str) -> SafeString:
        words = edit_words.type_words(value).short
        return format_html('<span class="mono">{}</span> <span class="small muted">{}</span>', value, words)


TABLES = {Dataset.PTP: PtpChangeTable, Dataset.MUE: MueChangeTable, Dataset.ADDON: AddOnChangeTable}


def _linked(value: str) -> SafeString | str:
    """A code that leads to its page; the words for the marker that stands where contractors list the primaries."""
    if value == CONTRACTOR_DEFINED:
        return "contractor defined"
    return code_markup(value, href=reverse("code", args=[value]))


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return "; ".join(f"{c.label}: {c.before or 'blank'} → {c.after or 'blank'}" for c in field_changes(value))
    return value
