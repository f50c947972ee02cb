"""The PTP edits on the page of a code."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import PtpEdit, Release
from catalog.views.code_ptp import ROWS_AT_FIRST
from tests.builders import make_code, make_level, make_ptp, make_section, make_table
from tests.catalog.views.page import links, main, text, words

pytestmark = pytest.mark.django_db

QUERIES_OF_THE_TABLES = 4
QUERIES_OF_ONE_LIST = 4


def table_of(setting: str = "practitioner", quarter: str = "", **fields) -> Release:
    return make_table("ptp", setting, quarter, **fields)


def fragment_of(client, code: str, **query):
    return client.get(f"/codes/{code}/", query, headers={"HX-Request": "true", "HX-Target": "edit-tables"})


def listed(answer) -> list[list[str]]:
    """The other codes in each part of the table: those that deny the code, then those that it denies."""
    parts = main(answer).select("table.edits tbody")[:2]
    return [[text(code).replace(" ", "") for code in part.select("td a.code")] for part in parts]


# --- Both columns ---


def test_rows_are_listed_by_the_column_that_names_the_code(client):
    release = table_of()
    make_ptp("11042", "97597", release)
    make_ptp("97597", "97602", release)
    answer = client.get("/codes/97597/")
    assert listed(answer) == [["11042"], ["97602"]]
    assert "Edits deny 97597 beside these 97597 in column two, 1 row on file" in words(answer)
    assert "Edits deny these beside 97597 97597 in column one, 1 row on file" in words(answer)


def test_rows_are_in_the_order_of_the_other_code_and_the_earlier_period_first(client):
    release = table_of()
    for one, since in (("J1885", 2020), ("11042", 2015), ("11042", 1996), ("0001U", 2020)):
        make_ptp(one, "36000", release, effective_date=date(since, 1, 1), deletion_date=None)
    dates = [text(cell) for cell in main(client.get("/codes/36000/")).select("table.edits td:nth-of-type(4)")]
    assert listed(client.get("/codes/36000/"))[0] == ["0001U", "11042", "11042", "J1885"]
    assert dates == ["Jan 1, 2020", "Jan 1, 1996", "Jan 1, 2015", "Jan 1, 2020"]


def test_a_row_says_what_the_edit_does_and_why(client):
    make_ptp("11042", "97597", table_of(), modifier_indicator="0", rationale="More extensive procedure")
    make_ptp("11042", "97602", modifier_indicator="1", deletion_date=timezone.localdate())
    first, second = (text(row) for row in main(client.get("/codes/11042/")).select("table.edits tr:has(a.code)"))
    assert "Denied by edit 97597 denied 0 No modifier bypasses it Jan 1, 2020 More extensive procedure" in first
    assert "Unless distinct 97602 denied unless distinct 1 A modifier may bypass it Jan 1, 2020" in second
    assert f"{timezone.localdate():%b} {timezone.localdate().day}" in second


def test_every_row_names_the_code_it_denies_whichever_of_the_two_it_is(client):
    make_ptp("00215", "99213", table_of(), modifier_indicator="0")
    make_ptp("99213", "36000")
    make_ptp("99213", "36410", deletion_date=date(2021, 6, 30))
    rows = main(client.get("/codes/99213/", {"st": "all"})).select("table.edits tr:has(a.code)")
    assert [text(row.select("td")[1]) for row in rows] == [
        "Denied by edit 99213 denied",
        "Unless distinct 36000 denied unless distinct",
        "Not in force",
    ]


def test_every_row_leads_to_the_other_code_and_to_its_receipt(client):
    make_ptp("11042", "97597", table_of("outpatient_hospital"))
    answer = client.get("/codes/97597/", {"s": "outpatient_hospital"})
    assert {"/codes/11042/", "/edits/ptp/outpatient_hospital/11042/97597/"} <= links(answer)


def test_the_other_code_is_described_by_cms_or_by_our_section(client):
    make_code("J1885", long_descriptor="Injection, ketorolac, 15 mg")
    make_code("J1890", long_descriptor="Injection, older", termination_date=date(2020, 12, 31))
    make_section("debridement", ("11042", "11047"), level=make_level(1), kind="cpt_i")
    release = table_of()
    for other in ("11042", "J1885", "J1890", "99999"):
        make_ptp("96372", other, release)
    described = [
        text(cell) for cell in main(client.get("/codes/96372/")).select("table.edits td:first-child .what")
    ]
    assert described == [
        "debridement",
        "",
        "Injection, ketorolac, 15 mg",
        "Injection, older (Ended Dec 31, 2020)",
    ]


def test_a_section_named_after_its_range_gives_way_to_the_one_around_it(client):
    around = make_section(
        "cat-3", ("0001T", "0999T"), level=make_level(1), kind="cpt_iii", short_title="Category III"
    )
    make_section(
        "t-100", ("0100T", "0199T"), level=make_level(1), kind="cpt_iii", parent=around, short_title="0100T–0199T"
    )
    make_ptp("11042", "0100T", table_of())
    assert text(main(client.get("/codes/11042/")).select_one(".what")) == "Category III"


# --- Which rows ---


def test_only_edits_in_force_today_are_listed_until_all_are_asked_for(client):
    release, yesterday = table_of(), timezone.localdate() - timedelta(days=1)
    make_ptp("11042", "97597", release)
    make_ptp("11042", "97598", release, deletion_date=yesterday)
    make_ptp("11042", "97599", release, modifier_indicator="9")
    assert listed(client.get("/codes/11042/"))[1] == ["97597"]
    every = client.get("/codes/11042/", {"st": "all"})
    assert listed(every)[1] == ["97597", "97598", "97599"]
    assert [text(sign) for sign in main(every).select("table.edits .vq")] == [
        "Unless distinct",
        "Not in force",
        "Not in force",
    ]
    assert "3 rows on file" in words(client.get("/codes/11042/"))


def test_rows_are_read_for_the_date_asked_for(client):
    make_ptp("11042", "97597", table_of(), deletion_date=date(2021, 6, 30))
    on_the_last_day = client.get("/codes/11042/", {"on": "2021-06-30"})
    assert listed(on_the_last_day)[1] == ["97597"]
    assert "On Jun 30, 2021" in words(on_the_last_day)
    assert "/edits/ptp/practitioner/11042/97597/?on=2021-06-30" in links(on_the_last_day)
    assert listed(client.get("/codes/11042/", {"on": "2021-07-01"}))[1] == []


def test_a_day_after_the_newest_quarter_is_not_checked_and_its_last_day_is_shown(client):
    make_ptp("11042", "97597", table_of(quarter="2024Q3"))
    today = client.get("/codes/11042/")
    assert "is not checked: this table answers up to the end of its quarter, Sep 30, 2024" in words(today)
    assert "On Sep 30, 2024" in words(today)
    assert "/edits/ptp/practitioner/11042/97597/?on=2024-09-30" in links(today)
    assert "is not checked" not in words(client.get("/codes/11042/", {"on": "2024-09-30"}))
    assert "Oct 1, 2024 is not checked" in words(client.get("/codes/11042/", {"on": "2024-10-01"}))


def test_a_day_before_ncci_is_not_checked(client):
    make_ptp("11042", "97597", table_of(), effective_date=date(1996, 1, 1))
    shown = words(client.get("/codes/11042/", {"on": "1995-12-31"}))
    assert "Not checked The date is before NCCI began" in shown
    assert listed(client.get("/codes/11042/", {"on": "1996-01-01"}))[1] == ["97597"]


@pytest.mark.parametrize("rows", [{}, {"st": "all"}])
def test_starter_rows_are_not_read_for_a_day_before_their_quarter(client, rows):
    make_ptp("11042", "97597", table_of(quarter="2024Q3", origin=Release.Origin.STARTER))
    early = client.get("/codes/11042/", {"on": "2020-01-01"} | rows)
    assert "Not checked Data for that date is not loaded. Only starter data is loaded." in words(early)
    assert listed(client.get("/codes/11042/", {"on": "2024-07-01"} | rows))[1] == ["97597"]


def test_what_is_no_date_is_pointed_out_and_today_is_shown(client):
    make_ptp("11042", "97597", table_of())
    answer = client.get("/codes/11042/", {"on": "07/15/2026"})
    assert "“07/15/2026” is not a date" in words(answer)
    assert listed(answer)[1] == ["97597"]


@pytest.mark.parametrize(
    ("beginning", "found"),
    [
        ("97597", ["97597"]),
        ("9", ["97597", "97602"]),
        ("976", ["97602"]),
        (" j18 ", ["J1885"]),
        ("0001u", ["0001U"]),
        ("0001", ["0001U"]),
        ("K", []),
    ],
)
def test_the_other_code_or_its_beginning_narrows_both_columns(client, beginning, found):
    release = table_of()
    for other in ("97597", "97602", "J1885", "0001U"):
        make_ptp("11042", other, release)
    make_ptp("97597", "11042", release)
    assert listed(client.get("/codes/11042/", {"with": beginning}))[1] == found
    assert listed(client.get("/codes/11042/", {"with": "97602"}))[0] == []


def test_what_no_code_begins_with_narrows_nothing_and_says_so(client):
    make_ptp("11042", "97597", table_of())
    answer = client.get("/codes/11042/", {"with": "J1885-59"})
    assert "No code begins with “J1885-59”, so the rows are not narrowed by it." in words(answer)
    assert listed(answer)[1] == ["97597"]


# --- Settings ---


def test_a_setting_never_borrows_from_another(client):
    make_ptp("11042", "97597", table_of("practitioner"))
    make_ptp("11042", "97602", table_of("outpatient_hospital"))
    assert listed(client.get("/codes/11042/"))[1] == ["97597"]
    assert listed(client.get("/codes/11042/", {"s": "outpatient_hospital"}))[1] == ["97602"]
    assert listed(client.get("/codes/11042/", {"s": "nobody"}))[1] == ["97597"]


def test_suppliers_have_no_pair_table(client):
    table_of()
    shown = words(client.get("/codes/11042/", {"s": "dme_supplier"}))
    assert "Medicare has no PTP table for DME suppliers" in shown


def test_without_a_table_of_the_setting_nothing_is_checked(client):
    make_ptp("11042", "97597", table_of("practitioner"))
    answer = client.get("/codes/11042/", {"s": "outpatient_hospital"})
    assert "Not checked Data for that date is not loaded. No table of this setting is loaded." in words(answer)
    assert "No edit on file" not in text(main(answer).find(id="edit-tables"))


# --- Nothing found ---


def test_a_code_that_a_whole_table_does_not_name_has_no_edit_on_file(client):
    make_ptp("11042", "97597", table_of())
    shown = words(client.get("/codes/99213/"))
    assert "No edit on file" in shown
    assert "has no row with 99213 in column two." in shown
    assert "unlisted combinations must still be coded correctly" in shown


def test_a_code_whose_edits_have_ended_has_none_in_force(client):
    make_ptp("11042", "97597", table_of(), deletion_date=date(2021, 6, 30))
    answer = main(client.get("/codes/11042/")).find(id="edit-tables")
    assert "None in force No row with 11042 in column one is in force on" in text(answer)


@pytest.mark.parametrize(
    ("fields", "mark", "why"),
    [
        ({"partial": True}, "looked incomplete when it was loaded", "What is loaded of"),
        ({"origin": Release.Origin.STARTER}, "Starter data, not a CMS release", "The starter set has no row"),
    ],
)
@pytest.mark.parametrize("query", [{}, {"st": "all"}, {"with": "J"}])
def test_an_empty_list_of_a_table_that_is_not_whole_is_not_checked(client, fields, mark, why, query):
    make_ptp("11042", "97597", table_of(**fields))
    shown = text(main(client.get("/codes/99213/", query)).find(id="edit-tables"))
    assert mark in shown
    assert f"Not checked {why}" in shown
    assert "No edit on file" not in shown
    assert "None in force" not in shown
    assert "A code that is not in these rows is not checked" in shown


def test_the_day_a_starter_row_begins_is_not_shown(client):
    make_ptp("11042", "97597", table_of(origin=Release.Origin.STARTER))
    cells = main(client.get("/codes/11042/")).select("table.edits tr:has(a.code) td")
    assert [text(cell) for cell in cells][3] == "not in the starter set"


def test_the_mark_of_a_table_that_is_not_whole_stands_beside_its_rows_too(client):
    make_ptp("11042", "97597", table_of(partial=True))
    assert "looked incomplete when it was loaded" in text(main(client.get("/codes/11042/")).find(id="edit-tables"))


# --- Long lists ---


@pytest.fixture
def many() -> Release:
    """30 rows with 36000 in column two, 26 of them in force, and 12 with it in column one."""
    release = table_of()
    for number in range(30):
        ended = date(2021, 1, 1) if number % 8 == 7 or number == 29 else None
        make_ptp(str(11000 + number), "36000", release, deletion_date=ended)
    for number in range(12):
        make_ptp("36000", str(97000 + number), release)
    return release


def test_a_long_list_is_cut_and_leads_to_all_of_it(client, many):
    answer = client.get("/codes/36000/")
    assert [len(codes) for codes in listed(answer)] == [ROWS_AT_FIRST, ROWS_AT_FIRST]
    assert {"?role=two#edits", "?role=one#edits"} <= links(answer)
    assert "30 rows on file, ended ones included" in words(answer)
    assert "All 30 rows" in words(client.get("/codes/36000/", {"st": "all"}))


def test_one_list_is_paged(client, many):
    first = client.get("/codes/36000/", {"role": "two"})
    assert [len(codes) for codes in listed(first)] == [25]
    assert "1–25 of 26" in words(first)
    assert "?role=two&page=2" in links(first)
    second = client.get("/codes/36000/", {"role": "two", "page": "2"})
    assert listed(second) == [["11028"]]


@pytest.mark.parametrize(
    ("query", "number"), [({"st": "all"}, "1–25 of 30"), ({"st": "all", "with": "1102"}, "10 rows")]
)
def test_a_page_says_how_many_rows_there_are(client, many, query, number):
    assert number in words(client.get("/codes/36000/", {"role": "two"} | query))


@pytest.mark.parametrize("page", ["0", "-1", "999", "two", "9" * 30])
def test_a_page_that_does_not_exist_is_another_page(client, many, page):
    assert client.get("/codes/36000/", {"role": "two", "page": page}).status_code == 200


def test_htmx_gets_the_tables_alone(client, many):
    answer = fragment_of(client, "36000", role="two", page="2")
    assert "<html" not in answer.content.decode()
    assert listed(answer) == [["11028"]]
    assert main(answer).find("input", attrs={"name": "role", "form": "edit-filter"})["value"] == "two"


def test_htmx_gets_the_tables_of_a_code_that_is_not_on_file_with_status_200(client):
    table_of()
    assert client.get("/codes/J9998/").status_code == 404
    assert fragment_of(client, "J9998").status_code == 200


WITHOUT_A_ROW = "A code without a row here has no edit"


def test_of_a_list_that_is_whole_it_is_said_that_other_codes_have_no_edit(client):
    make_ptp("11042", "97597", table_of())
    answer = client.get("/codes/11042/")
    assert WITHOUT_A_ROW in words(answer)
    assert "Not all rows are shown here" not in words(answer)


@pytest.mark.parametrize(
    "query", [{}, {"role": "one"}, {"role": "two", "page": "2"}, {"with": "97"}, {"st": "all"}, {"with": "zzzzz"}]
)
def test_of_a_list_that_is_cut_nothing_is_said_of_other_codes(client, many, query):
    answer = client.get("/codes/36000/", query)
    assert WITHOUT_A_ROW not in words(answer)
    assert "Not all rows are shown here, so nothing follows" in words(answer)
    assert any(link.startswith("/?q=36000+") for link in links(answer))


# --- Queries ---


def test_the_tables_take_few_queries_however_many_rows(client, many, django_assert_num_queries):
    fragment_of(client, "36000")
    with django_assert_num_queries(QUERIES_OF_THE_TABLES):
        fragment_of(client, "36000", st="all")


def test_the_rows_of_a_list_are_counted_once(client, many, django_assert_num_queries):
    with CaptureQueriesContext(connection) as queries:
        fragment_of(client, "36000", role="two")
    assert sum("COUNT(" in query["sql"] and "ptpedit" in query["sql"] for query in queries) == 1
    with django_assert_num_queries(QUERIES_OF_ONE_LIST - 1):
        fragment_of(client, "36000", role="two", page="2")


@pytest.mark.parametrize("query", [{}, {"role": "two"}, {"role": "one", "st": "all"}, {"with": "J1"}])
def test_rows_are_found_by_the_index(client, many, query):
    with CaptureQueriesContext(connection) as queries:
        fragment_of(client, "36000", **query)
    asked = [each["sql"] for each in queries if "FROM" in each["sql"] and "catalog_ptpedit" in each["sql"]]
    assert asked
    for sql in asked:
        assert "LIKE" not in sql
    if connection.vendor == "sqlite":
        for sql in asked:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                plan = " ".join(str(row[3]) for row in cursor.fetchall())
            assert "ptp_by_column" in plan
            assert "SCAN" not in plan


def test_edits_of_another_release_are_not_shown(client):
    table_of()
    make_ptp("11042", "97597", table_of(quarter="2024Q3", current=False))
    assert PtpEdit.objects.count() == 1
    assert listed(client.get("/codes/11042/", {"st": "all"})) == [[], []]


@pytest.mark.parametrize(
    ("query", "number"), [({}, 1), ({"role": "one"}, 1), ({"st": "all"}, None), ({"with": "9"}, None)]
)
def test_how_many_are_in_force_is_said_where_it_is_known(client, query, number):
    make_ptp("11042", "97597", table_of())
    make_ptp("11042", "97598", deletion_date=date(2021, 6, 30))
    head = text(main(client.get("/codes/11042/", query)).select("table.edits .group")[-1])
    assert head.endswith("2 rows on file" if number is None else f"2 rows on file, {number} in force")
