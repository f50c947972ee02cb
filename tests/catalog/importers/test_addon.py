from datetime import date

import pytest

from catalog.importers import addon, files
from catalog.importers.addon import Row
from catalog.importers.files import BadRow, Member, Refused
from catalog.importers.names import Publication
from catalog.models import AddOnEdit
from tests.addon_files import HEADINGS, NOTICE, edit, text_line, whole, write_text, write_workbook
from tests.builders import make_release
from tests.release_files import write_zip

BOOK, TEXT = "AOC_V2026Q2-MCR.xlsx", "AOC_V2026Q2-F-MCR.txt"
ZIP = "add-code-edits-medicare-effective-04012026.zip"
CMS_ZIP = "add-code-edits-medicare-effective-10012025.zip"
CONTRACTORS = edit("0054T", "CCCCC", note="Contractor Defined Primary Codes")
ENDED = edit("11045", "11042", add_on_deleted="2024366", primary_deleted="2025365", deleted="2024366")


def publications(folder, quarter: str = "") -> list[tuple[str, int | None, str]]:
    return [
        (found.quarter, found.revision, str(found.members[0]))
        for found in addon.publications(files.members([folder]), quarter)
    ]


def touch(folder, *names: str) -> None:
    for name in names:
        (folder / name).write_text(name)


def bad_row(path) -> tuple[int, str]:
    with pytest.raises(BadRow) as caught:
        list(addon.read(Member(path)))
    assert caught.value.file == path.name
    return caught.value.line, caught.value.reason


def says(rows: list[Row]) -> list[tuple]:
    """Rows without the lines they stand in."""
    return [row[1:] for row in rows]


# --- which files make a release


def test_the_workbook_in_a_zip_is_read_before_the_text(tmp_path):
    write_zip(tmp_path / ZIP, (TEXT, b""), (BOOK, b""))
    assert publications(tmp_path) == [("2026Q2", None, f"{ZIP}: {BOOK}")]


def test_the_text_is_read_where_it_comes_alone(tmp_path):
    touch(tmp_path, TEXT)
    assert publications(tmp_path) == [("2026Q2", None, TEXT)]


def test_a_number_behind_the_quarter_is_the_revision_and_the_newest_is_read(tmp_path):
    touch(tmp_path, "AOC_V2025Q4-MCR.xlsx", "AOC_V2025Q4_01-MCR.txt")
    assert publications(tmp_path) == [("2025Q4", 1, "AOC_V2025Q4_01-MCR.txt")]


def test_each_quarter_is_a_release_oldest_first(tmp_path):
    touch(tmp_path, BOOK, "AOC_V2024Q2-MCR.xlsx")
    assert [quarter for quarter, *_rest in publications(tmp_path)] == ["2024Q2", "2026Q2"]


def test_a_zip_of_another_quarter_contradicts_and_is_refused(tmp_path):
    write_zip(tmp_path / CMS_ZIP, (BOOK, b""))
    with pytest.raises(Refused, match=r"2026Q2.*2025Q4.*--quarter"):
        publications(tmp_path)
    assert [quarter for quarter, *_rest in publications(tmp_path, "2026Q2")] == ["2026Q2"]


def test_a_zip_that_takes_effect_within_its_quarter_is_of_that_quarter(tmp_path):
    write_zip(tmp_path / "add-code-edits-medicare-effective-06012026.zip", (TEXT, b""))
    assert publications(tmp_path)[0][0] == "2026Q2"


def test_two_different_files_of_one_quarter_are_refused(tmp_path):
    touch(tmp_path, BOOK)
    write_zip(tmp_path / ZIP, (BOOK, b"something else"))
    with pytest.raises(Refused, match="are of the same release and differ"):
        publications(tmp_path)


def test_a_quarter_given_by_hand_is_for_one_release(tmp_path):
    touch(tmp_path, "download.txt")
    assert publications(tmp_path) == []
    assert publications(tmp_path, "2026Q1") == [("2026Q1", None, "download.txt")]
    touch(tmp_path, BOOK, "AOC_V2024Q2-MCR.xlsx")
    with pytest.raises(Refused, match="--quarter is for one release"):
        publications(tmp_path, "2026Q1")


@pytest.mark.parametrize("name", ["AOC_V2026Q2-MCD.xlsx", "add-code-edits-medicaid-effective-04012026.txt"])
def test_medicaid_files_are_refused(tmp_path, name):
    touch(tmp_path, name)
    with pytest.raises(Refused, match="Medicaid"):
        publications(tmp_path)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("aoc-file-structure.pdf", "no add-on code table"),
        ("AOC_Changes_2026Q2.xlsx", "what changed"),
        ("AOC-MCR.xlsx", "--quarter"),
    ],
)
def test_other_files_about_add_on_codes_are_left_alone_and_explained(tmp_path, name, why):
    touch(tmp_path, name)
    assert publications(tmp_path) == []
    assert why in addon.explain(Member(tmp_path / name))


@pytest.mark.parametrize("name", [BOOK, TEXT, "HCPC2025_OCT_ANWEB.txt", "MCR_MUE_DMESupplierServices.csv"])
def test_a_table_and_files_of_other_datasets_need_no_explanation(tmp_path, name):
    assert addon.explain(Member(tmp_path / name)) == ""


# --- rows


def test_a_row_of_text_has_its_fields_in_fixed_columns(tmp_path):
    path = write_text(tmp_path / TEXT, [CONTRACTORS, ENDED])
    assert list(addon.read(Member(path))) == [
        Row(1, "0054T", "CCCCC", "2", None, None, date(2013, 4, 1), None, "Contractor Defined Primary Codes"),
        Row(
            *(2, "11045", "11042", "1", date(2024, 12, 31), date(2025, 12, 31)),
            *(date(2013, 4, 1), date(2024, 12, 31), ""),
        ),
    ]


def test_both_forms_say_the_same(tmp_path):
    edits = [CONTRACTORS, ENDED, edit("0071U", "00100", kind="3", note="Facility only")]
    text = list(addon.read(Member(write_text(tmp_path / TEXT, edits))))
    book = list(addon.read(Member(write_workbook(tmp_path / BOOK, edits))))
    assert says(text) == says(book)
    assert [row.line for row in text] == [1, 2, 3]
    assert [row.line for row in book] == [3, 4, 5]


def test_headings_of_dates_may_say_julian_and_columns_may_stand_in_any_order(tmp_path):
    headings = [f"{heading}_julian" if heading.endswith("DT") else heading for heading in HEADINGS]
    straight = write_workbook(tmp_path / BOOK, [ENDED], head=[headings])
    turned = write_workbook(tmp_path / "turned.xlsx", [], head=[headings[::-1], list(ENDED)[::-1]])
    rows = list(addon.read(Member(straight)))
    assert rows == list(addon.read(Member(turned)))
    assert rows[0].deletion_date == date(2024, 12, 31)


def test_a_text_without_blanks_at_its_line_ends_is_read(tmp_path):
    path = tmp_path / TEXT
    path.write_text(
        "".join(f"{text_line(one).rstrip()}\n" for one in (CONTRACTORS, edit("11045", "11042"), ENDED))
    )
    assert [row.add_on for row in addon.read(Member(path))] == ["0054T", "11045", "11045"]


def test_the_notice_of_the_workbook_is_kept_as_published(tmp_path):
    assert addon.notice(Member(write_workbook(tmp_path / BOOK, [CONTRACTORS]))) == NOTICE
    assert addon.notice(Member(write_text(tmp_path / TEXT, [CONTRACTORS]))) == ""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2013091", date(2013, 4, 1)),
        ("2024366", date(2024, 12, 31)),
        ("2025365", date(2025, 12, 31)),
        ("2024060", date(2024, 2, 29)),
        ("2025060", date(2025, 3, 1)),
    ],
)
def test_a_date_is_a_year_and_a_day_of_it(tmp_path, text, day):
    path = write_text(tmp_path / TEXT, [edit("11045", "11042", effective=text)])
    assert next(addon.read(Member(path))).effective_date == day


@pytest.mark.parametrize("form", ["text", "workbook"])
@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (edit("11045", "11042", effective="2023366"), "has the date '2023366'"),
        (edit("11045", "11042", effective="2023000"), "has the date '2023000'"),
        (edit("11045", "11042", effective="1994365"), "has the date '1994365'"),
        (edit("11045", "11042", deleted="2101001"), "has the date '2101001'"),
        (edit("11045", "11042", deleted="*******"), "has the date '*******'"),
        (edit("11045", "11042", deleted="2012365"), "ends on 2012365, before it begins"),
        (edit("11045", "11042", kind="4"), "'4' stands where the type"),
        (edit("11045", "CCCCC", kind="1"), "has CCCCC as primary, which does not go with type 1"),
        (edit("11045", "11042", kind="2"), "has 11042 as primary, which does not go with type 2"),
        (edit("CCCCC", "11042"), "'CCCCC' stands where a code should"),
        (edit("11045", "A1B2C"), "'A1B2C' stands where a code should"),
        (edit("1104X", "11042"), "'1104X' stands where a code should"),
    ],
)
def test_a_row_that_cannot_be_one_stops_the_load_and_is_named(tmp_path, form, bad, reason):
    write = {"text": (write_text, TEXT, 2), "workbook": (write_workbook, BOOK, 4)}
    writer, name, expected = write[form]
    line, why = bad_row(writer(tmp_path / name, [CONTRACTORS, bad, ENDED]))
    assert (line, reason in why) == (expected, True), why


def test_type_3_may_name_primaries_and_leave_others_to_contractors(tmp_path):
    edits = [edit("20701", "CCCCC", kind="3"), edit("20701", "11010", kind="3")]
    assert len(list(addon.read(Member(write_text(tmp_path / TEXT, edits))))) == 2


def test_an_edit_withdrawn_from_its_first_day_is_a_row(tmp_path):
    path = write_text(tmp_path / TEXT, [edit("G2211", "99202", effective="2024275", deleted="2024275")])
    assert next(addon.read(Member(path))).deletion_date == date(2024, 10, 1)


def test_a_row_without_a_day_of_effect_is_refused(tmp_path):
    assert (
        "no day of effect" in bad_row(write_workbook(tmp_path / BOOK, [edit("11045", "11042", effective="")]))[1]
    )
    assert bad_row(write_text(tmp_path / TEXT, [edit("11045", "11042", effective="")]))[0] == 1


def test_a_pair_may_come_back_and_a_row_may_not(tmp_path):
    later = edit("11045", "11042", effective="2026001")
    assert len(list(addon.read(Member(write_text(tmp_path / TEXT, [ENDED, later]))))) == 2
    path = write_text(tmp_path / "twice.txt", [ENDED, later, ENDED])
    assert bad_row(path) == (3, "the same row is given twice, first in line 1.")


# --- wrong files under right names


@pytest.mark.parametrize(
    ("head", "line", "reason"),
    [
        ([], 1, "a row before any header"),
        ([(NOTICE,)], 2, "a row before any header"),
        ([HEADINGS, HEADINGS], 2, "the header stands here a second time"),
        ([HEADINGS[:-1]], 1, "Special_Instruction_Notes is missing"),
        ([(*HEADINGS[:-1], HEADINGS[1])], 1, "Add-On_Code is there twice"),
    ],
)
def test_a_missing_or_doubled_header_is_named(tmp_path, head, line, reason):
    found, why = bad_row(write_workbook(tmp_path / BOOK, [ENDED], head=head))
    assert (found, reason in why) == (line, True), why


def test_a_workbook_of_another_dataset_is_refused(tmp_path):
    path = write_workbook(tmp_path / BOOK, [], head=[["HCPCS/\nCPT Code", "MUE Values"], ["99213", "2"]])
    assert bad_row(path) == (1, "no header (AOC_Edit_Type, Add-On_Code …). It is not an add-on code table.")


@pytest.mark.parametrize(
    "line",
    [
        "11042\t97597\t\t20130401\t*\t1\tMisuse of column two code",
        "A0021001003Ambulance service, outside state per mile",
        "0001U,1,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction",
    ],
)
def test_text_of_another_dataset_is_refused(tmp_path, line):
    path = tmp_path / TEXT
    path.write_text(f"{line}\n" * 40)
    with pytest.raises(BadRow, match="not a row of the add-on code table"):
        list(addon.read(Member(path)))


def test_remarks_above_the_text_are_passed_over_and_what_is_left_of_a_row_is_not(tmp_path):
    path = tmp_path / TEXT
    path.write_text(f"Copyright 2026 by its owner.\n\n{text_line(ENDED)}\n")
    assert [row.line for row in addon.read(Member(path))] == [3]
    path.write_text(f"{text_line(CONTRACTORS)[3:]}\n{text_line(ENDED)}\n")
    assert bad_row(path)[0] == 1


@pytest.mark.parametrize("shift", [1, -1])
def test_columns_shifted_by_one_character_are_a_bad_row(tmp_path, shift):
    line = text_line(ENDED)
    moved = f" {line[:-1]}" if shift > 0 else f"{line[1:]} "
    path = tmp_path / TEXT
    path.write_text(f"{line}\n{moved}\n")
    assert bad_row(path)[0] == 2


def test_a_line_cut_anywhere_is_a_bad_row(tmp_path):
    content = write_text(tmp_path / TEXT, [CONTRACTORS, ENDED]).read_bytes()
    first_line = content.index(b"\n") + 1
    for end in range(first_line + 1, len(content) - 2):
        (tmp_path / TEXT).write_bytes(content[:end])
        assert bad_row(tmp_path / TEXT)[0] == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp037"])
def test_text_in_a_foreign_encoding_is_refused(tmp_path, encoding):
    path = tmp_path / TEXT
    path.write_bytes(f"{text_line(ENDED)}\n".encode(encoding))
    with pytest.raises(Refused, match=TEXT):
        list(addon.read(Member(path)))


def test_a_file_without_rows_is_refused(tmp_path):
    for path in (write_text(tmp_path / TEXT, []), write_workbook(tmp_path / BOOK, [])):
        with pytest.raises(Refused, match="holds no row"):
            list(addon.read(Member(path)))


# --- doubts


def doubts(rows: list[Row], quarter: str = "2026Q2", by_hand: bool = False) -> list[str]:
    release = make_release(dataset="addon", quarter=quarter)
    file = release.files.create(name=BOOK, sha256="0" * 64, size=1)
    AddOnEdit.objects.bulk_create(AddOnEdit(release=release, file=file, **row._asdict()) for row in rows)
    publication = Publication("addon", quarter, None, (), quarter_by_hand=by_hand)
    return addon.doubts(AddOnEdit.objects.filter(release=release), publication, {})


def rows_of(tmp_path, edits) -> list[Row]:
    return list(addon.read(Member(write_text(tmp_path / TEXT, edits))))


@pytest.mark.django_db
def test_a_whole_table_raises_no_doubt(tmp_path):
    assert doubts(rows_of(tmp_path, whole(2026))) == []


@pytest.mark.django_db
def test_a_short_table_is_doubted_by_its_rows_and_its_old_pairs(tmp_path):
    assert doubts(rows_of(tmp_path, whole(2026)[-50:])) == [
        "It has 50 rows; every table has had 5,000 and more.",
        "It lacks 0054T with CCCCC, 01968 with 01967, 11045 with 11042, 17003 with 17000 and 7 more, "
        "which every table holds since they took effect.",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("quarter", "doubt"),
    [
        ("2025Q4", "It has edits from 01-01-2026 on; it looks like a later file than 2025Q4."),
        ("2027Q1", "Nothing in it changed in 2027; it looks like the file of 2026Q1."),
    ],
)
def test_a_table_under_the_name_of_another_year_is_doubted(tmp_path, quarter, doubt):
    assert doubts(rows_of(tmp_path, whole(2026)), quarter) == [doubt]


@pytest.mark.django_db
def test_a_quarter_given_by_hand_is_not_doubted(tmp_path):
    assert doubts(rows_of(tmp_path, whole(2026)), "2027Q1", by_hand=True) == []


@pytest.mark.django_db
def test_an_edit_whose_last_day_is_the_last_of_a_year_is_a_change_of_the_next(tmp_path):
    assert doubts(rows_of(tmp_path, whole(2026, ENDED._replace(deleted="2026365"))), "2027Q1") == []
