"""One index after another: what the next takes over must not be seen in its answers."""

import weakref

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.search import build
from tests.search_entries import entry, section

ENTRIES = (
    entry("E0100", "Cane of wood, for a foot rest", where="Canes"),
    entry("E0143", "Walker, folding, in line", where="Walkers"),
    entry("E0950", "Tray for a wheel chair", short="Tray, whlchr", where="Chairs"),
    entry("K0001", "Wheelchair, standard", short="Stand whlchr", where="Chairs"),
    entry("K0002", "Foot board, wheelchair", short="Board, whlchr", ended=True),
    entry("RR", "Rental of a cane"),
)
SECTIONS = (
    section("chairs", "Chairs", description="Anything to sit on"),
    section("walkers", "Walkers", description="With a footrest or inline wheels"),
    section("canes", "Wheelchairs and canes", path_titles=("Walkers",)),
)
SYNONYMS = (
    ("footboard", "wheelchair tray", ""),
    ("foot rest", "", "E0950"),
    ("hire", "rental", ""),
    ("stick footrest", "cane", ""),
    ("wheel", "", "RR"),
    ("hire", "walker", ""),
)
TEXTS = (
    *(
        "wheelchair",
        "wheel chair",
        "footrest",
        "foot rest",
        "footboard",
        "foot board",
        "inline",
        "in line",
        "whlchr",
    ),
    *(
        "hire",
        "rental",
        "stick",
        "cane",
        "walkers",
        "sit",
        "tray",
        "wheelchar",
        "E0950",
        "E09",
        "standard",
        "chairs",
    ),
)


def some_of(lot: tuple) -> st.SearchStrategy[list]:
    return st.lists(st.sampled_from(lot), unique=True)


@settings(max_examples=60)
@given(st.lists(st.tuples(some_of(ENTRIES), some_of(SECTIONS), some_of(SYNONYMS)), min_size=2, max_size=4))
def test_an_index_made_after_another_answers_as_if_there_had_been_none(made_of):
    held = None
    for entries, sections, synonyms in made_of:
        held, alone = build(entries, sections, synonyms, held), build(entries, sections, synonyms)
        assert [held.search(text) for text in TEXTS] == [alone.search(text) for text in TEXTS]


@settings(max_examples=60)
@given(some_of(SYNONYMS), some_of(SYNONYMS))
def test_an_index_with_other_synonyms_answers_as_if_there_had_been_no_others(some, others):
    held = build(ENTRIES, SECTIONS, some).with_synonyms(others)
    alone = build(ENTRIES, SECTIONS, others)
    assert [held.search(text) for text in TEXTS] == [alone.search(text) for text in TEXTS]


def test_an_index_of_the_same_is_the_same_index():
    held = build(ENTRIES, SECTIONS, SYNONYMS)
    assert build(ENTRIES[::-1], SECTIONS, SYNONYMS, held) is held
    assert held.with_synonyms(SYNONYMS) is held
    assert held.with_synonyms(SYNONYMS[1:]) is not held


def test_an_index_is_gone_as_soon_as_nobody_holds_it():
    held = build(ENTRIES, SECTIONS, SYNONYMS)
    held.search("wheelchar")
    watched, after = weakref.ref(held), held.with_synonyms(())
    del held
    assert watched() is None
    assert [entry.code for entry in after.search("cane").entries] == ["E0100"]
