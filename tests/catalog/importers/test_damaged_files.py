"""Zips and workbooks of which a byte is not what it was: whichever it is, they are read right or refused."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress

import openpyxl
import pytest

from catalog import uploads
from catalog.importers import files, sheets
from catalog.importers.files import Member, Refused, is_zip

TEXT = b"0001 a line of a release file\r\n" * 20
# By the ZIP specification: what an entry of the central directory begins with, where it has what, and what the
# end of the directory begins with.
ENTRY, VERSION, METHOD, NAME = b"PK\x01\x02", 6, 10, 46
END = b"PK\x05\x06"


def packed(name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def damaged(whole: bytes) -> Iterator[bytes]:
    """It with each of its bytes in turn made another one."""
    for at, byte in enumerate(whole):
        for other in {0, 0xFF} - {byte}:
            yield whole[:at] + bytes([other]) + whole[at + 1 :]


def test_whichever_byte_of_a_zip_is_damaged_it_is_refused_or_has_the_same_content(tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 0)  # with all the fields that a large one has
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 0)
    whole, path = packed("é.txt", TEXT), tmp_path / "a.zip"
    path.write_bytes(whole)
    content = {files.fingerprint(member) for member in files.members([path])}
    for again in damaged(whole):
        path.write_bytes(again)
        uploads.damage(path)
        with suppress(Refused):
            assert {files.fingerprint(member) for member in files.members([path])} <= content


def test_damage_in_a_zip_packed_another_way_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    content = bytearray(packed("a.txt", TEXT, zipfile.ZIP_LZMA))
    content[content.index(b"a.txt") + len("a.txt") + 20] ^= 0xFF
    path.write_bytes(content)
    (member,) = files.members([path])
    with pytest.raises(Refused, match="is damaged"):
        files.fingerprint(member)


@pytest.mark.parametrize(("field", "value"), [(VERSION, 0xFF), (METHOD, 0xFF), (NAME, 0xFF), (NAME, 0)])
@pytest.mark.parametrize("read", [files.tables, lambda member: sheets.row_blocks(member, 2)])
def test_a_workbook_with_a_damaged_directory_is_refused(tmp_path, field, value, read):
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/é.xml", "<worksheet/>")
    content = bytearray(path.read_bytes())
    content[content.rindex(ENTRY) + field] = value
    path.write_bytes(content)
    with pytest.raises(Refused):
        [list(table) for table in read(Member(path))]


def test_a_file_without_a_name_in_a_zip_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    content = bytearray(packed("a.txt", TEXT))
    content[content.index(ENTRY) + NAME] = 0  # the name ends where it begins
    path.write_bytes(content)
    with pytest.raises(Refused, match=r"^a\.zip is damaged \(a file in it has no name\)\. Download it again\.$"):
        files.members([path])


def test_a_name_in_a_zip_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    content = bytearray(packed("é.txt", TEXT))
    content[content.index(ENTRY) + NAME] = 0xFF
    path.write_bytes(content)
    with pytest.raises(Refused, match=r"^a\.zip is damaged \('utf-8' .*\)\. Download it again\.$"):
        files.members([path])
    assert "is damaged" in uploads.damage(path)


def test_a_zip_that_goes_on_in_another_file_is_not_a_whole_one(tmp_path):
    path = tmp_path / "a.zip"
    content = packed("a.txt", TEXT)
    of_two = b"PK\x06\x07" + bytes(12) + b"\2\0\0\0"  # ZIP64's end of central directory locator
    path.write_bytes(content.replace(END, of_two + END))
    assert not is_zip(path)
    assert "is only part of a file" in uploads.damage(path)
    with pytest.raises(Refused, match=r"or only part of one"):
        files.members([path])
