"""Locks that go with the process that holds them, however that ends: one import at a time, and one worker.

Taken where the database is, so that several machines share them: on PostgreSQL as advisory locks, beside SQLite in
a file of their own, as only its lock is wanted; the rows go into the main one, open to others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from catalog.importers.files import Refused


class Lock(NamedTuple):
    """``number`` names it to PostgreSQL, ``name`` is what its file beside SQLite's ends with."""

    number: int
    name: str


IMPORT = Lock(0x48435043, "import")
WORKER = Lock(0x48435057, "worker")

DROPPED = (InterfaceError, OperationalError)  # what a connection raises that the server has ended
# Seconds. What lies between the ends of a connection does not drop it while something goes over it now and then,
# and each end soon notices when the other is gone. libpq and the server have the same names for them.
IDLE, INTERVAL, COUNT = 30, 10, 3
KEEPALIVES = {"keepalives_idle": IDLE, "keepalives_interval": INTERVAL, "keepalives_count": COUNT}
PATIENCE = 1  # seconds: somebody who only looks whether the worker's lock is held holds it for a moment


class Taken(Exception):  # noqa: N818 - it passes
    """Another process holds the lock."""


class Lost(Exception):  # noqa: N818 - it is taken anew
    """The lock is gone that this process held, with the connection that held it."""


class Busy(Refused):
    """Another import runs."""


@contextmanager
def sole_import() -> Iterator[None]:
    """Raise Busy for a second import while one runs.

    The server gives the lock back only with the last statement it does for an import, so both have one connection.
    """
    try:
        with held(IMPORT, connection):
            yield
    except Taken as reason:
        raise Busy("Another import is running on this database. Wait until it is done.") from reason


@contextmanager
def sole_worker() -> Iterator[Callable[[], None]]:
    """Raise Taken for a second worker while one lives.

    Gives what a worker calls now and then, from one thread at a time: it raises Lost once the lock is gone. Its
    connection does nothing else, and servers and firewalls drop one that is silent for long.
    """
    with closing(connection.copy()) as own:
        if own.vendor == "postgresql":
            _keep_alive(own)
        with held(WORKER, own, PATIENCE):
            own.inc_thread_sharing()
            yield partial(_notice_loss, own)


def _keep_alive(own: BaseDatabaseWrapper) -> None:
    """Open a connection to a server so that neither end holds it for long when the other is gone."""
    longest = {"tcp_user_timeout": (IDLE + INTERVAL * COUNT) * 1_000}  # milliseconds
    own.settings_dict["OPTIONS"] |= KEEPALIVES | longest
    with own.cursor() as cursor:
        for name, value in KEEPALIVES.items():
            cursor.execute(f"SET tcp_{name} = {value}")


def _notice_loss(own: BaseDatabaseWrapper) -> None:
    if own.vendor == "postgresql":  # a file beside SQLite is there as long as the process
        try:
            with own.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DROPPED as error:
            raise Lost from error


@contextmanager
def held(lock: Lock, own: BaseDatabaseWrapper, patience: float = 0) -> Iterator[None]:
    """Hold a lock, on that connection where the database is a server. Raises Taken when somebody has it."""
    if own.vendor == "postgresql":
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock.number])
            if not cursor.fetchone()[0]:
                raise Taken
            try:
                yield
            finally:
                with suppress(*DROPPED):  # then the lock is gone as well
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [lock.number])
    else:
        with closing(_beside(own, lock, patience)) as file:
            try:
                file.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise (Taken if error.sqlite_errorcode == sqlite3.SQLITE_BUSY else error) from error
            yield


def is_held(lock: Lock) -> bool:
    """Whether any process holds it now."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
                " WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = %s"
                " AND datname = current_database()",
                [lock.number],
            )
            return cursor.fetchone() is not None
    with closing(_beside(connection, lock)) as file:
        try:
            file.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return True
            raise
    return False


def _beside(own: BaseDatabaseWrapper, lock: Lock, patience: float = 0) -> sqlite3.Connection:
    return sqlite3.connect(f"{own.settings_dict['NAME']}-{lock.name}", timeout=patience)
