from contextlib import suppress
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importers.files import BadRow, Member, Refused
from catalog.importers.hcpcs import read
from catalog.importers.hcpcs_layout import FIELDS, skipped
from catalog.models import HcpcsCode
from tests.release_files import COLUMNS, record, table_row, text_lines, write_csv, write_text, write_workbook

DATA = Path(__file__).parents[2] / "data" / "hcpcs"
EXCERPTS = [
    "HCPC2019_CONTR_ANWEB.txt",
    "HCPC17_CONTR_ANWEB.txt",
    "HCPC2026_JUL_ANWEB.txt",
    "HCPC2026_OCT_ANWEB.csv",
]


def rows_of(path: Path) -> dict:
    return {row.code: row for row in read(Member(path))}


def without_lines(rows: dict) -> dict:
    return {code: row._replace(line=0) for code, row in rows.items()}


def bad_row(path: Path) -> BadRow:
    with pytest.raises(BadRow) as error:
        rows_of(path)
    return error.value


def cells(code="E0100", **columns: object) -> list[object]:
    """A workbook row; a column given here may hold something that is not text."""
    row: list[object] = list(table_row(record(code)))
    for name, value in columns.items():
        row[COLUMNS.index(name.replace("__", " "))] = value
    return row


@pytest.mark.parametrize("name", EXCERPTS)
def test_every_form_of_the_excerpt_holds_the_same_records(name):
    rows = rows_of(DATA / name)
    assert len(rows) == 11
    assert without_lines(rows) == without_lines(rows_of(DATA / EXCERPTS[0]))


def test_all_details_of_a_record_are_read():
    row = rows_of(DATA / "HCPC2019_CONTR_ANWEB.txt")["C9248"]
    assert row.record == "code"
    assert row.short_descriptor == "Short C9248"
    assert row.long_descriptor == "A vial’s content for tests, 1 mg"
    assert row.pricing_indicators == ("51", "11")
    assert row.multiple_pricing_indicator == "A"
    assert row.statute == "1833(t)"
    assert row.cross_references == ("J0123", "31573")
    assert (row.asc_group, row.asc_effective_date) == ("YY", date(2009, 1, 1))
    assert row.processing_note == "0088"
    assert (row.betos, row.types_of_service, row.coverage_code) == ("O1E", ("1", "P"), "D")
    assert row.anesthesia_base_units == 0
    assert row.added_date == row.action_effective_date == date(2009, 1, 1)
    assert (row.termination_date, row.action_code) == (None, "N")


def test_references_and_certifications_are_lists_of_what_is_filled_in():
    rows = rows_of(DATA / "HCPC2019_CONTR_ANWEB.txt")
    assert rows["E0100"].cim_references == ("60-3", "60-9")
    assert rows["E0100"].mcm_references == ("2100.1",)
    assert rows["P9010"].lab_certifications == ("510", "540")


def test_a_modifier_loses_its_leading_blanks_and_has_no_base_units():
    row = rows_of(DATA / "HCPC2019_CONTR_ANWEB.txt")["LT"]
    assert (row.record, row.code, row.anesthesia_base_units) == ("modifier", "LT", None)


def test_the_termination_date_is_kept_as_the_last_day():
    assert rows_of(DATA / "HCPC2019_CONTR_ANWEB.txt")["S0020"].termination_date == date(2018, 12, 31)


def test_continuations_are_joined_with_one_blank():
    text = rows_of(DATA / "HCPC17_CONTR_ANWEB.txt")["G0008"].long_descriptor
    assert text.startswith("An invented description that goes on")
    assert text.endswith("and because it keeps going, even on a third one")
    assert "  " not in text


def test_a_row_knows_its_line():
    assert rows_of(DATA / "HCPC2019_CONTR_ANWEB.txt")["GA"].line == 8  # under seven lines of remarks
    assert rows_of(DATA / "HCPC2026_OCT_ANWEB.csv")["GA"].line == 2


def test_continuations_are_put_in_the_order_of_their_numbers(tmp_path):
    first, second, third = text_lines(record("E0100", "one " * 20 + "two " * 20 + "three"))
    (tmp_path / "a.txt").write_text(f"{third}\n{first}\n{second}\n")
    assert rows_of(tmp_path / "a.txt")["E0100"].long_descriptor == ("one " * 20 + "two " * 20 + "three")


def test_a_continuation_of_nothing_is_a_bad_row(tmp_path):
    (tmp_path / "a.txt").write_text(text_lines(record("E0100", "word " * 20))[1] + "\n")
    assert "continues E0100, which has no first line" in str(bad_row(tmp_path / "a.txt"))


def test_a_code_given_twice_is_a_bad_row(tmp_path):
    error = bad_row(write_text(tmp_path / "a.txt", [record("E0100"), record("E0105"), record("E0100")]))
    assert (error.line, error.reason) == (3, "E0100 is given twice, first in line 1.")


@pytest.mark.parametrize(("code", "owner"), [("99213", "AMA"), ("0001U", "AMA"), ("25", "AMA"), ("D0120", "ADA")])
def test_codes_that_others_own_are_never_loaded(tmp_path, code, owner):
    for path in (
        write_text(tmp_path / "a.txt", [record("E0100"), record(code)]),
        write_workbook(tmp_path / "a.xlsx", [table_row(record("E0100")), table_row(record(code))]),
    ):
        assert owner in bad_row(path).reason


@pytest.mark.parametrize("width", [12, 91, 200, 283])
def test_a_first_line_cut_short_is_a_bad_row(tmp_path, width):
    cut = text_lines(record("E0105"))[0][:width]
    path = write_text(tmp_path / "a.txt", [record("E0100")])
    path.write_bytes(path.read_bytes() + cut.encode())
    assert (bad_row(path).line, "cut short" in bad_row(path).reason) == (2, True)


@pytest.mark.parametrize(("ended", "width"), [("", 284), ("20260101", 292)])
def test_a_first_line_without_its_blank_end_is_read_whole(tmp_path, ended, width):
    line = text_lines(record("E0100", TERM_DT=ended, ACTION_CD=""))[0].rstrip()
    assert len(line) == width
    (tmp_path / "a.txt").write_text(f"{line}\n")
    row = rows_of(tmp_path / "a.txt")["E0100"]
    assert (row.action_effective_date, row.action_code) == (date(2001, 1, 1), "")
    assert row.termination_date == (date(2026, 1, 1) if ended else None)


def test_a_first_line_cut_inside_its_termination_date_is_a_bad_row(tmp_path):
    cut = text_lines(record("E0100", TERM_DT="20260101"))[0][:289]
    (tmp_path / "a.txt").write_text(cut)
    assert "has '20260' as TERM DT" in bad_row(tmp_path / "a.txt").reason


@pytest.mark.parametrize(
    "line", ["E010", "E0", "E010500", "E0105\t00100\t3\ttext", "E010500100XText", "   LT0010", "0105001003Text"]
)
def test_a_line_among_the_records_that_looks_like_a_damaged_one_is_a_bad_row(tmp_path, line):
    path = write_text(tmp_path / "a.txt", [record("E0100")])
    path.write_bytes(path.read_bytes() + f"{line}\r\n".encode())
    assert (bad_row(path).line, "not a HCPCS record" in bad_row(path).reason) == (2, True)


REMARKS = ["End of file.", "Total: 6,800 records", "\t12/20/2018", "NOTE: codes are subject to change", "A remark"]


@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark_among_or_below_the_records_is_left_out(tmp_path, remark):
    path = write_text(tmp_path / "a.txt", [record("E0100")])
    one = path.read_bytes()
    path.write_bytes(one + f"{remark}\r\n".encode() + one.replace(b"E0100", b"E0105") + remark.encode())
    assert list(rows_of(path)) == ["E0100", "E0105"]


def test_only_the_remarks_between_records_are_counted_as_skipped(tmp_path):
    lines = ["A disclaimer", *text_lines(record("E0100")), "One", "", "* starred", "Two"]
    lines += [*text_lines(record("E0105")), "The end"]
    (tmp_path / "a.txt").write_text("\n".join(lines))
    assert skipped(Member(tmp_path / "a.txt")) == 2


def test_a_damaged_record_above_the_others_is_not_taken_for_a_remark(tmp_path):
    path = write_text(tmp_path / "a.txt", [record("E0100")], above=[text_lines(record("E0105"))[0][1:]])
    assert (bad_row(path).line, "not a HCPCS record" in bad_row(path).reason) == (1, True)


def test_blank_lines_and_starred_remarks_below_the_records_are_left_out(tmp_path):
    path = write_text(tmp_path / "a.txt", [record("E0100")])
    path.write_bytes(path.read_bytes() + b"\r\n\t\t\xa0\r\n*** end of file\r\n\x1a")
    assert list(rows_of(path)) == ["E0100"]


def test_a_record_id_that_does_not_fit_the_code_is_a_bad_row(tmp_path):
    line = text_lines(record("E0100"))[0]
    (tmp_path / "a.txt").write_text(line[:10] + "7" + line[11:] + "\n")
    assert "record id '7'" in bad_row(tmp_path / "a.txt").reason


@pytest.mark.parametrize("text", ["2025", "20251399", "01/01/25", "2O250101"])
def test_a_date_that_is_none_is_a_bad_row(tmp_path, text):
    error = bad_row(write_text(tmp_path / "a.txt", [record("E0100"), record("E0105", TERM_DT=text)]))
    assert (error.line, f"E0105 has {text!r} as TERM DT" in error.reason) == (2, True)


def test_a_date_of_zeros_is_no_date(tmp_path):
    path = write_text(tmp_path / "a.txt", [record("E0100", TERM_DT="00000000")])
    assert rows_of(path)["E0100"].termination_date is None


def test_values_no_one_knows_are_kept(tmp_path):
    path = write_text(tmp_path / "a.txt", [record("E0100", COV="?", BETOS="Q9Z", XREF1="CPT", ACTION_CD="X")])
    row = rows_of(path)["E0100"]
    assert (row.coverage_code, row.betos, row.cross_references, row.action_code) == ("?", "Q9Z", ("CPT",), "X")


@pytest.mark.parametrize("above", [0, 7, 10])
def test_the_header_of_a_workbook_is_found_under_remarks(tmp_path, above):
    rows = rows_of(write_workbook(tmp_path / "a.xlsx", [table_row(record("E0100"))], above=above))
    assert rows["E0100"].line == above + 2


def test_thousands_of_empty_rows_and_a_remark_below_are_left_out(tmp_path):
    empty = [[" "] + [None] * 47] * 2_000
    path = write_workbook(tmp_path / "a.xlsx", [table_row(record("E0100")), *empty, ["A remark at the end"]])
    assert list(rows_of(path)) == ["E0100"]


def test_numbers_in_a_workbook_become_the_codes_they_were(tmp_path):
    row = cells(
        RECID=3, PRICE1=0, PROCNOTE=69, LABCERT1=10, XREF1=764, TOS1=9, ANEST_BU=0, ADD__DT=19860101, TERM__DT=None
    )
    found = rows_of(write_workbook(tmp_path / "a.xlsx", [row]))["E0100"]
    assert (found.pricing_indicators, found.processing_note) == (("00",), "0069")
    assert (found.lab_certifications, found.cross_references) == (("010",), ("00764",))
    assert (found.types_of_service, found.anesthesia_base_units) == (("9",), 0)
    assert (found.added_date, found.termination_date) == (date(1986, 1, 1), None)


@pytest.mark.parametrize("cell", [date(2024, 12, 31), "2024-12-31", "2024-12-31 00:00:00", "12/31/2024"])
def test_a_date_is_read_in_whatever_way_a_spreadsheet_keeps_it(tmp_path, cell):
    path = write_workbook(tmp_path / "a.xlsx", [cells(TERM__DT=cell)])
    assert rows_of(path)["E0100"].termination_date == date(2024, 12, 31)


def test_a_modifier_without_its_blanks_is_read_all_the_same(tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", [cells(code="LT", HCPC="LT")])
    assert rows_of(path)["LT"].record == "modifier"


def test_a_description_split_over_two_rows_of_a_workbook_is_joined(tmp_path):
    more = [""] * 48
    more[:4] = ["E0100", "0020", "4", "and its end"]
    path = write_workbook(tmp_path / "a.xlsx", [cells(), table_row(record("E0105")), more])
    assert rows_of(path)["E0100"].long_descriptor == "Long words about E0100 and its end"


def test_stray_blanks_in_descriptions_go_away(tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", [cells(LONG__DESCRIPTION="  two  words\xa0here \n")])
    assert rows_of(path)["E0100"].long_descriptor == "two words here"


def test_a_very_long_description_is_kept_whole(tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", [cells(LONG__DESCRIPTION="word " * 1_000)])
    assert len(rows_of(path)["E0100"].long_descriptor) == 4_999


def test_the_sheet_with_the_header_is_read_whatever_sheets_stand_before_it(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["Read me"])
    sheet = workbook.create_sheet("A")
    sheet.append(COLUMNS)
    sheet.append(cells())
    workbook.save(tmp_path / "a.xlsx")
    assert list(rows_of(tmp_path / "a.xlsx")) == ["E0100"]


def test_a_value_too_long_for_its_field_means_shifted_columns(tmp_path):
    error = bad_row(write_workbook(tmp_path / "a.xlsx", [cells(COV="O1E", BETOS="D")]))
    assert (error.line, "'O1E' as COV" in error.reason) == (2, True)


def test_a_long_value_of_a_workbook_is_kept_as_it_is_where_the_database_has_room(tmp_path):
    row = cells(
        CIM1="60-3, 60-9",
        MCM1="2100.1 and 2100.2",
        LABCERT1="0510",
        XREF1="J0123-J0125",
        ASC_GRP="YY1",
        OPPS="0123",
        PROCNOTE="0088A",
        BETOS="D1FX",
        STATUTE="1861(s)(2)(K) and more",
    )
    found = rows_of(write_workbook(tmp_path / "a.xlsx", [row]))["E0100"]
    assert (found.cim_references, found.mcm_references) == (("60-3, 60-9",), ("2100.1 and 2100.2",))
    assert (found.lab_certifications, found.cross_references) == (("0510",), ("J0123-J0125",))
    assert (found.asc_group, found.mog_group, found.processing_note) == ("YY1", "0123", "0088A")
    assert (found.betos, found.statute) == ("D1FX", "1861(s)(2)(K) and more")


def test_no_value_is_taken_that_the_database_has_no_room_for():
    for name, field in FIELDS.items():
        room = getattr(HcpcsCode._meta.get_field(name), "max_length", None)
        assert not room or (field.limit or field.width) <= room, name


def test_column_names_may_be_written_in_another_way(tmp_path):
    path = write_csv(tmp_path / "a.csv", [table_row(record("E0100", TERM_DT="20241231"))])
    path.write_text(path.read_text().replace("TERM DT", "Term_dt ").replace("HCPC,", "HCPCS,"))
    assert rows_of(path)["E0100"].termination_date == date(2024, 12, 31)


def test_a_header_without_a_needed_column_names_it(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append([column for column in COLUMNS if column != "TERM DT"])
    workbook.save(tmp_path / "a.xlsx")
    assert bad_row(tmp_path / "a.xlsx").reason == "the header lacks TERM DT."


def test_a_csv_row_with_cells_missing_is_a_bad_row(tmp_path):
    path = write_csv(tmp_path / "a.csv", [table_row(record("E0100")), table_row(record("E0105"))[:40]])
    assert (bad_row(path).line, bad_row(path).reason) == (3, "has 40 cells under a header of 48.")


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_a_file_without_records_is_refused(tmp_path, name):
    (tmp_path / name).write_text("Nothing here\nbut words\n")
    with pytest.raises(Refused, match="not the main file of a release"):
        rows_of(tmp_path / name)


records = st.builds(
    lambda code, long, **columns: record(code, long, **columns),
    code=st.sampled_from(["E0100", "J1885", "V2020", "LT", "GA"]),
    long=st.lists(st.sampled_from(["drug,", "injection", "per", "15", "mg;", "é"]), min_size=1, max_size=60).map(
        " ".join
    ),
    COV=st.sampled_from(["", "C", "D"]),
    PRICE1=st.sampled_from(["", "00", "51"]),
    PRICE3=st.sampled_from(["", "11"]),
    XREF2=st.sampled_from(["", "J0123", "31573", "QM"]),
    TERM_DT=st.dates(date(1990, 1, 1), date(2030, 1, 1)).map(lambda day: f"{day:%Y%m%d}") | st.just(""),
)


@given(st.lists(records, min_size=1, unique_by=lambda one: one.code), st.sampled_from([293, 320]))
def test_text_and_table_of_the_same_records_give_equal_rows(tmp_path_factory, some, width):
    folder = tmp_path_factory.mktemp("forms")
    text = rows_of(write_text(folder / "a.txt", some, width=width))
    table = rows_of(write_csv(folder / "a.csv", [table_row(one) for one in some]))
    assert without_lines(text) == without_lines(table)


@given(st.lists(st.text(alphabet="EAJ0123 457*\tx\xa0", max_size=30)))
def test_any_text_is_read_or_refused(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("any") / "a.txt"
    path.write_text("\n".join(lines), encoding="cp1252")
    with suppress(Refused):
        assert rows_of(path)
