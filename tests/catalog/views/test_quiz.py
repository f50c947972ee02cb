"""Choosing a round of practice items, its address, and the same round on paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from catalog.models import PracticeChoice, PracticeItem
from catalog.views.quiz import Choice, code_word, fresh_word
from catalog.views.rounds import LONGEST
from tests.catalog.views.page import links, main, words
from tests.catalog.views.test_rounds import answer, shown
from tests.training import make_item

pytestmark = pytest.mark.django_db

QUERIES_OF_A_HANDOUT = 2  # the items, their choices


@pytest.fixture
def bank() -> None:
    """Nine items: of three topics, three difficulties each."""
    for topic in ("form", "pairs", "dates"):
        for difficulty in (1, 2, 3):
            make_item("Surely", "Never", slug=f"{topic}-{difficulty}", topic=topic, difficulty=difficulty)


def drawn(client, query: str) -> list[str]:
    """The keys of the round that an address stands for."""
    return [
        question.key for question in client.get(f"/levels/quiz/?{query}", follow=True).context["round"].questions
    ]


def test_without_items_the_page_says_so_and_leads_on(client):
    response = client.get("/levels/quiz/?seed=K7QX&n=5")
    assert "There are no practice items on file" in words(response)
    assert "/sections/" in links(response)
    assert main(response).form is None
    assert client.get("/levels/quiz/handout/?seed=K7QX").status_code == 200


def test_the_first_page_offers_what_there_is_and_a_code_word(client, bank):
    page = main(client.get("/levels/quiz/"))
    boxes = {box["value"]: box for box in page.select("[name=topic]")}
    assert [name for name, box in boxes.items() if not box.has_attr("disabled")] == ["form", "pairs", "dates"]
    assert [each["value"] for each in page.select("[name=n]")] == ["5", "10", "20", "all"]
    assert [each["value"] for each in page.select("[name=difficulty]")] == ["", "1", "2", "3"]
    assert re.fullmatch("[BCDFGHJKMNPQRTVWXYZ346789]{4}", page.select_one("#seed")["value"])
    assert "9 practice items fit this choice. A round asks them all." in words(client.get("/levels/quiz/"))


def test_a_choice_is_counted_while_it_is_made(client, bank):
    response = client.get("/levels/quiz/?topic=pairs&n=2&seed=K7QX", headers={"hx-target": "fits"})
    assert words(response) == "3 practice items fit this choice. The code word decides which 2 are asked."
    assert b"<html" not in response.content
    one = client.get("/levels/quiz/?topic=pairs&difficulty=1&n=2", headers={"hx-target": "fits"})
    assert words(one) == "1 practice item fits this choice. A round asks it."


def test_the_same_address_asks_everybody_the_same(client, bank):
    assert drawn(client, "seed=K7QX&n=5") == drawn(client, "seed=K7QX&n=5")
    assert drawn(client, "seed=k7qx&n=5") == drawn(client, "seed=+K7QX+&n=5")
    assert len({tuple(drawn(client, f"seed={seed}&n=5")) for seed in "ABCDEF"}) > 1


def test_topics_difficulty_and_length_narrow_the_round(client, bank):
    assert set(drawn(client, "seed=A&topic=pairs&topic=form&difficulty=2")) == {"pairs-2", "form-2"}
    assert len(drawn(client, "seed=A&n=5")) == 5
    assert len(drawn(client, "seed=A&n=all")) == 9


def test_a_round_of_named_items_asks_these_alone(client, bank):
    assert set(drawn(client, "seed=A&items=form-1,dates-3&topic=pairs")) == {"form-1", "dates-3"}


def test_named_items_without_a_code_word_get_one(client, bank):
    response = client.get("/levels/quiz/?items=form-1")
    assert response.status_code == 302
    assert re.fullmatch(r"/levels/quiz/\?seed=\w{4}&items=form-1", response["Location"])


def test_items_that_editors_hold_back_or_left_without_a_right_answer_are_not_asked(client, bank):
    make_item(slug="held-back", is_published=False)
    unsound = make_item(slug="unsound")
    PracticeChoice.objects.filter(item=unsound).update(is_right=False)
    assert len(drawn(client, "seed=A&n=all")) == 9


@pytest.mark.parametrize(
    ("query", "short"),
    [
        ("difficulty=&n=10&seed=+class+7", "seed=CLASS-7"),
        ("topic=pairs&topic=form&difficulty=2&n=5&seed=k7qx", "seed=K7QX&n=5&topic=form&topic=pairs&difficulty=2"),
        ("n=5&items=form-1,,dates-3&seed=a%20b", "seed=A-B&items=form-1,dates-3"),
        ("seed=K7QX&utm_source=mail", "seed=K7QX"),
    ],
)
def test_what_the_form_sends_becomes_an_address_to_dictate(client, bank, query, short):
    response = client.get(f"/levels/quiz/?{query}")
    assert (response.status_code, response["Location"]) == (302, f"/levels/quiz/?{short}")
    assert client.get(response["Location"]).status_code == 200
    assert drawn(client, query) == drawn(client, short)


def test_an_address_that_is_short_already_stays_however_a_mail_program_escaped_it(client, bank):
    assert client.get("/levels/quiz/?seed=A&items=form-1%2Cdates-3").status_code == 200
    assert client.get("/levels/quiz/?seed=CLASS%2D7").status_code == 200


@pytest.mark.parametrize("given", [5, [5], [["Indicator"]], [["Indicator", "1", "2"]]], ids=str)
def test_a_row_that_is_no_question_is_left_out_by_name_and_the_rest_is_asked(client, bank, caplog, given):
    make_item(slug="broken", prompt="Typed by an editor?", given=given)
    assert len(drawn(client, "seed=A&n=all")) == 9
    assert "Practice item broken cannot be asked" in caplog.text
    assert "Typed by an editor" not in caplog.text


@pytest.mark.parametrize(
    ("query", "said", "number"),
    [
        ("seed=A&n=-3", "“-3” is no number of questions, so there are 10.", 9),
        ("seed=A&n=lots", "“lots” is no number of questions, so there are 10.", 9),
        ("seed=A&n=²", "“²” is no number of questions", 9),
        ("seed=A&n=9999", f"A round has at most {LONGEST} questions.", 9),
        ("seed=A&n=20", "You asked for 20 questions; 9 are all that fit.", 9),
        ("seed=A&topic=pears&topic=pairs&n=3", "There is no topic “pears”; the others were kept.", 3),
        ("seed=A&topic=pears&n=9", "There is no topic “pears”; all topics were kept.", 9),
        ("seed=A&difficulty=7&n=9", "There is no difficulty “7”, only 1 to 3; any was taken.", 9),
        ("seed=A&difficulty=x&n=9", "There is no difficulty “x”", 9),
        ("seed=A&items=form-1,gone", "Of the 2 items asked for, 1 is still there.", 1),
    ],
)
def test_what_cannot_be_followed_is_said_and_the_rest_is_kept(client, bank, query, said, number):
    response = client.get(f"/levels/quiz/?{query}")
    assert said in words(response)
    assert main(response).h1.text == f"Question 1 of {number}"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("seed=A&items=gone,also-gone", "None of the items asked for is there any longer."),
        ("seed=A&topic=units", "No practice item fits this choice."),
        ("seed=&topic=pairs", "A round needs a code word."),
        ("seed=%00%09", "A round needs a code word."),
    ],
)
def test_where_no_round_can_be_drawn_there_is_the_choice_again_with_what_was_chosen(client, bank, query, said):
    response = client.get(f"/levels/quiz/?{query}")
    assert said in words(response)
    page = main(response)
    assert page.h1.text == "Quiz"
    chosen = [box["value"] for box in page.select("[name=topic][checked]")]
    assert chosen == parse_qs(query).get("topic", [])


def test_a_remark_on_the_length_is_made_once(client, bank):
    assert "all that fit" in words(shown(client, 1, "/levels/quiz/?seed=A&n=20"))
    assert "all that fit" not in words(shown(client, 2, "/levels/quiz/?seed=A&n=20"))


@pytest.mark.parametrize(
    "query",
    [
        "seed=K7QX&n=5",
        "seed=K7QX&n=all&topic=form&topic=pairs&difficulty=2",
        "seed=CLASS-OF-26",
        "seed=K7QX&items=form-1,dates-3",
    ],
)
def test_a_choice_is_written_as_it_is_read(rf, query):
    choice, notes = Choice.from_query(rf.get(f"/?{query}").GET)
    assert notes == []
    assert urlsplit(choice.address()).query == query


def test_a_code_word_is_the_same_however_it_is_typed():
    assert code_word("  k7qx ") == code_word("K7QX") == "K7QX"
    assert code_word("red \t panda\x00") == code_word("Red\tPanda") == code_word("-red – panda ") == "RED-PANDA"
    assert code_word("eleven more " * 9) == "ELEVEN-MORE-ELEVEN-MORE"
    assert code_word(code_word("eleven more " * 9)) == "ELEVEN-MORE-ELEVEN-MORE"
    fresh = fresh_word()
    assert code_word(fresh) == fresh


def test_the_score_asks_the_missed_again_with_another_code_word(client, bank):
    address = "/levels/quiz/?seed=K7QX&n=3"
    for at, text in ((1, "Never"), (2, "Surely"), (3, "Never")):
        answer(client, at, text, address)
    missed = [drawn(client, "seed=K7QX&n=3")[at] for at in (0, 2)]
    again = main(shown(client, "score", address)).find("a", string="Ask the 2 again")["href"]
    query = parse_qs(urlsplit(again).query)
    assert query["items"] == [",".join(missed)]
    assert query["seed"] != ["K7QX"]
    page = main(client.get(again))
    assert page.h1.text == "Question 1 of 2"
    assert page.select(".ok, .no") == []


def test_the_score_leads_to_a_new_round_of_the_same_choice(client, bank):
    page = main(shown(client, "score", "/levels/quiz/?seed=K7QX&n=3&topic=pairs"))
    new = parse_qs(urlsplit(page.find("a", string="New round")["href"]).query)
    assert (new["n"], new["topic"]) == (["3"], ["pairs"])
    assert new["seed"] != ["K7QX"]


def test_every_page_of_a_round_has_what_a_class_needs_to_join(client, bank):
    for at in (1, 2, "score"):
        page = main(shown(client, at, "/levels/quiz/?seed=K7QX&n=3"))
        assert page.select_one(".take-along .code-word").text == "K7QX"
        assert page.select_one("[data-copy]")["data-copy"] == "http://testserver/levels/quiz/?seed=K7QX&n=3"
        assert page.find("a", string="Handout")["href"] == "/levels/quiz/handout/?seed=K7QX&n=3"


def test_the_handout_has_the_questions_of_the_round_in_its_order_and_no_answers(client, bank):
    client.get("/levels/quiz/")
    response = client.get("/levels/quiz/handout/?seed=K7QX&n=5")
    asked = client.get("/levels/quiz/?seed=K7QX&n=5").context["round"].questions
    page = main(response)
    assert [item.text for item in page.select(".paper .prompt")] == [question.prompt for question in asked]
    assert [[option.text for option in options.select("li")] for options in page.select(".boxes")] == [
        [option.text for option in question.options] for question in asked
    ]
    assert "K7QX" in page.h1.text
    assert "The form of the code says so" not in response.content.decode()
    assert "http://testserver/levels/quiz/?seed=K7QX&n=5" in words(response)


def test_the_key_has_the_letter_of_each_right_answer_with_reason_and_source(client, bank):
    page = main(client.get("/levels/quiz/handout/?seed=K7QX&n=9&key=1"))
    asked = client.get("/levels/quiz/?seed=K7QX&n=9").context["round"].questions
    assert [item.b.text for item in page.select(".paper > li")] == [
        f"{'ab'[question.right]}. Surely" for question in asked
    ]
    assert {"a. Surely", "b. Surely"} == {item.b.text for item in page.select(".paper > li")}
    assert all("Source: AMA" in item.text for item in page.select(".paper > li"))


def test_a_handout_without_a_code_word_gets_one(client, bank):
    response = client.get("/levels/quiz/handout/?topic=pairs")
    assert re.fullmatch(r"/levels/quiz/handout/\?seed=\w{4}&topic=pairs", response["Location"])
    key = client.get("/levels/quiz/handout/?n=5&key=1")
    assert re.fullmatch(r"/levels/quiz/handout/\?seed=\w{4}&n=5&key=1", key["Location"])
    assert "Answer key" in main(client.get(key["Location"])).h1.text


def test_a_handout_takes_two_queries(client, bank, django_assert_num_queries):
    client.get("/levels/quiz/handout/?seed=A&n=9")
    with django_assert_num_queries(QUERIES_OF_A_HANDOUT):
        client.get("/levels/quiz/handout/?seed=A&n=9")


def test_the_first_page_says_when_the_last_question_was_edited(client, bank):
    PracticeItem.objects.update(updated_at=datetime(2026, 11, 3, 12, tzinfo=UTC))
    assert "Last edited Nov 3, 2026" in words(client.get("/levels/quiz/"))


def test_the_day_of_a_question_that_cannot_be_asked_is_not_told(client, bank):
    PracticeItem.objects.update(updated_at=datetime(2026, 11, 3, 12, tzinfo=UTC))
    broken = PracticeItem.objects.first()
    broken.choices.all().delete()
    PracticeItem.objects.filter(pk=broken.pk).update(updated_at=datetime(2026, 11, 9, 12, tzinfo=UTC))
    assert "Last edited Nov 3, 2026" in words(client.get("/levels/quiz/"))


def test_the_day_of_a_question_that_is_not_published_is_not_told(client, bank):
    PracticeItem.objects.update(updated_at=datetime(2026, 11, 3, 12, tzinfo=UTC))
    hidden = PracticeItem.objects.first()
    later = datetime(2026, 11, 9, 12, tzinfo=UTC)
    PracticeItem.objects.filter(pk=hidden.pk).update(is_published=False, updated_at=later)
    assert "Last edited Nov 3, 2026" in words(client.get("/levels/quiz/"))
