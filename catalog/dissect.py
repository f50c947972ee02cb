"""A code taken apart: what its form says, and what the loaded data say of it (pure).

``catalog.code_forms`` holds what the forms mean; ``catalog.typed_code`` finds what of a text is taken apart;
``catalog.unfinished`` answers for what is no code, or none yet. Nothing here moves a letter: the same characters
with the letter at the other end are named as another code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalog import codes, unfinished
from catalog.code_forms import ENDED, FORM_OF, LAST_LETTERS
from catalog.codes import Kind, Level, Status
from catalog.taken_apart import Cell, Dissection, Facts, Note, Place, Role, Statement
from catalog.typed_code import LENGTH, Reading, Stage
from catalog.wording import shorten

LEVEL_TITLES = {Level.ONE: "CPT", Level.TWO: "national codes", Level.THREE: "local codes"}
LONGEST_DESCRIPTOR = 160
MOST_OTHERS = 10
NO_FACTS = Facts()

# Letters that begin a code and look like a digit. O and I are in no code, so they are read as 0 and 1.
_DIGIT_LIKE = {"L": "1", "S": "5", "Z": "2", "B": "8"}


def dissect(reading: Reading, facts: Facts = NO_FACTS) -> Dissection:
    """What the form of a text says, with what the loaded data know of it."""
    match reading.stage:
        case Stage.CODE:
            return _code(reading, facts)
        case Stage.BEGINNING:
            return unfinished.beginning(reading, facts)
        case Stage.MODIFIER:
            return _modifier(reading, facts)
        case Stage.NO_CODE:
            return unfinished.no_code(reading)
        case Stage.NOTHING:
            return Dissection(reading.stage)


def _code(reading: Reading, facts: Facts) -> Dissection:
    code, kind = reading.taken, codes.kind_of(reading.taken)
    status = _status(kind, facts)
    where = f", {facts.path[0].title}" if facts.path and kind in (Kind.CPT_I, Kind.LEVEL_II) else ""
    category = f", {kind.label}" if kind is not Kind.LEVEL_II else ""
    return Dissection(
        stage=reading.stage,
        title="Digits only" if code.isdigit() else "Letter first" if code[0].isalpha() else "Letter last",
        said=f"{code}: {kind.level.label}{category}{where}. {status}",
        code=code,
        level=int(kind.level),
        cells=(*_cells(reading), *_modifier_cells(reading.modifiers)),
        asides=tuple(_asides(reading)),
        notes=(*_notes(kind, code, facts.path), *map(_after_a_code, reading.modifiers)),
        statements=(*_statements(kind, code, facts, status), *_look_alikes(reading, facts)),
        candidates=reading.others[:MOST_OTHERS],
        source=FORM_OF[kind].cited,
    )


def _first(reading: Reading) -> codes.Parsed:
    return reading.parsed.codes[0] if reading.parsed.codes else reading.parsed


def _cells(reading: Reading) -> Iterable[Cell]:
    first = _first(reading)
    typed = re.sub("[ -]", "", first.text)[:LENGTH]
    was_read = first.status is Status.CORRECTED and len(typed) == LENGTH
    for at, character in enumerate(reading.taken):
        if was_read and typed[at] != character:
            yield Cell(character, Role.READ, "number")
        elif character.isdigit():
            yield Cell(character, Role.DIGIT, "number")
        else:
            yield Cell(character, Role.LEAD, "series" if at else "section")


def _modifier_cells(modifiers: Iterable[str]) -> Iterable[Cell]:
    for number, modifier in enumerate(modifiers, start=1):
        for character in modifier:
            yield Cell(character, Role.MODIFIER, f"modifier {number}" if number > 1 else "modifier")


def _asides(reading: Reading) -> Iterable[str]:
    """How the text was read, where there was more to it than reading it."""
    parsed, first = reading.parsed, _first(reading)
    if parsed.range:
        yield f"A range from {parsed.range[0]} to {parsed.range[1]}. Its first code is taken apart."
    elif reading.others:
        yield f"{len(reading.others) + 1} codes were typed. The first one is taken apart."
    if first.status is Status.CORRECTED:
        yield (
            "The letters O and I are never in a code, so they were read as 0 and 1. "
            f"Check that {reading.taken} is the code you meant, and not a diagnosis."
        )
    elif hint := first.hint or parsed.hint:
        yield hint.sentence
    elif parsed.status is Status.NORMALIZED and parsed.text != reading.taken:
        only_spaced = re.sub("[ -]", "", parsed.text) == reading.taken
        yield f"{'Written without blanks and dashes: ' if only_spaced else 'Read as '}{reading.taken}."
    if reading.units:
        yield f"Units are no part of a code: {reading.units} on a claim line."


# --- What the characters say -------------------------------------------------------------------------------


def _notes(kind: Kind, code: str, path: tuple[Place, ...]) -> Iterable[Note]:
    narrow = path[-1] if len(path) > 1 else None
    if kind is Kind.CPT_I:
        yield Note(code, "digits only: Level I, Category I.")
        for place in path[:1] + path[1:][-1:]:
            yield Note(place.extent, f"its range: {_named(place)}.")
        if not path:
            yield Note(code, "lies among numbers that no section uses.")
    elif kind.level is Level.ONE:
        letter, digits = code[-1], code[:-1]
        *others, last = (f"{digits}{other}" for other in LAST_LETTERS if other != letter)
        yield Note(letter, f"a letter last: still Level I. {letter}: {FORM_OF[kind].said}.")
        others = f"{', '.join(others)} and {last}"
        yield Note(digits, f"its number among the {letter} codes. {others} would be others, if they exist.")
    else:
        place = f" {narrow.extent}: {_named(narrow)}." if narrow else ""
        yield Note(code[0], unfinished.first_letter(code[0], kind, path))
        yield Note(code[1:], "its number." if kind is Kind.LOCAL else f"its place in the section.{place}")


def _named(place: Place) -> str:
    return f"{place.title} ({place.doubt})" if place.doubt else place.title


def _after_a_code(modifier: str) -> Note:
    return Note(modifier, "a modifier: two characters after a code that say more about it, no part of the code.")


def _modifier(reading: Reading, facts: Facts) -> Dissection:
    modifier = reading.taken
    known = f" {facts.filed.descriptor}" if facts.filed else ""
    return Dissection(
        stage=Stage.MODIFIER,
        title="A modifier: two characters",
        said=f"{modifier}: a modifier, two characters.",
        code=modifier,
        cells=tuple(_modifier_cells([modifier])),
        notes=(Note(modifier, f"a modifier, two characters.{known}"), *_may_go_on(modifier, facts)),
        asides=("On a claim a modifier follows a code, as in 97597-59.",),
    )


def _may_go_on(modifier: str, facts: Facts) -> Iterable[Note]:
    """Two digits may be half of something else."""
    if modifier.isdigit():
        where = unfinished.open_sections(facts)
        yield Note(f"{modifier}…", "may also be the beginning of a code: a digit first is Level I, CPT.")
        yield Note("0–9", f"a digit at the end makes it Category I: {where}.")


# --- What is known of the code -----------------------------------------------------------------------------


def _statements(kind: Kind, code: str, facts: Facts, status: str) -> Iterable[Statement]:
    yield Statement("Level", f"{kind.level.label}, {LEVEL_TITLES[kind.level]}")
    if kind is not Kind.LEVEL_II:
        yield Statement("Category" if kind.level is Level.ONE else "Kind", kind.label)
    for label, place in zip(("Section", "Part of it"), facts.path[:1] + facts.path[1:][-1:], strict=False):
        yield Statement(label, place.title, section=place.slug)
    if facts.path:
        yield Statement("Range", facts.path[-1].bounds)
    yield Statement("Maintained by", FORM_OF[kind].keeper)
    if facts.filed and facts.filed.descriptor:
        status += f" {shorten(facts.filed.descriptor, LONGEST_DESCRIPTOR)}"
    has_page = kind is not Kind.LEVEL_II or facts.filed or facts.is_in_edits
    yield Statement("On file", status, page=code if has_page else "")


def _status(kind: Kind, facts: Facts) -> str:
    """Whether the loaded release has it. No form makes a code exist; where nothing more is known, this says so."""
    if kind is Kind.LOCAL:
        return f"Ended {ENDED}. Not valid on a claim."
    if kind is Kind.DENTAL:
        return "CMS’s file has no dental codes, so whether it exists is not known here."
    if kind is Kind.VACCINE_ADMIN:
        return "The series was deleted on Nov 1, 2023. This site holds no list of CPT codes."
    if kind.level is Level.ONE:
        known = "This number appears in the NCCI tables, ended rows included. " if facts.is_in_edits else ""
        return f"{known}This site holds no list of CPT codes, and a form alone makes no code exist."
    if facts.filed:
        return f"{facts.filed.status}."
    if not facts.file:
        return "No HCPCS release is loaded, so this is not known here."
    return (
        f"Not in {facts.file}. {'A form alone makes no code exist.' if facts.is_whole else 'It may well exist.'}"
    )


def _look_alikes(reading: Reading, facts: Facts) -> Iterable[Statement]:
    """What it can never be mistaken for, however alike the two look."""
    code, twin, label = reading.taken, reading.twin, "Never the same as"
    kind = codes.kind_of(twin) if twin else None
    if not twin:
        yield Statement(label, "Any Level II code: those have a letter first.")
    elif kind is None:
        why = "no Level II section has that letter" if code[-1].isalpha() else "CPT codes end in F, T, U, M or A"
        yield Statement(label, f"{twin}, its letter at the other end. That is no code: {why}.")
    elif kind.level is Level.ONE:
        yield Statement(label, f"{twin}, its letter at the other end: Level I, {kind.label}.", other=twin)
    else:
        status = _status(kind, Facts(filed=facts.twin_filed, file=facts.file, is_whole=facts.is_whole))
        yield Statement(label, f"{twin}, its letter at the other end: Level II. {status}", other=twin)
    if code[0] in _DIGIT_LIKE:
        digits = _DIGIT_LIKE[code[0]] + code[1:]
        yield Statement(label, f"{digits}: this one begins with the letter {code[0]}.", other=digits)
