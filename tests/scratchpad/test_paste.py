"""Pasted text: lines of a claim in any sane form, and a report in which nothing is missing."""

import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.codes import Hint
from scratchpad.claim_text import text_of
from scratchpad.paste import MAX_CHARACTERS, Pasted, read
from scratchpad.pasted_row import CHARGE, DATES, MEASURE, NO_CODE, NO_DATE, RANGE, UNITS

DAY = date(2026, 7, 15)


def lines(text: str) -> list[str]:
    return [text_of(line) for line in read(text, DAY).lines]


def rows(*cells: str, sign: str = "\t") -> str:
    """``a | b`` as a row of a spreadsheet."""
    return "\n".join(sign.join(cell.strip() for cell in row.split("|")) for row in cells)


def reported(pasted: Pasted) -> str:
    """All words of a report but the lines themselves."""
    texts = [part for entry in pasted.not_understood for part in (entry.text, entry.why)]
    return " ".join([*texts, *pasted.notes, *pasted.ignored, *pasted.headings])


# --- Lists -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11042, 97597-59 x2", ["11042", "97597-59x2"]),
        ("11042 97597", ["11042", "97597"]),
        ("11042; 97597-59; J1885", ["11042", "97597-59", "J1885"]),
        ("11042/97597", ["11042", "97597"]),
        ("11042\n\n97597 59\n", ["11042", "97597-59"]),
        ("11042\r\n97597\r99213", ["11042", "97597", "99213"]),
        ("- 11042\n- 97597-59 x2", ["11042", "97597-59x2"]),
        ("• 11042\n* 97597", ["11042", "97597"]),
        ("1. 11042\n2) 97597-59\nLine 3: 99213", ["11042", "97597-59", "99213"]),
        ("1 11042\n2 97597", ["11042", "97597"]),
        ("CPT: 11042; HCPCS J1885 qty 2", ["11042", "J1885x2"]),
        ("11042 and 97597 with 99213", ["11042", "97597", "99213"]),
        ("\ufeff11042\u00a059\u00a0x2", ["11042-59x2"]),
        ("11042–59 x2", ["11042-59x2"]),
        ("11042 - 59", ["11042-59"]),
        ("9921325", ["99213-25"]),
        ("99213 25 59", ["99213-25-59"]),
        ("99213 25-LT", ["99213-25-LT"]),
        ("j1885jw", ["J1885-JW"]),
        ("+11045 x2", ["11045x2"]),
        ("o0100", ["O0100"]),
        ("0001-u\nX1234", ["0001U", "X1234"]),
        ("11042\n11042", ["11042", "11042"]),
        ("97112-KX-59\n97112 KX 59\n97112KX59", ["97112-KX-59"] * 3),
        ("71046-FX-26, 97112-GP-KX-59", ["71046-FX-26", "97112-GP-KX-59"]),
        ("97110 KX 4\n97112 GP KX 2\n97112-KXx2", ["97110-KXx4", "97112-GP-KXx2", "97112-KXx2"]),
        ("97112 KX 59\tx\n97110 KX 4\tx", ["97112-KX-59", "97110-KXx4"]),
    ],
)
def test_a_list_of_codes_is_read_in_any_sane_form(text, expected):
    assert lines(text) == expected
    assert read(text, DAY).not_understood == ()


UNITS_OF_4 = ["x4", "×4", "*4", "x 4", "X4", "(4)", "qty 4", "Qty: 4", "quantity=4", "4 units", "units 4", "04"]


@pytest.mark.parametrize("units", UNITS_OF_4)
def test_units_are_read_however_they_are_written(units):
    assert lines(f"J1885 {units}") == ["J1885x4"]
    assert lines(f"J1885-JW {units}, 97597") == ["J1885-JWx4", "97597"]


def test_units_may_stand_before_a_code():
    assert lines("2 x 97597, 3x J1885") == ["97597x2", "J1885x3"]


def test_a_number_after_a_code_is_a_modifier_if_it_can_be_one_of_cpt_else_units():
    assert lines("96372 59 1\nJ1885 4\nJ1885 10\n99213 25") == ["96372-59", "J1885x4", "J1885x10", "99213-25"]


def test_a_number_that_is_no_modifier_of_cpt_is_units_and_the_report_shows_it():
    pasted = read("J1885 30\n97597 59\nJ1885 JW 28\nJ1885 99", DAY)
    assert [entry.text for entry in pasted.taken] == ["J1885x30", "97597-59", "J1885-JWx28", "J1885-99"]
    assert lines("J1885-30") == ["J1885-30"]


def test_numbers_taken_for_units_without_a_sign_of_it_are_said():
    pasted = read("J1885 4\nJ3301 30\n97110 x2\n99213 1", DAY)
    assert pasted.notes == (
        "Numbers taken for units, though no sign marks them as such: 4 in row 1 and 30 in row 2.",
    )
    many = read("\n".join(["J1885 4"] * 8), DAY)
    assert many.notes[0].endswith("4 in row 4, 4 in row 5 and 3 more.")
    assert read("97110\t4\n97112\t2", DAY).notes == ("Column 2 has no heading and was taken for units.",)


@pytest.mark.parametrize("measure", ["30 min", "2 minutes", "15min", "30 mg", "20 sq cm", "2 hours", "3 days"])
@pytest.mark.parametrize("text", ["97110 {}", "97110 x{}", "97110 ({})", "97110\t{}", "CPT\tUnits\n97110\t{}"])
def test_minutes_and_measures_are_no_units_and_that_is_said(measure, text):
    pasted = read(text.format(measure), DAY)
    assert [text_of(line) for line in pasted.lines] == ["97110"]
    assert [entry.why for entry in pasted.not_understood] == [MEASURE.format(text=measure)]


def test_units_beside_minutes_are_units():
    assert lines("97110 30 min x2\n97110 (30 min) 2 units") == ["97110x2", "97110x2"]


def test_letters_behind_a_small_x_are_units_that_cannot_be_read():
    pasted = read("J1885xTEN, J1885xe, 97597-xsx2", DAY)
    assert [text_of(line) for line in pasted.lines] == ["J1885x?TEN", "J1885-XE", "97597-XSx2"]
    assert [entry.why for entry in pasted.not_understood] == [UNITS]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45380-59, dx K63.5", ["45380-59"]),
        ("45380 DX: A,B x2", ["45380x2"]),
        ("45380 59 icd-10 K63.5 K64.1", ["45380-59"]),
        ("45380 dx ABC", ["45380"]),
        ("45380 dx E1165", ["45380"]),
        ("45380 dx K63.5, J1885 x4", ["45380", "J1885x4"]),
        ("45380 diagnosis K63.5; 97597-59", ["45380", "97597-59"]),
    ],
)
def test_diagnoses_and_their_pointers_are_neither_modifiers_nor_codes(text, expected):
    assert lines(text) == expected
    assert read(text, DAY).taken[0].left_out


def test_units_that_are_none_are_kept_and_said():
    pasted = read("97110 x1.5", DAY)
    assert lines("97110 x1.5") == ["97110x1.5"]
    assert pasted.not_understood == ((1, "1.5", UNITS, 0),)


def test_a_number_that_may_be_a_charge_is_not_taken_for_units():
    pasted = read("J7192 1500", DAY)
    assert lines("J7192 1500") == ["J7192"]
    assert pasted.not_understood == ((1, "1500", CHARGE.format(number="1500"), 0),)
    assert lines("J7192 x1500") == ["J7192x1500"]


def test_ranges_are_not_expanded_and_that_is_said():
    for text in ("99202-99215", "99202 to 99215", "99202 – 99215"):
        pasted = read(text, DAY)
        assert pasted.lines == ()
        assert [entry.why for entry in pasted.not_understood] == [RANGE]
        assert "99202" in pasted.not_understood[0].text


def test_words_beside_codes_are_counted_and_not_taken():
    pasted = read("Debridement of skin 11042 x2 as discussed", DAY)
    assert [tuple(entry) for entry in pasted.taken] == [(1, 1, "11042x2", 5)]


def test_words_of_a_row_of_several_codes_are_counted_once():
    pasted = read("Debridement 11042, 97597", DAY)
    assert [entry.left_out for entry in pasted.taken] == [1, 0]


def test_seven_digits_are_a_code_and_its_modifier_only_where_no_plain_code_is():
    assert lines("9921325\n5551212\n5551230") == ["99213-25"]
    pasted = read("1002359 11042", DAY)
    assert [tuple(entry) for entry in pasted.taken] == [(1, 1, "11042", 1)]


def test_words_that_look_like_modifiers_count_only_right_behind_a_code():
    assert lines("99213 LT knee MD OF 25") == ["99213-LT"]


def test_the_fifth_modifier_is_said():
    pasted = read("99213-25-59-76-77-50", DAY)
    assert pasted.not_understood == ((1, "50", Hint.TOO_MANY_MODIFIERS.sentence, 0),)


def test_digits_of_another_script_are_no_numbers():
    assert lines("፩ 11042 ፩\n11042\t፩\n97597\t፩") == ["11042", "11042", "97597"]


def test_a_row_without_a_code_is_said():
    pasted = read("11042\nfollow up in 2 weeks\n\n97597", DAY)
    assert [tuple(entry) for entry in pasted.taken] == [(1, 1, "11042", 0), (4, 2, "97597", 0)]
    assert pasted.not_understood == ((2, "", NO_CODE, 0),)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("100", Hint.LEADING_ZERO_LOST),
        ("0450", Hint.REVENUE_CODE),
        ("992L3", Hint.LETTER_FOR_DIGIT),
        ("99213.25", Hint.MODIFIER_AFTER_DOT),
        ("F1234", Hint.NO_SUCH_SECTION),
    ],
)
def test_a_try_at_a_code_stays_on_the_claim_to_be_put_right(text, hint):
    pasted = read(f"11042\n{text}", DAY)
    assert lines(f"11042\n{text}") == ["11042", text]
    assert not pasted.lines[1].code
    assert pasted.not_understood == ((2, text, hint.sentence, 2),)


# --- Dates -------------------------------------------------------------------------------------------------


def test_a_date_is_taken_only_where_it_is_not_that_of_the_claim():
    text = rows(
        "DOS | To | CPT",
        "7/15/2026 | 7/15/2026 | 11042",
        "2026-07-16 00:00:00 | | 97597",
        "7/1/2026 | 7/5/2026 | 97110",
    )
    assert lines(text) == ["11042", "97597@2026-07-16", "97110@2026-07-01..2026-07-05"]


def test_a_date_without_a_heading_is_taken_if_it_is_alone_and_near():
    assert lines("07/15/2026 11042\n7/16/2026 97597 99213") == ["11042", "97597@2026-07-16", "99213@2026-07-16"]


def test_a_date_that_may_be_a_birthday_is_not_taken_and_that_is_said():
    for text in ("1/1/1950 99213", "6/1/2026 7/16/2026 99213"):
        pasted = read(text, DAY)
        assert [entry.text for entry in pasted.taken] == ["99213"]
        assert pasted.not_understood == ((1, "", DATES, 0),)


def test_a_date_under_its_heading_that_is_none_is_said():
    pasted = read(
        rows("CPT | Date | To", "11042 | soon |", "97597 | 7/5/2026 | 7/1/2026", "99213 | | 7/1/2026"), DAY
    )
    assert [entry.text for entry in pasted.taken] == ["11042", "97597", "99213"]
    assert pasted.not_understood == tuple((row, "", NO_DATE, 0) for row in (2, 3, 4))


# --- What may be of a patient ------------------------------------------------------------------------------


NUMBERS = ["555-123-4567", "(555) 123-4567", "123-45-6789", "123 45 6789", "123456789", "1EG4-TE5-MK73"]
PLACES = ["{}", "11042 {}", "{} 11042 x2", "11042\t{}\t59", "CPT\tMember\n11042\t{}", "CPT\n{}"]


@pytest.mark.parametrize("private", [*NUMBERS, "1234567893", "01/02/1950", "Smith"])
@pytest.mark.parametrize("text", PLACES)
def test_numbers_and_names_of_patients_are_neither_taken_nor_repeated(private, text):
    pasted = read(text.format(private), DAY)
    assert [line.code for line in pasted.lines] == ["11042"] * ("11042" in text)
    assert not any(len(part) > 2 and part in reported(pasted) for part in re.split(r"[() /-]", private))
    assert {text_of(line) for line in pasted.lines} <= {"11042", "11042x2", "11042-59"}


def test_a_state_its_zip_code_and_a_title_are_no_modifiers_and_no_code():
    pasted = read("99213 TX 77030\n11042 NP x2\n97597-TX", DAY)
    assert [tuple(entry)[2:] for entry in pasted.taken] == [("99213", 2), ("11042x2", 1), ("97597-TX", 0)]
    assert "77030" not in reported(pasted)
    assert lines("11042 or 97597 in 99213") == ["11042", "97597", "99213"]


def test_a_drug_number_is_no_code():
    for text in ("12345678911", "N412345678911", "0069-3150-83", "CPT\n12345678911"):
        assert read(text, DAY).lines == ()
        assert Hint.DRUG_NDC.sentence in reported(read(text, DAY))


# --- Limits ------------------------------------------------------------------------------------------------


def test_lines_beyond_the_room_of_the_claim_are_counted_with_their_rows():
    pasted = read("11042\n" * 5, DAY, room=2)
    assert [line.number for line in pasted.lines] == [99, 100]
    assert pasted.notes == ("A claim here holds 100 lines, so 3 lines did not fit: rows 3 to 5.",)
    assert read("11042", DAY, room=0).lines == ()


def test_a_claim_takes_a_hundred_lines():
    pasted = read("11042 97597\n" * 60, DAY)
    assert len(pasted.lines) == 100
    assert "20 lines did not fit: rows 51 to 60" in pasted.notes[0]


def test_text_beyond_the_limit_is_left_out_by_whole_rows_and_counted():
    rows_within = MAX_CHARACTERS // 6
    pasted = read("11042\n" * (rows_within + 7), DAY)
    assert pasted.notes[0] == "Left out at the end: 7 rows, for the text is longer than 20,000 characters."
    assert all(text_of(line) == "11042" for line in pasted.lines)


def test_an_empty_text_is_an_empty_report_that_says_so():
    for text in ("", " \n\t", "\ufeff", "CPT\tUnits"):
        assert read(text, DAY).notes == ("No code was found in the text.",)


# --- Anything at all ---------------------------------------------------------------------------------------

CODES = ["11042", "97597-59x2", "J1885", "9921325", "0001U", "O0100", "+11045", "X1234", "99202-99215"]
REST = [
    "30 min",
    "dx",
    "AB 500 00",
    "xTEN",
    "NPI",
    "59",
    "LT",
    "x2",
    "(3)",
    "4",
    "10",
    "1500",
    "qty 3",
    "2 units",
    "x1.5",
    "$12.50",
    "1,234.56",
    "125.00",
]
OTHER = ["555-123-4567", "123456789", "E11.9", "0450", "100", "7/16/2026", "1/1/1950", "Smith", "of", "1.", "3)"]
SIGNS = [" ", "\n", "\t", ", ", ",", ";", "|", '"', "CPT\tUnits\tDX\n"]
FORMS = ["30 min", "dx", "AB 500 00", "xTEN", "NPI", "SV1*HC:", "*150*UN*", "~"]
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(CODES + REST + OTHER + FORMS + SIGNS), max_size=30).map(" ".join),
    st.lists(st.sampled_from(CODES + REST + OTHER + FORMS + SIGNS), max_size=30).map("".join),
)


def digits(text: str) -> list[str]:
    return [run.lstrip("0") for run in re.findall("[0-9]+", text)]


@given(TEXTS)
@example('11042,"\n97597')
@example("1 x 0OOO0 11042")
def test_every_number_of_a_text_is_in_a_line_or_reported(text):
    pasted = read(text, DAY)
    said = {entry.row for entry in pasted.not_understood} | {entry.row for entry in pasted.taken if entry.left_out}
    is_said_of_columns = bool(pasted.ignored or pasted.headings or '"' in text)
    is_said_of_columns |= any("Charges, pointers" in note for note in pasted.notes)
    is_numbered = any("in front of" in note for note in pasted.notes)
    for number, row in enumerate(text.replace("\ufeff", "").replace("\0", "").splitlines(), start=1):
        taken = "".join("".join(digits(entry.text)) for entry in pasted.taken if entry.row == number) + "1"
        missing = [run for run in digits(row) if run not in taken]
        assert not missing or number in said or is_said_of_columns or is_numbered


@given(TEXTS, st.integers(0, 5))
def test_every_line_is_named_in_the_report_and_numbered_in_order(text, room):
    pasted = read(text, DAY, room)
    named = [entry.number for entry in (*pasted.taken, *pasted.not_understood) if entry.number]
    assert sorted(named) == [line.number for line in pasted.lines]
    assert [line.number for line in pasted.lines] == list(range(101 - room, 101 - room + len(pasted.lines)))
    assert all(entry.why.endswith(".") for entry in pasted.not_understood)


PIECES = [
    "1",
    "X",
    "1,",
    "$1",
    "11042-",
    "(",
    '"',
    "7/1/",
    "UNITS ",
    "x1 ",
    "1 x ",
    "A.",
    "A\t",
    "11042,",
    "CPT\t",
]


@pytest.mark.parametrize("piece", PIECES)
def test_long_texts_of_one_kind_are_read(piece):
    text = piece * (MAX_CHARACTERS // len(piece))
    assert read(text, DAY).notes or read(text, DAY).not_understood
