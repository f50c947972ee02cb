from datetime import date

import pytest

from catalog.freshness import Freshness, freshness, of
from catalog.models import Release
from tests.builders import make_release

DAY = date(2025, 11, 14)


def release(dataset: str, setting: str = "", quarter: str = "2025Q4", **fields) -> Release:
    return Release(dataset=dataset, setting=setting, quarter=quarter, **fields)


def told(*releases: Release, day: date = DAY) -> dict[tuple[str, str], Freshness]:
    return {(one.dataset.value, str(one.setting)): one for one in of(releases, day)}


def test_every_dataset_and_setting_of_medicare_is_told_loaded_or_not():
    found = told()
    assert [*found] == [
        ("hcpcs", ""),
        ("ptp", "practitioner"),
        ("ptp", "outpatient_hospital"),
        ("mue", "practitioner"),
        ("mue", "outpatient_hospital"),
        ("mue", "dme_supplier"),
        ("addon", ""),
    ]
    assert {(one.release, one.quarters_behind, one.words) for one in found.values()} == {(None, 0, "not loaded")}
    assert not any(one.is_stale for one in found.values())


@pytest.mark.parametrize(
    ("day", "behind", "words"),
    [
        (date(2025, 12, 31), 0, "Oct 2025"),
        (date(2026, 1, 1), 1, "Oct 2025, 1 quarter behind"),
        (date(2026, 4, 1), 2, "Oct 2025, 2 quarters behind"),
    ],
)
@pytest.mark.parametrize("dataset", ["hcpcs", "addon"])
def test_a_release_is_behind_from_the_first_day_of_the_next_quarter(dataset, day, behind, words):
    one = told(release(dataset), day=day)[dataset, ""]
    assert (one.quarters_behind, one.is_stale, one.words) == (behind, behind > 0, words)


def test_the_settings_of_a_dataset_are_behind_each_for_itself():
    found = told(release("ptp", "practitioner"), release("ptp", "outpatient_hospital", "2025Q3"))
    assert not found["ptp", "practitioner"].is_stale
    assert found["ptp", "outpatient_hospital"].is_stale


def test_of_the_quarters_of_mue_only_the_one_that_answers_today_counts():
    quarters = [release("mue", "dme_supplier", quarter) for quarter in ("2025Q2", "2025Q4", "2026Q1")]
    assert told(*quarters)["mue", "dme_supplier"].release is quarters[1]


def test_the_starter_set_is_behind_no_quarter_as_it_is_of_none():
    one = told(release("addon", "", "2024Q3", origin=Release.Origin.STARTER))["addon", ""]
    assert (one.words, one.is_stale) == ("Starter set", False)


def test_each_is_named_with_its_setting():
    names = [one.name for one in of([], DAY)]
    assert names[:2] == ["HCPCS Level II", "PTP edits, practitioner"]
    assert names[5:] == ["MUE, DME supplier", "Add-on codes"]


@pytest.mark.django_db
def test_what_is_loaded_takes_one_query_and_what_nobody_is_answered_from_does_not_count(
    django_assert_num_queries,
):
    make_release("2025Q3")
    make_release("2025Q4", current=False)
    make_release("2025Q4", state=Release.State.REHEARSED)
    with django_assert_num_queries(1):
        found = freshness(DAY)
    assert (found[0].release.quarter, found[0].quarters_behind) == ("2025Q3", 1)


def test_part_of_a_newer_quarter_stands_beside_the_whole_of_an_older_one_and_makes_it_no_fresher():
    whole, part, other = (
        release("mue", "practitioner", "2024Q3"),
        release("mue", "practitioner", "2025Q2", partial=True),
        release("mue", "dme_supplier", "2025Q2", partial=True),
    )
    found = told(part, whole, other)
    assert found["mue", "practitioner"][2:] == (whole, 5, "Jul 2024, 5 quarters behind", (part,))
    assert found["mue", "dme_supplier"][2:] == (other, 2, "Apr 2025, may be incomplete, 2 quarters behind", ())
