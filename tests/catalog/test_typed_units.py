"""Units somebody typed behind codes: what they are taken for, which code they are of, and what they are not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import codes
from catalog.typed_units import read
from scratchpad.claim_text import line_of


def apart(typed: str) -> list[tuple[str, str]]:
    found = read(typed)
    parsed = codes.parse(found.text)
    parts = parsed.codes or (parsed,)
    return [(part.canonical, found.units.get(number, "")) for number, part in enumerate(parts)]


@pytest.mark.parametrize(
    "units",
    [
        "x12",
        " x12",
        " X12",
        " x 12",
        "×12",
        " × 12",
        "*12",
        " * 12",
        " 12 units",
        ", 12 units",
        " qty 12",
        " Units: 12",
    ],
)
@pytest.mark.parametrize("code", ["J1885", "97597-59", "j1885 jw", "97110 GP KX"])
def test_units_are_taken_off_a_code_and_its_modifiers(code, units):
    assert apart(code + units) == [(codes.parse(code).canonical, "12")]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("45378, 45385 x20", [("45378", ""), ("45385", "20")]),
        ("45378x20 45385", [("45378", "20"), ("45385", "")]),
        ("45378 x2, 45385-59 x 10", [("45378", "2"), ("45385-59", "10")]),
        ("J1885x2 J1885 J1885x30", [("J1885", "2"), ("J1885", ""), ("J1885", "30")]),
        ("E0950-E1298, E0950x12", [("E0950-E1298", ""), ("E0950", "12")]),
        ("99213, J18, J1885x12", [("99213", ""), ("J18", ""), ("J1885", "12")]),
        ("99213x12 J18O5x13", [("99213", "12"), ("J1805", "13")]),
    ],
)
def test_each_code_of_a_list_keeps_its_own_units(typed, expected):
    assert apart(typed) == expected


@pytest.mark.parametrize(
    "typed",
    ["J1885-X2", "J1885 - X2", "J1885-XS", "97112-KX-59", "97112 KX 59", "99213 25", "J1885x2.5", "J1885x"],
)
def test_modifiers_and_broken_numbers_are_no_units(typed):
    assert read(typed) == (typed, {})


@pytest.mark.parametrize(
    "typed",
    ["gauze 4 x 4", "E0143 walker x2", "wheelchair 2 units", "10 units", "x12", "", "A6402 gauze 16 sq in x 2"],
)
def test_a_search_stays_as_it_was_typed(typed):
    assert read(typed) == (typed, {})


@pytest.mark.parametrize("typed", ["97597-59 x12", "J1885×2", "J1885 10 units", "j1885 jw x3", "97110 KX x4"])
def test_the_scratchpad_reads_the_same_units(typed):
    line = line_of(typed, 1, date(2024, 8, 15))
    assert apart(typed) == [("-".join((line.code, *line.modifiers)), line.units_text)]


@given(st.text("0123456789AJXOIx*×-, unitsQTY.", max_size=60))
def test_units_are_only_of_parts_that_are_codes(typed):
    found = read(typed)
    parsed = codes.parse(found.text)
    parts = parsed.codes or (parsed,)
    assert all(parts[number].code and units.isdecimal() for number, units in found.units.items())
