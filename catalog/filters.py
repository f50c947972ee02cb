"""What a reader may narrow a table to. In the address ``f`` is for words and ``st`` for status."""

from __future__ import annotations

from datetime import date

import django_filters as filters
from django.db.models import QuerySet
from django.http import QueryDict

LONGEST_WORDS = 100
STATUSES = {"active": "In force", "ended": "Ended"}


class RecordFilter(filters.FilterSet):
    """Codes or modifiers, by words and by whether they may be used on ``day``.

    Of a longer text the first ``LONGEST_WORDS`` characters narrow the table. What cannot be read narrows nothing,
    the other choice still does; ``words``, ``status`` and ``sentence`` say what did.
    """

    f = filters.CharFilter(method="by_words")
    st = filters.ChoiceFilter(method="by_status", choices=[*STATUSES.items()])

    def __init__(self, data: QueryDict, queryset: QuerySet, day: date):
        super().__init__(data, queryset)
        self.day = day

    def by_words(self, queryset: QuerySet, name: str, text: str) -> QuerySet:
        return queryset.matching(self.words)

    def by_status(self, queryset: QuerySet, name: str, status: str) -> QuerySet:
        return queryset.effective_on(self.day) if status == "active" else queryset.ended_before(self.day)

    @property
    def words(self) -> str:
        return self._read("f")[:LONGEST_WORDS]

    @property
    def status(self) -> str:
        return self._read("st")

    def _read(self, name: str) -> str:
        """What was asked for; empty for nothing, and for what cannot be read."""
        return "" if name in self.form.errors else self.form.cleaned_data[name]

    @property
    def is_narrowing(self) -> bool:
        return bool(self.words or self.status)

    @property
    def sentence(self) -> str:
        """What the table was narrowed to, for the head of an export."""
        parts = [f"words “{self.words}”"] if self.words else []
        if self.status:
            parts.append(f"{STATUSES[self.status].lower()} on {self.day.isoformat()}")
        return f"Filter: {'; '.join(parts) or 'none'}"
