import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.reading import LONGEST, Marks, Reader, highlight

WORDS = {"wheel": 4, "wheelchair": 9, "cushion": 5, "ketorolac": 2, "injection": 8, "whlchr": 0}
WORDS |= {"xray": 1, "x": 2, "ray": 2}


def reader(words=None, abbreviations=None, meanings=()) -> Reader:
    return Reader(WORDS | (words or {}), abbreviations or {}, meanings)


def stems(text: str, **more) -> list[dict[str, float]]:
    return [reading.stems for reading in reader(**more).read(text).readings if reading.is_word]


def test_a_word_on_file_stands_for_itself():
    assert stems("wheelchairs and rays ") == [{"wheelchair": 1.0}, {"ray": 1.0}]


def test_the_last_word_also_stands_for_what_it_may_become():
    (found,) = stems("wheel")
    assert set(found) == {"wheel", "wheelchair"}
    assert found["wheel"] > found["wheelchair"]


def test_a_word_with_a_blank_behind_it_is_finished():
    assert stems("wheel ") == [{"wheel": 1.0}]


def test_words_of_grammar_are_read_only_when_there_is_nothing_else():
    assert len(stems("the wheel of ")) == 1
    assert stems("the ") == []


def test_a_cross_reference_of_a_printed_index_is_not_read():
    assert stems("Wheel (see also Cushion), ") == [{"wheel": 1.0}]


def test_an_abbreviation_stands_for_what_it_is_short_for():
    (found,) = stems("whlchr ", abbreviations={"whlchr": {"wheelchair"}})
    assert found["wheelchair"] < found["whlchr"] == 1.0


@pytest.mark.parametrize("typed", ["x ray ", "x-ray ", "X-Ray "])
def test_two_words_also_stand_for_the_one_they_may_be_written_as(typed):
    assert stems(typed) == [{"x": 1.0, "xray": 1.0}, {"ray": 1.0, "xray": 1.0}]
    assert [reading.stems for reading in reader().read(typed).readings if not reading.is_word] == [{"xray": 1.0}]


def test_a_misspelled_word_is_read_as_the_word_meant_and_the_text_is_put_right():
    query = reader().read("Ketorlac Injection")
    assert query.suggestion == "ketorolac Injection"
    assert "ketorolac" in query.readings[0].stems


def test_a_word_may_be_misspelled_before_it_is_finished():
    assert reader().read("wheel ketorl").suggestion == "wheel ketorolac"
    assert reader().read("ketorl wheel").suggestion == ""


def test_words_on_file_are_never_corrected():
    assert reader({"ketorolax": 1}).read("ketorolax").suggestion == ""
    assert reader({"ketorolax": 0}).read("ketorolax").suggestion == ""


def test_two_words_without_the_blank_between_them_are_two_words():
    assert stems("raywheel ") == [{"ray": 1.0}, {"wheel": 1.0}]
    assert stems("raywhee ") == []


def test_a_text_may_be_of_any_length_but_only_its_beginning_is_read():
    assert reader().read("cushion " + "!" * LONGEST + " wheel ").marks.stems == {"cushion"}


@given(st.text())
def test_any_text_can_be_read_and_marked(text):
    query = reader().read(text)
    assert "".join(piece for piece, _ in highlight(text, query.marks)) == text


def marked(text: str, marks: Marks) -> str:
    return "".join(f"[{piece}]" if is_match else piece for piece, is_match in highlight(text, marks))


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("Wheelchair, with wheels", "wheel", "[Wheel]chair, with [wheel]s"),
        ("Cushions for a wheelchair", "cushion ", "[Cushions] for a wheelchair"),
        ("Portable x-ray, per ray", "xray ", "Portable [x-ray], per ray"),
        ("Portable x-ray, per ray", "x ray ", "Portable [x-ray], per [ray]"),
        ("Injection, ketorolac", "ketorlac", "Injection, [ketorolac]"),
        ("Walker with wheel", "wheel with", "Walker with [wheel]"),
        ("", "wheel", ""),
    ],
)
def test_what_was_read_is_marked(text, typed, shown):
    assert marked(text, reader().read(typed).marks) == shown


def test_what_a_synonym_means_is_marked():
    query = reader({"wc": 1}, meanings=[(["wc"], ["wheelchair"])]).read("wc ")
    assert marked("Tray for wheelchair", query.marks) == "Tray for [wheelchair]"


def test_nothing_is_marked_without_marks():
    assert highlight("Wheelchair", Marks()) == [("Wheelchair", False)]


def test_a_reader_is_gone_as_soon_as_nobody_holds_it():
    held = reader()
    held.read("ketorlac")
    watched = weakref.ref(held)
    del held
    assert watched() is None
