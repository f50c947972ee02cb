from datetime import date

import pytest

from catalog.edits import addon_in_force
from catalog.models import AddOnEdit
from catalog.models.addon import CONTRACTOR_DEFINED
from tests.builders import make_addon, make_release
from tests.plans import assert_searches_indexes

pytestmark = pytest.mark.django_db

DAY = date(2025, 10, 1)
BEFORE = date(2025, 9, 30)


def pairs(edits) -> list[tuple[str, str]]:
    return [(edit.add_on, edit.primary) for edit in edits]


def test_the_primaries_of_add_on_codes_are_found_by_one_query(django_assert_num_queries):
    make_addon("11045", "11042")
    make_addon("11045", "11043")
    make_addon("22614", "22612")
    with django_assert_num_queries(1):
        found = list(AddOnEdit.objects.among(["11045", "11042"]))
    assert pairs(found) == [("11045", "11042"), ("11045", "11043")]


def test_a_code_is_found_as_add_on_and_as_primary():
    make_addon("11045", "11042")
    make_addon("11046", "11045")
    make_addon("22614", "22612")
    assert pairs(AddOnEdit.objects.for_code("11045")) == [("11045", "11042"), ("11046", "11045")]


@pytest.mark.parametrize(
    ("fields", "is_in_force"),
    [
        ({}, True),
        ({"effective_date": DAY}, True),
        ({"effective_date": date(2025, 10, 2)}, False),
        ({"deletion_date": DAY}, True),
        ({"deletion_date": BEFORE}, False),
        ({"add_on_deletion_date": DAY}, True),
        ({"add_on_deletion_date": BEFORE}, False),
        ({"primary_deletion_date": DAY}, True),
        ({"primary_deletion_date": BEFORE}, False),
    ],
)
def test_an_edit_is_in_force_while_neither_it_nor_a_code_of_it_is_deleted(fields, is_in_force):
    row = make_addon("11045", "11042", **fields)
    assert AddOnEdit.objects.effective_on(DAY).exists() is is_in_force
    assert addon_in_force(row, DAY) is is_in_force


def test_edits_are_those_of_one_release():
    mine = make_addon("11045", "11042")
    make_addon("11045", "11042", make_release("2025Q3", dataset="addon", current=False))
    assert list(AddOnEdit.objects.of(mine.release)) == [mine]
    assert not AddOnEdit.objects.of(None).exists()


def test_an_edit_says_what_it_is_and_whether_contractors_define_its_primaries():
    assert make_addon("0054T", CONTRACTOR_DEFINED).is_contractor_defined
    edit = make_addon("11045", "11042")
    assert not edit.is_contractor_defined
    assert str(edit) == "11045 with 11042"


def test_edits_are_searched_for_by_index():
    edits = AddOnEdit.objects.of(make_addon("11045", "11042").release)
    assert_searches_indexes(edits.among(["11045", "22614"]))
    assert_searches_indexes(edits.for_code("11045"))
    assert_searches_indexes(edits.for_code("11045").effective_on(DAY))
