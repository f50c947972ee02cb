"""Drawing and marking, for any questions and any seed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.codes import Kind
from catalog.quiz import (
    CATEGORIES,
    LEVELS,
    TRUE_FALSE,
    Ask,
    Option,
    Question,
    Topic,
    draw,
    lineup,
    mark,
    vocabulary_of,
    with_options_drawn,
)

seeds = st.text(max_size=8)
lengths = st.integers(0, 12)


@st.composite
def questions(draw):
    """Up to twenty questions of several topics; every key is one question's, as in a bank."""
    topics = draw(st.lists(st.sampled_from(Topic), max_size=20))
    return [question(f"item-{number}", topic, wrong=number % 4 + 1) for number, topic in enumerate(topics)]


def question(key: str = "item", topic: Topic = Topic.FORM, wrong: int = 3, **fields) -> Question:
    options = (Option("right", True), *(Option(f"wrong {number}") for number in range(wrong)))
    return Question(key, f"{key}?", options, "Because.", topic, **fields)


def keys(drawn) -> list[str]:
    return [each.key for each in drawn]


@given(questions(), seeds, lengths)
def test_the_same_seed_draws_the_same_round_whatever_the_order_of_the_pool(pool, seed, length):
    assert draw(pool, seed, length) == draw(reversed(pool), seed, length)


@given(questions(), seeds, lengths)
def test_no_question_comes_twice_and_a_round_is_as_long_as_it_can_be(pool, seed, length):
    drawn = keys(draw([*pool, *pool], seed, length))
    assert len(drawn) == len(set(drawn)) == min(length, len(pool))


@given(questions(), seeds, lengths, st.sampled_from(Topic))
def test_one_more_in_the_pool_moves_in_alone_and_keeps_the_order_of_the_others(pool, seed, length, topic):
    before, after = (keys(draw(each, seed, length)) for each in (pool, [*pool, question("new", topic)]))
    assert set(after) - set(before) <= {"new"}
    assert len(set(before) - set(after)) <= 1
    assert [key for key in after if key != "new"] == [key for key in before if key in after]


@given(questions(), seeds, lengths)
def test_topics_have_equal_shares_as_far_as_they_go(pool, seed, length):
    there = Counter(each.topic for each in pool)
    shares = Counter(each.topic for each in draw(pool, seed, length))
    most = max(shares.values(), default=0)
    assert all(shares[topic] >= min(most - 1, there[topic]) for topic in there)


def test_the_seed_decides_which_topics_take_the_first_turn():
    pool = [question(topic, topic) for topic in Topic]
    assert {lineup(pool, seed)[0].topic for seed in map(str, range(60))} == set(Topic)
    assert lineup(pool, "K7QX") == lineup(reversed(pool), "K7QX")


@given(questions(), seeds)
def test_a_longer_lineup_begins_like_a_shorter_one_of_the_same_pool(pool, seed):
    whole = lineup(pool, seed)
    assert set(keys(whole[:5])) == set(keys(draw(pool, seed, 5)))
    assert sorted(keys(whole)) == sorted(keys(pool))


@given(questions(), seeds, lengths)
def test_every_question_keeps_its_options_and_the_one_that_is_right(pool, seed, length):
    by_key = {each.key: each for each in pool}
    for drawn in draw(pool, seed, length):
        assert Counter(drawn.options) == Counter(by_key[drawn.key].options)
        assert drawn.options[drawn.right] == Option("right", True)
        assert sum(option.is_right for option in drawn.options) == 1


def test_seeds_draw_different_rounds_and_orders_of_options():
    pool = [question(f"item-{number}", wrong=4) for number in range(20)]
    rounds = [draw(pool, seed, 10) for seed in ("K7QX", "K7QZ")]
    assert keys(rounds[0]) != keys(rounds[1])
    assert {draw(pool, seed, 20)[0].right for seed in "ABCDEFGHIJKLMNOPQRST"} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("seed", ["K7QX", "", "a class of 2026"])
@pytest.mark.parametrize(("asks", "vocabulary"), [(Ask.LEVEL, LEVELS), (Ask.TRUE_FALSE, TRUE_FALSE)])
def test_fixed_vocabularies_keep_their_order(asks, vocabulary, seed):
    mixed = tuple(Option(text, text == vocabulary[0]) for text in reversed(vocabulary))
    drawn = with_options_drawn(Question("q", "?", mixed, "", Topic.FORM, asks=asks), seed)
    assert tuple(option.text for option in drawn.options) == vocabulary


def test_an_answer_outside_its_vocabulary_leaves_the_order_to_the_seed():
    options = tuple(Option(text, text == "True") for text in (*TRUE_FALSE, "It depends", "Nobody knows"))
    asked = Question("q", "?", options, "", Topic.BELIEFS, asks=Ask.TRUE_FALSE)
    assert len({with_options_drawn(asked, seed).options for seed in "ABCDEFGH"}) > 1


def test_categories_are_the_kinds_that_codes_have_by_their_shape():
    assert vocabulary_of(Ask.CATEGORY) == CATEGORIES == tuple(kind.label for kind in Kind)
    assert vocabulary_of("verdict")[0] == "Denied by edit"
    assert vocabulary_of(Ask.SECTION) is vocabulary_of(Ask.SCENARIO) is None


def test_the_lines_of_a_claim_say_their_units_in_words():
    claim = ("96372x5", "97110-59x3", "A0425 X 300", "27447-LT", "99213x1", "20610-XE")
    said = ("96372, 5 units", "97110-59, 3 units", "A0425, 300 units", "27447-LT", "99213, 1 unit", "20610-XE")
    assert question(claim=claim).claim_lines == said


def test_a_question_is_sound_with_several_options_of_which_one_is_right():
    assert question(wrong=1).is_sound
    assert not question(wrong=0).is_sound
    two_right = Question("q", "?", (Option("a", True), Option("b", True)), "", Topic.FORM)
    none_right = Question("q", "?", (Option("a"), Option("b")), "", Topic.FORM)
    assert not two_right.is_sound
    assert not none_right.is_sound


@given(questions(), st.lists(st.none() | st.integers(-2, 6), max_size=25))
def test_marks_never_pass_the_total_and_topics_add_up_to_it(asked, answers):
    score = mark(asked, answers)
    assert score.total == len(asked)
    assert 0 <= score.right <= score.answered <= score.total
    assert score.answered + score.unanswered == score.total
    assert sum(right for _, right, _ in score.by_topic) == score.right
    assert sum(total for _, _, total in score.by_topic) == score.total
    assert all(0 <= right <= total for _, right, total in score.by_topic)
    assert keys(score.missed) == [key for key in keys(asked) if key in keys(score.missed)]


def test_marking_counts_right_ones_and_names_the_missed():
    asked = [question("a"), question("b", Topic.PAIRS), question("c", Topic.PAIRS), question("d")]
    score = mark(asked, [0, 2, 0, None])
    assert (score.right, score.total, score.unanswered) == (2, 4, 1)
    assert score.by_topic == ((Topic.FORM, 1, 2), (Topic.PAIRS, 1, 2))
    assert keys(score.missed) == ["b"]
