"""The register of misconceptions, and where the lookup shows them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from catalog.models import Misconception, Release
from tests.builders import make_code, make_modifier, make_release
from tests.catalog.views.page import links, main, text, words
from tests.training import make_misconception

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return lambda: client.get(reverse("misconceptions"))


@pytest.fixture
def ask(client):
    release = make_release()
    make_modifier("JW", release)
    make_code("J1885", release, long_descriptor="Injection, ketorolac tromethamine, numeric")
    make_misconception(link="/codes/0001U/", link_label="0001U, taken apart")
    return lambda query, **more: client.get("/", {"q": query} | more)


def heard(response) -> list[str]:
    """What each row says, without the remark and the key at its end."""
    rows = main(response).select("ul[aria-labelledby=g-heard] a.row-link")
    return [" ".join(text(part) for part in row.find_all("span", recursive=False)[:2]) for row in rows]


# --- The register ---


def test_the_register_says_what_is_wrong_why_and_what_is_right(page):
    make_misconception(link="/codes/0001U/", link_label="0001U, taken apart")
    entry = main(page()).find(id="five-digits")
    assert text(entry.h2) == "Wrong: Every CPT code is five digits"
    said = {text(name): text(name.find_next("dd")) for name in entry.find_all("dt")}
    assert said == {"Why it is wrong": "Only Category I is.", "In fact": "Other categories end in a letter."}
    assert text(entry.find(href="/codes/0001U/")) == "0001U, taken apart"


def test_codes_in_the_texts_are_links(page):
    make_misconception(fact="0042T is CPT.")
    assert "/codes/0042T/" in links(page())


def test_an_entry_has_an_address_of_its_own(client):
    one = make_misconception("cpt-is-numeric")
    address, _, anchor = one.get_absolute_url().partition("#")
    assert main(client.get(address)).find(id=anchor)


def test_entries_come_in_the_order_of_the_editors(page):
    make_misconception("second", claim="Second", sort=20)
    make_misconception("first", claim="First", sort=10)
    assert [each["id"] for each in main(page()).select(".myth")] == ["first", "second"]
    for listed in (".contents a", ".beside a"):
        assert [text(each) for each in main(page()).select(listed)] == ["First", "Second"]


@pytest.mark.parametrize(("mark", "unverified"), [("V", False), ("S", False), ("I", True), ("G", True)])
def test_an_entry_names_its_authority_and_says_when_it_is_not_verified(page, mark, unverified):
    make_misconception(mark=mark)
    said = text(main(page()).select_one(".myth .src"))
    assert "AMA" in said
    assert ("Not verified" in said) is unverified
    assert ("secondary source" in said) is (mark == "S")


def test_what_an_editor_saves_shows_at_once(page):
    one = make_misconception()
    etag = page().headers["ETag"]
    Misconception.objects.filter(pk=one.pk).delete()
    assert "five digits" not in words(page())
    assert page().headers["ETag"] != etag
    make_misconception(claim="CPT is <b>numeric</b>")
    assert "CPT is <b>numeric</b>" in words(page())


def test_the_register_is_not_sent_again_while_nothing_has_changed(client, page):
    make_misconception()
    etag = page().headers["ETag"]
    assert client.get(reverse("misconceptions"), headers={"If-None-Match": etag}).status_code == 304


def test_an_empty_register_says_so(page):
    assert "nothing is on it yet" in words(page())


def test_the_register_asks_the_database_once_for_all_of_it(client, page, django_assert_num_queries):
    page()
    for number in range(12):
        make_misconception(f"one-{number}")
    page()
    with django_assert_num_queries(2):  # the stamp, and the entries
        page()


def test_the_register_belongs_to_the_levels(page):
    soup = BeautifulSoup(page().content, "html.parser")
    assert text(soup.select_one(".nav-main [aria-current=page]")) == "Levels"
    assert reverse("levels") in links(page())


# --- In the one box ---


@pytest.fixture
def ask_of_abns(ask):
    """With a code whose descriptor has each word of the claim."""
    make_code("G9999", Release.objects.get(), long_descriptor="Patient signs ABN form")
    make_misconception("abn", claim="The patient signs an ABN, and pays")
    return ask


def heads(response) -> list[str]:
    return [head["id"] for head in main(response).select(".group-head")]


def opened(response) -> list[str]:
    """What Enter opens."""
    return [each["href"] for each in main(response).select(".is-on")]


def test_a_misconception_that_was_asked_for_stands_above_the_codes(ask):
    answer = ask("cpt numeric")
    assert heard(answer) == [
        "Wrong Every CPT code is five digits In fact: Other categories end in a letter.",
    ]
    assert heads(answer) == ["g-heard", "g-codes"]
    assert opened(answer) == ["/levels/misconceptions/#five-digits"]
    assert "#g-heard" not in links(answer)
    assert main(answer).select_one("[data-say]")["data-say"] == "1 misconception, 1 code for cpt numeric."


def test_a_code_that_has_as_many_of_the_words_stands_above_a_misconception(ask_of_abns):
    answer = ask_of_abns("patient signs abn")
    assert heads(answer) == ["g-codes", "g-heard"]
    assert opened(answer) == ["/codes/G9999/"]
    assert "#g-heard" in links(answer)
    assert main(answer).select_one("[data-say]")["data-say"] == "1 code, 1 misconception for patient signs abn."


def test_words_of_coding_alone_ask_for_a_misconception_whatever_a_code_has(ask_of_abns):
    assert heads(ask_of_abns("abn")) == ["g-heard", "g-codes"]


def test_a_misconception_is_the_answer_when_nothing_else_is_found(ask):
    answer = ask("cpt category")
    assert len(heard(answer)) == 1
    assert "Nothing" not in words(answer)
    assert main(answer).select_one("[data-say]")["data-say"] == "1 misconception for cpt category."
    assert [each["href"] for each in main(answer).select(".is-on")] == ["/levels/misconceptions/#five-digits"]
    assert "#g-heard" not in links(answer)


def test_a_text_that_a_misconception_holds_is_not_called_unheard_of(ask):
    make_misconception("cpt-numerik", claim="CPT numerik", sort=5)
    answer = ask("cpt numerik")
    assert len(heard(answer)) == 1
    assert "Nothing contains" not in words(answer)


def test_a_question_that_begins_like_a_modifier_is_answered_as_a_question(ask):
    make_misconception("apart", claim="HCPCS and CPT are apart", sort=5)
    answer = ask("is hcpcs cpt")
    assert len(heard(answer)) == 1
    assert "No modifier IS" not in words(answer)


@pytest.mark.parametrize("query", ["J1885", "J18", "J1885-JW", "J1885 99213", "J1880-J1890", "99213", "59", "JW"])
def test_codes_ranges_and_modifiers_show_no_misconception(ask, query):
    make_misconception("all", claim=f"CPT {query}: modifier 59 JW J 18 1885 99213 code", sort=5)
    assert heard(ask(query)) == []


def test_words_of_care_show_no_misconception(ask):
    assert heard(ask("ketorolac")) == []


@pytest.mark.parametrize("narrowed", [{"level": "2"}, {"letter": "J"}, {"status": "all"}, {"page": "1"}])
def test_who_narrows_the_codes_is_asking_for_codes(ask, narrowed):
    assert heard(ask("cpt numeric", **narrowed)) == []


@pytest.mark.parametrize(("mark", "said"), [("V", ""), ("S", "Secondary source"), ("G", "Not verified")])
def test_a_result_says_when_it_is_not_verified(ask, mark, said):
    Misconception.objects.all().delete()
    make_misconception(mark=mark)
    assert (
        text(main(ask("cpt numeric")).select_one("ul[aria-labelledby=g-heard] .where")) == f"{said} Enter".strip()
    )


def test_what_an_editor_saves_is_found_at_once(ask):
    assert heard(ask("abn")) == []
    one = make_misconception("abn", claim="The patient signs an ABN", fact="No <i>use</i>.")
    assert heard(ask("abn")) == ["Wrong The patient signs an ABN In fact: No <i>use</i>."]
    one.claim = "An ABN helps"
    one.save()
    assert heard(ask("abn")) == ["Wrong An ABN helps In fact: No <i>use</i>."]
    one.delete()
    assert heard(ask("abn")) == []


def test_the_type_ahead_knows_no_misconceptions(client, ask):
    answer = client.get("/api/hcpcs/v3/search", {"terms": "abn"})
    make_misconception("abn", claim="The patient signs an ABN")
    assert client.get("/api/hcpcs/v3/search", {"terms": "abn"}).json() == answer.json()


def test_each_entry_says_when_it_was_edited(client):
    make_misconception()
    Misconception.objects.update(updated_at=datetime(2026, 11, 3, 12, tzinfo=UTC))
    assert "Last edited Nov 3, 2026" in words(client.get("/levels/misconceptions/"))
