"""A claim as CSV and as a workbook: its lines, its findings, what was checked, every pair, and the remarks."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.http import Http404
from openpyxl import load_workbook

from scratchpad.claim import Claim
from scratchpad.claim_text import line_of
from scratchpad.exports import FINDINGS, LINES, PAIRS, Told, pages, response
from scratchpad.reference import CodeRow, LoadedRelease, MueRow, PtpRow, Reference, pair_key
from scratchpad.rules import check

DAY = date(2024, 8, 15)
QUARTER = (date(2024, 7, 1), date(2024, 9, 30))
EDIT = PtpRow("45385", "45378", date(2003, 1, 1), None, "0", "More extensive procedure", "ccipra-f3.txt", 214077)


def release(dataset: str, **fields) -> LoadedRelease:
    return LoadedRelease(1, dataset, "practitioner", "2024Q3", "July 2024", *QUARTER, **fields)


def loaded(*rows: PtpRow, **fields) -> Reference:
    """Tables of July 2024 with J1885 on file, limited to 2 units a day, and these pair edits."""
    return Reference(
        hcpcs=release("hcpcs"),
        codes={"J1885": CodeRow("J1885", date(2001, 1, 1), None, "Ketorolac, 15 mg")},
        ptp=release("ptp", **fields),
        pairs={pair_key(row.column_one, row.column_two): (row,) for row in rows},
        mue={"2024Q3": release("mue", **fields)},
        mues={("2024Q3", "J1885"): MueRow("J1885", 2, "3", "Clinical: Data", "MCR_MUE.csv", 12)},
        addon=release("addon", **fields),
    )


def told(*typed: str, reference: Reference | None = None, setting: str = "practitioner", **fields) -> Told:
    lines = tuple(line_of(text, number, DAY) for number, text in enumerate(typed, start=1))
    claim, reference = Claim(setting, DAY, lines), reference or loaded(EDIT)
    return Told(claim, reference, check(claim, reference), lambda code: f"About {code}", **fields)


def tables(exported: Told) -> list[list[dict[str, str]]]:
    """The tables of the CSV file, then its remarks as one more."""
    text = response(exported, "csv").getvalue().decode("utf-8-sig")
    found, remarks = [[]], {}
    for row in csv.reader(io.StringIO(text, newline="")):
        found[-1].append(row) if row else found.append([])
    *found, last = found
    for name, words in last:
        remarks[name] = words
    return [*([dict(zip(header, row, strict=False)) for row in rows] for header, *rows in found), [remarks]]


def sheets(exported: Told) -> dict[str, list[list[str | int | None]]]:
    book = load_workbook(io.BytesIO(response(exported, "xlsx").content))
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in book}


def test_the_lines_come_first_each_with_what_it_is_and_the_findings_on_it():
    lines, *_ = tables(told("45385", "45378-59", "J1885x3@2024-08-16~B"))
    assert [list(line.values())[:9] for line in lines] == [
        ["1", "45385", "About 45385", "", "1", "2024-08-15", "2024-08-15", "", "1"],
        ["2", "45378", "About 45378", "59", "1", "2024-08-15", "2024-08-15", "", "1"],
        ["3", "J1885", "About J1885", "", "3", "2024-08-16", "2024-08-16", "B", "2"],
    ]
    assert [line["As text"] for line in lines] == ["45385", "45378-59", "J1885x3@2024-08-16~B"]
    assert tuple(lines[0]) == LINES


def test_a_finding_has_the_words_of_the_page_and_the_place_of_its_row():
    _, [edit, units], *_ = tables(told("45378", "45385", "J1885x3"))
    assert tuple(edit) == FINDINGS
    assert (edit["Verdict"], edit["Lines"], edit["Codes"]) == ("Denied by edit", "2, 1", "45385 45378")
    assert edit["In a sentence"] == "45378 is denied beside 45385 by this edit"
    assert "Indicator 0" in edit["What would change this"]
    assert (edit["Status"], edit["Setting"]) == ("edit_applies", "practitioner")
    assert edit["Release"] == "July 2024 (2024Q3, v30.2)"
    assert (edit["File"], edit["Line of the file"]) == ("ccipra-f3.txt", "214077")
    assert "Effective: 2003-01-01" in edit["Row"]
    assert (units["Verdict"], units["Line of the file"]) == ("Over the unit limit", "12")


def test_what_was_checked_counts_every_answer_and_marks_the_gaps():
    *_, checked, _ = tables(told("45378", "45385", "99213"))
    of_pairs = [(row["Answer"], row["Count"], row["Gap"]) for row in checked if row["Data"].startswith("Pair")]
    assert of_pairs == [("in force", "1", ""), ("no edit on file", "2", "")]
    assert any(row["Gap"] == "yes" for row in checked if row["Data"].startswith("Level I "))


def test_the_remarks_say_setting_day_releases_and_what_does_not_follow():
    exported = told("45378", remarks=(("Notice", "CPT is a trademark."),))
    *_, [remarks] = tables(exported)
    assert (remarks["Setting"], remarks["Date of service"]) == ("practitioner", "2024-08-15")
    assert remarks["Releases"].startswith(
        "HCPCS Level II: July 2024 (2024Q3); PTP edits: July 2024 (2024Q3, v30.2); MUE: July 2024 (2024Q3)"
    )
    assert remarks["Claim"].startswith("Nothing found in")
    assert "not an approval" in remarks["Claim"]
    assert "not a payment decision" in remarks["Note"]
    assert remarks["Notice"] == "CPT is a trademark."


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"partial": True}, "looked incomplete when it was loaded"), ({"is_starter": True}, "not a CMS release")],
)
def test_a_release_that_is_not_whole_is_never_named_without_saying_so(fields, words):
    _, [finding], checked, [remarks] = tables(told("45378", "45385", reference=loaded(EDIT, **fields)))
    of_pairs = [row["Release"] for row in checked if row["Data"].startswith("Pair")]
    assert all(words in release for release in (finding["Release"], *of_pairs, remarks["Releases"]))


def test_a_workbook_has_a_sheet_for_each_and_one_with_every_pair():
    book = sheets(told("99213", "45378", "45385"))
    assert list(book) == ["Lines", "Findings", "What was checked", "All pairs", "About"]
    header, *rows = book["All pairs"]
    assert tuple(header) == PAIRS
    assert [[cell or "" for cell in row] for row in rows] == [
        [1, "99213", 2, "45378", "No edit on file", "no_edit_on_file", *[""] * 8],
        [1, "99213", 3, "45385", "No edit on file", "no_edit_on_file", *[""] * 8],
        [
            *(2, "45378", 3, "45385", "Denied by edit", "edit_applies", "45385", "45378", "0"),
            *("2003-01-01", "", "More extensive procedure", "ccipra-f3.txt", 214077),
        ],
    ]


def test_days_that_the_starter_set_does_not_know_are_not_written():
    [_, pair] = sheets(told("45378", "45385", reference=loaded(EDIT, is_starter=True)))["All pairs"]
    assert "2003-01-01" not in pair


def test_units_and_places_in_files_are_numbers_in_a_workbook_and_codes_are_not():
    book = sheets(told("45378", "45385x2"))
    _, *lines = book["Lines"]
    assert [(line[1], line[4]) for line in lines] == [("45378", 1), ("45385", 2)]
    header, finding = book["Findings"]
    assert finding[header.index("Line of the file")] == 214077


def test_lines_that_cannot_be_read_are_kept_as_typed_and_run_as_nothing():
    exported = told("=CMD|A0", "J1885x?=1+1", "99213-25-59-51-76-77")
    lines, findings, *_ = tables(exported)
    assert (lines[0]["Code"], lines[0]["As text"]) == ("'=CMD|A0", "'=CMD|A0")
    assert (lines[1]["Code"], lines[1]["Units"]) == ("J1885", "'=1+1")
    assert (lines[2]["Modifiers"], lines[2]["Left out"]) == ("25 59 51 76", "77")
    assert [row["Status"] for row in findings[:2]] == ["invalid_format", "invalid_units"]
    book = load_workbook(io.BytesIO(response(exported, "xlsx").content))
    assert {cell.data_type for page in book for row in page.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}


def test_the_supplier_of_equipment_has_no_pairs_to_list():
    assert len(sheets(told("45378", "45385", setting="dme_supplier"))["All pairs"]) == 1


def test_a_claim_that_cannot_be_written_fails_before_a_part_of_it_is_sent():
    def describe(code: str) -> str:
        raise LookupError(code)

    broken = told("J1885")._replace(describe=describe)
    with pytest.raises(LookupError):
        response(broken, "csv")


def test_an_empty_claim_is_a_file_too():
    lines, findings, *_ = tables(told())
    assert (lines, findings) == ([], [])


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ("practitioner", "practitioner"),
        ("outpatient_hospital", "outpatient-hospital"),
        ("dme_supplier", "dme-supplier"),
    ],
)
def test_the_file_name_says_setting_and_date_and_no_code(setting, name):
    answer = response(told("45378", setting=setting), "csv")
    assert answer["Content-Disposition"] == f'attachment; filename="claim-{name}-2024-08-15.csv"'


def test_another_format_is_not_found():
    with pytest.raises(Http404):
        response(told("45378"), "exe")


def test_a_hundred_lines_make_a_workbook_with_every_pair():
    exported = told(*(f"{11000 + 7 * number}" for number in range(100)))
    [every] = [page for page in pages(exported) if page.name == "All pairs"]
    assert len(list(every.rows)) == 1 + 100 * 99 // 2
