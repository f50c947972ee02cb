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

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
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
        documents: Sequence[Sequence[list[str]]],
        fields: Sequence[Field],
        joined: Collection[str] = (),
        synonyms: Iterable[tuple[list[str], list[str]]] = (),
        worth: Sequence[float] = (),
    ):
        """``documents``: the words of each field. ``joined``: words that two neighbors may also be read as.

        ``synonyms``: words that lead to documents, and the words in these. ``worth``: a factor per document.
        """
        self._size = len(documents)
        self._effects = _effects(documents, fields, joined, worth or [1.0] * len(documents))
        for term, means in synonyms:
            _lend(self._effects, [stem(word) for word in term], [stem(word) for word in means])

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


def _effects(
    documents: Sequence[Sequence[list[str]]],
    fields: Sequence[Field],
    joined: Collection[str],
    worth: Sequence[float],
) -> dict[str, dict[int, float]]:
    """Per stem the documents that hold it, and with what effect."""
    effects: dict[str, dict[int, float]] = {}
    lengths = [sum(len(document[at]) for document in documents) for at in range(len(fields))]
    usual = [length / len(documents) or 1.0 for length in lengths] if documents else []
    for number, document in enumerate(documents):
        strengths: dict[str, float] = {}
        for words, (weight, by_length, leads), usual_length in zip(document, fields, usual, strict=True):
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
        for held, strength in strengths.items():
            effect = worth[number] * strength / (strength + SATURATION)
            if held in effects:
                effects[held][number] = effect
            else:
                effects[held] = {number: effect}
    return effects


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
    for lent in term:
        own = effects.setdefault(lent, {})
        for number in numbers:
            own[number] = max(own.get(number, 0.0), min(held.get(number, 1.0) for held in holders))
