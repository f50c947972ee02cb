"""A claim as somebody typed it (pure): its setting, its date of service and its lines.

One claim is of one patient. It holds nothing else of them: no names, no numbers, no birth dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from catalog.codes import Parsed

PRACTITIONER = "practitioner"
OUTPATIENT_HOSPITAL = "outpatient_hospital"
DME_SUPPLIER = "dme_supplier"
SETTINGS = (PRACTITIONER, OUTPATIENT_HOSPITAL, DME_SUPPLIER)

MAX_LINES = 100


class Fault(StrEnum):
    """What was typed on a line and could not be kept."""

    PROVIDER = "provider"  # more than a letter: it may be a name or a number of somebody
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One line. What could not be read keeps its text, so that nothing typed is lost.

    ``number`` counts from 1. ``parsed`` is what the code cell means; ``modifiers`` those typed with the code, then
    those of the cells, in upper case. ``units`` is None where ``units_text`` is no whole number from 1.
    ``first_day`` and ``last_day`` are the dates of service, both None where ``date_text`` is no date; an empty
    ``date_text`` is the date of the claim. ``provider`` tells the lines of one from those of another: a letter,
    never a name.
    """

    number: int
    parsed: Parsed
    first_day: date | None
    last_day: date | None
    modifiers: tuple[str, ...] = ()
    units: int | None = 1
    units_text: str = "1"
    date_text: str = ""
    provider: str = ""
    dropped: tuple[str, ...] = ()
    """Modifiers after the fourth."""
    faults: tuple[Fault, ...] = field(default=(), compare=False)

    @property
    def code(self) -> str:
        """Its five characters; empty where no code could be read."""
        return self.parsed.code or ""

    @property
    def is_readable(self) -> bool:
        """Whether the line can be checked: it has a code, units and a date."""
        return bool(self.parsed.code) and self.units is not None and self.first_day is not None

    @property
    def days(self) -> int:
        """How many days it spans; 1 for most."""
        return (self.last_day - self.first_day).days + 1

    def meets(self, other: ClaimLine) -> bool:
        """Whether both lines have a date of service in common."""
        return self.first_day <= other.last_day and other.first_day <= self.last_day


@dataclass(frozen=True, slots=True)
class Claim:
    """``lines`` in the order of the page. ``setting`` is one of ``SETTINGS``."""

    setting: str
    date_of_service: date
    lines: tuple[ClaimLine, ...] = ()

    @property
    def readable(self) -> tuple[ClaimLine, ...]:
        """The lines that can be checked."""
        return tuple(line for line in self.lines if line.is_readable)

    def line(self, number: int) -> ClaimLine:
        return self.lines[number - 1]

    def pairs(self) -> Iterator[tuple[ClaimLine, ClaimLine]]:
        """Every two readable lines, the one that stands first before the other."""
        lines = self.readable
        return ((one, two) for at, one in enumerate(lines) for two in lines[at + 1 :])

    def in_setting(self, setting: str) -> Claim:
        """The same lines, reported in another setting."""
        return replace(self, setting=setting)
