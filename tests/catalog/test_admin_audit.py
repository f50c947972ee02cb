import csv
import io
import os
import re
import sqlite3
import subprocess
import sys

import openpyxl
import psycopg
import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.urls import reverse

from catalog.admin.audit import AuditEntryAdmin
from catalog.models import AuditEntry, ImportRun
from catalog.roles import DATA_MANAGERS, create_groups
from tests.builders import make_release

LIST = reverse("admin:catalog_auditentry_changelist")
Action = AuditEntry.Action


@pytest.fixture
def manager(client, django_user_model):
    """A client that a data manager is logged in with."""
    create_groups()
    user = django_user_model.objects.create_user("mary", is_staff=True)
    user.groups.set(Group.objects.filter(name=DATA_MANAGERS))
    client.force_login(user)
    return client


@pytest.fixture
def log(db):
    """Three steps, the last of them with a note that a spreadsheet could take for a formula."""
    run = ImportRun.objects.create(origin=ImportRun.Origin.UPLOAD)
    release = make_release("2025Q4")
    AuditEntry.objects.record(Action.UPLOADED, by="mary", subject="hcpcs.zip", run=run, sha256="ab12", size=90_000)
    AuditEntry.objects.record(Action.REHEARSED, by="mary", release=release, run=run, rows=8_900)
    AuditEntry.objects.record(Action.ACTIVATED, by="paul", release=release, run=run, note="=1+1, looked through")
    return release


def listed(client, **query) -> list[str]:
    return [entry.action for entry in client.get(LIST, query).context["cl"].result_list]


def test_the_log_is_read_newest_first_searched_and_filtered(manager, log):
    assert listed(manager) == ["activated", "rehearsed", "uploaded"]
    assert listed(manager, q="looked") == ["activated"]
    assert listed(manager, q="hcpcs.zip") == ["uploaded"]
    assert listed(manager, by="paul") == ["activated"]
    assert listed(manager, action__exact="rehearsed") == ["rehearsed"]
    assert listed(manager, release_number=log.pk, by="mary") == ["rehearsed"]


def test_a_list_of_a_hundred_steps_takes_as_many_queries_as_one_of_three(
    manager, log, django_assert_max_num_queries
):
    for number in range(100):
        AuditEntry.objects.record(Action.LOADED, by="mary", subject=f"Release {number}")
    # Session, user and permissions, a count, the rows with their releases and imports, and who is in the filter.
    with django_assert_max_num_queries(9):
        assert manager.get(LIST).status_code == 200


def test_the_list_tells_each_step_in_a_sentence_with_when_why_and_where_it_can_be_looked_at(manager, log):
    doubts = ["Part 3 is missing."]
    AuditEntry.objects.record(
        Action.ROLLED_BACK, by="mary", subject=f"{log}, in place of January 2026", release=log, doubts=doubts
    )
    rows = BeautifulSoup(manager.get(LIST).content, "html.parser").select("#result_list tbody tr")
    told = [" ".join(row.select_one(".field-in_words").get_text(" ").split()) for row in rows]
    assert told == [
        f"mary rolled back to {log}, in place of January 2026. Doubts: Part 3 is missing.",
        f"paul activated {log}. Note: “=1+1, looked through”",
        f"mary had {log} rehearsed.",
        "mary uploaded hcpcs.zip.",
    ]
    assert re.search(r", \d{4}, \d+:\d\d [AP]M E[SD]T$", rows[0].th.get_text(strip=True))
    release, run = [link["href"] for link in rows[1].select(".field-see a")]
    assert release == reverse("admin:catalog_release_change", args=[log.pk])
    assert run == ImportRun.objects.get().get_absolute_url()


def test_a_step_is_found_by_the_hash_of_a_file(manager, log):
    assert listed(manager, q="ab12") == ["uploaded"]


def test_a_step_is_shown_with_its_note_its_counts_and_the_release(manager, log):
    entry = AuditEntry.objects.get(action=Action.REHEARSED)
    shown = manager.get(reverse("admin:catalog_auditentry_change", args=[entry.pk])).content.decode()
    assert "rows: 8,900" in shown
    assert f'href="{reverse("admin:catalog_release_change", args=[log.pk])}"' in shown
    assert "/history/" not in shown
    assert "_save" not in shown


def test_doubts_and_counts_are_read_as_words(manager, log):
    doubts = ["It has 2 rows.", "Part 3 is missing."]
    counts = {"codes": 8_463, "modifiers": 383}
    entry = AuditEntry.objects.record(
        Action.ACTIVATED, by="paul", release=log, doubts=doubts, counts=counts, is_partial=True
    )
    shown = manager.get(reverse("admin:catalog_auditentry_change", args=[entry.pk])).content.decode()
    assert "doubts: It has 2 rows. Part 3 is missing." in shown
    assert "counts: codes 8,463, modifiers 383" in shown
    assert "is partial: yes" in shown


def test_a_step_outlives_the_release_and_the_import_it_names(manager, log):
    ImportRun.objects.all().delete()
    log.delete()
    entry = AuditEntry.objects.get(action=Action.ACTIVATED)
    shown = manager.get(reverse("admin:catalog_auditentry_change", args=[entry.pk])).content.decode()
    assert ">paul activated HCPCS Level II, October 2025.</h1>" in shown
    assert shown.count("no longer on record") == 2


@pytest.mark.parametrize("who", ["admin_client", "manager"])
def test_nobody_finds_a_way_to_add_change_or_delete_a_step(who, request, log):
    client = request.getfixturevalue(who)
    entry = AuditEntry.objects.first()
    for name, *args in (("add",), ("change", entry.pk), ("delete", entry.pk)):
        address = reverse(f"admin:catalog_auditentry_{name}", args=args)
        assert client.post(address, {"by": "nobody", "post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    client.post(LIST, form)
    assert list(AuditEntry.objects.values_list("by", flat=True)) == ["paul", "mary", "mary"]


def test_the_log_goes_along_as_csv_as_it_is_filtered_and_without_formulas(manager, log):
    address = reverse("admin:catalog_auditentry_export", args=["csv"])
    text = manager.get(address).getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["What"] for row in rows] == ["Activated", "Rehearsed", "Uploaded files"]
    assert rows[0]["Note"] == "'=1+1, looked through"
    assert rows[1]["Detail"] == '{"rows": 8900}'
    assert rows[0]["In words"] == f"paul activated {log}. Note: “=1+1, looked through”"
    filtered = manager.get(address, {"by": "paul"}).getvalue().decode()
    assert len(filtered.splitlines()) == 2


def test_the_log_goes_along_as_a_workbook(manager, log):
    answer = manager.get(reverse("admin:catalog_auditentry_export", args=["xlsx"]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[2]][2:5] == ["paul", "Activated", "HCPCS Level II, October 2025"]
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n"}


@pytest.mark.parametrize("query", [{"at__gte": "x"}, {"p": "99"}])
def test_an_export_of_what_the_list_does_not_know_is_refused_in_a_sentence(manager, log, query, monkeypatch):
    monkeypatch.setattr(AuditEntryAdmin, "list_per_page", 2)
    answer = manager.get(reverse("admin:catalog_auditentry_export", args=["csv"]), query, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "Nothing was exported" in answer.content.decode()


def test_an_export_in_another_format_is_not_found(manager, log):
    assert manager.get(reverse("admin:catalog_auditentry_export", args=["pdf"])).status_code == 404


# --- What the database itself refuses. The tests' own one may be emptied, so this asks a new one ---------------


@pytest.fixture
def new_log(empty_database):
    """Run a statement on a new database with one step in its log; the step is then what it was before."""

    def manage(*arguments: str) -> None:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "coding_reference.settings",
            "DATABASE_URL": empty_database,
            "ENV_FILE": os.devnull,
        }
        subprocess.run([sys.executable, *arguments], cwd=settings.BASE_DIR, env=environment, check=True)

    manage("manage.py", "migrate", "--verbosity=0")
    write = "from catalog.models import AuditEntry; AuditEntry.objects.record('loaded', by='mary')"
    manage("-c", f"import django; django.setup(); {write}")

    def run(statement: str) -> list[tuple]:
        if empty_database.startswith("sqlite"):
            server = sqlite3.connect(empty_database.removeprefix("sqlite:///"), isolation_level=None)
        else:
            server = psycopg.connect(empty_database, autocommit=True)
        try:
            cursor = server.execute(statement)
            return cursor.fetchall() if cursor.description else []
        finally:
            server.close()

    return run


COLUMNS = "id, at, by, action, subject, release_number, run_number, note, detail"
REFUSED = [
    "UPDATE catalog_auditentry SET note = 'It was somebody else'",
    "UPDATE catalog_auditentry SET at = at",
    "DELETE FROM catalog_auditentry",
    "DELETE FROM catalog_auditentry WHERE id = 1",
]
REFUSED_TOO = {
    "postgresql": "TRUNCATE catalog_auditentry",
    "sqlite": f"INSERT OR REPLACE INTO catalog_auditentry ({COLUMNS}) "
    "VALUES (1, '2026-01-01', 'paul', 'loaded', '', NULL, NULL, '', '{}')",
}


def test_the_database_itself_refuses_to_change_or_remove_a_step(new_log):
    for statement in (*REFUSED, REFUSED_TOO[connection.vendor]):
        with pytest.raises((sqlite3.IntegrityError, psycopg.Error), match=r"The audit log is never changed\."):
            new_log(statement)
    assert new_log("SELECT by, note FROM catalog_auditentry") == [("mary", "")]
