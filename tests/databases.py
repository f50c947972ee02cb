"""The database of the tests: for processes that a test starts, and as it was before a test wrote to it."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

from django.db import connection

PATIENCE = 60  # seconds that something else may go on writing after a test
_filled: dict[Callable, Callable[[], None]] = {}  # by what filled the database, what brings it there again


def url_of_this_database() -> str:
    """What ``DATABASE_URL`` has to be for another process to use it."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return os.environ["DATABASE_URL"].replace("/postgres?", f"/{name}?")


def let_the_audit_log_be_emptied() -> None:
    """Take away the trigger that stands in the way of emptying the tests' database after a test."""
    in_the_way = {
        "sqlite": "catalog_auditentry_no_delete",
        "postgresql": "catalog_auditentry_stays_whole ON catalog_auditentry",
    }
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {in_the_way[connection.vendor]}")


def way_back_to_now() -> Callable[[], None]:
    """What puts a database of SQLite back to what it is now: a copy of its pages, which takes 2 ms.

    Emptying every table and making content types and permissions again, as Django does, takes 70.
    """
    kept = sqlite3.connect(":memory:")
    connection.ensure_connection()
    connection.connection.backup(kept)

    def put_back() -> None:
        last = time.monotonic() + PATIENCE

        def give_up_at_last(*_progress: int) -> None:
            if time.monotonic() > last:
                raise TimeoutError("Something still writes to the database of a test that is over.")

        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as database:
            kept.backup(database, progress=give_up_at_last, sleep=0.05)

    return put_back


def fill(load: Callable[[], object]) -> None:
    """Fill the empty database of a test as ``load`` does. After the first time that is copied too, on SQLite."""
    if load in _filled:
        _filled[load]()
        return
    load()
    _filled[load] = way_back_to_now()
