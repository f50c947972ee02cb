"""MUE values, add-on relations and notices on the page of a code."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from catalog.models import Release
from catalog.models.release import quarter_of
from catalog.views.code_edits import ROWS_SHOWN
from tests.builders import make_addon, make_code, make_mue, make_ptp, make_table
from tests.catalog.views.page import links, main, text, words

pytestmark = pytest.mark.django_db

QUERIES_OF_A_CPT_PAGE = 8
SETTINGS = ("practitioner", "outpatient_hospital", "dme_supplier")


def mues_of(client, code: str) -> dict[str, str]:
    """What stands under each setting."""
    parts = main(client.get(f"/codes/{code}/")).select(".mues > div")
    return {text(part.find("h3")): text(part).removeprefix(text(part.find("h3"))).strip() for part in parts}


def add_ons_of(client, code: str) -> str:
    return text(main(client.get(f"/codes/{code}/")).find(attrs={"aria-labelledby": "h-addon"}))


# --- Where a code is named ---


def test_a_cpt_number_says_that_the_ncci_tables_name_it(client):
    make_ptp("11042", "97597", make_table("ptp", "practitioner"))
    shown = words(client.get("/codes/11042/"))
    assert "11042 appears in the NCCI tables , ended rows included; its descriptor is licensed by the AMA" in shown
    assert "appears in the NCCI tables" not in words(client.get("/codes/11043/"))


def test_the_tables_that_name_a_number_are_linked(client):
    release = make_mue("11042", 1, make_table("mue", "practitioner")).release
    named = main(client.get("/codes/11042/")).find("dt", string="Named in").parent
    assert text(named) == "Named in MUE practitioner"
    assert named.find("a")["href"] == f"/releases/{release.pk}/"


def test_a_level_two_code_that_only_the_tables_name_has_a_page(client):
    make_code("J1885")
    make_ptp("11042", "C9999", make_table("ptp", "practitioner"))
    answer = client.get("/codes/C9999/")
    assert answer.status_code == 200
    assert "C9999 appears in the NCCI tables" in words(answer)
    assert "Edits deny C9999 beside these" in words(answer)


@pytest.mark.parametrize("code", ["J1885", "J9998", "99213", "0500F", "0042T", "0001U", "0002M", "0001A", "D0150"])
def test_every_kind_of_code_has_its_edits(client, code):
    make_code("J1885")
    shown = words(client.get(f"/codes/{code}/"))
    assert "Medically unlikely edits (MUE)" in shown
    assert "PTP edits" in shown
    assert "Add-on code" in shown


def test_a_local_code_has_none_since_it_ended_before_the_tables(client):
    assert "PTP edits" not in words(client.get("/codes/W1234/"))


# --- MUE values ---


def test_an_mue_value_is_shown_for_each_setting(client):
    for value, setting in enumerate(SETTINGS, start=1):
        make_mue("99213", value, make_table("mue", setting), adjudication_indicator=str(value))
    shown = mues_of(client, "99213")
    assert shown["Practitioner"].startswith("1 unit per claim line MAI 1: line edit")
    assert shown["Outpatient hospital"].startswith(
        "2 units per date of service MAI 2: date of service edit: policy"
    )
    assert shown["DME supplier"].startswith("3 units per date of service MAI 3: date of service edit: clinical")
    assert {f"/edits/mue/{setting}/99213/" for setting in SETTINGS} <= links(client.get("/codes/99213/"))


def test_zero_is_not_payable_and_not_no_limit(client):
    make_mue("E0114", 0, make_table("mue", "practitioner"))
    shown = mues_of(client, "E0114")["Practitioner"]
    assert "Not payable to practitioners" in shown
    assert "It does not mean that there is no limit" in shown


def test_the_newest_loaded_quarter_is_shown_and_named(client):
    make_mue("99213", 1, make_table("mue", "practitioner", "2024Q3"))
    newest = make_mue("99213", 2, make_table("mue", "practitioner", "2025Q1")).release
    answer = client.get("/codes/99213/")
    shown = mues_of(client, "99213")["Practitioner"]
    assert shown.startswith("Today is not checked 2 units")
    assert "Jan 2025 answers for Jan 1, 2025 to Mar 31, 2025 only" in shown
    assert f"/releases/{newest.pk}/" in links(answer)


def test_a_part_of_a_later_quarter_hides_nothing_of_the_complete_one_before(client):
    make_mue("11042", 7, make_table("mue", "practitioner", "2025Q3"))
    make_mue("11043", 1, make_table("mue", "practitioner", "2025Q4", partial=True))
    assert mues_of(client, "11042")["Practitioner"].startswith("Today is not checked 7 units")


def test_part_of_this_quarter_is_never_answered_from_the_complete_one_before(client):
    today = make_table("mue", "practitioner", partial=True)
    make_mue("11043", 1, today)
    make_mue("11042", 7, make_table("mue", "practitioner", "2024Q3"))
    shown = mues_of(client, "11042")["Practitioner"]
    assert f"Not checked What is loaded of {today.title} has no value for this code" in shown
    assert "No published value" not in shown


def test_a_starter_value_answers_for_its_quarter_only(client):
    make_mue("99213", 2, make_table("mue", "practitioner", "2024Q3", origin=Release.Origin.STARTER))
    assert "answers for Jul 1, 2024 to Sep 30, 2024 only" in mues_of(client, "99213")["Practitioner"]


def test_a_quarter_to_come_is_not_shown_as_todays(client):
    to_come = f"{timezone.localdate().year + 1}Q4"
    make_mue("11042", 1, make_table("mue", "practitioner"))
    make_mue("11042", 9, make_table("mue", "practitioner", to_come))
    make_mue("11042", 9, make_table("mue", "dme_supplier", to_come))
    shown = mues_of(client, "11042")
    assert shown["Practitioner"].startswith("1 unit ")
    assert f"No table of {quarter_of(timezone.localdate())} is loaded" in shown["DME supplier"]


def test_a_code_without_a_published_value_may_still_have_a_limit(client):
    make_mue("99213", 1, make_table("mue", "practitioner"))
    shown = mues_of(client, "99214")["Practitioner"]
    assert "No published value" in shown
    assert "Some values are confidential" in shown
    assert "not the same as no limit" in shown


def test_a_setting_without_a_table_is_not_checked(client):
    make_mue("99213", 1, make_table("mue", "practitioner"))
    shown = mues_of(client, "99213")["DME supplier"]
    assert "Not checked No MUE table of this setting is loaded." in shown
    assert "No published value" not in shown


@pytest.mark.parametrize(
    ("fields", "mark"),
    [
        ({"partial": True}, "looked incomplete when it was loaded"),
        ({"origin": Release.Origin.STARTER}, "Starter data, not a CMS release"),
    ],
)
def test_a_value_missing_from_a_table_that_is_not_whole_is_not_checked(client, fields, mark):
    make_mue("99213", 1, make_table("mue", "practitioner", **fields))
    missing = mues_of(client, "99214")["Practitioner"]
    assert "Not checked" in missing
    assert "No published value" not in missing
    assert mark in missing
    assert mark in mues_of(client, "99213")["Practitioner"]


# --- Add-on codes ---


def test_an_add_on_code_lists_its_primaries(client):
    release = make_table("addon")
    make_addon("97598", "97597", release, note="Practitioner only")
    shown = add_ons_of(client, "97598")
    assert "97598 is an add-on code" in shown
    assert "Type 1. The listed primaries are all there are." in shown
    assert "97597 1 National list of primaries Apr 1, 2013 Practitioner only Receipt" in shown
    assert {"/codes/97597/", "/edits/addon/97598/97597/", f"/releases/{release.pk}/"} <= links(
        client.get("/codes/97598/")
    )


def test_a_primary_lists_its_add_on_codes(client):
    make_addon("99292", "99291", make_table("addon"))
    shown = add_ons_of(client, "99291")
    assert "99291 is a primary of" in shown
    assert "99292" in shown
    assert "is an add-on code" not in shown


def test_a_code_can_be_both(client):
    release = make_table("addon")
    make_addon("11045", "11042", release)
    make_addon("11047", "11045", release)
    shown = add_ons_of(client, "11045")
    assert "11045 is an add-on code" in shown
    assert "11045 is a primary of" in shown


def test_primaries_that_contractors_define_are_said_in_words(client):
    make_addon("20054", "CCCCC", make_table("addon"), edit_type="2")
    answer = client.get("/codes/20054/")
    assert "Contractor defined 2 Contractors list the primaries" in add_ons_of(client, "20054")
    assert "/codes/CCCCC/" not in links(answer)
    assert "/edits/addon/20054/CCCCC/" in links(answer)


def test_what_has_ended_is_kept_apart(client):
    release, long_ago = make_table("addon"), date(2020, 12, 31)
    make_addon("99292", "99291", release)
    make_addon("99292", "99290", release, deletion_date=long_ago)
    make_addon("99292", "99289", release, primary_deletion_date=long_ago)
    section = main(client.get("/codes/99292/")).find(attrs={"aria-labelledby": "h-addon"})
    assert [text(code) for code in section.select("table")[0].select("td a.code")] == ["99291"]
    assert text(section.find("summary")) == "2 not in force"
    assert [text(code) for code in section.select("details td a.code")] == ["99289", "99290"]
    assert "Dec 31, 2020" in text(section.find("details"))


def test_an_add_on_code_whose_edits_have_all_ended_was_one(client):
    make_addon("99292", "99291", make_table("addon"), add_on_deletion_date=date(2020, 12, 31))
    assert "99292 was an add-on code None is in force on" in add_ons_of(client, "99292")
    assert "99291 was a primary of" in add_ons_of(client, "99291")


def test_a_column_that_would_be_empty_is_left_out(client):
    release = make_table("addon")
    make_addon("99292", "99291", release)
    make_addon("20054", "CCCCC", release, note="A note.", deletion_date=date(2999, 12, 31))
    assert "Last day" not in add_ons_of(client, "99292")
    assert "CMS note" not in add_ons_of(client, "99292")
    assert "Last day CMS note" in add_ons_of(client, "20054")


def test_a_long_list_of_primaries_is_folded(client):
    release = make_table("addon")
    for number in range(ROWS_SHOWN + 3):
        make_addon("99292", str(99000 + number), release)
    section = main(client.get("/codes/99292/")).find(attrs={"aria-labelledby": "h-addon"})
    assert text(section.find("summary")) == "3 more primaries"
    assert len(section.select("td a.code")) == ROWS_SHOWN + 3


def test_a_code_in_no_add_on_edit_is_neither(client):
    make_addon("99292", "99291", make_table("addon"))
    shown = add_ons_of(client, "11042")
    assert "Not an add-on code in" in shown
    assert "no add-on code there lists it as a primary" in shown


@pytest.mark.parametrize("fields", [{"partial": True}, {"origin": Release.Origin.STARTER}])
def test_a_code_missing_from_an_add_on_table_that_is_not_whole_is_not_checked(client, fields):
    make_addon("99292", "99291", make_table("addon", **fields))
    shown = add_ons_of(client, "11042")
    assert "Not checked" in shown
    assert "Not an add-on code" not in shown
    assert "What is not listed is not checked" in add_ons_of(client, "99292")


def test_without_an_add_on_table_nothing_is_checked(client):
    assert "Not checked No table of add-on codes is loaded" in add_ons_of(client, "11042")


def test_an_add_on_table_that_is_behind_is_read_for_its_last_day(client):
    make_addon("99292", "99291", make_table("addon", quarter="2024Q3"), deletion_date=date(2024, 9, 30))
    shown = add_ons_of(client, "99292")
    assert "Jul 2024 read for Sep 30, 2024 , the last day it answers for. Today is not checked." in shown
    assert "99292 is an add-on code" in shown


# --- Notices ---


def test_the_notice_of_each_release_is_shown_once(client):
    make_mue("99213", 1, make_table("mue", "practitioner", notice="CPT 2025,\nAMA."))
    make_mue("99213", 1, make_table("mue", "outpatient_hospital", notice="CPT 2025, AMA."))
    make_ptp("99213", "11042", make_table("ptp", "practitioner", notice="CPT 2024, AMA."))
    make_table("ptp", "outpatient_hospital", notice="Not of this page.")
    notices = main(client.get("/codes/99213/")).select_one("details.notice")
    assert text(notices).count("CPT 2025, AMA.") == 1
    assert text(notices).count("CPT 2024, AMA.") == 1
    assert "Not of this page." not in text(notices)


# --- Queries ---


def test_the_page_of_a_number_takes_few_queries(client, django_assert_num_queries):
    make_ptp("99213", "11042", make_table("ptp", "practitioner"))
    release = make_table("addon")
    for number in range(20):
        make_ptp(str(11000 + number), "99213")
        make_addon(str(90000 + number), "99213", release)
    for setting in SETTINGS:
        make_mue("99213", 1, make_table("mue", setting))
    client.get("/codes/99213/")
    with django_assert_num_queries(QUERIES_OF_A_CPT_PAGE):
        client.get("/codes/99213/")
