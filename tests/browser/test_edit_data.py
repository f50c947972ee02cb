"""Edit data in the lookup and on the pages of releases, in a real browser."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Change, Release
from tests.browser.rooms import PHONE, faults
from tests.builders import make_addon, make_code, make_mue, make_ptp, make_release

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOMS = (
    "/?q=11042",
    "/?q=1104",
    "/?q=11042 97597",
    "/?q=97597, 11042-59",
    "/?q=11042 99213",
    "/?q=11042, J1899, 99213",
    "/releases/",
    "/releases/{table}/",
    "/releases/{table}/?kind=revised",
    "/releases/{table}/?kind=ended&f=zzz",
    "/releases/{pruned}/",
    "/releases/{values}/",
    "/releases/{starter}/",
)


@pytest.fixture
def releases() -> dict[str, Release]:
    """Tables in every state: with changes, partial, pruned, of the starter set."""
    make_code("J1885", make_release())
    kind = {"dataset": "ptp", "setting": "practitioner"}
    pruned = make_release("2025Q2", state=Release.State.PRUNED, **kind)
    before, table = (
        make_release("2025Q3", current=False, **kind),
        make_release("2025Q4", notice="A notice.", **kind),
    )
    make_release("2025Q4", dataset="ptp", setting="outpatient_hospital", partial=True)
    for part in (1, 2, 3, 4):
        name = f"ccipra-v313r0-f{part}"
        table.files.create(name=f"{name}.TXT", archive=f"{name}.zip", sha256=f"{part}" * 64, size=46_000_000)
    make_ptp("11042", "97597", table, modifier_indicator="0")
    make_ptp("J1899", "11043", table)
    changes = [("added", f"{10_000 + at}", "97597", {}) for at in range(60)]
    changes += [("ended", "11042", "99213", {}), ("revised", "11042", "97597", {"modifier_indicator": ["1", "0"]})]
    Change.objects.bulk_create(
        Change(release=table, against=before, record="ptp", kind=kind, code=one, other_code=two, fields=fields)
        for kind, one, two, fields in changes
    )
    make_mue("J1885", 8)
    values = make_mue("11042", 1).release
    starter = make_release(dataset="addon", origin=Release.Origin.STARTER)
    make_addon("97598", "97597", starter, effective_date=date(2013, 4, 1))
    return {"table": table, "pruned": pruned, "values": values, "starter": starter}


@pytest.fixture
def rooms(releases, live_server) -> list[str]:
    numbers = {name: release.pk for name, release in releases.items()}
    return [live_server.url + room.format(**numbers) for room in ROOMS]


@pytest.fixture
def table(releases, live_server) -> str:
    return f"{live_server.url}/releases/{releases['table'].pk}/"


def visit(page: Page, room: str) -> None:
    page.goto(room)
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")


def test_axe_finds_nothing_where_edits_are_shown(page, rooms):
    assert faults(page, rooms) == {}


def test_nothing_scrolls_sideways_on_a_phone_and_the_status_line_is_one_line(page, rooms):
    page.set_viewport_size(PHONE)
    for room in rooms:
        visit(page, room)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], room
        assert page.locator(".status").bounding_box()["height"] < 40, room


def test_typing_two_codes_answers_the_pair(page, releases, live_server):
    page.goto(live_server.url)
    page.fill("#q", "97597 11042")
    hit = page.locator("article.hit")
    expect(hit).to_contain_text("97597 is denied beside 11042 by this edit")
    expect(hit.locator(".pair .code").first).to_have_text("11042")
    hit.get_by_role("link", name="Practitioner").click()
    expect(page).to_have_url(f"{live_server.url}/edits/ptp/practitioner/11042/97597/")


def test_changes_are_narrowed_while_typing_and_stay_so_when_reloaded(page, table):
    page.goto(table)
    expect(page.locator("#rows")).to_contain_text("1–25 of 60")
    page.fill("#f", "10007")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    expect(page).to_have_url(f"{table}?kind=added&f=10007")
    page.reload()
    expect(page.locator("#rows tbody tr")).to_have_count(1)


def test_changes_are_paged_in_place_and_back_returns(page, table):
    page.goto(table)
    page.click("#page-next")
    expect(page.locator("#rows tbody tr").first).to_contain_text("10025")
    page.go_back()
    expect(page.locator("#rows tbody tr").first).to_contain_text("10000")
