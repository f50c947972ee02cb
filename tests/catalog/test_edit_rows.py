import pytest

from catalog.edit_rows import release_name
from catalog.models import Release


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "July 2024"),
        ({"revision": 1}, "July 2024, revision 1"),
        ({"partial": True}, "July 2024, looked incomplete when it was loaded"),
        ({"origin": Release.Origin.STARTER}, "Starter data, not a CMS release"),
    ],
)
def test_a_release_in_a_file_says_what_it_is_not(fields, expected):
    assert release_name(Release(dataset="ptp", quarter="2024Q3", **fields)) == expected
