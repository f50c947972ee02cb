"""The quiz: rounds of the editors' practice items. The round is its address; nothing is kept of who answers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.models import PracticeItem


@require_safe
@never_cache
def quiz(request: HttpRequest) -> HttpResponse:
    context = {"here": "quiz", "number": PracticeItem.objects.filter(is_published=True).count()}
    return render(request, "catalog/quiz.html", context)
