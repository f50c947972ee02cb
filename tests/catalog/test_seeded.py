"""Choices that a seed settles."""

from hypothesis import given
from hypothesis import strategies as st

from catalog.seeded import chosen, ordered, rank, shuffled

seeds = st.text(max_size=8)


@given(seeds, st.integers(1, 400))
def test_shuffling_keeps_every_number_once(seed, size):
    assert sorted(shuffled(place, size, seed) for place in range(size)) == list(range(size))


def test_another_seed_shuffles_otherwise():
    assert [shuffled(place, 100, "a") for place in range(100)] != [
        shuffled(place, 100, "b") for place in range(100)
    ]


def test_neighbors_do_not_stay_together():
    steps = {(shuffled(place + 1, 1000, "a") - shuffled(place, 1000, "a")) % 1000 for place in range(999)}
    assert len(steps) > 500


@given(seeds, st.lists(st.text(max_size=3), max_size=8))
def test_an_order_does_not_depend_on_the_order_given(seed, items):
    assert ordered(items, seed) == ordered(items[::-1], seed)
    assert sorted(ordered(items, seed)) == sorted(items)


@given(seeds, st.lists(st.integers(), min_size=1))
def test_what_is_chosen_is_one_of_them(seed, items):
    assert chosen(items, seed) in items


def test_a_rank_is_the_same_everywhere():
    assert rank("mon", 1) == 13_814_396_493_865_132_727
    assert rank("mon", 1) != rank("mon1") != rank("mo", "n1")
