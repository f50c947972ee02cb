from datetime import date

import pytest

from catalog.modifiers import NCCI_ASSOCIATED
from scratchpad.claim import OUTPATIENT_HOSPITAL, PRACTITIONER
from scratchpad.findings import Kind, Status, Why
from scratchpad.reference import ModifierRow
from scratchpad.rules import check
from scratchpad.rules.modifiers import exists_on, is_laboratory_test, is_visit, weigh
from tests.builders import CLAIM_DAY, make_claim
from tests.references import a_reference, a_release

GOOD, QUESTIONABLE = (Status.BYPASSED_BY_MODIFIER, None), Status.BYPASS_QUESTIONABLE
ALL = [modifier for members in NCCI_ASSOCIATED.values() for modifier in members]


def worth(first, second, setting=PRACTITIONER, day=CLAIM_DAY, *rows):
    """What the one modifier on two lines, column one before column two, counts for."""
    claim = make_claim(first, second, setting=setting, day=day)
    [weighed] = weigh(*claim.lines, day, setting, a_reference(*rows))
    return weighed.counts_as, weighed.why


@pytest.mark.parametrize("code", ["99202", "99499", "98000", "98016", "92002", "92014", "G0402", "G0439", "G0463"])
def test_visits_are_known_by_their_number(code):
    assert is_visit(code, CLAIM_DAY)


@pytest.mark.parametrize(
    "code", ["99201", "99200", "99500", "98017", "92015", "97999", "G0403", "G0464", "9921F", "J9921", "11042"]
)
def test_other_codes_are_no_visits(code):
    assert not is_visit(code, CLAIM_DAY)


def test_laboratory_tests_are_numbers_of_the_section_and_two_kinds_with_a_letter():
    assert all(map(is_laboratory_test, ["80047", "89398", "0001U", "0002M"]))
    assert not any(map(is_laboratory_test, ["80046", "89399", "U0001", "M0001", "0001T", "11042"]))


@pytest.mark.parametrize("modifier", sorted(set(ALL) - {"24", "25", "27", "57", "91"}))
def test_39_modifiers_count_on_a_procedure_of_column_two(modifier):
    assert worth("11042", f"97597-{modifier}") == GOOD


@pytest.mark.parametrize(
    "modifier", ["22", "26", "50", "51", "52", "62", "76", "77", "80", "99", "TC", "GA", "KX"]
)
def test_a_modifier_outside_the_list_counts_for_nothing(modifier):
    assert worth("11042", f"97597-{modifier}") == (None, Why.NOT_IN_LIST)


@pytest.mark.parametrize("modifier", ["24", "25", "57"])
def test_24_25_and_57_belong_on_a_visit_in_either_column(modifier):
    assert worth("11042", f"99213-{modifier}") == GOOD
    assert worth(f"99285-{modifier}", "36000") == GOOD
    assert worth("99213", f"11042-{modifier}") == (QUESTIONABLE, Why.NOT_A_VISIT)


@pytest.mark.parametrize("modifier", ["59", "XE", "XP", "XS", "XU"])
def test_59_and_x_do_not_fit_a_visit_in_either_column(modifier):
    assert worth("11042", f"99213-{modifier}") == (QUESTIONABLE, Why.A_VISIT)
    assert worth(f"99213-{modifier}", "11042") == (QUESTIONABLE, Why.A_VISIT)


def test_99201_was_a_visit_as_long_as_it_was_a_code():
    assert worth("36000", "99201-25", PRACTITIONER, date(2020, 12, 31)) == GOOD
    assert worth("36000", "99201-25", PRACTITIONER, date(2021, 1, 1)) == (QUESTIONABLE, Why.NOT_A_VISIT)


def test_27_is_for_visits_on_hospital_claims():
    assert worth("99285", "99213-27", OUTPATIENT_HOSPITAL) == GOOD
    assert worth("99285", "99213-27") == (QUESTIONABLE, Why.FACILITY_MODIFIER)
    assert worth("99285", "36000-27", OUTPATIENT_HOSPITAL) == (QUESTIONABLE, Why.NOT_A_VISIT)


def test_91_is_for_laboratory_tests():
    assert worth("80053", "82947-91") == GOOD
    assert worth("0001U-91", "0029U") == GOOD
    assert worth("11042", "97597-91") == (QUESTIONABLE, Why.NOT_A_TEST)


@pytest.mark.parametrize("modifier", ["LT", "E1", "F9", "TA", "LC"])
def test_the_same_site_on_both_lines_is_questionable(modifier):
    claim = make_claim(f"11042-{modifier}", f"97597-{modifier}")
    for weighed in weigh(*claim.lines, CLAIM_DAY, PRACTITIONER, a_reference()):
        assert (weighed.counts_as, weighed.why) == (QUESTIONABLE, Why.SAME_SITE)


@pytest.mark.parametrize("modifier", ["58", "59", "79", "XS"])
def test_the_same_modifier_on_both_lines_is_only_a_fault_where_it_names_a_site(modifier):
    claim = make_claim(f"11042-{modifier}", f"97597-{modifier}")
    assert all(weighed.why is None for weighed in weigh(*claim.lines, CLAIM_DAY, PRACTITIONER, a_reference()))


# --- On the date of service ---


@pytest.mark.parametrize(
    ("modifier", "first"), [("XE", 2015), ("XP", 2015), ("XS", 2015), ("XU", 2015), ("LM", 2013), ("RI", 2013)]
)
def test_the_youngest_do_not_count_before_they_began_even_without_a_release(modifier, first):
    reference = a_reference(hcpcs=None)
    assert exists_on(date(first, 1, 1), modifier, reference)
    assert not exists_on(date(first - 1, 12, 31), modifier, reference)


def test_a_modifier_that_ended_counts_until_its_last_day():
    ended = ModifierRow("LT", date(2000, 1, 1), CLAIM_DAY)
    assert worth("11042", "97597-LT", PRACTITIONER, CLAIM_DAY, ended) == GOOD
    assert worth("11042", "97597-LT", PRACTITIONER, date(2026, 7, 16), ended) == (None, Why.NOT_VALID_ON_DATE)


def told(*lines, rows=(), day=CLAIM_DAY, **releases):
    """The subjects of what is said of modifiers alone."""
    found = check(make_claim(*lines, day=day), a_reference(*rows, **releases))
    return [finding.subject for finding in found if finding.kind == Kind.MODIFIER]


def test_a_letter_modifier_missing_from_a_complete_release_is_told():
    assert told("11042-GA-ZQ", rows=[ModifierRow("GA", None, None)]) == ["ZQ@1"]


@pytest.mark.parametrize("hcpcs", [None, a_release("hcpcs", is_starter=True), a_release("hcpcs", partial=True)])
def test_nothing_is_told_of_a_modifier_that_an_incomplete_release_lacks(hcpcs):
    assert told("11042-ZQ", hcpcs=hcpcs) == []


def test_nothing_can_be_said_of_the_modifiers_that_the_ama_keeps():
    assert told("11042-25-99-1P-8P") == []


def test_a_modifier_not_yet_or_no_longer_valid_is_told_with_its_row():
    row = ModifierRow("GD", date(2005, 1, 1), date(2019, 12, 31))
    assert told("11042-GD", rows=[row]) == ["GD@1"]
    assert told("11042-GD", rows=[row], day=date(2019, 12, 31)) == []
    assert told("11042-GD", rows=[row], day=date(2004, 12, 31)) == ["GD@1"]
    assert told("97597", "11042-XS", hcpcs=None, day=date(2014, 12, 31)) == ["XS@2"]


def test_a_modifier_has_to_be_valid_on_every_day_of_a_span():
    row = ModifierRow("GD", None, date(2026, 7, 2))
    assert told("11042-GD@2026-07-01..2026-07-02", rows=[row]) == []
    assert told("11042-GD@2026-07-01..2026-07-03", rows=[row]) == ["GD@1"]
