"""The PTP edits of a code as files."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from catalog.models import Release
from tests.builders import make_ptp, make_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> Release:
    """Six rows with 36000 in column two, four of them in force, and two with it in column one."""
    release = make_table("ptp", "practitioner")
    for number in range(6):
        ended = date(2021, 1, 1) if number > 3 else None
        make_ptp(str(11000 + number), "36000", release, deletion_date=ended)
    for number in range(2):
        make_ptp("36000", str(97000 + number), release)
    return release


def lines_of(answer) -> list[list[str]]:
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def rows_of(answer) -> list[list[str]]:
    """The header and the rows, without the remarks after them."""
    lines = lines_of(answer)
    return lines[: lines.index([])]


def test_an_export_has_the_rows_of_the_filter_and_where_they_were_read(client, table):
    Release.objects.filter(pk=table.pk).update(notice="(c) AMA.\nAll rights reserved.")
    header, *rows, empty, note, notice = lines_of(client.get("/codes/36000/", {"_export": "csv"}))
    assert len(rows) == 4 + 2
    row = dict(zip(header, rows[0], strict=True))
    assert row == {
        "Column one": "36000",
        "Column two": "97000",
        "In existence prior to 1996": "",
        "Effective date": "2020-01-01",
        "Deletion date": "",
        "Modifier indicator": "1",
        "Indicator in words": "A modifier may bypass it",
        "CMS rationale": "Misuse of column two code with column one code",
        "Standing": "Unless distinct",
        "Denied code": "97000",
        "On": timezone.localdate().isoformat(),
        "Setting": "Practitioner",
        "Release": table.title,
        "File": "ptp.txt",
        "Line": "7",
    }
    assert empty == []
    assert note == ["Note", "This is what the published table says. It is not a payment decision."]
    assert notice == ["Notice", "(c) AMA. All rights reserved."]


@pytest.mark.parametrize(("on", "is_late"), [("2030-01-01", True), ("2024-09-30", False)])
def test_an_export_says_that_the_day_asked_for_is_not_loaded(client, on, is_late):
    make_ptp("11042", "97597", make_table("ptp", "practitioner", quarter="2024Q3"))
    lines = lines_of(client.get("/codes/11042/", {"_export": "csv", "on": on}))
    said = ["Read for", "Asked for 2030-01-01, which is not loaded; read for 2024-09-30."]
    assert (said in lines) is is_late
    assert lines[1][lines[0].index("On")] == "2024-09-30"


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"st": "all"}, 8),
        ({"role": "two"}, 4),
        ({"role": "two", "st": "all", "with": "1100"}, 6),
        ({"role": "one", "page": "2"}, 2),
        ({"on": "2020-12-31", "role": "two"}, 6),
    ],
)
def test_an_export_is_filtered_as_the_page_is(client, table, query, number):
    _, *rows = rows_of(client.get("/codes/36000/", query | {"_export": "csv"}))
    assert len(rows) == number


def test_an_export_as_a_workbook_says_what_it_was_filtered_by(client, table):
    Release.objects.filter(pk=table.pk).update(notice="=AMA()", partial=True)
    answer = client.get("/codes/36000/", {"_export": "xlsx", "with": "1100"})
    book = load_workbook(io.BytesIO(answer.content))
    page, about = book.worksheets
    assert page.cell(page.max_row, 2).value == "36000"
    assert ("Notice", "=AMA()") in about.iter_rows(values_only=True)
    assert page["M2"].value == f"{table.title}, looked incomplete when it was loaded"
    said = [row[0].value for row in about.rows]
    assert said[0] == "PTP edits of 36000, Practitioner"
    assert f"Filter: with 1100; in force; read for {timezone.localdate().isoformat()}" in said


def test_a_cell_of_an_export_is_no_formula(client):
    make_ptp("11042", "97597", make_table("ptp", "practitioner"), rationale="=HYPERLINK(1)")
    header, row = rows_of(client.get("/codes/11042/", {"_export": "csv"}))
    assert row[header.index("CMS rationale")] == "'=HYPERLINK(1)"


def test_an_export_without_a_table_says_that_nothing_was_checked(client):
    assert lines_of(client.get("/codes/11042/", {"_export": "csv"})) == [
        ["Not checked: Data for that date is not loaded."]
    ]


def test_an_export_for_a_day_before_ncci_says_that_nothing_was_checked(client, table):
    assert lines_of(client.get("/codes/36000/", {"_export": "csv", "on": "1995-12-31"})) == [
        ["Not checked: The date is before NCCI began."]
    ]


def test_an_export_of_the_starter_set_says_so_in_every_row(client):
    make_ptp("11042", "97597", make_table("ptp", "practitioner", origin=Release.Origin.STARTER))
    header, row = rows_of(client.get("/codes/11042/", {"_export": "csv"}))
    assert row[header.index("Release")] == "Starter data, not a CMS release"
    assert row[header.index("Effective date")] == "not in the starter set"


def test_an_ended_row_of_an_incomplete_table_is_not_checked(client, table):
    Release.objects.filter(pk=table.pk).update(partial=True)
    header, *rows = rows_of(client.get("/codes/36000/", {"_export": "csv", "st": "all", "role": "two"}))
    standings = [row[header.index("Standing")] for row in rows]
    assert standings == ["Unless distinct"] * 4 + ["Not checked"] * 2


def test_there_is_no_third_kind_of_export(client):
    assert client.get("/codes/11042/", {"_export": "pdf"}).status_code == 404
