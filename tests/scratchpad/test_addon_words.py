from datetime import date

from scratchpad.addon_words import addon_text
from scratchpad.findings import Kind, Status
from tests.scratchpad.worded import addon, claim, line, of_line, release

ALONE = claim("11042")


def text(status: Status, *rows, about=ALONE, **fields):
    return addon_text(of_line(Kind.ADDON, status, rows[0] if rows else None, rows=rows, **fields), about)


def told(*args, **fields) -> str:
    said = text(*args, **fields)
    return " ".join((said.headline, *said.sentences, said.change, said.seen))


def test_a_missing_primary_is_told_in_the_words_of_the_design_and_its_list_is_named():
    said = text(Status.PRIMARY_MISSING, addon(primary="97597"), addon(primary="11043"))
    assert said.headline == "11042 is an add-on; no listed primary is on this claim"
    assert "Listed on this date: 11043 and 97597." in said.sentences
    assert said.sentences[0].startswith("Type 1. The listed primaries are all there are.")


def test_a_long_list_of_primaries_is_counted():
    rows = [addon(primary=str(code)) for code in range(10000, 10020)]
    assert "Its list names 20 primaries on this date, from 10000 to 10019." in told(Status.PRIMARY_MISSING, *rows)


def test_primaries_that_had_ended_are_not_listed():
    rows = (addon(primary="11043"), addon(primary="11044", deletion=date(2020, 12, 31)))
    assert "Listed on this date: 11043." in told(Status.PRIMARY_MISSING, *rows)


def test_a_listed_primary_of_another_date_or_provider_is_pointed_out():
    two = claim(line(1, "11042"), line(2, "97597", provider="B"))
    said = text(Status.PRIMARY_MISSING, addon(), about=two)
    assert said.headline == "11042 is an add-on; its listed primary is of another date or provider"
    assert "A listed primary is on line 2, but on another date or by another provider." in said.sentences


def test_an_add_on_that_lists_itself_is_not_its_own_primary_elsewhere():
    assert "another date" not in told(Status.PRIMARY_MISSING, addon(primary="11042"))


def test_a_denied_primary_takes_its_add_on_along():
    said = told(Status.PRIMARY_DENIED, addon(), others=(2,))
    assert "its primary is itself at risk" in said
    assert "Its listed primary is on line 2" in said
    assert "takes its add-on code along" in said


def test_a_list_of_the_contractors_is_asked_of_them_and_its_marker_is_no_code():
    said = told(Status.CONTRACTOR_DEFINED, addon("2", "CCCCC", note="Contractor Defined Primary Codes"))
    assert "ask the one that gets the claim" in said
    assert "CMS notes beside it: “Contractor Defined Primary Codes”" in said
    assert "CCCCC" not in said


def test_an_open_list_may_have_more():
    assert "A contractor may accept others as well." in told(Status.PRIMARY_NOT_LISTED, addon("3"))


def test_reason_codes_of_add_ons_are_from_secondary_sources_and_leave_out_what_was_not_verified():
    seen = text(Status.PRIMARY_MISSING, addon()).seen
    assert seen.startswith("Often seen, from secondary sources: RARC N122")
    assert "107" not in seen


def test_critical_care_may_stand_alone_and_is_asked_about():
    finding = of_line(Kind.ADDON, Status.EXCEPTION_99292, addon(), rows=(addon(),))._replace(codes=("99292",))
    said = addon_text(finding, ALONE)
    assert said.headline == "99292 may stand alone if a colleague of the same group reported the first hour"
    assert "30.6.12" in said.sentences[0]


def critical_care(*others) -> str:
    about = claim(line(1, "99292", provider="A"), *others)
    row = addon(primary="99291")
    finding = of_line(Kind.ADDON, Status.EXCEPTION_99292, row, rows=(row,))._replace(codes=("99292",))
    return " ".join(addon_text(finding, about).sentences)


def test_the_first_hour_reported_by_a_colleague_is_pointed_out_and_the_group_left_open():
    said = critical_care(line(2, "99291", provider="B"))
    assert "Line 2 reports 99291 by another provider." in said
    assert "cannot show whether both belong to one group and specialty" in said
    assert "Did somebody" not in said


def test_the_first_hour_of_another_day_is_none_of_a_colleague_that_day():
    assert "Did somebody report 99291 that day?" in critical_care(
        line(2, "99291", day=date(2024, 8, 16), provider="B")
    )


def test_several_primaries_at_risk_are_spoken_of_in_the_plural():
    said = told(Status.PRIMARY_DENIED, addon(), others=(2, 3))
    assert "Listed primaries are on lines 2 and 3, and those lines are at risk by findings of their own." in said


def test_an_incomplete_table_finds_no_primary_and_does_not_miss_one():
    part = release("addon", partial=True)
    said = told(Status.DATA_NOT_LOADED, addon(primary="11043"), release=part)
    assert "11042: what is loaded of July 2024 has no row in force with a primary on this claim" in said
    assert "CMS’s file may well have one" in said
    assert "No primary was looked for" not in said


def test_an_edit_not_in_force_names_its_last_or_first_day():
    assert "It ended on Dec 31, 2020" in told(Status.EDIT_INACTIVE, addon(deletion=date(2020, 12, 31)))
    later = addon()._replace(effective_date=date(2025, 1, 1))
    assert "It starts on Jan 1, 2025." in told(Status.EDIT_INACTIVE, later)


def test_a_date_beyond_the_table_names_the_newest_one():
    late = claim(line(1, "11042", day=date(2025, 2, 3)))
    assert "The newest loaded table is July 2024." in told(Status.DATA_NOT_LOADED, about=late)
    assert "no table of add-on codes is loaded" in told(Status.DATA_NOT_LOADED, about=late, release=None)
    starter = release("addon", "Starter set", is_starter=True)
    assert "Only starter data is loaded." in told(Status.DATA_NOT_LOADED, about=late, release=starter)
