"""Units somebody typed behind codes (pure): ``97597-59 x12``, ``J1885 × 2``, ``45385*3``, ``J1885 10 units``.

They are a claim's business and no part of a code, so they are taken off before ``catalog.codes`` reads the text.
An X and digits are units right behind a code or a blank; behind a dash they are a modifier (``J1885-X2``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from catalog import codes

_FIVE = r"(?<![0-9A-Z])[0-9A-Z][0-9OI]{3}[0-9A-Z]"
_MODIFIERS = r"(?:[ -]*[0-9A-Z]{2}){0,8}?"
_UNITS = (
    r"[X*×]",
    r",? *(?<=[ ,])X ?",
    r",? *[*×] ?",
    r",? *(?<=[ ,])(?:QTY|QUANTITY|UNITS?)[:=]? ?",
)
_BILLED = re.compile(
    rf"(?P<billed>(?P<code>{_FIVE}){_MODIFIERS})"
    rf"(?:(?:{'|'.join(_UNITS)})(?P<units>[0-9]{{1,4}})|,? +(?P<counted>[0-9]{{1,4}}) ?UNITS?)"
    r"(?![0-9A-Z%]|[.,][0-9]{3}(?![0-9])|\.[0-9])",
    re.IGNORECASE,
)
_CODE = re.compile(_FIVE, re.IGNORECASE)
_TO_DIGITS = str.maketrans("OI", "01")


class Typed(NamedTuple):
    """A text without its units, and these by the number, from 0, of the part ``codes.parse`` finds in it."""

    text: str
    units: dict[int, str]


def read(text: str) -> Typed:
    """The text and its units apart. A text that names no code without them stays as it is: it may be a search."""
    bare = _BILLED.sub(lambda found: found["billed"], text)
    if bare == text:
        return Typed(text, {})
    parsed = codes.parse(bare)
    if not (parsed.code or parsed.codes):
        return Typed(text, {})
    return Typed(bare, dict(_of_parts(parsed.codes or (parsed,), dict(_billed(text)))))


def _billed(text: str) -> Iterator[tuple[tuple[str, int], str]]:
    """The units in a text by their code and how many times that code stood before."""
    starts = [(found.start(), _repaired(found[0])) for found in _CODE.finditer(text)]
    for found in _BILLED.finditer(text):
        code = _repaired(found["code"])
        before = sum(start < found.start() and other == code for start, other in starts)
        yield (code, before), (found["units"] or found["counted"])


def _of_parts(parts: tuple[codes.Parsed, ...], billed: dict[tuple[str, int], str]) -> Iterator[tuple[int, str]]:
    seen: list[str] = []
    for number, part in enumerate(parts):
        if part.code and (units := billed.get((part.code, seen.count(part.code)))):
            yield number, units
        seen.extend(part.range or (part.code or "",))


def _repaired(five: str) -> str:
    """As ``codes`` reads it: capitals, and O and I as digits."""
    return five.upper().translate(_TO_DIGITS)
