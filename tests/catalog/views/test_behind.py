"""A quarter has begun that is not loaded: every answer from the release before it says so beside it."""

from datetime import date

import pytest
from django.utils import timezone

from catalog.models import Release
from tests.builders import make_code, make_level, make_modifier, make_ptp, make_release, make_section
from tests.catalog.views.page import main, text, words

pytestmark = pytest.mark.django_db

NOTE = "Read from October 2025, 1 quarter behind : what CMS changed after Dec 31, 2025 is not in it."
ANSWERS = [
    "/?q=J1885",
    "/?q=J1886",
    "/?q=J18",
    "/?q=drug",
    "/?q=nothing-like-it",
    "/codes/J1885/",
    "/codes/J1886/",
    "/modifiers/",
    "/modifiers/LT/",
    "/modifiers/ZY/",
]


@pytest.fixture
def october(monkeypatch) -> Release:
    """October 2025 with a code and a modifier in force; it is the last day of its quarter."""
    today(monkeypatch, date(2025, 12, 31))
    make_section("all-j", ("J0000", "J9999"), level=make_level(2))
    release = make_release("2025Q4")
    make_code("J1885", release, long_descriptor="A drug")
    make_modifier("LT", release)
    return release


def today(monkeypatch, day: date) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: day)


@pytest.mark.parametrize("address", ANSWERS)
def test_an_answer_from_a_release_that_is_behind_says_so_and_one_of_this_quarter_does_not(
    client, october, monkeypatch, address
):
    assert "behind" not in words(client.get(address))
    today(monkeypatch, date(2026, 1, 1))
    assert words(client.get(address)).count(NOTE) == 1


def test_what_is_not_answered_from_it_does_not_say_so(client, october, monkeypatch):
    today(monkeypatch, date(2026, 1, 1))
    for address in ("/?q=99213", "/codes/99213/", "/codes/D0120/", "/"):
        assert "behind" not in words(client.get(address)), address


def test_the_counts_of_a_section_are_those_of_its_release(client, october, monkeypatch):
    today(monkeypatch, date(2026, 4, 1))
    assert "Read from October 2025, 2 quarters behind" in words(client.get("/sections/all-j/"))
    assert "In force in Oct 2025, of those on file" in words(client.get("/sections/"))


def test_the_list_of_releases_marks_those_that_are_read_today_and_behind(client, october, monkeypatch):
    quarters = [make_release(quarter, dataset="mue", setting="practitioner") for quarter in ("2025Q3", "2025Q4")]
    today(monkeypatch, date(2026, 1, 1))
    rows = [text(row) for row in main(client.get("/releases/")).select("tbody tr")]
    assert [row[:12] for row in rows if "1 quarter behind" in row] == ["October 2025"] * 2
    for release, said in ((october, True), (quarters[1], True), (quarters[0], False)):
        assert ("1 quarter behind" in words(client.get(f"/releases/{release.pk}/"))) is said


def test_no_edit_is_answered_for_a_day_its_table_does_not_reach(client, monkeypatch):
    make_ptp("11042", "97597", make_release("2025Q4", dataset="ptp", setting="practitioner"))
    today(monkeypatch, date(2026, 1, 1))
    for address in ("/edits/ptp/practitioner/11042/97597/", "/?q=11042+97597", "/codes/11042/"):
        assert "Dec 31, 2025" in words(client.get(address)), address
    assert "1 quarter behind" in words(client.get("/releases/"))
