import pytest

from catalog.dissect import dissect
from catalog.taken_apart import Dissection, Facts, Filed, Place, Role
from catalog.typed_code import read

DRUGS = Place("Drugs", "j-drugs", "J0000–J9999")


def apart(text: str, **facts) -> Dissection:
    return dissect(read(text), Facts(**facts))


def notes(dissection: Dissection) -> list[tuple[str, str]]:
    return [(note.of, note.text) for note in dissection.notes]


def shown(dissection: Dissection) -> str:
    return "".join(cell.character or "_" for cell in dissection.cells)


# --- Half-typed codes ---


def test_a_first_letter_is_level_two_and_its_section_and_four_digits_follow():
    dissection = apart("J", open_to=(DRUGS,))
    assert (dissection.level, shown(dissection)) == (2, "J____")
    assert notes(dissection) == [("J", "a letter first: Level II. J: Drugs."), ("…", "four digits to come.")]
    assert dissection.said == "J so far: Level II. J: Drugs."


@pytest.mark.parametrize(("typed", "level", "said"), [("D", 2, "American Dental"), ("W", 3, "Dec 31, 2003")])
def test_the_letters_of_dental_and_local_codes_are_known_at_once(typed, level, said):
    dissection = apart(typed)
    assert dissection.level == level
    assert said in dissection.notes[0].text


@pytest.mark.parametrize(("typed", "to_come"), [("0", "three"), ("000", "one")])
def test_a_first_digit_is_level_one_and_the_last_character_may_be_a_letter(typed, to_come):
    dissection = apart(typed)
    assert (dissection.level, len(dissection.cells)) == (1, 5)
    assert dissection.notes[1].text.startswith(f"{to_come} digit")
    assert [cell.note for cell in dissection.cells][-1] == "digit or letter"


def test_after_four_digits_each_next_character_means_another_category():
    dissection = apart("0001")
    assert shown(dissection) == "0001_"
    assert notes(dissection)[1:] == [
        ("…", "a digit or F, T, U, M or A, and each means another category."),
        ("0–9", "Category I: none of our sections uses such numbers."),
        ("F", "CPT Category II."),
        ("T", "CPT Category III."),
        ("U", "CPT proprietary laboratory analysis (PLA)."),
        ("M", "CPT administrative multianalyte assay (MAAA)."),
        ("A", "CPT COVID-19 vaccine administration (ended 2023)."),
    ]


def test_the_sections_that_digits_may_still_fall_into_are_named():
    medicine, visits = Place("Medicine", "medicine", ""), Place("Visits", "visits", "")
    text = "a digit at the end makes it Category I: Medicine or Visits."
    assert ("0–9", text) in notes(apart("992", open_to=(medicine, visits)))


def test_a_letter_and_a_digit_may_be_a_modifier_as_well():
    assert "By itself J1 has the form of a modifier" in apart("J1").asides[0]
    assert apart("J1", filed=Filed("In force", "No-pay submission")).asides[0].endswith(": No-pay submission.")


def test_a_lost_leading_zero_is_offered():
    dissection = apart("100")
    assert "Spreadsheets drop leading zeros" in dissection.asides[0]
    assert dissection.candidates == ("00100",)


def test_four_digits_may_be_a_revenue_code():
    assert "hospital revenue code" in apart("0450").asides[0]


# --- No code ---


@pytest.mark.parametrize("text", ["F1234", "N1234", "F", "N12"])
def test_no_section_has_the_letters_f_and_n(text):
    dissection = apart(text)
    assert "No Level II code starts with F, I, N or O." in dissection.asides[0]
    assert dissection.cells[0].role is Role.WRONG


@pytest.mark.parametrize(("text", "digit"), [("99O", "zero"), ("I", "one"), ("J1I", "one")])
def test_the_letters_o_and_i_are_never_in_a_code(text, digit):
    assert apart(text).asides[0].endswith(f"is never in a code. If you mean {digit}, type the digit.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("E11.9", "ICD diagnosis code"),
        ("00409-3796-01", "National Drug Code"),
        ("9921B", "ends in a fifth digit or in F, T, U, M or A"),
        ("CCCCC", "each contractor decides"),
        ("x" * 20_000, "more text than can be read at once"),
        ("\U0001f48a", "does not have the form of a code"),
        ("wheelchair", "does not have the form of a code"),
        ("2.5", "does not have the form of a code"),
        ("12.5", "does not have the form of a code"),
        ("250.5", "ICD diagnosis code"),
    ],
)
def test_what_is_no_code_says_what_it_looks_like(text, said):
    dissection = apart(text)
    assert (dissection.title, dissection.level) == ("Not a code", 0)
    assert said in dissection.asides[0]


def test_the_character_that_no_code_has_there_is_marked():
    roles = [cell.role for cell in apart("E11.9").cells]
    assert roles == [Role.LEAD, Role.DIGIT, Role.DIGIT, Role.WRONG, Role.REST]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("99A", "After 99 no code has the third character, A."),
        ("2.5", "After 2 no code has the second character, “.”."),
        ("F1234", "No code has the first character, F."),
        ("9921B", "After 9921 no code has the fifth character, B."),
        ("J18858", "A code ends after its fifth character, here J1885."),
    ],
)
def test_where_the_text_stops_being_like_a_code_is_said_in_words(text, said):
    dissection = apart(text)
    assert dissection.asides[-1] == said
    assert dissection.said.endswith(said)


def test_words_have_no_wrong_character():
    assert len(apart("wheelchair").asides) == 1


def test_what_is_too_much_is_marked():
    assert [cell.note for cell in apart("J18858").cells][-1] == "too many"
    assert [cell.role for cell in apart("9921388888").cells] == [Role.DIGIT] * 5 + [Role.WRONG] * 5


def test_words_are_offered_to_the_search_and_have_no_cells():
    dissection = apart("wheelchair brake")
    assert (dissection.words, dissection.cells) == ("wheelchair brake", ())
    assert apart("E11.9").words == ""


def test_what_may_have_been_meant_is_offered():
    assert apart("992L3").candidates == ("99213",)


def test_a_long_text_is_cut_where_it_is_shown_again():
    assert apart("x" * 300).said.startswith("x" * 40 + "…: not a code.")
