import pytest

from catalog import release_words
from catalog.models import Change, Release


def release(dataset: str = "ptp", quarter: str = "2024Q3", state: str = "current", **fields) -> Release:
    return Release(dataset=dataset, quarter=quarter, state=state, **fields)


def test_rows_are_counted_by_what_they_are():
    assert release_words.held(release(counts={"edits": 2_546_017, "open": 1_669_820})) == [
        "2,546,017 edits",
        "1,669,820 open",
    ]
    assert release_words.held(
        release("hcpcs", counts={"codes": 8_463, "modifiers": 383, "processing notes": 9})
    ) == [
        "8,463 codes",
        "383 modifiers",
    ]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (release("hcpcs"), "to Sep 30, 2024"),
        (release("ptp"), "Jan 1, 1996 to Sep 30, 2024"),
        (release("mue"), "Jul 1, 2024 to Sep 30, 2024"),
        (release("addon"), "Apr 1, 2013 to Sep 30, 2024"),
        (release("hcpcs", state="loaded"), "none, kept for its history"),
        (release("ptp", state="loaded"), "none, kept to go back to"),
        (release("ptp", state="pruned"), "none, its record is kept"),
        (release("mue", origin="starter", counts={"values": 29}), "29 values only"),
        (release("ptp", origin="starter", counts={"edits": 306, "open": 300}), "306 edits only"),
        (release("hcpcs", origin="starter", counts={"codes": 1437, "modifiers": 142}), "1,437 codes only"),
        (release("ptp", origin="starter"), "a few rows only"),
        (release("ptp", origin="starter", state="loaded"), "none, no longer used"),
    ],
)
def test_each_release_has_the_dates_it_answers_for(shown, words):
    assert release_words.dates(shown) == words


def test_a_table_that_carries_dates_answers_for_the_past_and_one_that_does_not_for_its_quarter():
    assert "from Jan 1, 1996 to Sep 30, 2024. Its rows carry dates" in release_words.coverage(release("ptp"))
    assert "from Jul 1, 2024 to Sep 30, 2024 only." in release_words.coverage(release("mue"))


@pytest.mark.parametrize(
    ("quarter", "fields", "words"),
    [
        ("2024Q4", {}, ""),
        ("2024Q2", {}, "This is older than what readers are answered from now, July 2024, revision 1: it takes"),
        (
            "2024Q3",
            {"revision": 2},
            "This is another posting of the quarter that readers are answered from now, as",
        ),
        (
            "2024Q3",
            {},
            "This is an earlier posting of the quarter that readers are answered from now, as July 2024, r",
        ),
        ("2024Q4", {"partial": True}, "This looks incomplete, and July 2024, revision 1, which readers are"),
    ],
)
def test_where_a_release_stands_is_said_unless_it_is_the_next(quarter, fields, words):
    said = release_words.place(release(quarter=quarter, **fields), release(revision=1))
    assert said.startswith(words)
    assert bool(said) == bool(words)
    assert release_words.place(release(), None) == release_words.place(release(), release(origin="starter")) == ""


@pytest.mark.parametrize("state", ["loaded", "pruned"])
@pytest.mark.parametrize("dataset", ["ptp", "mue", "addon"])
def test_what_is_not_current_answers_for_no_date(dataset, state):
    assert release_words.coverage(release(dataset, state=state)).startswith("It answers for no date")


def test_the_starter_set_answers_for_its_quarter_and_only_for_what_is_in_it():
    said = release_words.coverage(release("ptp", origin="starter"))
    assert "from Jul 1, 2024 to Sep 30, 2024 only" in said
    assert "counts as not checked" in said


def test_changes_are_called_what_the_dataset_calls_them():
    tally = {Change.Kind.ADDED: 926, Change.Kind.ENDED: 293, Change.Kind.REVISED: 2, Change.Kind.VANISHED: 0}
    assert release_words.changes(release("ptp"), tally) == "926 added, 2 indicator changed, 293 deleted"
    assert release_words.changes(release("hcpcs"), tally) == "926 added, 2 revised, 293 discontinued"
