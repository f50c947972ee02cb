"""Lists and forms of the desk: how much they ask, what they say of themselves, what heads them."""

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.admin.tables import ShortCount
from catalog.models import Section, Synonym
from catalog.starter.load import load_starter
from tests.builders import make_mue, make_section, make_table

pytestmark = pytest.mark.django_db

# Session and user, how many there are (here and in all), the rows; and what a list shows beside: parents, choices.
QUESTIONS = {
    **dict.fromkeys(("Level", "Synonym", "CodeNote", "Release", "AuditEntry", "Group"), 5),
    "GoldenPair": 7,  # the settings there are pairs of, the releases they are tried on
    **dict.fromkeys(("PtpEdit", "Mue", "AddOnEdit"), 5),  # the releases for the filter, one count for both
    **dict.fromkeys(("HcpcsCode", "Modifier", "ProcessingNote", "Change"), 6),
    **dict.fromkeys(("Misconception", "ComparisonRow", "Statement"), 5),
    "PracticeItem": 6,
    "User": 7,
    "Section": 7,
    "DecisionStep": 7,
    "DBTaskResult": 7,
    **dict.fromkeys(("AccessAttempt", "AccessLog", "AccessFailureLog"), 8),
}


def test_every_list_asks_a_few_questions_however_full_it_is(admin_client, django_assert_max_num_queries):
    load_starter()
    for model in admin.site._registry:
        name = model._meta
        with django_assert_max_num_queries(QUESTIONS[name.object_name], info=name.label):
            address = reverse(f"admin:{name.app_label}_{name.model_name}_changelist")
            assert admin_client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["ptpedit", "mue", "addonedit"])
def test_no_list_counts_all_rows_of_a_table(admin_client, name):
    make_table({"ptpedit": "ptp", "addonedit": "addon"}.get(name, name))
    with CaptureQueriesContext(connection) as asked:
        admin_client.get(reverse(f"admin:catalog_{name}_changelist"))
    counts = [one["sql"] for one in asked.captured_queries if "COUNT(" in one["sql"]]
    assert len(counts) == 1
    assert "LIMIT 2000" in counts[0]


def test_a_list_that_stops_counting_says_that_there_is_more(admin_client, monkeypatch):
    table = make_table("mue", "practitioner")
    for code in ("11042", "11043", "11044"):
        make_mue(code, 1, table)
    monkeypatch.setattr(ShortCount, "MOST", 2)
    answer = admin_client.get(reverse("admin:catalog_mue_changelist"))
    assert "2 or more MUE" in answer.content.decode()


def test_a_list_says_in_words_what_is_so_and_marks_where_there_is_nothing(admin_client):
    make_section("closed", title="Closed", closed=True)
    make_section("open", title="Open", parent=Section.objects.get())
    page = BeautifulSoup(admin_client.get(reverse("admin:catalog_section_changelist")).content, "html.parser")
    rows = page.select("#result_list tbody tr")
    assert [row.select_one(".field-closed").get_text() for row in rows] == ["Yes", "No"]
    assert page.select("#result_list td img") == []
    assert [row.select_one("[data-label=Parent]").has_attr("data-blank") for row in rows] == [True, False]


@pytest.mark.parametrize("name", ["goldenpair", "section", "synonym", "practiceitem"])
def test_what_adds_to_a_list_is_the_first_of_its_buttons(admin_client, name):
    answer = admin_client.get(reverse(f"admin:catalog_{name}_changelist"))
    assert BeautifulSoup(answer.content, "html.parser").select(".object-tools a")[0].get_text().split()[0] == "Add"


def test_a_list_says_by_which_column_it_is_sorted_and_which_filter_is_on(admin_client):
    make_section("open", title="Open")
    answer = admin_client.get(reverse("admin:catalog_section_changelist"), {"o": "-1", "closed__exact": "0"})
    page = BeautifulSoup(answer.content, "html.parser")
    (sorted_by,) = page.select("#result_list [aria-sort]")
    assert (sorted_by.get_text(strip=True), sorted_by["aria-sort"]) == ("Title", "descending")
    closed = next(one for one in page.select(".choice summary") if one.get_text().startswith("Closed"))
    assert closed.b.get_text() == "No"
    assert "Clear all filters" in page.select_one("#changelist-filter").get_text()


def test_every_cell_of_a_list_but_the_one_that_names_the_row_says_its_column_for_narrow_screens(admin_client):
    make_section("open", title="Open")
    page = BeautifulSoup(
        admin_client.get(reverse("admin:catalog_section_changelist")).content, "html.parser"
    ).select_one("#result_list")
    heads = [head.get_text(strip=True) for head in page.select("thead th:not(.action-checkbox-column)")]
    assert "stackable" in page["class"]
    assert [page.select_one("tbody th").get_text(strip=True)] == ["Open"]
    assert [cell["data-label"] for cell in page.select("tbody td:not(.action-checkbox)")] == heads[1:]


# --- Forms ------------------------------------------------------------------------------------------------


def test_a_form_that_is_refused_is_headed_by_the_text_on_file(admin_client):
    synonym = Synonym.objects.create(term="sugar", means="glucose")
    address = reverse("admin:catalog_synonym_change", args=[synonym.pk])
    page = BeautifulSoup(admin_client.post(address, {"term": "salt"}).content, "html.parser")
    assert page.select_one("[name=term]")["value"] == "salt"
    assert page.h1.get_text() == "sugar: glucose"
    assert page.title.get_text().startswith("Error: sugar: glucose | ")
    assert "salt" not in page.select_one(".crumbs").get_text()
