from datetime import date

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Mue
from tests.builders import make_mue, make_release
from tests.plans import assert_searches_indexes

pytestmark = pytest.mark.django_db


def test_values_of_several_codes_are_found_by_one_query(django_assert_num_queries):
    make_mue("11042", 1)
    make_mue("97597", 2)
    make_mue("36415", 3)
    with django_assert_num_queries(1):
        found = list(Mue.objects.among(["97597", "11042", "99999"]))
    assert [(mue.code, mue.mue_value) for mue in found] == [("11042", 1), ("97597", 2)]


def test_the_values_of_a_code_are_those_of_each_setting_and_quarter():
    make_mue("11042", 1)
    make_mue("11042", 2, make_release("2026Q1", dataset="mue", setting="outpatient_hospital"))
    make_mue("97597", 3)
    assert sorted(mue.mue_value for mue in Mue.objects.for_code("11042")) == [1, 2]


def test_values_are_those_of_one_release():
    mine = make_mue("11042", 1)
    make_mue("11042", 2, make_release("2026Q1", dataset="mue", setting="outpatient_hospital"))
    assert list(Mue.objects.of(mine.release)) == [mine]
    assert not Mue.objects.of(None).exists()


def test_values_are_effective_in_their_quarter_and_in_no_other():
    mine = make_mue("11042", 1, make_release("2026Q1", dataset="mue", setting="practitioner"))
    make_mue("11042", 2, make_release("2026Q2", dataset="mue", setting="practitioner"))
    for day in (date(2026, 1, 1), date(2026, 3, 31)):
        assert list(Mue.objects.effective_on(day)) == [mine]
    assert not Mue.objects.effective_on(date(2025, 12, 31)).exists()


def test_a_release_has_one_value_for_a_code():
    make_mue("11042", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_mue("11042", 2)


def test_a_value_says_what_it_is():
    assert str(make_mue("11042", 4)) == "11042: 4 units"


def test_values_are_searched_for_by_index():
    values = Mue.objects.of(make_mue("11042").release)
    assert_searches_indexes(values.among(["11042", "97597"]))
    assert_searches_indexes(values.for_code("11042"))
