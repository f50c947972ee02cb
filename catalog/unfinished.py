"""A text that is no code, or none yet: what is known so far, what may come, what is wrong (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from catalog import codes
from catalog.code_forms import ENDED, FORM_OF, FROM_AMA, LAST_LETTERS
from catalog.codes import Hint, Kind, Level
from catalog.taken_apart import Cell, Dissection, Facts, Note, Place, Role
from catalog.typed_code import LENGTH, Reading
from catalog.wording import shorten

LONGEST_SHOWN = 40
"""Characters of an unreadable text that are shown again."""

MOST_CELLS = 12
"""Characters of a text that is no code up to which each gets a cell of its own."""

_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NUMBERS = ("no", "one", "two", "three", "four")
_DECIMAL = re.compile(r"[0-9]{1,2}[.][0-9]+")  # an amount: no diagnosis has so few digits before its dot
_BEGINS_SO = re.compile(r"[A-EGHJ-MP-Z][0-9]{0,4}|[0-9]{1,4}|[0-9]{4}[0-9FTUMA]")


def first_letter(letter: str, kind: Kind, path: tuple[Place, ...]) -> str:
    """What a letter in front says; ``path`` leads to the code, or is the section of the letter."""
    if kind is Kind.LOCAL:
        return f"a letter first, but W, X, Y and Z were Level III: local codes, which ended on {ENDED}."
    if kind is Kind.DENTAL:
        return "a letter first: Level II. D is dental, maintained by the American Dental Association."
    return f"a letter first: Level II. {letter}: {path[0].title}." if path else "a letter first: Level II."


# --- The beginning of a code -------------------------------------------------------------------------------


def beginning(reading: Reading, facts: Facts) -> Dissection:
    typed = reading.taken
    if typed[0].isalpha():
        kind = codes.kind_of(reading.span[0])
        level, first = kind.level, first_letter(typed[0], kind, facts.open_to)
        notes = [Note(typed[0], first), Note("…", f"{_count(LENGTH - len(typed))} to come.")]
        title, said, source = "A letter first", first.removeprefix("a letter first: "), FORM_OF[kind].cited
    else:
        level = Level.ONE
        notes = [Note(typed, "a digit first: Level I, CPT."), *_what_may_come(typed, facts)]
        title, said, source = "A digit first", f"Level I, CPT. Next: {notes[1].text}", FROM_AMA
    return Dissection(
        stage=reading.stage,
        title=f"{title}, {_NUMBERS[LENGTH - len(typed)]} to come",
        said=f"{typed} so far: {said}",
        code=typed,
        level=int(level),
        cells=(*_typed_cells(typed), *_open_cells(typed)),
        asides=tuple(_as_it_stands(reading, facts)),
        notes=tuple(notes),
        candidates=tuple(filter(codes.is_code, reading.parsed.candidates)),
        source=source,
    )


def _typed_cells(typed: str) -> Iterable[Cell]:
    for character in typed:
        is_letter = character.isalpha()
        yield Cell(character, Role.LEAD if is_letter else Role.DIGIT, "section" if is_letter else "number")


def _open_cells(typed: str) -> list[Cell]:
    if typed[0].isalpha():
        return [Cell("", Role.OPEN, "to come")] * (LENGTH - len(typed))
    last = Cell("", Role.OPEN, "digit or letter")
    return [*[Cell("", Role.OPEN, "to come")] * (LENGTH - 1 - len(typed)), last]


def _what_may_come(typed: str, facts: Facts) -> Iterable[Note]:
    where = open_sections(facts)
    digits = LENGTH - 1 - len(typed)
    if digits:
        yield Note("…", f"{_count(digits)}, then a digit or F, T, U, M or A.")
        yield Note("0–9", f"a digit at the end makes it Category I: {where}.")
        return
    yield Note("…", "a digit or F, T, U, M or A, and each means another category.")
    yield Note("0–9", f"Category I: {where}.")
    for letter, form in LAST_LETTERS.items():
        yield Note(letter, f"{form.kind.label}.")


def open_sections(facts: Facts) -> str:
    """The sections that digits may still fall into, in words."""
    return _one_of([place.title for place in facts.open_to]) or "none of our sections uses such numbers"


def _one_of(titles: list[str]) -> str:
    return f"{', '.join(titles[:-1])} or {titles[-1]}" if len(titles) > 1 else "".join(titles)


def _count(digits: int) -> str:
    return f"{_NUMBERS[digits]} digit{'' if digits == 1 else 's'}"


def _as_it_stands(reading: Reading, facts: Facts) -> Iterable[str]:
    """What the text is if nothing more comes."""
    if reading.parsed.modifier:
        known = f": {shorten(facts.filed.descriptor, 80)}" if facts.filed else ", as 59 does in 97597-59"
        yield f"By itself {reading.taken} has the form of a modifier, two characters that follow a code{known}."
    elif reading.parsed.hint:
        yield reading.parsed.hint.sentence


# --- No code -----------------------------------------------------------------------------------------------


def no_code(reading: Reading) -> Dissection:
    parsed = reading.parsed
    typed = " ".join(reading.typed.split())
    text = typed if len(typed) <= LONGEST_SHOWN else f"{typed[:LONGEST_SHOWN]}…"
    cells = _marked(parsed.text)
    why = (_why(parsed, cells), *_where(cells))
    return Dissection(
        stage=reading.stage,
        title="Not a code",
        said=" ".join([f"{text}: not a code." if text else "Not a code.", *why]),
        cells=cells,
        asides=why,
        candidates=parsed.candidates,
        words=text if not parsed.hint and re.search("[A-Z]{3}", parsed.text) else "",
    )


def _where(cells: tuple[Cell, ...]) -> Iterable[str]:
    """Where the text stops being like a code, in words, for those who do not see its cells."""
    at = next((at for at, cell in enumerate(cells) if cell.role is Role.WRONG), None)
    if at is None:
        return
    before, wrong = "".join(cell.character for cell in cells[:at]), cells[at].character
    wrong = wrong if wrong.isalnum() else f"“{wrong}”"
    if at == 0:
        yield f"No code has the first character, {wrong}."
    elif at < LENGTH:
        yield f"After {before} no code has the {_ORDINALS[at]} character, {wrong}."
    else:
        yield f"A code ends after its fifth character, here {before}."


def _why(parsed: codes.Parsed, cells: tuple[Cell, ...]) -> str:
    if re.fullmatch("[FN][0-9]{0,4}", parsed.text):
        return Hint.NO_SUCH_SECTION.sentence
    if parsed.hint and not (parsed.hint is Hint.DIAGNOSIS_CODE and _DECIMAL.fullmatch(parsed.text)):
        return parsed.hint.sentence
    wrong = next((cell.character for cell in cells if cell.role is Role.WRONG), "")
    if wrong in ("O", "I"):
        digit = "zero" if wrong == "O" else "one"
        return f"The letter {wrong} is never in a code. If you mean {digit}, type the digit."
    return "It does not have the form of a code: five characters, a letter first, a letter last or digits only."


def _marked(text: str) -> tuple[Cell, ...]:
    """Cells of a short text: as far as a code could begin so, the character where none can, the rest. No words."""
    is_like_a_code = len(text) == 1 or re.search("[0-9]", text[:LENGTH])
    if len(text) > MOST_CELLS or " " in text or not is_like_a_code:
        return ()
    right = sum(1 for _ in takewhile(lambda end: _BEGINS_SO.fullmatch(text[:end]), range(1, len(text) + 1)))
    cells = []
    for at, character in enumerate(text):
        if at < right:
            cells.append(Cell(character, Role.LEAD if character.isalpha() else Role.DIGIT, "so far a code"))
        elif at == right or at >= LENGTH:
            cells.append(Cell(character, Role.WRONG, "too many" if at >= LENGTH else "not here"))
        else:
            cells.append(Cell(character, Role.REST, ""))
    return tuple(cells)
