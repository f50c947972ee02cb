import csv
import io
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from catalog import roles, text_table
from catalog.models import Section, Synonym
from catalog.text_table import MOST_LINES
from tests.builders import make_section

pytestmark = pytest.mark.django_db


def address(model, name: str, *args) -> str:
    return reverse(f"admin:catalog_{model._meta.model_name}_{name}", args=args)


def file_of(*rows: str, name: str = "texts.csv", encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\r\n".join(rows).encode(encoding))


def workbook_of(*rows: tuple) -> SimpleUploadedFile:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return SimpleUploadedFile("texts.xlsx", file.getvalue())


def tried(client, model, file: SimpleUploadedFile):
    return client.post(address(model, "import"), {"file": file})


def confirmed(client, model, page, **kwargs):
    return client.post(address(model, "import"), {"tried": page.context["tried"]}, **kwargs)


def problems(page) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in page.context["plan"].problems]


@pytest.fixture
def editor(client, django_user_model) -> Client:
    """A client that is logged in as an editor, and no more than that."""
    roles.create_groups()
    user = django_user_model.objects.create_user("ann", is_staff=True)
    user.groups.set([Group.objects.get(name=roles.EDITORS)])
    client.force_login(user)
    return client


# --- An import ---------------------------------------------------------------------------------------------


def test_an_editor_sees_what_a_workbook_would_do_and_then_imports_it(editor):
    Synonym.objects.create(term="dme", means="durable")
    page = tried(
        editor,
        Synonym,
        workbook_of(("term", "means", "code"), ("dme", "durable", None), ("Knee scooter", None, "E0118")),
    )
    assert "This file would add 1 and change 0." in page.content.decode()
    assert Synonym.objects.count() == 1
    done = confirmed(editor, Synonym, page, follow=True)
    assert done.redirect_chain == [(address(Synonym, "changelist"), 302)]
    assert "Imported texts.xlsx: 1 added, 0 changed, 1 as they were." in done.content.decode()
    added = Synonym.objects.get(code="E0118")
    assert (added.term, added.means) == ("knee scooter", "")


def test_the_trail_says_who_imported_what(editor):
    confirmed(editor, Synonym, tried(editor, Synonym, file_of("term,means", "o2,oxygen", "dme,durable")))
    records = Synonym.history.all()
    assert {(str(record.history_user), record.history_change_reason) for record in records} == {
        ("ann", "Imported from texts.csv")
    }
    logged = LogEntry.objects.values_list("user__username", "object_repr", "change_message")
    assert set(logged) == {
        ("ann", "o2: oxygen", "Added by the file texts.csv."),
        ("ann", "dme: durable", "Added by the file texts.csv."),
    }


def test_one_bad_row_of_many_keeps_all_of_them_out_and_is_named(editor):
    rows = [(f"term {number}", f"words {number}", None) for number in range(700)]
    rows[3], rows[500] = ("", "words", None), ("term", "=1+1", None)
    rows[600], rows[650] = ("term 7", "words 7", None), ("both", "words", "E0118")
    page = tried(editor, Synonym, workbook_of(("term", "means", "code"), *rows))
    assert problems(page) == [(5, "term"), (502, "means"), (602, ""), (652, "")]
    assert "tried" not in page.context
    shown = page.content.decode()
    assert "4 of 700 rows have problems" in shown
    assert "The same term and meaning as in line 9." in shown
    assert Synonym.objects.count() == 0


def test_seven_hundred_synonyms_fit_into_the_form_that_confirms_them(editor):
    rows = [(f"term {number}", f"words {number}") for number in range(700)]
    assert (
        confirmed(editor, Synonym, tried(editor, Synonym, workbook_of(("term", "means"), *rows))).status_code
        == 302
    )
    assert Synonym.objects.count() == Synonym.history.count() == 700


def test_a_long_file_is_shown_a_page_at_a_time_and_imported_whole(editor):
    Synonym.objects.create(term="term 0", means="words 0", note="old")
    lines = [f"term {number},words {number},new" for number in range(450)]
    page = tried(editor, Synonym, file_of("term,means,note", *lines, ""))
    assert [len(page.context[kind]) for kind in ("changed", "added")] == [1, 199]
    assert "1 to 200 of the 450" in page.content.decode()
    last = editor.post(address(Synonym, "import"), {"tried": page.context["tried"], "page": "3"})
    assert [row.line for row, _ in last.context["added"]] == list(range(402, 452))
    assert "Those after" not in last.content.decode()
    assert Synonym.objects.count() == 1
    confirmed(editor, Synonym, last)
    assert (Synonym.objects.count(), Synonym.objects.get(term="term 0").note) == (450, "new")


def test_rows_that_end_early_empty_no_text_and_the_editor_is_told(editor):
    synonym = Synonym.objects.create(term="dme", means="durable", note="old")
    page = tried(editor, Synonym, file_of("id,term,means,code,note", f"{synonym.pk},dme,equipment", ""))
    assert "1 row ends before the last column. What is not there stays as it is" in page.content.decode()
    confirmed(editor, Synonym, page)
    assert Synonym.objects.values_list("means", "code", "note").get() == ("equipment", "", "old")


def test_what_changes_is_shown_word_by_word_and_in_words(editor):
    make_section("drugs", ("J0000", "J9999"), description="Drugs given by infusion.", title="Drugs")
    page = tried(editor, Section, file_of("slug,description", "drugs,Drugs given by injection."))
    shown = re.sub(r"\s+", " ", page.content.decode())
    assert '<del><span class="visually-hidden">removed: </span>infusion' in shown
    assert '<ins><span class="visually-hidden">added: </span>injection' in shown
    confirmed(editor, Section, page)
    assert Section.objects.get().description == "Drugs given by injection."


def test_a_file_that_changes_nothing_has_nothing_to_confirm(editor):
    Synonym.objects.create(term="dme", means="durable")
    page = tried(editor, Synonym, file_of("term,means", "dme,durable"))
    assert "This file would change nothing." in page.content.decode()
    assert "tried" not in page.context


def test_windows_1252_with_semicolons_is_read_and_the_editor_told(editor):
    page = tried(editor, Synonym, file_of("term;means", "ménière;vertigo – dizzy", encoding="cp1252"))
    assert "Windows-1252" in page.content.decode()
    confirmed(editor, Synonym, page)
    assert Synonym.objects.get().term == "ménière"


def test_texts_with_html_in_them_are_shown_as_texts(editor):
    page = tried(editor, Synonym, file_of("term,means,code", "<script>x</script>,words,", "a,<img src=x>,E0118"))
    assert b"<script>x" not in page.content
    assert b"<img src=x" not in page.content
    assert "&lt;img src=x&gt;" not in tried(editor, Synonym, file_of("term", "dme")).content.decode()


# --- Refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (file_of(""), "The file is empty"),
        (file_of("word", "dme"), "no column “term”"),
        (SimpleUploadedFile("x.xlsx", b"PK\x03\x04 and no more"), "damaged"),
        (SimpleUploadedFile("x.png", b"\x89PNG\x00\x00"), "neither CSV nor an Excel workbook"),
        (file_of("term", *["x"] * (MOST_LINES + 1)), "more than 5,000 rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(editor, file, words):
    page = tried(editor, Synonym, file)
    assert page.status_code == 200
    assert re.search(words, page.content.decode())


def test_a_form_without_a_file_asks_for_one(editor):
    assert "Choose a file first." in editor.post(address(Synonym, "import")).content.decode()


def test_a_file_too_large_is_refused_before_it_is_read(editor):
    size = text_table.LARGEST_FILE + 100_000
    answer = editor.generic(
        "POST", address(Synonym, "import"), b"x", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(2 << 30)
    )
    assert answer.status_code == 413
    assert "more than 2 MB" in answer.content.decode()
    answer = tried(editor, Synonym, SimpleUploadedFile("x.csv", b"x" * size))
    assert answer.status_code == 413


def test_texts_that_have_changed_since_are_shown_again_and_not_overwritten(editor):
    synonym = Synonym.objects.create(term="dme", means="durable")
    page = tried(editor, Synonym, file_of("id,term,means", f"{synonym.pk},dme,durable medical equipment"))
    Synonym.objects.update(means="changed by somebody else")
    again = confirmed(editor, Synonym, page)
    assert "Nothing was imported." in again.content.decode()
    assert "changed by somebody else" in again.context["plan"].rows[0].rewordings[0].before
    assert Synonym.objects.get().means == "changed by somebody else"
    confirmed(editor, Synonym, again)
    assert Synonym.objects.get().means == "durable medical equipment"


def test_a_second_click_on_import_adds_nothing_twice(editor):
    page = tried(editor, Synonym, file_of("term,means", "dme,durable"))
    confirmed(editor, Synonym, page)
    assert "This file would change nothing." in confirmed(editor, Synonym, page).content.decode()
    assert Synonym.objects.count() == 1


def test_what_is_confirmed_is_what_was_tried_here_by_the_same_person(editor, admin_client):
    page = tried(editor, Synonym, file_of("term,means", "dme,durable"))
    for answer in (
        confirmed(admin_client, Synonym, page),
        confirmed(editor, Section, page),
        editor.post(address(Synonym, "import"), {"tried": page.context["tried"] + "x"}),
        editor.post(address(Synonym, "import"), {"tried": signing.dumps(["mine"])}),
    ):
        assert "Choose it again." in answer.content.decode()
    assert Synonym.objects.count() == 0


# --- Who may -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Synonym, Section])
def test_who_may_only_look_can_export_and_not_import(client, django_user_model, model):
    user = django_user_model.objects.create_user("bob", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename=f"view_{model._meta.model_name}"))
    client.force_login(user)
    assert client.get(address(model, "export", "csv")).status_code == 200
    assert client.get(address(model, "import")).status_code == 403
    assert tried(client, model, file_of("term,means", "dme,durable")).status_code == 403
    assert address(model, "import") not in client.get(address(model, "changelist")).content.decode()


@pytest.mark.parametrize("model", [Synonym, Section])
def test_who_may_nothing_with_the_texts_gets_neither(client, django_user_model, model):
    client.force_login(django_user_model.objects.create_user("bob", is_staff=True))
    assert client.get(address(model, "export", "csv")).status_code == 403
    assert client.get(address(model, "import")).status_code == 403
    client.logout()
    assert client.get(address(model, "export", "csv")).status_code == 302


def test_an_import_from_another_site_is_refused(editor):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = editor.cookies
    assert tried(strict, Synonym, file_of("term,means", "dme,durable")).status_code == 403


# --- Exports -----------------------------------------------------------------------------------------------


def csv_rows(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


def test_an_export_runs_no_formula_and_comes_back_unchanged(editor):
    Synonym.objects.create(term="=1+1", means="-2", note="@x")
    Synonym.objects.create(term="anesthesia", code="00100")
    answer = editor.get(address(Synonym, "export", "csv"))
    assert [row[1:5] for row in csv_rows(answer)] == [
        ["term", "means", "code", "note"],
        ["'=1+1", "'-2", "", "'@x"],
        ["anesthesia", "", "00100", ""],
    ]
    for export_format in ("csv", "xlsx"):
        answer = editor.get(address(Synonym, "export", export_format))
        file = SimpleUploadedFile(f"x.{export_format}", answer.getvalue())
        assert len(tried(editor, Synonym, file).context["plan"].unchanged) == 2


def test_a_workbook_of_sections_holds_texts_only_and_comes_back_unchanged(editor):
    make_section("drugs", ("J0000", "J9999"), description="=SUM(A1)\r\n\r\n- one\r\n- two")
    answer = editor.get(address(Section, "export", "xlsx"))
    book = load_workbook(io.BytesIO(answer.getvalue()))
    cells = {cell.value: cell for row in book["Section texts"].iter_rows() for cell in row}
    assert cells["drugs"].row == 2
    assert cells["J0000–J9999"].column == 2
    assert {cell.data_type for cell in cells.values() if cell.value} == {"s"}
    again = tried(editor, Section, SimpleUploadedFile("x.xlsx", answer.getvalue()))
    assert len(again.context["plan"].unchanged) == 1


def test_an_export_holds_what_the_list_shows_on_all_its_pages(editor):
    Synonym.objects.bulk_create([Synonym(term=f"term {number}", means="x") for number in range(120)])
    Synonym.objects.create(term="knee scooter", code="E0118")
    whole = editor.get(address(Synonym, "export", "csv"), {"p": "2"})
    assert len(csv_rows(whole)) == 122
    some = editor.get(address(Synonym, "export", "csv"), {"q": "scooter"})
    assert [row[1] for row in csv_rows(some)] == ["term", "knee scooter"]
    assert re.search(r'"synonyms-filtered-\d{4}-\d\d-\d\d\.csv"', some["Content-Disposition"])
    listed = editor.get(address(Synonym, "changelist"), {"q": "scooter"}).content.decode()
    assert f'href="{address(Synonym, "export", "csv")}?q=scooter"' in listed


def test_an_export_takes_no_other_format_and_no_unknown_filter(editor):
    assert editor.get(address(Synonym, "export", "json")).status_code == 404
    answer = editor.get(address(Synonym, "export", "csv"), {"nothing__here": "x"}, follow=True)
    assert answer.redirect_chain == [(address(Synonym, "changelist"), 302)]
    assert "Nothing was exported" in answer.content.decode()
    assert editor.post(address(Synonym, "export", "csv")).status_code == 405


def test_an_export_of_sections_asks_the_database_as_often_for_many(editor, django_assert_max_num_queries):
    for number in range(12):
        make_section(f"drugs-{number}", (f"J{number:04}", f"J{number:04}"))
    with django_assert_max_num_queries(12):
        editor.get(address(Section, "export", "xlsx"))


def test_a_thousand_texts_are_deleted_at_once_and_who_chooses_more_is_told(editor):
    brought = Synonym.objects.bulk_create(Synonym(term=f"word {at}", means="drug") for at in range(1_001))
    form = {"action": "delete_selected", "_selected_action": brought[0].pk, "select_across": "1"}
    answer = editor.post(address(Synonym, "changelist"), form, follow=True)
    assert (
        "1,001 are chosen, and at most 1,000 are deleted at once. Nothing was deleted" in answer.content.decode()
    )
    brought.pop().delete()
    confirm = editor.post(address(Synonym, "changelist"), form)
    assert confirm.content.count(b'name="_selected_action"') == 1_000
    form |= {"_selected_action": [one.pk for one in brought], "post": "yes"}
    assert editor.post(address(Synonym, "changelist"), form).status_code == 302
    assert not Synonym.objects.exists()
