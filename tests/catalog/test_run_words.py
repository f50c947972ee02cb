from datetime import timedelta

import pytest
from django.utils import timezone

from catalog import run_words
from catalog.models import ImportRun
from tests.builders import make_release


def run(**fields) -> ImportRun:
    return ImportRun(**{"origin": "upload", "state": "rehearsing"} | fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ""),
        ({"dataset": "hcpcs", "quarter": "2025Q4"}, "HCPCS Level II, October 2025 (2025Q4)"),
        ({"dataset": "ptp", "setting": "practitioner"}, "PTP edits, practitioner"),
        (
            {"dataset": "mue", "setting": "dme_supplier", "quarter": "2024Q3"},
            "MUE, DME supplier, July 2024 (2024Q3)",
        ),
    ],
)
def test_what_was_asked_for(fields, words):
    assert run_words.asked_for(run(**fields)) == words


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], ""),
        (["a.zip", "b.zip", "c.zip"], "a.zip, b.zip, c.zip"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_only_the_first_names_are_told(names, words):
    assert run_words.listed(names) == words


def test_a_list_tells_the_first_file_of_an_import():
    assert run_words.listed(["a.zip", "b.zip"], most=1) == "a.zip and 1 more"


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "1 KB"), (2_400, "2 KB"), (99_999, "100 KB"), (100_000, "0.1 MB"), (1_234_567_890, "1,234.6 MB")],
)
def test_the_size_of_a_file(number, words):
    assert run_words.size(number) == words


def test_how_far_rows_and_bytes_are():
    begun = timezone.now() - timedelta(seconds=10)
    ended = {"step_started_at": begun, "ended_at": begun + timedelta(seconds=10)}
    assert run_words.progress(run()) == ""
    assert (
        run_words.progress(run(done=400_000, total=1_200_000, **ended))
        == "400,000 of about 1,200,000 rows, 40,000 rows a second, about 20 seconds left"
    )
    assert run_words.progress(run(done=5_000, **ended)) == "5,000 rows, 500 rows a second"
    fetching = run(state="fetching", done=4_000_000, total=84_000_000, **ended)
    assert run_words.progress(fetching) == "4.0 of 84.0 MB, 0.4 MB a second, about 3 minutes left"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 second"), (1, "1 second"), (40, "40 seconds"), (99, "99 seconds"), (130, "2 minutes")],
)
def test_a_time_is_said_in_the_unit_people_use(seconds, words):
    assert run_words.duration(timedelta(seconds=seconds)) == words


def test_a_stage_says_what_is_done_until_it_is_over():
    assert run_words.stage(run(step="Writing rows")) == "Rehearsing: Writing rows"
    assert run_words.stage(run(step="")) == "Rehearsing"
    assert run_words.stage(run(state="refused", step="Writing rows")) == "Refused"


@pytest.mark.django_db
def test_counts_stand_beside_those_of_the_release_before():
    before = make_release("2025Q3", counts={"codes": 10, "processing notes": 3})
    release = make_release(current=False, counts={"codes": 12, "modifiers": 2})
    assert list(run_words.counts(release, [before])) == [("codes", [10, 12]), ("modifiers", [None, 2])]
    assert list(run_words.counts(before)) == [("codes", [10])]


@pytest.mark.parametrize(
    ("done", "seconds"),
    [(200_000, 9), (20_000, 60)],
    ids=["in the first ten seconds", "before a fiftieth is there"],
)
def test_nobody_is_told_how_long_it_takes_before_the_rate_is_steady(done, seconds):
    begun = timezone.now()
    early = run(done=done, total=1_200_000, step_started_at=begun, ended_at=begun + timedelta(seconds=seconds))
    assert early.time_left
    assert run_words.progress(early).endswith(" a second")


@pytest.mark.parametrize("done", [1_200_000, 1_260_000])
def test_after_the_last_row_it_is_finishing(done):
    begun = timezone.now()
    over = run(done=done, total=1_200_000, step_started_at=begun, ended_at=begun + timedelta(seconds=30))
    assert run_words.progress(over) == f"{done:,} rows, finishing"
