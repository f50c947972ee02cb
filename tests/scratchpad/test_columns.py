"""Columns out of a spreadsheet or a file, with and without headings."""

from datetime import date

import pytest

from scratchpad.claim_text import text_of
from scratchpad.columns import Role, role_of
from scratchpad.paste import read
from scratchpad.pasted_row import MODIFIERS, SEVERAL

DAY = date(2026, 7, 15)


def lines(text: str) -> list[str]:
    return [text_of(line) for line in read(text, DAY).lines]


def rows(*cells: str, sign: str = "\t") -> str:
    """``a | b`` as a row of a spreadsheet."""
    return "\n".join(sign.join(cell.strip() for cell in row.split("|")) for row in cells)


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        (
            Role.CODE,
            ["CPT", "hcpcs", "CPT®", "CPT/HCPCS", "Procedure", "Procedure Code", "Code", "Service code", "Proc."],
        ),
        (Role.MODIFIERS, ["Mod", "Mods", "Modifier 1", "MOD4", "M1", "CPT Mod", "Modifiers"]),
        (Role.UNITS, ["Units", "Qty", "Quantity", "Units of Service", "Days or Units", "UOS", "Days/Units"]),
        (Role.FIRST_DAY, ["Date", "DOS", "From", "Date of Service", "Service Date", "From DOS", "DOS From"]),
        (Role.LAST_DAY, ["To", "Thru", "DOS To", "To Date", "End Date", "Date of service thru"]),
        (Role.PROVIDER, ["Provider", "Rendering provider", "NPI", "Rendering NPI", "Provider Name", "Rendering"]),
        (None, ["Line", "#", "Charge", "Dx Code", "Rev Code", "NDC", "Name", "DOB", "Date of birth", "POS", ""]),
    ],
)
def test_a_heading_says_what_its_column_is(role, headings):
    assert {heading: role_of(heading) for heading in headings} == dict.fromkeys(headings, role)


def test_headings_decide_the_columns_in_any_order():
    text = rows(
        "Line | Date       | Units | CPT   | Charge   | Modifier 1 | Modifier 2 | Provider",
        "1    | 07/15/2026 | 1     | 11042 | 1,234.56 |            |            | Smith",
        "2    | 7/16/2026  | 25    | 97597 | 99       | 59         | LT         | Jones",
    )
    pasted = read(text, DAY)
    assert lines(text) == ["11042~A", "97597-59-LTx25@2026-07-16~B"]
    assert pasted.headings == ("Date", "Units", "CPT", "Modifier 1", "Modifier 2", "Provider")
    assert pasted.ignored == ("Line", "Charge")
    assert pasted.not_understood == ()


@pytest.mark.parametrize("sign", ["\t", ",", ";", "|"])
def test_columns_may_be_parted_by_any_usual_sign(sign):
    text = rows("Code|Mod|Qty", "11042||2", "97597|59|", sign=sign)
    assert lines(text) == ["11042x2", "97597-59"]


@pytest.mark.parametrize("heading", ["CPT", "hcpcs", "CPT/HCPCS", "Procedure", "Procedure Code", "Code"])
def test_the_column_of_codes_has_many_names(heading):
    assert lines(f"{heading}\n11042\n97597 59") == ["11042", "97597-59"]


def test_of_two_columns_that_may_be_codes_the_one_that_holds_codes_is_taken():
    text = rows("Procedure | CPT", "Debridement | 11042", "Wound care | 97597")
    assert lines(text) == ["11042", "97597"]
    assert read(text, DAY).ignored == ("Procedure",)


def test_quotes_hold_commas_line_breaks_and_quotes():
    text = 'CPT,Description,Units\n11042,"Debride, skin\nand more",2\n97597,"a 5"" wound",3'
    pasted = read(text, DAY)
    assert lines(text) == ["11042x2", "97597x3"]
    assert [entry.row for entry in pasted.taken] == [2, 4]


def test_a_quote_without_its_end_swallows_no_rows():
    pasted = read('11042,"wound\n97597,2', DAY)
    assert [(entry.row, entry.text) for entry in pasted.taken] == [(1, "11042"), (2, "97597x2")]


def test_an_amount_with_commas_is_one_amount():
    assert lines("11042, 2,234.56\n97597, $2,000") == ["11042", "97597"]


def test_a_diagnosis_in_a_column_of_diagnoses_is_never_a_code():
    headed = rows("CPT | DX", "11042 | E1165", "97597 | E11.9")
    bare = rows("11042 | E1165 | 59", "97597 | E11.9 |", "99213 | M5416 | 25")
    assert lines(headed) == ["11042", "97597"]
    assert lines(bare) == ["11042-59", "97597", "99213-25"]
    assert read(bare, DAY).ignored == ("column 2",)


def test_a_revenue_code_in_its_column_is_never_a_code():
    assert lines(rows("Rev Code | HCPCS | Units", "0450 | 99284 | 1", "0636 | J1885 | 4")) == ["99284", "J1885x4"]
    assert lines(rows("0450 | 99284 | 1", "0636 | J1885 | 4")) == ["99284", "J1885x4"]


def test_columns_without_headings_are_judged_by_what_stands_in_them():
    text = rows(
        "1 | 10023 | 11042 | DEBRIDE 20 SQ CM | 59 | 2  | 125.00",
        "2 | 10023 | 97597 | WOUND CARE       |    | 10 | 1,250.00",
        "3 | 10023 | J1885 | KETOROLAC 15 MG  | JW | 4  | 9.99",
    )
    pasted = read(text, DAY)
    assert lines(text) == ["11042-59x2", "97597x10", "J1885-JWx4"]
    assert pasted.ignored == ("column 1", "column 2", "column 4", "column 7")


@pytest.mark.parametrize(
    "cells",
    [
        ("10023 | J1885 | 4", "10024 | 11042 | 1"),
        ("10023 | 97597-59 | 4", "10024 | 11042 | 1"),
        ("10023 | 97597 | 59", "10024 | 11042 |"),
        ("97597 | 59 | 10023", "11042 | LT | 10024"),
    ],
)
def test_numbers_beside_a_better_column_of_codes_are_ignored_and_that_is_said(cells):
    pasted = read(rows(*cells), DAY)
    assert not {"10023", "10024"} & {line.code for line in pasted.lines}
    assert len(pasted.lines) == 2
    assert pasted.ignored in (("column 1",), ("column 3",))


def test_two_columns_of_plain_numbers_are_both_codes():
    assert lines(rows("97597 | 11042", "97598 | 11045")) == ["97597", "11042", "97598", "11045"]


def test_a_column_of_numbers_that_are_mostly_no_modifiers_is_of_units():
    assert lines(rows("J1885 | 30", "J1885 | 28", "J3301 | 59")) == ["J1885x30", "J1885x28", "J3301x59"]
    assert lines(rows("97597 | 59 | 30", "11042 | 25 | 40")) == ["97597-59x30", "11042-25x40"]


def test_units_in_a_column_beside_several_codes_are_left_out_and_counted():
    pasted = read(rows("11042 97597 | 2", "99213 | 3"), DAY)
    assert [(entry.text, entry.left_out) for entry in pasted.taken] == [("11042", 1), ("97597", 0), ("99213x3", 0)]


def test_spreadsheet_numbers_are_read_where_nothing_is_lost():
    text = rows("CPT | Mod | Units", "99213.0 | 25.0 | 2.00", "100 | | 1")
    assert lines(text) == ["99213-25x2", "100"]
    assert [(entry.row, entry.number) for entry in read(text, DAY).not_understood] == [(3, 2)]


def test_several_codes_in_one_cell_are_lines_unless_other_cells_could_be_of_any():
    assert lines(rows("CPT | Units", "11042, 97597 | 1")) == ["11042", "97597"]
    pasted = read(rows("CPT | Units", "11042, 97597 | 2"), DAY)
    assert pasted.lines == ()
    assert [(entry.row, entry.why) for entry in pasted.not_understood] == [(2, SEVERAL)]


def test_what_is_no_modifier_is_left_out_and_said_without_showing_it():
    pasted = read(rows("CPT | Mod", "99213 | Smith", "97597 | N/A"), DAY)
    assert [entry.text for entry in pasted.taken] == ["99213", "97597"]
    assert pasted.not_understood == ((2, "", MODIFIERS, 0),)


def test_rows_above_the_headings_are_said():
    pasted = read(rows("Claim export | ", "CPT | Units", "11042 | 2"), DAY)
    assert [entry.text for entry in pasted.taken] == ["11042x2"]
    assert [entry.row for entry in pasted.not_understood] == [1]


def test_letters_of_providers_are_taken():
    pasted = read(rows("CPT | Provider", "11042 | A", "97597 | b"), DAY)
    assert [entry.text for entry in pasted.taken] == ["11042~A", "97597~B"]
    assert pasted.notes == ()


@pytest.mark.parametrize("heading", ["NPI", "Rendering", "Provider name"])
def test_providers_become_letters_that_the_claim_does_not_use(heading):
    text = rows(f"CPT | {heading}", "11042 | Smith, J", "97597 | 1234567893", "99213 | SMITH J", "J1885 |")
    pasted = read(text, DAY, letters_in_use={"A", "C"})
    assert [entry.text for entry in pasted.taken] == ["11042~B", "97597~D", "99213~B", "J1885"]
    assert pasted.notes == ("2 providers were told apart as B and D; names and numbers are not kept.",)


def test_a_single_provider_needs_no_letter():
    pasted = read(rows("CPT | NPI", "11042 | 1234567893", "97597 | 1234567893"), DAY)
    assert [entry.text for entry in pasted.taken] == ["11042", "97597"]
    assert (pasted.ignored, pasted.notes) == (("NPI",), ())


def test_of_two_columns_of_providers_the_one_that_tells_more_apart_is_taken():
    text = rows("CPT | Billing provider | Rendering NPI", "11042 | Clinic | 1", "97597 | Clinic | 2")
    assert lines(text) == ["11042~A", "97597~B"]


def test_several_codes_in_one_cell_have_the_date_and_the_provider_of_their_row():
    text = rows("CPT | DOS | NPI", "11042, 97597 | 7/16/2026 | 1", "99213 | 7/15/2026 | 2")
    assert lines(text) == ["11042@2026-07-16~A", "97597@2026-07-16~A", "99213~B"]


@pytest.mark.parametrize(
    "heading", ["Patient", "MRN", "Member ID", "DOB", "Patient name", "Pt. Name", "Last name"]
)
def test_rows_of_different_patients_are_said(heading):
    pasted = read(rows(f"{heading} | CPT", "1111111 | 11042", "2222222 | 97597", "1111111 | 99213"), DAY)
    assert pasted.notes[0].startswith("The rows name 2 different patients; one claim here is of one patient:")
    assert len(pasted.lines) == 3


@pytest.mark.parametrize("heading", ["Patient", "ID", "Line", "No.", "Name"])
def test_rows_of_one_patient_or_of_none_are_no_matter(heading):
    second = "1" if heading == "Patient" else "2"
    assert read(rows(f"{heading} | CPT", "1 | 11042", f"{second} | 97597", " | 99213"), DAY).notes == ()


def test_a_total_below_the_columns_is_no_line():
    pasted = read(rows("CPT | Units", "11042 | 2", "Total | 2", " | 2"), DAY)
    assert [entry.text for entry in pasted.taken] == ["11042x2"]
    assert [entry.row for entry in pasted.not_understood] == [3, 4]
