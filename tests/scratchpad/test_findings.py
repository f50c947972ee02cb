import pytest

from scratchpad.findings import Finding, Kind, Status, severity
from scratchpad.rules import check
from tests.builders import make_claim
from tests.references import a_mue, a_ptp, a_reference, an_addon

KIND = Kind.CODE  # of no importance to severity

# A word for each step, the most severe first. An edit that applies stands twice: by its indicator.
STEPS = [
    Status.INVALID_FORMAT,
    Status.LINE_EXCEEDS,
    Status.PRIMARY_MISSING,
    Status.UNKNOWN_CODE,
    Status.EDIT_APPLIES,
    Status.BYPASS_QUESTIONABLE,
    Status.BYPASS_UNVERIFIED,
    Status.BYPASSED_BY_MODIFIER,
    Status.CONTRACTOR_DEFINED,
    Status.MODIFIER_NOT_VALID,
    Status.EDIT_DELETED,
    Status.DATA_NOT_LOADED,
    Status.NO_EDIT_ON_FILE,
]
SAME_STEP = [
    (Status.MULTIPLE_CODES, Status.INVALID_UNITS),
    (Status.ZERO_MUE, Status.DOS_EXCEEDS_CLINICAL),
    (Status.PRIMARY_MISSING, Status.PRIMARY_DENIED),
    (Status.TERMINATED_CODE, Status.CORRECTED),
    (Status.EXCEPTION_99292, Status.PRIMARY_NOT_LISTED),
    (Status.EDIT_VOID, Status.EDIT_INACTIVE),
    (Status.DIFFERENT_DATE, Status.CDT_NOT_IN_FILE),
    (Status.WITHIN_LIMIT, Status.PRIMARY_PRESENT),
]
UNLESS_DISTINCT = a_ptp("11042", "97597", "1")


def a_finding(status: Status, row=UNLESS_DISTINCT) -> Finding:
    return Finding(KIND, status, row=row)


def test_severity_falls_step_by_step():
    ranks = [severity(a_finding(status)) for status in STEPS]
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize(("one", "other"), SAME_STEP)
def test_words_of_one_step_are_as_severe(one, other):
    assert severity(a_finding(one)) == severity(a_finding(other))


def test_an_edit_that_nothing_bypasses_is_more_severe_than_units_and_one_that_may_be_is_less():
    never = severity(a_finding(Status.EDIT_APPLIES, a_ptp("11042", "97597", "0")))
    assert severity(a_finding(Status.INVALID_UNITS)) < never < severity(a_finding(Status.ZERO_MUE))
    assert never < severity(a_finding(Status.UNKNOWN_CODE)) < severity(a_finding(Status.EDIT_APPLIES))


def test_findings_are_told_by_severity_and_then_by_line():
    claim = make_claim("9921", "97597", "11042x3", "11045", "11043", "11042")
    rows = (a_ptp("11042", "97597"), a_ptp("11043", "11042", "0"), a_mue("11042", 2), an_addon("11045", "11044"))
    told = [finding.subject for finding in check(claim, a_reference(*rows))]
    assert told[:7] == [
        "@1",
        "11043@5|11042@3",
        "11043@5|11042@6",
        "11042",
        "11045@4",
        "11042@3|97597@2",
        "11042@6|97597@2",
    ]
