"""What the worker clears away by itself: old files, sessions that are over, old logins, old tasks."""

import os
import time
from datetime import timedelta

import pytest
from axes.models import AccessLog
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalog import chores, inbox, tasks, uploads, worker
from catalog.models import ImportRun

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_inbox(settings, tmp_path):
    settings.INBOX = tmp_path / "inbox"
    settings.INBOX.mkdir()


def ago(**span: int):
    return timezone.now() - timedelta(**span)


def test_files_go_that_nobody_came_back_to_and_uploads_that_broke_off(settings):
    run = ImportRun.objects.create(origin="upload", state="refused", ended_at=timezone.now() - inbox.KEPT * 1.1)
    young = ImportRun.objects.create(origin="upload", state="refused", ended_at=timezone.now())
    for one in (run, young):
        inbox.inbox_of(one).mkdir()
        one.files.create(name="a.txt", size=1, sha256="0" * 64)
    broken_off = settings.INBOX / "incoming-1"
    broken_off.mkdir()
    os.utime(broken_off, 2 * (time.time() - uploads.ABANDONED - 60,))
    chores.do_all()
    assert [path.name for path in settings.INBOX.iterdir()] == [str(young.pk)]


def test_sessions_go_that_are_over():
    Session.objects.create(session_key="over", session_data="", expire_date=ago(minutes=1))
    Session.objects.create(session_key="open", session_data="", expire_date=ago(minutes=-1))
    chores.do_all()
    assert [one.session_key for one in Session.objects.all()] == ["open"]


def test_logins_are_forgotten_after_ninety_days():
    for name, days in (("long ago", 91), ("lately", 89)):
        login = AccessLog.objects.create(username=name, path_info="/admin/login/")
        AccessLog.objects.filter(pk=login.pk).update(attempt_time=ago(days=days))
    chores.do_all()
    assert [login.username for login in AccessLog.objects.all()] == ["lately"]


def test_tasks_are_forgotten_that_were_done_long_ago():
    old, new, open_one = (tasks.tidy.enqueue().id for _ in range(3))
    DBTaskResult.objects.filter(pk=old).update(
        status="SUCCESSFUL", finished_at=timezone.now() - chores.RESULTS_KEPT * 2
    )
    DBTaskResult.objects.filter(pk=new).update(status="FAILED", finished_at=timezone.now())
    chores.do_all()
    assert {str(one.pk) for one in DBTaskResult.objects.all()} == {new, open_one}


def test_one_that_goes_wrong_is_logged_and_keeps_no_other(monkeypatch, caplog):
    done = []

    def goes_wrong() -> None:
        raise OSError("no such disk")

    monkeypatch.setattr(chores, "CHORES", (goes_wrong, lambda: done.append("the next")))
    chores.do_all()
    assert done == ["the next"]
    assert "A chore of the worker failed: goes_wrong" in caplog.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("every", "times"), [(0, 3), (worker.CHORES_EVERY, 1)])
def test_a_worker_does_them_when_it_begins_and_every_day(monkeypatch, every, times):
    turns, done = [], []

    def third_turn_is_the_last() -> None:
        turns.append("")
        monkeypatch.setattr(worker.Stop, "is_asked", len(turns) == 3)

    monkeypatch.setattr(worker, "PAUSE", 0)
    monkeypatch.setattr(worker, "CHORES_EVERY", every)
    monkeypatch.setattr(chores, "CHORES", (lambda: done.append(""),))
    worker._take_tasks(None, 0, third_turn_is_the_last)
    assert (len(turns), len(done)) == (3, times)


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_removed_is_logged_and_keeps_no_worker(monkeypatch, caplog):
    monkeypatch.setattr(worker.load, "remove_leftovers", lambda: 1 / 0)
    assert worker._tidy()
    assert "What imports have left could not be removed." in caplog.text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_dropped_in_one_is_opened_anew(monkeypatch):
    def is_dropped() -> None:
        connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(chores, "CHORES", (is_dropped,))
    chores.do_all()
    assert DBTaskResult.objects.count() == 0
    monkeypatch.setattr(worker.load, "remove_leftovers", is_dropped)
    worker._tidy()
    assert DBTaskResult.objects.count() == 0
