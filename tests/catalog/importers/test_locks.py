"""Locks between processes: who holds one, who is told, and that it goes with its holder."""

import os
import signal
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from catalog.importers.locks import IMPORT, WORKER, Busy, Lost, Taken, is_held, sole_import, sole_worker
from tests.killed import forked_until_it_says_so, until_free

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(take) -> type | None:
    """What another process is told that tries to take the lock: the class of what is raised, or None."""
    told = []

    def attempt() -> None:
        try:
            with take():
                told.append(None)
        except (Busy, Taken) as reason:
            told.append(type(reason))
        finally:
            connection.close()

    # A thread has a connection of its own, which is all that tells processes apart here.
    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    return told[0]


def test_one_import_at_a_time():
    assert elsewhere(sole_import) is None
    with sole_import():
        assert elsewhere(sole_import) is Busy
    assert elsewhere(sole_import) is None


def test_one_worker_at_a_time():
    assert elsewhere(sole_worker) is None
    with sole_worker():
        assert elsewhere(sole_worker) is Taken
    assert elsewhere(sole_worker) is None


def test_a_worker_that_waits_keeps_no_import_out():
    with sole_worker():
        assert elsewhere(sole_import) is None


@pytest.mark.parametrize(("lock", "take"), [(IMPORT, sole_import), (WORKER, sole_worker)])
def test_whether_a_lock_is_held_is_known_without_taking_it(lock, take):
    assert not is_held(lock)
    with take():
        assert is_held(lock)
        assert is_held(lock)
    assert not is_held(lock)


def test_the_lock_of_a_worker_goes_when_it_is_killed():
    def work(say_so: Callable[[], None]) -> None:
        with sole_worker():
            say_so()
            signal.pause()

    child = forked_until_it_says_so(work)
    assert is_held(WORKER)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    until_free(WORKER)


@pytest.mark.postgres
def test_the_connection_of_a_worker_is_kept_alive_and_its_end_is_noticed_from_any_thread():
    with sole_worker() as notice_loss:
        (own,) = notice_loss.args
        assert own.connection.info.get_parameters()["keepalives_idle"] == "30"
        told = []

        def notice() -> None:
            try:
                told.append(notice_loss())
            except Lost as reason:
                told.append(type(reason))

        for _before_and_after in range(2):
            thread = threading.Thread(target=notice)
            thread.start()
            thread.join()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [own.connection.info.backend_pid])
    assert told == [None, Lost]
