"""Processes that a test starts to kill them, and what it waits for then."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress

from django.db import connection

from catalog.importers.locks import Lock, is_held

PATIENCE = 300  # seconds, of which it takes far less than one, unless the machine is very busy


def forked(do: Callable[[], object]) -> int:
    """The number of a process that does this; however that ends, it does nothing of what the tests do next."""
    connection.close()
    if child := os.fork():
        return child
    with suppress(BaseException):
        do()
    os._exit(0)


def forked_until_it_says_so(do: Callable[[Callable[[], None]], object]) -> int:
    """The same, once it has called what it is given: it has come to the point at which it is to be killed."""
    begun, begin = os.pipe()
    child = forked(lambda: do(lambda: os.write(begin, b"!")))
    os.close(begin)  # here: else nobody notices that the other end is gone
    said = os.read(begun, 1)
    os.close(begun)
    assert said == b"!", "it ended before"
    return child


def until_free(*locks: Lock) -> None:
    """Wait until nobody holds these: a server takes a moment to notice that who held them is gone."""
    last = time.monotonic() + PATIENCE
    while held := [lock.name for lock in locks if is_held(lock)]:
        assert time.monotonic() < last, held
        time.sleep(0.01)
