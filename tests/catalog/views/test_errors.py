"""Addresses that lead nowhere explain themselves, and the pages for faults need nothing to be made."""

from __future__ import annotations

import logging

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client
from django.urls import path

from catalog.views import errors
from coding_reference.urls import *  # noqa: F403 - the error handlers, for the site with faults below
from coding_reference.urls import urlpatterns as site
from tests.builders import make_code, make_release
from tests.catalog.views.page import links, main, text, words


def broken(request):
    raise RuntimeError("secret detail")


def refused(request):
    raise PermissionDenied("secret detail")


def suspicious(request):
    raise SuspiciousOperation("secret detail")


urlpatterns = [path("broken", broken), path("refused", refused), path("suspicious", suspicious), *site]


@pytest.fixture
def faulty(settings) -> Client:
    """The site with three pages that cannot be answered."""
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


def test_a_path_that_ends_like_a_code_takes_it_apart_and_offers_the_code_meant(client, db):
    make_code("J1885", make_release(), long_descriptor="Injection, ketorolac")
    response = client.get("/codes/J18855/")
    assert response.status_code == 404
    assert "J18855 is not a code HCPCS codes have five characters; this has six." in words(response)
    assert "Did you mean J 1885 , Injection, ketorolac?" in words(response)
    assert "/codes/J1885/" in links(response)


@pytest.mark.parametrize("page", ["ptp/{}/45385/45378/", "mue/{}/45378/"])
def test_an_unknown_setting_of_an_edit_is_told_from_the_known_ones(client, db, page):
    response = client.get("/edits/" + page.format("medicaid"))
    assert response.status_code == 404
    assert "“medicaid” is not a setting here" in words(response)
    assert "Medicaid has NCCI tables of its own. They are not held here" in words(response)
    assert "Did you mean" not in words(response)
    settings = ("practitioner", "outpatient_hospital", "dme_supplier")
    assert {"/edits/" + page.format(each) for each in settings} <= links(response)
    assert "/codes/45378/" in links(response)


def test_an_add_on_edit_without_its_primary_leads_to_the_code(client, db):
    response = client.get("/edits/addon/99292/")
    assert response.status_code == 404
    assert "No edit has this address" in words(response)
    assert "does not live here" not in words(response)
    assert "/codes/99292/" in links(response)


def test_an_edit_of_what_is_no_code_takes_it_apart(client, db):
    assert "J18855 is not a code" in words(client.get("/edits/mue/practitioner/J18855/"))


def test_the_characters_too_many_are_marked(client, db):
    response = client.get("/J18855")
    assert response.content.count(b'<span class="cell extra">5</span>') == 1
    assert b'<span class="cell lead">J</span>' in response.content


@pytest.mark.parametrize("address", ["/releases/99/", "/releases/99213/", "/releases/october"])
def test_below_the_releases_a_number_is_that_of_a_release(client, db, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "No such release" in words(response)
    assert "code" not in text(main(response).find("h1"))
    assert "/releases/" in links(response)


def test_a_code_at_a_wrong_address_leads_to_its_page(client, db):
    response = client.get("/hcpcs/99213")
    assert "99213 does not live here" in words(response)
    assert "/codes/99213/" in links(response)


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("W12", "this has three"),
        ("992133", "this has six"),
        ("F1234", "No Level II code starts with F, I, N or O"),
        ("992L3", "A letter stands where a code has a digit"),
    ],
)
def test_what_is_wrong_with_a_code_is_said(client, db, end, sentence):
    assert sentence in words(client.get(f"/codes/{end}/"))


@pytest.mark.parametrize(
    "address",
    ["/nowhere/", "/codes/", "/sections/no-such-section/", "/a/b/c", "/x/%3Cscript%3E1/", "/123456789012"],
)
def test_any_other_path_is_simply_not_found(client, db, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "Nothing lives at this address" in words(response)
    assert b"<script>1" not in response.content


def test_the_search_box_of_the_404_page_leads_to_the_lookup(client, db):
    assert b'action="/" method="get"' in client.get("/nowhere/").content


@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/broken", 500, "Something broke on our side"),
        ("/refused", 403, "This page is not open to you"),
        ("/suspicious", 400, "This request cannot be read"),
    ],
)
def test_faults_have_pages_made_without_the_database(faulty, address, status, title):
    response = faulty.get(address)
    assert response.status_code == status
    assert title in words(response)
    assert b"secret detail" not in response.content
    assert b"is loaded" not in response.content


def test_the_reference_on_the_500_page_is_in_the_log(faulty, caplog):
    with caplog.at_level(logging.ERROR):
        response = faulty.get("/broken?q=secretname")
    reference = text(main(response).select_one(".mono"))
    assert len(reference) == 8
    assert reference in caplog.text
    assert "secretname" not in caplog.text


def test_a_form_without_its_token_is_refused_with_a_way_out(db):
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a"})
    assert response.status_code == 403
    assert "The form was not accepted" in words(response)


@pytest.mark.parametrize("end", ["", "x", "A1" * 500, "\0", "é1", "J1885/x", "wheelchair", "1"])
def test_what_does_not_look_like_a_code_is_not_taken_apart(end):
    assert errors.misread_code(end) is None
