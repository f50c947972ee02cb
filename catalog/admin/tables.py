"""The NCCI tables: millions of rows, so whatever is asked has to be found through an index."""

from __future__ import annotations

from itertools import permutations

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.functional import cached_property

from catalog import codes
from catalog.admin.releases import ReleaseFilter, ReleaseRowsAdmin
from catalog.models import AddOnEdit, Dataset, Mue, PtpEdit, Release, Setting


class TableFilter(ReleaseFilter):
    """The rows of one release, of the practitioners' newest current one at first, never of all of them."""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        releases = list(Release.objects.kept().filter(dataset__in=model_admin.datasets).newest_first())
        settings = ["", *Setting.values]
        first = min(releases, key=lambda one: (not one.is_current, settings.index(one.setting)), default=None)
        self.at_first = str(first.pk) if first else ""
        return [(str(release.pk), str(release)) for release in releases]

    def has_output(self) -> bool:
        return True  # else the filter would not be applied while nothing is loaded

    def value(self) -> str:
        chosen = super().value() or ""
        return chosen if chosen.isdecimal() else self.at_first

    def choices(self, changelist):
        yield from list(super(ReleaseFilter, self).choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(release=int(self.value())) if self.value() else queryset.none()


class ShortCount(Paginator):
    """Counts as far as anybody pages: counting all rows would take longer than showing them."""

    MOST = 2_000

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: self.MOST].count()


class TableAdmin(ReleaseRowsAdmin):
    """Rows of an NCCI table in the order of its index. The search takes whole codes: one, or the two of a pair.

    ``columns`` hold the codes. Each is asked alone, for its index, and no row answers to two of them: asked for
    either in one condition, a database walks the whole table.
    """

    list_filter = [TableFilter]
    paginator = ShortCount
    sortable_by = ()
    columns: tuple[str, ...] = ("code",)
    search_fields = ["code"]  # brings the box; get_search_results reads it
    search_help_text = "A whole code, or the two codes of a pair"

    @admin.display(description="file and line")
    def found_in(self, row: PtpEdit | Mue | AddOnEdit) -> str:
        return f"{row.file.name}, {row.line}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        typed = [codes.normalize(code) for code in search_term.split()]
        if not typed:
            return queryset, False
        if len(typed) == len(self.columns):
            named = [dict(zip(self.columns, order, strict=True)) for order in permutations(typed)]
        else:
            named = [{column: typed[0]} for column in self.columns]
        first, *others = [queryset.order_by().filter(**each) for each in named]
        found = first.union(*others, all=True) if others else first
        return found.order_by(*self.ordering), False


@admin.register(PtpEdit)
class PtpEditAdmin(TableAdmin):
    """The list shows all there is of an edit, which has no page of its own."""

    datasets = (Dataset.PTP,)
    columns = ("column_one", "column_two")
    ordering = ["column_one", "column_two", "pk"]
    list_display = [
        "column_one", "column_two", "modifier_indicator", "effective_date", "deletion_date", "prior_to_1996",
        "rationale", "of_release", "found_in",
    ]  # fmt: skip
    list_display_links = None
    list_select_related = ["release", "file", "rationale"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> PtpEdit:
        """Raises Http404: found by its key alone, an edit would be looked for in all rows of every release."""
        raise Http404("An edit has no page of its own. Look for its codes in the list.")


@admin.register(Mue)
class MueAdmin(TableAdmin):
    datasets = (Dataset.MUE,)
    ordering = ["code"]
    list_display = ["code", "mue_value", "adjudication_indicator", "rationale", "of_release", "found_in"]
    list_select_related = ["release", "file"]
    search_help_text = "A whole code"


@admin.register(AddOnEdit)
class AddOnEditAdmin(TableAdmin):
    datasets = (Dataset.ADDON,)
    columns = ("add_on", "primary")
    ordering = ["add_on", "primary", "pk"]
    list_display = [
        "add_on", "primary", "edit_type", "effective_date", "deletion_date", "of_release", "found_in",
    ]  # fmt: skip
    list_select_related = ["release", "file"]
