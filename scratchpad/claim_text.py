"""Claim lines as text, and back (pure): ``97597-59x2@2026-07-16~B``.

A line is its code with its modifiers; then, where they differ from what most lines have, its units, its date or
its first and last date, and the letter of its provider::

    CODE[-MM…][xUNITS][@DATE[..DATE]][~P]      J1885-JWx10@2026-07-01..2026-07-05~A

What cannot be read is kept as typed: ``x?TEN`` are units that are no number, ``@SOON`` is no date. A line whose
code cell could itself be taken for units, dates or a provider is written with every part:
``1 @ 2 x?1@~``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from catalog import codes
from catalog.query_string import readable
from scratchpad.claim import Claim, ClaimLine, Fault

MAX_TEXT = 1_000
"""Longest text of a line, in characters, that is looked at."""

MAX_CODE_TEXT = 100
MAX_UNITS_TEXT = 12
MAX_DATE_TEXT = 40


class _Pieces(NamedTuple):
    """A line before it is understood: each part in the normal form of ``catalog.codes``."""

    code: str
    units: str = "1"
    date: str = ""
    provider: str = ""

    @property
    def short(self) -> str:
        sign = "x" if re.fullmatch(_COUNT, self.units) else "x?"
        units = f"{sign}{self.units}" if self.units != "1" else ""
        day = f"@{self.date}" if self.date else ""
        provider = f"~{self.provider}" if self.provider else ""
        return self.code + units + day + provider

    @property
    def full(self) -> str:
        return f"{self.code} x?{self.units}@{self.date}~{self.provider}"


# --- From text ---------------------------------------------------------------------------------------------


def line_of(text: str, number: int, day: date) -> ClaimLine:
    """The line a text means, ``number`` on a claim of ``day``. Never fails: what is unreadable stays on the line.

    Read leniently: small letters, ``97597 59 ×2``, ``97597-59*2``, ``J1885 10 units``, American dates.
    X and digits after a code are units (``J1885X2``, ``97597-XSx2``), after a dash a modifier (``J1885-X2``); an X
    that a modifier ends in is no sign of units (``97112-KX-59``, ``97112KX59``), but ``97110 KX 4`` are 4 units.
    A small x behind a code with letters behind it (``J1885xTEN``) marks units that cannot be read, unless it
    begins the modifier XE, XP, XS or XU.
    """
    pieces = _split(text)
    return _line(_read_code(pieces.code), pieces, number, day, is_cut=len(text) > MAX_TEXT)


def line_of_cells(
    code: str,
    modifiers: Sequence[str],
    units: str,
    first: str,
    last: str,
    provider: str,
    number: int,
    day: date,
) -> ClaimLine | None:
    """The line of a row of the grid, or None of an empty row, which may say 1 unit. Blank units are 1.

    A code cell may hold a whole line, but what contradicts another cell (2 units and 3) cannot be read. A modifier
    that is none makes the line unreadable, with code and modifier in its text.
    """
    cells = (code, *modifiers, units, first, last, provider)
    is_cut = any(len(cell) > MAX_TEXT for cell in cells)
    whole = _split(code)
    code, first, last, provider = (_normal(cell[:MAX_TEXT]) for cell in (code, first, last, provider))
    typed_modifiers = [typed for cell in modifiers if (typed := _normal(cell[:MAX_TEXT]))]
    units = _units_text(units)
    if not (code or typed_modifiers or first or last or provider) and units == "1":
        return None
    pieces = _Pieces(
        whole.code,
        _units_text(_either(whole.units, units, "1")),
        _date_text(_either(whole.date, _date_text(f"{first or day}..{last}" if last else first))),
        _either(whole.provider, provider),
    )
    parsed = _read_code(pieces.code)
    if not typed_modifiers:
        return _line(parsed, pieces, number, day, is_cut=is_cut)
    if parsed.code:
        together = codes.parse("-".join((parsed.canonical, *parsed.dropped, *typed_modifiers)))
        if together.code:
            return _line(parsed, pieces, number, day, is_cut=is_cut, together=together)
    cells = filter(None, (pieces.code, *typed_modifiers))
    pieces = pieces._replace(code=_normal(", ".join(cells).replace("?", " ")))
    return _line(_read_code(pieces.code), pieces, number, day, is_cut=is_cut)


def provider_of(text: str) -> str:
    """What stands for the provider in the text of a line or in a code cell, be it a letter or a name."""
    return _split(text).provider


def provider_of_cells(code: str, provider: str) -> str:
    """What stands for the provider in a row of the grid."""
    return _either(provider_of(code), _normal(provider[:MAX_TEXT]))


def _either(one: str, other: str, usual: str = "") -> str:
    """What one of two cells says of the same; both, which cannot be read, where they contradict each other."""
    said = dict.fromkeys(text for text in (one, other) if text != usual)
    return " OR ".join(said) or usual


def _line(
    parsed: codes.Parsed,
    pieces: _Pieces,
    number: int,
    day: date,
    *,
    is_cut: bool = False,
    together: codes.Parsed | None = None,
) -> ClaimLine:
    """``together`` is the code with the modifiers of all cells; its own, where there are no others."""
    together = together or parsed
    first_day, last_day = days_of(pieces.date) if pieces.date else (day, day)
    has_letter = re.fullmatch("[A-Z]?", pieces.provider)
    is_cut = is_cut or len(pieces.code) > MAX_CODE_TEXT or _is_shortened(pieces)
    return ClaimLine(
        number=number,
        parsed=parsed,
        first_day=first_day,
        last_day=last_day,
        modifiers=together.modifiers,
        units=_units(pieces.units),
        units_text=pieces.units,
        date_text=pieces.date,
        provider=pieces.provider if has_letter else "",
        dropped=together.dropped,
        faults=(Fault.PROVIDER,) * (not has_letter) + (Fault.LENGTH,) * is_cut,
    )


def _read_code(text: str) -> codes.Parsed:
    """What the code cell means. Eleven digits are a drug's NDC here, never a code and three modifiers."""
    parsed = codes.parse(_normal(text[:MAX_CODE_TEXT]))
    if parsed.code and parsed.hint is codes.Hint.DRUG_NDC:
        return codes.Parsed(parsed.text, codes.Status.INVALID_FORMAT, hint=parsed.hint)
    return parsed


# --- The parts of a text -----------------------------------------------------------------------------------

_NUMBER = r"[-+]?[0-9][0-9.,]*"
_COUNT = r"[0-9][0-9.,]*"  # a dash behind an X parts two modifiers: 97112-KX-59
_BEFORE = r"(?P<code>.*[^ ,-])"
# X1 to X5 behind a dash are modifiers (patient relationship); two digits between brackets are left to be one.
_UNITS_AT_END = tuple(
    re.compile(f"{_BEFORE}{units}")
    for units in (
        rf" ?[X*×] ?(?P<units>{_COUNT})",
        r"[ -]*(?:X|[*×] ?)(?P<units>[0-9]{2,})",
        rf"[ ,-]+(?:QTY|QUANTITY|UNITS?)[:=. ]*(?P<units>{_NUMBER})",
        rf"[ ,-]+(?P<units>{_NUMBER}) ?UNITS?",
        rf" ?\( ?(?P<units>[0-9]|{_NUMBER}(?<![( ][0-9]{{2}})) ?\)",
        r"(?<=[A-Z]X) ?(?P<units>1?[0-9]|2[01])",  # 97110 KX 4: no modifier of CPT is below 22
    )
)


def _split(text: str) -> _Pieces:
    """The parts of a text: after the last ``~``, the last ``@`` the first ``x?`` or what plainly means units."""
    rest, provider = _from_last("~", _normal(with_marked_units(text[:MAX_TEXT])))
    rest, day = _from_last("@", rest)
    code, is_marked, units = rest.partition("X?")
    if not is_marked:
        code, units = _units_at_end(rest)
    return _Pieces(_normal(code), _units_text(units), _date_text(day), _normal(provider))


_SMALL_X = re.compile(
    r"(?<![0-9A-Za-z])([0-9A-Za-z][0-9OIoi]{3}[0-9A-Za-z](?:-?[0-9A-Za-z]{2}){0,4}?)"
    r"x(?=[0-9.-]*[A-Za-z])(?![EPSUepsu](?:x[0-9]|[^A-Za-z]|$))"
)


def with_marked_units(text: str) -> str:
    """Text as it was typed, with ``x?`` for each small x behind a code that marks units with letters in them.

    It must be asked before small letters are made large: ``J1885XTEN`` has the shape of a code with two modifiers.
    """
    return _SMALL_X.sub(r"\1 x?", text)


def _units_at_end(text: str) -> tuple[str, str]:
    """A text without the units at its end, and these. An X behind a letter may be that of a modifier, as in KX59:
    there the first form counts that leaves a code."""
    for match in filter(None, (form.fullmatch(text) for form in _UNITS_AT_END)):
        if not _MAY_BE_OF_MODIFIER.search(text[: match.start("units")]) or _read_code(match["code"]).code:
            return match["code"], match["units"]
    return text, ""


_MAY_BE_OF_MODIFIER = re.compile("(?<![ ,-][0-9A-Z])[A-Z]X ?$")  # behind -GP it is not


def _from_last(sign: str, text: str) -> tuple[str, str]:
    rest, found, tail = text.rpartition(sign)
    return (_normal(rest), tail) if found else (text, "")


# --- Units -------------------------------------------------------------------------------------------------

_WHOLE = re.compile(r"\+?0*([0-9]{1,9})(?:\.0*)?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.0*)?")


def _units(text: str) -> int | None:
    """Whole units from 1, at most nine digits: ``2``, ``2.00``, ``1,000``; None for anything else."""
    match = _WHOLE.fullmatch(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
    return int(match[1]) or None if match else None


def _units_text(typed: str) -> str:
    """What stands for units in a text: the plain number, what was typed, or 1 for nothing."""
    text = _plain(typed)
    units = _units(text)
    return str(units) if units else _shortened(text, MAX_UNITS_TEXT) or "1"


# --- Dates -------------------------------------------------------------------------------------------------

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[A-Z]{{0,6}}"
_DAY = (
    r"(?:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}"
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}|[0-9]{1,2}-[0-9]{1,2}-[0-9]{2,4}|[0-9]{8}"
    rf"|[0-9]{{1,2}}[- ]{_MONTH}[- ][0-9]{{2,4}}|{_MONTH} [0-9]{{1,2}},? [0-9]{{4}})"
)
_SPAN = re.compile(rf"({_DAY})(?: ?(?:\.\.+|-| TO |THRU|THROUGH) ?({_DAY}))?")


def day_of(text: str) -> date | None:
    """A date as ISO or Americans write it, None for anything else.

    2026-07-15, 20260715, 7/15/2026, 07-15-26, 07152026, 15-Jul-2026, July 15, 2026.
    Of a year of two digits 00 to 68 are of this century, as in POSIX.
    """
    text = _normal(text[:MAX_TEXT])
    if not re.fullmatch(_DAY, text):
        return None
    if text.isdecimal():
        is_year_first = text[:2] in ("19", "20")
        parts = [text[:4], text[4:6], text[6:]] if is_year_first else [text[:2], text[2:4], text[4:]]
    else:
        parts = re.split(r",? |[-/]", text)
    if parts[1].isalpha():  # 15-Jul-2026
        parts = [parts[1], parts[0], parts[2]]
    year, month, day = parts if re.match("[0-9]{4}", parts[0]) else (parts[2], parts[0], parts[1])
    if len(year) == 3:
        return None
    month = str(_MONTHS.index(month[:3]) + 1) if month.isalpha() else month
    century = 0 if len(year) == 4 else 2000 if int(year) <= 68 else 1900
    try:
        return date(century + int(year), int(month), int(day))
    except ValueError:
        return None


def days_of(text: str) -> tuple[date, date] | tuple[None, None]:
    """The first and the last day of a date or of two, as ``day_of`` reads them; (None, None) for anything else."""
    match = _SPAN.fullmatch(_normal(text[:MAX_TEXT]))
    if not match:
        return None, None
    first = day_of(match[1])
    last = day_of(match[2]) if match[2] else first
    return (first, last) if first and last and first <= last else (None, None)


def _date_text(typed: str) -> str:
    """What stands for dates in a text: ISO, what was typed, or nothing."""
    text = _plain(typed)
    first, last = days_of(text)
    if first is None:
        return _shortened(text, MAX_DATE_TEXT)
    return first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}"


# --- Text that is kept -------------------------------------------------------------------------------------

_MORE = "+"  # ends a text that was cut, so that the rest of it is never read as a number or a date
_NO_SIGNS = str.maketrans("@~", "__")


def _normal(text: str) -> str:
    """The normal form of ``catalog.codes``, which most cells have: they are blank, or capitals and digits."""
    is_normal = not text or (text.isascii() and text.isalnum() and text == text.upper())
    # A grave accent is a quote, whatever stands beside it: ``codes`` takes it for one in texts beyond ASCII.
    return text if is_normal else codes.normalize(text.replace("`", "'"))


def _plain(typed: str) -> str:
    """The normal form without the signs that part a line."""
    return _normal(_normal(typed[:MAX_TEXT]).translate(_NO_SIGNS))


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + _MORE


def _is_shortened(pieces: _Pieces) -> bool:
    limits = ((pieces.units, MAX_UNITS_TEXT), (pieces.date, MAX_DATE_TEXT))
    return any(len(text) >= limit - 1 and text.endswith(_MORE) for text, limit in limits)


# --- To text -----------------------------------------------------------------------------------------------


class Cells(NamedTuple):
    """A line as the row of the grid shows it; ``line_of_cells(*cells, number, day)`` reads it."""

    code: str
    modifiers: tuple[str, ...]
    units: str
    first: str
    last: str
    provider: str


def cells_of(line: ClaimLine) -> Cells:
    """The cells of a line: up to four modifiers, dates in ISO where they are dates."""
    first, _, last = line.date_text.partition("..")
    return Cells(_five(line) or line.parsed.text, line.modifiers, line.units_text, first, last, line.provider)


def text_of(line: ClaimLine) -> str:
    """The canonical text of a line: ``line_of`` makes the same line of it, whether it could be read or not.

    Only this is forgotten: that blanks, dashes or small letters of a code were put right, and which cell held a
    modifier. A letter read as a digit stays as typed, to be confirmed.
    """
    five = _five(line)
    code = "-".join((five, *line.modifiers, *line.dropped)) if five else line.parsed.text
    pieces = _Pieces(code, line.units_text, line.date_text, line.provider)
    if line.is_readable and "X" not in code:  # nothing in it but an X could be taken for another part
        return pieces.short
    return pieces.short if _split(pieces.short) == pieces else pieces.full


def _five(line: ClaimLine) -> str:
    """The five characters of a code as they stand in a text; empty where there is none."""
    if line.parsed.status is not codes.Status.CORRECTED:
        return line.code
    typed = re.sub("[^0-9A-Z]", "", line.parsed.text)
    fives = (typed[at : at + 5] for at in range(len(typed) - 4))
    return next((five for five in fives if five.translate(_TO_DIGITS) == line.code != five), line.code)


_TO_DIGITS = str.maketrans("OI", "01")


def claim_query(claim: Claim) -> str:
    """The query string of a claim, with no more escapes than it needs: ``setting=…&date=…&line=…&line=…``."""
    fields = [("setting", claim.setting), ("date", claim.date_of_service.isoformat())]
    fields += (("line", text_of(line)) for line in claim.lines)
    return readable(fields)
