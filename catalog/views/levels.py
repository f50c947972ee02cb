"""What separates Level I from Level II: the page of comparisons with the dissector, and the path of decisions.

The texts are the editors' and are read for every page, so that what they save shows at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog import snapshot
from catalog.code_forms import FORMS
from catalog.models import ComparisonRow, Misconception, Statement
from catalog.models.training import Sourced
from catalog.typed_code import Stage
from catalog.views import decisions, dissected

HEARD_ON_THE_PAGE = 8
"""Misconceptions shown on the page; the register has them all."""

DIFFERENCES_AT_FIRST = 6
"""Rows of the comparison that need no opening: the live tool below them is to be in sight."""


@require_safe
@vary_on_headers("HX-Target", "Cookie")
@cache_control(no_cache=True)
def levels(request: HttpRequest) -> HttpResponse:
    """The page, or only the code taken apart when htmx asks for it."""
    shown = snapshot.of(request)
    text = request.GET.get("code", "")
    dissection = dissected.of(shown, text)
    tried = {
        "here": "levels",
        "text": text,
        "dissection": dissection,
        "tries": dissected.examples(shown) if dissection.stage is Stage.NOTHING else (),
    }
    if request.htmx.target == "tried":
        return render(request, "catalog/_tried.html", tried)
    differences = list(ComparisonRow.objects.all())
    statements = list(Statement.objects.all())
    heard = list(Misconception.objects.filter(on_slide=True)[:HEARD_ON_THE_PAGE])
    path = decisions.drawn()
    page = {
        "rows": differences[:DIFFERENCES_AT_FIRST],
        "more_rows": differences[DIFFERENCES_AT_FIRST:],
        "differences": len(differences),
        "forms": FORMS,
        "path": path,
        "topics": _by_topic(statements),
        "misconceptions": heard,
        "last_edited": _newest(differences, statements, heard, decisions.steps_of(path)),
    }
    return render(request, "catalog/levels.html", tried | page)


def _by_topic(statements) -> list[tuple[str, list[Statement]]]:
    """The statements by topic, topics in the order of the model; those without any are left out."""
    order = list(Statement.Topic)
    ordered = sorted(statements, key=lambda statement: order.index(statement.topic))
    grouped = groupby(ordered, key=attrgetter("topic"))
    return [(Statement.Topic(topic).label, list(group)) for topic, group in grouped]


def _newest(*texts: Iterable[Sourced]) -> datetime | None:
    """When the last of the texts was edited."""
    return max((text.updated_at for text in chain(*texts)), default=None)


@require_safe
@vary_on_headers("Cookie")
@cache_control(no_cache=True)
def which_set(request: HttpRequest) -> HttpResponse:
    """The path of decisions one step at a time; the choices made so far are in the address."""
    walk = decisions.walk(request.GET.getlist("a"))
    return render(request, "catalog/which_set.html", {"here": "levels", "walk": walk})
