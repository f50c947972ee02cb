import pytest

from scratchpad.findings import Kind, Status
from scratchpad.rules import check
from tests.builders import make_claim
from tests.references import a_reference


def told(*lines):
    return [
        (finding.kind, finding.subject, finding.status) for finding in check(make_claim(*lines), a_reference())
    ]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("99213", Status.OK),
        ("J 1885", Status.NORMALIZED),
        ("99213-25", Status.MODIFIER_SPLIT),
        ("992I3", Status.CORRECTED),
        ("25", Status.MODIFIER_ONLY),
        ("99213 99214", Status.MULTIPLE_CODES),
        ("99202 to 99499", Status.RANGE_NOT_CODE),
        ("9921", Status.INVALID_FORMAT),
    ],
)
def test_how_each_code_was_read_is_told(text, status):
    assert (Kind.PARSE, "@2", status) in told("11042", text)


@pytest.mark.parametrize("text", ["99213 99214", "99202 to 99499", "9921", "LT"])
def test_nothing_else_is_told_of_a_line_without_one_code(text):
    assert [kind for kind, *_ in told(text)] == [Kind.PARSE]


@pytest.mark.parametrize("units", ["0", "?-1", "1.5", "?TEN"])
def test_units_that_are_no_whole_number_from_1_leave_the_line_out_of_all_checks(units):
    assert told(f"99213x{units}") == [
        (Kind.UNITS, "@1", Status.INVALID_UNITS),
        (Kind.PARSE, "@1", Status.OK),
    ]


def test_a_line_may_be_wrong_twice():
    assert told("9921 x?0") == [
        (Kind.PARSE, "@1", Status.INVALID_FORMAT),
        (Kind.UNITS, "@1", Status.INVALID_UNITS),
    ]


def test_a_claim_without_lines_has_no_findings():
    assert told() == []
