"""The NCCI tables in the admin: golden pairs are changed there, millions of rows are looked up there."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.admin.tables import ShortCount
from catalog.models import AddOnEdit, GoldenPair, Mue, PtpEdit, Release
from tests.builders import make_addon, make_mue, make_ptp, make_release
from tests.plans import assert_searches_indexes, plan

pytestmark = pytest.mark.django_db

SHOWN = 5  # session, user, releases to choose from, count and rows
PAIR = {
    "setting": "practitioner",
    "column_one": "11042",
    "column_two": "97597",
    "day": "2026-07-15",
    "expected": "indicator_1",
    "source": "A transmittal",
}


def page(model, name="changelist", *args) -> str:
    return reverse(f"admin:catalog_{model._meta.model_name}_{name}", args=args)


def listed(admin_client, model, **asked) -> list[str]:
    return [str(row) for row in admin_client.get(page(model), asked).context["cl"].result_list]


@pytest.fixture
def tables() -> dict[str, Release]:
    """The PTP tables of two settings, and the practitioners' one before; each with rows of its own."""
    kind = {"dataset": "ptp", "setting": "practitioner"}
    tables = {
        "before": make_release("2026Q2", current=False, **kind),
        "practitioner": make_release("2026Q3", **kind),
        "hospital": make_release("2026Q3", dataset="ptp", setting="outpatient_hospital"),
    }
    make_ptp("11042", "97597", tables["practitioner"])
    make_ptp("97597", "99213", tables["practitioner"])
    make_ptp("45385", "45378", tables["practitioner"])
    make_ptp("10000", "20000", tables["before"])
    make_ptp("30000", "40000", tables["hospital"])
    return tables


# --- Golden pairs ---


def test_a_golden_pair_is_added_with_its_codes_in_capitals(admin_client):
    answer = admin_client.post(page(GoldenPair, "add"), PAIR | {"column_two": " j1885 "})
    assert answer.status_code == 302
    golden = GoldenPair.objects.get()
    assert (golden.column_one, golden.column_two, golden.day) == ("11042", "J1885", date(2026, 7, 15))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"column_two": "1104"}, "“1104” does not have the shape of a code."),
        ({"column_two": "11042"}, "A pair has two different codes."),
        ({"setting": "dme_supplier"}, "not one of the available choices"),
        ({"expected": "paid"}, "not one of the available choices"),
        ({"day": "soon"}, "Enter a valid date."),
        ({"day": "1995-12-31"}, "NCCI began on Jan 1, 1996"),
        ({"source": ""}, "This field is required."),
    ],
)
def test_a_golden_pair_that_makes_no_sense_is_refused_with_the_reason(admin_client, wrong, message):
    answer = admin_client.post(page(GoldenPair, "add"), PAIR | wrong)
    assert message in answer.content.decode()
    assert not GoldenPair.objects.exists()


def test_a_pair_has_one_answer_a_day(admin_client):
    GoldenPair.objects.create(**PAIR)
    answer = admin_client.post(page(GoldenPair, "add"), PAIR | {"expected": "edit_deleted"})
    assert "There is an answer for this pair and day already." in answer.content.decode()


def test_the_other_order_of_a_pair_is_the_same_pair(admin_client):
    golden = GoldenPair.objects.create(**PAIR)
    turned = PAIR | {"column_one": PAIR["column_two"], "column_two": PAIR["column_one"]}
    answer = admin_client.post(page(GoldenPair, "add"), turned)
    assert "There is an answer for this pair and day already, in the other order." in answer.content.decode()
    assert admin_client.post(page(GoldenPair, "add"), turned | {"day": "2026-07-16"}).status_code == 302
    assert admin_client.post(page(GoldenPair, "change", golden.pk), turned).status_code == 302


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({}, ""),
        ({"expected": "indicator_0"}, "answers otherwise: Edit in force, a modifier may bypass it (indicator 1)."),
        ({"column_one": "97597", "column_two": "11042"}, "in the other order"),
        ({"column_two": "99999"}, "answers otherwise: No edit on file."),
        ({"column_two": "99999", "expected": "no_edit_on_file"}, "has no edit of 99999 with any code."),
        ({"day": "2026-10-01", "expected": "indicator_0"}, ""),
    ],
)
def test_a_golden_pair_that_the_current_release_contradicts_is_saved_with_a_warning(
    admin_client, tables, fields, warning
):
    answer = admin_client.post(page(GoldenPair, "add"), PAIR | fields, follow=True)
    assert GoldenPair.objects.count() == 1
    warnings = [str(each) for each in answer.context["messages"] if each.level_tag == "warning"]
    assert len(warnings) == bool(warning)
    assert warning in "".join(warnings)


def test_an_incomplete_release_contradicts_no_golden_pair_by_what_it_lacks(admin_client, tables):
    Release.objects.filter(pk=tables["practitioner"].pk).update(partial=True)
    answer = admin_client.post(page(GoldenPair, "add"), PAIR | {"column_two": "99999"}, follow=True)
    assert [each for each in answer.context["messages"] if each.level_tag == "warning"] == []


def test_golden_pairs_are_found_by_code_and_filtered_by_what_is_expected(admin_client):
    GoldenPair.objects.create(**PAIR)
    GoldenPair.objects.create(**PAIR | {"setting": "outpatient_hospital", "expected": "no_edit_on_file"})
    assert len(listed(admin_client, GoldenPair, q="97597")) == 2
    assert len(listed(admin_client, GoldenPair, q="J1885")) == 0
    assert len(listed(admin_client, GoldenPair, expected__exact="no_edit_on_file")) == 1


# --- Rows ---


def test_the_practitioners_current_table_comes_first_and_others_on_request(admin_client, tables):
    def pairs(**asked) -> list[str]:
        return [row[:15] for row in listed(admin_client, PtpEdit, **asked)]

    assert pairs() == ["11042 and 97597", "45385 and 45378", "97597 and 99213"]
    assert pairs(release=tables["hospital"].pk) == ["30000 and 40000"]
    assert pairs(release=tables["before"].pk) == ["10000 and 20000"]
    assert pairs(release="all") == pairs()


def test_without_a_table_there_is_an_empty_list(admin_client):
    make_ptp("11042", "97597", make_release(dataset="ptp", setting="practitioner", state=Release.State.LOADING))
    assert listed(admin_client, PtpEdit) == []


def test_a_code_is_found_in_either_column_and_a_pair_in_either_order(admin_client, tables):
    assert len(listed(admin_client, PtpEdit, q="97597")) == 2
    assert len(listed(admin_client, PtpEdit, q=" 97597 11042 ")) == 1
    assert len(listed(admin_client, PtpEdit, q="9759")) == 0
    assert len(listed(admin_client, PtpEdit, q="20000")) == 0, "a row of another release"


def test_mues_and_add_on_edits_are_found_by_code(admin_client):
    make_mue("J1885", 4)
    make_mue("99213", 1)
    make_addon("97598", "97597")
    make_addon("11045", "11042")
    assert listed(admin_client, Mue, q="j1885") == ["J1885: 4 units"]
    assert listed(admin_client, AddOnEdit, q="97597") == ["97598 with 97597"]


def test_no_count_and_no_search_goes_through_a_whole_table(admin_client, tables):
    admin_client.get(page(PtpEdit))
    for asked in ({}, {"q": "97597"}, {"q": "11042 97597"}, {"p": "3"}):
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(page(PtpEdit), asked)
        assert len(queries) <= SHOWN
        counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
        assert all(f"LIMIT {ShortCount.MOST}" in sql for sql in counts)
        of_edits = [query["sql"] for query in queries if 'FROM "catalog_ptpedit"' in query["sql"]]
        assert of_edits
        assert all(f'"release_id" = {tables["practitioner"].pk}' in sql for sql in of_edits)


@pytest.mark.postgres
@pytest.mark.parametrize("typed", ["97597", "11042 97597"])
def test_the_edits_found_are_read_through_the_indexes_of_their_release(admin_client, tables, typed):
    assert_searches_indexes(admin_client.get(page(PtpEdit), {"q": typed}).context["cl"].queryset)


@pytest.mark.sqlite
def test_a_code_is_searched_by_the_index_of_each_column(admin_client, tables):
    found = admin_client.get(page(PtpEdit), {"q": "97597"}).context["cl"].queryset
    searched = "\n".join(plan(found))
    assert "ptp_by_column_one (release_id=? AND column_one=?)" in searched
    assert "ptp_by_column_two (release_id=? AND column_two=?)" in searched


def test_an_edit_is_read_in_the_list_and_has_no_page_that_would_look_through_all_rows(admin_client, tables):
    shown = admin_client.get(page(PtpEdit)).content.decode()
    edit = PtpEdit.objects.select_related("rationale").first()
    assert edit.rationale.text in shown
    address = page(PtpEdit, "change", edit.pk)
    assert address not in shown
    with CaptureQueriesContext(connection) as queries:
        assert admin_client.get(address).status_code == 404
    assert not [query for query in queries if "catalog_ptpedit" in query["sql"]]


def test_a_release_leads_to_its_rows(admin_client, tables):
    shown = admin_client.get(page(Release, "change", tables["hospital"].pk)).content.decode()
    assert f"{page(PtpEdit)}?release={tables['hospital'].pk}" in shown
    assert "hcpcscode" not in shown.split("See its")[1].split("</div>")[0]
