"""What trainers teach from, with every field filled that a test does not name."""

from __future__ import annotations

from itertools import count

from django.utils.text import slugify

from catalog.models import (
    ComparisonRow,
    DecisionChoice,
    DecisionStep,
    Misconception,
    PracticeChoice,
    PracticeItem,
    Statement,
)

_numbers = count(1)


def make_comparison(question: str = "Who keeps it", **fields) -> ComparisonRow:
    values = {"level_one": "The AMA", "level_two": "CMS", "source": "45 CFR 162.1002", "mark": "V"}
    return ComparisonRow.objects.create(question=question, **{"slug": slugify(question)} | values | fields)


def make_statement(subject: str = "CPT", **fields) -> Statement:
    values = {"topic": "keeper", "text": "The AMA keeps it.", "source": "45 CFR 162.1002", "mark": "V"}
    slug = slugify(f"{fields.get('topic', 'keeper')} {subject}")
    return Statement.objects.create(subject=subject, **{"slug": slug} | values | fields)


def make_step(slug: str, *, leads: dict[str, DecisionStep] | None = None, **fields) -> DecisionStep:
    """``leads`` says where each choice, by slug, leads to; without it the path ends here."""
    values = {"text": f"What about {slug}?", "source": "45 CFR 162.1002", "mark": "V"}
    step = DecisionStep.objects.create(slug=slug, **values | fields)
    for sort, (choice, after) in enumerate((leads or {}).items()):
        DecisionChoice.objects.create(step=step, slug=choice, label=choice.capitalize(), next=after, sort=sort)
    return step


def make_misconception(slug: str = "five-digits", **fields) -> Misconception:
    values = {
        "claim": "Every CPT code is five digits",
        "why_wrong": "Only Category I is.",
        "fact": "Other categories end in a letter.",
        "source": "AMA",
        "mark": "V",
    }
    return Misconception.objects.create(slug=slug, **values | fields)


def make_item(right: str = "Level I, CPT", *wrong: str, **fields) -> PracticeItem:
    """A practice item; its choices are the right one and then the wrong ones."""
    number = next(_numbers)
    values = {
        "slug": f"item-{number}",
        "asks": "scenario",
        "topic": "form",
        "difficulty": 1,
        "prompt": f"Question {number}?",
        "rationale": "The form of the code says so.",
        "source": "AMA",
        "mark": "V",
        "sort": number,
    }
    item = PracticeItem.objects.create(**values | fields)
    for sort, text in enumerate((right, *(wrong or ("Level II", "Level III, local")))):
        PracticeChoice.objects.create(item=item, text=text, is_right=sort == 0, sort=sort)
    return item
