from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from bs4 import BeautifulSoup
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.builders import make_section

pytestmark = pytest.mark.django_db


@pytest.fixture
def log_in(client, admin_user):
    """Send the login form; answered with status 302 who is in, 200 who is not, 429 who is locked out."""

    def send(password: str = "wrong", name: str = admin_user.username, address: str = "192.0.2.1") -> int:
        form = {"username": name, "password": password}
        return client.post(reverse("admin:login"), form, REMOTE_ADDR=address).status_code

    return send


def pass_time(**span: int) -> None:
    for attempt in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=attempt.attempt_time - timedelta(**span))


def test_a_lock_ends_after_a_quarter_of_an_hour_even_if_somebody_went_on_trying(log_in):
    assert [log_in() for _ in range(5)] == [200, 200, 200, 200, 429]
    pass_time(minutes=14)
    assert log_in("password") == 429
    pass_time(minutes=2)
    assert log_in("password") == 302


def test_one_password_tried_on_many_names_locks_the_address(log_in, settings):
    settings.FAILURE_LIMIT_OF_ADDRESS = 6
    assert [log_in(name=f"name-{at}") for at in range(6)] == [200, 200, 200, 200, 200, 429]
    assert log_in("password") == 429
    assert log_in("password", address="192.0.2.2") == 302


def test_tries_that_are_locked_out_already_fill_no_table(log_in, settings):
    settings.FAILURE_LIMIT_OF_ADDRESS = 3
    for at in range(8):
        log_in(name=f"name-{at}")
    assert AccessAttempt.objects.count() == 3


def test_guesses_from_one_ipv6_network_count_together(log_in):
    assert [log_in(address=f"2001:db8:1:2::{at}") for at in range(1, 6)][-1] == 429
    assert log_in("password", address="2001:db8:1:3::1") == 302


def test_a_login_that_succeeds_forgets_the_failures_of_that_name_alone(log_in):
    log_in(name="somebody-else")
    log_in()
    assert log_in("password") == 302
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["somebody-else"]


def test_a_password_typed_wrong_is_not_kept_with_the_failure(log_in):
    log_in("a-password-typed-wrong")
    attempt = AccessAttempt.objects.get()
    assert "a-password-typed-wrong" not in f"{attempt.post_data} {attempt.get_data}"


@pytest.mark.parametrize("password", ["eleven-char", "password1234", "123456789012", "barbara-jones"])
def test_a_password_that_is_short_common_or_the_name_is_refused(password, django_user_model):
    with pytest.raises(ValidationError):
        validate_password(password, django_user_model(username="barbarajones"))


def test_a_session_ends_with_the_browser_and_with_the_working_day(client, admin_user):
    form = {"username": admin_user.username, "password": "password"}
    cookie = client.post(reverse("admin:login"), form).cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert client.session.get_expiry_age() == 12 * 60 * 60


def test_a_login_leads_to_the_desk_and_to_no_other_site(client, admin_user):
    form = {"username": admin_user.username, "password": "password", "next": "https://other.example/"}
    assert client.post(reverse("admin:login"), form).url == reverse("admin:index")


def test_changing_the_password_ends_every_other_session(client, admin_user):
    client.force_login(admin_user)
    admin_user.set_password("another password")
    admin_user.save()
    assert client.get(reverse("admin:index")).status_code == 302


def test_who_sends_a_text_when_the_session_is_over_is_told_how_to_get_it_back_and_again_once_logged_in(
    client, admin_user
):
    form = reverse("admin:catalog_section_change", args=[make_section("drugs", title="Drugs").pk])
    page = client.post(form, {"title": "Other"}, follow=True)
    assert page.request["PATH_INFO"] == reverse("admin:login")
    assert "what you sent was not taken. Do not press Back yet" in told(page)
    page = client.post(page.request["PATH_INFO"], fields(page) | {"username": "admin", "password": "wrong"})
    assert page.status_code == 200
    password = {"username": admin_user.username, "password": "password"}
    page = client.post(page.request["PATH_INFO"], fields(page) | password, follow=True)
    assert page.request["PATH_INFO"] == form
    assert "What you sent while you were logged out was not taken. To get it back, press" in told(page)
    assert "not taken" not in client.get(form).content.decode()


def test_who_logs_in_having_sent_nothing_is_told_of_nothing_lost(client, admin_user):
    page = client.get(reverse("admin:index"), follow=True)
    form = fields(page) | {"username": admin_user.username, "password": "password"}
    assert "not taken" not in client.post(reverse("admin:login"), form, follow=True).content.decode()


def fields(page) -> dict[str, str]:
    """What the login form sends untouched."""
    form = BeautifulSoup(page.content, "html.parser").select_one("#login-form")
    return {field["name"]: field.get("value", "") for field in form.select("input[name]")}


def told(page) -> str:
    return BeautifulSoup(page.content, "html.parser").select_one(".messagelist").get_text()


def test_who_logs_out_twice_is_told_of_nothing_lost(client):
    assert "not taken" not in client.post(reverse("admin:logout"), follow=True).content.decode()
