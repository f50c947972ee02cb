from datetime import date

import pytest

from catalog.models import HcpcsCode, Release
from tests.builders import make_code, make_release

pytestmark = pytest.mark.django_db

DAY = date(2025, 11, 14)


def found(queryset) -> list[str]:
    return sorted(queryset.values_list("code", flat=True))


def test_a_code_may_be_used_from_the_day_it_was_added_through_its_last_valid_day():
    make_code("J0001", added_date=DAY)
    make_code("J0002", termination_date=DAY)
    make_code("J0003", added_date=date(2025, 11, 15))
    make_code("J0004", termination_date=date(2025, 11, 13))
    make_code("J0005", added_date=None, termination_date=None)
    assert found(HcpcsCode.objects.effective_on(DAY)) == ["J0001", "J0002", "J0005"]
    assert found(HcpcsCode.objects.ended_before(DAY)) == ["J0004"]
    assert [code.effective_on(DAY) for code in HcpcsCode.objects.order_by("code")] == [
        True,
        True,
        False,
        False,
        True,
    ]


def test_the_extent_of_a_set_counts_every_code_once():
    make_code("J0001")
    make_code("J0004", termination_date=date(2025, 11, 13))
    make_code("J0009", added_date=date(2026, 1, 1))
    extent = HcpcsCode.objects.extent(DAY)
    assert extent == ("J0001", "J0009", 1, 1, 1)


def test_the_extent_of_nothing_has_no_bounds():
    assert HcpcsCode.objects.extent(DAY) == (None, None, 0, 0, 0)


def test_codes_lie_within_any_of_several_ranges():
    for code in ("C1600", "C1900", "C1901", "C2634"):
        make_code(code)
    assert found(HcpcsCode.objects.within([("C1600", "C1900"), ("C2600", "C2699")])) == ["C1600", "C1900", "C2634"]
    assert found(HcpcsCode.objects.within([])) == []


def test_every_word_has_to_match_a_descriptor_or_the_start_of_the_code():
    make_code("J1885", long_descriptor="Injection, ketorolac, 15 mg", short_descriptor="Ketorolac inj")
    make_code("J1886", long_descriptor="Injection, lidocaine", short_descriptor="")
    assert found(HcpcsCode.objects.matching("KETOROLAC inject")) == ["J1885"]
    assert found(HcpcsCode.objects.matching("j188")) == ["J1885", "J1886"]
    assert found(HcpcsCode.objects.matching("885")) == []
    assert found(HcpcsCode.objects.matching("%")) == []


def test_published_records_leave_out_the_starter_set_and_releases_being_loaded():
    make_code("J1885", make_release("2025Q4"))
    make_code("J1885", make_release("2025Q3", current=False))
    make_code("J1885", make_release("2026Q1", current=False, state=Release.State.LOADING))
    make_code("J1885", make_release("2025Q2", current=False, origin=Release.Origin.STARTER))
    assert [code.release.quarter for code in HcpcsCode.objects.published()] == ["2025Q4", "2025Q3"]


def test_neighbors_are_the_nearest_codes_on_each_side_in_order():
    for number in range(10):
        make_code(f"J000{number}")
    before, after = HcpcsCode.objects.beside("J0005", 2)
    assert [code.code for code in before] == ["J0003", "J0004"]
    assert [code.code for code in after] == ["J0006", "J0007"]
