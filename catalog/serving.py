"""The server that ``manage.py serve`` runs, and what each of its processes does before it answers.

A new process may import this module before Django is set up, so it must not import models at its top.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django import db
from django.conf import settings
from django.core.servers.basehttp import get_internal_wsgi_application
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

# One thread computes while the other waits for the database or for a slow reader.
THREADS_PER_WORKER = 2
# Requests a process takes on before it leaves new connections to wait in the socket's queue.
BACKPRESSURE = 64
SECONDS_TO_FINISH = 10
# The worker is started again when it dies, after a pause that grows while it dies at once.
SHORTEST_PAUSE = 1
LONGEST_PAUSE = 60

logger = logging.getLogger(__name__)


def run_server(host: str, port: int, workers: int, when_listening: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are finished first."""
    db.connections.close_all()  # a connection must not be shared with the processes about to start
    server = Granian(
        target="",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=THREADS_PER_WORKER,
        backpressure=BACKPRESSURE,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
        # Requests are logged by our own middleware, without their queries.
        log_access=False,
        log_level=LogLevels.warning,
    )
    waiting = threading.Thread(target=_wait_until_listening, args=(host, port, when_listening), daemon=True)
    server.on_startup(waiting.start)
    # Wake the main thread every second: a signal in the very moment it begins to wait would go unnoticed.
    signal.signal(signal.SIGALRM, lambda number, frame: None)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)
    try:
        server.serve(target_loader=partial(load_application, os.getpid()), wrap_loader=False)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def worker_beside() -> Iterator[Callable[[], None]]:
    """What the block calls to have a worker run, and run again whenever it dies, until the block ends."""
    is_over = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(is_over,), daemon=True)
    try:
        yield keeper.start
    finally:
        is_over.set()
        if keeper.ident is not None:
            keeper.join()


def _keep_worker(is_over: threading.Event) -> None:
    pause = SHORTEST_PAUSE
    is_over.wait(pause)  # the server goes first; one that is stopped at once starts no other process meanwhile
    while not is_over.is_set():
        began = time.monotonic()
        try:
            _run_worker(is_over)
        except OSError:  # no memory or no file left for another process: it may be there later
            logger.exception("The worker could not be started. It is tried again.")
        pause = SHORTEST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
        is_over.wait(pause)


def _run_worker(is_over: threading.Event) -> None:
    """Have a worker run until it dies, or everything ends."""
    command = [sys.executable, settings.BASE_DIR / "manage.py", "worker", "--parent", str(os.getpid())]
    # In a session of its own, as Ctrl-C reaches every process of the terminal.
    worker = subprocess.Popen(command, start_new_session=True)  # noqa: S603
    while worker.poll() is None and not is_over.wait(0.1):
        pass
    if not is_over.is_set():
        logger.warning("The worker ended with status %s. Another one is started.", worker.returncode)
    _stop(worker)


def _stop(worker: subprocess.Popen) -> None:
    worker.terminate()
    try:
        worker.wait(SECONDS_TO_FINISH)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def _end_with(parent: int) -> None:
    """End this process when its parent was killed, else it would hold the port and nobody could end it by name."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_FINISH)
    os._exit(1)


def _wait_until_listening(host: str, port: int, when_listening: Callable[[], None]) -> None:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    while True:
        time.sleep(0.05)
        try:
            socket.create_connection((everywhere.get(host, host), port)).close()
        except OSError:
            continue
        return when_listening()


def load_application(parent: int) -> Callable:
    """Runs in each new process: the WSGI application, with the index built before the first request comes.

    ``parent`` is the number of the process that starts and ends the others.
    """
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    # A fork has the parent's handlers, with which it would not stop while it is still getting ready.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Ctrl-C reaches every process of the terminal; the parent alone acts on it, and stops the others in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    application = get_internal_wsgi_application()
    from catalog import snapshot

    try:
        snapshot.current()
    except db.Error:
        pass  # the database may come back; until then pages fail and /healthz says why
    finally:
        db.connections.close_all()  # this thread will not answer requests
    # What is there now stays. No collection of garbage need walk through the index, 30 ms, while somebody waits.
    gc.freeze()
    return application
