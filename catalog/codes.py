"""The grammar of codes: what a person meant by the text they typed.

The shapes themselves are in ``catalog.shapes`` and the advice for unreadable text in ``catalog.hints``; both are
used through this module. Nothing here ever moves a letter to the other end of a code: ``0001U`` and ``U0001``
are two codes.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass, replace

from catalog.hints import DATE, NDC, Hint, hint_for
from catalog.shapes import (
    MODIFIER,
    Kind,
    Level,
    contains,
    cpt_category_one_section,
    is_code,
    is_modifier,
    kind_of,
    level_of,
    number,
    place,
    series,
)

__all__ = [
    "Hint",
    "Kind",
    "Level",
    "Parsed",
    "Status",
    "contains",
    "cpt_category_one_section",
    "is_code",
    "is_modifier",
    "kind_of",
    "level_of",
    "normalize",
    "number",
    "parse",
    "place",
    "series",
]

MAX_LENGTH = 10_000
"""Longest text, in characters, that ``parse`` reads: some fifteen hundred pasted codes."""

MAX_MODIFIERS = 4
"""Modifiers a claim line usually holds."""


class Status(enum.StrEnum):
    """What ``parse`` made of a text."""

    OK = "ok"
    NORMALIZED = "normalized"
    CORRECTED = "corrected"
    MODIFIER_SPLIT = "modifier_split"
    MODIFIER_ONLY = "modifier_only"
    MULTIPLE_CODES = "multiple_codes"
    RANGE_NOT_CODE = "range_not_code"
    INVALID_FORMAT = "invalid_format"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text means. ``code`` is set for OK, NORMALIZED, CORRECTED and MODIFIER_SPLIT only."""

    text: str
    """The text in normal form; empty when it was too long to read."""
    status: Status
    code: str | None = None
    modifiers: tuple[str, ...] = ()
    """Modifiers of ``code``, at most four, in the order typed."""
    codes: tuple[Parsed, ...] = ()
    """For MULTIPLE_CODES every part in order; a part may itself be a range, or unreadable with its own hint."""
    range: tuple[str, str] | None = None
    """For RANGE_NOT_CODE both ends, low one first; as typed when they are on different number lines."""
    hint: Hint | None = None
    candidates: tuple[str, ...] = ()
    """Canonical texts the person may have meant instead, likeliest first."""
    dropped: tuple[str, ...] = ()
    """Modifiers after the fourth."""

    @property
    def needs_confirmation(self) -> bool:
        """Whether a letter was read as a digit, so that a person should say yes first."""
        return self.status is Status.CORRECTED or any(part.needs_confirmation for part in self.codes)

    @property
    def modifier(self) -> str | None:
        """For MODIFIER_ONLY the modifier itself."""
        return self.candidates[0] if self.status is Status.MODIFIER_ONLY else None

    @property
    def canonical(self) -> str:
        """The plainest text that parses to the same codes, modifiers, range or rejection."""
        if self.codes:
            return ", ".join(part.canonical for part in self.codes)
        if self.range:
            return "-".join(self.range)
        if self.code:
            return "-".join((self.code, *self.modifiers))
        return self.modifier or self.text


# --- Normal form -------------------------------------------------------------------------------------------

# Marks that take no room (Unicode Default_Ignorable_Code_Point) and control characters that are not blanks.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_DASHES = "‐‑‒–—―−⁃˗⁻₋֊־᠆⸗⸚⸺⸻⹀〜〰゠︱︲﹘﹣－─━ーｰ"  # noqa: RUF001
_SINGLE_QUOTES = "‘’‚‛′‹›`´＇"  # noqa: RUF001
_DOUBLE_QUOTES = "“”„‟″«»〝〞〟＂"  # noqa: RUF001
_PLAIN = str.maketrans(
    dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_SINGLE_QUOTES, "'")
    | dict.fromkeys(_DOUBLE_QUOTES, '"')
    | dict.fromkeys("®™", "")
)


def normalize(text: str) -> str:
    """The normal form of typed text: compatibility characters, dashes, quotes and blanks made plain, upper case.

    Outer quotes and trailing ``. , ; :`` go; runs of blanks become one. Normalizing twice changes nothing more.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text.translate(_PLAIN)))
        text = unicodedata.normalize("NFKC", text.translate(_PLAIN).upper())
    text = " ".join(_INVISIBLE.sub("", text).upper().split())
    return text.lstrip(" '\"").rstrip(" '\".,;:")


# --- Reading -----------------------------------------------------------------------------------------------

# A chunk is what stands between separators; a dash, a dot or a sign inside it keeps it together.
_CHUNK = re.compile(r"\$?[^\W_]+(?:[-.*×$%]+[^\W_]+)*%?")
_DIGIT = re.compile("[0-9]")

# Five characters that are a code, or would be once O is read as 0 and I as 1.
_FIVE = r"[0-9A-Z][0-9OI]{3}[0-9A-Z]"
_TO_DIGITS = str.maketrans("OI", "01")
_RANGE = re.compile(rf"({_FIVE})-({_FIVE})")

# Modifiers may run together (2559), but then no pair is below 22: 2024 is a year and 0450 a revenue code.
# Letters alone run together only when glued to the code (J1885JWJZ): apart from it they are a word.
_GLUED = r"(?:(?:2[2-9]|[3-9][0-9]|[A-Z][A-Z0-9]|[1238]P){2,4})"
_APART = rf"(?:{MODIFIER}|(?=[A-Z]*[0-9]){_GLUED})"
_MODIFIERS = re.compile(rf"{_APART}(?:-{_APART})*")
_CODE_AND_MODIFIERS = re.compile(rf"({_FIVE})((?:{MODIFIER}|{_GLUED})?(?:-{_APART})*)")
_PAIR = re.compile("[0-9A-Z]{2}")
_LIKELY_UNITS = re.compile("X[0-9]|[01][0-9]|2[01]")  # modifiers by shape that often mean units
_UNITS = re.compile(r"(?: ?[X*×]| (?:QTY|QUANTITY|UNITS?)[:=]?) ?[0-9]{1,4}$| [0-9]{1,4} ?UNITS?$")

# Words beside a code, although they look like modifiers. CMS has never issued modifiers of these letters.
_SMALL_WORDS = frozenset(("BY", "IF", "IN", "IS", "IT", "NO", "OF", "ON", "OR", "TO", "VS"))

_START, _END = r"(?<![0-9A-Z])", r"(?![0-9A-Z])"
_SKIPPED = r"CPT(?:-?4)?|HCPCS|CDT|CODES?|PROC(?:EDURE)?S?|MOD(?:IFIER)?S?|FROM|AND|WITH|W|PLUS|THEN|VERSUS"

# Applied in this order to text in normal form, so that its chunks can then be read one by one.
_TIDYING = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # A date stays in one piece, or its day and month would read as modifiers; so would an amount.
        (r"(?<![0-9/])(0?[1-9]|1[0-2])/(0?[1-9]|[12][0-9]|3[01])/((?:[0-9]{2}){1,2})(?![0-9/])", r"\1-\2-\3"),
        (rf"{_START}[0-9][0-9.]* ?(?:MG|ML|MM|OZ){_END}", "AMOUNT"),
        (r" ?-[ -]*", "-"),
        (rf"{_START}([A-Z])[ -]([0-9]{{4}})(?![0-9])", r"\1\2"),
        (rf"{_START}([0-9]{{4}})[ -]([FTUMA]){_END}", r"\1\2"),
        (rf"{_START}({_FIVE})(?: ?(?:\.\.+|[~→]|-?>) ?| (?:TO|THRU|THROUGH) )(?={_FIVE}{_END})", r"\1-"),
        (rf"{_START}(?:OR|VS?)\.?(?= {_FIVE}{_END})", ","),
        (rf"{_START}(?:(?:{_SKIPPED}){_END}-?|(?:CPT|HCPCS|MOD)(?=[0-9])|W/)", ","),
    )
)


def parse(text: str) -> Parsed:
    """What a person meant by a text: one code box, one pasted line, or the search box.

    Tried in this order: a modifier alone; a list of codes; a range; a code with modifiers; exactly a code; a code
    once case, blanks and dashes are put right; any of these with O read as 0 and I as 1 inside the five
    characters of a code; else invalid, with the hint that helps. Decisions worth knowing:

    * A dash before five characters makes a range, before two a modifier. A range typed from high to low is
      turned around; one across number lines keeps its order. Both carry a hint.
    * In a list each code takes the modifiers that follow it. A piece that cannot be read, but has a digit, stays
      in the list as an invalid part as long as two parts can be read.
    * Labels and joining words (CPT, code, mod, and, with ...) are skipped; any other word beside a code makes the
      text invalid with the code as candidate, for it may be a search.
    * ``J1885X2`` has the modifier X2. Units are the claim's business and must be cut off before.
    * A date or a drug's NDC with its dashes is never read as codes or modifiers, though its pieces might be.

    Never raises; time grows with the length of the text, and text beyond ``MAX_LENGTH`` is not read.
    """
    typed = text.strip()
    if is_code(typed):
        return Parsed(typed, Status.OK, code=typed)
    normal = normalize(text[: MAX_LENGTH + 1])
    if max(len(text), len(normal)) > MAX_LENGTH:  # one character can become eighteen
        return Parsed("", Status.INVALID_FORMAT, hint=Hint.TOO_LONG)
    parts = _read(normal)
    if len(parts) == 1 and parts[0].status is not Status.INVALID_FORMAT:
        status = Status.NORMALIZED if parts[0].status is Status.OK else parts[0].status
        return replace(parts[0], text=normal, status=status)
    if sum(map(_names_codes, parts)) >= 2 and not any(map(_is_word, parts)):
        return Parsed(normal, Status.MULTIPLE_CODES, codes=tuple(parts))
    spaced = normal.replace(" ", "-")
    if not DATE.fullmatch(spaced) and (whole := _one_code(spaced)):
        return replace(whole, text=normal)
    hint, candidates = _advice(normal, parts)
    return Parsed(normal, Status.INVALID_FORMAT, hint=hint, candidates=tuple(dict.fromkeys(candidates))[:10])


def _read(normal: str) -> list[Parsed]:
    """The chunks of a text, read one by one; modifiers join the code before them."""
    chunks = _CHUNK.findall(_tidied(normal))
    parts: list[Parsed] = []
    following: list[list[str]] = []
    for chunk in chunks:
        is_word = len(chunks) > 1 and chunk in _SMALL_WORDS
        modifiers = [] if is_word else _modifiers_in(chunk)
        if modifiers and parts and parts[-1].code:
            following[-1].extend(modifiers)
        else:
            parts.append(Parsed(chunk, Status.INVALID_FORMAT) if is_word else _read_chunk(chunk))
            following.append([])
    return [_with_modifiers(part, more) for part, more in zip(parts, following, strict=True)]


def _tidied(normal: str) -> str:
    if normal.startswith(("- ", "* ")):  # a list with bullets
        normal = normal.replace(f" {normal[0]} ", ", ")
    elif normal.startswith(("1. ", "1) ")):  # a numbered list
        normal = re.sub(rf"{_START}[0-9]{{1,2}}[.)] (?={_FIVE})", ", ", normal)
    for pattern, replacement in _TIDYING:
        normal = pattern.sub(replacement, normal)
    return normal


def _read_chunk(chunk: str) -> Parsed:
    if DATE.fullmatch(chunk) or NDC.fullmatch(chunk):
        return _invalid(chunk)
    if is_modifier(chunk):
        return Parsed(chunk, Status.MODIFIER_ONLY, hint=Hint.MODIFIER_WITHOUT_CODE, candidates=(chunk,))
    if match := _RANGE.fullmatch(chunk):
        low, high = _repaired(match[1]), _repaired(match[2])
        if is_code(low) and is_code(high):
            return _range(chunk, low, high)
    if (match := _CODE_AND_MODIFIERS.fullmatch(chunk)) and (parsed := _one_code(match[1])):
        return _with_modifiers(replace(parsed, text=chunk), _PAIR.findall(match[2]))
    return _one_code(chunk) or _invalid(chunk)


def _one_code(chunk: str) -> Parsed | None:
    """The whole chunk as one code without its dashes, O and I read as digits if that is what it takes."""
    code = chunk.replace("-", "")
    if is_code(code):
        return Parsed(chunk, Status.OK if code == chunk else Status.NORMALIZED, code=code)
    code = _repaired(code)
    if is_code(code):
        return Parsed(chunk, Status.CORRECTED, code=code, hint=Hint.LETTER_READ_AS_DIGIT)
    return None


def _repaired(five: str) -> str:
    """O read as 0 and I as 1: no code contains either letter."""
    return five.translate(_TO_DIGITS)


def _modifiers_in(chunk: str) -> list[str]:
    """``["25", "59"]`` for 25-59 or 2559; empty when the chunk is anything but modifiers."""
    return _PAIR.findall(chunk) if _MODIFIERS.fullmatch(chunk) and not DATE.fullmatch(chunk) else []


def _with_modifiers(parsed: Parsed, more: list[str]) -> Parsed:
    if not more:
        return parsed
    modifiers = (*parsed.modifiers, *parsed.dropped, *more)
    hint = parsed.hint
    if len(modifiers) > MAX_MODIFIERS:
        hint = Hint.TOO_MANY_MODIFIERS
    elif re.fullmatch("[0-9]{11}", parsed.text):
        hint = Hint.DRUG_NDC
    elif not hint and any(map(_LIKELY_UNITS.fullmatch, modifiers)):
        hint = Hint.UNITS_SEPARATE
    return replace(
        parsed,
        status=Status.CORRECTED if parsed.status is Status.CORRECTED else Status.MODIFIER_SPLIT,
        modifiers=modifiers[:MAX_MODIFIERS],
        dropped=modifiers[MAX_MODIFIERS:],
        hint=hint,
    )


def _range(chunk: str, low: str, high: str) -> Parsed:
    hint = None if chunk == f"{low}-{high}" else Hint.LETTER_READ_AS_DIGIT
    if series(low) != series(high):
        hint = Hint.RANGE_ACROSS_LINES
    elif number(low) > number(high):
        hint, low, high = Hint.RANGE_REVERSED, high, low
    return Parsed(chunk, Status.RANGE_NOT_CODE, range=(low, high), hint=hint)


# --- Rejecting ---------------------------------------------------------------------------------------------


def _names_codes(part: Parsed) -> bool:
    return part.code is not None or part.range is not None


def _is_word(part: Parsed) -> bool:
    return not _names_codes(part) and not _DIGIT.search(part.text)


def _invalid(chunk: str) -> Parsed:
    hint, guesses = hint_for(chunk)
    meant = [part for part in map(_read_chunk, guesses) if part.hint is not Hint.RANGE_REVERSED]
    candidates = tuple(part.canonical for part in meant if _names_codes(part))
    return Parsed(chunk, Status.INVALID_FORMAT, hint=hint, candidates=candidates)


def _without_units(part: Parsed) -> Parsed:
    return replace(part, modifiers=tuple(m for m in part.modifiers if not _LIKELY_UNITS.fullmatch(m)))


def _advice(normal: str, parts: list[Parsed]) -> tuple[Hint | None, list[str]]:
    """The most telling hint for a text that could not be read, and what may have been meant."""
    found = [_without_units(part).canonical for part in parts if _names_codes(part)]
    unread = [part for part in parts if not _names_codes(part)]
    for part in unread:
        if part.hint in (Hint.DATE, Hint.DRUG_NDC):
            return part.hint, found
    if re.fullmatch("[0-9]{1,2},[0-9]{3}", normal):
        return Hint.SPREADSHEET_NUMBER, [normal.replace(",", "").zfill(5)]
    if units := _UNITS.search(normal):
        billed = _read(normal[: units.start()])
        if len(billed) == 1 and billed[0].code:
            return Hint.UNITS_SEPARATE, [billed[0].canonical]
    if len(parts) == 2 and parts[0].modifier and parts[1].code:
        return Hint.MODIFIER_BEFORE_CODE, [_with_modifiers(parts[1], [parts[0].modifier]).canonical]
    if parts and all(part.modifier for part in parts) and re.search("[0-9,/]", normal):
        return Hint.MODIFIER_WITHOUT_CODE, [part.text for part in parts]
    together = "".join(part.text for part in parts).replace("-", "")
    if not found and not re.search("[A-Z]{3}", together) and (whole := _read_chunk(together)).modifiers:
        return Hint.STRAY_SEPARATOR, [whole.canonical]
    odd = [part for part in unread if not part.modifier]
    inside = [piece for part in odd for piece in part.text.split("-") if is_code(piece)]  # 99213-OFFICE
    if found and odd and len(odd[0].text) == 1 and (odd[0].text.isdigit() or odd == parts[1:]):
        return Hint.MODIFIER_TOO_SHORT, found
    if odd and odd[0].hint and (len(parts) == 1 or not any(map(_is_word, odd))):
        guesses = [guess for part in odd for guess in part.candidates]
        return odd[0].hint, found + (guesses or inside)
    return (Hint.CODE_AMONG_WORDS if found or inside else None), found + inside
