import pytest
from django.utils import timezone

from catalog.models import Release
from catalog.models.release import quarter_of
from tests.builders import make_code, make_mue, make_release
from tests.catalog.views.page import links, main, receipts, text, verdict, words

pytestmark = pytest.mark.django_db

QUERIES_OF_AN_MUE = 3  # the stamp, the code in every table, its descriptor


def mue_page(client, code="J1885", setting="practitioner", **query):
    return client.get(f"/edits/mue/{setting}/{code}/", query)


@pytest.fixture
def quarters() -> list[Release]:
    """MUEs of three quarters, newest first, in one setting."""
    made = [
        make_release(quarter, dataset="mue", setting="practitioner") for quarter in ("2025Q4", "2025Q3", "2024Q3")
    ]
    for release in made:
        release.files.create(name=f"mue-{release.quarter}.csv", sha256="cd" * 32, size=1)
    return made


def test_an_mue_value_says_what_is_tested_and_what_follows(client, quarters):
    row = make_mue("J1885", 8, quarters[0], adjudication_indicator="3", rationale="Prescribing Information")
    answer = mue_page(client)
    shown = words(answer)
    assert "8 units per date of service" in shown
    assert "3, date of service edit: clinical" in shown
    assert "All units of that date are denied" in shown
    assert "Rationale as published: Prescribing Information. In our words: The label" in shown
    (receipt,) = receipts(answer)
    assert f"October 2025 mue-2025Q4.csv {row.line} J1885 8 3 Prescribing Information" in receipt
    assert "cd" * 32 in receipt


def test_mai_1_is_tested_line_by_line(client, quarters):
    make_mue("J1885", 1, quarters[0], adjudication_indicator="1")
    assert "1 unit per claim line" in words(mue_page(client))


def test_zero_is_not_payable_in_this_setting_and_not_no_limit(client, quarters):
    make_mue("A4206", 0, quarters[0])
    assert "Not payable to practitioners" in words(mue_page(client, "A4206"))
    assert "It does not mean that there is no limit." in words(mue_page(client, "A4206"))


def test_zero_is_not_said_to_be_payable_above_the_value(client, quarters):
    make_mue("G0463", 0, quarters[0], adjudication_indicator="3")
    make_mue("J1885", 8, quarters[0], adjudication_indicator="3")
    assert "Can more be paid?" not in words(mue_page(client, "G0463"))
    assert "Can more be paid? Perhaps." in words(mue_page(client))


def test_every_loaded_quarter_answers_for_itself_and_changes_are_seen(client, quarters):
    make_mue("J1885", 8, quarters[0])
    make_mue("J1885", 8, quarters[1])
    make_mue("J1885", 1, quarters[2], adjudication_indicator="1")
    answer = mue_page(client)
    rows = [text(row) for row in main(answer).select("section table tbody tr")]
    assert rows == [
        "October 2025 shown 8 3 Clinical: Data –",
        "July 2025 8 3 Clinical: Data 1, MAI 1 in July 2024",
        "July 2024 1 1 Clinical: Data –",
    ]
    assert "?quarter=2024Q3" in links(answer)
    assert "1 unit per claim line" in words(mue_page(client, quarter="2024Q3"))
    assert len(receipts(mue_page(client, quarter="2024q3"))) == 1


def test_a_code_without_a_value_is_not_without_limit(client, quarters):
    make_mue("J1885", 1, quarters[1])
    answer = mue_page(client)
    assert answer.status_code == 200
    assert verdict(answer) == "No published value"
    assert "No value is published for this code in October 2025" in words(answer)
    assert "confidential" in words(answer)


def test_a_value_missing_from_an_incomplete_table_is_not_checked_and_no_change(client, quarters):
    make_mue("J1885", 1, quarters[1])
    Release.objects.filter(pk=quarters[0].pk).update(partial=True)
    answer = mue_page(client, quarter="2025Q4")
    assert verdict(answer) == "Not checked"
    assert "1, MAI 3 in July 2025" not in words(answer)


def test_a_quarter_that_is_not_loaded_is_not_answered_from_another(client, quarters):
    make_mue("J1885", 8, quarters[0])
    answer = mue_page(client, quarter="2025Q1")
    assert verdict(answer) == "Not checked"
    assert "No table of 2025Q1 is loaded" in words(answer)
    assert receipts(answer) == []


def test_the_newest_quarter_says_that_it_does_not_answer_for_today(client, quarters):
    make_mue("J1885", 8, quarters[0])
    Release.objects.filter(pk=quarters[0].pk).update(quarter="2025Q2", revision=7)
    Release.objects.filter(pk=quarters[1].pk).delete()
    card = main(mue_page(client)).find("article")
    assert text(card).startswith("Today is not checked")
    assert "none is loaded" in text(card)


def test_the_settings_are_read_for_the_quarter_asked_for(client, quarters):
    make_mue("J1885", 8, quarters[0])
    make_mue("J1885", 1, quarters[2])
    answer = mue_page(client, quarter="2024Q3")
    settings = main(answer).find("nav", attrs={"aria-label": "Setting"})
    assert text(settings) == (
        "Practitioner: 1, Jul 2024 Outpatient hospital: 2024Q3 not loaded DME supplier: 2024Q3 not loaded"
    )
    assert "/edits/mue/outpatient_hospital/J1885/?quarter=2024Q3" in links(answer)


def test_a_setting_that_may_lack_the_value_is_not_said_to_have_none(client, quarters):
    Release.objects.filter(pk=quarters[0].pk).update(origin="starter")
    settings = main(mue_page(client)).find("nav", attrs={"aria-label": "Setting"})
    assert "Practitioner: not checked" in text(settings)
    assert "no value" not in text(settings)


def test_a_quarter_to_come_is_never_shown_as_todays(client):
    now, to_come = quarter_of(timezone.localdate()), f"{timezone.localdate().year + 1}Q4"
    make_mue("J1885", 1, make_release(now, dataset="mue", setting="practitioner"))
    make_mue("J1885", 9, make_release(to_come, dataset="mue", setting="practitioner"))
    answer = mue_page(client)
    assert "1 unit per date of service" in words(answer)
    assert "Practitioner: 1" in text(main(answer).find("nav", attrs={"aria-label": "Setting"}))
    assert f"?quarter={to_come}" in links(answer)
    ahead = words(mue_page(client, quarter=to_come))
    assert "9 units per date of service" in ahead
    assert "This quarter has not begun" in ahead


def test_where_only_a_quarter_to_come_is_loaded_today_is_not_checked(client):
    make_mue("J1885", 9, make_release(f"{timezone.localdate().year + 1}Q4", dataset="mue", setting="practitioner"))
    answer = mue_page(client)
    assert verdict(answer) == "Not checked"
    assert f"No table of {quarter_of(timezone.localdate())} is loaded" in words(answer)
    assert "Practitioner: only later quarters" in words(answer)


def test_no_setting_borrows_the_value_of_another(client, quarters):
    make_mue("J1885", 8, quarters[0])
    make_mue("J1885", 6, make_release(dataset="mue", setting="outpatient_hospital"))
    settings = main(mue_page(client)).find("nav", attrs={"aria-label": "Setting"})
    assert text(settings) == "Practitioner: 8, Oct 2025 Outpatient hospital: 6, Oct 2025 DME supplier: not loaded"
    answer = mue_page(client, setting="dme_supplier")
    assert verdict(answer) == "Not checked"
    assert "No MUE table of this setting is loaded" in words(answer)


def test_an_odd_spelling_of_an_mue_page_is_sent_on(client):
    assert mue_page(client, "j1885")["Location"] == "/edits/mue/practitioner/J1885/"


def test_an_mue_page_takes_few_queries(client, quarters, django_assert_num_queries):
    for release in quarters:
        make_mue("J1885", 8, release)
    make_code("J1885")
    mue_page(client)
    with django_assert_num_queries(QUERIES_OF_AN_MUE):
        mue_page(client, quarter="2024Q3")
