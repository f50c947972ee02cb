"""A load killed before any statement of it: readers keep an answer, and the next run cleans up and loads."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from catalog.importers import bulk, load, rehearsal, rows
from catalog.importers.files import Refused
from catalog.importers.locks import IMPORT
from catalog.models import AuditEntry, Change, EditCode, PtpEdit, Release, ReleaseFile
from tests.edit_releases import allow_small_tables, write_ptp
from tests.killed import forked, forked_until_it_says_so, until_free
from tests.ptp_files import Edit, zip_name

pytestmark = pytest.mark.django_db(transaction=True)

MOMENTS = 14  # of as many statements as a load has, evenly


@pytest.fixture(autouse=True)
def no_partitions_left(transactional_db):
    """Emptying the tables, as is done after each test, does not drop partitions: others may have left some."""
    drop(partitions())
    yield
    clear_all()


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    allow_small_tables(monkeypatch)
    monkeypatch.setattr(bulk, "BATCH", 10)
    monkeypatch.setattr(bulk, "FEWER", 20)
    monkeypatch.setattr(rows, "BATCH", 10)


def load_one(folder: Path, **options) -> load.Outcome:
    (publication,) = load.publications([folder])
    return load.load(publication, **options)


def count_statements(run: Callable[[], object], *, kill_before: int = 0) -> int:
    """How many statements ``run`` sends; the process kills itself before the one of that number."""
    sent = 0

    def count(execute, sql, params, many, context):
        nonlocal sent
        sent += 1
        if sent == kill_before:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        run()
    return sent


def killed(run: Callable[[], object], moment: int) -> bool:
    """Run in a process of its own that is killed before its statement of that number."""
    child = forked(lambda: count_statements(run, kill_before=moment))
    is_killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    until_free(IMPORT)  # for the next one
    return is_killed


def partitions() -> set[str]:
    if connection.vendor != "postgresql":
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^catalog_ptpedit_[0-9]+$'")
        return {name for (name,) in cursor.fetchall()}


def drop(tables: set[str]) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TABLE {table}")


def in_the_database() -> dict[str, object]:
    """What is loaded, without the keys, which differ from one load to the next."""
    whole = Release.objects.readable() | Release.objects.filter(state=Release.State.REHEARSED)
    named = [(one.quarter, one.state, PtpEdit.objects.of(one).count()) for one in Release.objects.all()]
    tables = {bulk.partition(one) for one in whole} if connection.vendor == "postgresql" else set()
    return {
        "releases": sorted(named),
        "strays": partitions() ^ tables,
        "rows": [model.objects.count() for model in (PtpEdit, EditCode, ReleaseFile, Change)],
    }


def made_good(begin: Callable[[], None], run: Callable[[], object]) -> tuple[int, dict[str, object]]:
    """Kill ``run`` at moments all over it, each time from the ``begin`` on, and run it again.

    Readers must be answered from a whole release in between. The kills, and what is loaded in the end.
    """
    kills = 0
    for _warming_up in range(2):  # the first one adds what stays, as rationales do
        begin()
        statements = count_statements(run)
    whole = in_the_database()
    for moment in range(1, statements + 1, max(1, statements // MOMENTS)):
        begin()
        before = Release.objects.current().get()
        kills += killed(run, moment)
        current = Release.objects.current().get()
        assert PtpEdit.objects.of(current).count() == current.counts["edits"], f"killed at {moment}"
        assert current.quarter >= before.quarter
        run()
        assert in_the_database() == whole, f"killed at {moment} of {statements}"
    return kills, whole


def clear_all() -> None:
    for release in Release.objects.all():
        load.remove(release)


def test_a_load_killed_at_any_moment_is_made_good_by_the_next(tmp_path):
    january, april, july = (
        write_ptp(tmp_path / quarter, quarter, *edits)
        for quarter, edits in (
            ("2024Q1", []),
            ("2024Q2", [Edit("20000", "20100")]),
            ("2024Q3", [Edit("20000", "20200")]),
        )
    )

    def begin() -> None:
        clear_all()
        load_one(january)
        load_one(april)

    kills, whole = made_good(begin, lambda: load_one(july))
    assert kills >= MOMENTS - 2
    assert whole["releases"] == [("2024Q1", "pruned", 0), ("2024Q2", "loaded", 45), ("2024Q3", "current", 45)]
    assert whole["strays"] == set()


def test_so_is_one_that_takes_the_place_of_an_incomplete_release(tmp_path):
    complete = write_ptp(tmp_path / "complete", parts=3)
    incomplete = write_ptp(tmp_path / "incomplete", parts=3)
    (incomplete / zip_name(part=2)).unlink()

    def begin() -> None:
        clear_all()
        load_one(incomplete, allow_partial=True)

    kills, whole = made_good(begin, lambda: load_one(complete))
    assert kills >= MOMENTS - 2
    assert whole["releases"] == [("2024Q3", "current", 44)]
    assert whole["strays"] == set()


def test_a_rehearsal_killed_at_any_moment_is_made_good_by_the_next(tmp_path):
    april = write_ptp(tmp_path / "q2", "2024Q2")
    july = write_ptp(tmp_path / "q3", "2024Q3", Edit("20000", "20200"))

    def begin() -> None:
        clear_all()
        load_one(april)

    def rehearse() -> None:
        (publication,) = load.publications([july])
        rehearsal.rehearse(publication)

    kills, whole = made_good(begin, rehearse)
    assert kills >= MOMENTS - 2
    assert whole["releases"] == [("2024Q2", "current", 44), ("2024Q3", "rehearsed", 45)]
    assert whole["strays"] == set()


def test_an_activation_killed_at_any_moment_has_happened_or_not(tmp_path):
    quarters = [write_ptp(tmp_path / quarter, quarter) for quarter in ("2024Q1", "2024Q2")]
    (july,) = load.publications([write_ptp(tmp_path / "q3", "2024Q3", Edit("20000", "20200"))])

    def begin() -> None:
        clear_all()
        for folder in quarters:
            load_one(folder)
        rehearsal.rehearse(july)

    def activate() -> None:
        rehearsal.activate(Release.objects.get(quarter="2024Q3"), by="ada")
        rehearsal.tidy()

    before = AuditEntry.objects.count()
    kills, whole = made_good(begin, activate)
    assert kills >= MOMENTS - 2
    assert whole["releases"] == [("2024Q1", "pruned", 0), ("2024Q2", "loaded", 44), ("2024Q3", "current", 45)]
    # Two were not killed; each of the others was activated once, before or after the kill.
    assert AuditEntry.objects.filter(action="activated").count() - before == kills + 2


@pytest.mark.postgres
def test_a_server_notices_soon_that_the_import_it_works_for_was_killed():
    def work(say_so: Callable[[], None]) -> None:
        with load.sole_import(), bulk.prepared(), connection.cursor() as cursor:
            say_so()
            cursor.execute("SELECT pg_sleep(600)")

    child = forked_until_it_says_so(work)
    with pytest.raises(Refused, match="Another import is running"), load.sole_import():
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    until_free(IMPORT)
    with load.sole_import():
        pass
