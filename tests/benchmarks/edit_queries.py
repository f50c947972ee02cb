"""``python -m tests.benchmarks.edit_queries``: what finding all edits among 50 codes takes, as JSON.

Asked of the database that ``DATABASE_URL`` names. Our query makes edits of rows; the bare one asks the driver the
same and fetches tuples.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from statistics import median
from time import perf_counter

import django

CODES = 50
SETS = 200
RUNS = 3


def milliseconds(ask: Callable[[list[str]], object], sets: list[list[str]]) -> float:
    """The median over the sets of the best of some runs."""
    times = []
    for codes in sets:
        runs = []
        for _ in range(RUNS):
            began = perf_counter()
            ask(codes)
            runs.append(perf_counter() - began)
        times.append(min(runs) * 1_000)
    return median(times)


def measure() -> dict[str, float]:
    from django.db import connection

    from catalog.models import PtpEdit, Release

    release = Release.objects.current().get(dataset="ptp", setting="practitioner")
    every = list(release.edit_codes.values_list("code", flat=True))
    chance = random.Random(2024)
    sets = [sorted(chance.sample(every, CODES)) for _ in range(SETS)]
    mark = "%s" if connection.vendor == "postgresql" else "?"
    places = ", ".join([mark] * CODES)
    sql = (
        "SELECT id, release_id, column_one, column_two, prior_to_1996, effective_date, deletion_date,"
        f" modifier_indicator, rationale_id, file_id, line FROM catalog_ptpedit WHERE release_id = {mark}"
        f" AND column_one IN ({places}) AND column_two IN ({places})"
    )
    connection.ensure_connection()
    driver = connection.connection

    def ours(codes: list[str]) -> list[PtpEdit]:
        return list(PtpEdit.objects.of(release).among(codes))

    def bare(codes: list[str]) -> list[tuple]:
        return driver.execute(sql, [release.pk, *codes, *codes]).fetchall()

    found = sum(len(ours(codes)) for codes in sets)
    assert found == sum(len(bare(codes)) for codes in sets)
    return {"found": found / SETS, "ours": milliseconds(ours, sets), "bare": milliseconds(bare, sets)}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "coding_reference.settings"
    django.setup()
    print(json.dumps(measure()))
