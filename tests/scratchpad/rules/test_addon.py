from datetime import date

import pytest

from scratchpad.findings import Kind, Status
from scratchpad.rules import check
from tests.builders import make_claim
from tests.references import a_ptp, a_reference, a_release, an_addon, day

ROW = an_addon("11045", "11042")


def found(claim, *rows, **releases):
    findings = check(claim, a_reference(*rows, **releases))
    return {finding.subject: finding for finding in findings if finding.kind == Kind.ADDON}


def told(claim, *rows, **releases):
    return {subject: finding.status for subject, finding in found(claim, *rows, **releases).items()}


def only(claim, *rows, **releases):
    [finding] = found(claim, *rows, **releases).values()
    return finding


@pytest.mark.parametrize("lines", [("11042", "11045"), ("11045", "11042")])
def test_a_listed_primary_may_stand_before_or_after(lines):
    finding = only(make_claim(*lines), ROW)
    assert (finding.status, finding.row) == (Status.PRIMARY_PRESENT, ROW)
    assert finding.others == (lines.index("11042") + 1,)
    assert finding.day == date(2026, 7, 15)


@pytest.mark.parametrize("other", ["97597", "11042~B", "11042@2026-07-16", "11042x0", "1104"])
def test_a_primary_of_another_code_provider_or_date_is_none(other):
    assert only(make_claim("11045", other), ROW).status == Status.PRIMARY_MISSING


def test_a_code_that_is_no_add_on_has_no_finding():
    assert told(make_claim("11042", "97597"), ROW) == {}


@pytest.mark.parametrize(
    ("types", "status"),
    [
        ("1", Status.PRIMARY_MISSING),
        ("2", Status.CONTRACTOR_DEFINED),
        ("3", Status.PRIMARY_NOT_LISTED),
        ("13", Status.PRIMARY_MISSING),
        ("21", Status.PRIMARY_MISSING),
        ("23", Status.PRIMARY_NOT_LISTED),
    ],
)
def test_without_a_listed_primary_the_strictest_type_decides(types, status):
    primaries = {"1": "11042", "2": "CCCCC", "3": "11043"}
    rows = [an_addon("11045", primaries[kind], kind) for kind in types]
    assert only(make_claim("97597", "11045"), *rows).status == status


def test_a_named_primary_counts_for_every_type():
    rows = [an_addon("99417", "CCCCC", "3"), an_addon("99417", "99205", "3")]
    assert only(make_claim("99205", "99417"), *rows).status == Status.PRIMARY_PRESENT


def test_the_second_hour_of_critical_care_may_stand_alone():
    row = an_addon("99292", "99291")
    assert only(make_claim("99292x2"), row).status == Status.EXCEPTION_99292
    assert only(make_claim("99291", "99292"), row).status == Status.PRIMARY_PRESENT
    assert only(make_claim("99291@2026-07-14", "99292"), row).status == Status.EXCEPTION_99292


# --- Dates ---


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("2013-03-31", Status.EDIT_INACTIVE),
        ("2013-04-01", Status.PRIMARY_MISSING),
        ("2025-12-31", Status.PRIMARY_MISSING),
        ("2026-01-01", Status.EDIT_INACTIVE),
    ],
)
def test_an_edit_holds_from_its_first_to_its_last_day(on, status):
    row = an_addon("11045", "11042", until="2025-12-31")
    finding = only(make_claim("11045", day=day(on)), row)
    assert finding.status == status
    assert finding.row == row


def test_an_add_on_that_was_deleted_needs_no_primary_any_more():
    row = an_addon("11045", "11042", add_on_deletion_date=date(2025, 12, 31))
    assert only(make_claim("11045"), row).status == Status.EDIT_INACTIVE


def test_a_primary_that_was_deleted_is_listed_no_more():
    gone = an_addon("11045", "11042", primary_deletion_date=date(2025, 12, 31))
    left = an_addon("11045", "11043")
    assert only(make_claim("11042", "11045"), gone).status == Status.EDIT_INACTIVE
    finding = only(make_claim("11042", "11045"), gone, left)
    assert (finding.status, finding.rows) == (Status.PRIMARY_MISSING, (left,))
    assert only(make_claim("11042", "11045", day=date(2025, 12, 31)), gone).status == Status.PRIMARY_PRESENT


SPAN = "11045@2026-07-01..2026-07-10"


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (an_addon("11045", "11042", until="2026-07-04"), Status.PRIMARY_MISSING),
        (an_addon("11045", "11042", until="2026-07-05"), Status.PRIMARY_PRESENT),
        (an_addon("11045", "11042", since="2026-07-05"), Status.PRIMARY_PRESENT),
        (an_addon("11045", "11042", since="2026-07-06"), Status.PRIMARY_MISSING),
    ],
)
def test_a_primary_is_listed_on_the_first_day_it_shares_with_its_add_on(row, status):
    finding = only(make_claim(SPAN, "11042@2026-07-05..2026-07-20"), row, an_addon("11045", "11043"))
    shared = status == Status.PRIMARY_PRESENT
    assert (finding.status, finding.day) == (status, date(2026, 7, 5 if shared else 1))


def test_a_primary_of_a_day_beyond_the_table_is_not_called_missing():
    finding = only(make_claim("11045@2026-09-29..2026-10-02", "11042@2026-10-01"), ROW)
    assert (finding.status, finding.day, finding.row) == (Status.DATA_NOT_LOADED, date(2026, 10, 1), None)


# --- The chain ---


def test_a_denied_primary_takes_its_add_on_along_unless_another_can_be_paid():
    pair = a_ptp("11044", "11042")
    finding = only(make_claim("11044", "11042", "11045"), ROW, pair)
    assert (finding.status, finding.others) == (Status.PRIMARY_DENIED, (2,))
    saved = only(make_claim("11044", "11042-59", "11045"), ROW, pair)
    assert saved.status == Status.PRIMARY_PRESENT
    second = an_addon("11045", "11044")
    both = only(make_claim("11044", "11042", "11045"), ROW, second, pair)
    assert (both.status, both.row, both.others) == (Status.PRIMARY_PRESENT, second, (1, 2))


@pytest.mark.parametrize("line", ["11042-25", "11042-RT"])
def test_a_questionable_bypass_denies_no_primary(line):
    claim = make_claim("11044-RT", line, "11045")
    assert only(claim, ROW, a_ptp("11044", "11042")).status == Status.PRIMARY_PRESENT


CHAIN = (ROW, an_addon("11047", "11045"))


def test_a_chain_of_add_ons_stands_on_its_base():
    assert told(make_claim("11047", "11045", "11042"), *CHAIN) == {
        "11047@1": Status.PRIMARY_PRESENT,
        "11045@2": Status.PRIMARY_PRESENT,
    }


def test_a_chain_of_add_ons_falls_with_its_base():
    assert told(make_claim("11047", "11045"), *CHAIN) == {
        "11047@1": Status.PRIMARY_DENIED,
        "11045@2": Status.PRIMARY_MISSING,
    }
    assert told(make_claim("11047", "11045", "11042", "11044"), *CHAIN, a_ptp("11044", "11042")) == {
        "11047@1": Status.PRIMARY_DENIED,
        "11045@2": Status.PRIMARY_DENIED,
    }


def test_an_add_on_denied_by_a_pair_edit_carries_none_although_its_own_primary_is_there():
    claim = make_claim("11042", "11045", "11047", "97597")
    assert told(claim, *CHAIN, a_ptp("97597", "11045")) == {
        "11045@2": Status.PRIMARY_PRESENT,
        "11047@3": Status.PRIMARY_DENIED,
    }


def test_add_ons_that_list_only_each_other_do_not_carry_one_another():
    ring = (an_addon("11045", "11047"), an_addon("11047", "11045"))
    assert told(make_claim("11045", "11047"), *ring) == {
        "11045@1": Status.PRIMARY_DENIED,
        "11047@2": Status.PRIMARY_DENIED,
    }
    based = (*ring, an_addon("11047", "11042"))
    assert set(told(make_claim("11045", "11047", "11042"), *based).values()) == {Status.PRIMARY_PRESENT}


def test_a_line_is_not_its_own_primary():
    assert only(make_claim("11045"), an_addon("11045", "11045")).status == Status.PRIMARY_MISSING


@pytest.mark.parametrize("edit_type", ["2", "3"])
def test_an_add_on_that_the_contractor_may_accept_can_carry_another(edit_type):
    rows = (an_addon("11045", "11042", edit_type), an_addon("11047", "11045"))
    assert told(make_claim("11045", "11047"), *rows)["11047@2"] == Status.PRIMARY_PRESENT


# --- What is loaded ---


def test_a_date_beyond_the_release_is_not_answered():
    claim = make_claim("11045", day=date(2026, 10, 1))
    finding = only(claim, ROW)
    assert (finding.status, finding.row) == (Status.DATA_NOT_LOADED, None)
    assert told(make_claim("97597", day=date(2026, 10, 1)), ROW) == {}


def test_the_starter_set_answers_for_its_own_quarter_only():
    starter = a_release("addon", is_starter=True)
    both = make_claim("11045", "11042")
    assert only(both, ROW, addon=starter).status == Status.PRIMARY_PRESENT
    earlier = make_claim("11045", "11042", day=date(2026, 6, 30))
    assert only(earlier, ROW, addon=starter).status == Status.DATA_NOT_LOADED
    assert only(make_claim("11045", day=date(2013, 3, 31)), ROW, addon=starter).status == Status.EDIT_INACTIVE


def test_rows_without_a_release_are_not_answered_from():
    assert only(make_claim("11045"), ROW, addon=None).status == Status.DATA_NOT_LOADED


INCOMPLETE = [a_release("addon", partial=True), a_release("addon", is_starter=True)]


@pytest.mark.parametrize("addon", INCOMPLETE)
@pytest.mark.parametrize(
    ("row", "status"),
    [
        (ROW, Status.DATA_NOT_LOADED),
        (an_addon("11045", "11042", "3"), Status.DATA_NOT_LOADED),
        (an_addon("11045", "11042", until="2020-12-31"), Status.DATA_NOT_LOADED),
        (an_addon("11045", "CCCCC", "2"), Status.CONTRACTOR_DEFINED),
    ],
)
def test_an_incomplete_table_may_lack_the_row_that_lists_a_primary(addon, row, status):
    finding = only(make_claim("11045", "11044"), row, addon=addon)
    assert (finding.status, finding.row) == (status, row)


@pytest.mark.parametrize("addon", INCOMPLETE)
def test_what_a_row_says_of_a_line_that_is_there_stands_in_an_incomplete_table_too(addon):
    pair = a_ptp("11044", "11042")
    assert only(make_claim("11042", "11045"), ROW, addon=addon).status == Status.PRIMARY_PRESENT
    assert only(make_claim("11044", "11042", "11045"), ROW, pair, addon=addon).status == Status.PRIMARY_DENIED
    hour = an_addon("99292", "99291")
    assert only(make_claim("99292"), hour, addon=addon).status == Status.EXCEPTION_99292
