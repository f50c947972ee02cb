"""Geometry of the map of the code space: one row of blocks per level in use (pure).

Lengths are units of the picture's own ``viewBox``. Level II is drawn to scale: a letter is as wide as its codes on
file are many. For Level I no list of codes is loaded and nothing is known to draw to scale, so there a block is as
wide as its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from os.path import commonprefix
from typing import NamedTuple

from catalog import codes
from catalog.models import Section
from catalog.tree import Tree

WIDTH = 1216
NARROWEST = 30
"""No block is narrower: a finger has to find it, and its letter has to fit."""

_NARROW = 44
_GAP_ONE, _GAP_TWO = 5, 3
_PADDING = 8
_PER_CHARACTER = 7.2  # of a wide platform font at the map's size
_ELSEWHERE_WIDTH, _ENDED_WIDTH = 32, 76


class Block(NamedTuple):
    """A section on the map. ``state`` is ``outlined``, ``loaded``, ``elsewhere`` or ``ended``.

    ``lines`` stand below the key, each as far as it fits; ``label`` says all of it in words.
    """

    slug: str
    level: int
    state: str
    key: str
    lines: tuple[str, str]
    label: str
    x: float
    width: float

    @property
    def is_centered(self) -> bool:
        return self.state == "ended" or (self.width < _NARROW and not self.lines[0])

    @property
    def text_x(self) -> float:
        """The middle of a centered text, else its left edge."""
        return round(self.x + (self.width / 2 if self.is_centered else _PADDING), 1)


class CodeMap(NamedTuple):
    level_one: tuple[Block, ...]
    level_two: tuple[Block, ...]
    codes: int
    """Level II codes on file."""


def draw(tree: Tree) -> CodeMap:
    """The map of a tree of sections."""
    loaded = [section for section in tree.top(2) if section.kind != codes.Kind.DENTAL]
    counts = [tree.count(section).total for section in loaded]
    last = [(section, _ELSEWHERE_WIDTH) for section in tree.top(2) if section.kind == codes.Kind.DENTAL]
    last += [(section, _ENDED_WIDTH) for section in tree.top(3)[:1]]
    room = WIDTH - sum(width + _GAP_TWO for _, width in last)
    blocks = [
        _loaded(section, count, x, width)
        for section, count, (x, width) in zip(loaded, counts, lay_out(counts, room, _GAP_TWO), strict=True)
    ]
    x = room + _GAP_TWO
    for section, width in last:
        blocks.append(_not_loaded(section, x, width))
        x += width + _GAP_TWO
    return CodeMap(_row_one(tree), tuple(blocks), sum(counts))


def lay_out(weights: Sequence[float], width: float, gap: float) -> list[tuple[float, float]]:
    """Left edge and width of blocks side by side, in proportion to their weights, none below ``NARROWEST``.

    What the narrowest blocks take beyond their share, the others give.
    """
    room = width - gap * (len(weights) - 1)
    narrow: set[int] = set()
    scale = 0.0
    while len(narrow) < len(weights):
        rest = sum(weight for at, weight in enumerate(weights) if at not in narrow)
        scale = (room - NARROWEST * len(narrow)) / rest if rest else 0.0
        below = {at for at, weight in enumerate(weights) if at not in narrow and weight * scale < NARROWEST}
        if not below:
            break
        narrow |= below
    spans, x = [], 0.0
    for at, weight in enumerate(weights):
        wide = NARROWEST if at in narrow else weight * scale
        spans.append((round(x, 1), round(wide, 1)))
        x += wide + gap
    return spans


def _row_one(tree: Tree) -> tuple[Block, ...]:
    sections = [mapped for section in tree.top(1) for mapped in _mapped(tree, section)]
    spans = lay_out([_room_for(*_in_two(section.map_title)) for section in sections], WIDTH, _GAP_ONE)
    return tuple(_outlined(section, x, width) for section, (x, width) in zip(sections, spans, strict=True))


def _mapped(tree: Tree, section: Section) -> list[Section]:
    """The section itself when editors gave it a name for the map, else those of its children that have one."""
    return [section] if section.map_title else [child for child in tree.children(section) if child.map_title]


def _in_two(title: str) -> tuple[str, str]:
    """A name on two lines: its last word stands on the second, unless it would be the only one."""
    first, _, second = title.rpartition(" ")
    return (first, second) if first and len(title) > 7 else (title, "")


def _room_for(*lines: str) -> float:
    return max(map(len, lines)) * _PER_CHARACTER + 2 * _PADDING


def _outlined(section: Section, x: float, width: float) -> Block:
    extent = ", ".join(f"{stretch.low} to {stretch.high}" for stretch in section.ranges.all())
    label = f"Level I, {key(section)}: {section.title}, {extent}, descriptors not loaded"
    # The outline is drawn inside the block's room.
    return Block(section.slug, 1, "outlined", key(section), _in_two(section.map_title), label, x + 1, width - 2)


def _loaded(section: Section, count: int, x: float, width: float) -> Block:
    title = section.map_title if _room_for(section.map_title) <= width else ""
    label = f"Level II, {key(section)}: {section.title}, {count:,} codes"
    return Block(section.slug, 2, "loaded", key(section), (title, f"{count:,}"), label, x, width)


def _not_loaded(section: Section, x: float, width: float) -> Block:
    if section.level_id == codes.Level.THREE:
        label = f"Level III, {key(section)}: {section.title}, ended"
        return Block(section.slug, 3, "ended", key(section), ("Level III", "ended"), label, x + 1, width - 2)
    label = f"Level II, {key(section)}: {section.title}, not loaded"
    return Block(section.slug, 2, "elsewhere", key(section), ("", ""), label, x + 1, width - 2)


def key(section: Section) -> str:
    """The characters that its codes share: ``J``, ``99``, the ``F`` at the end of 0001F; else from which to which.

    ``W–Z``, ``1–6``. Empty for a section without a range.
    """
    ranges = section.ranges.all()
    letters = sorted({stretch.low[0] for stretch in ranges if stretch.low[0].isalpha()})
    if letters:
        return letters[0] if len(letters) == 1 else f"{letters[0]}–{letters[-1]}"
    widest = max(ranges, key=lambda stretch: codes.number(stretch.high) - codes.number(stretch.low), default=None)
    if widest is None:
        return ""
    if widest.low[4].isalpha():
        return widest.low[4]
    shared = commonprefix([widest.low, widest.high])  # noqa: RUF071 - of two codes, not of paths
    return shared or f"{widest.low[0]}–{widest.high[0]}"
