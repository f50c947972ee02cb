"""Watching imports at the desk: how far one is, how it ended, and all of them."""

import hashlib
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog import running
from catalog.importers import rehearsal
from catalog.models import AuditEntry, ImportRun, Release
from tests.builders import make_release
from tests.catalog.views.page import main, text, words
from tests.desk import make_run, make_user, upload
from tests.release_files import NOISE, record, whole, write_text, write_zip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inbox")]

# The worker writes down how far it is on a connection of its own, which sees only what is committed.
with_worker = pytest.mark.django_db(transaction=True)
QUERIES_OF_THE_LIST = 13  # on PostgreSQL one of them asks whether the worker holds its lock
QUERIES_OF_AN_IMPORT = 14


@with_worker
def test_a_page_asks_again_until_its_import_is_over(manager, october):
    run = ImportRun.objects.get(pk=upload(manager, october).url.rstrip("/").rpartition("/")[2])
    address = run.get_absolute_url()
    waiting = BeautifulSoup(manager.get(address).content, "html.parser")
    assert waiting.select_one("#run")["hx-trigger"] == "every 1s"
    assert waiting.select_one("head noscript meta[http-equiv=refresh]")
    running.carry_out(run.pk)
    over = BeautifulSoup(manager.get(address).content, "html.parser")
    assert not over.select_one("#run").has_attr("hx-get")
    assert not over.select_one("noscript meta")
    release = Release.objects.get()
    assert over.select_one(f'a[href="{reverse("admin:rehearsal", args=[release.pk])}"]')
    assert hashlib.sha256(october.read_bytes()).hexdigest() in text(over)
    assert "is rehearsed, in" in text(over.select_one(".timeline"))


def test_what_changes_is_sent_alone_and_said_once(manager):
    run = make_run(state="waiting")
    head = {"HX-Request": "true", "HX-Target": "run"}
    first = manager.get(run.get_absolute_url(), headers=head)
    assert first.content.decode().lstrip().startswith('<div id="run"')
    assert 'data-say="Waiting for the worker"' in first.content.decode()
    again = manager.get(run.get_absolute_url(), {"said": "Waiting for the worker"}, headers=head)
    assert "data-say" not in again.content.decode()


def test_a_page_is_loaded_again_once_its_reader_is_logged_out(manager):
    run = make_run()
    manager.logout()
    asked = manager.get(run.get_absolute_url(), headers={"HX-Request": "true", "HX-Target": "run"})
    assert (asked.status_code, asked["HX-Refresh"], asked.content) == (200, "true", b"")
    assert "no-store" in asked["Cache-Control"]
    assert manager.get(run.get_absolute_url()).url.startswith(reverse("admin:login"))


def test_the_page_says_that_no_worker_runs(manager):
    run = make_run(state="waiting")
    for address in (run.get_absolute_url(), reverse("admin:imports")):
        assert "No worker is running" in words(manager.get(address))


def test_rows_time_and_reason_are_shown(manager):
    run = make_run(state="refused", reason="october.zip is damaged. Download it again.\nAnother line.")
    run.log.create(text="Looking at <b>it</b>", is_warning=True)
    shown = main(manager.get(run.get_absolute_url()))
    assert "october.zip is damaged. Download it again. Another line." in text(shown.select_one(".note-bad"))
    assert "Warning: Looking at <b>it</b>" in text(shown.select_one(".timeline"))


@with_worker
def test_one_that_waits_can_be_cancelled_and_tried_again(manager, october, inbox):
    upload(manager, october)
    run = ImportRun.objects.get()
    cancelled = manager.post(reverse("admin:cancel_import", args=[run.pk]), follow=True)
    assert "Cancelled" in words(cancelled)
    run.refresh_from_db()
    assert run.state == "cancelled"
    manager.post(reverse("admin:import_again", args=[run.pk]), {"kind": "hcpcs/", "quarter": "2025Q4"})
    run.refresh_from_db()
    assert (run.state, run.dataset, run.quarter) == ("waiting", "hcpcs", "2025Q4")
    running.carry_out(run.pk)
    assert run.releases.get().state == Release.State.REHEARSED


def test_an_import_whose_files_are_gone_is_not_offered_again(manager):
    run = make_run(state="refused")
    run.files.create(name="a.zip", size=1, sha256="0" * 64, is_kept=False)
    assert not main(manager.get(run.get_absolute_url())).select_one("#again")
    again = manager.post(reverse("admin:import_again", args=[run.pk]), follow=True)
    assert "are not kept any more" in text(BeautifulSoup(again.content, "html.parser").select_one(".messagelist"))


def test_a_fetch_that_brought_nothing_is_not_said_to_have_brought_something(manager, inbox):
    run = make_run(origin="fetch", dataset="hcpcs", quarter="2025Q4", state="refused")
    for is_made in (False, True):  # the worker makes the folder before it asks CMS
        if is_made:
            (inbox / str(run.pk)).mkdir(parents=True)
        assert "Nothing was downloaded: all of it is asked for." in words(manager.get(run.get_absolute_url()))
    (inbox / str(run.pk) / "october.zip.part").write_bytes(b"PK")
    assert "What was downloaded is used again" in words(manager.get(run.get_absolute_url()))


@with_worker
def test_a_refused_import_leaves_nothing_and_says_why(manager, tmp_path):
    damaged = tmp_path / "october-2025-alpha-numeric-hcpcs-file.zip"
    plain = write_text(tmp_path / "HCPC2025_OCT_ANWEB.txt", whole(record("J1885", NOISE[:400].hex())))
    content = bytearray(write_zip(damaged, plain).read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged.write_bytes(content)
    upload(manager, damaged)
    run = ImportRun.objects.get()
    running.carry_out(run.pk)
    shown = main(manager.get(run.get_absolute_url()))
    assert "damaged" in text(shown.select_one(".note-bad"))
    assert not Release.objects.exists()
    assert shown.select_one("#again")


# --- What became of a rehearsal ---


def rehearsed(run: ImportRun) -> Release:
    release = make_release("2025Q4", current=False, run=run, state="rehearsed")
    AuditEntry.objects.record("rehearsed", by="dana", release=release, run=run)
    return release


def test_an_import_tells_who_discarded_what_it_rehearsed_and_why(manager):
    run = make_run(state="rehearsed")
    release = rehearsed(run)
    manager.post(reverse("admin:discard", args=[release.pk]), {"note": "The wrong quarter"})
    ended = main(manager.get(run.get_absolute_url())).select_one("section[aria-labelledby=h-state]")
    said = "dana discarded the rehearsal of HCPCS Level II, October 2025. Note: “The wrong quarter”"
    assert said in text(ended.select_one(".timeline li"))
    assert ended.select_one(".timeline time")
    assert "Nothing is left to decide here." in text(ended)
    listed = row_of(run, manager)
    assert text(listed.select_one("[data-label=Releases]")) == "HCPCS Level II, October 2025 discarded"


def test_an_import_tells_which_other_one_took_the_place_of_what_it_rehearsed(manager):
    first, second = make_run(state="rehearsed"), make_run(state="rehearsed", asked_by=make_user("drew"))
    rehearsed(first)
    begun = timezone.now()
    rehearsed(second)
    rehearsal.replace_older(second, since=begun)
    ended = main(manager.get(first.get_absolute_url())).select_one("section[aria-labelledby=h-state]")
    assert "drew replaced the rehearsal of HCPCS Level II, October 2025." in text(ended)
    assert ended.select_one(f'a[href="{second.get_absolute_url()}"]')
    listed = row_of(first, manager)
    assert text(listed.select_one("[data-label=Releases]")) == "HCPCS Level II, October 2025 replaced"


def test_an_import_that_is_tried_again_is_not_said_to_have_replaced_itself(manager):
    run = make_run(state="rehearsed")
    rehearsed(run)
    begun = timezone.now()
    again = rehearsed(run)
    rehearsal.replace_older(run, since=begun)
    assert text(row_of(run, manager).select_one("[data-label=Releases]")).endswith("to decide")
    rehearsal.discard(again, by="dana")
    run.asked_at = timezone.now() + timedelta(seconds=1)  # it is tried again
    run.save()
    assert text(row_of(run, manager).select_one("[data-label=Releases]")) == "none"


def row_of(run: ImportRun, client: Client) -> Tag:
    (cell,) = main(client.get(reverse("admin:imports"))).select(f'th a[href="{run.get_absolute_url()}"]')
    return cell.find_parent("tr")


# --- The list ---


@with_worker
def test_the_list_tells_what_was_asked_for_and_what_came_of_it(manager, october):
    upload(manager, october)
    running.carry_out(ImportRun.objects.get().pk)
    shown = words(manager.get(reverse("admin:imports")))
    assert "Waiting for a decision 1 HCPCS Level II, October 2025" in shown
    assert f"Import {ImportRun.objects.get().pk} {october.name} Rehearsed" in shown


def test_pages_take_the_same_queries_however_much_there_is(manager):
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(address).status_code == 200
        return len(queries)

    run = make_run(state="rehearsed")
    make_release("2019Q1", run=run, counts={"codes": 1})
    run.log.create(text="Line")
    run.files.create(name="a.zip", size=1, sha256="0" * 64)
    addresses = [reverse("admin:imports"), run.get_absolute_url()]
    few = [asked(address) for address in addresses]
    for number in range(1, 4):
        other = make_run(state="rehearsed", asked_by=make_user(f"user-{number}"))
        make_release(f"2019Q{number + 1}", run=other, current=False, counts={"codes": 1})
        for _ in range(5):
            other.files.create(name="a.zip", size=1, sha256="0" * 64)
            run.log.create(text="Line")
    assert [asked(address) for address in addresses] == few
    assert few[0] <= QUERIES_OF_THE_LIST
    assert few[1] <= QUERIES_OF_AN_IMPORT


def test_old_imports_are_on_further_pages(manager):
    first, *_others = [make_run(state="cancelled") for _ in range(21)]
    address = reverse("admin:imports")
    newest, older = manager.get(address), manager.get(address, {"page": "2"})
    assert main(newest).select_one("a[rel=next]")["href"] == "?page=2"
    assert not main(newest).select_one(f'a[href="{first.get_absolute_url()}"]')
    assert main(older).select_one(f'a[href="{first.get_absolute_url()}"]')
    assert manager.get(address, {"page": "nonsense"}).status_code == 200


def test_a_long_log_shows_its_end(manager):
    run = make_run(state="refused")
    for number in range(205):
        run.log.create(text=f"Line {number}.")
    shown = words(manager.get(run.get_absolute_url()))
    assert "5 earlier lines left out" in shown
    assert "Line 204." in shown
    assert "Line 4." not in shown
