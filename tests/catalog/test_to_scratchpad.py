from datetime import date

import pytest
from django.http import QueryDict

from catalog import codes, typed_units
from catalog.to_scratchpad import address, claim_line


def lines(typed: str) -> list[str]:
    bare, units = typed_units.read(typed)
    parsed = codes.parse(bare)
    return [claim_line(part, units.get(number, "")) for number, part in enumerate(parsed.codes or (parsed,))]


def test_the_address_names_setting_day_and_lines_in_this_order():
    assert address(["45385", "45378-59x2"], setting="practitioner", day=date(2024, 8, 15)) == (
        "/scratchpad/?setting=practitioner&date=2024-08-15&line=45385&line=45378-59x2"
    )


def test_what_is_not_given_is_left_to_the_scratchpad():
    assert address(["J1885"]) == "/scratchpad/?line=J1885"
    assert address([]) == "/scratchpad/"


@pytest.mark.parametrize("typed", ["A&B=C", "é #1", "50%", 'x"><b>', "J1885x2@2024-08-15..2024-08-16"])
def test_whatever_was_typed_comes_back_from_the_address(typed):
    query = address([typed, "J1885"]).partition("?")[2]
    assert QueryDict(query).getlist("line") == [typed, "J1885"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("j1885 jw", ["J1885-JW"]),
        ("11042 97597-59", ["11042", "97597-59"]),
        ("99213, J1885, E0143", ["99213", "J1885", "E0143"]),
        ("11042, 97597-59 x2", ["11042", "97597-59x2"]),
        ("J1885x2", ["J1885x2"]),
        ("97597-59 x12", ["97597-59x12"]),
        ("45378, 45385 x20", ["45378", "45385x20"]),
        ("J1885-X2", ["J1885-X2"]),
        ("J1885 - X2", ["J1885-X2"]),
        ("J1885-XS", ["J1885-XS"]),
        ("99213-25-59-51-76-77", ["99213-25-59-51-76-77"]),
        ("99213 J1885 E0950-E1298", ["99213", "J1885", "E0950-E1298"]),
        ("99213, J1885, J18", ["99213", "J1885", "J18"]),
    ],
)
def test_every_part_of_a_text_becomes_a_line(typed, expected):
    assert lines(typed) == expected
