import pytest
from django.db import transaction

from catalog import versions
from catalog.models import Section, Synonym
from catalog.section_resource import SectionResource
from catalog.synonym_resource import SynonymResource
from catalog.text_table import Line, Table
from tests.builders import make_section

pytestmark = pytest.mark.django_db


def table(*rows: str) -> Table:
    """A table whose columns are in the first of these, the cells of each divided by bars."""
    columns, *lines = ([cell.strip() for cell in row.split("|")] for row in rows)
    texts = (dict(zip(columns, cells, strict=True)) for cells in lines)
    return Table(tuple(columns), tuple(Line(number, row, {}) for number, row in enumerate(texts, 2)))


def plan(resource, *rows: str):
    return resource(table(*rows)).plan()


def write(resource, *rows: str):
    sheet = resource(table(*rows), "texts.csv")
    with transaction.atomic():
        sheet.write(planned := sheet.plan(), "ann")
    return planned


def problems(resource, *rows: str) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.reason) for problem in plan(resource, *rows).problems]


def make_synonym(term="dme", means="durable medical equipment", **fields) -> Synonym:
    return Synonym.objects.create(term=term, means=means, **fields)


# --- Synonyms ----------------------------------------------------------------------------------------------


def test_a_plan_says_what_is_added_changed_and_left_and_writes_nothing():
    first, second = make_synonym(), make_synonym("o2", "oxygen")
    planned = plan(
        SynonymResource,
        "id | term | means | code",
        f"{first.pk} | dme | durable equipment |",
        f"{second.pk} | O2 | oxygen |",
        " | Knee  Scooter | | e0118",
    )
    assert [(row.line, row.name) for row in planned.added] == [(4, "knee scooter: E0118")]
    assert [row.line for row in planned.unchanged] == [3]
    ((row,),) = [planned.changed]
    assert (row.line, row.name) == (2, "dme: durable medical equipment")
    assert row.rewordings == (("means", "durable medical equipment", "durable equipment"),)
    assert [(piece.kind, piece.text) for piece in row.rewordings[0].pieces] == [
        ("same", "durable "),
        ("removed", "medical "),
        ("same", "equipment"),
    ]
    assert set(Synonym.objects.values_list("term", "means")) == {
        ("dme", "durable medical equipment"),
        ("o2", "oxygen"),
    }


def test_what_was_planned_is_written():
    synonym = make_synonym(note="old")
    before = synonym.updated_at
    write(
        SynonymResource,
        "id | term | means | code | note",
        f"{synonym.pk} | dme | | E0100 |",
        " | o2 | oxygen | | x",
    )
    assert list(Synonym.objects.values_list("pk", "term", "means", "code", "note")) == [
        (synonym.pk, "dme", "", "E0100", ""),
        (synonym.pk + 1, "o2", "oxygen", "", "x"),
    ]
    synonym.refresh_from_db()
    assert synonym.updated_at > before


def test_a_second_import_of_the_same_file_changes_nothing():
    rows = ("term | means | code", "dme | durable medical equipment | ", "knee scooter | | E0118")
    assert len(write(SynonymResource, *rows).added) == 2
    again = write(SynonymResource, *rows)
    assert (again.added, again.changed, len(again.unchanged)) == ([], [], 2)
    assert Synonym.history.count() == 2


def test_a_synonym_without_a_number_is_known_by_its_meaning():
    make_synonym(note="old")
    planned = plan(SynonymResource, "term | means | note", "DME | durable  medical equipment | new")
    assert [row.rewordings for row in planned.changed] == [(("note", "old", "new"),)]


def test_columns_that_are_not_in_the_file_stay_as_they_are():
    synonym = make_synonym(note="old")
    write(SynonymResource, "id | term", f"{synonym.pk} | dmes")
    synonym.refresh_from_db()
    assert (synonym.term, synonym.means, synonym.note) == ("dmes", "durable medical equipment", "old")


def test_problems_name_the_line_and_the_column():
    synonym = make_synonym()
    assert problems(
        SynonymResource,
        "id | term | means | code",
        " | fine | as it is | ",
        " | | nothing | ",
        f" | {'x' * 81} | long | ",
        " | both | words | E0118",
        " | neither | | ",
        " | shape | | 11A42",
        " | zeros | | 100",
        f"{synonym.pk + 1} | dme | gone | ",
        "x17 | dme | no number | ",
        " | fine | as it is | ",
    ) == [
        (3, "term", "This field cannot be blank."),
        (4, "term", "Ensure this value has at most 80 characters (it has 81)."),
        (5, "", "Give either the words it means or the code it names, not both."),
        (6, "", "Give either the words it means or the code it names, not both."),
        (7, "code", "“11A42” does not have the shape of a code."),
        (8, "code", "A code has five characters. Did a spreadsheet drop zeros? Format the column as text."),
        (9, "id", "There is no synonym of this number. Leave it empty to add one."),
        (10, "id", "There is no synonym of this number. Leave it empty to add one."),
        (11, "", "The same term and meaning as in line 2."),
    ]


def test_two_rows_cannot_change_the_same_synonym():
    synonym = make_synonym()
    rows = (f"{synonym.pk} | one | x", f"{synonym.pk} | two | x")
    assert problems(SynonymResource, "id | term | means", *rows) == [(3, "", "The same synonym as in line 2.")]


def test_a_synonym_cannot_become_one_that_there_is():
    make_synonym()
    other = make_synonym("d.m.e.")
    rows = ("id | term | means", f"{other.pk} | dme | durable medical equipment")
    assert problems(SynonymResource, *rows) == [(2, "", "There is such a synonym already.")]


def test_two_synonyms_swap_their_meanings_within_one_file():
    one, two = make_synonym("cane", "", code="E0100"), make_synonym("cane", "", code="E0105")
    three = make_synonym("cane", "stick")
    write(
        SynonymResource,
        "id | term | means | code",
        f"{one.pk} | cane | | E0105",
        f"{two.pk} | cane | stick | ",
        f"{three.pk} | walking stick | stick | ",
        " | cane | | E0100",
    )
    assert list(Synonym.objects.order_by("pk").values_list("pk", "term", "means", "code")) == [
        (one.pk, "cane", "", "E0105"),
        (two.pk, "cane", "stick", ""),
        (three.pk, "walking stick", "stick", ""),
        (three.pk + 1, "cane", "", "E0100"),
    ]
    assert {row.term for row in Synonym.history.all()} == {"cane", "walking stick"}


def test_a_meaning_that_another_row_keeps_cannot_be_taken_over():
    one, two = make_synonym(), make_synonym("d.m.e.")
    rows = (f"{one.pk} | dme | durable medical equipment", f"{two.pk} | dme | durable medical equipment")
    assert problems(SynonymResource, "id | term | means", *rows) == [
        (3, "", "The same term and meaning as in line 2.")
    ]
    assert problems(SynonymResource, "id | term | means", rows[1]) == [(2, "", "There is such a synonym already.")]


def test_a_row_that_loses_its_number_is_told_apart_from_the_synonym_it_adds_to():
    synonym = make_synonym()
    (row,) = plan(SynonymResource, "id | term | means", " | dme | equipment").added
    assert row.remark == (
        "“dme: durable medical equipment” is on file and stays. "
        f"To change that one instead, put its number, {synonym.pk}, in “id”."
    )
    rows = (" | dme | equipment", f"{synonym.pk} | dmes | supplies")
    assert plan(SynonymResource, "id | term | means", *rows).added[0].remark == ""


def test_what_a_row_does_not_say_stays_and_what_it_says_to_be_empty_is_emptied():
    left, emptied = make_synonym(note="old"), make_synonym("o2", "oxygen", note="old")
    said = {"term": "dme", "means": "equipment", "note": None, "id": str(left.pk)}
    rows = (said, said | {"term": "o2", "note": "", "id": str(emptied.pk)}, said | {"id": None, "term": "new"})
    lines = tuple(Line(number, row, {}) for number, row in enumerate(rows, 2))
    sheet = SynonymResource(Table(("term", "means", "note", "id"), lines), "texts.csv")
    with transaction.atomic():
        sheet.write(planned := sheet.plan(), "ann")
    assert planned.problems == ()
    assert set(Synonym.objects.values_list("term", "means", "note")) == {
        ("dme", "equipment", "old"),
        ("o2", "equipment", ""),
        ("new", "equipment", ""),
    }


def test_faults_of_cells_are_problems():
    lines = (Line(2, {"term": "dme", "means": ""}, {"means": "A formula, not a text: =A1. Paste it as a value."}),)
    (problem,) = SynonymResource(Table(("term", "means"), lines)).plan().problems
    assert (problem.line, problem.column) == (2, "means")
    assert "=A1" in problem.reason


# --- The trail ---------------------------------------------------------------------------------------------


def test_texts_from_before_the_trail_are_kept_in_it_when_a_file_changes_them():
    Synonym.objects.bulk_create([Synonym(term="dme", means="durable")])
    synonym = Synonym.objects.get()
    write(
        SynonymResource, "id | term | means", f"{synonym.pk} | dme | durable medical equipment", " | o2 | oxygen"
    )
    first, second = versions.versions_of(Synonym, synonym.pk, ())
    assert (first.reason, first.at, first.state.text.means) == (versions.BEFORE, synonym.updated_at, "durable")
    assert (second.reason, second.state.text.means) == ("Imported from texts.csv", "durable medical equipment")
    (only,) = versions.versions_of(Synonym, Synonym.objects.get(term="o2").pk, ())
    assert only.reason == "Imported from texts.csv"


def test_the_ranges_of_a_section_are_kept_in_the_trail_with_its_first_version():
    section = make_section("drugs", ("J0000", "J9999"), description="Drugs.")
    Section.history.all().delete()
    section.ranges.model.history.all().delete()
    write(SectionResource, "slug | description", "drugs | Drugs and biologicals.")
    first, second = versions.versions_of(Section, section.pk, SectionResource.parts)
    assert [str(row) for row in first.state.rows[SectionResource.parts[0]]] == ["J0000–J9999"]
    assert [version.state.text.description for version in (first, second)] == ["Drugs.", "Drugs and biologicals."]
    assert [str(row) for row in second.state.rows[SectionResource.parts[0]]] == ["J0000–J9999"]


def test_what_was_changed_without_a_record_is_recorded_before_a_file_changes_it():
    make_synonym("o2", "oxygen").delete()  # so that records and synonyms are numbered otherwise
    synonym = make_synonym()
    Synonym.objects.update(means="unrecorded")
    write(SynonymResource, "id | term | means", f"{synonym.pk} | dme | recorded")
    means = [version.state.text.means for version in versions.versions_of(Synonym, synonym.pk, ())]
    assert means == ["durable medical equipment", "unrecorded", "recorded"]


# --- Sections ----------------------------------------------------------------------------------------------


def test_texts_of_sections_are_changed_and_sections_stay_where_they_are():
    section = make_section("drugs", ("J0000", "J9999"), description="Drugs.", note="")
    planned = write(
        SectionResource,
        "slug | ranges | title | description",
        "drugs | A0000–A0001 | Drugs | # Drugs, all of them",
    )
    assert [row.rewordings for row in planned.changed] == [(("description", "Drugs.", "# Drugs, all of them"),)]
    section.refresh_from_db()
    assert section.description == "# Drugs, all of them"
    assert [str(range_) for range_ in section.ranges.all()] == ["J0000–J9999"]


def test_a_slug_that_is_not_on_file_is_refused_with_the_one_that_was_meant():
    make_section("drugs-by-name", ("J0000", "J9999"))
    assert problems(SectionResource, "slug | note", "drug-by-name | x", "zzz | x", " | x") == [
        (2, "slug", "There is no section “drug-by-name”. Did you mean “drugs-by-name”?"),
        (3, "slug", "There is no section “zzz”. Sections are added at the desk, not by a file."),
        (4, "slug", "There is no section “”. Sections are added at the desk, not by a file."),
    ]


def test_a_section_needs_its_title_and_keeps_to_its_lengths():
    make_section("drugs", ("J0000", "J9999"))
    reasons = problems(SectionResource, "slug | title | short_title", f"drugs | | {'x' * 41}")
    assert [(line, column) for line, column, _ in reasons] == [(2, "title"), (2, "short_title")]


def test_a_description_is_no_longer_than_in_the_form():
    make_section("drugs", ("J0000", "J9999"))
    reasons = problems(SectionResource, "slug | description", f"drugs | {'x' * 20_001}")
    assert reasons == [(2, "description", "Such a text has at most 20,000 characters.")]


@pytest.mark.parametrize("column", ["description", "draft"])
def test_a_file_brings_no_text_that_its_form_would_refuse(column):
    make_section("drugs", ("J0000", "J9999"))
    ((line, at, reason),) = problems(SectionResource, f"slug | {column}", "drugs | See ![the form](/form.png).")
    assert (line, at) == (2, column)
    assert reason.startswith("Pictures cannot be shown: “![the form](/form.png)”.")


def test_a_text_that_a_file_leaves_alone_is_not_looked_at():
    make_section("drugs", ("J0000", "J9999"), description="See ![the form](/form.png).")
    assert problems(SectionResource, "slug | note", "drugs | A trap.") == []


def test_a_draft_that_waits_is_told_where_its_text_is_changed():
    make_section("drugs", ("J0000", "J9999"), description="Drugs.", draft="Drugs, soon.", draft_by="ann")
    (row,) = plan(SectionResource, "slug | description", "drugs | Drugs, now.").rows
    assert row.remark.startswith("A draft by ann waits.")
    (row,) = plan(SectionResource, "slug | description", "drugs | Drugs.").rows
    assert row.remark == ""


def test_a_draft_from_a_file_is_the_editors_own_and_no_change_for_readers():
    section = make_section("drugs", ("J0000", "J9999"), description="Drugs.")
    write(SectionResource, "slug | draft", "drugs | Drugs, soon.")
    drafted = Section.objects.get()
    assert (drafted.draft, drafted.draft_by, drafted.description) == ("Drugs, soon.", "ann", "Drugs.")
    assert drafted.updated_at == section.updated_at < drafted.draft_at
    write(SectionResource, "slug | draft | description", "drugs | | Drugs, soon.")
    published = Section.objects.get()
    assert (published.draft, published.draft_by, published.draft_at) == ("", "", None)
    assert published.updated_at > drafted.updated_at


def test_other_ends_of_lines_are_no_change():
    make_section("drugs", ("J0000", "J9999"), description="- one\r\n- two\r\n")
    lines = (Line(2, {"slug": "drugs", "description": "- one\n- two"}, {}),)
    planned = SectionResource(Table(("slug", "description"), lines)).plan()
    assert len(planned.unchanged) == 1


def test_a_text_changed_since_the_export_is_not_overwritten_unawares():
    section = make_section("drugs", ("J0000", "J9999"), description="Drugs.")
    version = SectionResource().dehydrate_version(section)
    Section.objects.update(description="Drugs, by somebody else.")
    rows = ("slug | description | version", f"drugs | Drugs, by me. | {version}")
    assert [(line, column) for line, column, _ in problems(SectionResource, *rows)] == [(2, "version")]
    assert problems(SectionResource, rows[0], "drugs | Drugs, by me. |") == []
    assert problems(SectionResource, rows[0], f"drugs | Drugs, by somebody else. | {version}") == []


def test_the_fingerprint_of_a_plan_is_another_one_when_texts_have_changed():
    section = make_section("drugs", ("J0000", "J9999"), description="Drugs.")
    rows = ("slug | description", "drugs | Drugs and biologicals.")
    first = plan(SectionResource, *rows).fingerprint
    assert plan(SectionResource, *rows).fingerprint == first
    section.description = "Drugs, by somebody else."
    section.save()
    assert plan(SectionResource, *rows).fingerprint != first


def test_a_plan_asks_the_database_as_often_for_many_rows_as_for_one(django_assert_num_queries):
    Synonym.objects.bulk_create([Synonym(term=f"term {number}", means="old") for number in range(40)])
    rows = [f"{synonym.pk} | {synonym.term} | new" for synonym in Synonym.objects.all()]
    with django_assert_num_queries(1):
        assert len(plan(SynonymResource, "id | term | means", *rows).changed) == 40


def test_writing_many_rows_takes_few_queries(django_assert_max_num_queries):
    Synonym.objects.bulk_create([Synonym(term=f"term {number}", means="old") for number in range(40)])
    rows = [f"{synonym.pk} | {synonym.term} | new" for synonym in Synonym.objects.all()]
    with django_assert_max_num_queries(14):
        write(SynonymResource, "id | term | means", *rows, *(f" | added {number} | new" for number in range(40)))
