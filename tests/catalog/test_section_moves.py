"""A change of ranges shows the codes that move, and is saved by the second step only."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission

from catalog.models import Section
from tests.builders import make_code, make_level, make_release, make_section
from tests.catalog.views.page import text, words
from tests.section_forms import address, filled_in, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def injected() -> Section:
    release = make_release()
    for code in ("J1000", "J2000", "J3000", "J9000"):
        make_code(code, release)
    drugs = make_section("drugs", ("J0000", "J9999"))
    return make_section("injected", ("J0120", "J3591"), parent=drugs)


def moves(answer) -> list[list[str]]:
    """The rows of the table of moves."""
    rows = BeautifulSoup(answer.content, "html.parser").select(".moves tbody tr")
    return [[text(cell) for cell in row.find_all("td")] for row in rows]


def confirmed(client, answer, section=None):
    """Press the button that stands below the moves, with the form as it is."""
    button = BeautifulSoup(answer.content, "html.parser").select_one("button[name=moves_seen]")
    return client.post(address(section), filled_in(answer) | {"moves_seen": button["value"]})


def ranges(section: Section) -> list[str]:
    return [str(one) for one in section.ranges.all()]


def test_codes_that_would_move_are_counted_and_listed_before_anything_is_saved(admin_client, injected):
    answer = send(admin_client, injected, title="Given by needle", **{"ranges-0-high": "J1999"})
    assert "Saving this moves 2 codes. Nothing is saved yet." in words(answer)
    assert moves(answer) == [["Drugs / Injected", "Drugs", "2", "J2000, J3000"]]
    assert "Please correct" not in words(answer)
    injected.refresh_from_db()
    assert (injected.title, ranges(injected)) == ("Injected", ["J0120–J3591"])


def test_the_second_step_saves_all_that_was_filled_in(admin_client, injected):
    shown = send(admin_client, injected, title="Given by needle", **{"ranges-0-high": "J1999"})
    answer = confirmed(admin_client, shown, injected)
    assert answer.status_code == 302
    injected.refresh_from_db()
    assert (injected.title, ranges(injected)) == ("Given by needle", ["J0120–J1999"])
    assert "Moved: 2 codes." in words(admin_client.get(answer.url))


def test_the_second_step_is_for_the_moves_it_showed_alone(admin_client, injected):
    shown = send(admin_client, injected, **{"ranges-0-high": "J1999"})
    make_code("J2500")
    again = confirmed(admin_client, shown, injected)
    assert moves(again)[0][3] == "J2000, J2500, J3000"
    assert ranges(injected) == ["J0120–J3591"]
    assert confirmed(admin_client, again, injected).status_code == 302


def test_a_change_that_moves_no_code_is_saved_at_once(admin_client, injected):
    assert send(admin_client, injected, **{"ranges-0-high": "J3590"}).status_code == 302
    assert ranges(injected) == ["J0120–J3590"]


def test_what_cannot_be_saved_is_put_right_first(admin_client, injected):
    answer = send(admin_client, injected, **{"ranges-0-low": "K0001", "ranges-0-high": "K0009"})
    assert "K0001–K0009 lies outside “Drugs”" in words(answer)
    assert moves(answer) == []


def test_a_range_that_is_none_is_named_above_the_form_and_led_to(admin_client, injected):
    page = BeautifulSoup(send(admin_client, injected, **{"ranges-0-high": "J35"}).content, "html.parser")
    (link,) = page.select(".fields-to-mend a")
    assert text(link) == "Section range 1, High"
    assert page.select_one(link["href"])["name"] == "ranges-0-high"


def test_another_parent_moves_codes_too(admin_client, injected):
    other = make_section("medicines", title="Medicines")
    answer = send(admin_client, injected, parent=str(other.pk))
    assert [row[:3] for row in moves(answer)] == [["Drugs / Injected", "Medicines / Injected", "3"]]


def test_a_new_section_shows_what_it_takes(admin_client, injected):
    level = str(make_level().pk)
    fields = {"title": "Cancer", "short_title": "Cancer", "slug": "cancer", "level": level, "kind": "level_ii"}
    fields |= {"maintainer": "CMS", "mark": "G", "ranges-0-low": "J8500", "ranges-0-high": "J9999"}
    answer = send(admin_client, None, **fields)
    assert moves(answer) == [["Drugs", "Cancer", "1", "J9000"]]
    assert not Section.objects.filter(slug="cancer").exists()
    assert confirmed(admin_client, answer).status_code == 302
    assert Section.objects.get(slug="cancer").ranges.count() == 1


def test_deleting_shows_where_the_codes_would_go(admin_client, injected):
    page = words(admin_client.get(address(injected).replace("change", "delete")))
    assert "By that, 3 codes will move" in page
    assert "From “Drugs / Injected” to “Drugs”: 3 codes J1000, J2000, J3000" in page
    chosen = {"action": "delete_selected", "_selected_action": [injected.pk]}
    assert "By that, 3 codes will move" in words(admin_client.post("/admin/catalog/section/", chosen))


def test_previewing_the_text_of_a_moved_section_saves_nothing(admin_client, injected):
    answer = send(admin_client, injected, "_preview", **{"ranges-0-high": "J1999"})
    assert answer.status_code == 200
    assert ranges(injected) == ["J0120–J3591"]


def test_who_may_change_sections_but_no_ranges_changes_sections(client, injected, django_user_model):
    clerk = django_user_model.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="change_section"))
    client.force_login(clerk)
    assert send(client, injected, title="Given by needle").status_code == 302
    injected.refresh_from_db()
    assert (injected.title, ranges(injected)) == ("Given by needle", ["J0120–J3591"])
