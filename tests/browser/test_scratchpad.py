"""The scratchpad in a real browser: pasted into, gone back from, out of reach, without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.claim import chips, code, codes, expect_lines, lines, paste
from tests.browser.rooms import PHONE, SCREENS, faults, violations_here

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STATES = (
    "",
    "?line=45378&line=45385&line=J1885x10&line=45380-59&line=97598&line=J9998",
    "?line=45378",
    "?line=J18&line=J1885x?TEN&line=45378@SOON",
    "?setting=dme_supplier&line=45378@2025-12-01~A&line=45385&more=1",
    "?line=45378&line=45385&line=J1885x10&view=settings",
    "?setting=nowhere&date=never&line=%3Cscript%3E",
)
TYPED = "**/scratchpad/?*"


# --- Pasting ---


def test_several_codes_pasted_into_a_cell_become_lines_and_a_report(page, pad):
    page.goto(f"{pad}?line=45378")
    code(page, 2).focus()
    paste(page, "11042, 97597-59 x2")
    expect_lines(page, "45378", "11042", "97597-59x2")
    expect(page.locator("#report")).to_contain_text("2 lines")
    assert codes(page) == ["45378", "11042", "97597"]
    expect(code(page, 4)).to_be_focused()
    page.go_back()
    expect(code(page, 2)).to_have_value("")
    assert codes(page) == ["45378"]


def test_words_pasted_into_a_cell_are_looked_up_there(page, pad):
    page.goto(pad)
    code(page, 1).focus()
    paste(page, "ketorolac, 15 mg")
    expect(page.get_by_role("option").first).to_contain_text("J1885")
    expect(code(page, 1)).to_have_value("ketorolac, 15 mg")


def test_one_code_pasted_into_a_cell_stays_there(page, pad):
    page.goto(pad)
    code(page, 1).focus()
    paste(page, "45378")
    expect_lines(page, "45378")
    expect(page.locator("#report")).to_have_count(0)


def test_text_pasted_into_the_box_is_added_to_the_lines_as_they_are_now(page, pad):
    page.goto(pad)
    code(page, 1).fill("45378")
    expect_lines(page, "45378")
    page.get_by_label("Lines of a claim, in any form").fill("Code\tUnits\nJ1885\t10\n")
    page.get_by_role("button", name="Read lines").click()
    expect_lines(page, "45378", "J1885x10")
    expect(chips(page).first).to_contain_text("Over the unit limit")


def test_a_paste_that_failed_keeps_the_grid_and_the_text(chromium, pad):
    page = chromium.new_page()
    page.goto(f"{pad}?line=45378")
    page.route("**/paste/", lambda route: route.fulfill(status=500, body="no"))
    code(page, 2).focus()
    paste(page, "11042, 97597")
    alert = page.locator(".pastebox").get_by_role("alert")
    expect(alert).to_contain_text("did not answer")
    expect(page.locator("#paste")).to_have_value("11042, 97597")
    assert codes(page) == ["45378"]
    page.unroute("**/paste/")
    alert.get_by_role("link", name="Try again").click()
    expect_lines(page, "45378", "11042", "97597")
    page.close()


# --- The address ---


def test_typing_replaces_the_address_and_steps_are_taken_back_one_by_one(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    before = page.evaluate("history.length")
    code(page, 3).fill("J1885")
    expect_lines(page, "45378", "45385", "J1885")
    assert page.evaluate("history.length") == before
    page.get_by_role("button", name="Remove line 1").click()
    expect_lines(page, "45385", "J1885")
    page.get_by_text("Outpatient hospital", exact=True).click()
    day = page.locator("#date").input_value()
    expect(page).to_have_url(f"{pad}?setting=outpatient_hospital&date={day}&line=45385&line=J1885")
    page.go_back()
    expect(page.get_by_label("Practitioner", exact=True)).to_be_checked()
    expect(code(page, 2)).to_have_value("J1885")
    assert codes(page) == ["45385", "J1885"]
    page.go_back()
    expect(code(page, 3)).to_have_value("J1885")
    assert codes(page) == ["45378", "45385", "J1885"]
    expect(chips(page).first).to_contain_text("Denied by edit")
    page.go_forward()
    expect(code(page, 2)).to_have_value("J1885")


def test_what_was_typed_just_before_a_step_is_not_lost_by_going_back(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    page.get_by_label("Line 2 units").fill("3")
    page.keyboard.press("Alt+ArrowUp")
    expect_lines(page, "45385x3", "45378")
    page.go_back()
    expect(page.get_by_label("Line 2 units")).to_have_value("3")


def test_back_never_leaves_another_claim_in_the_grid_than_in_the_address(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    page.evaluate("location.hash = 'main'")  # a step of the history that is none of the claim's
    page.get_by_label("Line 2 units").fill("3")
    expect_lines(page, "45378", "45385x3")
    page.go_back()
    expect(page.get_by_label("Line 2 units")).to_have_value("1")
    assert lines(page) == ["45378", "45385"]


def test_the_theme_is_changed_on_the_claim_as_it_is_now(page, pad):
    page.goto(f"{pad}?line=45378")
    code(page, 2).fill("45385")
    page.locator(".theme button").click()
    expect(code(page, 2)).to_have_value("45385")


def test_the_link_to_the_claim_is_copied_as_it_is_now(page, pad):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(pad)
    code(page, 1).fill("45378")
    expect_lines(page, "45378")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#said")).to_contain_text("copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


# --- Faults ---


def failing(route: Route) -> None:
    route.fulfill(status=500, body="no")


def test_when_the_check_does_not_answer_no_old_finding_is_left(chromium, pad):
    page = chromium.new_page()
    page.goto(f"{pad}?line=45378&line=45385")
    expect(page.locator(".signs a")).not_to_have_count(0)
    page.route(TYPED, failing)
    code(page, 3).fill("J1885")
    alert = page.locator("#check").get_by_role("alert")
    expect(alert).to_contain_text("did not answer")
    expect(page.locator(".finding, .signs a, .mx")).to_have_count(0)
    assert codes(page) == ["45378", "45385", "J1885"]
    assert lines(page) == ["45378", "45385", "J1885"]
    page.unroute(TYPED)
    alert.get_by_role("link", name="Try again").click()
    expect(chips(page).first).to_contain_text("Denied by edit")
    expect(page.locator("#e3")).to_contain_text("ketorolac")
    page.close()


def test_findings_are_marked_as_outdated_until_the_answer_is_there(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    code(page, 2).fill("4538")
    expect(page.locator("#check")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#e2")).to_be_empty()
    code(page, 2).fill("45385")
    expect(page.locator("#check")).not_to_have_attribute("aria-busy", "true")


# --- The way here, and through it ---


def test_a_cell_of_the_matrix_leads_to_its_finding(page, pad):
    page.goto(f"{pad}?line=45378&line=45385&line=J1885x10")
    cell = "Line 2, 45385, with line 1, 45378: denied by edit"
    before = page.evaluate("history.length")
    page.locator(".mx").get_by_role("link", name=cell).press("Enter")
    expect(page.locator(".finding:target")).to_contain_text("Denied by edit")
    expect(page.locator(".finding:target")).to_be_in_viewport()
    expect(page.locator(".finding:target")).to_be_focused()
    assert page.evaluate("history.length") == before


def test_s_opens_the_code_of_the_page_and_of_the_focused_row_on_the_scratchpad(page, pad, live_server):
    page.goto(f"{live_server.url}/codes/J1885/")
    page.keyboard.press("s")
    expect(code(page, 1)).to_have_value("J1885")
    page.goto(f"{live_server.url}/?q=injection")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = page.locator(":focus .code").inner_text()
    page.keyboard.press("S")
    expect(code(page, 1)).to_have_value(second)


def test_s_on_a_row_that_cannot_be_put_there_does_not_take_the_page_for_it(page, claim_tables, live_server):
    page.goto(f"{live_server.url}/codes/J1885/")
    page.locator("main").evaluate(
        "main => main.insertAdjacentHTML('beforeend', '<p><a class=\"row-link\" href=\"/\">More</a>')"
    )
    page.get_by_role("link", name="More", exact=True).focus()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/")


def test_s_is_a_letter_while_somebody_types(page, pad, live_server):
    page.goto(live_server.url)
    page.locator("#q").press_sequentially("s")
    expect(page.locator("#q")).to_have_value("s")


# --- For everybody ---


def test_a_hundred_lines_are_typed_in_moved_and_checked(page, pad):
    page.goto(f"{pad}?" + "&".join(f"line={10000 + number}-59x2" for number in range(99)))
    code(page, 100).fill("45378")
    expect(page.locator("#e100")).to_contain_text("Bowel")
    expect(page.locator("#claim tbody tr")).to_have_count(100)
    assert len(page.url) < 8_000
    page.get_by_role("button", name="Add line").click()
    expect(page.locator("#step")).to_have_text("A claim has at most 100 lines here.")
    code(page, 100).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(code(page, 99)).to_have_value("45378")
    page.get_by_role("button", name="Remove line 1", exact=True).click()
    expect(code(page, 98)).to_have_value("45378")
    expect(code(page, 100)).to_have_value("")
    page.keyboard.press("Control+z")
    expect(page.locator("#claim tbody tr")).to_have_count(100)


def test_a_hundred_lines_with_every_cell_unreadable_still_fit_into_an_address(page, pad):
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(f"{pad}?" + "&".join(f"line={10000 + number}-59x2" for number in range(99)))
    page.get_by_label("Line 1 units").fill("ten")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Line 1 units")).to_have_attribute("aria-invalid", "true")
    assert max(map(len, sent)) < 8_000


def test_the_scratchpad_works_without_javascript(chromium, pad):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(pad)
    code(page, 1).fill("45378")
    code(page, 2).fill("45385")
    code(page, 2).press("Enter")
    expect_lines(page, "45378", "45385")
    expect(chips(page).first).to_contain_text("Denied by edit")
    page.get_by_role("button", name="Remove line 1").click()
    expect_lines(page, "45385")
    expect(page.locator(".finding")).to_have_count(0)
    page.get_by_text("Paste codes").click()
    page.locator("#paste").fill("45378\nJ1885 x10")
    page.get_by_role("button", name="Read lines").click()
    expect(page.locator("#report")).to_contain_text("2 lines")
    expect(code(page, 3)).to_have_value("J1885")
    assert codes(page) == ["45385", "45378", "J1885"]
    page.context.close()


def test_axe_finds_nothing_in_any_state_and_none_scrolls_sideways_on_a_phone(page, pad):
    assert faults(page, [pad + state for state in STATES]) == {}


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_axe_finds_nothing_while_somebody_types(page, pad, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": PHONE["height"]})
    page.goto(f"{pad}?line=45378&line=45385&line=J1885")
    code(page, 2).fill("")
    page.get_by_role("button", name="Remove line 1").click()
    code(page, 2).press_sequentially("j18")
    expect(page.get_by_role("option")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_be_visible()
    assert violations_here(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_the_lines_and_findings_without_controls(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    page.emulate_media(media="print", color_scheme="dark")
    expect(code(page, 2)).to_be_visible()
    expect(code(page, 3)).to_be_hidden()
    expect(chips(page).first).to_be_visible()
    expect(page.get_by_role("button", name="Remove line 1")).to_be_hidden()
    expect(page.get_by_role("button", name="Add line")).to_be_hidden()


def test_a_small_claim_prints_on_one_page(page, pad):
    page.goto(f"{pad}?line=45378&line=45385&line=J1885x10&line=45380")
    expect(chips(page)).to_have_count(3)
    printed = page.pdf(format="Letter")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_all_of_a_receipt_is_in_sight_on_a_small_laptop(page, pad):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{pad}?line=45378&line=45385&line=J1885x10")
    hidden = "boxes => boxes.map(box => box.scrollWidth - box.clientWidth)"
    assert set(page.locator(".receipt").evaluate_all(hidden)) == {0}
