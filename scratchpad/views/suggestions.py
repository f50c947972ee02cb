"""What the code cell offers while somebody types in it: codes that begin so, or that the words describe.

A Level II code comes with its descriptor, a Level I number that the NCCI tables name with our section: the AMA
licenses its descriptors, so no word can find one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import codes, snapshot
from catalog.search import Entry
from catalog.snapshot import Snapshot
from catalog.wording import shorten
from scratchpad.views.privacy import kept_by_nobody

MOST = 8
LONGEST_TEXT = 80
DESCRIPTOR_LENGTH = 100

_BEGINNING = re.compile(r"[A-Z][0-9]{0,4}|[0-9]{1,4}|[0-9]{4}[0-9A-Z]")


class Suggestion(NamedTuple):
    code: str
    text: str
    """Its descriptor, or the section it lies in."""
    remark: str = ""
    """Why it may not be the right one, such as "Ended Mar 31, 2024"; empty for most."""


class Suggestions(NamedTuple):
    text: str
    """What was typed, in normal form."""
    codes: tuple[Suggestion, ...] = ()
    """At most ``MOST``: in code order for the beginning of a code, best match first for words."""
    nothing: str = ""
    """A sentence where there are none."""


@require_safe
@kept_by_nobody
def suggest(request: HttpRequest) -> HttpResponse:
    """The list below the cell, asked for with every letter. Kept by nobody, like the claim it may be for."""
    found = suggestions(snapshot.of(request), request.GET.get("q", ""))
    return render(request, "scratchpad/_suggestions.html", {"found": found})


def suggestions(shown: Snapshot, typed: str) -> Suggestions:
    """The codes that somebody who typed this may want."""
    text = codes.normalize(typed[:LONGEST_TEXT])
    if not text:
        return Suggestions(text)
    if not _BEGINNING.fullmatch(text):
        found = tuple(_described(shown, text))
        nothing = f"No Level II code matches “{text.lower()}”. Level I codes are found by number only."
    else:
        found = tuple(islice(_beginning_with(shown, text), MOST))
        nothing = f"No code in the loaded files begins with {text}."
    return Suggestions(text, found, "" if found else nothing)


def _beginning_with(shown: Snapshot, beginning: str) -> Iterator[Suggestion]:
    """Those on file, in force first, then those that only the NCCI tables name."""
    if beginning[0].isalpha():
        yield from _described(shown, beginning)
    named = shown.edit_codes
    for code in islice(named, bisect_left(named, beginning), bisect_left(named, f"{beginning}~")):
        if shown.index.entry(code) is None:
            yield _of_number(shown, code)


def _described(shown: Snapshot, text: str) -> Iterator[Suggestion]:
    return map(_of_entry, shown.index.search(text, limit=MOST, fill=True).entries)


def _of_entry(entry: Entry) -> Suggestion:
    return Suggestion(entry.code, shorten(entry.long or entry.short, DESCRIPTOR_LENGTH), entry.tag)


def _of_number(shown: Snapshot, code: str) -> Suggestion:
    """A code that no loaded file describes."""
    section = shown.tree.narrowest(code)
    return Suggestion(code, section.title if section else "In numbers that no section uses")
