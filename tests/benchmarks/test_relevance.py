"""Does the lookup find it? Entries of CMS's own alphabetic index and drug table, against the October 2025 release.

The list is not in the project: RELEVANCE_FILES names files of it, separated as in PATH, with the columns kind,
query and codes.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from django.conf import settings

from tests.benchmarks.relevance import Wanted, measure, read, share_found_with_a_slip, with_a_slip
from tests.conftest import REQUIRE_ALL

DEFAULT = settings.BASE_DIR.parent / "shared" / "relevance" / "dev.tsv"
FILES = [Path(name) for name in os.environ.get("RELEVANCE_FILES", str(DEFAULT)).split(os.pathsep)]

FLOOR = {"index": (0.94, 0.87), "drug": (0.985, 0.94)}
FLOOR_WITH_A_SLIP = 0.9


@pytest.fixture(scope="session")
def wanted() -> list[Wanted]:
    missing = [str(path) for path in FILES if not path.is_file()]
    if missing:
        reason = f"no list to measure with in {', '.join(missing)}; RELEVANCE_FILES names another"
        pytest.fail(reason) if REQUIRE_ALL else pytest.skip(reason)
    return [each for path in FILES for each in read(path)]


@pytest.mark.cms
@pytest.mark.django_db
@pytest.mark.parametrize("synonyms", ["with_synonyms", "without"])
def test_search_finds_what_an_index_entry_asks_for(october_2025, wanted, synonyms, capsys):
    index = getattr(october_2025, synonyms)

    def search(text: str) -> list[str]:
        return [entry.code for entry in index.search(text).entries]

    scores = measure(search, wanted)
    kept = share_found_with_a_slip(search, wanted)
    with capsys.disabled():
        print(f"\n{synonyms.replace('_', ' ')}{' synonyms' if synonyms == 'without' else ''}")
        for kind, score in sorted(scores.items()):
            print(f"  {kind:6} {score.wanted:5} entries   success@10 {score.success:.4f}   MRR {score.mrr:.4f}")
        print(f"  still found with one slip: {kept:.4f}")
    below = {
        kind: score
        for kind, score in scores.items()
        if score.success < FLOOR[kind][0] or score.mrr < FLOOR[kind][1]
    }
    assert below == {}
    assert kept >= FLOOR_WITH_A_SLIP


def test_a_score_counts_ranks_and_misses():
    wanted = [
        Wanted("drug", "first", frozenset({"J0001"})),
        Wanted("drug", "second", frozenset({"J0002", "J0003"})),
        Wanted("drug", "missing", frozenset({"J0004"})),
    ]
    answers = {"first": ["J0001"], "second": ["J0009", "J0003", "J0002"], "missing": ["J0009"]}
    (score,) = measure(answers.get, wanted).values()
    assert (score.success, score.mrr, score.wanted) == (2 / 3, 0.5, 3)


def test_a_slip_changes_one_word_of_five_letters_or_more():
    chance = random.Random(1)
    for _ in range(200):
        first, second = with_a_slip("pad wheelchair", chance).split(" ")
        assert first == "pad"
        assert abs(len(second) - len("wheelchair")) <= 1
    assert with_a_slip("pad box", chance) == ""
