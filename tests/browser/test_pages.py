"""The reading rooms in a real browser: accessible, usable without JavaScript, on a phone, on paper."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from catalog.models import CodeNote, Release
from tests.browser.rooms import PHONE, faults
from tests.builders import make_change, make_code, make_level, make_modifier, make_release, make_section

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOMS = (
    "/sections/",
    "/sections/j-injected/",
    "/sections/j-injected/?f=zzz",
    "/sections/office/",
    "/sections/visits/",
    "/sections/dental/",
    "/sections/local/",
    "/codes/J1010/",
    "/codes/J1020/",
    "/codes/99213/",
    "/codes/0001U/",
    "/codes/D0120/",
    "/codes/W1234/",
    "/modifiers/",
    "/modifiers/LT/",
    "/modifiers/25/",
    "/releases/",
    "/releases/{october}/?kind=revised",
    "/releases/{october}/?kind=ended",
    "/releases/{july}/",
)


@pytest.fixture
def october() -> Release:
    """Two releases with a change of every kind, sections of every level, and 60 codes in one of them."""
    july = make_release("2025Q3", current=False)
    october = make_release(counts={"codes": 60, "modifiers": 2})
    for release in (july, october):
        release.files.create(name="HCPC_ANWEB.txt", archive="a.zip", sha256=f"{release.quarter:a<64}", size=1)
    make_sections()
    for number in range(1000, 1060):
        ended = date(2024, 3, 31) if number % 10 == 0 else None
        make_code(f"J{number}", october, **FACTS, termination_date=ended)
    make_modifier("LT", october)
    make_modifier("CP", october, termination_date=date(2020, 12, 31))
    make_code("J1010", july, long_descriptor="Older descriptor of J1010")
    wording = ["Older descriptor of J1010", "Long descriptor of J1010"]
    make_change("J1010", "revised", october, july, long_descriptor=wording, coverage_code=["C", "D"])
    make_change("J1020", "ended", october, july, termination_date=[None, "2024-03-31"])
    make_change("J1001", "added", october, july)
    CodeNote.objects.create(code="J1010", text="A note of ours.")
    return october


FACTS = {
    "coverage_code": "D",
    "pricing_indicators": ["51"],
    "types_of_service": ["1", "P"],
    "betos": "O1E",
    "asc_group": "YY",
    "asc_effective_date": date(2025, 1, 1),
    "cross_references": ["J1059", "31573"],
    "mcm_references": ["2049"],
    "processing_note": "0088",
}


def make_sections() -> None:
    drugs = make_section("j-drugs", ("J0000", "J9999"), title="Drugs", map_title="Drugs")
    make_section("j-injected", ("J0120", "J3591"), title="Injected drugs", parent=drugs, description="See J1010.")
    make_section("u-lab", ("U0000", "U9999"), title="Laboratory", note="Not 0001U.")
    cpt = {"level": make_level(1), "kind": "cpt_i"}
    visits = make_section("visits", ("99202", "99499"), title="Visits", map_title="Visits", **cpt)
    make_section("office", ("99202", "99215"), title="Office visits", parent=visits, **cpt)
    make_section("dental", ("D0000", "D9999"), kind="dental")
    make_section("local", ("W0000", "W9999"), ("Z0000", "Z9999"), level=make_level(3), kind="local")


@pytest.fixture
def rooms(october, live_server) -> list[str]:
    numbers = {"october": october.pk, "july": october.previous().pk}
    return [live_server.url + room.format(**numbers) for room in ROOMS]


@pytest.fixture
def section(october, live_server) -> str:
    return f"{live_server.url}/sections/j-injected/"


def first_code(page: Page):
    return page.locator("table.codes tbody tr").first.locator(".code")


def test_axe_finds_nothing_in_any_room_and_none_scrolls_sideways_on_a_phone(page, rooms):
    assert faults(page, rooms) == {}


def test_on_a_phone_the_whole_of_each_release_is_in_sight(page, rooms):
    page.set_viewport_size(PHONE)
    for room in (each for each in rooms if "/releases/" in each and "kind" not in each):
        page.goto(room)
        stacked = page.locator(":is(.table-scroll, .receipt):has(.stackable)")
        expect(stacked).to_have_count(1)
        assert stacked.evaluate("each => each.scrollWidth <= each.clientWidth"), room


def test_sorting_and_paging_swap_the_table_and_back_returns(page, section):
    page.goto(section)
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="Code").first.click()
    expect(first_code(page)).to_have_text("J1059")
    expect(page).to_have_url(f"{section}?sort=-code")
    page.get_by_role("link", name="Next").click()
    expect(first_code(page)).to_have_text("J1034")
    expect(page).to_have_url(f"{section}?sort=-code&page=2")
    assert page.evaluate("window.stayed") is True
    page.go_back()
    expect(first_code(page)).to_have_text("J1059")
    page.go_back()
    expect(first_code(page)).to_have_text("J1000")
    expect(page.get_by_role("heading", level=1)).to_have_text("Injected drugs")


def test_focus_stays_on_the_header_that_was_sorted_by(page, section):
    page.goto(section)
    page.locator("#sort-added").focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort]")).to_have_text("Added")
    expect(page.locator("#sort-added")).to_be_focused()


def test_the_focus_shows_on_the_pages_of_a_table(page, section):
    page.goto(section)
    page.get_by_role("link", name="Next").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Next")).to_have_css("outline-style", "solid")


def test_typing_narrows_the_table_in_place_and_in_the_address(page, section):
    page.goto(section)
    page.get_by_label("Filter this section").press_sequentially("1017")
    expect(page.locator("table.codes tbody tr")).to_have_count(1)
    expect(page).to_have_url(f"{section}?f=1017&st=")
    page.get_by_label("Filter this section").fill("")
    page.get_by_text("Ended", exact=True).first.click()
    expect(page.locator("table.codes tbody tr")).to_have_count(6)
    expect(page).to_have_url(f"{section}?f=&st=ended")


def test_the_filter_keeps_the_order_that_was_sorted_by(page, section):
    page.goto(section)
    page.locator("#sort-code").click()
    expect(first_code(page)).to_have_text("J1059")
    page.get_by_text("Ended", exact=True).first.click()
    expect(first_code(page)).to_have_text("J1050")


def test_an_export_downloads_what_is_shown(page, section):
    page.goto(f"{section}?st=ended")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert download.value.path().read_text(encoding="utf-8-sig").count("\n") == 1 + 6


def test_neighbors_are_one_key_away(page, october, live_server):
    page.goto(f"{live_server.url}/codes/J1010/")
    page.keyboard.press("]")
    expect(page).to_have_url(f"{live_server.url}/codes/J1011/")
    page.keyboard.press("[")
    expect(page).to_have_url(f"{live_server.url}/codes/J1010/")


def test_everything_works_without_javascript(chromium, section):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(section)
    page.get_by_role("link", name="Next").click()
    expect(first_code(page)).to_have_text("J1025")
    page.locator("#sort-code").click()
    expect(first_code(page)).to_have_text("J1059")
    page.get_by_label("Filter this section").fill("1017")
    page.get_by_label("Filter this section").press("Enter")
    expect(page.locator("table.codes tbody tr")).to_have_count(1)
    page.get_by_label("Filter this section").fill("")
    page.get_by_text("Ended", exact=True).first.click()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.locator("table.codes tbody tr")).to_have_count(6)
    page.context.close()


def test_a_code_prints_its_facts_and_receipt_without_controls(page, october, live_server):
    page.goto(f"{live_server.url}/codes/J1010/")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("heading", name="Facts")).to_be_visible()
    expect(page.locator(".receipt")).to_be_visible()
    expect(page.locator(".status")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    expect(page.get_by_role("heading", name="Next to it")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
