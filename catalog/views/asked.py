"""A question put to the lookup: read from the query string, and written back into addresses."""

from __future__ import annotations

from collections.abc import Container
from functools import cache
from typing import NamedTuple
from urllib.parse import quote, quote_plus, urlencode

from django.http import QueryDict
from django.urls import reverse

from catalog import codes

LONGEST_TEXT = 1_000
"""In characters, as in the boxes: some hundred and fifty pasted codes."""


class Asked(NamedTuple):
    """What was typed, and the filters. ``page`` 0 is the short list of best matches, 1 and up the whole list."""

    text: str = ""
    level: int | None = None
    letter: str = ""
    section: str = ""
    ended: bool = False
    page: int = 0

    @classmethod
    def from_query(cls, query: QueryDict, sections: Container[str]) -> Asked:
        """Read the query string; what makes no sense counts as not asked, as does a slug not in ``sections``."""
        level, letter, page = query.get("level", ""), query.get("letter", "").upper(), query.get("page", "")
        section = query.get("section", "")
        return cls(
            text=" ".join(query.get("q", "").replace("\0", "").split())[:LONGEST_TEXT],
            level=int(level) if level in {"1", "2"} else None,
            letter=letter if len(letter) == 1 and codes.level_of(f"{letter}0000") == codes.Level.TWO else "",
            section=section if section in sections else "",
            ended=query.get("status") == "all",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 0,
        )

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, as they stand in the query string."""
        chosen = {
            "level": self.level,
            "letter": self.letter,
            "section": self.section,
            "status": self.ended and "all",
        }
        return {name: str(value) for name, value in chosen.items() if value}

    @property
    def key(self) -> str:
        """The plainest query string of the question, quoted as htmx does; empty for the home page."""
        query = ({"q": self.text} | self.filters | {"page": self.page or ""}) if self.text else {}
        return urlencode({name: value for name, value in query.items() if value}, quote_via=quote)

    def url(self, **changes: object) -> str:
        """The address of the same question with some of it changed; a change always leaves the page."""
        asked = self._replace(**{"page": 0} | changes)
        rest = asked.filters | ({"page": asked.page} if asked.page else {})
        return f"{_lookup()}?q={quote_plus(asked.text)}" + (f"&{urlencode(rest)}" if rest else "")


def url_for(text: str) -> str:
    """The address of the lookup of a text."""
    return Asked(text).url()


@cache
def _lookup() -> str:
    return reverse("lookup")
