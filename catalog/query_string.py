"""Query strings that people read, share and correct by hand (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote_plus

_PLAIN = "@~:,/?*()!"
"""Characters that need no escape inside a value, those of a claim's lines among them (RFC 3986, section 3.4)."""


def readable(fields: Iterable[tuple[str, str]]) -> str:
    """The fields, in their order, with no more escapes than they need."""
    return "&".join(f"{name}={quote_plus(value, safe=_PLAIN)}" for name, value in fields)
