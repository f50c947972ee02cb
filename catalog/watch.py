"""How far an import is, told to the people who watch it while it runs; and what they want of it, told to it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from django import db
from django.utils import timezone

from catalog import run_words, runs
from catalog.importers.locks import Lost
from catalog.models import ImportRun

TOLD_EVERY = 0.5  # seconds
LONGEST_STEP = ImportRun._meta.get_field("step").max_length
STEPS = {"writing": "Writing rows", "checking": "Checking", "comparing": "Comparing"}
# What the log says where one of these begins: of what came before it, how many rows and how long.
BEGINNINGS = {
    "writing": "writing its rows, where no reader sees them.",
    "checking": "{rows:,} rows are written, in {time}; checking them.",
    "comparing": "checked, in {time}; comparing it with what is loaded.",
}


class Stop:
    """Whether this process was asked to end, as by SIGTERM. What runs then ends as soon as it can."""

    is_asked = False


class WorkerLock:
    """The lock of the worker that this process is, if it is one. ``notice_loss`` raises Lost once it is gone."""

    notice_loss: Callable[[], None] = lambda: None


class Watch:
    """Writes down how far a run is, and learns whether it shall end: twice a second, by a thread of its own.

    An import cannot ask its database anything while rows stream into it, and it does not wait for this. It shall
    end as well once ``is_lost`` says that it is not this process's any more: another worker may be at it.
    """

    def __init__(self, run: ImportRun):
        self._run, self._mine = run, runs.attempt(run)
        self._prefix = ""
        self._latest = self._told = ("", 0, 0)
        self._begun = self._changed = self._last_call = timezone.now()
        self._unsaid: deque[tuple[str, bool]] = deque()
        self._is_cancel_asked = self.is_lost = False
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._tell_on, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._is_over.set()
        self._thread.join()

    def about(self, subject: str) -> None:
        """What the next steps are about, as the name of a release."""
        self._prefix = f"{subject}: "

    def say(self, text: str, *, is_warning: bool = False) -> None:
        """Add a line to the log of the import, after those that were said before."""
        self._unsaid.append((text, is_warning))

    def progress(self, what: str, done: int, total: int) -> None:
        """Called after each batch, so it only takes note. A step begins where the one before was last told of."""
        step = f"{self._prefix}{STEPS.get(what, what)}"[:LONGEST_STEP]
        if step != self._latest[0]:
            self._say_beginning(what)
            self._begun = self._last_call
        self._latest, self._last_call = (step, done, total), timezone.now()

    def is_cancelled(self) -> bool:
        return self._is_cancel_asked or self.is_lost or Stop.is_asked

    def pause(self, seconds: float) -> None:
        """Wait, but not when it shall end."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.is_cancelled():
            time.sleep(min(seconds, TOLD_EVERY))

    def _say_beginning(self, what: str) -> None:
        before, self._changed = self._changed, timezone.now()
        said = f"{what.removesuffix('.')}."  # which may be what a server said: no pattern
        if what in BEGINNINGS:
            took = run_words.duration(self._changed - before)
            said = BEGINNINGS[what].format(rows=self._latest[1], time=took)
        self.say(self._prefix + said[:1].lower() + said[1:] if self._prefix else said)

    def _tell_on(self) -> None:
        is_over = False
        try:
            while not is_over:
                is_over = self._is_over.wait(TOLD_EVERY)
                try:
                    WorkerLock.notice_loss()
                    self._tell()
                except Lost:
                    self.is_lost = True
                except db.Error:  # it may come back, and the import will know if it does not
                    db.connection.close()
        finally:
            db.connection.close()

    def _tell(self) -> None:
        while self._unsaid:
            text, is_warning = self._unsaid[0]
            runs.say(self._run, text, is_warning=is_warning)
            self._unsaid.popleft()
        step, done, total = latest = self._latest
        if latest != self._told:
            total = max(done, total) if total else 0
            self._mine.update(step=step, done=done, total=total, step_started_at=self._begun)
            self._told = latest
        found = self._mine.values_list("is_cancel_asked", flat=True).first()
        self._is_cancel_asked, self.is_lost = bool(found), self.is_lost or found is None
