from datetime import date
from typing import NamedTuple

import pytest

from catalog.edits import (
    Standing,
    addon_in_force,
    addon_last_day,
    in_force,
    next_row,
    pair_answer,
    quarter_of,
    rows_in_force,
)

DAY = date(2024, 7, 1)


class Row(NamedTuple):
    effective_date: date = date(2020, 1, 1)
    deletion_date: date | None = None
    modifier_indicator: str = "1"
    column_one: str = "11042"
    column_two: str = "97597"


ENDED = Row(date(2010, 1, 1), date(2012, 12, 31))
ENDED_LATER = Row(date(2013, 1, 1), date(2015, 12, 31))
TO_COME = Row(date(2024, 10, 1))
VOID = Row(date(2011, 1, 1), date(2011, 1, 1), "9")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row(), True),
        (Row(effective_date=DAY), True),
        (Row(deletion_date=DAY), True),
        (Row(deletion_date=date(2024, 6, 30)), False),
        (TO_COME, False),
        (Row(modifier_indicator="9"), False),
    ],
)
def test_an_edit_is_in_force_on_its_first_and_on_its_last_day(row, expected):
    assert in_force(row, DAY) is expected


@pytest.mark.parametrize(
    ("rows", "standing", "decides"),
    [
        ([], Standing.NONE, None),
        ([Row()], Standing.APPLIES, Row()),
        ([ENDED], Standing.DELETED, ENDED),
        ([ENDED, ENDED_LATER], Standing.DELETED, ENDED_LATER),
        ([ENDED_LATER, ENDED], Standing.DELETED, ENDED_LATER),
        ([TO_COME], Standing.NOT_YET_EFFECTIVE, TO_COME),
        ([ENDED, TO_COME], Standing.DELETED, ENDED),
        ([VOID], Standing.VOID, VOID),
        ([VOID, ENDED], Standing.DELETED, ENDED),
        ([VOID, Row()], Standing.APPLIES, Row()),
    ],
)
def test_the_rows_of_a_pair_give_one_answer(rows, standing, decides):
    assert pair_answer(rows, DAY) == (standing, decides)


def test_of_several_edits_in_force_the_stricter_decides_and_then_the_later():
    strict, old, new = Row(modifier_indicator="0"), Row(date(2021, 1, 1)), Row(date(2022, 1, 1))
    assert pair_answer([new, strict, old], DAY).row == strict
    assert pair_answer([old, new], DAY).row == new


def test_rows_may_come_once_only():
    assert pair_answer(iter([ENDED, Row()]), DAY).standing == Standing.APPLIES


def test_all_edits_of_a_pair_that_are_in_force_are_told():
    new = Row(date(2021, 1, 1))
    assert rows_in_force([ENDED, Row(), TO_COME, new, VOID], DAY) == [Row(), new]


def test_the_next_edit_of_a_pair_is_the_first_to_start_and_never_a_withdrawn_one():
    later, void = Row(date(2026, 1, 1)), Row(date(2024, 8, 1), date(2024, 8, 1), "9")
    assert next_row([later, void, TO_COME, Row(effective_date=DAY)], DAY) == TO_COME
    assert next_row([Row(), ENDED], DAY) is None


@pytest.mark.parametrize(
    ("day", "quarter"),
    [(date(2025, 1, 1), "2025Q1"), (date(2025, 3, 31), "2025Q1"), (date(2025, 12, 31), "2025Q4")],
)
def test_a_day_lies_in_a_calendar_quarter(day, quarter):
    assert quarter_of(day) == quarter


# --- Add-on edits ---


class AddOn(NamedTuple):
    deletion_date: date | None = None
    add_on_deletion_date: date | None = None
    primary_deletion_date: date | None = None
    effective_date: date = date(2013, 4, 1)


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((None, None, None), None),
        ((date(2024, 12, 31), None, None), date(2024, 12, 31)),
        ((None, date(2024, 6, 30), date(2023, 1, 1)), date(2023, 1, 1)),
    ],
)
def test_an_add_on_edit_ends_with_the_first_of_its_deletion_dates(ends, expected):
    assert addon_last_day(AddOn(*ends)) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (AddOn(), True),
        (AddOn(effective_date=DAY), True),
        (AddOn(effective_date=date(2024, 7, 2)), False),
        (AddOn(primary_deletion_date=DAY), True),
        (AddOn(add_on_deletion_date=date(2024, 6, 30)), False),
    ],
)
def test_an_add_on_edit_is_in_force_while_it_and_both_codes_are(row, expected):
    assert addon_in_force(row, DAY) is expected
