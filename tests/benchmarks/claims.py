"""``python -m tests.benchmarks.claims``: what checking a claim takes, as JSON; all times are in milliseconds.

Asked of the database that ``DATABASE_URL`` names. The bare queries are those of the lookup, asked by themselves
through a cursor that fetches tuples. So that a busy machine matters less, of every claim the best of some runs
counts and, where SQLite does its work in the same thread, that thread's own time.
"""

from __future__ import annotations

import gc
import json
import os
import random
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from statistics import fmean, median, quantiles
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from catalog.snapshot import Snapshot
    from scratchpad.claim import Claim
    from scratchpad.findings import Finding
    from scratchpad.reference import Reference

DAY = date(2024, 8, 15)
CLAIMS, REQUESTS = 60, 25
NEIGHBORS = 10  # claims of neighboring codes, whose times are printed and held against nothing
RUNS, RUNS_OF_REQUESTS = 3, 4
LINES, FEW_LINES = 50, 5
MODIFIERS = ("", "", "", "", "", "-59", "-LT", "-25-57")


def best_times(asked_about: list, *asks: Callable[[object], object], runs: int = RUNS) -> list[list[float]]:
    """Of every ask a time for each it is asked about; they take turns, so that what disturbs one disturbs all."""
    from django.db import connection

    now = thread_time if connection.vendor == "sqlite" else perf_counter
    times = [[] for _ in asks]
    for each in asked_about:
        rounds = []
        for _ in range(runs):
            marks = [now()]
            for ask in asks:
                ask(each)
                marks.append(now())
            rounds.append([(end - start) * 1_000 for start, end in pairwise(marks)])
        for taken, best in zip(times, map(min, zip(*rounds, strict=True)), strict=True):
            taken.append(best)
    return times


def claim_of(codes: list[str], chance: random.Random) -> Claim:
    """Practitioners' lines of these codes, some with modifiers, of 1 to 3 units."""
    from scratchpad.claim import PRACTITIONER, Claim
    from scratchpad.claim_text import line_of

    typed = [f"{code}{chance.choice(MODIFIERS)}x{chance.randint(1, 3)}" for code in codes]
    return Claim(PRACTITIONER, DAY, tuple(line_of(text, number, DAY) for number, text in enumerate(typed, 1)))


def measure() -> dict[str, object]:
    """Of codes drawn at random from those that the pair table names, and of neighbors, which share many edits."""
    from catalog import snapshot
    from catalog.models import EditCode
    from scratchpad.lookup import reference_for
    from scratchpad.rules import check

    loaded = snapshot.current()
    release = loaded.edits_of("ptp", "practitioner")
    every = list(EditCode.objects.filter(release=release).values_list("code", flat=True))
    chance = random.Random(2024)
    starts = [chance.randrange(len(every) - LINES) for _ in range(CLAIMS)]
    drawn = [claim_of(chance.sample(every, LINES), chance) for _ in starts]
    neighbors = [claim_of(every[start : start + LINES], chance) for start in starts[:NEIGHBORS]]
    short = [claim_of(chance.sample(every, FEW_LINES), chance) for _ in starts]
    gc.freeze()  # as the processes of a running site do
    [few_lines] = best_times(short, lambda claim: check(claim, reference_for(claim, loaded)))
    return {
        "random codes": measure_claims(drawn, loaded),
        "neighboring codes": measure_claims(neighbors, loaded),
        "short claims per second": 1_000 / fmean(few_lines),
    }


def measure_claims(claims: list[Claim], loaded: Snapshot) -> dict[str, object]:
    from django.db import connection

    from scratchpad.lookup import reference_for
    from scratchpad.rules import check

    asked: dict[int, list[tuple[str, list]]] = {}

    def ask(claim: Claim) -> Reference:
        return reference_for(claim, loaded)

    def overhear(claim: Claim) -> None:
        def keep(execute, sql, params, many, context):
            asked.setdefault(id(claim), []).append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(keep):
            ask(claim)

    def bare(claim: Claim) -> int:
        rows = 0
        for sql, params in asked[id(claim)]:
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                rows += len(cursor.fetchall())
        return rows

    def ours(claim: Claim) -> list[Finding]:
        return check(claim, ask(claim))

    for claim in claims:
        overhear(claim)
    of_bare, of_lookup, of_ours = best_times(claims, bare, ask, ours)
    return {
        "rows": fmean(map(bare, claims)),
        "findings": fmean(len(ours(claim)) for claim in claims),
        "bare": median(of_bare),
        "lookup": median(of_lookup),
        "ours": median(of_ours),
        "times bare": median(mine / alone for mine, alone in zip(of_ours, of_bare, strict=True)),
        "typing": requests(claims[:REQUESTS], {"HX-Request": "true", "HX-Target": "check"}),
        "page": requests(claims[:REQUESTS], {}),
    }


def requests(claims: list[Claim], headers: dict[str, str]) -> dict[str, float]:
    """Through all the middleware: the median, the slowest in a hundred, and the size of an answer in KB."""
    from django.test import Client
    from django.urls import reverse

    from scratchpad.claim_text import claim_query

    client = Client(headers=headers)
    sizes = []

    def get(address: str) -> None:
        response = client.get(address)
        assert response.status_code == 200, response
        sizes.append(len(response.content) / 1_000)

    addresses = [f"{reverse('scratchpad')}?{claim_query(claim)}" for claim in claims]
    get(addresses[0])  # reads the templates
    [times] = best_times(addresses, get, runs=RUNS_OF_REQUESTS)
    return {"p50": median(times), "p99": quantiles(times, n=100, method="inclusive")[98], "kb": fmean(sizes)}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    print(json.dumps(measure()))
