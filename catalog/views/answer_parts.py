"""What an answer of the lookup is made of; ``_results.html`` shows the parts in the order of ``Answer``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.safestring import SafeString

from catalog.views.cards import Card
from catalog.views.narrowing import Narrow
from catalog.views.pair_answers import PairAnswers


class Link(NamedTuple):
    href: str
    text: str
    remark: str = ""


class Group(NamedTuple):
    """A headed list; ``items`` are its rows as HTML, ``more`` leads on from its end."""

    id: str
    title: str
    remark: str
    items: SafeString
    more: Link | None = None


class Pages(NamedTuple):
    words: str
    previous: str
    next: str


class Nothing(NamedTuple):
    """What is said when nothing was found: that, in a few words; what was searched; what to try."""

    title: str
    searched: str
    tries: list[Link]
    is_unreadable: bool = False
    """The text was to be a code, and no words."""
    without: Link | None = None
    """Leads to what there is without the filters, where it is they that leave nothing."""


@dataclass
class Answer:
    say: str
    """What a screen reader hears once it is there."""
    unheard: str = ""
    """The text, when nothing holds a word of it as it was typed."""
    meant: list[Link] = field(default_factory=list)
    """What may have been meant instead; the remark is the code, where it is one."""
    note: str = ""
    card: Card | None = None
    pair: PairAnswers | None = None
    together: Link | None = None
    """Leads to the scratchpad with all of a list."""
    below: Link | None = None
    """Leads past the codes to a group below them that may be what was meant."""
    groups: list[Group] = field(default_factory=list)
    pages: Pages | None = None
    narrow: Narrow | None = None
    nothing: Nothing | None = None
