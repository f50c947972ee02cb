"""To the scratchpad and between its settings in a real browser."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.rooms import faults
from tests.builders import make_addon, make_code, make_modifier, make_mue, make_ptp, make_release

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLAIM = (
    "/scratchpad/?setting=practitioner&date=2025-12-01&line=45385&line=45378-59&line=J1885x9&line=99292&line=NO"
)
ROOMS = (
    f"{CLAIM}&view=settings",
    "/scratchpad/?view=settings",
    "/?q=45385 45378-59",
    "/?q=99213, J1885-JW, 45385",
    "/?q=drug",
    "/codes/45385/",
    "/help/",
)


@pytest.fixture
def rooms(live_server) -> list[str]:
    """Pages that lead to the scratchpad, and a claim on which two settings differ; the third has no table."""
    practitioner = make_release(dataset="ptp", setting="practitioner", notice="A notice.")
    make_ptp("45385", "45378", practitioner, effective_date=date(2003, 1, 1), modifier_indicator="0")
    make_ptp("45385", "45378", make_release(dataset="ptp", setting="outpatient_hospital"))
    make_code("J1885", make_release(), long_descriptor="Sample drug, per 15 mg")
    make_modifier("JW")
    make_mue("J1885", 8, make_release(dataset="mue", setting="practitioner"))
    make_addon("99292", "99291")
    return [live_server.url + room for room in ROOMS]


def test_axe_finds_nothing_on_the_way_to_the_scratchpad_and_nothing_scrolls_sideways_on_a_phone(page, rooms):
    assert faults(page, rooms) == {}


def test_the_gravest_cell_of_a_setting_leads_to_its_finding(page, rooms):
    page.goto(rooms[0])
    page.locator("table.settings tbody td:nth-child(3) a.vq").first.click()
    expect(page).to_have_url(
        rooms[0].replace("practitioner", "outpatient_hospital").removesuffix("&view=settings") + "#f-ptp-1-2"
    )
    expect(page.locator("#f-ptp-1-2")).to_be_in_viewport()


def test_all_settings_follow_what_was_typed_last(page, rooms):
    page.goto(rooms[0].removesuffix("&view=settings"))
    page.get_by_label("Line 3 units").fill("2")
    expect(page).to_have_url(rooms[0].replace("J1885x9", "J1885x2").removesuffix("&view=settings"))
    page.get_by_role("link", name="All settings").click()
    expect(page).to_have_url(rooms[0].replace("J1885x9", "J1885x2"))


def test_a_row_of_the_lookup_goes_to_the_scratchpad_without_a_mouse(page, rooms, live_server):
    page.goto(live_server.url)
    page.keyboard.type("sample drug")
    expect(page.locator("#results")).to_have_attribute("data-answers", "sample drug")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("s")
    expect(page).to_have_url(f"{live_server.url}/scratchpad/?line=J1885")
    expect(page.get_by_label("Line 1 code")).to_have_value("J1885")


def test_the_button_beside_a_row_has_a_name_and_room_for_a_finger(page, rooms):
    page.goto(rooms[4])
    button = page.get_by_role("link", name="Put J1885 on the scratchpad", exact=True)
    box = button.bounding_box()
    assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8


def test_on_paper_the_settings_stand_side_by_side_on_a_sheet(page, rooms):
    page.goto(rooms[0])
    page.set_viewport_size({"width": 718, "height": 1000})  # the width of a Letter sheet between its margins
    page.emulate_media(media="print")
    table = page.locator("table.settings").bounding_box()
    assert table["x"] + table["width"] <= 718
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
