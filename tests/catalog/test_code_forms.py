from catalog import codes
from catalog.code_forms import FORM_OF, FORMS, LAST_LETTERS
from catalog.codes import Kind


def test_every_kind_of_code_has_one_form_and_an_example_of_that_kind():
    assert [form.kind for form in FORMS] == list(Kind)
    assert {form.example: codes.kind_of(form.example) for form in FORMS} == {
        form.example: form.kind for form in FORMS
    }


def test_the_letters_that_end_a_code_are_those_of_the_grammar():
    ending = {letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if codes.is_code(f"0001{letter}")}
    assert set(LAST_LETTERS) == ending


def test_what_only_a_secondary_source_says_is_said_so():
    assert FORM_OF[Kind.CPT_III].said.endswith("(secondary source)")
    assert FORM_OF[Kind.PLA].said == FORM_OF[Kind.PLA].purpose
    assert FORM_OF[Kind.LOCAL].cited.endswith("(secondary source)")
    assert FORM_OF[Kind.PLA].cited == FORM_OF[Kind.PLA].source
