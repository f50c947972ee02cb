from datetime import date

import pytest
from django.utils import timezone

from catalog.models import CodeNote, Release
from tests.builders import make_change, make_code, make_level, make_release, make_section
from tests.catalog.views.page import links, main, text, words

pytestmark = pytest.mark.django_db

QUERIES_OF_A_CODE_PAGE = 9


def page_of(client, code: str):
    return client.get(f"/codes/{code}/")


# --- A code on file ---


def test_a_code_on_file_shows_both_descriptors_and_that_it_is_in_force(client):
    make_code("J1885", long_descriptor="Injection, ketorolac, 15 mg", short_descriptor="Ketorolac inj")
    shown = words(page_of(client, "J1885"))
    assert "Injection, ketorolac, 15 mg" in shown
    assert "Ketorolac inj" in shown
    assert "In force" in shown


def test_coded_values_are_explained_beside_the_raw_value(client):
    make_code("J1885", coverage_code="D", pricing_indicators=["51"], betos="Q9Q")
    shown = words(page_of(client, "J1885"))
    assert "Coverage D Special instructions apply" in shown
    assert "Pricing 51 Drugs" in shown
    assert "BETOS Q9Q Not explained by CMS’s layout" in shown


def test_the_breadcrumb_is_the_path_of_sections(client):
    drugs = make_section("j-drugs", ("J0000", "J9999"))
    make_section("j-injected", ("J0120", "J3591"), parent=drugs)
    make_code("J1885")
    crumbs = text(main(page_of(client, "J1885")).find(class_="crumbs"))
    assert crumbs == "Browse Level II j-drugs j-injected J1885"


@pytest.mark.parametrize("odd", ["j1885", "J-1885", "J 1885", "\uff2a1885", "J1885."])
def test_an_odd_spelling_is_sent_to_the_code_for_good(client, odd):
    make_code("J1885")
    answer = page_of(client, odd)
    assert (answer.status_code, answer["Location"]) == (301, "/codes/J1885/")


def test_a_letter_is_never_moved_to_the_other_end(client):
    make_code("U0001")
    answer = page_of(client, "0001u")
    assert answer["Location"] == "/codes/0001U/"


def test_neighbors_stand_on_both_sides_and_the_nearest_are_reached_by_key(client):
    for number in range(1880, 1889):
        make_code(f"J{number}")
    near = main(page_of(client, "J1884")).find(attrs={"aria-labelledby": "h-near"})
    assert [text(item).replace(" ", "")[:5] for item in near.find_all("li")] == [
        *("J1881", "J1882", "J1883", "J1884"),
        *("J1885", "J1886", "J1887"),
    ]
    assert near.find("a", rel="prev")["href"] == "/codes/J1883/"
    assert near.find("a", rel="next")["href"] == "/codes/J1885/"


def test_a_catch_all_says_that_a_claim_needs_a_description(client):
    make_code("J3490", long_descriptor="Unclassified drugs")
    make_code("J1885")
    assert "needs a description on the claim" in words(page_of(client, "J3490"))
    assert "needs a description on the claim" not in words(page_of(client, "J1885"))


def test_a_cross_reference_is_a_link_only_when_it_is_a_code(client):
    make_code("P7001", cross_references=["J1885", "31573", "QM", "CPT"])
    make_code("J1885")
    answer = page_of(client, "P7001")
    assert {"/codes/J1885/", "/codes/31573/", "/modifiers/QM/"} <= links(answer)
    assert not any("CPT" in link for link in links(answer))
    assert "CPT" in text(main(answer).find(class_="refs"))


def test_the_text_of_a_processing_note_is_shown_or_said_to_be_missing(client):
    release = make_release()
    make_code("J1885", release, processing_note="0088")
    assert "the text is not known here" in words(page_of(client, "J1885"))
    release.processing_notes.create(number="0088", text="Payable for outpatients.")
    Release.objects.update(loaded_at=timezone.now())
    assert "Payable for outpatients." in words(page_of(client, "J1885"))


def test_an_editors_note_is_shown_as_ours(client):
    make_code("J1885")
    CodeNote.objects.create(code="J1885", text="See 31573 too.")
    answer = page_of(client, "J1885")
    assert "See 31573 too. By the site’s editors, not from CMS." in words(answer)
    assert "/codes/31573/" in links(answer)


def test_the_receipt_names_file_line_and_hash(client):
    release = make_release()
    release.files.create(name="HCPC2025_OCT_ANWEB.txt", archive="october.zip", sha256="ab" * 32, size=1, rows=1)
    make_code("J1885", release, line=10_090)
    receipt = text(main(page_of(client, "J1885")).find(class_="receipt"))
    for part in (
        "October 2025",
        "HCPC2025_OCT_ANWEB.txt",
        "Line",
        "10090",
        "2001-01-01",
        "october.zip",
        "ab" * 32,
    ):
        assert part in receipt


def test_a_workbook_has_rows_not_lines(client):
    release = make_release()
    release.files.create(name="HCPC2025_OCT_ANWEB.xlsx", sha256="ab" * 32, size=1, rows=1)
    make_code("J1885", release)
    assert "Row" in text(main(page_of(client, "J1885")).find(class_="receipt"))


# --- Its history over the loaded releases ---


def test_a_changed_descriptor_is_marked_word_by_word(client):
    july, october = make_release("2025Q3", current=False), make_release()
    for release in (july, october):
        make_code("J1885", release)
    make_change(
        "J1885", "revised", october, july, long_descriptor=["Injection, per 15 mg", "Injection, each 15 mg"]
    )
    history = main(page_of(client, "J1885")).find(class_="history")
    assert text(history.find("del")) == "removed: per ;"
    assert text(history.find("ins")) == "added: each ;"


def test_releases_that_changed_nothing_are_listed_too(client):
    april, july, october = (make_release(quarter, current=False) for quarter in ("2025Q2", "2025Q3", "2025Q4"))
    october.state = Release.State.CURRENT
    october.save()
    for release in (april, july, october):
        make_code("J1885", release)
    make_change("J1885", "revised", october, july, coverage_code=["C", "D"])
    rows = [text(row) for row in main(page_of(client, "J1885")).select(".history tbody tr")]
    assert rows == [
        "October 2025 Revised Coverage: C → became D",
        "July 2025 No change",
        "April 2025 The first loaded release that has it",
    ]


def test_what_a_release_being_loaded_changes_is_not_shown_yet(client):
    july, october = make_release("2025Q3"), make_release(current=False, state=Release.State.LOADING)
    for release in (july, october):
        make_code("J1885", release)
    make_change("J1885", "revised", october, july, coverage_code=["C", "D"])
    answer = page_of(client, "J1885")
    assert "October 2025" not in words(answer)
    assert f"/releases/{october.pk}/" not in links(answer)


def test_one_loaded_release_has_no_history_to_tell(client):
    make_code("J1885")
    assert main(page_of(client, "J1885")).find(class_="history") is None


# --- Not in force ---


def test_an_ended_code_says_its_last_valid_day_and_what_replaces_it(client):
    make_code("C9055", termination_date=date(2020, 9, 30), cross_references=["J1632"])
    shown = words(page_of(client, "C9055"))
    assert "Ended Sep 30, 2020" in shown
    assert "Last valid on September 30, 2020" in shown
    assert "CMS’s file points to J 1632" in shown


def test_an_ended_code_without_a_cross_reference_has_no_replacement_named(client):
    make_code("J1840", termination_date=date(2024, 3, 31))
    assert "The CMS file names no replacement." in words(page_of(client, "J1840"))


def test_a_code_on_its_last_day_is_still_in_force(client):
    make_code("J1840", termination_date=timezone.localdate())
    shown = words(page_of(client, "J1840"))
    assert "In force" in shown
    assert "Last valid on" not in shown


def test_a_code_that_has_not_begun_says_from_when_it_is_valid(client):
    make_code("J9999", added_date=date(2999, 4, 1))
    shown = words(page_of(client, "J9999"))
    assert "Starts Apr 1, 2999" in shown
    assert "Valid from April 1, 2999" in shown


def test_a_code_that_left_the_file_is_shown_from_the_release_that_had_it_last(client):
    july = make_release("2020Q3", current=False)
    make_code("J1885", july, long_descriptor="Injection, ketorolac")
    make_release()
    answer = page_of(client, "J1885")
    assert answer.status_code == 200
    assert "Last seen in July 2020" in words(answer)
    assert "Injection, ketorolac" in words(answer)


# --- Not on file ---


def test_an_unknown_code_is_not_found_and_says_what_that_means(client):
    make_code("J9400")
    answer = page_of(client, "J9998")
    assert answer.status_code == 404
    assert "Not in the October 2025 file" in words(answer)
    assert "Most codes that ended before 2015 are not in CMS’s file" in words(answer)
    assert "/codes/J9400/" in links(answer)


def test_an_unknown_code_may_be_missing_from_the_starter_set_only(client):
    make_code("J9400", make_release(origin=Release.Origin.STARTER))
    shown = words(page_of(client, "J9998"))
    assert "J9998 is not in the starter set" in shown
    assert "may well exist" in shown
    assert "before 2015" not in shown


def test_a_code_that_an_incomplete_release_lacks_may_well_exist(client):
    make_code("J9400", make_release(partial=True))
    answer = page_of(client, "J9998")
    assert "J9998 is not in what was loaded of October 2025" in words(answer)
    assert "This one may well exist" in words(answer)
    assert "No row of that file is about it" not in words(answer)


def test_a_code_that_an_incomplete_release_lacks_may_still_be_valid(client):
    make_code("J1885", make_release("2025Q3", current=False))
    make_release(partial=True)
    assert "so the code may still be valid" in words(page_of(client, "J1885"))
    assert "no longer holds it" not in words(page_of(client, "J1885"))


@pytest.mark.parametrize("partial", [False, True])
def test_every_page_says_when_the_release_looks_incomplete(client, partial):
    make_code("J1885", make_release(partial=partial))
    for address in ("/", "/sections/", "/codes/J1885/", "/releases/"):
        assert ("This release may be incomplete." in client.get(address).content.decode()) == partial


def test_a_descriptor_of_the_starter_set_is_said_to_be_ours(client):
    make_code("J1885", make_release(origin=Release.Origin.STARTER))
    assert "Both in our own words, not CMS’s." in words(page_of(client, "J1885"))


def test_without_a_release_nothing_is_said_about_a_code(client):
    answer = page_of(client, "J1885")
    assert answer.status_code == 404
    assert "no HCPCS release is loaded" in words(answer)


def test_a_code_of_a_newer_release_that_is_not_current_is_pointed_out(client):
    make_release("2025Q3")
    make_code("J0163", make_release("2025Q4", current=False))
    shown = words(page_of(client, "J0163"))
    assert "Not in the July 2025 file" in shown
    assert "October 2025 : loaded, but not the release this site answers from" in shown


# --- Codes no loaded file can hold ---


def test_a_cpt_number_gets_its_shape_and_range_and_never_a_descriptor(client):
    visits = make_section("visits", ("99202", "99499"), level=make_level(1), kind="cpt_i", title="Visits")
    make_section(
        "office", ("99202", "99215"), level=make_level(1), kind="cpt_i", title="Office visits", parent=visits
    )
    make_release()
    shown = words(page_of(client, "99213"))
    assert "Number with the shape of a CPT Category I code, in our section Office visits" in shown
    assert "Why there is no descriptor" in shown
    assert "Part of Visits" in shown
    assert "Not checked: no CPT list is loaded" in shown


@pytest.mark.parametrize(("mark", "is_said"), [("V", False), ("S", True), ("I", True), ("G", True)])
def test_bounds_that_no_authority_gives_say_so(client, mark, is_said):
    make_section("office", ("99202", "99215"), level=make_level(1), kind="cpt_i", mark=mark)
    make_release()
    assert ("Bounds" in words(page_of(client, "99213"))) == is_said


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("0500F", "CPT Category II"),
        ("0042T", "CPT Category III"),
        ("0001U", "proprietary laboratory analysis (PLA)"),
        ("0002M", "multianalyte assay (MAAA)"),
        ("0001A", "COVID-19 vaccine administration"),
        ("02000", "in a stretch of numbers no CPT section uses"),
    ],
)
def test_every_kind_of_cpt_number_has_its_page(client, code, kind):
    answer = page_of(client, code)
    assert answer.status_code == 200
    assert kind in words(answer)
    assert "Descriptor not loaded" in words(answer)


def test_a_dental_code_belongs_to_the_ada(client):
    answer = page_of(client, "D0120")
    assert answer.status_code == 200
    assert "Dental codes are kept by the ADA" in words(answer)


def test_a_local_code_is_history(client):
    answer = page_of(client, "W1234")
    assert answer.status_code == 200
    assert "Ended Dec 31, 2003" in words(answer)


@pytest.mark.parametrize(
    "text", ["F1234", "I1234", "N1234", "O1234", "J18855", "J188O", "25", "J1885JW", "cheese"]
)
def test_what_is_no_code_is_not_found(client, text):
    assert page_of(client, text).status_code == 404


def test_a_letter_read_as_a_digit_is_offered_not_assumed(client):
    answer = page_of(client, "J188O")
    assert "/codes/J1880/" in links(answer)


def test_look_alikes_warn_of_each_other(client):
    make_section("u-lab", ("U0000", "U9999"))
    make_section("pla", ("0001U", "9999U"), level=make_level(1), kind="pla")
    make_code("U0001")
    assert "Not the same as 0001 U , which has its letter at the end: Level I" in words(page_of(client, "U0001"))
    assert "Not the same as U 0001 , which has its letter in front: Level II" in words(page_of(client, "0001U"))


def test_a_closed_series_is_no_look_alike(client):
    make_section("a-supplies", ("A0000", "A9999"))
    make_section("vaccines", ("0001A", "9999A"), level=make_level(1), kind="vaccine_admin", closed=True)
    make_code("A4459")
    assert "Not the same as" not in words(page_of(client, "A4459"))


# --- How it is answered ---


def test_a_code_page_takes_the_same_queries_however_much_there_is(client, django_assert_num_queries):
    july, october = make_release("2025Q3", current=False), make_release()
    for release in (july, october):
        for number in range(1880, 1890):
            make_code(f"J{number}", release, cross_references=["J1881"])
    page_of(client, "J1880")
    with django_assert_num_queries(QUERIES_OF_A_CODE_PAGE):
        page_of(client, "J1885")
    for number in range(2000, 2100):
        make_code(f"J{number}", october)
    for quarter in ("2024Q1", "2024Q2", "2024Q3"):
        make_code("J1885", make_release(quarter, current=False))
    page_of(client, "J1880")
    with django_assert_num_queries(QUERIES_OF_A_CODE_PAGE):
        page_of(client, "J1885")


def test_a_code_page_is_kept_until_the_data_changes(client):
    make_code("J1885")
    first = page_of(client, "J1885")
    again = client.get("/codes/J1885/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert "no-cache" in first["Cache-Control"]
    CodeNote.objects.create(code="J1885", text="New.")
    changed = client.get("/codes/J1885/", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_pages_of_codes_are_only_read(client):
    make_code("J1885")
    assert client.post("/codes/J1885/").status_code == 405
    assert client.head("/codes/J1885/").status_code == 200
