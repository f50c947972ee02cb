"""Loading a release in a real browser: sending files with and without scripts, watching, deciding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from catalog import running
from catalog.importers.locks import sole_worker
from catalog.models import GoldenPair, ImportRun, Release
from catalog.roles import DATA_MANAGERS
from tests.browser.rooms import faults
from tests.builders import make_change, make_code, make_ptp, make_release
from tests.desk import browser_of, make_october, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("inbox")]

PTP = {"dataset": "ptp", "setting": "practitioner"}
NAME = "october-2025-alpha-numeric-hcpcs-file.zip"
WAITS = f"Waiting to try again. https://www.cms.gov/files/zip/{NAME} arrived only in part: its end is missing."


@pytest.fixture
def manager() -> User:
    return make_user("dana", DATA_MANAGERS)


@pytest.fixture
def desk(page, live_server, manager) -> Page:
    """A tab in which a data manager is logged in."""
    return _logged_in(page, live_server.url, manager)


@pytest.fixture
def plain_desk(chromium: Browser, live_server, manager) -> Iterator[Page]:
    """The same in a browser without scripts."""
    context = chromium.new_context(java_script_enabled=False)
    yield _logged_in(context.new_page(), live_server.url, manager)
    context.close()


def _logged_in(page: Page, url: str, user: User) -> Page:
    session = browser_of(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    return page


@pytest.fixture
def address(live_server):
    return lambda name, *args: live_server.url + reverse(f"admin:{name}", args=args)


@pytest.fixture
def october(tmp_path) -> Path:
    """A release file with far fewer codes than CMS’s, so that it looks incomplete."""
    return make_october(tmp_path)


@pytest.fixture
def rooms(address, manager) -> Iterator[list[str]]:
    """The pages with everything on them that can be: imports in every state, doubts, failures, changes.

    A worker is there, or the first of these pages ends the imports that run.
    """
    before = make_release("2025Q3", current=False, **PTP)
    current = make_release("2025Q4", counts={"edits": 1_000}, **PTP)
    runs = [
        ImportRun.objects.create(
            origin="fetch" if state == "fetching" else "upload",
            state=state,
            asked_by=manager,
            dataset="ptp",
            setting="practitioner",
            quarter="2026Q1",
            step=WAITS if state == "fetching" else "Writing rows",
            done=400_000,
            total=2_000_000,
            reason="Said over\ntwo lines." if state == "refused" else "",
        )
        for state in ImportRun.State.values
    ]
    for run in runs:
        run.files.create(
            name=f"{'x' * 60}-f1.zip", size=1_000, sha256="ab" * 32, address="https://example.org/a.zip"
        )
        run.log.create(text="Something was done.")
        run.log.create(text="Something is odd.", is_warning=True)
    rehearsed = make_release(
        "2026Q1",
        state=Release.State.REHEARSED,
        run=next(run for run in runs if run.state == "rehearsed"),
        compared_with=current,
        counts={"edits": 1_200, "open": 900},
        partial=True,
        doubts=["Part 2 of 4 is missing."],
        **PTP,
    )
    GoldenPair.objects.create(
        setting="practitioner", column_one="11042", column_two="97597", day=rehearsed.first_day, expected="none",
        source="Test",
    )  # fmt: skip
    make_ptp("11042", "97597", rehearsed)
    rehearsed.changes.create(against=current, kind="added", record="ptp", code="11042", other_code="97597")
    codes, older = make_release(counts={"codes": 1}), make_release("2025Q3", current=False)
    rehearsed_codes = make_release(
        "2026Q1", state=Release.State.REHEARSED, compared_with=codes, counts={"codes": 2}
    )
    make_code("J0163", rehearsed_codes)
    make_change("J0163", "added", rehearsed_codes, codes)
    with sole_worker():
        yield [
            address("imports"),
            *(address("import", run.pk) for run in runs),
            address("rehearsal", rehearsed.pk),
            address("rehearsal", rehearsed_codes.pk),
            address("roll_back", before.pk),
            address("roll_back", older.pk),
            address("withdraw", current.pk),
        ]
    assert {state for (state,) in ImportRun.objects.values_list("state")} == set(ImportRun.State.values)


def test_axe_finds_nothing_on_the_pages_of_imports_and_none_is_wider_than_a_phone(desk, rooms):
    assert faults(desk, rooms) == {}


def test_a_page_that_says_that_no_worker_is_there_passes_as_well(desk, address, manager):
    run = ImportRun.objects.create(origin="upload", asked_by=manager)
    assert faults(desk, [address("import", run.pk)]) == {}
    expect(desk.locator("#run .note")).to_contain_text("No worker")


def test_files_are_sent_watched_and_activated(desk, address, october):
    desk.goto(address("imports"))
    desk.set_input_files("#upload [type=file]", october)
    expect(desk.locator("#chosen")).to_contain_text("1 file")
    desk.get_by_role("button", name="Upload and rehearse").click()
    desk.wait_for_url(re.compile(r"/admin/imports/\d+/$"))
    expect(desk.locator(".state").first).to_have_text("Waiting for the worker")
    desk.locator("#cancel").focus()
    with sole_worker():  # else the page, which asks again and again, takes it for one whose worker died
        running.carry_out(ImportRun.objects.get().pk)
    expect(desk.locator(".state").first).to_have_text("Rehearsed")
    expect(desk.locator("#said")).to_have_text("Rehearsed")
    desk.get_by_role("link", name="Look and decide").click()
    desk.get_by_label("Note for the audit log").fill("Looked at")
    desk.get_by_label("I have read the doubts").check()
    desk.get_by_role("button", name="Activate October 2025").click()
    expect(desk.locator(".messagelist")).to_contain_text("October 2025 is active")
    assert Release.objects.get().is_current


def test_the_button_that_has_the_focus_keeps_it_while_the_page_asks_again(desk, address, manager):
    run = ImportRun.objects.create(origin="upload", asked_by=manager)
    desk.goto(address("import", run.pk))
    desk.locator("#cancel").focus()
    for line in ("First", "Second"):
        run.log.create(text=line)
        expect(desk.locator(".timeline")).to_contain_text(line)
    expect(desk.locator("#cancel")).to_be_focused()


def test_what_is_turned_away_is_said_where_the_files_are_chosen(desk, address, tmp_path):
    page = tmp_path / NAME
    page.write_text("<!doctype html><title>License</title>")
    desk.goto(address("imports"))
    desk.set_input_files("#upload [type=file]", page)
    desk.get_by_role("button", name="Upload and rehearse").click()
    expect(desk.locator("#upload .errorlist")).to_contain_text("is a web page, not a release file")
    expect(desk.locator("#upload [type=file]")).to_be_focused()
    expect(desk.locator("#said")).to_contain_text("is a web page")
    assert not ImportRun.objects.exists()


def test_too_much_is_not_sent_at_all(desk, address, october, settings):
    settings.LARGEST_UPLOAD = 100
    sent = []
    desk.on("request", lambda request: sent.append(request.method))
    desk.goto(address("imports"))
    desk.set_input_files("#upload [type=file]", october)
    desk.get_by_role("button", name="Upload and rehearse").click()
    said = desk.locator("#upload [type=file]").evaluate("field => field.validationMessage")
    assert "At most 0 MB are taken" in said
    assert "POST" not in sent


def test_a_connection_that_breaks_off_is_said_plainly(chromium, live_server, manager, address, october):
    context = chromium.new_context()  # its console complains, as it should
    desk = _logged_in(context.new_page(), live_server.url, manager)
    desk.goto(address("imports"))
    desk.route("**/upload/", lambda route: route.abort())
    desk.set_input_files("#upload [type=file]", october)
    desk.get_by_role("button", name="Upload and rehearse").click()
    expect(desk.locator("#sent")).to_have_text("The connection broke off, and nothing was kept. Try again.")
    expect(desk.get_by_role("button", name="Upload and rehearse")).to_be_enabled()
    context.close()


def test_the_license_is_shown_for_ptp_files_only(desk, address):
    desk.goto(address("imports"))
    license = desk.get_by_label("I accept the AMA’s license")
    expect(license).to_be_hidden()
    desk.locator("#fetch [name=kind]").select_option("ptp/practitioner")
    expect(license).to_be_visible()
    expect(desk.locator("#addresses li")).to_have_count(4)
    desk.get_by_role("button", name="Fetch and rehearse").click()
    expect(desk.locator("#fetch .errorlist")).to_contain_text("only to those who accept")


def test_changes_of_a_rehearsal_are_narrowed_while_typing(desk, rooms):
    desk.goto(next(room for room in rooms if "/rehearsals/" in room))
    desk.locator("#f").press_sequentially("99999")
    expect(desk.locator("#rows")).to_contain_text("No such change names this code.")
    desk.locator("#f").fill("97597")
    expect(desk.locator("#rows tbody tr")).to_have_count(1)


def test_everything_works_without_scripts(plain_desk, address, october):
    plain_desk.goto(address("imports"))
    plain_desk.set_input_files("#upload [type=file]", october)
    plain_desk.get_by_role("button", name="Upload and rehearse").click()
    expect(plain_desk).to_have_url(re.compile(r"/admin/imports/\d+/$"))
    run = ImportRun.objects.get()
    assert plain_desk.url == address("import", run.pk)
    with sole_worker():
        running.carry_out(run.pk)
    plain_desk.get_by_role("link", name="Look and decide").click()  # the page is loaded again by itself
    plain_desk.get_by_label("Note for the audit log").fill("Looked at")
    plain_desk.get_by_label("I have read the doubts").check()
    plain_desk.get_by_role("button", name="Activate October 2025").click()
    expect(plain_desk.locator(".messagelist")).to_contain_text("October 2025 is active")
    assert Release.objects.get().is_current
