"""What the worker does with an import from the browser: bring its files, rehearse each release, say what came."""

from __future__ import annotations

import hashlib
import re
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from catalog import inbox, release_words, room, run_words, runs
from catalog.importers import addresses, known, load, rehearsal, succession
from catalog.importers.download import Patience
from catalog.importers.fetch import fetch
from catalog.importers.files import Cancelled, Refused
from catalog.importers.locks import Busy
from catalog.importers.names import Publication
from catalog.models import AuditEntry, ImportFile, ImportRun, Release
from catalog.watch import Stop, Watch

State, Action = ImportRun.State, AuditEntry.Action
STOPPED = "The worker was stopped in the middle. Try again."
LOST = "The worker lost its lock in the database in the middle, and gave up what it was doing. Try again."


def carry_out(number: int) -> None:
    """Do what was asked for with the import of this number, if it still waits. Its state says how it ended."""
    waiting = ImportRun.objects.filter(pk=number, state=State.WAITING)
    began = timezone.now()
    if not waiting.update(state=State.REHEARSING, started_at=began, ended_at=None):
        return
    run = ImportRun.objects.select_related("asked_by").get(pk=number)
    runs.say(run, "The worker begins.")
    watch = Watch(run)
    try:
        with watch:
            outcome = _work(run, watch)
        if not runs.end(run, outcome, began=began):
            raise Cancelled  # somebody asked, or gave it up, after the watch had last looked
    except Cancelled:
        _stop(run, watch, began)
    except Refused as reason:
        runs.end(run, State.REFUSED, at_the_desk(str(reason)), began=began)
    except Exception as error:
        close_old_connections()  # one that was dropped, which may be what ended it
        what = f"{type(error).__name__}, {error}"[:200]
        unexpected = f"Something unexpected ended it ({what}). The server's log says more."
        runs.end(run, State.INTERRUPTED, unexpected, began=began)
        raise
    else:
        if run.state == State.REHEARSED:
            rehearsal.replace_older(run, since=began)
        inbox.clear_if_decided(run)


def _stop(run: ImportRun, watch: Watch, began: datetime) -> None:
    """End an import in the middle. Nothing is done to one that is not this worker's any more.

    To remove millions of rows takes longer than a process has that is to end: the next worker does it.
    """
    if Stop.is_asked or watch.is_lost:
        runs.end(run, State.INTERRUPTED, STOPPED if Stop.is_asked else LOST, began=began)
    elif runs.end(run, State.CANCELLED, began=began):  # it is over first: the removal may fail
        runs.say(run, "Stopped. What it had written is being removed; its files are kept.")
        rehearsal.give_up(run, since=began)


def at_the_desk(reason: str) -> str:
    """A sentence with advice for a command, for people who have a form instead of its flags."""
    reason = re.sub(
        r"manage\.py import_release --help[^.]*\. |, as in --dataset hcpcs( --quarter 2025Q4)?", "", reason
    )
    reason = re.sub(r"^--(dataset|quarter|setting)\b", r"The \1", reason)
    return re.sub(r"--(dataset|quarter|setting)\b", r"the \1", reason)


def _work(run: ImportRun, watch: Watch) -> State:
    """Rehearse every release of an import, and say how that ended. Refused when some were and none is new."""
    if run.origin == ImportRun.Origin.FETCH:
        _bring(run, watch)
    runs.attempt(run).update(state=State.REHEARSING)
    watch.progress("Looking at the files", 0, 0)
    paths = inbox.paths(run)
    for path in paths:
        watch.say(f"Opened {path.name}, {run_words.size(path.stat().st_size)}.")
    found = load.publications(paths, run.dataset, run.quarter, run.setting)
    for publication in found:
        names = run_words.listed(member.name for member in publication.members)
        watch.say(f"Found {_named(publication)}, in {names}.")
    refused, is_any_new = [], False
    for publication in found:
        try:
            is_any_new |= _rehearse(run, publication, watch)
        except Refused as reason:
            if len(found) == 1:
                raise
            refused.append(_refused(run, publication, at_the_desk(str(reason)), watch))
    runs.attempt(run).update(refused=refused)
    if refused and not is_any_new:
        raise Refused("\n".join(refused))
    return State.REHEARSED if is_any_new else State.NOTHING_NEW


def _refused(run: ImportRun, publication: Publication, why: str, watch: Watch) -> str:
    """Put on record that one release of several is refused; in a sentence for the head of the page."""
    name = _named(publication)
    watch.say(f"{name} is refused. {why}", is_warning=True)
    AuditEntry.objects.record(Action.REFUSED, by=runs.asked_by(run), run=run, subject=name, reason=why)
    return why if why.startswith(name) else f"{name}: {why}"


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
        watch.say(f"{release} is loaded already, {_of_it(publication, release)}. {_what_to_do(release)}")
        return False
    tally, against = release.changes.tally(), release.compared_with
    changed = release_words.changes(release, tally) or "no changes"
    against_what = (
        f" Against {against.title}: {changed}." if against else " There is no release to compare it with."
    )
    held, took = ", ".join(release_words.held(release)), timedelta(seconds=time.monotonic() - began)
    watch.say(f"{release} is rehearsed, in {run_words.duration(took)}: {held}.{against_what}")
    found = rehearsal.objections(release)
    for sentence in (*found.doubts, *found.golden):
        watch.say(f"{release}: {sentence}", is_warning=True)
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


def _what_to_do(release: Release) -> str:
    if release.is_current:
        return "Nothing to do."
    current = succession.current(release)
    now = f"from {current.title}" if current else "from none"
    return f"Readers are answered {now} now: where imports are listed, it can be made active."


def _of_it(publication: Publication, release: Release) -> str:
    """How much of a loaded release came again: all, or all but some of its files."""
    if lacking := known.lacking(publication, release):
        number = release.files.count()
        return f"from {number} files; these are {number - len(lacking)} of them, without {', '.join(lacking)}"
    return "with the same content"


def _bring(run: ImportRun, watch: Watch) -> None:
    """Have the files of a quarter in the inbox. What an attempt before has brought is not asked for again."""
    runs.attempt(run).update(state=State.FETCHING)
    settings.INBOX.mkdir(parents=True, exist_ok=True)
    room.refuse_without_room(settings.INBOX)
    paths = fetch(
        run.dataset,
        run.quarter,
        run.setting,
        inbox.inbox_of(run),
        base_url=settings.CMS_ADDRESS,
        accept_ama_license=run.license_accepted_at is not None,
        progress=watch.progress,
        is_cancelled=watch.is_cancelled,
        refuse_coming=lambda coming: room.refuse_without_room(settings.INBOX, coming),
        patience=Patience(pause=watch.pause),
    )
    for path in paths:
        _take_note(run, path, watch)
    hashes = dict(run.files.values_list("name", "sha256"))
    AuditEntry.objects.record(
        Action.FETCHED, by=runs.asked_by(run), run=run, subject=runs.files_in_words(run), files=hashes
    )


def _take_note(run: ImportRun, path: Path, watch: Watch) -> None:
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
    watch.say(f"Downloaded {path.name}: {size:,} bytes, SHA-256 {sha256}.")


def _named(publication: Publication) -> str:
    """As its release will be named, but for the revision, which is known only once it is read."""
    named = Release(dataset=publication.dataset, setting=publication.setting, quarter=publication.quarter)
    named.revision = publication.revision or 0
    return str(named)
