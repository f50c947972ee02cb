"""The only bulk writer. A release is read, written where nobody sees it, checked, compared, and then made current.

Rows go in by batches, each in its own short transaction, under a release in state ``loading``. Only the last
transaction makes the release readable. Whatever ends a run before that, the next run removes what it left.

``rehearsal`` takes the same steps, and stops before that transaction until somebody has looked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from catalog.importers import DATASETS, bulk, files, hcpcs, known, rows, succession, verify
from catalog.importers.changes import Difference
from catalog.importers.files import Cancelled, Refused
from catalog.importers.locks import sole_import
from catalog.importers.names import Publication
from catalog.importers.rows import Part
from catalog.models import AuditEntry, Change, Dataset, Release, ReleaseFile

ROW_BYTES = {Dataset.PTP: 75, Dataset.MUE: 60, Dataset.ADDON: 296, Dataset.HCPCS: 590}  # of text, about
SAMPLES = 5

# What is being done, how many rows are written, and how many there will be, as far as one can tell.
Progress = Callable[[str, int, int], None]
# The release that another one is to be compared with.
Before = Callable[[Release], Release | None]


@dataclass(frozen=True)
class Outcome:
    """What became of a publication. ``tally`` and ``samples`` are changes against ``against``, by kind."""

    release: Release
    is_new: bool
    counts: dict[str, int]
    against: Release | None = None
    tally: dict[str, int] = field(default_factory=dict)
    samples: list[Change] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    pruned: list[Release] = field(default_factory=list)

    @property
    def current(self) -> Release | None:
        """The release readers are answered from now."""
        return succession.current(self.release)


def publications(
    paths: Iterable[Path], dataset: str = "", quarter: str = "", setting: str = ""
) -> list[Publication]:
    """The releases under these paths, by dataset, oldest first. What is given by hand goes over the names."""
    members = files.members(paths)
    names = [dataset] if dataset else list(DATASETS)
    found = [release for name in names for release in DATASETS[name].publications(members, quarter, setting)]
    if quarter and len({release.dataset for release in found}) > 1:  # a name that has lost the quarter says little
        found = [release for release in found if DATASETS[release.dataset].FAMILY.search(str(release.members[0]))]
        if not found:
            raise Refused(f"{members[0]} does not say what it is. Give --dataset, as in --dataset hcpcs.")
    if not found:
        told = (DATASETS[name].explain(member) for member in members for name in names)
        seen = ", ".join(str(member) for member in members[:5])
        raise Refused(
            next(filter(None, told), "")
            or f"No release file among {seen}. manage.py import_release --help tells which names are known. For a "
            "file whose name has lost it, give --dataset and --quarter, as in --dataset hcpcs --quarter 2025Q4."
        )
    return found


def load(
    publication: Publication,
    *,
    revision: int | None = None,
    dry_run: bool = False,
    activate: bool = True,
    allow_partial: bool = False,
    progress: Progress | None = None,
    by: str = "",
) -> Outcome:
    """Load one release, or with ``dry_run`` only say what loading it would change: then its rows go again.

    What is loaded already is left as it is. Raises Refused, and leaves nothing, when the files are not what they
    should be, or when the release looks incomplete and ``allow_partial`` is not set. ``by`` is who the audit log
    shall name.
    """
    tell = progress or (lambda what, done, total: None)
    with written(publication, tell, revision) as (release, is_new):
        if not is_new:
            return Outcome(release, is_new=False, counts=release.counts)
        check(release, publication, tell)
        if release.dataset == Dataset.PTP:
            verify.refuse_wrong_answers(release, is_partial=release.partial)
        if release.partial and not allow_partial:
            raise Refused(
                f"{publication.members[0]} looks incomplete: {' '.join(release.doubts)} "
                "Give --allow-partial to load it all the same."
            )
        compare(release, tell)
        outcome = _outcome(release)
        if dry_run:
            remove_or_leave(release)
        else:
            outcome.pruned.extend(publish(release, activate, by=by))
        return outcome


@contextmanager
def written(
    publication: Publication, tell: Progress, revision: int | None = None
) -> Iterator[tuple[Release, bool]]:
    """The release of a publication, its rows written and seen by nobody, and whether it is new.

    One that is loaded already, in this form or another, is given as it is. A new one that is still in state
    ``loading`` at the end of the block goes with the next import, and at once if the block raises.
    """
    with sole_import(), bulk.prepared():
        remove_leftovers()
        sources = [known.source_of(member) for member in publication.members]
        known.refuse_doubled(publication, sources)
        loaded = known.loaded_before(publication, sources)
        if loaded is None:
            release = _new_release(publication, revision)
            with removed_on_failure(release):
                _write(release, publication, sources, tell)
                loaded = known.loaded_with_same_rows(release)
                if loaded is None:
                    yield release, True
        if loaded:
            yield loaded, False
        remove_leftovers()


def check(release: Release, publication: Publication, tell: Progress, before: Before = Release.previous) -> None:
    """Give a written release its place in the line, and note why it may not be the whole of its publication.

    Then it is partial. What came before it, also in the same quarter, tells how much there should be.
    """
    tell("checking", 0, 0)
    release.revision = succession.free_revision(release)
    release.doubts = _doubts(release, publication, before(release))
    release.partial = bool(release.doubts)


def compare(release: Release, tell: Progress, before: Before = Release.previous) -> None:
    """Store the changes of a checked release against the one before it."""
    tell("comparing", 0, 0)
    release.compared_with = against = before(release)
    release.was_compared_with = against.title if against else ""
    release.save()
    if against:
        with rows.spooled(_told(rows.differences(against, release), tell)) as differences:
            rows.write_changes(release, against, differences)


def look_ahead(release: Release, tell: Progress) -> None:
    """Store what else is to be known of a compared release before it is activated, so that activating is quick.

    What the release after it, if there is one, will have changed against it; and what readers would see change who
    are answered from another release than it was compared with.
    """
    release.compared_after = after = succession.compared_with(release)
    current = succession.current(release)
    if current and not current.is_starter and current != release.compared_with:
        release.compared_current = current
    for one, other in ((release, after), (release.compared_current, release)):
        if one and other:
            tell("comparing", 0, 0)
            with rows.spooled(_told(rows.differences(one, other), tell)) as differences:
                rows.write_changes(other, one, differences, awaits=release)


def _told(found: Iterable[Difference], tell: Progress) -> Iterator[Difference]:
    """The same differences; it is told at each that they are still looked for."""
    for difference in found:
        tell("comparing", 0, 0)
        yield difference


def write(
    release: Release, parts: list[Part], notes: Iterable[hcpcs.Note] = (), progress=lambda done: None
) -> None:
    """Write an unsaved release with its rows, seen by nobody until it is published."""
    release.state = Release.State.LOADING
    release.save()
    for source, _rows in parts:
        source.release = release
        source.save()
    rows.write(release, parts, notes, progress)


def publish(
    release: Release,
    activate: bool,
    *,
    whatever_is_current: bool = False,
    by: str = "",
    note: str = "",
    still_refuse: Callable[[], None] = lambda: None,
) -> list[Release]:
    """Make a written release readable, and with ``activate`` current if it outranks the one that is.

    The release after it is compared with it first, unless that was done while it was rehearsed. All else is one
    transaction. What is older is pruned in it, what was withdrawn is given up, and both are returned:
    ``remove_leftovers`` takes the rows away. So is the audit log written, if ``by`` says who did it.
    ``still_refuse``, called when nothing of its kind can change any more, may raise Refused.
    """
    later = succession.compared_with(release)
    is_compared = release.state == Release.State.REHEARSED and release.compared_after == later
    found = () if is_compared or later is None else rows.differences(release, later)
    with rows.spooled(found) as differences, transaction.atomic():
        if locked_states(release).get(release.pk) != release.state or succession.compared_with(release) != later:
            raise Refused(f"What is loaded beside {release} has changed in this moment. Look again.")
        still_refuse()
        superseded, was_current = succession.superseded(release), succession.current(release)
        if not activate and any(one.is_current for one in superseded):
            raise Refused(
                f"{release} takes the place of the incomplete release that is current, so that nothing would be. "
                "Load it without --no-activate."
            )
        replaced = succession.inherit(release, superseded)
        release.state, release.loaded_at = Release.State.LOADED, timezone.now()
        release.save()
        if later:
            later.changes.all().delete()
            rows.write_changes(later, release, differences)
            Change.every.filter(release=later, awaits=release).update(awaits=None)
            Release.objects.filter(pk=later.pk).update(compared_with=release)
        if activate and (whatever_is_current or succession.outranks(release, succession.current(release))):
            make_current(release, by=by)
        pruned = succession.outdated(release, was_current)
        Release.objects.filter(pk__in=[one.pk for one in pruned]).update(state=Release.State.PRUNED)
        if release.is_current:
            unusable = succession.withdrawn(release)
            Release.objects.filter(pk__in=[one.pk for one in unusable]).update(state=Release.State.LOADING)
            pruned += unusable
        if by:
            _record(release, was_current, [*replaced, *pruned], by, note)
    return pruned


def make_current(release: Release, *, by: str = "") -> None:
    """Answer readers from this release from now on. This is also how one rolls back to an earlier release.

    What answers again in place of a starter set that gives way is written into the audit log, if ``by`` says whose
    doing it is.
    """
    with transaction.atomic():
        # As it is now: an import may have removed it since it was read.
        states = locked_states(release)
        match states.get(release.pk):
            case Release.State.LOADING:
                raise Refused(f"{release} was never loaded completely. Load its file again.")
            case Release.State.REHEARSED:
                raise Refused(f"{release} is rehearsed, and nobody has activated it yet.")
            case Release.State.WITHDRAWN if succession.same_revision(release).published().exists():
                raise Refused(f"{release} has been loaded from other files since it was withdrawn.")
            case Release.State.PRUNED | None:
                raise Refused(
                    f"The rows of {release} were removed when newer releases came. Load its files again."
                )
        if [pk for pk, state in states.items() if state == Release.State.CURRENT] != [release.pk]:
            Release.objects.of_a_kind(release).current().update(state=Release.State.LOADED)
            release.state, release.activated_at = Release.State.CURRENT, timezone.now()
            release.save(update_fields=["state", "activated_at"])
        heirs = [] if release.is_starter else succession.retire_starters(release)
        for heir in heirs if by else ():
            record_current(
                heir, AuditEntry.Action.ACTIVATED, None, by=by, note=f"Answers again as {release} does."
            )


def record_current(
    release: Release, step: str, was: Release | None, *, by: str, note: str, **detail: object
) -> None:
    """Write into the audit log that a release became current, in place of which one and against what doubts."""
    in_place_of = f", in place of {'the incomplete ' if was.partial else ''}{was.title}" if was else ""
    subject = f"{release}{', incomplete' if release.partial else ''}{in_place_of}"
    before = {"before": was.title if was else "", "before_was_incomplete": bool(was and was.partial)}
    detail = before | {"doubts": release.doubts} | detail
    AuditEntry.objects.record(step, by=by, subject=subject, release=release, run=release.run, note=note, **detail)


@contextmanager
def removed_on_failure(release: Release) -> Iterator[None]:
    """Leave nothing of a release when anything goes wrong until it is published.

    Only what was cancelled is left to ``remove_leftovers``: who did that shall not wait for the removal.
    """
    try:
        yield
    except Cancelled:
        raise
    except BaseException:
        if Release.objects.filter(pk=release.pk, state=Release.State.LOADING).exists():
            remove_or_leave(release)
        raise


def remove_leftovers() -> None:
    """Remove what is pruned, what an interrupted run has left, and what awaits no decision any more.

    Only ever called by the one import that runs. Of a whole release that is pruned, the record and the changes
    stay, unless another one has taken its place.
    """
    for release in Release.objects.filter(state__in=(Release.State.LOADING, Release.State.PRUNED)):
        is_kept = release.state == Release.State.PRUNED and not release.partial
        remove_or_leave(release, with_record=not is_kept or succession.same_revision(release).published().exists())
    rows.remove_decided_changes()


def remove_or_leave(release: Release, *, with_record: bool = True) -> None:
    """Remove a release nobody is answered from; leave it to the next run if somebody still reads its table."""
    with suppress(bulk.InUse):
        remove(release) if with_record else rows.remove(release)


def remove(release: Release) -> None:
    """Delete a release with its rows, files and changes."""
    rows.remove(release)
    if release.dataset == Dataset.PTP:
        bulk.drop_unused_rationales()
    rows.remove_changes(release)
    ReleaseFile.objects.filter(release=release).delete()
    release.delete()


def _new_release(publication: Publication, by_hand: int | None) -> Release:
    """Unsaved, with the revision given by hand or by the name, 0 where neither says."""
    release = Release(
        dataset=publication.dataset,
        setting=publication.setting,
        quarter=publication.quarter,
        revision=by_hand if by_hand is not None else publication.revision or 0,
    )
    if by_hand is not None and succession.same_revision(release).published().filter(partial=False).exists():
        raise Refused(f"Revision {by_hand} of {publication.quarter} is loaded already, with other content.")
    return release


def _write(release: Release, publication: Publication, sources: list[ReleaseFile], tell: Progress) -> None:
    dataset = DATASETS[publication.dataset]
    total = sum(source.size for source in sources) // ROW_BYTES[publication.dataset]
    release.notice = dataset.notice(publication.members[0])
    parts = [
        Part(source, dataset.read(member, publication.setting))
        for source, member in zip(sources, publication.members, strict=True)
    ]
    notes = list(hcpcs.read_notes(publication.notes)) if publication.notes else []
    write(release, parts, notes, lambda done: tell("writing", done, total))
    if publication.notes:
        notes_file = known.source_of(publication.notes)
        notes_file.release, notes_file.rows = release, len(notes)
        notes_file.save()


def _doubts(release: Release, publication: Publication, against: Release | None) -> list[str]:
    stored = rows.stored(release)
    doubts = [*publication.missing, *known.doubts(release, publication)]
    doubts += DATASETS[release.dataset].doubts(stored, publication, release.counts)
    doubts += verify.row_count_doubts(release, against)
    if release.dataset == Dataset.HCPCS and against:
        doubts += verify.vanished_doubts(rows.stored(against), stored, release, against)
    return doubts


def _outcome(release: Release) -> Outcome:
    against, doubts = release.compared_with, release.doubts
    if against is None:
        return Outcome(release, True, release.counts, doubts=doubts)
    samples = [change for kind in Change.Kind for change in release.changes.filter(kind=kind)[:SAMPLES]]
    return Outcome(release, True, release.counts, against, release.changes.tally(), samples, doubts)


def locked_states(release: Release) -> dict[int, str]:
    """The releases of its kind and their states, which stay as they are until the end of the transaction."""
    of_its_kind = Release.objects.of_a_kind(release).order_by("pk")
    return dict(of_its_kind.select_for_update().values_list("pk", "state"))


def _record(release: Release, was_current: Release | None, pruned: list[Release], by: str, note: str) -> None:
    detail = {"counts": release.counts, "files": {file.name: file.sha256 for file in release.files.all()}}
    if release.is_current:
        record_current(release, AuditEntry.Action.ACTIVATED, was_current, by=by, note=note, **detail)
    else:
        detail |= {"before": was_current.title if was_current else "", "doubts": release.doubts}
        AuditEntry.objects.record(
            AuditEntry.Action.LOADED, by=by, release=release, run=release.run, note=note, **detail
        )
    for one in pruned:
        subject = f"{one}, withdrawn before" if one.state == Release.State.WITHDRAWN else str(one)
        AuditEntry.objects.record(AuditEntry.Action.PRUNED, by=by, subject=subject, release=one, run=release.run)
