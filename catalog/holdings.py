"""Codes, modifiers and sections as a search holds them: plain values, and documents of their words (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from catalog.ranking import Corpus, Document, Field
from catalog.words import glued, learn_abbreviations, split

# A code's own number and the synonyms naming it; its short descriptor; its long one; the section it is in.
ENTRY_FIELDS = (
    Field(2.0),
    Field(1.5, by_length=0.5),
    Field(1.0, by_length=0.5, leads=True),
    Field(0.3, by_length=0.5),
)
# A section's titles; its description; the titles of the sections around it.
SECTION_FIELDS = (Field(2.0, by_length=0.5), Field(1.0, by_length=0.5), Field(0.5, by_length=0.5))

# Codes for hospital outpatient departments, for state Medicaid agencies and for private payers.
NARROW_USE, NARROW_USE_WORTH = frozenset("CHST"), 0.93


class Entry(NamedTuple):
    """A code or a modifier on file."""

    code: str
    kind: str
    """``code`` or ``modifier``."""
    short: str
    long: str
    ended: bool
    """Not in force."""
    tag: str
    """Status words to show, such as "Ended Mar 31, 2024"; may be empty."""
    letter: str
    section: str
    """Slug of the narrowest section; may be empty."""
    where: str
    """The section in a few words."""
    level: int


@dataclass(frozen=True, slots=True)
class SectionEntry:
    slug: str
    title: str
    short_title: str
    description: str
    path_titles: tuple[str, ...]
    """Titles of the sections around it."""
    level: int
    letter: str
    low: str
    high: str
    codes: int
    """How many codes on file lie in it."""
    parent: str = ""
    """Slug of the section right around it."""
    other_ranges: tuple[tuple[str, str], ...] = ()
    """Its ranges after the one from ``low`` to ``high``."""


class Holdings:
    """Codes and modifiers, and what their descriptors teach. Never changes once made, so indexes may share it."""

    def __init__(self, entries: list[Entry], modifiers: list[Entry], others: Collection[str]):
        """``others``: words that sections and synonyms use."""
        self.entries, self.modifiers = entries, modifiers
        of_entries, of_modifiers = list(map(entry_document, entries)), list(map(entry_document, modifiers))
        descriptors = [(short, set(long)) for _, short, long, _ in of_entries + of_modifiers]
        self.abbreviations = learn_abbreviations(descriptors)
        self.words = Counter(chain.from_iterable(long for _, long in descriptors))
        """How many long descriptors hold each word; 0 for those that nobody means."""
        self.words.update(_glued(entries))
        # Known, but nobody means them: codes, and words of short descriptors alone, most of which are clipped.
        known = set().union(*(words for code, short, _, where in of_entries for words in (code, short, where)))
        self.words.update(dict.fromkeys(known, 0))
        joined = self.words.keys() | set(others)
        worth = [NARROW_USE_WORTH if entry.letter in NARROW_USE else 1.0 for entry in entries]
        self.of_entries = Corpus(of_entries, ENTRY_FIELDS, joined, worth)
        self.of_modifiers = Corpus(of_modifiers, ENTRY_FIELDS, joined)

    def stand(self, entries: list[Entry], modifiers: list[Entry], changed: Iterable[str]) -> bool:
        """Whether they are these still, when these words came or went among those of sections and synonyms.

        A word may be in a document as two neighbors, and then counts there as soon as anybody uses it.
        """
        return (entries, modifiers) == (self.entries, self.modifiers) and not any(
            self.of_entries.may_join(word) or self.of_modifiers.may_join(word)
            for word in changed
            if word not in self.words
        )


def entry_document(entry: Entry, names: Iterable[str] = ()) -> Document:
    """A document of ``ENTRY_FIELDS``."""
    return [[entry.code.lower(), *names], split(entry.short), split(entry.long), split(entry.where)]


def section_document(section: SectionEntry) -> Document:
    """A document of ``SECTION_FIELDS``."""
    titles = f"{section.title} {section.short_title}"
    return [split(titles), split(section.description), split(" ".join(section.path_titles))]


def _glued(entries: Iterable[Entry]) -> Iterator[str]:
    """Words that descriptors write with a hyphen or with a number, as one word: ``xray``, ``10mg``."""
    written = set().union(*(text.split() for entry in entries for text in (entry.short, entry.long)))
    return (word for run in written if not run.strip(",;.()").isalpha() for word in glued(run))
