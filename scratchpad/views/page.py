"""The page of the scratchpad."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.snapshot import stamped


@require_safe
@stamped
def scratchpad(request: HttpRequest) -> HttpResponse:
    return render(request, "scratchpad/scratchpad.html", {"here": "scratchpad"})
