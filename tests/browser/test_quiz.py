"""The quiz in a real browser: by mouse, by keyboard alone, without JavaScript, on a phone and on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.rooms import PHONE, faults, too_wide
from tests.training import make_item

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROUND = "/levels/quiz/?seed=K7QX&n=3"
ROOMS = (
    "/levels/quiz/",
    "/levels/quiz/?seed=A&topic=units",
    ROUND,
    f"{ROUND}&at=2",
    f"{ROUND}&at=99",
    f"{ROUND}&at=score",
    "/levels/quiz/?seed=K7QX&n=all&at=2",
    "/levels/quiz/handout/?seed=K7QX&n=3",
    "/levels/quiz/handout/?seed=K7QX&n=3&key=1",
)


@pytest.fixture
def bank() -> None:
    """Items of every kind, more than one bar of numbers holds."""
    make_item("Surely", "Never", "Perhaps", topic="form", code="0202U", link="/sections/", link_label="Sections")
    given = [["Column one", "45385"], ["Column two", "45378"], ["Indicator", "1"]]
    make_item("Surely", "Never", "Perhaps", topic="pairs", given=given, claim="45385\n45378-59", mark="G")
    make_item("Surely", "Never", "Perhaps", topic="beliefs", rationale="A long reason with J1885 in it. " * 8)
    for number in range(19):
        make_item("Surely", "Never", topic="choice", difficulty=3, slug=f"more-{number}")


@pytest.fixture
def first(bank, live_server) -> str:
    """The address of a round of three."""
    return f"{live_server.url}/levels/quiz/?seed=K7QX&n=3&difficulty=1"


def choose(page: Page, text: str = "Surely") -> None:
    page.locator(".opt label", has_text=text).click()


def play(page: Page, *texts: str) -> None:
    """Answer the rest of a round with the mouse."""
    page.bring_to_front()  # a tab behind another one draws slowly
    for text in texts:
        choose(page, text)
        page.get_by_role("button", name="Answer").click()
        page.locator("#next").click()
        expect(page.locator("#feedback")).to_have_count(0)


def test_axe_finds_nothing_before_an_answer_and_on_paper(page, bank, live_server):
    assert faults(page, [live_server.url + room for room in ROOMS]) == {}


def test_axe_finds_nothing_after_answers_and_in_the_score(page, first):
    page.goto(first)
    play(page, "Surely", "Never", "Perhaps")
    addresses = [f"{first}&at={at}" for at in ("1", "2", "3", "score")]
    assert faults(page, addresses) == {}


def test_nothing_scrolls_sideways_on_a_phone(page, bank, live_server, first):
    page.goto(first)
    play(page, "Surely", "Never", "Perhaps")
    answered = [f"{first}&at={at}" for at in ("1", "2", "3", "score")]
    assert too_wide(page, [live_server.url + room for room in ROOMS] + answered) == []


def test_a_round_is_played_in_place_and_each_question_has_an_address(page, first):
    page.goto(first)
    page.evaluate("window.stayed = true")
    choose(page, "Never")
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#feedback")).to_contain_text("Not quite: the answer is “Surely”.")
    page.get_by_role("link", name="Next question").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 2 of 3")
    expect(page).to_have_url(f"{first}&at=2")
    expect(page).to_have_title("Quiz, question 2 of 3 | Coding Reference")
    play(page, "Surely", "Surely")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 of 3 right")
    expect(page).to_have_url(f"{first}&at=score")
    assert page.evaluate("window.stayed") is True


def test_back_shows_what_was_answered_with_its_answer_and_asks_the_rest(page, first):
    page.goto(first)
    play(page, "Never")
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 2 of 3")
    page.go_back()
    expect(page.locator("#feedback")).to_contain_text("Not quite")
    expect(page.locator(".opt.wrong")).to_contain_text("Your answer")
    expect(page.get_by_role("button", name="Answer")).to_have_count(0)
    page.go_forward()
    expect(page.get_by_role("button", name="Answer")).to_be_visible()


def test_keys_choose_answer_and_go_on_without_a_mouse(page, first):
    page.goto(first)
    for number in (1, 2, 3):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Question {number} of 3")
        page.keyboard.press("3")
        expect(page.locator("#a3")).to_be_focused()
        page.keyboard.press("1")
        expect(page.locator("#a1")).to_be_checked()
        page.keyboard.press("Enter")
        expect(page.locator("#next")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#round-h")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_contain_text("of 3 right")


def test_a_reader_arrives_at_the_next_question_when_the_whole_page_is_loaded_too(page, first):
    page.goto(first)
    choose(page)
    page.get_by_role("button", name="Answer").click()
    page.goto(page.locator("#next").evaluate("link => link.href"))
    expect(page.locator("#round-h")).to_have_text("Question 2 of 3")
    expect(page.locator("#round-h")).to_be_focused()


def test_what_is_swapped_in_works_at_once(page, first):
    page.goto(first)
    page.evaluate(
        """() => new MutationObserver((changes, observer) => {
          const next = document.querySelector("#next");
          if (next) { observer.disconnect(); setTimeout(() => next.click()); }
        }).observe(document.body, { childList: true, subtree: true })"""
    )
    page.evaluate("window.stayed = true")
    choose(page)
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#round-h")).to_have_text("Question 2 of 3")
    assert page.evaluate("window.stayed") is True


def test_next_is_read_out_with_what_is_said_of_the_answer(page, first):
    page.goto(first)
    choose(page, "Never")
    page.get_by_role("button", name="Answer").click()
    link = page.get_by_role("link", name="Next question")
    expect(link).to_be_focused()
    described = page.locator(f"#{link.get_attribute('aria-describedby')}")
    expect(described).to_have_attribute("role", "status")
    expect(described).to_contain_text("Not quite")


def test_enter_without_a_choice_says_what_is_missing_and_loses_nothing(page, first):
    page.goto(first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Choose one of the answers first.")).to_be_visible()
    expect(page.locator("#a1")).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#feedback")).to_be_visible()


def test_a_key_held_down_answers_once(page, first):
    page.goto(first)
    page.keyboard.press("1")
    for _ in range(6):
        page.keyboard.down("Enter")
    expect(page.locator("#next")).to_be_focused()
    for _ in range(3):
        page.keyboard.down("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 1 of 3")
    page.keyboard.up("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 2 of 3")


def test_keys_stay_out_of_the_search_box(page, first):
    page.goto(first)
    page.locator("#top-q").press_sequentially("11")
    expect(page.locator("#top-q")).to_have_value("11")
    expect(page.locator(".opt :checked")).to_have_count(0)


def test_two_tabs_with_two_rounds_do_not_mix(page, first):
    other = page.context.new_page()
    page.goto(first)
    other.goto(first.replace("K7QX", "ZZZZ"))
    play(page, "Surely")
    play(other, "Never")
    play(page, "Surely", "Surely")
    play(other, "Never", "Never")
    expect(page.get_by_role("heading", level=1)).to_have_text("3 of 3 right")
    expect(other.get_by_role("heading", level=1)).to_have_text("0 of 3 right")


def test_the_choice_is_counted_in_place_and_starts_the_round(page, bank, live_server):
    page.goto(f"{live_server.url}/levels/quiz/")
    page.get_by_label("Which set to use").check()
    expect(page.locator("#fits")).to_contain_text("19 practice items fit this choice.")
    page.get_by_text("5", exact=True).click()
    page.get_by_label("Code word for the class").fill("my class")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 1 of 5")
    expect(page.get_by_text("Code word MY-CLASS")).to_be_visible()


def test_a_round_works_without_javascript(chromium, first):
    page = chromium.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(first.replace("&n=3", "").replace("seed=K7QX&", ""))
    page.get_by_label("Code word for the class").fill("K7QX")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Choose one of the answers first.")).to_be_visible()
    for number, text in enumerate(("Never", "Surely", "Surely"), 1):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Question {number} of 3")
        page.keyboard.press("Tab")  # from the start of the page, or from where the address leads: into the round
        choose(page, text)
        page.get_by_role("button", name="Answer").click()
        expect(page.locator("#next")).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 of 3 right")
    page.go_back()
    expect(page.locator("#feedback")).to_contain_text("Right.")
    page.get_by_role("link", name="Question 2").click()
    expect(page.locator("#feedback")).to_contain_text("Right.")
    page.context.close()


def test_without_cookies_each_question_can_be_answered(page, first):
    page.goto(first)
    page.context.clear_cookies()
    choose(page)
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#feedback")).to_contain_text("Right.")
    expect(page.get_by_text("Your browser sends no cookies")).to_be_visible()


def test_on_a_projector_a_question_is_large_and_all_of_it_in_sight_with_what_follows(page, bank, live_server):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{live_server.url}/levels/quiz/?seed=K7QX&topic=form&topic=pairs&topic=beliefs")
    for number in (1, 2, 3):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Question {number} of 3")
        sizes = "(name) => parseFloat(getComputedStyle(document.querySelector(name)).fontSize)"
        assert page.evaluate(sizes, "legend") >= 24
        assert page.evaluate(sizes, ".opt label > span") >= 18
        choose(page, "Never")
        page.get_by_role("button", name="Answer").click()
        expect(page.locator("#next")).to_be_focused()
        for part in ("legend", "#feedback", "#next"):
            expect(page.locator(part)).to_be_in_viewport(ratio=1)
        below = page.locator("#next").bounding_box()
        assert below["y"] + below["height"] <= page.locator(".status").bounding_box()["y"]
        page.locator("#next").click()


def test_the_handout_prints_its_questions_and_nothing_else(page, first):
    page.goto(first.replace("/quiz/", "/quiz/handout/"))
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".paper > li")).to_have_count(3)
    expect(page.locator(".boxes .box").first).to_be_visible()
    for chrome in (".top", ".foot", ".toolbar"):
        expect(page.locator(chrome)).to_be_hidden()
    expect(page.locator(".status, .banner")).to_have_count(0)
    broken = "[...document.querySelectorAll('.paper > li')].map((item) => getComputedStyle(item).breakInside)"
    assert set(page.evaluate(broken)) == {"avoid"}
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
