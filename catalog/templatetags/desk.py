"""What the templates of the desk need and Django's admin does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from django import forms, template
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

YES_OR_NO = re.compile(r'<img src="[^"]*/admin/img/icon-(yes|no|unknown)\b[^>]*>')
BLANK = re.compile(r"<td[^>]*>-</td>")  # what Django writes where there is nothing


@register.simple_tag
def labelled(cells: Sequence[SafeString], heads: Sequence[dict[str, object]]) -> list[SafeString]:
    """The cells of a row of a list, each with the head of its column, which a phone shows above it.

    ``heads`` are those of Django's ``result_headers``. The cell that names the row stands for itself. Whether
    something is so is said in words, and a phone leaves out cells in which there is nothing.
    """
    return [_labelled(_in_words(cell), head) for cell, head in zip_longest(cells, heads[: len(cells)])]


def _in_words(cell: SafeString) -> SafeString:
    return mark_safe(YES_OR_NO.sub(lambda icon: icon[1].capitalize(), cell))  # noqa: S308 - a cell as Django made it


def _labelled(cell: SafeString, head: dict[str, object] | None) -> SafeString:
    if not head or "action-checkbox" in str(head.get("class_attrib")) or not cell.startswith("<td"):
        return cell
    blank = mark_safe(" data-blank") if BLANK.fullmatch(cell) else ""
    rest = mark_safe(cell[len("<td") :])  # noqa: S308 - a cell as Django made it
    return format_html('<td data-label="{}"{}{}', capfirst(str(head["text"])), blank, rest)


@register.simple_tag
def on_file(text: Model, is_changed: bool) -> Model:
    """A text as the database has it, where a form that was sent and not saved has changed the one at hand."""
    return (is_changed and type(text)._default_manager.filter(pk=text.pk).first()) or text


class FieldToMend(NamedTuple):
    label: str
    id: str
    message: str


@register.simple_tag(takes_context=True)
def fields_to_mend(context: Mapping[str, object]) -> list[FieldToMend]:
    """The fields that keep a text, or a row below it, from being saved; rows are counted from 1."""
    found = [*_to_mend(context["adminform"].form)]
    for inline in context["inline_admin_formsets"]:
        for place, form in enumerate(inline.formset.forms, 1):
            found += _to_mend(form, f"{capfirst(inline.opts.verbose_name)} {place}, ")
    return found


def _to_mend(form: forms.ModelForm, before: str = "") -> Iterator[FieldToMend]:
    if form.errors and form.cleaned_data.get("DELETE"):
        return
    for field in form:
        for message in field.errors:
            yield FieldToMend(f"{before}{field.label}", field.auto_id, message)
