import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from catalog import exports, text_table
from catalog.text_table import Unreadable, read

COLUMNS = ("id", "term", "means", "code", "note")


def workbook(*rows: tuple) -> bytes:
    """A workbook with these rows in its first sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def texts(content: bytes) -> list[dict[str, str]]:
    return [line.texts for line in read(content, COLUMNS, ["term"]).lines]


def reason(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read(content, COLUMNS, ["term"])
    return str(refused.value)


# --- CSV ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_the_one_that_finds_the_columns(separator):
    lines = [["term", "means"], ["hoyer, lift", "patient; lift"]]
    content = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in lines).encode()
    assert texts(content) == [{"term": "hoyer, lift", "means": "patient; lift"}]


def test_a_line_that_tells_excel_the_separator_is_no_header():
    table = read(b"sep=;\r\nterm;means\r\ndme;equipment\r\n", COLUMNS, ["term"])
    assert table.lines == ((3, {"term": "dme", "means": "equipment"}, {}),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_letters_with_accents_are_read(encoding):
    table = read("term,means\nménière,vertigo – dizziness\n".encode(encoding), COLUMNS, ["term"])
    assert table.lines[0].texts == {"term": "ménière", "means": "vertigo – dizziness"}
    assert table.remarks == ()


def test_windows_1252_is_read_and_said():
    table = read("term,means\nménière,vertigo – “dizzy”\n".encode("cp1252"), COLUMNS, ["term"])
    assert table.lines[0].texts == {"term": "ménière", "means": "vertigo – “dizzy”"}
    assert "Windows-1252" in table.remarks[0]


def test_lines_are_counted_as_an_editor_of_texts_counts_them():
    content = b'\r\nterm,note\r\n"dme","one\r\ntwo"\r\n\r\n ,\r\no2,oxygen\r\n'
    table = read(content, COLUMNS, ["term"])
    assert [(line.number, line.texts["term"]) for line in table.lines] == [(3, "dme"), (7, "o2")]
    assert table.lines[0].texts["note"] == "one\r\ntwo"


def test_columns_come_in_any_order_and_case_and_unknown_ones_are_said():
    table = read(b"Note, TERM ,mine\nx,dme,y\n", COLUMNS, ["term"])
    assert (table.columns, table.lines[0].texts) == (("note", "term"), {"note": "x", "term": "dme"})
    assert table.remarks == ("Columns not known here are left out: “mine”.",)


def test_a_row_that_goes_on_behind_the_columns_has_a_fault():
    (line,) = read(b"term,means\ndme,durable,medical\n", COLUMNS, ["term"]).lines
    assert "quotation marks" in line.faults["means"]


def test_what_a_row_of_csv_leaves_out_at_its_end_is_not_said_to_be_empty():
    table = read(b"term,other,means,code\ndme\no2,,oxygen,\nknee,,x\n", COLUMNS, ["term"])
    assert [line.texts for line in table.lines] == [
        {"term": "dme", "means": None, "code": None},
        {"term": "o2", "means": "oxygen", "code": ""},
        {"term": "knee", "means": "x", "code": None},
    ]
    assert not any(line.faults for line in table.lines)
    assert table.remarks[-1].startswith("2 rows end before the last column. What is not there stays as it is;")


def test_a_row_of_csv_that_ends_before_a_column_that_is_needed_has_a_fault():
    (line,) = read(b"means,term\ndurable\n", COLUMNS, ["term"]).lines
    assert line.faults == {"term": "The row ends before the column “term”."}


def test_a_file_that_ends_in_the_middle_of_a_row_has_a_fault():
    whole, cut_off = read(b"term,means,code\no2,oxygen\nknee,sco", COLUMNS, ["term"]).lines
    assert not whole.faults
    assert cut_off.faults == {"code": "The file ends before the column “code”: is it whole?"}
    (line,) = read(b"term,means\nknee,scooter", COLUMNS, ["term"]).lines
    assert not line.faults


def test_a_csv_row_that_lacks_only_what_is_not_read_has_no_fault():
    (line,) = read(b"term,means,other\ndme,durable\n", COLUMNS, ["term"]).lines
    assert not line.faults


def test_a_short_row_of_a_workbook_has_empty_texts():
    (line,) = read(workbook(("term", "means", "code"), ("dme", "durable")), COLUMNS, ["term"]).lines
    assert line.texts == {"term": "dme", "means": "durable", "code": ""}
    assert not line.faults


# What begins like a formula, with apostrophes of the guard's or of somebody's own, and what a workbook escapes.
TRICKY = st.from_regex(r"\A'{0,3}[=+@x\t-]?(1|_x000D_|_x005F_|_xD800_|'|,|\"|;|\n)*\Z").filter(str.strip)


@settings(max_examples=60)
@example("=1+1")
@example("'=1+1")
@example("''-2")
@example("'quoted'")
@example("- one\n- two")
@given(text=TRICKY | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_any_text_comes_back_from_an_export_as_it_was(text):
    rows = [["term", "note"], ["dme", text]]
    assert texts("".join(exports.csv_text(rows)).encode()) == [{"term": "dme", "note": text}]
    assert texts(exports.workbook([exports.Page("Texts", rows)])) == [{"term": "dme", "note": text}]


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''@x", "\tx"])
def test_no_cell_of_an_export_begins_like_a_formula(text):
    *_, line = exports.csv_text([[text]])
    assert line.lstrip('"').startswith("'")


def test_what_looks_like_a_formula_in_csv_is_a_text():
    assert texts(b"term,means\n=1+1,=cmd|' /C calc'!A0\n") == [{"term": "=1+1", "means": "=cmd|' /C calc'!A0"}]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\r\n\r\n", "empty"),
        (b"term,means\r\n", "nothing below it"),
        (b"word,means\r\ndme,x\r\n", "no column “term”"),
        (b"term,means,Term\r\na,b,c\r\n", "names “term” twice"),
        (b'term,means\r\na,b\r\nc,"d\r\ne,f\r\n', "line 3 cannot be read"),
        (b"\x00\x01\x02", "neither CSV nor an Excel workbook"),
        (b"term\n\x81\x8d\n", "neither UTF-8 nor Windows-1252"),
        (b"\xff\xfe\x00", "neither UTF-8 nor Windows-1252"),
        (b"\xd0\xcf\x11\xe0 old", "Save it as .xlsx"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"term\n" + b"x\n" * text_table.LARGEST_FILE, "more than 2 MB"),
        (b"term\n" + b"x\n" * (text_table.MOST_LINES + 1), "more than 5,000 rows"),
    ],
)
def test_what_is_no_table_of_texts_is_refused_in_a_sentence(content, words):
    assert words in reason(content)


# --- Workbooks ---------------------------------------------------------------------------------------------


def test_the_first_sheet_in_sight_is_read():
    book = Workbook()
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Mine")
    sheet.append(["term", "code"])
    sheet.append([])
    sheet.append(["knee scooter", "E0118"])
    table = read(saved(book), COLUMNS, ["term"])
    assert table.lines == ((3, {"term": "knee scooter", "code": "E0118"}, {}),)


def test_numbers_are_the_digits_one_would_type():
    content = workbook(("id", "term", "code", "note"), (17, 3.0, 99213, 1.5), (18.0, True, None, None))
    assert texts(content) == [
        {"id": "17", "term": "3", "code": "99213", "note": "1.5"},
        {"id": "18", "term": "TRUE", "code": "", "note": ""},
    ]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("=LOWER(B2)", "=LOWER(B2)"),
        ('=HYPERLINK("http://example.org","click")', "A formula, not a text"),
        (ArrayFormula("B2:B3", "=SUM(C2:C3)"), "=SUM(C2:C3)"),
        ("#N/A", "An error of the spreadsheet"),
        (date(2026, 3, 4), "A date or time, not a text"),
    ],
)
def test_a_cell_that_is_no_text_has_a_fault_and_nothing_is_computed(cell, words):
    (line,) = read(workbook(("term", "means"), ("dme", cell)), COLUMNS, ["term"]).lines
    assert words in line.faults["means"]
    assert line.texts == {"term": "dme", "means": ""}


def test_a_text_that_begins_like_a_formula_comes_back_from_a_workbook():
    content = exports.workbook([exports.Page("Synonyms", [["term", "code", "note"], ["dme", "00100", "=1+1"]])])
    assert texts(content) == [{"term": "dme", "code": "00100", "note": "=1+1"}]


def test_what_excel_writes_for_the_end_of_a_line_is_one():
    content = workbook(("term", "note"), ("dme", "one_x000D_\ntwo _x005F_x000D_ _xD800_"))
    assert texts(content)[0]["note"] == "one\r\ntwo _x000D_ _xD800_"


def test_a_date_is_taken_where_a_column_holds_dates_and_a_time_is_not():
    rows = ("term", "note"), (date(2026, 3, 4), date(2026, 3, 4)), ("x", datetime(2026, 3, 4, 12, 30))  # noqa: DTZ001
    day, moment = read(workbook(*rows), COLUMNS, ["term"], days=["note"]).lines
    assert (day.texts["note"], [*day.faults]) == ("2026-03-04", ["term"])
    assert (moment.texts["note"], [*moment.faults]) == ("", ["note"])


def test_a_formula_in_a_column_that_is_not_known_does_not_matter():
    table = read(workbook(("term", "length"), ("dme", "=LEN(A2)")), COLUMNS, ["term"])
    assert table.lines[0].faults == {}


def test_a_cell_far_outside_is_looked_for_in_moments_and_blank_rows_are_no_rows():
    book = Workbook()
    book.active.append(["term"])
    book.active.cell(1_048_576, 1, "far")
    assert read(saved(book), COLUMNS, ["term"]).lines == ((1_048_576, {"term": "far"}, {}),)


def packed(**parts: str) -> bytes:
    """A workbook as openpyxl makes it, with parts of our own making: ``sheet1``, ``sharedStrings``."""
    made, file = zipfile.ZipFile(io.BytesIO(workbook(("term",), ("dme",)))), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in made.infolist():
            stem = entry.filename.rpartition("/")[2].removesuffix(".xml")
            archive.writestr(entry.filename, parts.get(stem) or made.read(entry))
    return file.getvalue()


def test_a_workbook_that_would_fill_the_memory_is_refused():
    bomb = packed(sheet1="<worksheet>" + " " * text_table.LARGEST_UNPACKED + "</worksheet>")
    assert len(bomb) < 100_000
    assert "unpack to more than 20 MB" in reason(bomb)


def test_a_workbook_whose_rows_are_numbered_beyond_any_spreadsheet_has_none_of_them():
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>term</t></is></c></row>'
    rows += '<row r="99999999999"><c r="A99999999999" t="inlineStr"><is><t>x</t></is></c></row>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    assert "nothing below it" in reason(packed(sheet1=sheet))


def test_a_workbook_with_a_damaged_directory_is_refused():
    content = bytearray(workbook(("term",), ("dme",)))
    content[content.rindex(b"PK\x01\x02") + 6] = 0xFF  # the version that its last part asks for
    assert reason(bytes(content)) == "The workbook is damaged, or only a part of one."


def test_entities_that_multiply_are_refused():
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    sheet = f'<!DOCTYPE x [<!ENTITY a0 "lol">{entities}]><worksheet><sheetData>&a11;</sheetData></worksheet>'
    assert "cannot be read" in reason(packed(sheet1=sheet))
