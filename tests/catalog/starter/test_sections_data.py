"""The starting texts of levels and sections: a tree in which every code has exactly one narrowest place."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from python_calamine import CalamineWorkbook

from catalog import codes

STARTER = Path(codes.__file__).parent / "starter"
LEVELS = tomllib.loads((STARTER / "levels.toml").read_text())["level"]
SECTIONS = [
    section
    for level in (1, 2, 3)
    for section in tomllib.loads((STARTER / f"sections-{level}.toml").read_text())["section"]
]
BY_SLUG = {section["slug"]: section for section in SECTIONS}
RANGES = [(low, high, section["slug"]) for section in SECTIONS for low, high in section["ranges"]]
TEXTS = [
    (section["slug"], section.get(field, "")) for section in SECTIONS for field in ("title", "description", "note")
]
TEXTS += [(level["name"], level["description"]) for level in LEVELS]

NEEDED = {
    "slug": str,
    "level": int,
    "parent": str,
    "title": str,
    "short_title": str,
    "kind": str,
    "ranges": list,
    "maintainer": str,
    "who_bills": str,
    "description": str,
    "mark": str,
    "sort": int,
}
OPTIONAL = {"map_title": str, "note": str, "closed": bool}


class Stretch(NamedTuple):
    """A stretch of one number line: ``Stretch("J", 120, 3591, "j-injected")``, ends included."""

    line: str
    first: int
    last: int
    slug: str

    def holds(self, other: Stretch) -> bool:
        return self.line == other.line and self.first <= other.first and other.last <= self.last

    def meets(self, other: Stretch) -> bool:
        return self.line == other.line and self.first <= other.last and other.first <= self.last


STRETCHES = [Stretch(codes.series(low), codes.number(low), codes.number(high), slug) for low, high, slug in RANGES]
BY_LINE = {line: [one for one in STRETCHES if one.line == line] for line in {one.line for one in STRETCHES}}


def owner(code: str) -> dict | None:
    """The section with the narrowest range around the code."""
    return owner_at(codes.series(code), codes.number(code))


def owner_at(line: str, number: int) -> dict | None:
    around = [one for one in BY_LINE[line] if one.first <= number <= one.last]
    return BY_SLUG[min(around, key=lambda one: one.last - one.first).slug] if around else None


def path(section: dict | None) -> list[dict]:
    """From the section up to its top ancestor."""
    found = []
    while section is not None:
        found.append(section)
        section = BY_SLUG.get(section["parent"])
    return found


def owners(line: str) -> Iterator[tuple[int, int, dict | None]]:
    """The number line cut where the owner of its codes can change: first number, last number, owner."""
    last = 99_999 if line == "" else 9_999
    edges = {0, last + 1, *(one.first for one in BY_LINE[line]), *(one.last + 1 for one in BY_LINE[line])}
    for first, after in pairwise(sorted(edges)):
        yield first, after - 1, owner_at(line, first)


# --- Levels ------------------------------------------------------------------------------------------------


def test_levels_one_and_two_are_in_use_and_three_ended_in_2003():
    assert [level["number"] for level in LEVELS] == [1, 2, 3]
    assert [level["name"] for level in LEVELS] == [level.label for level in codes.Level]
    assert [level["ended"] for level in LEVELS] == ["", "", date(2003, 12, 31).isoformat()]


def test_every_level_says_who_keeps_it_and_on_what_authority():
    for level in LEVELS:
        assert all(
            level[field] for field in ("title", "maintainer", "shape", "description", "who_bills", "sources")
        )


# --- The tree ----------------------------------------------------------------------------------------------


def test_every_section_has_the_fields_the_loader_reads():
    for section in SECTIONS:
        assert set(section) - set(OPTIONAL) == set(NEEDED), section["slug"]
        assert all(isinstance(value, (NEEDED | OPTIONAL)[field]) for field, value in section.items()), section[
            "slug"
        ]
        assert section["mark"] in {"V", "S", "I", "G"}, section["slug"]
        assert section["ranges"], section["slug"]


def test_slugs_are_unique_and_fit_for_addresses():
    assert len(BY_SLUG) == len(SECTIONS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and len(slug) <= 40 for slug in BY_SLUG)


def test_slugs_of_level_two_begin_with_their_letter():
    for section in SECTIONS:
        if section["level"] == 2:
            letters = {low[0].lower() for low, _ in section["ranges"]}
            assert letters == {section["slug"][0]}, section["slug"]


def test_a_parent_stands_before_its_children_and_shares_their_level_and_kind():
    seen = set()
    for section in SECTIONS:
        if section["parent"]:
            parent = BY_SLUG[section["parent"]]
            assert parent["slug"] in seen, section["slug"]
            assert (parent["level"], parent["kind"]) == (section["level"], section["kind"]), section["slug"]
        seen.add(section["slug"])


def test_sections_are_sorted_as_they_are_written():
    for level in (1, 2, 3):
        order = [section["sort"] for section in SECTIONS if section["level"] == level]
        assert all(one < other for one, other in pairwise(order))


def test_only_ended_series_are_closed():
    closed = {section["slug"] for section in SECTIONS if section.get("closed")}
    assert {BY_SLUG[slug]["kind"] for slug in closed} == {codes.Kind.VACCINE_ADMIN, codes.Kind.LOCAL}
    assert closed == {s["slug"] for s in SECTIONS if s["kind"] in (codes.Kind.VACCINE_ADMIN, codes.Kind.LOCAL)}


# --- Ranges ------------------------------------------------------------------------------------------------


def test_a_range_runs_upward_between_two_codes_of_the_kind_of_its_section():
    for low, high, slug in RANGES:
        assert codes.kind_of(low) == codes.kind_of(high) == BY_SLUG[slug]["kind"], (slug, low, high)
        assert codes.kind_of(low).level == BY_SLUG[slug]["level"], (slug, low, high)
        assert codes.contains(low, high, low), (slug, low, high)
        assert codes.contains(low, high, high), (slug, low, high)


def test_no_range_is_given_twice():
    assert len({(low, high) for low, high, _ in RANGES}) == len(RANGES)


def test_ranges_lie_inside_each_other_or_apart_but_never_cross():
    crossing = [
        (one, other)
        for one, other in combinations(STRETCHES, 2)
        if one.meets(other) and not one.holds(other) and not other.holds(one)
    ]
    assert crossing == []


def test_ranges_of_one_section_stay_apart():
    assert [one for one, other in combinations(STRETCHES, 2) if one.slug == other.slug and one.meets(other)] == []


def test_a_child_lies_inside_its_parent():
    for one in STRETCHES:
        parent = BY_SLUG[one.slug]["parent"]
        assert not parent or any(outer.holds(one) for outer in STRETCHES if outer.slug == parent), one


# --- Every code has its place ------------------------------------------------------------------------------


def test_five_digit_numbers_lie_in_the_section_the_classifier_names():
    for first, last, section in owners(""):
        top = path(section)[-1]["slug"] if section else None
        for number in range(first, last + 1):
            assert codes.cpt_category_one_section(f"{number:05d}") == top, number


@pytest.mark.parametrize("letter", "FTUMA")
def test_every_number_of_a_cpt_series_has_a_section(letter):
    places = [place for place in owners(f"#{letter}") if place[1] > 0]  # 0000 is not given out
    assert all(section and section["kind"] == codes.kind_of(f"0001{letter}") for _, _, section in places)


@pytest.mark.parametrize("letter", "ABCDEGHJKLMPQRSTUVWXYZ")
def test_every_number_of_a_letter_has_a_section(letter):
    assert all(section is not None for _, _, section in owners(letter))


def test_every_section_owns_a_stretch_of_its_own_or_has_children():
    parents = {section["parent"] for section in SECTIONS}
    owning = {section["slug"] for line in BY_LINE for _, _, section in owners(line) if section}
    assert {section["slug"] for section in SECTIONS} - parents <= owning


@pytest.mark.parametrize(
    ("code", "slug"),
    [
        ("90474", "medicine-giving-vaccines"),
        ("90480", "medicine-giving-vaccines"),
        ("90479", "medicine-vaccines"),
        ("91300", "medicine-vaccines"),
        ("97153", "medicine-adaptive-behavior"),
        ("98016", "visits-check-in"),
        ("99213", "visits-office"),
        ("99201", "evaluation-and-management"),
        ("99116", "anesthesia-circumstances"),
        ("99199", "medicine-other"),
        ("69990", "surgery-microscope"),
        ("0001U", "pla-0001u"),
        ("0601U", "pla"),
        ("U0001", "u-virus-tests"),
        ("1000T", "category-3"),
        ("T1000", "t-nursing-community"),
        ("C1716", "c-brachytherapy"),
        ("C9901", "c-procedures"),
        ("E0601", "e-pap"),
        ("E1399", "e-catch-all"),
        ("G0659", "g-drug-testing"),
        ("J3490", "j-unclassified"),
        ("L9900", "l-component"),
        ("Q4081", "q-drugs-4000"),
        ("D0120", "d-dental"),
        ("W1234", "local-codes"),
    ],
)
def test_the_narrowest_range_wins(code, slug):
    assert owner(code)["slug"] == slug


def test_unassigned_five_digit_numbers_belong_nowhere():
    assert owner("00099") is None
    assert owner("02000") is None
    assert owner("09999") is None


# --- The map -----------------------------------------------------------------------------------------------


def test_each_code_with_a_section_lies_in_exactly_one_block_of_the_map():
    for line in BY_LINE:
        for first, last, section in owners(line):
            blocks = [ancestor["map_title"] for ancestor in path(section) if "map_title" in ancestor]
            assert len(blocks) == (section is not None), (line, first, last, blocks)


def test_blocks_of_the_map_have_names_of_their_own():
    titles = [section["map_title"] for section in SECTIONS if "map_title" in section]
    assert len(set(titles)) == len(titles)


# --- Words -------------------------------------------------------------------------------------------------


def test_titles_fit_where_they_are_shown():
    for section in SECTIONS:
        assert 0 < len(section["title"]) <= 60, section["slug"]
        assert 0 < len(section["short_title"]) <= 22, section["slug"]
        assert len(section.get("map_title", "")) <= 14, section["slug"]


@pytest.mark.parametrize("field", ["title", "short_title"])
def test_no_two_sections_share_a_title(field):
    """Search results show them without the path above."""
    titles = Counter(section[field] for section in SECTIONS)
    assert [title for title, count in titles.items() if count > 1] == []


def test_every_section_says_what_it_is_and_who_bills_it():
    for section in SECTIONS:
        assert section["who_bills"], section["slug"]
        assert section["maintainer"], section["slug"]
        paragraphs = section["description"].strip().split("\n\n")
        assert all(paragraph.endswith((".", "?")) for paragraph in paragraphs), section["slug"]
        assert "\n" not in "".join(paragraphs), f"{section['slug']}: a paragraph is one line"
        assert section.get("note", ".").endswith("."), section["slug"]


@pytest.mark.parametrize(
    "unwanted",
    [
        r"\bCCI\b",
        r"  ",
        r"'|\.\.\.",
        r"(?i)\b(unbundl\w*|seamless\w*|powerful\w*|effortless\w*|cutting[- ]edge|world[- ]class|best|easily)\b",
        r"(?i)\b(\w*behaviour\w*|counselling|p(?:a)ediatri\w*ae|paediatric\w*|labour|centre\w*|haem\w+|programmes?)\b",
        r"(?i)\b(customised|organis\w+|recognis\w+|anaesthe\w+|oedema|colour\w*|metres?|litres?)\b",
        r"(?i)\bwill be paid\b|\ballowed\b",
        r"(?i)\bCPT[- ]?3\b|\bhick-?picks\b",
    ],
)
def test_no_text_contains_what_the_site_never_says(unwanted):
    assert [slug for slug, text in TEXTS if re.search(unwanted, text)] == []


# --- Against CMS's file ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def on_file(cms_files) -> dict[str, dict[str, str]]:
    """Procedure records of the October 2025 release: code -> column -> value."""
    sheet = CalamineWorkbook.from_path(cms_files / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx").get_sheet_by_index(0)
    header, *rows = sheet.to_python()
    records = (dict(zip(header, map(str, row), strict=True)) for row in rows)
    return {record["HCPC"]: record for record in records if codes.is_code(record["HCPC"])}


def in_force(on_file: dict[str, dict[str, str]]) -> list[str]:
    return [code for code, record in on_file.items() if not record["TERM DT"].strip()]


@pytest.mark.cms
def test_every_code_on_file_lies_in_a_section_below_its_letter(on_file):
    astray = [code for code in on_file if not owner(code)["parent"]]
    assert len(on_file) == 8463
    assert astray == []


@pytest.mark.cms
def test_every_section_below_a_letter_holds_codes(on_file):
    inhabited = {ancestor["slug"] for code in on_file for ancestor in path(owner(code))}
    assert {s["slug"] for s in SECTIONS if s["level"] == 2} - inhabited == {"d-dental"}


@pytest.mark.cms
def test_sections_called_ended_hold_no_code_in_force(on_file):
    alive = {owner(code)["slug"] for code in in_force(on_file)}
    called_ended = {s["slug"] for s in SECTIONS if s["level"] == 2 and "ended" in s["title"]}
    assert len(called_ended) == 3
    assert called_ended & alive == set()


@pytest.mark.cms
def test_codes_named_in_texts_are_on_file(on_file):
    named = {code for _, text in TEXTS for code in re.findall(r"\b[A-CEGHJ-MP-V][0-9]{4}\b", text)}
    assert len(named) > 200
    assert named - set(on_file) == {"A0001"}, "only A0001, named as the code that 0001A is not, is no code"


@pytest.mark.cms
def test_what_the_texts_say_of_coverage_holds_in_the_file(on_file):
    coverage = {
        letter: {on_file[code]["COV"].strip() for code in in_force(on_file) if code[0] == letter}
        for letter in "HT"
    }
    assert coverage == {"H": {"I"}, "T": {"I", "M"}}
    assert [code for code in in_force(on_file) if code[0] == "S" and on_file[code]["COV"] != "I"] == ["S3620"]
