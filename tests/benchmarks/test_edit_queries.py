"""How fast are all edits among the codes of a claim found, in the practitioners' table at full size?"""

from __future__ import annotations

import json

import pytest
from django.db import connection

from tests.benchmarks import full_tables

pytestmark = pytest.mark.cms

TIMES_BARE = 4


def test_all_edits_among_fifty_codes_are_found_in_milliseconds(full_database, measured, capsys):
    taken = json.loads(full_tables.run(full_database, "-m", "tests.benchmarks.edit_queries"))
    ours, bare = taken["ours"], taken["bare"]
    with capsys.disabled():
        print(f"\nall edits among 50 codes, {taken['found']:.0f} of them, on {connection.vendor}")
        times = f"{ours / bare:.1f} times; {TIMES_BARE} are allowed"
        print(f"  p50 {ours:.2f} ms; a bare query {bare:.2f} ms ({times})")
    assert ours <= TIMES_BARE * bare
