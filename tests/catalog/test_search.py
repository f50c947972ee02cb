from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.codes import Status
from catalog.search import Entry, Index, build, highlight
from tests.search_entries import entry, section


def index(*entries: Entry, sections=(), synonyms=()) -> Index:
    return build(entries, sections, synonyms)


def found(index: Index, text: str, **options) -> list[str]:
    return [entry.code for entry in index.search(text, **options).entries]


EQUIPMENT = index(
    entry("E0100", "Cane of wood"),
    entry("E0110", "Crutches, forearm, pair"),
    entry("E0111", "Crutch, forearm, each"),
    entry("E0130", "Walker, rigid"),
    entry("E0143", "Walker, folding, on wheels"),
    entry("E0950", "Tray for a wheelchair"),
    entry("E0990", "Leg rest, pair", ended=True),
    entry("K0001", "Wheelchair, standard"),
    entry("J1885", "Injection, ketorolac, each 15 mg", short="Ketorolac inj"),
    entry("J1890", "Injection, ketorolac, with phenylephrine", short="Ketorolac w/ phenyleph inj", ended=True),
    entry("LT", "Left side of the body"),
    entry("RR", "Rental of equipment"),
    sections=[
        section("equipment", "Equipment"),
        section("walkers", "Walkers and crutches", low="E0100", high="E0159", parent="equipment"),
        section("visits", "Visits", level=1, letter="", low="99202", high="99499"),
    ],
)


# --- Codes ---


@pytest.mark.parametrize("text", ["J1885", " j1885 ", "j 1885", "j-1885", "“J1885”"])
def test_a_code_on_file_is_an_exact_match_and_comes_first(text):
    results = EQUIPMENT.search(text)
    assert results.exact.code == results.entries[0].code == "J1885"
    assert results.total == 1


def test_a_code_that_ended_is_still_an_exact_match():
    results = EQUIPMENT.search("E0990")
    assert results.exact.tag == "Ended Mar 31, 2024"
    assert (results.total, results.ended_total) == (0, 1)


def test_a_code_is_followed_by_those_that_mention_it():
    mentioning = index(entry("J9201", "Gemcitabine"), entry("J9196", "Gemcitabine, another maker, unlike J9201"))
    results = mentioning.search("j9201")
    assert [entry.code for entry in results.entries] == ["J9201", "J9196"]
    assert ("J9201", True) in highlight(results.entries[1].long, results.terms)


def test_a_code_that_is_not_on_file_is_no_exact_match():
    results = EQUIPMENT.search("99213")
    assert results.parsed.code == "99213"
    assert results.exact is None
    assert results.entries == ()


def test_modifiers_of_a_code_are_shown_with_it():
    results = EQUIPMENT.search("E0143-RR")
    assert results.exact.code == "E0143"
    assert [modifier.code for modifier in results.modifiers] == ["RR"]


def test_a_modifier_on_file_is_an_exact_match():
    results = EQUIPMENT.search("lt")
    assert results.exact.long == "Left side of the body"
    assert results.modifiers == ()


def test_a_list_gives_its_codes_in_the_order_typed():
    assert found(EQUIPMENT, "K0001, E0990; E0100") == ["K0001", "E0990", "E0100"]
    assert found(EQUIPMENT, "K0001, 99213, E0110-E0130") == ["K0001", "E0110", "E0111", "E0130"]
    assert found(EQUIPMENT, "K0001 K0001 E0100") == ["K0001", "E0100"]


def test_a_list_of_codes_that_are_not_on_file_gives_nothing():
    results = EQUIPMENT.search("45378 45385")
    assert results.parsed.status is Status.MULTIPLE_CODES
    assert (results.exact, results.entries, results.suggestion) == (None, (), "")


def test_a_range_gives_the_codes_in_it():
    assert found(EQUIPMENT, "E0110-E0130") == ["E0110", "E0111", "E0130"]


@pytest.mark.parametrize(
    ("text", "beginning_so"),
    [("E01", ["E0100", "E0110", "E0111", "E0130", "E0143"]), ("e011", ["E0110", "E0111"]), ("k", ["K0001"])],
)
def test_the_first_characters_of_a_code_give_the_codes_in_order(text, beginning_so):
    assert found(EQUIPMENT, text) == beginning_so


def test_sections_are_found_by_the_beginning_of_their_range():
    assert [section.slug for section in EQUIPMENT.search("E01").sections] == ["walkers"]


def test_the_first_digits_of_a_cpt_number_lead_to_its_sections_narrowest_first():
    cpt = {"level": 1, "letter": ""}
    numbers = index(
        entry("G9921", "Screening done"),
        sections=[
            section("visits", "Visits", low="99202", high="99499", **cpt),
            section("office", "Office", low="99202", high="99215", **cpt),
            section("surgery", "Surgery", low="10004", high="69990", **cpt),
            section("tests", "Tests", low="80047", high="89398", other_ranges=(("99217", "99218"),), **cpt),
            section("quality", "Quality", low="0001F", high="9999F", **cpt),
        ],
    )
    assert [section.slug for section in numbers.search("9921").sections] == ["tests", "office", "visits"]
    assert [section.slug for section in numbers.search("100").sections] == ["surgery"]
    assert [section.slug for section in numbers.search("9950").sections] == []
    assert [section.slug for section in numbers.search("9921", level=2).sections] == []


def test_what_looks_like_the_beginning_of_a_code_may_be_a_word():
    vitamins = index(entry("J3420", "Vitamin B-12"), entry("J3411", "Vitamin B-1"))
    assert found(vitamins, "b12") == ["J3420"]


def test_an_entry_can_be_looked_up_by_its_characters():
    assert EQUIPMENT.entry("E0990").long == "Leg rest, pair"
    assert EQUIPMENT.entry("RR").kind == "modifier"
    assert EQUIPMENT.entry("j1885") is EQUIPMENT.entry("99213") is None


# --- Words ---


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("wheelchair", "K0001"),
        ("wheel chair", "K0001"),
        ("standard wheel-chair", "K0001"),
        ("wheelchair trays", "E0950"),
        ("forearm crutches pair", "E0110"),
        ("walkers with wheels", "E0143"),
        ("inj ketorolac", "J1885"),
        ("ketorolac 15mg", "J1885"),
        ("KETOROLAC injections 15 mg", "J1885"),
        ("ketor", "J1885"),
        ("e0950 tray", "E0950"),
    ],
)
def test_words_find_the_code(text, best):
    assert found(EQUIPMENT, text)[0] == best


def test_no_word_is_required():
    assert found(EQUIPMENT, "an electronic ketorolac gadget for grown-ups")[0] == "J1885"


def test_what_a_short_descriptor_abbreviates_is_found_by_either_form():
    chairs = index(
        entry("E0950", "Tray for a wheelchair", short="Whlchr tray"),
        entry("E0951", "Heel loop, wheelchair", short="Heel loop whlchr"),
        entry("K0001", "Wheelchair, standard", short="Standard seat"),
    )
    assert set(found(chairs, "whlchr")) == set(found(chairs, "wheelchair")) == {"E0950", "E0951", "K0001"}


@pytest.mark.parametrize("text", ["x-ray", "xray", "X ray", "portable x-rays"])
@pytest.mark.parametrize("written", ["x-ray", "x ray"])
def test_compounds_are_found_however_they_are_written(text, written):
    rays = index(
        entry("Q0092", f"Portable {written} set-up"),
        entry("R0070", "Moving an x-ray machine"),
        entry("A0001", "Ray"),
    )
    assert "Q0092" in found(rays, text)


def test_a_catch_all_is_found_by_all_its_names():
    catch_alls = index(entry("J9999", "Cancer drug, not otherwise classified"), entry("J9000", "Cancer drug"))
    for text in ("cancer drug noc", "cancer drug nos", "cancer drug, not otherwise specified"):
        assert found(catch_alls, text)[0] == "J9999"


def test_sections_and_modifiers_are_found_by_words():
    results = EQUIPMENT.search("crutch")
    assert [section.slug for section in results.sections] == ["walkers"]
    assert [modifier.code for modifier in EQUIPMENT.search("rental").modifiers] == ["RR"]


def test_codes_are_found_by_the_words_of_their_section():
    assert found(
        index(entry("E0570", "Nebulizer", where="Breathing aids"), entry("E0100", "Cane")), "breathing"
    ) == ["E0570"]


def test_codes_of_one_kind_of_payer_come_after_their_equals():
    assert found(index(entry("C9257", "Bevacizumab"), entry("J9035", "Bevacizumab")), "bevacizumab") == [
        "J9035",
        "C9257",
    ]


# --- Slips ---


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("ketorlac", "ketorolac"),
        ("ketorolak", "ketorolac"),
        ("ekt", ""),
        ("crutvhes", "crutches"),
        ("foreram crutch ", "forearm crutch"),
        ("walkre rigid", "walker rigid"),
    ],
)
def test_a_slip_is_corrected_and_the_correction_is_shown(text, suggestion):
    results = EQUIPMENT.search(text)
    assert results.suggestion == suggestion
    assert results.corrected is bool(suggestion)
    assert bool(results.entries) is bool(suggestion)


def test_british_spelling_is_corrected():
    assert EQUIPMENT.search("anaesthesia").suggestion == ""
    assert index(entry("G9654", "Anesthesia care")).search("anaesthesia").suggestion == "anesthesia"


def test_words_on_file_are_not_corrected():
    assert EQUIPMENT.search("wheels").suggestion == ""


# --- Synonyms ---


def test_a_synonym_finds_what_its_meaning_finds():
    named = index(
        entry("J1885", "Injection, ketorolac"),
        entry("E0601", "Airway pressure device"),
        entry("E0470", "Airway device"),
        synonyms=[("toradol", "ketorolac", ""), ("sleep machine", "airway pressure device", "")],
    )
    assert found(named, "toradol") == ["J1885"]
    assert found(named, "torad") == ["J1885"]
    assert named.search("toredol").suggestion == "toradol"
    assert found(named, "sleep machine") == ["E0601"]
    results = named.search("toradol")
    assert ("ketorolac", True) in highlight(results.entries[0].long, results.terms)


def test_a_synonym_may_name_a_code_or_a_modifier():
    named = index(
        entry("G0008", "Administration of a vaccine"),
        entry("LT", "Left side"),
        sections=[section("shots", "Flushot")],
        synonyms=[("flu shot", "", "G0008"), ("sinister", "", "LT"), ("visit", "", "99213")],
    )
    assert found(named, "flu shot") == found(named, "flushot") == ["G0008"]
    assert [modifier.code for modifier in named.search("sinister").modifiers] == ["LT"]
    assert found(named, "visit") == []


# --- Ended codes, filters, pages ---


def test_ended_codes_are_counted_but_listed_only_when_asked_for():
    assert found(EQUIPMENT, "ketorolac") == ["J1885"]
    results = EQUIPMENT.search("ketorolac", ended=True)
    assert [entry.code for entry in results.entries] == ["J1885", "J1890"]
    assert (results.total, results.ended_total) == (1, 1)


def test_ended_codes_fill_what_those_in_force_leave_of_a_page():
    results = EQUIPMENT.search("ketorolac", fill=True)
    assert [entry.code for entry in results.entries] == ["J1885", "J1890"]
    assert (results.total, results.ended_total, results.letters) == (1, 1, {"J": 1})
    assert found(EQUIPMENT, "ketorolac", fill=True, limit=1) == ["J1885"]


def test_ended_codes_come_after_those_in_force_even_when_they_match_better():
    assert found(EQUIPMENT, "ketorolac phenylephrine", ended=True)[-1] == "J1890"


def test_ended_codes_are_listed_when_nothing_in_force_matches():
    results = EQUIPMENT.search("leg rest")
    assert [entry.code for entry in results.entries] == ["E0990"]
    assert (results.total, results.ended_total) == (0, 1)
    assert results.letters == {"E": 1}


def test_letters_are_counted_as_if_none_were_chosen():
    results = EQUIPMENT.search("wheelchair", letter="K")
    assert [entry.code for entry in results.entries] == ["K0001"]
    assert results.total == 1
    assert results.letters == {"E": 1, "K": 1}


def test_a_section_holds_the_codes_of_those_inside_it():
    pads = index(
        entry("E0181", "Pad", section="pads"),
        entry("E0190", "Pad for a bed", section="beds"),
        entry("A0001", "Pad"),
        sections=[
            section("pads", "Pads", parent="equipment"),
            section("beds", "Beds"),
            section("equipment", "Things"),
        ],
    )
    assert found(pads, "pad", section="pads") == ["E0181"]
    assert found(pads, "pad", section="equipment") == ["E0181"]
    assert pads.search("pad", section="equipment").letters == {"E": 1}


def test_a_level_narrows_codes_and_sections():
    assert found(EQUIPMENT, "walker", level=1) == []
    assert found(EQUIPMENT, "walker", level=2) == ["E0130", "E0143"]
    assert [section.slug for section in EQUIPMENT.search("visits", level=1).sections] == ["visits"]
    assert EQUIPMENT.search("visits", level=2).sections == ()


def test_pages_follow_each_other():
    pads = index(*(entry(f"E{number:04}", "Pad") for number in range(25)))
    pages = [found(pads, "pad", limit=10, offset=offset) for offset in (0, 10, 20, 30)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert [code for page in pages for code in page] == [f"E{number:04}" for number in range(25)]
    assert pads.search("pad", offset=20).total == 25


# --- Anything ---


@pytest.mark.parametrize("text", ["", "   ", "?", "the", "🦴", "\x00", "x" * 5_000, "a " * 5_000])
def test_texts_without_words_on_file_find_nothing(text):
    assert found(EQUIPMENT, text) == []


@given(st.text())
def test_any_text_can_be_searched(text):
    assert EQUIPMENT.search(text).total >= 0


def test_an_empty_index_answers():
    results = index().search("wheelchair")
    assert (results.entries, results.total, results.sections, results.letters) == ((), 0, (), {})


def test_threads_may_share_an_index():
    texts = ["wheelchair", "ketorlac", "E01", "crutch forearm", "walkre"] * 20
    alone = [EQUIPMENT.search(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(EQUIPMENT.search, texts)) == alone
