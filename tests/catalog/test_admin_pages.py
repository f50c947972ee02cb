"""The admin in a real browser: nothing that our Content-Security-Policy blocks, nothing wider than a phone."""

import pytest
from django.urls import reverse

from catalog.models import DecisionStep, Misconception, Mue, PracticeItem, Section, Synonym
from catalog.starter.load import load_starter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LISTS = ("level", "section", "synonym", "codenote", "goldenpair", "release", "hcpcscode", "modifier")
LISTS += ("processingnote", "change", "ptpedit", "mue", "addonedit")
LISTS += ("comparisonrow", "statement", "decisionstep", "misconception", "practiceitem")


@pytest.fixture
def desk(page, live_server, admin_user):
    """The admin's first page, logged in."""
    load_starter()
    page.goto(f"{live_server.url}{reverse('admin:index')}")
    page.fill("#id_username", admin_user.username)
    page.fill("#id_password", "password")
    page.click("input[type=submit]")
    page.wait_for_selector("#user-tools")
    return page


@pytest.fixture
def visit(desk, live_server):
    def go(name: str, *args) -> None:
        desk.goto(f"{live_server.url}{reverse(f'admin:catalog_{name}', args=args)}")

    return go


def first_with(field: str) -> PracticeItem:
    return PracticeItem.objects.exclude(**{field: ""}).first()


# The page fixture fails a test whose page logs an error, as Chromium does for whatever the policy blocks.
def test_no_page_of_the_admin_breaks_our_policy_or_the_width_of_a_phone(desk, visit):
    section = Section.objects.get(slug="a-ambulance")
    pages = [(f"{name}_changelist",) for name in LISTS]
    pages += [("section_change", section.pk), ("section_add",), ("synonym_add",), ("level_change", 1)]
    pages += [("goldenpair_add",), ("mue_change", Mue.objects.first().pk)]
    pages += [("practiceitem_add",), ("misconception_change", Misconception.objects.first().pk)]
    pages += [("practiceitem_change", item.pk) for item in (first_with("claim"), first_with("code"))]
    pages += [("decisionstep_change", DecisionStep.objects.get(is_first=True).pk)]
    for width in (1280, 390):
        desk.set_viewport_size({"width": width, "height": 800})
        for name, *args in pages:
            visit(name, *args)
            assert desk.locator("#user-tools").is_visible()
            overflow = desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0, f"{name} is {overflow} px too wide at {width} px"


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
