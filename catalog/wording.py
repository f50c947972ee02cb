"""How values and dates read, and what changed in a record: fields by name, wordings word by word (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Literal, NamedTuple


class Piece(NamedTuple):
    """A run of words that stayed, were removed or were added. Pieces join to the wording with single blanks."""

    kind: Literal["same", "removed", "added"]
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """The pieces of both wordings in reading order, what was removed before what was added in its place.

    >>> compare("Ketorolac, per 15 mg", "Ketorolac, each 15 mg")  # doctest: +NORMALIZE_WHITESPACE
    [Piece(kind='same', text='Ketorolac,'), Piece(kind='removed', text='per'),
     Piece(kind='added', text='each'), Piece(kind='same', text='15 mg')]
    """
    old, new = before.split(), after.split()
    pieces = []
    # Words that differ only in case or punctuation at their ends still count as changed: they read differently.
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", " ".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece("removed", " ".join(old[a:b])))
        if d > c:
            pieces.append(Piece("added", " ".join(new[c:d])))
    return pieces


def excerpt(pieces: list[Piece], around: int) -> list[Piece]:
    """The same pieces with long unchanged runs cut to ``around`` words beside each change."""
    shown = []
    for at, piece in enumerate(pieces):
        words = piece.text.split()
        keep = around * 2 if 0 < at < len(pieces) - 1 else around
        if piece.kind != "same" or len(words) <= keep:
            shown.append(piece)
            continue
        head = words[:around] if at else []
        tail = words[-around:] if at < len(pieces) - 1 else []
        shown.append(Piece("same", " ".join([*head, "…", *tail])))
    return shown


def us_date(day: date) -> str:
    """``Nov 14, 2025``."""
    return f"{day:%b} {day.day}, {day.year}"


def shorten(text: str, limit: int = 200) -> str:
    """The text, or its first ``limit`` characters up to a whole word and an ellipsis."""
    if len(text) <= limit:
        return text
    return re.sub(r"[\s,;:.]*\S*$", "", text[:limit]) + "…"


class FieldChange(NamedTuple):
    """One field that changed. For a descriptor ``pieces`` compares both wordings; else it is empty."""

    label: str
    before: str
    after: str
    pieces: tuple[Piece, ...] = ()


LABELS = {
    "long_descriptor": "Descriptor",
    "short_descriptor": "Short descriptor",
    "termination_date": "Last valid day",
    "added_date": "Added",
    "coverage_code": "Coverage",
    "pricing_indicators": "Pricing",
    "multiple_pricing_indicator": "Multiple pricing",
    "types_of_service": "Type of service",
    "betos": "BETOS",
    "lab_certifications": "Laboratory certification",
    "cross_references": "Cross-references",
    "asc_group": "ASC group",
    "asc_effective_date": "ASC group since",
    "mog_group": "Outpatient group",
    "mog_policy_indicator": "Outpatient policy",
    "mog_effective_date": "Outpatient group since",
    "anesthesia_base_units": "Anesthesia base units",
    "statute": "Statute",
    "cim_references": "Old manual reference (CIM)",
    "mcm_references": "Old manual reference (MCM)",
    "processing_note": "Processing note",
    "modifier_indicator": "Modifier indicator",
    "mue_value": "MUE value",
    "adjudication_indicator": "MAI",
    "edit_type": "Type",
    "effective_date": "First day",
    "deletion_date": "Last day",
    "add_on_deletion_date": "Last day of the add-on code",
    "primary_deletion_date": "Last day of the primary",
}


def field_changes(fields: Mapping[str, Sequence[object]], around: int | None = None) -> list[FieldChange]:
    """Changed fields in reading order; ``fields`` maps a field's name to its JSON values before and after.

    With ``around``, descriptors are cut to so many words beside each change.
    """
    known = [name for name in LABELS if name in fields]
    changes = []
    for name in known + sorted(fields.keys() - LABELS.keys()):
        label = LABELS.get(name, name.replace("_", " ").capitalize())
        before, after = (_words(name, value) for value in fields[name])
        pieces = compare(before, after) if name.endswith("_descriptor") else []
        changes.append(FieldChange(label, before, after, tuple(excerpt(pieces, around) if around else pieces)))
    return changes


def _words(name: str, value: object) -> str:
    """A value of a change as people read it; empty when it was blank."""
    if value in (None, "", []):
        return ""
    if name.endswith("_date"):
        return us_date(date.fromisoformat(str(value)))
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
