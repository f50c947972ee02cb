"""Millions of PTP edits in and out of the database. The one place that knows which database it is.

On SQLite rows go into the one table by batches, each in a transaction of its own. A batch is read before its
transaction begins, so that other writers get their turn in between. On PostgreSQL a release is a partition: it is
written and indexed as a table that nobody knows, and then attached. There it takes in a small batch while the
next is read.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import islice, takewhile

from django.db import OperationalError, connection, transaction

from catalog.importers.files import BadRow, Refused
from catalog.models import PtpEdit, Rationale, Release, ReleaseFile

BATCH = 100_000
COPY_BATCH = 2_000
CHUNK = 10_000  # rows after which a batch tells that it goes on, and may be stopped
# Seconds of rest after each: the server takes the batch in, and readers find a processor that is free. Every
# thousandth of a second more makes the load a tenth longer.
REST = 0.0005
MOST_RATIONALES = 500  # CMS's tables have a dozen
LOCK_TIMEOUT = "2s"
LOCK_NOT_AVAILABLE = "55P03"
FEWER = 20_000  # rows deleted in one transaction, as the index of column two scatters them
SQLITE_CACHE = 48_000  # KB: the pages of the index of column two, which is filled all over
TABLE = PtpEdit._meta.db_table
COLUMNS = (
    *("release_id", "column_one", "column_two", "prior_to_1996", "effective_date", "deletion_date"),
    *("modifier_indicator", "rationale_id", "file_id", "line"),
)
SAME_ROW = (
    "b.column_one = a.column_one AND b.column_two = a.column_two AND b.effective_date = a.effective_date"
    " AND b.modifier_indicator = a.modifier_indicator"
    " AND COALESCE(b.deletion_date, '9999-12-31') = COALESCE(a.deletion_date, '9999-12-31')"
)
PAIR = slice(1, 3)
WHAT_A_ROW_SAYS = slice(1, 7)


# For an import alone: millions of rows are sorted in memory, cursors are planned for all rows and not for the
# first, and at most two processes work at it: by one it takes longer, by more readers notice it. A server that
# does not look for its client goes on with a statement, and keeps the lock, when an import is killed.
SERVER_SETTINGS = {
    "maintenance_work_mem": "256MB",
    "work_mem": "64MB",
    "cursor_tuple_fraction": "1",
    "max_parallel_maintenance_workers": "1",
    "max_parallel_workers_per_gather": "1",
    "client_connection_check_interval": "250ms",
}


@contextmanager
def prepared() -> Iterator[None]:
    """Have a server expect bulk work on this connection."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        for name, value in SERVER_SETTINGS.items():
            cursor.execute(f"SET {name} = '{value}'")
        try:
            yield
        finally:
            for name in SERVER_SETTINGS:
                cursor.execute(f"RESET {name}")


class InUse(Exception):  # noqa: N818 - nothing went wrong
    """Somebody reads the table a release is a partition of, and everybody else would wait behind its removal."""


class Inserts:
    """Puts batches into the one table, each in a transaction of its own."""

    def put(self, batch: list[tuple], goes_on: Callable[[], None]) -> None:
        places = ", ".join(["%s"] * len(COLUMNS))
        insert = f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({places})"  # noqa: S608
        with transaction.atomic(), connection.cursor() as cursor:
            for start in range(0, len(batch), CHUNK):
                cursor.executemany(insert, batch[start : start + CHUNK])
                goes_on()

    def end(self) -> None:
        """Nothing is under way between two batches."""


class Copy:
    """Puts batches into the partition of a release by one COPY, until the server is to be asked something else."""

    def __init__(self, release: Release):
        self._sql = f"COPY {partition(release)} ({', '.join(COLUMNS)}) FROM STDIN"
        self._under_way = ExitStack()
        self._copy = None

    def put(self, batch: list[tuple], goes_on: Callable[[], None]) -> None:
        if self._copy is None:
            cursor = self._under_way.enter_context(connection.cursor())
            self._copy = self._under_way.enter_context(cursor.copy(self._sql))
        for record in batch:
            self._copy.write_row(record)
        time.sleep(REST)

    def end(self) -> None:
        """Have the server take what it was given, rows above a bad one too: they go with the table."""
        self._copy = None
        self._under_way.close()


class RationaleIds(dict[str, int]):
    """The keys of rationales by text; a new text is added, once what is under way has come to its ``end``."""

    def __init__(self, end: Callable[[], None], release: Release):
        super().__init__(Rationale.objects.values_list("text", "pk"))
        self._end = end
        self._release = release

    def __missing__(self, text: str) -> int:
        self._end()
        if len(self) >= MOST_RATIONALES:
            raise Refused(f"{self._release} gives more than {MOST_RATIONALES} different rationales, as {text!r}.")
        key = self[text] = Rationale.objects.create(text=text).pk
        return key


class IsoDates(dict[date | None, str | None]):
    """Dates as databases write them. There are some hundred different ones among millions."""

    def __missing__(self, day: date | None) -> str | None:
        text = self[day] = day.isoformat() if day else None
        return text


class Writer:
    """Writes the edits of one release, file by file, and counts them. Refuses a row that is there twice."""

    def __init__(self, release: Release, into: Inserts | Copy, size: int):
        self.release = release
        self._into, self._size = into, size
        self.edits = self.open = 0
        self.is_sorted = True
        self._tail: list[tuple] = []  # what the files before ended with: the rows of one pair
        self._rationales = RationaleIds(into.end, release)
        self._dates = IsoDates()

    def write(self, source: ReleaseFile, rows: Iterable[tuple], progress: Callable[[int], None]) -> None:
        """Write the rows of one file as its reader gives them.

        ``progress`` is told how many there are, and may raise what stops it, also in the middle of a batch.
        """
        before, records = self.edits, self._records(source, rows)
        try:
            while batch := self._batch(records, progress):
                self._check(source, batch)
                self._into.put(batch, lambda: progress(self.edits))
                self.edits += len(batch)
                self.open += sum(record[5] is None for record in batch)
                progress(self.edits)
        finally:
            self._into.end()
        source.rows = self.edits - before
        source.save()

    def _batch(self, records: Iterator[tuple], progress: Callable[[int], None]) -> list[tuple]:
        batch: list[tuple] = []
        while chunk := list(islice(records, min(CHUNK, self._size - len(batch)))):
            batch += chunk
            progress(self.edits)
        return batch

    def _records(self, source: ReleaseFile, rows: Iterable[tuple]) -> Iterator[tuple]:
        release, file, dates, rationales = self.release.pk, source.pk, self._dates, self._rationales
        return (
            (release, one, two, prior, dates[effective], dates[deleted], indicator, rationales[why], file, line)
            for line, one, two, prior, effective, deleted, indicator, why in rows
        )

    def _check(self, source: ReleaseFile, batch: list[tuple]) -> None:
        joined = self._tail + batch
        pairs = [record[PAIR] for record in joined]
        self.is_sorted = self.is_sorted and pairs == sorted(pairs)
        self._tail = list(takewhile(lambda record: record[PAIR] == pairs[-1], reversed(batch)))
        if len({record[WHAT_A_ROW_SAYS] for record in joined}) < len(joined):
            self._refuse_twice(source, joined)

    def _refuse_twice(self, source: ReleaseFile, records: list[tuple]) -> None:
        """Refuse a row that was there before, unless it never applies: CMS's tables of 2024 hold such a one.

        It is the edit of 88108 and 88162, withdrawn from its start.
        """
        seen: dict[tuple, int] = {}
        for record in records:
            says, line = record[WHAT_A_ROW_SAYS], record[-1]
            if says in seen and record[6] != PtpEdit.Indicator.NOT_APPLICABLE:
                reason = f"the edit of {record[1]} and {record[2]} is given twice, first in line {seen[says]}."
                raise BadRow(str(source), line, reason)
            seen[says] = line


@contextmanager
def writing(release: Release) -> Iterator[Writer]:
    """Write a release. Garbage collection rests meanwhile: it would look at every row again and again."""
    gc.disable()
    try:
        if connection.vendor == "postgresql":
            with _partition(release):
                yield Writer(release, Copy(release), COPY_BATCH)
        else:
            with _sqlite_cache():
                yield Writer(release, Inserts(), BATCH)
    finally:
        gc.enable()


def clear(release: Release) -> None:
    """Remove the edits of a release, whether they were all written or not.

    Raises InUse on PostgreSQL when a long query holds the table: whoever came later would wait behind the removal.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            try:
                with transaction.atomic():
                    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                    cursor.execute(f"DROP TABLE IF EXISTS {partition(release)}")
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                    raise
                raise InUse from error
            # The starter set's stand in the table of all others.
            cursor.execute(f"DELETE FROM {TABLE} WHERE release_id = %s", [release.pk])  # noqa: S608
            return
        deleted = 1
        while deleted:
            # In the order of writing, and by key alone: looked up by release as well, a lot would read the rest.
            lot = f"SELECT id FROM {TABLE} WHERE release_id = %s ORDER BY column_one LIMIT {FEWER}"  # noqa: S608
            with transaction.atomic():
                cursor.execute(f"DELETE FROM {TABLE} WHERE id IN ({lot})", [release.pk])  # noqa: S608
            deleted = cursor.rowcount


def drop_unused_rationales() -> None:
    """Remove the rationales that no edit gives, as a refused file leaves them."""
    used = PtpEdit.objects.order_by().values_list("rationale_id", flat=True).distinct()
    Rationale.objects.exclude(pk__in=list(used)).delete()


def refuse_doubled(release: Release) -> None:
    """Refuse a release whose files give an edit twice. For files out of order: in order, the writer notices."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT a.column_one, a.column_two, a.file_id, a.line, b.file_id, b.line FROM {TABLE} a"  # noqa: S608
            f" JOIN {TABLE} b ON {SAME_ROW} AND b.id > a.id"
            " WHERE a.release_id = %s AND b.release_id = %s AND a.modifier_indicator <> %s LIMIT 1",
            [release.pk, release.pk, PtpEdit.Indicator.NOT_APPLICABLE],
        )
        found = cursor.fetchone()
    if found:
        one, two, file, line, other_file, other_line = found
        files = release.files.in_bulk()
        raise Refused(
            f"{files[file].name}, line {line}, and {files[other_file].name}, line {other_line}: the edit of {one} "
            f"and {two} is given twice. One may be part of another publication; give the parts of one only."
        )


def same_rows(one: Release, other: Release) -> bool:
    """Whether every row of the one is in the other. With as many rows in both, they say the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {TABLE} a WHERE a.release_id = %s AND NOT EXISTS (SELECT 1 FROM {TABLE} b"  # noqa: S608
            f" WHERE b.release_id = %s AND b.rationale_id = a.rationale_id AND {SAME_ROW}) LIMIT 1",
            [one.pk, other.pk],
        )
        return cursor.fetchone() is None


def partition(release: Release) -> str:
    return f"{TABLE}_{int(release.pk)}"


@contextmanager
def _partition(release: Release) -> Iterator[None]:
    name = partition(release)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        yield
        for columns in ("column_one, column_two", "column_two, column_one"):
            cursor.execute(f"CREATE INDEX ON {name} (release_id, {columns})")
        # With this known, attaching does not read the rows once more.
        cursor.execute(f"ALTER TABLE {name} ADD CHECK (release_id = {int(release.pk)})")
        cursor.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION {name} FOR VALUES IN ({int(release.pk)})")
        cursor.execute(f"ANALYZE {name}")


@contextmanager
def _sqlite_cache() -> Iterator[None]:
    with connection.cursor() as cursor:
        (before,) = cursor.execute("PRAGMA cache_size").fetchone()
        cursor.execute(f"PRAGMA cache_size = -{SQLITE_CACHE}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {before}")
            cursor.execute("PRAGMA shrink_memory")
