"""What the worker does with an import from the browser: bring its files, rehearse each release, tell how far."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from pathlib import Path

from django import db
from django.conf import settings
from django.utils import timezone

from catalog import inbox, release_words, runs
from catalog.importers import addresses, known, load, rehearsal
from catalog.importers.download import Patience
from catalog.importers.fetch import fetch
from catalog.importers.files import Cancelled, Refused
from catalog.importers.locks import Busy
from catalog.importers.names import Publication
from catalog.models import AuditEntry, ImportFile, ImportRun, Release

State, Action = ImportRun.State, AuditEntry.Action

TOLD_EVERY = 0.5  # seconds
STEPS = {"writing": "Writing rows", "checking": "Checking", "comparing": "Comparing"}


class Stop:
    """Whether this process was asked to end, as by SIGTERM. What runs then ends as soon as it can."""

    is_asked = False


class Watch:
    """Writes down how far a run is, and learns whether it shall end: twice a second, by a thread of its own.

    An import cannot ask its database anything while rows stream into it, and it does not wait for this.
    """

    def __init__(self, run: ImportRun):
        self._run = run
        self._prefix = ""
        self._latest = self._told = ("", 0, 0)
        self._begun = self._last_call = timezone.now()
        self._is_cancel_asked = False
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

    def progress(self, what: str, done: int, total: int) -> None:
        """Called after each batch, so it only takes note. A step begins where the one before was last told of."""
        step = f"{self._prefix}{STEPS.get(what, what)}"[:80]
        if step != self._latest[0]:
            self._begun = self._last_call
        self._latest, self._last_call = (step, done, total), timezone.now()

    def is_cancelled(self) -> bool:
        return self._is_cancel_asked or Stop.is_asked

    def pause(self, seconds: float) -> None:
        """Wait, but not when it shall end."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.is_cancelled():
            time.sleep(min(seconds, TOLD_EVERY))

    def _tell_on(self) -> None:
        is_over = False
        try:
            while not is_over:
                is_over = self._is_over.wait(TOLD_EVERY)
                try:
                    self._tell()
                except db.Error:  # it may come back, and the import will know if it does not
                    db.connection.close()
        finally:
            db.connection.close()

    def _tell(self) -> None:
        mine = ImportRun.objects.filter(pk=self._run.pk)
        step, done, total = latest = self._latest
        if latest != self._told:
            total = max(done, total) if total else 0
            mine.update(step=step, done=done, total=total, step_started_at=self._begun)
            self._told = latest
        self._is_cancel_asked = mine.filter(is_cancel_asked=True).exists()


def carry_out(number: int) -> None:
    """Do what was asked for with the import of this number, if it still waits. Its state says how it ended."""
    waiting = ImportRun.objects.filter(pk=number, state=State.WAITING)
    began = timezone.now()
    if not waiting.update(state=State.REHEARSING, started_at=began, ended_at=None):
        return
    run = ImportRun.objects.select_related("asked_by").get(pk=number)
    try:
        with Watch(run) as watch:
            outcome = _work(run, watch)
        if not runs.end(run, outcome) and run.is_cancel_asked:
            raise Cancelled  # somebody asked after the watch had last looked
    except Cancelled:
        if Stop.is_asked:
            runs.end(run, State.INTERRUPTED, "The worker was stopped in the middle. Try again.")
        else:
            runs.end(run, State.CANCELLED)  # first, as it is over even when tidying fails
            rehearsal.give_up(run, since=began)
    except Refused as reason:
        runs.end(run, State.REFUSED, at_the_desk(str(reason)))
    except Exception as error:
        what = f"{type(error).__name__}, {error}"[:200]
        runs.end(run, State.INTERRUPTED, f"Something unexpected ended it ({what}). The server's log says more.")
        raise
    else:
        inbox.clear_if_decided(run)


def at_the_desk(reason: str) -> str:
    """A sentence with advice for a command, for people who have a form instead of its flags."""
    reason = re.sub(
        r"manage\.py import_release --help[^.]*\. |, as in --dataset hcpcs( --quarter 2025Q4)?", "", reason
    )
    reason = re.sub(r"--(dataset|quarter|setting)\b", r"the \1", reason)
    return reason[:1].upper() + reason[1:]


def _work(run: ImportRun, watch: Watch) -> State:
    """Rehearse every release of an import, and say how that ended. Refused when some were and none is new."""
    if run.origin == ImportRun.Origin.FETCH:
        _bring(run, watch)
    ImportRun.objects.filter(pk=run.pk).update(state=State.REHEARSING)
    watch.progress("Looking at the files", 0, 0)
    found = load.publications(inbox.paths(run), run.dataset, run.quarter, run.setting)
    refusals, is_any_new = [], False
    for publication in found:
        try:
            is_any_new |= _rehearse(run, publication, watch)
        except Refused as reason:
            why = at_the_desk(str(reason))
            runs.say(run, f"{_named(publication)} is refused. {why}", is_warning=True)
            refusals.append(str(reason))
    ImportRun.objects.filter(pk=run.pk).update(refused=[at_the_desk(reason) for reason in refusals])
    if refusals and not is_any_new:
        raise Refused("\n".join(refusals))
    return State.REHEARSED if is_any_new else State.NOTHING_NEW


def _rehearse(run: ImportRun, publication: Publication, watch: Watch) -> bool:
    """Rehearse one release; whether it is a new one."""
    began = time.monotonic()
    watch.about(_named(publication))
    while True:
        try:
            release = rehearsal.rehearse(
                publication, run=run, progress=watch.progress, is_cancelled=watch.is_cancelled
            )
            break
        except Busy:
            watch.progress("Waiting for another import", 0, 0)
            if watch.is_cancelled():
                raise Cancelled from None
            watch.pause(1)
    if release.state != Release.State.REHEARSED:
        runs.say(run, f"{release} is loaded already, {_of_it(publication, release)}. Nothing to do.")
        return False
    tally, against = release.changes.tally(), release.compared_with
    changed = release_words.changes(release, tally) or "no changes"
    against_what = (
        f" Against {against.title}: {changed}." if against else " There is no release to compare it with."
    )
    held, seconds = ", ".join(release_words.held(release)), time.monotonic() - began
    runs.say(run, f"{release} is rehearsed in {seconds:.0f} s: {held}.{against_what}")
    found = rehearsal.objections(release)
    for sentence in (*found.doubts, *found.golden):
        runs.say(run, f"{release}: {sentence}", is_warning=True)
    AuditEntry.objects.record(
        Action.REHEARSED,
        by=runs.asked_by(run),
        release=release,
        run=run,
        counts=release.counts,
        doubts=found.doubts,
        golden=found.golden,
        files={file.name: file.sha256 for file in release.files.all()},
    )
    return True


def _of_it(publication: Publication, release: Release) -> str:
    """How much of a loaded release came again: all, or all but some of its files."""
    if lacking := known.lacking(publication, release):
        number = release.files.count()
        return f"from {number} files; these are {number - len(lacking)} of them, without {', '.join(lacking)}"
    return "with the same content"


def _changes_in_words(release: Release) -> str:
    if release.compared_with is None:
        return "There is no release to compare it with."
    changed = release_words.changes(release, release.changes.tally())
    return f"Against {release.compared_with.title}: {changed or 'no changes'}."


def _bring(run: ImportRun, watch: Watch) -> None:
    """Have the files of a quarter in the inbox. What an attempt before has brought is not asked for again."""
    ImportRun.objects.filter(pk=run.pk).update(state=State.FETCHING)
    paths = fetch(
        run.dataset,
        run.quarter,
        run.setting,
        inbox.inbox_of(run),
        base_url=settings.CMS_ADDRESS,
        accept_ama_license=run.license_accepted_at is not None,
        progress=watch.progress,
        is_cancelled=watch.is_cancelled,
        patience=Patience(pause=watch.pause),
    )
    for path in paths:
        _take_note(run, path)
    hashes = dict(run.files.values_list("name", "sha256"))
    AuditEntry.objects.record(
        Action.FETCHED, by=runs.asked_by(run), run=run, subject=runs.files_in_words(run), files=hashes
    )


def _take_note(run: ImportRun, path: Path) -> None:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    size = path.stat().st_size
    fields = {
        "size": size,
        "sha256": sha256,
        "address": addresses.where(path.name, settings.CMS_ADDRESS),
        "is_kept": True,
    }
    ImportFile.objects.update_or_create(run=run, name=path.name, defaults=fields)
    runs.say(run, f"Downloaded {path.name}: {size:,} bytes, SHA-256 {sha256}.")


def _named(publication: Publication) -> str:
    """As its release will be named, but for the revision, which is known only once it is read."""
    named = Release(dataset=publication.dataset, setting=publication.setting, quarter=publication.quarter)
    named.revision = publication.revision or 0
    return str(named)
