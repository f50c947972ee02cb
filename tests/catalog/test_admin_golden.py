"""Golden pairs at the desk: what each list and page says of the answers that the releases give."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import GoldenPair, PtpEdit, Release
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
    assert "Every answer is as expected." not in words(manager.get(CHECK))
    GoldenPair.objects.filter(column_two="97598").delete()
    Release.objects.filter(state=Release.State.REHEARSED).delete()
    assert "Every answer is as expected." in words(manager.get(CHECK))
    Release.objects.all().delete()
    assert "No PTP release is loaded" in words(manager.get(CHECK))


def test_where_nothing_was_checked_no_page_says_that_all_is_well(manager):
    make_release("2024Q3", dataset="ptp", setting="practitioner")
    rehearsed = make_release("2024Q4", dataset="ptp", setting="practitioner", state=Release.State.REHEARSED)
    none = "No golden pair is kept for practitioners: nothing was checked against expected answers."
    for address in (LIST, CHECK, reverse("admin:rehearsal", args=[rehearsed.pk])):
        assert none in words(manager.get(address)), address
    said = words(manager.get(CHECK))
    assert "Nothing was checked." in said
    assert "as expected" not in said
    GoldenPair.objects.create(**PAIR | {"day": date(2025, 2, 1)})
    said = words(manager.get(reverse("admin:rehearsal", args=[rehearsed.pk])))
    assert "The golden pair kept for practitioners cannot be checked against it: nothing was checked" in said
    assert "Nothing was checked." in words(manager.get(CHECK))
    assert none not in words(manager.get(LIST))


def test_a_rehearsal_counts_as_answered_only_what_it_answers(manager, pairs):
    rehearsed = Release.objects.get(state=Release.State.REHEARSED)
    address = reverse("admin:rehearsal", args=[rehearsed.pk])
    assert "2 of 2 golden pairs answered otherwise than expected" in words(manager.get(address))
    Release.objects.filter(pk=rehearsed.pk).update(partial=True)
    make_ptp("11042", "97597", rehearsed)
    assert "1 golden pair answered as expected 1 not checked" in words(manager.get(address))


def test_a_check_cites_the_row_that_answers_and_what_to_do_about_a_wrong_one(manager, pairs):
    row = PtpEdit.objects.get()
    response = manager.get(CHECK)
    said = words(response)
    assert (
        f"By the row 11042 97597 , indicator 1, Jan 1, 2020 to further notice: {row.file.name}, line {row.line}"
        in said
    )
    assert said.count("By the row") == 1
    assert "look the pair up in its source" in said
    assert "roll back" in said


def test_a_date_that_no_release_answers_for_is_not_checked_and_said_so_on_saving(manager, pairs):
    form = PAIR | {"day": "2025-02-01", "made_from": ""}
    said = words(manager.post(reverse("admin:catalog_goldenpair_add"), form, follow=True))
    assert "Not checked: no release that is loaded answers for Feb 1, 2025." in said
    assert "Not checked: It answers for Jan 1, 1996 to Sep 30, 2024 only" in said
    far = {"day": "2062-08-01", "column_two": "97602"}
    refused = manager.post(reverse("admin:catalog_goldenpair_add"), form | far)
    assert "No release answers for a date that far ahead. Is the year right?" in words(refused)


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
    # Session, user, permissions, two counts, settings, pairs, releases, and the rows of ten pairs at a time.
    with django_assert_max_num_queries(14):
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


# --- By a file -------------------------------------------------------------------------------------------------

IMPORT = reverse("admin:catalog_goldenpair_import")
STARTER = reverse("admin:catalog_goldenpair_starter")


def file_of(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("pairs.csv", "\r\n".join([*lines, ""]).encode())


def test_pairs_come_by_a_file_after_it_was_shown_what_the_releases_say_of_them(manager, pairs):
    page = manager.post(
        IMPORT,
        {
            "file": file_of(
                "setting,column_one,column_two,day,expected,source",
                "practitioner,11042,97597,8/1/2024,indicator_0,CMS",
                "Practitioner,97602,11042,2024-08-01,no edit on file,CMS",
            )
        },
    )
    assert GoldenPair.objects.count() == 2
    said = words(page)
    assert "This file would add 1 and change 1." in said
    assert "As expected (PTP edits, practitioner, July 2024)." in said
    assert "1 of these pairs comes out otherwise on the current release." in said
    assert "Answers otherwise: Edit in force, a modifier may bypass it (indicator 1)" in said
    manager.post(IMPORT, {"tried": page.context["tried"]})
    assert set(GoldenPair.objects.values_list("column_one", "column_two", "expected")) == {
        ("11042", "97597", "indicator_0"),
        ("11042", "97598", "indicator_1"),
        ("97602", "11042", "no_edit_on_file"),
    }
    newest = GoldenPair.history.first()
    assert (str(newest.history_user), newest.history_change_reason) == (DATA_MANAGERS, "Imported from pairs.csv")


def test_an_export_of_pairs_comes_back_without_a_change(manager, pairs):
    GoldenPair.objects.create(**PAIR | {"setting": "outpatient_hospital", "source": "=A1"})
    for export_format in ("csv", "xlsx"):
        sent = manager.get(reverse("admin:catalog_goldenpair_export", args=[export_format]))
        page = manager.post(IMPORT, {"file": SimpleUploadedFile(f"x.{export_format}", sent.getvalue())})
        assert len(page.context["plan"].unchanged) == 3


def test_the_starter_pairs_are_shown_and_added_by_a_click(manager):
    page = manager.get(STARTER)
    assert GoldenPair.objects.count() == 0
    assert "Not checked: no table of this setting is loaded." in words(page)
    assert f'<form method="post" action="{IMPORT}"' in page.content.decode()
    manager.post(IMPORT, {"tried": page.context["tried"]})
    assert GoldenPair.objects.count() == len(page.context["plan"].added) == 10
    assert "This file would change nothing." in words(manager.get(STARTER))


def test_only_who_keeps_golden_pairs_may_bring_them(client, log_in):
    for address in (IMPORT, STARTER, reverse("admin:catalog_goldenpair_export", args=["csv"])):
        client.logout()
        assert client.get(address).status_code == 302
        assert log_in(EDITORS).get(address).status_code == 403
        User.objects.all().delete()


def test_a_code_that_is_pasted_with_blanks_is_taken_whole(manager):
    address = reverse("admin:catalog_goldenpair_add")
    form = manager.get(address).context["adminform"].form
    for name in ("column_one", "column_two"):
        assert form.fields[name].widget.attrs["maxlength"] >= len("  0410u ")
    manager.post(address, PAIR | {"column_one": " 0410u ", "column_two": "  97597"})
    assert GoldenPair.objects.values_list("column_one", "column_two").get() == ("0410U", "97597")
    said = words(manager.post(address, PAIR | {"column_one": "110420", "day": "2024-08-02"}))
    assert "at most 5 characters (it has 6)" in said
