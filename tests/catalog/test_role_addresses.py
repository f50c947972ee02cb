"""Every address of the desk, asked for as each role: open to whose work it is, and to nobody else.

They are read from the site itself, so that a new one is asked for as well.
"""

import re
from collections.abc import Iterable, Iterator

import pytest
from bs4 import BeautifulSoup, Tag
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, resolve, reverse
from django_htmx.middleware import HtmxDetails

from catalog.models import HcpcsCode, ImportRun, Release, Section, Synonym
from catalog.roles import DATA_MANAGERS, EDITORS, ROLES
from tests.desk import browser_of, make_user
from tests.desk_rows import fill_desk

pytestmark = pytest.mark.django_db

NOBODY, BOSS = "Nobody", "Boss"
LOGIN = reverse("admin:login")
STAFF = {"index", "login", "logout", "password_change", "password_change_done", "jsi18n", "markdown_preview"}
"""Names of pages for everybody who may use the desk. The preview shows the text that is sent to it."""
ANSWERED_FOR_EACH = {"autocomplete", "view_on_site", "app_list"}
"""Names of addresses that hold what the one who asks may see, or lead to the public site."""
PERMISSIONS = {
    "changelist": "view",
    "history": "view",
    "deleted": "view",
    "version": "view",
    "change": "view",
    "check": "view",
    "export": "view",
    "add": "add",
    "delete": "delete",
    "return": "change",
    "import": "change",
    "starter": "change",
}
"""What an address of a model takes, by the end of its name."""
PUBLISHED = {"hcpcscode", "modifier", "processingnote", "ptpedit", "mue", "addonedit", "release", "change"}
NOT_EVEN_SUPERUSERS = {
    *(f"{act}_{model}" for act in ("add", "change", "delete") for model in PUBLISHED),
    *(f"{act}_{model}" for act in ("add", "change", "delete") for model in ("auditentry", "dbtaskresult")),
    *("add_level", "delete_level", "add_accesslog", "add_accessfailurelog", "add_accessattempt"),
}
WITHOUT_PAGES = {f"catalog_ptpedit_{act}" for act in ("change", "delete", "history")}
"""Not found by anybody: an edit of PTP is a row of a list only."""
DECISIONS = {"activate", "roll_back", "withdraw"}


def addresses(patterns: Iterable[URLPattern | URLResolver], above: str = "") -> Iterator[tuple[str, str]]:
    """The name and the route of every address."""
    for pattern in patterns:
        route = f"{above}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif pattern.name:
            yield pattern.name, route


NOT_ASKED = STAFF | ANSWERED_FOR_EACH | WITHOUT_PAGES
ADDRESSES = [each for each in addresses(admin.site.urls[0]) if each[0] not in NOT_ASKED]


def permission_for(name: str, route: str, method: str = "get") -> str:
    """The permission that opens an address."""
    place, *rest = route.split("/")
    if place == "imports":
        return "activate_release" if name in DECISIONS else "load_release"
    act = name.rpartition("_")[2]
    is_save = act == "change" and method == "post"
    return f"{'change' if is_save else PERMISSIONS.get(act, 'change')}_{rest[0]}"


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A row of every model that has pages at the desk, there for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill_desk()
        yield
        transaction.set_rollback(True)


def first_key(name: str, route: str) -> object:
    """The key of a row that an address of this route is about."""
    place, model, *_ = route.split("/")
    if place == "imports" and model == "<int:pk>":
        return ImportRun.objects.first().pk
    if place == "imports":
        if name == "withdraw":
            return Release.objects.current().exclude(dataset="hcpcs").first().pk
        return Release.objects.filter(state="loaded" if name == "roll_back" else "rehearsed").first().pk
    rows = apps.get_model("django_tasks_database" if "task" in place else place, model).objects
    assert rows.exists(), f"no row to ask {route} for"
    return rows.first().pk


def address_of(name: str, route: str) -> str:
    filled_in = re.sub(r"<(path:object_id|int:pk|id)>", lambda _: str(first_key(name, route)), route)
    filled_in = filled_in.replace("<int:number>", "1")
    filled_in = re.sub(r"<(slug|str):export_format>", "csv", filled_in)
    assert "<" not in filled_in, f"{route} asks for something this test does not know"
    return f"/admin/{filled_in}"


def asked(user: AbstractBaseUser | AnonymousUser, method: str, address: str) -> int:
    """The status that the view there answers with; whatever it did is undone.

    The view alone: no middleware lets anybody in or keeps anybody out, and pages need not be rendered for that.
    """
    request = getattr(RequestFactory(), method)(address)
    request.user, request.session, request.htmx = user, SessionStore(), HtmxDetails(request)
    request._messages, request._dont_enforce_csrf_checks = FallbackStorage(request), True
    view, args, kwargs = resolve(address)
    with transaction.atomic():
        try:
            return view(request, *args, **kwargs).status_code
        except PermissionDenied:
            return 403
        finally:
            transaction.set_rollback(True)


def member(role: str) -> User:
    if role == BOSS:
        return User.objects.create_superuser("boss")
    return make_user("somebody", role)


def may(role: str, permission: str) -> bool:
    if role == BOSS:
        return permission not in NOT_EVEN_SUPERUSERS
    return permission in ROLES.get(role, ())


@pytest.mark.parametrize("role", [EDITORS, DATA_MANAGERS, NOBODY, BOSS])
def test_every_address_is_open_to_whose_work_it_is_and_to_nobody_else(filled, role):
    user = member(role)
    wrong = []
    for name, route in ADDRESSES:
        address = address_of(name, route)
        statuses = {method: asked(user, method, address) for method in ("get", "post")}
        for method, status in statuses.items():
            is_open = may(role, permission_for(name, route, method))
            other = statuses["post" if method == "get" else "get"]
            # A view may say that it takes no such request before it says who may ask: then it says so to both.
            refused = {403} if other != 403 else {403, 405}
            if status not in ({200, 302, 405} if is_open else refused):
                wrong.append(f"{method} {address}: {status}")
    assert wrong == []


@pytest.mark.parametrize("role", [EDITORS, DATA_MANAGERS])
def test_every_page_of_a_role_is_shown_whole_to_those_who_hold_no_more(filled, role):
    browser = browser_of(member(role))
    for name, route in ADDRESSES:
        if may(role, permission_for(name, route)):
            assert browser.get(address_of(name, route)).status_code in {200, 302, 405}, route


def test_what_is_closed_is_so_through_the_whole_stack(filled):
    browser = browser_of(member(EDITORS))
    for address in (reverse("admin:imports"), reverse("admin:catalog_goldenpair_import")):
        answers = browser.get(address), browser.post(address, {"post": "yes"})
        assert {answer.status_code for answer in answers} <= {403, 405}


def test_somebody_unknown_is_asked_to_log_in_at_every_address(filled):
    client = Client()
    served = [address_of(name, route) for name, route in ADDRESSES]
    unlisted = ["", "autocomplete/", "catalog/", "r/1/1/", "catalog/section/1/", "nothing/of/the/kind"]
    pages = [reverse(f"admin:{name}") for name in STAFF - {"login", "logout", "markdown_preview"}]
    assert {asked(AnonymousUser(), method, each) for each in served for method in ("get", "post")} == {302}
    for address in [*(f"/admin/{each}" for each in unlisted), *pages, served[0]]:
        for answer in (client.get(address), client.post(address, {"post": "yes"})):
            assert answer.status_code == 302, address
            assert answer["Location"].startswith(LOGIN), address


def test_somebody_unknown_is_previewed_no_text(db):
    typed = {"HX-Request": "true", "HX-Trigger-Name": "description"}
    address, sent = reverse("admin:markdown_preview"), {"description": "**secret**"}
    assert "secret" not in Client().post(address, sent, headers=typed).content.decode()
    assert "secret" in browser_of(make_user("new")).post(address, sent, headers=typed).content.decode()


ROWS_BELOW = {"sectionrange", "decisionchoice", "practicechoice", "releasefile"}
"""Models that are changed in the form of another one."""


@pytest.mark.parametrize("role", [EDITORS, DATA_MANAGERS])
def test_no_role_holds_a_permission_that_opens_nothing(role):
    opening = {permission_for(name, route, method) for name, route in ADDRESSES for method in ("get", "post")}
    idle = ROLES[role] - opening
    assert {name.partition("_")[2] for name in idle} <= ROWS_BELOW


# --- Their work ------------------------------------------------------------------------------------------------


def page(answer: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def sent_as_shown(form: Tag) -> dict[str, object]:
    """What a browser sends when somebody presses Save in a form as it is."""
    sent = {}
    for field in form.select("input[name]"):
        if field.get("type") in {"submit", "button", "file"}:
            continue
        if field.get("type") in {"checkbox", "radio"} and not field.has_attr("checked"):
            continue
        sent[field["name"]] = field.get("value", "on" if field.get("type") == "checkbox" else "")
    for field in form.select("textarea[name]"):
        sent[field["name"]] = field.get_text().removeprefix("\n")
    for field in form.select("select[name]"):
        chosen = [option.get("value", "") for option in field.select("option[selected]")]
        sent[field["name"]] = chosen if field.has_attr("multiple") else (chosen or [""])[0]
    return sent


@pytest.mark.parametrize("role", [EDITORS, DATA_MANAGERS])
def test_each_role_can_save_every_form_that_is_its_own(filled, role):
    browser = browser_of(make_user("somebody", role))
    names = sorted(each.removeprefix("change_") for each in ROLES[role] if each.startswith("change_"))
    tried = 0
    for name in names:
        model = apps.get_model("catalog", name)
        if not admin.site.is_registered(model):
            continue  # a row of another one's form
        row = model.objects.first()
        address = reverse(f"admin:catalog_{name}_change", args=[row.pk])
        form = page(browser.get(address)).select_one(f"#{name}_form")
        answer = browser.post(address, sent_as_shown(form) | {"_save": "Save"})
        assert answer.status_code == 302, f"{name}: {page(answer).select('.errorlist')}"
        tried += 1
    assert tried == (9 if role == EDITORS else 1)


def test_an_editor_adds_and_removes_a_synonym_but_no_level(filled):
    browser = browser_of(make_user("ed", EDITORS))
    browser.post(reverse("admin:catalog_synonym_add"), {"term": "sugar strip", "code": "A4253"})
    synonym = Synonym.objects.get(term="sugar strip")
    browser.post(reverse("admin:catalog_synonym_delete", args=[synonym.pk]), {"post": "yes"})
    assert not Synonym.objects.filter(pk=synonym.pk).exists()
    assert browser.post(reverse("admin:catalog_level_add"), {"number": 4}).status_code == 403


def test_a_section_in_use_by_nobody_is_removed_with_its_ranges(filled):
    section = Section.objects.filter(children=None).first()
    browser = browser_of(make_user("ed", EDITORS))
    browser.post(reverse("admin:catalog_section_delete", args=[section.pk]), {"post": "yes"})
    assert not Section.objects.filter(pk=section.pk).exists()


def test_what_publishers_own_is_changed_by_nobody_not_even_a_superuser(filled, admin_client):
    code = HcpcsCode.objects.first()
    answer = admin_client.post(reverse("admin:catalog_hcpcscode_change", args=[code.pk]), {"code": "X9999"})
    assert answer.status_code == 403
    assert HcpcsCode.objects.get(pk=code.pk) == code


def test_who_is_in_no_group_finds_the_desk_empty_and_may_change_the_own_password(db):
    browser = browser_of(make_user("new"))
    assert browser.get(reverse("admin:index")).status_code == 200
    assert browser.get(reverse("admin:password_change")).status_code == 200


def test_an_account_that_is_not_staff_does_not_get_in(db):
    browser = browser_of(User.objects.create_user("reader", password="password"))
    assert browser.get(reverse("admin:index")).status_code == 302
