"""What a modifier on a line of a pair counts for, in words (pure).

Labels are our own, also of Level II modifiers. Rules on placement and meaning are those of CMS's MLN1783722 and
CR 11168 (modifiers 59 and X{EPSU}) and of the Medicare NCCI Policy Manual, chapter I.
"""

from __future__ import annotations

from collections.abc import Iterable

from catalog.codes import contains
from catalog.modifiers import LEVEL_I
from scratchpad.findings import Weighed, Why
from scratchpad.phrases import listed, on_lines

_DIGITS = ("second", "third", "fourth", "fifth")
_LABELS = LEVEL_I | {
    "LT": "Left side",
    "RT": "Right side",
    "E1": "Upper left eyelid",
    "E2": "Lower left eyelid",
    "E3": "Upper right eyelid",
    "E4": "Lower right eyelid",
    "FA": "Left thumb",
    **{f"F{n}": f"Left hand, {digit} digit" for n, digit in enumerate(_DIGITS, 1)},
    "F5": "Right thumb",
    **{f"F{n}": f"Right hand, {digit} digit" for n, digit in enumerate(_DIGITS, 6)},
    "TA": "Left great toe",
    **{f"T{n}": f"Left foot, {digit} digit" for n, digit in enumerate(_DIGITS, 1)},
    "T5": "Right great toe",
    **{f"T{n}": f"Right foot, {digit} digit" for n, digit in enumerate(_DIGITS, 6)},
    "LC": "Left circumflex coronary artery",
    "LD": "Left anterior descending coronary artery",
    "LM": "Left main coronary artery",
    "RC": "Right coronary artery",
    "RI": "Ramus intermedius coronary artery",
    "XE": "Separate encounter",
    "XP": "Separate practitioner",
    "XS": "Separate structure",
    "XU": "Unusual service that does not overlap",
}


def modifier_label(modifier: str) -> str:
    """What a modifier says, in our words and lower case; empty for one that no rule here needs."""
    label = _LABELS.get(modifier, "")
    return label[:1].lower() + label[1:]


def weighed_words(weighed: Iterable[Weighed], codes: dict[int, str]) -> tuple[str, ...]:
    """A sentence for each modifier that does not plainly bypass; a modifier on both lines is named once.

    ``codes`` are those of the lines of the pair, by number.
    """
    together: dict[tuple[str, Why], list[int]] = {}
    for one in weighed:
        if one.why is not None:
            together.setdefault((one.modifier, one.why), []).append(one.line)
    without_effect = {modifier: lines for (modifier, why), lines in together.items() if why is Why.INDICATOR_ZERO}
    others = {each: lines for each, lines in together.items() if each[1] is not Why.INDICATOR_ZERO}
    return (
        *((_under_indicator_0(without_effect),) if without_effect else ()),
        *(_words(modifier, why, lines, codes) for (modifier, why), lines in others.items()),
    )


def _under_indicator_0(placed: dict[str, list[int]]) -> str:
    """One sentence for all modifiers of a pair, each with its lines."""
    which = listed(f"{modifier} on {on_lines(lines)}" for modifier, lines in placed.items())
    has = "has" if len(placed) == 1 else "have"
    return f"{which} {has} no effect on this pair: under indicator 0, no modifier does."


def _visit(code: str) -> str:
    """That a code is for visits. Eye visits are counted among them by common practice, not by a source found."""
    is_eye_visit = contains("92002", "92014", code)
    return f"{code} is treated here like a visit code" if is_eye_visit else f"{code} is a visit code"


def _words(modifier: str, why: Why, lines: list[int], codes: dict[int, str]) -> str:
    placed = f"{modifier} on {on_lines(lines)}"
    code = " and ".join(dict.fromkeys(codes[line] for line in lines))
    match why:
        case Why.NOT_A_VISIT:
            return f"{placed} describes a visit, and {code} is no visit code."
        case Why.A_VISIT:
            return f"{placed} is for services other than visits, and {_visit(code)}."
        case Why.SAME_SITE:
            return f"{modifier} on both lines declares the same site, so it is not read here as a separate one."
        case Why.NOT_A_TEST:
            return f"{placed} is for a laboratory test done again, and {code} is no laboratory code."
        case Why.FACILITY_MODIFIER:
            return f"{placed} is generally taken to be for several visits on hospital claims, which this is not."
        case Why.COLUMN_ONE_HOSPITAL:
            return (
                f"{placed} stands on column one. For hospital claims no source was found that says whether it "
                "counts there."
            )
        case Why.COLUMN_ONE_EARLIER:
            return f"{placed} has no effect: before Jul 1, 2019, it counted on column two only."
        case Why.NOT_IN_LIST:
            return f"{placed} has no effect: not NCCI-associated."
        case Why.NOT_VALID_ON_DATE:
            return f"{placed} has no effect: not valid then."
    raise ValueError(f"{why} is no reason known here.")
