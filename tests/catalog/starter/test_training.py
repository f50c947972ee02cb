"""Loading what trainers teach from: what is missing comes, what is there stays."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from catalog.models import (
    ComparisonRow,
    DecisionChoice,
    DecisionStep,
    Misconception,
    PracticeChoice,
    PracticeItem,
    Statement,
)
from catalog.starter import load, training
from tests.training import make_comparison, make_item, make_statement, make_step

pytestmark = pytest.mark.django_db

LEVELS = """
[[comparison]]
slug = "kept-by"
question = "Kept by"
level_one = "AMA"
level_two = "CMS"
source = "45 CFR 162.1002"

[[comparison]]
slug = "form"
question = "Form"
level_one = "A digit first"
level_two = "A letter first"
source = "45 CFR 162.1002"

[[statement]]
slug = "keeper-cpt"
topic = "keeper"
subject = "CPT"
text = "The AMA."
source = "45 CFR 162.1002"

[[step]]
slug = "start"
text = "Work or thing?"
source = "45 CFR 162.1002"
is_first = true
[[step.choice]]
slug = "work"
label = "Work"
next = "cpt"
[[step.choice]]
slug = "thing"
label = "A thing"
next = "national"

[[step]]
slug = "cpt"
text = "Level I"
source = "45 CFR 162.1002"
level = 1

[[step]]
slug = "national"
text = "Level II"
source = "45 CFR 162.1002"
level = 2
"""
MISCONCEPTIONS = """
[[misconception]]
slug = "five-digits"
claim = "CPT is five digits."
why_wrong = "Books simplify."
fact = "Category I is."
source = "45 CFR 162.1002"
"""
ITEM = """
[[item]]
slug = "{slug}"
asks = "{asks}"
topic = "form"
difficulty = 1
prompt = "What is it?"
claim = ["45385", "45378-59"]
given = [["Column one", "45385"]]
right = "{right}"
wrong = ["{wrong}"]
rationale = "So it is."
source = "45 CFR 162.1002"
"""
TRUE = {"asks": "true_false", "right": "False", "wrong": "True"}
FREE = {"asks": "scenario", "right": "Two lines", "wrong": "One line"}
TABLES = (ComparisonRow, Statement, DecisionStep, DecisionChoice, Misconception, PracticeItem, PracticeChoice)


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """A folder with a few texts of each kind."""
    (tmp_path / "training-levels.toml").write_text(LEVELS)
    (tmp_path / "misconceptions.toml").write_text(MISCONCEPTIONS)
    (tmp_path / "items-a.toml").write_text(ITEM.format(slug="one", **TRUE) + ITEM.format(slug="two", **FREE))
    (tmp_path / "items-b.toml").write_text(ITEM.format(slug="three", **FREE))
    monkeypatch.setattr(training, "FOLDER", tmp_path)
    return tmp_path


def everything() -> list[list[dict]]:
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def test_an_empty_database_gets_every_text_and_hears_how_many(texts):
    assert training.load_training() == {
        "comparison rows": 2,
        "statements": 1,
        "steps of the path": 3,
        "misconceptions": 1,
        "practice items": 3,
    }


def test_rows_keep_the_order_of_their_files_with_room_in_between(texts):
    training.load_training()
    assert list(ComparisonRow.objects.values_list("question", "sort")) == [("Kept by", 10), ("Form", 20)]
    assert list(PracticeItem.objects.values_list("slug", "sort")) == [("one", 10), ("two", 20), ("three", 30)]


def test_the_path_leads_from_its_first_step_to_the_levels(texts):
    training.load_training()
    start = DecisionStep.objects.get(is_first=True)
    assert [(choice.label, choice.next.level) for choice in start.choices.all()] == [("Work", 1), ("A thing", 2)]


def test_an_item_has_its_lines_its_facts_and_one_right_choice(texts):
    training.load_training()
    question = PracticeItem.objects.get(slug="two").question()
    assert question.claim == ("45385", "45378-59")
    assert question.given == (("Column one", "45385"),)
    assert [(one.text, one.is_right) for one in question.options] == [("Two lines", True), ("One line", False)]


def test_choices_from_a_vocabulary_stand_in_its_order(texts):
    training.load_training()
    question = PracticeItem.objects.get(slug="one").question()
    assert [(one.text, one.is_right) for one in question.options] == [("True", False), ("False", True)]


def test_loading_the_texts_again_changes_nothing(texts):
    training.load_training()
    before = everything()
    assert not any(training.load_training().values())
    assert everything() == before


def test_what_editors_changed_stays_with_its_choices(texts):
    training.load_training()
    ComparisonRow.objects.filter(question="Form").update(level_one="Edited", sort=5)
    Statement.objects.update(text="Edited")
    Misconception.objects.update(fact="Edited")
    DecisionChoice.objects.filter(slug="work").delete()
    PracticeChoice.objects.filter(item__slug="two", is_right=False).delete()
    before = everything()
    training.load_training()
    assert everything() == before


def test_what_editors_reworded_is_not_added_once_more(texts):
    training.load_training()
    ComparisonRow.objects.filter(slug="form").update(question="What it looks like")
    Statement.objects.update(topic="cost", subject="CPT as a whole")
    Misconception.objects.update(claim="All of CPT is digits.")
    before = everything()
    assert not any(training.load_training().values())
    assert everything() == before


def test_a_row_of_the_editors_with_the_heading_of_one_in_the_files_stays_alone(texts):
    make_comparison("Form", slug="ours")
    make_statement("CPT", slug="ours")
    added = training.load_training()
    assert (added["comparison rows"], added["statements"]) == (1, 0)
    assert ComparisonRow.objects.get(question="Form").slug == Statement.objects.get().slug == "ours"


def test_a_path_of_the_editors_keeps_its_first_step(texts):
    training.load_training()
    DecisionStep.objects.filter(slug="start").update(slug="begin")
    training.load_training()
    assert DecisionStep.objects.get(is_first=True).slug == "begin"
    assert DecisionStep.objects.get(slug="start").choices.count() == 2


def test_rows_of_the_editors_stand_beside_those_of_the_files(texts):
    make_step("ours", leads={"on": make_step("end")}, is_first=True)
    make_item(slug="mine")
    training.load_training()
    assert DecisionStep.objects.count() == 5
    assert PracticeItem.objects.count() == 4


def test_a_text_that_cannot_be_written_leaves_none_behind(texts):
    with (texts / "items-b.toml").open("a") as stream:
        stream.write(ITEM.format(slug="three", **FREE))
    with pytest.raises(IntegrityError):
        training.load_training()
    assert not any(table.objects.exists() for table in TABLES)


def test_what_editors_removed_comes_back_with_the_starter_set_only(texts, capsys):
    load.load_starter()
    Misconception.objects.all().delete()
    DecisionChoice.objects.filter(slug="thing").delete()
    DecisionStep.objects.filter(slug="national").delete()
    PracticeItem.objects.filter(slug="two").delete()
    assert load.load_into_empty_database() == []
    call_command("load_starter")
    assert capsys.readouterr().out == "Added 1 steps of the path, 1 misconceptions, 1 practice items.\n"
    assert PracticeItem.objects.get(slug="two").sort == 20
    assert PracticeItem.objects.get(slug="two").choices.count() == 2
