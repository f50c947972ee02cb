"""The drill: rounds without repeats, and answers that the grammar of codes gives."""

import re
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog import codes
from catalog.codes import Hint, Kind, Level, Status
from catalog.drill import LENGTH, Drill
from catalog.drill_questions import (
    DENTAL,
    DIAGNOSIS,
    LEVEL_TWO,
    LOCAL,
    MODIFIER,
    OPTIONS,
    REVENUE,
    category,
    family,
    level,
    misreadings,
    pair,
    typed,
    what,
    zeros,
)
from catalog.drill_words import Filed, Material, about, twin
from catalog.importers import files, hcpcs, mue
from catalog.quiz import CATEGORIES, LEVELS

NOTHING_LOADED = Material()
LITTLE_LOADED = Material(
    on_file={
        "A0021": Filed("Outside state ambulance serv"),
        "J1885": Filed("Ketorolac tromethamine inj"),
        "S9123": Filed("Nursing care in home rn", "Ended Mar 31, 2024"),
        "T1042": Filed("Clinic service"),
        "U0001": Filed("Laboratory test"),
    },
    named=frozenset({"0001A", "0001U", "0042T", "00100", "59123", "99213", "D0120", "J1885"}),
    modifiers=("LT", "RT"),
    file="the October 2025 file",
)
MATERIALS = {"nothing": NOTHING_LOADED, "little": LITTLE_LOADED}

materials = st.sampled_from(list(MATERIALS))
words = st.text("ABCXYZ 0123456789", max_size=6)
suffixed = st.from_regex(r"[0-9]{4}[FTUMA]", fullmatch=True)
level_two = st.from_regex(r"[A-CEGHJ-MP-V][0-9]{4}", fullmatch=True)
numbers = st.from_regex(r"[0-9]{5}", fullmatch=True)
five = st.from_regex(r"[0-9A-Z][0-9]{3}[0-9A-Z]", fullmatch=True)


@cache
def drill(material: str) -> Drill:
    return Drill(MATERIALS[material])


def right(question) -> str:
    assert sum(option.is_right for option in question.options) == 1
    assert len({option.text for option in question.options}) == len(question.options)
    return question.right_text


def texts(question) -> list[str]:
    return [option.text for option in question.options]


# --- Rounds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("material", MATERIALS)
@pytest.mark.parametrize("word", ["K7QX", "MON"])
def test_nothing_comes_twice_before_everything_has_come_once(material, word):
    all_of_it = drill(material)
    asked = [[question.key for question in all_of_it.questions(word, n + 1)] for n in range(all_of_it.rounds)]
    keys = [key for round_ in asked for key in round_]
    assert len(keys) == len(set(keys)) == all_of_it.total
    assert {len(round_) for round_ in asked[:-1]} == {LENGTH}


@pytest.mark.parametrize("material", MATERIALS)
def test_after_everything_it_starts_over_shuffled_anew(material):
    all_of_it = drill(material)
    first, again = all_of_it.questions("MON", 1), all_of_it.questions("MON", all_of_it.rounds + 1)
    assert [question.key for question in first] != [question.key for question in again]
    assert [all_of_it.times_through(n) for n in (1, all_of_it.rounds, all_of_it.rounds + 1)] == [0, 0, 1]
    over = range(all_of_it.rounds + 1, 2 * all_of_it.rounds + 1)
    assert len({question.key for n in over for question in all_of_it.questions("MON", n)}) == all_of_it.total


@given(materials, words, st.integers(1, 10_000))
@settings(max_examples=30)
def test_a_word_and_a_number_always_make_the_same_round(material, word, number):
    fresh = Drill(MATERIALS[material])
    assert fresh.questions(word, number) == drill(material).questions(word, number)


def test_the_order_of_what_is_loaded_does_not_matter():
    turned = Material(
        on_file=dict(reversed(LITTLE_LOADED.on_file.items())), named=LITTLE_LOADED.named, modifiers=("RT", "LT")
    )
    keys = [[question.key for question in Drill(each).questions("A", 3)] for each in (turned, LITTLE_LOADED)]
    assert keys[0] == keys[1]


def test_another_word_asks_something_else():
    assert drill("little").questions("A", 1) != drill("little").questions("B", 1)


@given(materials, words, st.integers(1, 400))
@settings(max_examples=60)
def test_every_question_can_be_asked_and_names_what_it_is_about(material, word, number):
    for question in drill(material).questions(word, number):
        assert question.is_sound
        assert len(question.options) <= OPTIONS
        assert len(set(texts(question))) == len(question.options)
        subject = question.key.partition(":")[2]
        assert all(part in question.rationale for part in subject.split("-"))
        assert "  " not in question.rationale
        assert re.search(r"[.”]$", question.rationale)


@pytest.mark.parametrize("material", MATERIALS)
def test_a_round_mixes_what_it_asks(material):
    kinds = [{question.key.partition(":")[0] for question in drill(material).questions("A", n)} for n in (1, 2, 3)]
    assert all(len(each) >= 4 for each in kinds)


@pytest.mark.cms
def test_the_published_files_make_rounds_without_repeats(cms_files):
    all_of_it = Drill(published(cms_files))
    numbers = (*range(1, 60), *range(all_of_it.rounds - 60, all_of_it.rounds + 1))
    questions = [question for n in numbers for question in all_of_it.questions("MON", n)]
    assert all_of_it.total > 20_000
    assert all(question.is_sound for question in questions)
    assert len({question.key for question in questions}) == len(questions)
    for lot in all_of_it.lots:
        assert len(set(lot.subjects)) == len(lot.subjects)
    keys = {f"pair:{one}-{two}" for lot in all_of_it.lots if lot.ask is pair for one, two in lot.subjects}
    assert {"pair:0001U-U0001", "pair:0021A-A0021", "pair:0001M-M0001"} <= keys


def published(cms_files) -> Material:
    """What there is to ask of the release of October 2025 and the unit limits of practitioners."""
    [hcpcs_file] = files.members([cms_files / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx"])
    [mue_file] = files.members([cms_files / "mue" / "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"])
    rows = list(hcpcs.read(hcpcs_file))
    return Material(
        on_file={row.code: Filed(row.short_descriptor) for row in rows if codes.is_code(row.code)},
        named=frozenset(row.code for row in mue.read(mue_file, "practitioner")),
        modifiers=tuple(row.code for row in rows if codes.is_modifier(row.code)),
        file="the October 2025 file",
    )


def test_codes_on_file_come_with_those_they_resemble():
    pairs = {question.key for lot in drill("little").lots for question in asked(lot) if "pair:" in question.key}
    assert {"pair:0001U-U0001", "pair:0001A-A0021", "pair:0042T-T1042", "pair:59123-S9123"} <= pairs


def asked(lot):
    return [lot.ask(LITTLE_LOADED, subject, "A") for subject in lot.subjects]


# --- Answers -----------------------------------------------------------------------------------------------


@given(five)
def test_the_level_is_the_one_of_the_grammar(text):
    of = codes.level_of(text)
    question = level(LITTLE_LOADED, text, "A")
    assert texts(question) == list(LEVELS)
    assert right(question) == LEVELS[{Level.ONE: 0, Level.TWO: 1, Level.THREE: 2, None: 3}[of]]


@given(st.one_of(suffixed, level_two, numbers), words)
def test_the_category_is_the_one_of_the_grammar_among_others_in_their_order(code, word):
    question = category(LITTLE_LOADED, code, word)
    assert right(question) == codes.kind_of(code).label
    assert texts(question) == [label for label in CATEGORIES if label in texts(question)]
    assert len(question.options) == OPTIONS


@given(suffixed)
def test_the_category_of_the_twin_stands_among_the_answers(code):
    assert Kind.LEVEL_II.label in texts(category(NOTHING_LOADED, code, "A"))


@given(suffixed.filter(lambda code: code[4] != "F"), words)
def test_of_a_pair_each_question_has_the_answer_of_its_level(code, word):
    question = pair(LITTLE_LOADED, (code, twin(code)), word)
    wants_two = question.prompt.endswith(("Level II?", "CMS keep?"))
    assert codes.level_of(right(question)) == (Level.TWO if wants_two else Level.ONE)
    assert sorted(texts(question)) == sorted([code, twin(code)])
    assert code in question.rationale
    assert twin(code) in question.rationale


@given(suffixed, words)
def test_of_four_codes_with_the_same_digits_one_is_of_the_family(code, word):
    question = family(LITTLE_LOADED, code, word)
    kind = codes.kind_of(code)
    assert right(question) == code
    assert [codes.kind_of(text) for text in texts(question)].count(kind) == 1


@given(st.one_of(suffixed, level_two, numbers).filter(lambda code: len(misreadings(code)) >= 3), words)
def test_of_codes_typed_wrongly_only_one_is_a_code(code, word):
    question = typed(LITTLE_LOADED, code, word)
    assert right(question) == code
    assert [text for text in texts(question) if codes.parse(text).status is Status.OK] == [code]
    assert all(text in question.rationale for text in texts(question))


@given(st.one_of(suffixed, level_two, numbers))
@example("13000")  # L3000 is a code
def test_no_misreading_is_a_code(code):
    assert not any(codes.is_code(text) for text in misreadings(code))


@given(st.from_regex(r"0(0[1-9]|1[0-9])[0-9]{2}", fullmatch=True), words)
def test_of_numbers_only_one_has_lost_nothing_but_zeros(number, word):
    question = zeros(LITTLE_LOADED, number, word)
    shown = re.search("shows ([0-9]+)", question.prompt)[1]
    assert right(question) == number
    assert [text for text in texts(question) if text.isdigit() and int(text) == int(shown)] == [number]
    assert all(codes.is_code(text) for text in texts(question))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("J18.9", DIAGNOSIS),
        ("0450", REVENUE),
        ("25", MODIFIER),
        ("LT", MODIFIER),
        ("D0120", DENTAL),
        ("W1234", LOCAL),
        ("J1885", LEVEL_TWO),
    ],
)
def test_what_is_no_code_is_told_by_its_form(text, answer):
    assert right(what(LITTLE_LOADED, text, "A")) == answer


@pytest.mark.parametrize("material", MATERIALS)
def test_the_parser_agrees_on_everything_that_is_asked_what_it_is(material):
    agreed = {DIAGNOSIS: Hint.DIAGNOSIS_CODE, REVENUE: Hint.REVENUE_CODE, MODIFIER: Hint.MODIFIER_WITHOUT_CODE}
    kinds = {DENTAL: Kind.DENTAL, LOCAL: Kind.LOCAL, LEVEL_TWO: Kind.LEVEL_II}
    things = next(lot for lot in drill(material).lots if lot.ask is what)
    for text in things.subjects:
        answer = right(what(MATERIALS[material], text, "A"))
        parsed = codes.parse(text)
        if answer in agreed:
            assert parsed.hint is agreed[answer]
        else:
            assert parsed.status is Status.OK
            assert answer not in kinds or codes.kind_of(text) is kinds[answer]


@given(words)
def test_no_answer_stands_beside_the_right_one_that_could_be_right_too(word):
    assert LEVEL_TWO not in texts(what(LITTLE_LOADED, "D0120", word))
    for text in ("D0120", "W1234", "J1885"):  # a diagnosis without its dot has this form
        assert DIAGNOSIS not in texts(what(LITTLE_LOADED, text, word))


@given(words)
def test_only_of_codes_that_exist_it_is_asked_who_keeps_them(word):
    assert "keep" not in pair(LITTLE_LOADED, ("0042T", "T0042"), word).prompt
    assert "keep" not in pair(NOTHING_LOADED, ("0001U", "U0001"), word).prompt


@pytest.mark.parametrize(
    ("one", "two"), [("59123", "S9123"), ("0001A", "U0001"), ("99213", "J1886"), ("99213", "D0120")]
)
def test_nobody_is_said_to_keep_a_code_that_ended_or_is_not_on_file(one, two):
    assert LITTLE_LOADED.knows(one)
    assert not any("keep" in pair(LITTLE_LOADED, (one, two), str(word)).prompt for word in range(30))


def test_who_keeps_them_is_asked_of_codes_that_exist():
    assert any("keep" in pair(LITTLE_LOADED, ("0001U", "U0001"), str(word)).prompt for word in range(20))


# --- Words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("U0001", "U0001 has its letter first: Level II. The October 2025 file has it: “Laboratory test”."),
        ("S9123", "“Nursing care in home rn”. Ended Mar 31, 2024."),
        ("T0042", "It is not in the October 2025 file."),
        ("0001U", "The loaded NCCI tables name it."),
        (
            "0999T",
            "make it CPT Category III, Level I. That is its form; whether it exists is not known here.",
        ),
        ("F0500", "F0500 is no code: no code starts with F."),
        ("1885J", "1885J is no code: after four digits a code ends in a fifth digit or in F, T, U, M or A."),
        ("W1234", "Level III, which ended in 2003."),
    ],
)
def test_what_is_said_about_a_code_tells_its_form_from_its_existence(code, said):
    assert said in about(LITTLE_LOADED, code)


def test_with_nothing_loaded_no_code_is_said_to_exist_or_not_to():
    assert about(NOTHING_LOADED, "U0001").endswith("That is its form; whether it exists is not known here.")


@given(suffixed)
def test_the_rationale_never_offers_the_twin_instead(code):
    said = level(LITTLE_LOADED, code, "A").rationale
    assert twin(code) in said
    assert not re.search(r"\b(instead|meant|swap|try)\b", said)
