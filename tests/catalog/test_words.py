import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.words import Vocabulary, abbreviates, distance, glued, learn_abbreviations, split, stem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Chair, WHEEL-chair", ["chair", "wheel", "chair"]),
        ("10mg 0.5 mg .25ml", ["10", "mg", "0.5", "mg", ".25", "ml"]),
        ("up to 1,000 units", ["up", "to", "1000", "units"]),
        ("pad w/o pump, w/ strap w/out cord", ["pad", "without", "pump", "with", "strap", "without", "cord"]),
        ("T.E.N.S. lead", ["tens", "lead"]),
        ("Ringer’s and Crutchfield's", ["ringers", "and", "crutchfields"]),
        ("naïve café", ["naive", "cafe"]),
        ("see j9201", ["see", "j9201"]),
        ("", []),
        ("?!", []),
    ],
)
def test_a_text_is_split_into_plain_words(text, words):
    assert split(text) == words


@pytest.mark.parametrize(
    "text", ["not otherwise classified", "Not elsewhere-classified", "not otherwise specified", "NOS", "NOC"]
)
def test_all_names_of_a_catch_all_are_one_word(text):
    assert split(f"Pump, {text}") == ["pump", "noc"]


def test_glued_words_are_also_one_word():
    assert list(glued("x-ray of beta-1a, 10mg, wheel chair")) == ["xray", "beta1", "1a", "10mg"]


@pytest.mark.parametrize(
    "words",
    [
        "battery batteries",
        "crutch crutches",
        "box boxes",
        "dress dressed dressing dressings",
        "orthosis orthoses orthotic orthotics",
        "prosthesis prostheses prosthetic",
        "replace replaced replacing replacement replacements",
        "inject injection injectable injections",
        "infuse infusion infusions",
        "pad padded pads",
    ],
)
def test_forms_of_a_word_share_a_stem(words):
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    "words", ["glass gloss", "bus bu", "lot lotion", "port portion portable", "walk walker", "spring spr"]
)
def test_words_of_different_things_keep_different_stems(words):
    assert len({stem(word) for word in words.split()}) == len(words.split())


@pytest.mark.parametrize(
    ("short", "long", "is_short_for"),
    [
        ("whlchr", "wheelchair", True),
        ("inj", "injection", True),
        ("chair", "wheelchair", False),
        ("pump", "pump", False),
        ("pukm", "pumpkin", False),
    ],
)
def test_an_abbreviation_leaves_letters_out_but_not_the_first(short, long, is_short_for):
    assert abbreviates(short, long) is is_short_for


def test_abbreviations_are_learned_from_descriptors_side_by_side():
    descriptors = [
        (["brkt", "for", "whlchr"], {"bracket", "for", "wheelchair"}),
        (["whlchr", "tray"], {"wheelchair", "tray", "with", "handle"}),
        (["brkt"], {"bracelet"}),
    ]
    assert learn_abbreviations(descriptors) == {"whlchr": {"wheelchair"}}


def test_a_word_in_its_own_right_is_no_abbreviation():
    twice = [(["pad"], {"padded"})] * 2
    often = [(["pad"], {"pad"})] * 3
    assert learn_abbreviations(twice) == {"pad": {"padded"}}
    assert learn_abbreviations(twice + often) == {}


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("pump", "pump", 0),
        ("pump", "pmup", 1),
        ("pump", "pum", 1),
        ("pump", "pumpp", 1),
        ("pump", "pimp", 1),
        ("pump", "pimps", 2),
        ("pump", "crutch", 3),
    ],
)
def test_distance_counts_slips_up_to_its_limit(one, other, slips):
    assert distance(one, other, limit=2) == distance(other, one, limit=2) == slips


WORDS = {"crutch": 9, "crutches": 3, "clutch": 1, "walker": 5, "ketorolac": 2, "hemodialysis": 4, "gel": 7}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("crutvh", ["crutch"]),
        ("rcutch", ["crutch"]),
        ("walkre", ["walker"]),
        ("ketorlac", ["ketorolac"]),
        ("ketrolak", ["ketorolac"]),
        ("haemodialysis", ["hemodialysis"]),
        ("gek", []),
        ("rollator", []),
        ("1234567", []),
    ],
)
def test_a_slip_is_corrected_to_the_nearest_words(typed, meant):
    assert Vocabulary(WORDS).corrections(typed) == meant


def test_of_words_equally_near_the_commoner_one_comes_first():
    assert Vocabulary(WORDS).corrections("clrutch") == ["crutch", "clutch"]
    assert Vocabulary(WORDS | {"clutch": 10}).corrections("clrutch") == ["clutch", "crutch"]


def test_nobody_means_a_word_without_texts():
    vocabulary = Vocabulary(WORDS | {"walkr": 0})
    assert vocabulary.corrections("wlkr") == []
    assert vocabulary.starting_with("walk") == ["walker"]


def test_a_word_with_a_slip_need_not_be_finished():
    assert Vocabulary(WORDS).beginnings("ketorl") == ["ketorolac"]
    assert Vocabulary(WORDS).beginnings("kteor") == []


def test_two_words_written_as_one_are_taken_apart():
    assert Vocabulary(WORDS).parts("gelwalker") == ("gel", "walker")
    assert Vocabulary(WORDS).parts("gelwal") == ()


@given(st.text())
def test_any_text_splits_into_words_that_stay_themselves(text):
    words = split(text)
    assert split(" ".join(words)) == words
    assert all(stem(word) for word in words)
