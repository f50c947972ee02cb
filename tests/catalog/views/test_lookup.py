"""The page of the lookup: home, Enter, htmx, caching, the theme and the keys."""

from __future__ import annotations

import logging
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from catalog import snapshot
from catalog.models import Release
from tests.builders import make_change, make_code, make_level, make_mue, make_release, make_section
from tests.catalog.views.page import links, text, words

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "results"}


@pytest.fixture
def release() -> Release:
    """A small October 2025 with sections of both levels."""
    release = make_release(counts={"codes": 5, "modifiers": 0})
    make_section("j-drugs", ("J0000", "J9999"), title="Drugs", map_title="Drugs")
    make_section("visits", ("99202", "99499"), map_title="Visits", level=make_level(1, title="CPT"), kind="cpt_i")
    make_code("J1885", release, long_descriptor="Injection, ketorolac tromethamine, per 15 mg")
    make_code("J1840", release, long_descriptor="Injection, kanamycin")
    make_code("K0001", release, long_descriptor="Standard wheelchair")
    make_code("K0002", release, long_descriptor="Wheelchair, hemi")
    make_code("E0999", release, long_descriptor="Wheelchair brake", termination_date=date(2024, 3, 31))
    return release


# --- Home ---


def test_home_shows_the_map_examples_and_ways_to_browse(client, release):
    response = client.get("/")
    assert "2 codes" in words(response)
    assert {"/sections/j-drugs/", "/sections/visits/", "/sections/", "/modifiers/", "/releases/"} <= links(
        response
    )
    assert "/?q=J1885-JW" in links(response)


def test_home_tells_what_the_release_changed_and_since_when(client, release):
    make_change("J1885", "added", release, make_release("2020Q3", current=False))
    said = words(client.get("/"))
    assert "New in HCPCS II, October 2025 since July 2020" in said
    assert "Changes in the October 2025 release since July 2020 Added 1 What changed" in said


def test_without_a_release_before_it_home_counts_by_dates_and_says_so(client, release):
    make_code("J0001", release, added_date=date(2025, 10, 1))
    make_code("J0002", release, termination_date=date(2025, 9, 30))
    said = words(client.get("/"))
    assert "Added 1 Discontinued 1 By the dates of the codes" in said


def test_home_without_any_release_claims_nothing(client, db):
    response = client.get("/")
    assert response.status_code == 200
    assert "No HCPCS release is loaded" in response.content.decode()
    assert "New in" not in words(response)


def test_the_starter_set_is_called_that_on_every_answer(client, db):
    make_code("J1885", make_release(origin="starter"))
    assert "Starter data, not a CMS release" in client.get("/?q=J1885").content.decode()
    assert "Not in the starter set" in words(client.get("/?q=J1886"))


def banner(client) -> str:
    found = BeautifulSoup(client.get("/help/").content, "html.parser").find(class_="banner")
    return text(found) if found else ""


def test_starter_edits_beside_a_real_release_say_which_tables_they_are_of(client):
    make_release()
    make_mue("11042", release=make_release(dataset="mue", setting="practitioner", origin=Release.Origin.STARTER))
    make_release(dataset="mue", setting="outpatient_hospital")
    assert banner(client).startswith(
        "Starter data for MUE (practitioner), not CMS releases. A few rows, to try the site with."
    )


def test_a_partial_table_is_named_on_every_page(client):
    make_release()
    assert banner(client) == ""
    make_release(dataset="ptp", setting="practitioner", quarter="2024Q3", partial=True)
    assert "PTP edits, practitioner, July 2024 may be incomplete." in banner(client)


def test_what_is_loaded_stands_at_the_foot_of_every_page_and_costs_no_query(client, django_assert_num_queries):
    make_release()
    make_release(dataset="ptp", setting="practitioner", quarter="2025Q4")
    foot = BeautifulSoup(client.get("/help/").content, "html.parser").find(class_="status")
    assert "PTP practitioner Oct 2025" in text(foot)
    assert "Add-on not loaded" in text(foot)
    with django_assert_num_queries(1):
        client.get("/help/")


# --- Enter, htmx, caching ---


def test_enter_on_an_exact_code_opens_it(client, release):
    assert client.get("/", {"q": "j-1885", "go": "1"}).headers["Location"] == "/codes/J1885/"


@pytest.mark.parametrize("typed", ["wheelchair", "J188O", "J1885-JW"])
def test_enter_on_anything_else_stays_on_a_plain_address(client, release, typed):
    response = client.get("/", {"q": typed, "go": "1"})
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/?q=")
    assert "go=" not in response.headers["Location"]


def test_only_the_results_answer_htmx_and_a_restored_page_is_whole(client, release):
    fragment = client.get("/?q=wheel", headers=HTMX)
    assert fragment.content.startswith(b'<div id="results"')
    assert "HX-Target" in fragment.headers["Vary"]
    restored = client.get("/?q=wheel", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert restored.content.startswith(b"<!doctype html>")
    assert fragment.content in restored.content


def test_the_results_say_what_they_answer_and_what_to_announce(client, release):
    results = BeautifulSoup(client.get("/?q= ketorolac ", headers=HTMX).content, "html.parser").find(id="results")
    assert results["data-answers"] == "ketorolac"
    assert results["data-say"] == "1 code for ketorolac."


def test_the_page_around_the_results_carries_title_and_text(client, release):
    page = BeautifulSoup(client.get("/?q=%3Cb%3E").content, "html.parser")
    assert page.title.string == "<b> | Coding Reference"
    assert page.find(id="q")["value"] == "<b>"
    assert (
        BeautifulSoup(client.get("/").content, "html.parser").title.string == "Look up a code | Coding Reference"
    )


def test_a_repeated_question_costs_one_query_and_a_new_one_no_more(client, release, django_assert_num_queries):
    client.get("/?q=J1885", headers=HTMX)
    for typed in (
        "J1885",
        "J1840",
        "wheelchair",
        "ketorlac",
        "qqqq",
        "99213-25-LT",
        "J1885, K0001",
        "K0001-K0002",
    ):
        with django_assert_num_queries(1):
            client.get("/", {"q": typed}, headers=HTMX)


def test_the_home_page_costs_one_query_once_it_is_known(client, release, django_assert_num_queries):
    client.get("/")
    with django_assert_num_queries(1):
        client.get("/")


def test_an_answer_is_not_sent_again_until_the_data_has_changed(client, release):
    etag = client.get("/?q=wheel").headers["ETag"]
    assert client.get("/?q=wheel", headers={"If-None-Match": etag}).status_code == 304
    Release.objects.update(activated_at=timezone.now())
    assert client.get("/?q=wheel", headers={"If-None-Match": etag}).status_code == 200


def test_answers_to_long_texts_are_not_kept(client, release):
    client.get("/", {"q": "wheelchair " * 12}, headers=HTMX)
    client.get("/", {"q": "wheelchair"}, headers=HTMX)
    fragments = snapshot.current().fragments
    assert fragments.get("q=wheelchair") is not None
    assert fragments.get("q=" + "wheelchair+" * 12) is None


@pytest.mark.parametrize("query", ["?q=two%20words", "?q=&level=2"])
def test_an_answer_is_kept_once_however_its_address_is_written(client, release, query):
    client.get(f"/{query}")
    first = client.get(f"/{query}", headers=HTMX).content
    for more in ("&x=1", "&x=2", "&page=0", "&letter=none", "&section=nope", "&status=x"):
        assert client.get(f"/{query}{more}", headers=HTMX).content == first
        assert snapshot.current().fragments.get(f"{query}{more}".removeprefix("?")) is None


def test_an_answer_that_htmx_asks_for_again_is_found_before_the_query_is_read(client, release):
    client.get("/?q=two%20words&letter=K&status=all&page=1", headers=HTMX)
    assert snapshot.current().fragments.get("q=two%20words&letter=K&status=all&page=1") is not None


def test_a_pasted_column_of_codes_is_read_whole(client, release):
    pasted = "\n".join(["J1885"] * 150 + ["K0002"])
    assert "151 codes" in client.get("/", {"q": pasted}, headers=HTMX).content.decode()
    assert BeautifulSoup(client.get("/").content, "html.parser").find(id="q")["maxlength"] == "1000"


def test_what_is_typed_is_not_logged(client, release, caplog):
    with caplog.at_level(logging.DEBUG):
        client.get("/?q=secretname&go=1")
        client.get("/?q=secretname")
        client.get("/nowhere/?q=secretname")
    assert "secretname" not in caplog.text
    assert not any("secretname" in str(vars(record)) for record in caplog.records)


def test_the_lookup_cannot_be_posted_to(client, release):
    assert client.post("/").status_code == 405


# --- Theme and help ---


def test_a_theme_is_remembered_and_leads_back_to_where_it_was_chosen(client, release):
    response = client.post("/theme", {"theme": "dark"}, headers={"Referer": "http://testserver/?q=wheel"})
    assert response.headers["Location"] == "http://testserver/?q=wheel"
    assert b'data-bs-theme="dark"' in client.get("/?q=wheel").content
    client.post("/theme", {"theme": "auto"})
    assert b"data-bs-theme" not in client.get("/?q=wheel").content


@pytest.mark.parametrize(
    "referer", ["https://elsewhere.example/", "http://testserver.elsewhere.example/", "//elsewhere.example", ""]
)
def test_a_theme_never_leads_to_another_site(client, release, referer):
    response = client.post("/theme", {"theme": "light"}, headers={"Referer": referer})
    assert response.headers["Location"] == "/"


def test_a_theme_leads_back_to_the_page_that_the_form_names_before_the_referer(client, release):
    asked = {"theme": "dark", "next": "/scratchpad/?line=45378&line=45385"}
    response = client.post("/theme", asked, headers={"Referer": "http://testserver/"})
    assert response.headers["Location"] == "/scratchpad/?line=45378&line=45385"


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "https:///x",
    ],
)
def test_a_theme_never_leads_to_another_site_that_the_form_names(client, release, address):
    response = client.post("/theme", {"theme": "light", "next": address})
    assert response.headers["Location"] == "/"


def test_a_theme_can_be_set_without_a_token_but_not_by_a_link(release):
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/theme", {"theme": "dark"}).status_code == 302
    assert browser.get("/theme").status_code == 405


def test_the_help_page_explains_the_keys(client, release):
    said = words(client.get("/help/"))
    assert "goes to the search box" in said
    assert "previous and next code" in said


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\0"},
        {"q": "x" * 5000},
        {"q": "wheel", "page": "-1"},
        {"q": "wheel", "page": "999"},
        {"q": "wheel", "page": "²"},
        {"q": "wheel", "level": "9", "letter": "é", "section": "nope", "status": "?"},
        {"q": "wheel", "section": "\N{OBJECT REPLACEMENT CHARACTER}"},
        {"q": "<script>alert(1)</script>"},
        {"q": "￼"},
        {"q": "'\"%_\\"},
    ],
)
def test_nothing_that_can_be_typed_breaks_the_page(client, release, query):
    response = client.get("/", query)
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_a_code_that_an_incomplete_release_lacks_is_not_said_to_be_missing_from_cmss_file(client):
    make_code("J1885", make_release(partial=True))
    said = words(client.get("/", {"q": "J9998"}))
    assert "Not in what was loaded of October 2025." in said
    assert "may well exist" in said
