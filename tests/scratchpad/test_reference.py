from datetime import date

import pytest

from scratchpad.reference import beside
from tests.references import a_release


@pytest.mark.parametrize(
    ("dataset", "quarter", "name"),
    [
        ("ptp", "2024Q3", "2024Q3, v30.2"),
        ("ptp", "2026Q1", "2026Q1, v32.0"),
        ("ptp", "2026Q4", "2026Q4, v32.3"),
        ("mue", "2024Q3", "2024Q3"),
        ("hcpcs", "2024Q3", "2024Q3"),
    ],
)
def test_a_release_is_named_by_its_quarter_and_a_pair_table_by_its_version_too(dataset, quarter, name):
    assert a_release(dataset, quarter)._replace(title="Its month").long_title == f"Its month ({name})"


def test_the_starter_set_has_no_quarter_of_its_own_in_its_name():
    assert a_release("ptp", is_starter=True)._replace(title="Starter set").long_title == "Starter set"


def test_the_mues_beside_a_day_are_the_last_before_and_the_first_after_it():
    tables = [a_release("mue", quarter) for quarter in ("2024Q1", "2024Q3", "2026Q2", "2026Q3")]
    assert beside(date(2025, 1, 2), tables) == tables[1:3]
    assert beside(date(2023, 1, 2), tables[::-1]) == tables[:1]
    assert beside(date(2027, 1, 2), tables[::-1]) == tables[3:]
