"""The practice items as their files hold them, and what they name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from catalog import codes

STARTER = Path(codes.__file__).parent / "starter"
FILES = sorted(STARTER.glob("items-*.toml"))
ITEMS = [item for file in FILES for item in tomllib.loads(file.read_text(encoding="utf-8"))["item"]]

_LETTER_FIRST = re.compile(r"(?<![0-9A-Z])[A-Z][0-9]{4}(?![0-9A-Z])")


def slug(item: dict) -> str:
    return item["slug"]


def choices(item: dict) -> list[str]:
    return [item["right"], *item["wrong"]]


def texts(item: dict) -> Iterator[str]:
    """Every text that a learner reads."""
    yield from (item["prompt"], *choices(item), item["rationale"], item["link_label"], item["source"])
    yield from (text for fact in item.get("given", []) for text in fact)


def deliberately_invalid(item: dict) -> set[str]:
    return set(item.get("invalid_codes", "").split())


def letter_first_codes(item: dict) -> set[str]:
    """Every text in the form of a letter and four digits, wherever it stands in an item."""
    everywhere = " ".join((*texts(item), item.get("code", ""), *item.get("claim", []), item["link"]))
    return set(_LETTER_FIRST.findall(everywhere))
