"""The worker as a process of its own, on the tests' database: killed, stopped, and there twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings as project

from catalog import runs
from catalog.importers import load, rehearsal
from catalog.importers.locks import sole_import, sole_worker
from catalog.models import ImportRun, PtpEdit, Release
from tests import ptp_files
from tests.databases import url_of_this_database
from tests.ptp_files import Edit

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 60
MANY = [Edit(f"{one}", f"{two}") for one in range(10000, 10200) for two in range(20000, 20300)]


@pytest.fixture(autouse=True)
def no_partitions_left():
    yield
    for release in Release.objects.all():
        load.remove(release)


@pytest.fixture
def run(tmp_path, settings) -> ImportRun:
    """An import of 60,000 rows, not begun yet."""
    settings.INBOX = tmp_path / "inbox"
    made = ImportRun.objects.create(origin="upload")
    for path in ptp_files.write_release(runs.inbox_of(made), [MANY[:30_000], MANY[30_000:]]):
        made.files.create(name=path.name, size=path.stat().st_size, sha256="0" * 64)
    return made


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Starts a worker and waits until it can be given work; what still runs after the test is ended."""
    variables = {"DATABASE_URL": url_of_this_database(), "DJANGO_SETTINGS_MODULE": "coding_reference.settings"}
    environment = os.environ | variables | {"INBOX": str(tmp_path / "inbox")}

    with ExitStack() as ends:

        def start(*options: str) -> subprocess.Popen:
            command = [sys.executable, "manage.py", "worker", *options]
            process = subprocess.Popen(command, cwd=project.BASE_DIR, env=environment)
            ends.callback(process.wait)
            ends.callback(process.kill)
            return process

        yield start


def until(condition: Callable[[], bool]) -> None:
    last = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < last
        time.sleep(0.01)


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
    assert (release.state, release.counts["edits"]) == ("rehearsed", 60_000)
    assert PtpEdit.objects.of(release).count() == 60_000
    rehearsal.discard(release, by="ada")
    until(lambda: not PtpEdit.objects.exists())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(SECONDS) == 0
    assert not runs.worker_is_alive()


def test_a_worker_killed_in_the_middle_leaves_a_run_to_try_again(run, start):
    worker = start()
    until(runs.worker_is_alive)
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
    assert PtpEdit.objects.of(Release.objects.get()).count() == 60_000


def test_the_next_worker_settles_what_the_killed_one_left_without_anybody_looking(run, start):
    worker = start()
    runs.begin(run)
    until(lambda: Release.objects.filter(state="loading").exists())
    worker.kill()
    worker.wait()
    assert state(run) == "rehearsing"
    start()
    until(lambda: state(run) == "interrupted")
    until(lambda: not Release.objects.exists())


def test_a_worker_told_to_stop_ends_what_it_does_and_says_so(run, start):
    worker = start()
    runs.begin(run)
    until(lambda: Release.objects.filter(state="loading").exists())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(SECONDS) == 0
    run.refresh_from_db()
    assert (run.state, run.reason) == ("interrupted", "The worker was stopped in the middle. Try again.")
    assert not Release.objects.exists()
    assert not PtpEdit.objects.exists()


def test_a_run_is_cancelled_while_a_worker_works_at_it(run, start):
    start()
    with sole_import():  # it waits, and so is not done before it is cancelled
        runs.begin(run)
        until(lambda: ImportRun.objects.filter(step__endswith="Waiting for another import").exists())
        runs.ask_cancel(run, by="ada")
        assert until_over(run) == ("cancelled", "")
    assert not Release.objects.exists()
    assert not PtpEdit.objects.exists()


def test_a_second_worker_waits_until_the_first_is_gone(run, start):
    with sole_worker():
        second = start()
        runs.begin(run)
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(3)  # it has had the time to begin, or to give up
        assert state(run) == "waiting"
    assert until_over(run) == ("rehearsed", "")


def test_a_worker_whose_parent_is_gone_stops(start):
    orphan = start("--parent", "1" if os.getpid() != 1 else "2")
    assert orphan.wait(SECONDS) == 0
