"""What a test waits for that has killed a process."""

from __future__ import annotations

import time

from catalog.importers.locks import Lock, is_held

PATIENCE = 300  # seconds, of which it takes far less than one, unless the machine is very busy


def until_free(*locks: Lock) -> None:
    """Wait until nobody holds these: a server takes a moment to notice that who held them is gone."""
    last = time.monotonic() + PATIENCE
    while held := [lock.name for lock in locks if is_held(lock)]:
        assert time.monotonic() < last, held
        time.sleep(0.01)
