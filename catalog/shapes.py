"""The shapes of codes and modifiers, what each shape says, and the number line each code lies on.

Shapes, after the CMS HCPCS record layout (2019) and the AMA's CPT code sets::

    99213              CPT Category I        five digits
    0500F 0042T 0001U  CPT II, III, PLA      four digits and a letter, each letter a series of its own
    0002M 0001A        CPT MAAA, vaccine administration (ended 2023)
    J1885              Level II              a letter and four digits; D is dental, W to Z were local codes
    25 LT E1 1P        modifiers             two characters, only the Category II ones start with a digit

``0001U`` and ``U0001`` are different codes. A shape says nothing about existence; that is for the loaded
release to answer. Everybody outside imports these names from ``catalog.codes``.
"""

from __future__ import annotations

import enum
import re


class Level(enum.IntEnum):
    ONE = 1
    TWO = 2
    THREE = 3

    @property
    def label(self) -> str:
        return f"Level {'I' * self}"


class Kind(enum.StrEnum):
    """What the shape of a code says it is."""

    level: Level
    label: str

    def __new__(cls, value: str, level: Level, label: str) -> Kind:
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.level = level
        kind.label = label
        return kind

    CPT_I = "cpt_i", Level.ONE, "CPT Category I"
    CPT_II = "cpt_ii", Level.ONE, "CPT Category II"
    CPT_III = "cpt_iii", Level.ONE, "CPT Category III"
    PLA = "pla", Level.ONE, "CPT proprietary laboratory analysis (PLA)"
    MAAA = "maaa", Level.ONE, "CPT administrative multianalyte assay (MAAA)"
    VACCINE_ADMIN = "vaccine_admin", Level.ONE, "CPT COVID-19 vaccine administration (ended 2023)"
    LEVEL_II = "level_ii", Level.TWO, "HCPCS Level II"
    DENTAL = "dental", Level.TWO, "Dental (CDT)"
    LOCAL = "local", Level.THREE, "Local code (ended 2003)"


CODE = r"(?:[0-9]{4}[0-9FTUMA]|[A-EGHJ-MP-Z][0-9]{4})"
MODIFIER = r"(?:[0-9]{2}|[A-Z][A-Z0-9]|[1238]P)"
_CODE = re.compile(CODE)
_MODIFIER = re.compile(MODIFIER)
_KIND_BY_LAST = {"F": Kind.CPT_II, "T": Kind.CPT_III, "U": Kind.PLA, "M": Kind.MAAA, "A": Kind.VACCINE_ADMIN}
_KIND_BY_FIRST = {"D": Kind.DENTAL, "W": Kind.LOCAL, "X": Kind.LOCAL, "Y": Kind.LOCAL, "Z": Kind.LOCAL}

# In this order, because islands of the number line belong elsewhere; book order is not number order.
_CATEGORY_ONE = (
    (98000, 98016, "evaluation-and-management"),
    (99201, 99499, "evaluation-and-management"),
    (99100, 99140, "anesthesia"),
    (100, 1999, "anesthesia"),
    (10000, 69999, "surgery"),
    (70000, 79999, "radiology"),
    (80000, 89999, "pathology-and-laboratory"),
    (90000, 99999, "medicine"),
)


def kind_of(code: str) -> Kind | None:
    """The kind an upper-case five-character code has by its shape; None when it is no code's shape."""
    if not _CODE.fullmatch(code):
        return None
    if code[0].isdigit():
        return _KIND_BY_LAST.get(code[4], Kind.CPT_I)
    return _KIND_BY_FIRST.get(code[0], Kind.LEVEL_II)


def level_of(code: str) -> Level | None:
    kind = kind_of(code)
    return kind.level if kind else None


def is_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def is_modifier(text: str) -> bool:
    return _MODIFIER.fullmatch(text) is not None


def place(code: str) -> tuple[str, int]:
    """The number line a code lies on and its place there: ``series`` and ``number`` at once."""
    if not is_code(code):
        raise ValueError(f"not a code: {code!r}")
    if code[0].isalpha():
        return code[0], int(code[1:])
    if code[4].isalpha():
        return f"#{code[4]}", int(code[:4])
    return "", int(code)


def series(code: str) -> str:
    """The number line a code lies on: ``""`` for five digits, ``"J"`` for J1885, ``"#U"`` for 0001U.

    The ``#`` keeps 0001U and U0001 apart. ValueError when the text is not a code.
    """
    return place(code)[0]


def number(code: str) -> int:
    """A code's place on its number line: 1885 for J1885, 1 for 0001U. ValueError when the text is not a code."""
    return place(code)[1]


def contains(low: str, high: str, code: str) -> bool:
    """Whether a code lies from ``low`` to ``high``, ends included, all three on the same number line."""
    if not (is_code(low) and is_code(high) and is_code(code)):
        return False
    return series(low) == series(high) == series(code) and number(low) <= number(code) <= number(high)


def cpt_category_one_section(code: str) -> str | None:
    """The CPT section, by number, of a five-digit code; None for other codes and for unassigned numbers."""
    if kind_of(code) is not Kind.CPT_I:
        return None
    return next((section for low, high, section in _CATEGORY_ONE if low <= int(code) <= high), None)
