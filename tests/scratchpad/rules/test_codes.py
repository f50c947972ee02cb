from datetime import date

import pytest

from scratchpad.findings import Kind, Status
from scratchpad.reference import CodeRow
from scratchpad.rules import check
from tests.builders import CLAIM_DAY, make_claim
from tests.references import a_reference, a_release

ENDED = CodeRow("C9742", date(2015, 1, 1), date(2016, 12, 31))


def told(*lines, rows=(ENDED,), day=CLAIM_DAY, **releases):
    findings = check(make_claim(*lines, day=day), a_reference(*rows, **releases))
    return {finding.subject: finding.status for finding in findings if finding.kind == Kind.CODE}


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2014, 12, 31), Status.NOT_YET_EFFECTIVE),
        (date(2015, 1, 1), Status.ACTIVE),
        (date(2016, 12, 31), Status.ACTIVE),
        (date(2017, 1, 1), Status.TERMINATED_CODE),
    ],
)
def test_a_code_is_active_from_its_first_to_its_last_day(day, status):
    assert told("C9742", day=day) == {"C9742@1": status}


@pytest.mark.parametrize(
    ("days", "status"),
    [
        ("2016-12-30..2016-12-31", Status.ACTIVE),
        ("2016-12-31..2017-01-01", Status.TERMINATED_CODE),
        ("2014-12-31..2015-01-01", Status.NOT_YET_EFFECTIVE),
    ],
)
def test_a_code_has_to_be_active_on_every_day_of_a_span(days, status):
    assert told(f"C9742@{days}") == {"C9742@1": status}


def test_a_row_without_dates_is_active():
    assert told("A0429", rows=[CodeRow("A0429", None, None)]) == {"A0429@1": Status.ACTIVE}


def test_a_code_missing_from_a_complete_release_is_unknown():
    assert told("A0001") == {"A0001@1": Status.UNKNOWN_CODE}


@pytest.mark.parametrize("hcpcs", [None, a_release("hcpcs", is_starter=True), a_release("hcpcs", partial=True)])
def test_a_code_missing_from_anything_else_is_not_called_unknown(hcpcs):
    assert told("A0001", hcpcs=hcpcs) == {"A0001@1": Status.DATA_NOT_LOADED}


@pytest.mark.parametrize("code", ["99213", "0042T", "0500F", "0001U", "0002M", "0001A"])
def test_no_list_of_cpt_is_held(code):
    assert told(code) == {f"{code}@1": Status.CPT_NOT_VERIFIABLE}


def test_dental_and_local_codes_are_told_by_their_letter_whatever_the_date():
    long_ago = date(2003, 6, 1)
    assert told("D0120", "W1234", "Z9999", day=long_ago) == {
        "D0120@1": Status.CDT_NOT_IN_FILE,
        "W1234@2": Status.LEVEL3_RETIRED,
        "Z9999@3": Status.LEVEL3_RETIRED,
    }


def test_every_readable_line_is_told_of_once():
    assert list(told("C9742@2016-12-31", "C9742", "C974", "C9742x0")) == ["C9742@2", "C9742@1"]


def test_the_row_goes_with_the_finding():
    [finding] = [one for one in check(make_claim("C9742"), a_reference(ENDED)) if one.kind == Kind.CODE]
    assert finding.row == ENDED
