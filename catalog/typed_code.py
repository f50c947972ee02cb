"""What of a typed text is taken apart: a code, the beginning of one, a modifier, or nothing (pure)."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalog import codes, typed_units
from catalog.codes import Hint

LENGTH = 5
"""Characters of a code."""


class Stage(enum.StrEnum):
    NOTHING = "nothing"
    BEGINNING = "beginning"
    CODE = "code"
    MODIFIER = "modifier"
    NO_CODE = "no_code"


@dataclass(frozen=True, slots=True)
class Reading:
    """``taken`` is what is taken apart: a code, the beginning of one or a modifier; empty for the other stages.

    ``typed`` is the text as somebody typed it, but for the blanks around it and the units behind it.
    """

    stage: Stage
    parsed: codes.Parsed
    typed: str
    taken: str = ""
    modifiers: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Further codes that the text names, each once, which wait their turn."""
    units: str = ""
    """Units typed behind the code that is taken."""

    @property
    def span(self) -> tuple[str, str] | None:
        """The first and the last five-character number the text may become, digits for all that is to come."""
        if self.stage is not Stage.BEGINNING and not (self.stage is Stage.MODIFIER and self.taken.isdigit()):
            return None
        return self.taken.ljust(LENGTH, "0"), self.taken.ljust(LENGTH, "9")

    @property
    def twin(self) -> str:
        """The same characters with the letter at the other end, a code or not; empty without a letter."""
        if self.stage is not Stage.CODE or self.taken.isdigit():
            return ""
        if self.taken[-1].isalpha():
            return self.taken[-1] + self.taken[:-1]
        return self.taken[1:] + self.taken[0]


_BEGINNING = re.compile(r"[A-EGHJ-MP-Z][0-9]{0,3}|[0-9]{1,4}")
# Advice about what stands around a code: the code itself can be taken apart.
_BESIDE_A_CODE = {
    *(Hint.MODIFIER_TOO_SHORT, Hint.NOT_A_MODIFIER, Hint.MODIFIER_AFTER_DOT, Hint.MODIFIER_BEFORE_CODE),
    *(Hint.UNITS_SEPARATE, Hint.CODE_AMONG_WORDS, Hint.SPREADSHEET_NUMBER),
}


def read(text: str) -> Reading:
    """What of a text somebody typed is taken apart. Never raises, however long or odd the text is."""
    bare, units = typed_units.read(text[: codes.MAX_LENGTH + 1])
    parsed, typed = codes.parse(bare), bare.strip()
    if not parsed.text:
        return Reading(Stage.NO_CODE if parsed.hint else Stage.NOTHING, parsed, typed)
    named: dict[str, codes.Parsed] = {}
    for part in _named(parsed):
        named.setdefault(part.code, part)
    if named:
        first, *others = named.values()
        waiting = tuple(part.canonical for part in others)
        return Reading(Stage.CODE, parsed, typed, first.code, first.modifiers, waiting, units.get(0, ""))
    if parsed.modifier and (parsed.modifier.isdigit() or not _BEGINNING.fullmatch(parsed.modifier)):
        return Reading(Stage.MODIFIER, parsed, typed, parsed.modifier)
    glued = re.sub("[ -]", "", parsed.text)
    if _BEGINNING.fullmatch(glued):
        return Reading(Stage.BEGINNING, parsed, typed, glued)
    return Reading(Stage.NO_CODE, parsed, typed)


def _named(parsed: codes.Parsed) -> Iterable[codes.Parsed]:
    """Every code that a text names, in order; of a range its ends."""
    if parsed.code:
        yield parsed
    elif parsed.range:
        yield from map(codes.parse, parsed.range)
    elif parsed.codes:
        for part in parsed.codes:
            yield from _named(part)
    elif parsed.hint in _BESIDE_A_CODE:
        for candidate in parsed.candidates:
            yield from _named(codes.parse(candidate))
