"""The trail of texts at the desk: what is recorded, how it reads, and how one returns to it."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection

from catalog import versions
from catalog.models import CodeNote, DecisionStep, Level, PracticeItem, Section, SectionRange
from tests.builders import make_code, make_level, make_section
from tests.text_desk import Desk, fields_of
from tests.training import make_item, make_step
from tests.training_forms import page, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(admin_client):
    """What an editor does with one text: ``open`` its form, ``send`` it with changes, look at its ``trail``."""
    return Desk(admin_client)


def delete(desk, text):
    assert desk.client.post(page(type(text), "delete", text.pk), {"post": "yes"}).status_code == 302


def save_again(desk, text, shown, number=1):
    """Send the form of a return as the page has it, by its button for codes that move where it has one."""
    soup = BeautifulSoup(shown.content, "html.parser")
    button = soup.select_one("button[name=moves_seen]")
    sent = fields_of(soup) | ({button["name"]: button["value"]} if button else {"_save": "Save"})
    return desk.client.post(page(type(text), "return", text.pk, number), sent)


def test_a_change_is_recorded_with_who_and_what_and_after_what_was_there_before(desk):
    note = CodeNote.objects.bulk_create([CodeNote(code="J1885", text="Was two codes once.")])[0]
    assert desk.trail(note) == []
    assert desk.send(note, text="Was three codes once.").status_code == 302
    newest, oldest = desk.trail(note)
    assert "admin" in newest
    assert "Text Was removed: two added: three codes once." in newest
    assert "by nobody with an account" in oldest


def test_what_was_there_before_is_dated_by_when_it_was_saved(desk):
    note = CodeNote.objects.bulk_create([CodeNote(code="J1885", text="Old.")])[0]
    desk.send(note, text="New.")
    assert note.history.earliest().history_date == note.updated_at


def test_rows_below_a_text_are_part_of_its_version(desk):
    item = make_item("Level I", "Level II")
    desk.send(item, prompt="Which one?", **{"choices-1-text": "Level III"})
    newest = desk.trail(item)[0]
    assert "Question removed: " in newest
    assert "Practice choices" in newest
    assert "Level removed: II added: III" in newest


def test_a_save_that_changes_nothing_leaves_no_version_and_no_later_day(desk):
    note = CodeNote.objects.create(code="J1885", text="Note")
    desk.send(note)
    assert len(desk.trail(note)) == 1
    assert CodeNote.objects.get().updated_at == note.updated_at


def test_a_change_of_the_rows_alone_is_a_change_of_the_text(desk):
    item = make_item("Level I", "Level II")
    desk.send(item, **{"choices-1-text": "Level III"})
    assert len(desk.trail(item)) == 2
    assert PracticeItem.objects.get().updated_at > item.updated_at


def test_one_click_returns_to_an_older_text_and_is_recorded(desk):
    note = CodeNote.objects.create(code="J1885", text="First.")
    desk.send(note, text="Second.")
    desk.send(note, text="Third.")
    assert desk.give_back(note, 1).status_code == 302
    note.refresh_from_db()
    assert note.text == "First."
    newest = desk.trail(note)[0]
    assert "Returned to version 1" in newest
    assert "removed: Third added: First" in newest


def test_a_return_brings_back_rows_removes_later_ones_and_keeps_the_rest(desk):
    item = make_item("Level I", "Level II", "Level III")
    kept = item.choices.get(text="Level I")
    desk.send(item, **{"choices-1-DELETE": "on", "choices-3-text": "None of them"})
    assert sorted(one.text for one in item.choices.all()) == ["Level I", "Level III", "None of them"]
    assert desk.give_back(item, 1).status_code == 302
    assert sorted(one.text for one in item.choices.all()) == ["Level I", "Level II", "Level III"]
    assert item.choices.filter(pk=kept.pk, text="Level I").exists()


def test_a_return_that_would_break_a_rule_is_refused_with_the_older_text_filled_in(desk):
    first, second = make_step("first", is_first=True), make_step("second")
    desk.send(second, is_first="on")
    response = desk.give_back(second, 1)
    assert "The path has to begin somewhere" in refusal(response)
    mended = fields_of(BeautifulSoup(response.content, "html.parser")) | {"is_first": "on", "detail": "Mended."}
    assert desk.client.post(page(DecisionStep, "return", second.pk, 1), mended).status_code == 302
    second.refresh_from_db()
    assert second.detail == "Mended."
    assert first.history.count() == 2
    assert "Saved from version 1" in desk.trail(second)[0]


def test_a_deleted_text_is_found_and_brought_back_with_its_rows_and_its_trail(desk):
    item = make_item("Level I", "Level II")
    desk.send(item, prompt="Which one?")
    address = page(PracticeItem, "delete", item.pk)
    assert desk.client.post(address, {"post": "yes"}).status_code == 302
    assert not PracticeItem.objects.exists()
    assert str(item.pk) in desk.soup(page(PracticeItem, "deleted")).select_one(".timeline a")["href"]
    assert ": deleted" in desk.trail(item)[0]
    assert len(desk.trail(item)) == 3
    assert desk.give_back(item, 2).status_code == 302
    back = PracticeItem.objects.get(pk=item.pk)
    assert back.prompt == "Which one?"
    assert [one.text for one in back.choices.all()] == ["Level I", "Level II"]
    assert len(desk.trail(item)) == 4
    assert desk.soup(page(PracticeItem, "deleted")).select(".timeline a") == []


def test_a_button_that_is_pressed_twice_brings_a_text_and_its_rows_back_once(desk):
    item = make_item("Level I", "Level II")
    desk.send(item, prompt="Which one?")
    desk.client.post(page(PracticeItem, "delete", item.pk), {"post": "yes"})
    address = page(PracticeItem, "return", item.pk, 2)
    form = desk.soup(page(PracticeItem, "history", item.pk)).select_one(f'form[action="{address}"]')
    sent = {field["name"]: field.get("value", "") for field in form.select("[name]")}
    for _press in range(2):
        assert desk.client.post(address, sent).status_code == 302
    assert [one.text for one in item.choices.all()] == ["Level I", "Level II"]
    assert len(desk.trail(item)) == 4


def test_the_form_that_cannot_bring_a_text_back_yet_says_what_it_is_for(desk):
    section = make_section("drugs", title="Drugs")
    desk.client.post(page(Section, "delete", section.pk), {"post": "yes"})
    make_section("drugs", title="Others")
    refused = BeautifulSoup(desk.give_back(section, 1).content, "html.parser")
    assert "already exists" in refused.select_one(".errorlist").get_text()
    assert refused.h1.get_text() == "Bring back section"
    assert refused.title.get_text().strip().startswith("Error: Bring back section |")
    assert refused.select(".crumbs li")[-1].get_text() == "Bring back"


def test_what_was_deleted_twice_stands_in_the_list_once(desk):
    note = CodeNote.objects.create(code="J1885", text="Note")
    for number in (1, 3):
        desk.client.post(page(CodeNote, "delete", note.pk), {"post": "yes"})
        assert len(desk.soup(page(CodeNote, "deleted")).select(".timeline a")) == 1
        desk.give_back(note, number)
    assert len(desk.trail(note)) == 5


def test_a_text_that_is_deleted_twice_in_the_same_moment_is_gone_once(desk):
    note = CodeNote.objects.create(code="J1885", text="Note")

    def deleted_elsewhere_as_well(execute, sql, params, many, context):
        if LogEntry._meta.db_table in sql:
            CodeNote.objects.all().delete()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(deleted_elsewhere_as_well):
        delete(desk, note)
    assert [version.is_deletion for version in versions.versions_of(CodeNote, note.pk, [])] == [False, True]


def test_deleting_several_at_once_keeps_each_in_the_trail(desk):
    notes = [CodeNote.objects.create(code=code, text="Note") for code in ("J1885", "J1886")]
    keys = [note.pk for note in notes]
    sent = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    assert desk.client.post(page(CodeNote), sent).status_code == 302
    assert not CodeNote.objects.exists()
    assert len(desk.soup(page(CodeNote, "deleted")).select(".timeline a")) == 2


def test_a_section_returns_to_its_older_ranges_once_it_was_told_which_codes_move(desk):
    make_code("J1885")
    section = make_section("drugs", ("J0120", "J3591"))
    section.ranges.update(high="J1000")
    versions.keep(section, [versions.Part(SectionRange, "section_id")])
    asked = desk.give_back(section, 1)
    assert section.ranges.get().high == "J1000"
    soup = BeautifulSoup(asked.content, "html.parser")
    sent = fields_of(soup) | {"moves_seen": soup.select_one("[name=moves_seen]")["value"]}
    assert desk.client.post(page(Section, "return", section.pk, 1), sent).status_code == 302
    assert section.ranges.get().high == "J3591"


def test_an_address_that_names_nothing_is_not_found(desk):
    note = CodeNote.objects.create(code="J1885", text="Note")
    for address in (page(CodeNote, "history", note.pk + 1), page(CodeNote, "version", note.pk, 7)):
        assert desk.client.get(address).status_code == 404
    for name in ("x", "9" * 23):
        assert desk.client.get(page(CodeNote, "history", name)).status_code == 404
        assert desk.client.get(page(Section, "history", name)).status_code == 404


def test_reading_the_address_of_a_return_returns_nothing(desk):
    note = CodeNote.objects.create(code="J1885", text="First.")
    desk.send(note, text="Second.")
    response = desk.client.get(page(CodeNote, "return", note.pk, 1))
    assert response["Location"] == page(CodeNote, "version", note.pk, 1)
    note.refresh_from_db()
    assert note.text == "Second."


@pytest.mark.parametrize(("may", "status"), [("view", 200), ("change", 200), ("", 403)])
def test_who_may_read_a_text_may_read_its_trail_and_who_may_change_it_may_return(client, may, status):
    note = CodeNote.objects.create(code="J1885", text="First.")
    note.text = "Second."
    note.save()
    user = User.objects.create_user("carl", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename=f"{may}_codenote"))
    client.force_login(user)
    for name in ("history", "version"):
        args = (note.pk, 1)[: 1 if name == "history" else 2]
        assert client.get(page(CodeNote, name, *args)).status_code == status
    assert client.get(page(CodeNote, "deleted")).status_code == status
    body = client.get(page(CodeNote, "history", note.pk)).content.decode()
    assert ("Return to version 1" in body) == (may == "change")
    stamp = versions.stamp(versions.on_file(CodeNote, note.pk, []))
    sent = {"made_from": stamp, "_return": "1"}
    response = client.post(page(CodeNote, "return", note.pk, 1), sent)
    assert response.status_code == (302 if may == "change" else 403)
    note.refresh_from_db()
    assert note.text == ("First." if may == "change" else "Second.")


def test_bringing_back_needs_the_right_to_add(client):
    note = CodeNote.objects.create(code="J1885", text="Note")
    key = note.pk
    note.delete()
    user = User.objects.create_user("carl", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="change_codenote"))
    client.force_login(user)
    assert "Bring back" not in client.get(page(CodeNote, "history", key)).content.decode()
    sent = {"made_from": versions.stamp(versions.on_file(CodeNote, key, [])), "_return": "1"}
    assert client.post(page(CodeNote, "return", key, 1), sent).status_code == 403


def test_a_trail_is_read_with_few_questions_however_long_it_is(desk, django_assert_max_num_queries):
    item = make_item()
    for number in range(30):
        item.prompt = f"Question {number}?"
        item.save()
    with django_assert_max_num_queries(12):
        desk.client.get(page(PracticeItem, "history", item.pk))
    assert len(desk.trail(item)) == 20
    older = desk.soup(f"{page(PracticeItem, 'history', item.pk)}?p=2")
    assert len(older.select(".trail > li")) == 11


def test_a_mark_in_a_text_is_shown_not_obeyed(desk):
    note = CodeNote.objects.create(code="J1885", text="<b>bold</b> & so")
    desk.send(note, text="<i>bold</i> & so")
    soup = desk.soup(page(CodeNote, "history", note.pk))
    assert soup.select(".trail b, .trail i") == []
    assert "<" in soup.select_one(".trail ins, .trail dd").get_text()


def test_a_text_of_the_starter_set_can_be_read_before_anything_was_changed(desk):
    section = make_section("drugs")
    SectionRange.objects.bulk_create([SectionRange(section=section, low="J0120", high="J3591")])
    soup = desk.soup(page(Section, "history", section.pk))
    assert "left no trail" not in soup.get_text()
    assert soup.select("[name=_return]") == []
    assert "J0120–J3591" in desk.soup(page(Section, "version", section.pk, 1)).get_text()


def test_only_lists_whose_texts_can_be_added_lead_to_the_deleted_ones(desk):
    make_level(2)
    assert desk.soup(page(CodeNote)).find("a", string="Deleted")
    assert not desk.soup(page(Level)).find("a", string="Deleted")


def test_a_line_break_that_is_all_of_a_change_is_shown_and_said(desk):
    note = CodeNote.objects.create(code="J1885", text="One. Two.")
    desk.send(note, text="One.\n\nTwo.")
    assert "One. removed: blank ␣ added: line break ¶ Two." in desk.trail(note)[0]


@pytest.mark.parametrize("has_parent", [True, False])
def test_a_deleted_section_comes_back_with_its_ranges_once_it_was_told_which_codes_move(desk, has_parent):
    for code in ("J1000", "J2000", "J9000"):
        make_code(code)
    parent = make_section("drugs", ("J0000", "J9999")) if has_parent else None
    section = make_section("injected", ("J0120", "J1999"), ("J2000", "J3591"), parent=parent)
    delete(desk, section)
    shown = desk.give_back(section, 1)
    assert "Saving this moves 2 codes." in shown.content.decode()
    assert not Section.objects.filter(slug="injected").exists()
    assert save_again(desk, section, shown).status_code == 302
    back = Section.objects.get(pk=section.pk)
    assert back.parent == parent
    assert [str(one) for one in back.ranges.all()] == ["J0120–J1999", "J2000–J3591"]
    listed = desk.soup(back.get_absolute_url()).get_text()
    assert [code for code in ("J1000", "J2000", "J9000") if code in listed] == ["J1000", "J2000"]


def test_a_section_deleted_while_its_return_was_being_mended_comes_back_with_what_was_written(desk):
    section = make_section("injected", ("J0120", "J1999"))
    desk.send(section, slug="needle")
    make_section("injected")
    refused = desk.give_back(section, 1)
    assert "already exists" in refusal(refused)
    delete(desk, section)
    fields = fields_of(BeautifulSoup(refused.content, "html.parser")) | {"slug": "by-needle"}
    told = desk.client.post(page(Section, "return", section.pk, 1), fields)
    assert "You deleted this text yourself" in refusal(told)
    assert save_again(desk, section, told).status_code == 302
    assert Section.objects.get(pk=section.pk).slug == "by-needle"
    assert [str(one) for one in section.ranges.all()] == ["J0120–J1999"]


@pytest.mark.parametrize("field", ["section", "id"])
def test_an_error_in_what_a_row_does_not_show_has_words_all_the_same(desk, field):
    section = make_section("injected", ("J0120", "J1999"))
    refused = desk.send(section, **{f"ranges-0-{field}": "999999"})
    errors = BeautifulSoup(refused.content, "html.parser").select("tr.row-form-errors li")
    assert f"{field.capitalize()}, which is not shown here: " in errors[-1].get_text()
