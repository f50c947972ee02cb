"""Golden pairs at the desk: what each list and page says of the answers that the releases give."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from catalog.models import GoldenPair, Release
from catalog.roles import DATA_MANAGERS, EDITORS, create_groups
from tests.builders import make_ptp, make_release

pytestmark = pytest.mark.django_db

LIST = reverse("admin:catalog_goldenpair_changelist")
CHECK = reverse("admin:catalog_goldenpair_check")
PAIR = {
    "setting": "practitioner",
    "column_one": "11042",
    "column_two": "97597",
    "day": date(2024, 8, 1),
    "expected": "indicator_1",
    "source": "CMS, NCCI Policy Manual, chapter 11",
}


@pytest.fixture
def log_in(client, django_user_model):
    """Log somebody of a group in; the client."""
    create_groups()

    def enter(group: str):
        user = django_user_model.objects.create_user(group, is_staff=True)
        user.groups.set(Group.objects.filter(name=group))
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def manager(log_in):
    return log_in(DATA_MANAGERS)


@pytest.fixture
def pairs():
    """A current table that answers the second of two pairs otherwise, a rehearsed one that does so with both."""
    current = make_release("2024Q3", dataset="ptp", setting="practitioner")
    make_release("2024Q4", dataset="ptp", setting="practitioner", state=Release.State.REHEARSED)
    make_ptp("11042", "97597", current)
    return [GoldenPair.objects.create(**PAIR | {"column_two": code}) for code in ("97597", "97598")]


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_every_pair_is_checked_now_on_what_is_current_and_what_is_rehearsed(manager, pairs):
    response = manager.get(CHECK)
    said = words(response)
    assert "3 answers other than expected." in said
    current, rehearsed = said.split("PTP edits, practitioner, October 2024")[:2]
    assert "PTP edits, practitioner, July 2024 Current Answers otherwise: 1, As expected: 1" in current
    assert "11042 and 97598 Aug 1, 2024 Answers otherwise No edit on file Expected: Edit in force" in current
    assert rehearsed.strip().startswith("Rehearsed Answers otherwise: 2, As expected: 0, Not checked: 0")
    assert current.index("11042 and 97598") < current.index("11042 and 97597")
    for pair in pairs:
        assert reverse("admin:catalog_goldenpair_change", args=[pair.pk]) in response.content.decode()
    as_readers_see_it = reverse("ptp_pair", args=["practitioner", "11042", "97598"])
    assert response.content.decode().count(f'href="{as_readers_see_it}?on=2024-08-01"') == 1


def test_a_check_without_a_wrong_answer_or_without_a_table_says_so(manager, pairs):
    assert "Every answer there is, is as expected." not in words(manager.get(CHECK))
    GoldenPair.objects.filter(column_two="97598").delete()
    Release.objects.filter(state=Release.State.REHEARSED).delete()
    assert "Every answer there is, is as expected." in words(manager.get(CHECK))
    Release.objects.all().delete()
    assert "No PTP release is loaded" in words(manager.get(CHECK))


def test_only_who_keeps_golden_pairs_may_check_them(client, log_in, pairs):
    assert client.get(CHECK).status_code == 302
    assert log_in(EDITORS).get(CHECK).status_code == 403
    assert log_in(DATA_MANAGERS).post(CHECK).status_code == 405


def test_the_list_says_of_each_pair_how_it_comes_out_now(manager, pairs):
    GoldenPair.objects.create(**PAIR | {"setting": "outpatient_hospital"})
    said = words(manager.get(LIST))
    assert "97597 Practitioner" in said
    assert "a modifier may bypass it (indicator 1) As expected" in said
    assert "Answers otherwise: No edit on file" in said
    assert "(indicator 1) Not loaded" in said


def test_the_list_asks_as_much_for_fifty_pairs_as_for_two(manager, pairs, django_assert_max_num_queries):
    for number in range(48):
        GoldenPair.objects.create(**PAIR | {"column_two": f"{97600 + number}"})
    # Session, user and permissions, two counts, the pairs, the releases, and the rows of ten pairs at a time.
    with django_assert_max_num_queries(13):
        assert len(manager.get(LIST).context["cl"].result_list) == 50


def test_a_pair_is_shown_with_what_each_release_says_of_it(manager, pairs):
    said = words(manager.get(reverse("admin:catalog_goldenpair_change", args=[pairs[0].pk])))
    assert "PTP edits, practitioner, July 2024 (current): As expected" in said
    assert "PTP edits, practitioner, October 2024 (rehearsed): Answers otherwise: No edit on file" in said
    assert "The code that is denied beside it." in said


def test_who_changed_a_pair_from_what_to_what_stays_on_its_trail(manager, pairs):
    form = PAIR | {"day": "2024-08-02", "made_from": ""}
    address = reverse("admin:catalog_goldenpair_change", args=[pairs[0].pk])
    form["made_from"] = re.search(r'name="made_from" value="([^"]*)"', manager.get(address).content.decode())[1]
    assert manager.post(address, form).status_code == 302
    newest, before = pairs[0].history.all()[:2]
    assert (newest.day, newest.history_user.get_username()) == (date(2024, 8, 2), DATA_MANAGERS)
    assert before.day == date(2024, 8, 1)
    assert manager.get(reverse("admin:catalog_goldenpair_history", args=[pairs[0].pk])).status_code == 200
