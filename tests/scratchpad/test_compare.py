"""The same lines in three settings: what is compared, what differs, and what is summed up."""

from __future__ import annotations

from datetime import date

import pytest

from scratchpad.claim import DME_SUPPLIER, OUTPATIENT_HOSPITAL, PRACTITIONER, SETTINGS, Claim
from scratchpad.claim_text import line_of
from scratchpad.compare import Comparison, compare
from scratchpad.findings import Kind
from scratchpad.reference import AddOnRow, LoadedRelease, MueRow, PtpRow, Reference, pair_key
from scratchpad.rules import check

DAY = date(2024, 8, 15)
QUARTER = (date(2024, 7, 1), date(2024, 9, 30))


def claim(*typed: str) -> Claim:
    lines = (line_of(text, number, DAY) for number, text in enumerate(typed, start=1))
    return Claim(PRACTITIONER, DAY, tuple(lines))


def release(dataset: str, setting: str = "", **fields) -> LoadedRelease:
    return LoadedRelease(1, dataset, setting, "2024Q3", "July 2024", *QUARTER, **fields)


def ptp(one: str, two: str, indicator: str = "1", **fields) -> PtpRow:
    return PtpRow(one, two, date(2003, 1, 1), fields.pop("deletion_date", None), indicator)


def tables(setting: str, *rows, is_loaded: bool = True, **fields) -> Reference:
    """A reference with the rows of a setting; without ``is_loaded`` one with add-on edits alone."""
    addons = {row.add_on: (row,) for row in rows if isinstance(row, AddOnRow)}
    if not is_loaded:
        return Reference(addon=release("addon"), addons=addons)
    return Reference(
        ptp=None if setting == DME_SUPPLIER else release("ptp", setting, **fields),
        pairs={pair_key(row.column_one, row.column_two): (row,) for row in rows if isinstance(row, PtpRow)},
        mue={"2024Q3": release("mue", setting, **fields)},
        mues={("2024Q3", row.code): row for row in rows if isinstance(row, MueRow)},
        addon=release("addon"),
        addons=addons,
    )


def compared(lines: Claim, **references: Reference) -> Comparison:
    """Each setting's findings; a setting that is not named has tables without rows."""
    known = {setting: references.get(setting, tables(setting)) for setting in SETTINGS}
    return compare({setting: check(lines.in_setting(setting), known[setting]) for setting in SETTINGS})


def words(row) -> list[list[str]]:
    return [[mark.chip.short for mark in cell] for cell in row.cells]


def test_a_pair_stands_in_one_row_with_what_each_setting_says():
    found = compared(
        claim("45378", "45385"),
        practitioner=tables(PRACTITIONER, ptp("45385", "45378", "0")),
        outpatient_hospital=tables(OUTPATIENT_HOSPITAL, ptp("45385", "45378", "1")),
    )
    [row] = found.rows
    assert (row.kind, row.lines, row.codes) == (Kind.PTP, (2, 1), ("45385", "45378"))
    assert words(row) == [["Denied by edit"], ["Unless distinct"], ["No pair table exists"]]
    assert [mark.detail for cell in row.cells for mark in cell] == [
        "45378, indicator 0",
        "45378, indicator 1",
        "",
    ]
    assert [mark.anchor for cell in row.cells for mark in cell] == ["f-ptp-1-2", "f-ptp-1-2", ""]
    assert row.differs


def test_the_same_verdict_everywhere_does_not_differ():
    found = compared(
        claim("45385", "45378"),
        practitioner=tables(PRACTITIONER, ptp("45385", "45378", "0")),
        outpatient_hospital=tables(OUTPATIENT_HOSPITAL, ptp("45385", "45378", "0")),
    )
    assert [row.differs for row in found.rows] == [False]
    assert found.differing == 0


def test_what_is_not_checked_is_said_and_is_no_difference():
    found = compared(
        claim("45385", "45378"),
        practitioner=tables(PRACTITIONER, ptp("45385", "45378", "0")),
        outpatient_hospital=tables(OUTPATIENT_HOSPITAL, is_loaded=False),
    )
    [row] = found.rows
    assert words(row) == [["Denied by edit"], ["Not checked"], ["No pair table exists"]]
    assert not row.differs


def test_a_value_that_one_setting_does_not_publish_is_no_difference():
    found = compared(claim("J1885x3"), practitioner=tables(PRACTITIONER, MueRow("J1885", 2, "3")))
    assert [row.differs for row in found.rows] == [False]


def test_another_limit_differs_even_where_both_are_exceeded():
    found = compared(
        claim("J1885x3"),
        practitioner=tables(PRACTITIONER, MueRow("J1885", 2, "3")),
        dme_supplier=tables(DME_SUPPLIER, MueRow("J1885", 0, "2")),
    )
    assert [row.differs for row in found.rows] == [True]


def test_no_edit_in_one_setting_and_an_edit_in_another_differ():
    found = compared(
        claim("45385", "45378"), outpatient_hospital=tables(OUTPATIENT_HOSPITAL, ptp("45385", "45378", "0"))
    )
    [row] = found.rows
    assert words(row)[:2] == [["No edit on file"], ["Denied by edit"]]
    assert row.differs


def test_units_counted_by_line_in_one_setting_stand_beside_those_of_the_day_in_another():
    found = compared(
        claim("J1885x3", "45378", "J1885"),
        practitioner=tables(PRACTITIONER, MueRow("J1885", 2, "1")),
        dme_supplier=tables(DME_SUPPLIER, MueRow("J1885", 3, "3")),
    )
    [row] = [row for row in found.rows if row.kind is Kind.MUE]
    assert (row.lines, row.codes) == ((1, 3), ("J1885", "J1885"))
    assert words(row) == [
        ["Over the unit limit", "Within the limit"],
        ["No published value"],
        ["Over the unit limit"],
    ]
    assert [mark.detail for mark in row.cells[0]] == ["3 units, limit 2", "1 unit, limit 2"]
    assert [mark.detail for mark in row.cells[2]] == ["4 units, limit 3"]


def test_an_add_on_whose_primary_one_setting_denies_differs():
    add_on = AddOnRow("11045", "11042", "1", date(2013, 4, 1))
    edit = ptp("97597", "11042", "0")
    found = compared(
        claim("11042", "11045", "97597"),
        practitioner=tables(PRACTITIONER, add_on, edit),
        outpatient_hospital=tables(OUTPATIENT_HOSPITAL, add_on),
        dme_supplier=tables(DME_SUPPLIER, add_on),
    )
    [row] = [row for row in found.rows if row.kind is Kind.ADDON]
    assert words(row) == [["Primary at risk"], ["Primary present"], ["Primary present"]]
    assert row.differs


def test_rows_come_in_the_order_of_their_gravest_finding():
    found = compared(
        claim("11042", "97597", "45385", "45378"),
        practitioner=tables(PRACTITIONER, ptp("11042", "97597", "1")),
        outpatient_hospital=tables(OUTPATIENT_HOSPITAL, ptp("45385", "45378", "0")),
    )
    assert [row.lines for row in found.rows] == [(3, 4), (1, 2)]


def test_where_no_setting_has_anything_to_say_it_is_counted_by_setting():
    found = compared(
        claim("11042", "97597", "45385"),
        practitioner=tables(PRACTITIONER, MueRow("11042", 2, "2")),
        outpatient_hospital=tables(OUTPATIENT_HOSPITAL, partial=True),
    )
    assert found.rows == ()
    assert found.rest_number == 6
    assert [{chip.short: count for chip, count in tally} for tally in found.rest] == [
        {"No edit on file": 3, "No published value": 2, "Within the limit": 1},
        {"Not checked": 6},
        {"No pair table exists": 3, "No published value": 3},
    ]


def test_what_no_setting_changes_is_said_once():
    found = compared(claim("99213-ZZ", "hello"))
    assert {finding.kind for finding in found.everywhere} == {Kind.PARSE}
    assert all(row.kind not in (Kind.PARSE, Kind.CODE) for row in found.rows)


@pytest.mark.parametrize("lines", [[], ["99213"]])
def test_a_short_claim_has_nothing_to_compare(lines):
    found = compared(claim(*lines))
    assert found.rows == ()
    assert found.rest_number == len(lines)


def test_pairs_are_counted_before_units_whichever_are_more():
    found = compared(claim("11042", "97597"))
    assert [chip.short for chip, _ in found.rest[0]] == ["No edit on file", "No published value"]
