"""The lookup, which is also the home page; the choice of theme; the help page."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from catalog import codemap, codes, snapshot
from catalog.charts import bar_widths
from catalog.models import Change, Release
from catalog.snapshot import Snapshot, stamped
from catalog.views import answers
from catalog.views.asked import Asked

LONGEST_KEPT = 80
"""Answers to longer query strings are not kept: nobody else will ask for them."""

EXAMPLES = (
    ("J1885", "a code"),
    ("J18", "how codes begin"),
    ("wheelchair brake", "words"),
    ("J1885-JW", "a code with modifiers"),
    ("45378 45385", "two codes, checked as a pair"),
    ("99213, J1885, E0143", "several codes"),
    ("E0950-E1298", "a range"),
)
SLOT = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in the page around the results where something has yet to be put."""

BAR_WIDTH = 150
THEME_KEPT = 365 * 24 * 60 * 60  # seconds


@require_safe
@stamped
def lookup(request: HttpRequest) -> HttpResponse:
    """The page, or only its results when htmx asks for them; Enter on an exact code opens it."""
    shown, query = snapshot.of(request), request.META.get("QUERY_STRING", "")
    if "go=" in query and "go" in request.GET:
        asked = Asked.from_query(request.GET, shown.tree.sections)
        return HttpResponseRedirect(_exact_url(asked.text) or asked.url())
    results = shown.fragments.get(query)  # before the query string is read: most are asked in their plainest form
    if results is None:
        results = _results(shown, Asked.from_query(request.GET, shown.tree.sections))
    if request.htmx.target == "results":
        return HttpResponse(results)
    asked = Asked.from_query(request.GET, shown.tree.sections)
    before_title, before_text, before_results, after = _frame(request, shown, asked)
    text = escape(asked.text).encode()
    title = text or b"Look up a code"
    return HttpResponse(b"".join((before_title, title, before_text, text, before_results, results, after)))


def _frame(request: HttpRequest, shown: Snapshot, asked: Asked) -> list[bytes]:
    """The page around the results: what comes before its title, before the text in the box, before and after them.

    It is the same for every text, so it is rendered once and kept with the snapshot.
    """
    key = ("frame", snapshot.theme_of(request), *asked.filters.items())
    frame = shown.fragments.get(key)
    if frame is None:
        context = {"here": "lookup", "title": SLOT, "asked": asked._replace(text=SLOT), "results": SLOT}
        frame = render_to_string("catalog/lookup.html", context, request).encode()
        shown.fragments.put(key, frame)
    return frame.split(SLOT.encode())


def _exact_url(text: str) -> str | None:
    """Where a text that is exactly one code lives. A code we had to guess at is not opened unasked."""
    parsed = codes.parse(text)
    if parsed.status in (codes.Status.OK, codes.Status.NORMALIZED):
        return reverse("code", args=[parsed.code])
    return None


def _results(shown: Snapshot, asked: Asked) -> bytes:
    """The results, kept under the plainest query string only: any number of others may ask the same."""
    key = asked.key
    results = shown.fragments.get(key)
    if results is None:
        results = _rendered(shown, asked).encode()
        if len(key) <= LONGEST_KEPT:
            shown.fragments.put(key, results)
    return results


def _rendered(shown: Snapshot, asked: Asked) -> str:
    if not asked.text:
        return _home(shown)
    context = {"asked": asked, "answer": answers.answer(shown, asked), "loaded": shown}
    return render_to_string("catalog/_results.html", context)


def _home(shown: Snapshot) -> str:
    context = {
        "map": codemap.draw(shown.tree),
        "release": shown.release,
        "news": _news(shown),
        "examples": EXAMPLES,
    }
    return render_to_string("catalog/_home.html", context)


class News(NamedTuple):
    """What the loaded release changed: label, how many and the width of a bar, for each kind of change."""

    bars: list[tuple[str, int, float]]
    since: Release | None
    """The release it is compared with. None when none before it is loaded: then the file's own dates tell."""


def _news(shown: Snapshot) -> News | None:
    if shown.release is None or shown.is_starter:
        return None
    tally = shown.release.changes.tally()
    against = shown.release.changes.against()
    if against is None:
        quarter = (shown.release.first_day, shown.release.last_day)
        tally[Change.Kind.ADDED] = shown.release.codes.filter(added_date__range=quarter).count()
        # The last day it may be used is the day before it is gone.
        last_days = [day - timedelta(days=1) for day in quarter]
        tally[Change.Kind.ENDED] = shown.release.codes.filter(termination_date__range=last_days).count()
    kinds = [kind for kind in Change.Kind if tally[kind]]
    widths = bar_widths([tally[kind] for kind in kinds], BAR_WIDTH)
    bars = [(kind.label, tally[kind], width) for kind, width in zip(kinds, widths, strict=True)]
    return News(bars, against) if bars else None


# No token: the worst a forged request can do is change a color, and pages without a token can be cached.
@csrf_exempt
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark, or follow the system again, and go back to the page it was chosen on.

    A page whose address no request may carry as ``Referer`` sends it in the body, as ``next``.
    """
    came_from = request.POST.get("next") or request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    response = redirect(came_from if is_ours and came_from else "lookup")
    chosen = request.POST.get("theme")
    if chosen in snapshot.THEMES:
        response.set_cookie(
            "theme", chosen, max_age=THEME_KEPT, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@require_safe
@stamped
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/help.html", {"here": "help"})
