import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.shapes import CODE
from catalog.typed_code import Stage, read

CODES = st.from_regex(CODE, fullmatch=True)


@pytest.mark.parametrize(
    ("text", "stage", "taken"),
    [
        ("", Stage.NOTHING, ""),
        (" \u200f\u200b ", Stage.NOTHING, ""),
        ("J1885", Stage.CODE, "J1885"),
        ("\u200fj1885\u200e", Stage.CODE, "J1885"),
        ("j 1885", Stage.CODE, "J1885"),
        ("992O3", Stage.CODE, "99203"),
        ("97597-59", Stage.CODE, "97597"),
        ("99213, J1885", Stage.CODE, "99213"),
        ("99213-99215", Stage.CODE, "99213"),
        ("99213-5", Stage.CODE, "99213"),
        ("J", Stage.BEGINNING, "J"),
        ("j 18", Stage.BEGINNING, "J18"),
        ("0001", Stage.BEGINNING, "0001"),
        ("59", Stage.MODIFIER, "59"),
        ("J1", Stage.BEGINNING, "J1"),
        ("J1885 x2", Stage.CODE, "J1885"),
        ("LT", Stage.MODIFIER, "LT"),
        ("1P", Stage.MODIFIER, "1P"),
        ("F1234", Stage.NO_CODE, ""),
        ("E11.9", Stage.NO_CODE, ""),
        ("00409-3796-01", Stage.NO_CODE, ""),
        ("99O", Stage.NO_CODE, ""),
        ("wheelchair", Stage.NO_CODE, ""),
        ("x" * 20_000, Stage.NO_CODE, ""),
        ("\U0001f48a", Stage.NO_CODE, ""),
    ],
)
def test_what_of_a_text_is_taken_apart(text, stage, taken):
    reading = read(text)
    assert (reading.stage, reading.taken) == (stage, taken)


def test_further_codes_wait_their_turn():
    assert read("99213-25, J1885 0001U").others == ("J1885", "0001U")
    assert read("E0950-E1298").others == ("E1298",)


@pytest.mark.parametrize(
    ("code", "twin"),
    [("0001U", "U0001"), ("U0001", "0001U"), ("J1885", "1885J"), ("99213", ""), ("0500F", "F0500")],
)
def test_the_twin_has_its_letter_at_the_other_end(code, twin):
    assert read(code).twin == twin


@given(CODES)
def test_every_beginning_of_a_code_is_its_beginning_and_two_digits_a_modifier_before_that(code):
    for length in range(1, 5):
        reading = read(code[:length])
        is_modifier = length == 2 and code[:2].isdigit()
        stage = Stage.MODIFIER if is_modifier else Stage.BEGINNING
        assert (reading.stage, reading.taken) == (stage, code[:length])
        low, high = reading.span
        assert low[:length] == high[:length] == code[:length]


def test_a_code_named_twice_waits_for_no_second_turn():
    assert read("J1885 J1885").others == ()
    assert read("J1885, 0001U, J1885-59, 99213, 0001U").others == ("0001U", "99213")


@pytest.mark.parametrize(
    ("text", "units", "modifiers"),
    [
        ("J1885 x2", "2", ()),
        ("J1885x2", "2", ()),
        ("97597-59 x12", "12", ("59",)),
        ("J1885 10 units, 99213", "10", ()),
        ("99213, J1885 x2", "", ()),
        ("J1885-X2", "", ("X2",)),
        ("J1885", "", ()),
    ],
)
def test_units_are_taken_off_before_modifiers_are_read(text, units, modifiers):
    reading = read(text)
    assert (reading.units, reading.modifiers) == (units, modifiers)


def test_what_was_typed_is_kept_as_it_was_typed():
    assert read(" wheelchair Brake ").typed == "wheelchair Brake"


@given(CODES)
def test_a_code_is_taken_as_it_stands(code):
    assert read(code).taken == code


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    reading = read(text)
    assert bool(reading.taken) == (reading.stage in (Stage.CODE, Stage.BEGINNING, Stage.MODIFIER))
