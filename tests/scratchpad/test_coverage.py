from datetime import date

import pytest

from scratchpad.coverage import Tallied, coverage, headline, tally
from scratchpad.findings import Finding, Kind, Status
from scratchpad.reference import AddOnRow, CodeRow, ModifierRow, MueRow, PtpRow, Reference
from scratchpad.rules import check
from tests.scratchpad.worded import EVERY_FINDING, claim, line, release

CODES = ("45385", "45378", "J1885")
EDIT = PtpRow("45385", "45378", date(2003, 1, 1), None, "0", "More extensive procedure", "f3.txt", 7)
KETOROLAC = CodeRow("J1885", date(2001, 1, 1), None)
COMPLETE = {
    "hcpcs": release("hcpcs"),
    "ptp": release("ptp"),
    "mue": {"2024Q3": release("mue")},
    "newest_mue": release("mue"),
    "addon": release("addon"),
    "codes": {"J1885": KETOROLAC},
    "mues": {("2024Q3", code): MueRow(code, 8, "3") for code in CODES},
}
STARTER = {"is_starter": True, "title": "Starter set"}
NOT_A_PASS = ("clean", "allowed", "paid", "approved", "no problem")


def loaded(**other) -> Reference:
    return Reference(**COMPLETE | other)


def covered(reference: Reference, *typed, **fields) -> dict[str, str]:
    """The table as people read it, gaps between stars."""
    about = claim(*(typed or CODES), **fields)
    return {
        row.what: ", ".join(f"*{count} {text}*" if gap else f"{count} {text}" for text, count, gap in row.answers)
        for row in coverage(about, reference, check(about, reference))
    }


def sum_up(about, reference: Reference, findings):
    return headline(about, findings, coverage(about, reference, findings))


def summed(reference: Reference, *typed, **fields):
    about = claim(*(typed or CODES), **fields)
    return sum_up(about, reference, check(about, reference))


# --- The table ---


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


# --- Summing up ---


def test_a_release_that_ends_before_the_date_keeps_the_headline_from_reading_as_a_pass():
    summer = release("hcpcs", "April 2024")._replace(last_day=date(2024, 6, 30))
    title, sentence = summed(loaded(hcpcs=summer), "J1885")
    assert title == "Nothing found in what could be checked"
    assert "Level II codes: 1 code not checked. The newest loaded table is April 2024." in sentence


def test_a_claim_without_findings_is_no_approval():
    title, sentence = summed(loaded())
    assert title == "Nothing found in the loaded edits"
    assert sentence == (
        "3 pairs and 3 lines were looked up for Aug 15, 2024, practitioner. This is not an approval: coverage, "
        "medical necessity, payer rules and the patient’s other claims are outside these files."
    )


def test_one_line_alone_is_looked_up_in_the_singular():
    assert summed(loaded(), "J1885").sentence.startswith("1 line was looked up for Aug 15, 2024")


@pytest.mark.parametrize("missing", [{"ptp": None}, {"addon": None}, {"mue": {}}, {"hcpcs": None, "codes": {}}])
def test_where_a_table_is_missing_nothing_found_is_not_said_of_all_edits(missing):
    title, sentence = summed(loaded(**missing))
    assert title == "Nothing found in what could be checked"
    assert "not checked" in sentence


@pytest.mark.parametrize("dataset", ["ptp", "addon"])
@pytest.mark.parametrize("remark", [{"partial": True}, STARTER])
def test_where_a_table_is_incomplete_nothing_found_is_not_said_of_all_edits(dataset, remark):
    assert (
        summed(loaded(**{dataset: release(dataset, **remark)})).title == "Nothing found in what could be checked"
    )


def test_without_any_table_nothing_was_checked():
    title, sentence = summed(Reference())
    assert title == "Nothing was checked: no loaded table answers for Aug 15, 2024, practitioner"
    assert "Pair edits: 3 pairs not checked. No table is loaded." in sentence


def test_a_date_beyond_the_tables_names_the_newest_quarter():
    late = claim(*(line(at, code, day=date(2025, 1, 2)) for at, code in enumerate(CODES, 1)))
    title, sentence = sum_up(late, loaded(), check(late, loaded()))
    assert title.startswith("Nothing was checked")
    assert "The newest loaded table is July 2024. It answers up to Sep 30, 2024." in sentence
    assert "Each quarter has its own table. The newest loaded one is July 2024" in sentence


def test_pairs_that_were_not_compared_say_why():
    lines = line(1, "45385", provider="A"), line(2, "45378", provider="B"), line(3, "J1885", provider="B")
    assert "2 pairs were not compared: different providers." in summed(loaded(), *lines).sentence
    unnamed = lines[0], line(2, "45378")
    assert "1 pair was not compared: a line names no provider." in summed(loaded(), *unnamed).sentence


def test_a_line_left_out_keeps_the_headline_from_speaking_of_all():
    unread = claim(line(1, "45385"), line(2, "J1885", day=None))
    assert sum_up(unread, loaded(), check(unread, loaded())).title == "Nothing found in what could be checked"


def test_findings_in_starter_rows_are_said_to_be_that():
    starter = {
        "ptp": release("ptp", **STARTER),
        "mue": {},
        "newest_mue": None,
        "addon": None,
        "pairs": {("45378", "45385"): (EDIT,)},
    }
    assert summed(loaded(**starter)).title == "1 finding in sample rows, most not checked"


def test_findings_are_counted_and_what_was_not_checked_is_added():
    assert summed(loaded(pairs={("45378", "45385"): (EDIT,)})).title == "1 finding"
    assert summed(loaded(pairs={("45378", "45385"): (EDIT,)}, addon=None)).title == "1 finding, some not checked"


def test_the_headline_names_the_dates_of_the_lines():
    lines = line(1, "45385", day=date(2024, 8, 1)), line(2, "J1885", day=date(2024, 8, 3))
    assert "looked up for Aug 1, 2024 to Aug 3, 2024, practitioner." in summed(loaded(), *lines).sentence
    assert "looked up for Aug 1, 2024, practitioner." in summed(loaded(), lines[0]).sentence


def test_a_claim_without_lines_says_so():
    assert sum_up(claim(), loaded(), []).title == "No lines yet"


@pytest.mark.parametrize("finding", EVERY_FINDING, ids=lambda finding: f"{finding.kind}-{finding.status}")
def test_no_headline_reads_as_a_pass(finding):
    has_no_table = finding.status is Status.NOT_APPLICABLE_SETTING
    about = claim("11042", "97597", setting="dme_supplier" if has_no_table else "practitioner")
    title, sentence = sum_up(about, Reference(), [finding])
    assert not any(word in f"{title} {sentence}".lower() for word in NOT_A_PASS)


def test_the_tally_counts_by_kind_in_the_order_of_the_findings():
    denied = Finding(Kind.PTP, Status.EDIT_APPLIES, (1, 2), ("45385", "45378"), EDIT)
    unless = denied._replace(row=EDIT._replace(modifier_indicator="1"))
    unloaded = Finding(Kind.PTP, Status.DATA_NOT_LOADED, (1, 3))
    quiet = Finding(Kind.PTP, Status.NO_EDIT_ON_FILE, (2, 3))
    assert tally([denied, denied, unless, unloaded, quiet]) == [
        Tallied("deny", "deny", "denied by edit", 2),
        Tallied("cond", "cond", "unless distinct", 1),
        Tallied("unk", "unk", "not checked", 1),
    ]
