"""Texts compared word by word, as marks that can be told apart without color and by those who hear them."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from catalog import trail
from catalog.trail import Kind, Piece

register = template.Library()
register.filter("shortened", trail.shortened)

CUT = mark_safe('<span class="visually-hidden"> (unchanged) </span><span aria-hidden="true">…</span>')


@register.filter
def as_compared(pieces: Sequence[Piece]) -> SafeString:
    """What stayed as it is, what was taken out in ``<del>``, what was put in in ``<ins>``, each said in words."""
    return format_html_join("", "{}", ((_marked(piece),) for piece in pieces))


def _marked(piece: Piece) -> SafeString:
    match piece.kind:
        case Kind.REMOVED:
            return format_html('<del><span class="visually-hidden">removed: </span>{}</del>', piece.text)
        case Kind.ADDED:
            return format_html('<ins><span class="visually-hidden">added: </span>{}</ins>', piece.text)
    return format_html("{}{}{}", piece.text, CUT, piece.after) if piece.is_cut else format_html("{}", piece.text)
