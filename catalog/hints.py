"""Why a text is not a code, and what the person probably meant: pure, and knowing only how codes look.

``catalog.codes`` asks here when nothing it knows how to read fits. Shapes of other code sets (diagnoses,
revenue codes, drug and provider numbers) are recognized only to say what they are.
"""

from __future__ import annotations

import enum
import re

from catalog.shapes import CODE, MODIFIER


class Hint(enum.StrEnum):
    """One piece of advice; ``sentence`` is what a coder reads."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> Hint:
        hint = str.__new__(cls, value)
        hint._value_ = value
        hint.sentence = sentence
        return hint

    LEADING_ZERO_LOST = (
        "leading_zero_lost",
        "Too short for a code. Spreadsheets drop leading zeros (00100 becomes 100): add the zero or the missing "
        "digit. If it came from a hospital bill it may be a revenue code, which is not HCPCS.",
    )
    REVENUE_CODE = (
        "revenue_code",
        "Four digits starting with 0 are usually a hospital revenue code, which is not HCPCS. "
        "If a CPT code was meant, one of its five characters is missing.",
    )
    DIAGNOSIS_CODE = (
        "diagnosis_code",
        "This looks like an ICD diagnosis code. HCPCS codes have five characters and no dot; "
        "diagnoses are not on this site.",
    )
    INPATIENT_PROCEDURE_CODE = (
        "inpatient_procedure_code",
        "Seven mixed letters and digits look like an ICD-10-PCS inpatient procedure code, which is not HCPCS.",
    )
    DRUG_NDC = (
        "drug_ndc",
        "This looks like a National Drug Code from a package label. "
        "Search for the drug by name to find its HCPCS code.",
    )
    PROVIDER_NUMBER = (
        "provider_number",
        "Ten digits are an NPI or a telephone number. If two codes ran together, put a blank between them.",
    )
    DATE = ("date", "This is a date. Enter the code by itself.")
    NO_SUCH_SECTION = (
        "no_such_section",
        "No Level II code starts with F, I, N or O. Check the first letter; "
        "a CPT Category II code has its F at the end.",
    )
    NOT_A_CPT_SUFFIX = (
        "not_a_cpt_suffix",
        "After four digits a CPT code ends in a fifth digit or in F, T, U, M or A. "
        "Level II codes have their letter in front.",
    )
    TOO_FEW_DIGITS = (
        "too_few_digits",
        "A Level II code is one letter and four digits, so digits are missing here. "
        "A letter with two or three digits may also be an ICD-10 diagnosis code.",
    )
    TOO_MANY_CHARACTERS = (
        "too_many_characters",
        "Too long for one code and its modifiers. Put a blank or a comma between codes.",
    )
    MODIFIER_TOO_SHORT = (
        "modifier_too_short",
        "One character is left over after the code. A modifier has two characters; units are no part of a code.",
    )
    NOT_A_MODIFIER = (
        "not_a_modifier",
        "What follows the code is not a modifier. "
        "A modifier has two characters: two digits, two letters, or a letter and a digit.",
    )
    MODIFIER_AFTER_DOT = ("modifier_after_dot", "Use a dash or a blank before a modifier, not a dot.")
    MODIFIER_BEFORE_CODE = ("modifier_before_code", "Put the modifier after its code.")
    MODIFIER_WITHOUT_CODE = (
        "modifier_without_code",
        "This is a modifier. On a claim it follows a code, as in 99213-25.",
    )
    TOO_MANY_MODIFIERS = (
        "too_many_modifiers",
        "A claim line usually holds four modifiers. The first four were kept and the rest left out.",
    )
    UNITS_SEPARATE = (
        "units_separate",
        "Units are no part of a code. Two characters after a code, such as X2 or 10, are read as a modifier.",
    )
    LETTER_READ_AS_DIGIT = (
        "letter_read_as_digit",
        "The letter O was read as zero or the letter I as one, because no code contains O or I. "
        "Check that this is the code you meant and not a diagnosis.",
    )
    LETTER_FOR_DIGIT = (
        "letter_for_digit",
        "A letter stands where a code has a digit. "
        "Letters such as L, S, Z and B are easily taken for 1, 5, 2 and 8.",
    )
    SHORT_RANGE = ("short_range", "Write both ends of a range in full, all five characters.")
    RANGE_REVERSED = ("range_reversed", "The range was typed from high to low and has been turned around.")
    RANGE_ACROSS_LINES = (
        "range_across_lines",
        "The two ends are numbered in different series, so nothing lies between them. "
        "Give both ends the same letter, in the same place.",
    )
    CODE_AMONG_WORDS = ("code_among_words", "There is a code among other words. Enter the code by itself.")
    STRAY_SEPARATOR = ("stray_separator", "A blank or a dash seems to be in the wrong place.")
    SPREADSHEET_NUMBER = (
        "spreadsheet_number",
        "A spreadsheet has turned the code into a number. Format the column as text.",
    )
    CONTRACTOR_MARKER = (
        "contractor_marker",
        "CCCCC is not a code: in the add-on file it means that each contractor decides on the primary codes.",
    )
    TOO_LONG = ("too_long", "That is more text than can be read at once. Paste fewer lines.")


DATE = re.compile(
    r"(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])-(?:[0-9]{2}|(?:19|20)[0-9]{2})"
    r"|(?:19|20)[0-9]{2}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])"
)
NDC = re.compile(r"[0-9]{5}-[0-9]{4}-[0-9]{1,2}|[0-9]{4}-[0-9]{4}-[0-9]{2}|[0-9]{5}-[0-9]{3}-[0-9]{2}")

# Pattern of the whole chunk, what it is, and the text probably meant ("" for no guess). First match wins.
_SIGNS: tuple[tuple[re.Pattern[str], Hint, str], ...] = tuple(
    (re.compile(pattern), hint, meant)
    for pattern, hint, meant in (
        (DATE.pattern, Hint.DATE, ""),
        (NDC.pattern + "|(?:N4)?[0-9]{11}", Hint.DRUG_NDC, ""),
        (r"[0-9]{10}", Hint.PROVIDER_NUMBER, ""),
        (r"([0-9]{5})\.0+", Hint.SPREADSHEET_NUMBER, r"\1"),
        (r"([0-9]{4})\.0+", Hint.SPREADSHEET_NUMBER, r"0\1"),
        (rf"({CODE})\.({MODIFIER})", Hint.MODIFIER_AFTER_DOT, r"\1-\2"),
        (r"[0-9A-Z]+\.[0-9A-Z]+", Hint.DIAGNOSIS_CODE, ""),
        (r"0[0-9]{2}[0-9X]", Hint.REVENUE_CODE, r"0\g<0>"),
        (r"[1-9][0-9]{2}", Hint.LEADING_ZERO_LOST, r"00\g<0>"),
        (r"1[0-9]{3}", Hint.LEADING_ZERO_LOST, r"0\g<0>"),
        (r"[0-9]{3,4}", Hint.LEADING_ZERO_LOST, ""),
        (r"[0-9]{2}[FTUMA]", Hint.LEADING_ZERO_LOST, r"00\g<0>"),
        (r"[0-9]{3}[FTUMA]", Hint.LEADING_ZERO_LOST, r"0\g<0>"),
        (r"C{5}", Hint.CONTRACTOR_MARKER, ""),
        (r"([0-9A-Z][0-9])XXX", Hint.SHORT_RANGE, r"\g<1>000-\g<1>999"),
        (r"([0-9A-Z][0-9]{2})XX", Hint.SHORT_RANGE, r"\g<1>00-\g<1>99"),
        (r"([0-9A-Z][0-9]{3})X", Hint.SHORT_RANGE, r"\g<1>0-\g<1>9"),
        (r"[0-9]{4}-?[B-EG-LN-SV-Z](?:-.+)?", Hint.NOT_A_CPT_SUFFIX, ""),
        (r"(?:.+-)?[FINO]-?[0-9]{4}(?:-.+)?", Hint.NO_SUCH_SECTION, ""),
        (r"([A-Z][0-9]{4})[0-9]", Hint.DIAGNOSIS_CODE, r"\1"),
        (r"[A-Z][0-9]{5}[0-9A-Z]", Hint.DIAGNOSIS_CODE, ""),
        (rf"({CODE}(?:-{MODIFIER})*)-?[X*×][0-9]{{1,4}}", Hint.UNITS_SEPARATE, r"\1"),
        (r"(([0-9A-Z][0-9])[0-9]{3})-([0-9]{3})", Hint.SHORT_RANGE, r"\1-\2\3"),
        (r"(([0-9A-Z])[0-9]{4})-([0-9]{4})", Hint.SHORT_RANGE, r"\1-\2\3"),
        (rf"({CODE}{MODIFIER}?(?:-{MODIFIER})*)-?[0-9A-Z]", Hint.MODIFIER_TOO_SHORT, r"\1"),
        (r"(?=.*[A-Z])[0-9B-HX][0-9A-HJ-NP-Z]{6}", Hint.INPATIENT_PROCEDURE_CODE, ""),
        (rf"{CODE}-?(?:{MODIFIER}-?)*{CODE}.*|[0-9]{{5,}}", Hint.TOO_MANY_CHARACTERS, ""),
        (rf"({CODE})-?[0-9A-Z]{{2,4}}", Hint.NOT_A_MODIFIER, r"\1"),
        (r"[A-Z][0-9]{1,3}", Hint.TOO_FEW_DIGITS, ""),
        (rf"{MODIFIER}(?:-{MODIFIER})+", Hint.MODIFIER_WITHOUT_CODE, ""),
    )
)

_LOOKALIKES = str.maketrans("OILSZB", "011528")


def hint_for(chunk: str) -> tuple[Hint | None, tuple[str, ...]]:
    """The advice for one unreadable piece of text in normal form, and up to one guess at what was meant.

    The guess is text to parse, not yet a code. (None, ()) when the piece does not look like a try at a code.
    """
    if chunk.isalpha() and chunk != "CCCCC":
        return None, ()
    guess = _lookalike(chunk)
    for pattern, hint, meant in _SIGNS:
        if match := pattern.fullmatch(chunk):
            return hint, tuple(filter(None, [match.expand(meant) or guess]))
    return (Hint.LETTER_FOR_DIGIT, (guess,)) if guess else (None, ())


def _lookalike(chunk: str) -> str:
    """``992L3`` as ``99213``: letters that resemble digits, read as digits where only a digit can stand."""
    if len(chunk) != 5 or not re.search("[0-9]", chunk):
        return ""
    middle = chunk[1:4].translate(_LOOKALIKES)
    last = chunk[4].translate(_LOOKALIKES)
    guess = chunk[0] + middle + last
    return guess if guess != chunk and re.fullmatch(CODE, guess) else ""
