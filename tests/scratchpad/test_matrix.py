from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

from scratchpad.claim import Claim
from scratchpad.finding_words import anchor
from scratchpad.findings import Status
from scratchpad.matrix import Cell, Matrix, Row, as_html, matrix
from scratchpad.reference import CodeRow, MueRow, PtpRow, Reference
from scratchpad.rules import check
from tests.scratchpad.worded import claim, line, release

EDIT = PtpRow("45385", "45378", date(2003, 1, 1), None, "0")
LOADED = Reference(
    hcpcs=release("hcpcs"),
    codes={"J1885": CodeRow("J1885", date(2001, 1, 1), None)},
    ptp=release("ptp"),
    pairs={("45378", "45385"): (EDIT,)},
    mue={"2024Q3": release("mue")},
    mues={("2024Q3", "45385"): MueRow("45385", 1, "3"), ("2024Q3", "J1885"): MueRow("J1885", 8, "3")},
    addon=release("addon"),
)


def made(*typed, reference: Reference = LOADED, **fields) -> Matrix:
    about = claim(*typed, **fields)
    return matrix(about, reference, check(about, reference))


def cell(found: Matrix, row: int, column: int) -> Cell:
    return found.rows[row - 1].cells[column - 1]


def test_every_line_stands_beside_those_before_it_and_by_itself():
    found = made("45385", "45378", "J1885")
    assert found.columns == ("45385", "45378", "J1885")
    assert [(row.number, row.name, len(row.cells)) for row in found.rows] == [
        (1, "45385", 1),
        (2, "45378", 2),
        (3, "J1885", 3),
    ]


def test_an_edit_withdrawn_from_its_start_is_shown_and_leads_to_the_ledger():
    withdrawn = EDIT._replace(modifier_indicator="9", deletion_date=EDIT.effective_date)
    found = made("45385", "45378", reference=replace(LOADED, pairs={("45378", "45385"): (withdrawn,)}))
    assert cell(found, 2, 1) == Cell("off", "off", "Edit withdrawn from its start", "#ledger")


def test_a_pair_is_told_in_words_and_leads_to_its_finding():
    about = claim("45378", "45385")  # column one stands below
    findings = check(about, LOADED)
    href = next(f"#{anchor(one)}" for one in findings if one.status is Status.EDIT_APPLIES)
    assert cell(matrix(about, LOADED, findings), 2, 1) == Cell(
        "deny", "deny", "Line 2, 45385, with line 1, 45378: denied by edit", href
    )


def test_a_finding_on_another_page_is_reached_there():
    about = claim("45385", "45378")
    found = matrix(about, LOADED, check(about, LOADED), {"f-ptp-1-2": "?findings=all#f-ptp-1-2"})
    assert cell(found, 2, 1).href == "?findings=all#f-ptp-1-2"


def test_what_was_not_found_leads_nowhere_and_what_was_not_checked_to_the_ledger():
    assert cell(made("45385", "J1885"), 2, 1) == Cell("none", "none", "No edit on file", text="–")
    unloaded = made("45385", "J1885", reference=Reference())
    assert cell(unloaded, 2, 1) == Cell("unk", "unk", "Not checked", "#ledger")


def test_pairs_that_were_not_compared_say_why():
    apart = made(line(1, "45385"), line(2, "45378", day=date(2024, 8, 16)), line(3, "45378", provider="B"))
    assert cell(apart, 2, 1).label == "Not compared: different dates"
    assert cell(apart, 3, 1).label == "Not compared: different providers"


def test_two_lines_of_one_code_are_no_pair():
    assert cell(made("45385", "45385"), 2, 1).label == "The same code: only units count"


def test_dme_suppliers_have_no_pairs_to_show():
    found = made("45385", "45378", setting="dme_supplier", reference=Reference())
    assert cell(found, 2, 1).label == "No pair table exists"


def test_the_diagonal_has_the_units_and_the_limit():
    found = made("J1885", "45378")
    assert cell(found, 1, 1) == Cell("self", "", "Line 1 alone: 1 unit, limit 8", text="1/8")
    assert cell(found, 2, 2) == Cell("self", "", "Line 2 alone: 1 unit, no value published", text="1/–")


def test_units_of_lines_together_that_are_over_lead_to_their_finding():
    found = made("45385", "45385")
    over = Cell("deny", "mue", "2/1: lines 1 and 2 together: 2 units, limit 1", "#f-mue-1-2", "2/1")
    assert (cell(found, 1, 1), cell(found, 2, 2)) == (over, over)


def test_units_that_were_not_checked_are_not_shown_as_within_a_limit():
    assert cell(made("45385", reference=Reference()), 1, 1).label == "Line 1 alone: units not checked"


def test_the_diagonal_shows_a_code_that_is_unknown():
    assert cell(made("J1858"), 1, 1) == Cell("err", "err", "Line 1 alone: unknown code", "#f-code-1")


def test_a_line_that_could_not_be_read_is_compared_with_nothing():
    found = made("45385", "992", "45378")
    assert found.columns == ("45385", "–", "45378")
    assert [cell(found, 2, 1).label, cell(found, 3, 2).label] == ["Not read", "Not read"]
    assert cell(found, 2, 2) == Cell("err", "err", "Line 2 alone: not read", "#f-parse-2")
    assert cell(found, 3, 1).family == "deny"


def test_an_empty_claim_has_an_empty_matrix():
    assert made() == Matrix((), ())


# --- As a table ---


class Tags(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.found if name == tag]


def test_the_table_has_a_caption_headers_and_a_cell_for_every_pair():
    tags = Tags(as_html(made("45385", "45378", "J1885")))
    assert tags.open == []
    assert [attrs["scope"] for attrs in tags.all("th")] == ["col"] * 3 + ["row"] * 3
    assert len(tags.all("caption")) == 1
    assert len(tags.all("td")) == 1 + 6


def test_the_columns_of_one_code_are_told_apart_by_their_lines():
    html = as_html(made("45385", "45378", "45385"))
    for number, code in ((1, "45385"), (2, "45378"), (3, "45385")):
        header = f'<small class="muted fw-normal me-1">{number}</small> {code}</th>'
        assert f'<th scope="col">{header}' in html
        assert f'<th scope="row">{header}' in html


def test_a_sign_is_a_named_link_and_its_picture_is_hidden():
    html = as_html(made("45385", "45378"))
    words = "Line 2, 45378, with line 1, 45385: denied by edit"
    assert (
        f'<a class="sign k-deny" href="#f-ptp-1-2" aria-label="{words}" title="{words}">'
        '<svg class="ic" aria-hidden="true"><use href="#v-deny"/></svg></a>' in html
    )


def test_whatever_leads_nowhere_has_a_role_and_a_name():
    for attrs in Tags(as_html(made("45385", "J1885", "992"))).all("span"):
        assert attrs["role"] == "img"
        assert attrs["aria-label"]


def test_what_was_not_checked_is_no_stop_of_the_tab_key():
    links = Tags(as_html(made("45385", "45378", reference=Reference()))).all("a")
    assert {attrs["href"]: attrs.get("tabindex") for attrs in links} == {"#ledger": "-1"}


def test_text_is_escaped_whatever_it_is():
    bad = '<b>"&'
    html = as_html(Matrix((bad,), (Row(1, bad, (Cell("deny", "deny", bad, '#"', bad),)),)))
    assert "<b>" not in html
    assert '"&' not in html.replace('"&lt;', "").replace('"&quot;', "")


def test_a_hundred_lines_make_a_cell_for_every_pair():
    about = Claim("practitioner", date(2024, 8, 15), tuple(line(n, f"{n + 11000:05d}") for n in range(1, 101)))
    html = as_html(matrix(about, LOADED, check(about, LOADED)))
    assert html.count("<td>") == 1 + 5_050
