from datetime import date

import pytest

from scratchpad.claim import DME_SUPPLIER, OUTPATIENT_HOSPITAL
from scratchpad.findings import Kind, Remark, Status, Weighed, Why
from scratchpad.rules import check
from tests.builders import make_claim
from tests.references import a_ptp, a_reference, a_release

PAIR = a_ptp("11042", "97597")


def found(claim, reference):
    return [finding for finding in check(claim, reference) if finding.kind == Kind.PTP]


def told(claim, reference):
    return {finding.subject: finding.status for finding in found(claim, reference)}


def only(claim, *rows, **releases):
    [finding] = found(claim, a_reference(*rows, **releases))
    return finding


# --- Rows and dates ---


def test_the_column_two_line_is_denied_whichever_stands_first_on_the_claim():
    finding = only(make_claim("97597", "11042"), PAIR)
    assert (finding.subject, finding.status) == ("11042@2|97597@1", Status.EDIT_APPLIES)
    assert finding.denied_line == 1
    assert finding.codes == ("11042", "97597")


def test_a_pair_without_a_row_keeps_the_order_of_the_lines():
    assert told(make_claim("97597", "11042"), a_reference()) == {"97597@1|11042@2": Status.NO_EDIT_ON_FILE}


def test_indicator_0_and_1_are_not_the_wrong_way_round():
    claim = make_claim("11042", "97597-59")
    assert only(claim, a_ptp("11042", "97597", "0")).status == Status.EDIT_APPLIES
    assert only(claim, a_ptp("11042", "97597", "1")).status == Status.BYPASSED_BY_MODIFIER


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2019-12-31", Status.EDIT_NOT_YET_EFFECTIVE),
        ("2020-01-01", Status.EDIT_APPLIES),
        ("2025-12-31", Status.EDIT_APPLIES),
        ("2026-01-01", Status.EDIT_DELETED),
    ],
)
def test_an_edit_is_in_force_from_its_first_to_its_last_day(day, status):
    claim = make_claim("11042", "97597", day=date.fromisoformat(day))
    assert only(claim, a_ptp("11042", "97597", until="2025-12-31")).status == status


def test_a_withdrawn_row_alone_is_void_and_its_columns_give_the_order():
    finding = only(make_claim("97597", "11042"), a_ptp("11042", "97597", "9", "2020-01-01", "2020-01-01"))
    assert (finding.subject, finding.status) == ("11042@2|97597@1", Status.EDIT_VOID)


def test_of_two_rows_in_force_the_stricter_decides_and_the_fault_is_told():
    strict = a_ptp("97597", "11042", "0")
    finding = only(make_claim("11042", "97597-59"), PAIR, strict)
    assert (finding.row, finding.status) == (strict, Status.EDIT_APPLIES)
    assert Remark.SEVERAL_IN_FORCE in finding.remarks


def test_a_row_that_ended_tells_of_the_one_to_come():
    ended, to_come = a_ptp("11042", "97597", until="2022-12-31"), a_ptp("97597", "11042", since="2027-01-01")
    finding = only(make_claim("11042", "97597"), to_come, ended)
    assert (finding.status, finding.row, finding.later) == (Status.EDIT_DELETED, ended, to_come)
    assert finding.remarks == (Remark.LATER_ROW,)


# --- Which lines are compared ---


def test_lines_of_one_code_are_no_pair():
    assert found(make_claim("11042", "11042-59"), a_reference(PAIR)) == []


def test_another_provider_is_told_before_another_date():
    claim = make_claim("11042~A", "97597@2026-07-16~B")
    finding = only(claim, PAIR)
    assert finding.status == Status.DIFFERENT_PROVIDER
    assert finding.remarks == (Remark.SAME_GROUP,)


def test_lines_of_two_dates_are_not_compared():
    assert only(make_claim("11042", "97597@2026-07-16"), PAIR).status == Status.DIFFERENT_DATE


SHARE_TWO_DAYS = make_claim("11042@2026-06-28..2026-07-02", "97597@2026-07-01..2026-07-09")


@pytest.mark.parametrize(
    ("since", "until", "status", "day"),
    [
        ("2026-06-01", "2026-06-30", Status.EDIT_DELETED, 1),
        ("2026-06-01", "2026-07-01", Status.EDIT_APPLIES, 1),
        ("2026-07-01", None, Status.EDIT_APPLIES, 1),
        ("2026-07-02", None, Status.EDIT_APPLIES, 2),
        ("2026-07-03", None, Status.EDIT_NOT_YET_EFFECTIVE, 1),
    ],
)
def test_the_first_day_in_common_with_a_row_in_force_decides(since, until, status, day):
    finding = only(SHARE_TWO_DAYS, a_ptp("11042", "97597", since=since, until=until))
    assert (finding.status, finding.day) == (status, date(2026, 7, day))


def test_of_two_rows_in_force_one_after_the_other_the_first_decides():
    first, second = a_ptp("11042", "97597", until="2026-07-01"), a_ptp("97597", "11042", "0", "2026-07-02")
    assert only(SHARE_TWO_DAYS, second, first).row == first


BEYOND = make_claim("11042@2026-09-29..2026-10-02", "97597@2026-09-30..2026-10-02")


@pytest.mark.parametrize("rows", [[], [a_ptp("11042", "97597", until="2020-01-01")]])
def test_days_in_common_beyond_the_table_are_not_called_free_of_edits(rows):
    finding = only(BEYOND, *rows)
    assert (finding.status, finding.day) == (Status.DATA_NOT_LOADED, date(2026, 10, 1))


def test_a_row_in_force_on_a_day_that_the_table_answers_for_decides_beside_others():
    finding = only(BEYOND, PAIR)
    assert (finding.status, finding.day) == (Status.EDIT_APPLIES, date(2026, 9, 30))
    assert only(BEYOND, a_ptp("11042", "97597", since="2026-10-01")).status == Status.DATA_NOT_LOADED


def test_of_days_in_common_those_before_ncci_do_not_count():
    claim = make_claim("11042@1995-12-30..1996-01-02", "97597@1995-12-31..1996-01-02")
    old = a_ptp("11042", "97597", since="1996-01-01")
    assert (only(claim, old).status, only(claim).status) == (Status.EDIT_APPLIES, Status.NO_EDIT_ON_FILE)


def test_of_days_in_common_the_starter_set_answers_for_those_of_its_quarter():
    claim = make_claim("11042@2026-06-28..2026-07-02", "97597@2026-06-29..2026-07-02")
    starter = a_release("ptp", is_starter=True)
    applies, unknown = only(claim, PAIR, ptp=starter), only(claim, ptp=starter)
    assert (applies.status, applies.day) == (Status.EDIT_APPLIES, date(2026, 7, 1))
    assert (unknown.status, unknown.day) == (Status.DATA_NOT_LOADED, date(2026, 6, 29))


def test_a_span_meets_a_line_of_its_last_day_and_not_of_the_next():
    for day, status in (("2026-07-05", Status.EDIT_APPLIES), ("2026-07-06", Status.DIFFERENT_DATE)):
        assert only(make_claim("11042@2026-07-01..2026-07-05", f"97597@{day}"), PAIR).status == status


def test_the_day_that_was_asked_is_told_where_two_lines_have_one_in_common():
    later = "97597@2026-07-16"
    assert only(make_claim("11042@2026-07-15..2026-07-16", later), PAIR).day == date(2026, 7, 16)
    assert only(make_claim("11042@2026-07-15..2026-07-16", later)).day == date(2026, 7, 16)
    assert only(make_claim("11042@2026-07-16", later), PAIR, ptp=None).day == date(2026, 7, 16)
    assert only(make_claim("11042", later), PAIR).day is None


@pytest.mark.parametrize("unreadable", ["97597x0", "9759", "97597@SOON", "97597 97598"])
def test_a_line_that_cannot_be_read_is_in_no_pair(unreadable):
    assert found(make_claim("11042", unreadable), a_reference(PAIR)) == []


def test_a_corrected_code_is_compared_as_read():
    assert only(make_claim("11O42", "97597"), PAIR).status == Status.EDIT_APPLIES


def test_each_pair_is_judged_alone_without_cascade():
    reference = a_reference(a_ptp("11044", "11043"), a_ptp("11043", "11042"))
    assert told(make_claim("11044", "11043", "11042"), reference) == {
        "11044@1|11043@2": Status.EDIT_APPLIES,
        "11043@2|11042@3": Status.EDIT_APPLIES,
        "11044@1|11042@3": Status.NO_EDIT_ON_FILE,
    }


# --- What is loaded ---


def test_dme_suppliers_have_one_finding_for_the_whole_claim():
    claim = make_claim("E0601", "A7030", "A7031", setting=DME_SUPPLIER)
    assert told(claim, a_reference(a_ptp("E0601", "A7030"))) == {"claim": Status.NOT_APPLICABLE_SETTING}


def test_a_date_before_ncci_is_told_before_what_is_not_loaded():
    claim = make_claim("11042", "97597", day=date(1995, 12, 31))
    assert only(claim, PAIR, ptp=None).status == Status.PREDATES_NCCI


def test_nothing_loaded_is_never_no_edit_on_file():
    finding = only(make_claim("11042", "97597"), ptp=None)
    assert (finding.status, finding.release) == (Status.DATA_NOT_LOADED, None)


@pytest.mark.parametrize(("day", "status"), [(30, Status.EDIT_APPLIES), (31, Status.DATA_NOT_LOADED)])
def test_an_open_edit_is_not_extended_beyond_the_quarter_of_the_release(day, status):
    claim = make_claim("11042", "97597", day=date(2026, 9, 30) if day == 30 else date(2026, 10, 1))
    assert only(claim, PAIR).status == status


def test_a_release_of_cms_answers_for_every_past_date():
    claim = make_claim("11042", "97597", day=date(1996, 1, 1))
    assert only(claim).status == Status.NO_EDIT_ON_FILE


INCOMPLETE = [{"partial": True}, {"is_starter": True}]


@pytest.mark.parametrize("why", INCOMPLETE)
def test_an_incomplete_release_never_says_no_edit_on_file(why):
    assert only(make_claim("11042", "97597"), ptp=a_release("ptp", **why)).status == Status.DATA_NOT_LOADED


@pytest.mark.parametrize("why", INCOMPLETE)
def test_a_row_in_force_applies_in_an_incomplete_release_too(why):
    assert only(make_claim("11042", "97597"), PAIR, ptp=a_release("ptp", **why)).status == Status.EDIT_APPLIES


@pytest.mark.parametrize("why", INCOMPLETE)
def test_a_row_not_in_force_settles_nothing_in_an_incomplete_release_but_is_kept(why):
    ended = a_ptp("11042", "97597", until="2022-12-31")
    finding = only(make_claim("97597", "11042"), ended, ptp=a_release("ptp", **why))
    assert (finding.status, finding.row) == (Status.DATA_NOT_LOADED, ended)
    assert finding.subject == "97597@1|11042@2"


def test_the_starter_set_answers_for_its_own_quarter_only():
    claim = make_claim("11042", "97597", day=date(2026, 6, 30))
    assert only(claim, PAIR, ptp=a_release("ptp", is_starter=True)).status == Status.DATA_NOT_LOADED
    assert only(claim, PAIR, ptp=a_release("ptp", partial=True)).status == Status.EDIT_APPLIES


# --- Modifiers ---


def status_with(first, second, row=PAIR, **claim):
    return only(make_claim(first, second, **claim), row).status


def test_every_modifier_is_of_no_effect_under_indicator_0():
    finding = only(make_claim("11042-LT", "97597-59-76"), a_ptp("11042", "97597", "0"))
    assert finding.weighed == (
        Weighed("LT", 1, None, Why.INDICATOR_ZERO),
        Weighed("59", 2, None, Why.INDICATOR_ZERO),
        Weighed("76", 2, None, Why.INDICATOR_ZERO),
    )


def test_what_each_modifier_counts_for_is_told():
    finding = only(make_claim("97597-76-XS", "11042-25"), PAIR)
    assert finding.weighed == (
        Weighed("25", 2, Status.BYPASS_QUESTIONABLE, Why.NOT_A_VISIT),
        Weighed("76", 1, None, Why.NOT_IN_LIST),
        Weighed("XS", 1, Status.BYPASSED_BY_MODIFIER),
    )


def test_one_good_modifier_outweighs_a_questionable_and_an_unverified_one():
    assert status_with("11042-59-25", "97597-58", setting=OUTPATIENT_HOSPITAL) == Status.BYPASSED_BY_MODIFIER
    assert status_with("11042-59-25", "97597", setting=OUTPATIENT_HOSPITAL) == Status.BYPASS_QUESTIONABLE
    assert status_with("11042-59", "97597", setting=OUTPATIENT_HOSPITAL) == Status.BYPASS_UNVERIFIED


@pytest.mark.parametrize("modifier", ["59", "XE", "XP", "XS", "XU"])
def test_on_hospital_claims_column_two_is_sure_and_column_one_is_not(modifier):
    hospital = {"setting": OUTPATIENT_HOSPITAL}
    assert status_with("11042", f"97597-{modifier}", **hospital) == Status.BYPASSED_BY_MODIFIER
    assert status_with(f"11042-{modifier}", "97597", **hospital) == Status.BYPASS_UNVERIFIED


@pytest.mark.parametrize("modifier", ["59", "XE", "XP", "XS", "XU"])
def test_on_column_one_of_a_professional_claim_they_count_since_july_2019(modifier):
    old = a_ptp("11042", "97597", since="1998-01-01")
    line = f"11042-{modifier}"
    assert status_with(line, "97597", old, day=date(2019, 6, 30)) == Status.EDIT_APPLIES
    assert status_with(line, "97597", old, day=date(2019, 7, 1)) == Status.BYPASSED_BY_MODIFIER


def test_remarks_on_59_change_no_status():
    alone = only(make_claim("11042", "97597-59"), PAIR)
    with_x = only(make_claim("11042", "97597-59-XS"), PAIR)
    assert alone.remarks == (Remark.MORE_SPECIFIC,)
    assert with_x.remarks == (Remark.REDUNDANT_59,)
    assert alone.status == with_x.status == Status.BYPASSED_BY_MODIFIER


def test_a_side_on_one_line_only_is_remarked():
    assert Remark.SIDE_ON_ONE_LINE in only(make_claim("11042", "97597-RT"), PAIR).remarks
    assert only(make_claim("11042-LT", "97597-RT"), PAIR).remarks == ()


@pytest.mark.parametrize("siteless", ["99213", "82947", "0001U", "J1885", "G0463"])
def test_no_side_is_missed_on_visits_laboratory_tests_and_level_ii_codes(siteless):
    claim = make_claim("11042-RT", siteless)
    assert only(claim, a_ptp("11042", siteless)).remarks == ()
    assert only(claim, a_ptp(siteless, "11042")).remarks == ()


def test_a_more_specific_modifier_is_only_wanted_where_59_is_the_bypass():
    hospital = {"setting": OUTPATIENT_HOSPITAL}
    assert only(make_claim("11042", "99213-59"), a_ptp("11042", "99213")).remarks == ()
    assert only(make_claim("11042-59", "97597", **hospital), PAIR).remarks == ()
    assert only(make_claim("11042", "97597-59", **hospital), PAIR).remarks == (Remark.MORE_SPECIFIC,)


def test_a_modifier_of_another_line_of_the_same_code_does_not_count():
    reference = a_reference(PAIR)
    assert told(make_claim("11042", "11042-59", "97597"), reference) == {
        "11042@1|97597@3": Status.EDIT_APPLIES,
        "11042@2|97597@3": Status.BYPASSED_BY_MODIFIER,
    }
