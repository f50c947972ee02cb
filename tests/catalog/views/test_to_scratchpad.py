"""Every way from a page of the catalog to the scratchpad: it takes along what the page is about."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from catalog.models import Release
from catalog.views import rows
from tests.builders import make_addon, make_code, make_modifier, make_mue, make_ptp, make_release, make_table
from tests.catalog.views.page import main, text

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "results"}


@pytest.fixture
def release() -> Release:
    release = make_release(counts={"codes": 3, "modifiers": 1})
    make_code("J1885", release, long_descriptor="Injection, ketorolac")
    make_code("J1890", release, long_descriptor="Injection, cephalothin", termination_date=date(2024, 3, 31))
    make_modifier("JW", release)
    return release


def to_scratchpad(response) -> list[str]:
    """Where its buttons lead, without those beside the rows of a list."""
    return [link["href"] for link in main(response).select("a.btn[data-scratchpad]")]


def beside_rows(response) -> dict[str, str]:
    return {link["aria-label"]: link["href"] for link in main(response).select("li > a.icon-btn[data-scratchpad]")}


# --- Pages ---


@pytest.mark.parametrize("code", ["J1885", "J1890", "99213", "0001U", "D0120", "X1234"])
def test_every_code_page_puts_its_code_on_the_scratchpad(client, release, code):
    assert to_scratchpad(client.get(f"/codes/{code}/")) == [f"/scratchpad/?line={code}"]


def test_a_code_that_is_not_on_file_can_be_checked_as_well(client, release):
    response = client.get("/codes/J9998/")
    assert response.status_code == 404
    assert to_scratchpad(response) == ["/scratchpad/?line=J9998"]


def test_a_modifier_alone_is_no_line(client, release):
    assert to_scratchpad(client.get("/modifiers/JW/")) == []


def test_a_pair_goes_in_cms_order_with_its_setting_and_its_day(client):
    make_ptp("45385", "45378", make_release("2025Q4", dataset="ptp", setting="practitioner"))
    assert to_scratchpad(client.get("/edits/ptp/practitioner/45378/45385/?on=2024-08-15")) == [
        "/scratchpad/?setting=practitioner&date=2024-08-15&line=45385&line=45378"
    ]


def test_a_pair_of_today_leaves_the_day_to_the_scratchpad(client):
    make_ptp("45385", "45378", make_table("ptp", "outpatient_hospital"))
    assert to_scratchpad(client.get("/edits/ptp/outpatient_hospital/45385/45378/")) == [
        "/scratchpad/?setting=outpatient_hospital&line=45385&line=45378"
    ]


def test_an_mue_value_goes_with_a_day_of_its_quarter(client):
    make_mue("J1885", 8, make_release("2024Q3", dataset="mue", setting="dme_supplier"))
    assert to_scratchpad(client.get("/edits/mue/dme_supplier/J1885/?quarter=2024Q3")) == [
        "/scratchpad/?setting=dme_supplier&date=2024-09-30&line=J1885"
    ]


def test_an_mue_value_of_this_quarter_goes_without_a_day(client):
    make_mue("J1885", 8, make_table("mue", "practitioner"))
    assert to_scratchpad(client.get("/edits/mue/practitioner/J1885/")) == [
        "/scratchpad/?setting=practitioner&line=J1885"
    ]


def test_an_mue_value_of_a_quarter_to_come_goes_with_its_first_day(client):
    quarter = f"{timezone.localdate().year + 1}Q4"
    make_mue("J1885", 8, make_release(quarter, dataset="mue", setting="practitioner"))
    assert to_scratchpad(client.get(f"/edits/mue/practitioner/J1885/?quarter={quarter}")) == [
        f"/scratchpad/?setting=practitioner&date={quarter[:4]}-10-01&line=J1885"
    ]


def test_an_add_on_goes_behind_its_primary(client):
    make_addon("99292", "99291", make_release(dataset="addon"))
    assert to_scratchpad(client.get("/edits/addon/99292/99291/?on=2025-12-01")) == [
        "/scratchpad/?date=2025-12-01&line=99291&line=99292"
    ]


def test_an_add_on_whose_primaries_contractors_define_goes_alone(client):
    make_addon("0054T", "CCCCC", make_release(dataset="addon"), edit_type="2")
    assert to_scratchpad(client.get("/edits/addon/0054T/CCCCC/")) == ["/scratchpad/?line=0054T"]


# --- Lookup ---


def test_modifiers_typed_with_a_code_go_along(client, release):
    response = client.get("/", {"q": "J1885 JW"})
    assert to_scratchpad(response) == ["/scratchpad/?line=J1885-JW"]
    assert "Put J1885-JW on the scratchpad" in text(main(response))


def test_every_code_of_a_list_has_a_button_and_no_modifier_has_one(client, release):
    response = client.get("/", {"q": "injection"}, headers=HTMX)
    assert beside_rows(response) == {
        "Put J1885 on the scratchpad": "/scratchpad/?line=J1885",
        "Put J1890 on the scratchpad": "/scratchpad/?line=J1890",
    }
    assert beside_rows(client.get("/", {"q": "JW LT"})) == {}


def test_codes_that_only_the_tables_name_have_a_button_too(client):
    make_ptp("45385", "45378", make_table("ptp", "practitioner"))
    assert beside_rows(client.get("/", {"q": "4538"})) == {
        "Put 45385 on the scratchpad": "/scratchpad/?line=45385"
    }


def test_two_codes_offer_the_page_of_the_pair_and_the_scratchpad(client):
    make_ptp("45385", "45378", make_table("ptp", "practitioner"), modifier_indicator="0")
    response = client.get("/", {"q": "45378-59 45385"})
    address = "/scratchpad/?setting=practitioner&line=45385&line=45378-59"
    assert to_scratchpad(response) == [address]
    assert main(response).select_one(".hit a.btn-ink")["href"] == "/edits/ptp/practitioner/45385/45378/"
    assert main(response).find("a", string="on the scratchpad")["href"] == address
    assert "The modifiers you typed are not weighed here, but on the scratchpad" in text(main(response))


def test_units_typed_with_a_pair_are_no_modifiers(client):
    make_ptp("45385", "45378", make_table("ptp", "practitioner"))
    response = client.get("/", {"q": "45385x2 45378"})
    assert to_scratchpad(response) == ["/scratchpad/?setting=practitioner&line=45385x2&line=45378"]
    assert "not weighed here" not in text(main(response))


@pytest.mark.parametrize("units", ["x20", " x20", ", 20 units", " × 20", "*20"])
def test_units_of_two_digits_leave_the_pair_and_go_along(client, units):
    make_ptp("45385", "45378", make_table("ptp", "practitioner"))
    response = client.get("/", {"q": f"45378-59, 45385{units}"})
    assert to_scratchpad(response) == ["/scratchpad/?setting=practitioner&line=45385x20&line=45378-59"]
    assert "45385" in main(response).select_one(".hit").get_text()


@pytest.mark.parametrize("units", ["x2", "x12", " x12", " X2"])
def test_units_of_one_code_go_along_and_are_shown_as_no_modifier(client, release, units):
    response = client.get("/", {"q": f"J1885{units}"})
    assert to_scratchpad(response) == [f"/scratchpad/?line=J1885{units.strip().lower()}"]
    assert main(response).find(id="g-modifiers") is None


def test_an_x_behind_a_dash_is_a_modifier(client, release):
    response = client.get("/", {"q": "J1885-X2"})
    assert to_scratchpad(response) == ["/scratchpad/?line=J1885-X2"]
    assert main(response).find(id="g-modifiers")


def test_a_pair_is_opened_in_the_setting_with_the_gravest_answer(client):
    make_ptp("45385", "45378", make_table("ptp", "practitioner"), modifier_indicator="1")
    make_ptp("45385", "45378", make_table("ptp", "outpatient_hospital"), modifier_indicator="0")
    assert to_scratchpad(client.get("/", {"q": "45385 45378"})) == [
        "/scratchpad/?setting=outpatient_hospital&line=45385&line=45378"
    ]


def test_a_pair_answered_for_an_earlier_day_goes_with_that_day(client):
    table = make_release("2024Q3", dataset="ptp", setting="practitioner")
    make_ptp("45385", "45378", table)
    assert timezone.localdate() > table.last_day + timedelta(days=1)
    assert to_scratchpad(client.get("/", {"q": "45385 45378"})) == [
        "/scratchpad/?setting=practitioner&date=2024-09-30&line=45385&line=45378"
    ]


def test_without_tables_two_codes_still_have_both_ways_on(client, release):
    response = client.get("/", {"q": "45378 45385"})
    assert to_scratchpad(response) == ["/scratchpad/?setting=practitioner&line=45378&line=45385"]
    assert main(response).select_one(".hit a.btn-ink")["href"] == "/edits/ptp/practitioner/45378/45385/"


@pytest.mark.parametrize(
    ("typed", "words", "lines"),
    [
        ("99213, J1885-JW, E0143 x2", "Put all 3 on the scratchpad", "line=99213&line=J1885-JW&line=E0143x2"),
        ("J1885 J1885", "Put both on the scratchpad", "line=J1885&line=J1885"),
        ("99213 J1885 J18", "Put all 3 on the scratchpad", "line=99213&line=J1885&line=J18"),
    ],
)
def test_a_list_goes_to_the_scratchpad_whole(client, release, typed, words, lines):
    response = client.get("/", {"q": typed})
    assert to_scratchpad(response) == [f"/scratchpad/?{lines}"]
    assert words in text(main(response))


def test_units_in_a_list_are_shown_as_units(client, release):
    said = text(main(client.get("/", {"q": "99213, J1885-JW x2"})))
    assert "with JW, x2" in said


def test_a_row_of_a_list_goes_with_its_modifiers(client, release):
    assert beside_rows(client.get("/", {"q": "99213, J1885-JW, J18"})) == {
        "Put 99213 on the scratchpad": "/scratchpad/?line=99213",
        "Put J1885-JW on the scratchpad": "/scratchpad/?line=J1885-JW",
    }


def test_no_line_that_was_typed_stays_in_memory_beside_the_codes(client, release):
    client.get("/", {"q": "J1885, J1885"})
    kept = rows._around_kept.cache_info().misses
    client.get("/", {"q": "J1885-JW x14, J1885-LT, J18777"})
    assert kept == rows._around_kept.cache_info().misses


def test_a_list_that_was_guessed_at_is_confirmed_first(client, release):
    assert to_scratchpad(client.get("/", {"q": "99213, J18O5"})) == []


def test_the_address_that_help_gives_as_an_example_opens_with_its_lines(client):
    example = main(client.get("/help/")).find("p", class_="text-break").get_text()
    codes = [field["value"] for field in main(client.get(example)).select("[name=code]") if field.get("value")]
    assert codes == ["11042", "97597", "J1885"]
