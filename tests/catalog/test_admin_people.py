"""Accounts at the desk: groups are ticked, single permissions are not given, passwords are changed."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from bs4 import BeautifulSoup
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse
from django.utils import timezone

from catalog.models import AuditEntry, ImportRun, Synonym
from catalog.roles import DATA_MANAGERS, EDITORS, create_groups

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough secret, 26"


@pytest.fixture
def ann() -> User:
    create_groups()
    return User.objects.create_user("ann", password=PASSWORD, is_staff=True)


def fields(page) -> dict[str, str]:
    """What a browser would send of a form that nobody has touched."""
    inputs = BeautifulSoup(page.content, "html.parser").select("#user_form input[name]")
    ticked = {"checkbox", "radio"}
    return {
        one["name"]: one.get("value", "on" if one["type"] in ticked else "")
        for one in inputs
        if one["type"] != "submit" and (one["type"] not in ticked or one.has_attr("checked"))
    }


def test_somebody_is_put_into_a_group_by_a_tick(admin_client, ann):
    address = reverse("admin:auth_user_change", args=[ann.pk])
    page = admin_client.get(address)
    boxes = BeautifulSoup(page.content, "html.parser").select("input[name=groups]")
    labels = {box.parent.get_text(strip=True): box["value"] for box in boxes}
    assert set(labels) == {DATA_MANAGERS, EDITORS}
    sent = fields(page) | {"groups": labels[EDITORS]}
    assert admin_client.post(address, sent).status_code == 302
    assert [group.name for group in ann.groups.all()] == [EDITORS]
    listed = admin_client.get(reverse("admin:auth_user_changelist")).content.decode()
    assert f'field-in_groups">{EDITORS}</td>' in listed


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (
            {"groups": EDITORS},
            "Nobody can log in as ann, who is in the group Editors: tick “Staff status” as well.",
        ),
        ({"is_superuser": "on"}, "Nobody can log in as ann, who is a superuser: tick “Staff status” as well."),
        ({"groups": EDITORS, "is_staff": "on"}, ""),
        ({"groups": EDITORS, "is_active": ""}, ""),
        ({}, ""),
    ],
)
def test_who_may_do_something_but_not_log_in_is_not_saved_without_a_word(admin_client, ann, sent, said):
    address = reverse("admin:auth_user_change", args=[ann.pk])
    form = fields(admin_client.get(address)) | {"is_staff": ""} | sent
    if "groups" in form:
        form["groups"] = str(Group.objects.get(name=EDITORS).pk)
    ticked = {name: value for name, value in form.items() if value or not name.startswith("is_")}
    page = BeautifulSoup(admin_client.post(address, ticked, follow=True).content, "html.parser")
    warned = page.select_one(".messagelist .warning")
    assert (warned.get_text(strip=True) if warned else "") == said


def test_no_single_permission_is_given_to_a_person(admin_client, ann):
    address = reverse("admin:auth_user_change", args=[ann.pk])
    permission = Permission.objects.first().pk
    sent = fields(admin_client.get(address)) | {"user_permissions": permission}
    assert admin_client.post(address, sent).status_code == 302
    assert not ann.user_permissions.exists()


def test_one_changes_ones_own_password(client, ann):
    client.force_login(ann)
    address = reverse("admin:password_change")
    new = "quite another secret, 27"
    wrong = client.post(address, {"old_password": "x", "new_password1": new, "new_password2": new})
    assert "Your password is as it was." in wrong.content.decode()
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert "Your password was changed." in client.post(address, sent, follow=True).content.decode()
    ann.refresh_from_db()
    assert ann.check_password(new)


def test_a_superuser_gives_somebody_a_new_password_or_none(admin_client, ann):
    address = reverse("admin:auth_user_password_change", args=[ann.pk])
    new = "quite another secret, 27"
    sent = {"usable_password": "true", "password1": new, "password2": new, "set-password": "1"}
    assert admin_client.post(address, sent).status_code == 302
    ann.refresh_from_db()
    assert ann.check_password(new)
    assert admin_client.post(address, {"usable_password": "false", "unset-password": "1"}).status_code == 302
    ann.refresh_from_db()
    assert not ann.has_usable_password()
    assert "cannot log in with a password now" in admin_client.get(address).content.decode()


# --- Accounts that are not needed any more ---


def changed_a_text(ann: User) -> None:
    synonym = Synonym(term="sugar", means="glucose")
    synonym._history_user = ann
    synonym.save()


def asked_for_an_import(ann: User) -> None:
    ImportRun.objects.create(origin="upload", asked_by=ann)


def took_a_step(ann: User) -> None:
    AuditEntry.objects.record("activated", by="ann", subject="x")


@pytest.mark.parametrize("act", [changed_a_text, asked_for_an_import, took_a_step])
def test_an_account_that_is_told_of_anywhere_is_switched_off_and_not_deleted(admin_client, ann, act):
    act(ann)
    address = reverse("admin:auth_user_delete", args=[ann.pk])
    assert "Switch the account off instead: untick “Active”" in admin_client.get(address).content.decode()
    admin_client.post(address, {"post": "yes"})
    several = {"action": "delete_selected", "_selected_action": [ann.pk], "post": "yes"}
    admin_client.post(reverse("admin:auth_user_changelist"), several)
    assert User.objects.filter(username="ann").exists()


def test_an_account_that_did_nothing_is_deleted(admin_client, ann):
    admin_client.post(reverse("admin:auth_user_delete", args=[ann.pk]), {"post": "yes"})
    assert not User.objects.filter(username="ann").exists()


# --- Logins that are locked ---


def test_a_superuser_lifts_a_lock(admin_client, client, ann):
    def log_in(password: str) -> int:
        form = {"username": "ann", "password": password}
        return client.post(reverse("admin:login"), form, REMOTE_ADDR="192.0.2.1").status_code

    assert [log_in("wrong") for _ in range(5)][-1] == 429
    assert log_in(PASSWORD) == 429
    attempts = reverse("admin:axes_accessattempt_changelist")
    shown = BeautifulSoup(admin_client.get(attempts).content, "html.parser")
    assert shown.h1.get_text() == "Failed logins"
    assert shown.select_one(".field-locked").get_text().startswith("until ")
    chosen = {"action": "lift", "_selected_action": [AccessAttempt.objects.get().pk]}
    said = admin_client.post(attempts, chosen, follow=True).content.decode()
    assert "The failures of ann are forgotten" in said
    assert log_in(PASSWORD) == 302


def test_an_address_that_is_locked_by_many_names_is_unlocked_by_all_its_rows(admin_client, admin_user, settings):
    settings.FAILURE_LIMIT_OF_ADDRESS = 6
    for name in ("ann", "ben", "cat"):
        AccessAttempt.objects.create(username=name, ip_address="192.0.2.7", failures_since_start=4)
    AccessAttempt.objects.create(username="eve", ip_address="192.0.2.8", failures_since_start=4)
    attempts = reverse("admin:axes_accessattempt_changelist")

    def locked() -> dict[str, str]:
        rows = BeautifulSoup(admin_client.get(attempts).content, "html.parser").select("#result_list tbody tr")
        return {row.th.get_text(): row.select_one(".field-locked").get_text() for row in rows}

    def lift(*names: str) -> str:
        chosen = AccessAttempt.objects.filter(username__in=names).values_list("pk", flat=True)
        return admin_client.post(
            attempts, {"action": "lift", "_selected_action": list(chosen)}, follow=True
        ).content.decode()

    with_address = "with its address: 12 failures"
    assert locked() == {"ann": with_address, "ben": with_address, "cat": with_address, "eve": "no"}
    said = lift("ann")
    assert "The failures of ann are forgotten, but logins from 192.0.2.7 are still locked" in said
    assert "they can log in again" not in said
    assert "The failures of ben are forgotten: they can log in again." in lift("ben")
    assert locked() == {"cat": "no", "eve": "no"}
    records = LogEntry.objects.filter(user=admin_user, action_flag=DELETION).order_by("pk")
    assert [record.change_message for record in records] == [
        "Lifted the lock of ann from 192.0.2.7, 4 failures.",
        "Lifted the lock of ben from 192.0.2.7, 4 failures.",
    ]
    told = BeautifulSoup(admin_client.get(attempts).content, "html.parser").select("[aria-labelledby=h-lifted] li")
    assert (
        told[0].get_text(" ", strip=True).endswith("Lifted the lock of ben from 192.0.2.7, 4 failures. by admin")
    )


def test_failures_of_one_name_in_two_browsers_lock_it_together_and_are_lifted_together(admin_client):
    for browser in ("Firefox", "Chrome"):
        AccessAttempt.objects.create(
            username="ann", ip_address="192.0.2.7", failures_since_start=3, user_agent=browser
        )
    attempts = reverse("admin:axes_accessattempt_changelist")
    shown = BeautifulSoup(admin_client.get(attempts).content, "html.parser").select(".field-locked")
    assert [each.get_text()[:6] for each in shown] == ["until "] * 2
    admin_client.post(attempts, {"action": "lift", "_selected_action": [AccessAttempt.objects.first().pk]})
    assert not AccessAttempt.objects.exists()


def test_failures_that_are_few_or_old_lock_nothing(admin_client):
    now = timezone.now()
    for failures, at in ((4, now), (9, now - timedelta(hours=1))):
        AccessAttempt.objects.create(
            username=f"eve-{failures}", ip_address="192.0.2.7", failures_since_start=failures
        )
        AccessAttempt.objects.filter(failures_since_start=failures).update(attempt_time=at)
    shown = admin_client.get(reverse("admin:axes_accessattempt_changelist")).content.decode()
    assert shown.count(">no</td>") == 2


def test_the_menu_of_people_has_no_list_that_stays_empty(admin_client):
    shown = admin_client.get(reverse("admin:auth_user_changelist")).content.decode()
    assert "accessfailurelog" not in shown
    assert reverse("admin:axes_accessattempt_changelist") in shown
