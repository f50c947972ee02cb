"""A release between loading and readers: rehearsed, looked at, and then activated or discarded.

A rehearsed release is whole: its rows, counts, doubts and changes are what they will be. Only its state keeps
readers from it, and so activating it takes no longer than rolling back. Neither doubts nor golden pairs refuse a
rehearsal; both are shown, and stand in the way of activating it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from catalog import inbox, runs, tasks
from catalog.importers import load, succession, verify
from catalog.importers.files import Cancelled, Refused
from catalog.importers.load import Progress
from catalog.importers.locks import Busy, sole_import
from catalog.importers.names import Publication
from catalog.models import AuditEntry, Dataset, ImportRun, Release

State, Action = Release.State, AuditEntry.Action


class Objections(NamedTuple):
    """Why a release may not be activated now, in sentences.

    ``outdated`` says that it was compared with a release that is no longer the one before it: that cannot be
    overruled. ``golden`` are the golden pairs it answers wrongly, which can be of a loaded release only, as
    whoever goes back is in need. ``doubts`` can always, by a person.
    """

    golden: list[str]
    doubts: list[str]
    outdated: str


def rehearse(
    publication: Publication,
    *,
    run: ImportRun | None = None,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Release:
    """Load a release as far as readers would see it, and return it; what is loaded already is returned as it is.

    Its changes are against the release before it that is loaded, or that the same run has rehearsed. An older
    rehearsal of its quarter and revision is replaced: by that of a run only when the run is over, by
    ``replace_older``. Raises Refused for files that are not what they should be, or that are part of what is
    rehearsed whole, and leaves nothing. Raises Cancelled when ``is_cancelled``, asked again and again, says so:
    what is left then is seen by nobody, and ``tidy`` removes it.
    """
    tell = _heeding(progress, is_cancelled)
    before = partial(_before, run=run)
    with load.written(publication, tell) as (release, is_new):
        if is_new:
            release.run = run
            load.check(release, publication, tell, before)
            _refuse_for_whole(release)
            load.compare(release, tell, before)
            load.look_ahead(release, tell)
            tell("comparing", 0, 0)  # it took a while, in which somebody may have thought better of it
            release.state = State.REHEARSED
            release.save()
            if run is None:
                _replace_older(release)
    return release


def objections(release: Release) -> Objections:
    """Why this release may not be activated now, or gone back to."""
    doubts = release.doubts or (["It looked incomplete when it was loaded."] if release.partial else [])
    failures = release.dataset == Dataset.PTP and verify.golden_pair_failures(release, is_partial=release.partial)
    return Objections(list(failures or ()), doubts, _outdated(release) if release.state == State.REHEARSED else "")


def activate(
    release: Release, *, by: str, note: str = "", accept_doubts: bool = False, instead_of: int | None = None
) -> None:
    """Answer readers from this release from now on: a rehearsed one is published, a loaded one is gone back to.

    One transaction, and a line in the audit log. ``instead_of`` is the number of the release that is current as
    far as ``by`` knows, 0 for none. Raises Refused with a sentence when another one is, when there are objections,
    when they are accepted without a note that says why, or when SECOND_PERSON is set and ``by`` asked for it.
    """
    _look_again(release)
    golden: list[str] = []
    if release.state in (State.REHEARSED, State.LOADED, State.WITHDRAWN):
        golden = _refuse_objected(release, accept_doubts, note)
    if release.state == State.REHEARSED:
        _refuse_alone(release, by)
        still_refuse = partial(_refuse_outdated, release, instead_of)
        load.publish(release, activate=True, whatever_is_current=True, by=by, note=note, still_refuse=still_refuse)
        _settle_files(release)
        return
    if release.state == State.WITHDRAWN:
        _refuse_alone(release, by)
    with transaction.atomic():
        load.locked_states(release)
        _look_again(release)
        was = succession.current(release)
        is_back = succession.is_way_back(release, was)
        if was != release:
            _refuse_unseen(was, instead_of)
        load.make_current(release, by=by)
        if was != release:
            step = Action.ROLLED_BACK if is_back else Action.ACTIVATED
            overruled = {"golden": golden} if golden else {}
            load.record_current(release, step, was, by=by, note=note, **overruled)


def withdraw(release: Release, *, by: str, note: str) -> None:
    """Answer readers from nothing in place of a release of the NCCI tables; nothing is compared with it any more.

    What it answered for counts as not checked from now on. It is kept until another one is imported and activated.
    Raises Refused for what ``refuse_to_withdraw`` names, and without a note that says why.
    """
    if not note.strip():
        raise Refused(f"Say in the note why {release} is withdrawn.")
    with transaction.atomic():
        load.locked_states(release)
        _look_again(release)
        if reason := refuse_to_withdraw(release):
            raise Refused(reason)
        Release.objects.filter(pk=release.pk).update(state=State.WITHDRAWN)
        subject = f"{release}{', incomplete' if release.partial else ''}"
        AuditEntry.objects.record(
            Action.WITHDRAWN, by=by, subject=subject, release=release, run=release.run, note=note,
            doubts=release.doubts,
        )  # fmt: skip


def refuse_to_withdraw(release: Release) -> str:
    """Why a release cannot be withdrawn, in a sentence; empty where it can."""
    if not release.is_current:
        return f"Readers are not answered from {release}."
    if release.is_starter:
        return "The starter set gives way to the first release that is activated."
    if release.dataset == Dataset.HCPCS:
        return "Without codes nothing can be looked up: go back to an earlier release, or load a better one."
    return ""


def discard(release: Release, *, by: str, note: str = "") -> None:
    """Decide against a rehearsed release: it is gone at once, and its rows as soon as no import runs."""
    _look_again(release)
    with transaction.atomic():
        if not _give_up(Release.objects.filter(pk=release.pk)):
            raise Refused(f"{release} does not wait for a decision any more.")
        AuditEntry.objects.record(Action.DISCARDED, by=by, release=release, run=release.run, note=note)
    _settle_files(release)


def give_up(run: ImportRun, since: datetime) -> None:
    """Take back what a cancelled run has rehearsed since then. What waited before waits for a decision still."""
    _give_up(run.releases.filter(started_at__gte=since))
    tidy()


def replace_older(run: ImportRun, since: datetime) -> None:
    """Have what a run that ended well has rehearsed since then take the place of older rehearsals of the same."""
    for release in run.releases.filter(started_at__gte=since).exclude(state=State.LOADING):
        _replace_older(release)
    tidy()


def tidy() -> None:
    """Remove the rows that nobody needs any more. An import that runs does it at its end."""
    with suppress(Busy), sole_import():
        load.remove_leftovers()


def _heeding(progress: Progress | None, is_cancelled: Callable[[], bool] | None) -> Progress:
    """Tell how far it is, and stop when that is wanted."""

    def tell(what: str, done: int, total: int) -> None:
        if is_cancelled and is_cancelled():
            raise Cancelled
        if progress:
            progress(what, done, total)

    return tell


def _before(release: Release, run: ImportRun | None) -> Release | None:
    """What a rehearsal is compared with. Several quarters that come together are activated one after the other."""
    loaded = release.previous()
    if run is None:
        return loaded
    waiting = Release.objects.filter(state=State.REHEARSED, run=run, partial=False).before(release)
    found = [one for one in (loaded, waiting.order_by("quarter", "revision", "pk").last()) if one]
    return max(found, key=lambda one: (one.quarter, one.revision), default=None)


def _refuse_for_whole(release: Release) -> None:
    """Refuse an incomplete release while the whole of it waits for a decision."""
    waiting = succession.same_revision(release).filter(state=State.REHEARSED, partial=False)
    if release.partial and (whole := waiting.order_by("pk").last()):
        by_import = f", in {whole.run}" if whole.run else ""
        raise Refused(
            f"{release} looks incomplete: {' '.join(release.doubts)} One that does not is rehearsed and waits for "
            f"a decision{by_import}. If this shall take its place, discard that one first."
        )


def _replace_older(release: Release) -> None:
    older = succession.same_revision(release).filter(state=State.REHEARSED, pk__lt=release.pk)
    for one in older.select_related("run"):
        with transaction.atomic():
            if _give_up(Release.objects.filter(pk=one.pk)):
                _record_replaced(one, release)
        if one.run and one.run != release.run:
            inbox.clear_if_decided(one.run)


def _record_replaced(old: Release, new: Release) -> None:
    """Say where somebody looks for the older rehearsal what became of it: in the audit log, and in its import."""
    by = runs.asked_by(new.run) if new.run else "nobody"
    again = {"rehearsed_again_as": new.pk, "by_import": new.run.pk if new.run else None}
    again["files"] = {file.name: file.sha256 for file in new.files.all()}
    again["reason"] = f"Rehearsed again{f' as {new.run}' if new.run else ''} from {', '.join(again['files'])}."
    AuditEntry.objects.record(Action.REPLACED, by=by, release=old, run=old.run, **again)
    if old.run and new.run and old.run != new.run:
        runs.say(old.run, f"{by} rehearsed {old} again, as {new.run}. That one takes the place of this.")


def _give_up(releases) -> int:
    """Make rehearsed releases among these what an import that ended in the middle leaves. How many they were."""
    return releases.filter(state=State.REHEARSED).update(state=State.LOADING)


def _outdated(release: Release) -> str:
    if succession.same_revision(release).published().filter(partial=False).exists():
        return f"{release.title} has been loaded from other files since. Rehearse this one again."
    compared_with, now = release.compared_with, release.previous()
    after = succession.compared_with(release)
    if release.was_compared_with and (compared_with is None or compared_with.state == State.LOADING):
        return f"It was compared with {release.was_compared_with}, which is not there any more. Rehearse it again."
    if compared_with == now and after in (None, release.compared_after):
        return ""
    if compared_with == now:
        return f"The release after it is {after.title} now, which was not compared with it. Rehearse it again."
    if compared_with and compared_with.state == State.REHEARSED:
        return f"It was compared with {compared_with.title}, which is rehearsed as well. Activate that one first."
    was, is_now = (one.title if one else "no release" for one in (compared_with, now))
    return f"It was compared with {was}, and the release before it is {is_now} now. Rehearse it again."


def _look_again(release: Release) -> None:
    """Read a release as it is now; refused when it is gone."""
    try:
        release.refresh_from_db()
    except Release.DoesNotExist as reason:
        raise Refused(f"{release} is not there any more.") from reason


def _refuse_objected(release: Release, accept_doubts: bool, note: str) -> list[str]:
    """Refuse what may not be activated; the golden pairs that are overruled are returned."""
    golden, doubts, outdated = objections(release)
    if outdated:
        raise Refused(outdated)
    number = f"{len(golden)} golden pair{'s' if len(golden) > 1 else ''}"
    wrongly = f"{release} answers {number} wrongly."
    if golden and release.state == State.REHEARSED:
        raise Refused(f"{wrongly} {' '.join(golden[: verify.NAMED])}")
    if doubts and not accept_doubts:
        raise Refused(f"{release} looks incomplete: {' '.join(doubts)} Say that you accept it all the same.")
    if golden and not accept_doubts:
        raise Refused(f"{wrongly} {' '.join(golden[: verify.NAMED])} Say that you accept it all the same.")
    if (doubts or golden) and not note.strip():
        what = f"{release} looks incomplete." if doubts else wrongly
        raise Refused(f"{what} Say in the note why you accept it all the same.")
    if release.state == State.WITHDRAWN and not note.strip():
        raise Refused(f"{release} was withdrawn. Say in the note why it is used again.")
    return golden


def _refuse_outdated(release: Release, instead_of: int | None) -> None:
    """Look once more when nobody else can decide: another release may have been activated since the first look."""
    if outdated := _outdated(Release.objects.get(pk=release.pk)):
        raise Refused(outdated)
    _refuse_unseen(succession.current(release), instead_of)


def _refuse_unseen(current: Release | None, instead_of: int | None) -> None:
    """Refuse to replace another release than the one that somebody knows to be current, if they said which."""
    if instead_of is not None and instead_of != (current.pk if current else 0):
        now = f"They are answered from {current.title} now." if current else "They are answered from none now."
        raise Refused(f"What readers are answered from has changed meanwhile: look again. {now}")


def asked_by(release: Release) -> str:
    """Who had it rehearsed. Its import may have been asked for again by somebody else since."""
    if step := AuditEntry.objects.filter(action=Action.REHEARSED, release_number=release.pk).first():
        return step.by
    return runs.asked_by(release.run) if release.run else ""


def _refuse_alone(release: Release, by: str) -> None:
    if settings.SECOND_PERSON and asked_by(release) == by:
        raise Refused(f"{by} has rehearsed {release}. Another person must activate it.")


def _settle_files(release: Release) -> None:
    """Once nothing of a run waits for a decision, its files go; what was pruned or given up is the worker's."""
    if release.run:
        inbox.clear_if_decided(release.run)
    tasks.tidy.enqueue()
