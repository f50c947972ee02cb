from datetime import UTC, datetime

import pytest

from catalog.models import ComparisonRow, Statement
from tests.builders import make_code, make_level, make_release, make_section
from tests.catalog.views.page import links, main, text, words
from tests.training import make_comparison, make_misconception, make_statement, make_step

pytestmark = pytest.mark.django_db

QUERIES_OF_THE_PAGE = 6
"""The stamp; comparisons; steps and their choices; statements; misconceptions."""

TO_TRIED = {"HX-Request": "true", "HX-Target": "tried"}


@pytest.fixture
def release():
    make_level(1, title="CPT")
    make_section("j-drugs", ("J0000", "J9999"), title="Drugs")
    make_section("visits", ("99202", "99499"), title="Visits", level=make_level(1), kind="cpt_i")
    release = make_release()
    make_code("J1885", release, long_descriptor="Injection, ketorolac")
    make_code("U0001", release, long_descriptor="Virus test")
    return release


def tried(client, code: str):
    return client.get("/levels/", {"code": code}, headers=TO_TRIED)


# --- The page ---


def test_the_page_has_every_part_and_leads_to_the_other_rooms(client, release):
    make_comparison("Kept by")
    make_statement("CPT")
    end = make_step("end", text="Level II", level=2)
    make_step("start", leads={"yes": end}, is_first=True)
    make_misconception(on_slide=True)
    page = main(client.get("/levels/"))
    assert [text(heading) for heading in page.find_all("h2")] == [
        "Side by side",
        "Try a code",
        "Which set do I use?",
        "Maintainers, forms, rhythm and cost",
        "Often heard, and in fact",
    ]
    assert {
        "/levels/quiz/",
        "/levels/present/",
        "/levels/drill/",
        "/levels/which/",
        "/levels/misconceptions/",
    } <= {link["href"] for link in page.find_all("a")}


def test_the_first_six_differences_are_shown_and_the_others_can_be_opened(client, release):
    questions = ["Who", "Form", "Names", "Updated", "Cost", "Units", "Modifiers"]
    for sort, question in enumerate(questions):
        make_comparison(question, sort=sort)
    page = main(client.get("/levels/"))
    shown, others = ([text(row.th) for row in table.select("tbody tr")] for table in page.select(".compare"))
    assert (shown, others) == (questions[:6], questions[6:])
    assert text(page.select_one("details.differences summary")) == "All 7 differences"
    assert page.select("details.differences .compare tbody tr")


def test_up_to_six_differences_are_all_shown(client, release):
    for number in range(6):
        make_comparison(f"Question {number}")
    page = main(client.get("/levels/"))
    assert len(page.select(".compare tbody tr")) == 6
    assert page.select("details.differences") == []


def test_the_picture_of_the_levels_names_its_source(client, release):
    make_level(2)
    source = "Source: 45 CFR 162.1002; HL7 Terminology"
    assert source in words(client.get("/levels/"))
    make_level(3)
    assert f"{source}; for the last day of Level III, a secondary source" in words(client.get("/levels/"))


def test_without_texts_their_parts_are_left_out(client, release):
    page = main(client.get("/levels/"))
    assert [text(heading) for heading in page.find_all("h2")] == ["Try a code"]
    assert page.select(".compare, .path, .myths, .topics") == []


def test_without_levels_release_and_texts_the_page_still_stands(client):
    assert client.get("/levels/").status_code == 200
    assert client.get("/levels/?code=J1885").status_code == 200


def test_what_an_editor_saves_shows_at_once(client, release):
    row = make_comparison("Kept by")
    client.get("/levels/")
    ComparisonRow.objects.filter(pk=row.pk).update(level_one="The association")
    answer = client.get("/levels/")
    assert "The association" in words(answer)
    assert "ETag" not in answer


@pytest.mark.parametrize("address", ["/levels/", "/levels/?code=J1885", "/levels/which/", "/levels/which/?a=no"])
def test_no_page_is_kept_by_browsers_and_proxies_without_asking_again(client, release, address):
    answer = client.get(address)
    assert "no-cache" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]


def test_the_page_asks_six_questions_however_much_it_shows(client, release, django_assert_num_queries):
    for number in range(3):
        make_comparison(f"Question {number}")
        make_statement(f"Subject {number}")
        make_misconception(f"idea-{number}", on_slide=True)
    end = make_step("end")
    make_step("start", leads={"yes": end, "no": make_step("other")}, is_first=True)
    client.get("/levels/")
    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        client.get("/levels/?code=0001U")


# --- How sure we are ---


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("V", "CMS"),
        ("S", "CMS (secondary source)"),
        ("I", "Not verified Inferred from patterns in official data: CMS"),
        ("G", "Not verified CMS"),
    ],
)
def test_every_comparison_and_statement_says_how_sure_we_are(client, release, mark, said):
    make_comparison(mark=mark, source="CMS")
    make_statement(mark=mark, source="CMS")
    page = main(client.get("/levels/"))
    assert [text(source) for source in page.select("td .src, dd .src")] == [said, said]


@pytest.mark.parametrize(("mark", "said"), [("V", ""), ("S", "(secondary source)"), ("G", "Not verified")])
def test_the_path_says_what_of_it_is_not_verified(client, release, mark, said):
    make_step("start", text="Is it a thing?", leads={"yes": make_step("end", mark=mark, text="Level II")})
    ending = text(main(client.get("/levels/")).select_one(".path .a"))
    assert ending == f"Level II {said}".strip()


def test_statements_stand_by_topic_in_the_order_of_the_topics(client, release):
    for topic in reversed(Statement.Topic.values):
        make_statement(topic=topic)
    topics = [text(heading) for heading in main(client.get("/levels/")).select(".topics h3")]
    assert topics == Statement.Topic.labels


# --- Taking a code apart ---


def test_three_examples_are_taken_apart_while_nothing_is_typed(client, release):
    page = main(client.get("/levels/"))
    assert [text(heading) for heading in page.select("#tried h3")] == [
        "J1885: Letter first",
        "99213: Digits only",
        "0202U: Letter last",
    ]


def test_a_code_in_the_address_is_taken_apart_in_the_page(client, release):
    answer = client.get("/levels/?code=j1885")
    page = main(answer)
    assert "In force in Oct 2025. Injection, ketorolac" in text(page.select_one("#tried"))
    assert page.select_one("#tc")["value"] == "j1885"
    assert {"/sections/j-drugs/", "/codes/J1885/"} <= links(answer)


def test_while_typing_only_what_was_typed_comes_back_and_is_said(client, release, django_assert_num_queries):
    tried(client, "J1885")
    with django_assert_num_queries(1):
        answer = tried(client, "J1885")
    assert "<main" not in answer.content.decode()
    said = main(answer).select_one("#tried")["data-say"]
    assert said == "J1885: Level II, Drugs. In force in Oct 2025."
    assert answer["Vary"] == "HX-Target, Cookie"


def test_a_page_asked_for_again_by_the_browsers_back_is_whole(client, release):
    assert "<main" in client.get("/levels/?code=J18", headers={"HX-Request": "true"}).content.decode()


def test_the_look_alike_is_looked_up_in_the_release_as_well(client, release):
    assert "U0001, its letter at the other end: Level II. In force in Oct 2025. Take U0001 apart" in words(
        tried(client, "0001U")
    )


def test_no_descriptor_stands_beside_a_cpt_number(client, release):
    shown = words(tried(client, "99213"))
    assert "This site holds no list of CPT codes" in shown
    assert "99202–99499 its range: Visits (bounds not verified)." in shown


def test_bounds_from_a_secondary_source_are_said_to_be(client, release):
    make_section("office", ("99202", "99215"), title="Office", level=make_level(1), kind="cpt_i", mark="S")
    assert "Office (bounds from a secondary source)" in words(tried(client, "99213"))


def test_a_half_typed_number_names_the_sections_it_may_fall_into(client, release):
    make_section("medicine", ("90000", "99199"), title="Medicine", level=make_level(1), kind="cpt_i")
    assert "Medicine or Visits" in words(tried(client, "99")) or "Visits or Medicine" in words(tried(client, "99"))
    assert "a digit at the end makes it Category I: Visits." in words(tried(client, "994"))
    assert "none of our sections" in words(tried(client, "02"))


def test_a_code_that_left_the_file_says_when_it_was_last_seen(client, release):
    july = make_release("2025Q3", current=False)
    make_code("J1999", july)
    assert "Last seen in July 2025" in words(tried(client, "J1999"))


@pytest.mark.parametrize(
    "odd", ["<script>alert(1)</script>", "\u202eJ1885", "\U0001f48a", "x" * 300, "E11.9", "%00"]
)
def test_odd_texts_are_answered(client, release, odd):
    answer = tried(client, odd)
    assert answer.status_code == 200
    assert "<script" not in answer.content.decode()


def test_words_lead_to_the_search(client, release):
    assert "/?q=wheelchair%20brake" in links(tried(client, "wheelchair brake"))


def test_every_form_of_a_code_stands_in_the_table_and_can_be_taken_apart(client, release):
    table = main(client.get("/levels/")).select_one("details table")
    assert len(table.select("tbody tr")) == 9
    assert table.find("a", href="/levels/?code=W1234#try")


def test_the_page_of_a_code_reads_it_the_same_way_and_leads_here(client, release):
    answer = client.get("/codes/J1885/")
    assert "a letter first: Level II. J: Drugs." in words(answer)
    assert "/levels/?code=J1885#try" in links(answer)


def test_the_navigation_leads_to_the_levels_and_the_quiz_and_marks_where_one_is(client, release):
    page = client.get("/levels/").content.decode()
    nav = main(client.get("/levels/")).find_parent("body").select(".nav-main a")
    assert [text(link) for link in nav] == ["Search", "Browse", "Scratchpad", "Levels", "Quiz", "Releases"]
    assert '<a href="/levels/" aria-current="page">' in page


def test_the_page_says_when_the_last_of_its_texts_was_edited(client, release):
    assert "Last edited" not in words(client.get("/levels/"))
    path = make_step("start", leads={"yes": make_step("end")}, is_first=True)
    for month, row in enumerate((make_comparison(), make_statement(), path), 1):
        type(row).objects.update(updated_at=datetime(2026, month, 3, 12, tzinfo=UTC))
    assert "Last edited Mar 3, 2026" in words(client.get("/levels/"))
