import csv
import io
from datetime import date

import pytest
from django.http import Http404
from openpyxl import load_workbook

from catalog.exports import Page, Sheet, csv_lines, download, response, workbook, xlsx

DAY = date(2025, 11, 14)
HEADER = ["Code", "Descriptor", "Added"]


def sheet(*rows: list) -> Sheet:
    return Sheet(
        title="Injected drugs, J0120–J3591",
        about=("HCPCS Level II, October 2025", "Filter: none"),
        release="October 2025",
        rows=[HEADER, *rows],
    )


def read_csv(exported: Sheet) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(csv_lines(exported)).removeprefix("\ufeff"), newline="")))


def read_xlsx(exported: Sheet) -> list[tuple]:
    return [*load_workbook(io.BytesIO(xlsx(exported))).active.iter_rows()]


def test_a_csv_file_is_its_header_and_its_rows():
    assert read_csv(sheet(["J1885", "Ketorolac", date(1993, 1, 1)])) == [
        HEADER,
        ["J1885", "Ketorolac", "1993-01-01"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_csv_cell_that_would_run_as_a_formula_is_disarmed(start):
    [*_, row] = read_csv(sheet([f"{start}1+1", "plain = fine", None]))
    assert row == [f"'{start}1+1", "plain = fine", ""]


def test_a_csv_file_keeps_commas_quotes_and_line_breaks_inside_a_cell():
    [*_, row] = read_csv(sheet(["J1885", 'Solution, "each"\r\n15 mg', None]))
    assert row[1] == 'Solution, "each"\r\n15 mg'


def test_a_csv_file_is_written_line_by_line():
    def rows():
        yield HEADER
        raise AssertionError("read ahead")

    lines = csv_lines(sheet()._replace(rows=rows()))
    assert "Code" in "".join(next(lines) for _ in range(2))


def test_remarks_stand_apart_from_the_rows():
    remarked = sheet(["J1885", "Ketorolac", None])._replace(remarks=(("Notice", "=All rights reserved."),))
    assert read_csv(remarked)[1:] == [["J1885", "Ketorolac", ""], [], ["Notice", "'=All rights reserved."]]
    assert len(read_xlsx(remarked)) == 2
    about = load_workbook(io.BytesIO(xlsx(remarked)))["About"]
    assert [cell.value for cell in [*about.iter_rows()][-1]] == ["Notice", "=All rights reserved."]
    assert {cell.data_type for cell in [*about.iter_rows()][-1]} == {"s"}


def test_an_xlsx_cell_is_text_even_when_it_looks_like_a_number_or_a_formula():
    [*_, row] = read_xlsx(sheet(["00100", "=1+1", date(1993, 1, 1), "45378", "2"]))
    assert [cell.value for cell in row] == ["00100", "=1+1", "1993-01-01", "45378", "2"]
    assert {cell.data_type for cell in row} == {"s"}


def test_a_number_is_one_in_a_workbook_unless_excel_would_round_it():
    [*_, row] = read_xlsx(sheet([8, 242021, 10**15]))
    assert [cell.value for cell in row] == [8, 242021, str(10**15)]


def test_an_xlsx_cell_that_editing_would_change_has_the_format_of_text():
    [*_, row] = read_xlsx(sheet(["00100", "=1+1", "+1", "@SUM(A1)", "J1885"]))
    assert [cell.number_format for cell in row] == ["@", "@", "@", "@", "General"]


def test_an_xlsx_sheet_is_named_after_the_release_and_begins_with_the_header():
    page = load_workbook(io.BytesIO(xlsx(sheet()))).active
    assert page.title == "October 2025"
    assert [cell.value for cell in page[1]] == HEADER
    assert page.freeze_panes == "A2"


def test_a_second_xlsx_sheet_says_what_the_first_holds():
    about = load_workbook(io.BytesIO(xlsx(sheet())))["About"]
    assert [row[0].value for row in about.iter_rows()] == [
        "Injected drugs, J0120–J3591",
        "HCPCS Level II, October 2025",
        "Filter: none",
    ]


def test_characters_no_workbook_can_hold_are_left_out():
    [*_, row] = read_xlsx(sheet(["J1885", "ketorolac\x0b 15 mg", None]))
    assert row[1].value == "ketorolac 15 mg"


def test_a_sheet_name_never_breaks_the_workbook():
    page = load_workbook(io.BytesIO(xlsx(sheet()._replace(release="A/B: [July] " + "x" * 40)))).active
    assert len(page.title) == 31


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_file_name_says_section_release_and_day(extension):
    answer = response(sheet(), extension, DAY)
    assert answer["Content-Disposition"] == (
        f'attachment; filename="injected-drugs-j0120-j3591-october-2025-2025-11-14.{extension}"'
    )


def test_the_file_name_says_that_a_filter_narrowed_the_rows():
    assert "j0120-j3591-filtered-october-2025" in sheet()._replace(is_filtered=True).filename("csv", DAY)


def test_another_format_is_not_found():
    with pytest.raises(Http404):
        response(sheet(), "exe", DAY)


def test_a_workbook_may_have_several_tables_each_with_its_header_in_sight():
    pages = [Page("Lines", [HEADER, ["=1+1", None, DAY]]), Page("About", [["Note", "none"]], is_table=False)]
    lines, about = load_workbook(io.BytesIO(workbook(pages))).worksheets
    assert [(page.title, page.freeze_panes) for page in (lines, about)] == [("Lines", "A2"), ("About", None)]
    assert [cell.value for cell in lines[2]] == ["=1+1", None, "2025-11-14"]
    assert "f" not in {cell.data_type for cell in lines[2]}


def test_a_download_of_several_tables_is_disarmed_too():
    answer = download("claim.csv", "csv", [HEADER, (), ["@SUM(A1)", 1, DAY]], [])
    assert answer["Content-Disposition"] == 'attachment; filename="claim.csv"'
    assert answer.getvalue().decode("utf-8-sig") == "Code,Descriptor,Added\r\n\r\n'@SUM(A1),1,2025-11-14\r\n"
