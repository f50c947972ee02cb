"""The NCCI edits on the page of a code, in a real browser."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Release
from tests.browser.rooms import PHONE, faults
from tests.builders import make_addon, make_code, make_mue, make_ptp, make_table

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOMS = (
    "/codes/36000/",
    "/codes/36000/?role=two&st=all&page=2",
    "/codes/36000/?with=zz-9&on=never",
    "/codes/36000/?s=outpatient_hospital",
    "/codes/36000/?s=dme_supplier",
    "/codes/J1885/",
    "/codes/C9999/",
    "/codes/0001U/",
)


@pytest.fixture
def edits() -> None:
    """A whole, a partial and a starter table; a long list; MUE values of all kinds; add-ons."""
    whole = make_table("ptp", "practitioner", notice="CPT 2026, AMA.")
    for number in range(30):
        make_ptp(str(11000 + number), "36000", whole, rationale="Standards of medical/surgical practice")
    make_ptp("J1885", "36000", whole, modifier_indicator="0")
    make_ptp("36000", "C9999", whole, deletion_date=date(2021, 6, 30))
    make_ptp("11000", "0001U", make_table("ptp", "outpatient_hospital", partial=True))
    make_mue("36000", 0, make_table("mue", "practitioner", "2024Q3"))
    make_mue("J1885", 8, make_table("mue", "outpatient_hospital", origin=Release.Origin.STARTER))
    addon = make_table("addon")
    for number in range(15):
        make_addon("36000", str(90000 + number), addon, note="A note." if number else "")
    make_addon("J1885", "CCCCC", addon, edit_type="2")
    make_addon("90000", "36000", addon, deletion_date=date(2021, 6, 30))
    make_code("J1885", long_descriptor="Injection, ketorolac tromethamine, per 15 mg")
    make_code("J1890")


@pytest.fixture
def rooms(edits, live_server) -> list[str]:
    return [live_server.url + room for room in ROOMS]


@pytest.fixture
def code(edits, live_server) -> str:
    return f"{live_server.url}/codes/36000/"


def other_codes(page: Page):
    return page.locator("#edit-tables td a.code")


def test_axe_finds_nothing_on_the_pages_of_codes_and_none_scrolls_sideways_on_a_phone(page, rooms):
    assert faults(page, rooms) == {}


def test_a_list_opens_in_place_and_back_returns(page, code):
    page.goto(code)
    page.evaluate("window.stayed = true")
    expect(other_codes(page)).to_have_count(10)
    page.get_by_role("link", name="All rows in force with 36000 in column two").click()
    expect(other_codes(page)).to_have_count(25)
    page.get_by_role("link", name="Next", exact=True).click()
    expect(other_codes(page)).to_have_count(6)
    expect(page).to_have_url(f"{code}?role=two&page=2")
    assert page.evaluate("window.stayed") is True
    page.go_back()
    expect(other_codes(page)).to_have_count(25)
    page.go_back()
    expect(other_codes(page)).to_have_count(10)


def test_typing_a_code_narrows_the_tables_and_keeps_the_list_that_is_open(page, code):
    page.goto(f"{code}?role=two")
    page.get_by_label("With code").press_sequentially("j")
    expect(other_codes(page)).to_have_text(["J1885"])
    expect(page).to_have_url(f"{code}?with=j&s=practitioner&st=&on=&role=two")
    expect(page.get_by_label("With code")).to_be_focused()


def test_setting_rows_and_date_are_chosen_in_place(page, code):
    page.goto(code)
    page.get_by_text("All", exact=True).click()
    expect(page.locator("#edit-tables")).to_contain_text("C9999")
    page.get_by_label("On date").fill("2021-06-30")
    page.get_by_label("On date").press("Tab")
    page.get_by_text("In force", exact=True).first.click()
    expect(page.locator("#edit-tables")).to_contain_text("On Jun 30, 2021")
    expect(page.locator("#edit-tables")).to_contain_text("C9999")
    page.get_by_text("Outpatient hospital", exact=True).last.click()
    expect(page.locator("#edit-tables")).to_contain_text("looked incomplete when it was loaded")
    expect(page).to_have_url(f"{code}?with=&s=outpatient_hospital&st=&on=2021-06-30")


def test_the_setting_is_chosen_by_key(page, code):
    page.goto(code)
    page.get_by_label("Practitioner", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#edit-tables")).to_contain_text("looked incomplete when it was loaded")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#edit-tables")).to_contain_text("Medicare has no PTP table for DME suppliers")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_that_goes_on_beside_a_phone_has_a_shadow_there_until_its_end(page, code, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(PHONE)
    page.goto(code)
    table = page.locator("#edit-tables .table-scroll")
    assert table.evaluate("element => element.scrollWidth > element.clientWidth")
    at_the_start = table.screenshot()
    table.evaluate("element => element.style.background = 'none'")
    assert table.screenshot() != at_the_start


def test_what_is_shown_is_said(page, code):
    page.goto(code)
    page.get_by_label("With code").press_sequentially("J")
    expect(page.get_by_role("status")).to_have_text("Practitioner: column two, 1 row; column one, none in force")


def test_neighbors_keep_their_keys_beside_a_list_that_is_paged(page, code, live_server):
    make_code("J1880")
    for number in range(30):
        make_ptp(str(20000 + number), "J1885")
    page.goto(f"{live_server.url}/codes/J1885/?role=two")
    expect(other_codes(page)).to_have_count(25)
    page.keyboard.press("]")
    expect(page).to_have_url(f"{live_server.url}/codes/J1890/")


def test_an_export_downloads_what_the_filter_leaves(page, code):
    page.goto(f"{code}?role=two&with=J")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    _, row, empty, note, notice = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert row.startswith("J1885,36000,")
    assert (empty, note[:5], notice) == ("", "Note,", 'Notice,"CPT 2026, AMA."')


def test_the_edits_work_without_javascript(chromium, code):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(code)
    page.get_by_role("link", name="All rows in force with 36000 in column two").click()
    expect(page).to_have_url(f"{code}?role=two#edits")
    page.get_by_role("link", name="Next", exact=True).click()
    expect(other_codes(page)).to_have_count(6)
    page.get_by_label("With code").fill("J")
    page.get_by_label("With code").press("Enter")
    expect(other_codes(page)).to_have_text(["J1885"])
    page.get_by_role("link", name="Both columns").click()
    page.get_by_label("With code").fill("")
    page.get_by_text("All", exact=True).click()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.locator("#edit-tables")).to_contain_text("C9999")
    page.context.close()


def test_only_the_chosen_setting_is_printed(page, code):
    page.goto(code)
    page.emulate_media(media="print")
    expect(page.locator("#edit-tables table")).to_be_visible()
    expect(page.locator(".mues")).to_be_visible()
    expect(page.locator("#edit-filter")).to_be_hidden()
    expect(page.locator("#edit-tables")).to_contain_text("Practitioner, ")
