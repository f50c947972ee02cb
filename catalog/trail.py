"""Two texts compared word by word: what was taken out, what was put in, what stayed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

WORDS = re.compile(r"\w+(?:[’'.-]\w+)*|\s+|[^\w\s]")
ISLAND = re.compile(r"[^\w\n]*\w{0,3}[^\w\n]*")
SIGN = re.compile(r"[^\w\s]")
LINES = re.compile(r"[^\n]*\n|[^\n]+")
# What may be compared in about a second: so many words on either side, so many pairs of like ones among them.
MOST_WORDS, MOST_LIKE_PAIRS = 5_000, 100_000


class Kind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


class Piece(NamedTuple):
    """A stretch of text; ``is_cut`` where the middle of what stayed was left out."""

    kind: Kind
    text: str
    after: str = ""

    @property
    def is_cut(self) -> bool:
        return bool(self.after)


class Difference(NamedTuple):
    """What became of one field: its label, the texts before and after, and the pieces they differ in."""

    label: str
    before: str
    after: str
    pieces: Sequence[Piece]


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    """The fields that differ, in order; both map labels to texts, and a field that one lacks is empty in it."""
    labels = [*after, *(label for label in before if label not in after)]
    pairs = ((label, before.get(label, ""), after.get(label, "")) for label in labels)
    return [Difference(label, old, new, compare(old, new)) for label, old, new in pairs if old != new]


def compare(before: str, after: str) -> list[Piece]:
    """The pieces that make ``before`` without what was added, and ``after`` without what was removed."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    same_at_first, same_at_last = "".join(old[:head]), "".join(old[len(old) - tail :])
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    if _is_too_much(old, new):
        old, new = LINES.findall("".join(old)), LINES.findall("".join(new))
    steps = [(same_at_first, "", ""), *_steps(old, new), (same_at_last, "", "")]
    return list(_joined(_without_islands(_at_sentences([step for step in steps if any(step)]))))


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words they have in common at their beginning."""
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
        min(len(old), len(new)),
    )


def _is_too_much(old: Sequence[str], new: Sequence[str]) -> bool:
    counts = Counter(word for word in old if not _is_blank(word))
    pairs = sum(counts[word] for word in new)
    return max(len(old), len(new)) > MOST_WORDS or pairs > MOST_LIKE_PAIRS


def _is_blank(word: str) -> bool:
    """Blanks are alike everywhere: where words differ, they are no sign that anything stayed."""
    return not word.strip(" ")


def _steps(old: list[str], new: list[str]) -> Iterator[tuple[str, str, str]]:
    """``(same, removed, added)``, of which either the first or the others are empty."""
    if _is_too_much(old, new):
        yield "", "".join(old), "".join(new)
        return
    found = SequenceMatcher(_is_blank, old, new, autojunk=False).get_opcodes()
    for step, old_from, old_to, new_from, new_to in found:
        removed, added = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        yield (removed, "", "") if step == "equal" else ("", removed, added)


def _at_sentences(steps: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """What stands between two full stops begins with the one or ends with the other. It is to end so."""
    for at in range(1, len(steps) - 1):
        (before, *_), (_, removed, added), (after, *_) = steps[at - 1 : at + 2]
        sign = (removed or added)[:1]
        if before and not (removed and added) and SIGN.match(sign) and after.startswith(sign):
            moved = (removed or added)[1:] + sign
            steps[at - 1 : at + 2] = [
                (before + sign, "", ""),
                ("", moved if removed else "", moved if added else ""),
                (after[1:], "", ""),
            ]
    return [step for step in steps if any(step)]


def _without_islands(steps: list[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """A blank, a comma or a little word that stayed between two changes is read with them, as one phrase."""
    for at, (same, removed, added) in enumerate(steps):
        is_island = same and 0 < at < len(steps) - 1 and ISLAND.fullmatch(same)
        yield ("", same, same) if is_island else (same, removed, added)


def _joined(steps: Iterable[tuple[str, str, str]]) -> Iterator[Piece]:
    removed = added = ""
    for same, out, put in steps:
        if same:
            yield from _change(removed, added)
            removed = added = ""
            yield Piece(Kind.SAME, same)
        removed, added = removed + out, added + put
    yield from _change(removed, added)


def _change(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece(Kind.REMOVED, removed)
    if added:
        yield Piece(Kind.ADDED, added)


def shortened(pieces: Sequence[Piece], around: int = 80) -> list[Piece]:
    """The same with long stretches that stayed cut down to about ``around`` characters beside each change."""
    last = len(pieces) - 1
    return [
        piece
        if piece.kind != Kind.SAME or len(piece.text) <= 3 * around or not last
        else _cut(piece.text, around, is_first=at == 0, is_last=at == last)
        for at, piece in enumerate(pieces)
    ]


def _cut(text: str, around: int, *, is_first: bool, is_last: bool) -> Piece:
    """The first and the last words of a long text, whole ones where blanks part them."""
    head = "" if is_first else re.sub(r"\s\S*$", "", text[:around])
    tail = "" if is_last else re.sub(r"^\S*\s", "", text[-around:])
    return Piece(Kind.SAME, head, f" {tail}")
