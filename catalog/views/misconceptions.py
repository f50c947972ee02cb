"""The register of what people wrongly believe or print about codes and edits, in the order the editors give it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.models import Misconception
from catalog.snapshot import stamped


@require_safe
@stamped
def misconceptions(request: HttpRequest) -> HttpResponse:
    """All of them on one page; each has its slug as anchor."""
    context = {"here": "levels", "misconceptions": Misconception.objects.all()}
    return render(request, "catalog/misconceptions.html", context)
