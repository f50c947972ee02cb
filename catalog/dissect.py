"""A code taken apart: what each character says, as far as it has been typed (pure).

``catalog.code_forms`` holds what the forms mean, ``catalog.typed_code`` finds what of a text is taken apart; what
the loaded data say of it comes in as ``Facts``, plain values. No letter is ever moved: the same characters with the
letter at the other end are named as another code.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from catalog import codes
from catalog.code_forms import FORM_OF, LAST_LETTERS
from catalog.codes import Hint, Kind, Level, Status
from catalog.typed_code import LENGTH, Reading, Stage
from catalog.wording import shorten

LONGEST_SHOWN = 60
"""Characters of an unreadable text that are shown again."""

MOST_CELLS = 12
"""Characters of a text that is no code for which each gets a cell of its own."""

_DIGIT_LIKE = {"L": "1", "S": "5", "Z": "2", "B": "8"}


# --- What the loaded data say ------------------------------------------------------------------------------


class Place(NamedTuple):
    """A section and the stretch of it around a code: ``J0120–J3591``."""

    title: str
    slug: str
    extent: str
    keeper: str = ""


class Filed(NamedTuple):
    """A record of the loaded release: its descriptor, and in words whether it is in force."""

    status: str
    descriptor: str


@dataclass(frozen=True, slots=True)
class Facts:
    """``path`` leads from the widest section around a code to the narrowest; ``open_to`` are the sections that a
    half-typed number may still fall into. ``file`` names what is loaded; ``is_whole`` when what is not in it is
    not on file at CMS.
    """

    path: tuple[Place, ...] = ()
    open_to: tuple[Place, ...] = ()
    filed: Filed | None = None
    twin_filed: Filed | None = None
    file: str = ""
    is_whole: bool = False
    is_in_edits: bool = False


# --- Taken apart -------------------------------------------------------------------------------------------


class Role(enum.StrEnum):
    LEAD = "lead"
    DIGIT = "digit"
    READ = "read"
    MODIFIER = "modifier"
    WRONG = "wrong"
    OPEN = "open"


class Cell(NamedTuple):
    """``note`` is the same for neighbors that mean something together; ``character`` is empty when yet to come."""

    character: str
    role: Role
    note: str


class Note(NamedTuple):
    """What some of the characters say: ``J`` or ``1885``."""

    of: str
    text: str


class Statement(NamedTuple):
    """A fact by its label. ``section`` is the slug of a section to link, ``code`` a code to take apart."""

    label: str
    text: str
    section: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Dissection:
    """``said`` is all of it in one sentence, for those who hear the page. ``level`` is 0 where there is none."""

    stage: Stage
    title: str
    said: str
    code: str = ""
    level: int = 0
    cells: tuple[Cell, ...] = ()
    remarks: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    statements: tuple[Statement, ...] = ()
    candidates: tuple[str, ...] = ()
    """Texts to take apart instead: what may have been meant, or what else was named."""
    words: str = ""
    """What to search for when the text is no code: it may be words."""


def dissect(reading: Reading, facts: Facts = Facts()) -> Dissection:
    """What the form of a text says, with what the loaded data know of it. Queries nothing."""
    return _BY_STAGE[reading.stage](reading, facts)


def _of_nothing(reading: Reading, facts: Facts) -> Dissection:
    return Dissection(reading.stage, "", "")


# --- A whole code ------------------------------------------------------------------------------------------


def _of_code(reading: Reading, facts: Facts) -> Dissection:
    code, kind = reading.taken, codes.kind_of(reading.taken)
    statements = _statements(kind, code, facts)
    where = f", {facts.path[0].title}" if facts.path else ""
    status = next(one.text for one in statements if one.label == "On file")
    return Dissection(
        stage=reading.stage,
        title=_title(code),
        said=f"{code}: {kind.level.label}, {kind.label}{where}. {status}",
        code=code,
        level=int(kind.level),
        cells=(*_cells(code, reading.parsed), *_modifier_cells(reading.modifiers)),
        remarks=tuple(_remarks(reading)),
        notes=(*_notes(kind, code, facts), *(_after(modifier) for modifier in reading.modifiers)),
        statements=(*statements, *_look_alikes(reading, kind, facts)),
        candidates=reading.others[:10],
    )


def _title(code: str) -> str:
    if code.isdigit():
        return "Digits only"
    return "Letter first" if code[0].isalpha() else "Letter last"


def _cells(code: str, parsed: codes.Parsed) -> list[Cell]:
    typed = re.sub("[ -]", "", parsed.text)[:LENGTH]
    was_read = parsed.status is Status.CORRECTED and len(typed) == LENGTH
    cells = []
    for at, character in enumerate(code):
        note = "number" if character.isdigit() else "section" if at == 0 else "series"
        role = Role.LEAD if character.isalpha() else Role.DIGIT
        if was_read and typed[at] != character:
            role = Role.READ
        cells.append(Cell(character, role, note))
    return cells


def _modifier_cells(modifiers: Iterable[str]) -> Iterable[Cell]:
    for number, modifier in enumerate(modifiers, start=1):
        for character in modifier:
            yield Cell(character, Role.MODIFIER, f"modifier {number}" if number > 1 else "modifier")


def _after(modifier: str) -> Note:
    return Note(modifier, "a modifier: two characters after a code, which say more about it. No part of the code.")


def _remarks(reading: Reading) -> Iterable[str]:
    """How the text was read, where that was more than reading it."""
    parsed, code = reading.parsed, reading.taken
    if parsed.range:
        yield f"A range from {parsed.range[0]} to {parsed.range[1]}. Its first code is taken apart."
    elif reading.others:
        yield f"{len(reading.others) + 1} codes were typed. The first one is taken apart."
    first = parsed.codes[0] if parsed.codes else parsed
    if first.status is Status.CORRECTED:
        yield (
            "The letters O and I are never in a code, so they were read as 0 and 1. "
            f"Is {code} the code you meant, and not a diagnosis?"
        )
    elif first.hint:
        yield first.hint.sentence
    elif parsed.status is Status.NORMALIZED and parsed.text != code:
        yield f"Written without blanks and dashes: {code}."


def _notes(kind: Kind, code: str, facts: Facts) -> Iterable[Note]:
    top = facts.path[0] if facts.path else None
    narrow = facts.path[-1] if len(facts.path) > 1 else None
    if kind is Kind.CPT_I:
        yield Note(code, "digits only: Level I, Category I.")
        for place in facts.path[:1] + facts.path[1:][-1:]:
            yield Note(place.extent, f"its range: {place.title}.")
        if not top:
            yield Note(code, "in numbers that no section uses.")
        return
    if kind.level is Level.ONE:
        yield Note(code[-1], f"a letter last: still Level I. {code[-1]}: {FORM_OF[kind].purpose}.")
        others = " and ".join(f"{code[:-1]}{letter}" for letter in LAST_LETTERS if letter != code[-1])
        yield Note(code[:-1], f"its number among the {code[-1]} codes. {others} are other codes.")
        return
    yield Note(code[0], _first_letter(code[0], kind, top.title if top else ""))
    where = f" {narrow.extent}: {narrow.title}." if narrow else ""
    yield Note(code[1:], f"its place in the section.{where}" if kind is not Kind.LOCAL else "its number.")


def _first_letter(letter: str, kind: Kind, title: str) -> str:
    if kind is Kind.LOCAL:
        return "a letter first, but W, X, Y and Z were Level III: local codes, which ended on Dec 31, 2003."
    if kind is Kind.DENTAL:
        return "a letter first: Level II. D is dental, kept by the American Dental Association."
    return f"a letter first: Level II. {letter}: {title}." if title else "a letter first: Level II."


def _statements(kind: Kind, code: str, facts: Facts) -> list[Statement]:
    form = FORM_OF[kind]
    found = [Statement("Level", f"{kind.level.label}, {_LEVEL_TITLES[kind.level]}"), Statement("Kind", kind.label)]
    found += [Statement("Section", place.title, section=place.slug) for place in facts.path[:1]]
    found += [Statement("Within it", place.title, section=place.slug) for place in facts.path[1:][-1:]]
    found += [Statement("Range", facts.path[-1].extent)] if facts.path else []
    return [*found, Statement("Kept by", form.keeper), Statement("On file", _on_file(kind, facts), code=code)]


_LEVEL_TITLES = {Level.ONE: "CPT", Level.TWO: "national codes", Level.THREE: "local codes"}


def _on_file(kind: Kind, facts: Facts) -> str:
    """Whether the loaded release has it. No form makes a code exist; where nothing else is known, this says so."""
    if kind is Kind.LOCAL:
        return "Ended Dec 31, 2003. Not valid on a claim."
    if kind is Kind.DENTAL:
        return "Not in CMS’s file, which has no dental codes. Whether it exists is not known here."
    if kind is Kind.VACCINE_ADMIN:
        return "The series was deleted on Nov 1, 2023. This site holds no list of CPT codes."
    if kind.level is Level.ONE:
        known = "The NCCI tables name this number. " if facts.is_in_edits else ""
        return f"{known}This site holds no list of CPT codes: the form alone does not make one exist."
    if facts.filed:
        return f"{facts.filed.status}. {facts.filed.descriptor}"
    if not facts.file:
        return "No HCPCS release is loaded, so this is not known here."
    why = "The form alone does not make a code exist." if facts.is_whole else "It may well exist."
    return f"Not in {facts.file}. {why}"


def _look_alikes(reading: Reading, kind: Kind, facts: Facts) -> Iterable[Statement]:
    """What it can never be mistaken for, however alike the two look."""
    code, twin, label = reading.taken, reading.twin, "Never the same as"
    if not twin:
        yield Statement(label, "A Level II code: these have a letter first.")
        return
    twin_kind = codes.kind_of(twin)
    if twin_kind is None:
        why = "no Level II section has that letter" if code[-1].isalpha() else "CPT codes end in F, T, U, M or A"
        yield Statement(label, f"{twin}, its letter at the other end. That is no code: {why}.")
    else:
        status = _on_file(twin_kind, Facts(filed=facts.twin_filed, file=facts.file, is_whole=facts.is_whole))
        known = f" {status}" if twin_kind is Kind.LEVEL_II else ""
        yield Statement(label, f"{twin}, which is {twin_kind.level.label}: {twin_kind.label}.{known}", code=twin)
    if code[0] in _DIGIT_LIKE:
        digits = _DIGIT_LIKE[code[0]] + code[1:]
        yield Statement(
            label, f"{digits}: it begins with the letter {code[0]}, not with {digits[0]}.", code=digits
        )


# --- The beginning of a code -------------------------------------------------------------------------------


def _of_beginning(reading: Reading, facts: Facts) -> Dissection:
    typed = reading.taken
    to_come = LENGTH - len(typed)
    if typed[0].isalpha():
        kind = codes.kind_of(reading.span[0])
        level, what = kind.level, _first_letter(typed[0], kind, facts.open_to[0].title if facts.open_to else "")
        title = "A letter first"
        notes = [Note(typed[0], what), Note("…", f"{_count(to_come, 'digit')} to come.")]
    else:
        level, title = Level.ONE, "A digit first"
        notes = [Note(typed, "a digit first: Level I, CPT."), *_next_digits(typed, facts)]
    caption = "digit or letter" if to_come == 1 and typed.isdigit() else "to come"
    cells = [Cell(one, Role.LEAD if one.isalpha() else Role.DIGIT, "so far") for one in typed]
    return Dissection(
        stage=reading.stage,
        title=f"{title}, {to_come} to come",
        said=f"{typed} so far: {level.label}. {notes[-1].text if typed[0].isalpha() else notes[1].text}",
        level=int(level),
        cells=(*cells, *[Cell("", Role.OPEN, caption)] * to_come),
        remarks=tuple(_meanwhile(reading)),
        notes=tuple(notes),
        candidates=tuple(one for one in reading.parsed.candidates if codes.is_code(one)),
    )


def _next_digits(typed: str, facts: Facts) -> Iterable[Note]:
    titles = [place.title for place in facts.open_to]
    sections = f"{', '.join(titles[:-1])} or {titles[-1]}" if len(titles) > 1 else "".join(titles)
    where = f": {sections}" if sections else ", but no section uses such numbers"
    if len(typed) == LENGTH - 1:
        yield Note("next", "a digit or F, T, U, M, A, and each makes another code:")
        yield Note("0–9", f"Category I{where}.")
        for letter, form in LAST_LETTERS.items():
            yield Note(letter, f"{form.kind.label}.")
        return
    last = LENGTH - len(typed) - 1
    yield Note("…", f"{_count(last, 'digit')} to come, then a digit or F, T, U, M or A.")
    yield Note("digits", f"if all are digits, Category I{where}.")


def _count(number: int, noun: str) -> str:
    return f"{('no', 'one', 'two', 'three', 'four')[number]} {noun}{'' if number == 1 else 's'}"


def _meanwhile(reading: Reading) -> Iterable[str]:
    """What the text would be if nothing more came."""
    if reading.parsed.modifier:
        yield "As it stands, this is a modifier: two characters that follow a code, as in 97597-59."
    elif reading.parsed.hint:
        yield reading.parsed.hint.sentence


# --- Neither code nor beginning ----------------------------------------------------------------------------


def _of_modifier(reading: Reading, facts: Facts) -> Dissection:
    modifier = reading.taken
    known = f" {facts.filed.descriptor}" if facts.filed else ""
    return Dissection(
        stage=reading.stage,
        title="A modifier",
        said=f"{modifier}: a modifier, two characters.",
        code=modifier,
        cells=tuple(_modifier_cells([modifier])),
        notes=(Note(modifier, f"a modifier, two characters.{known}"),),
        remarks=("On a claim a modifier follows a code, as in 97597-59.",),
    )


def _of_no_code(reading: Reading, facts: Facts) -> Dissection:
    parsed = reading.parsed
    text = shorten(parsed.text, LONGEST_SHOWN)
    cells = _marked(parsed.text) if len(parsed.text) <= MOST_CELLS and " " not in parsed.text else ()
    wrong = next((cell.character for cell in cells if cell.role is Role.WRONG), "")
    why = _why(parsed, wrong)
    return Dissection(
        stage=reading.stage,
        title="Not a code",
        said=f"{text}: not a code. {why}" if text else why,
        cells=cells if re.search("[0-9]", parsed.text) or len(parsed.text) <= LENGTH else (),
        remarks=(why,),
        candidates=parsed.candidates,
        words=text if not parsed.hint and re.search("[A-Z]{3}", text) else "",
    )


def _why(parsed: codes.Parsed, wrong: str) -> str:
    if re.match("[FN][0-9]{0,4}$", parsed.text):
        return Hint.NO_SUCH_SECTION.sentence
    if parsed.hint:
        return parsed.hint.sentence
    if wrong in ("O", "I"):
        digit = "zero" if wrong == "O" else "one"
        return f"The letter {wrong} is never in a code. If you mean {digit}, type the digit."
    return "Nothing in it has the form of a code: five characters, a letter first, a letter last or digits only."


_SO_FAR = re.compile(r"[A-EGHJ-MP-Z][0-9]{0,4}|[0-9]{1,4}|[0-9]{4}[0-9FTUMA]")


def _marked(text: str) -> tuple[Cell, ...]:
    """Cells of a text that is no code: as far as a code could begin so, and those after that."""
    right = sum(1 for _ in takewhile(lambda end: _SO_FAR.fullmatch(text[:end]), range(1, len(text) + 1)))
    roles = [Role.LEAD if character.isalpha() else Role.DIGIT for character in text[:right]]
    roles += [Role.WRONG] * (len(text) - right)
    notes = ["so far a code"] * right + ["no code goes on so"] * (len(text) - right)
    return tuple(map(Cell, text, roles, notes))


_BY_STAGE = {
    Stage.NOTHING: _of_nothing,
    Stage.BEGINNING: _of_beginning,
    Stage.CODE: _of_code,
    Stage.MODIFIER: _of_modifier,
    Stage.NO_CODE: _of_no_code,
}
