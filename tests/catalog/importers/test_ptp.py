from datetime import date
from itertools import islice
from pathlib import Path

import openpyxl
import pytest

from catalog.importers import ptp
from catalog.importers.files import AS_PUBLISHED, BadRow, Member, Refused, members
from tests.ptp_files import EDITS, FIRST_LINE, HEAD, NOTICE, Edit, text, write_text, write_workbook
from tests.release_files import write_zip

ROWS = [
    ptp.Row(7, "00100", "36591", False, date(2001, 1, 1), None, "0", "Made-up reason"),
    ptp.Row(8, "0001A", "0591T", False, date(2022, 1, 1), date(2023, 12, 31), "1", "Made-up reason"),
    ptp.Row(9, "11750", "11001", False, date(1996, 1, 1), date(1996, 1, 1), "9", "Made-up reason"),
    ptp.Row(10, "99213", "G0102", True, date(1996, 1, 1), None, "1", "Another reason"),
]


def rows(path: Path, setting: str = "") -> list[ptp.Row]:
    (member,) = members([path])
    return list(ptp.read(member, setting))


def refusal(path: Path, setting: str = "") -> str:
    with pytest.raises(Refused) as refused:
        rows(path, setting)
    return str(refused.value)


def written(tmp_path: Path, lines: str, name: str = "ccipra-v302r0-f1.TXT") -> Path:
    path = tmp_path / name
    path.write_bytes(lines.encode("cp1252"))
    return path


def test_a_text_gives_its_rows_with_their_lines_and_no_line_of_the_head(tmp_path):
    assert rows(write_text(tmp_path / "ccipra-v302r0-f1.TXT")) == ROWS


def test_a_zipped_text_gives_the_same(tmp_path):
    inner = write_text(tmp_path / "ccipra-v302r0-f1.TXT")
    assert rows(write_zip(tmp_path / "f1.zip", inner)) == ROWS


def test_a_workbook_gives_the_same_with_the_zeros_its_numbers_lost(tmp_path):
    path = write_workbook(tmp_path / "ccipra-v302r0-f1.xlsx")
    assert openpyxl.load_workbook(path).active.cell(FIRST_LINE, 1).value == 100
    assert rows(path) == ROWS


def test_a_workbook_of_texts_and_a_csv_give_the_same(tmp_path):
    assert rows(write_workbook(tmp_path / "ccipra-v302r0-f1.xlsx", numbers=False)) == ROWS
    csv = written(tmp_path, text(EDITS).replace("\t", ","), "ccipra-v302r0-f1.csv")
    assert rows(csv) == ROWS


def test_days_kept_as_days_in_a_workbook_are_the_days_they_show(tmp_path):
    edit = Edit("00100", "36591")._replace(effective=date(2024, 7, 1), deletion=date(2024, 9, 30))
    (row,) = rows(write_workbook(tmp_path / "ccipra-v302r0-f1.xlsx", [edit]))
    assert (row.effective_date, row.deletion_date) == (date(2024, 7, 1), date(2024, 9, 30))


def test_days_counted_in_a_workbook_are_the_days_they_stand_for(tmp_path):
    edit = Edit("00100", "36591", effective="34700", deletion="45474")
    (row,) = rows(write_workbook(tmp_path / "ccipra-v302r0-f1.xlsx", [edit]))
    assert (row.effective_date, row.deletion_date) == (date(1995, 1, 1), date(2024, 7, 1))


@pytest.mark.parametrize(
    ("count", "day"), [("19960", "1954-08-24"), ("34699", "1994-12-31"), ("73416", "2101-01-01")]
)
def test_a_count_of_days_that_is_no_day_of_an_edit_is_refused(tmp_path, count, day):
    path = write_workbook(tmp_path / "ccipra-v302r0-f1.xlsx", [Edit("00100", "36591", effective=count)])
    assert f"effective date is '{count}', {day}, and no edit is from before 1995" in refusal(path)


def test_blank_lines_a_byte_order_mark_and_blanks_around_cells_do_no_harm(tmp_path):
    padded = Edit(*(f" {cell} " for cell in EDITS[0]))
    content = text([padded, [""], ["", "", "", "", "", "", ""], EDITS[1], ["\x1a"]])
    path = tmp_path / "ccipra-v302r0-f1.TXT"
    path.write_bytes(b"\xef\xbb\xbf" + content.encode())
    assert rows(path) == [ROWS[0], ROWS[1]._replace(line=10)]


def test_equal_days_are_one_object(tmp_path):
    edits = [Edit("00100", "36591", indicator=indicator) for indicator in "01"]
    one, two = rows(write_text(tmp_path / "ccipra-v302r0-f1.TXT", edits))
    assert one.effective_date is two.effective_date


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (Edit("123", "36591"), "column one: '123' is no code."),
        (Edit("00100", "3659I"), "column two: '3659I' is no code."),
        (Edit("00100", "u0001"), "column two: 'u0001' is no code."),
        (Edit("00100", "00100"), "00100 stands in both columns."),
        (Edit("00100", "36591", mark="x"), "the mark of 1996 is 'x', neither * nor blank."),
        (Edit("00100", "36591", effective="*"), "effective date is '*', and there is no such day."),
        (Edit("00100", "36591", effective="2001010"), "effective date is '2001010', and there is no such day."),
        (Edit("00100", "36591", deletion="20240631"), "deletion date is '20240631', and there is no such day."),
        (Edit("00100", "36591", effective="19960"), "effective date is '19960', and there is no such day."),
        (
            Edit("00100", "36591", effective="19941231"),
            "effective date is '19941231', 1994-12-31, and no edit is from before 1995 or after 2100.",
        ),
        (
            Edit("00100", "36591", deletion="21010101"),
            "deletion date is '21010101', 2101-01-01, and no edit is from before 1995 or after 2100.",
        ),
        (Edit("00100", "36591", deletion=""), "deletion date is '', and there is no such day."),
        (
            Edit("00100", "36591", effective="20240701", deletion="20240630"),
            "deletion date 20240630 is before its effective date 20240701.",
        ),
        (Edit("00100", "36591", indicator="2"), "modifier indicator is '2', not 0, 1 or 9."),
        (Edit("00100", "36591", indicator=""), "modifier indicator is '', not 0, 1 or 9."),
        (Edit("00100", "36591", rationale="long " * 60), "the rationale has 299 characters."),
        (["00100", "36591", "", "20010101"], "4 columns where a row has 7."),
        (["00100", "36591", "", "20010101", "*", "1"], "6 columns where a row has 7."),
        ([*Edit("00100", "36591"), "more"], "8 columns where a row has 7."),
        (["0010"], "column one: '0010' is no code."),
    ],
)
@pytest.mark.parametrize("above", [[], EDITS[:1]])
def test_a_line_that_is_no_row_is_refused_with_its_number_and_what_is_wrong(tmp_path, edit, reason, above):
    path = write_text(tmp_path / "ccipra-v302r0-f1.TXT", [*above, edit, EDITS[3]])
    with pytest.raises(BadRow) as refused:
        rows(path)
    assert (refused.value.file, refused.value.line) == ("ccipra-v302r0-f1.TXT", FIRST_LINE + len(above))
    assert refused.value.reason == reason


@pytest.mark.parametrize("line", [*HEAD, ["All rights reserved."]])
def test_a_line_of_the_head_among_the_rows_is_refused(tmp_path, line):
    path = write_text(tmp_path / "ccipra-v302r0-f1.TXT", [*EDITS, line])
    assert refusal(path).startswith("ccipra-v302r0-f1.TXT, line 11: column one: ")


def test_a_bad_row_of_a_workbook_is_refused_with_its_row(tmp_path):
    edits = [EDITS[0], [], EDITS[1]._replace(indicator="7")]
    path = write_workbook(tmp_path / "ccipra-v302r0-f1.xlsx", edits)
    said = "ccipra-v302r0-f1.xlsx, line 9: modifier indicator is '7', not 0, 1 or 9."
    assert refusal(path) == f"{said} {AS_PUBLISHED}"


def test_swapped_columns_are_refused_at_the_first_row(tmp_path):
    swapped = [[*edit[:3], edit.deletion, edit.effective, *edit[5:]] for edit in EDITS]
    path = write_text(tmp_path / "ccipra-v302r0-f1.TXT", swapped)
    said = "ccipra-v302r0-f1.TXT, line 7: effective date is '*', and there is no such day."
    assert refusal(path) == f"{said} {AS_PUBLISHED}"


@pytest.mark.parametrize("length", range(1, len("\t".join(EDITS[3]))))
def test_a_file_cut_anywhere_in_its_last_row_is_refused(tmp_path, length):
    edits = [EDITS[3]._replace(column_two="G0101"), EDITS[3]._replace(column_two="G0103")]
    lines = text(edits)
    last = "\t".join(EDITS[3])
    assert "line 9" in refusal(written(tmp_path, lines + last[:length]))


def test_text_in_utf_16_is_refused(tmp_path):
    path = tmp_path / "ccipra-v302r0-f1.TXT"
    path.write_bytes(text(EDITS).encode("utf-16"))
    assert "UTF-16" in refusal(path)


def test_a_file_without_rows_is_refused(tmp_path):
    assert "holds no PTP edit" in refusal(write_text(tmp_path / "ccipra-v302r0-f1.TXT", []))
    assert "holds no PTP edit" in refusal(written(tmp_path, ""))
    assert "holds no PTP edit" in refusal(write_workbook(tmp_path / "ccipra-v302r0-f1.xlsx", []))


def test_a_head_that_does_not_end_is_refused_where_it_is_too_long(tmp_path):
    lines = "".join(f"A remark {'x' * number}\r\n" for number in range(30))
    assert "line 21: column one: 'A remark" in refusal(written(tmp_path, lines + text(EDITS)))


@pytest.mark.parametrize(
    ("content", "looks_like"),
    [
        ('"HCPCS/\r\nCPT Code",Practitioner Services MUE Values,MUE\r\n0001U,1,2,x\r\n', "unlikely edits (MUE)"),
        ("Add-On Code\tPrimary Code\r\n0001U\t0002U\r\n", "add-on code edits"),
        ("HCPC\tSEQNUM\tRECID\tLONG DESCRIPTION\r\nA0021\t00100\t3\tx\r\n", "a HCPCS file"),
        ("A0021001003Made-up words\r\n" * 30, "a HCPCS file"),
        ('Column 1\tColumn 2\t"Modifier\r\nIndicator"\r\n0010U\t87513\t1\r\n', "a list of what changed"),
        ("<!DOCTYPE html>\r\n<html>\r\n", "a web page"),
    ],
)
def test_another_file_under_this_name_is_refused_with_what_it_looks_like(tmp_path, content, looks_like):
    assert looks_like in refusal(written(tmp_path, content))


def test_medicaids_table_is_refused_by_what_its_head_says(tmp_path):
    head = [[NOTICE], ["Medicaid NCCI Column1/Column2 Edits"], *HEAD[2:]]
    assert "Medicaid's" in refusal(write_text(tmp_path / "ccipra-v302r0-f1.TXT", head=head))


def test_the_name_of_the_publisher_is_not_taken_for_medicaid(tmp_path):
    head = [[NOTICE], ["Centers for Medicare & Medicaid Services"], *HEAD[1:]]
    assert len(rows(write_text(tmp_path / "ccipra-v302r0-f1.TXT", head=head))) == len(EDITS)


def test_a_head_that_says_another_setting_is_refused(tmp_path):
    head = [[NOTICE], ["Hospital Column1/Column2 Edits"], *HEAD[2:]]
    path = write_text(tmp_path / "ccipra-v302r0-f1.TXT", head=head)
    assert "the table of outpatient hospital, not of practitioner" in refusal(path, "practitioner")
    assert len(rows(path, "outpatient_hospital")) == len(EDITS)


def test_rows_on_a_second_sheet_are_refused_and_remarks_there_are_not(tmp_path):
    path = write_workbook(tmp_path / "ccipra-v302r0-f1.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook.create_sheet("Remarks").append(["A remark"])
    workbook.save(path)
    assert rows(path) == ROWS
    workbook.create_sheet("More").append(["00100", "36592"])
    workbook.save(path)
    assert "more than one sheet" in refusal(path)


def test_the_notice_is_what_stands_above_the_title(tmp_path):
    assert ptp.notice(Member(write_text(tmp_path / "ccipra-v302r0-f1.TXT"))) == NOTICE
    assert ptp.notice(Member(write_workbook(tmp_path / "ccipra-v302r0-f1.xlsx"))) == NOTICE
    longer = [[f'"{NOTICE}'], [""], ['Use is limited. "'], *HEAD[1:]]
    path = write_text(tmp_path / "ccipra-v302r0-f2.TXT", head=longer)
    assert ptp.notice(Member(path)) == f"{NOTICE}\nUse is limited."
    assert ptp.notice(Member(write_text(tmp_path / "ccipra-v302r0-f3.TXT", head=[]))) == ""


@pytest.mark.cms
def test_a_whole_part_of_cms_is_read(cms_files):
    path = cms_files / "ptp" / "medicare-ncci-2024q3-practitioner-ptp-edits-ccipra-v302r0-f4.zip"
    count, last = 0, None
    for row in ptp.read(*members([path])):
        count, last = count + 1, row
    assert (count, last.line, last.column_one, last.column_two) == (636_505, 636_511, "U0003", "U0004")


@pytest.mark.cms
def test_rows_of_2026_with_their_true_dates_are_read(cms_files):
    (member,) = members([cms_files / "ptp" / "ccipra-v322r0-f1.excerpt.txt"])
    (first,) = islice(ptp.read(member, "practitioner"), 1)
    assert (first.line, first.effective_date, first.deletion_date) == (7, date(2022, 1, 1), date(2023, 12, 31))
    assert len(list(ptp.read(member))) == 154
    assert ptp.notice(member).startswith("CPT only copyright 2025")
