"""CMS's PTP tables at full size in a database of their own, and what loading them took."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import psycopg
from django.conf import settings

PRACTITIONER, HOSPITAL = "practitioner", "hospital"
TIMES_BARE = 1.5
MOST_ROUNDS_MORE = 5  # of a measurement, while something else on the machine may have disturbed it

# Starts a command and prints the most memory it had, in KB. A process of its own: a new one is taken to have had
# what the one that started it had.
MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_, status, used = os.wait4(process.pid, 0)
print(used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


class Loaded(NamedTuple):
    """What a load said, the seconds it took, and the most memory the process had."""

    said: str
    seconds: float
    peak_mb: float

    @classmethod
    def of(cls, output: str) -> Loaded:
        """From what the measured command printed; on its last line the memory."""
        *said, kilobytes = output.splitlines()
        text = "\n".join(said)
        return cls(text, float(re.search(r" in ([\d.]+) s\.", text)[1]), int(kilobytes) / 1024)


def files(folder: Path, quarter: str, setting: str) -> list[str]:
    found = sorted(map(str, (folder / "ptp").glob(f"medicare-ncci-{quarter}-{setting}-ptp-edits-*.zip")))
    assert len(found) == 4
    return found


def environment(url: str) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "coding_reference.settings"}


def run(url: str, *command: str) -> str:
    """What a Python command prints, run against that database."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=environment(url),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def start_import(url: str, paths: Iterable[str]) -> subprocess.Popen:
    """The measured command, under way; ``Loaded.of`` reads its output."""
    return subprocess.Popen(
        [sys.executable, "-c", MEASURE, sys.executable, "manage.py", "import_release", *paths],
        cwd=settings.BASE_DIR,
        env=environment(url),
        stdout=subprocess.PIPE,
        text=True,
    )


def load(url: str, paths: Iterable[str]) -> Loaded:
    process = start_import(url, paths)
    output, _ = process.communicate()
    assert process.returncode == 0, output
    return Loaded.of(output)


class Measured(NamedTuple):
    """Loads, each with the bare loop of its own round: the machine's speed changes from round to round."""

    bare: float
    april: Loaded
    bare_beside_july: float
    july: Loaded
    bytes_of_july: int

    @property
    def is_fair(self) -> bool:
        return self.april.seconds <= TIMES_BARE * self.bare

    def at_best(self, bare: float, april: Loaded) -> Measured:
        """With another round of both, if that one was fairer: the machine was as fast for both of a round."""
        is_fairer = april.seconds * self.bare < self.april.seconds * bare
        return self._replace(bare=bare, april=april) if is_fairer else self


def measure_first(url: str, folder: Path) -> tuple[float, Loaded]:
    """Seconds of the bare loop, and the load of April into a database without edits."""
    loaded = load(url, files(folder, "2024q2", PRACTITIONER))
    return float(run(url, "-m", "tests.benchmarks.bare_load", *files(folder, "2024q3", PRACTITIONER))), loaded


def measure(url: str, folder: Path) -> Measured:
    """The same, and the load of July with its changes against April."""
    bare, april = measure_first(url, folder)
    before = size(url)
    july = load(url, files(folder, "2024q3", PRACTITIONER))
    return Measured(bare, april, bare, july, size(url) - before)


def size(url: str) -> int:
    """Bytes that the rows of the database take."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(url.removeprefix("sqlite:///")).stat().st_size
    with psycopg.connect(url) as server:
        return server.execute("SELECT pg_database_size(current_database())").fetchone()[0]
