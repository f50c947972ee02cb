"""What the lookup says to codes, lists, ranges, modifiers and words, and to what it cannot read."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from catalog.models import Release, Section
from tests.builders import make_code, make_level, make_modifier, make_release, make_section
from tests.catalog.views.page import links, main, text, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def release() -> Release:
    """A small October 2025: drugs, wheelchairs, an ended code, two modifiers, sections of all levels."""
    release = make_release(counts={"codes": 16, "modifiers": 2})
    drugs = make_section("j-drugs", ("J0000", "J9999"), title="Drugs", short_title="J, drugs", map_title="Drugs")
    make_section("j-injected", ("J0120", "J3591"), parent=drugs, title="Injected drugs", short_title="Injected")
    make_section("e-equipment", ("E0000", "E9999"), title="Equipment", map_title="Equipment")
    make_section("k-dme", ("K0000", "K9999"), title="Contractors’ equipment", map_title="DME temporary")
    make_section("d-dental", ("D0000", "D9999"), title="Dental codes", kind="dental", map_title="Dental")
    cpt = {"level": make_level(1, title="CPT"), "kind": "cpt_i", "maintainer": "AMA"}
    make_section("visits", ("99202", "99499"), title="Visits", map_title="Visits", **cpt)
    make_section("local", ("W0000", "W9999"), title="Local codes", level=make_level(3), kind="local")
    ketorolac = "Injection, ketorolac tromethamine, per 15 mg"
    make_code("J1885", release, long_descriptor=ketorolac, coverage_code="D")
    make_code("J1840", release, long_descriptor="Injection, kanamycin", termination_date=date(2024, 3, 31))
    make_code("J1890", release, long_descriptor="Injection, cephalothin sodium")
    make_code("J3490", release, long_descriptor="Unclassified drugs")
    for number in range(11):
        make_code(f"E{1130 + number}", release, long_descriptor=f"Wheelchair, kind {number}")
    make_code("K0001", release, long_descriptor="Standard wheelchair <manual>")
    make_modifier("JW", release, long_descriptor="Drug amount discarded")
    make_modifier("LT", release, long_descriptor="Left side")
    return release


@pytest.fixture
def ask(client: Client, release):
    """Ask the lookup as a browser without JavaScript would."""

    def ask(text: str, **query: str):
        return client.get("/", {"q": text} | query)

    return ask


def rows(response, group: str = "g-codes") -> list[str]:
    """The code of every row of one list, in order."""
    listed = main(response).select(f"ul[aria-labelledby={group}] .code")
    return [text(row).replace(" ", "") for row in listed]


def heads(response) -> list[str]:
    return [text(head) for head in main(response).select(".group-head")]


# --- Codes ---


def test_a_code_on_file_gets_a_card_with_its_facts(ask):
    said = words(ask("j 1885"))
    assert (
        "J 1885 Level II National codes In force in Oct 2025 Injection, ketorolac tromethamine, per 15 mg" in said
    )
    assert "Section Injected drugs Added Jan 1, 2001 Medicare coverage Special instructions apply" in said


def test_a_code_on_file_stands_between_its_neighbors_in_code_order(ask):
    response = ask("J1885")
    assert heads(response) == ["Next to it in code order"]
    assert rows(response, "g-near") == ["E1140", "J1840", "J1890", "J3490"]


def test_an_ended_code_says_when_and_is_never_called_in_force(ask):
    card = main(ask("J1840")).find("article")
    assert "Ended Mar 31, 2024" in text(card)
    assert "Last valid on Mar 31, 2024" in text(card)
    assert "In force" not in text(card)


def test_a_catch_all_is_marked(ask):
    assert "Catch-all" in words(ask("J3490"))


@pytest.mark.parametrize(
    ("code", "words_of_card"),
    [
        ("99213", "Five digits: a CPT Category I number, in the range 99202 to 99499."),
        ("0500F", "Four digits and F: a CPT Category II code"),
        ("0042T", "Four digits and T: a CPT Category III code"),
        ("0001U", "Four digits and U: a CPT code for one laboratory’s or maker’s own test"),
        ("0002M", "Four digits and M: a CPT code for a test by algorithm"),
        ("0001A", "Four digits and A: giving a COVID-19 vaccine"),
        ("02500", "Five digits: a CPT Category I number, in numbers that no section uses."),
    ],
)
def test_a_cpt_number_is_recognized_by_its_form_and_not_described(ask, code, words_of_card):
    said = words(ask(code))
    assert words_of_card in said
    assert "Descriptor not loaded" in said
    assert "need its license" in said


@pytest.mark.parametrize(
    ("code", "status"), [("D0120", "Kept by the ADA"), ("W1234", "Ended Dec 31, 2003"), ("J9998", "Not on file")]
)
def test_codes_that_are_not_in_the_file_say_why(ask, code, status):
    assert status in text(main(ask(code)).find("article"))


def test_an_unknown_level_ii_code_names_the_file_and_the_nearest_codes(ask):
    response = ask("J1886")
    assert "Not in the October 2025 file." in words(response)
    assert heads(response) == ["Nearest on file in code order"]
    assert rows(response, "g-near") == ["J1840", "J1885", "J1890", "J3490"]


def test_a_letter_read_as_a_digit_has_to_be_confirmed(ask):
    response = ask("J188O")
    assert "Did you mean J 1880 ?" in words(response)
    assert "/?q=J1880" in links(response)
    assert main(response).find("article") is None


def test_modifiers_after_a_code_are_explained(ask):
    said = words(ask("J1885-JW-59-ZZ"))
    assert "JW Drug amount discarded" in said
    assert "59 Separate, distinct service CPT, our words" in said
    assert "ZZ No such modifier is on file Not on file" in said


def test_a_list_keeps_its_order_and_says_what_each_is(ask):
    response = ask("K0001, 99213 J9998 D0120")
    assert rows(response) == ["K0001", "99213", "J9998", "D0120"]
    listed = [text(row) for row in main(response).select(".row-link")]
    assert listed[1].endswith("Visits Descriptor not loaded")
    assert listed[2].endswith("Drugs Not on file")


def test_a_range_offers_its_sections_and_its_codes(ask):
    response = ask("J0120-J1889")
    assert heads(response) == ["Sections from J0120 to J1889", "Codes 1 in force, 1 ended, in code order"]
    assert "/sections/j-injected/" in links(response)
    assert rows(response) == ["J1885", "J1840"]


@pytest.mark.parametrize("typed", ["C9014-C9199", "brachytherapy"])
def test_a_section_of_several_ranges_is_not_counted_as_one(ask, release, typed):
    make_section("c-new", ("C9014", "C9199"), ("C9248", "C9306"), ("C9399", "C9507"), title="Brachytherapy")
    for code in ("C9020", "C9250", "C9400"):
        make_code(code, release)
    assert "to C9199 and 2 more ranges, 3 codes" in words(ask(typed))


def test_a_range_of_cpt_numbers_offers_the_sections_it_runs_through_and_no_other(ask):
    assert "/sections/visits/" in links(ask("99100-99215"))
    assert "/sections/visits/" not in links(ask("99100-99200"))
    assert "/sections/visits/" not in links(ask("99500-99600"))


def test_a_modifier_alone_gets_a_card(ask):
    assert "LT Level II National codes Modifier In force Left side" in words(ask("LT"))
    assert "NCCI-associated Anatomic" in words(ask("lt"))


def test_a_cpt_modifier_is_described_in_our_words_and_says_so(ask):
    said = words(ask("25"))
    assert "Separate, significant visit" in said
    assert "The words above are ours" in said


@pytest.mark.parametrize(
    ("modifier", "on_a_line"),
    [
        ("1P", "after a Category II code only, as in 0500F-1P"),
        ("P1", "after an anesthesia code only, as in 00100-P1"),
        ("LT", "after the code it says more about"),
    ],
)
def test_a_modifier_is_never_shown_after_a_code_it_cannot_follow(ask, release, modifier, on_a_line):
    make_modifier("P1", release, long_descriptor="A healthy patient")
    assert f"On a claim line {on_a_line}" in words(ask(modifier))


def test_several_modifiers_are_listed_in_the_order_typed_and_are_not_words(ask):
    response = ask("LT, ZZ / jw 25")
    assert heads(response) == ["Modifiers 4, in the order typed"]
    assert rows(response, "g-modifiers") == ["LT", "ZZ", "JW", "25"]
    assert "ZZ No such modifier is on file" in words(response)
    assert main(response).select(".lede, .note") == []


def test_a_modifier_that_is_not_on_file_is_said_not_to_be(ask):
    said = words(ask("ZZ"))
    assert "Nothing matches “ZZ” No modifier ZZ is on file." in said
    assert "Searched: 16 Level II codes" in said


def test_letters_shaped_like_a_modifier_that_is_not_on_file_are_words(ask):
    response = ask("WH")
    assert main(response).select("article, .lede, .note") == []
    assert rows(response)[0] == "E1130"


# --- Words ---


def test_words_are_marked_where_they_are_found_and_everything_else_is_escaped(ask):
    response = ask("manual wheel")
    assert "Standard <mark>wheel</mark>chair &lt;<mark>manual</mark>&gt;" in response.content.decode()


def test_a_long_list_shows_the_best_ten_and_leads_to_all(ask):
    response = ask("wheelchair")
    assert heads(response)[0] == "Codes 10 of 12 in force, best match first"
    assert "All 12 codes in force" in words(response)
    assert "/?q=wheelchair&page=1" in links(response)
    assert len(rows(ask("wheelchair", page="1"))) == 12


def test_pages_of_a_list_are_links(ask, release):
    for number in range(60):
        make_code(f"E{2000 + number}", release, long_descriptor=f"Wheelchair, part {number}")
    response = ask("wheelchair", page="1")
    assert heads(response) == ["Codes 1 to 50 of 72 in force, best match first", "Narrow"]
    assert "/?q=wheelchair&page=2" in links(response)
    assert len(rows(ask("wheelchair", page="2"))) == 22
    second = links(ask("wheelchair", page="2"))
    assert "/?q=wheelchair&page=1" in second
    assert "/?q=wheelchair&letter=K" in second, "a narrower list begins at its beginning"


def test_a_page_after_the_last_one_is_the_last_one(ask, release):
    for number in range(60):
        make_code(f"E{2000 + number}", release, long_descriptor=f"Wheelchair, part {number}")
    response = ask("wheelchair", page="99")
    assert heads(response)[0] == "Codes 51 to 72 of 72 in force, best match first"
    assert "Page 2 of 2" in words(response)


def test_a_search_narrows_by_letter_and_back(ask):
    response = ask("wheelchair", letter="K")
    assert rows(response)[0] == "K0001"
    chosen = main(response).select_one("aside table [aria-current]")
    assert text(chosen) == "K"
    assert chosen["href"] == "/?q=wheelchair"
    assert "/?q=wheelchair&letter=E" in links(response)


def test_filters_stay_while_typing_goes_on(ask):
    form = main(ask("wheelchair", letter="K", status="all")).find("form")
    hidden = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert hidden == {"letter": "K", "status": "all"}
    assert form.find("input", id="q")["hx-include"] == "closest form"


def test_a_search_narrows_to_a_section_and_those_inside_it_and_back(ask):
    equipment = Section.objects.get(slug="e-equipment")
    make_section("e-chairs", ("E1130", "E1298"), parent=equipment, title="Wheelchairs")
    assert "/?q=wheelchair&section=e-chairs" in links(ask("wheelchair"))
    response = ask("wheelchair", section="e-equipment")
    assert heads(response)[0] == "Codes 10 of 11 in force, best match first"
    chosen = main(response).select_one("aside .subs [aria-current]")
    assert (text(chosen), chosen["href"]) == ("Equipment", "/?q=wheelchair")


def test_a_section_that_does_not_exist_counts_as_not_asked(ask):
    assert heads(ask("wheelchair", section="zzz")) == heads(ask("wheelchair"))


def test_filters_hide_the_sections_and_modifiers_outside_them(ask, release):
    make_section("e-chairs", ("E1130", "E1298"), title="Wheelchairs")
    make_modifier("KA", release, long_descriptor="Wheelchair option")
    assert [head.split()[0] for head in heads(ask("wheelchair"))] == ["Codes", "Sections", "Modifiers", "Narrow"]
    assert [head.split()[0] for head in heads(ask("wheelchair", letter="K"))] == ["Codes", "Narrow"]
    assert heads(ask("wheelchair", level="1")) == ["Narrow"]


def test_a_short_list_ends_with_ended_codes_that_are_marked(ask):
    response = ask("injection")
    assert heads(response)[0] == "Codes 3 in force, 1 ended, best match first"
    assert rows(response)[-1] == "J1840"
    ended = main(response).select("ul[aria-labelledby=g-codes] .row-link.ended")
    assert [text(row) for row in ended] == ["J 1840 Injection , kanamycin Injected Ended Mar 31, 2024"]


def test_ended_codes_are_counted_and_shown_on_demand(ask, release):
    for number in range(12):
        make_code(f"J{2000 + number}", release, long_descriptor="Injection", termination_date=date(2024, 3, 31))
    response = ask("injection")
    assert heads(response)[0] == "Codes 3 in force, 7 of 13 ended, best match first"
    assert "Ended codes too 13 ended" in words(response)
    assert "/?q=injection&status=all&page=1" in links(response)
    assert rows(ask("injection", page="1")) == rows(response)[:3]
    assert len(rows(ask("injection", status="all", page="1"))) == 16


def test_ended_codes_come_last_when_they_are_asked_for(ask):
    response = ask("injection", status="all")
    assert rows(response)[-1] == "J1840"
    assert "Ended Mar 31, 2024" in words(response)


def test_a_misspelled_word_is_said_to_be_missing_and_its_guess_is_shown(ask):
    response = ask("ketorlac")
    assert "Nothing contains ketorlac . Did you mean ketorolac ?" in words(response)
    assert rows(response)[0] == "J1885"


def test_what_nothing_matches_is_told_with_what_was_searched_and_what_to_try(ask):
    said = words(ask("qqqq wwww"))
    assert "Nothing matches “qqqq wwww”" in said
    assert "Searched: 16 Level II codes, 2 modifiers and 7 section names in HCPCS Level II, October 2025." in said
    assert "Not searched: Level I descriptors." in said
    assert "/sections/" in links(ask("qqqq wwww"))


@pytest.mark.parametrize("filters", [{"letter": "J"}, {"level": "1"}, {"section": "d-dental"}])
def test_a_search_that_its_filters_empty_says_so_and_offers_itself_without_them(ask, filters):
    response = ask("wheelchair", **filters)
    assert "Nothing with these filters matches “wheelchair” Drop the filters: 12 codes" in words(response)
    assert "/?q=wheelchair&status=all" in links(response)


def test_filters_are_not_blamed_when_nothing_matches_without_them_either(ask):
    said = words(ask("qqqq", letter="J"))
    assert "Nothing matches “qqqq”" in said
    assert "Drop the filters" not in said


def test_a_diagnosis_code_is_told_apart_from_an_empty_result(ask):
    said = words(ask("E11.9"))
    assert "“E11.9” cannot be read as a code" in said
    assert "diagnosis" in said
    assert "Nothing matches" not in said


def test_the_first_characters_of_a_code_list_codes_without_complaint(ask):
    response = ask("J18")
    assert heads(response)[0] == "Codes 2 in force, 1 ended, in code order"
    assert main(response).select(".note") == []
