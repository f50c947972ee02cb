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
    GoldenPair,
    HcpcsCode,
    Misconception,
    Mue,
    PracticeItem,
    Release,
    Section,
    Synonym,
)
from catalog.starter.load import load_starter
from tests.browser.rooms import BUT_COLORS, SCREENS, faults
from tests.builders import make_section
from tests.desk_rows import fill_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tab(page, live_server, client, admin_user):
    """A tab in which a superuser is logged in."""
    client.force_login(admin_user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


@pytest.fixture
def desk(tab):
    """That tab, over a row of everything."""
    fill_desk()
    return tab


@pytest.fixture
def visit(tab, live_server):
    def go(name: str, *args) -> None:
        tab.goto(f"{live_server.url}{reverse(f'admin:catalog_{name}', args=args)}")

    return go


MADE_ON_THEIR_OWN = ("section", "goldenpair", "practiceitem", "release", "ptpedit", "auditentry")
"""Models whose lists have something that no other list has."""

PARTS = 2
"""Of the longest of all tests, so that it does not keep a run waiting whose other workers are done."""


@pytest.fixture
def pages(desk, live_server, admin_user) -> list[str]:
    """The address of each kind of page: lists, forms of every make, histories, deletions, accounts."""
    names = [(name, ()) for name in ("index", "password_change", "imports")]
    names += [("app_list", ["catalog"]), ("catalog_release_change", [Release.objects.first().pk])]
    names += [(f"catalog_{one}_changelist", ()) for one in MADE_ON_THEIR_OWN]
    names += [(f"catalog_{one}_add", ()) for one in ("section", "goldenpair", "practiceitem")]
    names += [("catalog_level_change", [1]), ("catalog_codenote_change", [CodeNote.objects.first().pk])]
    names += [("catalog_hcpcscode_change", [HcpcsCode.objects.first().pk])]
    names += [("catalog_decisionstep_change", [DecisionStep.objects.get(is_first=True).pk])]
    names += [("catalog_misconception_change", [Misconception.objects.first().pk])]
    names += [("catalog_practiceitem_change", [item.pk]) for item in (first_with("claim"), first_with("code"))]
    names += [("catalog_goldenpair_check", ()), ("catalog_goldenpair_starter", ())]
    section, synonym = Section.objects.get(slug="drugs"), Synonym.objects.first()
    names += [(f"catalog_section_{act}", [section.pk]) for act in ("change", "history", "delete")]
    names += [("catalog_synonym_version", [synonym.pk, 1]), ("catalog_synonym_deleted", ())]
    names += [("auth_user_add", ())]
    names += [("auth_user_change", [admin_user.pk]), ("auth_user_password_change", [admin_user.pk])]
    return [live_server.url + reverse(f"admin:{name}", args=args) for name, args in names]


@pytest.fixture
def alike(desk, live_server) -> list[str]:
    """The addresses of all other lists, and of pages that are made as one of those is."""
    kinds = (one._meta for one in admin.site._registry if one._meta.model_name not in MADE_ON_THEIR_OWN)
    names = [(f"{one.app_label}_{one.model_name}_changelist", ()) for one in kinds]
    names += [("password_change_done", ()), ("catalog_synonym_add", ()), ("catalog_codenote_add", ())]
    names += [("catalog_mue_change", [Mue.objects.first().pk])]
    names += [("catalog_goldenpair_change", [GoldenPair.objects.first().pk])]
    names += [("catalog_decisionstep_delete", [DecisionStep.objects.get(is_first=True).pk])]
    synonym, group = Synonym.objects.first(), Group.objects.first()
    names += [(f"catalog_synonym_{act}", [synonym.pk]) for act in ("change", "history", "delete")]
    names += [("auth_group_change", [group.pk])]
    return [live_server.url + reverse(f"admin:{name}", args=args) for name, args in names]


def first_with(field: str) -> PracticeItem:
    return PracticeItem.objects.exclude(**{field: ""}).first()


# The page fixture fails a test whose page logs an error, as Chromium does for whatever the policy blocks.
@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_on_any_page_of_the_admin_and_none_scrolls_sideways_on_a_phone(desk, pages, alike, part):
    assert faults(desk, pages[part::PARTS]) == {}
    assert faults(desk, alike[part::PARTS], SCREENS[-1:], BUT_COLORS) == {}


def test_axe_finds_nothing_on_the_login_page(page, live_server, db):
    login = live_server.url + reverse("admin:login")
    assert faults(page, [login]) == {}
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
    desk.get_by_role("link", name="Level III, National codes").click()
    expect(level).to_have_text("Level: Level III, National codes")
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
    desk.keyboard.type("toradol")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(r"\?q=toradol"))


def test_a_list_is_sorted_by_its_head(desk, visit):
    Synonym.objects.create(term="wheelchair", code="K0001")
    visit("synonym_changelist")
    first = desk.locator("#result_list tbody th").first
    before = first.inner_text()
    desk.get_by_role("link", name="Term", exact=True).click()
    expect(desk.locator("[aria-sort]")).to_have_attribute("aria-sort", "descending")
    assert first.inner_text() != before


def test_an_editor_is_told_whose_range_a_new_one_crosses(desk, visit):
    ambulance = make_section("a-ambulance", ("A0021", "A0999"), title="Ambulance")
    rides = make_section("a-rides", ("A0080", "A0210"), parent=ambulance)
    visit("section_change", rides.pk)
    desk.fill("#id_ranges-1-low", "A0220")
    desk.fill("#id_ranges-1-high", "A1200")
    desk.click("input[name=_save]")
    expect(desk.locator(".errorlist.nonform")).to_contain_text("A0220–A1200 crosses A0021–A0999 of “Ambulance”")


def test_an_editor_adds_a_synonym(desk, visit):
    visit("synonym_add")
    desk.fill("#id_term", "Sugar Strip")
    desk.fill("#id_code", "a4253")
    desk.click("input[name=_save]")
    expect(desk.locator(".messagelist")).to_contain_text("was added successfully")
    assert Synonym.objects.get(term="sugar strip").code == "A4253"


def test_an_editor_previews_an_item_before_it_is_saved(tab, visit):
    load_starter()
    item = first_with("code")
    visit("practiceitem_change", item.pk)
    tab.fill("#id_prompt", "What is it really?")
    tab.click("input[name=_preview]")
    shown = tab.locator(".preview")
    expect(shown.locator(".preview-prompt")).to_have_text("What is it really?")
    expect(shown.get_by_text("Source:")).to_be_hidden()
    shown.locator("summary").click()
    expect(shown.get_by_text("Source:")).to_be_visible()
    assert tab.input_value("#id_prompt") == "What is it really?"
    assert PracticeItem.objects.get(pk=item.pk).prompt == item.prompt


def test_no_button_beside_a_form_loads_the_page_anew_while_somebody_writes(desk, visit):
    visit("synonym_changelist")
    expect(desk.locator("form.theme")).to_have_count(1)
    visit("synonym_add")
    expect(desk.locator("form.theme")).to_have_count(0)
    account = desk.locator("#user-tools").bounding_box()
    assert account["x"] + account["width"] > 1100
