import pytest

from catalog.models import Section, SectionRange
from catalog.moved_codes import Move, Place, compare, count, if_deleted, if_saved, seal
from tests.builders import make_addon, make_code, make_release, make_section


def place(title: str, *ranges: tuple[str, str], parent: int | None = None) -> Place:
    return Place(title, parent, ranges)


# --- Compared ---


def test_codes_that_lose_their_section_fall_to_the_wider_one():
    drugs, injected = place("Drugs", ("J0000", "J9999")), ("J0120", "J3591")
    before = {1: drugs, 2: place("Injected", injected, parent=1)}
    after = {1: drugs, 2: place("Injected", ("J0120", "J1999"), parent=1)}
    assert compare(["J2000", "J1000", "J3000", "J9999"], before, after) == [
        Move(before=("Drugs", "Injected"), after=("Drugs",), codes=("J2000", "J3000"))
    ]


def test_codes_outside_of_all_sections_come_from_nowhere_and_go_there():
    one, other = {1: place("Lab", ("U0000", "U0005"))}, {1: place("Lab", ("U0004", "U0009"))}
    assert compare(["U0001", "U0005", "U0009"], one, other) == [
        Move(("Lab",), (), ("U0001",)),
        Move((), ("Lab",), ("U0009",)),
    ]


def test_with_a_section_its_codes_and_those_below_it_go_to_another_parent():
    tree = {
        1: place("Drugs"),
        2: place("Supplies"),
        3: place("Pumps", ("E0001", "E0009"), parent=1),
        4: place("Small pumps", ("E0005", "E0005"), parent=3),
    }
    moved = compare(["E0001", "E0005"], tree, tree | {3: tree[3]._replace(parent=2)})
    assert moved == [
        Move(("Drugs", "Pumps"), ("Supplies", "Pumps"), ("E0001",)),
        Move(("Drugs", "Pumps", "Small pumps"), ("Supplies", "Pumps", "Small pumps"), ("E0005",)),
    ]
    assert count(moved) == 2


def test_another_title_moves_nothing():
    assert compare(["U0001"], {1: place("Lab", ("U0000", "U9999"))}, {1: place("L", ("U0000", "U9999"))}) == []


def test_sections_in_a_circle_end_somewhere():
    tree = {1: place("One", ("U0001", "U0001"), parent=2), 2: place("Two", parent=1)}
    assert compare(["U0001"], tree, {}) == [Move(("Two", "One"), (), ("U0001",))]


def test_the_seal_is_of_these_moves_alone():
    move = Move(("Lab",), (), ("U0001",))
    assert seal([move]) == seal([Move(("Lab",), (), ("U0001",))]) != seal([move._replace(codes=("U0002",))])


# --- Of what is on file ---


@pytest.fixture
def drugs() -> Section:
    release = make_release()
    for code in ("J1000", "J2000", "J9000"):
        make_code(code, release)
    make_addon("99292", "J3000")  # codes that no HCPCS release has, but a table names
    drugs = make_section("drugs", ("J0000", "J9999"))
    make_section("injected", ("J0120", "J3591"), parent=drugs)
    return drugs


@pytest.mark.django_db
def test_codes_on_file_and_codes_of_the_tables_move(drugs):
    injected = Section.objects.get(slug="injected")
    assert if_saved(injected, [SectionRange(low="J0120", high="J1999")]) == [
        Move(("Drugs", "Injected"), ("Drugs",), ("J2000", "J3000"))
    ]
    assert if_deleted([injected]) == [Move(("Drugs", "Injected"), ("Drugs",), ("J1000", "J2000", "J3000"))]


@pytest.mark.django_db
def test_a_new_section_takes_codes_from_the_one_around_it(drugs):
    new = Section(title="Cancer", parent=drugs)
    assert if_saved(new, [SectionRange(low="J8500", high="J9999")]) == [
        Move(("Drugs",), ("Drugs", "Cancer"), ("J9000",))
    ]


@pytest.mark.django_db
def test_where_nothing_moves_no_code_is_looked_at(drugs, django_assert_num_queries):
    ranges = list(drugs.ranges.all())
    drugs.title = "Medicines"
    with django_assert_num_queries(2):  # sections and their ranges
        assert if_saved(drugs, ranges) == []
