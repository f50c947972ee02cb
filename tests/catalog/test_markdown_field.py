import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError

from catalog.markdown_field import LONGEST_TEXT, Button, MarkdownField, MarkdownTextarea
from catalog.models import CodeNote
from tests.builders import make_level, make_section
from tests.training import make_misconception


def test_lines_are_kept_as_one_kind_whatever_a_browser_sends():
    field = MarkdownField()
    assert field.clean("one\r\ntwo\r\rthree\n") == "one\ntwo\n\nthree"
    assert not field.has_changed("one\ntwo\n", "one\r\ntwo")
    assert field.has_changed("one\ntwo", "one\r\n\r\ntwo")


def test_the_box_asks_for_its_preview_and_has_the_buttons_it_is_given():
    widget = MarkdownTextarea(buttons=[Button("_keep", "Keep")], heading=2)
    box = BeautifulSoup(widget.render("note", "**a**", {"id": "id_note"}), "html.parser")
    area = box.textarea
    assert (area["hx-post"], area["hx-target"]) == (
        "/admin/catalog/section/preview/?heading=2",
        "#id_note_preview",
    )
    assert area["hx-params"] == "csrfmiddlewaretoken,note"
    assert area["maxlength"] == str(LONGEST_TEXT)
    assert box.find(id="id_note_preview").strong.get_text() == "a"
    assert [button["name"] for button in box.find_all("button")] == ["_preview", "_keep"]


def test_a_preview_asked_for_without_scripts_is_where_the_browser_goes_and_says_that_nothing_is_saved():
    widget = MarkdownTextarea()
    shown = []
    for widget.is_previewed in (False, True):
        box = BeautifulSoup(widget.render("note", "One.", {"id": "id_note"}), "html.parser")
        head = box.find(id=box.button["formaction"].removeprefix("#"))
        assert box.select_one("section.preview")["aria-labelledby"] == head["id"]
        shown.append(head.get_text())
    assert shown == ["Note: As readers will see it", "Note: Nothing is saved yet. As readers would see it"]
    assert box.button.get_text() == "Preview of the note"


def test_pictures_are_refused_in_the_field_and_in_its_preview():
    text = "See ![the form](/form.png)."
    with pytest.raises(ValidationError, match="Pictures cannot be shown"):
        MarkdownField().clean(text)
    box = BeautifulSoup(MarkdownTextarea().render("note", text, {"id": "id_note"}), "html.parser")
    assert "leave out the “!” to link" in box.select_one("#id_note_preview .errorlist").get_text()


@pytest.mark.django_db
def test_every_text_that_is_read_as_markdown_is_written_in_its_box(admin_client):
    note = CodeNote.objects.create(code="J1885", text="One.")
    rows = {
        "description": [make_section("lab"), make_level(1)],
        "text": [note],
        "why_wrong": [make_misconception()],
    }
    for name, texts in rows.items():
        for text in texts:
            page = admin_client.get(f"/admin/catalog/{text._meta.model_name}/{text.pk}/change/")
            box = BeautifulSoup(page.content, "html.parser").select_one(f".markdown-box #id_{name}")
            assert box is not None, text
            assert "css/markdown.css" in page.content.decode()


@pytest.mark.django_db
def test_the_button_previews_a_note_and_saves_nothing(admin_client):
    answer = admin_client.post(
        "/admin/catalog/codenote/add/", {"code": "J1885", "text": "*One*.", "_preview": "1"}
    )
    assert BeautifulSoup(answer.content, "html.parser").select_one("#id_text_preview em").get_text() == "One"
    assert not CodeNote.objects.exists()


@pytest.mark.django_db
def test_no_form_has_two_buttons_of_the_same_name(admin_client):
    CodeNote.objects.create(code="J1885", text="One.")
    for text in (make_section("lab", draft="Soon."), make_level(1), make_misconception(), CodeNote.objects.get()):
        page = admin_client.get(f"/admin/catalog/{text._meta.model_name}/{text.pk}/change/")
        form = BeautifulSoup(page.content, "html.parser").select_one("#content-main form")
        previews = [one.get_text() or one["value"] for one in form.select("[name=_preview]")]
        assert len(previews) == len(set(previews)) > 0
