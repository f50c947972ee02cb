"""The practice items: their form, and that the key of each agrees with the grammar, our sections and the rules.

What they say of codes on file is held against CMS's release in ``test_items_release``.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from catalog import codes, modifiers, quiz
from catalog.edits import quarter_of
from catalog.models import PracticeChoice, PracticeItem
from catalog.models.section import Section
from scratchpad import rules
from scratchpad.claim import PRACTITIONER, Claim
from scratchpad.claim_text import claim_query, line_of
from scratchpad.finding_words import CHIPS, DENIED_UNLESS, chip_of
from scratchpad.findings import Kind
from scratchpad.reference import Reference
from tests.catalog.starter.test_sections_data import SECTIONS, owner, path
from tests.catalog.starter.test_starter_facts import CODES
from tests.practice_items import ITEMS, choices, deliberately_invalid, letter_first_codes, slug, texts
from tests.references import a_mue, a_ptp, a_reference, a_release, an_addon

NEEDED = {
    *("slug", "asks", "topic", "difficulty", "prompt", "right", "wrong", "rationale"),
    *("link", "link_label", "source", "mark"),
}
OPTIONAL = {"code", "claim", "given", "invalid_codes"}

SETTINGS = {
    "Practitioner": "practitioner",
    "Outpatient hospital": "outpatient_hospital",
    "DME supplier": "dme_supplier",
}
CHIP_WORDS = {chip.label for chip in (*CHIPS.values(), DENIED_UNLESS)}

every_item = pytest.mark.parametrize("item", ITEMS, ids=slug)
every_claim = pytest.mark.parametrize("item", [item for item in ITEMS if "claim" in item], ids=slug)


def asking(ask: quiz.Ask) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("item", [item for item in ITEMS if item["asks"] == ask], ids=slug)


# --- Form ----------------------------------------------------------------------------------------------------


def test_there_are_enough_items_of_every_topic_difficulty_and_ask():
    assert len(ITEMS) >= 90
    for key, kinds, least in (
        ("topic", quiz.Topic, 10),
        ("difficulty", quiz.Difficulty, 25),
        ("asks", quiz.Ask, 8),
    ):
        counts = Counter(item[key] for item in ITEMS)
        assert set(counts) == {kind.value for kind in kinds}
        assert min(counts.values()) >= least, f"{key}: {counts}"


@every_item
def test_an_item_has_the_keys_of_an_item(item):
    assert set(item) >= NEEDED
    assert set(item) <= NEEDED | OPTIONAL
    assert item["mark"] in (Section.Mark.VERIFIED, Section.Mark.SECONDARY), "the unverified is not asked"
    assert all(len(fact) == 2 and all(fact) for fact in item.get("given", []))


@every_item
def test_an_item_fits_its_columns(item):
    for key in set(item) - {"right", "wrong", "claim", "given"}:
        longest = PracticeItem._meta.get_field(key).max_length
        assert longest is None or len(str(item[key])) <= longest, key
    longest = PracticeChoice._meta.get_field("text").max_length
    assert all(len(text) <= longest for text in choices(item))
    assert re.fullmatch("[a-z0-9-]+", item["slug"])


@every_item
def test_one_choice_is_right_and_one_to_four_others_are_wrong(item):
    assert 2 <= len(choices(item)) <= 5
    assert len(set(choices(item))) == len(choices(item))


@every_item
def test_choices_are_of_the_vocabulary_of_what_is_asked(item):
    vocabulary = quiz.vocabulary_of(item["asks"])
    if vocabulary:
        assert set(choices(item)) <= set(vocabulary)
    if item["asks"] in (quiz.Ask.LEVEL, quiz.Ask.TRUE_FALSE):
        assert set(choices(item)) == set(vocabulary)


def test_no_slug_and_no_question_comes_twice():
    for key in ("slug", "prompt", "rationale"):
        assert [text for text, count in Counter(item[key] for item in ITEMS).items() if count > 1] == []


def test_true_and_false_are_both_right_now_and_then():
    rights = Counter(item["right"] for item in ITEMS if item["asks"] == quiz.Ask.TRUE_FALSE)
    assert min(rights["True"], rights["False"]) >= 5


@every_item
def test_a_rationale_teaches_in_a_few_sentences(item):
    sentences = re.findall(r"[^.?]+[.?](?= |$)", item["rationale"])
    assert 2 <= len(sentences) <= 4
    assert item["rationale"].endswith(".")
    assert len(item["rationale"]) <= 400
    assert item["prompt"].endswith(("?", "."))


@pytest.mark.parametrize(
    "unwanted",
    [
        r"(?i)\ballowed\b|\bwill be (?:paid|denied)\b|\bgets? paid\b|\badd (?:modifier )?[0-9X][0-9A-Z]\b",
        r"\bCCI\b|(?i:\bunbundl\w*|\bCPT[- ]?3\b|\bhick-?picks\b)",
        r"(?i)\b(?:behaviour\w*|counselling|paediatric\w*|labour|centre\w*|programmes?|aluminium|customis\w+)\b",
        r"(?i)\b(?:organis\w+|recognis\w+|anaesthe\w+|licence|colour\w*|metres?|neighbour\w*|mould\w*)\b",
        r"  |'|\"|\.\.\.",
        r"\b(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}\b",
    ],
)
def test_no_text_contains_what_the_site_never_says(unwanted):
    assert [(slug(item), text) for item in ITEMS for text in texts(item) if re.search(unwanted, text)] == []


@every_item
def test_no_words_stand_beside_a_cpt_number_as_its_label(item):
    """Neither in brackets nor behind a sign, a verb or “with”; sections and categories have titles of our own."""
    number = r"(?<![0-9A-Z])(?:[0-9]{5}|[0-9]{4}[FTUMA])(?![0-9A-Z])"
    verb = r"(?:is|was|means|names|reports|describes) (?:an? |the |for )?[a-z]+ing\b"
    label = rf"{number} ?(?:\(|[:=–—]|{verb}|[^.;“]*, with (?:[a-z]+ ){{1,3}}(?:by|of|for|to)\b)"
    assert [text for text in texts(item) if re.search(label, text)] == []


@every_item
def test_a_link_leads_to_a_page_of_this_site(item):
    address = urlsplit(item["link"])
    assert not address.netloc
    resolve(address.path)
    assert item["link_label"]


@every_item
def test_the_page_of_a_level_ii_code_is_there_with_the_starter_set_too(item):
    if match := re.fullmatch("/codes/([A-Z][0-9]{4})/", item["link"]):
        known = {row["code"] for row in CODES}
        assert match[1] in known or codes.kind_of(match[1]) is not codes.Kind.LEVEL_II


@every_item
def test_what_cms_s_file_cannot_hold_is_marked_as_such(item):
    """A letter and four digits that are no Level II code: dental, local, or no code at all."""
    no_record = {code for code in letter_first_codes(item) if codes.kind_of(code) is not codes.Kind.LEVEL_II}
    assert no_record <= deliberately_invalid(item)
    no_form = {item["code"]} if "code" in item and not codes.is_code(item["code"]) else set()
    assert no_form <= deliberately_invalid(item) <= letter_first_codes(item) | no_form


# --- Keys by the grammar and the sections ------------------------------------------------------------------------


@asking(quiz.Ask.LEVEL)
def test_the_right_level_is_that_of_the_code_s_form(item):
    level = codes.level_of(item["code"])
    assert item["right"] == (quiz.LEVELS[level - 1] if level else quiz.LEVELS[-1])


@asking(quiz.Ask.CATEGORY)
def test_the_right_category_is_that_of_the_code_s_form(item):
    if "code" in item:
        assert item["right"] == codes.kind_of(item["code"]).label


@asking(quiz.Ask.SECTION)
def test_the_right_section_holds_the_code_and_no_other_choice_does(item):
    titles = {section["title"]: section for section in SECTIONS}
    assert set(choices(item)) <= set(titles)
    assert titles[item["right"]]["mark"] in ("V", "S")
    if "code" in item:
        around = {section["title"] for section in path(owner(item["code"]))}
        assert around & set(choices(item)) == {item["right"]}


# --- Keys by the rules -------------------------------------------------------------------------------------------


@every_claim
def test_the_rules_give_the_right_answer_of_a_claim(item):
    claim, kind = claim_of(item), kind_asked(item)
    found = rules.check(claim, reference_of(item, claim))
    told = next(finding for finding in found if finding.kind is kind)
    assert chip_of(told).label == item["right"]
    assert set(choices(item)) <= CHIP_WORDS


@every_claim
def test_a_link_to_the_scratchpad_opens_the_lines_of_the_claim(item):
    if item["link"].startswith("/scratchpad/"):
        assert item["link"] == f"/scratchpad/?{claim_query(claim_of(item))}"


def test_every_verdict_is_the_right_one_of_some_item():
    rights = {item["right"] for item in ITEMS if item["asks"] == quiz.Ask.VERDICT}
    assert rights == set(quiz.VERDICTS)


def test_the_modifiers_that_texts_count_are_as_many():
    assert sum(map(len, modifiers.NCCI_ASSOCIATED.values())) == 44


def facts_of(item: dict) -> dict[str, str]:
    return dict(item["given"])


def claim_of(item: dict) -> Claim:
    facts = facts_of(item)
    day = day_of(facts["Date of service"])
    lines = tuple(line_of(text, number, day) for number, text in enumerate(item["claim"], 1))
    assert all(line.is_readable for line in lines)
    return Claim(SETTINGS[facts["Setting"]], day, lines)


def kind_asked(item: dict) -> Kind:
    """Which table an item asks for: of several given the last, which depends on those before it."""
    facts = facts_of(item)
    if "Add-on code" in facts:
        return Kind.ADDON
    return Kind.MUE if {"Code", "Rows for this code"} & set(facts) else Kind.PTP


def reference_of(item: dict, claim: Claim) -> Reference:
    """What an item says is loaded, as the rules know it; a table it does not speak of is loaded for its date."""
    facts = facts_of(item)
    quarter = quarter_of(claim.date_of_service)
    ptp = mue = a_release("ptp", quarter, claim.setting)
    loaded = facts.get("Table loaded", "")
    if loaded == "None":
        ptp = None
    elif loaded.startswith("Through "):
        ptp = a_release("ptp", quarter_of(day_of(loaded.removeprefix("Through "))), claim.setting)
    elif loaded:
        first, _, last = loaded.removeprefix("Only ").partition(" to ")
        mue = a_release("mue", quarter_of(day_of(last)), claim.setting)
        assert last.startswith(f"{mue.last_day:%b}")
        assert first == f"{mue.first_day:%b} {mue.first_day.day}"
    return a_reference(*rows_of(facts), ptp=ptp, mue=[mue], addon=a_release("addon", quarter, PRACTITIONER))


def rows_of(facts: dict[str, str]) -> list:
    since, until = iso(facts.get("In force from", "–")) or "2020-01-01", iso(facts.get("Deleted", "–"))
    rows = []
    for label, indicator in facts.items():
        if match := re.fullmatch(r"Indicator(?: of the row (deleted|from) (.+))?", label):
            begins = iso(match[2]) if match[1] == "from" else since
            ends = iso(match[2]) if match[1] == "deleted" else until
            rows.append(a_ptp(facts["Column one"], facts["Column two"], indicator, begins, ends))
    if "Unit limit" in facts:
        rows.append(a_mue(facts["Code"], int(facts["Unit limit"]), facts["MAI"][0]))
    for primary in facts.get("Listed primary codes", "").split(", "):
        if primary:
            rows.append(an_addon(facts["Add-on code"], primary, facts["Type"], since, until))
    return rows


def day_of(words: str) -> date:
    return datetime.strptime(words, "%b %d, %Y").date()  # noqa: DTZ007


def iso(words: str) -> str | None:
    return None if words == "–" else day_of(words).isoformat()
