from datetime import date
from pathlib import Path
from string import ascii_uppercase

import pytest

from catalog.importers import files, hcpcs
from catalog.importers.files import Member
from catalog.importers.hcpcs import Row
from catalog.importers.names import Publication
from tests.release_files import record, write_text, write_zip

DATA = Path(__file__).parents[2] / "data" / "hcpcs"


def publications(tmp_path, *names: str, quarter: str = "") -> list[tuple[str, int | None, str, str]]:
    for name in names:
        (tmp_path / name).write_text("")
    return [
        (found.quarter, found.revision, str(found.members[0]), str(found.notes or ""))
        for found in hcpcs.publications(files.members([tmp_path]), quarter)
    ]


@pytest.mark.parametrize(
    "name",
    [
        "HCPC2019_Trans_Alpha.xlsx",
        "HCPC2025_OCT_ANWEB_Transaction_Report.xlsx",
        "HCPC2020_Corrections_Alpha.xlsx",
        "HCPC2026_recordlayout.txt",
        "HCPC2019_README.txt",
        "proc_notes_2019.txt",
        "NOC codes_JUL2025.xlsx",
        "MCR_MUE_PractitionerServices_Eff_04-01-2026.csv",
        "ccipra-v322r0-f1.TXT",
    ],
)
def test_other_files_are_never_taken_for_the_main_one(name):
    assert hcpcs.identify(name) is None


def test_a_zip_gives_its_text_and_its_notes(tmp_path):
    names = [
        "HCPC2025_OCT_ANWEB.xlsx",
        "HCPC2025_OCT_ANWEB.txt",
        "proc_notes_JAN2026.txt",
        "HCPC2026_recordlayout.txt",
    ]
    write_zip(tmp_path / "october-2025-alpha-numeric-hcpcs-file.zip", *((name, b"") for name in names))
    assert publications(tmp_path) == [
        (
            "2025Q4",
            None,
            "october-2025-alpha-numeric-hcpcs-file.zip: HCPC2025_OCT_ANWEB.txt",
            "october-2025-alpha-numeric-hcpcs-file.zip: proc_notes_JAN2026.txt",
        )
    ]


def test_the_newest_edition_of_a_quarter_is_read(tmp_path):
    found = publications(
        tmp_path, "HCPC2024_JAN_ANWEB_v3.txt", "HCPC2024_JAN_ANWEB_v4.xlsx", "HCPC2024_JAN_ANWEB.txt"
    )
    assert found == [("2024Q1", 4, "HCPC2024_JAN_ANWEB_v4.xlsx", "")]


def test_the_file_posted_last_is_the_newest(tmp_path):
    names = [f"HCPC2026_JAN_ANWEB_{day}.txt" for day in ("01122026", "02032026", "12082025")]
    assert [name for _quarter, _revision, name, _notes in publications(tmp_path, *names)] == names[1:2]


def test_a_folder_gives_one_release_for_each_quarter_oldest_first(tmp_path):
    found = publications(tmp_path, "HCPC2025_OCT_ANWEB.xlsx", "2020-07_anweb.xlsx", "proc_notes_JAN2026.txt")
    assert [(quarter, notes) for quarter, _revision, _name, notes in found] == [("2020Q3", ""), ("2025Q4", "")]


def test_notes_in_the_folder_of_the_only_release_belong_to_it(tmp_path):
    ((*_rest, notes),) = publications(tmp_path, "HCPC2026_JAN_ANWEB.txt", "proc_notes_JAN2026.txt")
    assert notes == "proc_notes_JAN2026.txt"


def test_the_zip_tells_the_month_that_its_file_does_not(tmp_path):
    write_zip(tmp_path / "october-2020-alpha-numeric-hcpcs-file.zip", ("HCPC2020_CONTR_ANWEB.txt", b""))
    assert [quarter for quarter, *_rest in publications(tmp_path)] == ["2020Q4"]


def test_a_quarter_given_by_hand_goes_over_the_name(tmp_path):
    (found,) = publications(tmp_path, "HCPC2025_OCT_ANWEB.txt", quarter="2024Q2")
    assert found[0] == "2024Q2"


def test_a_quarter_given_by_hand_makes_a_release_of_a_file_of_any_name(tmp_path):
    assert publications(tmp_path, "codes.txt") == []
    (found,) = publications(tmp_path, "codes.txt", quarter="2024Q2")
    assert (found[0], found[2]) == ("2024Q2", "codes.txt")


def test_notes_are_read_with_their_continuations():
    notes = list(hcpcs.read_notes(Member(DATA / "proc_notes_2026.txt")))
    assert notes == [
        ("0001", "THIS INVENTED NOTE FILLS ONE LINE."),
        ("0002", "THIS ONE GOES ON OVER TWO LINES, AND NAMES 12345."),
        ("0088", "WITH TABS."),
        ("0229", "WITHOUT A STAR AT ITS FIRST LINE BUT AT ITS LAST."),
    ]


def complete(**changed) -> list[Row]:
    """Rows that leave no doubt about October 2025, with fields of every row changed."""
    rows = [
        Row("code" if len(code) == 5 else "modifier", code, added_date=day) for code, day in hcpcs.CANARIES.items()
    ]
    rows += [Row("code", f"A{number:04}", added_date=date(2001, 1, 1)) for number in range(1_000, 7_000)]
    rows += [Row("modifier", first + second) for first in "HIJNOPQSTU" for second in ascii_uppercase]
    new = Row(
        "code", "C9999", added_date=date(2025, 10, 1), action_effective_date=date(2025, 10, 1), action_code="A"
    )
    return [row._replace(**changed) for row in [*rows, new]]


def doubts(
    rows: list[Row], quarter: str = "2025Q4", by_hand: bool = False, members: tuple[Member, ...] = ()
) -> str:
    return " ".join(hcpcs.doubts(rows, Publication("hcpcs", quarter, None, members, quarter_by_hand=by_hand), {}))


def test_a_complete_release_leaves_no_doubt():
    assert doubts(complete()) == ""


def test_a_release_without_modifiers_is_doubted():
    assert "It has no modifiers" in doubts([row for row in complete() if row.record == "code"])


def test_a_release_with_few_codes_is_doubted():
    assert "codes; every release has had 5,000 and more" in doubts(complete()[::2])


def test_a_release_without_a_code_that_all_have_is_doubted():
    assert (
        doubts([row for row in complete() if row.code != "J1885"]) == "It lacks J1885, which every release holds."
    )


def test_dates_that_stand_in_the_wrong_column_are_doubted():
    assert "columns may be shifted" in doubts(complete(added_date=date(2025, 10, 1)))


@pytest.mark.parametrize(("remarks", "doubt"), [(20, ""), (21, "21 lines among its records are none; records")])
def test_a_text_with_many_lines_among_its_records_that_are_none_is_doubted(tmp_path, remarks, doubt):
    path = write_text(tmp_path / "a.txt", [record("E0100")])
    path.write_bytes(path.read_bytes() + b"A remark\r\n" * remarks + path.read_bytes().replace(b"E0100", b"E0105"))
    assert doubts(complete(), members=(Member(path),)).startswith(doubt)
    assert bool(doubts(complete(), members=(Member(path),))) == bool(doubt)


def test_a_file_with_nothing_new_in_its_quarter_is_doubted():
    assert doubts(complete(), "2026Q1") == "Nothing in it took effect in 2026Q1; it looks like the file of 2025Q4."


def test_a_file_with_many_codes_of_a_later_quarter_is_doubted():
    late = [Row("code", f"J{n:04}", added_date=date(2025, 10, 1)) for n in range(20)]
    assert doubts([*complete(), *late], "2025Q3").endswith("it looks like 2025Q4.")
    assert doubts([*complete(), *late[:5]], "2025Q3") == ""


def test_a_quarter_given_by_hand_is_not_doubted():
    assert doubts(complete(), "2026Q1", by_hand=True) == ""


ROW = Row("code", "E0210", line=7, types_of_service=("A", "L", "P"), termination_date=date(2020, 1, 1))


def test_the_same_rows_in_another_order_are_the_same_release():
    other = ROW._replace(code="E0215")
    assert hcpcs.same_release([ROW, other], [other._replace(line=1), ROW], across_forms=False)


def test_what_cms_leaves_out_of_one_form_makes_no_other_release():
    fuller = ROW._replace(types_of_service=("A", "L", "P", "R"), action_effective_date=date(1991, 1, 1))
    assert hcpcs.same_release([ROW], [fuller], across_forms=True)
    assert not hcpcs.same_release([ROW], [fuller], across_forms=False)


def test_a_changed_date_makes_another_release():
    assert not hcpcs.same_release([ROW], [ROW._replace(termination_date=None)], across_forms=True)
