"""How well a document answers some words: BM25F over its fields, and what counts as a match (pure).

A word arrives as a ``Reading``: every stem it may stand for, and what each is worth. It adds to the score of a
document that holds any of them

    rarity × strength / (strength + SATURATION)

Rarity is BM25's inverse document frequency, over all stems of the reading. Strength sums over the fields how often
the stem stands there, weighted, and normalized by the length of the field. The sum over all readings is multiplied
by the rarity the document covers, so that many of the words beat much of one. No word is required: a document
matches when it covers half of what the best one covers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from math import log
from typing import NamedTuple

from catalog.words import FUNCTION_WORDS, stem

SATURATION = 1.8
"""The strength at which a word has half of its effect (BM25's k1)."""
COVERAGE, COVERAGE_OF_QUERY = 0.5, 0.6
"""Share of the rarity that the best document holds, or that the whole query has, which makes a match."""
JOINED = 0.5
"""What two words written as one add, compared with a word of the same rarity."""
LEAD = 4
"""Words after which the lead of a text's first word is halved."""
ASIDE = frozenset(
    ("except", "excluding", "excludes", "for", "includes", "including", "use", "used", "with", "without")
)
"""What follows one of these tells what goes with a thing, or does not, rather than what it is."""
ASIDE_WORTH = 0.6


Document = Sequence[list[str]]
"""The words of each field."""


class Field(NamedTuple):
    weight: float
    by_length: float = 0.0
    """From 0, a word counts the same in any text, to 1, it counts by its share of the text (BM25's b)."""
    leads: bool = False
    """Whether a text names the thing first: then its first word counts double, and asides count less."""


class Reading(NamedTuple):
    """What one typed word may stand for: stems, and what each is worth."""

    stems: Mapping[str, float]
    is_word: bool = True
    """False for two words written as one: that adds to the score, but covers nothing their own readings do not."""


class Corpus:
    """Documents, by number, and how strongly each holds each stem. Never changes once made."""

    def __init__(
        self,
        documents: Sequence[Document],
        fields: Sequence[Field],
        joined: Collection[str] = (),
        worth: Sequence[float] = (),
    ):
        """``joined``: words that two neighbors may also be read as. ``worth``: a factor per document."""
        self._size = len(documents)
        self._worth = worth or [1.0] * len(documents)
        lengths = [sum(len(document[at]) for document in documents) for at in range(len(fields))]
        self._fields = [
            (field, length / (len(documents) or 1) or 1.0) for field, length in zip(fields, lengths, strict=True)
        ]
        effects: dict[str, dict[int, float]] = defaultdict(dict)
        for number, document in enumerate(documents):
            for held, effect in self._effects_in(number, document, joined):
                effects[held][number] = effect
        self._effects = dict(effects)

    def extended(
        self,
        documents: Mapping[int, Document],
        synonyms: Iterable[tuple[list[str], list[str]]],
        joined: Collection[str] = (),
    ) -> Corpus:
        """One with more words in some documents, and with synonyms; what is the same in both, both hold.

        ``synonyms``: words that lead to documents, and the words in these.
        """
        other = copy(self)
        other._effects = dict(self._effects)
        for number, document in documents.items():
            for held, effect in self._effects_in(number, document, joined):
                other._effects[held] = {**other._effects.get(held, {}), number: effect}
        for term, means in synonyms:
            _lend(other._effects, [stem(word) for word in term], [stem(word) for word in means])
        return other

    def may_join(self, word: str) -> bool:
        """Whether a document may hold two neighbors that make this word; never False when one does."""
        for middle in range(1, len(word)):
            parts = [part for part in (word[:middle], word[middle:]) if part not in FUNCTION_WORDS]
            holders = [self._effects.get(stem(part), {}).keys() for part in parts]
            if not holders or set(holders[0]).intersection(*holders[1:]):
                return True
        return False

    def _effects_in(self, number: int, document: Document, joined: Collection[str]) -> Iterator[tuple[str, float]]:
        """Each stem that a document holds, and with what effect."""
        strengths: dict[str, float] = {}
        for words, ((weight, by_length, leads), usual_length) in zip(document, self._fields, strict=True):
            share = weight / (1 - by_length + by_length * len(words) / usual_length)
            before, aside = "", 1.0
            for place, word in enumerate(words):
                strength = share * aside * (1 + LEAD / (LEAD + place)) if leads else share
                if word not in FUNCTION_WORDS:
                    held = stem(word)
                    strengths[held] = strengths.get(held, 0.0) + strength
                if before and before + word in joined:
                    held = stem(before + word)
                    strengths[held] = strengths.get(held, 0.0) + strength
                if word in ASIDE and place > 1:
                    aside = ASIDE_WORTH
                before = word
        worth = self._worth[number]
        for held, strength in strengths.items():
            yield held, worth * strength / (strength + SATURATION)

    def matches(self, readings: Iterable[Reading], *, of_whole_query: bool = False) -> Mapping[int, float]:
        """The numbers of the documents that match, and their scores.

        ``of_whole_query``: a match answers most of what is asked, even where no document does.
        """
        held = [(self._holding(reading.stems), reading.is_word) for reading in readings]
        if len(held) == 1 and not of_whole_query:
            return held[0][0]
        words = [(self._rarity(numbers), numbers) for numbers, is_word in held if is_word]
        covered = _covered(words)
        if of_whole_query:
            enough = COVERAGE_OF_QUERY * sum(rarity for rarity, _ in words)
        else:
            enough = COVERAGE * max(covered.values(), default=0.0)
        scores = {number: 0.0 for number, rarity in covered.items() if rarity >= enough}
        for numbers, is_word in held:
            rarity = self._rarity(numbers) * (1.0 if is_word else JOINED)
            for number in scores.keys() & numbers.keys():
                scores[number] += rarity * numbers[number]
        return {number: score * covered[number] for number, score in scores.items()}

    def _holding(self, stems: Mapping[str, float]) -> Mapping[int, float]:
        """The documents that hold any of the stems, each with the effect of its best one."""
        held = [(self._effects[each], worth) for each, worth in stems.items() if each in self._effects]
        if len(held) <= 1:
            return held[0][0] if held else {}
        held.sort(key=lambda pair: -len(pair[0]))
        (most, worth), *others = held
        best = {number: effect * worth for number, effect in most.items()}
        for numbers, worth in others:
            for number, effect in numbers.items():
                effect *= worth
                if best.get(number, 0.0) < effect:
                    best[number] = effect
        return best

    def _rarity(self, held: Mapping[int, float]) -> float:
        return log(1 + (self._size - len(held) + 0.5) / (len(held) + 0.5))


def _covered(words: list[tuple[float, Mapping[int, float]]]) -> dict[int, float]:
    """The rarity that each document covers; rarest words first, so that hopeless documents are never begun."""
    covered: dict[int, float] = {}
    best, to_come = 0.0, sum(rarity for rarity, _ in words)
    for rarity, held in sorted(words, key=lambda word: -word[0]):
        if not covered:
            covered = dict.fromkeys(held, rarity)
        elif to_come >= COVERAGE * best:
            for number in held:
                covered[number] = covered.get(number, 0.0) + rarity
        else:
            for number in covered.keys() & held.keys():
                covered[number] += rarity
        to_come -= rarity
        best = max(covered.values(), default=0.0)
    return covered


def _lend(effects: dict[str, dict[int, float]], term: list[str], means: list[str]) -> None:
    """Let ``term`` find the documents that hold all of ``means``, or else most of it."""
    holders = [effects[held] for held in means if held in effects]
    if not holders:
        return
    numbers: Collection[int] = set(holders[0]).intersection(*holders[1:])
    if not numbers:
        times = Counter(number for held in holders for number in held)
        most = max(times.values())
        numbers = [number for number, count in times.items() if count == most]
    best = {number: min([held.get(number, 1.0) for held in holders]) for number in numbers}
    for lent in term:
        own = effects.get(lent, {})
        # A new one, as another corpus may hold the old one, too.
        effects[lent] = own | {number: max(own.get(number, 0.0), effect) for number, effect in best.items()}
