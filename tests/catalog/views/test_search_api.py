"""The type-ahead endpoint answers as NLM's Clinical Table Search Service does."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from catalog.models import Release
from tests.builders import make_code, make_release

pytestmark = pytest.mark.django_db

ADDRESS = "/api/hcpcs/v3/search"


@pytest.fixture
def release() -> Release:
    release = make_release()
    make_code("K0001", release, short_descriptor="Standard wheelchair", long_descriptor="Standard wheelchair")
    make_code(
        "E1161",
        release,
        short_descriptor="Manual adult wc w tiltinspac",
        long_descriptor="Manual adult size wheelchair, includes tilt in space",
        added_date=date(2004, 1, 1),
        action_effective_date=date(2005, 4, 1),
    )
    make_code("K0009", release, long_descriptor="Wheelchair, not otherwise specified", added_date=None)
    make_code("E1091", release, long_descriptor="Wheelchair, youth", termination_date=date(2004, 12, 31))
    return release


@pytest.fixture
def ask(client, release):
    return lambda **query: client.get(ADDRESS, query)


def test_the_answer_has_total_codes_no_extra_fields_and_display(ask):
    response = ask(terms="wheel")
    total, codes, extra, display = response.json()
    assert response.headers["Content-Type"] == "application/json"
    assert (total, codes[0], extra) == (4, "K0001", None)
    assert display[0] == ["K0001", "Standard wheelchair"]


def test_display_is_the_short_descriptor(ask):
    assert ask(terms="E1161").json()[3] == [["E1161", "Manual adult wc w tiltinspac"]]


def test_ended_codes_come_last_and_are_marked_obsolete(ask):
    _, codes, extra, _ = ask(terms="wheelchair", ef="obsolete,term_dt").json()
    assert codes[-1] == "E1091"
    assert extra == {"obsolete": [False, False, False, True], "term_dt": ["", "", "", "20041231"]}


def test_extra_fields_are_columns_in_the_order_of_the_codes_under_the_names_asked_for(ask):
    _, codes, extra, _ = ask(terms="E1161", ef="add_dt,act_eff_dt:since,long_desc,is_noc").json()
    assert codes == ["E1161"]
    assert extra == {
        "add_dt": ["20040101"],
        "since": ["20050401"],
        "long_desc": ["Manual adult size wheelchair, includes tilt in space"],
        "is_noc": [False],
    }


def test_catch_all_codes_are_told_and_missing_dates_are_empty(ask):
    assert ask(terms="K0009", ef="is_noc,add_dt").json()[2] == {"is_noc": [True], "add_dt": [""]}


def test_display_fields_are_strings_and_the_code_field_can_be_chosen(ask):
    _, codes, _, display = ask(terms="K0001", df="code,long_desc,obsolete,add_dt", cf="short_desc").json()
    assert codes == ["Standard wheelchair"]
    assert display == [["K0001", "Standard wheelchair", "false", "20010101"]]


def test_a_prefix_of_a_code_lists_codes(ask):
    assert ask(terms="K00").json()[1] == ["K0001", "K0009"]


def test_seven_are_listed_unless_more_are_asked_for_and_five_hundred_at_most(client, release):
    for number in range(510):
        make_code(f"A{4000 + number}", release, long_descriptor="Gauze")
    listed = lambda **query: len(client.get(ADDRESS, {"terms": "gauze"} | query).json()[1])  # noqa: E731
    assert listed() == 7
    assert listed(maxList="20") == 20
    assert listed(maxList="") == 500
    assert listed(maxList="9999") == 500
    assert listed(count="12") == 12
    assert client.get(ADDRESS, {"terms": "gauze"}).json()[0] == 510


def test_pages_join_without_gap_or_overlap(ask):
    whole = ask(terms="wheelchair", count="10").json()[1]
    pages = [ask(terms="wheelchair", count="2", offset=str(offset)).json()[1] for offset in (0, 2, 4)]
    assert [code for page in pages for code in page] == whole
    assert pages[2] == []


def test_a_code_no_longer_on_file_keeps_its_dates(client, release):
    july = make_release("2025Q3", current=False)
    make_code("E0999", july, long_descriptor="Wheelchair, gone", added_date=date(1990, 1, 1))
    _, codes, extra, _ = client.get(ADDRESS, {"terms": "wheelchair gone", "ef": "add_dt,obsolete"}).json()
    assert extra["add_dt"][codes.index("E0999")] == "19900101"
    assert extra["obsolete"][codes.index("E0999")] is True


def test_nothing_found_and_nothing_typed_are_empty_answers(ask):
    assert ask(terms="qqqqq").json() == [0, [], None, []]
    assert ask(terms="").json() == [0, [], None, []]
    assert ask(terms="qqqqq", ef="add_dt").json()[2] == {"add_dt": []}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "Say what to search for in the parameter terms, as in ?terms=wheel."),
        ({"terms": "x", "maxList": "many"}, "maxList must be a whole number from 0, not “many”."),
        ({"terms": "x", "count": "-1"}, "count must be a whole number from 0, not “-1”."),
        ({"terms": "x", "offset": "7400", "count": "101"}, "offset and count together may not exceed 7,500."),
        ({"terms": "x", "df": "name"}, "df names a field “name”; there are code, display, short_desc, long_desc,"),
        ({"terms": "x", "ef": "price:p"}, "ef names a field “price”; there are code,"),
        ({"terms": "x", "cf": "id"}, "cf names a field “id”; there are code,"),
        ({"terms": "x", "q": "obsolete:false"}, "The parameter q is not supported; put all words into terms."),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_sentence(ask, query, sentence):
    response = ask(**query)
    assert response.status_code == 400
    assert "ETag" not in response.headers
    assert response.json()["error"].startswith(sentence)
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("terms", ["\0", "x" * 5000, "'; --", "é", "<script>"])
def test_any_terms_are_answered(ask, terms):
    assert ask(terms=terms).status_code == 200


def test_pages_of_any_origin_may_ask(client, release):
    assert client.get(ADDRESS, {"terms": "wheel"}).headers["Access-Control-Allow-Origin"] == "*"
    preflight = client.options(ADDRESS, headers={"Access-Control-Request-Headers": "X-Requested-With"})
    assert preflight.status_code == 204
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Headers"] == "*"


def test_it_is_read_only(client, release):
    assert client.post(ADDRESS, {"terms": "wheel"}).status_code == 405


def test_an_answer_is_cached_until_the_data_has_changed(client, release):
    response = client.get(ADDRESS, {"terms": "wheel"})
    etag = {"If-None-Match": response.headers["ETag"]}
    assert "public" in response.headers["Cache-Control"]
    again = client.get(ADDRESS, {"terms": "wheel"}, headers=etag)
    assert again.status_code == 304
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    Release.objects.update(activated_at=timezone.now())
    assert client.get(ADDRESS, {"terms": "wheel"}, headers=etag).status_code == 200


def test_dates_cost_one_query_more_and_nothing_else_does(client, release, django_assert_num_queries):
    client.get(ADDRESS, {"terms": "wheel"})
    with django_assert_num_queries(1):
        client.get(ADDRESS, {"terms": "standard wheel", "ef": "long_desc,is_noc,obsolete"})
    with django_assert_num_queries(2):
        client.get(ADDRESS, {"terms": "standard wheel", "ef": "add_dt,term_dt"})


def test_a_guess_is_no_match(ask, release):
    make_code("J7297", release, long_descriptor="Liletta, 52 mg")
    assert ask(terms="liletta").json()[1] == ["J7297"]
    assert ask(terms="zilretta").json() == [0, [], None, []]
