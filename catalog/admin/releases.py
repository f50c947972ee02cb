"""What publishers own: releases with their codes, modifiers, notes and changes, all of it read only."""

from __future__ import annotations

import json

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.admin.import_parts import ACTIVATE
from catalog.importers import rehearsal
from catalog.models import (
    AddOnEdit,
    Change,
    Dataset,
    HcpcsCode,
    Modifier,
    Mue,
    ProcessingNote,
    PtpEdit,
    Release,
    ReleaseFile,
)


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
        "dataset", "setting", "origin", "quarter", "revision", "state", "partial", "lacks", "counted", "rows",
        "started_at", "loaded_at", "activated_at", "notice",
    ]  # fmt: skip

    def render_change_form(self, request: HttpRequest, context: dict[str, object], *args, **kwargs):
        may, release = request.user.has_perm(ACTIVATE), context["original"]
        context["can_be_withdrawn"] = may and not rehearsal.refuse_to_withdraw(release)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="what speaks against it")
    def lacks(self, release: Release) -> SafeString | str:
        return format_html_join("", "<div>{}</div>", ([doubt] for doubt in release.doubts)) or "nothing"

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
