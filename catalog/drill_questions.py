"""The questions of the drill, each made from one subject: a code, or a text that is easily taken for one (pure).

Every function takes what is loaded, the subject and a seed that settles the rest. The right answer is always the
one that ``catalog.codes`` gives; where a number may not exist, the question is about its form.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from catalog import codes
from catalog.code_forms import LAST_LETTERS
from catalog.codes import Kind, Level, Status
from catalog.drill_words import MISREAD, Material, about, how_misread, twin
from catalog.quiz import CATEGORIES, LEVELS, Ask, Difficulty, Option, Question, Topic
from catalog.seeded import chosen, ordered

OPTIONS = 4

FAMILIES = {
    "F": "a CPT Category II code",
    "T": "a CPT Category III code",
    "U": "a PLA code, for one laboratory’s or maker’s own test",
    "M": "an administrative MAAA code, for a test by algorithm",
    "A": "a COVID-19 vaccine administration code, a series that ended in 2023",
}

CPT, LEVEL_TWO, DENTAL, LOCAL, MODIFIER, DIAGNOSIS, REVENUE = WHAT = (
    "A CPT number, Level I",
    "A Level II code",
    "A dental code (CDT)",
    "An old local code",
    "A modifier",
    "A diagnosis code (ICD-10-CM)",
    "A hospital revenue code",
)
# What a text might be as well, so that it does not stand beside the right answer: D codes have the form of
# Level II, and a diagnosis code is often written without its dot.
ALSO = {DENTAL: {LEVEL_TWO, DIAGNOSIS}, LOCAL: {DIAGNOSIS}, LEVEL_TWO: {DIAGNOSIS, DENTAL}}

_question = partial(Question, topic=Topic.FORM, source="CMS HCPCS record layout 2019; AMA, CPT code sets")


def level(material: Material, text: str, seed: str) -> Question:
    """Which level five characters belong to, if any."""
    of = codes.level_of(text)
    why = [about(material, text)]
    if of in (Level.ONE, Level.TWO) and not text.isdigit() and _letter(text) in LAST_LETTERS:
        why.append(about(material, twin(text)))
    return _question(
        key=f"level:{text}",
        prompt="Which level is this, by its form?",
        options=_options(LEVELS, LEVELS[of - 1 if of else -1]),
        rationale=" ".join(why),
        asks=Ask.LEVEL,
        code=text,
    )


def category(material: Material, code: str, seed: str) -> Question:
    """Which kind a code is, told by its last character or its first; what its twin is stands among the answers."""
    kind = codes.kind_of(code)
    why = [about(material, code)]
    tempting = Kind.CPT_I if kind is Kind.LEVEL_II else Kind.LEVEL_II
    if not code.isdigit():
        tempting = codes.kind_of(twin(code)) or tempting
        why.append(about(material, twin(code)))
    level_one = [each for each in Kind if each.level is Level.ONE and each not in (kind, tempting)]
    shown = {kind.label, tempting.label, *(each.label for each in ordered(level_one, seed, code)[: OPTIONS - 2])}
    return _question(
        key=f"category:{code}",
        prompt="Which kind of code is this, by its form?",
        options=_options([label for label in CATEGORIES if label in shown], kind.label),
        rationale=" ".join(why),
        difficulty=Difficulty.WORKING,
        asks=Ask.CATEGORY,
        code=code,
    )


def pair(material: Material, pair: tuple[str, str], seed: str) -> Question:
    """Two codes that look alike, the first of Level I and the second of Level II: which one is which."""
    one, two = pair
    asks = [("By its form, which one is Level II?", two), ("By its form, which one is Level I, CPT?", one)]
    if material.has_in_force(one) and material.has_in_force(two):  # nobody keeps a code that ended or never was
        asks += [("Which one does CMS keep?", two), ("Which one does the American Medical Association keep?", one)]
    prompt, right = chosen(asks, seed, one, two)
    return _question(
        key=f"pair:{one}-{two}",
        prompt=prompt,
        options=_options(ordered(pair, seed), right),
        rationale=f"{about(material, one)} {about(material, two)} They are two different codes.",
    )


def family(material: Material, code: str, seed: str) -> Question:
    """Four ways to put a letter to the same four digits: which one belongs to the family of ``code``."""
    digits, letter = code[:4], code[4]
    other = chosen([each for each in LAST_LETTERS if each != letter], seed, code)
    shown = (code, twin(code), digits + other, other + digits)
    why = [about(material, code), about(material, twin(code))]
    why.append(f"{digits}{other} would be {FAMILIES[other]}.")
    return _question(
        key=f"family:{code}",
        prompt=f"Which one has the form of {FAMILIES[letter]}?",
        options=_options(ordered(shown, seed), code),
        rationale=" ".join(why),
        difficulty=Difficulty.WORKING,
    )


def misreadings(code: str) -> list[str]:
    """The code with one digit after the first character typed as a letter like it. None of them is a code."""
    return [
        code[:at] + letter + code[at + 1 :]
        for at in range(1, len(code))
        for letter in MISREAD.get(code[at], "")
        if codes.parse(code[:at] + letter + code[at + 1 :]).status is not Status.OK
    ]


def typed(material: Material, code: str, seed: str) -> Question:
    """A code among ways to mistype it."""
    wrong = ordered(misreadings(code), seed)[: OPTIONS - 1]
    mistakes = ", ".join(how_misread(code, each) for each in wrong)
    why = f"{about(material, code)} In the others a letter stands where only a digit can: {mistakes}."
    return _question(
        key=f"typed:{code}",
        prompt="Which one has the form of a code?",
        options=_options(ordered((code, *wrong), seed), code),
        rationale=why,
        difficulty=Difficulty.TRICKY,
    )


def what(material: Material, text: str, seed: str) -> Question:
    """A text from somewhere on a claim or a bill: what it is, by its form."""
    right, why = _what_it_is(material, text)
    others = [each for each in WHAT if each not in ALSO.get(right, ()) and each != right]
    others = ordered(others, seed, text)[: OPTIONS - 1]
    return _question(
        key=f"what:{text}",
        prompt="What does this have the form of?",
        options=_options([each for each in WHAT if each == right or each in others], right),
        rationale=why,
        code=text,
        **({"source": ""} if right in (DIAGNOSIS, REVENUE) else {}),
    )


def _what_it_is(material: Material, text: str) -> tuple[str, str]:
    if "." in text:
        without = text.replace(".", "")
        why = f"{text} has a dot, as no HCPCS code has: the form of an ICD-10-CM diagnosis code."
        if codes.is_code(without):
            why += f" The same characters without the dot are something else: {about(material, without)}"
        return DIAGNOSIS, why
    if len(text) == 2:
        return MODIFIER, f"{text} has two characters: a modifier. On a claim line it goes after a code of five."
    if len(text) == 4:
        return REVENUE, (
            f"{text} has four digits and starts with 0: usually a hospital revenue code, which is not HCPCS. "
            "A code has five characters, so if a CPT number was meant, one is missing."
        )
    by_kind = {Kind.DENTAL: DENTAL, Kind.LOCAL: LOCAL, Kind.LEVEL_II: LEVEL_TWO}
    return by_kind.get(codes.kind_of(text), CPT), about(material, text)


def zeros(material: Material, number: str, seed: str) -> Question:
    """A five-digit number that lost its zeros in a spreadsheet: which one it was."""
    shown = number.lstrip("0")
    wrong = {number[:zeros] + shown.ljust(5 - zeros, "0") for zeros in range(5 - len(shown))}
    lettered = ordered((shown.zfill(4) + letter for letter in LAST_LETTERS), seed, number)
    return _question(
        key=f"zeros:{number}",
        prompt=f"A spreadsheet shows {shown} where a CPT Category I number stood. Which one was it?",
        options=_options(ordered((number, *[*sorted(wrong), *lettered][: OPTIONS - 1]), seed), number),
        rationale=f"Spreadsheets drop zeros in front. {about(material, number)} On a hospital bill three or four "
        "digits may also be a revenue code.",
        difficulty=Difficulty.WORKING,
    )


def _letter(code: str) -> str:
    return code[0] if code[0].isalpha() else code[-1]


def _options(texts: Iterable[str], right: str) -> tuple[Option, ...]:
    return tuple(Option(text, text == right) for text in texts)
