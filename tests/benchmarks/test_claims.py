"""How fast are claims checked against the full tables? Measured against the bare queries, in the same run.

Two fixed multiples are allowed, and milliseconds only printed. Claims of neighboring codes, most of whose pairs
have an edit, are printed beside those of random codes.
"""

from __future__ import annotations

import json

import pytest
from django.db import connection

from tests.benchmarks import full_tables

pytestmark = pytest.mark.cms

TIMES_BARE = 3
TIMES_BARE_A_REQUEST = 36  # 60 ms where the bare queries take 1.65
MUE = "mue/MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"
ADD_ON = "addon/add-code-edits-medicare-effective-10012025.zip"


@pytest.fixture(scope="module")
def taken(full_database, measured, cms_files) -> dict:
    """What checking claims takes, with the practitioners' tables of July 2024 and the add-on codes loaded."""
    full_tables.load(full_database, [str(cms_files / name) for name in (MUE, ADD_ON)])
    return json.loads(full_tables.run(full_database, "-m", "tests.benchmarks.claims"))


def test_looking_up_and_checking_fifty_lines_takes_little_more_than_their_bare_queries(taken, capsys):
    with capsys.disabled():
        print(f"\nlookup and rules of 50 lines on {connection.vendor}, {TIMES_BARE} times the queries allowed")
        for what in ("random codes", "neighboring codes"):
            bare, lookup, ours = (taken[what][name] for name in ("bare", "lookup", "ours"))
            print(f"  {what}: {taken[what]['rows']:.0f} rows, {taken[what]['findings']:,.0f} findings", end=", ")
            print(f"p50 {ours:.2f} ms, the lookup {lookup:.2f}, queries {bare:.2f}", end=" ")
            print(f"({taken[what]['times bare']:.1f} times)")
        print(f"  5 lines: {taken['short claims per second']:,.0f} claims per second")
    assert taken["random codes"]["times bare"] <= TIMES_BARE


def test_a_request_of_fifty_lines_is_answered_while_somebody_types(taken, capsys):
    bare = taken["random codes"]["bare"]
    with capsys.disabled():
        print(f"\nrequests of 50 lines on {connection.vendor}; {TIMES_BARE_A_REQUEST} times the queries allowed")
        for what in ("random codes", "neighboring codes"):
            for name, request in (("while typing", taken[what]["typing"]), ("whole page", taken[what]["page"])):
                print(f"  {what}, {name}: p50 {request['p50']:.0f} ms, p99 {request['p99']:.0f} ms", end=" ")
                print(f"({request['p99'] / bare:.0f} times), {request['kb']:.0f} KB")
    for name in ("typing", "page"):
        assert taken["random codes"][name]["p99"] <= TIMES_BARE_A_REQUEST * bare
