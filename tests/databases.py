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
