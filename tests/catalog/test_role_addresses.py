"""Every address of the desk, asked for as each role: open to whose work it is, and to nobody else.

They are read from the site itself, so that a new one is asked for as well.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from bs4 import BeautifulSoup, Tag
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django_tasks_db.models import DBTaskResult

from catalog.models import (
    AuditEntry,
    CodeNote,
    GoldenPair,
    HcpcsCode,
    ImportRun,
    ProcessingNote,
    Release,
    Section,
    Synonym,
)
from catalog.roles import DATA_MANAGERS, EDITORS, ROLES
from catalog.starter.load import load_starter
from tests.builders import make_change, make_release
from tests.desk import browser_of, make_user

pytestmark = pytest.mark.django_db

NOBODY, BOTH = "Nobody", "Both"
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
}
"""What an address of a model takes, by the end of its name."""
WITHOUT_PAGES = {f"catalog_ptpedit_{act}" for act in ("change", "delete", "history")}
"""Not found by anybody: an edit of PTP is a row of a list only."""
DECISIONS = {"activate", "roll_back"}


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


def permission_for(name: str, route: str) -> str | None:
    """The permission that opens an address; None for those of superusers."""
    place, *rest = route.split("/")
    if place == "imports":
        return "activate_release" if name in DECISIONS else "load_release"
    if place != "catalog":
        return None
    return f"{PERMISSIONS[name.rpartition('_')[2]]}_{rest[0]}"


@pytest.fixture
def filled() -> None:
    """A row of every model that has pages at the desk."""
    load_starter()
    release = make_release("2026Q3", dataset="ptp", setting="practitioner", state=Release.State.REHEARSED)
    codes = Release.objects.get(dataset="hcpcs")
    ProcessingNote.objects.create(release=codes, number="1", text="Note")
    make_change("J1885", "added", codes, codes)
    CodeNote.objects.create(code="J1885", text="Note")
    GoldenPair.objects.create(
        setting="practitioner",
        column_one="11042",
        column_two="97597",
        day=date(2026, 7, 15),
        expected="indicator_1",
        source="CMS",
    )
    ImportRun.objects.create(origin=ImportRun.Origin.UPLOAD, state=ImportRun.State.REHEARSED)
    AuditEntry.objects.record(AuditEntry.Action.LOADED, by="mary", release=release)
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        counted = {"failures_since_start": 1} if model is AccessAttempt else {}
        model.objects.create(username="x", ip_address="192.0.2.1", user_agent="x", path_info="/", **counted)
    DBTaskResult.objects.create(task_path="x.y", args_kwargs={"args": [], "kwargs": {}}, backend_name="default")
    make_user("mary")


def first_key(route: str) -> object:
    """The key of a row that an address of this route is about."""
    place, model, *_ = route.split("/")
    if place == "imports":
        of_place = ImportRun.objects.all() if model == "<int:pk>" else Release.objects.filter(state="rehearsed")
        return of_place.first().pk
    rows = apps.get_model("django_tasks_database" if "task" in place else place, model).objects
    assert rows.exists(), f"no row to ask {route} for"
    return rows.first().pk


def address_of(route: str) -> str:
    filled_in = re.sub(r"<(path:object_id|int:pk|id)>", lambda _: str(first_key(route)), route)
    filled_in = filled_in.replace("<int:number>", "1")
    filled_in = re.sub(r"<(slug|str):export_format>", "csv", filled_in)
    assert "<" not in filled_in, f"{route} asks for something this test does not know"
    return f"/admin/{filled_in}"


@pytest.mark.parametrize("role", [EDITORS, DATA_MANAGERS, BOTH, NOBODY])
def test_every_address_is_open_to_whose_work_it_is_and_to_nobody_else(filled, role):
    groups = [EDITORS, DATA_MANAGERS] if role == BOTH else [role]
    browser = browser_of(make_user("somebody", *groups))
    held = frozenset(chain.from_iterable(ROLES.get(group, ()) for group in groups))
    wrong = []
    for name, route in ADDRESSES:
        address = address_of(route)
        is_open = permission_for(name, route) in held
        got = browser.get(address).status_code
        if is_open:
            if got not in {200, 302, 404, 405}:
                wrong.append(f"GET {address} is closed: {got}")
            continue
        sent = browser.post(address, {"post": "yes"}).status_code
        if {got, sent} - {403, 405} or 403 not in {got, sent}:
            wrong.append(f"{address} is open: GET {got}, POST {sent}")
    assert wrong == []


def test_somebody_unknown_is_asked_to_log_in_at_every_address(filled):
    client = Client()
    for _, route in ADDRESSES:
        address = address_of(route)
        for answer in (client.get(address), client.post(address, {"post": "yes"})):
            assert answer.status_code == 302, address
            assert answer["Location"].startswith(reverse("admin:login")), address


ROWS_BELOW = {"sectionrange", "decisionchoice", "practicechoice", "releasefile"}
"""Models that are changed in the form of another one."""


@pytest.mark.parametrize("role", [EDITORS, DATA_MANAGERS])
def test_no_role_holds_a_permission_that_opens_nothing(role):
    opening = {permission_for(name, route) for name, route in ADDRESSES}
    saving = {f"change_{name.removeprefix('catalog_').removesuffix('_change')}" for name, _ in ADDRESSES}
    idle = ROLES[role] - opening - saving
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
