import pytest

from catalog.models import Level, Section
from catalog.tree import Count, Tree
from tests.builders import make_level, make_section

pytestmark = pytest.mark.django_db


def tree(in_force=None) -> Tree:
    return Tree(Level.objects.all(), Section.objects.prefetch_related("ranges"), in_force or {})


def test_narrowest_range_wins_where_ranges_nest():
    equipment = make_section("equipment", ("E0000", "E9999"))
    sleep = make_section("sleep", ("E0530", "E0606"), parent=equipment)
    airway = make_section("airway", ("E0601", "E0601"), parent=sleep)
    found = tree()
    assert found.narrowest("E0601") == airway
    assert found.narrowest("E0600") == found.narrowest("E0602") == sleep
    assert found.narrowest("E0607") == found.narrowest("E0529") == equipment


def test_a_wide_range_stands_on_both_sides_of_an_island():
    make_section("medicine", ("90000", "99999"), level=make_level(1), kind="cpt_i")
    make_section("visits", ("99202", "99499"), level=make_level(1), kind="cpt_i")
    found = tree()
    assert [found.narrowest(code).slug for code in ("99201", "99202", "99499", "99500")] == [
        "medicine",
        "visits",
        "visits",
        "medicine",
    ]


def test_a_section_may_own_several_stretches():
    make_section("pads", ("E0181", "E0199"), ("E0370", "E0373"))
    found = tree()
    assert found.narrowest("E0199").slug == found.narrowest("E0370").slug == "pads"
    assert found.narrowest("E0200") is None


def test_number_lines_do_not_mix():
    make_section("lab", ("0001U", "0050U"), level=make_level(1), kind="pla")
    found = tree()
    assert found.narrowest("0001U").slug == "lab"
    assert found.narrowest("U0001") is None
    assert found.narrowest("0001T") is None
    assert found.narrowest("00010") is None


def test_counts_climb_to_every_ancestor():
    drugs = make_section("drugs", ("J0000", "J9999"))
    injected = make_section("injected", ("J0120", "J3591"), parent=drugs)
    found = tree({"J1885": True, "J1890": False, "J9000": True, "Q0001": True})
    assert found.count(injected) == Count(in_force=1, ended=1)
    assert found.count(drugs) == Count(in_force=2, ended=1)
    assert found.count(drugs).total == 3


def test_path_runs_from_the_top_down():
    drugs = make_section("drugs", ("J0000", "J9999"))
    injected = make_section("injected", ("J0120", "J3591"), parent=drugs)
    found = tree()
    assert [section.slug for section in found.path(injected)] == ["drugs", "injected"]
    assert found.children(drugs) == [injected]
    assert found.top(2) == [drugs]
    assert found.top(1) == []


def test_bounds_are_the_first_and_last_code_on_file():
    drugs = make_section("drugs", ("J0000", "J9999"))
    empty = make_section("empty", ("K0000", "K9999"))
    found = tree({"J9999": True, "J0120": False, "J1885": True})
    assert found.bounds(drugs) == ("J0120", "J9999")
    assert found.bounds(empty) is None


def test_stretches_leave_out_narrower_ranges_from_elsewhere():
    drugs = make_section("drugs", ("J0000", "J9999"))
    injected = make_section("injected", ("J0120", "J3591"), parent=drugs)
    make_section("unclassified", ("J3490", "J3490"), parent=drugs)
    found = tree()
    assert found.stretches(injected) == [("J0120", "J3489"), ("J3491", "J3591")]
    assert found.stretches(drugs) == [("J0000", "J9999")]


def test_stretches_hold_exactly_the_codes_that_are_counted():
    devices = make_section("devices", ("C1600", "C1900"), ("C2596", "C2699"))
    make_section("sources", ("C1716", "C1719"), ("C2634", "C2634"))
    on_file = [f"C{number}" for number in range(1500, 2800)]
    found = tree(dict.fromkeys(on_file, True))
    inside = [code for code in on_file if any(low <= code <= high for low, high in found.stretches(devices))]
    assert len(inside) == found.count(devices).total


@pytest.mark.parametrize(("low", "high"), [("00100", "01999"), ("0042T", "0999T"), ("J0120", "J3591")])
def test_stretches_are_spelled_as_codes_of_their_number_line(low, high):
    assert tree_of(low, high).stretches(Section.objects.get()) == [(low, high)]


def tree_of(low: str, high: str) -> Tree:
    make_section("only", (low, high))
    return tree()
