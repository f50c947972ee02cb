from datetime import date
from types import SimpleNamespace

from catalog.edit_cells import addon_cells, mue_cells, place, ptp_cells

PAIR = SimpleNamespace(
    column_one="45385",
    column_two="45378",
    effective_date=date(2003, 1, 1),
    deletion_date=None,
    modifier_indicator="0",
)


def test_an_open_pair_has_the_star_that_cms_writes():
    cells = dict(ptp_cells(PAIR, "More extensive procedure", prior_to_1996=True))
    assert cells == {
        "Column 1": "45385",
        "Column 2": "45378",
        "Prior to 1996": "*",
        "Effective": "2003-01-01",
        "Deletion": "*",
        "Indicator": "0",
        "Rationale": "More extensive procedure",
    }


def test_a_mark_that_is_not_at_hand_has_no_cell():
    assert "Prior to 1996" not in dict(ptp_cells(PAIR, ""))


def test_starter_rows_do_not_tell_when_an_edit_began():
    cells = dict(ptp_cells(PAIR, "", is_starter=True))
    assert (cells["Effective"], cells["Deletion"]) == ("not in the starter set", "–")


def test_a_unit_limit_shows_its_value_as_text():
    row = SimpleNamespace(code="J1885", mue_value=0, adjudication_indicator="2", rationale="CMS Policy")
    assert ("MUE value", "0") in mue_cells(row)


def test_an_add_on_row_shows_the_days_of_all_three():
    row = SimpleNamespace(
        edit_type="1",
        add_on="11045",
        primary="11042",
        effective_date=date(2013, 4, 1),
        deletion_date=date(2025, 12, 31),
        add_on_deletion_date=None,
        primary_deletion_date=date(2024, 12, 31),
        note="",
    )
    values = [value for _, value in addon_cells(row)]
    assert values == ["1", "11045", "–", "11042", "2024-12-31", "2013-04-01", "2025-12-31", "–"]


def test_rows_of_a_workbook_are_counted_and_lines_of_any_other_file():
    assert [place(file) for file in ("MCR_MUE.XLSX", "aoc.xls", "ccipra-f3.txt", "mue.csv")] == [
        *("Row", "Row", "Line", "Line"),
    ]
