"""The life of an import from the browser, as the pages of the desk see it: begun, cancelled, tried again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalog import inbox, tasks
from catalog.importers.files import Refused
from catalog.importers.locks import WORKER, is_held
from catalog.inbox import inbox_of as inbox_of  # its folder is part of what a page knows of an import
from catalog.models import AuditEntry, ImportLine, ImportRun

State = ImportRun.State
ASKED_TO_CANCEL = " asked to cancel it."  # after the name of who did, in the log of the import
DIED = "The worker died in the middle, or lost the database. What it had not finished is removed. Try again."


@transaction.atomic
def begin(run: ImportRun) -> None:
    """Have the worker bring and rehearse what an import is about. Uploaded files lie in ``inbox_of(run)``.

    Raises Refused when the worker is at it already.
    """
    afresh = {"state": State.WAITING, "reason": "", "step": "", "done": 0, "total": 0, "is_cancel_asked": False}
    afresh["refused"] = []
    afresh |= dict.fromkeys(("started_at", "step_started_at", "ended_at"))
    if not ImportRun.objects.filter(pk=run.pk).exclude(state__in=ImportRun.RUNNING).update(**afresh):
        raise Refused(f"{run} is not over yet.")
    run.refresh_from_db()
    tasks.carry_out.enqueue(run.pk)


def ask_cancel(run: ImportRun, *, by: str = "") -> None:
    """End an import: at once if it waits, at its next batch if it runs. Nothing happens to one that is over."""
    by = by or asked_by(run)
    running = ImportRun.objects.filter(pk=run.pk, state__in=ImportRun.RUNNING)
    with transaction.atomic():
        is_asked = end(run, State.CANCELLED, among=(State.WAITING,), by=by) or running.update(is_cancel_asked=True)
        if is_asked:
            say(run, f"{by}{ASKED_TO_CANCEL}")
    run.refresh_from_db()


@transaction.atomic
def try_again(run: ImportRun, *, by: AbstractBaseUser | None = None, **said: str) -> None:
    """Begin an import anew that came to nothing, or some of which is to be rehearsed again.

    From now on it is ``by`` who asked for it: where SECOND_PERSON is set, somebody else must activate what comes
    of it. ``said`` are its fields that tell what it is about, where somebody says that otherwise now. Raises
    Refused when it is not over, or when its files are gone and were not fetched; then all stays as it was.
    """
    run.refresh_from_db(from_queryset=ImportRun.objects.select_for_update())  # who clears its files waits
    if run.is_open:
        raise Refused(f"{run} is not over yet.")
    if run.origin == ImportRun.Origin.UPLOAD and not can_try_again(run):
        raise Refused(f"The files of {run} are not kept any more. Upload them again.")
    for name, value in {"asked_by": by or run.asked_by, "asked_at": timezone.now(), **said}.items():
        setattr(run, name, value)
    run.save(update_fields=["asked_by", "asked_at", *said])
    say(run, f"{asked_by(run)} asked for it again.")
    AuditEntry.objects.record(
        AuditEntry.Action.ASKED_AGAIN, by=asked_by(run), run=run, subject=files_in_words(run)
    )
    begin(run)


def can_try_again(run: ImportRun) -> bool:
    """Whether it is over, and all its files are still there or can be fetched."""
    if run.is_open:
        return False
    names = run.files.count()
    return run.origin == ImportRun.Origin.FETCH or (names > 0 and len(inbox.paths(run)) == names)


def settle() -> None:
    """Give up the imports whose worker died. Cheap, and called by every page that shows imports."""
    runs = ImportRun.objects.filter(state__in=ImportRun.RUNNING)
    if runs.exists() and not worker_is_alive():
        for run in runs:
            end(run, State.INTERRUPTED, DIED, among=ImportRun.RUNNING)


def settle_all() -> None:
    """What a new worker begins with, once it is the only one: nothing that says it runs does."""
    DBTaskResult.objects.running().update(status="FAILED", finished_at=timezone.now())
    # In this order: an import that is begun in this moment has its task as soon as it can be seen.
    unsettled = list(ImportRun.objects.filter(state__in=ImportRun.OPEN))
    asked_for = [one.args_kwargs["args"] for one in DBTaskResult.objects.ready()]
    for run in unsettled:
        if run.state != State.WAITING or [run.pk] not in asked_for:
            end(run, State.INTERRUPTED, DIED)


def worker_is_alive() -> bool:
    """Whether a worker runs, busy or not, on any machine."""
    return is_held(WORKER)


def attempt(run: ImportRun) -> QuerySet[ImportRun]:
    """The import, asked anew each time: nothing once the attempt is over that is under way in ``run``.

    It may have been given up while a worker was still at it, and begun again by another one.
    """
    return ImportRun.objects.filter(pk=run.pk, started_at=run.started_at, state__in=ImportRun.RUNNING)


@transaction.atomic
def end(
    run: ImportRun,
    state: str,
    reason: str = "",
    among: Iterable[str] = ImportRun.OPEN,
    by: str = "",
    began: datetime | None = None,
) -> bool:
    """Write down how an import ended that is in one of those states, and whether it was.

    With ``began``, only the attempt at it that began then, and none that was asked for since. One that somebody
    asked to cancel does not end as rehearsed. The audit log tells why it came to nothing, or who cancelled it:
    ``by``, or whom its log names. Of what was rehearsed, each release has a line there.
    """
    over = {"state": state, "reason": reason, "ended_at": timezone.now(), "step": "", "is_cancel_asked": False}
    open_one = ImportRun.objects.filter(pk=run.pk, state__in=among)
    if began:
        open_one = open_one.filter(started_at=began)
    if state in (State.REHEARSED, State.NOTHING_NEW):
        open_one = open_one.filter(is_cancel_asked=False)
    is_ended = open_one.update(**over)
    run.refresh_from_db()
    if is_ended and reason:
        say(run, reason, is_warning=True)
        _record(run, state, "worker" if state == State.INTERRUPTED else asked_by(run), reason=reason)
    elif is_ended and state == State.NOTHING_NEW:
        _record(run, state, asked_by(run))
    elif is_ended and state == State.CANCELLED:
        _record(run, state, by or _cancelled_by(run))
    return bool(is_ended)


def _cancelled_by(run: ImportRun) -> str:
    """Who asked to cancel an import while it ran, as its log says."""
    asked = run.log.filter(text__endswith=ASKED_TO_CANCEL).last()
    return asked.text.removesuffix(ASKED_TO_CANCEL) if asked else asked_by(run)


def _record(run: ImportRun, state: str, by: str, **detail: str) -> None:
    step = AuditEntry.Action[state.upper()]
    AuditEntry.objects.record(step, by=by, run=run, subject=files_in_words(run), **detail)


def say(run: ImportRun, text: str, *, is_warning: bool = False) -> None:
    """Add a line to the log of an import."""
    ImportLine.objects.create(run=run, text=text, is_warning=is_warning)


def asked_by(run: ImportRun) -> str:
    """The name of the user who asked for an import, as the audit log writes it."""
    return run.asked_by.get_username() if run.asked_by else "an account that is gone"


def files_in_words(run: ImportRun) -> str:
    """Its files, the first of them by name, or what was to be fetched."""
    names = list(run.files.values_list("name", flat=True))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    said = ", ".join(names[:3]) + more or " ".join(filter(None, (run.dataset, run.setting, run.quarter)))
    return said[:255]
