"""The map of the code space: where its blocks stand, and that it claims nothing it does not know."""

from __future__ import annotations

import itertools

import pytest

from catalog import codemap
from catalog.models import Level, Section
from catalog.tree import Tree
from tests.builders import make_level, make_section

CPT = {"kind": "cpt_i"}


def spans(weights: list[float], width: float = 1000, gap: float = 4) -> list[tuple[float, float]]:
    return codemap.lay_out(weights, width, gap)


def test_blocks_fill_the_row_in_proportion_to_their_weights():
    (first, wide), (second, wider) = spans([1, 3], width=404)
    assert (first, wide) == (0, 100)
    assert (second, wider) == (104, 300)


def test_no_block_is_too_narrow_and_the_wide_ones_make_up_for_it():
    blocks = spans([1, 2, 500, 500])
    widths = [width for _, width in blocks]
    assert widths[:2] == [codemap.NARROWEST, codemap.NARROWEST]
    assert widths[2] == widths[3]
    assert sum(widths) == pytest.approx(1000 - 3 * 4, abs=0.5)


def test_a_block_squeezed_below_the_minimum_by_others_is_widened_too():
    assert min(width for _, width in spans([0, 0, 0, 32, 1000], width=200)) == codemap.NARROWEST


@pytest.mark.parametrize("weights", [[], [0], [0, 0, 0]])
def test_a_row_without_codes_can_be_laid_out(weights):
    assert [width for _, width in spans(weights)] == [codemap.NARROWEST] * len(weights)


@pytest.fixture
def tree(db) -> Tree:
    """Level I in two blocks of one section and one of its own; two letters, dental and local codes."""
    one, three = {"level": make_level(1)} | CPT, {"level": make_level(3), "kind": "local"}
    surgery = make_section("surgery", ("10000", "69999"), **one)
    make_section("skin", ("10000", "19999"), parent=surgery, map_title="Skin", **one)
    make_section("bones", ("20000", "29999"), parent=surgery, map_title="Bones, joints", sort=1, **one)
    make_section("visits", ("98000", "98016"), ("99201", "99499"), map_title="Visits", sort=1, **one)
    make_section("tracking", ("0001F", "9999F"), map_title="Cat II", sort=2, **one | {"kind": "cpt_ii"})
    make_section("a-supplies", ("A0000", "A9999"), map_title="Supplies")
    make_section("j-drugs", ("J0000", "J9999"), map_title="Drugs")
    make_section("d-dental", ("D0000", "D9999"), kind="dental", map_title="Dental")
    make_section("local", ("W0000", "W9999"), ("Z0000", "Z9999"), map_title="Local", **three)
    in_force = {f"J{number:04}": number % 2 == 0 for number in range(90)} | {"A0021": True}
    return Tree(Level.objects.all(), Section.objects.prefetch_related("ranges"), in_force)


def test_each_level_in_use_has_a_row_and_its_blocks_their_keys(tree):
    drawn = codemap.draw(tree)
    assert [block.key for block in drawn.level_one] == ["1", "2", "99", "F"]
    assert [block.key for block in drawn.level_two] == ["A", "J", "D", "W–Z"]


def test_level_two_is_drawn_to_scale_and_counted(tree):
    drawn = codemap.draw(tree)
    supplies, drugs, *_ = drawn.level_two
    assert drawn.codes == 91
    assert supplies.width == codemap.NARROWEST
    assert drugs.lines == ("Drugs", "90")
    assert "90 codes" in drugs.label


def test_no_number_of_codes_stands_on_level_one_dental_and_local_blocks(tree):
    drawn = codemap.draw(tree)
    silent = [*drawn.level_one, *drawn.level_two[2:]]
    assert not any(character.isdigit() for block in silent for line in block.lines for character in line)
    assert {block.state for block in drawn.level_one} == {"outlined"}
    assert [block.state for block in drawn.level_two] == ["loaded", "loaded", "elsewhere", "ended"]


def test_names_on_level_one_take_two_lines_and_all_fit(tree):
    skin, bones, *_ = codemap.draw(tree).level_one
    assert skin.lines == ("Skin", "")
    assert bones.lines == ("Bones,", "joints")


def test_blocks_of_a_row_do_not_touch_and_stay_inside(tree):
    drawn = codemap.draw(tree)
    for row in (drawn.level_one, drawn.level_two):
        for left, right in itertools.pairwise(row):
            assert left.x + left.width < right.x
        assert row[-1].x + row[-1].width <= codemap.WIDTH


def test_a_database_without_sections_has_an_empty_map(db):
    drawn = codemap.draw(Tree([], [], {}))
    assert drawn == ((), (), 0)
