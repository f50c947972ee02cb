import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import ProtectedError

from catalog.models import PracticeChoice
from catalog.quiz import Ask, Difficulty, Link, Option, Topic
from tests.training import make_comparison, make_item, make_misconception, make_statement, make_step

pytestmark = pytest.mark.django_db


def test_an_item_becomes_a_question_with_everything_it_says():
    item = make_item(
        "Denied by edit",
        "Bypassed",
        slug="pair",
        asks="verdict",
        topic="pairs",
        difficulty=3,
        code="45378",
        claim="45385\n45378-59",
        given=[["Indicator", "0"]],
        link="/codes/45378/",
        link_label="45378",
        source="CMS",
        mark="I",
    )
    question = item.question()
    assert (question.key, question.prompt, question.rationale) == ("pair", item.prompt, item.rationale)
    assert question.options == (Option("Denied by edit", is_right=True), Option("Bypassed"))
    assert (question.asks, question.topic, question.difficulty) == (Ask.VERDICT, Topic.PAIRS, Difficulty.TRICKY)
    assert (question.code, question.given, question.claim) == (
        "45378",
        (("Indicator", "0"),),
        ("45385", "45378-59"),
    )
    assert question.links == (Link("/codes/45378/", "45378"),)
    assert (question.source, question.mark, question.is_unverified) == ("CMS", "I", True)


@pytest.mark.parametrize(
    "given",
    [5, "a: b", {"a": "b"}, None, ["a", "b"], ["ab"], [["a"]], [["a", "b", "c"]], [["a", 5]], [["a", " "]]],
)
def test_facts_that_are_not_labels_with_values_are_refused(given):
    item = make_item()
    item.given = given
    with pytest.raises(ValidationError, match="Give each fact as a label and a value"):
        item.full_clean()


@pytest.mark.parametrize("given", [[], [["Column one", "45385"], ["Column two", "45378"]]])
def test_labels_with_values_are_facts(given):
    make_item(given=given).full_clean()


@pytest.mark.parametrize(
    ("make", "field", "value"),
    [
        (make_item, "topic", "gossip"),
        (make_item, "asks", "opinion"),
        (make_item, "difficulty", 9),
        (make_statement, "topic", "gossip"),
        *((make, "mark", "X") for make in (make_comparison, make_statement, make_misconception, make_item)),
    ],
)
def test_the_database_refuses_what_no_page_has_words_for(make, field, value):
    with pytest.raises(IntegrityError):
        make(**{field: value})


def test_a_question_can_be_made_of_choices_that_are_not_saved():
    question = make_item().question([PracticeChoice(text="New", is_right=True)])
    assert question.options == (Option("New", is_right=True),)


def test_an_item_leads_to_a_round_of_its_own():
    assert make_item(slug="first-letter").get_absolute_url() == "/levels/quiz/?items=first-letter"


def test_a_misconception_leads_to_its_place_in_the_register():
    assert make_misconception("five-digits").get_absolute_url() == "/levels/misconceptions/#five-digits"


def test_comparisons_and_statements_lead_to_the_levels_and_a_step_to_the_path():
    assert make_comparison().get_absolute_url() == make_statement().get_absolute_url() == "/levels/"
    assert make_step("thing").get_absolute_url() == "/levels/which/"


@pytest.mark.parametrize(("mark", "is_unverified"), [("V", False), ("S", False), ("I", True), ("G", True)])
def test_what_is_inferred_or_general_is_not_verified(mark, is_unverified):
    assert make_statement(mark=mark).is_unverified is is_unverified


def test_a_step_that_others_lead_to_cannot_be_deleted():
    end = make_step("end")
    make_step("start", leads={"yes": end})
    with pytest.raises(ProtectedError):
        end.delete()


def test_texts_name_themselves():
    assert str(make_comparison("Who keeps it")) == "Who keeps it"
    assert str(make_statement("CPT", topic="cost")) == "What it costs: CPT"
    end = make_step("end", text="Level II")
    assert str(make_step("start", text="A thing?", leads={"yes": end}).choices.get()) == "A thing?: Yes"
    assert str(make_misconception(claim="All are numbers")) == "All are numbers"
    assert str(make_item("Level II", prompt="Which?").choices.first()) == "Level II"
