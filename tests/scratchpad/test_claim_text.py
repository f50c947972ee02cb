"""Claim lines as text: read leniently, written in one way, and nothing typed is lost between."""

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, parse_qsl

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.codes import Hint, Parsed, Status
from scratchpad.claim import Claim, ClaimLine, Fault
from scratchpad.claim_text import Cells, cells_of, claim_query, day_of, line_of, line_of_cells, text_of

DAY = date(2026, 7, 15)


def read(text: str) -> ClaimLine:
    return line_of(text, 1, DAY)


def read_cells(
    code: str = "",
    modifiers: tuple[str, ...] = (),
    units: str = "",
    first: str = "",
    last: str = "",
    provider: str = "",
) -> ClaimLine | None:
    return line_of_cells(code, modifiers, units, first, last, provider, 1, DAY)


def settled(line: ClaimLine) -> ClaimLine:
    """A line but for how its code was tidied, which its text forgets."""
    if not line.code:
        return line
    doubt = line.parsed.status is Status.CORRECTED
    return replace(line, parsed=Parsed("", Status.CORRECTED if doubt else Status.OK, code=line.code))


# --- Reading -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("11042", "11042"),
        ("97597-59x2", "97597-59x2"),
        ("97597-59 x2", "97597-59x2"),
        ("97597 59 ×2", "97597-59x2"),
        ("97597-59*2", "97597-59x2"),
        ("97597-59 X 2", "97597-59x2"),
        ("97597-59 (2)", "97597-59x2"),
        ("97597 59 qty: 2", "97597-59x2"),
        ("97597-59, qty 2", "97597-59x2"),
        ("97597-59 units=2", "97597-59x2"),
        ("J1885 10 units", "J1885x10"),
        ("j1885 1 unit", "J1885"),
        ("J1885X2", "J1885x2"),
        ("J7192 x1,500", "J7192x1500"),
        ("97597-XSx2", "97597-XSx2"),
        ("97597XS", "97597-XS"),
        ("97597xs x2", "97597-XSx2"),
        ("97597-X2", "97597-X2"),
        ("97597 - X2", "97597-X2"),
        ("97597-X12", "97597x12"),
        ("97112-KX-59", "97112-KX-59"),
        ("97112-GP-KX-59", "97112-GP-KX-59"),
        ("71046-FX-26", "71046-FX-26"),
        ("97112 KX 59", "97112-KX-59"),
        ("97112KX59", "97112-KX-59"),
        ("97112-kx59", "97112-KX-59"),
        ("97112-KX-59 x2", "97112-KX-59x2"),
        ("97112-KXx2", "97112-KXx2"),
        ("97112 KX x2", "97112-KXx2"),
        ("97112 GP KX 2", "97112-GP-KXx2"),
        ("97110 KX 4", "97110-KXx4"),
        ("97110KX4", "97110-KXx4"),
        ("97110 KX 10", "97110-KXx10"),
        ("97110 KX 4 units", "97110-KXx4"),
        ("9711 KX 4", "9711 KX 4"),
        ("0001FX2", "0001Fx2"),
        ("X1234", "X1234"),
        ("X1234X2", "X1234x2"),
        ("0001-u", "0001U"),
        ("9921325", "99213-25"),
        ("99213 (25)", "99213-25"),
        ("97110x2.0", "97110x2"),
        ("97110x2.00", "97110x2"),
        ("97110x01", "97110"),
        ("97110x1.5", "97110x1.5"),
        ("97110x0", "97110x0"),
        ("97110x-1", "97110X-1"),
        ("97110x?-1", "97110x?-1"),
        ("97110x?ten", "97110x?TEN"),
        ("J1885xTEN", "J1885x?TEN"),
        ("j1885xten@7/1/2026~b", "J1885x?TEN@2026-07-01~B"),
        ("J1885-JWxTEN", "J1885-JWx?TEN"),
        ("71046xray", "71046x?RAY"),
        ("J1885x10mg", "J1885x?10MG"),
        ("97597x2lt", "97597x?2LT"),
        ("J1885xsix", "J1885x?SIX"),
        ("J1885xe", "J1885-XE"),
        ("J1885xe-59", "J1885-XE-59"),
        ("J1885xu59", "J1885-XU-59"),
        ("97597-xsx2", "97597-XSx2"),
        ("97597xsx2", "97597-XSx2"),
        ("97112-kxx2", "97112-KXx2"),
        ("11042@7/15/2026", "11042@2026-07-15"),
        ("11042@20260715", "11042@2026-07-15"),
        ("97110x10@2026-07-01..2026-07-05", "97110x10@2026-07-01..2026-07-05"),
        ("97110@7/1/26 - 7/5/26", "97110@2026-07-01..2026-07-05"),
        ("97110@7/1/2026 thru 7/5/2026", "97110@2026-07-01..2026-07-05"),
        ("97110@2026-07-01..2026-07-01", "97110@2026-07-01"),
        ("97110@soon", "97110@SOON"),
        ("11042 ~ b", "11042~B"),
        ("11042-59x2@2026-07-16~b", "11042-59x2@2026-07-16~B"),
        ("O0100-25 x2", "O0100-25x2"),
        ("cpt 9921I", "9921I"),
        ("99213-25-59-76-77-50", "99213-25-59-76-77-50"),
        ("9921", "9921"),
        ("9921 x2", "9921x2"),
        ("11042, 97597-59 x2", "11042, 97597-59x2"),
        ("", ""),
    ],
)
def test_a_line_is_read_leniently_and_written_in_one_way(text, canonical):
    assert text_of(read(text)) == canonical
    assert text_of(read(canonical)) == canonical


def test_a_plain_code_is_one_unit_on_the_date_of_the_claim():
    line = read("11042")
    assert (line.code, line.modifiers, line.units, line.provider) == ("11042", (), 1, "")
    assert (line.first_day, line.last_day, line.date_text) == (DAY, DAY, "")
    assert line.is_readable


def test_every_part_of_a_line_is_read():
    line = read("97597-59-LTx2@2026-07-01..2026-07-05~B")
    assert (line.code, line.modifiers, line.units, line.provider) == ("97597", ("59", "LT"), 2, "B")
    assert (line.first_day, line.last_day) == (date(2026, 7, 1), date(2026, 7, 5))


@pytest.mark.parametrize("units", ["1.5", "0", "-1", "TEN", "1,00", "1234567890", "½", "?"])
def test_units_that_are_no_whole_number_from_1_keep_their_text(units):
    line = read_cells("97110", units=units)
    assert line.units is None
    assert not line.is_readable
    assert settled(read(text_of(line))) == settled(line)


@pytest.mark.parametrize("text", ["97110@2026-02-30", "97110@soon", "97110@2026-07-05..2026-07-01", "97110@7/15"])
def test_a_date_that_is_none_leaves_the_line_without_days(text):
    line = read(text)
    assert (line.first_day, line.last_day, line.is_readable) == (None, None, False)
    assert line.date_text


def test_a_letter_read_as_a_digit_stays_as_typed_to_be_confirmed():
    line = read("O0100")
    assert (line.code, line.parsed.status, text_of(line)) == ("00100", Status.CORRECTED, "O0100")


def test_several_codes_stay_one_unreadable_line_with_their_text():
    line = read("11042, 97597-59")
    assert (line.parsed.status, line.is_readable) == (Status.MULTIPLE_CODES, False)
    assert text_of(line) == "11042, 97597-59"


def test_the_fifth_modifier_is_dropped_and_kept_in_sight():
    line = read("99213-25-59-76-77-50")
    assert (line.modifiers, line.dropped) == (("25", "59", "76", "77"), ("50",))
    assert read(text_of(line)).dropped == ("50",)


@pytest.mark.parametrize("provider", ["SMITH", "1234567893", "7", "É"])
def test_a_provider_that_is_no_letter_is_not_kept_and_that_is_said(provider):
    for line in (read(f"11042~{provider}"), read_cells("11042", provider=provider)):
        assert (line.provider, line.faults) == ("", (Fault.PROVIDER,))
        assert provider not in text_of(line)


def test_a_very_long_text_is_cut_and_that_is_said():
    for text in ("9921 " * 100_000, "11042x" + "7" * 200, "11042@" + "july " * 20):
        line = read(text)
        assert line.faults == (Fault.LENGTH,)
        assert len(text_of(line)) < 150
        assert settled(read(text_of(line))) == settled(line)


def test_units_too_long_to_keep_are_not_taken_for_fewer():
    assert read("11042x1234567890123456").units is None


def test_a_text_of_ordinary_length_has_no_faults():
    assert read("97597-59-LTx2@2026-07-01..2026-07-05~B").faults == ()


@pytest.mark.parametrize("text", ["12345678955", "12345678911", "N412345678955"])
def test_eleven_digits_are_a_drugs_number_and_no_code_however_often_the_line_is_written(text):
    line = read(text)
    assert (line.code, line.parsed.hint) == ("", Hint.DRUG_NDC)
    assert read(text_of(line)) == line_of_cells(*cells_of(line), 1, DAY) == line


# --- Cells -------------------------------------------------------------------------------------------------


def test_the_cells_of_a_row_make_a_line():
    line = read_cells("97597", ("59", "", " lt "), "2", "7/1/2026", "7/5/2026", "b")
    assert text_of(line) == "97597-59-LTx2@2026-07-01..2026-07-05~B"


@pytest.mark.parametrize("units", ["", "1", " "])
def test_a_blank_row_is_no_line_even_where_it_says_1_unit(units):
    assert read_cells("", ("", " "), units) is None


def test_a_row_with_anything_but_a_code_is_an_unreadable_line():
    for cells in ({"units": "5"}, {"modifiers": ("59",)}, {"first": "7/1/2026"}, {"provider": "A"}):
        line = read_cells(**cells)
        assert not line.is_readable
        assert read(text_of(line)) == line


def test_a_code_cell_that_holds_a_whole_line_is_taken_apart():
    for units in ("", "1", "2"):
        assert text_of(read_cells("99213-25x2", units=units)) == "99213-25x2"
    assert text_of(read_cells("99213x2@7/1/2026~b")) == "99213x2@2026-07-01~B"


def test_a_code_cell_that_contradicts_another_cell_leaves_the_line_unreadable():
    line = read_cells("99213-25x2", units="3")
    assert (line.code, line.modifiers, line.units, line.units_text) == ("99213", ("25",), None, "2 OR 3")
    line = read_cells("99213@7/1/2026", first="7/2/2026")
    assert (line.first_day, line.date_text) == (None, "2026-07-01 OR 2026-07-02")
    assert read_cells("99213~A", provider="B").faults == (Fault.PROVIDER,)


def test_a_code_cell_may_say_the_same_as_another_cell():
    assert text_of(read_cells("99213x2@7/1/2026~A", (), "2", "2026-07-01", "", "a")) == "99213x2@2026-07-01~A"


def test_modifiers_of_the_code_cell_come_before_those_of_the_others():
    assert read_cells("99213-25", ("59",)).modifiers == ("25", "59")


@pytest.mark.parametrize("text", ["97112-KX-59", "97112 KX 59", "97110 KX 4", "97112-KX-59x2", "71046-FX-26"])
def test_a_code_cell_reads_a_modifier_ending_in_x_as_a_line_does(text):
    assert read_cells(text) == read(text)


def test_a_code_with_modifiers_in_their_cells_is_read_without_changes():
    assert read_cells("99213", ("25",)).parsed.status is Status.OK
    assert read_cells(" 0001-u", ("25",)).parsed.status is Status.NORMALIZED


def test_letters_behind_a_small_x_in_the_code_cell_are_units_that_cannot_be_read():
    line = read_cells("J1885xTEN")
    assert (line.code, line.modifiers, line.units, line.units_text) == ("J1885", (), None, "TEN")


def test_an_x_modifier_in_a_cell_is_never_units():
    line = read_cells("97597", ("X2",))
    assert (line.modifiers, line.units) == (("X2",), 1)
    assert read(text_of(line)).modifiers == ("X2",)


def test_a_modifier_that_is_none_makes_the_line_unreadable_and_stays_in_its_text():
    line = read_cells("99213", ("2",))
    assert (line.code, line.parsed.hint, text_of(line)) == ("", Hint.MODIFIER_TOO_SHORT, "99213, 2")


@pytest.mark.parametrize("cells", [("9921", "3"), ("992", "13"), ("J18", "85"), ("99213", "99215"), ("", "25")])
def test_two_cells_are_never_joined_to_a_code(cells):
    assert read_cells(cells[0], (cells[1],)).code == ""


def test_last_day_alone_starts_on_the_date_of_the_claim():
    assert text_of(read_cells("97110", last="7/20/2026")) == "97110@2026-07-15..2026-07-20"


def test_a_line_is_shown_in_cells_that_read_as_the_same_line():
    line = read("97597-59x2@2026-07-01..2026-07-05~B")
    assert cells_of(line) == Cells("97597", ("59",), "2", "2026-07-01", "2026-07-05", "B")
    for text in ("9921 x2", "O0100-25", "97597x?TEN@SOON", "11042, 97597-59", "99213@2026-07-01"):
        line = read(text)
        assert settled(line_of_cells(*cells_of(line), 1, DAY)) == settled(line)


# --- Dates -------------------------------------------------------------------------------------------------


DATES_OF_ONE_DAY = ["2026-07-15", "2026-7-15", "2026/07/15", "20260715", "7/15/2026", "07/15/26", "7-15-26"]
NAMED_MONTHS = ["15-Jul-2026", "15 july 26", "July 15, 2026", "JUL 15 2026"]


@pytest.mark.parametrize("text", [*DATES_OF_ONE_DAY, "07152026", *NAMED_MONTHS])
def test_a_date_is_read_as_iso_or_americans_write_it(text):
    assert day_of(text) == DAY


@pytest.mark.parametrize(
    "text", ["", "7/15", "15/7/2026", "7/15/202", "2026-02-30", "0000-01-01", "20261301", "now"]
)
def test_no_date_is_guessed(text):
    assert day_of(text) is None


def test_years_of_two_digits_turn_at_69():
    assert [day_of("1/1/68").year, day_of("1/1/69").year] == [2068, 1969]


# --- There and back ----------------------------------------------------------------------------------------

CODES = ["11042", "97597", "J1885", "O0100", "X1234", "0001U", "12345678911", "99213-25", "11042,97597"]
MODIFIERS = ["25", "59", "X2", "XS", "KX", "FX-26", "KX59", " KX 4", "2", "LTRT"]
UNITS = ["x2", "×2", "*2", "(2)", "10 units", "qty 3", "x?", "x?TEN", "1.5", "0", "1,000", "12345678901234"]
UNITS += ["xTEN", "xe", "xsx2"]
DATES = ["@", "@7/1/2026", "2026-07-01", "2026-07-01..2026-07-05", ".."]
SIGNS = ["~", "~B", "~SMITH", "-", " ", ",", "A"]
PIECES = st.one_of(st.text(max_size=12), st.sampled_from([*CODES, *MODIFIERS, *UNITS, *DATES, *SIGNS]))
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=8).map("".join), st.lists(PIECES).map(" ".join))


@given(TEXTS)
@example("A@B")
@example("1 @ 2")
@example("12345678911")
@example("x?~@")
def test_a_line_written_and_read_again_is_the_same_line(text):
    line = read(text)
    again = read(text_of(line))
    assert settled(again) == settled(line)
    assert text_of(again) == text_of(line)


@given(TEXTS, st.lists(TEXTS, max_size=4), TEXTS, TEXTS, TEXTS, TEXTS)
@example("A@B", [], "X?5", "C~D", "", "")
@example("J1885X?", ["X2"], "5", "", "", "")
@example("", [], "`", "", "¼", "")
def test_a_row_of_cells_written_and_read_again_is_the_same_line(code, modifiers, units, first, last, provider):
    line = read_cells(code, tuple(modifiers), units, first, last, provider)
    if line:
        again = read(text_of(line))
        assert settled(again) == settled(line)
        assert text_of(again) == text_of(line)


@given(TEXTS)
def test_every_line_of_a_readable_code_names_it_in_its_text(text):
    line = read(text)
    if line.code:
        assert text_of(line).replace("O", "0").replace("I", "1").startswith(line.code)
    assert (line.first_day is None) == (line.last_day is None)
    assert len(line.modifiers) <= 4


# --- A whole claim -----------------------------------------------------------------------------------------


def test_the_query_string_of_a_claim_is_readable():
    lines = (line_of("11042", 1, DAY), line_of("97597-59 x2 @7/16/2026 ~b", 2, DAY))
    query = claim_query(Claim("practitioner", DAY, lines))
    assert query == "setting=practitioner&date=2026-07-15&line=11042&line=97597-59x2@2026-07-16~B"


@given(st.lists(TEXTS, max_size=5))
def test_the_query_string_of_a_claim_holds_its_lines(texts):
    lines = tuple(line_of(text, number, DAY) for number, text in enumerate(texts, start=1))
    query = claim_query(Claim("dme_supplier", DAY, lines))
    assert query.isascii()
    assert parse_qs(query, keep_blank_values=True).get("line", []) == [text_of(line) for line in lines]
    assert parse_qsl(query)[:2] == [("setting", "dme_supplier"), ("date", "2026-07-15")]
