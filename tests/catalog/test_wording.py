from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from catalog.importers.hcpcs import Row
from catalog.wording import LABELS, FieldChange, Piece, compare, excerpt, field_changes, shorten, us_date

words = st.lists(st.sampled_from(["drug,", "injection", "per", "15", "mg", "each"]), max_size=12).map(" ".join)


def test_a_replaced_word_is_shown_removed_then_added():
    assert compare("Injection, per 15 mg", "Injection, each 15 mg") == [
        Piece("same", "Injection,"),
        Piece("removed", "per"),
        Piece("added", "each"),
        Piece("same", "15 mg"),
    ]


def test_equal_wordings_have_one_piece():
    assert compare("Crutches, pair", "Crutches, pair") == [Piece("same", "Crutches, pair")]


def test_a_changed_case_counts_as_a_change():
    assert [piece.kind for piece in compare("nos", "NOS")] == ["removed", "added"]


def test_two_empty_wordings_have_no_pieces():
    assert compare("", "") == []


@given(words, words)
def test_both_wordings_can_be_read_back_from_the_pieces(before, after):
    pieces = compare(before, after)
    assert " ".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert " ".join(piece.text for piece in pieces if piece.kind != "removed") == after


def test_an_excerpt_keeps_the_words_beside_a_change():
    long = " ".join(f"w{n}" for n in range(40))
    pieces = excerpt(compare(f"{long} old", f"{long} new"), around=3)
    assert pieces == [Piece("same", "… w37 w38 w39"), Piece("removed", "old"), Piece("added", "new")]


def test_an_excerpt_cuts_between_two_changes_on_both_sides():
    middle = " ".join(f"w{n}" for n in range(40))
    pieces = excerpt(compare(f"a {middle} b", f"x {middle} y"), around=2)
    assert Piece("same", "w0 w1 … w38 w39") in pieces


def test_an_excerpt_leaves_short_texts_whole():
    pieces = compare("one two three", "one two four")
    assert excerpt(pieces, around=12) == pieces


def test_a_long_text_is_cut_at_a_whole_word():
    assert shorten("alpha beta, gamma", limit=14) == "alpha beta…"
    assert shorten("alpha beta", limit=10) == "alpha beta"


def test_changed_fields_are_named_in_reading_order():
    changes = field_changes({"betos": ["", "O1E"], "coverage_code": ["C", "D"]})
    assert changes == [FieldChange("Coverage", "C", "D"), FieldChange("BETOS", "", "O1E")]


def test_dates_and_lists_are_read_out():
    fields = {"termination_date": [None, "2025-09-30"], "pricing_indicators": [["51"], ["51", "57"]]}
    assert field_changes(fields) == [
        FieldChange("Last valid day", "", "Sep 30, 2025"),
        FieldChange("Pricing", "51", "51 57"),
    ]


def test_a_changed_descriptor_is_compared_word_by_word():
    [change] = field_changes({"long_descriptor": ["per 15 mg", "each 15 mg"]})
    assert [piece.kind for piece in change.pieces] == ["removed", "added", "same"]


def test_a_field_without_a_label_still_shows_its_change():
    assert field_changes({"new_field": ["a", "b"]}) == [FieldChange("New field", "a", "b")]


def test_every_field_a_release_can_change_has_a_label():
    of_codes = {*Row._fields} - {"record", "code", "line", "action_code", "action_effective_date"}
    of_edits = {"modifier_indicator", "mue_value", "adjudication_indicator", "edit_type", "effective_date"}
    of_edits |= {"deletion_date", "add_on_deletion_date", "primary_deletion_date"}
    assert of_codes | of_edits == set(LABELS)


def test_a_long_descriptor_with_recurring_words_is_still_compared_word_by_word():
    recurring = " per day and" * 100
    assert [piece.text for piece in compare("old" + recurring, "new" + recurring)][:2] == ["old", "new"]
    assert len(compare("old" + recurring, "new" + recurring)) == 3


def test_changed_descriptors_can_be_cut_to_what_is_around_the_changes():
    long = " ".join(f"w{n}" for n in range(40))
    [change] = field_changes({"long_descriptor": [f"{long} old", f"{long} new"]}, around=2)
    assert change.pieces[0] == Piece("same", "… w38 w39")
    assert change.before.startswith("w0 ")


def test_a_date_reads_as_people_in_the_us_write_it():
    assert us_date(date(2025, 11, 4)) == "Nov 4, 2025"
