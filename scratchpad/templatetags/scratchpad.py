"""Pieces of findings: codes in a sentence as codes look everywhere, and the row that decides."""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from catalog import codes
from catalog.templatetags.catalog import code

register = template.Library()

_MAYBE_A_CODE = re.compile(r"(?<![\w–-])[0-9A-Z][0-9]{3}[0-9A-Z](?![\w–-])")


@register.filter
def coded(text: str) -> SafeString:
    """A sentence of ours, each code in it in its level's shape. What somebody typed into it is escaped first."""
    return mark_safe(_MAYBE_A_CODE.sub(_code, conditional_escape(text)))  # noqa: S308 - escaped


def _code(found: re.Match) -> str:
    return code(found[0]) if codes.is_code(found[0]) else found[0]


@register.filter
def receipt(facts: Sequence[tuple[str, str]]) -> SafeString:
    """The row that decides, as a table of one row: where it stands below its release, then its values."""
    facts = _placed(facts)
    values = "".join(f"<td>{escape(value)}</td>" for _, value in facts)
    headers = _headers(tuple(name for name, _ in facts))
    table = f"<table><thead>{headers}</thead><tbody><tr>{values}</tr></tbody></table>"
    return mark_safe(table)  # noqa: S308 - escaped above


def _placed(facts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The facts with file and line, or row, in one cell below the release, so that all fit beside one another."""
    facts = list(facts)
    labels = [label for label, _ in facts[:3]]
    if labels[:2] != ["Release", "File"]:
        return facts
    (_, release), (_, file), *rest = facts
    if labels[2:] in (["Line"], ["Row"]):
        (_, number), *rest = rest
        file = f"{file} : {number}"
    return [(release, file), *rest]


@lru_cache(maxsize=256)
def _headers(names: tuple[str, ...]) -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    return f"<tr>{cells}</tr>"
