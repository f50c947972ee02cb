import re

import pytest

from scratchpad.finding_words import CHIPS, anchor, chip_of, is_quiet, said
from scratchpad.findings import Finding, Kind, Status
from scratchpad.reference import CodeRow, Reference
from scratchpad.rules import check
from tests.scratchpad.test_cases import CASES, claim_of, reference_of
from tests.scratchpad.worded import (
    DAY,
    EVERY_FINDING,
    NOTHING_LOADED,
    TWO_LINES,
    addon,
    mue,
    of_line,
    pair,
    ptp,
    release,
)

NEVER_SAID = re.compile(
    r"\badd(?:ing|s)? (?:modifier |a )?(?:59|25|x[eps u])|\ballowed\b|\bclean\b|will (?:not )?be (?:paid|denied)"
    r"|billed together|may bill|can bill|approved\b|\bunbundl|\bCCI\b|\bpasse[sd]\b|\bsafe\b|\bOK\b|no problem",
    re.IGNORECASE,
)


def words(finding: Finding, about=TWO_LINES, reference=NOTHING_LOADED) -> str:
    text = said(finding, about, reference)
    return " ".join([text.chip, text.short, text.headline, *text.sentences, text.change, text.seen])


def name(finding: Finding) -> str:
    return f"{finding.kind}-{finding.status}"


def test_the_findings_of_these_tests_are_all_there_can_be():
    assert {(finding.kind, finding.status) for finding in EVERY_FINDING} == set(CHIPS)
    assert {status for _, status in CHIPS} == set(Status)
    assert {kind for kind, _ in CHIPS} == set(Kind)


@pytest.mark.parametrize("finding", EVERY_FINDING, ids=name)
def test_every_status_has_its_words_and_none_that_must_not_be_said(finding):
    text = said(finding, TWO_LINES, NOTHING_LOADED)
    assert all((text.headline, text.sentences, text.chip, text.short))
    assert all(re.search(r"[.?:”]$|\)$", sentence) and "  " not in sentence for sentence in text.sentences)
    assert not text.headline.endswith(".")
    assert NEVER_SAID.search(words(finding)) is None


def test_no_two_statuses_have_the_same_words():
    sentences = [said(finding, TWO_LINES, NOTHING_LOADED)[4:7] for finding in EVERY_FINDING]
    assert len(set(sentences)) == len(EVERY_FINDING)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("status", Status)
def test_a_status_of_another_rule_is_refused(kind, status):
    if (kind, status) not in CHIPS:
        with pytest.raises(ValueError, match="not a status of"):
            chip_of(of_line(kind, status, ptp("0")))


@pytest.mark.parametrize(
    ("finding", "family", "sign", "chip"),
    [
        (pair(Status.EDIT_APPLIES, ptp("0")), "deny", "deny", "Denied by edit"),
        (pair(Status.EDIT_APPLIES, ptp("1")), "cond", "cond", "Denied unless distinct"),
        (pair(Status.BYPASSED_BY_MODIFIER, ptp()), "byp", "byp", "Bypassed"),
        (pair(Status.EDIT_DELETED, ptp()), "off", "off", "Edit not in force"),
        (pair(Status.NO_EDIT_ON_FILE), "none", "none", "No edit on file"),
        (pair(Status.DATA_NOT_LOADED), "unk", "unk", "Not checked"),
        (of_line(Kind.MUE, Status.ZERO_MUE, mue("2", 0)), "deny", "mue", "Unit limit is 0"),
        (of_line(Kind.MUE, Status.LINE_EXCEEDS, mue("1")), "deny", "mue", "Over the unit limit"),
        (of_line(Kind.CODE, Status.UNKNOWN_CODE), "err", "err", "Unknown code"),
        (of_line(Kind.ADDON, Status.PRIMARY_MISSING, addon()), "deny", "add", "Primary missing"),
    ],
    ids=str,
)
def test_the_chips_are_those_of_the_design(finding, family, sign, chip):
    assert chip_of(finding)[:3] == (family, sign, chip)


def test_what_says_nothing_is_wrong_or_was_not_loaded_is_only_counted():
    quiet = {finding.status for finding in EVERY_FINDING if is_quiet(finding)}
    assert {"no_edit_on_file", "within_limit", "active", "primary_present", "data_not_loaded"} <= quiet
    assert "edit_void" in quiet
    assert quiet.isdisjoint({"edit_applies", "unknown_code", "edit_deleted", "corrected", "contractor_defined"})


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_whatever_the_rules_find_can_be_said_and_has_an_id_of_its_own(case):
    about = claim_of(case)
    reference = reference_of(case, about)
    findings = check(about, reference)
    assert len({anchor(finding) for finding in findings}) == len(findings)
    assert not any(NEVER_SAID.search(words(finding, about, reference)) for finding in findings)


# --- Receipts and ids ---


def test_the_receipt_of_a_pair_names_release_file_line_and_cells():
    text = said(pair(Status.EDIT_APPLIES, ptp("0")), TWO_LINES, NOTHING_LOADED)
    assert text.facts == (
        ("Release", "July 2024 (2024Q3, v30.2)"),
        ("File", "ccipra-v302r0-f1.TXT"),
        ("Line", "3456"),
        ("Column 1", "11042"),
        ("Column 2", "97597"),
        ("Effective", "2003-01-01"),
        ("Deletion", "*"),
        ("Indicator", "0"),
        ("Rationale", "Misuse of column two code with column one code"),
    )


def test_a_starter_row_does_not_tell_when_the_edit_began():
    finding = pair(Status.EDIT_APPLIES, ptp("0"), release=release(title="Starter set", is_starter=True))
    text = said(finding, TWO_LINES, NOTHING_LOADED)
    assert ("Effective", "not in the starter set") in text.facts
    assert "2003" not in words(finding)


def test_a_row_of_a_workbook_is_counted_in_rows():
    row = mue()._replace(file="MUE.xlsx")
    assert ("Row", "12") in said(
        of_line(Kind.MUE, Status.WITHIN_LIMIT, row, units=1), TWO_LINES, Reference()
    ).facts


def test_the_receipt_of_a_code_has_its_days_and_cross_references():
    row = CodeRow("C9742", DAY, None, "", ("31573", "31574"))
    facts = said(of_line(Kind.CODE, Status.ACTIVE, row), TWO_LINES, Reference()).facts
    assert facts[1:] == (
        ("Code", "C9742"),
        ("Added", "2024-08-15"),
        ("Terminated", "–"),
        ("Cross references", "31573, 31574"),
    )


def test_a_finding_without_a_row_has_no_receipt():
    assert said(pair(Status.NO_EDIT_ON_FILE), TWO_LINES, NOTHING_LOADED).facts == ()


def test_an_id_names_the_rule_and_the_lines_whichever_is_column_one():
    assert anchor(pair(Status.EDIT_APPLIES, ptp())._replace(lines=(3, 1))) == "f-ptp-1-3"
    assert anchor(Finding(Kind.PTP, Status.NOT_APPLICABLE_SETTING)) == "f-ptp-claim"
    assert anchor(of_line(Kind.MODIFIER, Status.MODIFIER_NOT_VALID, modifier="LM")) == "f-modifier-1-LM"


def test_an_id_holds_nothing_that_somebody_typed_but_letters_and_digits():
    odd = anchor(of_line(Kind.MODIFIER, Status.MODIFIER_NOT_VALID, modifier='"><b'))
    assert re.fullmatch(r"f-modifier-1-[\w]+", odd)
    assert odd != anchor(of_line(Kind.MODIFIER, Status.MODIFIER_NOT_VALID, modifier='">b<'))
