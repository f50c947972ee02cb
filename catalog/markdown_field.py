"""The box in which editors write Markdown: below it the text as readers will see it, kept up while they type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

LONGEST_TEXT = 20_000
"""Characters; the longest of our texts has a tenth of them."""


class Button(NamedTuple):
    """A button below the box that sends the whole form, and says by its name what to do with this text."""

    name: str
    label: str


class MarkdownTextarea(AdminTextareaWidget):
    """Shows a preview of what it holds. Without JavaScript it takes a ``PreviewedForm``."""

    class Media:
        css: ClassVar = {"all": ["css/markdown.css"]}

    def __init__(self, attrs: dict | None = None, buttons: Sequence[Button] = (), heading: int = 3):
        super().__init__({"rows": 12, "maxlength": LONGEST_TEXT} | (attrs or {}))
        self.buttons = buttons
        self.heading = heading

    def render(self, name: str, value: str | None, attrs: dict | None = None, renderer=None) -> SafeString:
        shown = f"{(attrs or {}).get('id', f'id_{name}')}_preview"
        live = {
            "hx-post": f"{reverse('admin:markdown_preview')}?heading={self.heading}",
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#{shown}",
            "hx-params": f"csrfmiddlewaretoken,{name}",
            "hx-sync": "this:replace",
        }
        context = {
            "box": super().render(name, value, {**(attrs or {}), **live}, renderer),
            "buttons": self.buttons,
            "shown": shown,
            "text": value or "",
            "heading": self.heading,
        }
        return render_to_string("admin/catalog/_markdown.html", context)


class MarkdownField(forms.CharField):
    """A text in Markdown. Its lines end as Unix has them, whatever a browser sends."""

    widget = MarkdownTextarea

    def __init__(self, *, heading: int = 3, **kwargs):
        super().__init__(**{"max_length": LONGEST_TEXT, "widget": MarkdownTextarea(heading=heading)} | kwargs)

    def to_python(self, value: str | None) -> str:
        return super().to_python("\n".join((value or "").splitlines()))

    def has_changed(self, initial: str | None, data: str | None) -> bool:
        return self.to_python(initial) != self.to_python(data)
