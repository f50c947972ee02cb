"""Two codes in the box: what each setting's PTP table says of the pair, and for which day."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from catalog.models import Release
from catalog.models.release import quarter_of
from tests.builders import make_code, make_ptp, make_release
from tests.catalog.views.page import links, main, text, words

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "results"}


def table(setting: str, quarter: str = "", **fields) -> Release:
    """The current PTP table of a setting, of this quarter unless told otherwise."""
    quarter = quarter or quarter_of(timezone.localdate())
    return make_release(quarter, dataset="ptp", setting=setting, **fields)


def hit(client, typed: str = "11042 97597"):
    return main(client.get("/", {"q": typed})).find("article")


def verdicts(article) -> dict[str, list[str]]:
    """The cells of each setting's row, but for the release."""
    rows = article.select("tbody tr")
    return {text(row.find("th")): [text(cell) for cell in row.find_all("td")][:-1] for row in rows}


def releases(article) -> list[str]:
    return [text(row.find_all("td")[-1]) for row in article.select("tbody tr")]


@pytest.fixture
def today() -> str:
    day = timezone.localdate()
    return f"{day:%b} {day.day}, {day.year}"


def test_each_setting_answers_from_its_own_table(client, today):
    make_ptp("11042", "97597", table("practitioner"))
    make_ptp(
        "11042", "97597", table("outpatient_hospital"), modifier_indicator="0", effective_date=date(2005, 1, 1)
    )
    found = verdicts(hit(client))
    assert found == {
        "Practitioner": ["Unless distinct", today, "1", "Jan 1, 2020, no end"],
        "Outpatient hospital": ["Denied by edit", today, "0", "Jan 1, 2005, no end"],
        "DME supplier": ["No pair table exists", "–", "–", "–"],
    }


def test_the_gravest_answer_leads_and_names_its_setting(client):
    make_ptp("11042", "97597", table("practitioner"))
    make_ptp("11042", "97597", table("outpatient_hospital"), modifier_indicator="0")
    article = hit(client)
    assert "k-deny" in article["class"]
    assert text(article.find("h2")) == "Outpatient hospital: 97597 is denied beside 11042 by this edit"


def test_codes_typed_the_other_way_round_stand_in_cms_order(client):
    make_ptp("45385", "45378", table("practitioner"), modifier_indicator="0")
    article = hit(client, "45378, 45385")
    assert [text(code) for code in article.select(".pair .code")] == ["45385", "45378"]
    assert "You typed the codes in the other order than CMS lists them." in text(article)
    assert "/edits/ptp/practitioner/45385/45378/" in {link["href"] for link in article.find_all("a")}


def test_no_edit_on_file_is_no_permission(client, today):
    make_ptp("10000", "20000", table("practitioner"))
    make_ptp("10000", "20000", table("outpatient_hospital"))
    article = hit(client)
    assert "k-none" in article["class"]
    assert verdicts(article)["Practitioner"] == ["No edit on file", today, "–", "–"]
    assert "That is no permission" in text(article)


def test_a_table_that_ended_before_today_answers_for_its_last_day_and_says_so(client):
    make_ptp("11042", "97597", table("practitioner", "2024Q3"))
    article = hit(client)
    assert verdicts(article)["Practitioner"][:2] == ["Unless distinct", "Sep 30, 2024"]
    assert "on Sep 30, 2024: 97597 is denied beside 11042" in text(article.find("h2"))
    assert "Today is later than a loaded table reaches" in text(article)


def test_an_edit_that_ended_is_shown_with_its_days(client):
    ended = timezone.localdate() - timedelta(days=400)
    make_ptp("11042", "97597", table("practitioner"), deletion_date=ended)
    assert verdicts(hit(client))["Practitioner"][0] == "Not in force"


def test_the_days_of_a_withdrawn_edit_are_published_dates_and_it_was_never_in_force(client):
    day = date(2022, 1, 1)
    make_ptp(
        *("11042", "97597", table("practitioner")),
        effective_date=day,
        deletion_date=day,
        modifier_indicator="9",
    )
    article = hit(client)
    assert verdicts(article)["Practitioner"][-1] == "Jan 1, 2022 to Jan 1, 2022, never in force"
    assert [text(head) for head in article.select("th[scope=col]")][4] == "Published dates"


def test_the_days_of_a_starter_row_are_not_shown(client):
    make_ptp("11042", "97597", table("practitioner", "2024Q3", origin=Release.Origin.STARTER))
    assert verdicts(hit(client))["Practitioner"][-1] == "not in the starter set"


@pytest.mark.parametrize("fields", [{"partial": True}, {"origin": Release.Origin.STARTER}])
def test_a_table_that_is_not_whole_has_not_been_checked_where_it_has_no_row(client, fields):
    make_ptp("10000", "20000", table("practitioner", **fields))
    found = verdicts(hit(client))
    assert found["Practitioner"][0] == "Not checked"
    assert found["Outpatient hospital"][:2] == ["Not checked", "–"]


@pytest.mark.parametrize(
    ("fields", "mark"),
    [({"partial": True}, "looked incomplete"), ({"origin": Release.Origin.STARTER}, "not a CMS release")],
)
def test_a_row_of_a_table_that_is_not_whole_counts_and_is_marked(client, fields, mark):
    make_ptp("11042", "97597", table("practitioner", "2024Q3", **fields), modifier_indicator="0")
    article = hit(client)
    assert verdicts(article)["Practitioner"][0] == "Denied by edit"
    title = "Starter set" if "origin" in fields else "July 2024"
    assert releases(article) == [f"{title} {mark}", "not loaded", "none exists"]


def test_without_any_table_nothing_is_known(client):
    make_code("J1885")
    found = verdicts(hit(client))
    assert found["Practitioner"][0] == found["Outpatient hospital"][0] == "Not checked"


def test_the_codes_are_listed_below_and_modifiers_are_said_not_to_count(client):
    make_ptp("11042", "97597", table("practitioner"))
    response = client.get("/", {"q": "11042 97597-59"})
    assert "The modifiers you typed are not weighed here" in words(response)
    assert "Codes 2, in the order typed" in words(response)
    assert "/edits/ptp/practitioner/11042/97597/" in links(response)
    spoken = main(response).find(id="results")["data-say"]
    assert spoken.startswith("Practitioner: Unless distinct.")


@pytest.mark.parametrize("typed", ["11042 11042", "11042 97597 99213", "11042-97597", "11042 11043-11047"])
def test_only_two_different_codes_are_a_pair(client, typed):
    make_ptp("11042", "97597", table("practitioner"))
    assert hit(client, typed) is None


def test_a_pair_costs_one_query(client, django_assert_num_queries):
    for setting in ("practitioner", "outpatient_hospital"):
        make_ptp("11042", "97597", table(setting))
    client.get("/", {"q": "wheel"}, headers=HTMX)
    with django_assert_num_queries(1 + 1):
        client.get("/", {"q": "11042 97597"}, headers=HTMX)
