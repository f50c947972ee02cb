"""The path “Which set do I use?” in pieces that fit a slide: a branch each, no question on two of them (pure)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from itertools import zip_longest
from typing import NamedTuple

from catalog.models import DecisionStep
from catalog.views.decisions import Fork

MOST_QUESTIONS = 3
ROOM = 15.0
"""Lines of 24 pixels beside heading and source, on a screen of 1024 by 768; see ``catalog.views.present``."""


class Way(NamedTuple):
    """A choice and what it leads to: an end of the path, the question below it, or one on another slide."""

    label: str
    step: DecisionStep
    is_end: bool
    is_below: bool


class Question(NamedTuple):
    step: DecisionStep
    ways: list[Way]


class Piece(NamedTuple):
    """Questions of one branch. ``asked`` and ``answer`` are what led here; empty where the path begins."""

    asked: str
    answer: str
    questions: list[Question]

    @property
    def stated(self) -> list[DecisionStep]:
        """The questions, and the ends that are stated among them."""
        ends = [way.step for question in self.questions for way in question.ways if way.is_end]
        return [*(question.step for question in self.questions), *ends]


def pieces(forks: Iterable[Fork]) -> list[Piece]:
    """Forks in the order of the walk, a new piece where the path branches and where a slide is full."""
    forks = list(forks)
    steps = {step.pk: step for fork in forks for step in (fork.step, *(branch.step for branch in fork.branches))}
    questions = {fork.step.pk for fork in forks}
    led = _led(forks)
    found = []
    for page in _pages(forks):
        after = [fork.step for fork in page[1:]]
        asked = [
            Question(
                fork.step,
                [
                    Way(choice.label, (step := steps[choice.next_id]), step.pk not in questions, step == below)
                    for choice in fork.step.choices.all()
                ],
            )
            for fork, below in zip_longest(page, after)
        ]
        found.append(Piece(*(led.get(page[0].step.pk, ("", "")) if found else ("", "")), asked))
    return found


def _led(forks: Iterable[Fork]) -> dict[int, tuple[str, str]]:
    """For every step the question and the answer that first led to it."""
    led: dict[int, tuple[str, str]] = {}
    for fork in forks:
        for choice in fork.step.choices.all():
            led.setdefault(choice.next_id, (fork.step.text, choice.label))
    return led


def _pages(forks: list[Fork]) -> list[list[Fork]]:
    pages: list[list[Fork]] = []
    left = 0.0
    for fork in forks:
        needed = _lines_of(fork)
        if not pages or not _goes_on(pages[-1][-1]) or len(pages[-1]) == MOST_QUESTIONS or needed > left:
            pages.append([])
            left = ROOM
        pages[-1].append(fork)
        left -= needed
    return pages


def _goes_on(fork: Fork) -> bool:
    """Whether one choice alone leads to another question, and this to the next one."""
    return bool(fork.onward) and all(branch.number is None for branch in fork.branches)


def _lines_of(fork: Fork) -> float:
    ways = [f"{branch.label} -> {branch.step.text}" for branch in fork.branches]
    beside = sum(_lines(way, 38) + 0.2 for way in ways) + (_lines(fork.onward, 38) if fork.onward else 0)
    return max(_lines(fork.step.text, 22), beside) + 0.6


def _lines(text: str, width: int) -> int:
    return max(1, len(textwrap.wrap(text, width)))
