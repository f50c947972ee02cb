"""What must hold of a practice item before a learner sees it; each complaint says what is wrong and what to do.

The key has to agree with the grammar of codes and with our sections, and the Level II codes an item names with the
current HCPCS release. Level I numbers, dental codes and local codes are on no list here: only their shape counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from catalog import codes
from catalog.models import Dataset, HcpcsCode, PracticeChoice, PracticeItem, Release, Section
from catalog.quiz import LEVELS, Ask, vocabulary_of
from catalog.shapes import CODE
from catalog.tree import Tree
from catalog.wording import us_date

FEWEST_CHOICES, MOST_CHOICES = 2, 5
_WORD = re.compile(rf"(?<![0-9A-Za-z]){CODE}(?![0-9A-Za-z])")
_STRETCH = re.compile(rf"{_WORD.pattern}\s*(?:[–-]|to|through)\s*{_WORD.pattern}")


class Complaints(NamedTuple):
    """Errors keep an item from being saved; warnings do not."""

    errors: list[str]
    warnings: list[str]


# --- The choices -------------------------------------------------------------------------------------------


def of_choices(item: PracticeItem, choices: Sequence[PracticeChoice]) -> list[str]:
    errors = [*_of_number(item, choices), *_of_twins(choices), *_of_vocabulary(item, choices)]
    right = [choice for choice in choices if choice.is_right]
    if not right:
        return [*errors, "No choice is marked as right. Mark the one that is."]
    if len(right) > 1:
        marked = " and ".join(f"“{choice.text}”" for choice in right)
        return [*errors, f"{marked} are all marked as right. Leave the mark on one."]
    return [*errors, *_of_key(item, right[0], [choice for choice in choices if not choice.is_right])]


def _of_number(item: PracticeItem, choices: Sequence[PracticeChoice]) -> list[str]:
    if item.asks == Ask.TRUE_FALSE:
        return [] if len(choices) == 2 else ["True or false has exactly two choices: “True” and “False”."]
    if len(choices) < FEWEST_CHOICES:
        return [f"Give at least {FEWEST_CHOICES} choices: one right, the others wrong."]
    if len(choices) > MOST_CHOICES:
        return [f"Give at most {MOST_CHOICES} choices; there are {len(choices)}."]
    return []


def _of_twins(choices: Sequence[PracticeChoice]) -> list[str]:
    counted = Counter(" ".join(choice.text.casefold().split()) for choice in choices)
    first = {" ".join(choice.text.casefold().split()): choice.text for choice in reversed(choices)}
    return [
        f"“{first[text]}” is there {times} times. Change or delete all but one."
        for text, times in counted.items()
        if times > 1
    ]


def _of_vocabulary(item: PracticeItem, choices: Sequence[PracticeChoice]) -> list[str]:
    vocabulary = vocabulary_of(Ask(item.asks))
    strangers = [choice.text for choice in choices if vocabulary and choice.text not in vocabulary]
    if not strangers:
        return []
    return [
        f"{_quoted(strangers)} cannot be chosen where the item asks for “{Ask(item.asks).label}”. "
        f"Use these words: {_quoted(vocabulary)}."
    ]


def _of_key(item: PracticeItem, right: PracticeChoice, wrong: Sequence[PracticeChoice]) -> list[str]:
    """Whether the right choice agrees with what the code itself says; without a code, only the editor knows."""
    if item.asks == Ask.SECTION and item.code:
        return _of_section(item.code, right, wrong)
    if item.asks not in (Ask.LEVEL, Ask.CATEGORY) or not item.code:
        return []
    kind = codes.kind_of(item.code)
    if item.asks == Ask.LEVEL:
        answer = LEVELS[kind.level - 1] if kind else LEVELS[-1]
    elif kind:
        answer = kind.label
    else:
        return [f"{item.code} does not have the shape of a code, so it has no category. Ask for its level."]
    if right.text == answer:
        return []
    return [f"By its shape {item.code} is “{answer}”, not “{right.text}”. Mark “{answer}” as right."]


def _of_section(code: str, right: PracticeChoice, wrong: Sequence[PracticeChoice]) -> list[str]:
    titles = _sections_around(code)
    also_right = [choice.text for choice in wrong if choice.text in titles]
    errors = []
    if right.text not in titles:
        held = f"Choose one of {_quoted(titles)}." if titles else "Ask for a code that a section holds."
        errors.append(f"“{right.text}” is no section that holds {code}. {held}")
    if also_right:
        errors.append(f"{_quoted(also_right)} would be right as well: {code} lies there. Name another section.")
    return errors


def _sections_around(code: str) -> list[str]:
    """The titles and short titles of the section that holds a code, and of those above it."""
    tree = Tree([], Section.objects.prefetch_related("ranges"), {})
    narrowest = tree.narrowest(code) if codes.is_code(code) else None
    path = tree.path(narrowest) if narrowest else []
    return list(dict.fromkeys(title for section in path[::-1] for title in (section.title, section.short_title)))


# --- The codes ---------------------------------------------------------------------------------------------


def codes_named(*texts: str) -> list[str]:
    """Code-shaped words of Level II in texts, each once. The ends of a range name a stretch, not two codes."""
    words = (word for text in texts for word in _WORD.findall(_STRETCH.sub(" ", text)))
    return [word for word in dict.fromkeys(words) if codes.kind_of(word) is codes.Kind.LEVEL_II]


def of_code_shown(code: str, asks: str, invalid: Sequence[str]) -> list[str]:
    """What has no shape of a code can be the point of an item, but then its key or its author says so."""
    if not code or codes.is_code(code) or asks == Ask.LEVEL or code in invalid:
        return []
    return [f"“{code}” does not have the shape of a code. If that is the point, list it among the invalid codes."]


def of_codes(named: Iterable[str], invalid: Sequence[str], day: date | None = None) -> Complaints:
    """Whether each Level II code is in force on ``day``, today if not given, or else listed as invalid on purpose.

    What is missing in a selection, or in a release that looked incomplete, may exist: that is only a warning.
    """
    day = day or timezone.localdate()
    release = Release.objects.current().filter(dataset=Dataset.HCPCS).first()
    listed = [code for code in invalid if codes.kind_of(code) is codes.Kind.LEVEL_II]
    asked = list(dict.fromkeys([*named, *listed]))
    if release is None:
        unchecked = [f"No HCPCS release is loaded: {', '.join(asked)} could not be checked."]
        return Complaints([], unchecked if asked else [])
    found = {row.code: row for row in HcpcsCode.objects.filter(release=release, code__in=asked)}
    is_whole = not (release.is_starter or release.partial)
    complaints = Complaints([], [])
    for code in asked:
        row = found.get(code)
        is_in_force = row is not None and row.effective_on(day)
        if code in listed and is_in_force:
            complaints.errors.append(f"{code} is in force ({release.title}). {_NOT_INVALID}")
        elif code not in listed and row is None and not is_whole:
            complaints.warnings.append(f"{code} could not be checked. It is not in {release}: {release.remark}.")
        elif code not in listed and not is_in_force:
            complaints.errors.append(f"{code} {_standing(row, day)} ({release.title}). {_NOT_IN_FORCE}")
    return complaints


_NOT_IN_FORCE = "Use a code in force, or list it among the invalid codes if that is the point."
_NOT_INVALID = "Take it off the invalid codes, or use another."


def _standing(row: HcpcsCode | None, day: date) -> str:
    if row is None:
        return "is not on file"
    if row.ended_before(day):
        return f"ended on {us_date(row.termination_date)}"
    return f"starts on {us_date(row.added_date)}"


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(f"“{text}”" for text in texts)
