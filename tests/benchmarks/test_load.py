"""How fast are millions of edits loaded? Measured against a loop that does the least, in the same run.

The practitioners' table of April 2024 goes into an empty database, that of July after it, with the changes, and
the hospitals' while lookups are answered and an editor saves.
"""

from __future__ import annotations

import http.client
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import psycopg
import pytest
from django.db import connection

from catalog.models import Setting
from tests.benchmarks import full_tables
from tests.benchmarks.full_tables import HOSPITAL, MOST_ROUNDS_MORE, TIMES_BARE, Loaded, files
from tests.benchmarks.sites import serving
from tests.benchmarks.test_throughput import lookup, texts

pytestmark = pytest.mark.cms

TIMES_BARE_WITH_CHANGES = 2.5
MOST_MEGABYTES = 200
SLOWER_WHILE_LOADING = 2
IDLE_SECONDS = 6  # before the load, and again after it
PAUSE_OF_EDITOR = 0.05


def test_the_tables_of_2024_have_as_many_edits_and_changes_as_cms_published(measured):
    april, july = measured.april.said, measured.july.said
    assert april.startswith("PTP edits, practitioner, April 2024: loaded 2,545,089 edits, 1,669,187 open in ")
    assert july.startswith("PTP edits, practitioner, July 2024: loaded 2,546,017 edits, 1,669,820 open in ")
    assert july.endswith("\n  Against April 2024: 926 added, 2 revised, 293 ended.")


def test_loading_takes_little_more_than_the_least_it_can(measured, capsys):
    bare, april, bare_beside_july, july, taken = measured
    with capsys.disabled():
        print(f"\n2.5 million edits on {connection.vendor}: the bare loop takes {bare:.1f} s")
        for what, loaded, beside, allowed in (
            ("loaded", april, bare, TIMES_BARE),
            ("with changes", july, bare_beside_july, TIMES_BARE_WITH_CHANGES),
        ):
            times = f"{loaded.seconds / beside:.2f} times {beside:.1f} s; {allowed} are allowed"
            print(f"  {what}: {loaded.seconds:.1f} s ({times}), at most {loaded.peak_mb:.0f} MB")
        print(f"  {MOST_MEGABYTES} MB are allowed; the database grew by {taken / 2.546017e6:.0f} MB per million")
    assert measured.is_fair
    assert july.seconds <= TIMES_BARE_WITH_CHANGES * bare_beside_july
    assert max(april.peak_mb, july.peak_mb) <= MOST_MEGABYTES


def test_lookups_and_editors_hardly_wait_while_a_release_is_loaded(
    full_database, measured, cms_files, static_root, capsys
):
    paths = files(cms_files, "2024q3", HOSPITAL)
    for _ in range(1 + MOST_ROUNDS_MORE):
        waited = while_loading(full_database, paths, static_root)
        with capsys.disabled():
            print(f"\non {connection.vendor}, {waited}")
        assert "outpatient hospital, July 2024: loaded 1,775,818 edits, 1,335,857 open" in waited.loaded.said
        if waited.is_fair:
            break
        full_tables.run(full_database, "-m", "tests.benchmarks.unload", Setting.OUTPATIENT_HOSPITAL)
    assert waited.is_fair


class Waited(NamedTuple):
    """Milliseconds of each lookup without and with a load, and the seconds an editor's savings took meanwhile."""

    loaded: Loaded
    idle: list[float]
    busy: list[float]
    editor: list[float]

    @property
    def times_idle(self) -> float:
        return p99(self.busy) / p99(self.idle)

    @property
    def is_fair(self) -> bool:
        return self.times_idle <= SLOWER_WHILE_LOADING

    def __str__(self) -> str:
        lines = [f"while {self.loaded.seconds:.1f} s of loading go on:"]
        lines += [
            f"  {name}: {len(times)} lookups, p50 {median(times):.1f} ms, p99 {p99(times):.1f} ms"
            for name, times in (("idle", self.idle), ("busy", self.busy))
        ]
        lines += [f"  p99 is {self.times_idle:.1f} times that of idle; {SLOWER_WHILE_LOADING} are allowed"]
        lines += [f"  an editor saved {len(self.editor)} times and waited {max(self.editor):.2f} s at most"]
        return "\n".join(lines)


def while_loading(url: str, paths: list[str], static_root: Path) -> Waited:
    site = serving(full_tables.environment(url), static_root)
    with site as port, closing(http.client.HTTPConnection("127.0.0.1", port)) as client:
        typed = texts()

        def ask() -> None:
            client.request("GET", lookup(next(typed)))
            response = client.getresponse()
            response.read()
            assert response.status == 200

        for _warming_up in range(200):
            ask()
        idle = milliseconds(ask, seconds(IDLE_SECONDS))
        load = full_tables.start_import(url, paths)
        with an_editor_saving(url, lambda: load.poll() is None) as waits:
            busy = milliseconds(ask, lambda: load.poll() is None)
        output, _ = load.communicate()
        idle += milliseconds(ask, seconds(IDLE_SECONDS))
    return Waited(Loaded.of(output), idle, busy, waits)


def p99(times: list[float]) -> float:
    return quantiles(times, n=100)[98]


def milliseconds(ask: Callable[[], None], goes_on: Callable[[], bool]) -> list[float]:
    """What each request took, one after another."""
    times = []
    while goes_on():
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1_000)
    return times


def seconds(number: float) -> Callable[[], bool]:
    """Whether so many have yet to pass."""
    until = time.monotonic() + number
    return lambda: time.monotonic() < until


@contextmanager
def an_editor_saving(url: str, goes_on: Callable[[], bool]) -> Iterator[list[float]]:
    """Somebody who saves a text again and again, with as much patience as the site has; seconds of each saving."""
    waits: list[float] = []

    def save() -> None:
        if url.startswith("sqlite"):
            database = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)
        else:
            database = psycopg.connect(url)
        with closing(database):
            while goes_on():
                began = time.perf_counter()
                with database if url.startswith("sqlite") else database.transaction():
                    database.execute("UPDATE catalog_level SET description = description")
                waits.append(time.perf_counter() - began)
                time.sleep(PAUSE_OF_EDITOR)

    editor = threading.Thread(target=save)
    editor.start()
    try:
        yield waits
    finally:
        editor.join()
