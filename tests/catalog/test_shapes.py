"""Shapes, number lines and CPT sections by number."""

import pytest

from catalog.codes import (
    Kind,
    Level,
    contains,
    cpt_category_one_section,
    is_code,
    is_modifier,
    kind_of,
    level_of,
    number,
    series,
)


@pytest.mark.parametrize(
    ("code", "kind", "level"),
    [
        ("99213", Kind.CPT_I, Level.ONE),
        ("00100", Kind.CPT_I, Level.ONE),
        ("0500F", Kind.CPT_II, Level.ONE),
        ("0042T", Kind.CPT_III, Level.ONE),
        ("0001U", Kind.PLA, Level.ONE),
        ("0002M", Kind.MAAA, Level.ONE),
        ("0001A", Kind.VACCINE_ADMIN, Level.ONE),
        ("J1885", Kind.LEVEL_II, Level.TWO),
        ("U0001", Kind.LEVEL_II, Level.TWO),
        ("D0120", Kind.DENTAL, Level.TWO),
        ("W1234", Kind.LOCAL, Level.THREE),
        ("Z9999", Kind.LOCAL, Level.THREE),
    ],
)
def test_a_shape_says_kind_and_level(code, kind, level):
    assert kind_of(code) is kind
    assert level_of(code) is level


def test_level_two_has_the_seventeen_letters_of_the_cms_file():
    letters = {
        letter for letter in map(chr, range(ord("A"), ord("Z") + 1)) if kind_of(f"{letter}0001") is Kind.LEVEL_II
    }
    assert letters == set("ABCEGHJKLMPQRSTUV")


@pytest.mark.parametrize(
    "text",
    [
        "F1234",
        "I0100",
        "N1234",
        "O0100",
        "0001G",
        "0001F ",
        "99213\n",
        "j1885",
        "9921",
        "992131",
        "",
        "٩٩٢١٣",
        "CCCCC",
    ],
)
def test_other_texts_have_no_kind_and_no_level(text):
    assert not is_code(text)
    assert kind_of(text) is None
    assert level_of(text) is None


@pytest.mark.parametrize("text", ["25", "00", "LT", "E1", "X2", "1P", "2P", "3P", "8P"])
def test_modifiers_have_two_characters(text):
    assert is_modifier(text)


@pytest.mark.parametrize("text", ["4P", "9A", "L", "LTX", "lt", "2\n", "", "٢٥"])
def test_not_every_two_characters_are_a_modifier(text):
    assert not is_modifier(text)


@pytest.mark.parametrize(
    ("code", "line", "place"),
    [
        ("99213", "", 99213),
        ("00100", "", 100),
        ("0001U", "#U", 1),
        ("U0001", "U", 1),
        ("1000T", "#T", 1000),
        ("T1000", "T", 1000),
        ("0500F", "#F", 500),
        ("J1885", "J", 1885),
    ],
)
def test_every_suffix_and_every_letter_is_a_number_line_of_its_own(code, line, place):
    assert series(code) == line
    assert number(code) == place


@pytest.mark.parametrize("ask", [series, number])
def test_what_is_not_a_code_has_no_place_on_a_line(ask):
    with pytest.raises(ValueError, match="not a code"):
        ask("F1234")


def test_a_range_contains_both_ends_and_nothing_beyond():
    inside = [code for code in ("J0119", "J0120", "J1885", "J3591", "J3592") if contains("J0120", "J3591", code)]
    assert inside == ["J0120", "J1885", "J3591"]


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [
        ("0001U", "0500U", "U0001"),
        ("0001U", "0500U", "00100"),
        ("00100", "01999", "0500F"),
        ("A0000", "V9999", "J1885"),
        ("J3591", "J0120", "J1885"),
        ("J0120", "J3591", "j1885"),
        ("F0001", "F9999", "F1234"),
    ],
)
def test_a_range_contains_nothing_of_another_line_and_nothing_when_reversed(low, high, code):
    assert not contains(low, high, code)


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("98000", "evaluation-and-management"),
        ("98016", "evaluation-and-management"),
        ("98017", "medicine"),
        ("99200", "medicine"),
        ("99201", "evaluation-and-management"),
        ("99499", "evaluation-and-management"),
        ("99500", "medicine"),
        ("99099", "medicine"),
        ("99100", "anesthesia"),
        ("99140", "anesthesia"),
        ("99141", "medicine"),
        ("00099", None),
        ("00100", "anesthesia"),
        ("01999", "anesthesia"),
        ("02000", None),
        ("09999", None),
        ("10000", "surgery"),
        ("69999", "surgery"),
        ("70000", "radiology"),
        ("79999", "radiology"),
        ("80000", "pathology-and-laboratory"),
        ("89999", "pathology-and-laboratory"),
        ("90000", "medicine"),
        ("99999", "medicine"),
        ("0001U", None),
        ("J1885", None),
        ("9921", None),
    ],
)
def test_a_five_digit_code_has_its_section_by_number(code, section):
    assert cpt_category_one_section(code) == section


def test_kinds_and_levels_have_words_for_people():
    assert [level.label for level in Level] == ["Level I", "Level II", "Level III"]
    assert len({kind.label for kind in Kind}) == len(Kind)
    assert Kind("pla") is Kind.PLA
