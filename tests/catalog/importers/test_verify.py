from datetime import date

import pytest

from catalog.importers import verify
from catalog.importers.files import Refused
from catalog.models import GoldenPair
from tests.builders import make_ptp, make_release

pytestmark = pytest.mark.django_db

Expected = GoldenPair.Expected
DAY = date(2024, 7, 15)


@pytest.fixture
def release():
    return make_release("2024Q3", dataset="ptp", setting="practitioner")


def expect(expected: str, **fields) -> GoldenPair:
    pair = {"setting": "practitioner", "column_one": "11042", "column_two": "97597", "day": DAY, "source": "CMS"}
    return GoldenPair.objects.create(expected=expected, **pair | fields)


ROWS = {
    Expected.ALLOWED: {},
    Expected.NOT_ALLOWED: {"modifier_indicator": "0"},
    Expected.DELETED: {"deletion_date": date(2024, 7, 14)},
    Expected.NOT_YET_EFFECTIVE: {"effective_date": date(2024, 7, 16)},
    Expected.VOID: {"modifier_indicator": "9", "deletion_date": date(2020, 1, 1)},
    Expected.NONE: None,
}


@pytest.mark.parametrize("expected", Expected)
@pytest.mark.parametrize("found", Expected)
def test_a_golden_pair_fails_unless_the_answer_is_the_expected_one(release, expected, found):
    expect(expected)
    make_ptp("11042", "36415", release)
    if ROWS[found] is not None:
        make_ptp("11042", "97597", release, **ROWS[found])
    failures = list(verify.golden_pair_failures(release))
    if expected == found:
        assert failures == []
    else:
        assert failures == [
            f"11042 and 97597 on Jul 15, 2024: {found.label}; expected: {Expected(expected).label}."
        ]


def test_an_edit_in_the_other_order_is_not_the_expected_one(release):
    expect(Expected.ALLOWED)
    make_ptp("97597", "11042", release)
    (failure,) = verify.golden_pair_failures(release)
    assert ", in the other order; expected" in failure


@pytest.mark.parametrize(("day", "is_checked"), [(date(2024, 9, 30), True), (date(2024, 10, 1), False)])
def test_a_day_after_the_quarter_is_not_checked(release, day, is_checked):
    expect(Expected.ALLOWED, day=day)
    assert bool(list(verify.golden_pair_failures(release))) is is_checked


def test_golden_pairs_of_the_other_setting_are_not_checked(release):
    expect(Expected.ALLOWED, setting="outpatient_hospital")
    assert list(verify.golden_pair_failures(release)) == []


def test_edits_of_other_releases_do_not_answer(release):
    expect(Expected.ALLOWED)
    make_ptp("11042", "97597", make_release("2024Q3", dataset="ptp", setting="outpatient_hospital"))
    assert len(list(verify.golden_pair_failures(release))) == 1


def test_wrong_answers_are_refused_and_the_first_of_many_told(release):
    for number in range(7):
        expect(Expected.ALLOWED, column_two=f"9759{number}")
    with pytest.raises(Refused) as refusal:
        verify.refuse_wrong_answers(release)
    said = str(refusal.value)
    assert said.startswith(
        "PTP edits, practitioner, July 2024 was not loaded, as 7 golden pairs came out wrong. 11042"
    )
    assert said.count("No edit on file") == 5
    assert said.endswith("And 2 more. If CMS has changed the edit, change the golden pair.")


@pytest.mark.parametrize(
    ("dataset", "quarter", "rows", "is_doubted"),
    [
        ("ptp", "2024Q3", 1_000, False),
        ("ptp", "2024Q3", 990, False),
        ("ptp", "2024Q3", 989, True),
        ("ptp", "2024Q3", 1_100, False),
        ("ptp", "2024Q3", 1_101, True),
        ("ptp", "2024Q4", 1_200, False),
        ("mue", "2024Q3", 950, False),
        ("mue", "2024Q3", 949, True),
        ("mue", "2024Q3", 1_101, True),
        ("addon", "2024Q3", 900, False),
        ("addon", "2024Q3", 899, True),
        ("addon", "2024Q3", 1_251, True),
        ("hcpcs", "2024Q3", 5, False),
    ],
)
def test_a_number_of_rows_far_from_that_of_the_release_before_is_doubted(dataset, quarter, rows, is_doubted):
    name = "values" if dataset == "mue" else "edits"
    before = make_release("2024Q2", dataset=dataset, current=False, counts={name: 1_000})
    after = make_release(quarter, dataset=dataset, counts={name: rows})
    expected = [f"It has {rows:,} rows, and April 2024 has 1,000."] if is_doubted else []
    assert verify.row_count_doubts(after, before) == expected


def test_a_first_release_has_nothing_to_be_measured_by():
    assert verify.row_count_doubts(make_release(dataset="ptp", counts={"edits": 1}), None) == []
