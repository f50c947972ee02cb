"""How much of the machine a process takes that imports."""

from __future__ import annotations

import os

from django.db import connection

NICENESS = 19


def give_way() -> None:
    """Let readers go first where processors are few.

    Not on SQLite, where editors wait for whoever holds its one lock.
    """
    if connection.vendor == "postgresql":
        os.nice(NICENESS)
