from datetime import date

import pytest

from catalog.edit_rows import last_day, release_name
from catalog.models import AddOnEdit, Release


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((None, None, None), None),
        ((date(2024, 12, 31), None, None), date(2024, 12, 31)),
        ((None, date(2024, 6, 30), date(2023, 1, 1)), date(2023, 1, 1)),
    ],
)
def test_an_add_on_edit_ends_with_the_first_of_its_deletion_dates(ends, expected):
    edit, add_on, primary = ends
    row = AddOnEdit(deletion_date=edit, add_on_deletion_date=add_on, primary_deletion_date=primary)
    assert last_day(row) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "July 2024"),
        ({"revision": 1}, "July 2024, revision 1"),
        ({"partial": True}, "July 2024, part of the publication is missing"),
        ({"origin": Release.Origin.STARTER}, "Starter data, not a CMS release"),
    ],
)
def test_a_release_in_a_file_says_what_it_is_not(fields, expected):
    assert release_name(Release(dataset="ptp", quarter="2024Q3", **fields)) == expected
