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
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from catalog import inbox, runs
from catalog.importers import rehearsal
from catalog.importers.locks import Taken, sole_worker
from catalog.running import Stop

PAUSE = 0.5  # seconds between two looks for something to do
RESULTS_KEPT = timedelta(days=14)
# Readers go first where processors are few. Not on SQLite, where editors wait for whoever holds its one lock.
NICENESS = 19


def work(parent: int = 0) -> None:
    """Work until SIGTERM or SIGINT, or until ``parent``, a process number, is no longer the parent."""
    if connection.vendor == "postgresql":
        os.nice(NICENESS)
    # It says at each look for tasks that it begins and ends.
    logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
    worker = Worker(
        queue_names=["default"],
        excluded_queue_names=[],
        interval=PAUSE,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"{socket.gethostname()[:40]} {os.getpid()}",
    )
    _obey_signals(worker)
    while not _is_over(parent):
        try:
            with sole_worker():
                _settle()
                _take_tasks(worker, parent)
        except Taken:
            time.sleep(PAUSE)


def _settle() -> None:
    runs.settle_all()
    inbox.clear_old()
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - RESULTS_KEPT).delete()
    rehearsal.tidy()


def _take_tasks(worker: Worker, parent: int) -> None:
    while not _is_over(parent):
        if DBTaskResult.objects.ready().exists():
            worker.run()
        time.sleep(PAUSE)


def _obey_signals(worker: Worker) -> None:
    """Stop between two tasks, and have one that runs end at its next batch."""

    def stop(number: int, frame: object) -> None:
        Stop.is_asked, worker.running = True, False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _is_over(parent: int) -> bool:
    return Stop.is_asked or (parent and os.getppid() != parent)
