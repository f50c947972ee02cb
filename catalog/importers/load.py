"""The only bulk writer. A release is read, checked, written where nobody sees it, compared, and then made current.

Rows go in by batches, each in its own short transaction, under a release in state ``loading``. Only the last
transaction makes the release readable. Whatever ends a run before that, the next run removes what it left.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from catalog.importers import DATASETS, changes, files, hcpcs
from catalog.importers.changes import Difference
from catalog.importers.files import Refused
from catalog.importers.names import Publication
from catalog.models import Change, ProcessingNote, Release, ReleaseFile

BATCH = 1_000
# A code in force does not leave CMS's file: none did from 2019 to 2025. Long ended ones may: the annual file of
# 2019 goes back five years.
VANISHED_SHARE = 0.01
ADVISORY_LOCK = 0x48435043

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What became of a publication. ``differences`` are against ``against``, the release before it."""

    release: Release
    is_new: bool
    counts: dict[str, int]
    against: Release | None = None
    differences: list[Difference] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def tally(self) -> dict[str, int]:
        """Differences by kind."""
        return changes.tally(self.differences)

    @property
    def current(self) -> Release | None:
        """The release readers are answered from now."""
        return _current(self.release)


def publications(paths: Iterable[Path], dataset: str = "", quarter: str = "") -> list[Publication]:
    """The releases under these paths, oldest first. A dataset or quarter given by hand goes over the names."""
    members = files.members(paths)
    names = [dataset] if dataset else list(DATASETS)
    found = [release for name in names for release in DATASETS[name].publications(members, quarter)]
    if not found:
        seen = ", ".join(str(member) for member in members[:5])
        raise Refused(
            f"No release file among {seen}. A main file has ANWEB in its name, as in HCPC2025_OCT_ANWEB.txt; "
            "transaction reports, corrections and notes are not releases. Give --quarter, as in --quarter 2025Q4, "
            "for a main file whose name has lost it."
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
) -> Outcome:
    """Load one release, or only say what loading it would change. What is loaded already is left as it is.

    Raises Refused, and leaves nothing, when the files are not what they should be, or when the release looks
    incomplete and ``allow_partial`` is not set.
    """
    with nullcontext() if dry_run else sole_import():
        if not dry_run:
            remove_leftovers()
        dataset, (main,) = DATASETS[publication.dataset], publication.members
        sha256, size = files.fingerprint(main)
        if loaded := _loaded_before(publication, sha256):
            return Outcome(loaded, is_new=False, counts=loaded.counts)
        rows = list(dataset.read(main))
        if loaded := _loaded_with_same_rows(publication, rows):
            return Outcome(loaded, is_new=False, counts=loaded.counts)
        release = Release(
            dataset=publication.dataset,
            quarter=publication.quarter,
            revision=_free_revision(publication, revision),
        )
        against = release.previous()
        before = list(stored(against)) if against else []
        doubts = dataset.doubts(rows, publication) + _vanished(before, rows, release, against)
        if doubts and not allow_partial:
            raise Refused(
                f"{main} looks incomplete: {' '.join(doubts)} Give --allow-partial to load it all the same."
            )
        release.partial = bool(doubts)
        notes = list(hcpcs.read_notes(publication.notes)) if publication.notes else []
        release.counts = _counts(rows, notes)
        differences = changes.compare(before, rows, release.first_day) if against else []
        if release.partial:  # what an incomplete file lacks has not gone
            differences = [difference for difference in differences if difference.kind != Change.Kind.VANISHED]
        if not dry_run:
            sources = [ReleaseFile(name=main.name, archive=main.archive, sha256=sha256, size=size, rows=len(rows))]
            if publication.notes:
                sources.append(_source(publication.notes, len(notes)))
            install(
                release,
                rows,
                notes=notes,
                sources=sources,
                differences=differences,
                activate=activate,
                progress=progress,
            )
        return Outcome(release, True, release.counts, against, differences, doubts)


def install(
    release: Release,
    rows: list[hcpcs.Row],
    *,
    notes: Iterable[hcpcs.Note] = (),
    sources: Iterable[ReleaseFile] = (),
    differences: Iterable[Difference] = (),
    activate: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write an unsaved release with its rows and make it readable, and with ``activate`` current if it is newer.

    Nothing of it stays when anything goes wrong. Differences are against ``release.previous()``.
    """
    release.state = Release.State.LOADING
    release.save()
    try:
        for source in sources:
            source.release = release
            source.save()
        _write(ProcessingNote, (ProcessingNote(release=release, **note._asdict()) for note in notes))
        _write_rows(release, rows, progress)
        _write_changes(release, release.previous(), differences)
        _publish(release, activate)
    except BaseException:
        remove(release)
        raise


def make_current(release: Release) -> None:
    """Answer readers from this release from now on. This is also how one rolls back to an earlier release."""
    if release.state == Release.State.LOADING:
        raise Refused(f"{release} was never loaded completely. Load its file again.")
    of_its_kind = Release.objects.filter(dataset=release.dataset, setting=release.setting)
    with transaction.atomic():
        was = list(of_its_kind.select_for_update().current())
        if was != [release]:
            of_its_kind.current().update(state=Release.State.LOADED)
            release.state, release.activated_at = Release.State.CURRENT, timezone.now()
            release.save(update_fields=["state", "activated_at"])


def remove_leftovers() -> None:
    """Remove what a run that was ended in the middle has left. Only ever called by the one import that runs."""
    for release in Release.objects.filter(state=Release.State.LOADING):
        remove(release)


def remove(release: Release) -> None:
    """Delete a release with its rows."""
    for model in (*_models(release).values(), ProcessingNote, Change, ReleaseFile):
        model.objects.filter(release=release).delete()
    release.delete()


def stored(release: Release) -> Iterator[hcpcs.Row]:
    """The rows of a release, as they were read."""
    names = hcpcs.Row._fields[1:]
    for record, model in _models(release).items():
        for values in model.objects.filter(release=release).values_list(*names):
            yield hcpcs.Row(record, *(tuple(value) if isinstance(value, list) else value for value in values))


@contextmanager
def sole_import() -> Iterator[None]:
    """Refuse a second import while one runs. The lock goes with the process, however that ends."""
    busy = Refused("Another import is running on this database. Wait until it is done.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
            if not cursor.fetchone()[0]:
                raise busy
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
    else:
        # A database file of its own, as only its lock is wanted; the rows go into the main one, open to others.
        with closing(sqlite3.connect(f"{connection.settings_dict['NAME']}-import", timeout=0)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise (busy if error.sqlite_errorcode == sqlite3.SQLITE_BUSY else error) from error
            yield


def _loaded_before(publication: Publication, sha256: str) -> Release | None:
    """The release this very content was loaded as; refused when that is one of another quarter."""
    found = Release.objects.published().filter(dataset=publication.dataset, files__sha256=sha256).first()
    if found and found.quarter != publication.quarter:
        raise Refused(
            f"{publication.members[0]} has been loaded as {found}, and now appears as {publication.quarter}. "
            f"If it is {found.quarter}, there is nothing to do."
        )
    return found


def _loaded_with_same_rows(publication: Publication, rows: list[hcpcs.Row]) -> Release | None:
    """The release of this quarter that says the same, from the workbook where this is the text, or so."""
    is_text = publication.members[0].form == ".txt"
    for release in Release.objects.published().filter(dataset=publication.dataset, quarter=publication.quarter):
        main = release.files.first()
        across_forms = main is not None and main.name.lower().endswith(".txt") != is_text
        if hcpcs.same_release(stored(release), rows, across_forms=across_forms):
            return release
    return None


def _free_revision(publication: Publication, by_hand: int | None) -> int:
    """The revision given by hand or by the name; a re-post that does not say which it is comes last."""
    taken = set(
        Release.objects.published()
        .filter(dataset=publication.dataset, quarter=publication.quarter)
        .values_list("revision", flat=True)
    )
    if by_hand is not None:
        if by_hand in taken:
            raise Refused(f"Revision {by_hand} of {publication.quarter} is loaded already, with other content.")
        return by_hand
    wanted = publication.revision or 0
    return wanted if wanted not in taken else max(taken) + 1


def _vanished(
    before: list[hcpcs.Row], rows: list[hcpcs.Row], release: Release, against: Release | None
) -> list[str]:
    """The doubt that too many records are gone that the release before left in force."""
    day = release.first_day
    in_force = {row.code for row in before if not row.termination_date or row.termination_date >= day}
    gone = in_force - {row.code for row in rows}
    if len(gone) <= VANISHED_SHARE * len(in_force):
        return []
    return [f"It lacks {len(gone):,} of the {len(in_force):,} codes and modifiers in force in {against.title}."]


def _counts(rows: list[hcpcs.Row], notes: list[hcpcs.Note]) -> dict[str, int]:
    by_record = Counter(row.record for row in rows)
    return {"codes": by_record["code"], "modifiers": by_record["modifier"], "processing notes": len(notes)}


def _source(member: files.Member, rows: int) -> ReleaseFile:
    sha256, size = files.fingerprint(member)
    return ReleaseFile(name=member.name, archive=member.archive, sha256=sha256, size=size, rows=rows)


def _write_rows(release: Release, rows: list[hcpcs.Row], progress: Progress | None) -> None:
    done = 0
    for record, model in _models(release).items():
        of_kind = [row for row in rows if row.record == record]
        for batch in _batches(of_kind):
            _write(model, (model(release=release, **_fields(row)) for row in batch))
            done += len(batch)
            if progress:
                progress(done, len(rows))
        written = model.objects.filter(release=release).count()
        if written != len(of_kind):
            raise Refused(f"The database took {written:,} of {len(of_kind):,} {record}s. Load the file again.")


def _models(release: Release) -> dict[str, type[Model]]:
    return DATASETS[release.dataset].MODELS


def _fields(row: hcpcs.Row) -> dict[str, object]:
    fields = row._asdict()
    del fields["record"]
    return fields


def _write_changes(release: Release, against: Release | None, differences: Iterable[Difference]) -> None:
    _write(
        Change, (Change(release=release, against=against, **difference._asdict()) for difference in differences)
    )


def _write(model: type[Model], instances: Iterable[Model]) -> None:
    """Write in batches, each in a transaction of its own, so that other writers get their turn."""
    for batch in _batches(instances):
        model.objects.bulk_create(batch)


def _batches(items: Iterable) -> Iterator[list]:
    waiting = iter(items)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _publish(release: Release, activate: bool) -> None:
    """The one transaction after which the release is there for everyone, and the next one is compared with it."""
    later = None if release.partial else release.next()
    differences = changes.compare(stored(release), stored(later), later.first_day) if later else []
    with transaction.atomic():
        release.state, release.loaded_at = Release.State.LOADED, timezone.now()
        release.save()
        if later:
            later.changes.all().delete()
            _write_changes(later, release, differences)
        if activate and _outranks(release, _current(release)):
            make_current(release)


def _current(release: Release) -> Release | None:
    return Release.objects.current().filter(dataset=release.dataset, setting=release.setting).first()


def _outranks(release: Release, current: Release | None) -> bool:
    """Whether loading this release is reason to use it: newer, but never incomplete for complete."""

    def rank(one: Release) -> tuple[bool, bool, str, int]:
        return (not one.is_starter, not one.partial, one.quarter, one.revision)

    return current is None or rank(release) > rank(current)
