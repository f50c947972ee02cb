import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from tests.catalog.views.page import main, text, words
from tests.scratchpad.views.pad import DAY, PAGE, PASTE, TYPING, cells, chips, grid, opened, typed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]


# --- Lines that cannot be read ---


def test_lines_that_cannot_be_read_are_linked_and_the_others_checked(client):
    answer = opened(client, "45385", "45378", "4538", "J1885x?TEN")
    alert = main(answer).select_one("[role=alert]")
    assert text(alert).startswith("2 lines cannot be read The other 2 lines were checked; these were left out.")
    assert [link["href"] for link in alert.find_all("a")] == ["#c3", "#u4"]
    code, units = main(answer).select_one("#c3"), main(answer).select_one("#u4")
    assert (code["aria-invalid"], code["aria-describedby"], code["value"]) == ("true", "e3", "4538")
    assert (units["aria-invalid"], units["value"]) == ("true", "TEN")
    assert "Four characters" in text(main(answer).select_one("#e3"))
    assert "Denied by edit" in chips(answer)


def test_a_fifth_modifier_is_said_wherever_it_goes_and_linked_to_its_line(client):
    line = "45378-22-51-GA-76-59"
    sent_as_grid = client.get(PAGE, grid("45385", line) | {"setting": "practitioner", "date": DAY})
    for answer in (opened(client, "45385", line), sent_as_grid):
        link = main(answer).select_one("#unread li a")
        assert (link["href"], text(link)) == (
            "#c2",
            "Line 2: modifier 59 left out. Only the first four of a line are kept",
        )
        assert cells(answer, "mod4")[1] == "76"
    assert "modifier 59 left out" in words(typed(client, "45385", line))


def test_nothing_is_checked_when_no_line_can_be_read(client):
    answer = opened(client, "4538")
    assert "Nothing was checked yet." in words(answer)
    assert main(answer).select_one("#ledger") is None


def test_a_provider_named_on_some_lines_alone_is_remarked_on_in_every_view(client):
    said = "Line 2 names no provider, so it is compared with no other line."
    lines = ("45385~A", "45378")
    for answer in (opened(client, *lines), typed(client, *lines), opened(client, *lines, view="settings")):
        assert said in words(answer)
    assert said in opened(client, *lines, _export="csv").getvalue().decode()
    assert said not in words(opened(client, "45385", "45378"))
    cells_sent = grid("45385", "45378", provider=["A", ""]) | {"setting": "practitioner", "date": DAY}
    assert client.get(PAGE, cells_sent).status_code == 302


def test_no_alarm_is_raised_with_every_letter(client):
    assert b'role="alert"' not in typed(client, "4538").content


def test_a_code_to_be_confirmed_stands_in_its_cell_without_the_words_beside_it(client):
    answer = opened(client, "cpt O0100-25")
    assert (cells(answer, "code")[0], cells(answer, "mod1")[0]) == ("O0100", "25")


def test_a_code_read_otherwise_than_typed_is_checked_and_waits_to_be_confirmed(client):
    answer = opened(client, "4538O", "45385", setting="practitioner")
    assert cells(answer, "code")[0] == "4538O"
    link = main(answer).select_one("#e1 a")
    assert link["href"] == f"{PAGE}?setting=practitioner&date={DAY}&line=45380&line=45385"
    assert cells(client.get(link["href"]), "code")[0] == "45380"
    assert "Confirm the code" in chips(answer)


def test_of_many_codes_to_confirm_the_first_few_are_confirmed_alone_and_all_together(client):
    answer = opened(client, *["4538O"] * 20, "45385")
    lines = [link["href"] for link in main(answer).select(".what a")]
    assert [link.count("line=45380") for link in lines[:3]] == [1, 1, 1]
    assert lines[3:] == ["#confirm"] * 17
    everything = main(answer).select_one("#confirm a")
    assert text(everything) == "Confirm all 20"
    assert cells(client.get(everything["href"]), "code")[:21] == ["45380"] * 20 + ["45385"]
    assert main(opened(client, "4538O", "45385")).select_one("#confirm") is None


@pytest.mark.parametrize("code", ["45378@SOON", "45385x0", "45385~Smith"])
def test_a_fault_typed_into_the_code_cell_is_pointed_out_there(client, code):
    answer = client.get(PAGE, {"code": ["45380", code], "date": DAY}, headers=TYPING)
    soup = BeautifulSoup(answer.content, "html.parser")
    assert [link["href"] for link in soup.select("#unread li a")] == ["#c2"]
    assert soup.find(id="e2")["data-invalid"] == "code"


def test_a_fault_typed_into_a_cell_of_its_own_is_pointed_out_there(client):
    sent = {"code": ["45378"], "from": ["soon"], "units": ["x"], "date": DAY}
    soup = BeautifulSoup(client.get(PAGE, sent, headers=TYPING).content, "html.parser")
    assert [link["href"] for link in soup.select("#unread li a")] == ["#u1", "#d1"]
    assert soup.find(id="e1")["data-invalid"] == "units from"


def test_every_wrong_field_is_described_by_all_that_is_wrong(client):
    page = main(opened(client, "45378x0@soon"))
    wrong = page.select("#claim [aria-invalid]")
    assert [field["id"] for field in wrong] == ["u1", "d1"]
    assert all("e1" in field["aria-describedby"].split() for field in wrong)
    assert "Units must be a whole number" in text(page.select_one("#e1"))
    assert "Not a date" in text(page.select_one("#e1"))


# --- Rubbish ---


@pytest.mark.parametrize(
    "query",
    [
        "date=someday&line=45385",
        "date=0000-00-00&date=&setting=nowhere&line=45385",
        "&".join(["line=45385"] * 500),
        "&".join(["line=45385"] * 3000),
        "line=%00%00&line=\U0001f600&line=45385",
        "line=45385-%00%00&line=J1885x%00",
        "line=<script>alert(1)</script>&line=45385",
        "line=%ff%fe&line=%&line=45385&=&&&",
        "line=45385@%00..%00~%00",
        "code=45385&mod1=a&mod1=b&units=1&units=2&units=3",
        "line=45385&findings=%3Cscript%3E&view=%3Cscript%3E&more=%3Cscript%3E",
        "remove=-1&up=99999999999999999999&down=x&code=45385",
        "line=" + "9" * 20_000,
        "line=45385x99999999999999999999999@9999-12-31..9999-12-31~Z",
        "setting[]=practitioner&line[]=45385",
    ],
)
def test_an_address_with_rubbish_in_it_opens_and_keeps_what_can_be_kept(client, query):
    for headers in ({}, TYPING):
        answer = client.get(f"{PAGE}?{query}", headers=headers, follow=True)
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.content
        if "line=45385" in query and "x999" not in query and not headers:
            assert "45385" in cells(answer, "code")


def test_a_date_and_a_setting_that_are_none_are_said_and_replaced(client):
    answer = client.get(PAGE, {"date": "someday", "setting": "nowhere", "line": "45385"})
    alert = text(main(answer).select_one("[role=alert]"))
    assert "someday" in alert
    assert "nowhere" in alert
    assert main(answer).select_one("#date")["value"] == timezone.localdate().isoformat()


def test_lines_beyond_a_hundred_are_left_out_with_a_word(client):
    answer = client.get(f"{PAGE}?date={DAY}&" + "&".join(["line=45385"] * 130))
    assert "30 left out" in words(answer)
    assert len([code for code in cells(answer, "code") if code]) == 100


def test_what_is_left_out_of_thousands_of_fields_is_counted_and_the_date_kept_wherever_it_stands(client):
    lines = "&".join(["line=45385"] * 3000)
    answer = client.get(f"{PAGE}?{lines}&x=1&setting=outpatient_hospital&date={DAY}")
    assert "2900 left out" in words(answer)
    assert main(answer).select_one("#date")["value"] == DAY
    assert main(answer).select_one("[name=setting][checked]")["value"] == "outpatient_hospital"


def test_nothing_typed_becomes_markup(client):
    evil = "\"><script>alert(1)</script>'"
    for answer in (
        client.get(PAGE, {"line": [evil, f"45385-{evil}", f"45385x?{evil}", f"45385@{evil}"], "date": evil}),
        client.get(PAGE, grid(evil, units=[evil], provider=[evil]) | {"setting": evil}),
        client.post(PASTE, {"paste": f"45385 {evil}\n{evil}", "line": evil}),
    ):
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.content.lower()


# --- Pasting ---


def test_pasted_lines_are_added_to_those_that_are_there(client):
    answer = client.post(PASTE, {"paste": "45378\nJ1885 x4", "line": ["45385-59"], "date": DAY})
    assert answer.status_code == 200
    assert cells(answer, "code")[:3] == ["45385", "45378", "J1885"]
    assert cells(answer, "mod1")[0] == "59"
    assert cells(answer, "units")[:3] == ["1", "1", "4"]
    assert "Denied by edit" in chips(answer)


def test_what_was_not_understood_of_a_paste_is_said(client):
    answer = client.post(PASTE, {"paste": "45378\nJane Doe, 2025", "date": DAY})
    report = text(main(answer).select_one("#report"))
    assert report.startswith("1 line read, 1 row not understood Row 2:")
    assert main(answer).select_one("#pad")["data-say"] == "1 line read, 1 row not understood"
    assert main(answer).select_one("#report a[href*=line]")["href"].endswith(f"date={DAY}&line=45378")
    assert "Jane" not in report


def test_a_paste_by_htmx_gets_the_page_below_its_title_and_the_address(client):
    headers = {"HX-Request": "true", "HX-Target": "pad"}
    answer = client.post(PASTE, {"paste": "45385\n45378", "date": DAY}, headers=headers)
    assert b"<html" not in answer.content
    assert answer["HX-Push-Url"] == f"{PAGE}?setting=practitioner&date={DAY}&line=45385&line=45378"
    soup = BeautifulSoup(answer.content, "html.parser")
    assert soup.select_one("#pad #claim")
    assert soup.select_one("#pad")["data-say"] == "2 lines read"
    assert soup.select_one("#report a") is None, "the address bar has it"


def test_without_javascript_it_is_said_that_what_was_not_checked_is_not_taken_along(client):
    assert "press Check first" in text(main(client.get(PAGE)).select_one(".pastebox noscript"))


def test_a_paste_needs_a_token(client):
    guarded = Client(enforce_csrf_checks=True)
    assert guarded.post(PASTE, {"paste": "45385"}).status_code == 403
    token = main(guarded.get(PAGE)).select_one(".pastebox [name=csrfmiddlewaretoken]")["value"]
    assert guarded.post(PASTE, {"paste": "45385", "csrfmiddlewaretoken": token}).status_code == 200
