"""Rounds of questions: what one asks, and the vocabulary of practice items.

A question is a plain value, whether an editor wrote it or the drill made it. Drawing and marking live here as pure
functions of a seed, so that a whole class gets the same round from the same address.
"""

from __future__ import annotations

import enum
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from catalog.seeded import rank
from catalog.shapes import Kind


class _Labeled(enum.StrEnum):
    """Words for a column, each with a label for people."""

    label: str

    def __new__(cls, value: str, label: str) -> _Labeled:
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word


class Topic(_Labeled):
    FORM = "form", "Form of a code"
    SECTIONS = "sections", "Categories and sections"
    CHOICE = "choice", "Which set to use"
    PAIRS = "pairs", "Pair edits and modifiers"
    UNITS = "units", "Units and add-on codes"
    DATES = "dates", "Dates and releases"
    BELIEFS = "beliefs", "Often heard"


class Difficulty(enum.IntEnum):
    FIRST_STEPS = 1
    WORKING = 2
    TRICKY = 3

    @property
    def label(self) -> str:
        return ("First steps", "Working knowledge", "Tricky")[self - 1]


class Ask(_Labeled):
    """What an item asks for. Those with a ``vocabulary_of`` their own are answered in these words only."""

    LEVEL = "level", "The level of a code"
    CATEGORY = "category", "The category of a code"
    SECTION = "section", "The section of a code"
    VERDICT = "verdict", "The verdict for a small claim"
    TRUE_FALSE = "true_false", "True or false"
    SCENARIO = "scenario", "What to report"


LEVELS = ("Level I, CPT", "Level II", "Level III, local", "Not a HCPCS form")
CATEGORIES = tuple(kind.label for kind in Kind)
VERDICTS = (
    "Denied by edit",
    "Denied unless distinct",
    "Bypassed",
    "Edit not in force",
    "No edit on file",
    "Not checked",
    "Over the unit limit",
    "Primary missing",
)
TRUE_FALSE = ("True", "False")

_VOCABULARIES = {
    Ask.LEVEL: LEVELS,
    Ask.CATEGORY: CATEGORIES,
    Ask.VERDICT: VERDICTS,
    Ask.TRUE_FALSE: TRUE_FALSE,
}


def vocabulary_of(asks: str) -> tuple[str, ...] | None:
    """The words that answer what an item asks for, in the order they are always shown in; None where any may."""
    return _VOCABULARIES.get(asks)


@dataclass(frozen=True, slots=True)
class Option:
    text: str
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """``code`` is shown taken apart, plain before the answer; ``given`` are facts to go by, as label and value;
    ``claim`` the lines of a small claim as the scratchpad writes them. ``mark`` says how sure we are of the source
    (``Section.Mark``). Exactly one option is right.
    """

    key: str
    prompt: str
    options: tuple[Option, ...]
    rationale: str
    topic: Topic
    difficulty: Difficulty = Difficulty.FIRST_STEPS
    asks: Ask = Ask.SCENARIO
    code: str = ""
    given: tuple[tuple[str, str], ...] = ()
    claim: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    source: str = ""
    mark: str = "V"

    @property
    def is_unverified(self) -> bool:
        return self.mark in ("I", "G")

    @property
    def right(self) -> int:
        """The place of the right option, from 0."""
        return next(at for at, option in enumerate(self.options) if option.is_right)

    @property
    def right_text(self) -> str:
        return self.options[self.right].text

    @property
    def claim_lines(self) -> tuple[str, ...]:
        """The lines of the claim as a class reads them, with their units in words."""
        return tuple(_UNITS.sub(_in_words, line) for line in self.claim)

    @property
    def is_sound(self) -> bool:
        """Whether it can be asked: of several options exactly one is right."""
        return len(self.options) > 1 and sum(option.is_right for option in self.options) == 1


_UNITS = re.compile(r" ?[x×*] ?0*([0-9]+)$", re.IGNORECASE)


def _in_words(units: re.Match[str]) -> str:
    return ", 1 unit" if units[1] == "1" else f", {units[1]} units"


# --- Drawing -----------------------------------------------------------------------------------------------


def lineup(questions: Iterable[Question], seed: str) -> tuple[Question, ...]:
    """All of them, each key once, the topics taking turns; a seed decides on the order in and of the topics."""
    by_topic = defaultdict(list)
    for question in {question.key: question for question in questions}.values():
        by_topic[question.topic].append(question)
    turns = [
        ((turn, rank(seed, topic)), question)
        for topic, of_topic in by_topic.items()
        for turn, question in enumerate(sorted(of_topic, key=lambda question: _place(question, seed)))
    ]
    return tuple(question for _, question in sorted(turns, key=lambda each: each[0]))


def draw(questions: Iterable[Question], seed: str, length: int) -> tuple[Question, ...]:
    """A round of at most ``length``: the same seed draws the same round, in the same order, anywhere.

    Topics have equal shares, as far as they go. One question more in the pool brings at most itself into the
    round, and the others keep their order: that rests on nothing but seed and key.
    """
    chosen = lineup(questions, seed)[: max(length, 0)]
    return tuple(with_options_drawn(each, seed) for each in sorted(chosen, key=lambda each: _place(each, seed)))


def with_options_drawn(question: Question, seed: str) -> Question:
    """The question with its options in the order of their vocabulary; of the seed, where any words may answer."""
    vocabulary = vocabulary_of(question.asks) or ()
    if all(option.text in vocabulary for option in question.options):
        options = sorted(question.options, key=lambda option: vocabulary.index(option.text))
    else:
        options = sorted(question.options, key=lambda option: rank(seed, question.key, option.text))
    return replace(question, options=tuple(options))


def _place(question: Question, seed: str) -> tuple[int, str]:
    return rank(seed, question.key), question.key


# --- Marking -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Score:
    """``by_topic`` has, in the order of ``Topic``, how many are right of how many. What nobody answered is neither
    right nor missed.
    """

    right: int
    total: int
    by_topic: tuple[tuple[Topic, int, int], ...]
    missed: tuple[Question, ...]

    @property
    def answered(self) -> int:
        return self.right + len(self.missed)

    @property
    def unanswered(self) -> int:
        return self.total - self.answered


def mark(questions: Sequence[Question], answers: Sequence[int | None]) -> Score:
    """Marks a round. An answer is the place of the chosen option, from 0; None, or none at all, is no answer."""
    pairs = list(zip_longest(questions, answers[: len(questions)]))
    right = [question for question, answer in pairs if answer == question.right]
    missed = tuple(question for question, answer in pairs if answer not in (None, question.right))
    counts = [
        (topic, sum(each.topic == topic for each in right), sum(each.topic == topic for each in questions))
        for topic in Topic
    ]
    return Score(len(right), len(questions), tuple(each for each in counts if each[2]), missed)
