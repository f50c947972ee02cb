"""The letter-position drill: rounds of ten made from the loaded release and the grammar, without an end."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from catalog.drill import LENGTH, Drill
from catalog.drill_words import Filed, Material
from catalog.models import HcpcsCode, Modifier
from catalog.query_string import readable
from catalog.snapshot import Snapshot, of, once_each
from catalog.views import edit_codes, rounds
from catalog.views.quiz import LONGEST_WORD, code_word, fresh_word

LAST_ROUND = 99_999
_ROUND = re.compile(f"0*[1-9][0-9]{{,{len(str(LAST_ROUND)) - 1}}}")


@rounds.room
def drill(request: HttpRequest) -> HttpResponse:
    """A question or the score of one round of a code word; without a code word, the page to begin from."""
    prepared = drill_of(of(request))
    word, number, notes = _asked_for(request)
    context = {"here": "levels", "room": "Letter-position drill", "total": prepared.total, "fresh": fresh_word()}
    if not word:
        return render(request, "catalog/drill.html", context | {"length": LENGTH, "longest_word": LONGEST_WORD})
    fields = _fields(word, number)
    if not notes and not rounds.is_in_short(request, fields):
        return redirect(_address(word, number))
    before, after = prepared.times_through(number), prepared.times_through(number + 1)
    if before and number == before * prepared.rounds + 1:
        notes.append(f"All {prepared.total:,} questions have been asked. They start over, shuffled anew.")
    context |= {
        "word": word,
        "round_name": f"Letter-position drill, round {number:,}.",
        "is_one_topic": True,
        "score_actions": "catalog/_drill_actions.html",
        "following": _address(word, number + 1) if number < LAST_ROUND else "",
        "starts_over": after > before,
    }
    asked = rounds.Round(reverse("drill"), fields, prepared.questions(word, number))
    return rounds.play(request, asked, "catalog/drill_round.html", context, notes)


def _fields(word: str, number: int) -> tuple[tuple[str, str], ...]:
    """A round as it stands in an address; the first one needs no number."""
    return ("seed", word), *((("round", str(number)),) if number > 1 else ())


def _address(word: str, number: int) -> str:
    return f"{reverse('drill')}?{readable(_fields(word, number))}"


@once_each
def drill_of(shown: Snapshot) -> Drill:
    """What there is to ask of a snapshot, read and sorted once."""
    return Drill(_material(shown))


def _material(shown: Snapshot) -> Material:
    on_file = HcpcsCode.objects.filter(release=shown.release).values_list("code", flat=True)
    entries = [shown.index.entry(code) for code in on_file]
    modifiers = Modifier.objects.filter(release=shown.release).values_list("code", flat=True)
    return Material(
        on_file={entry.code: Filed(entry.short, entry.tag) for entry in entries},
        named=frozenset(shown.edit_codes),
        modifiers=tuple(modifiers),
        file=edit_codes.hcpcs_file(shown) if shown.release else "",
    )


def _asked_for(request: HttpRequest) -> tuple[str, int, list[str]]:
    """The code word and the round of an address, and what of it could not be followed."""
    word = code_word(request.GET.get("seed", ""))
    text = request.GET.get("round", "") or "1"
    if _ROUND.fullmatch(text):
        return word, int(text.lstrip("0")), []
    return word, 1, [f"There is no round “{text[:12]}”. This is round 1."]
