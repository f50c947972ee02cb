"""Which misconceptions a text typed into the search box is about (pure).

Most texts are about care, and codes answer them. A misconception is about coding itself, so it is shown only when

1. a word typed is a word of coding (``TERMS``, the letter of a series of codes, two digits as of a modifier) that
   its claim holds, too, and
2. its claim, why that is wrong and the fact hold every word typed, or all but one in four of them.

One word alone is enough only when it means nothing else (``TELLING``), or when it is asked about as coders do:
"G codes" for a claim that names the letter, "why 59" for a modifier, "is a code covered". The beginning of a code
never is. Words of grammar, of questions and the word "code" do not count. An unfinished last word stands for
whatever it may become, but is no word of coding yet.
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
# Where codes are what is covered, and not care.
_OF_CODES = _stems("cover coverage covered")
# The third level, written with a figure, is also one of visits: that of HCPCS only with no other word beside it.
_LEVEL_THREE, _LOCAL = _stems("level three"), _stems("local")
# These, too, are words of coding in a text that found a misconception.
_OF_CODING_HERE = _OF_CODES | _LEVEL_THREE
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
    *("0 zero", "two ii", "three iii", "4 fourth", "began begin begun founded introduced start"),
    *("digit numeric numerical number", "pair ptp", "bypass away override unbundle", "limit max maximum"),
    *("mouth oral swallowed", "license licence licensing", "paid pay payable payment fee reimbursed"),
    *("requires required mandatory", "insurer payer insurance", "covered coverage"),
)
_CANONICAL = {stem(word): stem(same.split()[0]) for same in _SAME for word in same.split()}

_QUESTION = re.compile(r"\b(are|can|do|does|how|if|is|may|should|what|when|which|why|will)\b", re.IGNORECASE)
_CODES = re.compile(r"\bcodes?\b", re.IGNORECASE)
_CODES_OF_LETTER = re.compile(r"(?:^|\s)[a-z][ -]codes?\b", re.IGNORECASE)
# "K codes are", "no D and no U codes", "R is diagnostic radiology"; A and I are words.
_LETTER_NAMED = re.compile(r"(?<![\w/’'-])[B-HJ-Z](?![\w/’'-])")
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
        self._of_letter: defaultdict[str, int] = defaultdict(int)
        for number, one in enumerate(self._listed):
            claim = {_canonical(word) for word in _content(f"{one.claim} {one.keywords}")}
            for word in claim:
                self._in_claim[word] |= 1 << number
            for letter in set(_LETTER_NAMED.findall(one.claim)):
                self._of_letter[letter.lower()] |= 1 << number
            for word in claim.union(map(_canonical, _content(f"{one.why_wrong} {one.fact}"))):
                self._anywhere[word] |= 1 << number
        self._words = sorted(self._anywhere)

    def about(self, text: str) -> tuple[Heard, ...]:
        """Up to ``SHOWN`` misconceptions that a text is about, those whose claim holds most of its words first."""
        if len(text) > LONGEST or _BEGINNING_OF_CODE.fullmatch(text):
            return ()
        typed = _typed(text)
        named = self._named_alone(text, *typed) if len(typed) == 1 else self._named(typed)
        if not named:
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

    def _named(self, typed: Iterable[str]) -> int:
        """The misconceptions whose claim holds a word of coding that was typed."""
        found = 0
        for word in typed:
            if _is_term(word):
                found |= self._in_claim.get(_canonical(word), 0)
        return found

    def _named_alone(self, text: str, word: str) -> int:
        """Those about the one word of a text that says what it is about."""
        if len(word) == 1 and _CODES_OF_LETTER.search(text):
            return self._of_letter.get(word, 0)
        is_modifier_asked_about = _is_two_digits(word) and _QUESTION.search(text)
        if word in TELLING or is_modifier_asked_about or (word in _OF_CODES and _CODES.search(text)):
            return self._in_claim.get(_canonical(word), 0)
        return 0

    def _completed(self, word: str, is_last: bool) -> int:
        """The misconceptions with words that begin so."""
        found = 0
        if is_last and len(word) >= SHORTEST_UNFINISHED:
            for at in range(bisect_left(self._words, word), bisect_left(self._words, word + "~")):
                found |= self._anywhere[self._words[at]]
        return found


def asks_for(text: str, heard: Heard, descriptor: str) -> bool:
    """Whether a text that found a misconception asks for it more than for the best of the codes found.

    It does when all its words are of coding, or the descriptor holds fewer of them than the misconception.
    """
    typed = list(_typed(text))
    if all(_is_term(word) or word in _OF_CODING_HERE for word in typed):
        return True
    told = f"{heard.claim} {heard.keywords} {heard.why_wrong} {heard.fact}"
    return _held_by(descriptor, typed) < _held_by(told, typed)


def _held_by(text: str, typed: list[str]) -> int:
    """How many of the words typed a text holds, the last one finished or not."""
    words = {_canonical(word) for word in _content(text)}
    last = typed[-1]
    is_begun = len(last) >= SHORTEST_UNFINISHED and any(word.startswith(last) for word in words)
    whole = sum(_canonical(word) in words for word in typed)
    return whole + (is_begun and _canonical(last) not in words)


def _content(text: str) -> Iterator[str]:
    """The stems of the words of a text that say what it is about."""
    text = _NUMBERED.sub(lambda found: f"{found[1]} {_WRITTEN[found[2].lower()]}", _POSSESSIVE.sub("", text))
    return (stem(word) for word in split(text) if word not in _NOT_ASKED_FOR)


def _typed(text: str) -> dict[str, None]:
    """The words typed that say what the text is about, each once, in order."""
    typed = dict.fromkeys(_content(text))
    return dict.fromkeys(("iii", *typed)) if typed.keys() - _LOCAL == _LEVEL_THREE else typed


def _canonical(word: str) -> str:
    return _CANONICAL.get(word, word)


def _is_term(word: str) -> bool:
    return word in TERMS or (len(word) == 1 and word.isalpha()) or _is_two_digits(word)


def _is_two_digits(word: str) -> bool:
    return len(word) == 2 and word.isdigit()


def _count(held: Iterable[int], number: int) -> int:
    """How many of the words are held by the misconception of this number."""
    return sum(bits >> number & 1 for bits in held)


def _numbers(bits: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1
