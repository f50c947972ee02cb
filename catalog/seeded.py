"""Choices that a seed settles, the same on every machine and in every version of Python (pure).

``random`` promises the same numbers for a seed, but not the same shuffle, and to shuffle it needs the whole list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

_ROUNDS = 4


def rank(*parts: object) -> int:
    """A number of 64 bits that looks like chance and depends on nothing but the parts."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def chosen(items: Sequence[T], *seed: object) -> T:
    return items[rank(*seed) % len(items)]


def ordered(items: Iterable[T], *seed: object) -> list[T]:
    return sorted(items, key=lambda item: rank(*seed, item))


def shuffled(place: int, size: int, seed: object) -> int:
    """What stands at a place of a shuffled ``range(size)``: every number once, without making the list.

    A Feistel network shuffles a power of four that holds the range; a number outside is shuffled on until it falls
    inside, four times on average at the most.
    """
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    mask = (1 << half) - 1
    while True:
        left, right = place >> half, place & mask
        for number in range(_ROUNDS):
            left, right = right, left ^ (rank(seed, number, right) & mask)
        place = left << half | right
        if place < size:
            return place
