"""How the database would answer a query: by searching indexes, or by reading tables from end to end."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet


def assert_searches_indexes(query: QuerySet | str) -> None:
    """Fail when a table or a whole index would be read from end to end. SQL is asked about as it stands.

    PostgreSQL reads small tables whole whatever indexes they have, and is told not to where it can do without.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        steps = [step.strip() for step in plan(query)]
        scans = [step for step in steps if "Scan" in step and "Bitmap Heap Scan" not in step]
        searched = [step for step in steps if step.startswith("Index Cond")]
        assert scans, steps
        assert not [step for step in scans if "Index" not in step], steps
        assert len(searched) >= len(scans), steps
    else:
        steps = plan(query)
        reads = [step for step in steps if "SEARCH" in step or "SCAN" in step]
        assert reads, steps
        assert all("SEARCH" in step and ("INDEX" in step or "PRIMARY KEY" in step) for step in reads), steps


def plan(query: QuerySet | str) -> list[str]:
    """Its steps as the database words them."""
    if isinstance(query, QuerySet):
        return query.explain().splitlines()
    with connection.cursor() as cursor:
        cursor.execute(f"{connection.ops.explain_query_prefix()} {query}")
        return [" ".join(map(str, row)) for row in cursor.fetchall()]
