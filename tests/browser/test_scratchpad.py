"""The scratchpad in a real browser: typed into, pasted into, gone back from, out of reach, without JavaScript."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from catalog.models import Release
from tests.browser.rooms import PHONE, SCREENS, too_wide, violations
from tests.builders import (
    make_addon,
    make_code,
    make_level,
    make_mue,
    make_ptp,
    make_release,
    make_section,
    make_table,
)

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


@pytest.fixture
def tables() -> Release:
    """A denied pair, one that a modifier lifts, a unit limit, an add-on, and drugs to look up."""
    release = make_release()
    make_section("j-drugs", ("J0000", "J9999"), title="Drugs")
    make_section("bowel", ("44005", "45999"), title="Bowel", level=make_level(1), kind="cpt_i")
    make_code("J1840", release, long_descriptor="Injection, kanamycin", termination_date=date(2024, 3, 31))
    make_code("J1885", release, long_descriptor="Injection, ketorolac tromethamine, per 15 mg")
    make_code("J1890", release, long_descriptor="Injection, cephalothin")
    pairs = make_table("ptp", "practitioner")
    make_ptp("45385", "45378", pairs, modifier_indicator="0")
    make_ptp("45385", "45380", pairs)
    make_mue("J1885", 8, make_table("mue", "practitioner"))
    make_addon("97598", "97597", make_table("addon"))
    return pairs


@pytest.fixture
def pad(tables, live_server) -> str:
    return f"{live_server.url}/scratchpad/"


def code(page: Page, line: int):
    return page.get_by_label(f"Line {line} code", exact=True)


def codes(page: Page) -> list[str]:
    """What stands in the code cells, blank ones at the end left out."""
    found = page.locator("#claim tbody [name=code]").evaluate_all("fields => fields.map(field => field.value)")
    while found and not found[-1]:
        found.pop()
    return found


def lines(page: Page) -> list[str]:
    """The lines of the address."""
    return _lines(page.url)


def _lines(url: str) -> list[str]:
    return parse_qs(urlsplit(url).query).get("line", [])


def expect_lines(page: Page, *wanted: str) -> None:
    """Wait until the address has these lines: then the findings are about them."""
    page.wait_for_url(lambda url: _lines(url) == list(wanted))


def paste(page: Page, text: str) -> None:
    """Paste a text where the focus is."""
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            if (document.activeElement.dispatchEvent(paste)) document.execCommand("insertText", false, text);
        }""",
        text,
    )


def chips(page: Page):
    return page.locator(".finding .v")


# --- By keyboard ---


def test_a_claim_is_typed_without_a_mouse_and_checked_as_it_is_typed(page, pad):
    page.goto(pad)
    code(page, 1).focus()
    page.keyboard.type("45378")
    page.keyboard.press("Enter")
    page.keyboard.type("45385")
    expect(chips(page).first).to_contain_text("Denied by edit")
    expect_lines(page, "45378", "45385")
    page.keyboard.press("Enter")
    page.keyboard.type("j1885")
    for _ in range(5):
        page.keyboard.press("Tab")
    page.keyboard.type("10")
    expect(chips(page)).to_have_count(2)
    expect(page.get_by_label("Line 3 units")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#e3")).to_contain_text("ketorolac")
    expect_lines(page, "45378", "45385", "J1885x10")
    expect(page.get_by_label("Line 3 units")).to_be_focused()


def test_there_is_always_a_row_to_type_into(page, pad):
    page.goto(f"{pad}?line=45378&line=45385&line=J1885")
    expect(page.locator("#claim tbody tr")).to_have_count(4)
    code(page, 4).press_sequentially("J")
    expect(page.locator("#claim tbody tr")).to_have_count(5)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add line").click()
    expect(code(page, 5)).to_be_focused()


def test_a_modifier_of_two_characters_goes_on_to_the_next_field(page, pad):
    page.goto(pad)
    code(page, 1).fill("45380")
    page.get_by_label("Line 1 modifier 1").focus()
    page.keyboard.type("59xsltrt3")
    expect(page.get_by_label("Line 1 units")).to_have_value("3")
    expect_lines(page, "45380-59-XS-LT-RTx3")


def test_nothing_is_asked_while_a_code_is_half_typed(page, pad):
    asked = []
    page.on("request", lambda request: "line=" in request.url and asked.append(request.url))
    page.goto(pad)
    code(page, 1).press_sequentially("4538", delay=80)
    expect(page.locator("#offers")).to_contain_text("45380")
    assert asked == []
    page.keyboard.press("Tab")
    expect(page.locator("#e1")).to_contain_text("Four characters")
    expect(code(page, 1)).to_have_attribute("aria-invalid", "true")
    assert lines(page) == ["4538"]


def test_the_same_claim_is_not_asked_for_twice(page, pad):
    page.goto(f"{pad}?line=45378")
    asked = []
    page.on("request", lambda request: "line=" in request.url and asked.append(request.url))
    code(page, 1).fill("45378")
    page.get_by_role("button", name="Check").click()
    page.get_by_label("Line 1 units").fill("")
    code(page, 2).fill("45385")
    expect_lines(page, "45378", "45385")
    assert len(asked) == 1


def test_alt_and_arrows_move_a_line_and_the_focus_with_it(page, pad):
    page.goto(f"{pad}?line=45378&line=45385-59x2&line=J1885")
    page.get_by_label("Line 2 units").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect_lines(page, "45385-59x2", "45378", "J1885")
    expect(page.get_by_label("Line 1 units")).to_be_focused()
    expect(page.locator("#step")).to_have_text("Line 2 moved up.")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")  # the rows below are blank
    expect_lines(page, "45378", "J1885", "45385-59x2")
    expect(page.get_by_label("Line 3 units")).to_be_focused()


def test_a_removed_line_comes_back_with_ctrl_z(page, pad):
    page.goto(f"{pad}?line=45378&line=45385-59x2&line=J1885")
    page.get_by_role("button", name="Remove line 2").click()
    expect_lines(page, "45378", "J1885")
    expect(page.locator("#step")).to_contain_text("Line 2 removed. Press Ctrl+Z to bring it back.")
    expect(code(page, 2)).to_be_focused()
    page.keyboard.press("Control+z")
    expect_lines(page, "45378", "45385-59x2", "J1885")
    expect(page.locator("#step")).to_have_text("Line 2 is back.")


def test_removed_lines_come_back_one_after_the_other_and_by_a_button_too(page, pad):
    page.goto(f"{pad}?line=45378&line=45385&line=J1885")
    page.get_by_role("button", name="Remove line 3").click()
    page.get_by_role("button", name="Remove line 1").click()
    expect_lines(page, "45385")
    page.get_by_role("button", name="Bring it back").click()
    expect_lines(page, "45378", "45385")
    page.keyboard.press("Control+z")
    expect_lines(page, "45378", "45385", "J1885")


def test_ctrl_z_in_a_field_that_was_typed_in_takes_back_the_typing(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    page.get_by_role("button", name="Remove line 2").click()
    expect_lines(page, "45378")
    page.get_by_label("Line 1 units").focus()
    page.keyboard.type("7")
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Line 1 units")).to_have_value("1")
    assert codes(page) == ["45378"]


def test_a_row_emptied_between_others_is_no_line_any_more(page, pad):
    page.goto(f"{pad}?line=45378&line=45385&line=J1885x10")
    code(page, 2).fill("")
    expect_lines(page, "45378", "J1885x10")
    expect(page.get_by_label("Line 2 units")).to_have_value("10")
    expect(page.locator("#e2")).to_contain_text("ketorolac")
    page.get_by_label("Empty line code").fill("45380")
    expect_lines(page, "45378", "45380", "J1885x10")
    expect(page.get_by_label("Line 3 units")).to_have_attribute("aria-invalid", "true")


def test_what_the_script_sends_is_the_address_the_server_writes(page, pad):
    sent = []
    page.on("request", lambda request: "line=" in request.url and sent.append(request.url))
    page.goto(f"{pad}?more=1")
    code(page, 1).fill("j1885")
    for name, value in {
        "mod1": "jw",
        "mod3": "x2",
        "units": "10",
        "from": "2025-11-03",
        "to": "2025-11-05",
    }.items():
        page.locator(f"[name={name}]").first.fill(value)
    page.get_by_label("Line 1 provider, a letter").fill("b")
    expect_lines(page, "J1885-JW-X2x10@2025-11-03..2025-11-05~B")
    assert _lines(sent[-1]) == lines(page)


def test_cells_the_script_cannot_say_plainly_are_read_by_the_server(page, pad):
    page.goto(pad)
    code(page, 1).fill("J1885-JW x 3")
    code(page, 1).press("Tab")
    expect_lines(page, "J1885-JWx3")
    page.get_by_label("Line 2 units").fill("ten")
    code(page, 2).fill("45378")
    expect_lines(page, "J1885-JWx3", "45378x?TEN")
    expect(page.get_by_label("Line 2 units")).to_have_attribute("aria-invalid", "true")


# --- The list below the code cell ---


def test_the_list_offers_codes_that_begin_so_and_the_keys_take_one(page, pad):
    page.goto(pad)
    code(page, 1).press_sequentially("j18")
    expect(page.get_by_role("option")).to_have_count(3)
    expect(code(page, 1)).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#said")).to_have_text("3 codes to choose from")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("cephalothin")
    expect(code(page, 1)).to_have_attribute("aria-activedescendant", "offer-2")
    page.keyboard.press("Enter")
    expect(code(page, 1)).to_have_value("J1890")
    expect(page.locator("#offers")).to_have_count(0)
    expect(code(page, 1)).to_be_focused()
    expect_lines(page, "J1890")


def test_words_find_a_code_that_a_click_or_tab_takes(page, pad):
    page.goto(pad)
    code(page, 1).press_sequentially("ketorolac")
    page.get_by_role("option").click()
    expect(code(page, 1)).to_have_value("J1885")
    code(page, 2).press_sequentially("kanamycin")
    expect(page.get_by_role("option")).to_contain_text("Ended Mar 31, 2024")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(code(page, 2)).to_have_value("J1840")
    expect(page.get_by_label("Line 2 modifier 1")).to_be_focused()
    expect_lines(page, "J1885", "J1840")


def test_enter_is_not_taken_while_no_code_is_marked(page, pad):
    page.goto(pad)
    code(page, 1).press_sequentially("4538")
    expect(page.get_by_role("option").first).to_contain_text("45380")
    page.keyboard.press("Enter")
    expect(code(page, 2)).to_be_focused()
    expect(page.locator("#offers")).to_have_count(0)
    expect(code(page, 1)).to_have_value("4538")


def test_escape_and_leaving_close_the_list(page, pad):
    page.goto(pad)
    code(page, 1).press_sequentially("45")
    expect(page.locator("#offers")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#offers")).to_have_count(0)
    expect(code(page, 1)).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("3")
    expect(page.locator("#offers")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#offers")).to_have_count(0)


def test_the_list_says_when_there_is_nothing_and_never_covers_the_field(page, pad):
    page.set_viewport_size(PHONE)
    page.goto(pad)
    code(page, 1).press_sequentially("98")
    expect(page.locator("#offers")).to_have_text("No code in the loaded files begins with 98.")
    expect(code(page, 1)).to_have_attribute("aria-expanded", "false")
    field, offers = code(page, 1).bounding_box(), page.locator("#offers").bounding_box()
    assert offers["y"] >= field["y"] + field["height"]
    assert offers["x"] + offers["width"] <= PHONE["width"]


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
    expect(page).to_have_url(f"{pad}?setting=outpatient_hospital&date={date_of(page)}&line=45385&line=J1885")
    page.go_back()
    expect(page.get_by_label("Practitioner", exact=True)).to_be_checked()
    assert codes(page) == ["45385", "J1885"]
    page.go_back()
    expect(code(page, 3)).to_have_value("J1885")
    assert codes(page) == ["45378", "45385", "J1885"]
    expect(chips(page).first).to_contain_text("Denied by edit")
    page.go_forward()
    expect(code(page, 2)).to_have_value("J1885")


def date_of(page: Page) -> str:
    return page.locator("#date").input_value()


def test_what_was_typed_just_before_a_step_is_not_lost_by_going_back(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    page.get_by_label("Line 2 units").fill("3")
    page.keyboard.press("Alt+ArrowUp")
    expect_lines(page, "45385x3", "45378")
    page.go_back()
    expect(page.get_by_label("Line 2 units")).to_have_value("3")


def test_the_link_to_the_claim_is_copied_as_it_is_now(page, pad):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(pad)
    code(page, 1).fill("45378")
    expect_lines(page, "45378")
    page.get_by_role("button", name="Copy link").click()
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


# --- The way here ---


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
    assert lines(page) == ["45378", "45385"]
    expect(chips(page).first).to_contain_text("Denied by edit")
    page.get_by_role("button", name="Remove line 1").click()
    assert lines(page) == ["45385"]
    expect(page.locator(".finding")).to_have_count(0)
    page.get_by_text("Paste codes").click()
    page.locator("#paste").fill("45378\nJ1885 x10")
    page.get_by_role("button", name="Read lines").click()
    assert codes(page) == ["45385", "45378", "J1885"]
    expect(page.locator("#report")).to_contain_text("2 lines")
    page.context.close()


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_axe_finds_nothing_in_any_state(page, pad, scheme, width):
    assert violations(page, [pad + state for state in STATES], scheme, width) == {}


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
    assert [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_scrolls_sideways_on_a_phone(page, pad):
    assert too_wide(page, [pad + state for state in STATES]) == []


def test_it_prints_the_lines_and_findings_without_controls(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    page.emulate_media(media="print", color_scheme="dark")
    expect(code(page, 2)).to_be_visible()
    expect(code(page, 3)).to_be_hidden()
    expect(chips(page).first).to_be_visible()
    expect(page.get_by_role("button", name="Remove line 1")).to_be_hidden()
    expect(page.get_by_role("button", name="Add line")).to_be_hidden()
