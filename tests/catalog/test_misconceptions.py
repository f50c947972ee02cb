"""Which texts find a misconception and which do not, asked of the ones that come with the site."""

from __future__ import annotations

import tomllib

import pytest
from django.conf import settings

from catalog.misconceptions import SHOWN, Heard, Register, asks_for

STARTER = settings.BASE_DIR / "catalog" / "starter" / "misconceptions.toml"


@pytest.fixture(scope="module")
def register() -> Register:
    """Each misconception goes by its slug here."""
    return Register(
        Heard(row["slug"], row["claim"], row["why_wrong"], row["fact"], keywords=row["slug"].replace("-", " "))
        for row in tomllib.loads(STARTER.read_text(encoding="utf-8"))["misconception"]
    )


def found(register: Register, text: str) -> list[str]:
    return [one.href for one in register.about(text)]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("59 bypass", "59-makes-an-edit-go-away"),
        ("does modifier 59 make the edit go away?", "59-makes-an-edit-go-away"),
        ("modifier 59 either column", "59-only-on-column-two"),
        ("modifier 25 any code", "25-fits-any-code"),
        ("CPT numeric", "every-cpt-code-is-five-digits"),
        ("cpt five digits", "every-cpt-code-is-five-digits"),
        ("level III", "level-three-is-still-used"),
        ("HCPCS Level 3", "level-three-is-still-used"),
        ("is HCPCS CPT", "cpt-and-hcpcs-are-separate"),
        ("hcpcs vs cpt", "cpt-and-hcpcs-are-separate"),
        ("What is the difference between CPT and HCPCS?", "cpt-and-hcpcs-are-separate"),
        ("level I cpt", "cpt-and-hcpcs-are-separate"),
        ("J injection", "j-means-injection"),
        ("J codes oral", "j-means-injection"),
        ("MUE zero", "mue-zero-means-no-limit"),
        ("mue 0", "mue-zero-means-no-limit"),
        ("splitting units mue", "splitting-units-beats-an-mue"),
        ("ABN", "abn-makes-the-patient-pay"),
        ("can the patient sign an abn", "abn-makes-the-patient-pay"),
        ("ahima", "ahima-keeps-the-codes"),
        ("is cpt free", "cpt-texts-are-free"),
        ("cpt licen", "cpt-texts-are-free"),
        ("CMS’s hcpcs", "cms-keeps-all-of-hcpcs"),
        ("k codes temporary", "k-codes-are-temporary"),
        ("g codes only medicare", "g-codes-are-only-for-medicare"),
        ("add-on alone", "an-add-on-stands-alone"),
        ("leading zeros", "leading-zeros-do-not-matter"),
        ("column two denied", "column-two-is-always-denied"),
        ("indicator 0 off", "indicator-0-switches-an-edit-off"),
        ("medicare medicaid edits", "medicaid-edits-are-medicare-edits"),
        ("cpt once a year", "cpt-changes-once-a-year"),
        ("hipaa 1996", "hipaa-named-the-codes-in-1996"),
        ("g codes", "g-codes-are-only-for-medicare"),
        ("D codes", "no-d-and-u-codes"),
        ("what are U codes?", "no-d-and-u-codes"),
        ("p-codes", "letters-of-level-two-misread"),
        ("why 59", "59-makes-an-edit-go-away"),
        ("hcpcs founded", "the-year-hcpcs-began"),
        ("level 3", "level-three-is-still-used"),
        ("level 3 codes", "level-three-is-still-used"),
        ("level 3 local codes", "level-three-is-still-used"),
        ("is every cpt code numeric", "every-cpt-code-is-five-digits"),
        ("if there is a code is it covered", "a-code-means-coverage"),
    ],
)
def test_a_text_about_coding_finds_its_misconception_first(register, text, slug):
    assert found(register, text)[:1] == [slug]


@pytest.mark.parametrize(
    "text",
    [
        # Care, in words that misconceptions have, too.
        *("wheelchair", "injection", "25 mg injection", "drugs by mouth", "oral", "supplies", "anesthesia"),
        *("hearing aid battery code", "blood products", "portable x-ray medicare", "home equipment", "covid test"),
        *("dental", "telemedicine visit", "laboratory test", "ambulance mileage", "hospital outpatient visit"),
        *("medicare hospital outpatient payment", "medicare wellness visit", "medicaid home health"),
        # Words of coding that descriptors have, too.
        *(
            "level 3 emergency visit",
            "hospice level of care",
            "cardiopulmonary bypass",
            "local anesthesia",
            "panel",
        ),
        *(
            "each unit",
            "unit of blood",
            "additional digit",
            "range of motion",
            "type 1 diabetes",
            "add wheelchair",
        ),
        *("modifier for wheelchair rental", "category III", "modifiers", "medicare", "covered", "zero", "59"),
        *("level 2", "level 3 visit", "drug levels", "one unit", "non-covered item or service", "not limited to"),
        # What is asked about one, and more than that; letters in claims that are no letters of codes.
        *("w/c codes", "e codes", "m codes", "why 25 mg", "59 codes", "covered", "code for covered services"),
        # Letters and words that may become one.
        *("J", "K", "hip", "mu", "vitamin k", "hepatitis b vaccine", "g-tube", "code", "codes", "is it", "", " "),
    ],
)
def test_other_texts_find_none(register, text):
    assert found(register, text) == []


@pytest.mark.parametrize("text", ["J18", "j 0", "J-18", "U0", "000", "0001", "99F", "K"])
def test_the_beginning_of_a_code_finds_none(text):
    assert found(Register([Heard("all", "J 18, U 0 or 000, 0001, 99 F, K 0", "", "")]), text) == []


def test_at_most_three_are_shown_in_the_order_of_the_editors(register):
    listed = [f"about-cpt-{number}" for number in range(5)]
    equals = Register(Heard(slug, "CPT is this or that", "", "It is not") for slug in listed)
    assert found(equals, "cpt") == listed[:SHOWN]


def test_a_claim_that_holds_more_of_the_words_comes_first():
    register = Register([Heard("fact", "CPT is paid", "", "By units"), Heard("claim", "CPT has units", "", "No")])
    assert found(register, "cpt units") == ["claim", "fact"]


def test_every_word_of_a_short_text_must_be_there(register):
    assert found(register, "mue zero") != []
    assert found(register, "mue zero gravity") == []


def test_one_word_in_four_may_be_missing(register):
    assert found(register, "can modifier 59 be billed on column two") == ["59-only-on-column-two"]
    assert found(register, "modifier 59 knee arthroscopy column") == []


def test_an_unfinished_word_finds_what_it_may_become_beside_a_word_of_coding(register):
    assert found(register, "ahima maint") == ["ahima-keeps-the-codes"]
    assert found(register, "ahim") == []
    assert found(register, "maint ahima") == []


def test_keywords_count_as_words_of_the_claim():
    plain = Heard("mue", "There is no limit", "", "There is")
    assert found(Register([plain]), "mue") == []
    assert found(Register([plain._replace(keywords="mue")]), "mue") == ["mue"]


def test_a_text_longer_than_a_question_finds_none(register):
    assert found(register, "abn " * 40) == []


def test_an_empty_register_finds_none():
    assert Register().about("abn") == ()


LEVELS = Heard("levels", "HCPCS has three levels", "Level III ended", "Local codes are gone")


@pytest.mark.parametrize(
    ("text", "descriptor", "is_asked_for"),
    [
        ("hcpcs cpt", "HCPCS and CPT", True),  # words of coding alone
        ("level 3", "Visit, level 3", True),
        ("hcpcs three gone", "Three visits", True),
        ("hcpcs three go", "Three visits, going HCPCS", False),  # as many, one of them unfinished
        ("hcpcs local gone", "Local anesthesia HCPCS gone", False),
        ("hcpcs local gone", "", True),
    ],
)
def test_a_misconception_is_asked_for_unless_a_code_has_as_many_of_the_words(text, descriptor, is_asked_for):
    assert asks_for(text, LEVELS, descriptor) is is_asked_for
