"""The quiz: rounds of the editors' practice items, on the screen and on paper.

The address is the round: ``?seed=K7QX&n=10&topic=pairs&difficulty=2``, or ``?seed=K7QX&items=slug,slug`` for
these items alone. The seed is the code word of a class; from the same items on file the round is the same for all.
"""

from __future__ import annotations

import logging
import re
import secrets
import string
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Max
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.models import PracticeItem
from catalog.query_string import readable
from catalog.quiz import Difficulty, Question, Topic, draw
from catalog.views import rounds

logger = logging.getLogger(__name__)

LENGTHS = (5, 10, 20)
USUAL_LENGTH = 10
LONGEST_WORD = 24
_BETWEEN_WORDS = re.compile(r"[\s\-\u2010-\u2015]+")  # a phone may make a dash of a hyphen
_LETTERS = "BCDFGHJKMNPQRTVWXYZ346789"
"""For code words: nothing that looks or sounds like another of them, and no vowels to make a word one regrets."""


class Choice(NamedTuple):
    """What to draw a round from. ``length`` None is all of it; where there are ``items``, these are asked."""

    seed: str = ""
    length: int | None = USUAL_LENGTH
    topics: tuple[Topic, ...] = ()
    difficulty: Difficulty | None = None
    items: tuple[str, ...] = ()

    @classmethod
    def from_query(cls, query: QueryDict) -> tuple[Choice, list[str]]:
        """The choice an address makes, and what of it could not be followed."""
        notes: list[str] = []
        choice = cls(
            seed=code_word(query.get("seed", "")),
            length=_length(query.get("n", ""), notes),
            topics=_topics(query.getlist("topic"), notes),
            difficulty=_difficulty(query.get("difficulty", ""), notes),
            items=tuple(dict.fromkeys(filter(None, ",".join(query.getlist("items")).split(",")))),
        )
        return choice, notes

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """The choice as it stands in an address, always written the same way and without what is usual."""
        if self.items:
            return ("seed", self.seed), ("items", ",".join(self.items))
        return (
            *((("seed", self.seed),) if self.seed else ()),
            *((("n", str(self.length or "all")),) if self.length != USUAL_LENGTH else ()),
            *(("topic", topic.value) for topic in self.topics),
            *((("difficulty", str(self.difficulty.value)),) if self.difficulty else ()),
        )

    def address(self, page: str = "quiz", *more: tuple[str, str]) -> str:
        return f"{reverse(page)}?{readable((*self.fields, *more))}"

    def pool(self, bank: Iterable[Question]) -> list[Question]:
        """Those of the questions that may be drawn."""
        if self.items:
            return [question for question in bank if question.key in self.items]
        return [
            question
            for question in bank
            if (not self.topics or question.topic in self.topics)
            and self.difficulty in (None, question.difficulty)
        ]

    def draw(self, bank: Iterable[Question]) -> tuple[tuple[Question, ...], list[str]]:
        """The round, and how it differs from what was asked for."""
        pool = self.pool(bank)
        wanted = len(self.items) or self.length or len(pool)
        drawn = draw(pool, self.seed, min(wanted, rounds.LONGEST))
        return drawn, [_fewer(self, len(drawn), wanted)] if len(drawn) < wanted else []

    @property
    def words(self) -> str:
        """What the round is drawn from, as a heading on paper says it."""
        if self.items:
            return "Chosen items"
        topics = ", ".join(topic.label for topic in self.topics) or "All topics"
        return f"{topics}; {self.difficulty.label.lower() if self.difficulty else 'any difficulty'}"


def code_word(text: str) -> str:
    """A code word as everybody's address has it, however it was typed: ``CLASS-7`` for ``class 7``."""
    words = ("".join(filter(str.isprintable, word)) for word in _BETWEEN_WORDS.split(text.upper()))
    return "-".join(filter(None, words))[:LONGEST_WORD].strip("-")


def fresh_word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


@rounds.room
def quiz(request: HttpRequest) -> HttpResponse:
    """A question or the score of the round that the address stands for; without one, the page to choose one."""
    choice, notes = Choice.from_query(request.GET)
    bank = _bank()
    if request.htmx.target == "fits":
        return render(request, "catalog/_quiz_fits.html", {"choice": choice, "fits": len(choice.pool(bank))})
    if choice.items and not choice.seed:
        return redirect(choice._replace(seed=fresh_word()).address())
    if choice.seed and not notes and not rounds.is_in_short(request, choice.fields):
        return redirect(choice.address())
    questions, remarks = choice.draw(bank)
    if not (choice.seed and questions):
        return _start(request, choice, bank, notes)
    asked = rounds.Round(reverse("quiz"), choice.fields, questions)
    context = {
        "here": "quiz",
        "room": "Quiz",
        "score_actions": "catalog/_quiz_score_actions.html",
        "choice": choice,
        "round_name": f"Code word {choice.seed}.",
        "new_round": choice._replace(seed=fresh_word(), items=()).address(),
        "other_round": choice._replace(seed="", items=()).address(),
        "again": f"{reverse('quiz')}?seed={fresh_word()}&items=",
        "handout": choice.address("quiz_handout"),
    }
    # Said where a round begins, and not again on each of its pages.
    is_first = request.GET.get("at", "1") == "1"
    return rounds.play(
        request, asked, "catalog/quiz_round.html", context, [*notes, *remarks] if is_first else notes
    )


@require_safe
@never_cache
def handout(request: HttpRequest) -> HttpResponse:
    """The same round on paper: its questions with boxes to tick, or with ``key=1`` the answers to them."""
    choice, notes = Choice.from_query(request.GET)
    is_key = request.GET.get("key") == "1"
    if not choice.seed:
        choice = choice._replace(seed=fresh_word())
        return redirect(choice.address("quiz_handout", *([("key", "1")] if is_key else [])))
    bank = _bank()
    questions, remarks = choice.draw(bank)
    if not questions:
        return _start(request, choice, bank, notes)
    context = {
        "here": "quiz",
        "choice": choice,
        "questions": questions,
        "key": [(question, string.ascii_lowercase[question.right]) for question in questions],
        "notes": [*notes, *remarks],
        "handout": choice.address("quiz_handout"),
        "round": choice.address(),
        "share": request.build_absolute_uri(choice.address()),
    }
    return render(request, "catalog/quiz_key.html" if is_key else "catalog/quiz_handout.html", context)


def _start(request: HttpRequest, choice: Choice, bank: list[Question], notes: list[str]) -> HttpResponse:
    """Where a round is chosen, with what the address chose already."""
    fits = len(choice.pool(bank))
    if "seed" in request.GET and not choice.seed:
        notes = [*notes, "A round needs a code word. Here is one; any other will do."]
    if choice.items and not fits:
        notes = [*notes, "None of the items asked for is there any longer. Choose a round of others."]
    elif bank and not fits:
        notes = [*notes, "No practice item fits this choice. Choose more topics, or another difficulty."]
    asked = PracticeItem.objects.filter(slug__in=[question.key for question in bank])
    context = {
        "here": "quiz",
        "notes": notes,
        "choice": choice,
        "fits": fits,
        "bank": bank,
        "topics": [(topic, sum(question.topic == topic for question in bank)) for topic in Topic],
        "difficulties": list(Difficulty),
        "lengths": sorted({*LENGTHS, choice.length or USUAL_LENGTH}),
        "word": choice.seed or fresh_word(),
        "longest_word": LONGEST_WORD,
        "last_edited": asked.aggregate(newest=Max("updated_at"))["newest"],
    }
    return render(request, "catalog/quiz.html", context)


def _bank() -> list[Question]:
    """The items that editors let into rounds and that can be asked."""
    items = PracticeItem.objects.filter(is_published=True).prefetch_related("choices")
    return [question for item in items if (question := _sound(item))]


def _sound(item: PracticeItem) -> Question | None:
    """The item as a question. A row that is none, however it came there, takes no other one down with it."""
    try:
        question = item.question()
    except (TypeError, ValueError):
        question = None
    if question and question.is_sound:
        return question
    logger.warning("Practice item %s cannot be asked and is left out of rounds.", item.slug)
    return None


# --- Reading the address -----------------------------------------------------------------------------------


def _length(text: str, notes: list[str]) -> int | None:
    if not text:
        return USUAL_LENGTH
    if text == "all":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7 and int(text)):
        notes.append(f"“{text[:12]}” is no number of questions, so there are {USUAL_LENGTH}.")
        return USUAL_LENGTH
    if int(text) > rounds.LONGEST:
        notes.append(f"A round has at most {rounds.LONGEST} questions.")
    return min(int(text), rounds.LONGEST)


def _topics(named: list[str], notes: list[str]) -> tuple[Topic, ...]:
    known = tuple(topic for topic in Topic if topic in named)
    unknown = [text[:24] for text in named if text and text not in list(Topic)]
    if unknown:
        rest = "the others were kept" if known else "all topics were kept"
        notes.append(f"There is no topic “{'”, “'.join(unknown[:3])}”; {rest}.")
    return known


def _difficulty(text: str, notes: list[str]) -> Difficulty | None:
    try:
        return Difficulty(int(text)) if text else None
    except ValueError:
        notes.append(f"There is no difficulty “{text[:12]}”, only 1 to {len(Difficulty)}; any was taken.")
        return None


def _fewer(choice: Choice, drawn: int, wanted: int) -> str:
    are = "is" if drawn == 1 else "are"
    if wanted > rounds.LONGEST and drawn == rounds.LONGEST:
        return f"A round has at most {rounds.LONGEST} questions."
    if choice.items:
        return f"Of the {wanted} items asked for, {drawn} {are} still there."
    return f"You asked for {wanted} questions; {drawn} {are} all that fit."
