"""What is said of a text once it is taken apart, and what the loaded data may add to that: plain values (pure)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple

from catalog.typed_code import Stage


class Place(NamedTuple):
    """A section and the stretch of it around a code: ``J0120–J3591``.

    ``doubt`` says that its bounds are not verified or from a secondary source; empty when they are verified.
    """

    title: str
    slug: str
    extent: str
    doubt: str = ""

    @property
    def bounds(self) -> str:
        return f"{self.extent} ({self.doubt})" if self.doubt else self.extent


class Filed(NamedTuple):
    """A record of the loaded release: in words whether it is in force, and its descriptor."""

    status: str
    descriptor: str


@dataclass(frozen=True, slots=True)
class Facts:
    """``path`` leads from the widest section around a code to the narrowest; ``open_to`` are the sections that a
    half-typed code may still fall into. ``file`` names what is loaded, empty for nothing; ``is_whole`` says that
    what is not in it is not in CMS's file.
    """

    path: tuple[Place, ...] = ()
    open_to: tuple[Place, ...] = ()
    filed: Filed | None = None
    twin_filed: Filed | None = None
    file: str = ""
    is_whole: bool = False
    is_in_edits: bool = False


class Role(enum.StrEnum):
    LEAD = "lead"
    """The letter that tells the level."""
    DIGIT = "digit"
    READ = "read"
    """A letter was typed and read as this digit."""
    MODIFIER = "modifier"
    WRONG = "wrong"
    REST = "rest"
    """After a wrong character, where nothing can be said any more."""
    OPEN = "open"
    """Not typed yet."""


class Cell(NamedTuple):
    """``note`` is the same for neighbors that mean something together; ``character`` is empty when yet to come."""

    character: str
    role: Role
    note: str


class Note(NamedTuple):
    """What some of the characters say: ``J`` or ``1885``."""

    of: str
    text: str


class Statement(NamedTuple):
    """A fact by its label. At most one is set: the slug of a section, a code with a page, a code to take apart."""

    label: str
    text: str
    section: str = ""
    page: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Dissection:
    """``said`` is the gist in a sentence, for those who hear the page. ``level`` is 0 where there is none."""

    stage: Stage
    title: str = ""
    said: str = ""
    code: str = ""
    level: int = 0
    cells: tuple[Cell, ...] = ()
    asides: tuple[str, ...] = ()
    """How the text was read, or why it was not."""
    notes: tuple[Note, ...] = ()
    statements: tuple[Statement, ...] = ()
    candidates: tuple[str, ...] = ()
    """Texts to take apart instead: what may have been meant, or what else was named."""
    source: str = ""
    """What the level, the kind and the maintainer are said after."""
    words: str = ""
    """What to search for when the text is no code: it may be words."""
