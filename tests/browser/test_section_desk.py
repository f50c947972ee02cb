"""The page of a section at the desk: preview, draft and codes that move, with JavaScript and without."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from catalog.models import Section
from tests.browser.rooms import faults
from tests.builders import make_code, make_release, make_section

TABLE = f"| Code | What it is | Units |\n|---|---|--:|\n| J1000 | {'unbroken_and_' * 5}long | 5*3*2 |"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def section() -> Section:
    release = make_release()
    for code in ("J1000", "J2000"):
        make_code(code, release)
    drugs = make_section("drugs", ("J0000", "J9999"), title="Drugs")
    return make_section("injected", ("J0120", "J3591"), parent=drugs, description="Given by needle.")


@pytest.fixture
def address(live_server, section) -> str:
    return f"{live_server.url}{reverse('admin:catalog_section_change', args=[section.pk])}"


@pytest.fixture
def logged_in(live_server, client, admin_user):
    """Make a tab that of somebody who may change sections."""
    client.force_login(admin_user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}

    def log_in(page: Page) -> Page:
        page.context.add_cookies([cookie])
        return page

    return log_in


@pytest.fixture
def plain_page(chromium):
    """A tab of a browser that runs no scripts."""
    context = chromium.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_the_preview_follows_what_is_typed(page, logged_in, address):
    logged_in(page).goto(address)
    page.locator("#id_description").fill("Given by **needle**, as J1000 is.")
    shown = page.locator("#id_description_preview")
    expect(shown.locator("strong")).to_have_text("needle")
    expect(shown.locator("a")).to_have_attribute("href", "/codes/J1000/")
    expect(page.locator("#id_draft_preview")).to_have_text("No text.")
    expect(page.get_by_role("region", name="Description: As readers will see it")).to_contain_text("Given by")
    expect(page.get_by_role("button", name="Preview")).to_have_count(0)


def test_the_button_of_the_preview_stays_where_htmx_did_not_come(chromium, logged_in, address):
    page = logged_in(chromium.new_page())  # not the fixture's, which fails a test for the script that is missing
    page.route("**/htmx*.js", lambda route: route.abort())
    page.goto(address)
    page.locator("#id_description").fill("Given by *pump*.")
    page.locator(".field-description button[name=_preview]").click()
    expect(page.locator("#id_description_preview em")).to_have_text("pump")
    page.close()


def test_a_draft_is_kept_seen_and_published(page, logged_in, address, live_server):
    logged_in(page).goto(address)
    page.locator("#id_description").fill("Given by *pump*.")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("link", name="See the page").click()
    expect(page.locator("main")).to_contain_text("Only editors see this text, by admin")
    expect(page.locator(".rich em")).to_have_text("pump")
    page.get_by_role("link", name="Show what readers see").click()
    expect(page.locator(".rich")).to_have_text("Given by needle.")
    page.get_by_role("link", name="Change or publish it").click()
    page.get_by_role("button", name="Publish the draft").click()
    expect(page.locator(".messagelist")).to_contain_text("readers see it now")
    assert Section.objects.get(slug="injected").description == "Given by *pump*."


def test_without_scripts_texts_are_previewed_and_moves_confirmed(plain_page, logged_in, address):
    page = logged_in(plain_page)
    page.goto(address)
    page.locator("#id_description").fill("Given by *pump*.")
    page.locator(".field-description button[name=_preview]").click()
    expect(page.locator("#id_description_preview em")).to_have_text("pump")
    expect(page.locator("#id_description_preview_head")).to_be_focused()
    expect(page.locator("#id_description_preview_head")).to_contain_text("Nothing is saved yet.")
    page.locator("#id_ranges-0-high").fill("J1999")
    page.locator("input[name=_save]").first.click()
    expect(page.locator(".moves")).to_contain_text("Saving this moves 1 code. Nothing is saved yet.")
    expect(page.locator(".moves tbody")).to_contain_text("J2000")
    page.get_by_role("button", name="Save, and move 1 code").click()
    expect(page.locator(".messagelist")).to_contain_text("Moved: 1 code.")
    saved = Section.objects.get(slug="injected")
    assert (saved.description, str(saved.ranges.get())) == ("Given by *pump*.", "J0120–J1999")


def test_axe_finds_nothing_and_nothing_scrolls_sideways_on_a_phone(page, logged_in, address, live_server, section):
    Section.objects.filter(pk=section.pk).update(
        draft=f"## Pumps\n\n- *small*\n- large\n\n> Quoted.\n\n{TABLE}", draft_by="mira"
    )
    rooms = [address, f"{live_server.url}/sections/injected/", f"{live_server.url}/sections/injected/?published"]
    assert faults(logged_in(page), rooms) == {}
