"""What editors own beside the publishers' rows: levels, sections, synonyms, notes, golden pairs."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.edit_words import is_incomplete
from catalog.models import (
    CodeNote,
    Dataset,
    GoldenPair,
    Level,
    PtpEdit,
    Release,
    Section,
    SectionRange,
    Synonym,
)
from catalog.section_form import RangesFormSet, SectionForm


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
