"""The desk in a real browser: what is in sight on a phone, and the first page while an import runs."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from catalog.models import AuditEntry, ImportRun, Release
from catalog.roles import DATA_MANAGERS, EDITORS
from catalog.starter.training import load_training
from tests.browser.rooms import PHONE
from tests.builders import make_release
from tests.desk import browser_of, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = f"{'medicare-ncci-practitioner-' * 4}f1.zip"
OUT_OF_SIGHT = """tables => tables.filter(each => each.scrollWidth > each.clientWidth)
    .map(each => each.getAttribute("aria-labelledby") || each.getAttribute("aria-label"))"""


@pytest.fixture
def manager() -> User:
    return make_user("dana", DATA_MANAGERS)


@pytest.fixture
def desk(page, live_server, manager) -> Page:
    """A tab in which a data manager is logged in."""
    log_in(page, live_server.url, manager)
    return page


def log_in(page: Page, url: str, user: User) -> None:
    session = browser_of(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])


@pytest.fixture
def address(live_server):
    return lambda name, *args: live_server.url + reverse(f"admin:{name}", args=args)


@pytest.fixture
def run(manager) -> ImportRun:
    """An import with long names that came to an end, in a log and beside two releases of which one is kept."""
    run = ImportRun.objects.create(origin="upload", state="rehearsed", asked_by=manager)
    run.files.create(name=LONG, size=1_000, sha256="ab" * 32)
    older = make_release("2025Q3", current=False)
    older.files.create(name=f"older-{LONG}", archive=f"in-{LONG}", size=1_000, sha256="ab" * 32, rows=3)
    release = make_release("2025Q4", run=run, counts={"codes": 8_463, "modifiers": 383})
    AuditEntry.objects.record("uploaded", by="dana", subject=f"{LONG}, {LONG}"[:255], run=run)
    AuditEntry.objects.record("activated", by="dana", release=release, run=run, note="Looked through")
    return run


def test_on_a_phone_the_whole_of_a_row_is_in_sight(desk, address, run):
    desk.set_viewport_size(PHONE)
    lists = ["imports", "catalog_auditentry_changelist", "catalog_release_changelist", "index"]
    older = Release.objects.get(quarter="2025Q3").pk
    rehearsed = make_release("2026Q1", current=False, state=Release.State.REHEARSED, run=run)
    rehearsed.files.create(name=f"newer-{LONG}", archive=f"in-{LONG}", size=1_000, sha256="cd" * 32, rows=3)
    pages = [
        ("import", run.pk),
        ("rehearsal", rehearsed.pk),
        ("roll_back", older),
        ("catalog_release_change", older),
    ]
    for page in (*map(address, lists), *(address(*each) for each in pages)):
        desk.goto(page)
        assert desk.locator(".stackable").count() > 0
        assert desk.locator(".table-scroll, .receipt").evaluate_all(OUT_OF_SIGHT) == [], page
    desk.goto(address("imports"))
    box = desk.get_by_role("link", name="Roll back to July 2025").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_on_a_phone_the_heads_of_a_list_still_sort_it(desk, address, run):
    desk.set_viewport_size(PHONE)
    desk.goto(address("catalog_release_changelist"))
    desk.get_by_role("link", name="Quarter").click()
    expect(desk.locator("tbody th").first).to_have_text("HCPCS Level II, July 2025")


def test_on_a_phone_no_page_of_the_menu_is_out_of_sight(desk, address):
    desk.set_viewport_size(PHONE)
    desk.goto(address("catalog_auditentry_changelist"))
    for each in desk.locator(".subnav a").all():
        assert each.bounding_box()["x"] + each.bounding_box()["width"] <= PHONE["width"]


def test_on_a_wide_screen_long_names_push_no_column_out_of_sight(desk, address, run):
    desk.set_viewport_size({"width": 1280, "height": 844})
    for page in (address("imports"), address("catalog_auditentry_changelist"), address("import", run.pk)):
        desk.goto(page)
        assert desk.locator(".table-scroll, .receipt").evaluate_all(OUT_OF_SIGHT) == [], page


def test_on_a_wide_screen_the_lists_of_the_training_show_all_their_columns(page, live_server, address):
    load_training()
    log_in(page, live_server.url, make_user("ed", EDITORS))
    page.set_viewport_size({"width": 1280, "height": 844})
    for model in ("practiceitem", "misconception", "comparisonrow", "statement", "decisionstep"):
        page.goto(address(f"catalog_{model}_changelist"))
        assert page.locator(".table-scroll").evaluate_all(OUT_OF_SIGHT) == [], model


def test_the_first_page_follows_an_import_to_its_end_and_asks_no_more(desk, address, run):
    running = ImportRun.objects.filter(pk=run.pk)
    running.update(state="waiting", step="Writing rows", done=1_000, total=4_000)
    desk.goto(address("index"))
    expect(desk.locator("#now")).to_contain_text("1,000 of about 4,000 rows")
    running.update(done=3_000)
    expect(desk.locator("#now")).to_contain_text("3,000 of about 4,000 rows")
    running.update(state="refused", reason="Line 3 is cut off.")
    expect(desk.locator("#now")).to_contain_text("No import runs.")
    expect(desk.locator("#matters")).to_contain_text("Line 3 is cut off.")
    expect(desk.locator("#said")).to_have_text("No import runs any more.")
    assert desk.locator("#now[hx-get]").count() == 0
