"""What is said at an address that leads nowhere, and when a page could not be made.

Django shows ``400.html``, ``403.html`` and ``403_csrf.html`` by itself.
"""

from __future__ import annotations

import logging
import secrets
from typing import NamedTuple

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseServerError,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from catalog import codes, snapshot
from catalog.models import Setting
from catalog.wording import shorten

logger = logging.getLogger(__name__)

CODE_LENGTH = 5
EDITS = "/edits/"
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class NotACode(Http404):
    """Part of an address that was to be a code and is none; the page that answers takes it apart."""

    def __init__(self, text: str):
        super().__init__(f"{text} is not a code.")
        self.text = text


class NotASetting(Http404):
    """Part of an address that was to be a setting of the NCCI tables and is none."""

    def __init__(self, text: str):
        super().__init__(f"{text} is not a setting.")
        self.text = text


class Misread(NamedTuple):
    """The end of an address that somebody meant as a code: its characters, what is wrong with them."""

    text: str
    kept: str
    extra: str
    level: int
    sentence: str
    candidates: tuple[str, ...]


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404. On a path that ends like a code it takes the code apart and offers the ones probably meant.

    Below the list of releases a number is that of a release; below the edits the settings are told.
    """
    if request.path.startswith(reverse("releases")) and "_export" not in request.GET:
        return render(request, "404.html", {"is_release": True}, status=404)
    if request.path.startswith(EDITS) and not isinstance(exception, NotACode):
        return render(request, "404.html", {"edits": _about_edits(request, exception)}, status=404)
    last_part = request.path.rstrip("/").rpartition("/")[2]
    misread = misread_code(exception.text if isinstance(exception, NotACode) else last_part)
    context = {"misread": misread}
    if misread:
        index = snapshot.of(request).index
        found = [(code, index.entry(code)) for code in misread.candidates]
        context["meant"] = [
            (code, shorten(entry.long or entry.short, 80) if entry else "") for code, entry in found
        ]
    return render(request, "404.html", context, status=404)


def _about_edits(request: HttpRequest, exception: Exception | None) -> dict[str, object]:
    """The codes that the address names, and where its setting is none of ours the same page in each that is."""
    parts = request.path.removeprefix(EDITS).split("/")
    named = [code for part in parts if codes.is_code(code := codes.normalize(part))]
    if not isinstance(exception, NotASetting):
        return {"codes": named}
    match = request.resolver_match
    pages = [(each.label, reverse(match.view_name, kwargs=match.kwargs | {"setting": each})) for each in Setting]
    return {"codes": named, "setting": exception.text[:40], "pages": pages}


def misread_code(text: str) -> Misread | None:
    """What to say about the end of an address; None when it does not look like a try at a code."""
    text = codes.normalize(text)
    if not (2 <= len(text) < len(NUMBERS) and text.isalnum() and text.isascii() and any(map(str.isdigit, text))):
        return None
    parsed = codes.parse(text)
    candidates = tuple(code for code in (parsed.code, *parsed.candidates) if code and codes.is_code(code))
    if len(text) != CODE_LENGTH:
        sentence = f"HCPCS codes have five characters; this has {NUMBERS[len(text)]}."
    else:
        sentence = parsed.hint.sentence if parsed.hint else ""
    level = codes.level_of(candidates[0]) if candidates else None
    return Misread(text, text[:CODE_LENGTH], text[CODE_LENGTH:], int(level or 0), sentence, candidates)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page without data, so that it can be made when nothing else can. Its reference is in the log."""
    reference = secrets.token_hex(4)
    logger.error("The reader was shown error reference %s", reference, exc_info=True)
    return HttpResponseServerError(render_to_string("500.html", {"reference": reference}))
