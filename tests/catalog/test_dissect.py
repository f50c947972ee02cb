import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import codes
from catalog.dissect import dissect
from catalog.shapes import CODE
from catalog.taken_apart import Dissection, Facts, Filed, Place, Role
from catalog.typed_code import Stage, read

CODES = st.from_regex(CODE, fullmatch=True)

DRUGS = Place("Drugs", "j-drugs", "J0000–J9999")
INJECTED = Place("Injected drugs", "j-injected", "J0120–J3591", "bounds not verified")
OCTOBER = {"file": "the October 2025 file", "is_whole": True}


def apart(text: str, **facts) -> Dissection:
    return dissect(read(text), Facts(**facts))


def notes(dissection: Dissection) -> dict[str, str]:
    return {note.of: note.text for note in dissection.notes}


def facts(dissection: Dissection) -> dict[str, list[str]]:
    said = {}
    for statement in dissection.statements:
        said.setdefault(statement.label, []).append(statement.text)
    return said


# --- Whole codes ---


@pytest.mark.parametrize(
    ("code", "level", "title", "kind"),
    [
        ("99213", 1, "Digits only", "CPT Category I"),
        ("0500F", 1, "Letter last", "CPT Category II"),
        ("0042T", 1, "Letter last", "CPT Category III"),
        ("0001U", 1, "Letter last", "CPT proprietary laboratory analysis (PLA)"),
        ("0002M", 1, "Letter last", "CPT administrative multianalyte assay (MAAA)"),
        ("0001A", 1, "Letter last", "CPT COVID-19 vaccine administration (ended 2023)"),
    ],
)
def test_a_cpt_code_says_its_level_its_category_and_who_maintains_it(code, level, title, kind):
    dissection = apart(code)
    assert (dissection.level, dissection.title) == (level, title)
    assert facts(dissection)["Category"] == [kind]
    assert facts(dissection)["Maintained by"] == ["American Medical Association"]
    assert kind in dissection.said


@pytest.mark.parametrize(
    ("code", "level", "keeper"),
    [
        ("J1885", "Level II, national codes", "CMS"),
        ("D0120", "Level II, national codes", "American Dental Association"),
        ("W1234", "Level III, local codes", "States, contractors and insurers, until the end of 2003"),
    ],
)
def test_a_code_with_its_letter_first_says_its_level_and_who_maintains_it(code, level, keeper):
    said = facts(apart(code))
    assert (said["Level"], said["Maintained by"]) == ([level], [keeper])


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("99213", "AMA, CPT pages"),
        ("0042T", "Payers’ and code-list sites (secondary source)"),
        ("J1885", "CMS HCPCS file, October 2025"),
        ("W1234", "Payers’ and code-list sites (secondary source)"),
        ("W", "Payers’ and code-list sites (secondary source)"),
        ("0", "AMA, CPT pages"),
        ("LT", ""),
    ],
)
def test_what_the_form_says_names_its_source(text, source):
    assert apart(text).source == source


@pytest.mark.parametrize("text", ["W1234", "W12"])
def test_the_last_day_of_local_codes_is_said_to_come_from_a_secondary_source(text):
    assert "Dec 31, 2003 (secondary source)." in notes(apart(text))["W"]


def test_the_letter_names_the_section_and_the_digits_the_part_of_it():
    dissection = apart("J1885", path=(DRUGS, INJECTED))
    assert notes(dissection) == {
        "J": "a letter first: Level II. J: Drugs.",
        "1885": "its place in the section. J0120–J3591: Injected drugs (bounds not verified).",
    }
    assert [statement.section for statement in dissection.statements if statement.section] == [
        "j-drugs",
        "j-injected",
    ]
    assert facts(dissection)["Range"] == ["J0120–J3591 (bounds not verified)"]


def test_five_digits_say_the_ranges_they_lie_in():
    visits = Place("Visits", "visits", "99202–99499")
    assert notes(apart("99213", path=(visits,)))["99202–99499"] == "its range: Visits."


def test_five_digits_outside_all_sections_say_so():
    assert "no section uses" in apart("02500").notes[-1].text


def test_the_letter_of_a_series_says_what_it_is_for_and_that_the_other_series_are_others():
    said = notes(apart("0042T"))
    assert said["T"].startswith("a letter last: still Level I. T: temporary codes")
    assert said["T"].endswith("(secondary source).")
    others = "0042F, 0042U, 0042M and 0042A would be others, if they exist."
    assert said["0042"] == f"its number among the T codes. {others}"


def test_a_code_on_file_says_its_status_and_its_descriptor():
    dissection = apart("J1885", filed=Filed("In force", "Injection, ketorolac"), **OCTOBER)
    assert facts(dissection)["On file"] == ["In force. Injection, ketorolac"]
    assert dissection.said.endswith("In force.")


@pytest.mark.parametrize(
    ("code", "known", "said"),
    [
        ("J1885", OCTOBER, "Not in the October 2025 file. A form alone makes no code exist."),
        ("J1885", {"file": "the starter set"}, "Not in the starter set. It may well exist."),
        ("J1885", {}, "No HCPCS release is loaded, so this is not known here."),
        ("99213", OCTOBER, "This site holds no list of CPT codes, and a form alone makes no code exist."),
        ("D0120", OCTOBER, "CMS’s file has no dental codes, so whether it exists is not known here."),
        ("W1234", OCTOBER, "Ended Dec 31, 2003 (secondary source). Not valid on a claim."),
        ("0001A", OCTOBER, "The series was deleted on Nov 1, 2023. This site holds no list of CPT codes."),
    ],
)
def test_no_form_is_said_to_make_a_code_exist(code, known, said):
    assert facts(apart(code, **known))["On file"] == [said]


def test_a_number_in_the_edit_tables_is_said_to_be_there():
    assert facts(apart("99213", is_in_edits=True))["On file"][0].startswith(
        "This number appears in the NCCI tables, ended"
    )


# --- Look-alikes ---


def test_a_laboratory_test_is_never_the_level_two_code_with_the_same_letter():
    statement = apart("0001U", twin_filed=Filed("Ended May 11, 2023", "A test"), **OCTOBER).statements[-1]
    assert statement.text == "U0001, its letter at the other end: Level II. Ended May 11, 2023."
    assert statement.other == "U0001"


def test_a_look_alike_that_is_not_on_file_is_said_not_to_be():
    assert "Not in the October 2025 file." in apart("0001A", **OCTOBER).statements[-1].text


@pytest.mark.parametrize(
    ("code", "why"),
    [("0500F", "no Level II section has that letter"), ("J1885", "CPT codes end in F, T, U, M or A")],
)
def test_a_letter_that_cannot_stand_at_the_other_end_is_said_not_to(code, why):
    statement = apart(code, **OCTOBER).statements[-1]
    assert statement.text.endswith(f"That is no code: {why}.")
    assert statement.other == ""


@pytest.mark.parametrize(("code", "digits"), [("S5010", "55010"), ("B4034", "84034"), ("L1820", "11820")])
def test_a_letter_that_looks_like_a_digit_is_told_from_it(code, digits):
    assert apart(code).statements[-1].other == digits


@given(CODES)
def test_a_letter_is_never_moved(code):
    dissection = apart(code)
    assert "".join(cell.character for cell in dissection.cells) == dissection.code == code
    assert dissection.level == codes.level_of(code)
    assert dissection.candidates == ()


# --- How it was read ---


def test_a_letter_read_as_a_digit_is_marked_and_asked_about():
    dissection = apart("992O3")
    assert [cell.role for cell in dissection.cells] == [Role.DIGIT] * 3 + [Role.READ, Role.DIGIT]
    assert dissection.asides == (
        "The letters O and I are never in a code, so they were read as 0 and 1. "
        "Check that 99203 is the code you meant, and not a diagnosis.",
    )
    assert dissection.candidates == ()


def test_modifiers_after_a_code_are_no_part_of_it():
    dissection = apart("97597-59-LT")
    assert [cell.character for cell in dissection.cells if cell.role is Role.MODIFIER] == list("59LT")
    assert {cell.note for cell in dissection.cells[5:]} == {"modifier", "modifier 2"}
    assert "no part of the code" in notes(dissection)["59"]


def test_of_several_codes_the_first_is_taken_and_the_others_are_offered():
    dissection = apart("99213, J1885, 0001U")
    assert dissection.asides == ("3 codes were typed. The first one is taken apart.",)
    assert dissection.candidates == ("J1885", "0001U")


def test_of_a_range_the_first_code_is_taken():
    dissection = apart("99213-99215")
    assert dissection.asides == ("A range from 99213 to 99215. Its first code is taken apart.",)
    assert dissection.candidates == ("99215",)


def test_blanks_are_taken_out_with_a_word_about_it():
    assert apart("j 1885").asides == ("Written without blanks and dashes: J1885.",)
    assert apart("j1885").asides == ()


@pytest.mark.parametrize("text", ["[J1885]", "HCPCS J1885", "CPT: J1885"])
def test_anything_else_taken_out_is_not_said_to_be_blanks(text):
    assert apart(text).asides == ("Read as J1885.",)


def test_units_are_named_as_no_part_of_the_code():
    dissection = apart("J1885 x2")
    assert dissection.asides == ("Units are no part of a code: 2 on a claim line.",)
    assert [cell.character for cell in dissection.cells] == list("J1885")


def test_a_code_typed_twice_counts_once():
    dissection = apart("J1885 J1885")
    assert (dissection.asides, dissection.candidates) == ((), ())


@pytest.mark.parametrize(("text", "heard"), [("D0120", "Dental"), ("0001U", "Laboratory tests by maker")])
def test_the_gist_names_no_section_that_is_the_kind_once_more(text, heard):
    dissection = apart(text, path=(Place(heard, "series", "all"),))
    assert dissection.said.count(heard) == (1 if text == "D0120" else 0)
    assert facts(dissection)["Section"] == [heard]


@pytest.mark.parametrize(
    ("code", "known", "page"),
    [
        ("V0202", OCTOBER, ""),
        ("V0202", OCTOBER | {"is_in_edits": True}, "V0202"),
        ("J1885", OCTOBER | {"filed": Filed("In force", "A drug")}, "J1885"),
        ("99213", OCTOBER, "99213"),
        ("D0120", OCTOBER, "D0120"),
        ("W1234", OCTOBER, "W1234"),
    ],
)
def test_only_a_code_that_has_a_page_leads_to_it(code, known, page):
    assert next(one for one in apart(code, **known).statements if one.label == "On file").page == page


def test_a_modifier_alone_is_said_to_be_one():
    dissection = apart("LT", filed=Filed("In force", "Left side"))
    assert (dissection.title, dissection.said) == (
        "A modifier: two characters",
        "LT: a modifier, two characters.",
    )
    assert notes(dissection) == {"LT": "a modifier, two characters. Left side"}


def test_two_digits_are_a_modifier_first_and_may_be_the_beginning_of_a_code():
    medicine, visits = Place("Medicine", "medicine", ""), Place("Visits", "visits", "")
    dissection = apart("99", open_to=(medicine, visits))
    assert (dissection.title, dissection.level) == ("A modifier: two characters", 0)
    assert list(notes(dissection).items()) == [
        ("99", "a modifier, two characters."),
        ("99…", "may also be the beginning of a code: a digit first is Level I, CPT."),
        ("0–9", "a digit at the end makes it Category I: Medicine or Visits."),
    ]


def test_nothing_typed_says_nothing():
    assert apart("") == Dissection(Stage.NOTHING)


@given(st.text(max_size=300))
def test_any_text_is_taken_apart_and_what_is_heard_of_it_stays_short(text):
    dissection = apart(text)
    assert len(dissection.said) < 400
    assert len(dissection.candidates) <= 11
