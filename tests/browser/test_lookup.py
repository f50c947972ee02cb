"""The lookup in a real browser: typing, keys, going back, faults, no JavaScript, a phone, accessibility."""

from __future__ import annotations

from datetime import date

import brotli
import pytest
from playwright.sync_api import Page, expect

from tests.browser.rooms import PHONE, faults
from tests.builders import make_code, make_level, make_modifier, make_release, make_section

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STATES = (
    "/",
    "/?q=wheelchair",
    "/?q=wheelchair&letter=K&status=all",
    "/?q=wheelchair&page=1",
    "/?q=J1885",
    "/?q=J1840",
    "/?q=J9998",
    "/?q=J1885-JW-59",
    "/?q=99213",
    "/?q=0001U",
    "/?q=D0120",
    "/?q=W1234",
    "/?q=JW",
    "/?q=25",
    "/?q=J1885,+99213+J9998+D0120",
    "/?q=J0120-J1890",
    "/?q=J188O",
    "/?q=ketorlac",
    "/?q=E11.9",
    "/?q=zzzzzz",
    "/help/",
)


@pytest.fixture(autouse=True)
def release():
    """Enough of October 2025 for every state: drugs, thirteen wheelchairs, sections of all levels."""
    release = make_release(counts={"codes": 17, "modifiers": 1})
    drugs = make_section("j-drugs", ("J0000", "J9999"), title="Drugs", short_title="J, drugs", map_title="Drugs")
    make_section("j-injected", ("J0120", "J3591"), parent=drugs, title="Injected drugs", short_title="Injected")
    make_section("e-equipment", ("E0000", "E9999"), title="Equipment", map_title="Equipment")
    make_section("k-dme", ("K0000", "K9999"), title="Contractors’ equipment", map_title="DME temporary")
    make_section("dental", ("D0000", "D9999"), kind="dental", map_title="Dental")
    make_section("local", ("W0000", "W9999"), level=make_level(3), kind="local", map_title="Local")
    cpt = {"level": make_level(1), "kind": "cpt_i", "maintainer": "AMA"}
    make_section("visits", ("99202", "99499"), title="Visits", map_title="Visits", **cpt)
    make_section("lab", ("0001U", "9999U"), title="Lab tests", map_title="Lab by maker", **cpt | {"kind": "pla"})
    make_code("J1840", release, long_descriptor="Injection, kanamycin", termination_date=date(2024, 3, 31))
    make_code("J1885", release, long_descriptor="Injection, ketorolac tromethamine, per 15 mg")
    make_code("J1890", release, long_descriptor="Injection, cephalothin", added_date=date(2025, 10, 1))
    for number in range(12):
        make_code(f"E{1130 + number}", release, long_descriptor=f"Wheelchair, kind {number}")
    make_code("K0001", release, long_descriptor="Standard wheelchair")
    make_modifier("JW", release, long_descriptor="Drug amount discarded")
    return release


@pytest.fixture
def home(live_server) -> str:
    return f"{live_server.url}/"


def box(page: Page):
    return page.locator("#q")


def type_slowly(page: Page, typed: str) -> None:
    """Letter by letter, as a person does, but without waiting for any answer."""
    box(page).press_sequentially(typed)


# --- Typing ---


def test_typing_shows_results_and_keeps_the_address_current_without_filling_the_history(page, home):
    page.goto(home)
    expect(box(page)).to_be_focused()
    before = page.evaluate("history.length")
    type_slowly(page, "ketorolac")
    expect(page.locator("#g-codes")).to_contain_text("1 in force")
    expect(page).to_have_url(f"{home}?q=ketorolac")
    expect(page.locator("mark").first).to_have_text("ketorolac")
    assert page.evaluate("history.length") == before
    expect(box(page)).to_be_focused()


def test_what_changed_is_announced_once_it_is_there(page, home):
    page.goto(home)
    type_slowly(page, "wheelchair")
    expect(page.locator("#said")).to_have_text("13 codes for wheelchair.")


def test_emptying_the_box_brings_the_map_back(page, home):
    page.goto(f"{home}?q=wheelchair")
    box(page).fill("")
    expect(page.locator(".map").first).to_be_visible()


def test_back_from_a_code_restores_the_whole_page_with_the_text_and_the_results(page, home):
    page.goto(home)
    type_slowly(page, "wheelchair")
    expect(page).to_have_url(f"{home}?q=wheelchair")
    page.get_by_role("link", name="E1130 Wheelchair").click()
    expect(page).to_have_url(f"{home}codes/E1130/")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look up a code")
    expect(box(page)).to_have_value("wheelchair")
    expect(page.locator("#g-codes")).to_contain_text("10 of 13 in force")
    expect(page.locator("header nav")).to_be_visible()


def test_a_filter_stays_while_typing_goes_on(page, home):
    page.goto(f"{home}?q=wheel")
    page.get_by_role("link", name="K, DME temporary").click()
    expect(page.locator("#g-codes")).to_contain_text("1 in force")
    type_slowly(page, "chair")
    expect(page).to_have_url(f"{home}?q=wheelchair&letter=K")
    expect(page.locator("#g-codes")).to_contain_text("1 in force")


def test_an_answer_that_did_not_come_never_looks_like_an_empty_one(chromium, home):
    page = chromium.new_page()
    page.goto(f"{home}?q=wheelchair")
    page.route("**/?q=wheelchairs", lambda route: route.fulfill(status=500, body="no"))
    type_slowly(page, "s")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("not an empty result")
    expect(page.locator(".row-link")).to_have_count(0)
    expect(box(page)).to_have_value("wheelchairs")
    page.unroute("**/?q=wheelchairs")
    alert.get_by_role("link", name="Try again").click()
    expect(page.locator(".row-link").first).to_be_visible()
    page.close()


# --- Keys ---


def test_arrows_move_through_the_results_and_enter_opens_one(page, home):
    page.goto(f"{home}?q=wheelchair")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".row-link").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_be_focused()
    page.keyboard.press("ArrowDown")
    first = page.locator(".row-link").first.get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(home.rstrip("/") + first)


def test_enter_opens_the_marked_result_of_what_was_typed(page, home):
    page.goto(home)
    type_slowly(page, "ketorolac")
    expect(page.locator(".row-link.is-on")).to_contain_text("J1885")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{home}codes/J1885/")


def test_enter_never_opens_a_result_of_what_was_typed_before(page, home):
    page.goto(f"{home}?q=wheelchair")
    box(page).fill("j1885")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{home}codes/J1885/")


def test_a_guess_is_not_opened_by_enter(page, home):
    page.goto(f"{home}?q=J188O")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{home}?q=J188O")
    expect(page.get_by_text("Did you mean")).to_be_visible()


def test_escape_clears_the_box_then_leaves_it_and_slash_returns(page, home):
    page.goto(f"{home}?q=wheelchair")
    page.keyboard.press("Escape")
    expect(box(page)).to_have_value("")
    expect(page.locator(".map").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(box(page)).not_to_be_focused()
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("")


def test_slash_reaches_the_box_in_the_header_of_other_pages(page, home):
    page.goto(f"{home}help/")
    page.keyboard.press("/")
    expect(page.locator("#top-q")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#top-q")).to_have_value("a/b")


def test_brackets_turn_the_pages_of_a_list(page, home, release):
    for number in range(50):
        make_code(f"E{2000 + number}", release, long_descriptor=f"Wheelchair, part {number}")
    page.goto(f"{home}?q=wheelchair&page=1")
    box(page).blur()
    page.keyboard.press("]")
    expect(page.locator("#g-codes")).to_contain_text("51 to 63 of 63")
    box(page).blur()
    page.keyboard.press("[")
    expect(page.locator("#g-codes")).to_contain_text("1 to 50 of 63")


def test_a_code_is_copied_and_that_is_said(page, home):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{home}?q=J1885")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#said")).to_have_text("J1885 copied")
    assert page.evaluate("navigator.clipboard.readText()") == "J1885"


def test_the_theme_button_goes_dark_light_and_back_to_the_system(page, home):
    page.goto(f"{home}?q=wheelchair")
    root = page.locator("html")
    for theme in ("dark", "light"):
        page.locator(".theme button").click()
        expect(root).to_have_attribute("data-bs-theme", theme)
        expect(page).to_have_url(f"{home}?q=wheelchair")
    page.locator(".theme button").click()
    expect(root).not_to_have_attribute("data-bs-theme", "light")


# --- Without JavaScript, on a phone, for everybody ---


def test_everything_works_without_javascript(chromium, home):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(home)
    box(page).fill("wheelchair")
    box(page).press("Enter")
    expect(page).to_have_url(f"{home}?q=wheelchair")
    expect(page.locator("kbd").first).to_be_hidden()
    page.get_by_role("link", name="All 13 codes in force").click()
    expect(page.locator(".row-link")).to_have_count(13)
    page.get_by_role("link", name="K, DME temporary").click()
    expect(page.locator("#g-codes")).to_contain_text("1 in force")
    page.get_by_role("link", name="II", exact=True).click()
    expect(page).to_have_url(f"{home}?q=wheelchair&letter=K&level=2")
    box(page).fill("J1885")
    box(page).press("Enter")
    expect(page).to_have_url(f"{home}codes/J1885/")
    page.context.close()


def test_axe_finds_nothing_in_any_state_and_none_scrolls_sideways_on_a_phone(page, home):
    screens = [(scheme, width) for scheme in ("light", "dark") for width in (1280, PHONE["width"])]
    assert faults(page, [home.rstrip("/") + state for state in STATES], screens) == {}


def test_axe_finds_nothing_on_the_pages_for_faults(chromium, home):
    page = chromium.new_page()  # not the fixture's, which fails a test for the 404 that a page logs
    screens = [(scheme, PHONE["width"]) for scheme in ("light", "dark")]
    found = faults(page, [f"{home}codes/J18855/", f"{home}nowhere/"], screens)
    page.close()
    assert found == {}


def test_the_first_page_is_light(page, home):
    """At most 70 KB in six requests, static files compressed as they are served."""
    responses = []
    page.on("response", lambda response: responses.append(response))
    page.goto(home)
    page.wait_for_load_state("networkidle")
    static = [response for response in responses if "/static/" in response.url]
    sizes = {response.url: len(brotli.compress(response.body(), quality=11)) for response in static}
    sizes |= {response.url: len(response.body()) for response in responses if response not in static}
    assert len(sizes) <= 6
    assert sum(sizes.values()) <= 70_000, sizes
