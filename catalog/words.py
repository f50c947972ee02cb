"""Words as a search compares them: splitting, stems, abbreviations, and words that are nearly the same (pure).

Descriptors are terse and typed by many hands: "x-ray" and "xray", "10mg" and "10 mg", "w/o", "t.e.n.s.",
"orthoses". ``split`` and ``stem`` bring descriptor and query to the same form. A ``Vocabulary`` answers which of
the words on file begin with what somebody typed, or are a slip of the keyboard away from it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

# Words of grammar. They tell descriptors apart so little that a text is searched without them.
FUNCTION_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        """a also an and are as at be by eg etc for from ie if in into is it its of on or see such than that the
        their this to w which with""",
    )
)

# In this order: a code stays whole; letters; numbers with their decimals.
_WORD = re.compile(r"\b[a-z]\d{4}\b|[a-z]+|\d*\.?\d+")
_PART = r"(?:[a-z]++|(?:\d++(?:\.\d++)?+|\.\d++))"
_GLUED = re.compile(rf"(?<![a-z\d]){_PART}(?:-?{_PART})+")
_GLUED_PART = re.compile(_PART)
# "Not otherwise classified" and its kin are one notion in HCPCS, NOC; the last word may still be in the typing.
_CATCH_ALL = re.compile(r"\bnot[\s-]+(?:otherwise|elsewhere)(?:[\s-]+(?:cla|spe|lis)[a-z]*)?|\bnos\b")
_INITIALS = re.compile(r"\b[a-z](?:\.[a-z])+\b")
_DASH = re.compile("[\u2010-\u2015\u2212]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WITH_OR_WITHOUT = re.compile(r"\bw/(o(?:ut)?\b)?")


def split(text: str) -> list[str]:
    """The words of a text in order: lower case, letters and digits apart, codes whole.

    >>> split("Interferon beta-1a w/o 10mg (J9201)")
    ['interferon', 'beta', '1', 'a', 'without', '10', 'mg', 'j9201']
    """
    return _WORD.findall(_plain(text))


def glued(text: str) -> Iterator[str]:
    """Neighboring words that are written without a blank between them, each two as one word.

    >>> list(glued("Interferon beta-1a 10mg, non-sterile"))
    ['beta1', '1a', '10mg', 'nonsterile']
    """
    for run in _GLUED.findall(_plain(text)):
        yield from map("".join, pairwise(_GLUED_PART.findall(run)))


def _plain(text: str) -> str:
    """Lower case without accents, apostrophes and thousands separators, and ways to write one thing made one."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _DASH.sub("-", text.replace("’", "'")))
        text = "".join(char for char in text if not unicodedata.combining(char))
    text = text.lower().replace("'", "")
    if "w/" in text:
        text = _WITH_OR_WITHOUT.sub(lambda match: "without " if match[1] else "with ", text)
    if "not" in text or "nos" in text:
        text = _CATCH_ALL.sub("noc", text)
    if "." in text:
        text = _INITIALS.sub(lambda match: match[0].replace(".", ""), text)
    return _THOUSANDS.sub("", text) if "," in text else text


# --- Stems -------------------------------------------------------------------------------------------------

# Ending, and how many letters must remain for it to be one: ``ion`` ends ``injection``, not ``lotion``.
_ENDINGS = (("ing", 4), ("ed", 4), ("ion", 5), ("ment", 5), ("able", 5))
_GREEK = re.compile(r"(?<=[a-z]{3}[eoy])(?:sis|ses|tics?)$")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its ending: ``replacing`` and ``replacements`` are both ``replac``.

    Light on purpose, so that words of different things stay apart: plurals, the commonest endings of verbs and of
    the nouns made from them, and the Greek pairs this field is full of (``orthosis``, ``orthoses``, ``orthotic``).
    Words with digits and words of three letters stay as they are.
    """
    if len(word) < 4 or not word.isalpha():
        return word
    if _GREEK.search(word):
        return _GREEK.sub("s", word)
    word = _singular(word)
    for ending, remaining in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= remaining:
            word = word.removesuffix(ending)
            if word[-1] == word[-2] and word[-1] not in "lsz":  # padded, fitting
                word = word[:-1]
            break
    return word.removesuffix("e") if len(word) > 4 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word.removesuffix("s")


# --- Abbreviations -----------------------------------------------------------------------------------------


def abbreviates(short: str, long: str) -> bool:
    """Whether ``short`` is ``long`` with letters left out, but not the first: ``whlchr`` for ``wheelchair``."""
    if len(short) >= len(long) or short[0] != long[0]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def learn_abbreviations(
    descriptors: Iterable[tuple[Collection[str], Collection[str]]],
) -> dict[str, set[str]]:
    """What the words of short descriptors stand for, read off the long descriptors beside them.

    ``descriptors``: words of the short and of the long descriptor, per code. A short word that is missing from the
    long descriptor may stand for any word there that it abbreviates. Believed when seen twice, and in a third of
    the cases; and only of words that are missing more often than not, as others are words in their own right.
    """
    used: Counter[str] = Counter()
    missing_from: defaultdict[str, list[Collection[str]]] = defaultdict(list)
    for short, long in descriptors:
        used.update(short)
        for word in short:
            if word not in long:
                missing_from[word].append(long)
    learned = {}
    for word, texts in missing_from.items():
        if len(texts) >= 2 and len(texts) * 2 >= used[word] and len(word) >= 2 and word.isalpha():
            enough = max(2, len(texts) / 3)
            others = Counter([other for long in texts for other in long if other[0] == word[0]])
            believed = {each for each, times in others.items() if times >= enough and abbreviates(word, each)}
            if believed:
                learned[word] = believed
    return learned


# --- Nearly the same ---------------------------------------------------------------------------------------

# British spelling, American spelling.
_SPELLINGS = (
    *(("ae", "e"), ("oe", "e"), ("our", "or"), ("ogue", "og"), ("sulph", "sulf"), ("tre", "ter")),
    *(("isa", "iza"), ("ise", "ize"), ("yse", "yze"), ("lled", "led"), ("lling", "ling")),
)


def distance(one: str, other: str, limit: int) -> int:
    """How many letters were dropped, added, replaced or swapped with their neighbor; ``limit + 1`` when more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one):
        row = [i + 1]
        for j, counterpart in enumerate(other):
            cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (letter != counterpart))
            if i and j and letter == other[j - 1] and one[i - 1] == counterpart:
                cost = min(cost, before_last[j - 1] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before_last, last = last, row
    return min(last[-1], limit + 1)


class Vocabulary:
    """The words on file, for completing and correcting what somebody types. Never changes once made."""

    def __init__(self, frequencies: Mapping[str, int]):
        """``frequencies``: in how many texts each word stands. The more, the likelier it was meant; 0 is never."""
        self._frequencies = {word: times for word, times in frequencies.items() if times}
        self._words = sorted(self._frequencies)
        self._backwards = sorted(word[::-1] for word in self._frequencies)
        self._letters = {word: _letters(word) for word in self._frequencies}

    def starting_with(self, prefix: str) -> list[str]:
        return _with_prefix(self._words, prefix)

    def corrections(self, word: str) -> list[str]:
        """The words that another spelling or a slip turned into ``word``, likeliest first; [] when there are none.

        All are equally far from it. Two slips are forgiven from eight letters on, none below four.
        """
        if len(word) < 4 or not word.isalpha():
            return []
        spelled = [word.replace(british, american) for british, american in _SPELLINGS if british in word]
        if known := [other for other in spelled if other in self._frequencies]:
            return known
        for slips in (1, 2) if len(word) >= 8 else (1,):
            if near := [other for other in self._candidates(word, slips) if distance(word, other, slips) == slips]:
                # The first letter is rarely the wrong one.
                return sorted(near, key=lambda other: (other[0] != word[0], -self._frequencies[other], other))
        return []

    def beginnings(self, word: str) -> list[str]:
        """The words that may be meant by one that is not finished and has a slip in its second half."""
        if len(word) < 5 or not word.isalpha():
            return []
        return [
            other
            for other in _with_prefix(self._words, word[: (len(word) + 1) // 2])
            if any(distance(word, other[:end], 1) == 1 for end in range(len(word) - 1, len(word) + 2))
        ]

    def parts(self, word: str) -> tuple[str, ...]:
        """The two words, of three letters or more, that were written as one; empty when there are none."""
        for middle in range(3, len(word) - 2 if word.isalpha() else 0):
            one, other = word[:middle], word[middle:]
            if one in self._frequencies and other in self._frequencies:
                return one, other
        return ()

    def _candidates(self, word: str, slips: int) -> list[str]:
        """Words of most of the same letters that share its beginning or its end: slips seldom spoil both."""
        sure = max(2, (len(word) - 1) // 2 if slips == 1 else len(word) // 3)
        letters = _letters(word)
        found = _with_prefix(self._words, word[:sure])
        found += [other[::-1] for other in _with_prefix(self._backwards, word[: -sure - 1 : -1])]
        return [
            other
            for other in dict.fromkeys(found)
            if abs(len(other) - len(word)) <= slips and (self._letters[other] ^ letters).bit_count() <= 2 * slips
        ]


def _with_prefix(ordered: list[str], prefix: str) -> list[str]:
    return ordered[bisect_left(ordered, prefix) : bisect_left(ordered, prefix + "\U0010ffff")]


def _letters(word: str) -> int:
    """The set of letters as bits, to tell far words apart without counting slips."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits
