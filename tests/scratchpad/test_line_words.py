from datetime import date

import pytest

from scratchpad.finding_words import chip_of
from scratchpad.findings import Kind, Status
from scratchpad.line_words import code_text, modifier_text, parse_text, units_text
from scratchpad.reference import CodeRow, ModifierRow, Reference
from tests.scratchpad.worded import DAY, claim, line, of_line, release


def read(typed: str) -> str:
    about = claim(typed)
    said = parse_text(of_line(Kind.PARSE, Status(about.line(1).parsed.status)), about)
    return " ".join((said.headline, *said.sentences, said.change))


def on_file(status: Status, typed: str, row=None, day=date(2024, 8, 15), reference=Reference(), **fields) -> str:  # noqa: B008
    about = claim(line(1, typed, day=day), *fields.pop("others", ()))
    finding = of_line(Kind.CODE, status, row, day=day, **fields)._replace(codes=(about.line(1).code,))
    said = code_text(finding, about, reference)
    return " ".join((said.headline, *said.sentences, said.change))


# --- How it was read ---


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("99213", "Line 1 was read as typed"),
        ("0001-u", "0001-U was read as 0001U"),
        ("99213-25-59", "99213-25-59 was read as 99213 with 25 and 59"),
        ("O0100", "O0100 was read as 00100"),
        ("LT", "LT on line 1 is a modifier, not a code"),
        ("99213, 99214", "Line 1 holds more than one code: 99213, 99214"),
        ("E0100-E8002", "E0100-E8002 on line 1 is a range, not a code"),
        ("9921", "Line 1 could not be read: 9921"),
        ("", "Line 1 could not be read, it has no code"),
    ],
)
def test_every_way_of_reading_a_line_is_told(typed, words):
    assert read(typed).startswith(words)


def test_a_letter_read_as_a_digit_is_to_be_confirmed():
    assert read("O0100").endswith("Confirm that 00100 is the code meant, or type it again.")


@pytest.mark.parametrize("typed", ["LT", "99213, 99214", "E0100-E8002", "9921"])
def test_a_line_that_is_no_code_was_left_out_of_every_check(typed):
    assert "The line was left out of every check." in read(typed)


def test_advice_and_a_guess_are_those_of_the_lookup():
    assert "Perhaps 99213 was meant." in read("99213-2")
    assert "usually a hospital revenue code" in read("0450")


def test_a_very_long_text_is_cut():
    assert len(read("99213 " * 200)) < 300


def test_units_that_are_no_number_are_shown():
    about = claim(line(1, "99213", units=None, units_text="ten"))
    said = units_text(of_line(Kind.UNITS, Status.INVALID_UNITS), about)
    assert said.headline == "The units of line 1 could not be read: ten"


# --- Codes ---


def test_an_ended_code_names_its_last_usable_day_and_where_cms_points():
    row = CodeRow("C9742", date(2015, 1, 1), date(2016, 12, 31), "", ("31573", "31574"))
    said = on_file(Status.TERMINATED_CODE, "C9742", row)
    assert "C9742 has ended: its last usable day was Dec 31, 2016" in said
    assert "CMS’s file refers from it to 31573 and 31574." in said
    assert said.endswith(
        "Report the code that was in effect on the date of service, whenever the claim is sent. The file’s cross "
        "references may lead to it: 31573 and 31574."
    )


def test_an_ended_code_without_cross_references_is_still_to_be_replaced():
    row = CodeRow("C9742", date(2015, 1, 1), date(2016, 12, 31))
    said = on_file(Status.TERMINATED_CODE, "C9742", row)
    assert said.endswith(
        "CMS’s file names no other code for it. Edits that name it are looked up all the same. "
        "Report the code that was in effect on the date of service, whenever the claim is sent."
    )


def test_a_code_that_is_not_in_effect_yet_names_its_first_day():
    row = CodeRow("C9742", date(2025, 1, 1), None)
    assert "it starts on Jan 1, 2025" in on_file(Status.NOT_YET_EFFECTIVE, "C9742", row)


def test_an_unknown_code_names_the_release_and_is_still_looked_up():
    said = on_file(Status.UNKNOWN_CODE, "J1858")
    assert said.startswith("J1858 is not in HCPCS Level II, July 2024")
    assert "Edits that name it are looked up all the same." in said
    assert "2014" not in said


def test_an_unknown_code_of_long_ago_may_have_been_dropped_from_the_file():
    said = on_file(Status.UNKNOWN_CODE, "J1858", day=date(2014, 12, 30))
    assert "Codes that ended before about 2014 to 2015 may not be in CMS’s file." in said
    assert "2015" not in on_file(Status.UNKNOWN_CODE, "J1858", day=date(2014, 12, 31))


TODAY = date(2026, 11, 22)


def test_a_code_on_file_is_not_confirmed_for_a_date_after_the_release():
    said = on_file(Status.ACTIVE, "J1885", CodeRow("J1885", date(2001, 1, 1), None), TODAY)
    assert said.startswith(
        "J1885 is on file in July 2024, which ends before this date Later releases may have changed it."
    )
    assert "for this date" not in said


def test_a_code_of_the_starter_set_is_not_confirmed_for_a_date_after_it_either():
    starter = release("hcpcs", "Starter set", is_starter=True)
    row = CodeRow("J1885", date(2001, 1, 1), None)
    said = on_file(Status.ACTIVE, "J1885", row, TODAY, release=starter)
    assert said.startswith("J1885 is on file in the starter set, which ends before this date")


def test_a_code_that_is_not_on_file_may_be_of_a_later_release_than_the_loaded_one():
    said = on_file(Status.UNKNOWN_CODE, "J1858", day=TODAY)
    assert "Codes of later quarters are not loaded: July 2024 ends on Sep 30, 2024." in said
    finding = of_line(Kind.CODE, Status.UNKNOWN_CODE, day=TODAY)
    assert chip_of(finding)[0] == "unk"
    assert chip_of(finding._replace(day=DAY))[0] == "err"


def test_a_code_that_an_earlier_release_had_is_said_to_have_been_there():
    gone = Reference(gone={"J1858": "Last seen in April 2024"})
    assert "Last seen in April 2024." in on_file(Status.UNKNOWN_CODE, "J1858", reference=gone)


def test_two_digits_changed_about_are_noticed_beside_the_right_code():
    said = on_file(Status.UNKNOWN_CODE, "J1858", others=(line(2, "J1885"),))
    assert "Did you mean J1885? It is already on line 2." in said
    assert "Did you mean" not in on_file(Status.UNKNOWN_CODE, "J1858", others=(line(2, "J1100"),))


@pytest.mark.parametrize(
    ("code", "kind"), [("99213", "CPT Category I"), ("0001U", "(PLA)"), ("0042T", "CPT Category III")]
)
def test_a_cpt_number_is_never_called_unknown(code, kind):
    said = on_file(Status.CPT_NOT_VERIFIABLE, code)
    assert f"{kind} code. This site holds no CPT list." in said
    assert "unknown" not in said.lower()


def test_a_cpt_number_that_a_loaded_table_names_is_said_to_be_there():
    named = Reference(named=frozenset({"99213"}))
    assert "It appears in the loaded NCCI tables." in on_file(Status.CPT_NOT_VERIFIABLE, "99213", reference=named)


def test_dental_and_local_codes_say_who_kept_them():
    assert "kept by the ADA" in on_file(Status.CDT_NOT_IN_FILE, "D0120")
    assert "ended on Dec 31, 2003" in on_file(Status.LEVEL3_RETIRED, "W1234")


def test_a_local_code_of_the_time_of_local_codes_is_not_said_to_have_ended():
    said = on_file(Status.LEVEL3_RETIRED, "W1234", day=date(2003, 12, 31))
    assert "were in use until Dec 31, 2003" in said
    assert "ended" not in said + chip_of(of_line(Kind.CODE, Status.LEVEL3_RETIRED)).label.lower()


def test_a_list_that_is_not_loaded_is_said_to_be_missing():
    assert "No release of HCPCS Level II is loaded." in on_file(Status.DATA_NOT_LOADED, "J1885", release=None)
    starter = release("hcpcs", "Starter set", is_starter=True)
    assert "Only starter data is loaded." in on_file(Status.DATA_NOT_LOADED, "J1885", release=starter)


# --- Modifiers ---


@pytest.mark.parametrize(
    ("modifier", "row", "words"),
    [
        ("GD", ModifierRow("GD", None, date(2019, 12, 31)), "GD ended: its last usable day was Dec 31, 2019."),
        ("ZQ", ModifierRow("ZQ", date(2025, 1, 1), None), "ZQ starts on Jan 1, 2025."),
        ("ZQ", None, "HCPCS Level II, July 2024, has no such modifier."),
        ("X!", None, "A modifier has two characters"),
    ],
)
def test_a_modifier_that_is_not_valid_says_why(modifier, row, words):
    said = modifier_text(of_line(Kind.MODIFIER, Status.MODIFIER_NOT_VALID, row, modifier=modifier), claim("11042"))
    assert said.headline == f"{modifier} on line 1 is not valid on this date"
    assert said.sentences[0].startswith(words)


def test_a_modifier_before_its_first_day_is_not_said_to_be_missing():
    early = claim(line(1, "11042", day=date(2012, 12, 31)))
    said = modifier_text(of_line(Kind.MODIFIER, Status.MODIFIER_NOT_VALID, modifier="LM"), early)
    assert said.sentences[0] == "LM starts on Jan 1, 2013."


def test_a_modifier_missing_from_a_release_older_than_the_line_is_not_said_to_be_invalid():
    finding = of_line(Kind.MODIFIER, Status.MODIFIER_NOT_VALID, modifier="ZQ", day=TODAY)
    said = modifier_text(finding, claim(line(1, "11042", day=TODAY)))
    assert said.headline == "ZQ on line 1 is not in HCPCS Level II, July 2024"
    assert said.sentences[0] == "Modifiers of later quarters are not loaded: July 2024 ends on Sep 30, 2024."
    assert chip_of(finding).family == "unk"
