"""Accounts at the desk: groups are ticked, single permissions are not given, passwords are changed."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission, User
from django.urls import reverse

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
    assert f'<td class="field-in_groups">{EDITORS}</td>' in listed


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
