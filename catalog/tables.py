"""The tables of the reading rooms. A column's name is its name in the address: ``?sort=-added``.

``templates/catalog/_table.html`` draws them; a table says which columns there are, how they sort, and what a cell
shows on screen and in an export. Columns that are not visible are for exports only.
"""

from __future__ import annotations

from datetime import date

import django_tables2 as tables
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, NullIf
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog import modifiers, values
from catalog.models import Change, HcpcsCode, Modifier
from catalog.templatetags.catalog import code as code_markup
from catalog.templatetags.catalog import reference, when
from catalog.wording import field_changes, shorten

ROWS_PER_PAGE = 25
WORDS_AROUND_A_CHANGE = 20
WIDE_ONLY = {"class": "d-none d-sm-table-cell"}
DATE = {"td": {"class": "date"}}
DATE_WIDE_ONLY = {"td": {"class": "date d-none d-sm-table-cell"}, "th": WIDE_ONLY}
DESCRIPTOR = {"th": {"class": "w-100"}}


class DateColumn(tables.Column):
    """A date as people read it, in ISO form in an export. Blanks sort last, whichever way the rest sorts."""

    def render(self, value: date) -> SafeString | str:
        return when(value)

    def value(self, value: date) -> date:
        return value

    def order(self, queryset: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        field = F(str(self.accessor))
        by_date = field.desc(nulls_last=True) if is_descending else field.asc(nulls_last=True)
        return queryset.order_by(by_date, "code"), True


class DescriptorColumn(tables.Column):
    """A descriptor, cut short on the page and whole in an export."""

    def render(self, value: str) -> str:
        return shorten(value)

    def value(self, value: str) -> str:
        return value


class ListColumn(tables.Column):
    """Several raw values of one field, for an export."""

    def value(self, value: list[str]) -> str:
        return " ".join(value)


class RecordTable(tables.Table):
    """Codes or modifiers of one release. ``target`` is the element its pages are swapped into."""

    target = "codes"
    code = tables.Column(order_by="code")
    text = DescriptorColumn(
        "Descriptor", accessor="long_descriptor", order_by=("long_descriptor", "code"), attrs=DESCRIPTOR
    )
    added = DateColumn("Added", accessor="added_date", attrs=DATE_WIDE_ONLY)
    changed = DateColumn("Last change", accessor="last_change", attrs=DATE_WIDE_ONLY)
    ended = DateColumn("Ended", accessor="termination_date", attrs=DATE)
    short = tables.Column("Short descriptor", accessor="short_descriptor", visible=False)
    coverage = tables.Column("Coverage", accessor="coverage_code", visible=False)
    pricing = ListColumn("Pricing", accessor="pricing_indicators", visible=False)
    service = ListColumn("Type of service", accessor="types_of_service", visible=False)
    betos = tables.Column("BETOS", accessor="betos", visible=False)
    references = ListColumn("Cross-references", accessor="cross_references", visible=False)
    action = tables.Column("Action in this release", accessor="action_code", visible=False)

    class Meta:
        default = ""
        attrs = {"class": "table t codes"}
        row_attrs = {"class": lambda record, table: "ended" if record.ended_before(table.day) else None}

    def __init__(self, records: QuerySet, day: date, **options):
        self.day = day
        # A record that has never changed carries the day it was added as the day of its last action.
        super().__init__(records.annotate(last_change=NullIf("action_effective_date", "added_date")), **options)

    def render_code(self, value: str) -> SafeString:
        return code_markup(value, href=reverse("code", args=[value]))

    def value_code(self, value: str) -> str:
        return value

    def render_ended(self, value: date) -> SafeString:
        return format_html('<span class="tag tag-ended">{}</span>', when(value))

    def value_ended(self, value: date) -> date:
        return value

    def value_action(self, value: str) -> str:
        return f"{value} {values.ACTION.get(value, '')}".strip()


class ModifierTable(RecordTable):
    """Modifiers, with the NCCI group of those that can bypass a pair edit."""

    group = tables.Column("NCCI group", accessor="code", orderable=False, attrs={"td": WIDE_ONLY, "th": WIDE_ONLY})

    class Meta(RecordTable.Meta):
        sequence = ("code", "text", "group", "added", "changed", "ended", "...")

    def render_code(self, value: str) -> SafeString:
        return code_markup(value, href=reverse("modifier", args=[value]))

    def render_group(self, value: str) -> str:
        return modifiers.ncci_group(value)


class ChangeTable(tables.Table):
    """What a release did to its codes and modifiers, with the descriptor each of them has."""

    target = "rows"
    code = tables.Column(order_by="code", attrs={"td": {"class": lambda record: _ended(record)}})
    text = DescriptorColumn("Descriptor", orderable=False, attrs=DESCRIPTOR)
    fields = tables.Column("What changed", orderable=False, attrs=DESCRIPTOR)
    added = DateColumn("Added", orderable=False, attrs=DATE_WIDE_ONLY)
    ended = DateColumn("Last valid day", orderable=False, attrs=DATE_WIDE_ONLY)
    references = tables.Column("CMS cross-reference", orderable=False)

    SHOWN = {
        Change.Kind.ADDED: ("code", "text", "added"),
        Change.Kind.REVISED: ("code", "fields"),
        Change.Kind.ENDED: ("code", "text", "ended", "references"),
        Change.Kind.REACTIVATED: ("code", "text", "fields"),
        Change.Kind.VANISHED: ("code", "text", "ended"),
        Change.Kind.MISSING: ("code", "text", "ended"),
    }

    class Meta:
        default = ""
        attrs = {"class": "table t codes"}

    def __init__(self, changes: QuerySet, kind: str, **options):
        hidden = [name for name in self.base_columns if name not in self.SHOWN[kind]]
        super().__init__(_with_records(changes), exclude=hidden, **options)

    def render_code(self, record: Change, value: str) -> SafeString:
        return code_markup(value, href=reverse(record.record, args=[value]))

    def value_code(self, value: str) -> str:
        return value

    def render_fields(self, record: Change, value: dict) -> str:
        # A changed descriptor shows itself; beside other changes it says which code this is.
        text = "" if "long_descriptor" in value else shorten(record.text)
        changes = field_changes(value, around=WORDS_AROUND_A_CHANGE)
        return render_to_string("catalog/_field_changes.html", {"changes": changes, "text": text})

    def value_fields(self, value: dict) -> str:
        return "; ".join(f"{c.label}: {c.before or 'blank'} → {c.after or 'blank'}" for c in field_changes(value))

    def render_references(self, value: list[str]) -> SafeString:
        return format_html_join(", ", "{}", ((reference(code),) for code in value))

    def value_references(self, value: list[str]) -> str:
        return " ".join(value)


def _ended(change: Change) -> str | None:
    return "ended" if change.kind in {Change.Kind.ENDED, Change.Kind.VANISHED} else None


def _with_records(changes: QuerySet) -> QuerySet:
    """Each change with the fields its record has in this release, or had in the one before if it is gone."""

    def of_record(field: str) -> Coalesce:
        return Coalesce(
            *(
                Subquery(model.objects.filter(release=OuterRef(release), code=OuterRef("code")).values(field))
                for release in ("release", "against")
                for model in (HcpcsCode, Modifier)
            )
        )

    return changes.annotate(
        text=of_record("long_descriptor"),
        added=of_record("added_date"),
        ended=of_record("termination_date"),
        references=of_record("cross_references"),
    )
