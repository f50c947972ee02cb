"""What the drill knows of a code, and what it says: which form it has, and whether it is on file (pure).

The form of a number says nothing about whether it exists. So a Level II code is quoted from the loaded file, with
CMS's own short descriptor; of a Level I number there is only to say whether the NCCI tables name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from catalog import codes
from catalog.codes import Kind, Level

MISREAD = {"0": "O", "1": "IL", "2": "Z", "5": "S", "8": "B"}
"""Digits, and the letters they are taken for. None of these letters may stand last in a code, O and I nowhere."""


class Filed(NamedTuple):
    """A code on file: CMS's short descriptor, and why it is not in force; empty for one that is."""

    short: str
    status: str = ""


@dataclass(frozen=True, eq=False)
class Material:
    """What there is to ask about. With nothing loaded, all of it is made by the grammar."""

    on_file: Mapping[str, Filed] = field(default_factory=dict)
    """Level II codes of the loaded release."""
    named: frozenset[str] = frozenset()
    """Codes that the loaded NCCI tables name, of both levels."""
    modifiers: tuple[str, ...] = ()
    file: str = ""
    """What the loaded release is called, such as "the October 2025 file"; empty when ``on_file`` is."""

    def knows(self, code: str) -> bool:
        return code in self.on_file or code in self.named

    def has_in_force(self, code: str) -> bool:
        """Whether somebody keeps the code now: of Level I those that the tables name, but for an ended series."""
        if filed := self.on_file.get(code):
            return not filed.status
        kind = codes.kind_of(code)
        return code in self.named and kind.level is Level.ONE and kind is not Kind.VACCINE_ADMIN


def twin(code: str) -> str:
    """The same five characters with the letter at the other end; for a code with a letter."""
    return code[1:] + code[0] if code[0].isalpha() else code[-1] + code[:-1]


def about(material: Material, text: str) -> str:
    """Which form five characters have, and what is known of them; for what is no code, why not."""
    kind = codes.kind_of(text)
    if kind is None:
        return f"{text} is no code: {_why_not(text)}."
    return f"{text} {_form(text, kind)}. {_standing(material, text, kind)}".rstrip()


def _form(code: str, kind: Kind) -> str:
    match kind:
        case Kind.CPT_I:
            return f"has five digits: {kind.label}, Level I"
        case Kind.LEVEL_II:
            return "has its letter first: Level II"
        case Kind.DENTAL:
            return "starts with D: a dental code (CDT), kept by the American Dental Association"
        case Kind.LOCAL:
            return f"starts with {code[0]}, as local codes did: Level III, which ended in 2003"
    return f"has its letter last: four digits and a final {code[-1]} make it {kind.label}, Level I"


def _standing(material: Material, code: str, kind: Kind) -> str:
    if filed := material.on_file.get(code):
        has_it = f"{material.file[0].upper()}{material.file[1:]} has it: “{filed.short}”."
        return f"{has_it} {filed.status}." if filed.status else has_it
    if kind in (Kind.DENTAL, Kind.LOCAL):
        return ""
    if kind is Kind.LEVEL_II and material.file:
        also = ", but the loaded NCCI tables name it" if code in material.named else ""
        return f"It is not in {material.file}{also}."
    if code in material.named:
        return "The loaded NCCI tables name it."
    return "That is its form; whether it exists is not known here."


def _why_not(text: str) -> str:
    if text[0].isalpha():
        return f"no code starts with {text[0]}"
    return "after four digits a code ends in a fifth digit or in F, T, U, M or A"


def how_misread(code: str, wrong: str) -> str:
    """Which letter stands in a text where the code has a digit: ``A0O21 has the letter O for 0``."""
    digit, letter = next((one, other) for one, other in zip(code, wrong, strict=True) if one != other)
    return f"{wrong} has the letter {letter} for {digit}"
