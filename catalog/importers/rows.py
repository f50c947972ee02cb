"""The rows of a release in the database: put there, read back, compared, and removed."""

from __future__ import annotations

import json
import pickle
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Model, QuerySet

from catalog.importers import DATASETS, bulk, changes, hcpcs
from catalog.importers.changes import Difference
from catalog.importers.files import Refused
from catalog.models import Change, Dataset, EditCode, ProcessingNote, Release, ReleaseFile

BATCH = 1_000
LOT = 10_000  # changes removed in one transaction
# How the counts of a release call its records.
COUNTED = {"code": "codes", "modifier": "modifiers", "ptp": "edits", "mue": "values", "addon": "edits"}
CODES = {Dataset.PTP: ("column_one", "column_two"), Dataset.MUE: ("code",), Dataset.ADDON: ("add_on", "primary")}

# Called with the number of rows written so far.
Progress = Callable[[int], None]


class Part(NamedTuple):
    """One file of a release and its rows."""

    source: ReleaseFile
    rows: Iterable


def write(release: Release, parts: Iterable[Part], notes: Iterable[hcpcs.Note], progress: Progress) -> None:
    """Write the rows of a saved release, and its counts into it."""
    if release.dataset == Dataset.PTP:
        release.counts = _write_edits(release, parts, progress)
    else:
        release.counts = _write_records(release, parts, progress)
    if release.dataset == Dataset.HCPCS:
        put(ProcessingNote, (ProcessingNote(release=release, **note._asdict()) for note in notes))
        release.counts["processing notes"] = ProcessingNote.objects.filter(release=release).count()
    else:
        _count_codes(release)
    release.save()


def _write_edits(release: Release, parts: Iterable[Part], progress: Progress) -> dict[str, int]:
    with bulk.writing(release) as writer:
        for source, rows in parts:
            writer.write(source, rows, progress)
    if not writer.is_sorted:
        bulk.refuse_doubled(release)
    return {"edits": writer.edits, "open": writer.open}


def _write_records(release: Release, parts: Iterable[Part], progress: Progress) -> dict[str, int]:
    models = DATASETS[release.dataset].MODELS
    counts = dict.fromkeys(models, 0)
    for source, rows in parts:
        source.rows = 0
        for batch in batches(rows):
            records = defaultdict(list)
            for row in batch:
                fields = row._asdict()
                record = fields.pop("record", release.dataset)
                if release.dataset != Dataset.HCPCS:  # its releases have one file
                    fields["file"] = source
                records[record].append(models[record](release=release, **fields))
            for record, instances in records.items():
                counts[record] += len(models[record].objects.bulk_create(instances))
            source.rows += len(batch)
            progress(sum(counts.values()))
        source.save()
    for record, model in models.items():
        if (written := model.objects.filter(release=release).count()) != counts[record]:
            raise Refused(f"The database took {written:,} of {counts[record]:,} rows. Load the file again.")
    return {COUNTED[record]: count for record, count in counts.items()}


def _count_codes(release: Release) -> None:
    """Store how many rows name each code; the rows in the database must be as many as were written."""
    first, *second = CODES[release.dataset]
    firsts = _tally(release, first)
    seconds = _tally(release, second[0]) if second else {}
    if (written := sum(firsts.values())) != (read := release.counts[COUNTED[release.dataset]]):
        raise Refused(f"The database took {written:,} of {read:,} rows. Load the files again.")
    put(
        EditCode,
        (
            EditCode(release=release, code=code, in_first=firsts.get(code, 0), in_second=seconds.get(code, 0))
            for code in sorted(firsts.keys() | seconds.keys())
        ),
    )


def _tally(release: Release, field: str) -> dict[str, int]:
    return dict(stored(release).order_by(field).values_list(field).annotate(rows=Count("*")))


def stored(release: Release) -> list[hcpcs.Row] | QuerySet:
    """The rows of a release: of HCPCS as they were read, of edits as a QuerySet."""
    models = DATASETS[release.dataset].MODELS
    if release.dataset != Dataset.HCPCS:
        return models[release.dataset].objects.of(release)
    names = hcpcs.Row._fields[1:]
    return [
        hcpcs.Row(record, *(tuple(value) if isinstance(value, list) else value for value in values))
        for record, model in models.items()
        for values in model.objects.filter(release=release).values_list(*names)
    ]


def say_the_same(one: Release, other: Release) -> bool:
    """Whether two releases have the same rows, in whatever form and order they were published."""
    if any(one.counts.get(kind) != other.counts.get(kind) for kind in COUNTED.values()):
        return False
    match one.dataset:
        case Dataset.HCPCS:
            first, second = (release.files.first().name.lower().endswith(".txt") for release in (one, other))
            return hcpcs.same_release(stored(one), stored(other), across_forms=first != second)
        case Dataset.PTP:
            return bulk.same_rows(one, other)
    names = [name for name in DATASETS[one.dataset].Row._fields if name != "line"]
    return Counter(stored(one).values_list(*names)) == Counter(stored(other).values_list(*names))


def differences(before: Release, after: Release) -> Iterable[Difference]:
    """What one release did to another. An incomplete one takes nothing away: what it lacks is missing from it."""
    match after.dataset:
        case Dataset.PTP:
            found = changes.of_pairs(before, after)
        case Dataset.MUE:
            found = changes.compare(
                changes.of_mues(stored(before)), changes.of_mues(stored(after)), after.first_day
            )
        case Dataset.ADDON:
            old, new = changes.of_addon_edits(stored(before)), changes.of_addon_edits(stored(after))
            found = changes.compare(old, new, after.first_day)
        case _:
            old, new = changes.of_hcpcs(stored(before)), changes.of_hcpcs(stored(after))
            found = changes.compare(old, new, after.first_day)
    if not after.partial:
        return found
    if after.dataset == Dataset.PTP:
        kept = (one for one in found if one.kind != Change.Kind.VANISHED)
        return chain(kept, changes.of_missing_pairs(before, after))
    return (_missing_if_gone(one) for one in found)


def _missing_if_gone(one: Difference) -> Difference:
    return one._replace(kind=Change.Kind.MISSING) if one.kind == Change.Kind.VANISHED else one


@contextmanager
def spooled(items: Iterable) -> Iterator[Iterator]:
    """The same items, once the last of them is known. On SQLite, one cannot write while a query is being read."""
    with TemporaryFile() as file:
        number = 0
        for number, batch in enumerate(batches(items), 1):  # noqa: B007
            pickle.dump(batch, file)
        file.seek(0)
        yield chain.from_iterable(pickle.load(file) for _ in range(number))  # noqa: S301 - our own, just written


def write_changes(
    release: Release, against: Release, found: Iterable[Difference], awaits: Release | None = None
) -> None:
    """Store what a release did to another one; what ``awaits`` a rehearsed one is seen beside that alone.

    Of a table without one of its parts there are half a million: by Django's ``bulk_create`` they take five times
    as long.
    """
    of = (release.pk, against.pk, awaits and awaits.pk)
    names = ("release_id", "against_id", "awaits_id", *Difference._fields)
    places = ", ".join(["%s"] * len(names))
    sql = f"INSERT INTO {Change._meta.db_table} ({', '.join(names)}) VALUES ({places})"  # noqa: S608
    for batch in batches(found):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, [(*of, *one._replace(fields=json.dumps(one.fields))) for one in batch])


def remove_changes(release: Release) -> None:
    """Remove what a release changed and what awaits it, in lots: of half a table there may be very many."""
    _remove_in_lots(Change.every.filter(release=release))
    _remove_in_lots(Change.every.filter(awaits=release))


def remove_decided_changes() -> None:
    """Remove what awaited a decision and is of no use after it: what readers would have seen change."""
    undecided = (Release.State.LOADING, Release.State.REHEARSED)
    _remove_in_lots(Change.every.filter(awaits__in=Release.objects.exclude(state__in=undecided)))


def _remove_in_lots(changes: QuerySet) -> None:
    while lot := list(changes.order_by().values_list("pk", flat=True)[:LOT]):
        Change.every.filter(pk__in=lot).delete()


def remove(release: Release) -> None:
    """Remove the rows of a release and what was counted of them; its record, files and changes stay."""
    if release.dataset == Dataset.PTP:
        bulk.clear(release)
    else:
        for model in DATASETS[release.dataset].MODELS.values():
            model.objects.filter(release=release).delete()
    for model in (ProcessingNote, EditCode):
        model.objects.filter(release=release).delete()


def put(model: type[Model], instances: Iterable[Model]) -> None:
    """Write in batches, each in a transaction of its own, so that other writers get their turn."""
    for batch in batches(instances):
        model.objects.bulk_create(batch)


def batches(items: Iterable) -> Iterator[list]:
    waiting = iter(items)
    while batch := list(islice(waiting, BATCH)):
        yield batch
