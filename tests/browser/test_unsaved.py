"""Who leaves a form of the desk with what is not saved is asked first; who changed nothing, or saves, is not."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from catalog.models import Section
from tests.builders import make_code, make_release, make_section
from tests.training import make_misconception

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(page) -> list[str]:
    """The questions that the page has asked so far. Each is answered by staying."""
    questions: list[str] = []

    def answer(dialog) -> None:
        questions.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", answer)
    return questions


@pytest.fixture
def desk(page, live_server, client, admin_user) -> Page:
    client.force_login(admin_user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


@pytest.fixture
def section() -> Section:
    return make_section("lab", ("U0000", "U9999"), description="As it was.")


def address(live_server, page: str, *args: object) -> str:
    return live_server.url + reverse(f"admin:catalog_{page}", args=args)


def type_into(desk: Page, label: str, words: str) -> None:
    """As a person does: browsers ask nothing for what a script has changed."""
    desk.get_by_label(label, exact=True).first.click()
    desk.keyboard.type(words)


def leave(desk: Page) -> None:
    desk.locator(".brand").click(no_wait_after=True)


def close(desk: Page) -> None:
    """Close the tab and wait for what the page says to that."""
    desk.close(run_before_unload=True)


@pytest.mark.parametrize("way", [leave, close])
def test_who_leaves_what_was_typed_is_asked_and_stays_with_it(desk, live_server, section, asked, way):
    form = address(live_server, "section_change", section.pk)
    desk.goto(form)
    type_into(desk, "Description:", "Typed. ")
    with desk.expect_event("dialog") as question:
        way(desk)
    assert question.value.type == "beforeunload"
    assert desk.url == form
    assert "Typed." in desk.locator("#id_description").input_value()
    assert asked == ["beforeunload"]


def test_who_changed_nothing_or_took_it_back_is_not_asked(desk, live_server, section, asked):
    desk.goto(address(live_server, "section_change", section.pk))
    type_into(desk, "Title:", "x")
    desk.keyboard.press("Backspace")
    leave(desk)
    expect(desk).to_have_url(f"{live_server.url}/")
    assert asked == []


def test_saving_asks_nothing_and_a_live_preview_does_not_save(desk, live_server, section, asked):
    desk.goto(address(live_server, "section_change", section.pk))
    type_into(desk, "Description:", "Typed. ")
    expect(desk.locator("#id_description_preview")).to_contain_text("Typed.")
    with desk.expect_event("dialog"):
        leave(desk)
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")
    assert asked == ["beforeunload"]


def test_what_came_back_refused_is_asked_about_although_nothing_was_typed_since(desk, live_server, section, asked):
    desk.goto(address(live_server, "section_change", section.pk))
    desk.get_by_label("Title:", exact=True).fill("")
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".errornote")).to_be_visible()
    desk.locator("h1").click()
    with desk.expect_event("dialog"):
        leave(desk)


@pytest.mark.parametrize(("is_another_tab", "steps_back"), [(False, 2), (True, 1)])
def test_what_was_typed_when_the_session_ended_is_back_for_who_logs_in_first(
    desk, live_server, section, is_another_tab, steps_back
):
    desk.goto(address(live_server, "section_change", section.pk))
    type_into(desk, "Description:", "Typed. ")
    desk.context.clear_cookies(name="sessionid")
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".messagelist")).to_contain_text("log in first, then press the browser's Back button")
    tab = desk
    if is_another_tab:
        tab = desk.context.new_page()
        tab.goto(live_server.url + reverse("admin:login"))
    tab.get_by_label("Username").fill("admin")
    tab.get_by_label("Password").fill("password")
    tab.get_by_role("button", name="Log in").click()
    expect(tab).not_to_have_url(re.compile("/login/"))
    for _step in range(steps_back):
        desk.go_back()
    expect(desk.locator("#id_description")).to_have_value(re.compile(r"Typed\."))
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")
    section.refresh_from_db()
    assert "Typed." in section.description


def test_who_gives_up_a_change_that_moves_codes_is_not_asked_again(desk, live_server, section, asked):
    make_code("U0002", make_release())
    form = address(live_server, "section_change", section.pk)
    desk.goto(form)
    type_into(desk, "Description:", "Typed. ")
    desk.locator("#id_ranges-0-low").fill("U0003")
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".moves")).to_contain_text("Saving this moves 1 code.")
    desk.get_by_role("link", name="Leave everything as it is").click()
    expect(desk.locator("#id_description")).to_have_value("As it was.")
    assert asked == []


def test_looking_for_texts_and_ticking_them_asks_nothing_but_a_changed_row_does(desk, live_server, asked):
    make_misconception()
    listed = address(live_server, "misconception_changelist")
    desk.goto(listed)
    desk.locator("#searchbar").click()
    desk.keyboard.type("codes")
    desk.locator(".action-select").first.check()
    leave(desk)
    expect(desk).to_have_url(f"{live_server.url}/")
    desk.goto(listed)
    desk.locator("[name=form-0-sort]").click()
    desk.keyboard.type("7")
    with desk.expect_event("dialog"):
        leave(desk)
