"""Codes in a sentence as codes look everywhere."""

import re

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
