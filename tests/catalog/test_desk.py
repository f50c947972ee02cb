"""The first page of the desk and its menu: what each role sees there, and what it is told to mend."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from catalog.importers import rehearsal
from catalog.models import AuditEntry, GoldenPair, ImportRun, Release, Section, Synonym
from catalog.roles import DATA_MANAGERS, EDITORS, create_groups
from tests.builders import make_level, make_mue, make_ptp, make_release, make_section, make_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def log_in(client):
    """Log somebody in who is in the groups named, and in no other."""

    def somebody(*groups: str) -> User:
        create_groups()
        user = User.objects.create_user("ann", password="x", is_staff=True)
        user.groups.set(Group.objects.filter(name__in=groups))
        client.force_login(user)
        return user

    return somebody


@pytest.fixture
def see(client):
    """The first page as it is now."""

    def soup() -> BeautifulSoup:
        answer = client.get(reverse("admin:index"))
        assert answer.status_code == 200
        return BeautifulSoup(answer.content, "html.parser")

    return soup


def make_golden(expected: str) -> GoldenPair:
    """The pair of 45385 and 45378 as practitioners report it today."""
    pair = {"column_one": "45385", "column_two": "45378", "setting": "practitioner", "day": timezone.localdate()}
    return GoldenPair.objects.create(**pair, expected=expected, source="CMS")


def matters(page: BeautifulSoup) -> str:
    return " ".join(row.get_text(" ", strip=True) for row in page.select(".matters li"))


def headings(page: BeautifulSoup) -> list[str]:
    return [heading.get_text(" ", strip=True) for heading in page.select("main h2")]


def menu(page: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in page.select(".nav-main a")]


# --- Who sees what ----------------------------------------------------------------------------------------


def test_an_editor_sees_texts_and_drafts_and_nothing_of_imports(log_in, see):
    log_in(EDITORS)
    page = see()
    assert menu(page) == ["Desk", "Texts", "Teaching"]
    assert headings(page) == ["Loaded", "In draft", "Changed last"]


def test_a_data_manager_sees_imports_and_steps_and_no_drafts(log_in, see):
    log_in(DATA_MANAGERS)
    page = see()
    assert menu(page) == ["Desk", "Releases", "Data"]
    shown = headings(page)
    assert {"Runs now", "Steps with releases", "Loaded"} <= set(shown)
    assert "In draft" not in shown


def test_a_superuser_sees_everything(admin_client, see):
    client = admin_client
    page = BeautifulSoup(client.get(reverse("admin:index")).content, "html.parser")
    assert menu(page) == ["Desk", "Releases", "Data", "Texts", "Teaching", "People"]


def test_somebody_in_no_group_is_told_whom_to_ask(log_in, see):
    log_in()
    page = see()
    assert menu(page) == ["Desk"]
    assert "Ask a superuser" in page.main.get_text()


def test_the_menu_hides_what_the_libraries_keep_for_themselves(admin_client):
    page = BeautifulSoup(admin_client.get(reverse("admin:app_list", args=["catalog"])).content, "html.parser")
    names = page.main.get_text()
    assert "Sections" in names
    assert "task" not in names.lower()


def test_a_list_shows_its_group_and_itself_as_the_place_one_is_at(admin_client):
    page = BeautifulSoup(admin_client.get(reverse("admin:catalog_synonym_changelist")).content, "html.parser")
    assert [link.get_text(strip=True) for link in page.select(".nav-main [aria-current]")] == ["Texts"]
    assert [link.get_text(strip=True) for link in page.select(".subnav [aria-current=page]")] == ["Synonyms"]


# --- What needs attention ---------------------------------------------------------------------------------


def test_what_is_not_loaded_or_behind_or_only_the_starter_set_needs_attention(log_in, see):
    log_in(DATA_MANAGERS)
    day = timezone.localdate()
    make_release(f"{day.year - 1}Q1")
    make_table("ptp", "practitioner")
    make_table("mue", "practitioner", origin=Release.Origin.STARTER)
    said = matters(see())
    assert re.search(r"Quarters behind, [^:]*: HCPCS Level II \([4-7]\)\. Load newer releases", said)
    assert "No release is active: PTP edits, outpatient hospital; MUE, outpatient hospital;" in said
    assert "The starter set only, no release of CMS’s: MUE, practitioner. Load releases" in said
    assert "PTP edits, practitioner" not in said


def test_an_editor_is_not_told_to_load_releases(log_in, see):
    log_in(EDITORS)
    assert matters(see()) == ""


def test_a_release_that_looked_incomplete_needs_attention_while_it_is_current(log_in, see):
    log_in(DATA_MANAGERS)
    release = make_table("ptp", "practitioner", partial=True)
    Release.objects.update(doubts=["Part 3 of 4 is missing."])
    said = f"{release} looks incomplete, and readers are answered from it. Part 3 of 4 is missing. Load it whole"
    assert said in matters(see())
    Release.objects.update(partial=False)
    assert "looks incomplete" not in matters(see())


def test_an_incomplete_quarter_of_mue_needs_attention_as_well_when_it_is_not_the_one_of_today(log_in, see):
    log_in(DATA_MANAGERS)
    older = make_table("mue", "practitioner", "2024Q2", partial=True)
    make_table("mue", "practitioner")
    assert f"{older} looks incomplete" in matters(see())


def test_who_may_activate_and_not_load_is_not_asked_to_try_again(log_in, see, client):
    user = log_in()
    user.user_permissions.set(Permission.objects.filter(codename__in=["activate_release", "view_release"]))
    failed = ImportRun.objects.create(origin="upload", state="refused", asked_by=user, reason="Line 3 is cut off.")
    assert "Line 3 is cut off. See why" in matters(see())
    page = client.get(failed.get_absolute_url()).content.decode()
    assert "Those who may load releases can try it again or dismiss it." in page
    assert 'id="again"' not in page
    assert 'id="dismiss"' not in page


def test_a_run_that_failed_needs_attention_although_another_one_goes_through(log_in, see):
    user = log_in(DATA_MANAGERS)
    failed = ImportRun.objects.create(origin="upload", state="refused", asked_by=user, reason="Line 3 is cut off.")
    assert f"{failed} was refused. Line 3 is cut off. Try again or dismiss" in matters(see())
    ImportRun.objects.create(origin="upload", state="rehearsed", asked_by=user)
    page = see()
    assert f"{failed} was refused." in matters(page)
    assert page.select(f'.matters a[href="{failed.get_absolute_url()}"]')


def test_a_failure_is_news_for_two_weeks(log_in, see):
    log_in(DATA_MANAGERS)
    failed = ImportRun.objects.create(origin="fetch", state="interrupted")
    ImportRun.objects.update(asked_at=timezone.now() - timedelta(days=15))
    assert str(failed) not in matters(see())


def test_a_release_that_answers_a_golden_pair_otherwise_needs_attention(log_in, see):
    log_in(DATA_MANAGERS)
    release = make_table("ptp", "practitioner")
    make_ptp("45385", "45378", release, modifier_indicator="1")
    make_golden("indicator_0")
    assert f"{release} answers 1 golden pair otherwise." in matters(see())
    GoldenPair.objects.update(expected="indicator_1")
    assert "golden pair" not in matters(see())


def test_a_rehearsed_release_waits_for_a_decision(log_in, see):
    log_in(DATA_MANAGERS)
    release = make_table("mue", "practitioner", state="rehearsed", doubts=["A part is missing."])
    page = see()
    assert f"{release} is rehearsed and waits for a decision, although it looks incomplete." in matters(page)
    assert page.select(f'.matters a[href="{reverse("admin:rehearsal", args=[release.pk])}"]')


def test_a_run_shows_how_far_it_is(log_in, see):
    user = log_in(DATA_MANAGERS)
    ImportRun.objects.create(
        origin="upload", state="waiting", asked_by=user, step="Writing rows", done=1_500, total=6_000
    )
    page = see()
    panel = page.select_one("[aria-labelledby=h-runs]")
    assert "asked for by ann" in panel.get_text()
    assert "Writing rows: 1,500 of about 6,000 rows" in panel.get_text()
    assert panel.progress["value"] == "1500"


def test_what_runs_asks_for_itself_until_nothing_does_and_brings_what_needs_attention_then(log_in, client):
    user = log_in(DATA_MANAGERS)
    run = ImportRun.objects.create(origin="upload", state="waiting", asked_by=user)

    def now() -> BeautifulSoup:
        head = {"HX-Request": "true", "HX-Target": "now"}
        return BeautifulSoup(client.get(reverse("admin:index"), headers=head).content, "html.parser")

    running = now()
    assert running.select_one("#now")["hx-trigger"] == "every 2s"
    assert running.find("main") is None
    assert not running.select("#matters")
    ImportRun.objects.update(state="refused", reason="Line 3 is cut off.")
    over = now()
    assert not over.select_one("#now").has_attr("hx-get")
    assert over.select_one("#matters")["hx-swap-oob"] == "true"
    assert f"{run} was refused. Line 3 is cut off." in matters(over)


def test_the_part_that_runs_is_not_replaced_by_the_login_page(client, db):
    asked = client.get(reverse("admin:index"), headers={"HX-Request": "true", "HX-Target": "now"})
    assert (asked.status_code, asked["HX-Refresh"], asked.content) == (200, "true", b"")


def test_an_editor_who_asks_for_what_runs_gets_nothing_of_it(log_in, client):
    ImportRun.objects.create(origin="upload", state="waiting", step="Writing rows")
    log_in(EDITORS)
    asked = client.get(reverse("admin:index"), headers={"HX-Request": "true", "HX-Target": "now"})
    assert "Writing rows" not in asked.content.decode()


def test_a_draft_is_listed_and_needs_attention_once_it_is_old(log_in, see):
    log_in(EDITORS)
    make_section("fresh", title="Fresh", draft="New words", draft_by="ben", draft_at=timezone.now())
    assert matters(see()) == ""
    make_section("old", title="Old", draft="Words", draft_at=timezone.now() - timedelta(days=20))
    page = see()
    assert "The draft of “Old” has waited for 20 days." in matters(page)
    listed = [link.get_text() for link in page.select("[aria-labelledby=h-drafts] a")]
    assert listed == ["Old", "Fresh"]


def test_a_superuser_sees_who_is_locked_out_and_a_data_manager_does_not(admin_client, client, log_in):
    for _ in range(5):
        client.post(reverse("admin:login"), {"username": "eve", "password": "x"}, REMOTE_ADDR="192.0.2.7")
    said = "The login of “eve” from 192.0.2.7 is locked"
    assert said in admin_client.get(reverse("admin:index")).content.decode()
    admin_client.logout()
    log_in(DATA_MANAGERS)
    assert said not in client.get(reverse("admin:index")).content.decode()


def test_a_superuser_sees_which_address_is_locked(admin_client):
    now = {"ip_address": "192.0.2.7", "attempt_time": timezone.now(), "failures_since_start": 4}
    for at in range(settings.FAILURE_LIMIT_OF_ADDRESS // 4):
        AccessAttempt.objects.create(username=f"name {at}", **now)
    assert "Logins from" not in admin_client.get(reverse("admin:index")).content.decode()
    AccessAttempt.objects.create(username="one more", **now)
    said = admin_client.get(reverse("admin:index")).content.decode()
    assert "Logins from 192.0.2.7 are locked after" in said
    assert "/admin/axes/accessattempt/?q=192.0.2.7" in said


# --- What was changed last --------------------------------------------------------------------------------


def test_texts_changed_last_come_first_each_once_with_who_and_what(log_in, see, client):
    user = log_in(EDITORS)
    synonym = Synonym(term="sugar", means="glucose")
    synonym._history_user = user
    synonym.save()
    synonym.note = "Said at the desk"
    synonym.save()
    make_section("unseen", title="Made by a command")
    rows = [row.get_text(" ", strip=True) for row in see().select("[aria-labelledby=h-edited] li")]
    assert len(rows) == 1
    assert rows[0].endswith("sugar: glucose synonym, changed by ann")


def test_a_deleted_text_leads_to_its_trail(log_in, see):
    user = log_in(EDITORS)
    synonym = Synonym.objects.create(term="sugar", means="glucose")
    number = synonym.pk
    synonym._history_user = user
    synonym.delete()
    (row,) = see().select("[aria-labelledby=h-edited] li")
    assert "deleted by ann" in row.get_text(" ", strip=True)
    assert row.a["href"] == reverse("admin:catalog_synonym_history", args=[number])


def test_an_editor_does_not_see_changes_of_golden_pairs(log_in, see):
    user = log_in(EDITORS)
    pair = make_golden("indicator_0")
    pair._history_user = user
    pair.save()
    assert "45385" not in see().main.get_text()


def test_steps_with_releases_are_listed_newest_first(log_in, see):
    log_in(DATA_MANAGERS)
    for subject in ("First", "Second"):
        AuditEntry.objects.record("activated", by="ann", subject=subject)
    rows = [row.get_text(" ", strip=True) for row in see().select("[aria-labelledby=h-steps] li")]
    assert ["ann activated Second." in rows[0], "ann activated First." in rows[1]] == [True, True]


def test_a_step_leads_to_its_release_and_import_where_they_are(log_in, see):
    user = log_in(DATA_MANAGERS)
    run = ImportRun.objects.create(origin="upload", state="rehearsed", asked_by=user)
    release = make_release()
    AuditEntry.objects.record("activated", by="ann", release=release, run=run)
    (step,) = see().select("[aria-labelledby=h-steps] li")
    hrefs = [link["href"] for link in step.select("a")]
    assert hrefs == [reverse("admin:catalog_release_change", args=[release.pk]), run.get_absolute_url()]
    Release.objects.all().delete()
    ImportRun.objects.all().delete()
    (step,) = see().select("[aria-labelledby=h-steps] li")
    assert not step.select("a")


def test_a_release_offers_no_history_as_nobody_changes_it_here(log_in, client):
    log_in(DATA_MANAGERS)
    release = make_release()
    shown = client.get(reverse("admin:catalog_release_change", args=[release.pk])).content.decode()
    assert "/history/" not in shown


# --- How much it asks -------------------------------------------------------------------------------------


def test_the_first_page_asks_the_same_number_of_questions_however_much_there_is(
    admin_client, admin_user, django_assert_max_num_queries
):
    make_level(2)
    long_ago = timezone.now() - timedelta(days=20)
    for at in range(12):
        make_section(f"s-{at}", title=f"Section {at}", draft="Words", draft_at=long_ago)
        ImportRun.objects.create(origin="upload", state="refused" if at % 2 else "waiting", asked_by=admin_user)
        AuditEntry.objects.record("activated", by="ann", subject="x")
        make_mue("11042", 3, make_table("mue", "practitioner", f"20{10 + at}Q1"))
    for section in Section.objects.all():
        section._history_user = admin_user
        section.save()
    # Session, user; what is loaded, incomplete, withdrawn; imports (settled, open), those that failed (files, what
    # was loaded since, who dismissed any); releases rehearsed, steps with what they lead to, drafts, logins; and
    # one for each of ten kinds of text. On PostgreSQL the worker's lock is in the database.
    with django_assert_max_num_queries(29 + (connection.vendor == "postgresql")):
        assert admin_client.get(reverse("admin:index")).status_code == 200


def test_where_others_changed_what_one_may_not_see_it_is_not_said_that_nobody_did(log_in, see):
    user = log_in(DATA_MANAGERS)
    synonym = Synonym.objects.create(term="sugar", means="glucose")
    synonym.history.update(history_user=user)
    assert "Nothing that you may see has been changed here yet." in see().main.get_text()


def test_what_was_withdrawn_and_nothing_answers_for_is_told_with_who_and_why(log_in, see):
    log_in(DATA_MANAGERS)
    table = make_table("mue", "practitioner", "2025Q2")
    rehearsal.withdraw(table, by="dana", note="Its values are of another setting")
    said = matters(see())
    assert f"{table} was withdrawn by dana: “Its values are of another setting”" in said
    Release.objects.filter(pk=table.pk).update(state="current")
    assert "withdrawn" not in matters(see())


def test_an_incomplete_quarter_of_mue_is_listed_and_told_how_to_be_rid_of(log_in, see):
    log_in(DATA_MANAGERS)
    year = timezone.localdate().year
    make_table("mue", "practitioner", f"{year - 1}Q1")
    part = make_table("mue", "practitioner", f"{year - 1}Q2", partial=True)
    page = see()
    rows = [
        row for row in page.select("[aria-labelledby=h-loaded] tbody tr") if "MUE, practitioner" in row.get_text()
    ]
    assert [row.a.get_text() for row in rows] == [f"January {year - 1}", f"April {year - 1}"]
    assert "May be incomplete" in rows[1].get_text()
    assert rows[1].a["href"] == reverse("release", args=[part.pk])
    said = matters(page)
    assert f"; April {year - 1} incomplete)" in said
    assert "Only the whole table of the same quarter takes its place" in said
