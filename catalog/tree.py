"""The tree of sections in memory: where a code belongs, what lies below a section, how many codes it holds.

Built from the rows once per snapshot, then only read. Where ranges nest, the narrowest one wins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from catalog import codes
from catalog.models import Level, Section

Owner = TypeVar("Owner")
Lines = dict[str, tuple[list[int], list[Owner | None]]]
"""Per number line of codes: where the owner changes, and who owns from there on."""


class Count(NamedTuple):
    """Codes of the loaded release inside a section and the sections below it."""

    in_force: int = 0
    ended: int = 0

    @property
    def total(self) -> int:
        return self.in_force + self.ended


class Tree:
    def __init__(self, levels: Iterable[Level], sections: Iterable[Section], in_force: Mapping[str, bool]):
        """``sections`` come with their ranges prefetched; ``in_force`` maps every code on file to its status."""
        self.levels = {level.number: level for level in levels}
        self.sections = {section.slug: section for section in sections}
        self._by_pk = {section.pk: section for section in self.sections.values()}
        self._children: dict[int | None, list[Section]] = defaultdict(list)
        for section in self.sections.values():
            self._children[section.parent_id].append(section)
        self._lines = narrowest_by_line(
            (range_.low, range_.high, section)
            for section in self.sections.values()
            for range_ in section.ranges.all()
        )
        self._bounds: dict[int, tuple[str, str]] = {}
        self._counts = self._count(in_force)

    def narrowest(self, code: str) -> Section | None:
        """The section with the narrowest range around the code; None where no range holds it."""
        return owner_of(code, self._lines)

    def path(self, section: Section) -> list[Section]:
        """From the section's top ancestor down to itself."""
        path = [section]
        while path[-1].parent_id is not None:
            path.append(self._by_pk[path[-1].parent_id])
        return path[::-1]

    def top(self, level: int) -> list[Section]:
        return [section for section in self._children[None] if section.level_id == level]

    def children(self, section: Section) -> list[Section]:
        return self._children.get(section.pk, [])

    def stretches(self, section: Section) -> list[tuple[str, str]]:
        """The inclusive ranges whose codes count for a section: its own and those of the sections below it.

        Where a section from elsewhere has the narrower range, its codes are left out.
        """
        below = self._below(section)
        found = []
        for series, (starts, owners) in self._lines.items():
            stretch = None
            for start, end, owner in zip(starts, starts[1:], owners, strict=False):
                if owner is None or owner.pk not in below:
                    stretch = None
                elif stretch is None:
                    found.append(stretch := [series, start, end - 1])
                else:
                    stretch[2] = end - 1
        return [(_code_at(series, low), _code_at(series, high)) for series, low, high in found]

    def _below(self, section: Section) -> set[int]:
        pks = {section.pk}
        for child in self.children(section):
            pks |= self._below(child)
        return pks

    def count(self, section: Section) -> Count:
        return self._counts.get(section.pk, Count())

    def bounds(self, section: Section) -> tuple[str, str] | None:
        """The first and the last code on file inside a section; None when it has none."""
        return self._bounds.get(section.pk)

    def _count(self, in_force: Mapping[str, bool]) -> dict[int, Count]:
        inside: dict[int, list[str]] = defaultdict(list)
        for code in sorted(in_force):
            if (section := self.narrowest(code)) is not None:
                inside[section.pk].append(code)
        counts: dict[int, Count] = defaultdict(Count)
        for narrowest, held in inside.items():
            in_use = sum(in_force[code] for code in held)
            for section in self.path(self._by_pk[narrowest]):
                counted = counts[section.pk]
                counts[section.pk] = Count(counted.in_force + in_use, counted.ended + len(held) - in_use)
                first, last = self._bounds.get(section.pk, (held[0], held[-1]))
                self._bounds[section.pk] = (min(first, held[0]), max(last, held[-1]))
        return counts


def narrowest_by_line(ranges: Iterable[tuple[str, str, Owner]]) -> Lines[Owner]:
    """Who owns each code, of inclusive ranges with their owners; where ranges nest, the owner of the narrowest."""
    by_line = defaultdict(list)
    for low, high, owner in ranges:
        by_line[codes.series(low)].append((codes.number(low), codes.number(high), owner))
    lines = {}
    for series, stretches in by_line.items():
        starts = sorted({edge for low, high, _ in stretches for edge in (low, high + 1)})
        # Widest first, so that a narrower stretch overwrites the part of a wider one it covers.
        stretches.sort(key=lambda stretch: stretch[0] - stretch[1])
        owners: list[Owner | None] = [None] * len(starts)
        for low, high, owner in stretches:
            for at in range(bisect_right(starts, low) - 1, bisect_right(starts, high)):
                owners[at] = owner
        lines[series] = (starts, owners)
    return lines


def owner_of(code: str, lines: Lines[Owner]) -> Owner | None:
    """None where no range holds the code."""
    series, number = codes.place(code)
    line = lines.get(series)
    if line is None:
        return None
    starts, owners = line
    at = bisect_right(starts, number) - 1
    return owners[at] if at >= 0 else None


def _code_at(series: str, number: int) -> str:
    """The code at a place of a number line; the reverse of ``codes.series`` and ``codes.number``."""
    if series.startswith("#"):
        return f"{number:04}{series[1]}"
    return f"{series}{number:0{5 - len(series)}}"
