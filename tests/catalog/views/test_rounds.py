"""A round as it is played: what is taken, what is kept in the reader's browser, and what is said."""

from __future__ import annotations

import re

import pytest
from django.core import signing
from django.test import Client

from catalog.models import PracticeChoice, PracticeItem
from catalog.quiz import Option, Question, Topic
from catalog.views import rounds
from catalog.views.rounds import COOKIE, Round, bar
from tests.catalog.views.page import main, words
from tests.training import make_item

pytestmark = pytest.mark.django_db

ROUND = "/levels/quiz/?seed=K7QX&n=3"
QUERIES_OF_A_FRAGMENT = 2  # the items, their choices
QUERIES_OF_A_PAGE = 3  # and the stamp of what the status line shows


@pytest.fixture
def items() -> list[PracticeItem]:
    """Three items; the right answer of each is the one text they share."""
    return [make_item("Surely", "Perhaps", "Never", topic=topic) for topic in ("form", "pairs", "pairs")]


def shown(client, at: int | str = 1, address: str = ROUND, **headers):
    return client.get(f"{address}&at={at}", headers=headers)


def answer(client, at: int, text: str = "Surely", address: str = ROUND, **headers):
    """Answer the question of that place as its form would, by the text of an option."""
    page = main(shown(client, at, address))
    (chosen,) = [option for option in page.select(".opt") if option.label.select_one("span").text == text]
    form = {field["name"]: field["value"] for field in page.select("form [type=hidden]")}
    return client.post(f"{address}&at={at}", form | {"a": chosen.input["value"]}, headers=headers)


def states(response) -> list[str]:
    return [cell["class"][0] for cell in main(response).select(".qbar li")]


def test_a_question_is_asked_with_radio_buttons_and_nothing_given_away(client, items):
    page = main(shown(client))
    assert page.h1.text == "Question 1 of 3"
    assert {option["type"] for option in page.select("fieldset input")} == {"radio"}
    assert len(page.select(".opt")) == 3
    assert page.select(".right, .wrong, #feedback, #next, :checked, :disabled") == []


def test_a_right_answer_leads_back_to_its_question_and_is_said_to_be_right(client, items):
    response = answer(client, 1)
    assert (response.status_code, response["Location"]) == (303, f"{ROUND}&at=1")
    page = main(client.get(response["Location"]))
    assert "Right. The form of the code says so. Source: AMA" in words(shown(client))
    assert page.select_one(".opt.right").input.has_attr("checked")
    assert page.select(".wrong") == []
    assert page.select_one("#next")["href"] == f"{ROUND}&at=2#round-h"
    assert states(shown(client)) == ["ok", "todo", "todo"]


def test_a_wrong_answer_shows_the_right_one_and_the_one_that_was_given(client, items):
    answer(client, 2, "Never")
    page = main(shown(client, 2))
    assert "Not quite: the answer is “Surely”." in words(shown(client, 2))
    assert "Your answer" in page.select_one(".opt.wrong").text
    assert "Right answer" in page.select_one(".opt.right").text
    assert states(shown(client, 2)) == ["todo", "no", "todo"]


def test_an_answer_that_was_given_stays(client, items):
    page = main(shown(client))
    form = {"of": page.select_one("[name=of]")["value"]}
    places = {option.label.select_one("span").text: option.input["value"] for option in page.select(".opt")}
    client.post(f"{ROUND}&at=1", form | {"a": places["Never"]})
    kept = client.cookies[COOKIE].value
    assert client.post(f"{ROUND}&at=1", form | {"a": places["Surely"]}).status_code == 303
    assert "Not quite" in words(shown(client))
    assert client.cookies[COOKIE].value.split(":")[0] == kept.split(":")[0]


@pytest.mark.parametrize("chosen", [{}, {"a": ""}, {"a": "0"}, {"a": "4"}, {"a": "-1"}, {"a": "²"}])
def test_without_a_choice_it_says_so_and_marks_nothing(client, items, chosen):
    of = main(shown(client)).select_one("[name=of]")["value"]
    response = client.post(f"{ROUND}&at=1", {"of": of} | chosen)
    assert response.status_code == 200
    assert "Choose one of the answers first." in words(response)
    assert COOKIE not in response.cookies
    assert states(shown(client)) == ["now", "todo", "todo"]


def test_an_answer_to_a_question_that_was_changed_meanwhile_is_not_marked(client, items):
    of = main(shown(client)).select_one("[name=of]")["value"]
    PracticeChoice.objects.filter(text="Never").update(text="Hardly ever")
    response = client.post(f"{ROUND}&at=1", {"of": of, "a": "1"})
    assert "This question was changed while you read it." in words(response)
    assert states(response) == ["now", "todo", "todo"]


def test_answers_stay_with_their_questions_when_another_item_moves_in(client, items):
    for at in (1, 2, 3):
        answer(client, at)
    address = "/levels/quiz/?seed=K7QX&n=3"
    for number in range(6):
        make_item("Surely", "Perhaps", topic="units", prompt=f"New {number}?")
    after = shown(client, "score", address)
    assert states(after).count("todo") == 1
    assert states(after).count("ok") == 2


def test_two_rounds_do_not_mix_and_a_sixth_drops_the_first(client, items):
    addresses = [f"/levels/quiz/?seed=W{number}&n=3" for number in range(6)]
    for address in addresses:
        answer(client, 1, address=address)
    assert [states(shown(client, 2, address))[0] for address in addresses] == ["todo"] + ["ok"] * 5


def test_the_cookie_is_out_of_reach_of_scripts_and_ends_with_the_browser(client, items):
    morsel = answer(client, 1).cookies[COOKIE]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert morsel["path"] == "/levels/"
    assert (morsel["max-age"], morsel["expires"]) == ("", "")


def test_a_long_round_fits_into_a_cookie(client):
    for number in range(rounds.LONGEST + 5):
        make_item("Surely", "Perhaps", prompt=f"{number}?")
    address = "/levels/quiz/?seed=K7QX&n=all"
    questions = tuple(client.get(f"{address}&at=1").context["round"].questions)
    assert len(questions) == rounds.LONGEST
    kept = "".join(f"{rounds.stands_for(question)}0" for question in questions[1:])
    path, fields = "/levels/quiz/", (("seed", "K7QX"), ("n", "all"))
    client.cookies[COOKIE] = signing.dumps({Round(path, fields, questions).id: kept}, salt="catalog.rounds.1")
    response = answer(client, 1, address=address)
    assert len(response.cookies[COOKIE].value) < 4_096 - 100
    assert states(shown(client, "score", address)).count("todo") == 0


def test_as_many_long_rounds_are_kept_as_a_cookie_holds_the_last_one_played_always(client):
    for number in range(rounds.LONGEST):
        make_item("Surely", "Perhaps", prompt=f"{number}?")
    for word in range(rounds.KEPT_ROUNDS):
        address = f"/levels/quiz/?seed=W{word}&n=all"
        asked = shown(client, address=address).context["round"]
        given = "".join(f"{rounds.stands_for(question)}0" for question in asked.questions[1:])
        morsel = client.cookies.get(COOKIE)
        kept = signing.loads(morsel.value, salt="catalog.rounds.1") if morsel else {}
        client.cookies[COOKIE] = signing.dumps(kept | {asked.id: given}, salt="catalog.rounds.1", compress=True)
        response = answer(client, 1, address=address)
        assert len(response.cookies[COOKIE].value) <= rounds.LONGEST_COOKIE
        assert "todo" not in states(shown(client, "score", address))


@pytest.mark.parametrize("forged", ["", "nonsense", "eyJhIjoiYiJ9:1xV17F:forged", "\x00"])
def test_a_forged_cookie_starts_the_round_anew(client, items, forged):
    answer(client, 1)
    client.cookies[COOKIE] = forged
    assert states(shown(client)) == ["now", "todo", "todo"]


def test_a_cookie_of_another_purpose_or_too_old_starts_the_round_anew(client, items, monkeypatch):
    answer(client, 1)
    mine = client.cookies[COOKIE].value
    client.cookies[COOKIE] = signing.dumps(signing.loads(mine, salt="catalog.rounds.1"), salt="another")
    assert states(shown(client))[0] == "now"
    client.cookies[COOKIE] = mine
    assert states(shown(client))[0] == "ok"
    monkeypatch.setattr(signing.time, "time", lambda: 4e9)
    assert states(shown(client))[0] == "now"


def test_without_cookies_the_question_at_hand_is_marked_and_nothing_is_kept(items):
    client = Client(enforce_csrf_checks=True)
    of = main(shown(client)).select_one("[name=of]")["value"]
    client.cookies.clear()
    response = client.post(f"{ROUND}&at=1", {"of": of, "a": "1"})
    assert response.status_code == 200
    assert main(response).select_one("#feedback")
    assert "your answers cannot be kept" in words(response)
    assert COOKIE not in response.cookies


@pytest.mark.parametrize("at", [1, "score"])
@pytest.mark.parametrize("form", [{}, {"a": "1"}, {"of": "right", "a": "1"}])
def test_a_form_sent_from_another_site_sets_no_cookie_over_those_of_the_reader(items, at, form):
    mine, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    page = main(shown(mine))
    hidden = {field["name"]: field["value"] for field in page.select("form [type=hidden]")}
    if "of" in form:
        form = form | {"of": hidden["of"]}
    response = other.post(f"{ROUND}&at={at}", form, headers={"origin": "https://elsewhere.example"})
    assert response.status_code == 200
    assert dict(response.cookies) == {}
    mine.cookies.update(response.cookies)
    assert mine.post(f"{ROUND}&at=1", hidden | {"a": "1"}).status_code == 303


def test_with_cookies_the_form_has_to_carry_its_token(items):
    client = Client(enforce_csrf_checks=True)
    page = main(shown(client))
    form = {field["name"]: field["value"] for field in page.select("form [type=hidden]")} | {"a": "1"}
    assert client.post(f"{ROUND}&at=1", form).status_code == 303
    assert client.post(f"{ROUND}&at=2", {"of": form["of"], "a": "1"}).status_code == 403


def test_htmx_gets_the_fragment_with_its_title_and_focus(client, items):
    asked = shown(client, 2, hx_request="true", hx_target="quiz")
    assert b"<html" not in asked.content
    assert b"<title>Quiz, question 2 of 3 | Coding Reference</title>" in asked.content
    assert b'id="round-h" tabindex="-1" autofocus' in asked.content
    answered = answer(client, 2, hx_request="true", hx_target="quiz")
    assert answered.status_code == 200
    assert b'id="feedback" role="status"' in answered.content
    assert b'aria-describedby="feedback" autofocus' in answered.content
    assert COOKIE in answered.cookies


def test_a_history_restore_gets_the_page(client, items):
    assert b"<html" in shown(client, hx_request="true").content


def test_nothing_of_a_round_is_cached(client, items):
    shown(client)
    for response in (shown(client), shown(client, "score"), answer(client, 1)):
        assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))
        assert "HX-Target" in response["Vary"]


@pytest.mark.parametrize("room", ["/levels/quiz/", "/levels/drill/"])
def test_where_a_round_begins_and_ends_it_says_what_the_cookie_holds_and_for_how_long(client, items, room):
    kept = "Nothing about you is stored. Your answers are in a cookie of this browser alone, until you close it"
    assert f"{kept} and for {rounds.KEPT_FOR.days} days at most." in words(client.get(room))
    assert f"{kept} and for" in words(shown(client, "score", f"{room}?seed=A"))
    assert "Nothing about you is stored" in words(shown(client, 1, f"{room}?seed=A"))
    assert "Nothing is stored" not in words(shown(client, 1, f"{room}?seed=A"))


@pytest.mark.parametrize("at", ["99", "0", "-1", "x", "1.5", "³"])
def test_a_place_that_is_not_there_is_explained(client, items, at):
    response = shown(client, at)
    assert f"This round has no question “{at}”, only 1 to 3." in words(response)
    assert main(response).h1.text == "Question 1 of 3"


def test_a_place_that_is_not_there_goes_on_where_the_round_stands(client, items):
    answer(client, 1)
    assert main(shown(client, 99)).h1.text == "Question 2 of 3"


def test_the_score_counts_by_topic_and_names_the_missed_with_their_answers(client, items):
    for at, text in ((1, "Surely"), (2, "Never"), (3, "Surely")):
        answer(client, at, text)
    response = shown(client, "score")
    page = main(response)
    assert page.h1.text == "2 of 3 right"
    assert "The one you missed" in words(response)
    (missed,) = page.select(".missed li")
    assert missed["value"] == "2"
    assert missed.b.text == "Surely"
    rows = {row.th.text: row.select_one(".num").text for row in page.select("tbody tr")}
    assert sum(int(cell.split()[0]) for cell in rows.values()) == 2
    assert rows.keys() == {"Form of a code", "Pair edits and modifiers"}
    assert not {"passed", "failed", "pass", "fail"} & set(words(response).lower().split())


def test_each_topic_of_a_score_says_in_words_how_its_questions_stand(client, items):
    for at, text in ((1, "Surely"), (2, "Never")):
        answer(client, at, text)
    said = " ".join(cell.get_text() for cell in main(shown(client, "score")).select("td > .visually-hidden"))
    assert sorted(re.findall(r"\d [a-z ]+[a-z]", said)) == ["1 right", "2 missed", "3 not answered"]


def test_where_to_go_on_comes_before_what_was_missed(client, items):
    answer(client, 1, "Never")
    page = shown(client, "score").content.decode()
    assert 0 < page.index("Ask the one again") < page.index('class="missed"')


def test_every_way_through_a_round_leads_to_its_heading(client, items):
    answer(client, 1, "Never")
    pages = [shown(client, 1), shown(client, 2), shown(client, "score")]
    ways = [link["href"] for page in pages for link in main(page).select("a[href*='&at=']")]
    assert sorted(way.partition("&at=")[2] for way in ways) == ["1#round-h", "2#round-h", "2#round-h"]


def test_a_score_before_the_end_says_what_is_open_and_gives_nothing_away(client, items):
    answer(client, 1, "Never")
    response = shown(client, "score")
    assert "2 of 3 are not answered. Go on with question 2" in words(response)
    assert len(main(response).select(".missed li")) == 1
    assert "no answers to this round are kept in this browser" in words(shown(Client(), "score"))


def test_a_code_is_plain_before_the_answer_and_tinted_after_it(client):
    make_item("Surely", "Never", code="0202U")
    address = "/levels/quiz/?seed=K7QX&n=1"
    before = main(shown(client, address=address)).select_one(".dissect")
    assert (before["class"], before.select(".lead")) == (["dissect", "dissect-lg"], [])
    assert before.select_one(".visually-hidden").text == "Shown: 0 2 0 2 U"
    answer(client, 1, address=address)
    after = main(shown(client, address=address)).select_one(".dissect")
    assert "l1" in after["class"]
    assert [cell.text for cell in after.select(".lead")] == ["U"]


def test_given_facts_and_claim_lines_are_small_tables(client):
    make_item("Surely", "Never", given=[["Indicator", "1"]], claim="45385\n96372x5")
    tables = main(shown(client, address="/levels/quiz/?seed=A&n=1")).select(".given table")
    assert [table.get_text(" ", strip=True) for table in tables] == [
        "Given Indicator 1",
        "The claim Line 1 45385 Line 2 96372, 5 units",
    ]


@pytest.mark.parametrize(
    ("mark", "said"),
    [("V", "Source: AMA"), ("S", "Source: AMA (secondary source)"), ("G", "Not verified Source: AMA")],
)
def test_a_rationale_says_how_sure_it_is(client, mark, said):
    make_item("Surely", "Never", mark=mark, rationale="So it is.")
    answer(client, 1, address="/levels/quiz/?seed=A&n=1")
    assert f"So it is. {said} See the score" in words(shown(client, address="/levels/quiz/?seed=A&n=1"))


def test_a_question_takes_two_queries_however_long_the_round(client, items, django_assert_num_queries):
    shown(client)
    with django_assert_num_queries(QUERIES_OF_A_FRAGMENT):
        shown(client, 2, hx_request="true", hx_target="quiz")
    with django_assert_num_queries(QUERIES_OF_A_PAGE):
        shown(client, 2)
    with django_assert_num_queries(QUERIES_OF_A_PAGE):
        shown(client, "score")


def test_rounds_of_other_fields_or_paths_are_other_rounds():
    asked = Round("/levels/quiz/", (("seed", "A"), ("n", "5")), ())
    assert asked.id == Round("/levels/quiz/", (("seed", "A"), ("n", "5")), ()).id
    assert asked.id != Round("/levels/drill/", (("seed", "A"), ("n", "5")), ()).id
    assert asked.id != Round("/levels/quiz/", (("seed", "A"), ("n", "10")), ()).id


def test_the_bar_tells_what_was_left_out_from_what_is_to_come():
    question = Question("q", "?", (Option("yes", True), Option("no")), "", Topic.FORM)
    asked = Round("/levels/quiz/", (), (question,) * 4, (0, 1, None, None))
    assert [cell.words for cell in bar(asked, 3)] == ["right", "missed", "this one", "to come"]
    assert [cell.words for cell in bar(asked, 4)] == ["right", "missed", "not answered", "this one"]
