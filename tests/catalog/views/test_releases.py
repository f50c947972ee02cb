import csv
import io
import re
from datetime import date

import pytest
from django.utils import timezone

from catalog.models import Release
from catalog.templatetags.catalog import us_date
from tests.builders import make_change, make_code, make_modifier, make_release, make_section
from tests.catalog.views.page import codes_listed, links, main, text, words

pytestmark = pytest.mark.django_db

QUERIES_OF_THE_LIST = 9


@pytest.fixture
def october() -> Release:
    """October 2025, current, against July: two codes and a modifier added, one revised, one ended, one gone."""
    july, october = make_release("2025Q3", current=False), make_release(counts={"codes": 8463, "modifiers": 383})
    october.files.create(
        name="HCPC2025_OCT_ANWEB.txt", archive="oct.zip", sha256="ab" * 32, size=5_158_440, rows=8846
    )
    make_code("J0163", october, added_date=date(2025, 10, 1))
    make_code("A2001", october, added_date=date(2025, 10, 1))
    make_modifier("ZZ", october, long_descriptor="New modifier")
    make_code("J1885", october, long_descriptor="Drug, each 15 mg")
    make_code("C9088", october, termination_date=date(2025, 9, 30), cross_references=["J0668"])
    make_code("J7777", july, long_descriptor="A code that is gone")
    for code in ("J0163", "A2001", "ZZ"):
        make_change(code, "added", october, july)
    make_change("J1885", "revised", october, july, long_descriptor=["Drug, per 15 mg", "Drug, each 15 mg"])
    make_change("C9088", "ended", october, july, termination_date=[None, "2025-09-30"])
    make_change("J7777", "vanished", october, july)
    return october


def page_of(client, release: Release, **asked):
    return client.get(f"/releases/{release.pk}/", asked)


# --- What is loaded ---


def test_the_list_shows_where_each_release_came_from(client, october):
    row = text(main(client.get("/releases/")).select("tbody tr")[1])
    for part in ("October 2025", "current", "8,463", "383", "HCPC2025_OCT_ANWEB.txt", "abababab", "Dec 31, 2025"):
        assert part in row


def test_how_far_back_the_current_release_answers_is_not_promised_to_the_day(client, october):
    assert "Most codes that ended before 2015 are not in CMS’s file." in words(client.get("/releases/"))


def test_a_release_kept_for_its_history_answers_for_no_date(client, october):
    row = text(main(client.get("/releases/")).select("tbody tr")[2])
    assert "July 2025" in row
    assert "none, kept for its history" in row


def test_cpt_descriptors_are_said_to_be_missing(client, october):
    assert "CPT descriptors not loaded, needs an AMA license" in words(client.get("/releases/"))


def test_a_release_being_loaded_is_not_shown(client, october):
    loading = make_release("2026Q1", current=False, state=Release.State.LOADING)
    assert "January 2026" not in words(client.get("/releases/"))
    assert page_of(client, loading).status_code == 404


def test_the_starter_set_is_never_called_a_release_of_cms(client):
    starter = make_release(origin=Release.Origin.STARTER)
    assert "Starter set" in words(client.get("/releases/"))
    assert "Not a CMS release" in words(page_of(client, starter))
    assert "What changed" not in words(page_of(client, starter))


def test_a_release_that_looked_incomplete_says_so(client):
    partial = make_release(partial=True)
    assert "looked incomplete" in words(client.get("/releases/"))
    assert "Loaded although it looked incomplete" in words(page_of(client, partial))


def test_every_table_and_setting_has_its_place_in_the_list(client, october):
    make_release("2026Q3", dataset="ptp", setting="practitioner", counts={"edits": 2_546_017, "open": 1_669_820})
    pruned = make_release("2026Q2", dataset="ptp", setting="practitioner", state=Release.State.PRUNED)
    pruned.files.create(name="ccipra-v321r0-f1.TXT", sha256="cd" * 32, size=1)
    for quarter in ("2026Q2", "2026Q3"):
        make_release(quarter, dataset="mue", setting="dme_supplier", counts={"values": 2_928})
    listed = main(client.get("/releases/")).find("table").select("tbody")
    groups = [re.sub(r" \d+ quarters? behind", "", text(group)) for group in listed]
    assert len(groups) == 8
    assert groups[1] == (
        "PTP edits, practitioner"
        " July 2026 current Jan 1, 1996 to Sep 30, 2026 2,546,017 edits 1,669,820 open "
        + on_record()
        + " April 2026 rows removed none, its record is kept ccipra-v321r0-f1.TXT cdcdcdcd "
        + on_record()
    )
    assert groups[2] == "PTP edits, hospital not loaded"
    assert "Apr 1, 2026 to Jun 30, 2026" in groups[5]
    assert "Jul 1, 2026 to Sep 30, 2026" in groups[5]


def on_record() -> str:
    return us_date(timezone.localdate())


def test_the_list_sums_up_what_each_current_table_changed(client, october):
    kind = {"dataset": "ptp", "setting": "practitioner"}
    july, october_table = make_release("2025Q3", current=False, **kind), make_release("2025Q4", **kind)
    for change, code in (("added", "11042"), ("added", "11043"), ("ended", "99213")):
        october_table.changes.create(kind=change, record="ptp", code=code, other_code="97597", against=july)
    said = words(client.get("/releases/"))
    assert "PTP edits, practitioner, October 2025 2 added, 1 deleted" in said


def test_loading_is_explained_whatever_is_loaded(client):
    answer = client.get("/releases/")
    section = text(main(answer).find(id="load"))
    assert "python manage.py import_release" in section
    assert "python manage.py activate_release ID" in section
    assert "HCPCS Level II not loaded" in words(answer)


def test_a_release_page_has_the_whole_hash_and_the_archive(client, october):
    receipt = text(main(page_of(client, october)).find(class_="receipt"))
    assert f"HCPC2025_OCT_ANWEB.txt oct.zip 8,846 5,158,440 {'ab' * 32}" in receipt


def test_a_release_that_is_not_there_is_not_found(client):
    assert client.get("/releases/999/").status_code == 404


# --- What changed ---


def test_changes_are_counted_by_kind_and_by_letter(client, october):
    make_section("j-drugs", ("J0000", "J9999"), map_title="Drugs")
    by_kind, by_letter = main(page_of(client, october)).select("table.bars")
    assert [text(row) for row in by_kind.select("tr")] == [
        "Added 3",
        "Revised 1",
        "Discontinued 1",
        "No longer in the file 1",
    ]
    assert {text(row) for row in by_letter.select("tr")} == {"A 1", "J Drugs 1"}


def test_the_first_kind_there_is_is_listed_unless_another_is_asked_for(client, october):
    assert codes_listed(page_of(client, october)) == ["A2001", "J0163", "ZZ"]
    assert codes_listed(page_of(client, october, kind="ended")) == ["C9088"]
    assert codes_listed(page_of(client, october, kind="nonsense")) == ["A2001", "J0163", "ZZ"]
    assert codes_listed(page_of(client, october, kind="reactivated")) == ["A2001", "J0163", "ZZ"]


def test_one_letter_can_be_listed_alone(client, october):
    answer = page_of(client, october, kind="added", letter="J")
    assert codes_listed(answer) == ["J0163"]
    assert "Only J codes." in words(answer)
    assert codes_listed(page_of(client, october, kind="added", letter="Q")) == ["A2001", "J0163", "ZZ"]


def test_codes_and_modifiers_link_to_their_pages(client, october):
    assert {"/codes/J0163/", "/modifiers/ZZ/"} <= links(page_of(client, october))


def test_a_revised_descriptor_is_marked_word_by_word(client, october):
    row = main(page_of(client, october, kind="revised")).select_one("table.codes tbody tr")
    assert "per" in text(row.find("del"))
    assert "each" in text(row.find("ins"))


def test_a_revised_code_whose_descriptor_stayed_still_shows_it(client, october):
    make_code("A6531", october, long_descriptor="Gradient compression stocking")
    make_change("A6531", "revised", october, october.previous(), coverage_code=["M", "C"])
    row = main(page_of(client, october, kind="revised")).select_one("table.codes tbody tr")
    assert text(row) == "A 6531 Gradient compression stocking Coverage: M → became C"


def test_an_ended_code_shows_its_last_day_and_cms_cross_reference(client, october):
    row = main(page_of(client, october, kind="ended")).select_one("table.codes tbody tr")
    assert text(row) == "C 9088 Long descriptor of C9088 Sep 30, 2025 J 0668"
    assert row.find("a", href="/codes/J0668/")


def test_a_vanished_code_shows_the_descriptor_it_had(client, october):
    assert "A code that is gone" in words(page_of(client, october, kind="vanished"))


def test_codes_begun_and_ended_are_drawn_and_read_out(client, october):
    picture = main(page_of(client, october)).select_one("svg.quarters")
    assert "2025 Q4: 2 and 1." in picture["aria-label"]


def test_a_first_release_has_nothing_to_compare_with(client):
    only = make_release()
    assert "no earlier release is loaded" in words(page_of(client, only))


def test_a_release_that_changed_nothing_says_so(client):
    make_release("2025Q3", current=False)
    assert "Nothing against July 2025" in words(page_of(client, make_release()))


def test_the_list_of_releases_shows_what_the_current_one_changed(client, october):
    answer = client.get("/releases/", {"kind": "ended"})
    assert codes_listed(answer) == ["C9088"]
    assert "What changed: HCPCS Level II, October 2025" in words(answer)


def test_htmx_gets_the_table_alone_when_it_asks_for_the_rows(client, october):
    fragment = client.get(f"/releases/{october.pk}/", headers={"HX-Request": "true", "HX-Target": "rows"})
    assert b"<html" not in fragment.content
    assert main(fragment).find(id="rows")


def test_changes_are_exported_as_asked(client, october):
    answer = page_of(client, october, kind="revised", _export="csv")
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode().removeprefix("\ufeff"))))
    assert lines == [
        ["Code", "What changed"],
        ["J1885", "Descriptor: Drug, per 15 mg → Drug, each 15 mg"],
    ]


def test_an_export_of_one_letters_changes_says_so(client, october):
    of_all = page_of(client, october, kind="added", _export="csv")
    of_one = page_of(client, october, kind="added", letter="J", _export="csv")
    assert "added-codes-and-modifiers-october-2025" in of_all["Content-Disposition"]
    assert "added-codes-in-j-october-2025" in of_one["Content-Disposition"]
    assert [line.split(",")[0] for line in b"".join(of_one).decode().splitlines()[1:]] == ["J0163"]


def test_the_pages_take_the_same_queries_however_much_changed(client, october, django_assert_num_queries):
    client.get("/releases/")
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/releases/")
    for number in range(3000, 3100):
        make_code(f"J{number}", october)
        make_change(f"J{number}", "added", october, october.previous())
    for quarter in ("2024Q1", "2024Q2", "2024Q3"):
        make_release(quarter, current=False).files.create(name="a.txt", sha256="cd" * 32, size=1)
    client.get("/releases/")
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/releases/")


def test_a_rehearsed_release_is_not_shown_to_readers(client, october):
    rehearsed = make_release("2026Q1", state=Release.State.REHEARSED, loaded_at=None)
    assert client.get(f"/releases/{rehearsed.pk}/").status_code == 404
    assert "January 2026" not in text(main(client.get("/releases/")))
