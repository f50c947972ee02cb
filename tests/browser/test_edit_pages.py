"""The pages of pairs, MUE values and add-on edits in a real browser."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser.rooms import faults
from tests.builders import make_addon, make_code, make_mue, make_ptp, make_release

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAIR = "/edits/ptp/practitioner/45385/45378/"
ROOMS = (
    f"{PAIR}?on=2025-12-01",
    f"{PAIR}?on=1999-06-01",
    f"{PAIR}?on=2026-01-01",
    f"{PAIR}?on=someday",
    "/edits/ptp/practitioner/99213/J1885/?on=2025-12-01",
    "/edits/ptp/outpatient_hospital/99213/J1885/?on=2025-12-01",
    "/edits/ptp/dme_supplier/45385/45378/",
    "/edits/ptp/practitioner/45385/45385/",
    "/edits/mue/practitioner/J1885/",
    "/edits/mue/practitioner/J1885/?quarter=2025Q1",
    "/edits/mue/practitioner/A4206/",
    "/edits/mue/practitioner/99213/",
    "/edits/addon/99292/99291/?on=2025-12-01",
    "/edits/addon/99292/99291/?on=2026-01-01",
    "/edits/addon/0054T/CCCCC/",
    "/edits/addon/99291/99292/",
)


@pytest.fixture
def rooms(live_server) -> list[str]:
    """The pages, with edits of every kind; the hospital's table has a part missing."""
    practitioner = make_release(dataset="ptp", setting="practitioner", notice="A notice.")
    practitioner.files.create(name="ccipra-v313r0-f3.txt", archive="part-3.zip", sha256="ab" * 32, size=1)
    make_release(dataset="ptp", setting="outpatient_hospital", partial=True)
    make_ptp("45385", "45378", practitioner, effective_date=date(2003, 1, 1), modifier_indicator="0")
    years = {"effective_date": date(1999, 1, 1), "deletion_date": date(1999, 12, 31)}
    make_ptp("45378", "45385", practitioner, **years)
    withdrawn = {"effective_date": date(2000, 4, 1), "deletion_date": date(2000, 4, 1), "modifier_indicator": "9"}
    make_ptp("45378", "45385", practitioner, **withdrawn)
    make_code("J1885", make_release())
    for quarter, units in (("2025Q4", 8), ("2025Q3", 1)):
        make_mue("J1885", units, make_release(quarter, dataset="mue", setting="practitioner", notice="A notice."))
    make_mue("A4206", 0)
    make_addon("99292", "99291", note="A note.")
    make_addon("0054T", "CCCCC", edit_type="2")
    return [live_server.url + room for room in ROOMS]


def test_axe_finds_nothing_on_any_page_of_an_edit_and_none_scrolls_sideways_on_a_phone(page, rooms):
    assert faults(page, rooms) == {}


def verdict(page: Page):
    return page.locator(".hit .v")


def test_another_date_and_setting_are_asked_for_without_javascript(chromium, rooms):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(rooms[0])
    expect(verdict(page)).to_have_text("Denied by edit")
    page.get_by_label("Date of service").fill("1999-06-01")
    page.get_by_role("button", name="Look up", exact=True).click()
    expect(verdict(page)).to_have_text("Denied unless distinct")
    expect(page.locator(".pair .denied, .pair .unless")).to_contain_text("45385")
    page.get_by_role("navigation", name="Setting").get_by_role("link", name="Outpatient hospital").click()
    expect(page).to_have_url(
        rooms[0].replace("practitioner", "outpatient_hospital").split("?")[0] + "?on=1999-06-01"
    )
    expect(verdict(page)).to_have_text("Not checked")
    page.context.close()


def test_another_quarter_is_a_link(page, rooms):
    page.goto(rooms[8])
    expect(page.locator(".units")).to_contain_text("8")
    page.get_by_role("link", name="July 2025").click()
    expect(page.locator(".units")).to_contain_text("1")
    expect(page.locator(".receipt")).to_contain_text("July 2025")


def test_the_hash_of_a_file_is_copied_whole(page, rooms):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(rooms[0])
    page.get_by_role("button", name="Copy sha256").first.click()
    expect(page.locator("#said")).to_have_text(f"{'ab' * 32} copied")
    assert page.evaluate("navigator.clipboard.readText()") == "ab" * 32


def test_a_pair_prints_its_verdict_and_receipts_without_controls(page, rooms):
    page.goto(rooms[0])
    page.emulate_media(media="print", color_scheme="dark")
    expect(verdict(page)).to_be_visible()
    expect(page.locator(".receipt")).to_have_count(3)
    expect(page.locator(".receipt").first).to_be_visible()
    expect(page.locator(".receipt .btn").first).to_be_hidden()
    expect(page.get_by_role("button", name="Look up", exact=True)).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
