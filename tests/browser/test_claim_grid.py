"""The grid of a claim in a real browser: typed into, put in order, taken back, by keyboard alone."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.claim import chips, code, codes, expect_lines, lines, lines_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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


def test_a_claim_is_asked_for_when_its_code_is_whole_and_codes_while_it_is_not(page, pad):
    page.goto(pad)
    asked = []
    page.on("request", lambda request: asked.append(parse_qs(urlsplit(request.url).query)))
    code(page, 1).focus()
    for typed in ("4", "45", "453", "4538"):
        with page.expect_request(lambda request, typed=typed: request.url.endswith(f"?q={typed}")):
            page.keyboard.type(typed[-1])
    page.keyboard.type("0")
    expect_lines(page, "45380")
    assert [each["q"] for each in asked if "q" in each] == [["4"], ["45"], ["453"], ["4538"]]
    assert [each["line"] for each in asked if "line" in each] == [["45380"]]


def test_a_half_typed_code_is_asked_for_once_it_is_left(page, pad):
    page.goto(pad)
    code(page, 1).press_sequentially("4538")
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
    assert lines_of(sent[-1]) == lines(page)


def test_cells_the_script_cannot_say_plainly_are_read_by_the_server(page, pad):
    page.goto(pad)
    code(page, 1).fill("J1885-JW x 3")
    code(page, 1).press("Tab")
    expect_lines(page, "J1885-JWx3")
    page.get_by_label("Line 2 units").fill("ten")
    code(page, 2).fill("45378")
    expect_lines(page, "J1885-JWx3", "45378x?TEN")
    expect(page.get_by_label("Line 2 units")).to_have_attribute("aria-invalid", "true")


def test_columns_in_which_something_stands_are_not_hidden(page, pad):
    page.goto(f"{pad}?line=45378~A")
    page.get_by_label("Own dates and providers").click()
    expect(page.get_by_label("Own dates and providers")).to_be_checked()
    expect(page.locator("#step")).to_contain_text("Line 1 has its own date or provider.")
    page.get_by_label("Line 1 provider, a letter").fill("")
    page.get_by_label("Own dates and providers").click()
    expect(page.get_by_label("Line 1 provider, a letter")).to_be_hidden()


def test_two_tabs_lead_from_the_units_to_the_next_code(page, pad):
    page.goto(f"{pad}?line=J1885&line=J1890")
    page.get_by_label("Line 1 units").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Remove line 1")).to_be_focused()
    page.keyboard.press("Tab")
    expect(code(page, 2)).to_be_focused()


@pytest.mark.parametrize("key", ["Enter", "ArrowUp", "z"])
def test_keys_belong_to_an_input_method_while_it_composes(page, pad, key):
    page.goto(f"{pad}?line=45378&line=45385")
    page.get_by_role("button", name="Remove line 2").click()
    expect_lines(page, "45378")
    code(page, 1).focus()
    field = code(page, 1)
    was_taken = field.evaluate(
        """(field, key) => !field.dispatchEvent(new KeyboardEvent("keydown", {
            key, isComposing: true, bubbles: true, cancelable: true,
            altKey: key === "ArrowUp", ctrlKey: key === "z",
        }))""",
        key,
    )
    assert not was_taken
    expect(field).to_be_focused()
    assert codes(page) == ["45378"]
