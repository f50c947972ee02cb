"""Which codes would go from one section to another if a section were saved otherwise, or deleted.

A code belongs to the section with the narrowest range around it, and by it to every section above. Looked at are
the codes we know of: those of the current HCPCS release, and those that the NCCI tables name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

from catalog import snapshot
from catalog.models import HcpcsCode, Section, SectionRange
from catalog.tree import Lines, narrowest_by_line, owner_of

NEW = 0
"""Stands for the key of a section that is not saved yet."""


class Place(NamedTuple):
    """A section, as far as it decides where codes belong."""

    title: str
    parent: int | None
    ranges: tuple[tuple[str, str], ...]


Places = Mapping[int, Place]


class Move(NamedTuple):
    """Codes that go together, and the titles from the top section down; none where no section holds the codes."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    codes: tuple[str, ...]


def if_saved(section: Section, ranges: Iterable[SectionRange]) -> list[Move]:
    """What moves when the section is saved as it is, below its parent, with these ranges."""
    before = _places()
    stretches = tuple(sorted((one.low, one.high) for one in ranges))
    after = {**before, section.pk or NEW: Place(section.title, section.parent_id, stretches)}
    return _moves(before, after)


def if_deleted(sections: Collection[Section]) -> list[Move]:
    before = _places()
    gone = {section.pk for section in sections}
    return _moves(before, {key: place for key, place in before.items() if key not in gone})


def seal(moves: Iterable[Move]) -> str:
    """The same for the same moves: whoever brings it has seen them."""
    return blake2b(repr(list(moves)).encode(), digest_size=12).hexdigest()


def count(moves: Iterable[Move]) -> int:
    return sum(len(move.codes) for move in moves)


def compare(known: Iterable[str], before: Places, after: Places) -> list[Move]:
    """Which of the codes go elsewhere, by where from and where to, in the order of their first codes."""
    found = defaultdict(list)
    was_held, is_held = _lines(before), _lines(after)
    old_paths, new_paths = _paths(before), _paths(after)
    for code in sorted(known):
        was, now = old_paths[owner_of(code, was_held)], new_paths[owner_of(code, is_held)]
        if was != now:
            found[was, now].append(code)
    return [Move(_titles(was, before), _titles(now, after), tuple(moved)) for (was, now), moved in found.items()]


def _moves(before: Places, after: Places) -> list[Move]:
    """Without asking for codes where nothing that places them has changed."""
    if _placing(before) == _placing(after):
        return []
    return compare(_known(), before, after)


def _placing(places: Places) -> dict[int, tuple]:
    return {key: place[1:] for key, place in places.items()}


def _places() -> dict[int, Place]:
    ranges = defaultdict(list)
    for section, low, high in SectionRange.objects.order_by("low", "high").values_list("section", "low", "high"):
        ranges[section].append((low, high))
    rows = Section.objects.values_list("pk", "title", "parent")
    return {pk: Place(title, parent, tuple(ranges[pk])) for pk, title, parent in rows}


def _known() -> set[str]:
    loaded = snapshot.current()
    on_file = HcpcsCode.objects.filter(release=loaded.release).values_list("code", flat=True)
    return {*on_file, *loaded.edit_codes}


def _lines(places: Places) -> Lines[int]:
    return narrowest_by_line((low, high, key) for key, place in places.items() for low, high in place.ranges)


def _paths(places: Places) -> dict[int | None, tuple[int, ...]]:
    return {key: _path(key, places) for key in (None, *places)}


def _path(key: int | None, places: Places) -> tuple[int, ...]:
    """A section's key and those of the sections above it, the top one first."""
    path: list[int] = []
    while key in places and key not in path:
        path.insert(0, key)
        key = places[key].parent
    return tuple(path)


def _titles(path: Iterable[int], places: Places) -> tuple[str, ...]:
    return tuple(places[key].title for key in path)
