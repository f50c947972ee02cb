from datetime import date

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from catalog.models import Section
from catalog.starter.load import load_starter
from catalog.views import present
from catalog.views.present import paged, sources
from catalog.views.quiz import Choice
from tests.builders import make_code, make_level, make_ptp, make_release, make_section, make_table
from tests.catalog.views.page import links, main, text
from tests.training import make_comparison, make_misconception, make_step

pytestmark = pytest.mark.django_db

QUERIES = 9
ALWAYS = ["apart", "twins", "try", "suffixes", "turn", "turn", "end"]


@pytest.fixture
def slides(client):
    """The slides of the page by the name of what they show; of several the first."""

    def read() -> dict:
        found = main(client.get(reverse("present"))).select(".slide")
        return {slide["class"][1].removeprefix("slide-"): slide for slide in reversed(found)}

    return read


def kinds(client) -> list[str]:
    found = main(client.get(reverse("present"))).select(".slide")
    return [slide["class"][1].removeprefix("slide-") for slide in found]


# --- The lesson ---


def test_an_empty_database_leaves_the_lesson_about_forms(client):
    assert kinds(client) == ALWAYS


def test_the_starter_texts_make_the_whole_lesson(client):
    load_starter()
    shown = list(dict.fromkeys(kinds(client)))
    assert shown == [
        *("nest", "keepers", "compare", "apart", "twins", "try", "suffixes", "letters", "path", "two_lines"),
        *("listed", "dated", "paired", "heard", "in_fact", "turn", "end"),
    ]


def test_one_slide_compares_and_says_nothing_that_the_slides_before_it_said(client):
    load_starter()
    assert kinds(client).count("compare") == 1
    rows = main(client.get(reverse("present"))).select(".slide-compare tbody tr")
    assert 5 <= len(rows) <= 6
    assert not {"Who maintains it", "How to tell them apart", "What it names"} & {text(row.th) for row in rows}


def test_the_lesson_needs_as_many_queries_however_much_is_loaded(client, django_assert_num_queries):
    load_starter()
    client.get(reverse("present"))
    with django_assert_num_queries(QUERIES):
        client.get(reverse("present"))


def test_every_slide_has_a_heading_a_number_and_links_to_those_beside_it(client):
    load_starter()
    found = main(client.get(reverse("present"))).select(".slide")
    anchors = [slide["id"] for slide in found]
    assert len(set(anchors)) == len(anchors)
    assert all(slide.h2["id"] == slide["aria-labelledby"] and slide.h2["tabindex"] == "-1" for slide in found)
    onward = [slide.select_one('[aria-label="Next slide"]') for slide in found[:-1]]
    assert [link["href"] for link in onward] == [f"#{anchor}" for anchor in anchors[1:]]
    back = [slide.select_one('[aria-label="Slide before"]') for slide in found[1:]]
    assert [link["href"] for link in back] == [f"#{anchor}" for anchor in anchors[:-1]]


def test_an_answer_has_the_number_of_its_question(client):
    found = main(client.get(reverse("present"))).select(".slide-turn")
    assert [slide["id"] for slide in found] == ["s5", "s5-answer"]
    assert [text(slide.select_one(".turn")) for slide in found] == ["5 of 6", "5 of 6, answer"]


def test_whatever_states_something_names_its_source(client):
    load_starter()
    found = main(client.get(reverse("present"))).select(".slide")
    bare = {slide["class"][1] for slide in found if not text(slide.select_one(".src"))}
    assert bare == {"slide-heard", "slide-turn", "slide-end"}


def test_the_bar_leads_to_the_first_slide_of_each_part_and_to_the_end(client):
    page = client.get(reverse("present")).content.decode()
    assert '<a href="#s1">Form</a><a href="#s5">Your turn</a><a href="#s6">Go on</a>' in page
    assert f'id="end" href="{reverse("levels")}"' in page


def test_the_class_gets_the_address_of_a_round_made_for_the_day(client):
    word = f"{timezone.localdate():%b%d}".upper()
    response = client.get(reverse("present"))
    address = f"{reverse('quiz')}?seed={word}"
    assert address in links(response)
    assert f"testserver{address}" in text(main(response))
    assert Choice.from_query(QueryDict(f"seed={word}"))[0].address().startswith(address)


def test_a_code_is_taken_apart_where_the_levels_take_it_apart(client, slides):
    form = slides()["try"].form
    assert form["hx-get"] == form["action"].removesuffix("#try") == reverse("levels")
    assert form["hx-target"] == "#tried"
    assert slides()["try"].select_one("#tried .try")
    answer = client.get(
        form["hx-get"], {form.input["name"]: "0042T"}, headers={"hx-request": "true", "hx-target": "tried"}
    )
    assert main(answer).select_one("#tried")


# --- Texts of the editors ---


def test_only_rows_for_slides_that_are_verified_are_compared(slides):
    make_comparison("Kept by", on_slide=True, level_one="The AMA keeps it", source="AMA; 45 CFR 162.1002")
    make_comparison("Units", on_slide=True, mark="G", level_one="Usually one")
    make_comparison("Costs", level_one="A license")
    slide = slides()["compare"]
    assert [text(row.th) for row in slide.select("tbody tr")] == ["Kept by"]
    assert "Source: AMA; 45 CFR 162.1002" in text(slide)


def test_a_path_with_a_step_that_nobody_verified_is_not_shown(client):
    end = make_step("cpt", text="Level I: the CPT code", level=1, mark="I")
    make_step("start", leads={"work": end}, is_first=True)
    assert "path" not in kinds(client)
    type(end).objects.update(mark="S")
    assert "path" in kinds(client)


def test_three_misconceptions_are_asked_about_and_then_answered(client):
    make_misconception("long", fact="Too much to read. " * 20, on_slide=True)
    make_misconception("guess", claim="Guessed", mark="I", on_slide=True)
    make_misconception("other", claim="Not for slides")
    for number in range(4):
        make_misconception(f"m{number}", claim=f"Claim {number}", fact=f"Fact {number}", on_slide=True)
    found = main(client.get(reverse("present"))).select(".slide-heard, .slide-in_fact")
    assert [text(slide.blockquote) for slide in found[::2]] == ["“Claim 0”", "“Claim 1”", "“Claim 2”"]
    assert "Wrong: Claim 0 Fact 0 " in text(found[1])
    assert "Fact" not in text(found[0])


def test_no_line_ends_inside_a_name_with_a_number(slides):
    make_misconception("covid", claim="A COVID-19 <b> code", fact="No U0001 for COVID-19", on_slide=True)
    for kind in ("heard", "in_fact"):
        assert {text(part) for part in slides()[kind].select(".text-nowrap")} == {"COVID-19"}
    assert text(slides()["heard"].blockquote) == "“A COVID-19 <b> code”"


# --- Loaded releases ---


def test_the_picture_says_in_words_what_lies_inside_and_what_has_ended(slides):
    for number, title in ((1, "CPT"), (2, "National codes")):
        make_level(number, title=title)
    make_level(3, title="Local codes", ended=date(2003, 12, 31))
    make_release(counts={"codes": 8463})
    figure = slides()["nest"].figure
    assert len(figure.select('svg[role="img"][aria-label]')) == 2
    inside, outside = figure.ul.find_all("li", recursive=False)
    assert [text(level).split(":")[0] for level in inside.find_all("li")] == [
        "Level I, CPT",
        "Level II, National codes",
    ]
    assert text(outside).endswith("Ended Dec 31, 2003.")
    assert text(figure.figcaption) == "Level II: 8,463 codes on file in the October 2025 file."


def test_the_picture_of_starter_data_says_that_it_is_no_release(slides):
    load_starter()
    assert text(slides()["nest"].figcaption).startswith("Starter data, not a CMS release: ")


def test_a_listed_code_that_medicare_does_not_cover_is_shown_with_how_many_there_are(slides):
    release = make_release()
    make_code("A0001", release, coverage_code="C")
    make_code("A0002", release, coverage_code="I")
    make_code("A0003", release, coverage_code="M", termination_date=date(2020, 12, 31))
    said = text(slides()["listed"])
    assert "A 0002 is on file. CMS’s own mark beside it: Not payable by Medicare" in said
    assert "1 of 2 codes without an end date in this file" in said
    make_code("V5266", release, coverage_code="S")
    assert "V 5266 is on file. CMS’s own mark beside it: Excluded by statute" in text(slides()["listed"])


def test_an_ended_code_is_shown_with_its_last_day_and_the_day_after(slides):
    release = make_release()
    make_code("A0001", release, termination_date=date(2024, 3, 31))
    make_code("A0002", release, termination_date=date(2023, 12, 31))
    said = text(slides()["dated"])
    assert "A 0001 Mar 31, 2024 its last day Apr 1, 2024 no longer valid" in said
    make_code("G2012", release, termination_date=date(2020, 12, 31))
    assert "G 2012 Dec 31, 2020" in text(slides()["dated"])


def test_a_pair_is_answered_in_the_words_of_verdicts_with_its_table(slides):
    table = make_table("ptp", "practitioner")
    make_ptp("45385", "45378", table, modifier_indicator="0")
    slide = slides()["paired"]
    assert text(slide.select_one(".v")) == "Denied by edit"
    assert "45378 is denied beside 45385 by this edit." in text(slide)
    assert "No modifier does. Indicator 0." in text(slide)
    assert f"Source: CMS NCCI, {table}" in text(slide)


def test_a_pair_that_is_not_in_force_is_not_shown(client):
    make_ptp("45385", "45378", make_table("ptp", "practitioner"), deletion_date=date(2021, 12, 31))
    assert "paired" not in kinds(client)


def test_the_letters_are_those_of_the_sections_and_dental_stands_apart(slides):
    make_section("j", ("J0000", "J9999"), title="Drugs", mark="V")
    make_section("d", ("D0000", "D9999"), title="Dental", kind="dental", mark="V")
    shown = slides()["letters"].select("dl > div")
    assert {text(one) for one in shown} == {"J Drugs", "D Dental: the ADA’s, not in CMS’s file"}
    assert [text(one) for one in slides()["letters"].select(".void")] == ["D"]


def test_sections_of_the_second_hand_are_said_to_be(slides):
    make_section("j", ("J0000", "J9999"), title="Drugs", mark="V")
    make_section("giving", ("96360", "96549"), title="Giving drugs", mark="V", level=make_level(1), kind="cpt_i")
    kinds = ("apart", "letters", "two_lines")
    assert not [kind for kind in kinds if "secondary" in text(slides()[kind].select_one(".src"))]
    mark("j", "S")
    assert [kind for kind in kinds if "secondary" in text(slides()[kind].select_one(".src"))] == [*kinds]


def mark(slug: str, how_sure: str) -> None:
    section = Section.objects.get(slug=slug)
    section.mark = how_sure
    section.save()


@pytest.mark.parametrize("how_sure", ["I", "G"])
def test_a_section_that_nobody_verified_is_on_no_slide(slides, how_sure):
    make_section("j", ("J0000", "J9999"), title="Guessed drugs", mark=how_sure)
    make_section("u", ("U0000", "U9999"), title="Guessed tests", mark=how_sure)
    make_section("t", ("T1000", "T1999"), title="Guessed programs", mark=how_sure)
    make_section("giving", ("96360", "96549"), title="Giving drugs", mark="V", level=make_level(1), kind="cpt_i")
    make_section("visits", ("99202", "99499"), title="Guessed visits", mark=how_sure, level_id=1, kind="cpt_i")
    shown = slides()
    assert not {"letters", "two_lines"} & shown.keys()
    assert not [kind for kind, slide in shown.items() if "Guessed" in text(slide)]


def test_two_lines_are_not_shown_where_nobody_verified_the_range_of_the_second(slides):
    make_section("j", ("J0000", "J9999"), title="Drugs", mark="V")
    make_section("giving", ("96360", "96549"), title="Giving drugs", mark="I", level=make_level(1), kind="cpt_i")
    assert "two_lines" not in slides()
    mark("giving", "V")
    assert "Giving drugs" in text(slides()["two_lines"])


# --- Parts ---


def test_rows_go_on_as_few_pages_as_hold_them_and_about_as_many_on_each():
    assert paged([], float) == []
    assert paged([present.ROOM * 2], float) == [[present.ROOM * 2]]
    third = present.ROOM / 3
    assert paged([third] * 4, float) == [[third] * 2] * 2
    assert [len(page) for page in paged([0.1] * (present.ROWS + 1), float)] == [present.ROWS, 1]


def test_sources_are_named_once_and_those_of_the_second_hand_said_to_be():
    rows = [make_comparison("A", source="AMA; CMS pages"), make_comparison("B", source="Cms pages")]
    assert sources(rows) == "AMA; CMS pages"
    assert sources([make_comparison("C", source="AAP", mark="S")]) == "AAP; in part secondary"


def test_sources_take_one_line_and_lead_to_the_others():
    names = ["A long name of an authority, its pages", "another one that is about as long", "a third"]
    rows = [make_comparison(name, source=name, mark="S") for name in names]
    assert sources(rows) == f"{names[0]}; in part secondary; and others: /levels/"
    assert sources([make_comparison("D", source="A; B; C")]) == "A; B; and others: /levels/"
    endless = sources([make_comparison("E", source=f"{'Endless name ' * 12}; B", mark="S")])
    assert len(endless) <= present.LONGEST_SOURCE
    assert endless.startswith("Endless name")
    assert endless.endswith("…; in part secondary; and others: /levels/")
