"""Two people at one text: the second one is told, sees what the first one did, and loses nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.db import connection

from catalog.admin.trail import Trail
from catalog.models import (
    CodeNote,
    ComparisonRow,
    DecisionStep,
    GoldenPair,
    Level,
    Misconception,
    PracticeItem,
    Section,
    Statement,
    Synonym,
)
from tests.builders import make_level, make_section
from tests.text_desk import Desk, fields_of
from tests.training import make_comparison, make_item, make_misconception, make_statement, make_step
from tests.training_forms import page, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def note() -> CodeNote:
    return CodeNote.objects.create(code="J1885", text="As it began.")


def again(response) -> dict:
    """The form that came back, as the browser would send it."""
    return fields_of(BeautifulSoup(response.content, "html.parser"))


def test_the_second_of_two_is_refused_and_told_who_changed_what_and_when(ann, ben, note):
    opened = ann.open(note)
    ben.send(note, text="As Ben has it.")
    response = ann.save(note, opened | {"text": "As Ann has it."})
    said = " ".join(BeautifulSoup(response.content, "html.parser").select_one(".conflict").get_text(" ").split())
    assert said.startswith("ben saved this text while you had it open, on ")
    assert "As removed: it began added: Ben has it ." in said
    note.refresh_from_db()
    assert note.text == "As Ben has it."
    assert again(response)["text"] == "As Ann has it."


def test_the_fields_that_both_changed_are_marked(ann, ben):
    misconception = make_misconception()
    opened = ann.open(misconception)
    ben.send(misconception, fact="Ben's fact.", why_wrong="Ben's why.", claim="Both say so")
    response = ann.save(misconception, opened | {"fact": "Ann's fact.", "claim": "Both say so"})
    marked = response.context["adminform"].form.errors
    assert set(marked) == {"fact", "__all__"}
    assert "ben changed this as well" in str(marked["fact"])
    both = BeautifulSoup(response.content, "html.parser").select(".conflict dl")[1]
    said = " ".join(both.get_text(" ").split())
    assert said == "Fact removed: Ben's added: Ann's fact."


def test_who_sends_what_the_form_refuses_is_told_of_the_other_change_all_the_same(ann, ben):
    section = make_section("lab", ("U0000", "U9999"), description="As it began.")
    below = make_section("labs-below", ("U0001", "U0009"), parent=section)
    opened = ann.open(section)
    ben.send(section, description="As Ben has it.")
    response = ann.save(section, opened | {"description": "As Ann has it.", "parent": str(below.pk)})
    assert "ben saved this text" in refusal(response)
    assert set(response.context["adminform"].form.errors) == {"__all__", "description", "parent"}
    section.refresh_from_db()
    assert section.description == "As Ben has it."


def test_sent_again_it_is_saved_and_both_are_in_the_trail(ann, ben, note):
    opened = ann.open(note)
    ben.send(note, text="As Ben has it.")
    response = ann.save(note, opened | {"text": "As Ann has it."})
    assert ann.save(note, again(response)).status_code == 302
    note.refresh_from_db()
    assert note.text == "As Ann has it."
    assert [one.text for one in note.history.all()] == ["As Ann has it.", "As Ben has it.", "As it began."]


def test_what_the_second_left_alone_becomes_what_the_first_saved(ann, ben):
    misconception = make_misconception()
    opened = ann.open(misconception)
    ben.send(misconception, fact="Ben's fact.", on_slide="on")
    response = ann.save(misconception, opened | {"why_wrong": "Ann's why."})
    assert "ben saved this text" in refusal(response)
    assert ann.save(misconception, again(response)).status_code == 302
    misconception.refresh_from_db()
    said = (misconception.fact, misconception.why_wrong, misconception.on_slide)
    assert said == ("Ben's fact.", "Ann's why.", True)


def test_rows_that_others_added_changed_or_deleted_are_put_together_with_mine(ann, ben):
    item = make_item("Level I", "Level II", "Level III")
    opened = ann.open(item)
    ben.send(item, **{"choices-1-DELETE": "on", "choices-2-text": "Ben's", "choices-3-text": "Ben's new one"})
    response = ann.save(item, opened | {"choices-1-text": "Ann's", "choices-4-text": "Ann's new one"})
    assert "ben saved this text" in refusal(response)
    assert ann.save(item, again(response)).status_code == 302
    texts = {choice.text for choice in item.choices.all()}
    assert texts == {"Level I", "Ann's", "Ben's", "Ben's new one", "Ann's new one"}


def test_a_row_that_another_deleted_and_i_left_alone_stays_deleted(ann, ben):
    item = make_item("Level I", "Level II", "Level III")
    opened = ann.open(item)
    ben.send(item, **{"choices-1-DELETE": "on"})
    response = ann.save(item, opened | {"prompt": "Ann's question?"})
    assert ann.save(item, again(response)).status_code == 302
    assert {choice.text for choice in item.choices.all()} == {"Level I", "Level III"}


def test_a_change_that_left_no_trail_is_noticed_too(ann, note):
    opened = ann.open(note)
    CodeNote.objects.update(text="By a command.")
    response = ann.save(note, opened | {"text": "As Ann has it."})
    assert "Somebody saved this text while you had it open" in refusal(response)


def test_a_program_that_has_seen_no_page_is_not_refused_and_what_it_replaced_is_in_the_trail(ann, note):
    sent = {"code": "J1885", "text": "By a program."}
    assert ann.save(note, sent).status_code == 302
    assert [one.text for one in note.history.all()] == ["By a program.", "As it began."]


def test_one_s_own_older_page_is_told_so_and_keeps_what_was_written(ann, note):
    opened = ann.open(note)
    ann.save(note, opened | {"text": "First."})
    response = ann.save(note, opened | {"text": "Second."})
    assert "You saved this text yourself after this page was opened" in refusal(response)
    assert "Here is the text of this page; the saved one is above." in refusal(response)
    assert again(response)["text"] == "Second."
    note.refresh_from_db()
    assert note.text == "First."


def test_one_who_saves_what_is_on_file_by_now_is_told_all_the_same(ann, ben, note):
    opened = ann.open(note)
    ben.send(note, text="The same.")
    assert "ben saved this text" in refusal(ann.save(note, opened | {"text": "The same."}))


def test_a_text_deleted_while_it_was_open_comes_back_with_what_was_written(ann, ben):
    item = make_item("Level I", "Level II")
    opened = ann.open(item)
    ben.client.post(page(PracticeItem, "delete", item.pk), {"post": "yes"})
    response = ann.save(item, opened | {"prompt": "Ann's question?"})
    assert "ben deleted this text" in refusal(response)
    assert refusal(ann.save(item, again(response))) == ""
    back = PracticeItem.objects.get(pk=item.pk)
    assert (back.prompt, back.slug) == ("Ann's question?", item.slug)
    assert [choice.text for choice in back.choices.all()] == ["Level I", "Level II"]


def test_a_return_to_a_version_is_refused_after_a_change_that_nobody_has_seen(ann, ben, note):
    ben.send(note, text="As Ben has it.")
    seen = ann.soup(page(CodeNote, "history", note.pk)).select_one("[name=made_from]")["value"]
    ben.send(note, text="As Ben has it now.")
    sent = {"made_from": seen, "_return": "1"}
    response = ann.client.post(page(CodeNote, "return", note.pk, 1), sent, follow=True)
    assert "Nothing was returned to" in response.content.decode()
    note.refresh_from_db()
    assert note.text == "As Ben has it now."


def rows_of(desk: Desk) -> dict:
    soup = desk.soup(page(Misconception))
    form = soup.select_one("#changelist-form")
    sent = {field["name"]: field.get("value", "on") for field in form.select("input[name]:not([type=checkbox])")}
    return sent | {field["name"]: "on" for field in form.select("[type=checkbox][checked]")}


def test_a_list_saves_only_what_was_changed_in_it(ann, ben):
    first, second = make_misconception("first", sort=1), make_misconception("second", sort=2)
    opened = rows_of(ann)
    ben.send(first, sort=7, on_slide="on")
    ben.send(second, on_slide="on")
    place = next(name for name, value in opened.items() if name.endswith("-id") and value == str(second.pk))
    assert ann.client.post(page(Misconception), opened | {place.replace("-id", "-sort"): 9}).status_code == 302
    for one, sort in ((first, 7), (second, 9)):
        one.refresh_from_db()
        assert (one.sort, one.on_slide) == (sort, True)


def test_a_list_refuses_to_change_what_somebody_else_has_just_changed(ann, ben):
    one = make_misconception(sort=1)
    opened = rows_of(ann)
    ben.send(one, sort=7)
    response = ann.client.post(page(Misconception), opened | {"form-0-sort": 9})
    assert "Somebody has just changed this to “7”" in response.content.decode()
    one.refresh_from_db()
    assert one.sort == 7


MAKERS = {
    Level: lambda: make_level(description="Text"),
    Section: lambda: make_section("drugs", ("J0120", "J3591")),
    Synonym: lambda: Synonym.objects.create(term="toradol", code="J1885"),
    CodeNote: lambda: CodeNote.objects.create(code="J1885", text="Note"),
    GoldenPair: lambda: GoldenPair.objects.create(
        setting="practitioner",
        column_one="11042",
        column_two="97597",
        day=date(2024, 7, 1),
        expected="indicator_1",
        source="CMS",
    ),
    ComparisonRow: make_comparison,
    Statement: make_statement,
    DecisionStep: lambda: make_step("first", is_first=True, leads={"yes": make_step("last")}),
    Misconception: make_misconception,
    PracticeItem: make_item,
}


def test_every_text_that_has_a_history_has_a_trail_at_the_desk():
    desks = {model: desk for model, desk in admin.site._registry.items() if hasattr(model, "history")}
    assert set(desks) == set(MAKERS)
    assert [model for model, desk in desks.items() if not isinstance(desk, Trail)] == []


@pytest.mark.parametrize("model", MAKERS)
def test_every_form_says_what_it_was_made_from_and_saves_nothing_when_sent_untouched(ann, model):
    text = MAKERS[model]()
    opened = ann.open(text)
    assert opened["made_from"]
    response = ann.save(text, opened)
    assert response.status_code == 302, refusal(response)
    assert len(ann.trail(text)) == 1


def of_browser(sent: dict) -> dict:
    """What a browser sends, which ends every line by two characters."""
    return {name: value.replace("\n", "\r\n") for name, value in sent.items()}


@pytest.mark.parametrize(
    ("field", "made"),
    [
        ("note", lambda **texts: make_section("drugs", ("J0120", "J3591"), **texts)),
        ("fact", make_misconception),
        ("rationale", lambda **texts: make_item("Level I", "Level II", **texts)),
        ("claim", lambda **texts: make_item("Level I", "Level II", **texts)),
        ("text", lambda **texts: CodeNote.objects.create(code="J1885", **texts)),
    ],
)
def test_a_text_of_two_lines_is_saved_only_when_it_was_changed(ann, field, made):
    text = made(**{field: "97597\n97598"})
    opened = ann.open(text)
    assert ann.save(text, of_browser(opened)).status_code == 302
    assert len(ann.trail(text)) == 1
    assert ann.save(text, of_browser(opened | {field: "97597\n97602"})).status_code == 302
    text.refresh_from_db()
    assert getattr(text, field) == "97597\n97602"


def test_a_text_with_other_line_ends_on_file_is_not_saved_for_them(ann):
    misconception = make_misconception(fact="One.\r\nTwo.\n")
    assert ann.send(misconception).status_code == 302
    assert len(ann.trail(misconception)) == 1


@pytest.mark.parametrize("model", MAKERS)
def test_every_form_is_refused_on_top_of_another_state(ann, model):
    text = MAKERS[model]()
    sent = ann.open(text) | {"made_from": "another"}
    assert "saved this text while you had it open" in refusal(ann.save(text, sent))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_in_the_same_moment_one_is_refused(ann, ben, note):
    for number in range(3):
        opened = [desk.open(note) | {"text": f"{number} {name}"} for desk, name in ((ann, "Ann"), (ben, "Ben"))]
        start = Barrier(2)

        def save(desk: Desk, sent: dict, start=start) -> int:
            try:
                start.wait()
                return desk.save(note, sent).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(save, (ann, ben), opened)) == [200, 302]


def test_both_texts_of_a_field_without_a_label_of_its_own_are_shown(ann, ben):
    level = make_level(description="Text", sources=["CMS"])
    opened = ann.open(level)
    ben.send(level, sources="CMS\nAMA")
    response = ann.save(level, opened | {"sources": "CMS\r\nNUBC"})
    both = BeautifulSoup(response.content, "html.parser").select(".conflict dl")[1]
    assert " ".join(both.get_text(" ").split()) == "Sources CMS removed: AMA added: NUBC"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_somebody_else_adds_in_the_same_moment_is_said_and_not_added_twice(ann):
    text = {"term": "sugar", "means": "glucose", "code": "", "note": ""}

    def add_it() -> None:
        Synonym.objects.create(**text)
        connection.close()

    def added_elsewhere(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "catalog_synonym"') and not Synonym.objects.exists():
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(add_it).result()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(added_elsewhere):
        response = ann.client.post(page(Synonym, "add"), text)
    assert "already" in refusal(response)
    assert Synonym.objects.count() == 1
