import io
from datetime import date

import pytest
from django.db import transaction
from openpyxl import Workbook

from catalog.golden_resource import GoldenPairResource
from catalog.models import GoldenPair
from catalog.text_plan import Plan
from catalog.text_table import read
from tests.builders import make_ptp, make_release

pytestmark = pytest.mark.django_db

HEAD = "setting,column_one,column_two,day,expected,source"
ROW = "practitioner,11042,97597,2024-08-01,indicator_1,CMS"


def plan(*lines: str, write: bool = False) -> Plan:
    resource = GoldenPairResource
    content = "\n".join([*lines, ""]).encode()
    sheet = resource(read(content, resource.columns(), resource.needed, resource.days), "pairs.csv")
    with transaction.atomic():
        planned = sheet.plan()
        if write:
            sheet.write(planned, "dana")
    return planned


def problems(*rows: str) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.reason) for problem in plan(HEAD, *rows).problems]


def test_a_pair_is_known_by_its_setting_its_codes_in_either_order_and_its_day():
    plan(HEAD, ROW, write=True)
    pair = GoldenPair.objects.get()
    turned = "practitioner,97597,11042,8/1/2024,0,CMS"
    others = ("outpatient_hospital,11042,97597,2024-08-01,1,CMS", "practitioner,11042,97597,2024-08-02,1,CMS")
    planned = plan(HEAD, turned, *others, write=True)
    assert (len(planned.changed), len(planned.added)) == (1, 2)
    pair.refresh_from_db()
    assert (pair.column_one, pair.column_two, pair.expected) == ("97597", "11042", "indicator_0")
    assert GoldenPair.objects.count() == 3
    again = plan(HEAD, turned, *others)
    assert (len(again.unchanged), again.told) == (3, [])


def test_problems_name_the_line_and_the_column():
    assert problems(
        ROW,
        "dme_supplier,11042,97597,2024-08-01,indicator_1,CMS",
        "practitioner,1104,97597,2024-08-01,indicator_1,CMS",
        "practitioner,11O42,97597,2024-08-01,indicator_1,CMS",
        "practitioner,11042,11042,2024-08-01,indicator_1,CMS",
        "practitioner,11042,97597,8/1/24,indicator_1,CMS",
        "practitioner,11042,97597,1995-12-31,indicator_1,CMS",
        "practitioner,11042,97597,2062-08-01,indicator_1,CMS",
        "practitioner,11042,97598,2024-08-01,denied,CMS",
        "practitioner,11042,97598,2024-08-01,,CMS",
        "practitioner,11042,97599,2024-08-01,indicator_1,",
        "practitioner,97597,11042,2024-08-01,indicator_0,CMS",
    ) == [
        (3, "setting", "Write practitioner or outpatient_hospital: Medicare has PTP edits for no other setting."),
        (4, "column_one", "A code has five characters. Did a spreadsheet drop zeros? Format the column as text."),
        (5, "column_one", "“11O42” does not have the shape of a code."),
        (6, "column_two", "A pair has two different codes."),
        (7, "day", "That is no date. Write it as 2024-08-01 or as 8/1/2024."),
        (8, "day", "NCCI began on Jan 1, 1996: no edit is older."),
        (9, "day", "No release answers for a date that far ahead. Is the year right?"),
        (10, "expected", f"The answer is one of {', '.join(GoldenPair.Expected.values)}."),
        (11, "expected", "This field cannot be blank."),
        (12, "source", "This field cannot be blank."),
        (13, "", "The same pair and day as in line 2."),
    ]
    assert GoldenPair.objects.count() == 0


def test_a_file_of_some_columns_changes_them_alone_and_adds_nothing():
    plan(HEAD, ROW, write=True)
    head = "setting,column_one,column_two,day,expected"
    plan(head, "practitioner,11042,97597,2024-08-01,0", write=True)
    assert GoldenPair.objects.values_list("expected", "source").get() == ("indicator_0", "CMS")
    (problem,) = plan(head, "practitioner,11042,97598,2024-08-01,0").problems
    assert (problem.column, problem.reason) == ("source", "A new pair needs this column as well.")


def test_each_row_says_how_it_comes_out_on_the_current_release():
    release = make_release("2024Q3", dataset="ptp", setting="practitioner")
    make_ptp("11042", "97597", release, modifier_indicator="0")
    rows = (
        ROW,
        "practitioner,11042,97597,2024-10-01,indicator_0,CMS",
        "outpatient_hospital,11042,97597,2024-08-01,indicator_0,CMS",
        "practitioner,11042,97597,2024-08-02,indicator_0,CMS",
    )
    assert [row.remark for row in plan(HEAD, *rows).added] == [
        f"Answers otherwise: Edit in force, no modifier bypasses it (indicator 0) ({release}).",
        f"Not checked: It answers for Jan 1, 1996 to Sep 30, 2024 only ({release}).",
        "Not checked: no table of this setting is loaded.",
        f"As expected ({release}).",
    ]


def test_a_hundred_pairs_are_asked_for_with_few_queries(django_assert_max_num_queries):
    make_release("2024Q3", dataset="ptp", setting="practitioner")
    rows = (f"practitioner,11042,{97500 + number},2024-08-01,1,CMS" for number in range(100))
    # A savepoint, the pairs on file, the releases, and the rows of ten pairs at a time.
    with django_assert_max_num_queries(14):
        assert len(plan(HEAD, *rows).added) == 100


def test_a_workbook_may_have_dates_for_days():
    sheet = io.BytesIO()
    book = Workbook()
    book.active.append(HEAD.split(","))
    book.active.append(["practitioner", 11042, 97597, date(2024, 8, 1), 1, "CMS"])
    book.save(sheet)
    resource = GoldenPairResource
    table = read(sheet.getvalue(), resource.columns(), resource.needed, resource.days)
    (row,) = resource(table).plan().added
    assert (row.text.column_one, row.text.day, row.text.expected) == ("11042", date(2024, 8, 1), "indicator_1")
