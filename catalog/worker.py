"""The one process that does what takes longer than a request: ``manage.py worker``.

It takes the tasks that pages ask for from the database, one after the other. A second worker waits until the first
is gone. What a worker leaves that was killed, the next one settles before anything else.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from collections.abc import Callable

from django.db import close_old_connections, connection
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from catalog import chores, runs
from catalog.importers import load, priority
from catalog.importers.locks import DROPPED, Busy, Lost, Taken, sole_import, sole_worker
from catalog.watch import Stop, WorkerLock

PAUSE = 0.5  # seconds between two looks for something to do
PAUSE_WITHOUT_DATABASE = 3  # seconds, fewer than a server waits that stops the worker
CHORES_EVERY = 24 * 60 * 60  # seconds

logger = logging.getLogger(__name__)


def work(parent: int = 0) -> None:
    """Work until SIGTERM or SIGINT, or until ``parent``, a process number, is no longer the parent."""
    priority.give_way()
    # It says at each look for tasks that it begins and ends.
    logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
    worker = one_at_a_time()
    _obey_signals(worker)
    is_waiting = False
    while not _is_over(parent):
        try:
            with sole_worker() as notice_loss:
                is_waiting = False
                WorkerLock.notice_loss = notice_loss
                connection.close()  # it may have been dropped with that of the lock
                runs.settle_all()
                _take_tasks(worker, parent, notice_loss)
        except Taken:
            if not is_waiting:
                logger.info("Another worker is there. This one waits until it is gone.")
            is_waiting = True
            time.sleep(PAUSE)
        except Lost:
            logger.warning("The connection that held the worker's lock was dropped. It is taken anew.")
        except DROPPED as error:
            logger.warning("The worker lost the database, and looks for it again: %s", error)
            time.sleep(PAUSE_WITHOUT_DATABASE)


def one_at_a_time() -> Worker:
    """What takes a task from the database. Before another it is to be looked whether the lock is still held."""
    return Worker(
        queue_names=["default"],
        excluded_queue_names=[],
        interval=PAUSE,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id=f"{socket.gethostname()[:40]} {os.getpid()}",
    )


def _take_tasks(worker: Worker, parent: int, notice_loss: Callable[[], None]) -> None:
    """Do what is asked for until the end, and beside it what is to be done anyway."""
    is_tidy, chores_due = False, time.monotonic()
    while not _is_over(parent):
        notice_loss()
        close_old_connections()  # one that was dropped is opened anew
        if time.monotonic() >= chores_due:
            chores.do_all()
            is_tidy, chores_due = False, time.monotonic() + CHORES_EVERY
        is_tidy = is_tidy or _tidy()
        if DBTaskResult.objects.ready().exists():
            worker.run()
            _settle(notice_loss)
        time.sleep(PAUSE)


def _settle(notice_loss: Callable[[], None]) -> None:
    """End an import whose task could not even write down how it ended, as while the database was locked.

    Only while the lock is held: else another worker may be at it.
    """
    notice_loss()
    close_old_connections()
    runs.settle_all()


def _tidy() -> bool:
    """Remove what imports have left that were killed or stopped, and whether that was tried.

    Not while another import runs: or while the server has not noticed yet that the one before was killed. What
    goes wrong keeps no import from being taken; each of them tries it again, and so do the next chores.
    """
    try:
        with sole_import():
            load.remove_leftovers()
    except Busy:
        return False
    except Exception:
        logger.exception("What imports have left could not be removed.")
        close_old_connections()  # one that was dropped in the middle
    return True


def _obey_signals(worker: Worker) -> None:
    """Stop between two tasks, and have one that runs end at its next batch."""

    def stop(number: int, frame: object) -> None:
        Stop.is_asked, worker.running = True, False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _is_over(parent: int) -> bool:
    return Stop.is_asked or (parent and os.getppid() != parent)
