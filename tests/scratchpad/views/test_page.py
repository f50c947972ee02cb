import json
import logging
import re
from itertools import combinations

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from catalog.models import PtpEdit, Release
from coding_reference.request_log import JsonFormatter
from scratchpad.views import shown
from tests.builders import make_addon, make_mue, make_ptp, make_release, make_section
from tests.catalog.views.page import links, main, receipts, text, words
from tests.scratchpad.views.pad import DAY, PAGE, PASTE, TYPING, cells, chips, grid, opened, typed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]

BYTES_A_CELL = 180  # of the square, of which the matrix has half; the address of the claim is 650
QUERIES = 6  # the stamp, then codes, modifiers, pairs, MUE values and add-on edits


# --- The page ---


def test_the_empty_page_has_a_grid_a_box_to_paste_into_and_what_the_answers_mean(client):
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert cells(answer, "code") == ["", "", ""]
    assert main(answer).select_one("textarea[name=paste]")
    assert "What the answers mean" in words(answer)
    assert "findings" not in words(answer)


def test_a_claim_is_checked_for_today_unless_its_address_has_a_date(client):
    today = timezone.localdate().isoformat()
    assert main(client.get(PAGE)).select_one("#date")["value"] == today


def test_an_address_restores_every_cell(client):
    answer = opened(client, "45385", "45378-59-LTx2", "J1885x10@2025-11-03..2025-11-04~B")
    assert cells(answer, "code") == ["45385", "45378", "J1885", ""]
    assert cells(answer, "mod1") == ["", "59", "", ""]
    assert cells(answer, "mod2") == ["", "LT", "", ""]
    assert cells(answer, "units") == ["1", "2", "10", ""]
    assert cells(answer, "from") == ["", "", "2025-11-03", ""]
    assert cells(answer, "to") == ["", "", "2025-11-04", ""]
    assert cells(answer, "provider") == ["", "", "B", ""]
    assert main(answer).select_one("#more").has_attr("checked")
    assert main(answer).select_one("[name=setting]:checked, [name=setting][checked]")["value"] == "practitioner"


def test_findings_come_the_most_severe_first_each_with_its_lines_and_its_row(client):
    answer = opened(client, "45385", "45380-59", "45378", "J1885x10", "J1858")
    assert chips(answer) == ["Denied by edit", "Over the unit limit", "Unknown code", "Bypassed"]
    first = main(answer).select_one(".finding")
    assert "45378 is denied beside 45385 by this edit" in text(first)
    assert text(first.select_one(".at")) == "Lines 1 and 3"
    assert "What would change this:" in text(first)
    assert "ccipra-v313r0-f3.txt : 1 45385 45378 2003-01-01 * 0" in receipts(answer)[0]
    assert f"/edits/ptp/practitioner/45385/45378/?on={DAY}" in links(answer)
    assert "/edits/mue/practitioner/J1885/?quarter=2025Q4" in links(answer)


@pytest.mark.parametrize(
    ("lines", "anchor"),
    [
        (["45385", "45380-59", "45378", "J1885x10", "J1858", "4538"], "#f-ptp-1-3"),
        (["4538"], "#f-parse-1"),
        (["45385", "45378@SOON"], "#d2"),
        (["45385x0"], "#u1"),
    ],
)
def test_every_link_to_a_finding_or_a_field_leads_to_one(client, lines, anchor):
    answer = opened(client, *lines)
    anchors = {link for link in links(answer) if link.startswith("#")}
    assert anchor in anchors
    assert {anchor[1:] for anchor in anchors} <= {element["id"] for element in main(answer).select("[id]")}


def test_a_short_summary_before_the_matrix_leads_to_the_findings(client):
    for answer in (opened(client, "45378", "45385", "J1885x10"), typed(client, "45378", "45385", "J1885x10")):
        visible = answer.content.replace(b"template>", b"div>")
        summary = BeautifulSoup(visible, "html.parser").find(id="matrix").find("a")
        assert summary["href"] == "#check"
        assert text(summary) == "2 findings: 1 denied by edit, 1 over the unit limit"
    assert main(opened(client, "4538")).select_one("#matrix > a") is None


def test_lines_of_a_finding_are_named_in_their_order(client):
    answer = opened(client, "45378", "45385")
    assert text(main(answer).select_one(".finding .at")) == "Lines 1 and 2"


def test_a_line_says_what_its_code_is_and_links_its_findings(client):
    make_section("colonoscopy", ("45378", "45398"), title="Colon, by endoscope")
    answer = opened(client, "J1885", "45385", "45378")
    assert text(main(answer).select_one("#e1")) == "Injection, sample drug, per 15 mg"
    assert text(main(answer).select_one("#e2")) == "Colon, by endoscope"
    assert main(answer).select_one("#s2").find_all("a") == []
    assert main(answer).select_one("#s3 a")["href"] == "#f-ptp-2-3"


def test_a_claim_without_findings_is_not_approved(client):
    answer = opened(client, "45385", "J1885")
    assert "Nothing found in the loaded edits" in words(answer)
    assert "This is not an approval" in words(answer)
    assert not re.search(r"\b(clean|allowed|will be paid|approved)\b", words(answer), re.IGNORECASE)


def test_what_was_checked_names_the_release_of_every_table(client):
    ledger = text(main(opened(client, "45385", "J1885")).select_one("#ledger"))
    assert "Pair edits, practitioner October 2025 (2025Q4, v31.3) 1 pair" in ledger
    assert "Not looked at" in ledger


def test_a_date_beyond_the_tables_is_not_checked_and_says_how_far_they_reach(client):
    answer = opened(client, "45385", "45378", date="2026-01-01")
    assert chips(answer) == []
    assert "Nothing found in the loaded edits" not in words(answer)
    assert "not for this date, loaded to Dec 31, 2025" in text(main(answer).select_one("#loaded"))


def test_a_table_that_was_withdrawn_is_not_called_one_that_nobody_loaded(client):
    def loaded(day: str) -> str:
        return text(main(opened(client, "45385", "45378", date=day)).select_one("#loaded"))

    assert "PTP edits October 2025" in loaded("2025-11-14")
    Release.objects.filter(dataset="ptp").update(state=Release.State.WITHDRAWN)
    assert "PTP edits not loaded; October 2025 was withdrawn" in loaded("2025-11-14")
    assert "PTP edits not loaded MUE" in loaded("2026-01-01")  # a day that it never answered for
    make_release("2025Q3", dataset="ptp", setting="practitioner")
    assert "PTP edits not for this date, loaded to Sep 30, 2025; October 2025 was withdrawn MUE" in loaded(
        "2025-11-14"
    )


def test_between_two_quarters_of_unit_limits_those_are_named_and_not_how_far_they_reach(client):
    make_mue("J1885", 8, make_release("2024Q3", dataset="mue", setting="practitioner"))
    loaded = text(main(opened(client, "J1885", date="2025-02-03")).select_one("#loaded"))
    assert "MUE not for this date, nearest loaded: July 2024 and October 2025" in loaded


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("1995-12-31", "PTP edits before NCCI began (Jan 1, 1996)"),
        ("1996-01-01", "PTP edits October 2025"),
        ("2006-12-31", "MUE before MUEs began (Jan 1, 2007)"),
        ("2007-01-01", "MUE not for this date, nearest loaded: October 2025"),
        ("2013-03-31", "Add-on codes before add-on edits began (Apr 1, 2013)"),
        ("2013-04-01", "Add-on codes October 2025"),
    ],
)
def test_a_date_before_a_kind_of_edit_began_is_not_called_a_gap_of_its_table(client, day, says):
    assert says in text(main(opened(client, "99291", "99292", date=day)).select_one("#loaded"))


def test_a_table_that_nobody_loaded_is_none_of_a_date_before_its_edits_began(client):
    Release.objects.filter(dataset="addon").delete()
    loaded = text(main(opened(client, "99291", "99292", date="2012-06-01")).select_one("#loaded"))
    assert "Add-on codes before add-on edits began" in loaded


def test_a_date_beyond_the_tables_offers_their_last_day_with_the_same_lines(client):
    link = main(opened(client, "45385", "45378", date="2026-01-01")).select_one("#loaded a[href*='2025-12-31']")
    assert text(link) == "Check for Dec 31, 2025 instead"
    assert link["href"] == f"{PAGE}?setting=practitioner&date=2025-12-31&line=45385&line=45378"
    assert chips(client.get(link["href"])) == ["Denied by edit"]
    beside_headline = main(opened(client, "45385", "45378", date="2026-01-01")).select_one("#check a.btn")
    assert (text(beside_headline), beside_headline["href"]) == (text(link), link["href"])
    assert "instead" not in text(main(opened(client, "45385")).select_one("#loaded"))


def test_no_other_day_is_offered_where_nothing_of_the_claim_is_left_unchecked(client):
    def offered(*lines: str) -> list[str]:
        answer = opened(client, *lines, date="2026-01-01")
        return [text(link) for link in main(answer).find_all("a") if "instead" in text(link)]

    Release.objects.filter(dataset="addon").delete()
    make_mue("J1885", 8, make_release("2026Q1", dataset="mue", setting="practitioner"))
    make_addon("99292", "99291", make_release("2026Q1", dataset="addon"))
    assert offered("45385") == []
    assert offered("45385@2025-12-30", "45378@2025-12-30") == []
    assert offered("45385", "45378") == ["Check for Dec 31, 2025 instead"] * 2


def test_a_claim_without_lines_has_nothing_to_copy_print_or_download(client):
    assert main(client.get(PAGE)).select_one("#share").has_attr("hidden")
    assert text(main(opened(client, "45385")).select_one("#share:not([hidden])")) == "Copy link CSV XLSX Print"
    after_typing = BeautifulSoup(typed(client, "45385").content, "html.parser").find(id="share")
    assert not after_typing.has_attr("hidden")
    assert after_typing.find(attrs={"data-print": True})


def test_notices_of_the_releases_stand_once_below_the_findings(client):
    assert words(opened(client, "45385", "J1885")).count("A notice of the AMA.") == 1


def test_the_menu_leads_to_the_scratchpad(client):
    header = BeautifulSoup(client.get(PAGE).content, "html.parser").find("header")
    assert text(header.select_one("[aria-current=page]")) == "Scratchpad"


# --- The claim is the address ---


def test_the_grid_leads_to_the_address_of_its_claim(client):
    fields = grid("45385", "", "45378", mod1=["", "", "59"], units=["", "", "2"])
    answer = client.get(PAGE, fields | {"setting": "outpatient_hospital", "date": DAY})
    assert answer.status_code == 302
    expected = f"{PAGE}?setting=outpatient_hospital&date={DAY}&line=45385&line=45378-59x2"
    assert answer["Location"] == expected
    assert client.get(expected).status_code == 200


@pytest.mark.parametrize(
    ("button", "lines"),
    [
        ({"add": "1"}, "line=45385&line=45378"),
        ({"remove": "1"}, "line=45378"),
        ({"down": "1"}, "line=45378&line=45385"),
        ({"up": "2"}, "line=45378&line=45385"),
    ],
)
def test_the_buttons_of_a_row_work_without_javascript(client, button, lines):
    answer = client.get(PAGE, grid("45385", "45378") | {"date": DAY} | button)
    assert answer["Location"].endswith(lines)


def test_what_the_grid_cannot_keep_is_said_before_it_is_gone(client):
    answer = client.get(PAGE, grid("45385", provider=["Dr. Smith"]) | {"date": DAY})
    assert answer.status_code == 200
    assert "Provider became A" in words(answer)
    assert "Smith" not in answer.content.decode()


def test_typing_gets_the_findings_alone_and_the_address_of_the_claim(client):
    answer = typed(client, "45385", "45378")
    assert answer["HX-Replace-Url"] == f"{PAGE}?setting=practitioner&date={DAY}&line=45385&line=45378"
    assert b"<html" not in answer.content
    assert b"<input" not in answer.content, "a field must never be replaced while somebody types in it"
    soup = BeautifulSoup(answer.content, "html.parser")
    assert soup.select_one("#check")["data-say"] == "1 finding. 1 denied by edit."
    beside = [element["id"] for element in soup.find_all(attrs={"hx-swap-oob": "true"})]
    assert beside == ["matrix", "loaded", "share", "views", "e1", "s1", "e2", "s2"]


def test_the_cells_of_the_grid_are_checked_as_they_are_typed(client):
    answer = client.get(PAGE, grid("45385", "45378x2") | {"date": DAY}, headers=TYPING)
    assert answer["HX-Replace-Url"].endswith("line=45385&line=45378x2")


def test_going_back_restores_the_whole_page(client):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    answer = client.get(PAGE, {"line": "45385", "date": DAY}, headers=headers)
    assert b"<html" in answer.content


def test_page_and_fragment_are_told_apart_and_kept_by_nobody(client):
    for answer in (opened(client, "45385"), typed(client, "45385")):
        assert "HX-Target" in answer["Vary"]
        assert answer["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer


def test_no_request_carries_the_claim_as_its_referer(client):
    answers = (
        opened(client, "45385"),
        typed(client, "45385"),
        opened(client, "45385", view="settings"),
        opened(client, "45385", _export="csv"),
        client.get(PAGE, grid("45385") | {"date": DAY}),
        client.post(PASTE, {"paste": "45385"}),
    )
    assert {answer["Referrer-Policy"] for answer in answers} == {"strict-origin"}


@pytest.mark.parametrize("more", [{}, {"findings": "all"}, {"view": "settings"}, {"more": "1"}])
def test_the_choice_of_a_theme_leads_back_to_the_claim(client, more):
    page = BeautifulSoup(opened(client, "45385", **more).content, "html.parser")
    back = page.select_one("form.theme [name=next]")["value"]
    query = "".join(f"&{name}={value}" for name, value in more.items())
    assert back == f"{PAGE}?setting=practitioner&date={DAY}&line=45385{query}"
    assert client.post("/theme", {"theme": "dark", "next": back})["Location"] == back


def test_after_a_paste_the_choice_of_a_theme_leads_to_all_lines(client):
    answer = client.post(PASTE, {"paste": "45378", "line": ["45385"], "date": DAY})
    back = BeautifulSoup(answer.content, "html.parser").select_one("form.theme [name=next]")["value"]
    assert back.endswith("line=45385&line=45378")


def test_own_dates_and_providers_stay_in_sight_while_a_line_has_one(client):
    for cells_sent in ({"from": ["2025-11-03", ""]}, {"provider": ["A", "B"]}):
        answer = client.get(PAGE, grid("45385", "45378", **cells_sent) | {"date": DAY}, follow=True)
        assert main(answer).select_one("#more").has_attr("checked")
    answer = client.get(PAGE, grid("45385", "45378") | {"date": DAY}, follow=True)
    assert not main(answer).select_one("#more").has_attr("checked")


# --- Many lines ---


@pytest.fixture
def many(tables) -> list[str]:
    """Twelve codes of which every one denies every other: 66 pairs."""
    codes = [f"{number}" for number in range(11000, 11012)]
    for at, one in enumerate(codes):
        for two in codes[at + 1 :]:
            make_ptp(one, two, tables)
    return codes


def test_the_first_findings_stand_in_full_and_the_rest_on_request(client, many):
    answer = opened(client, *many)
    assert len(main(answer).select(".finding")) == shown.MOST_FINDINGS
    more = main(answer).find("a", string="Show all 66 findings")
    everything = client.get(more["href"])
    assert len(main(everything).select(".finding")) == 66
    assert "Show all" not in words(everything)


def test_whoever_asked_for_all_findings_has_the_first_while_typing_on_and_the_way_to_all(client, many):
    answer = typed(client, *many, findings="all")
    soup = BeautifulSoup(answer.content, "html.parser")
    assert len(soup.select(".finding")) == shown.MOST_FINDINGS
    assert soup.find("a", string="Show all 66 findings")["href"].endswith("findings=all#check")
    assert "findings" not in answer["HX-Replace-Url"], "else the way to all would lead to where one is"


def test_signs_and_matrix_of_findings_that_are_not_on_the_page_lead_to_the_way_to_them(client, many):
    page = main(opened(client, *many))
    here = {f"#{element['id']}" for element in page.select("[id]")}
    led_to = [link["href"] for link in page.select("#matrix a, .signs a")]
    assert set(led_to) <= here
    assert "#more-findings" in led_to
    assert "findings=all" in page.select_one("#more-findings a")["href"]


@pytest.mark.parametrize("ask", [opened, typed])
def test_a_page_grows_with_its_pairs_and_not_with_their_addresses(client, tables, ask):
    codes = [f"{number}" for number in range(11000, 11100)]
    one = make_ptp(codes[0], codes[1], tables)
    others = [pair for pair in combinations(codes, 2) if pair != (codes[0], codes[1])]
    like = {
        field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields if not field.primary_key
    }
    PtpEdit.objects.bulk_create(PtpEdit(**like | {"column_one": a, "column_two": b}) for a, b in others)
    answer = ask(client, *codes)
    assert b"Show all 4950 findings" in answer.content
    assert len(answer.content) <= BYTES_A_CELL * len(codes) ** 2


def test_the_number_of_queries_does_not_depend_on_the_number_of_lines(client, many, django_assert_num_queries):
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):
        opened(client, "J1885-LT", "45385")
    with django_assert_num_queries(QUERIES):
        opened(client, "J1885-LT", *many, "99292", "99291", "A0001")


# --- Methods and logs ---


def test_the_page_is_read_and_a_paste_is_posted(client):
    assert client.post(PAGE).status_code == 405
    assert client.get(PASTE).status_code == 405
    head = client.head(PAGE, {"line": "45385"})
    assert (head.status_code, head.content) == (200, b"")


def test_no_line_of_a_claim_reaches_a_log(client, caplog):
    caplog.set_level(logging.DEBUG)
    opened(client, "45385-59", "4538")
    typed(client, "45385-59", "4538")
    client.get(PAGE, grid("45385") | {"date": DAY})
    client.post(PASTE, {"paste": "45385 and J1885", "date": DAY})
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    requests = [line for line in lines if line["logger"] == "coding_reference.requests"]
    assert {line["page"] for line in requests} == {PAGE, PASTE}
    others = [line for line in lines if not line["logger"].startswith("django.db")]
    assert "4538" not in json.dumps(others)
    assert "J1885" not in json.dumps(others)


def test_a_grid_sent_for_every_setting_leads_to_every_setting(client):
    answer = client.get(PAGE, {"code": ["45385", "J1885 x 2"], "view": "settings"}, follow=True)
    assert answer.redirect_chain[0][0].endswith("&line=45385&line=J1885x2&view=settings")
    assert "in every setting" in words(answer)
