"""The list below a code cell, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.claim import code, expect_lines
from tests.browser.rooms import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
