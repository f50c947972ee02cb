"""Imports that are fetched from CMS by the worker, here from a site on this machine that misbehaves."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import timezone

from catalog import inbox, running, runs
from catalog.models import AuditEntry, ImportRun, Release
from tests.cms_site import cut_off, page, serve, status
from tests.cms_site import running as site_running
from tests.edit_releases import write_ptp
from tests.ptp_files import zip_name

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = [zip_name(part=part) for part in (1, 2, 3, 4)]


@pytest.fixture(autouse=True)
def impatient(monkeypatch, small_imports):
    monkeypatch.setattr(running.Watch, "pause", lambda watch, seconds: None)


@pytest.fixture
def cms(settings, tmp_path):
    write_ptp(tmp_path / "ptp", "2024Q3", parts=4)
    with site_running() as site:
        settings.CMS_ADDRESS = site.url
        for name in NAMES:
            site.put(f"/files/zip/{name}", serve((tmp_path / "ptp" / name).read_bytes()))
        yield site


def asked_for(user, **fields) -> ImportRun:
    wanted = {"dataset": "ptp", "quarter": "2024Q3", "setting": "practitioner"}
    accepted = {"license_accepted_at": datetime(2024, 7, 1, tzinfo=UTC)}
    return ImportRun.objects.create(**{"origin": "fetch", "asked_by": user} | wanted | accepted | fields)


def work(run: ImportRun) -> ImportRun:
    """What the worker does once the import is begun."""
    runs.begin(run)
    running.carry_out(run.pk)
    run.refresh_from_db()
    return run


def test_a_quarter_is_fetched_rehearsed_and_put_on_record(cms, ada):
    run = work(asked_for(ada))
    assert (run.state, run.reason) == (ImportRun.State.REHEARSED, "")
    assert run.releases.get().state == Release.State.REHEARSED
    assert [file.name for file in run.files.all()] == NAMES
    assert [file.address for file in run.files.all()] == [f"{cms.url}/files/zip/{name}" for name in NAMES]
    fetched = AuditEntry.objects.get(action=AuditEntry.Action.FETCHED)
    assert (fetched.by, sorted(fetched.detail["files"])) == ("ada", NAMES)


def test_nothing_is_asked_for_without_the_license(cms, ada):
    run = work(asked_for(ada, license_accepted_at=None))
    assert run.state == ImportRun.State.REFUSED
    assert run.reason.startswith("CMS asks for the acceptance of the AMA’s license before these files.")
    assert cms.asked == []


def test_a_quarter_that_is_not_there_is_refused_with_what_was_tried(cms, ada):
    run = work(asked_for(ada, quarter="2031Q1"))
    assert run.state == ImportRun.State.REFUSED
    assert run.reason.startswith(
        "There is no such file at the addresses CMS usually gives this quarter: medicare-"
    )


def test_a_web_page_instead_of_a_part_is_refused(cms, ada):
    cms.put(f"/files/zip/{NAMES[2]}", page())
    run = work(asked_for(ada))
    assert run.state == ImportRun.State.REFUSED
    assert run.reason.startswith("Part 3 of 4 is missing: ")
    assert "is a web page with the title “Page & all not found” instead of a zip file." in run.reason
    assert not Release.objects.exists()


def test_trying_again_asks_for_what_is_not_here(cms, ada, tmp_path):
    third = f"/files/zip/{NAMES[2]}"
    whole = cms.answers[third]
    cms.put(third, cut_off((tmp_path / "ptp" / NAMES[2]).read_bytes(), 10))
    run = work(asked_for(ada))
    assert (run.state, run.reason.partition(" after ")[0]) == (ImportRun.State.REFUSED, "127.0.0.1 broke off")
    cms.put(third, *whole)
    cms.asked.clear()
    runs.try_again(run)
    running.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == ImportRun.State.REHEARSED
    assert not {NAMES[0], NAMES[1]} & set(cms.paths)
    assert {NAMES[2], NAMES[3]} <= set(cms.paths)


def test_what_a_fetch_that_failed_has_left_goes_when_nobody_comes_back_to_it(cms, ada, tmp_path):
    content = (tmp_path / "ptp" / NAMES[2]).read_bytes()
    cms.put(f"/files/zip/{NAMES[2]}", cut_off(content, 10), status(404))
    run = work(asked_for(ada))
    folder = inbox.inbox_of(run)
    assert (run.state, run.files.count()) == (ImportRun.State.REFUSED, 0)
    assert sorted(path.name for path in folder.iterdir()) == NAMES[:2]
    inbox.clear_old()
    assert folder.exists()
    ImportRun.objects.update(ended_at=timezone.now() - inbox.KEPT)
    inbox.clear_old()
    assert not folder.exists()


def test_cancelling_ends_a_download(cms, ada):
    run = asked_for(ada)

    def sends_on_and_on(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"PK\x03\x04")
        runs.ask_cancel(run)
        connection.close()
        while not cms.over.is_set():
            handler.wfile.write(b".")

    cms.put(f"/files/zip/{NAMES[0]}", sends_on_and_on)
    assert work(run).state == ImportRun.State.CANCELLED
    assert not Release.objects.exists()


def test_nothing_is_asked_for_while_the_inbox_is_full(cms, ada, settings):
    settings.INBOX.mkdir()
    (settings.INBOX / "left").write_bytes(bytes(1_000))
    settings.LARGEST_INBOX = 999
    run = work(asked_for(ada))
    assert run.state == ImportRun.State.REFUSED
    assert run.reason.startswith("The inbox has no room: ")
    assert cms.asked == []


def test_a_file_the_inbox_has_no_room_for_is_refused_before_it_comes(cms, ada, settings):
    settings.LARGEST_INBOX = 100
    run = work(asked_for(ada))
    assert run.state == ImportRun.State.REFUSED
    assert run.reason.startswith("The inbox has no room: the files in it take 0 MB of 0 MB.")
    assert cms.paths[-1] == NAMES[0]
    assert not [path for path in settings.INBOX.rglob("*") if path.is_file()]


def test_a_file_that_does_not_say_its_length_comes_only_as_far_as_the_inbox_has_room(cms, ada, settings):
    settings.LARGEST_INBOX = 500_000

    def sends_on_and_on(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"PK\x03\x04")
        while not cms.over.is_set():
            handler.wfile.write(bytes(10_000))

    cms.put(f"/files/zip/{NAMES[0]}", sends_on_and_on)
    run = work(asked_for(ada))
    assert run.state == ImportRun.State.REFUSED
    assert run.reason.startswith("The inbox has no room: the files in it take 0 MB of 0 MB.")
    assert not [path for path in settings.INBOX.rglob("*") if path.is_file()]
