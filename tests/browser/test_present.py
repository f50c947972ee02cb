"""The lesson on a projector: what fits, what the keys do, what is read out, what works without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from catalog.models import ComparisonRow, DecisionChoice, DecisionStep, Level, Misconception
from catalog.starter.load import load_starter
from catalog.views.present import LONGEST_FACT
from tests.browser.rooms import faults
from tests.databases import fill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROJECTORS = [(1024, 768), (1280, 720), (1920, 1080)]
FONTS = ["system-ui", "DejaVu Sans", "Liberation Sans"]
LEGIBLE = 24

# Slides that are taller than the screen below the bar, or have something wider than themselves.
TOO_LARGE = """() => [...document.querySelectorAll(".slide")].filter((slide) =>
  slide.offsetHeight + document.querySelector(".slidebar").offsetHeight > innerHeight + 1
  || slide.scrollWidth > slide.clientWidth
  || [...slide.querySelectorAll("p, li, dd, td, th, b, .cell, .level, .code")].some((part) => {
    const { left, right } = part.getBoundingClientRect();
    return right > innerWidth + 1 || left < 0;
  })
).map((slide) => slide.id)"""

# Text of a slide in smaller letters, its source and number aside. In the picture the scale counts.
TOO_SMALL = """(least) => [...document.querySelectorAll(".idea *")].filter((part) => {
  if (part.closest("figcaption, .visually-hidden, .d-none") || !part.checkVisibility()) return false;
  if (![...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) return false;
  return parseFloat(getComputedStyle(part).fontSize) < least - 0.1 && !part.closest("svg");
}).map((part) => part.outerHTML)"""
SCALE = 'document.querySelector(".nest .wide").getBoundingClientRect().width / 960'


@pytest.fixture
def lesson(live_server) -> str:
    fill(load_starter)
    return f"{live_server.url}/levels/present/"


def heading(page: Page, anchor: str):
    return page.locator(f"#{anchor} h2")


# --- What fits ---


@pytest.mark.parametrize("font", FONTS)
def test_every_slide_fits_every_projector(page, lesson, font):
    assert too_large(page, lesson, font) == {}


def test_much_longer_texts_fit_too(page, lesson):
    words = "Longer words of some editors, and more of them "
    ComparisonRow.objects.update(level_one=filled(words, 200), level_two=filled(words, 200))
    DecisionStep.objects.update(text=filled(words, 120))
    DecisionChoice.objects.update(label=filled(words, 40))
    Misconception.objects.update(claim=filled(words, 160), fact=filled(words, LONGEST_FACT))
    Level.objects.update(maintainer=filled(words, 120))
    assert too_large(page, lesson, FONTS[0]) == {}


def too_large(page: Page, lesson: str, font: str) -> dict[tuple[int, int], list[str]]:
    """The slides that do not fit, by the size of the projector."""
    page.goto(lesson)
    page.evaluate("font => document.documentElement.style.setProperty('--sans', font)", font)
    found = {}
    for width, height in PROJECTORS:
        page.set_viewport_size({"width": width, "height": height})
        if slides := page.evaluate(TOO_LARGE):
            found[width, height] = slides
    return found


def filled(words: str, length: int) -> str:
    return (words * 9)[:length]


def test_text_can_be_read_from_the_last_row(page, lesson):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(lesson)
    assert page.evaluate(TOO_SMALL, LEGIBLE) == []
    assert page.evaluate(SCALE) >= 1


def test_axe_finds_nothing_and_nothing_scrolls_sideways_on_a_phone(page, lesson):
    assert faults(page, [lesson]) == {}


def test_each_slide_has_a_page_of_its_own_on_paper(page, lesson):
    page.goto(lesson)
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert len(pages) == page.locator(".slide").count()


# --- A code taken apart ---

SHOUTED = [
    "J1885",
    "36416-59-RT",
    "45385-45378",
    "G0463-25-LT-59-GA",
    "0001U",
    "D0120",
    "hello world",
    "O1O42",
    "J18",
]


@pytest.fixture
def field(page, lesson):
    page.goto(lesson)
    anchor = page.locator(".slide-try").get_attribute("id")
    page.goto(f"{lesson}#{anchor}")
    expect(heading(page, anchor)).to_be_focused()
    return page.get_by_label("Call out a code")


@pytest.mark.parametrize("size", PROJECTORS)
def test_a_code_called_out_is_taken_apart_in_big_letters_and_fits(page, field, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for shouted in SHOUTED:
        with page.expect_response(re.compile("/levels/.code=")):
            field.fill(shouted)
        expect(page.locator("#tried .tries")).to_have_count(0)
        assert page.evaluate(TOO_LARGE) == [], shouted
        small = page.evaluate(TOO_SMALL, LEGIBLE * size[1] / 768 if size[0] > 1024 else LEGIBLE)
        assert [part for part in small if 'class="src' not in part] == [], shouted


def test_typing_turns_no_slide_and_escape_leaves_the_field_first(page, lesson, field):
    field.focus()
    page.keyboard.type("f 42")
    expect(field).to_have_value("f 42")
    page.keyboard.press("Home")
    slide = page.locator(".slide-try")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(slide.locator("h2")).to_be_focused()
    page.keyboard.press("PageDown")
    expect(page.locator(".slide-suffixes h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page).to_have_url(lesson.replace("present/", ""))


def test_the_remote_turns_slides_from_the_field_and_enter_stays(page, lesson, field):
    field.fill("0042T")
    field.press("Enter")
    expect(page.locator("#said")).to_contain_text("0042T: Level I")
    assert page.url.startswith(lesson)
    page.keyboard.press("PageDown")
    expect(page.locator(".slide-suffixes h2")).to_be_focused()


# --- Keys ---


def test_keys_and_the_remote_move_and_the_address_names_the_slide(page, lesson):
    page.goto(lesson)
    for key, anchor in [
        *(("ArrowRight", "s2"), (" ", "s3"), ("PageDown", "s4"), ("ArrowLeft", "s3"), ("PageUp", "s2")),
        *(("End", last(page)), ("ArrowRight", last(page)), ("Home", "s1"), ("ArrowLeft", "s1"), ("7", "s7")),
    ]:
        page.keyboard.press(key)
        expect(page).to_have_url(f"{lesson}#{anchor}")
        expect(heading(page, anchor)).to_be_in_viewport()
        expect(heading(page, anchor)).to_be_focused()


def last(page: Page) -> str:
    return page.locator(".slide").last.get_attribute("id")


def test_two_digits_after_each_other_are_one_number(page, lesson):
    page.goto(lesson)
    page.keyboard.type("12")
    expect(heading(page, "s12")).to_be_focused()


def test_an_answer_comes_after_its_question(page, lesson):
    page.goto(lesson)
    question = page.locator(".slide-heard").first.get_attribute("id")
    page.goto(f"{lesson}#{question}")
    expect(heading(page, question)).to_be_focused()
    page.keyboard.press("PageDown")
    expect(page).to_have_url(f"{lesson}#{question}-answer")
    expect(heading(page, f"{question}-answer")).to_be_in_viewport()


def test_reloading_stays_on_the_slide(page, lesson):
    page.goto(lesson)
    page.keyboard.press("5")
    page.reload()
    expect(heading(page, "s5")).to_be_in_viewport()
    expect(page.locator(".slidebar [aria-current]")).to_have_text("Form")
    page.keyboard.press("ArrowRight")
    expect(heading(page, "s6")).to_be_focused()


def test_escape_ends_and_back_leaves_the_lesson_at_once(page, lesson, live_server):
    page.goto(f"{live_server.url}/levels/")
    page.goto(lesson)
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    page.go_back()
    expect(page).to_have_url(f"{live_server.url}/levels/")
    page.goto(lesson)
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{live_server.url}/levels/")


def test_links_still_take_their_keys(page, lesson):
    page.goto(lesson)
    page.get_by_role("link", name="Choose").press("Enter")
    expect(page.get_by_role("heading", name="Which set do I use?").first).to_be_focused()
    expect(page.locator(".slidebar [aria-current]")).to_have_text("Choose")


def test_scrolling_takes_the_address_along(page, lesson):
    page.goto(lesson)
    page.mouse.move(400, 400)
    page.mouse.wheel(0, 800)
    expect(page).to_have_url(re.compile("#s2$"))


def test_a_slide_taller_than_the_window_is_read_to_its_end_first(page, lesson):
    page.set_viewport_size({"width": 800, "height": 300})
    page.goto(f"{lesson}#s1")
    page.keyboard.press("PageDown")
    expect(page).to_have_url(f"{lesson}#s1")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"{lesson}#s2")


def test_the_whole_screen_is_offered_and_left_by_key(page, lesson):
    page.goto(lesson)
    expect(page.get_by_role("button", name="Full screen")).to_be_visible()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    bar = page.locator(".slidebar")
    expect(bar).to_have_css("opacity", "0")
    page.mouse.move(300, 300)
    page.mouse.move(320, 320)
    expect(bar).to_have_css("opacity", "1")
    page.keyboard.press("PageDown")
    expect(bar).to_have_css("opacity", "0")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")


# --- Without JavaScript ---


def test_everything_works_without_javascript(chromium, lesson):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(lesson)
    expect(page.get_by_role("button", name="Full screen")).to_be_hidden()
    page.locator("#s1").get_by_role("link", name="Next slide").click()
    expect(page).to_have_url(f"{lesson}#s2")
    expect(heading(page, "s2")).to_be_in_viewport()
    page.get_by_role("link", name="Your turn").click()
    expect(page.locator(".slide-turn h2").first).to_be_in_viewport()
    page.get_by_role("link", name="End", exact=True).click()
    expect(page).to_have_url(lesson.replace("present/", ""))
    page.goto(lesson)
    page.get_by_label("Call out a code").fill("0042T")
    page.get_by_role("button", name="Take apart").click()
    expect(page).to_have_url(lesson.replace("present/", "?code=0042T#try"))
    page.context.close()
