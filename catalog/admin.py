"""The admin: editors change levels, sections, synonyms, notes, golden pairs; what publishers own is read only."""

from __future__ import annotations

import json
from functools import reduce
from itertools import permutations
from operator import or_

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog import codes
from catalog.edit_words import is_incomplete
from catalog.models import (
    AddOnEdit,
    Change,
    CodeNote,
    Dataset,
    GoldenPair,
    HcpcsCode,
    Level,
    Modifier,
    Mue,
    ProcessingNote,
    PtpEdit,
    Release,
    ReleaseFile,
    Section,
    SectionRange,
    Setting,
    Synonym,
)
from catalog.section_form import RangesFormSet, SectionForm

admin.site.site_header = "Coding Reference: the editors' desk"
admin.site.site_title = "Coding Reference"
admin.site.index_title = "Reference data"


class LinesField(forms.CharField):
    """A list of texts, edited one to a line."""

    widget = forms.Textarea

    def prepare_value(self, value: list[str] | str) -> str:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: str | None) -> list[str]:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]


class LevelForm(forms.ModelForm):
    sources = LinesField(required=False, help_text="The authorities the texts rest on, one to a line.")


@admin.register(Level)
class LevelAdmin(admin.ModelAdmin):
    """The three levels exist for good; only their texts change."""

    form = LevelForm
    list_display = ["name", "title", "maintainer", "ended", "updated_at"]
    search_fields = ["name", "title", "description"]
    readonly_fields = ["number", "updated_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Level | None = None) -> bool:
        return False


class RangeInline(admin.TabularInline):
    model = SectionRange
    formset = RangesFormSet
    extra = 1
    verbose_name_plural = "Ranges: where ranges of sections nest, the narrowest one holds the code"


@admin.register(Section)
class SectionAdmin(admin.ModelAdmin):
    form = SectionForm
    inlines = [RangeInline]
    list_display = ["title", "ranges_held", "parent", "closed", "updated_at"]
    list_filter = ["level", "kind", "mark", "closed"]
    list_select_related = ["parent"]
    fields = [
        *("title", "short_title", "map_title", "slug", "level", "parent", "kind", "maintainer", "who_bills"),
        *("description", "note", "mark", "closed", "sort"),
    ]
    search_fields = ["title", "short_title", "slug", "description", "note", "ranges__low", "ranges__high"]
    prepopulated_fields = {"slug": ["title"]}
    save_on_top = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        return super().get_queryset(request).prefetch_related("ranges")

    @admin.display(description="ranges")
    def ranges_held(self, section: Section) -> str:
        return ", ".join(map(str, section.ranges.all()))


@admin.register(Synonym)
class SynonymAdmin(admin.ModelAdmin):
    list_display = ["term", "means", "code", "note", "updated_at"]
    list_filter = [("code", admin.EmptyFieldListFilter)]
    search_fields = ["term", "means", "code", "note"]


@admin.register(CodeNote)
class CodeNoteAdmin(admin.ModelAdmin):
    list_display = ["code", "beginning", "updated_at"]
    search_fields = ["code", "text"]

    @admin.display(description="text", ordering="text")
    def beginning(self, note: CodeNote) -> str:
        return note.text if len(note.text) <= 100 else f"{note.text[:99].rstrip()}…"


@admin.register(GoldenPair)
class GoldenPairAdmin(admin.ModelAdmin):
    """A PTP release that answers one of them otherwise is not loaded."""

    list_display = ["pair", "setting", "day", "expected", "source", "updated_at"]
    list_filter = ["setting", "expected"]
    search_fields = ["column_one", "column_two", "source"]
    fields = [("column_one", "column_two"), "setting", "day", "expected", "source"]
    save_as = True

    def save_model(self, request: HttpRequest, obj: GoldenPair, form: forms.ModelForm, change: bool) -> None:
        """Save it, and tell when the current release answers otherwise: one of the two is wrong."""
        super().save_model(request, obj, form, change)
        release = Release.objects.answering(Dataset.PTP, obj.setting, obj.day)
        if release is None:
            return
        said = obj.answered_otherwise(PtpEdit.objects.of(release).for_pair(obj.column_one, obj.column_two))
        if said and not (is_incomplete(release) and said == GoldenPair.Expected.NONE.label):
            messages.warning(request, f"{release} answers otherwise: {said}. It would be refused if loaded again.")

    @admin.display(description="pair", ordering="column_one")
    def pair(self, golden: GoldenPair) -> str:
        return f"{golden.column_one} and {golden.column_two}"


class ReadOnly:
    """What publishers own can be read here and changed by loading a release only."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReleaseFilter(admin.SimpleListFilter):
    """One release at a time, the current one at first: rows of all releases together are many."""

    title = "release"
    parameter_name = "release"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        releases = Release.objects.filter(dataset__in=model_admin.datasets)
        return [("all", "All releases"), *((str(release.pk), str(release)) for release in releases)]

    def choices(self, changelist):
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "Current",
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "all":
                return queryset
            case str(number) if number.isdecimal():
                return queryset.filter(release=int(number))
            case _:
                return queryset.filter(release__in=list(Release.objects.current().values_list("pk", flat=True)))


class ReleaseRowsAdmin(ReadOnly, admin.ModelAdmin):
    """``datasets`` are those that have such rows."""

    datasets: tuple[str, ...] = (Dataset.HCPCS,)
    list_filter = [ReleaseFilter]
    list_select_related = ["release"]
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description="release", ordering="release")
    def of_release(self, row: HcpcsCode | Modifier | ProcessingNote | Change) -> str:
        return row.release.short_title


ROWS_OF: dict[str, tuple[type[Model], ...]] = {
    Dataset.HCPCS: (HcpcsCode, Modifier, ProcessingNote),
    Dataset.PTP: (PtpEdit,),
    Dataset.MUE: (Mue,),
    Dataset.ADDON: (AddOnEdit,),
}


class FileInline(ReadOnly, admin.TabularInline):
    model = ReleaseFile
    fields = ["name", "archive", "sha256", "size", "rows"]


@admin.register(Release)
class ReleaseAdmin(ReadOnly, admin.ModelAdmin):
    inlines = [FileInline]
    list_display = [
        "__str__", "state", "partial", "origin", "quarter", "revision", "counted", "loaded_at", "activated_at",
    ]  # fmt: skip
    list_filter = ["dataset", "setting", "state", "partial", "origin"]
    search_fields = ["quarter", "files__name", "files__sha256"]
    fields = [
        "dataset", "setting", "origin", "quarter", "revision", "state", "partial", "counted", "rows",
        "started_at", "loaded_at", "activated_at", "notice",
    ]  # fmt: skip

    @admin.display(description="rows")
    def counted(self, release: Release) -> str:
        return ", ".join(f"{count:,} {kind}" for kind, count in release.counts.items())

    @admin.display(description="see its")
    def rows(self, release: Release) -> SafeString:
        links = (
            (
                reverse(f"admin:catalog_{model._meta.model_name}_changelist"),
                release.pk,
                model._meta.verbose_name_plural,
            )
            for model in (*ROWS_OF[release.dataset], Change)
        )
        return format_html_join(", ", '<a href="{}?release={}">{}</a>', links)


@admin.register(HcpcsCode, Modifier)
class RecordAdmin(ReleaseRowsAdmin):
    list_display = ["code", "short_descriptor", "coverage_code", "added_date", "termination_date", "of_release"]
    search_fields = ["^code", "short_descriptor", "long_descriptor"]


@admin.register(ProcessingNote)
class ProcessingNoteAdmin(ReleaseRowsAdmin):
    list_display = ["number", "text", "of_release"]
    search_fields = ["=number", "text"]


@admin.register(Change)
class ChangeAdmin(ReleaseRowsAdmin):
    datasets = tuple(Dataset)
    list_display = ["code", "other_code", "kind", "record", "what_changed", "of_release"]
    list_filter = [ReleaseFilter, "kind", "record"]
    search_fields = ["^code", "^other_code"]
    fields = ["release", "against", "kind", "record", "code", "other_code", "before_and_after"]

    @admin.display(description="fields")
    def what_changed(self, change: Change) -> str:
        return ", ".join(change.fields)

    @admin.display(description="fields")
    def before_and_after(self, change: Change) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(change.fields, indent=2, ensure_ascii=False))


# --- The NCCI tables: millions of rows, so whatever is asked has to be found through an index ---


class TableFilter(ReleaseFilter):
    """The rows of one release, of the practitioners' newest current one at first, never of all of them."""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        releases = list(Release.objects.readable().filter(dataset__in=model_admin.datasets).newest_first())
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
        return self.object_list[: self.MOST].count()


class TableAdmin(ReleaseRowsAdmin):
    """Rows of an NCCI table in the order of its index. The search takes whole codes: one, or the two of a pair.

    ``columns`` hold the codes. Each is asked alone at first, for its index: asked for either in one condition and
    in order, a database walks the whole table. The rows found are then asked for by release and codes as well as
    by key, for on PostgreSQL no index holds the key of a PTP edit.
    """

    list_filter = [TableFilter]
    paginator = ShortCount
    sortable_by = ()
    columns: tuple[str, ...] = ("code",)
    search_fields = ["code"]  # brings the box; get_search_results reads it
    search_help_text = "A whole code, or the two codes of a pair"

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
        found = (
            queryset.order_by().filter(**each).values_list("pk", flat=True)[: ShortCount.MOST] for each in named
        )
        either = reduce(or_, (Q(**each) for each in named))
        rows = queryset.filter(either, pk__in={pk for pks in found for pk in pks})
        return rows.order_by(*self.ordering).select_related(*self.list_select_related), False


@admin.register(PtpEdit)
class PtpEditAdmin(TableAdmin):
    """The list shows all there is of an edit, which has no page of its own."""

    datasets = (Dataset.PTP,)
    columns = ("column_one", "column_two")
    ordering = ["column_one", "column_two", "pk"]
    list_display = [
        "column_one", "column_two", "modifier_indicator", "effective_date", "deletion_date", "prior_to_1996",
        "rationale", "of_release", "file", "line",
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
    list_display = ["code", "mue_value", "adjudication_indicator", "rationale", "of_release", "file", "line"]
    list_select_related = ["release", "file"]
    search_help_text = "A whole code"


@admin.register(AddOnEdit)
class AddOnEditAdmin(TableAdmin):
    datasets = (Dataset.ADDON,)
    columns = ("add_on", "primary")
    ordering = ["add_on", "primary", "pk"]
    list_display = [
        "add_on", "primary", "edit_type", "effective_date", "deletion_date", "of_release", "file", "line",
    ]  # fmt: skip
    list_select_related = ["release", "file"]
