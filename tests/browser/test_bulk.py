"""Texts by the file in a real browser: nothing that axe finds or our policy blocks, no script needed."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from catalog.models import Section, Synonym
from tests.browser.rooms import PHONE, SCREENS, faults, violations_here
from tests.builders import make_section

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "An_unbroken_word_that_is_longer_than_a_phone_is_wide_and_goes_on_and_on"
GOOD = f"term,means,code\ndme,durable medical equipment,\nknee scooter,,E0118\n{LONG},{LONG},\n"
BAD = f"term,means,code\ndme,,\n{LONG}{LONG},{LONG},\nboth,words,E0118\n"


@pytest.fixture
def cookies(client, admin_user, live_server) -> list[dict]:
    """What makes a browser one in which a superuser is logged in."""
    client.force_login(admin_user)
    return [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]


@pytest.fixture
def desk(page, cookies) -> Page:
    page.context.add_cookies(cookies)
    return page


@pytest.fixture
def address(live_server):
    return lambda name: live_server.url + reverse(f"admin:catalog_{name}")


def send(page: Page, text: str) -> None:
    page.set_input_files("#file", {"name": "texts.csv", "mimeType": "text/csv", "buffer": text.encode()})
    with page.expect_navigation():
        page.get_by_role("button", name="See what it would do").click()


def test_axe_finds_nothing_where_a_file_is_chosen_and_no_page_is_wider_than_a_phone(desk, address):
    rooms = [address(name) for name in ("synonym_import", "section_import", "synonym_changelist")]
    assert faults(desk, rooms) == {}


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
@pytest.mark.parametrize("text", [GOOD, BAD])
def test_axe_finds_nothing_where_a_file_is_tried_and_no_phone_is_too_narrow(desk, address, text, scheme, width):
    Synonym.objects.create(term="dme", means="durable medical equipment", note=LONG)
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": width, "height": PHONE["height"]})
    desk.goto(address("synonym_import"))
    send(desk, text)
    assert violations_here(desk) == []
    assert desk.evaluate("document.documentElement.scrollWidth") <= width


def test_an_import_goes_through_without_javascript(chromium, cookies, address):
    make_section("drugs", ("J0000", "J9999"), description="Drugs given by infusion.")
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(address("section_import"))
    send(page, "slug,description\ndrugs,Drugs given by injection.\n")
    expect(page.locator("main del")).to_contain_text("infusion")
    expect(page.locator("main ins")).to_contain_text("injection")
    assert Section.objects.get().description == "Drugs given by infusion."
    page.get_by_role("button", name="Import: 1 changed").click()
    expect(page.locator(".messagelist")).to_contain_text("0 added, 1 changed, 0 as they were")
    assert Section.objects.get().description == "Drugs given by injection."
    context.close()


def test_an_export_is_brought_back_as_it_came(desk, address, tmp_path):
    Synonym.objects.create(term="=1+1", means="- two")
    desk.goto(address("synonym_changelist"))
    for export in ("Export CSV", "Export XLSX"):
        with desk.expect_download() as download:
            desk.get_by_role("link", name=export).click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        desk.goto(address("synonym_import"))
        desk.set_input_files("#file", file)
        desk.get_by_role("button", name="See what it would do").click()
        expect(desk.locator("main")).to_contain_text(
            "This file would change nothing. On file as they are: 1 of its 1 rows."
        )
