"""The levels in a real browser: a code taken apart while typing, the path walked by keys, a projector, a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.rooms import PHONE, SCREENS, faults
from tests.builders import make_code, make_level, make_modifier, make_release, make_section
from tests.training import make_comparison, make_misconception, make_statement, make_step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOMS = (
    "/levels/",
    "/levels/?code=J1885",
    "/levels/?code=992O3-59",
    "/levels/?code=0001",
    "/levels/?code=J",
    "/levels/?code=E11.9",
    "/levels/?code=LT",
    "/levels/?code=W1234",
    "/levels/?code=wheelchair",
    "/levels/which/",
    "/levels/which/?a=no",
    "/levels/which/?a=yes",
    "/levels/which/?a=sideways",
    "/codes/0001U/",
)
LONG = "Centers for Medicare & Medicaid Services, by authority delegated to it under 42 CFR 414.40(a)"


@pytest.fixture(autouse=True)
def texts():
    """A text of every mark, a path of two questions, one code."""
    release = make_release()
    make_level(1, title="CPT")
    make_level(3, title="Local codes")
    drugs = make_section("j-drugs", ("J0000", "J9999"), title="Drugs, mostly not by mouth")
    make_section("j-injected", ("J0120", "J3591"), title="Injected drugs", mark="V", parent=drugs)
    make_section("visits", ("99202", "99499"), title="Visits", level=make_level(1), kind="cpt_i", mark="S")
    make_code("J1885", release, long_descriptor="Injection, ketorolac tromethamine, per 15 mg")
    make_modifier("LT", release, long_descriptor="Left side")
    for number, mark in enumerate("VSIG"):
        make_comparison(f"Question {number}", mark=mark, level_two=LONG)
        make_statement(f"Subject {number}", mark=mark, topic=("keeper", "rhythm")[number % 2])
    two = make_step("two", text="Level II: the code of the thing", level=2, detail="Such as J1885.", sort=30)
    one = make_step("one", text="Level I: the CPT code", level=1, sort=40)
    named = make_step("named", text="Does CPT name it?", leads={"yes": one, "no": two}, mark="S", sort=20)
    make_step("start", text="Is it a thing?", leads={"yes": two, "no": named}, is_first=True, sort=10)
    make_misconception(on_slide=True)


def test_a_code_is_taken_apart_as_it_is_typed(page: Page, live_server):
    page.goto(f"{live_server.url}/levels/")
    box, tried = page.get_by_label("Any code"), page.locator("#tried")
    expect(tried.get_by_role("heading")).to_have_count(3)
    box.press_sequentially("j18")
    expect(tried.get_by_role("heading", name="J18: A letter first, two to come")).to_be_visible()
    expect(tried.locator(".cell.open")).to_have_count(2)
    expect(page.locator("#said")).to_have_text("J18 so far: Level II. J: Drugs, mostly not by mouth.")
    box.press_sequentially("85")
    expect(tried.get_by_text("In force in Oct 2025. Injection, ketorolac")).to_be_visible()
    expect(box).to_be_focused()
    expect(page).to_have_url(f"{live_server.url}/levels/?code=j1885")
    box.fill("")
    expect(tried.get_by_role("heading")).to_have_count(3)


def test_leaving_and_coming_back_shows_what_was_typed(page: Page, live_server):
    page.goto(f"{live_server.url}/levels/")
    page.get_by_label("Any code").press_sequentially("J1885")
    page.locator("#tried").get_by_role("link", name="Open J1885").click()
    page.wait_for_url("**/codes/J1885/")
    page.go_back()
    expect(page.get_by_label("Any code")).to_have_value("J1885")
    expect(page.locator("#tried").get_by_role("heading")).to_have_text("J1885: Letter first")


def test_a_code_is_taken_apart_by_the_button_where_there_is_no_javascript(chromium, live_server):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/levels/")
    page.get_by_label("Any code").fill("0001U")
    page.get_by_role("button", name="Take apart").click()
    expect(page.locator("#tried h3")).to_have_text("0001U: Letter last")
    assert page.url.endswith("/levels/?code=0001U#try")
    page.get_by_role("link", name="Walk through it").click()
    page.get_by_role("link", name="No", exact=True).click()
    page.get_by_role("link", name="Yes", exact=True).click()
    expect(page.get_by_role("heading", name="Level I: the CPT code")).to_be_visible()
    context.close()


def test_the_path_is_walked_by_keys_and_reading_goes_on_at_each_question(page: Page, live_server):
    page.goto(f"{live_server.url}/levels/which/")
    page.get_by_role("link", name="No", exact=True).press("Enter")
    question = page.get_by_role("heading", name="Does CPT name it?")
    expect(question).to_be_visible()
    assert page.url.endswith("/levels/which/?a=no#step")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Yes", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Level I: the CPT code")).to_be_visible()
    page.get_by_role("link", name="Change the answer to: Is it a thing?").press("Enter")
    expect(page.get_by_role("heading", name="Is it a thing?")).to_be_visible()
    expect(page.locator(".way li")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 1024, 390])
def test_a_part_of_the_page_is_opened_below_what_stays_on_top(page: Page, live_server, width):
    page.set_viewport_size({"width": width, "height": 768})
    for part in ("try", "h-cmp", "h-path", "h-who"):
        page.goto(f"{live_server.url}/levels/?code=J1885#{part}")
        head, opened = page.locator(".top").bounding_box(), page.locator(f"#{part}").bounding_box()
        assert head["height"] <= opened["y"] < 768 / 2


@pytest.mark.parametrize("width", [1199, 1024, 390])
def test_the_line_of_what_is_loaded_takes_one_line_on_narrow_screens(page: Page, live_server, width):
    page.set_viewport_size({"width": width, "height": 768})
    for room in ("/", "/levels/", "/codes/J1885/"):
        page.goto(live_server.url + room)
        assert page.locator(".status").bounding_box()["height"] < 36


def test_nothing_scrolls_by_itself(page: Page, live_server):
    page.emulate_media(reduced_motion="no-preference")
    page.goto(f"{live_server.url}/levels/")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_what_a_code_says_is_large_enough_for_the_last_row(page: Page, live_server):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{live_server.url}/levels/?code=J1885")
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    assert page.locator("#tried .notes").evaluate(size) >= 16
    assert page.locator("#tried .cells small").first.evaluate(size) >= 14


def test_nothing_is_inaccessible_or_wider_than_a_phone(page: Page, live_server):
    rooms = [live_server.url + room for room in ROOMS]
    assert faults(page, rooms, [("light", 1024), *SCREENS]) == {}


def test_every_place_of_the_navigation_can_be_reached_on_a_phone(page: Page, live_server):
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/levels/")
    for link in page.locator(".nav-main a").all():
        link.focus()
        expect(link).to_be_in_viewport(ratio=1)
