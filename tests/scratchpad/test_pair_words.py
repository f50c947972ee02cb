from datetime import date

import pytest

from catalog.modifiers import NCCI_ASSOCIATED
from scratchpad.findings import Remark, Status, Why
from scratchpad.modifier_words import modifier_label, weighed_words
from scratchpad.pair_words import pair_text
from tests.scratchpad.worded import TWO_LINES, claim, line, pair, ptp, release, weighed

BYPASSED = Status.BYPASSED_BY_MODIFIER
STARTER = release(title="Starter set", is_starter=True)
PARTIAL = release(partial=True)


def text(status: Status, row=None, about=TWO_LINES, **fields):
    return pair_text(pair(status, row, **fields), about)


def told(*args, **fields) -> str:
    said = text(*args, **fields)
    return " ".join((said.headline, *said.sentences, said.change, said.seen))


# --- Edits in force ---


def test_indicator_0_is_told_in_the_words_of_the_design():
    said = text(Status.EDIT_APPLIES, ptp("0"))
    assert said.headline == "97597 is denied beside 11042 by this edit"
    assert said.change == "No modifier does. Indicator 0."


def test_indicator_1_says_what_would_have_to_be_true_and_names_no_modifier():
    said = text(Status.EDIT_APPLIES, ptp("1"))
    assert said.headline == "97597 is denied beside 11042 by this edit, unless the services are distinct"
    assert "may be bypassed when the record shows separate services" in said.change
    assert "This site never adds one for you." in said.change


def test_an_edit_that_applies_names_lines_columns_reason_and_days():
    sentences = text(Status.EDIT_APPLIES, ptp("0", deletion=date(2025, 12, 31))).sentences
    assert sentences[0].startswith(
        "11042 on line 1 is column one, the eligible code; 97597 on line 2 is column two"
    )
    assert sentences[1] == (
        "As a rule, the column two code is not meant for what is done along with column one. That is CMS’s reason "
        "in our words."
    )
    assert sentences[2] == "In force from Jan 1, 2003 to Dec 31, 2025, counted here as its last day."


def test_the_denied_line_is_the_one_of_column_two_wherever_it_stands():
    reversed_pair = pair(Status.EDIT_APPLIES, ptp("0"))._replace(lines=(2, 1))
    assert "97597 on line 1 is column two" in pair_text(reversed_pair, TWO_LINES).sentences[0]


def test_a_reason_without_words_of_ours_is_quoted():
    row = ptp("0")._replace(rationale="A new reason")
    assert "CMS gives as its reason: “A new reason”." in text(Status.EDIT_APPLIES, row).sentences
    assert "reason" not in told(Status.EDIT_APPLIES, row._replace(rationale=""))


def test_reason_codes_are_numbers_that_differ_between_payers_and_leave_the_patient_out():
    seen = text(Status.EDIT_APPLIES, ptp("0")).seen
    for part in ("CARC 236 with group CO", "CARC 97", "Payers differ.", "an ABN does not change that"):
        assert part in seen


def test_starter_rows_do_not_say_when_the_edit_began():
    said = told(Status.EDIT_APPLIES, ptp("0"), release=STARTER)
    assert "2003" not in said
    assert "not in the starter set" in said


# --- Bypasses ---


def test_a_bypass_names_the_modifier_its_line_and_what_the_record_must_support():
    said = text(BYPASSED, ptp(), weighed=(weighed("59", 2, BYPASSED), weighed("76", 2, None, Why.NOT_IN_LIST)))
    assert said.headline == "97597 beside 11042: bypassed by 59 on line 2"
    assert said.sentences[1] == (
        "The edit is in force, and the modifier lifts it: indicator 1. The record must support 59 (separate, "
        "distinct service) for this very pair, 97597 beside 11042. If it does not, 97597 is denied by this edit."
    )
    assert "76 on line 2 has no effect: not NCCI-associated." in said.sentences


@pytest.mark.parametrize(("on", "column"), [((1,), "column one"), ((2,), "column two"), ((1, 2), "both")])
@pytest.mark.parametrize(
    ("status", "why"),
    [
        (BYPASSED, None),
        (Status.BYPASS_QUESTIONABLE, Why.A_VISIT),
        (Status.BYPASS_UNVERIFIED, Why.COLUMN_ONE_HOSPITAL),
    ],
)
def test_whatever_a_modifier_does_its_pair_says_which_line_is_which_column(status, why, on, column):
    said = text(status, ptp(), weighed=tuple(weighed("59", line, status, why) for line in on))
    assert said.sentences[0] == (
        f"11042 on line 1 is column one, 97597 on line 2 column two; 59 stands on {column}."
    )


def test_two_modifiers_that_bypass_are_both_named():
    said = text(BYPASSED, ptp(), weighed=(weighed("RT", 1, BYPASSED), weighed("LT", 2, BYPASSED)))
    assert said.headline == "97597 beside 11042: bypassed by RT on line 1 and LT on line 2"
    assert said.sentences[0].endswith("; RT stands on column one and LT stands on column two.")
    assert "RT (right side) and LT (left side)" in said.sentences[1]
    assert said.sentences[1].startswith("The edit is in force, and the modifiers lift it")


def test_one_modifier_on_both_lines_lifts_an_edit_in_the_singular():
    said = text(BYPASSED, ptp(), weighed=(weighed("59", 1, BYPASSED), weighed("59", 2, BYPASSED)))
    assert said.sentences[1].startswith("The edit is in force, and the modifier lifts it")


def test_all_modifiers_without_effect_under_indicator_0_share_a_sentence():
    both = [weighed("RT", on, None, Why.INDICATOR_ZERO) for on in (1, 2)]
    assert weighed_words([*both, weighed("59", 2, None, Why.INDICATOR_ZERO)], {1: "11042", 2: "97597"}) == (
        "RT on lines 1 and 2 and 59 on line 2 have no effect on this pair: under indicator 0, no modifier does.",
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [("99213", "99213 is a visit code."), ("92014", "92014 is treated here like a visit code.")],
)
def test_eye_visits_are_only_treated_like_visits(code, words):
    assert weighed_words([weighed("59", 1, None, Why.A_VISIT)], {1: code})[0].endswith(words)


def test_a_rationale_under_indicator_1_does_not_forbid_what_the_indicator_permits():
    said = told(Status.EDIT_APPLIES, ptp("1")._replace(rationale="CPT Manual or CMS manual coding instruction"))
    assert "reported: as a rule, not both together. That is CMS’s reason in our words." in said


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (weighed("25", 2, None, Why.NOT_A_VISIT), "25 on line 2 describes a visit, and 97597 is no visit code."),
        (weighed("91", 1, None, Why.NOT_A_TEST), "11042 is no laboratory code."),
        (weighed("XU", 2, None, Why.A_VISIT), "XU on line 2 is for services other than visits"),
        (weighed("27", 2, None, Why.FACILITY_MODIFIER), "is generally taken to be"),
        (weighed("59", 1, None, Why.COLUMN_ONE_EARLIER), "59 on line 1 has no effect: before Jul 1, 2019"),
        (weighed("59", 1, None, Why.COLUMN_ONE_HOSPITAL), "no source was found"),
        (weighed("LM", 2, None, Why.NOT_VALID_ON_DATE), "LM on line 2 has no effect: not valid then."),
        (weighed("59", 2, None, Why.INDICATOR_ZERO), "under indicator 0, no modifier does."),
        (weighed("76", 2, None, Why.NOT_IN_LIST), "76 on line 2 has no effect: not NCCI-associated."),
    ],
    ids=lambda value: value.why if hasattr(value, "why") else "",
)
def test_each_modifier_says_what_it_did_or_why_it_did_nothing(one, sentence):
    assert sentence in weighed_words([one], {1: "11042", 2: "97597"})[0]


def test_no_two_reasons_of_a_modifier_sound_alike():
    said = {weighed_words([weighed("59", 1, None, why)], {1: "11042"}) for why in Why}
    assert len(said) == len(Why)


def test_a_modifier_on_both_lines_is_spoken_of_once():
    both = [weighed("RT", on, Status.BYPASS_QUESTIONABLE, Why.SAME_SITE) for on in (1, 2)]
    assert weighed_words(both, {1: "11042", 2: "97597"}) == (
        "RT on both lines declares the same site, so it is not read here as a separate one.",
    )


def test_every_ncci_associated_modifier_has_a_label():
    unlabelled = [one for group in NCCI_ASSOCIATED.values() for one in group if not modifier_label(one)]
    assert unlabelled == []
    assert modifier_label("ZZ") == ""


def test_an_unverified_placement_says_which_one_is_known():
    said = told(
        Status.BYPASS_UNVERIFIED,
        ptp(),
        weighed=(weighed("59", 1, Status.BYPASS_UNVERIFIED, Why.COLUMN_ONE_HOSPITAL),),
    )
    assert "placement of 59 on line 1 is not confirmed for this setting" in said
    assert "The column two line, here line 2 with 97597, is the place CMS has always named for it." in said


@pytest.mark.parametrize("remark", Remark)
def test_every_remark_has_words(remark):
    later = ptp(effective=date(2025, 1, 1))
    plain = text(Status.EDIT_DELETED, ptp(deletion=date(2020, 12, 31)))
    noted = text(Status.EDIT_DELETED, ptp(deletion=date(2020, 12, 31)), remarks=(remark,), later=later)
    assert len(noted.sentences) == len(plain.sentences) + 1


# --- Edits not in force, and none ---


def test_an_ended_edit_names_its_last_day_and_the_next_edit():
    later = ptp(effective=date(2025, 1, 1))
    said = told(Status.EDIT_DELETED, ptp(deletion=date(2020, 12, 31)), remarks=(Remark.LATER_ROW,), later=later)
    assert "97597 beside 11042: edit deleted before this date" in said
    assert "Dec 31, 2020" in said
    assert "Another edit of this pair starts on Jan 1, 2025." in said


def test_a_withdrawn_edit_is_not_said_to_be_deleted():
    assert "deleted" not in told(Status.EDIT_VOID, ptp("9", deletion=date(2003, 1, 1)))


def test_no_edit_on_file_names_the_release_and_is_no_permission():
    said = told(Status.NO_EDIT_ON_FILE)
    assert "no edit on file in July 2024" in said
    assert "unlisted combinations must still be coded correctly" in said


def test_an_incomplete_table_that_has_no_row_says_what_it_is():
    assert "the starter set has no edit of this pair" in told(Status.DATA_NOT_LOADED, release=STARTER)
    assert "what is loaded of July 2024 has no edit" in told(Status.DATA_NOT_LOADED, release=PARTIAL)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ptp(deletion=date(2020, 12, 31)), "existed and ended before this date"),
        (ptp(effective=date(2024, 9, 1)), "starts after this date"),
        (ptp("9", deletion=date(2003, 1, 1)), "withdrawn from its start"),
    ],
)
def test_a_row_not_in_force_of_an_incomplete_table_is_told_as_not_checked(row, words):
    said = told(Status.DATA_NOT_LOADED, row, release=PARTIAL)
    assert "no edit of this pair in force" in said
    assert words in said


def test_a_date_beyond_the_table_names_the_newest_one():
    late = claim(line(1, "11042", day=date(2025, 2, 3)), line(2, "97597", day=date(2025, 2, 3)))
    said = told(Status.DATA_NOT_LOADED, about=late)
    assert "The newest loaded table is July 2024. It answers up to Sep 30, 2024." in said


def test_without_a_table_that_is_said():
    assert "No table of this setting is loaded." in told(Status.DATA_NOT_LOADED, release=None)


def test_other_providers_are_named_by_letter_and_the_group_only_as_a_maybe():
    two = claim(line(1, "11042", provider="A"), line(2, "97597", provider="B"))
    said = told(Status.DIFFERENT_PROVIDER, about=two)
    assert "these two lines name different ones, A and B." in said
    assert "As is generally said, some rules count physicians of one group and specialty as one" in said


def test_a_line_that_names_no_provider_is_not_said_to_name_another():
    two = claim(line(1, "11042"), line(2, "97597", provider="B"))
    said = told(Status.DIFFERENT_PROVIDER, about=two)
    assert said.startswith("97597 with 11042: not compared, line 1 names no provider")
    assert "different" not in said


def test_a_pair_of_lines_with_several_days_in_common_names_the_day_that_is_told():
    spans = claim(*(line(at, code, last_day=date(2024, 8, 20)) for at, code in enumerate(("11042", "97597"), 1)))
    about = "The lines have several days in common; this is said of Aug 16, 2024."
    day = date(2024, 8, 16)
    assert text(Status.EDIT_APPLIES, ptp("0"), spans, day=day).sentences[-1] == about
    assert about not in text(Status.EDIT_APPLIES, ptp("0"), day=day).sentences
