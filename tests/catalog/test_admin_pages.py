"""The admin in a real browser: nothing that axe finds or our policy blocks, nothing wider than a phone."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import expect

from catalog.models import (
    CodeNote,
    DecisionStep,
    HcpcsCode,
    Misconception,
    Mue,
    PracticeItem,
    Release,
    Section,
    Synonym,
)
from catalog.starter.load import load_starter
from tests.browser.rooms import SCREENS, too_wide, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page, live_server, client, admin_user):
    """A tab in which a superuser is logged in, over the starter set."""
    load_starter()
    client.force_login(admin_user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


@pytest.fixture
def visit(desk, live_server):
    def go(name: str, *args) -> None:
        desk.goto(f"{live_server.url}{reverse(f'admin:catalog_{name}', args=args)}")

    return go


@pytest.fixture
def pages(desk, live_server, admin_user) -> list[str]:
    """The address of each kind of page: every list, forms of every make, histories, deletions, accounts."""
    names = [(name, ()) for name in ("index", "password_change", "password_change_done")]
    names += [("app_list", ["catalog"]), ("catalog_release_change", [Release.objects.first().pk])]
    names += [(f"{one._meta.app_label}_{one._meta.model_name}_changelist", ()) for one in admin.site._registry]
    names += [
        (f"catalog_{one}_add", ()) for one in ("section", "synonym", "goldenpair", "practiceitem", "codenote")
    ]
    note = CodeNote.objects.create(code="J1885", text="A note")
    names += [("catalog_level_change", [1]), ("catalog_codenote_change", [note.pk])]
    names += [("catalog_mue_change", [Mue.objects.first().pk])]
    names += [("catalog_hcpcscode_change", [HcpcsCode.objects.first().pk])]
    names += [("catalog_decisionstep_change", [DecisionStep.objects.get(is_first=True).pk])]
    names += [("catalog_decisionstep_delete", [DecisionStep.objects.get(is_first=True).pk])]
    names += [("catalog_misconception_change", [Misconception.objects.first().pk])]
    names += [("catalog_practiceitem_change", [item.pk]) for item in (first_with("claim"), first_with("code"))]
    section, synonym = Section.objects.get(slug="a-ambulance"), Synonym.objects.first()
    names += [(f"catalog_section_{act}", [section.pk]) for act in ("change", "history", "delete")]
    names += [(f"catalog_synonym_{act}", [synonym.pk]) for act in ("change", "history", "delete")]
    names += [("auth_user_add", ()), ("auth_group_change", [Group.objects.create(name="Trainers").pk])]
    names += [("auth_user_change", [admin_user.pk]), ("auth_user_password_change", [admin_user.pk])]
    return [live_server.url + reverse(f"admin:{name}", args=args) for name, args in names]


def first_with(field: str) -> PracticeItem:
    return PracticeItem.objects.exclude(**{field: ""}).first()


# The page fixture fails a test whose page logs an error, as Chromium does for whatever the policy blocks.
@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_axe_finds_nothing_on_any_page_of_the_admin(desk, pages, scheme, width):
    assert violations(desk, pages, scheme, width) == {}


def test_nothing_at_the_desk_scrolls_sideways_on_a_phone(desk, pages):
    assert too_wide(desk, pages) == []


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_axe_finds_nothing_on_the_login_page(page, live_server, db, scheme, width):
    login = live_server.url + reverse("admin:login")
    assert violations(page, [login], scheme, width) == {}
    page.fill("#id_username", "nobody")
    page.fill("#id_password", "wrong")
    page.click("input[type=submit]")
    expect(page.get_by_role("alert")).to_contain_text("Please enter the correct username and password")


def test_one_logs_in_and_out_with_the_keyboard_alone(page, live_server, admin_user):
    page.goto(live_server.url + reverse("admin:index"))
    page.get_by_label("Username").fill(admin_user.username)
    page.get_by_label("Password").fill("password")
    page.keyboard.press("Enter")
    page.get_by_text(admin_user.username, exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Log in again")).to_be_visible()


def test_a_filter_unfolds_narrows_the_list_and_is_cleared(desk, visit):
    visit("section_changelist")
    level = desk.locator(".choice summary", has_text="Level:")
    level.click()
    desk.get_by_role("link", name="Level III, Local codes").click()
    expect(level).to_have_text("Level: Level III, Local codes")
    desk.get_by_role("link", name="Clear all filters").click()
    expect(level).to_have_text("Level: All")


def test_what_unfolds_folds_again_on_escape_and_on_a_click_beside_it(desk, visit):
    desk.set_viewport_size({"width": 390, "height": 844})
    visit("section_changelist")
    filters = desk.locator("details.choice")
    for fold in (lambda: desk.keyboard.press("Escape"), lambda: desk.get_by_role("heading", level=1).click()):
        filters.last.locator("summary").click()
        expect(filters.last).to_have_attribute("open", "")
        assert desk.evaluate("document.documentElement.scrollWidth") == 390
        fold()
        expect(filters.last).not_to_have_attribute("open", "")


def test_the_slash_leads_to_the_search_of_a_list(desk, visit):
    visit("synonym_changelist")
    desk.keyboard.press("/")
    desk.keyboard.type("sugar")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(r"\?q=sugar"))


def test_a_list_is_sorted_by_its_head(desk, visit):
    visit("synonym_changelist")
    first = desk.locator("#result_list tbody th").first
    before = first.inner_text()
    desk.get_by_role("link", name="Term", exact=True).click()
    expect(desk.locator("[aria-sort]")).to_have_attribute("aria-sort", "descending")
    assert first.inner_text() != before


def test_an_editor_is_told_whose_range_a_new_one_crosses(desk, visit):
    visit("section_change", Section.objects.get(slug="a-rides").pk)
    desk.fill("#id_ranges-1-low", "A0220")
    desk.fill("#id_ranges-1-high", "A1200")
    desk.click("input[name=_save]")
    assert (
        "A0220–A1200 crosses A0021–A0999 of “Ambulance and other transport”"
        in desk.locator(".errorlist.nonform").inner_text()
    )


def test_an_editor_adds_a_synonym(desk, visit):
    visit("synonym_add")
    desk.fill("#id_term", "Sugar Strip")
    desk.fill("#id_code", "a4253")
    desk.click("input[name=_save]")
    assert "was added successfully" in desk.locator(".messagelist").inner_text()
    assert Synonym.objects.get(term="sugar strip").code == "A4253"


def test_an_editor_previews_an_item_before_it_is_saved(desk, visit):
    item = first_with("code")
    visit("practiceitem_change", item.pk)
    desk.fill("#id_prompt", "What is it really?")
    desk.click("input[name=_preview]")
    shown = desk.locator(".preview")
    assert shown.locator(".preview-prompt").inner_text() == "What is it really?"
    assert not shown.get_by_text("Source:").is_visible()
    shown.locator("summary").click()
    assert shown.get_by_text("Source:").is_visible()
    assert desk.input_value("#id_prompt") == "What is it really?"
    assert PracticeItem.objects.get(pk=item.pk).prompt == item.prompt


def test_no_button_beside_a_form_loads_the_page_anew_while_somebody_writes(desk, visit):
    visit("synonym_changelist")
    expect(desk.locator("form.theme")).to_have_count(1)
    visit("synonym_add")
    expect(desk.locator("form.theme")).to_have_count(0)
    account = desk.locator("#user-tools").bounding_box()
    assert account["x"] + account["width"] > 1100
