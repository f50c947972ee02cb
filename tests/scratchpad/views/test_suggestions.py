"""What the code cell offers while somebody types in it."""

from __future__ import annotations

import logging
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.builders import make_code, make_level, make_mue, make_ptp, make_release, make_section
from tests.catalog.views.page import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def release():
    release = make_release()
    cpt = {"level": make_level(1, title="CPT"), "kind": "cpt_i"}
    make_section("skin", ("10004", "19499"), title="Surgery: skin", **cpt)
    make_code("J1885", release, long_descriptor="Injection, ketorolac tromethamine, per 15 mg")
    make_code("J1840", release, long_descriptor="Injection, kanamycin", termination_date=date(2024, 3, 31))
    make_ptp("11042", "97597")
    make_ptp("11043", "J1899")
    return release


def offered(client: Client, typed: str) -> list[str]:
    """The options of the list, or the sentence that stands in its place."""
    soup = BeautifulSoup(client.get("/scratchpad/suggest/", {"q": typed}).content, "html.parser")
    return [text(option) for option in soup.select("[role=option]") or soup.select("p")]


def codes_offered(client: Client, typed: str) -> list[str]:
    soup = BeautifulSoup(client.get("/scratchpad/suggest/", {"q": typed}).content, "html.parser")
    return [option["data-code"] for option in soup.select("[role=option]")]


def test_the_beginning_of_a_level_ii_code_offers_those_in_force_then_ended_ones_then_those_of_the_tables(client):
    assert codes_offered(client, "j18") == ["J1885", "J1840", "J1899"]
    assert "Ended Mar 31, 2024" in offered(client, "j18")[1]


def test_a_level_i_number_is_offered_with_our_section_and_no_descriptor(client):
    assert offered(client, "1104") == ["11042 Surgery: skin", "11043 Surgery: skin"]


@pytest.mark.parametrize(
    ("typed", "found"), [("1", 2), ("11", 2), ("110", 2), ("11042", 1), ("9759", 1), ("98", 0)]
)
def test_any_number_of_digits_is_a_beginning(client, typed, found):
    assert len(codes_offered(client, typed)) == found


def test_a_number_that_no_section_holds_says_so(client):
    assert offered(client, "9759") == ["97597 In numbers that no section uses"]


def test_words_offer_the_codes_they_describe_with_their_descriptor(client):
    (only,) = offered(client, "ketorolac")
    assert only.endswith("885 Injection, ketorolac tromethamine, per 15 mg")


def test_a_misspelled_word_offers_what_was_meant(client):
    assert codes_offered(client, "ketorlac") == ["J1885"]


def test_digits_are_never_words_of_a_descriptor(client):
    assert codes_offered(client, "15") == []


def test_at_most_eight_are_offered(client):
    for number in range(30):
        make_mue(f"2{number:04}")
    assert codes_offered(client, "2")[-1] == "20007"


def test_where_nothing_begins_or_matches_so_a_sentence_says_it(client):
    assert offered(client, "98") == ["No code in the loaded files begins with 98."]
    assert offered(client, "office visit") == [
        "No Level II code matches “office visit”. Level I codes are found by number only."
    ]


@pytest.mark.parametrize("typed", ["", " ", "\0", "'\"", "<script>", "%", "J1885 11042 97597", "x" * 5_000, "🦴"])
def test_any_text_is_answered(client, typed):
    response = client.get("/scratchpad/suggest/", {"q": typed})
    assert response.status_code == 200
    assert b"<script" not in response.content


def test_nothing_typed_offers_nothing(client):
    assert client.get("/scratchpad/suggest/").content.strip() == b""


def test_answers_are_kept_by_nobody_and_stay_out_of_the_log(client, caplog):
    with caplog.at_level(logging.INFO):
        response = client.get("/scratchpad/suggest/", {"q": "ketorolac"})
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "strict-origin"
    assert "ketorolac" not in caplog.text


def test_it_costs_the_query_of_the_snapshot_only(client, django_assert_num_queries):
    client.get("/scratchpad/suggest/", {"q": "j18"})
    with django_assert_num_queries(1):
        client.get("/scratchpad/suggest/", {"q": "j18"})


def test_it_takes_only_questions(client):
    assert client.post("/scratchpad/suggest/", {"q": "j18"}).status_code == 405
