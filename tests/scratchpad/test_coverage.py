from datetime import date

from scratchpad.coverage import coverage
from scratchpad.reference import AddOnRow, ModifierRow, MueRow, Reference
from scratchpad.rules import check
from tests.scratchpad.worded import CODES, COMPLETE, EDIT, STARTER, claim, line, loaded, release


def covered(reference: Reference, *typed, **fields) -> dict[str, str]:
    """The table as people read it, gaps between stars."""
    about = claim(*(typed or CODES), **fields)
    return {
        row.what: ", ".join(f"*{count} {text}*" if gap else f"{count} {text}" for text, count, gap in row.answers)
        for row in coverage(about, reference, check(about, reference))
    }


def test_every_table_that_was_asked_has_its_row():
    edited = loaded(pairs={("45378", "45385"): (EDIT,)})
    assert covered(edited) == {
        "Pair edits, practitioner": "1 in force, 2 no edit on file",
        "Unit limits, practitioner": "3 within",
        "Add-on codes": "0 add-on codes on this claim",
        "Level II codes on the date": "1 in force",
        "Level I codes on the date": "*2 not checked: CPT list needs a license*",
    }


def test_a_row_says_what_was_asked_and_of_which_release():
    about = claim(*CODES)
    rows = coverage(about, loaded(), check(about, loaded()))
    assert [(row.asked, row.release and row.release.dataset) for row in rows] == [
        ("3 pairs", "ptp"),
        ("3 lines", "mue"),
        ("3 lines", "addon"),
        ("1 code", "hcpcs"),
        ("2 codes", None),
    ]


def test_with_nothing_loaded_everything_is_a_gap():
    found = covered(Reference())
    assert all(answers.startswith("*") for answers in found.values())
    assert found["Add-on codes"] == "*3 not checked*"


def test_pairs_that_cannot_be_compared_are_counted_by_reason():
    lines = (
        line(1, "11042"),
        line(2, "97597", day=date(2024, 8, 16)),
        line(3, "17000", provider="B"),
        line(4, "11042"),
    )
    assert covered(loaded(), *lines)["Pair edits, practitioner"] == (
        "*2 not compared: different dates*, *3 not compared: a line names no provider*, "
        "1 of one code twice: only units count"
    )


def test_pairs_of_two_named_providers_are_counted_as_of_different_ones():
    lines = line(1, "11042", provider="A"), line(2, "97597", provider="B")
    assert covered(loaded(), *lines)["Pair edits, practitioner"] == "*1 not compared: different providers*"


def test_dme_suppliers_have_no_pair_table():
    about = claim(*CODES, setting="dme_supplier")
    row = coverage(about, loaded(), check(about, loaded()))[0]
    assert (row.source, row.answers[0].text) == ("none exists", "pairs: Medicare has no such table")


def test_one_line_is_no_pair():
    row = coverage(claim("45385"), loaded(), check(claim("45385"), loaded()))[0]
    assert (row.asked, row.answers) == ("0 pairs", (("pair to compare: one line", 0, False),))


def test_without_a_line_that_can_be_read_there_is_no_pair_either():
    unread = claim(line(1, "45385", day=None))
    row = coverage(unread, loaded(), check(unread, loaded()))[1]
    assert (row.asked, row.answers) == ("0 pairs", (("pair to compare: no line", 0, False),))


def test_an_edit_withdrawn_from_its_start_is_counted_as_that():
    void = EDIT._replace(modifier_indicator="9", deletion_date=EDIT.effective_date)
    found = covered(loaded(pairs={("45378", "45385"): (void,)}))
    assert found["Pair edits, practitioner"] == "1 withdrawn from its start, 2 no edit on file"


def test_codes_of_no_loaded_list_name_who_keeps_them_or_when_they_ended():
    about = claim("11042", "D0120", "W1234")
    rows = coverage(about, loaded(), check(about, loaded()))
    assert [(row.what, row.source) for row in rows if "codes on the date" in row.what] == [
        ("Level I codes on the date", "kept by the AMA"),
        ("Dental codes on the date", "kept by the ADA"),
        ("Local codes on the date", "ended 2003"),
    ]


def test_units_of_a_span_are_counted_under_the_quarter_that_answers_for_some_of_its_days():
    span = claim(line(1, "J1885", 8, date(2024, 9, 29), last_day=date(2024, 10, 2)))
    row = coverage(span, loaded(), check(span, loaded()))[1]
    assert (row.release, row.missing) == (release("mue"), 1)
    assert row.answers == (("within on the loaded days, not checked on the others", 1, True),)
    assert row.why == (
        "Unit limits: 1 line not checked on all its days. J1885: for Sep 29 to Sep 30, 2024, July 2024 (2024Q3) "
        "answers: 2 units a day, within the limit of 8 per date of service. Oct 1 to Oct 2, 2024 are not loaded."
    )


def test_a_quarter_of_units_that_is_not_loaded_is_named_with_the_nearest():
    late = claim(line(1, "J1885", day=date(2025, 1, 2)))
    row = coverage(late, loaded(), check(late, loaded()))[1]
    assert row.why == (
        "Unit limits: 1 line not checked. No table of 2025Q1 is loaded. Each quarter has its own table of values. "
        "The nearest loaded one is July 2024 (2024Q3)."
    )


def test_an_unpublished_unit_limit_is_a_gap():
    assert (
        covered(loaded(), "J9999")["Unit limits, practitioner"] == "*1 no value published (may be confidential)*"
    )


def test_each_quarter_that_answers_units_has_its_row():
    autumn = release("mue", "October 2024")._replace(
        quarter="2024Q4", first_day=date(2024, 10, 1), last_day=date(2024, 12, 31)
    )
    values = COMPLETE["mues"] | {("2024Q4", "J1885"): MueRow("J1885", 8, "3")}
    both = loaded(mue={"2024Q3": release("mue"), "2024Q4": autumn}, mues=values)
    about = claim(line(1, "45385"), line(2, "J1885", day=date(2024, 10, 1)))
    rows = [row for row in coverage(about, both, check(about, both)) if row.what.startswith("Unit")]
    assert [(row.release.title, row.answers[0].text) for row in rows] == [
        ("July 2024", "within"),
        ("October 2024", "within"),
    ]


def test_an_add_on_and_lines_that_are_none_are_told_apart():
    listed = AddOnRow("11045", "11042", "1", date(2013, 4, 1))
    found = covered(loaded(addons={"11045": (listed,)}), "11042", "11045")
    assert found["Add-on codes"] == "1 primary present, 1 no add-on"


def test_where_the_add_on_table_is_not_whole_a_line_without_rows_was_not_checked():
    assert covered(loaded(addon=release("addon", **STARTER)))["Add-on codes"] == "*3 not checked*"


def test_lines_that_could_not_be_read_are_counted():
    assert covered(loaded(), "J1885", "992")["Lines"] == "1 read, *1 not read, left out of every check*"


def test_modifiers_are_counted_by_who_keeps_them():
    rows = {"LT": ModifierRow("LT", None, None)}
    found = covered(loaded(modifiers=rows), "11042-LT-59", "97597-LT")
    assert found["Modifiers on the date"] == "1 in force, *1 not checked: the AMA keeps them*"


def test_codes_and_modifiers_are_not_checked_for_a_date_after_the_release_that_has_them():
    rows = {"LT": ModifierRow("LT", None, None)}
    late = line(1, "J1885-LT-ZQ", day=date(2024, 10, 1)), line(2, "J9999", day=date(2024, 10, 1))
    found = covered(loaded(modifiers=rows), *late)
    assert found["Level II codes on the date"] == (
        "*1 not in July 2024, not checked for this date*, *1 in July 2024, not checked for this date*"
    )
    assert found["Modifiers on the date"] == (
        "*1 in July 2024, not checked for this date*, *1 not in July 2024, not checked for this date*"
    )


def test_a_modifier_is_asked_for_the_days_of_its_own_lines():
    rows = {"LT": ModifierRow("LT", None, None)}
    found = covered(loaded(modifiers=rows), line(1, "11042-LT"), line(2, "97597", day=date(2024, 10, 1)))
    assert found["Modifiers on the date"] == "1 in force"
