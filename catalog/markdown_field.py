"""The box in which editors write Markdown: below it the text as readers will see it, kept up while they type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from catalog import markdown

LONGEST_TEXT = 20_000
"""Characters; the longest of our texts has a tenth of them."""


class Button(NamedTuple):
    """A button below the box that sends the whole form, and says by its name what to do with this text."""

    name: str
    label: str


def previewed(text: str, heading: int) -> dict[str, object]:
    """What the template of a preview is given."""
    return {"text": text, "heading": heading, "faults": faults(text)}


def faults(text: str) -> list[str]:
    """Why a text cannot be saved as it is marked up, in sentences."""
    return [
        f"Pictures cannot be shown: “{mark}”. Say it in words, or leave out the “!” to link to the picture."
        for mark in markdown.pictures(text)
    ]


class MarkdownTextarea(AdminTextareaWidget):
    """Shows a preview of what it holds. Without JavaScript it takes a ``PreviewedForm`` and its button.

    Forms that have a button for a preview of the whole need none here: ``has_preview_button``. A form that was
    sent for a preview says so by ``is_previewed``.
    """

    is_previewed = False

    class Media:
        css: ClassVar = {"all": ["css/markdown.css"]}

    def __init__(
        self,
        attrs: dict | None = None,
        buttons: Sequence[Button] = (),
        heading: int = 3,
        has_preview_button: bool = True,
    ):
        super().__init__({"rows": 12, "maxlength": LONGEST_TEXT} | (attrs or {}))
        self.buttons = buttons
        self.heading = heading
        self.has_preview_button = has_preview_button

    def render(self, name: str, value: str | None, attrs: dict | None = None, renderer=None) -> SafeString:
        shown = f"{(attrs or {}).get('id', f'id_{name}')}_preview"
        live = {
            "hx-post": f"{reverse('admin:markdown_preview')}?heading={self.heading}",
            "hx-trigger": "input changed delay:400ms",
            "hx-target": f"#{shown}",
            "hx-params": f"csrfmiddlewaretoken,{name}",
            "hx-sync": "this:replace",
        }
        context = {
            "box": super().render(name, value, {**(attrs or {}), **live}, renderer),
            "label": name.replace("_", " "),
            "buttons": self.buttons,
            "has_preview_button": self.has_preview_button,
            "is_previewed": self.is_previewed,
            "shown": shown,
            **previewed(value or "", self.heading),
        }
        return render_to_string("admin/catalog/_markdown.html", context)


class MarkdownField(forms.CharField):
    """A text in Markdown. Its lines end as Unix has them, whatever a browser sends."""

    widget = MarkdownTextarea

    def __init__(self, *, heading: int = 3, has_preview_button: bool = True, **kwargs):
        widget = MarkdownTextarea(heading=heading, has_preview_button=has_preview_button)
        super().__init__(**{"max_length": LONGEST_TEXT, "widget": widget} | kwargs)

    def to_python(self, value: str | None) -> str:
        return super().to_python("\n".join((value or "").splitlines()))

    def validate(self, value: str) -> None:
        super().validate(value)
        if found := faults(value):
            raise ValidationError(found)

    def has_changed(self, initial: str | None, data: str | None) -> bool:
        return self.to_python(initial) != self.to_python(data)
