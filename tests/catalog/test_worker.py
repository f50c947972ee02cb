"""The worker as a process of its own, on the tests' database: killed, stopped, cut off, and there twice.

What it has to do is little, and waited for long: on PostgreSQL it makes way for whatever else the machine does.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings as project
from django.db import connection
from django_tasks_db.models import DBTaskResult

from catalog import running, runs, tasks
from catalog.importers import load, rehearsal
from catalog.importers.locks import IMPORT, WORKER, sole_import, sole_worker
from catalog.models import ImportRun, PtpEdit, Release
from tests import ptp_files
from tests.databases import url_of_this_database
from tests.killed import until_free
from tests.ptp_files import Edit

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 300
EDITS = [Edit(f"{one}", f"{two}") for one in range(10000, 10020) for two in range(20000, 20030)]


@pytest.fixture(autouse=True)
def no_partitions_left():
    yield
    for release in Release.objects.all():
        load.remove(release)


@pytest.fixture
def run(tmp_path, settings) -> ImportRun:
    """An import of 600 rows in two parts, not begun yet."""
    settings.INBOX = tmp_path / "inbox"
    made = ImportRun.objects.create(origin="upload")
    for path in ptp_files.write_release(runs.inbox_of(made), [EDITS[:300], EDITS[300:]]):
        made.files.create(name=path.name, size=path.stat().st_size, sha256="0" * 64)
    return made


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Starts a worker, or the one that stays in the middle of an import; what still runs at the end is killed."""
    variables = {"DATABASE_URL": url_of_this_database(), "DJANGO_SETTINGS_MODULE": "coding_reference.settings"}
    environment = os.environ | variables | {"INBOX": str(tmp_path / "inbox")}

    with ExitStack() as ends:

        def start(*options: str, is_stuck: bool = False) -> subprocess.Popen:
            command = ["-m", "tests.stuck_worker"] if is_stuck else ["manage.py", "worker", *options]
            with (tmp_path / "worker.log").open("a") as log:
                process = subprocess.Popen(
                    [sys.executable, *command], cwd=project.BASE_DIR, env=environment, stderr=log
                )
            ends.callback(process.wait)
            ends.callback(process.kill)
            return process

        yield start
    until_free(WORKER, IMPORT)  # for the next test


def until(condition: Callable[[], bool]) -> None:
    last = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < last
        time.sleep(0.02)


def state(run: ImportRun) -> str:
    return ImportRun.objects.values_list("state", flat=True).get(pk=run.pk)


def until_over(run: ImportRun) -> tuple[str, str]:
    """How it ended, and why."""
    until(lambda: state(run) not in ImportRun.OPEN)
    return ImportRun.objects.values_list("state", "reason").get(pk=run.pk)


def test_a_worker_does_what_is_asked_for_and_stops_when_told(run, start):
    worker = start()
    runs.begin(run)
    assert until_over(run) == ("rehearsed", "")
    release = Release.objects.get()
    assert (release.state, release.counts["edits"]) == ("rehearsed", 600)
    assert PtpEdit.objects.of(release).count() == 600
    rehearsal.discard(release, by="ada")
    until(lambda: not PtpEdit.objects.exists())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(SECONDS) == 0
    assert not runs.worker_is_alive()


def test_a_worker_killed_in_the_middle_leaves_a_run_to_try_again(run, start):
    worker = start(is_stuck=True)
    runs.begin(run)
    until(lambda: Release.objects.filter(state="loading").exists())
    worker.kill()
    worker.wait()
    until(lambda: not runs.worker_is_alive())
    runs.settle()
    run.refresh_from_db()
    assert (run.state, run.reason) == ("interrupted", runs.DIED)
    assert not Release.objects.exclude(state="loading").exists()
    start()
    until(lambda: not Release.objects.exists())
    assert not PtpEdit.objects.exists()
    runs.try_again(run)
    assert until_over(run) == ("rehearsed", "")
    assert PtpEdit.objects.of(Release.objects.get()).count() == 600


def test_the_next_worker_settles_what_the_killed_one_left_without_anybody_looking(run, start):
    worker = start(is_stuck=True)
    runs.begin(run)
    until(lambda: Release.objects.filter(state="loading").exists())
    worker.kill()
    worker.wait()
    assert state(run) == "rehearsing"
    start()
    until(lambda: state(run) == "interrupted")
    until(lambda: not Release.objects.exists())


def test_a_worker_told_to_stop_ends_what_it_does_and_says_so(run, start):
    worker = start(is_stuck=True)
    runs.begin(run)
    until(lambda: Release.objects.filter(state="loading").exists())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(SECONDS) == 0
    run.refresh_from_db()
    assert (run.state, run.reason) == ("interrupted", "The worker was stopped in the middle. Try again.")
    start()
    until(lambda: not Release.objects.exists())
    assert not PtpEdit.objects.exists()


def test_a_run_is_cancelled_while_a_worker_works_at_it(run, start):
    with sole_import():  # it waits, and so is not done before it is cancelled
        start()
        runs.begin(run)
        until(lambda: ImportRun.objects.filter(step__endswith="Waiting for another import").exists())
        runs.ask_cancel(run, by="ada")
        assert until_over(run) == ("cancelled", "")
    assert not Release.objects.exists()
    assert not PtpEdit.objects.exists()


def test_what_a_killed_import_left_is_removed_as_soon_as_its_lock_is_gone(start):
    Release.objects.create(dataset="mue", setting="practitioner", quarter="2026Q2", state="loading")
    with sole_import():  # as a server holds it until it notices that the import was killed
        start()
        asked = tasks.tidy.enqueue()
        until(lambda: DBTaskResult.objects.finished().filter(pk=asked.id).exists())
        assert Release.objects.exists()
    until(lambda: not Release.objects.exists())


def test_a_second_worker_waits_until_the_first_is_gone(run, start, tmp_path):
    with sole_worker():
        start()
        runs.begin(run)
        until(lambda: "Another worker is there" in (tmp_path / "worker.log").read_text())
        assert state(run) == "waiting"
    assert until_over(run) == ("rehearsed", "")


@pytest.mark.postgres
def test_a_worker_whose_connection_was_dropped_takes_its_lock_anew(run, start, tmp_path):
    start()
    until(runs.worker_is_alive)
    first = drop_the_connection_of_the_lock()
    until(lambda: holders_of_the_lock() not in ([], [first]))
    assert "was dropped" in (tmp_path / "worker.log").read_text()
    runs.begin(run)
    assert until_over(run) == ("rehearsed", "")


@pytest.mark.postgres
def test_a_worker_that_loses_its_lock_in_the_middle_gives_the_import_up_and_takes_the_lock_anew(run, start):
    worker = start(is_stuck=True)
    runs.begin(run)
    until(lambda: Release.objects.filter(state="loading").exists())
    drop_the_connection_of_the_lock()
    assert until_over(run) == ("interrupted", running.LOST)
    until(lambda: not Release.objects.exists())
    run.refresh_from_db()
    assert runs.can_try_again(run)
    assert (runs.worker_is_alive(), worker.poll()) == (True, None)


@pytest.mark.postgres
def test_a_worker_outlives_the_end_of_all_its_connections(run, start):
    worker = start()
    asked = tasks.tidy.enqueue()
    until(lambda: DBTaskResult.objects.finished().filter(pk=asked.id).exists())
    before = holders_of_the_lock()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    until(lambda: holders_of_the_lock() not in ([], before))  # else the task may be what it loses the lock in
    runs.begin(run)
    assert until_over(run) == ("rehearsed", "")
    assert worker.poll() is None


def drop_the_connection_of_the_lock() -> int:
    """Which of the server's processes it was."""
    (first,) = holders_of_the_lock()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [first])
    return first


def holders_of_the_lock() -> list[int]:
    """The server's processes that hold the lock of a worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE locktype = 'advisory' AND granted AND objid = %s AND datname = current_database()",
            [WORKER.number],
        )
        return [pid for (pid,) in cursor.fetchall()]


def test_a_worker_whose_parent_is_gone_stops(start):
    orphan = start("--parent", "1" if os.getpid() != 1 else "2")
    assert orphan.wait(SECONDS) == 0
