from datetime import date

import pytest

from catalog.models import Release
from tests.builders import make_code, make_level, make_ptp, make_release, make_section
from tests.catalog.views.page import links, main, receipts, text, verdict, words

pytestmark = pytest.mark.django_db

QUERIES_OF_A_PAIR = 4  # the stamp, the pair in both settings, descriptors


def pair_page(client, one="45385", two="45378", setting="practitioner", on="2025-12-01"):
    return client.get(f"/edits/ptp/{setting}/{one}/{two}/", {"on": on})


@pytest.fixture
def practitioner() -> Release:
    """PTP edits of the last quarter of 2025, from a file in a zip."""
    release = make_release(dataset="ptp", setting="practitioner", notice="A notice of the AMA.")
    release.files.create(name="ccipra-v313r0-f3.txt", archive="part-3.zip", sha256="ab" * 32, size=1)
    return release


@pytest.fixture
def hospital() -> Release:
    return make_release(dataset="ptp", setting="outpatient_hospital")


# --- The answer ---


def test_indicator_0_denies_column_two_whatever_the_modifiers(client, practitioner):
    make_ptp("45385", "45378", practitioner, modifier_indicator="0", rationale="More extensive procedure")
    answer = pair_page(client)
    assert answer.status_code == 200
    assert "Why: “More extensive procedure” in CMS’s words. Both do" in words(answer)
    assert verdict(answer) == "Denied by edit"
    assert "45378 is denied beside 45385 by this edit" in words(answer)
    assert "What would change this: No modifier does. Indicator 0." in words(answer)
    assert "may not be billed to the patient" in words(answer)


def test_indicator_1_denies_column_two_unless_distinct_and_leads_to_the_modifiers(client, practitioner):
    make_ptp("45385", "45378", practitioner, modifier_indicator="1")
    answer = pair_page(client)
    assert verdict(answer) == "Denied unless distinct"
    assert "/modifiers/" in links(answer)


def test_an_edit_that_ended_before_the_date_is_not_in_force(client, practitioner):
    make_ptp("45385", "45378", practitioner, deletion_date=date(2024, 12, 31))
    assert verdict(pair_page(client, on="2024-12-31")) == "Denied unless distinct"
    answer = pair_page(client, on="2025-01-01")
    assert verdict(answer) == "Edit not in force"
    assert "Its deletion date is Dec 31, 2024" in words(answer)


def test_a_withdrawn_edit_is_never_in_force(client, practitioner):
    day = date(2020, 1, 1)
    make_ptp("45385", "45378", practitioner, effective_date=day, deletion_date=day, modifier_indicator="9")
    answer = pair_page(client, on="2020-01-01")
    assert verdict(answer) == "Edit not in force"
    assert "withdrawn from its start" in words(answer)


def test_a_pair_without_a_row_has_a_page_that_promises_nothing(client, practitioner):
    make_ptp("11111", "22222", practitioner)
    answer = pair_page(client)
    assert answer.status_code == 200
    assert verdict(answer) == "No edit on file"
    assert "No edit on file in October 2025 for this setting" in words(answer)
    assert "unlisted combinations must still be coded correctly" in words(answer)
    assert receipts(answer) == []


@pytest.mark.parametrize("setting", ["practitioner", "dme_supplier"])
def test_codes_that_no_row_puts_in_order_stay_in_that_of_the_address(client, practitioner, setting):
    answer = pair_page(client, "45385", "45378", setting)
    assert [text(code) for code in main(answer).select(".pair .code")] == ["45385", "45378"]
    assert "the other way round" not in words(answer)
    assert f"/edits/ptp/{setting}/45378/45385/" in answer.content.decode()  # one canonical page for both orders


def test_column_one_is_not_said_to_be_payable(client, practitioner):
    make_ptp("45385", "45378", practitioner)
    assert "Column one, not denied by this edit 45385" in words(pair_page(client))


@pytest.mark.parametrize("incomplete", [{"partial": True}, {"origin": "starter"}])
def test_a_pair_missing_from_an_incomplete_release_is_not_checked(client, practitioner, incomplete):
    Release.objects.filter(pk=practitioner.pk).update(**incomplete)
    answer = pair_page(client)
    assert verdict(answer) == "Not checked"
    assert "No edit on file" not in words(answer)


@pytest.mark.parametrize(
    ("incomplete", "mark"),
    [({"partial": True}, "looked incomplete"), ({"origin": "starter"}, "not a CMS release")],
)
def test_an_edit_found_in_an_incomplete_release_is_marked(client, practitioner, incomplete, mark):
    make_ptp("45385", "45378", practitioner)
    Release.objects.filter(pk=practitioner.pk).update(**incomplete)
    answer = pair_page(client)
    assert verdict(answer) == "Denied unless distinct"
    assert mark in words(answer)


def test_a_date_after_the_quarter_is_not_checked_and_the_last_day_offered(client, practitioner):
    make_ptp("45385", "45378", practitioner)
    answer = pair_page(client, on="2026-01-01")
    assert verdict(answer) == "Not checked"
    assert "Data for that date is not loaded" in words(answer)
    assert "The newest loaded table is October 2025" in words(answer)
    assert "/edits/ptp/practitioner/45385/45378/?on=2025-12-31" in links(answer)
    assert "In force on" not in words(answer)
    assert len(receipts(answer)) == 1


def test_an_ended_row_of_an_incomplete_release_does_not_head_the_answer(client, practitioner):
    Release.objects.filter(pk=practitioner.pk).update(partial=True)
    make_ptp("45385", "45378", practitioner, deletion_date=date(2024, 12, 31))
    answer = pair_page(client)
    assert verdict(answer) == "Not checked"
    assert "Its deletion date is Dec 31, 2024" in words(answer)
    assert len(receipts(answer)) == 1


def test_starter_rows_say_nothing_of_days_outside_their_quarter(client, practitioner):
    Release.objects.filter(pk=practitioner.pk).update(origin="starter")
    make_ptp("45385", "45378", practitioner, effective_date=date(2025, 10, 1))
    assert verdict(pair_page(client, on="2025-10-01")) == "Denied unless distinct"
    answer = pair_page(client, on="2020-01-01")
    assert verdict(answer) == "Not checked"
    assert "An edit starts" not in words(answer)
    assert "It answers for Oct 1, 2025 to Dec 31, 2025." in words(answer)
    assert "/edits/ptp/practitioner/45385/45378/?on=2025-12-31" in links(answer)


def test_the_days_of_starter_rows_are_shown_nowhere(client, practitioner):
    make_ptp("45385", "45378", practitioner, effective_date=date(2025, 10, 1))
    Release.objects.filter(pk=practitioner.pk).update(origin="starter")
    answer = pair_page(client)
    (receipt,) = receipts(answer)
    assert "45385 45378 – not in the starter set – 1" in receipt
    assert "Its days are not in the starter set" in words(answer)
    assert "Unless distinct 1 not in the starter set Starter set" in words(answer)
    assert "Oct 1, 2025" not in words(answer)
    assert main(answer).select(".timeline-svg") == []


def test_a_withdrawn_edit_has_published_dates_and_was_never_in_force(client, practitioner):
    day = date(2022, 1, 1)
    make_ptp("45385", "45378", practitioner, effective_date=day, deletion_date=day, modifier_indicator="9")
    answer = pair_page(client)
    assert "Published dates" in words(answer)
    assert "9 Jan 1, 2022 to Jan 1, 2022, never in force October 2025" in words(answer)
    assert "Since" not in words(answer)


def test_today_is_the_date_unless_one_is_given(client, practitioner):
    make_ptp("45385", "45378", practitioner)
    Release.objects.filter(pk=practitioner.pk).update(quarter="2001Q1")
    answer = client.get("/edits/ptp/practitioner/45385/45378/")
    assert verdict(answer) == "Not checked"
    assert main(answer).find("input", id="on")["value"] > "2025"


def test_a_date_before_ncci_is_said_to_be_that(client, practitioner):
    make_ptp("45385", "45378", practitioner)
    assert "The date is before NCCI began" in words(pair_page(client, on="1995-12-31"))


@pytest.mark.parametrize("odd", ["2025-13-01", "yesterday", "12/01/2025", "<b>", "2025-02-30"])
def test_a_date_that_cannot_be_read_is_said_to_be_none(client, practitioner, odd):
    answer = pair_page(client, on=odd)
    assert answer.status_code == 200
    assert f"“{odd}” is not a date" in words(answer)
    assert main(answer).find("input", id="on")["aria-invalid"] == "true"


def test_without_a_table_nothing_is_known_and_loading_one_is_offered(client):
    make_release()
    answer = pair_page(client)
    assert verdict(answer) == "Not checked"
    assert "No table of this setting is loaded" in words(answer)
    assert "/releases/#load" in links(answer)


# --- The rows ---


def test_every_row_in_either_order_is_listed_newest_first_with_its_receipt(client, practitioner):
    first = make_ptp(
        "45378",
        "45385",
        practitioner,
        effective_date=date(1996, 1, 1),
        deletion_date=date(2002, 12, 31),
        prior_to_1996=True,
        rationale="Sequential procedure",
    )
    make_ptp("45385", "45378", practitioner, effective_date=date(2003, 1, 1), modifier_indicator="0")
    make_ptp("45385", "99999", practitioner)
    answer = pair_page(client)
    newest, oldest = receipts(answer)
    assert "45385 45378 – 2003-01-01 * 0" in newest
    for part in (
        *("October 2025", "ccipra-v313r0-f3.txt", f"Line {first.line}".split()[1], "part-3.zip", "ab" * 32),
        *("45378 45385 * 1996-01-01 2002-12-31 1", "Sequential procedure"),
    ):
        assert part in oldest
    assert f"/releases/{practitioner.pk}/" in links(answer)
    assert main(answer).find("button", attrs={"data-copy": "ab" * 32})


def test_a_rationale_stands_as_published_and_in_our_words(client, practitioner):
    make_ptp("45385", "45378", practitioner, rationale="More extensive procedure")
    make_ptp("45385", "45380", practitioner, rationale="Phase of the moon")
    known, unknown = words(pair_page(client)), words(pair_page(client, two="45380"))
    assert "Rationale as published: More extensive procedure. In our words: Both do" in known
    assert "Rationale as published: Phase of the moon." in unknown
    assert "In our words" not in unknown


def test_the_row_in_force_is_marked_and_no_other(client, practitioner):
    make_ptp("45385", "45378", practitioner, deletion_date=date(2023, 12, 31))
    make_ptp("45385", "45378", practitioner, effective_date=date(2024, 1, 1))
    rows = main(pair_page(client)).select(".periods > li")
    assert ["In force on Dec 1, 2025" in text(row) for row in rows] == [True, False]


def test_reading_a_workbook_the_receipt_counts_rows(client, practitioner):
    practitioner.files.update(name="ccipra-v313r0-f3.xlsx")
    make_ptp("45385", "45378", practitioner)
    assert "File Row Column 1" in receipts(pair_page(client))[0]


def test_the_day_that_a_deletion_date_counts_is_our_reading_and_said_to_be(client, practitioner):
    make_ptp("45385", "45378", practitioner)
    said = "No sentence of CMS’s was found that says whether an edit is in force on its deletion date"
    assert said in words(pair_page(client))


def test_the_notice_of_the_release_stands_with_its_rows(client, practitioner):
    make_ptp("45385", "45378", practitioner)
    assert "A notice of the AMA." in text(main(pair_page(client)).find("details", class_="notice"))


def test_rows_in_force_at_once_are_logged_as_a_fault_of_the_table(client, practitioner, caplog):
    rows = [make_ptp(*pair, practitioner) for pair in (("45385", "45378"), ("45378", "45385"))]
    pair_page(client)
    (warning,) = [record for record in caplog.records if record.name == "catalog.views.ptp"]
    said = warning.getMessage()
    assert f"Release {practitioner.pk} has several rows" in said
    assert practitioner.files.get().name not in said
    assert "45385" not in said
    assert "45378" not in said
    caplog.clear()
    rows[0].delete()
    assert verdict(pair_page(client, on="2025-11-30")) == "Denied unless distinct"
    assert "several rows" not in caplog.text


# --- Around them ---


def test_the_order_in_the_address_does_not_matter(client, practitioner):
    make_ptp("45385", "45378", practitioner)
    straight, turned = pair_page(client), pair_page(client, "45378", "45385")
    assert receipts(straight) == receipts(turned)
    canonical = 'rel="canonical" href="http://testserver/edits/ptp/practitioner/45385/45378/"'
    assert canonical in straight.content.decode()
    assert canonical in turned.content.decode()
    assert "CMS lists 45385 first" in words(turned)
    assert "CMS lists 45385 first" not in words(straight)


def test_each_setting_answers_from_its_own_table(client, practitioner, hospital):
    make_ptp("45385", "45378", practitioner, modifier_indicator="0")
    make_ptp("11111", "22222", hospital)
    answer = pair_page(client)
    rows = [text(row) for row in main(answer).select(".hit table.t tbody tr")]
    assert rows[0].startswith("Practitioner Denied by edit 0 Jan 1, 2020, no end October 2025")
    assert rows[1].startswith("Outpatient hospital No edit on file")
    assert rows[2].startswith("DME supplier No pair table exists")
    assert "/edits/ptp/outpatient_hospital/45385/45378/?on=2025-12-01" in links(answer)
    assert verdict(pair_page(client, setting="outpatient_hospital")) == "No edit on file"


def test_dme_suppliers_have_no_pair_table_and_the_page_says_so(client, practitioner):
    make_ptp("45385", "45378", practitioner)
    answer = pair_page(client, setting="dme_supplier")
    assert answer.status_code == 200
    assert verdict(answer) == "No pair table exists"
    assert "Medicare has no PTP table for DME suppliers" in words(answer)
    assert receipts(answer) == []


def test_a_code_with_itself_is_a_matter_of_units(client, practitioner):
    answer = pair_page(client, "45385", "45385")
    assert answer.status_code == 200
    assert "A pair edit names two different codes" in words(answer)
    assert {"/codes/45385/", "/edits/mue/practitioner/45385/", "/edits/mue/dme_supplier/45385/"} <= links(answer)


def test_level_ii_codes_have_their_descriptor_and_cpt_numbers_our_section(client, practitioner):
    make_section("visits", ("99202", "99499"), level=make_level(1), kind="cpt_i", title="Visits")
    make_code("J1885", long_descriptor="Injection, ketorolac, 15 mg")
    make_ptp("99213", "J1885", practitioner)
    answer = pair_page(client, "99213", "J1885")
    assert "Injection, ketorolac, 15 mg" in words(answer)
    assert "In our section Visits" in words(answer)
    assert {"/codes/99213/", "/codes/J1885/", "/sections/visits/"} <= links(answer)
    assert "Not in the loaded HCPCS release" in words(pair_page(client, "99213", "J9999"))


def test_an_odd_spelling_is_sent_to_the_pair_for_good_and_keeps_the_date(client):
    answer = pair_page(client, "j1885", "99213", on="2025-01-02")
    assert answer.status_code == 301
    assert answer["Location"] == "/edits/ptp/practitioner/J1885/99213/?on=2025-01-02"


def test_a_pair_takes_few_queries(client, practitioner, hospital, django_assert_num_queries):
    for release in (practitioner, hospital):
        for year in range(2000, 2020):
            make_ptp("99213", "J1885", release, effective_date=date(year, 1, 1), deletion_date=date(year, 12, 31))
    make_code("J1885")
    pair_page(client, "99213", "J1885")
    with django_assert_num_queries(QUERIES_OF_A_PAIR):
        pair_page(client, "99213", "J1885", on="2018-01-01")
