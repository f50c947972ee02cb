"""What quiz and drill share: a round is its address, and its answers live in a signed cookie of the reader's.

A room draws the questions that its address stands for and has them played::

    @rounds.room
    def drill(request):
        asked = rounds.Round(reverse("drill"), (("seed", seed), ("round", "2")), questions)
        return rounds.play(request, asked, "catalog/drill.html", {"here": "levels", "room": "Drill"})

The page includes ``catalog/_round.html``, the fragment that htmx swaps; ``?at=4`` or ``?at=score`` says what it
shows. Nothing is kept on the server, and nothing is logged of what anybody answers.
"""

from __future__ import annotations

import string
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import wraps
from hashlib import blake2b
from typing import NamedTuple

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from catalog import codes
from catalog.query_string import readable
from catalog.quiz import Question, Topic, mark

FRAGMENT = "quiz"
"""The element that htmx swaps, as in ``_round.html``."""

LONGEST = 200
"""The most questions in a round: so many answers still fit into a cookie."""

COOKIE = "rounds"
COOKIE_PATH = "/levels/"
LONGEST_COOKIE = 3_800  # browsers keep 4,096 bytes, name and attributes included
KEPT_ROUNDS = 5
KEPT_FOR = timedelta(days=7)
_SALT = "catalog.rounds.1"  # another number when what the cookie holds is written otherwise
_DIGITS = string.digits + string.ascii_lowercase
_MARK = 6  # characters that stand for a question in the cookie

NO_COOKIES = "Your browser sends no cookies, so your answers cannot be kept from one question to the next."
CHANGED = "This question was changed while you read it. Nothing was marked: here it is as it stands now."
NOTHING_CHOSEN = "Choose one of the answers first."

# Where to read on about a topic: the name of an address.
REVIEW = {
    Topic.FORM: "levels",
    Topic.SECTIONS: "browse",
    Topic.CHOICE: "which_set",
    Topic.PAIRS: "modifiers",
    Topic.UNITS: "scratchpad",
    Topic.DATES: "releases",
    Topic.BELIEFS: "misconceptions",
}


@dataclass(frozen=True)
class Round:
    """What an address stands for. ``fields`` are its query without ``at``; ``answers`` as for ``mark``."""

    path: str
    fields: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]
    answers: tuple[int | None, ...] = ()

    @property
    def id(self) -> str:
        return _digest(self.path, *(f"{name}={value}" for name, value in self.fields))

    @property
    def after_last(self) -> int:
        """The place of the score; places count from 1."""
        return len(self.questions) + 1

    @property
    def start(self) -> str:
        """The address of the round as people pass it on; it begins with the first question."""
        return f"{self.path}?{readable(self.fields)}"

    def address(self, at: int) -> str:
        """Where the question of that place is asked, or after the last one the score shown."""
        return f"{self.start}&at={'score' if at == self.after_last else at}"

    def first_unanswered(self) -> int:
        """The place of the first question without an answer, else of the score."""
        return next((at for at, answer in enumerate(self.answers, 1) if answer is None), self.after_last)

    def place(self, text: str) -> tuple[int, str]:
        """The place that ``at`` names, and what has to be said about it when it names none of this round's."""
        if text == "score":
            return self.after_last, ""
        if not text:
            return 1, ""
        if text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) < self.after_last:
            return int(text), ""
        last = self.after_last - 1
        return self.first_unanswered(), f"This round has no question “{text[:12]}”, only 1 to {last}."


class Cell(NamedTuple):
    """One question in the bar: ``ok``, ``no``, ``now`` or ``todo``, and the same in words."""

    number: int
    state: str
    words: str


class TopicLine(NamedTuple):
    """A topic in the table of the score; ``cells`` are its questions, ``href`` is where to read on."""

    topic: Topic
    right: int
    total: int
    cells: tuple[Cell, ...]
    href: str


# --- The door ----------------------------------------------------------------------------------------------


def room(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """For a view that plays rounds: GET shows, POST answers, and no cache keeps what somebody answered.

    A form sent without any cookie has nothing to authorize, and its answer is kept nowhere. It is marked all the
    same, unlike one that comes with cookies but without its token: who blocks cookies can learn here, too. Another
    site can send such a form from a browser that holds our cookies, so that what answers it sets none over them.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @never_cache
    @vary_on_headers("HX-Target")
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or request.COOKIES:
            return protected(request)
        response = view(request)
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False  # the token on the page would come with a new cookie
        return response

    return checked


def play(
    request: HttpRequest, asked: Round, page: str, context: Mapping[str, object], notes: Sequence[str] = ()
) -> HttpResponse:
    """Show a question or the score of a round with at least one question, or take an answer to it.

    ``context`` is the room's own: ``here``, ``room`` (its name, for the title) and ``score_actions`` (the template
    below the score), ``is_one_topic`` where a score by topic would say nothing, and whatever ``page`` needs.
    ``notes`` say what of the address could not be followed.
    """
    asked = replace(asked, answers=_answers(_kept(request).get(asked.id, ""), asked.questions))
    at, problem = asked.place(request.GET.get("at", ""))
    said = [*notes, *filter(None, [problem])]
    if request.method != "POST" or at == asked.after_last:
        return _shown(request, asked, at, page, {**context, "notes": said})
    answers, refusal = _taken(request, asked, at)
    if refusal:
        return _shown(request, asked, at, page, {**context, "notes": said, "refusal": refusal})
    answered = replace(asked, answers=answers)
    if not request.COOKIES:
        return _shown(request, answered, at, page, {**context, "notes": [*said, NO_COOKIES]})
    if is_fragment(request):
        response = _shown(request, answered, at, page, {**context, "notes": said})
    else:
        response = HttpResponseRedirect(asked.address(at))
        response.status_code = 303
    _keep(request, response, answered)
    return response


def is_fragment(request: HttpRequest) -> bool:
    return request.htmx.target == FRAGMENT


def is_in_short(request: HttpRequest, fields: Sequence[tuple[str, str]]) -> bool:
    """Whether an address is the one people dictate, with nothing but these fields, or one within the round."""
    given = tuple((name, value) for name, values in request.GET.lists() for value in values)
    return request.method == "POST" or "at" in request.GET or given == tuple(fields)


def _taken(request: HttpRequest, asked: Round, at: int) -> tuple[tuple[int | None, ...], str]:
    """The answers with the one that was sent, or else why it was not taken. One that is given stays as it is."""
    question = asked.questions[at - 1]
    if asked.answers[at - 1] is not None:
        return asked.answers, ""
    if request.POST.get("of", "") != stands_for(question):
        return asked.answers, CHANGED
    chosen = request.POST.get("a", "")
    if chosen not in map(str, range(1, len(question.options) + 1)):
        return asked.answers, NOTHING_CHOSEN
    return (*asked.answers[: at - 1], int(chosen) - 1, *asked.answers[at:]), ""


# --- What is shown -----------------------------------------------------------------------------------------


def _shown(request: HttpRequest, asked: Round, at: int, page: str, context: dict[str, object]) -> HttpResponse:
    shown = _score(asked) if at == asked.after_last else _question(asked, at)
    shown |= {
        "round": asked,
        "at": at,
        "bar": bar(asked, at),
        "share": request.build_absolute_uri(asked.start),
        "is_swapped": is_fragment(request),
    }
    return render(request, "catalog/_round.html" if is_fragment(request) else page, context | shown)


def _question(asked: Round, at: int) -> dict[str, object]:
    question, answer = asked.questions[at - 1], asked.answers[at - 1]
    return {
        "title": f"question {at} of {len(asked.questions)}",
        "question": question,
        "answer": answer,
        "is_answered": answer is not None,
        "is_right": answer == question.right,
        "level": codes.level_of(question.code),
        "stands_for": stands_for(question),
        "action": asked.address(at),
        "next": asked.address(at + 1),
        "is_last": at + 1 == asked.after_last,
        "previous": asked.address(at - 1) if at > 1 else "",
    }


def _score(asked: Round) -> dict[str, object]:
    score = mark(asked.questions, asked.answers)
    cells = bar(asked, asked.after_last)
    first = asked.first_unanswered()
    return {
        "title": f"{score.right} of {score.total} right",
        "score": score,
        "topics": [
            TopicLine(
                *line,
                cells=tuple(
                    cell for cell, each in zip(cells, asked.questions, strict=True) if each.topic == line[0]
                ),
                href=reverse(REVIEW[line[0]]),
            )
            for line in score.by_topic
        ],
        "missed": [
            (number, question, reverse(REVIEW[question.topic]))
            for number, question in enumerate(asked.questions, 1)
            if question in score.missed
        ],
        "go_on": (first, asked.address(first)) if first < asked.after_last else None,
    }


def bar(asked: Round, at: int) -> tuple[Cell, ...]:
    """The questions of a round as they stand while the one of place ``at`` is shown."""
    return tuple(
        _cell(number, question, answer, at)
        for number, (question, answer) in enumerate(zip(asked.questions, asked.answers, strict=True), 1)
    )


def _cell(number: int, question: Question, answer: int | None, at: int) -> Cell:
    if answer is not None:
        return Cell(number, "ok", "right") if answer == question.right else Cell(number, "no", "missed")
    if number == at:
        return Cell(number, "now", "this one")
    return Cell(number, "todo", "to come" if number > at else "not answered")


# --- The cookie --------------------------------------------------------------------------------------------


def stands_for(question: Question) -> str:
    """Names a question as it is asked. When its options change, it is another one, and answers to it are gone."""
    return _digest(question.key, question.prompt, *(option.text for option in question.options))[:_MARK]


def _kept(request: HttpRequest) -> dict[str, str]:
    """What the reader's cookie holds: round by round, the last one played at the end. Forged or old: nothing."""
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return {}


def _keep(request: HttpRequest, response: HttpResponse, asked: Round) -> None:
    """Send the cookie back with this round in it, and of the others as many as fit."""
    kept = {key: given for key, given in _kept(request).items() if key != asked.id}
    kept[asked.id] = "".join(
        stands_for(question) + _DIGITS[answer]
        for question, answer in zip(asked.questions, asked.answers, strict=True)
        if answer is not None
    )
    while len(kept) > KEPT_ROUNDS or len(_signed(kept)) > LONGEST_COOKIE:
        del kept[next(iter(kept))]
    response.set_cookie(
        COOKIE,
        _signed(kept),
        path=COOKIE_PATH,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _signed(kept: dict[str, str]) -> str:
    return signing.dumps(kept, salt=_SALT, compress=True)


def _answers(given: str, questions: Sequence[Question]) -> tuple[int | None, ...]:
    """The answers to these questions out of what the cookie has of their round."""
    size = _MARK + 1
    by_mark = {given[at : at + _MARK]: _DIGITS.index(given[at + _MARK]) for at in range(0, len(given), size)}
    return tuple(by_mark.get(stands_for(question)) for question in questions)


def _digest(*parts: str) -> str:
    """Eight characters for some texts."""
    return urlsafe_b64encode(blake2b("\x1f".join(parts).encode(), digest_size=6).digest()).decode()
