"""How many lookups a second do two workers answer? Measured against a view of two bytes, in the same run.

The view stands behind the same middleware, so its rate is the most that this machine lets any page reach. Rounds
take turns, and each is compared with the view's round of the same turn: the machine is as fast for both, however
much that changes in a minute. The median of all turns counts.

The shares asked for are those of SQLite, which answers inside the worker. On PostgreSQL each lookup waits for a
server on the same machine to hear that nothing has changed; what that costs is printed.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from django.conf import settings

from tests.benchmarks.sites import serving
from tests.benchmarks.test_search_speed import typed_texts
from tests.conftest import WRK

CONNECTIONS = 16
THREADS = 2
ROUNDS, MOST_ROUNDS = 6, 24  # more only while something else disturbs them
SECONDS_PER_ROUND = 2
TEXTS_PER_ROUND = 12_000
REPEATED_TEXTS = 300

SHARE_WHEN_EVERY_QUERY_DIFFERS = 0.20
SHARE_WHEN_QUERIES_REPEAT = 0.60
SLOWEST_IN_A_HUNDRED = 4  # times the two-byte view's


class Measured(NamedTuple):
    requests: int
    per_second: float
    p99_ms: float


@pytest.fixture
def site(empty_database, cms_files, static_root) -> Iterator[str]:
    """The address of a running site that serves October 2025, or without CMS's file the starter set."""
    environment = os.environ | {
        "DATABASE_URL": empty_database,
        "DJANGO_SETTINGS_MODULE": "coding_reference.settings",
    }
    release = cms_files / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx"
    commands = [
        ["migrate", "--verbosity=0"],
        ["load_starter"],
        *([["import_release", str(release)]] if release.exists() else []),
    ]
    for command in commands:
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env=environment,
            check=True,
            capture_output=True,
        )
    with serving(environment, static_root) as port:
        yield f"http://127.0.0.1:{port}"


def texts() -> Iterator[str]:
    """Texts as people type them, no two alike, made from the descriptors of the starter set."""
    with (settings.BASE_DIR / "catalog" / "starter" / "hcpcs.csv").open(newline="") as stream:
        descriptors = [row["long_descriptor"] for row in csv.DictReader(stream)]
    seen = set()
    for seed in itertools.count():
        for text in typed_texts(descriptors, seed):
            if text not in seen:
                seen.add(text)
                yield text


@pytest.mark.wrk
def test_two_workers_answer_lookups_at_a_fair_share_of_what_the_machine_can(site, tmp_path, capsys):
    def file_of(name: str, paths: list[str]) -> Path:
        file = tmp_path / name
        file.write_text("".join(f"{path}\n" for path in paths))
        return file

    different = texts()
    repeated = [next(different) for _ in range(REPEATED_TEXTS)]
    typed = random.Random(1).choices(repeated, k=10 * REPEATED_TEXTS)
    measured: dict[str, list[Measured]] = {"two bytes": [], "every query differs": [], "queries repeat": []}
    for turn in range(MOST_ROUNDS):
        asked = {
            "two bytes": ["/two-bytes"] * THREADS,
            "every query differs": [lookup(next(different)) for _ in range(TEXTS_PER_ROUND)],
            "queries repeat": [lookup(text) for text in typed],
        }
        for kind, paths in asked.items():
            measured[kind].append(load(site, file_of(f"{turn}-{kind}", paths)))
            assert kind != "every query differs" or measured[kind][-1].requests <= len(paths), "some came twice"
        share, slower = compared(measured)
        if turn + 1 >= ROUNDS and is_fair(share, slower):
            break

    with capsys.disabled():
        print(f"\n{CONNECTIONS} connections, 2 workers, median of {turn + 1} turns; shares of the two-byte view's")
        for kind, rounds in measured.items():
            rate, p99 = median(each.per_second for each in rounds), median(each.p99_ms for each in rounds)
            print(f"  {kind}: {rate:,.0f} requests/s ({share[kind]:.1%})", end=", ")
            print(f"p99 {p99:.1f} ms ({slower[kind]:.1f} times)")
    assert is_fair(share, slower)


def compared(measured: dict[str, list[Measured]]) -> tuple[dict[str, float], dict[str, float]]:
    """Rates as shares of the two-byte view's, and how many times its p99, each within its turn."""
    two = measured["two bytes"]
    turns = {kind: list(zip(rounds, two, strict=True)) for kind, rounds in measured.items()}
    share = {kind: median(one.per_second / of.per_second for one, of in pairs) for kind, pairs in turns.items()}
    return share, {kind: median(one.p99_ms / of.p99_ms for one, of in pairs) for kind, pairs in turns.items()}


def is_fair(share: dict[str, float], slower: dict[str, float]) -> bool:
    return (
        share["every query differs"] >= SHARE_WHEN_EVERY_QUERY_DIFFERS
        and share["queries repeat"] >= SHARE_WHEN_QUERIES_REPEAT
        and max(slower.values()) <= SLOWEST_IN_A_HUNDRED
    )


def lookup(text: str) -> str:
    return f"/?{urlencode({'q': text})}"


def load(site: str, paths: Path) -> Measured:
    command = [WRK, f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{SECONDS_PER_ROUND}s", "--timeout=10s"]
    done = subprocess.run(
        [*command, "-s", "load.lua", site, "--", str(paths), str(THREADS)],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["failed"] == 0, done.stdout
    return Measured(result["requests"], result["requests"] / result["seconds"], result["p99_ms"])
