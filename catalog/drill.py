"""The letter-position drill: an endless series of questions about codes that look alike (pure).

What there is to ask lies in lots: look-alike pairs, codes typed wrongly, things that are no codes. A seed shuffles
each lot, and in every turn each lot gives its share, so that all rounds are mixed alike. Nothing comes twice
before everything has come once; then it starts over, shuffled anew. Any round is computed by itself, without
those before it: the address of a round is all there is to keep.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import NamedTuple

from catalog import codes, modifiers
from catalog.code_forms import LAST_LETTERS
from catalog.drill_questions import (
    OPTIONS,
    category,
    family,
    level,
    pair,
    typed,
    what,
    zeros,
)
from catalog.drill_words import MISREAD, Material, twin
from catalog.quiz import Question
from catalog.seeded import rank, shuffled

LENGTH = 10
"""Questions in a round; the last round before everything starts over may be shorter."""

_FEW = 15
"""With fewer codes of a kind on file, the grammar makes more of them."""

_MADE = dict.fromkeys("FTU", range(1, 1000, 12)) | dict.fromkeys("MA", range(1, 100, 4))
"""Numbers of made codes, where those that exist lie: the short series have low ones only."""


class Lot(NamedTuple):
    """Subjects of one kind of question, none twice; ``share`` of them come in each turn."""

    share: int
    subjects: Sequence
    ask: Callable[[Material, object, str], Question]


@dataclass(frozen=True, eq=False)
class Drill:
    """Made once for what is loaded. The rounds of a seed depend on nothing else."""

    material: Material

    @cached_property
    def lots(self) -> tuple[Lot, ...]:
        return _lots(self.material)

    @cached_property
    def total(self) -> int:
        """How many different questions there are."""
        return sum(len(lot.subjects) for lot in self.lots)

    @property
    def rounds(self) -> int:
        """Rounds until everything has been asked."""
        return -(-self.total // LENGTH)

    def times_through(self, number: int) -> int:
        """How often everything has been asked before a round; rounds count from 1."""
        return (number - 1) // self.rounds

    def questions(self, seed: str, number: int) -> tuple[Question, ...]:
        """One round, counted from 1. The same seed and number give the same questions."""
        time, at = divmod(number - 1, self.rounds)
        seed = f"{seed} {time}"
        drawn = islice(self._drawn(seed, at * LENGTH), LENGTH)
        return tuple(lot.ask(self.material, subject, seed) for lot, subject in drawn)

    def _drawn(self, seed: str, start: int) -> Iterator[tuple[Lot, object]]:
        """Lots and subjects in the order of a seed, from a place before ``total`` on."""
        turns = range(max(-(-len(lot.subjects) // lot.share) for lot in self.lots))
        first = bisect_right(turns, start, key=self._before) - 1
        following = chain.from_iterable(self._turn(seed, turn) for turn in turns[first:])
        return islice(following, start - self._before(first), None)

    def _before(self, turn: int) -> int:
        """How many questions come before a turn."""
        return sum(min(turn * lot.share, len(lot.subjects)) for lot in self.lots)

    def _turn(self, seed: str, turn: int) -> Iterator[tuple[Lot, object]]:
        """What a turn asks: the next ones of every lot that has any left, in an order of their own."""
        places = [
            (number, place)
            for number, lot in enumerate(self.lots)
            for place in range(turn * lot.share, min((turn + 1) * lot.share, len(lot.subjects)))
        ]
        for number, place in sorted(places, key=lambda each: rank(seed, turn, each)):
            lot = self.lots[number]
            yield lot, lot.subjects[shuffled(place, len(lot.subjects), f"{seed} {number}")]


# --- What there is to ask ----------------------------------------------------------------------------------


def _lots(material: Material) -> tuple[Lot, ...]:
    """The lots of what is loaded. They depend on its codes alone, and list them in code order."""
    stock = _Stock(material)
    return (
        Lot(4, [*stock.last, *stock.first, *_some(stock.elsewhere, 500), *_some(stock.numbers, 250)], level),
        Lot(2, [*_no_codes(stock), *_numbered("WXYZ", 200)], level),
        Lot(2, list(_similar(stock)), pair),
        Lot(2, list(_twins(stock)), pair),
        Lot(2, stock.last, family),
        Lot(2, list(_misreadable(stock)), typed),
        Lot(2, [*stock.last, *stock.first, *_some(stock.numbers, 250)], category),
        Lot(2, list(_things(stock)), what),
        Lot(1, list(_digit_pairs(stock)), pair),
        Lot(1, [number for number in stock.numbers if number[0] == "0"], zeros),
    )


class _Stock:
    """The codes there are to ask about, by where their letter stands; made ones where too few are known.

    ``last``: Level I, letter last. ``first``: Level II with one of those letters in front; ``elsewhere``: with any
    other. ``numbers``: five digits.
    """

    def __init__(self, material: Material):
        self.material = material
        named, on_file = sorted(material.named), sorted(material.on_file)
        self.last, self.first = [], []
        for letter in LAST_LETTERS:
            made = [f"{number:04}{letter}" for number in _MADE[letter]]
            last = [code for code in named if code[4] == letter]
            self.last += _enough(last, made)
            if letter != "F":
                first = [code for code in on_file if code[0] == letter]
                self.first += first if on_file else map(twin, made)
        made = [f"{letter}{number:04}" for letter in "BCEGHJKLPQRSV" for number in range(120, 10_000, 480)]
        self.elsewhere = [code for code in on_file if code[0] not in LAST_LETTERS] or made
        made = [f"{number:05}" for number in chain(range(100, 2000, 25), range(10_000, 99_500, 350))]
        self.numbers = _enough([code for code in named if code.isdigit()], made)
        self.dental = _enough(
            [code for code in named if code[0] == "D"], [f"D{n:04}" for n in range(120, 9999, 90)]
        )


def _enough(known: list[str], made: Iterable[str]) -> list[str]:
    return known if len(known) >= _FEW else sorted({*known, *made})


def _some(items: Sequence[str], most: int) -> Sequence[str]:
    """At most so many of them, evenly spread."""
    return items[:: -(-len(items) // most)] if items else items


def _similar(stock: _Stock) -> Iterator[tuple[str, str]]:
    """Known codes with the letter last, each with one on file that has it first: its twin, or one other digit."""
    by_digits: dict[str, str] = {}
    for code in stock.first:
        for digits in _all_but_one(code[1:]):
            by_digits.setdefault(code[0] + digits, code)
    on_file = set(stock.first)
    for code in filter(stock.material.knows, stock.last):
        near = (by_digits.get(code[4] + digits) for digits in _all_but_one(code[:4]))
        like = twin(code) if twin(code) in on_file else next(filter(None, near), None)
        if like:
            yield code, like


def _all_but_one(digits: str) -> Iterator[str]:
    return (f"{digits[:at]}_{digits[at + 1 :]}" for at in range(len(digits)))


def _twins(stock: _Stock) -> Iterator[tuple[str, str]]:
    """Codes with the letter last and their twins, one of which may not exist."""
    of_last = {code: twin(code) for code in stock.last if codes.is_code(twin(code))}
    of_first = {twin(code): code for code in _some(stock.first, 300)}
    known = set(_similar(stock))
    return (pair for pair in (of_last | of_first).items() if pair not in known)


def _digit_pairs(stock: _Stock) -> Iterator[tuple[str, str]]:
    """Five-digit numbers and Level II codes with the same last four digits; 59123 for S9123, if it is there."""
    alike = {letter: digit for digit, letters in MISREAD.items() for letter in letters}
    by_digits = defaultdict(list)
    for number in stock.numbers:
        by_digits[number[1:]].append(number)
    for code in stock.elsewhere:
        if numbers := by_digits.get(code[1:]):
            lookalike = alike.get(code[0], "") + code[1:]
            yield lookalike if lookalike in numbers else numbers[0], code


def _misreadable(stock: _Stock) -> Iterator[str]:
    """Codes with enough digits that are taken for letters."""
    of_enough = re.compile(rf".(?:.*[{''.join(MISREAD)}]){{{OPTIONS - 1}}}")
    return filter(of_enough.match, (*stock.last, *stock.first, *stock.elsewhere, *stock.numbers))


def _no_codes(stock: _Stock) -> Iterator[str]:
    """Letters that no code starts with, and letters that no code ends in."""
    yield from _numbered("FINO", 120)
    yield from map(twin, _some(stock.elsewhere, 400))


def _numbered(letters: str, most: int) -> Iterator[str]:
    """Made-up codes, none twice: the letters in turn, and numbers from everywhere."""
    for number in range(most):
        yield f"{letters[number % len(letters)]}{(number * 9973 + 11) % 10_000:04}"


def _things(stock: _Stock) -> Iterator[str]:
    """Texts from claims and bills; most are no HCPCS codes."""
    for number, code in enumerate(_some(stock.elsewhere, 150)):
        yield f"{code[:3]}.{code[3 : 4 + number % 2]}"
    yield from (f"{number:04}" for number in range(100, 1000, 6))
    yield from _some(sorted({*modifiers.LEVEL_I, *stock.material.modifiers}), 150)
    yield from _some(stock.dental, 150)
    yield from _numbered("WXYZ", 150)
    for some in (stock.last, stock.first, stock.elsewhere, stock.numbers):
        yield from _some(some, 50)
