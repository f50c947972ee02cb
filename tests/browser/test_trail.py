"""The trail of texts in a real browser: nothing that axe finds, nothing wider than a phone."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from catalog.models import CodeNote, PracticeItem
from tests.browser.rooms import SCREENS, faults
from tests.training import make_item, make_misconception

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "An unbroken_word_that_is_longer_than_a_phone_is_wide_and_goes_on_and_on stays whole. "


@pytest.fixture
def desk(page, live_server, client, admin_user) -> Page:
    """A tab in which a superuser is logged in."""
    client.force_login(admin_user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


@pytest.fixture
def address(live_server):
    return lambda name, *args: live_server.url + reverse(f"admin:catalog_{name}", args=args)


@pytest.fixture
def rooms(address) -> list[str]:
    """A trail with changes of every kind, one of its versions, a trail that ended, and the list of the deleted."""
    item = make_item("Level I", "Level II")
    for text in (TEXT * 9, TEXT * 9 + "And more.", "All new."):
        item.rationale, item.code = text, "" if text == "All new." else "J1885"
        item.save()
    gone = CodeNote.objects.create(code="J1885", text=TEXT)
    key = gone.pk
    gone.delete()
    return [
        address("practiceitem_history", item.pk),
        address("practiceitem_version", item.pk, 2),
        address("codenote_history", key),
        address("codenote_version", key, 2),
        address("codenote_deleted"),
        address("misconception_deleted"),
    ]


def test_axe_finds_nothing_on_the_pages_of_a_trail_and_none_is_wider_than_a_phone(desk, rooms):
    assert faults(desk, rooms) == {}


def test_the_list_says_what_each_of_its_fields_is(desk, address):
    make_misconception()
    assert faults(desk, [address("misconception_changelist")]) == {}


def test_one_click_returns_to_an_older_text(desk, rooms, address):
    desk.goto(rooms[0])
    desk.get_by_role("button", name="Return to version 3").click()
    expect(desk.locator(".messagelist")).to_contain_text("Returned to version 3")
    assert PracticeItem.objects.get().rationale.endswith("And more.")


def test_what_was_deleted_is_found_from_its_list_and_brought_back(desk, rooms, address):
    desk.goto(address("codenote_changelist"))
    desk.get_by_role("link", name="Deleted").click()
    desk.get_by_role("link", name=re.compile("J1885")).click()
    desk.get_by_role("button", name="Bring back version 1").click()
    expect(desk.locator(".messagelist")).to_contain_text("was brought back")
    assert CodeNote.objects.get().text == TEXT.strip()


@pytest.mark.parametrize("screen", SCREENS)
def test_the_second_of_two_sees_what_the_first_saved_and_sends_again(desk, address, screen):
    misconception = make_misconception()
    form = address("misconception_change", misconception.pk)
    assert faults(desk, [form], [screen]) == {}
    ben = User.objects.create_user("ben")
    misconception._history_user = ben
    misconception.fact, misconception.why_wrong = "What Ben says is right.", "Ben's why."
    misconception.save()
    desk.get_by_label("Fact").fill("What Ann says is right.")
    desk.get_by_role("button", name="Save", exact=True).last.click()
    expect(desk.locator(".conflict")).to_contain_text("ben saved this text while you had it open")
    expect(desk.locator(".conflict")).to_contain_text("added: Ben's why")
    expect(desk.get_by_role("textbox", name="Why wrong")).to_have_value("Ben's why.")
    expect(desk.get_by_label("Fact")).to_have_value("What Ann says is right.")
    desk.get_by_role("button", name="Save", exact=True).last.click()
    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")
    misconception.refresh_from_db()
    assert (misconception.fact, misconception.why_wrong) == ("What Ann says is right.", "Ben's why.")
