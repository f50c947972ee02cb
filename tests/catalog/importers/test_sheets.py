import zipfile

import openpyxl
import pytest

from catalog.importers import sheets
from catalog.importers.files import Member, Refused
from tests.release_files import write_zip

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def rows(path, width=3) -> list[list[tuple[int, list[str]]]]:
    """The rows of every sheet."""
    return [[row for block in sheet for row in block] for sheet in sheets.row_blocks(Member(path), width)]


def refusal(path) -> str:
    with pytest.raises(Refused) as refused:
        rows(path)
    return str(refused.value)


def sheet_of(tmp_path, xml, **others):
    """A workbook of one sheet with these rows in XML, and other parts by name."""
    sheet = f"<worksheet {NAMESPACE}><sheetData>{xml}</sheetData></worksheet>"
    parts = {"xl/worksheets/sheet1.xml": sheet} | others
    return write_zip(tmp_path / "made.xlsx", *((name, part.encode()) for name, part in parts.items()))


def test_cells_are_texts_and_numbers_keep_their_digits(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["00100", 100, 20240701])
    workbook.active.append(["é & <b>", None, "*"])
    workbook.active["B5"] = 1.5
    workbook.create_sheet("Second").append([None, " two  words "])
    workbook.save(tmp_path / "made.xlsx")
    assert rows(tmp_path / "made.xlsx") == [
        [(1, ["00100", "100", "20240701"]), (2, ["é & <b>", "", "*"]), (5, ["", "1.5", ""])],
        [(1, ["", "two  words", ""])],
    ]


def test_other_producers_ways_of_writing_the_same_are_read(tmp_path):
    shared = "<x:sst xmlns:x='urn:other'><x:si><x:r><x:t>Pie</x:t></x:r><x:r><x:t>ces </x:t></x:r></x:si></x:sst>"
    xml = (
        '<row r="7">\n <c r="A7" t="s"><v>0</v></c>\n <c r="B7" t="inlineStr"><is><t>In</t><t>line</t></is></c>'
        '<c r="C7"><f>1+1</f><v>2.0</v>\n</c></row><row><c r="A8"><v>2.0240701E7</v></c><c r="B8"/></row>'
    )
    path = sheet_of(tmp_path, xml, **{"xl/sharedStrings.xml": shared})
    assert rows(path) == [[(7, ["Pieces", "Inline", "2"]), (8, ["20240701", "", ""])]]


def test_cells_far_outside_cost_nothing(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["a"])
    workbook.active["XFD1048576"] = "far"
    workbook.active["AA1"] = "not column one"
    workbook.save(tmp_path / "far.xlsx")
    assert rows(tmp_path / "far.xlsx", 1) == [[(1, ["a"]), (1_048_576, [""])]]


def test_more_rows_than_one_block_come_in_order(tmp_path):
    xml = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 5_001))
    assert rows(sheet_of(tmp_path, xml), 1) == [[(n, [str(n)]) for n in range(1, 5_001)]]


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="1"><c r="A1"><v>1</v>',
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
        '<row r="1"><c r="A1"><v>x</v></c></row>',
        '<row r="1"><c><v>1</v></c></row>',
    ],
)
def test_a_damaged_sheet_is_refused(tmp_path, xml):
    assert "damaged or protected" in refusal(sheet_of(tmp_path, xml))


def test_what_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "page.xlsx").write_text("<html>")
    assert "damaged or protected" in refusal(tmp_path / "page.xlsx")
    assert "holds no sheet" in refusal(write_zip(tmp_path / "empty.xlsx", ("a.txt", b"a")))


def test_entities_are_not_expanded(tmp_path):
    laughs = '<!DOCTYPE a [<!ENTITY b "ha">]><worksheet><sheetData><row r="1"/></sheetData></worksheet>'
    path = write_zip(tmp_path / "laughs.xlsx", ("xl/worksheets/sheet1.xml", laughs.encode()))
    assert "declares a document type" in refusal(path)


def test_a_text_without_end_is_refused(tmp_path):
    xml = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"long " * 1_000_000}</t></is></c></row>'
    with zipfile.ZipFile(tmp_path / "long.xlsx", "w") as archive:
        archive.writestr(
            "xl/worksheets/sheet1.xml", f"<worksheet {NAMESPACE}><sheetData>{xml}</sheetData></worksheet>"
        )
    assert "row 1: a cell holds more text" in refusal(tmp_path / "long.xlsx")


def test_too_many_different_texts_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MAX_STRINGS", 10)
    path = sheet_of(tmp_path, '<row r="1"/>', **{"xl/sharedStrings.xml": f"<sst {NAMESPACE}/>"})
    assert "different texts" in refusal(path)


def test_parts_packed_too_tightly_are_refused(tmp_path):
    path = sheet_of(tmp_path, f'<row r="1">{" " * 3_000_000}</row>')
    assert "packed too tightly" in refusal(path)
