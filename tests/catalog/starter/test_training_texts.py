"""The texts that trainers teach from: their form, their links, and that what they say of CMS's files is there.

Tests marked ``cms`` read the published files; the others hold edits against the rows of the starter set.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter
from itertools import chain
from urllib.parse import urlsplit

import pytest

from catalog import codes
from catalog.models import ComparisonRow, DecisionStep, Misconception, Statement
from catalog.modifiers import NCCI_ASSOCIATED
from catalog.shapes import CODE
from catalog.starter import training
from catalog.starter.load import load_starter
from tests.catalog.starter.test_starter_facts import iso, published, rows_of  # noqa: F401 - a fixture

TABLES = ("comparison", "statement", "step", "misconception")
FILES = {"misconception": "misconceptions.toml"}
NOT_TEXTS = {"sort", "slug", "mark", "link", "is_first", "on_slide", "level", "choice", "topic", "source"}

WIDEST_CELL = 90
"""Characters of a cell of the comparison, and of a claim: a line or two beside their neighbors."""

ABSENT = {"J0123", "J0128", "W1234"}
"""Level II numbers that a text says are not on file."""

INTERNAL = re.compile(
    r"(?<!\d )\bCFR|\b(RL\d\d|F\d\d|FX26|NPM\w+|MLN59|CR11168|THO|2ND|CMS-[A-Z]|MAC-|domain|[A-M]\.\d)"
)
"""Short names of sources that only their owner can read."""

PROMISES = re.compile(
    r"will be paid|gets? paid|\ballow|guarantee|can be billed together|CPT codes are (all )?(numeric|numbers)"
    r"|three (separate )?levels|Level III (codes )?(is|are) (still )?(used|valid)|add (modifier )?59"
    r"|\bunbundl|\bCCI\b",
    re.IGNORECASE,
)
"""What only a claim may say: the errors that circulate, and promises that no table makes."""

FOUNDED = re.compile(r"HCPCS[^.;]*(began|begun|started|established|founded|introduced|since)[^.;]*\b(19|20)\d\d")


def entries(table: str) -> list[dict]:
    return training._entries(table, FILES.get(table, "training-levels.toml"))


ENTRIES = [(table, entry) for table in TABLES for entry in entries(table)]
COMPARISONS, STATEMENTS, STEPS, MISCONCEPTIONS = (entries(table) for table in TABLES)
LINKED = [entry for entry in MISCONCEPTIONS if "link" in entry]
BY_SLUG = {entry["slug"]: entry for entry in (*MISCONCEPTIONS, *STEPS)}


def name(value: object) -> str | None:
    if not isinstance(value, dict):
        return None if isinstance(value, str) and value in TABLES else str(value)
    return value.get("slug") or value.get("subject") or value["question"]


each_entry = pytest.mark.parametrize(("table", "entry"), ENTRIES, ids=name)
each_misconception = pytest.mark.parametrize("entry", MISCONCEPTIONS, ids=name)


def texts(entry: dict, *left_out: str) -> list[str]:
    """What a reader reads of an entry, the labels of its choices included."""
    fields = [text for field, text in entry.items() if field not in NOT_TEXTS | set(left_out)]
    return [*fields, *(choice["label"] for choice in entry.get("choice", []))]


def level_two_codes(entry: dict) -> list[str]:
    words = re.findall(rf"(?<![0-9A-Za-z]){CODE}(?![0-9A-Za-z])", " ".join([*texts(entry), entry.get("link", "")]))
    return [word for word in words if codes.kind_of(word) is codes.Kind.LEVEL_II and word not in ABSENT]


# --- Every entry -------------------------------------------------------------------------------------------


@each_entry
def test_every_text_names_an_authority_that_a_reader_can_look_up(table, entry):
    assert len(entry["source"]) > 3
    assert not INTERNAL.search(entry["source"])
    assert "General knowledge" not in entry["source"]  # the mark says that


@each_entry
def test_every_text_says_how_sure_we_are_and_nothing_unverified_is_on_a_slide(table, entry):
    assert entry["mark"] in {"V", "S", "I", "G"}
    assert not entry.get("on_slide") or entry["mark"] in {"V", "S"}


@each_entry
def test_what_rests_on_notes_of_others_or_on_summaries_is_not_marked_as_verified(table, entry):
    at_second_hand = re.search(r"read through|AAP|code-list|trade press|payers’", entry["source"])
    assert not at_second_hand or entry["mark"] != "V"


@each_entry
def test_only_a_claim_may_promise_or_repeat_an_error(table, entry):
    for text in texts(entry, "claim"):
        assert not PROMISES.search(text), text


@each_entry
def test_no_text_gives_a_year_for_hcpcs_as_a_whole(table, entry):
    for text in texts(entry):
        assert not FOUNDED.search(text)
        assert not re.search(r"\b(1966|1978|1983)\b", text)


@each_entry
def test_texts_are_typeset_and_have_no_stray_blanks(table, entry):
    for text in [*texts(entry), entry["source"]]:
        assert text == " ".join(text.split())
        assert not re.search(r"['\"]|--|\.\.\.|â|behaviour|licence|programme|centre", text)


def test_nothing_is_said_twice():
    questions = Counter(entry["question"] for entry in COMPARISONS)
    subjects = Counter((entry["topic"], entry["subject"]) for entry in STATEMENTS)
    slugs = Counter((table, entry["slug"]) for table, entry in ENTRIES)
    claims = Counter(entry["claim"] for entry in MISCONCEPTIONS)
    assert set(chain.from_iterable(counts.values() for counts in (questions, subjects, slugs, claims))) == {1}


@pytest.mark.django_db
def test_every_row_of_the_training_texts_is_valid():
    load_starter()
    for model in (ComparisonRow, Statement, DecisionStep, Misconception):
        for row in model.objects.all():
            row.full_clean()
    for step in DecisionStep.objects.prefetch_related("choices"):
        for choice in step.choices.all():
            choice.full_clean()


# --- Comparison and statements -----------------------------------------------------------------------------


@pytest.mark.parametrize("entry", COMPARISONS, ids=name)
def test_cells_are_short_enough_for_a_table(entry):
    assert max(len(entry["level_one"]), len(entry["level_two"])) <= WIDEST_CELL


def test_a_class_sees_the_most_telling_rows_only():
    assert 5 <= sum(entry.get("on_slide", False) for entry in COMPARISONS) <= 6
    assert 8 <= sum(entry.get("on_slide", False) for entry in MISCONCEPTIONS) <= 9


def test_examples_of_each_level_have_its_form():
    (examples,) = (entry for entry in COMPARISONS if entry["question"] == "Examples")
    for cell, level in (("level_one", 1), ("level_two", 2)):
        assert {codes.level_of(code) for code in examples[cell].split(", ")} == {level}


def test_every_topic_has_its_statements():
    assert {entry["topic"] for entry in STATEMENTS} == set(Statement.Topic.values)


# --- The path ----------------------------------------------------------------------------------------------

PATH = {step["slug"]: step.get("choice", []) for step in STEPS}


def ways(slug: str, walked: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every way from a step to an end. A loop would be walked for ever, so it fails."""
    assert slug not in walked, f"{' → '.join(walked)} leads back to {slug}"
    steps = (*walked, slug)
    return [way for choice in PATH[slug] for way in ways(choice["next"], steps)] if PATH[slug] else [steps]


def test_the_path_has_one_first_step_and_every_way_leads_to_an_end():
    (first,) = (step["slug"] for step in STEPS if step.get("is_first"))
    assert set(chain.from_iterable(ways(first))) == set(PATH)


@pytest.mark.parametrize("step", STEPS, ids=name)
def test_a_step_asks_and_offers_two_or_three_choices_or_says_what_to_do(step):
    choices = step.get("choice", [])
    assert step["text"].endswith("?") == bool(choices)
    assert len(choices) in (0, 2, 3)
    for field in ("slug", "label"):
        assert len({choice[field] for choice in choices}) == len(choices)
    if choices:
        assert "level" not in step
    else:
        assert step["detail"]
        assert step.get("level") in (1, 2) or step["slug"] in {"dental-cdt", "two-lines"}


def test_the_path_tells_vaccines_the_payers_own_code_and_what_nothing_names():
    ends = {way[-1]: way for way in ways("start")}
    assert BY_SLUG["vaccine-cpt"]["level"] == 1
    assert "payer-code" in ends["payer-level-two"]
    assert ends["payer-level-two"].index("payer-code") < len(ends["cpt"])
    assert (BY_SLUG["unlisted"]["level"], BY_SLUG["thing-catch-all"]["level"]) == (1, 2)
    assert (BY_SLUG["same-cpt"]["level"], BY_SLUG["specific-level-two"]["level"]) == (1, 2)


# --- Misconceptions ----------------------------------------------------------------------------------------


@each_misconception
def test_a_claim_is_one_short_sentence_and_its_fact_one_to_three(entry):
    assert len(entry["claim"]) <= WIDEST_CELL
    assert entry["claim"][-1] in ".”"
    assert 1 <= len(re.findall(r"[.”](?= |$)", entry["fact"])) <= 3
    assert len(entry["fact"]) <= 300


@pytest.mark.django_db
def test_every_link_leads_to_a_page_of_this_site_that_has_its_anchor(client):
    load_starter()
    for entry in LINKED:
        assert entry["link_label"], entry["slug"]
        response = client.get(entry["link"])
        assert response.status_code == 200, entry["link"]
        if anchor := urlsplit(entry["link"]).fragment:
            assert f'id="{anchor}"' in response.text, entry["link"]
        if entry["link"].startswith("/edits/"):
            assert "data for that date is not loaded" not in response.text, entry["link"]


def test_a_misconception_has_no_link_where_no_page_shows_what_is_right():
    unlinked = {entry["slug"] for entry in MISCONCEPTIONS} - {entry["slug"] for entry in LINKED}
    assert unlinked == {"cpt-3", "the-year-hcpcs-began"}
    assert not any("link_label" in BY_SLUG[slug] for slug in unlinked)


@pytest.mark.django_db
def test_the_levels_say_who_appoints_the_panel(client):
    load_starter()
    assert (
        "authorizes the panel and appoints its members"
        in client.get(BY_SLUG["the-panel-is-independent"]["link"]).text
    )


@pytest.mark.parametrize("entry", LINKED, ids=name)
def test_a_label_names_the_code_its_link_shows(entry):
    linked = re.findall(rf"(?<=/){CODE}(?=/)", entry["link"])
    assert set(linked) <= set(re.findall(CODE, entry["link_label"]))


# --- What the texts say of edits ---------------------------------------------------------------------------


def indicator(setting: str, one: str, two: str) -> str:
    (row,) = (row for row in rows_of(f"ptp-{setting}.csv") if {row["column_one"], row["column_two"]} == {one, two})
    return row["modifier_indicator"]


@pytest.mark.parametrize(
    ("slug", "setting", "pair", "held"),
    [
        ("59-makes-an-edit-go-away", "practitioner", ("45385", "45378"), "0"),
        ("column-two-is-always-denied", "practitioner", ("11042", "97597"), "1"),
        ("indicator-0-switches-an-edit-off", "practitioner", ("11056", "11055"), "0"),
        ("one-table-for-all-settings", "practitioner", ("99213", "92012"), "0"),
        ("one-table-for-all-settings", "outpatient_hospital", ("99213", "92012"), "1"),
    ],
)
def test_a_pair_has_the_indicator_that_a_text_says(slug, setting, pair, held):
    assert " ".join(pair).replace(" ", " and ") in BY_SLUG[slug]["link_label"]
    assert indicator(setting, *pair) == held


def test_the_pair_without_an_edit_has_none():
    assert "/71046/99213/" in BY_SLUG["no-edit-means-it-is-fine"]["link"]
    pairs = [{row["column_one"], row["column_two"]} for row in rows_of("ptp-practitioner.csv")]
    assert {"71046", "99213"} not in pairs


@pytest.mark.cms
def test_the_pair_without_an_edit_has_none_in_the_published_table_either(cms_files):
    parts = sorted((cms_files / "ptp").glob("medicare-ncci-2024q3-practitioner-ptp-edits-*.zip"))
    assert len(parts) == 4
    for part in parts:
        with zipfile.ZipFile(part) as archive:
            table = archive.read(next(name for name in archive.namelist() if name.lower().endswith(".txt")))
        assert not re.search(rb"71046\t99213\t|99213\t71046\t", table)


def test_unit_limits_are_what_the_texts_say():
    of_practitioners = {row["code"]: row for row in rows_of("mue-practitioner.csv")}
    assert of_practitioners["E0114"]["mue_value"] == "0"
    assert of_practitioners["J1885"]["mue_value"] == "8"  # nine units on one line, or on two, are over it
    assert of_practitioners["J1885"]["adjudication_indicator"] == "3"
    assert "J8522" not in of_practitioners


@pytest.mark.cms
def test_most_level_i_codes_have_a_limit_of_one_unit_and_level_ii_measures(cms_files, published):  # noqa: F811
    with (cms_files / "mue" / "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv").open(
        encoding="latin-1"
    ) as stream:
        values = {row[0]: row[1] for row in csv.reader(stream) if len(row) > 1 and row[0].isdigit()}
    assert len(values) > 9_000
    assert Counter(values.values())["1"] > len(values) / 2
    units = {"J1885": "per 15 mg", "A0425": "per statute mile", "H0004": "per 15 minutes"}
    assert all(unit in published[code]["LONG DESCRIPTION"].lower() for code, unit in units.items())


def test_the_list_of_bypass_modifiers_is_as_long_as_a_text_says_and_lacks_the_two_it_names():
    bypass = set(chain.from_iterable(NCCI_ASSOCIATED.values()))
    assert f"among the {len(bypass)} modifiers" in BY_SLUG["76-or-50-bypasses-a-pair"]["fact"]
    assert not {"76", "50"} & bypass


# --- What the texts say of CMS's file of October 2025 ------------------------------------------------------


@pytest.mark.cms
@each_entry
def test_level_ii_codes_are_on_file_and_ended_ones_are_said_to_have_ended(published, table, entry):  # noqa: F811
    for code in level_two_codes(entry):
        assert code in published, code
        if ended := iso(published[code]["TERM DT"]):
            assert "ended" in " ".join(texts(entry)), (code, ended)


@pytest.fixture(scope="module")
def in_force(published) -> dict[str, dict[str, str]]:  # noqa: F811
    return {code: row for code, row in published.items() if len(code) == 5 and not row["TERM DT"]}


@pytest.mark.cms
def test_letters_hold_what_the_texts_say(published, in_force):  # noqa: F811
    letters = Counter(code[0] for code in published if len(code) == 5)
    assert letters.most_common(1)[0][0] == Counter(code[0] for code in in_force).most_common(1)[0][0] == "G"
    assert "D" not in letters
    assert sorted(code for code in in_force if code[0] == "R") == ["R0070", "R0075", "R0076"]
    of_p = [code for code in in_force if code[0] == "P"]
    assert sum("P9010" <= code <= "P9100" for code in of_p) > len(of_p) / 2


@pytest.mark.cms
def test_coverage_codes_are_what_the_texts_say(in_force):
    assert in_force["V5266"]["COV"] == "S"
    assert in_force["S9123"]["COV"] == "I"
    of_s = Counter(row["COV"] == "I" for code, row in in_force.items() if code[0] == "S")
    assert of_s[False] == 1 < of_s[True]
    assert {row["COV"] for code, row in in_force.items() if code[0] == "T"} == {"I", "M"}


@pytest.mark.cms
def test_days_are_what_the_texts_say(published):  # noqa: F811
    assert iso(published["G2012"]["TERM DT"]) == "2024-12-31"
    assert iso(published["K0001"]["ADD DT"]) == "1994-01-01"
    assert published["G0202"]["TERM DT"]
    assert min(row["TERM DT"] for row in published.values() if row["TERM DT"]) < "20150101"


@pytest.mark.cms
def test_drugs_that_are_not_injected_are_where_the_texts_say(in_force):
    oral = [code for code, row in in_force.items() if code[0] == "J" and "oral" in row["LONG DESCRIPTION"].lower()]
    named = [code for code in oral if "J7500" <= code <= "J7527" or "J8498" <= code <= "J8999"]
    assert len(named) > len(oral) / 2
    assert {"J8501", "J8510", "J8522"} <= set(named)
    assert "inhalation" in in_force["J7613"]["LONG DESCRIPTION"].lower()


@pytest.mark.cms
def test_numbers_between_two_codes_on_file_are_not_codes(published):  # noqa: F811
    assert {"J0120", "J0129"} <= published.keys()
    assert not any(f"J{number:04}" in published for number in range(123, 129))


@pytest.mark.cms
def test_the_file_has_the_modifiers_that_a_statement_says(published):  # noqa: F811
    held = [code for code in published if len(code) == 2]
    assert all(code[0].isalpha() for code in held)
    assert {f"P{number}" for number in range(1, 7)} <= set(held)


@pytest.mark.cms
def test_flu_vaccines_have_the_q_codes_that_the_path_names(in_force):
    assert all("influenza" in in_force[f"Q{number}"]["LONG DESCRIPTION"].lower() for number in range(2034, 2040))
    giving = {"G0008": "influenza", "G0009": "pneumococcal", "G0010": "hepatitis b"}
    assert all(what in in_force[code]["LONG DESCRIPTION"].lower() for code, what in giving.items())
