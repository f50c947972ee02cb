"""The drill by keyboard, for a screen reader, and on a projector."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.rooms import faults, too_wide
from tests.builders import make_code, make_mue, make_release

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROJECTOR = {"width": 1024, "height": 768}


@pytest.fixture
def drill(live_server) -> str:
    """The address of the drill, with codes on file to ask about."""
    release = make_release()
    for code in ("A0021", "M0001", "T1019", "U0001", "J1885"):
        make_code(code, release)
    make_mue("0001U")
    return f"{live_server.url}/levels/drill/"


def test_a_round_goes_by_keyboard_alone_to_the_next_one(page: Page, drill):
    page.goto(drill)
    page.get_by_label("Code word for the class").fill("class 7")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"seed=CLASS-7$"))
    for number in range(1, 11):
        expect(page.get_by_role("heading", name=f"Question {number} of 10")).to_be_visible()
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text=re.compile("^(Right|Not quite)"))).to_be_visible()
        expect(page.locator("#next")).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("of 10 right"))).to_be_visible()
    page.keyboard.press("Enter")  # a class looks at its result: nothing goes on by itself
    expect(page.locator("#round-h")).to_be_focused()
    expect(page).to_have_url(re.compile("at=score$"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Next ten")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Question 1 of 10")).to_be_visible()
    expect(page).to_have_url(re.compile("round=2"))
    expect(page.get_by_text("Letter-position drill, round 2.")).to_be_visible()


def test_without_javascript_a_question_is_answered_all_the_same(chromium, drill):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{drill}?seed=CLASS")
    page.locator(".opt label").first.click()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#feedback")).to_be_visible()
    page.get_by_role("link", name="Next question").click()
    expect(page.get_by_role("heading", name="Question 2 of 10")).to_be_visible()
    context.close()


def test_on_a_projector_feedback_and_what_follows_are_in_sight(page: Page, drill):
    page.set_viewport_size(PROJECTOR)
    page.goto(f"{drill}?seed=CLASS")
    for _ in range(10):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        following = page.locator("#next")
        expect(following).to_be_focused()
        expect(page.locator("#feedback")).to_be_in_viewport(ratio=1)
        status = page.locator(".status").bounding_box()
        box = following.bounding_box()
        assert box["y"] + box["height"] <= status["y"]
        page.keyboard.press("Enter")
        expect(page.locator("#feedback")).to_be_hidden()


def test_axe_finds_nothing(page: Page, drill):
    round_ = f"{drill}?seed=CLASS&round=1"
    page.goto(round_)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#feedback")).to_be_visible()
    rooms = [drill, *(f"{round_}&at={at}" for at in range(1, 11)), f"{round_}&at=score"]
    assert faults(page, rooms) == {}


def test_nothing_is_wider_than_a_phone(page: Page, drill):
    rooms = [drill, *(f"{drill}?seed=CLASS&at={at}" for at in range(1, 11)), f"{drill}?seed=CLASS&at=score"]
    assert too_wide(page, rooms) == []
