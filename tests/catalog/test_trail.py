from hypothesis import given
from hypothesis import strategies as st

from catalog import trail
from catalog.trail import Kind, Piece, compare, differences, shortened


def marked(before: str, after: str) -> str:
    signs = {Kind.SAME: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "[+{}+]"}
    return "".join(signs[piece.kind].format(piece.text) for piece in compare(before, after))


def test_words_are_compared_not_letters():
    assert marked("Drugs given by mouth", "Drugs taken by mouth") == "Drugs [-given-][+taken+] by mouth"


def test_what_was_put_in_or_taken_out_stands_alone():
    assert marked("Injected drugs", "Injected oral drugs") == "Injected [+oral +]drugs"
    assert marked("Injected oral drugs", "Injected drugs") == "Injected [-oral -]drugs"


def test_punctuation_changes_without_the_word_beside_it():
    assert marked("Drugs, not chemo.", "Drugs; not chemo.") == "Drugs[-,-][+;+] not chemo."


def test_a_little_word_between_two_changes_is_read_with_them():
    assert (
        marked("made up of drugs", "consists in the of things")
        == "[-made up of drugs-][+consists in the of things+]"
    )


def test_a_sentence_that_was_added_begins_behind_the_full_stop():
    assert marked("The old one. Last.", "Our old one. Last. And one more.") == (
        "[-The-][+Our+] old one. Last.[+ And one more.+]"
    )
    assert marked("The old one. Last. And one more.", "Our old one. Last.") == (
        "[-The-][+Our+] old one. Last.[- And one more.-]"
    )


def test_a_line_break_between_two_changes_stays_where_it_is():
    assert marked("one\ntwo", "1\n2") == "[-one-][+1+]\n[-two-][+2+]"


def test_texts_that_are_alike_are_one_piece():
    assert compare("Drugs", "Drugs") == [Piece(Kind.SAME, "Drugs")]
    assert compare("", "") == []


@given(st.text(alphabet="ab ,\n", max_size=60), st.text(alphabet="ab ,\n", max_size=60))
def test_the_pieces_make_up_both_texts_whatever_they_say(before, after):
    pieces = compare(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.REMOVED) == after


def test_very_long_texts_are_compared_by_lines(monkeypatch):
    monkeypatch.setattr(trail, "MOST_WORDS", 4)
    assert marked("a b c\nd e f\n", "x b c\nd e y\n") == "[-a b c\nd e f-][+x b c\nd e y+]\n"
    assert (
        marked("a b\nsame line\nc d\n", "x b\nsame line\nc y\n") == "[-a b\n-][+x b\n+]same line\n[-c d-][+c y+]\n"
    )


def test_only_fields_that_differ_are_told_in_order_and_missing_ones_count_as_empty():
    found = differences({"Title": "A", "Note": "x", "Gone": "g"}, {"Title": "A", "Note": "y", "New": "n"})
    assert [(one.label, one.before, one.after) for one in found] == [
        ("Note", "x", "y"),
        ("New", "", "n"),
        ("Gone", "g", ""),
    ]


def test_long_stretches_that_stayed_are_cut_down_beside_the_changes():
    stayed = " ".join(f"word{number}" for number in range(100))
    first, _, _, last = shortened(compare(f"{stayed} old {stayed}", f"{stayed} new {stayed}"))
    assert first.is_cut
    assert first.text == ""
    assert first.after.endswith("word99 ")
    assert last.is_cut
    assert last.text.startswith(" word0 word1")
    assert len(last.text) <= 80
    (whole,) = shortened(compare(stayed, stayed))
    assert whole.text == stayed


def test_short_stretches_that_stayed_are_left_whole():
    pieces = compare("A range of drugs", "A stretch of drugs")
    assert shortened(pieces) == pieces


@given(st.text(alphabet="ab \n", max_size=400), st.integers(0, 9))
def test_what_is_cut_down_is_never_longer_and_keeps_every_change(stayed, around):
    pieces = compare(f"{stayed}old", f"{stayed}new")
    cut = shortened(pieces, around)
    changes = [[piece for piece in one if piece.kind != Kind.SAME] for one in (pieces, cut)]
    assert changes[0] == changes[1]
    assert sum(len(piece.text) for piece in cut) <= sum(len(piece.text) for piece in pieces)
