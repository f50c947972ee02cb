"""Measuring a search: does it find what a person typing an entry of a printed index is looking for?"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_LONG_WORD = re.compile(r"[A-Za-z]{5,}")

Search = Callable[[str], list[str]]
"""The first ten codes for a text."""


class Wanted(NamedTuple):
    """A text, and the codes of which any one answers it."""

    kind: str
    text: str
    codes: frozenset[str]


class Score(NamedTuple):
    """Share found among the first ten, and mean of one over the rank of the first code that answers."""

    success: float
    mrr: float
    wanted: int


def read(path: Path) -> list[Wanted]:
    """Rows of kind, text and blank-separated codes, tab-separated, below one line of headings."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:])
    return [Wanted(kind, text, frozenset(codes.split())) for kind, text, codes in rows]


def rank(wanted: Wanted, found: list[str]) -> int | None:
    """From 1; None when none of the codes is there."""
    return next((place for place, code in enumerate(found, start=1) if code in wanted.codes), None)


def measure(search: Search, wanted: Iterable[Wanted]) -> dict[str, Score]:
    """The score per kind."""
    gains = defaultdict(list)
    for each in wanted:
        place = rank(each, search(each.text))
        gains[each.kind].append(1 / place if place else 0.0)
    return {
        kind: Score(sum(map(bool, gain)) / len(gain), sum(gain) / len(gain), len(gain))
        for kind, gain in gains.items()
    }


def share_found_with_a_slip(search: Search, wanted: Iterable[Wanted], seed: int = 2025) -> float:
    """Of what is found, the share still found with one slip in a word of five letters or more."""
    chance = random.Random(seed)
    kept = [
        bool(rank(each, search(mistyped)))
        for each in wanted
        if rank(each, search(each.text)) and (mistyped := with_a_slip(each.text, chance))
    ]
    return sum(kept) / len(kept)


def with_a_slip(text: str, chance: random.Random) -> str:
    """One letter dropped, doubled, swapped with the next or replaced; empty when no word is long enough."""
    words = list(_LONG_WORD.finditer(text))
    if not words:
        return ""
    word = chance.choice(words)
    at = chance.randrange(word.start(), word.end() - 1)
    one, other = text[at], text[at + 1]
    slips = ("", one * 2, other + one, chance.choice(ALPHABET.replace(one.lower(), "")))
    slip = chance.randrange(len(slips))
    return text[:at] + slips[slip] + text[at + (2 if slip == 2 else 1) :]
