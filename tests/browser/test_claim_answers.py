"""Answers that come late, or not at all, while somebody goes on typing or pastes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from scratchpad.paste import MAX_CHARACTERS
from tests.browser.claim import chips, code, codes, expect_lines, lines, lines_of, paste

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TYPED = "**/scratchpad/?*"
PASTED = "**/scratchpad/paste/"


def hold(page: Page, address: str) -> list[Route]:
    """The next request to an address, which gets no answer until it is told to go on."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route), times=1)
    return held


def leading_on(page: Page) -> set[tuple[str, ...]]:
    """The claims that the links to its address, its files and its other settings are about."""
    links = page.locator("#share a, #views a").evaluate_all("links => links.map(link => link.href)")
    return {tuple(lines_of(link)) for link in [*links, page.locator("[data-copy]").get_attribute("data-copy")]}


# --- Typing ---


def test_an_older_check_is_given_up_for_a_newer_one(page, pad):
    page.goto(f"{pad}?line=45378")
    hold(page, TYPED)
    with page.expect_request(TYPED):
        code(page, 2).fill("45385")
    with page.expect_event("requestfailed") as given_up:
        code(page, 2).fill("J1885")
    assert "line=45385" in given_up.value.url
    expect_lines(page, "45378", "J1885")
    expect(page.locator("#e2")).to_contain_text("ketorolac")
    expect(page.locator(".finding")).to_have_count(0)


def test_eight_lines_typed_fast_lose_nothing_and_end_with_their_own_findings(page, pad):
    typed = ["45378", "45385", "45380", "J1885", "97598", "97597", "11042", "J1890"]
    page.goto(pad)
    code(page, 1).focus()
    for each in typed:
        page.keyboard.type(each, delay=20)
        page.keyboard.press("Enter")
    expect_lines(page, *typed)
    assert codes(page) == typed
    expect(page.locator("#check")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#e8")).to_contain_text("cephalothin")
    live = page.locator("#check").inner_text()
    page.reload()
    assert page.locator("#check").inner_text() == live


def test_who_stands_on_a_sign_goes_on_from_the_same_sign_when_the_answer_is_there(page, pad):
    page.goto(f"{pad}?line=45378&line=45385&line=45385-LT")
    expect(page.locator("#s1 a")).to_have_count(2)
    kept = page.locator("#s1 a").nth(1).get_attribute("href")
    held = hold(page, TYPED)
    with page.expect_request(TYPED):
        code(page, 2).fill("J1885")  # takes the first sign away
    page.locator("#s1 a").nth(1).focus()
    held[0].continue_()
    expect_lines(page, "45378", "J1885", "45385-LT")
    expect(page.locator("#s1 a")).to_have_count(1)
    expect(page.locator("#s1 a")).to_be_focused()
    expect(page.locator("#s1 a")).to_have_attribute("href", kept)


def test_who_stands_on_a_sign_that_goes_away_goes_on_from_the_row(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    held = hold(page, TYPED)
    with page.expect_request(TYPED):
        code(page, 2).fill("J1885")
    page.locator("#s1 a").focus()
    held[0].continue_()
    expect_lines(page, "45378", "J1885")
    expect(page.get_by_label("Line 1 units")).to_be_focused()


def test_who_stands_on_a_link_about_the_claim_goes_on_from_it(page, pad):
    page.goto(f"{pad}?line=45378")
    for link, line in (("All settings", "J1885"), ("CSV", "J1890"), ("Copy link", "45385")):
        held = hold(page, TYPED)
        with page.expect_request(TYPED):
            code(page, 2).fill(line)
        page.get_by_text(link).focus()
        held[0].continue_()
        expect_lines(page, "45378", line)
        expect(page.get_by_text(link)).to_be_focused()


def test_what_an_answer_leaves_as_it_was_is_not_replaced(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    page.locator("#s1, #e1, #loaded").evaluate_all("parts => parts.forEach(part => { part.isOld = true; })")
    code(page, 3).fill("J1885")
    expect_lines(page, "45378", "45385", "J1885")
    expect(page.locator("#e3")).to_contain_text("ketorolac")
    assert page.locator("#s1, #e1, #loaded").evaluate_all("parts => parts.map(part => part.isOld)") == [True] * 3


# --- Pasting ---


def test_a_check_under_way_is_given_up_for_a_paste(page, pad):
    page.goto(f"{pad}?line=45378")
    hold(page, TYPED)
    with page.expect_request(TYPED):
        code(page, 2).fill("45385")
    code(page, 3).focus()
    with page.expect_event("requestfailed") as given_up:
        paste(page, "11042, 97597")
    assert "line=45385" in given_up.value.url
    expect_lines(page, "45378", "45385", "11042", "97597")
    expect(chips(page).first).to_contain_text("Denied by edit")


def test_nothing_is_typed_into_a_grid_that_a_paste_is_about_to_replace(page, pad):
    page.goto(f"{pad}?line=45378")
    held = hold(page, PASTED)
    code(page, 2).focus()
    with page.expect_request(PASTED):
        paste(page, "11042, 97597")
    checks = []
    page.on("request", lambda request: "line=" in request.url and checks.append(request.url))
    page.keyboard.type("99213")
    page.get_by_label("Line 1 units").evaluate(
        "field => { field.value = '2'; field.form.dispatchEvent(new Event('change')); }"
    )
    assert codes(page) == ["45378"]
    held[0].continue_()
    expect_lines(page, "45378", "11042", "97597")
    expect(code(page, 4)).to_be_focused()
    page.keyboard.type("99213")
    expect_lines(page, "45378", "11042", "97597", "99213")
    assert len(checks) == 1


def test_a_paste_that_failed_leaves_the_grid_as_it_was_with_its_own_findings(chromium, pad):
    page = chromium.new_page()
    page.goto(f"{pad}?line=45378")
    page.route(PASTED, lambda route: route.abort())
    hold(page, TYPED)
    with page.expect_request(TYPED):  # given up for the paste
        code(page, 2).fill("45385")
    code(page, 3).focus()
    paste(page, "11042, 97597")
    expect(page.locator(".pastebox").get_by_role("alert")).to_contain_text("did not answer")
    expect(chips(page).first).to_contain_text("Denied by edit")
    expect(code(page, 3)).to_be_focused()
    assert lines(page) == ["45378", "45385"]
    page.close()


def test_a_text_no_request_can_carry_is_not_sent_and_said_to_be_too_long(page, pad):
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.goto(f"{pad}?line=45378")
    code(page, 2).focus()
    paste(page, "45385, J1885\n" * 90_000)
    alert = page.locator(".pastebox").get_by_role("alert")
    expect(alert).to_contain_text(f"too long. At most {MAX_CHARACTERS:,} characters are read")
    page.locator("#paste").fill("45385, J1885 x" + "\N{SNOWMAN}" * 99_000)  # nine bytes each, as they are sent
    page.get_by_role("button", name="Read lines").click()
    expect(page.locator("#report")).to_contain_text("longer than 20,000 characters")
    expect(alert).to_have_count(0)
    assert len(sent) == 1


def test_what_a_paste_was_read_as_is_said(page, pad):
    page.goto(pad)
    code(page, 1).focus()
    paste(page, "45385, J1885")
    expect(page.locator("#said")).to_contain_text("2 lines read")


# --- What is left behind ---


def test_links_are_about_what_was_typed_before_there_is_an_answer_and_after_none(chromium, pad):
    page = chromium.new_page()
    page.goto(f"{pad}?line=45378")
    page.route(TYPED, lambda route: route.abort())
    code(page, 2).fill("45385")
    assert leading_on(page) == {("45378", "45385")}
    expect(page.locator("#check").get_by_role("alert")).to_contain_text("did not answer")
    assert leading_on(page) == {("45378", "45385")}
    expect(page.locator("#loaded")).to_be_empty()
    page.unroute(TYPED)  # and on leaving the field it is checked again
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert "45385" in download.value.path().read_text()
    expect(page.locator("#loaded")).to_contain_text("PTP edits")
    page.get_by_role("link", name="All settings").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("The same 2 lines in every setting")
    page.close()


def test_nothing_that_was_typed_is_stored_in_the_browser(page, pad, live_server):
    def stored() -> str:
        return page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")

    page.goto(f"{pad}?line=45378")
    assert stored() == "{}"
    code(page, 2).fill("45385")
    expect_lines(page, "45378", "45385")
    assert stored() == "{}"
    code(page, 3).focus()
    paste(page, "11042, 97597")
    expect(page.locator("#report")).to_be_visible()
    assert stored() == "{}"
    page.go_back()
    expect(code(page, 3)).to_have_value("")
    assert stored() == "{}"
    page.goto(live_server.url)
    page.locator("#q").press_sequentially("45378")
    page.wait_for_url("**/?q=45378*")
    assert stored() == "{}"


# --- Dates that are being typed ---


@pytest.mark.parametrize("day", ["", "0202-07-15"])
def test_without_a_whole_date_of_service_no_finding_stays_and_that_is_said(page, pad, day):
    page.goto(f"{pad}?line=45378&line=45385")
    page.locator("#date").fill(day)
    expect(page.locator("#check").get_by_role("alert")).to_contain_text("No date of service: nothing was checked")
    expect(page.locator("#loaded")).to_have_text("No date of service: nothing was checked")
    expect(page.locator("#date")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".finding, .signs a, .mx")).to_have_count(0)
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    code(page, 3).fill("J1885")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#check").get_by_role("alert")).to_be_in_viewport()
    page.get_by_role("link", name="Set it to today").click()
    expect(chips(page).first).to_contain_text("Denied by edit")
    expect(page.locator("#e3")).to_contain_text("ketorolac")
    expect(page.locator("#date")).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()


def test_half_a_date_of_a_line_is_not_taken_for_none(page, pad):
    page.goto(f"{pad}?line=45378&line=45385&more=1")
    page.get_by_label("Line 2 from").focus()
    page.keyboard.type("07")
    expect(page.locator("#check").get_by_role("alert")).to_contain_text(
        "Half a date on line 2: nothing was checked"
    )
    expect(page.locator("#e2")).to_contain_text("Half a date")
    expect(page.get_by_label("Line 2 from")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".finding, .signs a, .mx")).to_have_count(0)
    page.get_by_role("link", name="Clear it").click()
    expect(chips(page).first).to_contain_text("Denied by edit")


# --- Until there is an answer ---


def test_verdicts_of_lines_that_were_changed_are_seen_to_be_outdated(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    held = hold(page, TYPED)
    with page.expect_request(TYPED):
        page.get_by_label("Line 2 units").fill("3")
    for part in ("#check", "#matrix"):
        expect(page.locator(part)).to_have_attribute("aria-busy", "true")
    assert page.locator("#matrix").evaluate("part => getComputedStyle(part).filter") != "none"
    held[0].continue_()
    for part in ("#check", "#matrix"):
        expect(page.locator(part)).not_to_have_attribute("aria-busy", "true")


def test_a_reload_right_after_the_last_key_keeps_the_code(page, pad):
    page.goto(f"{pad}?line=45378")
    code(page, 2).fill("45385")
    page.reload()
    assert codes(page) == ["45378", "45385"]


def test_what_was_opened_in_a_finding_stays_open(page, pad):
    page.goto(f"{pad}?line=45378&line=45385")
    page.get_by_text("Reason codes often seen").click()
    code(page, 3).fill("J1885")
    expect_lines(page, "45378", "45385", "J1885")
    expect(page.locator("#f-ptp-1-2 details")).to_have_attribute("open", "")
