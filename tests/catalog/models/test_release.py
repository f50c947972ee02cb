from datetime import date

import pytest

from catalog.models import Release
from catalog.models.release import nearest
from tests.builders import make_release

STARTER = Release.Origin.STARTER


@pytest.mark.parametrize(
    ("dataset", "origin", "first", "last"),
    [
        ("ptp", "cms", date(1996, 1, 1), date(2024, 9, 30)),
        ("addon", "cms", date(2013, 4, 1), date(2024, 9, 30)),
        ("mue", "cms", date(2024, 7, 1), date(2024, 9, 30)),
        *((dataset, STARTER, date(2024, 7, 1), date(2024, 9, 30)) for dataset in ("ptp", "addon", "mue")),
    ],
)
def test_a_table_covers_the_days_from_its_first_to_the_end_of_its_quarter(dataset, origin, first, last):
    release = Release(dataset=dataset, origin=origin, quarter="2024Q3")
    covered = [
        release.covers(date.fromordinal(day.toordinal() + step)) for day in (first, last) for step in (-1, 0, 1)
    ]
    assert covered == [False, True, True, True, True, False]


def test_codes_are_answered_for_on_any_day():
    release = Release(dataset="hcpcs", quarter="2024Q3")
    assert all(map(release.covers, (date(1990, 1, 1), date(2030, 1, 1))))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("dataset", "origin", "day", "answers"),
    [
        ("ptp", "cms", date(2010, 1, 1), True),
        ("ptp", STARTER, date(2010, 1, 1), False),
        ("ptp", "cms", date(2024, 10, 1), False),
        ("mue", "cms", date(2024, 6, 30), False),
        ("mue", "cms", date(2024, 7, 1), True),
    ],
)
def test_the_current_release_answers_the_days_it_covers(dataset, origin, day, answers):
    release = make_release("2024Q3", dataset=dataset, setting="practitioner", origin=origin)
    assert Release.objects.answering(dataset, "practitioner", day) == (release if answers else None)


def mues(**quarters: bool) -> list[Release]:
    """Releases of MUE by quarter, and whether each is partial."""
    return [Release(dataset="mue", quarter=quarter, partial=partial) for quarter, partial in quarters.items()]


@pytest.mark.parametrize(
    ("releases", "read"),
    [
        ([], None),
        (mues(**{"2027Q1": False, "2026Q4": False, "2026Q3": False}), "2026Q4"),
        (mues(**{"2027Q1": False, "2026Q4": True, "2026Q3": False}), "2026Q4"),
        (mues(**{"2027Q1": False, "2026Q3": False, "2026Q2": False}), "2026Q3"),
        (mues(**{"2026Q3": True, "2026Q2": False}), "2026Q2"),
        (mues(**{"2027Q1": False}), None),
    ],
)
def test_the_quarter_that_is_read_is_todays_or_the_last_one_and_never_a_later_one(releases, read):
    found = nearest(releases, "mue", "", date(2026, 11, 22))
    assert (found.quarter if found else None) == read
