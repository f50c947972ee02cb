"""Rounds of questions: what one asks, and the vocabulary of practice items.

A question is a plain value, whether an editor wrote it or the drill made it. Drawing and marking live here as pure
functions of a seed, so that a whole class gets the same round from the same address.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from catalog.shapes import Kind


class Topic(enum.StrEnum):
    label: str

    def __new__(cls, value: str, label: str) -> Topic:
        topic = str.__new__(cls, value)
        topic._value_ = value
        topic.label = label
        return topic

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


class Ask(enum.StrEnum):
    """What an item asks for. Those with a ``vocabulary_of`` their own are answered in these words only."""

    label: str

    def __new__(cls, value: str, label: str) -> Ask:
        ask = str.__new__(cls, value)
        ask._value_ = value
        ask.label = label
        return ask

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
    ``claim`` the lines of a small claim as the scratchpad writes them. Exactly one option is right.
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

    @property
    def right(self) -> int:
        """The place of the right option, from 0."""
        return next(at for at, option in enumerate(self.options) if option.is_right)
