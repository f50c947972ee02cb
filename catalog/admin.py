"""The admin: editors change levels, sections, synonyms and notes; what publishers own is for reading only."""

from __future__ import annotations

import json

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.models import (
    Change,
    CodeNote,
    HcpcsCode,
    Level,
    Modifier,
    ProcessingNote,
    Release,
    ReleaseFile,
    Section,
    SectionRange,
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
        return [("all", "All releases"), *((str(release.pk), str(release)) for release in Release.objects.all())]

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
    list_filter = [ReleaseFilter]
    list_select_related = ["release"]
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description="release", ordering="release")
    def of_release(self, row: HcpcsCode | Modifier | ProcessingNote | Change) -> str:
        return row.release.short_title


class FileInline(ReadOnly, admin.TabularInline):
    model = ReleaseFile
    fields = ["name", "archive", "sha256", "size", "rows"]


@admin.register(Release)
class ReleaseAdmin(ReadOnly, admin.ModelAdmin):
    inlines = [FileInline]
    list_display = [
        "__str__", "state", "partial", "origin", "quarter", "revision", "counted", "loaded_at", "activated_at",
    ]  # fmt: skip
    list_filter = ["dataset", "state", "partial", "origin"]
    search_fields = ["quarter", "files__name", "files__sha256"]
    fields = [
        "dataset", "setting", "origin", "quarter", "revision", "state", "partial", "counted", "rows",
        "started_at", "loaded_at", "activated_at",
    ]  # fmt: skip

    @admin.display(description="rows")
    def counted(self, release: Release) -> str:
        return ", ".join(f"{count:,} {kind}" for kind, count in release.counts.items())

    @admin.display(description="see its")
    def rows(self, release: Release) -> SafeString:
        models = (HcpcsCode, Modifier, ProcessingNote, Change)
        return format_html_join(
            ", ",
            '<a href="{}?release={}">{}</a>',
            (
                (
                    reverse(f"admin:catalog_{model._meta.model_name}_changelist"),
                    release.pk,
                    model._meta.verbose_name_plural,
                )
                for model in models
            ),
        )


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
    list_display = ["code", "kind", "record", "what_changed", "of_release"]
    list_filter = [ReleaseFilter, "kind", "record"]
    search_fields = ["^code"]
    fields = ["release", "against", "kind", "record", "code", "before_and_after"]

    @admin.display(description="fields")
    def what_changed(self, change: Change) -> str:
        return ", ".join(change.fields)

    @admin.display(description="fields")
    def before_and_after(self, change: Change) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(change.fields, indent=2, ensure_ascii=False))
