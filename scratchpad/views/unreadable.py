"""What could not be read on a line, in the few words that stand beside its field."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from catalog.codes import Status
from catalog.views.errors import CODE_LENGTH, NUMBERS
from scratchpad.claim import ClaimLine, Fault
from scratchpad.phrases import listed


class Unread(NamedTuple):
    """A field of a line: which, what is wrong with it, and what would do. ``element`` is the id of its input."""

    line: int
    field: str
    wrong: str
    advice: str = ""

    @property
    def element(self) -> str:
        return f"{INPUTS[self.field]}{self.line}"

    @property
    def summary(self) -> str:
        words = f"{self.wrong[:1].lower()}{self.wrong[1:]}"
        return f"Line {self.line}: {words}" + (f". {self.advice}" if self.advice else "")


INPUTS = {"code": "c", "units": "u", "from": "d", "provider": "p"}
_WITH_MODIFIERS = re.compile(r"([0-9A-Z]{1,9})([- ,]+[0-9A-Z]{2})*")
_NO_CODE = {
    Status.MODIFIER_ONLY: ("A modifier, not a code", "It stands behind a code"),
    Status.MULTIPLE_CODES: ("More than one code", "Put each on a line of its own, or paste them all"),
    Status.RANGE_NOT_CODE: ("A range, not a code", "One code on a line"),
}


def unread(
    lines: Iterable[ClaimLine], left_blank: Mapping[int, Container[str]] = MappingProxyType({})
) -> list[Unread]:
    """``left_blank`` are fields, by the number of the line, in whose cells nothing was typed: what is wrong with
    them stands in the cell of the code."""
    found = (each for line in lines for each in _of(line))
    return [each._replace(field="code") if each.field in left_blank.get(each.line, ()) else each for each in found]


def _of(line: ClaimLine) -> Iterator[Unread]:
    if not line.code:
        yield _code(line)
    if line.dropped:
        left_out = f"Modifier{'s' * (len(line.dropped) > 1)} {listed(line.dropped)} left out"
        yield Unread(line.number, "code", left_out, "Only the first four of a line are kept")
    if line.units is None:
        yield Unread(line.number, "units", "Units must be a whole number from 1")
    if line.first_day is None:
        yield Unread(line.number, "from", "Not a date, nor a first and a last one", "Dates are like 2026-07-15")
    if Fault.PROVIDER in line.faults:
        became = f"Provider became {line.provider}" if line.provider else "Provider left out"
        yield Unread(line.number, "provider", became, "A letter from A to Z tells one from another")
    if Fault.LENGTH in line.faults:
        yield Unread(line.number, "code", "Too long", "The end of it was left out")


def _code(line: ClaimLine) -> Unread:
    parsed = line.parsed
    if parsed.status in _NO_CODE:
        return Unread(line.number, "code", *_NO_CODE[parsed.status])
    if not parsed.text:
        return Unread(line.number, "code", "No code")
    if (meant := _WITH_MODIFIERS.fullmatch(parsed.text)) and len(meant[1]) != CODE_LENGTH:
        return Unread(line.number, "code", f"{NUMBERS[len(meant[1])].capitalize()} characters", "Codes have five")
    return Unread(line.number, "code", "Not a code", parsed.hint.sentence if parsed.hint else "")
