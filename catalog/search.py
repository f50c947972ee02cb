"""The in-memory search over codes, modifiers and sections: plain values in, plain values out.

``build`` makes an ``Index`` of one release, the sections and the synonyms. It never changes, so threads may share
it. ``Index.search`` takes what somebody typed for the first of these that it can be:

1. codes on file: these, in the order typed, and after a single one the codes that mention it;
2. a range, or the first characters of a code: the codes there, in code order;
3. words: ``catalog.reading`` says what each may stand for, ``catalog.ranking`` which codes answer them best. The
   first digits of a CPT number are read as words, too, but lead to the sections it may belong to before others.

The short descriptor counts more than the long one, the first words of the long one more than its last, the
section's title a little. A synonym lends its words to the entries that hold what it means. Codes made for one kind
of payer come after their equals, ended codes after all others.

Why not an engine's query language: counts by letter, the rule of what matches, completions and corrections need
every match and every word, not ten hits. Asked of an engine, that took longer than a keystroke may and found less.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from operator import attrgetter
from typing import NamedTuple

from catalog import codes
from catalog.holdings import SECTION_FIELDS, Entry, Holdings, SectionEntry, entry_document, section_document
from catalog.ranking import Corpus, Reading
from catalog.reading import Marks, Query, Reader, highlight
from catalog.words import split

__all__ = ["Entry", "Index", "Marks", "Results", "SectionEntry", "build", "highlight"]

SECTIONS_SHOWN, MODIFIERS_SHOWN = 3, 5

_BEGINNING_OF_CODE = re.compile(r"[A-Z][0-9]{0,3}")
_BEGINNING_OF_CPT = re.compile(r"[0-9]{3,4}")


@dataclass(frozen=True, slots=True)
class Results:
    parsed: codes.Parsed
    exact: Entry | None
    """The code or modifier that the text names."""
    entries: tuple[Entry, ...]
    """One page of the matching codes, best first."""
    total: int
    """Matching codes in force, on all pages."""
    ended_total: int
    letters: Mapping[str, int]
    """How many codes there are to list by first letter, whichever letter is chosen."""
    sections: tuple[SectionEntry, ...]
    modifiers: tuple[Entry, ...]
    suggestion: str
    """The text with misspelled words put right; empty when none is."""
    corrected: bool
    """The entries answer the suggestion, because nothing contains a word as it was typed."""
    terms: Marks
    """For ``highlight``."""


class _Found(NamedTuple):
    """What a text asks for, before it is narrowed, counted and cut into pages."""

    named: Sequence[int] = ()
    """Numbers of codes to list first, in this order, in force or not."""
    scores: Mapping[int, float] = {}
    """Numbers of further codes, and how well they match."""
    sections: Sequence[SectionEntry] = ()
    modifiers: Sequence[Entry] = ()
    query: Query = Query()


def build(
    entries: Iterable[Entry],
    sections: Iterable[SectionEntry],
    synonyms: Iterable[tuple[str, str, str]],
    before: Index | None = None,
) -> Index:
    """The index of a release.

    ``synonyms``: what people type, and either the words it means or the code it names; the other one is empty.
    ``before``: an index to take over what still stands from, all of it if it is made of the same.
    """
    # Codes in force come first, and each lot in code order: a code's number then tells status and order.
    entries = sorted(entries, key=attrgetter("ended", "code"))
    codes_on_file = [entry for entry in entries if entry.kind == "code"]
    modifiers = [entry for entry in entries if entry.kind == "modifier"]
    return _index((codes_on_file, modifiers, list(sections), list(synonyms)), before)


def _index(made_of: tuple, before: Index | None) -> Index:
    return before if before is not None and before.made_of == made_of else Index(*made_of, before)


class Index:
    """Made by ``build``."""

    def __init__(
        self,
        entries: list[Entry],
        modifiers: list[Entry],
        sections: list[SectionEntry],
        synonyms: list[tuple[str, str, str]],
        before: Index | None = None,
    ):
        meanings = [(split(term), split(means)) for term, means, code in synonyms if not code]
        names: dict[str, list[str]] = {}
        for term, _, code in synonyms:
            if code:
                names.setdefault(code, []).extend(split(term))
        of_sections = list(map(section_document, sections))
        terms = [*names.values(), *(term for term, _ in meanings)]
        words = Counter(word for each in (*terms, *(set(titles) for titles, _, _ in of_sections)) for word in each)
        words.update(dict.fromkeys((word for _, text, _ in of_sections for word in text), 0))
        if before is not None and before._held.stand(entries, modifiers, words.keys() ^ before._words.keys()):
            self._held = before._held
        else:
            self._held = Holdings(entries, modifiers, words)
        words.update(self._held.words)
        self._words = words

        # Those held, which may be the very same in the index before: that way they are in memory once.
        entries, modifiers = self._held.entries, self._held.modifiers
        self.made_of = entries, modifiers, sections, synonyms
        self._entries, self._modifiers, self._sections = entries, modifiers, sections
        self._in_force = sum(not entry.ended for entry in entries)
        self._letters = [entry.letter for entry in entries]
        self._numbers = {entry.code: number for number, entry in enumerate(entries)}
        self._in_code_order = sorted(self._numbers)
        self._modifier_called = {entry.code: entry for entry in modifiers}
        self._section_called = {section.slug: section for section in sections}

        self._reader = Reader(words, self._held.abbreviations, meanings)
        of_entries, of_modifiers = (
            {
                number: entry_document(entry, names[entry.code])
                for number, entry in enumerate(lot)
                if entry.code in names
            }
            for lot in (entries, modifiers)
        )
        self._of_entries = self._held.of_entries.extended(of_entries, meanings, words)
        self._of_modifiers = self._held.of_modifiers.extended(of_modifiers, meanings, words)
        self._of_sections = Corpus(of_sections, SECTION_FIELDS, words).extended({}, meanings)

    def with_synonyms(self, synonyms: Iterable[tuple[str, str, str]]) -> Index:
        """The index of the same codes and sections with these synonyms; itself if they are the same, too."""
        return _index((*self.made_of[:-1], list(synonyms)), self)

    def entry(self, code: str) -> Entry | None:
        """The code or modifier on file with exactly these characters."""
        number = self._numbers.get(code)
        return self._modifier_called.get(code) if number is None else self._entries[number]

    def search(
        self,
        text: str,
        *,
        level: int | None = None,
        letter: str = "",
        section: str = "",
        ended: bool = False,
        fill: bool = False,
        limit: int = 10,
        offset: int = 0,
    ) -> Results:
        """What is on file for a text.

        ``level``, ``letter`` and ``section`` (a slug; with the sections inside it) narrow the codes. Ended codes
        are always counted, but listed only with ``ended``, or when nothing in force matches; ``fill`` ends a first
        page with them that those in force leave room on.
        """
        parsed = codes.parse(text)
        found = self._named(parsed) or self._in_a_row(parsed) or self._by_words(parsed.code or text)
        named = self._narrowed(found.named, level, section)
        ranked = self._narrowed(sorted(found.scores), level, section)
        boundary = bisect_left(ranked, self._in_force)
        in_force, gone = ranked[:boundary], ranked[boundary:]
        lists_gone = ended or not (named or in_force)
        letters = Counter(self._letters[number] for number in (*named, *(ranked if lists_gone else in_force)))
        if letter:
            named, in_force, gone = (
                [number for number in lot if self._letters[number] == letter] for lot in (named, in_force, gone)
            )
        end = offset + limit
        page = named + _best(found.scores, in_force, end)
        if lists_gone or (fill and len(page) < limit):
            page += _best(found.scores, gone, end)
        exact = self.entry(parsed.code or parsed.modifier or "")
        named_in_force = sum(number < self._in_force for number in named)
        return Results(
            parsed=parsed,
            exact=exact,
            entries=tuple(self._entries[number] for number in page[offset:end]),
            total=named_in_force + len(in_force),
            ended_total=len(named) - named_in_force + len(gone),
            letters=letters,
            sections=tuple(each for each in found.sections if level in (None, each.level))[:SECTIONS_SHOWN],
            modifiers=tuple(each for each in found.modifiers if each is not exact),
            suggestion=found.query.suggestion,
            corrected=bool(found.query.suggestion),
            terms=found.query.marks,
        )

    # --- What a text asks for ---

    def _named(self, parsed: codes.Parsed) -> _Found | None:
        """Codes on file that the text names, and what mentions the code if it is only one."""
        named: dict[int, None] = {}
        for part in parsed.codes or (parsed,):
            if part.code in self._numbers:
                named[self._numbers[part.code]] = None
            elif part.range and parsed.codes:
                named |= dict.fromkeys(self._between(*part.range))
        if not named:
            return None
        mentions: dict[int, float] = {}
        query = Query()
        if parsed.code:
            query = Query((Reading({parsed.code.lower(): 1.0}),), Marks(frozenset({parsed.code.lower()})))
            mentions = dict(self._of_entries.matches(query.readings))
            mentions.pop(self._numbers[parsed.code])
        slugs = dict.fromkeys(self._entries[number].section for number in named)
        return _Found(
            named=list(named),
            scores=mentions,
            sections=[self._section_called[slug] for slug in slugs if slug in self._section_called],
            modifiers=[self._modifier_called[each] for each in parsed.modifiers if each in self._modifier_called],
            query=query,
        )

    def _in_a_row(self, parsed: codes.Parsed) -> _Found | None:
        """Codes on file in a range, or after the first characters of a code."""
        if parsed.range:
            numbers = self._between(*parsed.range)
        elif _BEGINNING_OF_CODE.fullmatch(parsed.text):
            numbers = self._beginning_with(parsed.text)
        else:
            return None
        sections = [each for each in self._sections if each.low.startswith(parsed.text)]
        return _Found(scores=dict.fromkeys(numbers, 0.0), sections=sections) if numbers else None

    def _by_words(self, text: str) -> _Found:
        query = self._reader.read(text)
        of_sections = self._of_sections.matches(query.readings, of_whole_query=True)
        of_modifiers = self._of_modifiers.matches(query.readings, of_whole_query=True)
        best_modifiers = _best(of_modifiers, sorted(of_modifiers), MODIFIERS_SHOWN)
        named = [self._sections[each] for each in _best(of_sections, sorted(of_sections), len(of_sections))]
        return _Found(
            scores=self._of_entries.matches(query.readings),
            sections=list(dict.fromkeys((*self._around_cpt(text), *named))),
            modifiers=[self._modifiers[each] for each in best_modifiers],
            query=query,
        )

    def _around_cpt(self, digits: str) -> list[SectionEntry]:
        """The sections with CPT numbers that begin with these three or four digits, the narrowest range first."""
        if not _BEGINNING_OF_CPT.fullmatch(digits):
            return []
        first, last = digits.ljust(5, "0"), digits.ljust(5, "9")
        widths = {
            section: int(high) - int(low)
            for section in self._sections
            for low, high in ((section.low, section.high), *section.other_ranges)
            if low.isdigit() and low <= last and first <= high
        }
        return sorted(widths, key=widths.__getitem__)

    def _between(self, low: str, high: str) -> list[int]:
        ordered = self._in_code_order
        row = ordered[bisect_left(ordered, low) : bisect_right(ordered, high)]
        return [self._numbers[code] for code in row if codes.contains(low, high, code)]

    def _beginning_with(self, beginning: str) -> list[int]:
        ordered = self._in_code_order
        row = ordered[bisect_left(ordered, beginning) : bisect_left(ordered, beginning + "~")]
        return [self._numbers[code] for code in row]

    def _narrowed(self, numbers: Sequence[int], level: int | None, section: str) -> list[int]:
        if level is not None:
            numbers = [number for number in numbers if self._entries[number].level == level]
        if section:
            inside = {slug for slug in self._section_called if section in self._path(slug)}
            numbers = [number for number in numbers if self._entries[number].section in inside]
        return list(numbers)

    def _path(self, slug: str) -> list[str]:
        """A section and those around it, by slug."""
        path: list[str] = []
        while slug in self._section_called and slug not in path:
            path.append(slug)
            slug = self._section_called[slug].parent
        return path


def _best(scores: Mapping[int, float], numbers: Iterable[int], count: int) -> list[int]:
    """The ``count`` numbers with the highest scores, best first; equals stay in the order given."""
    return nlargest(count, numbers, key=scores.__getitem__)
