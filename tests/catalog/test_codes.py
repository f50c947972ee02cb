"""What people type, and what it means.

``parse_cases.json`` holds the decisions, by topic: the text typed, the status, what it reads as in canonical
form, the hint and the candidates (absent means none).
"""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.codes import MAX_LENGTH, Hint, Status, is_code, is_modifier, normalize, parse

HERE = Path(__file__).parent
CASES = [
    pytest.param(case, id=f"{topic}: {case['typed']!a}")
    for topic, cases in json.loads((HERE / "parse_cases.json").read_text(encoding="utf-8")).items()
    for case in cases
]
SHARED = Path(os.environ.get("CONFORMANCE", HERE.parents[1] / "../shared/conformance/cases.json"))

codes = st.from_regex(r"[0-9]{4}[0-9FTUMA]|[A-EGHJ-MP-Z][0-9]{4}", fullmatch=True)
modifiers = st.from_regex(r"[0-9]{2}|[A-Z][A-Z0-9]|[1238]P", fullmatch=True)
code_like = st.text(alphabet="0129 JULTOIPXF-,;/.&+()'\"\n", max_size=30)
WORDS = """
    99213 J1885 0001U U0001 O0100 992I3 J 1885 U 450 25 59 LT 1P X2 15 07/15/26 00074-3799-02 99202-499
    to thru and or cpt mod units mg visit - , ; / .. ( ) " – \u200b
"""
SPACED = (" ", " ", " ", " - ", ", ", "\n", "- ", "* ", "1. ", "2) ")
pieces = st.sampled_from((*WORDS.split(), *SPACED))
TO_DIGITS = str.maketrans("OI", "01")
typed = st.one_of(st.text(), code_like, st.lists(pieces, max_size=12).map("".join))


@pytest.mark.parametrize("case", CASES)
def test_typed_text_is_read_as_decided(case):
    parsed = parse(case["typed"])

    assert parsed.status == case["status"]
    assert parsed.hint == case.get("hint", "modifier_without_code" if parsed.modifier else None)
    assert list(parsed.dropped) == case.get("dropped", [])
    if parsed.status is Status.INVALID_FORMAT:
        assert list(parsed.candidates) == case.get("candidates", [])
    else:
        assert parsed.canonical == case["reads"]


def shared_cases():
    if not SHARED.exists():
        return [pytest.param("", {}, marks=pytest.mark.skip(reason=f"no file at {SHARED}"))]
    return [
        pytest.param(
            case["lines"][int(expected["subject"].removeprefix("@")) - 1]["code"], expected, id=case["id"]
        )
        for case in json.loads(SHARED.read_text(encoding="utf-8"))
        for expected in case["expect"]
        if expected["kind"] == "parse"
    ]


@pytest.mark.parametrize(("text", "expected"), shared_cases())
def test_shared_conformance_cases_agree(text, expected):
    parsed = parse(text)

    assert parsed.status == expected["status"], expected["why"]
    assert {"code": parsed.code, "modifiers": list(parsed.modifiers)} == expected["result"]


def test_every_hint_is_given_somewhere_and_is_a_sentence():
    given_hints = {parse(case.values[0]["typed"]).hint for case in CASES}

    assert set(Hint) - given_hints == {Hint.TOO_LONG}
    assert [hint for hint in Hint if not hint.sentence.endswith(".")] == []
    assert len({hint.sentence for hint in Hint}) == len(Hint)


def test_a_list_keeps_each_part_with_its_own_modifiers_and_hint():
    parsed = parse("99213-25, o0100; 450 J1885 jw jz")

    assert [(part.status, part.code, part.modifiers) for part in parsed.codes] == [
        (Status.MODIFIER_SPLIT, "99213", ("25",)),
        (Status.CORRECTED, "00100", ()),
        (Status.INVALID_FORMAT, None, ()),
        (Status.MODIFIER_SPLIT, "J1885", ("JW", "JZ")),
    ]
    assert parsed.codes[2].hint is Hint.LEADING_ZERO_LOST
    assert parsed.code is None
    assert parsed.modifiers == ()


def test_a_lone_modifier_is_named_but_modifies_nothing():
    parsed = parse("mod lt")

    assert parsed.modifier == "LT"
    assert parsed.modifiers == ()


@pytest.mark.parametrize("text", ["O0100", "O0100-QK", "99213, O0100"])
def test_a_letter_read_as_a_digit_asks_for_confirmation(text):
    assert parse(text).needs_confirmation


@pytest.mark.parametrize("text", ["99213", "j1885", "99213-25", "99213, J1885", "O1", "0001G"])
def test_nothing_else_asks_for_confirmation(text):
    assert not parse(text).needs_confirmation


def test_text_is_kept_in_normal_form():
    assert parse("  “j1885–jw”;\n").text == "J1885-JW"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (" 'J1885 \u00a0 jw'. ", "J1885 JW"),
        ("99213−25", "99213-25"),  # noqa: RUF001
        ("99213\u201425", "99213-25"),
        ("9\u200d9213", "99213"),
        ("９９２１３，２５", "99213,25"),  # noqa: RUF001
        ("alzheimer’s", "ALZHEIMER'S"),
        ("knee\t\r\n scope...", "KNEE SCOPE"),
        ("", ""),
    ],
)
def test_normal_form(text, normal):
    assert normalize(text) == normal


@given(typed)
def test_normalizing_twice_changes_nothing_more(text):
    assert normalize(normalize(text)) == normalize(text)


def test_normalizing_any_single_character_twice_changes_nothing_more():
    once = ((character, normalize(f"j{character}\u0301")) for character in map(chr, range(0x110000)))
    assert [character for character, normal in once if normalize(normal) != normal] == []


@given(typed)
def test_any_text_is_read_and_its_canonical_form_reads_the_same(text):
    parsed = parse(text)
    again = parse(parsed.canonical)

    assert (again.code, again.modifiers, again.range) == (parsed.code, parsed.modifiers, parsed.range)
    assert [(part.code, part.modifiers, part.range) for part in again.codes] == [
        (part.code, part.modifiers, part.range) for part in parsed.codes
    ]
    if parsed.code:
        assert again.status is (Status.MODIFIER_SPLIT if parsed.modifiers else Status.OK)
    else:
        assert again.status is parsed.status
    assert again.canonical == parsed.canonical


@given(typed)
def test_a_result_is_made_of_codes_and_modifiers_by_shape(text):
    parsed = parse(text)

    for part in (parsed, *parsed.codes):
        assert part.code is None or is_code(part.code)
        assert all(map(is_modifier, part.modifiers + part.dropped))
        assert len(part.modifiers) <= 4
        assert part.range is None or all(map(is_code, part.range))
        assert (part.status is Status.MULTIPLE_CODES) == bool(part.codes)
        assert (part.status is Status.RANGE_NOT_CODE) == (part.range is not None)


@given(typed)
def test_candidates_can_be_read(text):
    for candidate in parse(text).candidates:
        assert parse(candidate).status is not Status.INVALID_FORMAT


@given(codes)
def test_every_code_is_itself(code):
    parsed = parse(code)

    assert (parsed.status, parsed.code, parsed.modifiers, parsed.hint) == (Status.OK, code, (), None)
    assert parse(code.lower()).code == code


@given(codes, st.lists(modifiers, min_size=1, max_size=4), st.sampled_from(["-", " ", ",", ", ", "/", " - "]))
def test_a_code_with_modifiers_is_split_whatever_stands_between(code, its_modifiers, separator):
    parsed = parse(separator.join([code, *its_modifiers]))

    if not {"BY", "IF", "IN", "IS", "IT", "NO", "OF", "ON", "OR", "TO", "VS", "MG", "ML", "MM", "OZ"} & set(
        its_modifiers
    ):
        assert (parsed.status, parsed.code, list(parsed.modifiers)) == (Status.MODIFIER_SPLIT, code, its_modifiers)


@given(st.lists(codes, min_size=2, max_size=20), st.sampled_from([" ", ",", ", ", ";", "/", "\n", " and ", " + "]))
def test_codes_with_separators_are_a_list(several, separator):
    parsed = parse(separator.join(several))

    assert parsed.status is Status.MULTIPLE_CODES
    assert [part.code for part in parsed.codes] == several


@given(code_like)
def test_characters_never_change_places(text):
    parsed = parse(text)

    if parsed.code and not parsed.dropped:
        read = "".join([parsed.code, *parsed.modifiers]).translate(TO_DIGITS)
        written = "".join(filter(str.isalnum, normalize(text))).translate(TO_DIGITS)
        assert written.endswith(read)  # "1. 99213" is an item of a numbered list


@given(codes)
def test_a_code_turned_around_is_never_the_code(code):
    turned = code[-1] + code[:-1] if code[-1].isalpha() else code[1:] + code[0]
    parsed = parse(turned)

    assert parsed.code in (turned, None)
    assert turned == code or code not in parsed.candidates


def test_more_text_than_the_limit_is_not_read():
    readable = "99213 " * (MAX_LENGTH // 6)
    assert len(parse(readable).codes) == MAX_LENGTH // 6

    too_long = parse(readable + "99213 99213")
    assert (too_long.status, too_long.hint, too_long.text) == (Status.INVALID_FORMAT, Hint.TOO_LONG, "")
    assert parse("\ufdfa" * MAX_LENGTH).hint is Hint.TOO_LONG
