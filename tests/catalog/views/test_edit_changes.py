"""The pages of releases of the NCCI tables: what they answer for, where they came from, what they changed."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from catalog.models import Change, Release
from catalog.views import edit_changes
from tests.builders import make_addon, make_mue, make_ptp, make_release
from tests.catalog.views.page import links, main, text, words

pytestmark = pytest.mark.django_db

QUERIES_OF_A_PAGE = 7
HTMX = {"HX-Request": "true", "HX-Target": "rows"}


def changed(release: Release, kind: str, code: str, other: str = "", **fields) -> Change:
    """A change against the release before; fields by name, each with its values before and after."""
    details = {"record": release.dataset, "code": code, "other_code": other, "fields": fields}
    return release.changes.create(kind=kind, against=release.previous(), **details)


@pytest.fixture
def july() -> Release:
    """Practitioners' PTP table of July 2026 against April: two pairs added, one deleted, one indicator changed."""
    kind = {"dataset": "ptp", "setting": "practitioner"}
    make_release("2026Q2", current=False, **kind)
    july = make_release(
        "2026Q3", counts={"edits": 2_633_389, "open": 1_700_000}, notice="Words of the AMA.", **kind
    )
    for part in (1, 2):
        july.files.create(
            name=f"ccipra-v322r0-f{part}.TXT",
            archive=f"f{part}.zip",
            sha256=f"{part}" * 64,
            size=9_000,
            rows=1_000,
        )
    make_ptp("11042", "97597", july, effective_date=date(2026, 7, 1), modifier_indicator="0")
    make_ptp("45385", "45378", july, effective_date=date(2026, 7, 1))
    make_ptp("99213", "11042", july, deletion_date=date(2026, 6, 30))
    make_ptp("J1885", "99213", july, effective_date=date(2020, 1, 1), deletion_date=date(2026, 6, 30))
    make_ptp("J1885", "99213", july, effective_date=date(2026, 7, 1), modifier_indicator="0")
    changed(july, "added", "11042", "97597")
    changed(july, "added", "45385", "45378")
    changed(july, "ended", "99213", "11042")
    changed(july, "revised", "J1885", "99213", modifier_indicator=["1", "0"])
    return july


def page_of(client, release: Release, **asked):
    return client.get(f"/releases/{release.pk}/", asked)


def table(response) -> list[list[str]]:
    return [
        [text(cell).replace("J 1885", "J1885") for cell in row.find_all("td")]
        for row in main(response).select("table.codes tbody tr")
    ]


def lines(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response).decode().removeprefix("\ufeff"))))


# --- What it is ---


def test_the_page_says_which_dates_a_ptp_release_answers_and_where_it_came_from(client, july):
    said = words(page_of(client, july))
    assert "PTP edits, practitioner, July 2026" in said
    assert "It answers for dates of service from Jan 1, 1996 to Sep 30, 2026." in said
    assert "2,633,389 edits, 1,700,000 open" in said
    assert f"ccipra-v322r0-f2.TXT f2.zip 1,000 9,000 {'2' * 64}" in said
    assert "The notice at the head of its files Words of the AMA." in said


def test_an_mue_release_answers_its_own_quarter_only(client):
    release = make_release("2026Q3", dataset="mue", setting="dme_supplier")
    said = words(page_of(client, release))
    assert "MUE, DME supplier, July 2026" in said
    assert "from Jul 1, 2026 to Sep 30, 2026 only" in said


def test_a_release_whose_rows_are_gone_keeps_its_page(client, july):
    april = july.previous()
    Release.objects.filter(pk=april.pk).update(state=Release.State.PRUNED)
    said = words(page_of(client, april))
    assert "It answers for no date. Its rows were removed" in said
    assert "Current is July 2026" in said


def test_a_partial_table_says_what_that_means(client):
    release = make_release(dataset="ptp", setting="practitioner", partial=True)
    assert "counts as not checked, never as “no edit on file”" in words(page_of(client, release))


def test_starter_rows_are_never_called_a_release_of_cms(client):
    release = make_release(dataset="addon", origin=Release.Origin.STARTER)
    said = words(page_of(client, release))
    assert "Not a CMS release A few well-known rows" in said
    assert "It answers for dates of service from Oct 1, 2025 to Dec 31, 2025 only" in said
    assert "What changed" not in said


# --- What it changed ---


def test_changes_are_counted_in_the_words_of_the_dataset(client, july):
    bars = main(page_of(client, july)).select("table.bars tr")
    assert [text(row) for row in bars] == ["Added 2", "Indicator changed 1", "Deleted 1"]


def test_added_pairs_stand_beside_what_the_table_says_of_them(client, july):
    answer = page_of(client, july)
    assert table(answer) == [
        ["11042", "97597", "0 No modifier bypasses it", "Jul 1, 2026", "Rows"],
        ["45385", "45378", "1 A modifier may bypass it", "Jul 1, 2026", "Rows"],
    ]
    assert {"/codes/11042/", "/edits/ptp/practitioner/11042/97597/"} <= links(answer)


def test_a_deleted_pair_has_its_last_day(client, july):
    assert table(page_of(client, july, kind="ended")) == [
        ["99213", "11042", "1 A modifier may bypass it", "Jan 1, 2020", "Jun 30, 2026", "Rows"]
    ]


def test_a_changed_indicator_is_shown_before_and_after_with_the_row_in_force(client, july):
    assert table(page_of(client, july, kind="revised")) == [
        ["J1885", "99213", "Jul 1, 2026", "Modifier indicator: 1 → 0 (no modifier bypasses it)", "Rows"]
    ]


def test_a_pair_no_longer_in_the_file_has_the_dates_it_had(client, july):
    make_ptp("11100", "11200", july.previous(), effective_date=date(2005, 1, 1))
    changed(july, "vanished", "11100", "11200")
    assert table(page_of(client, july, kind="vanished"))[0][3] == "Jan 1, 2005"


@pytest.mark.parametrize(("typed", "found"), [("97597", 1), ("97", 1), (" 4 5385", 1), ("J1885", 0)])
def test_a_filter_finds_either_code_whole_or_by_its_beginning(client, july, typed, found):
    answer = page_of(client, july, kind="added", f=typed)
    assert len([row for row in table(answer) if len(row) > 1]) == found


@pytest.mark.parametrize(
    ("typed", "kept"), [("<zzz>", "<ZZZ>"), ("%", "%"), ("1104%", "1104%"), ("...", "..."), ("11-42", "11-42")]
)
def test_signs_are_in_no_code_and_so_name_none(client, july, typed, kept):
    answer = page_of(client, july, f=typed)
    assert table(answer) == [["No such change names this code."]]
    assert main(answer).select_one("#f")["value"] == kept
    assert len(lines(page_of(client, july, f=typed, _export="csv"))) == 3  # the header and the notice
    assert page_of(client, july, f=typed, _export="xlsx").status_code == 200


@pytest.mark.parametrize("typed", [" ", "\u200b", "\x00"])
def test_what_nobody_can_see_narrows_nothing(client, july, typed):
    answer = page_of(client, july, f=typed)
    assert len(table(answer)) == 2
    assert main(answer).select_one("#f")["value"] == ""


def test_htmx_gets_the_table_alone(client, july):
    fragment = client.get(f"/releases/{july.pk}/", {"f": "11042"}, headers=HTMX)
    assert b"<html" not in fragment.content
    assert len(table(fragment)) == 1


def test_changes_are_exported_with_raw_values(client, july):
    answer = page_of(client, july, kind="ended", _export="csv")
    assert lines(answer) == [
        ["Column one", "Column two", "Indicator", "First day", "Last day", "Release", "Setting"],
        ["99213", "11042", "1", "2020-01-01", "2026-06-30", "July 2026", "Practitioner"],
        [],
        ["Notice", "Words of the AMA."],
    ]
    assert "ptp-edits-practitioner-deleted-july-2026" in answer["Content-Disposition"]
    revised = lines(page_of(client, july, kind="revised", _export="csv"))
    assert revised[1][:4] == ["J1885", "99213", "2026-07-01", "Modifier indicator: 1 → 0"]


def test_a_filtered_workbook_says_so_and_carries_the_notice(client, july):
    answer = page_of(client, july, f="97597", _export="xlsx")
    assert "-filtered-" in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in book["About"]["A"]][1:] == [
        "PTP edits, practitioner, July 2026, against April 2026",
        "Filter: names 97597",
        "Notice",
    ]
    assert book["About"]["B4"].value == "Words of the AMA."
    assert book.worksheets[0].max_row == 2


def test_more_rows_than_a_workbook_is_made_of_are_exported_as_csv_only(client, july, monkeypatch):
    monkeypatch.setattr(edit_changes, "WORKBOOK_ROWS", 1)
    workbook = page_of(client, july, kind="added", _export="xlsx")
    assert workbook.headers["Location"] == f"/releases/{july.pk}/?kind=added&_export=csv"
    assert len(lines(page_of(client, july, kind="added", _export="csv"))) == 5
    buttons = main(page_of(client, july, kind="added")).select("button[name=_export]")
    assert [button["value"] for button in buttons] == ["csv"]
    assert page_of(client, july, kind="added", f="97597", _export="xlsx").status_code == 200
    assert page_of(client, july, kind="ended", _export="xlsx").status_code == 200


def test_an_mue_that_changed_tells_its_value_apart_from_its_other_fields(client):
    kind = {"dataset": "mue", "setting": "practitioner"}
    make_release("2026Q2", current=False, **kind)
    july = make_release("2026Q3", **kind)
    for code, fields in (("99213", {"mue_value": [1, 2]}), ("99214", {"rationale": ["A", "B"]})):
        make_mue(code, 2, july)
        changed(july, "revised", code, **fields)
    answer = page_of(client, july)
    assert table(answer) == [
        ["99213", "2", "3 Date of service edit: clinical", "MUE value: 1 → 2"],
        ["99214", "2", "3 Date of service edit: clinical", "Rationale: A → B"],
    ]
    assert "The MUE value itself changed in 1;" in words(answer)


def test_add_on_edits_that_were_added_have_their_type(client):
    make_release("2026Q2", current=False, dataset="addon")
    july = make_release("2026Q3", dataset="addon")
    make_addon("97598", "97597", july)
    make_addon("20054", "CCCCC", july, edit_type="2")
    changed(july, "added", "97598", "97597")
    changed(july, "added", "20054", "CCCCC")
    assert table(page_of(client, july)) == [
        ["20054", "contractor defined", "2 Contractors list the primaries", "Apr 1, 2013"],
        ["97598", "97597", "1 National list of primaries", "Apr 1, 2013"],
    ]


def test_a_page_takes_the_same_queries_however_much_changed(client, july, django_assert_num_queries):
    client.get("/releases/")
    with django_assert_num_queries(QUERIES_OF_A_PAGE):
        page_of(client, july)
    april = july.previous()
    july.changes.bulk_create(
        Change(release=july, against=april, kind="added", record="ptp", code=f"{10_000 + at}", other_code="99999")
        for at in range(200)
    )
    with django_assert_num_queries(QUERIES_OF_A_PAGE):
        page_of(client, july)
    with django_assert_num_queries(QUERIES_OF_A_PAGE):
        page_of(client, july, page=5, f="9")
