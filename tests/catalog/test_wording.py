from hypothesis import given
from hypothesis import strategies as st

from catalog.wording import Piece, compare, excerpt, shorten

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
    assert excerpt(pieces) == pieces


def test_a_long_text_is_cut_at_a_whole_word():
    assert shorten("alpha beta, gamma", limit=14) == "alpha beta…"
    assert shorten("alpha beta", limit=10) == "alpha beta"
