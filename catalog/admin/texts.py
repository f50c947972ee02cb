"""The short texts that editors own: what the pages say of a level, and notes on codes."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from catalog.admin.trail import Trail
from catalog.markdown_field import MarkdownField
from catalog.models import CodeNote, Level
from catalog.training_form import PreviewedForm


class LinesField(forms.CharField):
    """A list of texts, edited one to a line."""

    widget = forms.Textarea

    def prepare_value(self, value: list[str] | str) -> str:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: str | None) -> list[str]:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]


class LevelForm(PreviewedForm):
    description = MarkdownField()
    sources = LinesField(required=False, help_text="The authorities the texts rest on, one to a line.")


class CodeNoteForm(PreviewedForm):
    text = MarkdownField()


@admin.register(Level)
class LevelAdmin(Trail, admin.ModelAdmin):
    """The three levels exist for good; only their texts change."""

    form = LevelForm
    list_display = ["name", "title", "maintainer", "ended", "updated_at"]
    search_fields = ["name", "title", "description"]
    readonly_fields = ["number", "updated_at"]
    save_on_top = True  # so that Enter saves, before the first “Preview”

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Level | None = None) -> bool:
        return False


@admin.register(CodeNote)
class CodeNoteAdmin(Trail, admin.ModelAdmin):
    form = CodeNoteForm
    list_display = ["code", "beginning", "updated_at"]
    save_on_top = True
    search_fields = ["code", "text"]

    @admin.display(description="text", ordering="text")
    def beginning(self, note: CodeNote) -> str:
        return note.text if len(note.text) <= 100 else f"{note.text[:99].rstrip()}…"
