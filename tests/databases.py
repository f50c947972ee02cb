"""The database of the tests, for processes that a test starts."""

from __future__ import annotations

import os

from django.db import connection


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
