from datetime import date

import pytest

from tests.builders import make_modifier, make_release
from tests.catalog.views.page import codes_listed, links, words

pytestmark = pytest.mark.django_db


def test_the_amas_modifiers_have_a_list_of_their_own(client):
    make_modifier("LT")
    answer = client.get("/modifiers/")
    assert codes_listed(answer) == ["LT"]
    assert "/modifiers/25/" in links(answer)


def test_modifiers_can_be_narrowed_by_word_and_status(client):
    make_modifier("LT", long_descriptor="Left side")
    make_modifier("RT", long_descriptor="Right side")
    make_modifier("CP", long_descriptor="Old side", termination_date=date(2020, 12, 31))
    assert codes_listed(client.get("/modifiers/", {"f": "left"})) == ["LT"]
    assert codes_listed(client.get("/modifiers/", {"st": "ended"})) == ["CP"]
    assert codes_listed(client.get("/modifiers/", {"f": "side", "st": "active"})) == ["LT", "RT"]


def test_a_modifier_says_whether_it_can_bypass_an_edit(client):
    make_modifier("LT")
    make_modifier("GA")
    assert "NCCI-associated: anatomic" in words(client.get("/modifiers/LT/"))
    assert "Not NCCI-associated" in words(client.get("/modifiers/GA/"))


def test_a_modifier_of_the_ama_has_our_own_label(client):
    make_release()
    shown = words(client.get("/modifiers/25/"))
    assert "Separate, significant visit on the day of a procedure" in shown
    assert "These are our words" in shown


def test_a_number_without_a_label_says_why(client):
    make_release()
    shown = words(client.get("/modifiers/26/"))
    assert "Two digits: the shape of a Level I (CPT) modifier" in shown
    assert "Why there is no label" in shown


def test_p1_to_p6_are_said_to_be_the_amas(client):
    make_modifier("P1")
    assert "The AMA keeps them; CMS’s file holds them too." in words(client.get("/modifiers/P1/"))


def test_an_unknown_modifier_is_not_found_and_an_odd_spelling_is_sent_on(client):
    make_modifier("LT")
    assert client.get("/modifiers/QZ/").status_code == 404
    assert client.get("/modifiers/LTX/").status_code == 404
    assert client.get("/modifiers/lt/")["Location"] == "/modifiers/LT/"


def test_modifiers_are_exported_as_narrowed(client):
    make_modifier("LT", long_descriptor="Left side")
    make_modifier("RT", long_descriptor="Right side")
    answer = client.get("/modifiers/", {"f": "left", "_export": "csv"})
    assert "hcpcs-modifiers-filtered-october-2025" in answer["Content-Disposition"]
    assert [line.split(",")[0] for line in b"".join(answer).decode().splitlines()] == ["\ufeffCode", "LT"]
