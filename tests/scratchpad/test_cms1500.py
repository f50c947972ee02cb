"""Lines copied off a CMS-1500: its pointers to diagnoses are no modifiers."""

from datetime import date

import pytest

from scratchpad.claim_text import text_of
from scratchpad.paste import read
from scratchpad.pasted_row import POINTER

DAY = date(2026, 7, 15)


def lines(text: str) -> list[str]:
    return [text_of(line) for line in read(text, DAY).lines]


@pytest.mark.parametrize(
    "text",
    [
        "07 15 26 07 15 26 11 45380 59 AB 500 00 1 NPI 1234567893",
        "07 15 26\t07 15 26\t11\t\t45380\t59\tAB\t500.00\t1\tNPI",
    ],
)
def test_diagnosis_pointers_of_a_cms_1500_are_no_modifiers_and_that_is_said(text):
    pasted = read(text, DAY)
    assert [entry.text for entry in pasted.taken] == ["45380-59"]
    assert pasted.not_understood == ((1, "", POINTER.format(text="AB"), 0),)


def test_letters_before_a_charge_are_a_modifier_where_nothing_shows_the_form():
    assert lines("99213 AB 150.00") == ["99213-AB"]
    assert lines("99213 GA 150.00 1234567893") == ["99213-GA"]


def test_the_dates_of_a_cms_1500_are_read():
    assert lines("07 14 26 07 16 26 11 97110 GP A 85 00 2 NPI") == ["97110-GPx2"]
    assert lines("07 16 26 07 16 26 11 97110 GP A 85 00 2 NPI") == ["97110-GPx2@2026-07-16"]
