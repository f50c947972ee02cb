import hashlib
import struct
import tracemalloc
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from catalog.importers import files, sheets
from catalog.importers.files import BadRow, Member, Refused
from tests.release_files import NOISE, write_zip

# Where a zip's central directory keeps flags, method and unpacked size, by the ZIP specification.
FLAGS, METHOD, SIZE = 8, 10, 24


def patched(path, offset, value, form="<H"):
    """The zip with a field of its first central directory entry overwritten."""
    content = bytearray(path.read_bytes())
    struct.pack_into(form, content, content.index(b"PK\x01\x02") + offset, value)
    path.write_bytes(content)
    return path


def refusal(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return str(refused.value)


def test_a_folder_gives_its_files_in_order_and_looks_into_zips(tmp_path):
    (tmp_path / "b.txt").write_text("b")
    (tmp_path / ".hidden").write_text("no")
    (tmp_path / "sub").mkdir()
    write_zip(tmp_path / "sub" / "c.zip", ("folder/inner.txt", b"c"), ("__MACOSX/._inner.txt", b"junk"))
    found = files.members([tmp_path])
    assert [str(member) for member in found] == ["b.txt", "c.zip: inner.txt"]
    assert [member.archive for member in found] == ["", "c.zip"]


def test_a_zip_in_a_zip_is_read_and_a_third_is_refused(tmp_path):
    inner = write_zip(tmp_path / "inner.zip", ("a.txt", b"one\ntwo\n"))
    outer = write_zip(tmp_path / "outer.zip", inner)
    (member,) = files.members([outer])
    assert (member.name, member.archive) == ("a.txt", "inner.zip")
    assert list(files.lines(member)) == [(1, "one"), (2, "two")]
    third = write_zip(tmp_path / "third.zip", outer)
    assert "zip inside a zip inside a zip" in refusal(lambda: files.members([third]))


def test_a_path_that_is_not_there_and_an_empty_folder_are_refused(tmp_path):
    assert "does not exist" in refusal(lambda: files.members([tmp_path / "nothing.txt"]))
    assert "empty folder" in refusal(lambda: files.members([tmp_path]))


@pytest.mark.parametrize("name", ["../up.txt", "/etc/absolute.txt", "a/../../b.txt", "C:\\x.txt", "..\\up.txt"])
def test_a_zip_with_a_path_that_climbs_out_is_refused(tmp_path, name):
    path = write_zip(tmp_path / "climbs.zip", (name, b"x"))
    assert "leads out of the zip" in refusal(lambda: files.members([path]))


def test_a_file_that_only_is_called_zip_is_refused(tmp_path):
    path = tmp_path / "page.zip"
    path.write_text("<html>Not found</html>")
    assert "not a zip file" in refusal(lambda: files.members([path]))


def test_a_zip_cut_short_is_refused(tmp_path):
    path = write_zip(tmp_path / "cut.zip", ("a.txt", b"x" * 5_000))
    path.write_bytes(path.read_bytes()[:-40])
    assert "Download it again" in refusal(lambda: files.members([path]))


def test_damage_inside_a_zip_is_refused_where_it_shows(tmp_path):
    path = write_zip(tmp_path / "bad.zip", ("a.txt", b"some text\n" * 500))
    content = bytearray(path.read_bytes())
    content[45] ^= 0xFF
    path.write_bytes(content)
    (member,) = files.members([path])
    assert "is damaged" in refusal(lambda: list(files.lines(member)))


def test_a_zip_with_a_password_is_refused(tmp_path):
    path = patched(write_zip(tmp_path / "locked.zip", ("a.txt", b"x")), FLAGS, 1)
    assert "password" in refusal(lambda: files.members([path]))


def test_a_zip_packed_by_an_unknown_method_is_refused(tmp_path):
    path = patched(write_zip(tmp_path / "odd.zip", ("a.txt", b"x")), METHOD, 9)
    (member,) = files.members([path])
    assert "packed in a way" in refusal(lambda: list(files.lines(member)))


def test_a_member_packed_too_tightly_is_refused(tmp_path):
    path = write_zip(tmp_path / "bomb.zip", ("a.txt", b"0" * (5 << 20)))
    assert "too tightly" in refusal(lambda: files.members([path]))


def test_a_zip_that_would_unpack_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 1_000)
    path = write_zip(tmp_path / "large.zip", ("a.txt", b"a" * 600), ("b.txt", b"b" * 600))
    assert "more than" in refusal(lambda: files.members([path]))


def test_a_zip_of_too_many_files_is_refused(tmp_path):
    path = write_zip(tmp_path / "many.zip", *((f"{n}.txt", b"") for n in range(files.MAX_MEMBERS + 1)))
    assert "1,001 files" in refusal(lambda: files.members([path]))


def test_a_size_that_is_not_true_is_refused(tmp_path):
    path = patched(write_zip(tmp_path / "liar.zip", ("a.txt", b"0" * 10_000)), SIZE, 10, "<I")
    (member,) = files.members([path])
    assert "is damaged" in refusal(lambda: list(files.lines(member)))


def test_the_same_content_has_the_same_fingerprint_in_and_out_of_a_zip(tmp_path):
    content = b"line\r\n" * 1_000
    (tmp_path / "a.txt").write_bytes(content)
    packed = write_zip(tmp_path / "a.zip", tmp_path / "a.txt")
    expected = (hashlib.sha256(content).hexdigest(), 6_000)
    assert files.fingerprint(Member(tmp_path / "a.txt")) == expected
    assert files.fingerprint(files.members([packed])[0]) == expected


def lines_of(tmp_path, content: bytes) -> list[tuple[int, str]]:
    (tmp_path / "lines.txt").write_bytes(content)
    return list(files.lines(Member(tmp_path / "lines.txt")))


def test_lines_are_numbered_and_lose_only_their_ends(tmp_path):
    assert lines_of(tmp_path, b"  one \r\n\ntwo\x0b\x85x\nlast") == [
        (1, "  one "),
        (2, ""),
        (3, "two\x0b…x"),
        (4, "last"),
    ]


def test_lines_are_read_as_utf_8_where_they_are_that_else_as_cp1252(tmp_path):
    assert lines_of(tmp_path, b"\xef\xbb\xbfcaf\xc3\xa9\ncaf\xe9 \x92s\n") == [(1, "café"), (2, "café ’s")]


def test_utf_16_and_a_line_without_end_are_refused(tmp_path):
    assert "UTF-16" in refusal(lambda: lines_of(tmp_path, "text".encode("utf-16")))
    assert "line 1: this line has no end" in refusal(lambda: lines_of(tmp_path, b"x" * (files.MAX_LINE + 1)))


def test_a_bad_row_names_file_line_and_reason_and_what_to_do():
    error = BadRow("file.txt", 7, "wrong.")
    assert (error.file, error.line, error.reason) == ("file.txt", 7, "wrong.")
    assert str(error) == "file.txt, line 7: wrong. Download the file again, and give it as CMS publishes it."


@pytest.mark.parametrize("advice", ["Download it again.", "Give the file under the name it had at CMS."])
def test_a_bad_row_that_says_what_to_do_itself_says_nothing_else(advice):
    assert str(BadRow("file.txt", 7, f"wrong. {advice}")) == f"file.txt, line 7: wrong. {advice}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (51.0, "51"),
        (20251001.0, "20251001"),
        (12.5, "12.5"),
        (3, "3"),
        ("  LT ", "  LT "),
        ("", ""),
        (date(2025, 10, 1), "20251001"),
        (datetime(2025, 10, 1, 12, 30), "20251001"),  # noqa: DTZ001
    ],
)
def test_a_cell_becomes_the_text_its_publisher_meant(value, text):
    assert files.cell_text(value) == text


def test_every_sheet_of_a_workbook_is_a_table_with_its_own_row_numbers(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active["B3"] = 51
    workbook.create_sheet("Two").append(["x", "00100"])
    workbook.save(tmp_path / "book.xlsx")
    first, second = (list(rows) for rows in files.tables(Member(tmp_path / "book.xlsx")))
    assert first == [(1, ["", ""]), (2, ["", ""]), (3, ["", "51"])]
    assert second == [(1, ["x", "00100"])]


def test_a_csv_is_one_table_numbered_by_lines(tmp_path):
    (tmp_path / "a.csv").write_bytes(b'HCPC,TEXT\r\nA1,"two\r\nlines"\r\nA2,caf\xe9\r\n')
    (rows,) = files.tables(Member(tmp_path / "a.csv"))
    assert list(rows) == [(1, ["HCPC", "TEXT"]), (3, ["A1", "two\nlines"]), (4, ["A2", "café"])]


def test_what_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "book.xlsx").write_text("not one")
    assert "cannot be read as a workbook" in refusal(lambda: list(files.tables(Member(tmp_path / "book.xlsx"))))


def test_a_workbook_with_a_cell_far_outside_is_refused_before_it_fills_the_memory(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "HCPC"
    workbook.active["XFD1048576"] = "far"
    workbook.save(tmp_path / "far.xlsx")
    assert "far outside its table" in refusal(lambda: list(files.tables(Member(tmp_path / "far.xlsx"))))


def test_a_workbook_that_unpacks_too_far_is_refused(tmp_path):
    path = write_zip(tmp_path / "bomb.xlsx", ("xl/worksheets/sheet1.xml", b" " * (5 << 20)))
    assert zipfile.is_zipfile(path)
    assert "too tightly" in refusal(lambda: list(files.tables(Member(path))))


def packed_workbook(tmp_path, size):
    """A zip with that many bytes under the name of a workbook, packed nearly as tightly as is let pass."""
    path = tmp_path / "ccipra-v302r0-f1.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ccipra-v302r0-f1.xlsx", (NOISE[:6_000] + bytes(1 << 20)) * (size >> 20))
    return path


@pytest.mark.parametrize("read", [files.tables, lambda member: sheets.row_blocks(member, 7)])
def test_a_workbook_larger_than_any_is_refused_before_it_is_read(tmp_path, monkeypatch, read):
    monkeypatch.setattr(files, "MAX_WORKBOOK", 1 << 20)
    (member,) = files.members([packed_workbook(tmp_path, 16 << 20)])
    tracemalloc.start()
    said = refusal(lambda: list(read(member)))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "16 MB, more than the 1 MB allowed for a workbook" in said
    assert peak < 4 << 20


def test_a_large_workbook_that_is_no_zip_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_WORKBOOK", 1 << 20)
    (tmp_path / "book.xls").write_bytes(bytes(2 << 20))
    assert "2 MB, more than" in refusal(lambda: list(files.tables(Member(tmp_path / "book.xls"))))


def sheet_of(tmp_path, rows, name="xl/worksheets/sheet1.xml"):
    return write_zip(
        tmp_path / "made.xlsx", (name, f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode())
    )


def test_a_workbook_whose_parts_are_too_large_for_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_PARTS", 100_000)
    path = sheet_of(tmp_path, "<row/>" * 20_000)
    assert "would unpack to 0 MB" in refusal(lambda: list(files.tables(Member(path))))


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ("""<row><c r = 'XFD1048576'/></row>""", "xl/worksheets/sheet1.xml"),
        ('<row><c r="XFD1048576"/></row>', "elsewhere/sheet.xml"),
        (" " * (1 << 18) + '<row><c r="XFD1048576"/></row>', "xl/worksheets/sheet1.xml"),
    ],
)
def test_a_cell_far_outside_is_seen_however_it_is_written(tmp_path, rows, name):
    path = sheet_of(tmp_path, rows, name)
    assert "row 1,048,576, column 16,384" in refusal(lambda: list(files.tables(Member(path))))


@pytest.mark.parametrize("before", range(30))
def test_a_cell_is_seen_where_one_block_ends_and_the_next_begins(tmp_path, monkeypatch, before):
    monkeypatch.setattr(files, "BLOCK", 70)
    path = sheet_of(tmp_path, f'<x a="{"." * before}"/><c r="XFD1048576"/>')
    assert "row 1,048,576, column 16,384" in refusal(lambda: list(files.tables(Member(path))))


@pytest.mark.parametrize("cell", ["<c/>", "<x:c />", "<c><v>1</v></c>"])
def test_more_cells_without_a_place_than_any_table_has_are_refused(tmp_path, monkeypatch, cell):
    monkeypatch.setattr(files, "MAX_CELLS", 1_000)
    path = sheet_of(tmp_path, f"<row>{cell * 1_001}</row>")
    assert "1,001 cells on a sheet" in refusal(lambda: list(files.tables(Member(path))))


def test_blocks_hold_the_same_lines_as_one_by_one(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "BLOCK", 7)
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\n\nf\xfcnf\xe2\x80\x99\nsechs\r\nno end")
    blocks = list(files.line_blocks(Member(path)))
    assert [line for _first, lines in blocks for line in lines] == ["one", "two", "", "fünfâ€™", "sechs", "no end"]
    numbered = [pair for first, lines in blocks for pair in enumerate(lines, first)]
    assert numbered == list(files.lines(Member(path)))
    assert [number for number, _line in numbered] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
@pytest.mark.parametrize("line", [b"x\0\n", b"x\0", b"\0\r\n"])
@pytest.mark.parametrize("size", [2, 7, 1 << 18])
def test_a_nul_character_is_refused_with_its_line(tmp_path, monkeypatch, name, line, size):
    monkeypatch.setattr(files, "BLOCK", size)
    path = tmp_path / name
    path.write_bytes(b"one\ntwo\r\n\n" + line)
    with pytest.raises(BadRow, match="there is a NUL character") as refused:
        [list(table) for table in files.tables(Member(path))] if name == "a.csv" else list(
            files.lines(Member(path))
        )
    assert (refused.value.file, refused.value.line) == (name, 4)


def test_a_nul_character_in_a_cell_is_refused_with_its_row(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["HCPC"])
    workbook.active.append(["A4253", "Blood_x0000_ glucose"])  # as Excel writes what XML has no sign for
    workbook.save(tmp_path / "book.xlsx")
    with pytest.raises(BadRow, match=r"book\.xlsx, line 2: there is a NUL character"):
        [list(table) for table in files.tables(Member(tmp_path / "book.xlsx"))]
