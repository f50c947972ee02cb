"""Workbooks as another program reads them."""

import io
import zipfile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from catalog.workbook import LONGEST_CELL, Page, workbook


def opened(*rows, **options) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(Page("Sheet", rows, **options))))


def cells(*rows) -> list[list[str]]:
    return [[cell.value for cell in row] for row in opened(*rows).active.iter_rows()]


@pytest.mark.parametrize("text", ["=1+1", "+1", "00100", "1E5", "#N/A", "TRUE", "2025-10-01", "@x", "  blanks  "])
def test_a_cell_is_text_whatever_it_looks_like(text):
    (cell,) = next(opened([text]).active.iter_rows())
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")


@pytest.mark.parametrize("text", ['<b> & "quotes"\'', "]]>", "two\r\nlines\rand\ttab", "é – 注射 😀"])
def test_signs_and_characters_of_all_kinds_come_back(text):
    assert cells([text]) == [[text]]


def test_what_no_xml_holds_is_left_out_and_a_cell_too_long_is_cut():
    assert cells(["a\x0bb\x00\ud800\ufffec"], ["x" * 40_000]) == [["abc"], ["x" * LONGEST_CELL]]


def test_the_first_row_is_bold_and_stays_in_sight_when_asked():
    page = opened(["Code"], ["J1885"], is_frozen=True).active
    assert [row[0].font.bold for row in page.iter_rows()] == [True, False]
    assert page.freeze_panes == "A2"
    assert opened(["Code"]).active.freeze_panes is None


def test_sheets_keep_their_order_and_names():
    made = workbook(Page('A & "B" <C>', [["1"]]), Page("Empty", []), Page("About", [["3"]]))
    read = openpyxl.load_workbook(io.BytesIO(made))
    assert read.sheetnames == ['A & "B" <C>', "Empty", "About"]
    assert [read[name]["A1"].value for name in read.sheetnames] == ["1", None, "3"]


def test_columns_go_on_after_z():
    page = opened([str(number) for number in range(704)]).active
    assert [page[cell].value for cell in ("A1", "Z1", "AA1", "ZZ1", "AAA1")] == ["0", "25", "26", "701", "702"]


def test_another_reader_finds_the_same_texts():
    rows = [["Code", "Units"], ["00100", ""], ["J1885", "4"]]
    made = CalamineWorkbook.from_filelike(io.BytesIO(workbook(Page("Sheet", rows))))
    assert made.get_sheet_by_index(0).to_python() == rows


def test_every_part_is_declared():
    with zipfile.ZipFile(io.BytesIO(workbook(Page("One", []), Page("Two", [])))) as archive:
        declared = archive.read("[Content_Types].xml").decode()
        parts = [name for name in archive.namelist() if name.startswith("xl/") and name.endswith(".xml")]
    assert len(parts) == 4
    assert all(f'PartName="/{name}"' in declared for name in parts)
