"""Codes that the lookup knows from the NCCI tables: alone, in a list, and by their first characters."""

from datetime import date

import pytest
from django.utils import timezone

from catalog import snapshot
from catalog.models import Release
from catalog.models.release import quarter_of
from tests.builders import make_addon, make_code, make_level, make_mue, make_ptp, make_release, make_section
from tests.catalog.views.page import links, main, text, words

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "results"}


@pytest.fixture
def release() -> Release:
    """October 2025 with one drug, and a practitioners' PTP table that names codes of both levels."""
    release = make_release()
    make_code("J1885", release, long_descriptor="Injection, ketorolac")
    make_code("J1840", release, long_descriptor="Injection, kanamycin", termination_date=date(2024, 3, 31))
    make_section("j-drugs", ("J0000", "J9999"), title="Drugs")
    cpt = {"level": make_level(1, title="CPT"), "kind": "cpt_i", "maintainer": "AMA"}
    make_section("skin", ("11042", "11047"), title="Skin removal", **cpt)
    make_ptp("11042", "97597")
    make_ptp("11043", "11042")
    make_ptp("11043", "J1885")
    make_ptp("J1899", "11042")
    return release


@pytest.fixture
def ask(client, release):
    return lambda asked, **query: client.get("/", {"q": asked} | query)


def groups(response) -> dict[str, list[str]]:
    """The rows of every list by its heading."""
    found = {}
    for head in main(response).select(".group-head"):
        items = main(response).select(f"ul[aria-labelledby={head['id']}] .row-link")
        found[text(head)] = [text(item) for item in items]
    return found


# --- One code ---


def test_a_cpt_number_of_the_tables_says_so_and_has_no_descriptor(ask):
    card = text(main(ask("11042")).find("article"))
    assert "In the NCCI tables" in card
    assert "appears in the NCCI tables; descriptor licensed by the AMA" in card
    assert "whether it exists is not known" not in card


def test_a_cpt_number_that_no_table_names_is_still_known_by_its_form_only(ask):
    card = text(main(ask("11044")).find("article"))
    assert "NCCI" not in card
    assert "Descriptor not loaded" in card


def test_a_level_ii_code_outside_the_file_is_told_apart_from_a_typing_error(ask):
    assert "In the NCCI tables, not in the October 2025 file." in text(main(ask("J1899")).find("article"))
    assert "Not in the October 2025 file." in text(main(ask("J1898")).find("article"))


def test_a_card_has_what_the_newest_tables_hold_of_the_code(ask):
    quarter = quarter_of(timezone.localdate())
    for setting, units in (("practitioner", 1), ("dme_supplier", 4)):
        make_mue("11042", units, make_release(quarter, dataset="mue", setting=setting))
    make_mue("11042", 9, make_release("2020Q1", dataset="mue", setting="outpatient_hospital"))
    make_addon("11045", "11042")
    card = text(main(ask("11042")).find("article"))
    assert "Pair edits, practitioner 1 as column one, 2 as column two" in card
    assert "MUE, this quarter 1 practitioner, 4 DME" in card
    assert "Add-on edits 1 as primary" in card


def test_counts_on_a_card_include_ended_rows_and_say_so(ask):
    make_ptp("11042", "97598", deletion_date=date(2020, 12, 31))
    card = text(main(ask("11042")).find("article"))
    assert "Pair edits, practitioner 2 as column one, 2 as column two, ended rows included" in card


@pytest.mark.parametrize(
    ("fields", "remark"),
    [({"origin": Release.Origin.STARTER}, "starter set"), ({"partial": True}, "may be incomplete")],
)
def test_what_a_card_counts_in_a_table_that_is_not_whole_is_marked(ask, fields, remark):
    quarter = quarter_of(timezone.localdate())
    make_ptp("11042", "97597", make_release(quarter, dataset="ptp", setting="outpatient_hospital", **fields))
    make_mue("11042", 4, make_release(quarter, dataset="mue", setting="practitioner", **fields))
    make_mue("11042", 2, make_release(quarter, dataset="mue", setting="dme_supplier"))
    card = text(main(ask("11042")).find("article"))
    assert f"Pair edits, hospital 1 as column one, ended rows included, {remark}" in card
    assert f"MUE, this quarter 4 practitioner ({remark}), 2 DME" in card
    assert f"2 as column two, ended rows included, {remark}" not in card


def test_a_code_on_file_has_those_facts_too(ask):
    assert "Pair edits, practitioner 1 as column two" in text(main(ask("J1885")).find("article"))


def test_what_the_tables_hold_costs_two_queries_and_none_of_a_code_they_do_not_name(
    client, release, django_assert_num_queries
):
    make_mue(
        "11042", release=make_release(quarter_of(timezone.localdate()), dataset="mue", setting="practitioner")
    )
    client.get("/", {"q": "J1885"}, headers=HTMX)  # the shelf is read once
    with django_assert_num_queries(1):
        client.get("/", {"q": "11044"}, headers=HTMX)
    with django_assert_num_queries(1 + 2):
        client.get("/", {"q": "11043"}, headers=HTMX)


# --- Several codes ---


def test_a_list_says_which_of_its_codes_only_the_tables_name(ask):
    listed = groups(ask("11042, J1899-LT, 11044"))["Codes 3, in the order typed"]
    assert listed == [
        "11042 Skin removal appears in the NCCI tables; descriptor licensed by the AMA",
        "J 1899 Drugs with LT, in the NCCI tables, not in the October 2025 file",
        "11044 Skin removal Descriptor not loaded",
    ]


# --- First characters ---


@pytest.mark.parametrize("typed", ["1104", "110"])
def test_the_first_digits_of_cpt_numbers_list_those_in_the_tables_in_our_words(ask, typed):
    found = groups(ask(typed))
    assert found["In the NCCI tables only 2, in code order"] == [
        "11042 Skin removal appears in the NCCI tables; descriptor licensed by the AMA Enter",
        "11043 Skin removal appears in the NCCI tables; descriptor licensed by the AMA",
    ]
    assert "/codes/11042/" in links(ask(typed))


def test_digits_that_codes_begin_with_are_no_misspelled_word_and_no_number_of_another_kind(ask):
    response = ask("1104")
    assert main(response).select(".note, .lede") == []
    assert "Nothing" not in words(response)


def test_a_lost_zero_is_still_offered_where_the_tables_name_that_code(ask):
    make_ptp("01104", "97597")
    assert "Did you mean 01104 ?" in words(ask("1104"))


def test_codes_on_file_come_before_those_that_only_the_tables_name(ask):
    found = groups(ask("J18"))
    assert list(found) == ["Codes 1 in force, 1 ended, in code order", "In the NCCI tables only 1"]
    assert found["In the NCCI tables only 1"] == ["J 1899 Drugs in the NCCI tables, not in the October 2025 file"]


def test_a_long_list_is_cut_and_leads_to_all_of_it_a_page_at_a_time(ask):
    for number in range(60):
        make_ptp(f"{52000 + number}", "99213")
    short = ask("520")
    assert "In the NCCI tables only 10 of 60, in code order" in groups(short)
    assert "All 60 in the NCCI tables" in words(short)
    first, second = ask("520", page="1"), ask("520", page="9")
    assert len(groups(first)["In the NCCI tables only 1 to 50 of 60, in code order"]) == 50
    assert groups(second)["In the NCCI tables only 51 to 60 of 60, in code order"][0].startswith("52050")
    assert "Page 2 of 2" in words(second)


def test_pages_run_through_both_kinds_of_codes(ask, release):
    for number in range(45):
        make_code(f"E{1000 + number}", release)
    for number in range(10):
        make_ptp(f"E{1900 + number}", "99213")
    assert "/?q=E1&page=1" in links(ask("E1"))
    first, second = groups(ask("E1", page="1")), groups(ask("E1", page="2"))
    assert [len(rows) for rows in first.values()][:2] == [45, 5]
    assert next(iter(second)) == "In the NCCI tables only 6 to 10 of 10, in code order"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"level": "1"}, 2),
        ({"level": "2"}, 0),
        ({"letter": "J"}, 0),
        ({"section": "skin"}, 2),
        ({"section": "j-drugs"}, 0),
    ],
)
def test_filters_narrow_what_the_tables_name(ask, filters, found):
    listed = [rows for head, rows in groups(ask("1104", **filters)).items() if head.startswith("In the NCCI")]
    assert sum(map(len, listed)) == found


def test_filters_that_leave_nothing_offer_the_search_without_them(ask):
    assert "Drop the filters: 2 codes" in words(ask("1104", letter="J"))


def test_the_word_for_contractors_lists_is_no_code(ask):
    make_addon("20054", "CCCCC")
    assert "CCCCC" not in snapshot.current().edit_codes
    assert "CCCCC" not in words(ask("C"))


def test_words_are_not_searched_in_what_only_the_tables_name(ask):
    assert "In the NCCI tables only" not in " ".join(groups(ask("skin removal")))
