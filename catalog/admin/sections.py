"""The tree of sections, which editors own: titles, ranges and texts."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.models import Section, SectionRange
from catalog.section_form import RangesFormSet, SectionForm


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
