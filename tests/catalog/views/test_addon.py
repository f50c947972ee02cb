from datetime import date

import pytest

from catalog.models import Release
from tests.builders import make_addon, make_release
from tests.catalog.views.page import links, receipts, verdict, words

pytestmark = pytest.mark.django_db

QUERIES_OF_AN_ADD_ON = 2  # the stamp, the edits of both codes


def addon_page(client, add_on="99292", primary="99291", on="2025-12-01"):
    return client.get(f"/edits/addon/{add_on}/{primary}/", {"on": on})


@pytest.fixture
def addons() -> Release:
    release = make_release(dataset="addon")
    release.files.create(name="AOC_V2025Q4-MCR.xlsx", archive="addon.zip", sha256="ef" * 32, size=1)
    return release


def test_an_add_on_edit_says_its_type_its_days_and_its_receipt(client, addons):
    row = make_addon("99292", "99291", addons, note="Practitioner only")
    answer = addon_page(client)
    shown = words(answer)
    assert "Type 1, national list of primaries." in shown
    assert "Apr 1, 2013 on, no end published" in shown
    assert "In force on Dec 1, 2025" in shown
    assert "Note as published: Practitioner only" in shown
    (receipt,) = receipts(answer)
    assert (
        f"October 2025 AOC_V2025Q4-MCR.xlsx {row.line} 1 99292 – 99291 – 2013-04-01 – Practitioner only" in receipt
    )
    assert "Row" in receipt
    assert {"/codes/99292/", "/codes/99291/"} <= links(answer)


def test_the_second_hour_of_critical_care_may_stand_alone_beside_a_colleagues_first(client, addons):
    make_addon("99292", "99291", addons)
    make_addon("97598", "97597", addons)
    shown = words(addon_page(client))
    assert "99292 may stand on a claim without 99291 when another physician" in shown
    assert "chapter 12, section 30.6.12" in shown
    assert "An exception" not in words(addon_page(client, "97598", "97597"))
    for code in ("99291", "99292"):
        assert "99292 may stand on a claim without 99291" in words(client.get(f"/codes/{code}/"))


@pytest.mark.parametrize(
    ("field", "whose"),
    [
        ("deletion_date", "the edit"),
        ("add_on_deletion_date", "the add-on code"),
        ("primary_deletion_date", "the primary code"),
    ],
)
def test_the_first_of_its_deletion_dates_ends_an_add_on_edit(client, addons, field, whose):
    ends = {"deletion_date": date(2024, 12, 31), "primary_deletion_date": date(2024, 6, 30)} | {
        field: date(2015, 12, 31)
    }
    make_addon("99292", "99291", addons, **ends)
    assert "In force on" in words(addon_page(client, on="2015-12-31"))
    shown = words(addon_page(client, on="2016-01-01"))
    assert "Apr 1, 2013 to Dec 31, 2015 Ended before Jan 1, 2016" in shown
    assert f"That day is the deletion date of {whose}." in shown


def test_an_add_on_edit_that_starts_later_says_so(client, addons):
    make_addon("99292", "99291", addons, effective_date=date(2025, 12, 2))
    assert "Starts after Dec 1, 2025" in words(addon_page(client))


def test_contractors_define_the_primaries_of_type_2(client, addons):
    make_addon("0054T", "CCCCC", addons, edit_type="2")
    answer = addon_page(client, "0054T", "CCCCC")
    assert "contractor defined primaries" in words(answer)
    assert "CMS names no primary in this row" in words(answer)
    assert "/codes/CCCCC/" not in links(answer)
    assert addon_page(client, "0054t", "ccccc")["Location"] == "/edits/addon/0054T/CCCCC/?on=2025-12-01"


def test_after_the_quarter_an_add_on_edit_is_not_checked(client, addons):
    make_addon("99292", "99291", addons)
    answer = addon_page(client, on="2026-01-01")
    assert "Not checked for Jan 1, 2026: data for that date is not loaded" in words(answer)
    assert "In force on" not in words(answer)
    assert "/edits/addon/99292/99291/?on=2025-12-31" in links(answer)


@pytest.mark.parametrize(
    ("on", "why"),
    [
        ("2026-01-01", "Data for that date is not loaded"),
        ("2013-03-31", "The date is before the first add-on code edits"),
    ],
)
def test_a_missing_add_on_edit_is_not_checked_on_a_day_without_data(client, addons, on, why):
    answer = addon_page(client, on=on)
    assert verdict(answer) == "Not checked"
    assert why in words(answer)
    assert "on file in" not in words(answer)


def test_before_the_first_add_on_edits_a_row_on_file_is_not_checked_either(client, addons):
    make_addon("99292", "99291", addons)
    shown = words(addon_page(client, on="2013-03-31"))
    assert "Not checked for Mar 31, 2013: the date is before the first add-on code edits" in shown
    assert "Starts after" not in shown


def test_two_codes_without_an_add_on_edit_have_a_page_with_what_else_is_known(client, addons):
    make_addon("99292", "99291", addons)
    make_addon("99292", "CCCCC", addons, edit_type="3")
    answer = addon_page(client, "99292", "99213")
    assert answer.status_code == 200
    assert verdict(answer) == "No edit on file"
    assert "with 1 listed primary; contractors may accept others" in words(answer)
    turned = addon_page(client, "99291", "99292")
    assert "/edits/addon/99292/99291/" in links(turned)


def test_an_add_on_edit_missing_from_an_incomplete_table_is_not_checked(client, addons):
    Release.objects.filter(pk=addons.pk).update(partial=True)
    assert verdict(addon_page(client)) == "Not checked"
    Release.objects.all().delete()
    assert verdict(addon_page(client)) == "Not checked"
    assert "No table of add-on codes is loaded" in words(addon_page(client))


def test_an_add_on_page_takes_few_queries(client, addons, django_assert_num_queries):
    for number in range(20):
        make_addon("99292", f"992{number:02}", addons)
    addon_page(client)
    with django_assert_num_queries(QUERIES_OF_AN_ADD_ON):
        addon_page(client, "99292", "99213")
