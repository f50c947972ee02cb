import pytest

from catalog.ranking import Corpus, Field, Reading

TITLE, TEXT = Field(3.0, by_length=0.5), Field(1.0, by_length=0.5, leads=True)


def corpus(*documents: tuple[str, str], **more) -> Corpus:
    """Documents of a title and a text."""
    return Corpus([[title.split(), text.split()] for title, text in documents], (TITLE, TEXT), **more)


def asked(words: str) -> list[Reading]:
    return [Reading({word: 1.0}) for word in words.split()]


def best(corpus: Corpus, words: str) -> list[int]:
    scores = corpus.matches(asked(words))
    return sorted(scores, key=lambda number: -scores[number])


def test_only_documents_that_hold_a_word_match():
    found = corpus(("", "cane"), ("", "crutch pad"), ("", "walker"))
    assert best(found, "crutch") == [1]
    assert best(found, "sling") == []
    assert found.matches([]) == {}


def test_the_title_counts_more_than_the_text():
    assert best(corpus(("pad", "crutch"), ("crutch", "pad")), "crutch") == [1, 0]


def test_a_short_text_is_more_about_a_word_than_a_long_one():
    assert best(corpus(("", "cane oak tip hook strap"), ("", "cane oak")), "cane") == [1, 0]


def test_what_a_text_names_first_counts_most():
    assert best(corpus(("", "tip oak cane"), ("", "cane oak tip")), "cane") == [1, 0]


def test_what_goes_with_a_thing_counts_less_than_the_thing():
    assert best(corpus(("", "oak strap for cane tip"), ("", "oak strap and cane tip")), "tip") == [1, 0]


def test_no_word_is_required_but_more_of_them_are_better():
    found = corpus(("", "cane oak"), ("", "cane tip"), ("", "cane oak tip"), ("", "tip"), ("", "sling"))
    assert best(found, "cane tip")[:2] == [1, 2]
    assert set(best(found, "cane tip")) == {0, 1, 2, 3}


def test_many_of_the_words_beat_much_of_one():
    found = corpus(("cane", "cane"), ("oak", "oak hook strap cord bag with cane tip"), ("tip", "tip"))
    assert best(found, "cane tip")[0] == 1


def test_a_document_without_half_of_what_the_best_covers_is_no_match():
    many = [("", "pad")] * 20
    found = corpus(("", "crutch pad"), *many)
    assert best(found, "crutch pad") == [0]
    assert len(best(found, "pad")) == 21


def test_a_match_of_the_whole_query_answers_most_of_it():
    found = corpus(("", "pad"), ("", "crutch"), ("", "crutch pad sling"))
    assert sorted(found.matches(asked("crutch boot"))) == [1, 2]
    assert sorted(found.matches(asked("crutch boot"), of_whole_query=True)) == []
    assert sorted(found.matches(asked("crutch pad sling"), of_whole_query=True)) == [2]


def test_a_reading_is_as_good_as_its_best_stem():
    found = corpus(("", "cane"), ("", "canes"), ("", "sling"))
    scores = found.matches([Reading({"cane": 1.0, "sling": 0.5})])
    assert sorted(scores) == [0, 1, 2]
    assert scores[0] == scores[1] > scores[2]


def test_a_word_written_as_two_is_found_as_one():
    found = corpus(("", "wheel chair"), ("", "chair wheel"), ("", "wheelchair"), joined={"wheelchair"})
    assert sorted(best(found, "wheelchair")) == [0, 2]


def test_two_words_written_as_one_raise_the_score_but_need_not_be_there():
    found = corpus(("wheel oak chair", ""), ("oak wheel chair", ""), joined={"wheelchair"})
    scores = found.matches(asked("wheel chair"))
    assert scores[0] == scores[1]
    scores = found.matches([*asked("wheel chair"), Reading({"wheelchair": 1.0}, is_word=False)])
    assert scores[0] < scores[1]


def test_a_synonym_finds_what_holds_all_of_its_meaning():
    found = corpus(("", "blood glucose monitor"), ("", "blood pump"))
    found = found.extended({}, [(["glucometer"], ["blood", "glucose"])])
    assert best(found, "glucometer") == [0]


def test_a_synonym_finds_what_holds_most_of_its_meaning_when_nothing_holds_all():
    found = corpus(("", "knee brace"), ("", "knee"), ("", "sling"))
    found = found.extended({}, [(["unloader"], ["knee", "brace", "offset"])])
    assert best(found, "unloader") == [0]


def test_a_synonym_of_nothing_on_file_finds_nothing():
    assert best(corpus(("", "knee")).extended({}, [(["toy"], ["doll"])]), "toy") == []


def test_a_document_with_more_words_is_found_by_them_as_if_it_always_had_them():
    found = corpus(("", "cane oak"), ("", "wheel chair cane"))
    more = {1: [["seat", "oak"], ["wheel", "chair", "cane"]]}
    extended = found.extended(more, [], joined={"wheelchair"})
    assert sorted(best(extended, "oak")) == sorted(best(extended, "cane")) == [0, 1]
    assert best(extended, "seat") == best(extended, "wheelchair") == [1]


def test_a_corpus_does_not_change_when_another_is_made_of_it():
    found = corpus(("", "cane oak"), ("", "walker"))
    before = {word: dict(found.matches(asked(word))) for word in ("cane", "oak", "walker", "stick")}
    found.extended({1: [["oak"], ["walker"]]}, [(["stick", "walker"], ["cane"]), (["oak"], ["walker"])])
    assert {word: found.matches(asked(word)) for word in before} == before


@pytest.mark.parametrize(
    ("word", "may_be_two"),
    [
        ("wheelchair", True),
        ("chairwheels", True),
        ("oakchair", False),
        ("inoak", True),
        ("into", True),
        ("oak", False),
        ("chairs", False),
        ("", False),
    ],
)
def test_a_word_may_be_two_neighbors_where_one_document_has_both_parts(word, may_be_two):
    assert corpus(("wheel", "chair"), ("", "oak strap in a bag")).may_join(word) is may_be_two


def test_worth_decides_between_equals():
    assert best(corpus(("", "cane"), ("", "cane"), worth=[0.9, 1.0]), "cane") == [1, 0]


def test_words_of_grammar_are_not_held():
    assert best(corpus(("", "pad for the cane")), "for") == []


@pytest.mark.parametrize("of_whole_query", [True, False])
def test_an_empty_corpus_answers_nothing(of_whole_query):
    assert corpus().matches(asked("cane tip"), of_whole_query=of_whole_query) == {}
