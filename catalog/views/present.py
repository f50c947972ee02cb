"""The lesson for a projector: one idea a slide, in big type, from the editors' texts and the loaded releases.

A slide whose texts or rows are not there is left out. Nothing marked inferred or general is shown: a class takes
for a fact what stands on the wall. What is taken apart live is said as on ``/levels/``, with its remarks.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import accumulate
from typing import TypeVar

from django.db.models import Case, Count, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from catalog import codes, snapshot
from catalog.code_forms import FORMS
from catalog.dissect import dissect
from catalog.models import ComparisonRow, HcpcsCode, Misconception, Section
from catalog.models.training import Mark, Sourced
from catalog.snapshot import Snapshot
from catalog.typed_code import read
from catalog.values import COVERAGE
from catalog.views import decisions, dissected, pair_answers, path_slides
from catalog.views.quiz import code_word
from catalog.wording import shorten

UNVERIFIED = (Mark.INFERRED, Mark.GENERAL)
NOT_PAID = ("I", "M", "S")
"""The marks in CMS's file that say Medicare does not pay or cover an item; see ``catalog.values``."""

# The examples. Those of the files come from the loaded data, and are others where these are not there.
TWINS = ("0001U", "U0001")
PAIR = ("45385", "45378")
NOT_COVERED, ENDED = "V5266", "G2012"
DRUG, GIVING_IT = "J1885", "96372"
YOUR_TURN = ("0042T", "T1019", "W1234")
HEARD = 3
NAMED_BY_SECTION = (codes.Kind.CPT_I, codes.Kind.LEVEL_II)
LONGEST_FACT = 240
"""Characters that a slide holds in letters to be read from the last row."""

# A screen of 1024 by 768 holds so many lines of 24 pixels and so many rows beside heading and source. Columns are
# counted in letters of a wide font. Larger screens scale all of it.
ROOM = 19.0
ROWS = 6

LONGEST_SOURCE = 76
"""Characters in one line of 16 pixels beside the number of the slide."""
SECOND_HAND = "; in part secondary"

CFR = "45 CFR 162.1002"
AMA = "AMA, CPT pages"

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slide:
    """One screen. ``part`` groups slides in the bar; ``kind`` names the template ``_slide_<kind>.html``.

    An answer has the number of the question before it. ``shown`` is what its template shows.
    """

    part: str
    kind: str
    title: str
    source: str
    shown: object = None
    is_answer: bool = False
    number: int = 0
    before: str = ""
    after: str = ""
    """Anchors of the slides beside it."""

    @property
    def anchor(self) -> str:
        return f"s{self.number}-answer" if self.is_answer else f"s{self.number}"

    @property
    def template(self) -> str:
        return f"catalog/_slide_{self.kind}.html"


@require_safe
@vary_on_cookie
@cache_control(no_cache=True)
def present(request: HttpRequest) -> HttpResponse:
    slides = lesson(snapshot.of(request))
    context = {
        "here": "levels",
        "slides": slides,
        "ideas": slides[-1].number,
        "parts": _parts(slides),
        "host": request.get_host(),
    }
    return render(request, "catalog/present.html", context)


def lesson(shown: Snapshot) -> list[Slide]:
    """All slides in order, numbered. Eight queries at the most, however much is loaded."""
    slides = [
        *_levels(shown),
        *_compared(),
        *_taken_apart(shown),
        *_letters(shown),
        *_path(),
        *_two_lines(shown),
        *_listed(shown),
        *_dated(shown),
        *_paired(shown),
        *_heard(),
        *_your_turn(shown),
        Slide("Go on", "end", "Now try it yourselves", "", code_word(f"{shown.day:%b%d}")),
    ]
    numbers = accumulate(int(not slide.is_answer) for slide in slides)
    slides = [replace(slide, number=number) for slide, number in zip(slides, numbers, strict=True)]
    anchors = ["", *(slide.anchor for slide in slides), ""]
    around = zip(slides, anchors, anchors[2:], strict=False)
    return [replace(slide, before=before, after=after) for slide, before, after in around]


def _parts(slides: Iterable[Slide]) -> list[Slide]:
    """The first slide of each part."""
    return list({slide.part: slide for slide in reversed(list(slides))}.values())[::-1]


# --- Two levels --------------------------------------------------------------------------------------------


def _levels(shown: Snapshot) -> Iterable[Slide]:
    levels = shown.tree.levels
    if not {1, 2} <= levels.keys():
        return
    ended = "; for the last day of Level III, a secondary source" if 3 in levels else ""
    yield Slide("Inside", "nest", "CPT is inside HCPCS", f"{CFR}; HL7 Terminology{ended}")
    decide = "AMA, CPT process pages; CMS, HCPCS general information; 42 CFR 414.40(a)"
    yield Slide("Inside", "keepers", "Two levels, two keepers", decide, (levels[1], levels[2]))


def _compared() -> Iterable[Slide]:
    rows = ComparisonRow.objects.filter(on_slide=True).exclude(mark__in=UNVERIFIED)
    for number, page in enumerate(paged(rows, _lines_of_comparison)):
        title = "Level I beside Level II, continued" if number else "Level I beside Level II"
        yield Slide("Compare", "compare", title, sources(page), page)


def _lines_of_comparison(row: ComparisonRow) -> float:
    return max(_lines(row.question, 11), _lines(row.level_one, 25), _lines(row.level_two, 25)) + 0.6


# --- Form --------------------------------------------------------------------------------------------------


def _taken_apart(shown: Snapshot) -> Iterable[Slide]:
    form = f"{AMA}; CMS HCPCS record layout, 2019"
    for kind, title, examples in (
        ("apart", "The first character decides", dissected.EXAMPLES),
        ("twins", "Where the letter stands", TWINS),
    ):
        known = _known(shown, examples)
        yield Slide("Form", kind, title, _attributed(form, (section for *_, section in known)), known)
    tries = [dissect(read(code)) for code in dissected.EXAMPLES]
    yield Slide("Form", "try", "Take one apart", f"{form}; our sections", tries)
    suffixes = [(form.example[-1], form) for form in FORMS if form.kind.level == 1]
    purposes = "; for the purposes of F and T, secondary sources"
    yield Slide("Form", "suffixes", "The last character names the category", f"{AMA}{purposes}", suffixes)


def _letters(shown: Snapshot) -> Iterable[Slide]:
    sections = [section for section in shown.tree.top(2) if section.ranges.all() and _is_sure(section)]
    if letters := [(_letter(section), section) for section in sections]:
        file = f"CMS HCPCS file, {shown.release.title}" if _is_published(shown) else "CMS HCPCS file, October 2025"
        source = _attributed(f"{file}; titles are ours", sections)
        yield Slide("Form", "letters", "In Level II the letter is the section", source, letters)


def _letter(section: Section) -> str:
    return section.ranges.all()[0].low[0]


# --- Choice ------------------------------------------------------------------------------------------------


def _path() -> Iterable[Slide]:
    pieces = path_slides.pieces(decisions.drawn())
    if any(step.is_unverified for piece in pieces for step in piece.stated):
        return
    for piece in pieces:
        title = f"Which set do I use? {piece.answer}".strip()
        yield Slide("Choose", "path", title, sources(piece.stated), piece)


def _two_lines(shown: Snapshot) -> Iterable[Slide]:
    drugs, giving = _top(shown, DRUG), shown.tree.narrowest(GIVING_IT)
    if drugs and giving and _is_sure(giving):
        source = _attributed(f"{CFR}; CMS HCPCS file", (drugs, giving))
        yield Slide("Choose", "two_lines", "A drug, and giving it: two lines", source, (DRUG, drugs, giving))


# --- What a file says --------------------------------------------------------------------------------------


def _listed(shown: Snapshot) -> Iterable[Slide]:
    if not shown.release:
        return
    on_file = HcpcsCode.objects.filter(release=shown.release, termination_date=None)
    marked = on_file.filter(coverage_code__in=NOT_PAID)
    if example := marked.order_by(_first(NOT_COVERED), "code").only("code", "coverage_code").first():
        counts = on_file.aggregate(marked=Count("pk", filter=Q(coverage_code__in=NOT_PAID)), all=Count("pk"))
        about = {"example": example, "words": COVERAGE[example.coverage_code], **counts}
        source = f"{_file(shown)}; CMS HCPCS file, January 2019, read-me"
        yield Slide("In the files", "listed", "Listed is not covered", source, about)


def _dated(shown: Snapshot) -> Iterable[Slide]:
    ended = HcpcsCode.objects.filter(release=shown.release, termination_date__lt=shown.day)
    newest = ended.order_by(_first(ENDED), "-termination_date", "code").only("code", "termination_date")
    if shown.release and (example := newest.first()):
        day_after = example.termination_date + timedelta(days=1)
        source = f"45 CFR 162.1000; CMS HCPCS record layout, 2019; {_file(shown)}"
        yield Slide("In the files", "dated", "The day of service decides", source, (example, day_after))


def _paired(shown: Snapshot) -> Iterable[Slide]:
    answer = pair_answers.answers(shown, *PAIR, list(PAIR))
    if answer.leading.row and answer.leading.verdict.kind in ("deny", "cond"):
        remark = f". {answer.leading.release.remark}" if answer.leading.release.remark else ""
        source = f"CMS NCCI, {answer.leading.release}{remark}"
        yield Slide("In the files", "paired", "What a pair edit says", source, answer)


def _first(code: str) -> Case:
    """Sorts this code before all others."""
    return Case(When(code=code, then=Value(0)), default=Value(1))


# --- The class's turn --------------------------------------------------------------------------------------


def _heard() -> Iterable[Slide]:
    beliefs = Misconception.objects.filter(on_slide=True).exclude(mark__in=UNVERIFIED)
    fitting = [belief for belief in beliefs if len(belief.fact) <= LONGEST_FACT]
    for number, belief in enumerate(fitting[:HEARD], start=1):
        yield Slide("Heard", "heard", f"Often heard, {number}", "", belief)
        yield Slide("Heard", "in_fact", f"In fact, {number}", sources([belief]), belief, is_answer=True)


def _your_turn(shown: Snapshot) -> Iterable[Slide]:
    asked = _known(shown, YOUR_TURN)
    yield Slide("Your turn", "turn", "Which level, and how do you know?", "", asked)
    source = f"{AMA}; CMS HCPCS record layout, 2019; W to Z secondary"
    yield Slide("Your turn", "turn", "The first character, then the last", source, asked, is_answer=True)


# --- Parts -------------------------------------------------------------------------------------------------


def paged(rows: Iterable[Row], lines_of: Callable[[Row], float]) -> list[list[Row]]:
    """The rows in order, on as few pages as hold them and about as much on each.

    A page holds ``ROOM`` lines and ``ROWS`` rows; a row that is longer has a page to itself.
    """
    lines = [(row, lines_of(row)) for row in rows]
    pages = _filled(lines, ROOM)
    for room in range(1, int(ROOM)):
        if len(_filled(lines, room)) == len(pages):
            return _filled(lines, room)
    return pages


def _filled(lines: Iterable[tuple[Row, float]], room: float) -> list[list[Row]]:
    pages: list[list[Row]] = []
    left = 0.0
    for row, needed in lines:
        if not pages or needed > left or len(pages[-1]) == ROWS:
            pages.append([])
            left = room
        pages[-1].append(row)
        left -= needed
    return pages


def sources(rows: Iterable) -> str:
    """The authorities of some rows in a line that fits below them, and whether any is of the second hand.

    Two are named at the most, or the first one alone, shortened, where two are too long. ``/levels/`` names all.
    """
    rows = list(rows)
    named: dict[str, str] = {}
    for source in (part.strip() for row in rows for part in row.source.split(";")):
        named.setdefault(source.casefold(), source)
    shown = list(named.values())
    for most in (2, 1):
        rest = f"; and others: {reverse('levels')}" if len(shown) > most else ""
        line = f"{_attributed('; '.join(shown[:most]), rows)}{rest}"
        if len(line) <= LONGEST_SOURCE:
            return line
    return f"{_attributed(shorten(shown[0], LONGEST_SOURCE // 2), rows)}{rest}"


def _attributed(source: str, rows: Iterable[Section | Sourced | None]) -> str:
    """The source with what has to be said of rows that are of the second hand."""
    second = any(row is not None and row.mark == Mark.SECONDARY for row in rows)
    return f"{source}{SECOND_HAND}" if second else source


def _lines(text: str, width: int) -> int:
    return max(1, len(textwrap.wrap(text, width)))


def _known(shown: Snapshot, examples: Iterable[str]) -> list[tuple[str, codes.Kind, Section | None]]:
    """Codes with what their form says, and the widest section around those whose form does not say it all."""
    return [
        (code, (kind := codes.kind_of(code)), _top(shown, code) if kind in NAMED_BY_SECTION else None)
        for code in examples
    ]


def _top(shown: Snapshot, code: str) -> Section | None:
    """The widest section around a code; None where nobody verified it."""
    section = shown.tree.narrowest(code)
    top = shown.tree.path(section)[0] if section else None
    return top if top and _is_sure(top) else None


def _is_sure(section: Section) -> bool:
    return section.mark not in UNVERIFIED


def _is_published(shown: Snapshot) -> bool:
    return shown.release is not None and not shown.is_starter


def _file(shown: Snapshot) -> str:
    return f"CMS HCPCS file, {shown.release.title}" if _is_published(shown) else "Starter data, not a CMS release"
