"""What changed between two wordings of a descriptor, word by word (pure)."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple


class Piece(NamedTuple):
    """A run of words that stayed, were removed or were added. Pieces join to the wording with single blanks."""

    kind: Literal["same", "removed", "added"]
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """The pieces of both wordings in reading order, what was removed before what was added in its place.

    >>> compare("Ketorolac, per 15 mg", "Ketorolac, each 15 mg")  # doctest: +NORMALIZE_WHITESPACE
    [Piece(kind='same', text='Ketorolac,'), Piece(kind='removed', text='per'),
     Piece(kind='added', text='each'), Piece(kind='same', text='15 mg')]
    """
    old, new = before.split(), after.split()
    pieces = []
    # Words that differ only in case or punctuation at their ends still count as changed: they read differently.
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", " ".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece("removed", " ".join(old[a:b])))
        if d > c:
            pieces.append(Piece("added", " ".join(new[c:d])))
    return pieces


def excerpt(pieces: list[Piece], around: int = 12) -> list[Piece]:
    """The same pieces with long unchanged runs cut to ``around`` words beside each change."""
    shown = []
    for at, piece in enumerate(pieces):
        words = piece.text.split()
        keep = around * 2 if 0 < at < len(pieces) - 1 else around
        if piece.kind != "same" or len(words) <= keep:
            shown.append(piece)
            continue
        head = words[:around] if at else []
        tail = words[-around:] if at < len(pieces) - 1 else []
        shown.append(Piece("same", " ".join([*head, "…", *tail])))
    return shown


def shorten(text: str, limit: int = 200) -> str:
    """The text, or its first ``limit`` characters up to a whole word and an ellipsis."""
    if len(text) <= limit:
        return text
    return re.sub(r"[\s,;:.]*\S*$", "", text[:limit]) + "…"
