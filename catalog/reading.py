"""What typed words may stand for, given the words on file; and marking them where they are found (pure).

A word that is on file stands for itself. The last one, which may not be finished, also stands for whatever it may
become. An abbreviation stands for what the release uses it for. Only a word that is nothing of all that is taken
for a slip of the keyboard, or for two words without the blank between them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

from catalog.ranking import Reading
from catalog.words import FUNCTION_WORDS, Vocabulary, split, stem

# What a stem is worth as the reading of a word that it is not.
COMPLETED, COMPLETED_BESIDE_ITSELF, ABBREVIATED, CORRECTED = 0.9, 0.5, 0.8, 0.8

LONGEST = 250
"""Characters that are read; the rest of a longer text is not."""

# As in entries copied from a printed index: "Gauze (see also Bandage), impregnated".
_CROSS_REFERENCE = re.compile(r"\(see\b[^)]*\)?", re.IGNORECASE)


class Marks(NamedTuple):
    """What to mark in a text: words with these stems, and the first letters of words that begin so."""

    stems: frozenset[str] = frozenset()
    beginning: str = ""


class Query(NamedTuple):
    """A text, read."""

    readings: tuple[Reading, ...] = ()
    marks: Marks = Marks()
    suggestion: str = ""
    """The text with misspelled words put right; empty when every word is on file."""


class Reader:
    """Reads what people type. Never changes once made."""

    def __init__(
        self,
        words: Mapping[str, int],
        abbreviations: Mapping[str, Collection[str]],
        meanings: Iterable[tuple[list[str], list[str]]],
    ):
        """``words`` on file, and in how many texts each stands; 0 for words that nobody means.

        ``abbreviations``: a word, and what it is short for. ``meanings``: the words of a synonym, and the words
        that stand in the texts it leads to.
        """
        self._vocabulary = Vocabulary(words)
        self._words = words
        self._stems = {stem(word) for word in words}
        self._abbreviations = abbreviations
        self._meanings: defaultdict[str, set[str]] = defaultdict(set)
        for term, means in meanings:
            for word in term:
                self._meanings[stem(word)].update(map(stem, means))
        # Whoever misspells a word asks for it again with every letter that follows. Not a method, which would hold
        # the reader as well as be held by it: its memory is to be free as soon as there is a new one.
        self._corrections = lru_cache(maxsize=4096)(partial(_corrections, self._vocabulary))

    def read(self, text: str) -> Query:
        text = text[:LONGEST]
        typed = split(_CROSS_REFERENCE.sub(" ", text))
        asked = [word for word in typed if word not in FUNCTION_WORDS] or typed
        unfinished = typed[-1] if typed and not text[-1].isspace() else ""
        stems: dict[str, dict[str, float]] = {}
        slips: dict[str, str] = {}
        for word in asked:
            if standing_for := self._standing_for(word, unfinished=word == unfinished):
                stems[word] = standing_for
            elif corrections := self._corrections(word, word == unfinished):
                slips[word] = corrections[0]
                stems[word] = {stem(other): CORRECTED for other in corrections}
            else:
                for part in self._vocabulary.parts(word):
                    stems[part] = {stem(part): 1.0}
        joined = self._joined(typed, stems)
        found = {each for standing_for in stems.values() for each in standing_for}
        meant = {each for one in found for each in self._meanings.get(one, ())}
        return Query(
            (*map(Reading, stems.values()), *joined),
            Marks(found | meant, unfinished if unfinished in stems and len(unfinished) > 1 else ""),
            _corrected(text, slips),
        )

    def _standing_for(self, word: str, unfinished: bool) -> dict[str, float]:
        stems = {stem(word): 1.0} if stem(word) in self._stems else {}
        for other in self._abbreviations.get(word, ()):
            stems.setdefault(stem(other), ABBREVIATED)
        if (unfinished and len(word) >= 2) or (len(word) >= 4 and not self._words.get(word)):
            worth = COMPLETED_BESIDE_ITSELF if stems else COMPLETED
            for other in self._vocabulary.starting_with(word):
                stems.setdefault(stem(other), worth)
        return stems

    def _joined(self, typed: list[str], stems: dict[str, dict[str, float]]) -> list[Reading]:
        """Readings of neighbors that some texts write as one word; either of the two then stands for it, too."""
        readings = []
        for one, other in pairwise(typed):
            if one + other in self._words:
                joined = stem(one + other)
                for word in stems.keys() & {one, other}:
                    stems[word].setdefault(joined, 1.0)
                readings.append(Reading({joined: 1.0}, is_word=False))
        return readings


def _corrections(vocabulary: Vocabulary, word: str, unfinished: bool) -> list[str]:
    return vocabulary.corrections(word) or (vocabulary.beginnings(word) if unfinished else [])


def _corrected(text: str, slips: Mapping[str, str]) -> str:
    """The text with each slip replaced; empty when there is none."""
    if not slips:
        return ""
    return _LETTERS.sub(lambda run: slips.get(run[0].lower(), run[0]), text).strip()


_LETTERS = re.compile(r"[^\W\d_]+")
_MARKABLE = re.compile(r"\b[A-Za-z]\d{4}\b|[A-Za-z]+(?:-[A-Za-z]+)*|\d+(?:\.\d+)?")


def highlight(text: str, marks: Marks) -> list[tuple[str, bool]]:
    """The text in pieces that join to it, and whether each is to be marked.

    >>> highlight("Wheelchair brake extension", Marks(frozenset({"extens"}), "wheel"))
    [('Wheel', True), ('chair brake ', False), ('extension', True)]
    """
    pieces, done = [], 0
    for start, end in _marked(text, marks):
        if start > done:
            pieces.append((text[done:start], False))
        pieces.append((text[start:end], True))
        done = end
    if done < len(text):
        pieces.append((text[done:], False))
    return pieces


def _marked(text: str, marks: Marks) -> Iterator[tuple[int, int]]:
    """Where each marked stretch begins and ends."""
    return _among(_markable(text), *marks)


def _among(words: tuple[Markable, ...], stems: Collection[str], beginning: str) -> Iterator[tuple[int, int]]:
    for start, end, word, stemmed, parts in words:
        if parts:
            if stemmed in stems:
                yield start, end
            else:
                yield from _among(parts, stems, beginning)
        elif beginning and word.startswith(beginning):
            yield start, start + len(beginning)
        elif stemmed in stems:
            yield start, end


class Markable(NamedTuple):
    """A word of a text in lower case, and its stem; with dashes, its parts and the stem it has without them."""

    start: int
    end: int
    word: str
    stem: str
    parts: tuple[Markable, ...] = ()


@lru_cache(maxsize=16_384)
def _markable(text: str) -> tuple[Markable, ...]:
    """The words of a text. Descriptors are shown again and again, so it is worth keeping."""
    found = []
    for run in _MARKABLE.finditer(text):
        word = run[0].lower()
        parts = tuple(_parts(word, run.start())) if "-" in word else ()
        found.append(Markable(run.start(), run.end(), word, stem(word.replace("-", "")), parts))
    return tuple(found)


def _parts(word: str, start: int) -> Iterator[Markable]:
    for part in word.split("-"):
        yield Markable(start, start + len(part), part, stem(part))
        start += len(part) + 1
