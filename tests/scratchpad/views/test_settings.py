"""The claim in every setting side by side, and the ways there and back."""

from datetime import date

import pytest

from scratchpad.views.settings import MOST_ROWS
from tests.builders import make_addon, make_code, make_mue, make_ptp, make_release
from tests.catalog.views.page import links, main, text, words

pytestmark = pytest.mark.django_db

PAGE, DAY = "/scratchpad/", "2025-12-01"
OF_45385 = {"setting": "practitioner", "date": DAY, "line": ["45385", "45378", "J1885x9"]}


@pytest.fixture(autouse=True)
def tables():
    """Tables of the last quarter of 2025: a pair that two settings judge otherwise, and a limit in one of them."""
    make_code("J1885", make_release(), long_descriptor="Injection, sample drug, per 15 mg")
    notice = "A notice of the AMA."
    practitioner = make_release(dataset="ptp", setting="practitioner", notice=notice)
    hospital = make_release(dataset="ptp", setting="outpatient_hospital", notice=notice)
    make_ptp("45385", "45378", practitioner, effective_date=date(2003, 1, 1), modifier_indicator="0")
    make_ptp("45385", "45378", hospital, modifier_indicator="1")
    make_mue("J1885", 8, make_release(dataset="mue", setting="practitioner", notice=notice))
    make_addon("99292", "99291")


def side_by_side(client, **fields):
    return client.get(PAGE, OF_45385 | {"view": "settings"} | fields)


def rows(response) -> dict[str, list[str]]:
    """The cells of each row by what it is about."""
    table = main(response).select_one("table.settings")
    return {
        text(row.find(["th", "td"])): [text(cell) for cell in row.find_all("td")]
        for row in table.select("tbody tr")
    }


def test_each_row_says_what_each_setting_says_and_leads_to_it(client):
    response = side_by_side(client)
    assert rows(response)["45385 with 45378 lines 1 and 2 Differs"] == [
        "Denied by edit 45378, indicator 0",
        "Unless distinct 45378, indicator 1",
        "No pair table exists",
    ]
    hospital = f"/scratchpad/?setting=outpatient_hospital&date={DAY}&line=45385&line=45378&line=J1885x9"
    assert f"{hospital}#f-ptp-1-2" in links(response)
    assert "1 of 2 differs" in words(response)


def test_each_setting_has_its_headline_and_its_tables(client):
    found = rows(side_by_side(client))
    assert [cell.split(",")[0] for cell in found["In all"]] == [
        "2 findings",
        "1 finding",
        "Nothing was checked: no loaded table answers for Dec 1",
    ]
    assert found["Tables that answer"] == [
        "PTP edits: October 2025 MUE: October 2025",
        "PTP edits: October 2025 MUE: not loaded",
        "PTP edits: no table for DME suppliers MUE: not loaded",
    ]


def test_what_no_setting_has_a_finding_on_is_counted_in_the_last_row(client):
    *_, (subject, cells) = rows(side_by_side(client)).items()
    assert subject == "4 others no finding in any setting"
    assert cells == [
        "2 no edit on file 2 no published value",
        "2 no edit on file 2 not checked",
        "2 no pair table exists 2 not checked",
    ]


def test_the_lines_and_what_was_not_kept_stand_on_the_page(client):
    response = side_by_side(client, line=["J1885-JWx9", "hello"], date="soon")
    assert "Injection, sample drug, per 15 mg" in words(response)
    assert "HELLO not read" in words(response)
    assert "is not a date" in words(response)


def test_the_publishers_notice_and_what_does_not_follow_stand_below(client):
    said = words(side_by_side(client))
    assert "A notice of the AMA." in said
    assert "This is not an approval" in said


def test_a_claim_without_lines_has_nothing_to_compare(client):
    response = client.get(PAGE, {"view": "settings"})
    assert response.status_code == 200
    assert "no lines to compare" in words(response)


def test_the_page_of_a_claim_leads_there_and_back(client):
    one = f"/scratchpad/?setting=practitioner&date={DAY}&line=45385&line=45378&line=J1885x9"
    assert f"{one}&view=settings" in links(client.get(PAGE, OF_45385))
    assert one in links(client.get(f"{one}&view=settings"))


def test_the_ways_on_follow_the_typing(client):
    response = client.get(PAGE, OF_45385, headers={"HX-Request": "true", "HX-Target": "check"})
    assert {
        f"/scratchpad/?setting=practitioner&date={DAY}&line=45385&line=45378&line=J1885x9{more}"
        for more in ("&view=settings", "&_export=csv", "&_export=xlsx")
    } <= links(response)


def test_nothing_of_a_claim_is_kept_by_a_cache(client):
    assert "no-store" in side_by_side(client)["Cache-Control"]


def test_three_settings_take_few_queries(client, django_assert_max_num_queries):
    side_by_side(client)
    with django_assert_max_num_queries(13):  # the stamp, and four of each setting
        side_by_side(client, line=["45385", "45378", "J1885-LTx9"])


def test_of_many_rows_the_gravest_come_first_and_all_on_demand(client):
    make_mue("11042", 1)
    lines = ["11042x2"] + [f"11042x2@2025-11-{day:02}" for day in range(1, 31)]
    lines += [f"11042x2@2025-10-{day:02}" for day in range(1, 32)] + ["hello"]
    page = side_by_side(client, line=lines)
    assert len(rows(page)) == 2 + MOST_ROWS + 1  # headlines, tables, the rows, and the way to all of them
    assert "Show all 62 rows" in words(page)
    [everything] = [link for link in links(page) if "findings=all" in link and "#h-settings" in link]
    assert any("findings=all#f-parse-63" in link for link in links(page)), "beyond the first on its own page"
    all_rows = client.get(everything)
    assert "Show all" not in words(all_rows)
    assert not main(all_rows).select("table.settings td a.vq"), "the claim's address in each of all cells"
