"""The drill's page: rounds from the loaded release, the same for everybody with the same code word."""

import gc
from datetime import date
from weakref import ref

import pytest

from catalog import snapshot
from catalog.drill_words import about
from catalog.query_string import readable
from catalog.views.drill import LAST_ROUND, drill_of
from tests.builders import make_code, make_modifier, make_mue, make_release
from tests.catalog.views.page import links, main, text, words

pytestmark = pytest.mark.django_db

QUERIES_OF_A_ROUND = 1


@pytest.fixture
def release():
    """A PLA number that the tables name, and codes on file, one of them ended."""
    release = make_release()
    make_code("U0001", release, short_descriptor="Lab test by CDC")
    make_code("T1019", release, short_descriptor="Personal care")
    make_code("A0021", release, short_descriptor="Ambulance mile", termination_date=date(2024, 3, 31))
    make_modifier("LT", release)
    make_mue("0001U")
    return release


def asked(client, word="K7QX", number=1, at=1, **more):
    return client.get(
        "/levels/drill/?" + readable([("seed", word), ("round", str(number)), ("at", str(at))]), **more
    )


def answer(client, place: int, **address):
    """Choose the answer of a place, from 1, as the form on the page sends it."""
    page = asked(client, **address)
    form = main(page).find("form")
    of = form.find("input", attrs={"name": "of"})["value"]
    return client.post(form["action"], {"a": str(place), "of": of}, follow=True)


def question(response):
    return response.context["question"]


def test_without_a_code_word_the_page_says_how_it_goes(client, release):
    page = client.get("/levels/drill/")
    assert main(page).find("input", attrs={"name": "seed"})["value"]
    assert f"{page.context['total']:,} different ones, made from the loaded releases" in words(page)
    assert "/levels/" in links(page)


def test_with_nothing_loaded_it_says_that_the_grammar_alone_asks(client):
    assert "the grammar of codes alone, as no HCPCS release is loaded" in words(client.get("/levels/drill/"))
    assert question(asked(client)).is_sound


def test_everybody_with_the_same_code_word_is_asked_the_same(client, release):
    assert question(asked(client, "k7 qx")) == question(asked(client, "K7 QX"))
    assert question(asked(client, "K7QX")) != question(asked(client, "OTHER"))


def test_rounds_follow_each_other_without_repeats(client, release):
    keys = [question(asked(client, number=number, at=at)).key for number in (1, 2) for at in range(1, 11)]
    assert len(set(keys)) == 20


def test_an_answer_is_marked_at_once_and_says_why(client, release):
    of = question(asked(client))
    page = answer(client, of.right + 1)
    assert page.redirect_chain[0][1] == 303
    feedback = main(page).find(id="feedback")
    assert feedback["role"] == "status"
    assert text(feedback).startswith("Right.")
    assert question(page) == of


def test_a_wrong_answer_is_told_the_right_one(client, release):
    of = question(asked(client))
    wrong = next(place for place, option in enumerate(of.options, 1) if not option.is_right)
    feedback = text(main(answer(client, wrong)).find(id="feedback"))
    assert feedback.startswith(f"Not quite: the answer is “{of.right_text}”.")


def test_the_score_leads_to_the_next_ten(client, release):
    score = asked(client, at="score")
    assert "/levels/drill/?seed=K7QX&round=2#round-h" in links(score)
    assert "/levels/" in links(score)
    assert "nothing comes twice before everything has been asked" in words(score)


def test_what_the_form_sends_becomes_an_address_to_dictate(client, release):
    assert client.get("/levels/drill/?seed=class+7&round=01")["Location"] == "/levels/drill/?seed=CLASS-7"
    assert client.get("/levels/drill/?round=2&seed=CLASS-7")["Location"] == "/levels/drill/?seed=CLASS-7&round=2"
    assert client.get("/levels/drill/?seed=CLASS-7").status_code == 200


def test_the_score_of_a_drill_has_no_table_of_its_one_topic_and_names_no_review(client, release):
    of = question(asked(client))
    answer(client, next(place for place, option in enumerate(of.options, 1) if not option.is_right))
    page = main(asked(client, at="score"))
    assert page.select_one(".missed li")
    assert page.table is None
    assert "Review" not in page.text


def test_no_round_follows_the_last_that_an_address_can_name(client, release):
    assert asked(client, number=LAST_ROUND).status_code == 200
    assert "Next ten" not in words(asked(client, number=LAST_ROUND, at="score"))
    assert "Next ten" in words(asked(client, number=LAST_ROUND - 1, at="score"))


def test_after_the_last_round_it_says_that_it_starts_over(client, release):
    rounds = -(-client.get("/levels/drill/").context["total"] // 10)
    assert "The next ones start over" in words(asked(client, number=rounds, at="score"))
    again = words(asked(client, number=rounds + 1))
    assert "questions have been asked. They start over, shuffled anew." in again
    assert "start over" not in words(asked(client, number=rounds + 2))


LONG = "0" * 8 + "1" + "9" * 5000


@pytest.mark.parametrize("number", ["0", "x", "-1", "100000", "1000000", "１", "٣", "²", "1\n", LONG])  # noqa: RUF001
def test_a_round_that_cannot_be_is_the_first_one_with_a_word_about_it(client, release, number):
    page = asked(client, number=number)
    assert f"There is no round “{number[:12].strip()}" in words(page)
    assert "This is round 1." in words(page)
    assert question(page) == question(asked(client))


@pytest.mark.parametrize("number", ["02", "0" * 12 + "2", "0" * 5000 + "2"])
def test_zeros_in_front_of_a_round_change_nothing(client, release, number):
    page = asked(client, number=number)
    assert page.context["round"] == asked(client, number=2).context["round"]


def test_what_is_on_file_is_quoted_from_the_release_with_its_last_day(client, release):
    material = drill_of(snapshot.current()).material
    assert "The October 2025 file has it: “Ambulance mile”. Ended Mar 31, 2024." in about(material, "A0021")
    assert "The loaded NCCI tables name it." in about(material, "0001U")
    assert "It is not in the October 2025 file." in about(material, "U0002")
    assert material.modifiers == ("LT",)


def test_a_drill_is_made_once_for_a_snapshot_and_keeps_none_in_memory(release):
    shown = snapshot.current()
    assert drill_of(shown) is drill_of(shown)
    old = ref(shown)
    make_release("2026Q1", current=False)
    assert snapshot.current() is not shown
    del shown
    gc.collect()
    assert old() is None


def test_a_code_among_the_answers_is_read_out_character_by_character(client, release):
    pages = (asked(client, at=at) for at in range(1, 11))
    page = next(page for page in pages if question(page).key.startswith(("pair:", "family:")))
    said = [text(label.select_one(".visually-hidden")) for label in main(page).select(".opt label")]
    assert said == [" ".join(option.text) for option in question(page).options]


def test_a_round_costs_the_query_for_the_stamp_alone(client, release, django_assert_num_queries):
    asked(client)
    with django_assert_num_queries(QUERIES_OF_A_ROUND):
        asked(client, number=7, at=3)


def test_htmx_gets_the_round_alone(client, release):
    page = asked(client, headers={"HX-Request": "true", "HX-Target": "quiz"})
    assert b"<main" not in page.content
    assert main(page).find(id="quiz")
