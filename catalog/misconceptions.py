"""Which misconceptions a text typed into the search box is about (pure).

Most texts are about care, and codes answer them. A misconception is about coding itself, so it is shown only when

1. a word typed is a word of coding (``TERMS``, the letter of a series of codes, two digits as of a modifier) that
   its claim holds, too, and
2. its claim, why that is wrong and the fact hold every word typed, or all but one in four of them.

One word alone is enough only when it means nothing else (``TELLING``); the beginning of a code never is. Words of
grammar, of questions and the word "code" do not count. An unfinished last word stands for whatever it may become,
but is no word of coding yet.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import and_
from typing import NamedTuple

from catalog.words import FUNCTION_WORDS, split, stem

SHOWN = 3
LONGEST = 120
"""Characters that are read; who types more is not asking about one misconception."""

SHORTEST_UNFINISHED = 3


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


# Words that only coding has: no descriptor on file holds them, or hardly one.
TELLING = _stems("abn ahima ama cpt hcpcs hipaa mue ncci ptp")
# Words of coding that descriptors hold as well. Not level, unit and covered, which seldom mean coding there: the
# levels of HCPCS are told from those of visits by their Roman numbers.
TERMS = TELLING | _stems(
    """
    add bypass category claim cms column denied digit edit ii iii indicator insurer license local medicaid medicare
    modifier numeric override panel payer range unbundle zero
    """
)
# What people ask with, and the one word that is in nearly every claim.
_ASKED_WITH = re.findall(
    "[a-z]+",
    """
    am any anyone been between can code codes could difference different did do does each has have how i if me my
    not only same should then there they true versus vs was we were what when where whether who why will would
    you your
    """,
)
_NOT_ASKED_FOR = FUNCTION_WORDS.union(_ASKED_WITH)
# One notion, several words for it.
_SAME = (
    *("0 zero", "two ii", "three iii", "4 fourth"),
    *("digit numeric numerical number", "pair ptp", "bypass away override unbundle", "limit max maximum"),
    *("mouth oral swallowed", "license licence licensing", "paid pay payable payment fee reimbursed"),
    *("requires required mandatory", "insurer payer insurance"),
)
_CANONICAL = {stem(word): stem(same.split()[0]) for same in _SAME for word in same.split()}

_BEGINNING_OF_CODE = re.compile(r"[a-z]?[ -]?\d*[a-z]?", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s\b")
# Two and three of these are words: CPT-3 is not Level III.
_NUMBERED = re.compile(r"\b(level|category|column) (i|one|2|3)\b", re.IGNORECASE)
_WRITTEN = {"i": "1", "one": "1", "2": "two", "3": "three"}


class Heard(NamedTuple):
    """A misconception as the lookup shows it."""

    href: str
    claim: str
    why_wrong: str
    fact: str
    remark: str = ""
    """How sure the fact is, where no authoritative text verifies it; else empty."""
    is_unverified: bool = False
    """Nobody has verified it at all, and it must not look as if."""
    keywords: str = ""
    """Further words for the claim."""


class Register:
    """The misconceptions in the editors' order, to be found by their words. Never changes once made."""

    def __init__(self, listed: Iterable[Heard] = ()):
        self._listed = tuple(listed)
        # Per word, the misconceptions that hold it as bits: the first one is the lowest bit.
        self._anywhere: defaultdict[str, int] = defaultdict(int)
        self._in_claim: defaultdict[str, int] = defaultdict(int)
        for number, one in enumerate(self._listed):
            claim = {_canonical(word) for word in _content(f"{one.claim} {one.keywords}")}
            for word in claim:
                self._in_claim[word] |= 1 << number
            for word in claim.union(map(_canonical, _content(f"{one.why_wrong} {one.fact}"))):
                self._anywhere[word] |= 1 << number
        self._words = sorted(self._anywhere)

    def about(self, text: str) -> tuple[Heard, ...]:
        """Up to ``SHOWN`` misconceptions that a text is about, those whose claim holds most of its words first."""
        if len(text) > LONGEST or _BEGINNING_OF_CODE.fullmatch(text):
            return ()
        typed = dict.fromkeys(_content(text))
        named = 0
        for word in typed:
            if _is_term(word):
                named |= self._in_claim.get(_canonical(word), 0)
        if not named or (len(typed) == 1 and not TELLING.issuperset(typed)):
            return ()
        last = next(reversed(typed))
        held = [self._anywhere.get(_canonical(word)) or self._completed(word, word == last) for word in typed]
        if missing := len(typed) // 4:
            found = [each for each in _numbers(named) if _count(held, each) >= len(typed) - missing]
        else:
            found = list(_numbers(reduce(and_, held, named)))
        in_claim = [self._in_claim.get(_canonical(word), 0) for word in typed]
        found.sort(key=lambda each: -_count(in_claim, each))
        return tuple(self._listed[each] for each in found[:SHOWN])

    def _completed(self, word: str, is_last: bool) -> int:
        """The misconceptions with words that begin so."""
        found = 0
        if is_last and len(word) >= SHORTEST_UNFINISHED:
            for at in range(bisect_left(self._words, word), bisect_left(self._words, word + "~")):
                found |= self._anywhere[self._words[at]]
        return found


def _content(text: str) -> Iterator[str]:
    """The stems of the words of a text that say what it is about."""
    text = _NUMBERED.sub(lambda found: f"{found[1]} {_WRITTEN[found[2].lower()]}", _POSSESSIVE.sub("", text))
    return (stem(word) for word in split(text) if word not in _NOT_ASKED_FOR)


def _canonical(word: str) -> str:
    return _CANONICAL.get(word, word)


def _is_term(word: str) -> bool:
    return word in TERMS or (len(word) == 1 and word.isalpha()) or (len(word) == 2 and word.isdigit())


def _count(held: Iterable[int], number: int) -> int:
    """How many of the words are held by the misconception of this number."""
    return sum(bits >> number & 1 for bits in held)


def _numbers(bits: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1
