"""Adds what trainers teach from: comparisons, statements, the path of decisions, misconceptions, practice items.

A row is there when its slug is, or another row with its heading; it is left alone then, whatever it says, and so
are its choices. Keys in the files are names of fields; a row's order is its place in its file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.db import models, transaction

from catalog import quiz
from catalog.models import (
    ComparisonRow,
    DecisionChoice,
    DecisionStep,
    Misconception,
    PracticeChoice,
    PracticeItem,
    Statement,
)

FOLDER = Path(__file__).parent
STEP = 10  # between the places of two rows, so that editors can put one between them


@transaction.atomic
def load_training() -> dict[str, int]:
    """Add what is missing; returns how many of each were added, as in ``{"comparison rows": 14, …}``."""
    return {
        "comparison rows": _add(ComparisonRow, _entries("comparison", "training-levels.toml"), ["question"]),
        "statements": _add(Statement, _entries("statement", "training-levels.toml"), ["topic", "subject"]),
        "steps of the path": _add_steps(_entries("step", "training-levels.toml")),
        "misconceptions": _add(Misconception, _entries("misconception", "misconceptions.toml")),
        "practice items": _add_items(_entries("item", *_item_files())),
    }


def _item_files() -> list[str]:
    return sorted(path.name for path in FOLDER.glob("items-*.toml"))


def _entries(table: str, *names: str) -> list[dict]:
    """The entries of a table, across files, each with its place."""
    texts = ((FOLDER / name).read_text(encoding="utf-8") for name in names)
    entries = (entry for text in texts for entry in tomllib.loads(text).get(table, []))
    return [{"sort": place * STEP, **entry} for place, entry in enumerate(entries, 1)]


def _missing(model: type[models.Model], entries: Iterable[dict], key: Sequence[str]) -> list[dict]:
    held = set(model.objects.values_list(*key))
    return [entry for entry in entries if tuple(entry[field] for field in key) not in held]


def _add(model: type[models.Model], entries: Iterable[dict], heading: Sequence[str] = ("slug",)) -> int:
    """Editors reword a heading, so a row is known by its slug; two rows never share a heading."""
    new = _missing(model, _missing(model, entries, ["slug"]), heading)
    return len(model.objects.bulk_create(model(**entry) for entry in new))


def _add_steps(entries: Iterable[dict]) -> int:
    """Steps, then the choices of those that are new. Beside a first step of the editors none is added as first."""
    new = _missing(DecisionStep, entries, ["slug"])
    choices = {entry["slug"]: entry.pop("choice", []) for entry in new}
    if DecisionStep.objects.filter(is_first=True).exists():
        new = [entry | {"is_first": False} for entry in new]
    DecisionStep.objects.bulk_create(DecisionStep(**entry) for entry in new)
    steps = {step.slug: step for step in DecisionStep.objects.all()}
    DecisionChoice.objects.bulk_create(
        DecisionChoice(**choice | {"step": steps[slug], "next": steps[choice["next"]]}, sort=place * STEP)
        for slug, leads in choices.items()
        for place, choice in enumerate(leads, 1)
    )
    return len(new)


def _add_items(entries: Iterable[dict]) -> int:
    new = _missing(PracticeItem, entries, ["slug"])
    for entry in new:
        right, wrong = entry.pop("right"), entry.pop("wrong")
        item = PracticeItem.objects.create(**entry | {"claim": "\n".join(entry.get("claim", []))})
        PracticeChoice.objects.bulk_create(
            PracticeChoice(item=item, text=text, is_right=text == right, sort=place * STEP)
            for place, text in enumerate(_in_order(item.asks, [right, *wrong]), 1)
        )
    return len(new)


def _in_order(asks: str, texts: Sequence[str]) -> Sequence[str]:
    """In the order of their vocabulary, where they come from one."""
    vocabulary = quiz.vocabulary_of(asks)
    return sorted(texts, key=vocabulary.index) if vocabulary else texts
