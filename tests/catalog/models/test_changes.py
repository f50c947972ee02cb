"""What releases changed: the indexes by which half a million changes of one are paged, counted and removed."""

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from catalog.importers import rows
from catalog.importers.changes import Difference
from catalog.models import Change, Release
from tests.builders import make_table
from tests.plans import plan

pytestmark = pytest.mark.django_db

MANY = 2_000


@pytest.fixture
def release() -> Release:
    """One with many changes, and as many that await a decision."""
    before, release = (make_table("ptp", quarter=quarter, current=False) for quarter in ("2025Q3", "2025Q4"))
    found = [Difference("added", "ptp", f"{number:05}", {}, "36591") for number in range(MANY)]
    for awaits in (None, release):
        rows.write_changes(release, before, found, awaits)
    if connection.vendor == "postgresql":  # which reads a small table whole, unless it is told how much there is
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE catalog_change")
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    return release


def removals(release: Release) -> list[str]:
    """What asks for changes, or removes them, when rows are tidied away and a release is deleted."""
    with CaptureQueriesContext(connection) as asked:
        rows.remove_decided_changes()
        rows.remove_changes(release)
        release.delete()
    return [one["sql"] for one in asked if '"catalog_change"' in one["sql"]]


def ask(query: QuerySet) -> str:
    """The SQL of a query, as it is sent."""
    with CaptureQueriesContext(connection) as asked:
        list(query)
    return asked[-1]["sql"]


def test_a_page_of_changes_is_read_from_the_index_without_sorting_them(release):
    for found in (release.changes.all(), Change.every.after_activating(release)):
        steps = plan(ask(found.filter(kind="added").order_by("code", "other_code")[:50]))
        assert any("change_of_release" in step for step in steps), steps
        assert not [step for step in steps if "Sort" in step or "TEMP B-TREE" in step], steps


def test_changes_are_counted_in_the_index_alone(release):
    with CaptureQueriesContext(connection) as asked:
        assert release.changes.tally()["added"] == MANY
    (sql,) = (one["sql"] for one in asked)
    assert '"catalog_change"."id"' not in sql  # of which PostgreSQL would have to read every row
    if connection.vendor == "sqlite":
        (step,) = plan(sql)
        assert "COVERING INDEX change_of_release" in step


def test_changes_are_removed_without_reading_the_others(release):
    asked = removals(make_table("ptp", quarter="2026Q1", state="pruned"))
    assert len(asked) == 6  # two lots of what was decided among them
    for sql in asked:
        steps = plan(sql)
        whole = [step for step in steps if "SCAN catalog_change" in step or "Seq Scan on catalog_change" in step]
        assert not whole, steps
