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
            return format_html('<del><span class="visually-hidden">removed: </span>{}</del>', _visible(piece))
        case Kind.ADDED:
            return format_html('<ins><span class="visually-hidden">added: </span>{}</ins>', _visible(piece))
    return format_html("{}{}{}", piece.text, CUT, piece.after) if piece.is_cut else format_html("{}", piece.text)


def _visible(piece: Piece) -> SafeString | str:
    """A line break or a blank that is all of a change is shown by a sign, and said."""
    if piece.text.strip():
        return piece.text
    said, sign = ("line break", "¶") if "\n" in piece.text else ("blank", "␣")
    return format_html(
        '<span class="visually-hidden">{}</span><span aria-hidden="true">{}</span>{}', said, sign, piece.text
    )
