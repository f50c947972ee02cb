"""The path “Which set do I use?”: drawn whole, and walked one choice at a time. Two queries each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from catalog.models import DecisionChoice, DecisionStep

LONGEST_WALK = 40
"""Choices that are followed. Nobody needs more, and an address may hold thousands: of a path in a circle every one
of them could be followed, and would be shown as a line of the way."""


class Branch(NamedTuple):
    """One choice of a question as drawn: where it leads, and the number of that question unless it is an end."""

    label: str
    step: DecisionStep
    number: int | None


class Fork(NamedTuple):
    """A question as drawn, with what its choices lead to. ``onward`` is the choice that leads to the next one."""

    number: int
    step: DecisionStep
    branches: list[Branch]
    onward: str


class Taken(NamedTuple):
    """A choice made on the way, and the address at which it is made again."""

    step: DecisionStep
    label: str
    change: str


class Open(NamedTuple):
    label: str
    href: str


class Walk(NamedTuple):
    """A walk as far as it could be followed. ``lost`` is the first choice that leads nowhere here, as typed."""

    step: DecisionStep | None
    taken: list[Taken]
    choices: list[Open]
    lost: str

    @property
    def is_end(self) -> bool:
        return self.step is not None and not self.choices


def drawn() -> list[Fork]:
    """Every question that can be reached, in the order in which the path asks them."""
    steps = _steps()
    questions = _in_order(steps)
    numbers = {step.pk: number for number, step in enumerate(questions, start=1)}
    forks = []
    for step, after in zip_longest(questions, questions[1:]):
        choices = step.choices.all()
        onward = next((choice for choice in choices if after is not None and choice.next_id == after.pk), None)
        branches = [
            Branch(choice.label, steps[choice.next_id], numbers.get(choice.next_id))
            for choice in choices
            if choice != onward
        ]
        forks.append(Fork(numbers[step.pk], step, branches, onward.label if onward else ""))
    return forks


def steps_of(forks: Sequence[Fork]) -> list[DecisionStep]:
    """Every step of the path as drawn, its questions and its ends."""
    return [step for fork in forks for step in (fork.step, *(branch.step for branch in fork.branches))]


def walk(answers: Sequence[str]) -> Walk:
    """Follow the choices, by slug, from the first question as far as there are such choices."""
    steps = _steps()
    step, taken, followed = _first(steps), [], []
    for answer in filter(None, answers[:LONGEST_WALK]):
        choice = _choice(step, answer)
        if choice is None:
            return Walk(step, taken, _open(step, followed), answer)
        taken.append(Taken(step, choice.label, _address(followed)))
        followed.append(answer)
        step = steps[choice.next_id]
    return Walk(step, taken, _open(step, followed) if step else [], "")


def _steps() -> dict[int, DecisionStep]:
    return {step.pk: step for step in DecisionStep.objects.prefetch_related("choices")}


def _first(steps: dict[int, DecisionStep]) -> DecisionStep | None:
    """The step marked as the first; where editors marked none, the first question in order."""
    questions = [step for step in steps.values() if step.choices.all()]
    return next((step for step in steps.values() if step.is_first), questions[0] if questions else None)


def _in_order(steps: dict[int, DecisionStep]) -> list[DecisionStep]:
    """The questions as a walk meets them: each one, then all behind its first choice, then behind its second.

    The order among the editors' rows says nothing of it, so that moving a row moves no question.
    """
    met, to_visit = {}, [_first(steps)]
    while to_visit:
        step = to_visit.pop()
        if step is not None and step.pk not in met:
            met[step.pk] = step
            to_visit += [steps[choice.next_id] for choice in reversed(step.choices.all())]
    return [step for step in met.values() if step.choices.all()]


def _choice(step: DecisionStep | None, slug: str) -> DecisionChoice | None:
    return next((choice for choice in step.choices.all() if choice.slug == slug), None) if step else None


def _open(step: DecisionStep | None, followed: list[str]) -> list[Open]:
    choices = step.choices.all() if step else ()
    return [Open(choice.label, _address([*followed, choice.slug])) for choice in choices]


def _address(answers: Sequence[str]) -> str:
    """Where so many choices lead; it opens at the question, so that reading goes on there."""
    query = urlencode([("a", answer) for answer in answers])
    return f"{reverse('which_set')}{'?' if query else ''}{query}#step"
