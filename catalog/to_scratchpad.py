"""The way to the scratchpad: its address with lines on it, and what somebody typed as a line.

The catalog knows of the scratchpad no more than the name of its page and the form of a line,
``CODE[-MM…][xUNITS]``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from django.urls import reverse

from catalog.codes import Parsed
from catalog.query_string import readable


def address(lines: Iterable[str], *, setting: str = "", day: date | None = None) -> str:
    """The scratchpad with these lines on it; the setting and the day are those of the page unless given."""
    named = [("setting", setting), ("date", day.isoformat() if day else ""), *(("line", line) for line in lines)]
    query = readable((name, value) for name, value in named if value)
    return f"{_page()}?{query}" if query else _page()


@cache
def _page() -> str:
    return reverse("scratchpad")


def claim_line(part: Parsed, units: str = "") -> str:
    """One part of a typed text as a line of a claim, every modifier kept; what is no code stays as it was."""
    if not part.code:
        return part.canonical
    return "-".join((part.code, *part.modifiers, *part.dropped)) + (f"x{units}" if units else "")
