from datetime import date
from pathlib import Path

import pytest

from catalog.importers import ncci
from catalog.importers.files import BadRow, Member, Refused


@pytest.mark.parametrize(
    ("name", "quarter"),
    [
        ("MCR_MUE_PractitionerServices_Eff_04-01-2026.csv", "2026Q2"),
        ("medicare-ncci-2026q2-practitioner-services-mue-table.zip", "2026Q2"),
        ("medicare-ncci-2026-q4-facility-outpatient-hospital-services-mue-table.zip", "2026Q4"),
        ("AOC_V2025Q4_01-MCR.txt", "2025Q4"),
        ("add-code-edits-medicare-effective-10012025.zip", "2025Q4"),
        ("add-code-edits-medicare-effective-06012026.zip", "2026Q2"),
        ("ncci-2026.zip", ""),
        ("ccipra-v322r0-f1.TXT", ""),
    ],
)
def test_a_name_gives_the_quarter(name, quarter):
    assert ncci.quarter_in(name) == quarter


@pytest.mark.parametrize(
    ("name", "revision"),
    [
        ("MCR_MUE_PractitionerServices_Eff_04-01-2026.csv", None),
        ("MCR_MUE_PractitionerServices_Eff_04-01-2026_v2.csv", 2),
        ("MCR_MUE_PractitionerServices_Eff_04-01-2026_Replacement.csv", 1),
        ("MCR_MUE_PractitionerServices_Eff_04-01-2026_revised.csv", 1),
        ("AOC_V2026Q2-F-MCR.txt", None),
    ],
)
def test_a_name_gives_the_revision_of_a_file_that_was_posted_again(name, revision):
    assert ncci.revision_in(name) == revision


def test_a_day_that_no_calendar_has_is_refused():
    assert ncci.effective_day("MUE_Eff_04-01-2026.csv") == date(2026, 4, 1)
    with pytest.raises(Refused, match="04-31-2026, and there is no such day"):
        ncci.effective_day("MUE_Eff_04-31-2026.csv")


@pytest.mark.parametrize(
    "name", ["MCD_MUE_PRA_Eff_01-01-2026.xlsx", "medicaid-ncci-2026q1.csv", "AOC_V2026Q1-MCD.txt"]
)
def test_medicaid_files_are_refused(name):
    with pytest.raises(Refused, match=r"is a Medicaid file\..*only Medicare's tables are loaded"):
        ncci.refuse_medicaid(Member(Path(name)))


def test_a_file_of_medicare_is_not_taken_for_one_of_medicaid():
    ncci.refuse_medicaid(Member(Path("add-code-edits-medicare-effective-10012025.zip"), ("AOC_V2025Q4-MCR.txt",)))


def test_the_zeros_that_a_spreadsheet_took_come_back():
    assert ncci.code_in(Member(Path("x.xlsx")), 1, "100") == "00100"
    assert ncci.code_in(Member(Path("x.xlsx")), 1, " j1885 ") == "J1885"
    assert ncci.code_in(Member(Path("x.csv")), 1, "D0120") == "D0120", "dental codes have limits too"


@pytest.mark.parametrize(
    "text", ["", "1", "99", "123456", "9921X3", "101T", "٩٩٢١٣", "AB123", "0001B", "F1234", "1234O"]
)
def test_what_is_no_code_is_a_bad_row(text):
    with pytest.raises(BadRow, match=r"x\.csv, line 7: .* stands where a code should"):
        ncci.code_in(Member(Path("x.csv")), 7, text)
