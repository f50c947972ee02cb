from datetime import date

import pytest

from scratchpad.coverage import Covered, coverage
from scratchpad.findings import Finding, Kind, Status
from scratchpad.reference import AddOnRow, Reference
from scratchpad.rules import check
from scratchpad.summary import Tallied, headline, tally
from tests.scratchpad.worded import CODES, EDIT, EVERY_FINDING, STARTER, claim, line, loaded, release

NOT_A_PASS = ("clean", "allowed", "paid", "approved", "no problem")


def sum_up(about, reference: Reference, findings):
    return headline(about, findings, coverage(about, reference, findings))


def summed(reference: Reference, *typed, **fields):
    about = claim(*(typed or CODES), **fields)
    return sum_up(about, reference, check(about, reference))


def test_a_release_that_ends_before_the_date_keeps_the_headline_from_reading_as_a_pass():
    summer = release("hcpcs", "April 2024")._replace(last_day=date(2024, 6, 30))
    title, sentence = summed(loaded(hcpcs=summer), "J1885")
    assert title == "Nothing found in what could be checked"
    assert "Level II codes: 1 code not checked. The newest loaded table is April 2024." in sentence


def test_a_claim_without_findings_is_no_approval():
    title, sentence = summed(loaded())
    assert title == "Nothing found in the loaded edits"
    assert sentence == (
        "3 pairs and 3 lines were looked up for Aug 15, 2024, practitioner. This is not an approval: coverage, "
        "medical necessity, payer rules and the patient’s other claims are outside these files."
    )


def test_one_line_alone_is_looked_up_in_the_singular():
    assert summed(loaded(), "J1885").sentence.startswith("1 line was looked up for Aug 15, 2024")


@pytest.mark.parametrize("missing", [{"ptp": None}, {"addon": None}, {"mue": {}}, {"hcpcs": None, "codes": {}}])
def test_where_a_table_is_missing_nothing_found_is_not_said_of_all_edits(missing):
    title, sentence = summed(loaded(**missing))
    assert title == "Nothing found in what could be checked"
    assert "not checked" in sentence


@pytest.mark.parametrize("dataset", ["ptp", "addon"])
@pytest.mark.parametrize("remark", [{"partial": True}, STARTER])
def test_where_a_table_is_incomplete_nothing_found_is_not_said_of_all_edits(dataset, remark):
    assert (
        summed(loaded(**{dataset: release(dataset, **remark)})).title == "Nothing found in what could be checked"
    )


def test_without_any_table_nothing_was_checked():
    title, sentence = summed(Reference())
    assert title == "Nothing was checked: no loaded table answers for Aug 15, 2024, practitioner"
    assert "Pair edits: 3 pairs not checked. No table is loaded." in sentence


def test_where_only_the_add_on_table_answers_the_headline_says_what_was_checked_and_what_was_not():
    row = AddOnRow("90472", "90471", "1", date(2022, 1, 1))
    only = loaded(ptp=None, mue={}, mue_loaded=(), addons={"90472": (row,)})
    title, sentence = summed(only, "90472", "90471")
    assert title == "Nothing found in what could be checked"
    assert sentence.startswith("1 add-on code was looked up for Aug 15, 2024, practitioner.")
    assert "Pair edits: 1 pair not checked." in sentence
    assert "Unit limits: 2 lines not checked." in sentence
    assert "This is not an approval" in sentence


def test_a_date_beyond_the_tables_names_the_newest_quarter():
    late = claim(*(line(at, code, day=date(2025, 1, 2)) for at, code in enumerate(CODES, 1)))
    title, sentence = sum_up(late, loaded(), check(late, loaded()))
    assert title.startswith("Nothing was checked")
    assert "The newest loaded table is July 2024. It answers up to Sep 30, 2024." in sentence
    assert "No table of 2025Q1 is loaded. Each quarter has its own table of values." in sentence


def test_pairs_that_were_not_compared_say_why():
    lines = line(1, "45385", provider="A"), line(2, "45378", provider="B"), line(3, "J1885", provider="B")
    assert "2 pairs were not compared: different providers." in summed(loaded(), *lines).sentence
    unnamed = lines[0], line(2, "45378")
    assert "1 pair was not compared: a line names no provider." in summed(loaded(), *unnamed).sentence


def test_where_a_line_names_no_provider_nothing_found_is_not_said_of_all_pairs():
    some = line(1, "45385", provider="A"), line(2, "45378", provider="A"), line(3, "J1885")
    assert summed(loaded(), *some).title == "Nothing found in what could be checked"


def test_where_no_pair_was_compared_nothing_found_is_not_said_of_all_edits():
    apart = line(1, "45385"), line(2, "45378", day=date(2024, 8, 16))
    assert summed(loaded(), *apart).title == "Nothing found in what could be checked"
    beside = *apart, line(3, "J1885")
    assert summed(loaded(), *beside).title == "Nothing found in the loaded edits"


def test_units_of_a_span_that_is_loaded_in_part_were_looked_up():
    title, sentence = summed(loaded(), line(1, "J1885", 8, date(2024, 9, 29), last_day=date(2024, 10, 2)))
    assert title == "Nothing found in what could be checked"
    assert sentence.startswith("1 line was looked up for Sep 29, 2024 to Oct 2, 2024, practitioner.")


def test_an_edit_withdrawn_from_its_start_is_no_finding():
    void = EDIT._replace(modifier_indicator="9", deletion_date=EDIT.effective_date)
    assert summed(loaded(pairs={("45378", "45385"): (void,)})).title == "Nothing found in the loaded edits"


def test_a_line_left_out_keeps_the_headline_from_speaking_of_all():
    unread = claim(line(1, "45385"), line(2, "J1885", day=None))
    assert sum_up(unread, loaded(), check(unread, loaded())).title == "Nothing found in what could be checked"


def test_findings_in_starter_rows_are_said_to_be_that():
    starter = {
        "ptp": release("ptp", **STARTER),
        "mue": {},
        "mue_loaded": (),
        "addon": None,
        "pairs": {("45378", "45385"): (EDIT,)},
    }
    assert summed(loaded(**starter)).title == "1 finding in sample rows, most not checked"


def test_findings_are_counted_and_what_was_not_checked_is_added():
    assert summed(loaded(pairs={("45378", "45385"): (EDIT,)})).title == "1 finding"
    assert summed(loaded(pairs={("45378", "45385"): (EDIT,)}, addon=None)).title == "1 finding, some not checked"


def test_the_headline_names_the_dates_of_the_lines():
    lines = line(1, "45385", day=date(2024, 8, 1)), line(2, "J1885", day=date(2024, 8, 3))
    assert "looked up for Aug 1, 2024 to Aug 3, 2024, practitioner." in summed(loaded(), *lines).sentence
    assert "looked up for Aug 1, 2024, practitioner." in summed(loaded(), lines[0]).sentence


def test_a_claim_without_lines_says_so():
    assert sum_up(claim(), loaded(), []).title == "No lines yet"


@pytest.mark.parametrize("finding", EVERY_FINDING, ids=lambda finding: f"{finding.kind}-{finding.status}")
def test_no_headline_reads_as_a_pass(finding):
    has_no_table = finding.status is Status.NOT_APPLICABLE_SETTING
    about = claim("11042", "97597", setting="dme_supplier" if has_no_table else "practitioner")
    title, sentence = sum_up(about, Reference(), [finding])
    assert not any(word in f"{title} {sentence}".lower() for word in NOT_A_PASS)


def test_the_tally_counts_by_kind_in_the_order_of_the_findings():
    denied = Finding(Kind.PTP, Status.EDIT_APPLIES, (1, 2), ("45385", "45378"), EDIT)
    unless = denied._replace(row=EDIT._replace(modifier_indicator="1"))
    unloaded = Finding(Kind.PTP, Status.DATA_NOT_LOADED, (1, 3))
    quiet = Finding(Kind.PTP, Status.NO_EDIT_ON_FILE, (2, 3))
    rows = [Covered(Kind.PTP, "Pair edits", None, "5 pairs", (), missing=1)]
    assert tally([denied, denied, unless, unloaded, quiet], rows) == [
        Tallied("deny", "deny", "denied by edit", 2),
        Tallied("cond", "cond", "unless distinct", 1),
        Tallied("unk", "unk", "not checked", 1),
    ]


def test_the_tally_counts_all_that_was_not_checked_as_the_sentence_below_it_does():
    summer = release("hcpcs", "April 2024")._replace(last_day=date(2024, 6, 30))
    about, reference = claim("45385", "45378", "J1885"), loaded(ptp=None, addon=None, hcpcs=summer)
    findings = check(about, reference)
    rows = coverage(about, reference, findings)
    counts = "Pair edits: 3 pairs", "Add-on codes: 3 lines", "Level II codes: 1 code"
    assert all(f"{count} not checked." in headline(about, findings, rows).sentence for count in counts)
    assert tally(findings, rows) == [Tallied("unk", "unk", "not checked", 7)]


def test_a_line_that_was_left_out_is_in_the_tally_once():
    unread = claim(line(1, "45385"), line(2, "4538"))
    findings = check(unread, loaded())
    chips = tally(findings, coverage(unread, loaded(), findings))
    assert [(each.words, each.count) for each in chips] == [("not read", 1)]
