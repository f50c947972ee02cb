"""What is often heard, and in fact, in a real browser: the register, and its place in the one box."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.rooms import faults
from tests.builders import make_code, make_release
from tests.training import make_misconception

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REGISTER = "/levels/misconceptions/"
ROOMS = (REGISTER, f"{REGISTER}#abn", "/?q=cpt+numeric", "/?q=abn")


@pytest.fixture(autouse=True)
def texts() -> None:
    """One entry of each mark, and a code that has a word of the first."""
    make_code("G2152", make_release(), long_descriptor="Score, numeric")
    make_misconception("numeric", link="/codes/0001U/", link_label="0001U, taken apart", sort=10)
    for sort, mark in enumerate("SIG", 2):
        claim, source = f"Every MUE of mark {mark} is the same", "Payers’ and code-list sites"
        make_misconception(f"mue-{mark.lower()}", claim=claim, source=source, mark=mark, sort=sort * 10)
    make_misconception("abn", claim="The patient signs an ABN, and pays", sort=50)


def test_nothing_is_inaccessible_or_wider_than_a_phone(page: Page, live_server):
    assert faults(page, [live_server.url + room for room in ROOMS]) == {}


def test_arrows_lead_through_misconceptions_and_codes_to_the_entry(page: Page, live_server):
    page.goto(live_server.url)
    page.get_by_role("searchbox", name="code").first.fill("cpt numeric")
    heard = page.locator("ul[aria-labelledby=g-heard] .row-link")
    expect(heard).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(heard).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("ul[aria-labelledby=g-codes] .row-link").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}{REGISTER}#numeric")
    expect(page.get_by_role("region", name="Every CPT code is five digits")).to_be_in_viewport()


def test_enter_opens_the_entry_when_nothing_else_was_found(page: Page, live_server):
    page.goto(live_server.url)
    page.get_by_role("searchbox", name="code").first.fill("abn")
    expect(page.locator("#g-heard")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}{REGISTER}#abn")


def test_the_entry_of_an_address_stands_out(page: Page, live_server):
    page.goto(f"{live_server.url}{REGISTER}#abn")
    looks = [
        page.locator(f"#{slug}").evaluate("element => getComputedStyle(element).boxShadow")
        for slug in ("abn", "numeric")
    ]
    assert looks[0] != "none"
    assert looks[1] == "none"


def test_the_list_at_a_glance_leads_to_an_entry(page: Page, live_server):
    page.set_viewport_size({"width": 1024, "height": 720})
    page.goto(live_server.url + REGISTER)
    page.get_by_text("All 5 at a glance").click()
    page.get_by_role("link", name="The patient signs an ABN").click()
    expect(page.locator("#abn")).to_be_in_viewport()


def test_on_paper_stand_all_entries_with_their_sources(page: Page, live_server):
    page.goto(live_server.url + REGISTER)
    page.emulate_media(media="print")
    expect(page.locator(".myth .src")).to_have_count(5)
    for source in page.locator(".myth .src").all():
        expect(source).to_be_visible()
    expect(page.locator(".contents")).to_be_hidden()
    expect(page.get_by_role("link", name="0001U, taken apart")).to_be_hidden()


@pytest.mark.parametrize(("width", "is_beside"), [(1280, True), (1199, False), (375, False)])
def test_the_list_of_claims_stands_beside_the_entries_where_there_is_room(
    page: Page, live_server, width: int, is_beside: bool
):
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(live_server.url + REGISTER)
    expect(page.get_by_role("navigation", name="All 5")).to_be_visible(visible=is_beside)
    expect(page.locator("details.contents")).to_be_visible(visible=not is_beside)


def test_the_list_beside_the_entries_stays_while_they_scroll(page: Page, live_server):
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(f"{live_server.url}{REGISTER}#abn")
    expect(page.get_by_role("navigation", name="All 5")).to_be_in_viewport()
    expect(page.get_by_role("navigation", name="All 5").get_by_role("link").first).to_be_in_viewport()
