import pytest
from django.urls import reverse

from catalog.models import DecisionStep
from catalog.views import decisions
from tests.catalog.views.page import links, main, text, words
from tests.training import make_step

pytestmark = pytest.mark.django_db

QUERIES_OF_A_STEP = 3
"""The stamp, the steps, their choices."""


@pytest.fixture
def path() -> dict[str, DecisionStep]:
    """Is it a thing? Yes: Level II. No: does CPT name it? Yes: Level I. No: an unlisted code."""
    two = make_step("two", text="Level II: the code of the thing", level=2, sort=30)
    one = make_step("one", text="Level I: the CPT code", level=1, sort=40)
    none = make_step("none", text="An unlisted code", mark="G", source="General knowledge", sort=50)
    named = make_step("named", text="Does CPT name it?", leads={"yes": one, "no": none}, sort=20)
    start = make_step("start", text="Is it a thing?", leads={"yes": two, "no": named}, is_first=True, sort=10)
    return {"start": start, "named": named, "two": two, "one": one, "none": none}


def at(client, *answers: str):
    return client.get("/levels/which/", {"a": answers})


# --- Drawn ---


def test_the_drawing_asks_every_question_once_and_ends_beside_it(path):
    start, named = decisions.drawn()
    assert (start.number, start.step.slug, start.onward) == (1, "start", "No")
    assert [(branch.label, branch.step.slug, branch.number) for branch in start.branches] == [("Yes", "two", None)]
    assert [branch.step.slug for branch in named.branches] == ["one", "none"]
    assert named.onward == ""


def test_a_choice_that_jumps_names_the_number_of_its_question(path):
    path["two"].choices.create(slug="again", label="Again", next=path["named"])
    start, two, named = decisions.drawn()
    assert (start.onward, two.onward) == ("Yes", "Again")
    assert [(branch.label, branch.number) for branch in start.branches] == [("No", named.number)] == [("No", 3)]


def test_what_cannot_be_reached_is_not_drawn(path):
    make_step("island", leads={"yes": path["one"]})
    assert [fork.step.slug for fork in decisions.drawn()] == ["start", "named"]


def test_the_drawing_follows_the_path_however_its_rows_are_ordered(path):
    for sort, slug in enumerate(["one", "named", "none", "start", "two"]):
        DecisionStep.objects.filter(slug=slug).update(sort=sort)
    start, named = decisions.drawn()
    assert [(fork.number, fork.step.slug, fork.onward) for fork in (start, named)] == [
        (1, "start", "No"),
        (2, "named", ""),
    ]


def test_what_is_behind_the_first_choice_is_drawn_before_what_is_behind_the_second(path):
    deeper = make_step("deeper", leads={"yes": path["one"], "no": path["two"]}, sort=99)
    early = make_step("early", leads={"yes": deeper, "no": path["none"]}, sort=98)
    DecisionStep.objects.update(is_first=False)
    make_step("top", leads={"yes": early, "no": path["named"]}, is_first=True, sort=97)
    assert [fork.step.slug for fork in decisions.drawn()] == ["top", "early", "deeper", "named"]


# --- Walked ---


def test_a_walk_begins_at_the_first_question_with_its_choices_as_links(client, path):
    answer = at(client)
    assert text(main(answer).find("h2")) == "Is it a thing?"
    assert {"/levels/which/?a=yes#step", "/levels/which/?a=no#step"} <= links(answer)


def test_the_way_so_far_can_be_changed_at_every_step(client, path):
    answer = at(client, "no", "no")
    way = [text(step) for step in main(answer).select(".way li")]
    assert way == [
        "Is it a thing? No Change the answer to: Is it a thing?",
        "Does CPT name it? No Change the answer to: Does CPT name it?",
    ]
    assert {"/levels/which/#step", "/levels/which/?a=no#step"} <= links(answer)


def test_an_end_names_its_level_and_leads_on(client, path):
    answer = at(client, "yes")
    end = main(answer).select_one(".step")
    assert text(end) == "Level II National codes Level II: the code of the thing 45 CFR 162.1002"
    assert {"/", "/sections/#level-2", "/scratchpad/"} <= links(answer)


def test_a_step_that_is_not_verified_says_so(client, path):
    assert "Not verified General knowledge" in words(at(client, "no", "no"))


@pytest.mark.parametrize(
    ("answers", "question", "lost"),
    [
        (["maybe"], "Is it a thing?", "maybe"),
        (["no", "sideways", "yes"], "Does CPT name it?", "sideways"),
        (["yes", "yes"], "Level II: the code of the thing", "yes"),
        (["<b>"], "Is it a thing?", "<b>"),
    ],
)
def test_what_of_an_address_cannot_be_followed_is_said_and_the_rest_is_kept(client, path, answers, question, lost):
    answer = at(client, *answers)
    assert text(main(answer).find("h2", id="step")) == question
    assert f"The address goes on with “{lost}”, which is no choice here." in words(answer)


def test_an_empty_choice_is_passed_over(client, path):
    assert text(main(at(client, "", "no")).find("h2", id="step")) == "Does CPT name it?"


def test_a_walk_in_a_circle_ends_after_forty_choices(client, path):
    path["two"].choices.create(slug="again", label="Again", next=path["start"])
    walk = decisions.walk(["yes", "again"] * 500)
    assert len(walk.taken) == decisions.LONGEST_WALK
    assert at(client, *["yes", "again"] * 500).status_code == 200


def test_a_very_long_choice_is_not_shown_in_full(client, path):
    assert "x" * 50 not in words(at(client, "x" * 5_000))


def test_without_any_step_the_page_says_so(client):
    assert "The editors have written no path yet." in words(at(client))
    assert "The editors have written no path yet." in words(at(client, "yes"))


def test_without_a_first_step_the_path_begins_with_the_first_in_order(client, path):
    DecisionStep.objects.update(is_first=False)
    assert text(main(at(client)).find("h2")) == "Is it a thing?"


def test_a_step_takes_three_queries_however_far_one_is(client, path, django_assert_num_queries):
    client.get(reverse("which_set"))
    with django_assert_num_queries(QUERIES_OF_A_STEP):
        at(client, "no", "yes")
