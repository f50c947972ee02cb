from datetime import date
from types import SimpleNamespace

import pytest

from catalog.edit_words import (
    LAST_DAY,
    NotCompared,
    addon_uncovered_words,
    indicator_words,
    is_incomplete,
    mai_words,
    no_addon_words,
    no_mue_words,
    standing_words,
    type_words,
    uncovered_words,
    zero_words,
)
from catalog.edits import Standing

QUARTER = {"first_day": date(2024, 7, 1), "last_day": date(2024, 9, 30)}
SUMMER = SimpleNamespace(title="July 2024", partial=False, is_starter=False, **QUARTER)
CUT = SimpleNamespace(title="July 2024", partial=True, is_starter=False, **QUARTER)
STARTER = SimpleNamespace(title="Starter set", partial=False, is_starter=True, **QUARTER)


def row(indicator: str, deletion_date: date | None = None) -> SimpleNamespace:
    return SimpleNamespace(
        column_one="45385",
        column_two="45378",
        effective_date=date(2003, 1, 1),
        deletion_date=deletion_date,
        modifier_indicator=indicator,
    )


def all_of(verdict) -> str:
    return " ".join([verdict.chip, verdict.short, verdict.headline, *verdict.sentences, verdict.change])


EVERY_VERDICT = [
    standing_words(Standing.APPLIES, row("0"), SUMMER),
    standing_words(Standing.APPLIES, row("1"), SUMMER),
    standing_words(Standing.DELETED, row("1", date(2018, 12, 31)), SUMMER),
    standing_words(Standing.NOT_YET_EFFECTIVE, row("1"), SUMMER),
    standing_words(Standing.VOID, row("9", date(2003, 1, 1)), SUMMER),
    *(standing_words(Standing.NONE, None, release) for release in (SUMMER, CUT, STARTER)),
    *(standing_words(standing, None, SUMMER) for standing in NotCompared),
    standing_words(NotCompared.NOT_LOADED),
    *(words(release) for words in (no_mue_words, no_addon_words) for release in (SUMMER, CUT, STARTER, None)),
]


# --- Pairs ---


def test_indicator_0_denies_column_two_and_no_modifier_changes_it():
    said = standing_words(Standing.APPLIES, row("0"), SUMMER)
    assert (said.kind, said.chip) == ("deny", "Denied by edit")
    assert said.headline == "45378 is denied beside 45385 by this edit"
    assert said.change == "No modifier does. Indicator 0."


def test_indicator_1_denies_column_two_unless_the_record_shows_separate_services():
    said = standing_words(Standing.APPLIES, row("1"), SUMMER)
    assert (said.kind, said.chip, said.short) == ("cond", "Denied unless distinct", "Unless distinct")
    assert said.headline == "45378 is denied beside 45385 by this edit, unless the services are distinct"
    assert "bypassed" in said.change
    assert "when the record shows separate services" in said.change


def test_an_ended_edit_says_its_last_day_and_is_no_permission():
    said = standing_words(Standing.DELETED, row("1", date(2018, 12, 31)), SUMMER)
    assert (said.kind, said.chip) == ("off", "Edit not in force")
    assert "ended before this date" in said.headline
    assert "Dec 31, 2018" in all_of(said)
    assert "no permission" in all_of(said)


def test_a_coming_edit_says_its_first_day():
    said = standing_words(Standing.NOT_YET_EFFECTIVE, row("0"), SUMMER)
    assert (said.kind, said.short) == ("off", "Not in force")
    assert "It starts on Jan 1, 2003." in all_of(said)


def test_a_withdrawn_edit_is_not_called_deleted():
    said = standing_words(Standing.VOID, row("9", date(2003, 1, 1)), SUMMER)
    assert said.headline == "The edit was withdrawn from its start"
    assert "deleted" not in all_of(said)


def test_no_edit_on_file_names_the_release_and_is_no_permission():
    said = standing_words(Standing.NONE, None, SUMMER)
    assert (said.kind, said.chip) == ("none", "No edit on file")
    assert said.headline == "No edit on file in July 2024 for this setting"
    assert "unlisted combinations must still be coded correctly" in all_of(said)


@pytest.mark.parametrize("release", [CUT, STARTER])
def test_a_pair_missing_from_an_incomplete_release_is_not_checked(release):
    said = standing_words(Standing.NONE, None, release)
    assert is_incomplete(release)
    assert (said.kind, said.chip) == ("unk", "Not checked")
    assert "No edit on file" not in all_of(said)
    assert not is_incomplete(SUMMER)


def test_a_date_beyond_the_data_names_the_newest_release_and_says_nothing_else():
    said = standing_words(NotCompared.NOT_LOADED, None, SUMMER)
    assert (said.chip, said.headline) == ("Not checked", "Data for that date is not loaded")
    assert said.sentences == ("The newest loaded table is July 2024. It answers up to Sep 30, 2024.",)
    assert standing_words(NotCompared.NOT_LOADED).sentences == ("No table of this setting is loaded.",)


def test_of_starter_data_only_the_quarter_is_said_to_be_answered():
    (said,) = standing_words(NotCompared.NOT_LOADED, None, STARTER).sentences
    assert said == "Only starter data is loaded. It answers for Jul 1, 2024 to Sep 30, 2024."


def test_a_day_that_no_loaded_release_covers_is_after_it_or_before_ncci():
    assert uncovered_words(SUMMER, date(2024, 10, 1)) == standing_words(NotCompared.NOT_LOADED, None, SUMMER)
    assert uncovered_words(SUMMER, date(1995, 12, 31)).headline == "The date is before NCCI began"


@pytest.mark.parametrize("release", [CUT, STARTER])
@pytest.mark.parametrize(
    ("standing", "found", "reason"),
    [
        (Standing.DELETED, row("1", date(2018, 12, 31)), "An edit existed and ended before this date."),
        (Standing.NOT_YET_EFFECTIVE, row("1"), "An edit starts after this date."),
        (Standing.VOID, row("9", date(2003, 1, 1)), "The edit was withdrawn from its start."),
    ],
)
def test_of_an_incomplete_release_a_row_not_in_force_settles_nothing(standing, found, reason, release):
    said = standing_words(standing, found, release)
    assert (said.kind, said.chip, said.short) == ("unk", "Not checked", "Not checked")
    assert said.headline.endswith("no edit of this pair in force")
    assert said.sentences[0] == reason
    assert "another edit of the pair may be missing here" in said.sentences[-1]
    assert "missing here" not in all_of(standing_words(standing, found, SUMMER))


def test_the_day_that_a_deletion_date_counts_is_our_reading():
    assert LAST_DAY.startswith("No sentence of CMS’s was found")


def test_dme_suppliers_have_no_pair_table():
    assert standing_words(NotCompared.NO_TABLE).chip == "No pair table exists"


@pytest.mark.parametrize("said", EVERY_VERDICT, ids=lambda said: said.headline)
@pytest.mark.parametrize("promise", ["allowed", "will be paid", "may be billed together", "59", "approved"])
def test_no_verdict_promises_anything_or_names_a_modifier_to_add(said, promise):
    assert promise not in all_of(said)


def test_what_is_no_standing_is_refused():
    with pytest.raises(ValueError, match="hopeful"):
        standing_words("hopeful")


def test_each_indicator_has_its_meaning_and_0_and_1_are_not_swapped():
    assert indicator_words("0").short == "No modifier bypasses it"
    assert "unless" not in indicator_words("0").long
    assert indicator_words("1").short == "A modifier may bypass it"
    assert "record supports it" in indicator_words("1").long
    assert "never applies" in indicator_words("9").long
    assert indicator_words("7") == ("", "")


# --- Units ---


def test_mai_1_is_tested_line_by_line_and_denies_that_line():
    said = mai_words("1")
    assert said.per == "per claim line"
    assert "The whole line is denied by this edit" in said.over


@pytest.mark.parametrize("mai", ["2", "3"])
def test_mai_2_and_3_are_tested_by_day_and_modifiers_do_not_split(mai):
    said = mai_words(mai)
    assert said.per == "per date of service"
    assert "Modifiers do not split" in said.tested
    assert "All units of that date are denied by this edit" in said.over


def test_only_a_clinical_day_limit_may_be_exceeded_after_review():
    assert mai_words("2").more.startswith("No.")
    assert mai_words("3").more.startswith("Perhaps.")
    assert mai_words("4").label == ""


def test_zero_is_not_payable_in_its_setting_and_not_without_limit():
    assert zero_words("practitioner").startswith("Not payable to practitioners under this edit:")
    assert zero_words("dme_supplier").startswith("Not payable to DME suppliers under this edit:")
    assert "does not mean that there is no limit" in zero_words("outpatient_hospital")


def test_a_code_without_a_published_value_may_still_have_a_limit():
    said = no_mue_words(SUMMER)
    assert (said.chip, said.headline) == ("No published value", "No value is published for this code in July 2024")
    assert "confidential" in all_of(said)
    assert "not the same as no limit" in all_of(said)


def test_add_on_edits_are_not_checked_on_a_day_that_the_table_does_not_cover():
    late, early = (addon_uncovered_words(SUMMER, day) for day in (date(2024, 10, 1), date(2013, 3, 31)))
    assert late.chip == early.chip == "Not checked"
    assert late.headline == "Data for that date is not loaded"
    assert (early.headline, early.sentences) == (
        "The date is before the first add-on code edits",
        ("They took effect on Apr 1, 2013.",),
    )


@pytest.mark.parametrize("words", [no_mue_words, no_addon_words])
@pytest.mark.parametrize("release", [CUT, STARTER, None])
def test_what_is_missing_from_an_incomplete_table_is_not_checked(words, release):
    assert words(release).chip == "Not checked"


def test_a_quarter_without_a_table_is_not_checked_and_named():
    assert no_mue_words(None, "2026Q4").headline == "No table of 2026Q4 is loaded"


# --- Add-on codes ---


def test_a_missing_add_on_edit_leaves_room_for_the_lists_of_contractors():
    said = no_addon_words(SUMMER)
    assert (said.chip, said.headline) == (
        "No edit on file",
        "No edit of this add-on code and primary is on file in July 2024",
    )
    assert "Contractors may have lists of their own" in all_of(said)


def test_each_type_says_who_lists_the_primaries():
    assert "must deny" in type_words("1").long
    assert "CMS lists no primary" in type_words("2").long
    assert "may accept others" in type_words("3").long
    assert type_words("4") == ("", "")
