from datetime import date

import pytest
from django.core.management import call_command

from catalog.importers.load import make_current
from catalog.models import (
    AddOnEdit,
    Dataset,
    Level,
    Modifier,
    Mue,
    PtpEdit,
    Release,
    Section,
    SectionRange,
    Setting,
    Synonym,
)
from catalog.starter import load
from tests.builders import make_code, make_release

pytestmark = pytest.mark.django_db


def run(command: str, capsys) -> str:
    call_command(command)
    return capsys.readouterr().out.strip()


def test_an_empty_database_gets_levels_sections_terms_codes_and_modifiers(capsys):
    assert run("load_starter", capsys).startswith("Added 3 levels, ")
    assert Level.objects.count() == 3
    assert Section.objects.count() >= 250
    assert Synonym.objects.exists()
    release = Release.objects.current().get(dataset=Dataset.HCPCS)
    assert release.is_starter
    assert release.codes.count() == release.counts["codes"] >= 400
    assert release.modifiers.count() == release.counts["modifiers"] >= 100
    assert {file.name: file.rows for file in release.files.all()} == {
        "hcpcs.csv": release.codes.count(),
        "modifiers.csv": release.modifiers.count(),
    }


def test_an_empty_database_gets_edits_of_every_setting(capsys):
    assert "306 rows of PTP edits, practitioner, " in run("load_starter", capsys)
    current = Release.objects.current().exclude(dataset=Dataset.HCPCS)
    assert {(one.dataset, one.setting) for one in current} == {
        *((Dataset.PTP, setting) for setting in (Setting.PRACTITIONER, Setting.OUTPATIENT_HOSPITAL)),
        *((Dataset.MUE, setting) for setting in Setting),
        (Dataset.ADDON, ""),
    }
    assert all(one.is_starter and "not a CMS release" in one.notice for one in current)


def test_a_starter_edit_is_traced_to_its_line_and_begins_no_earlier_than_it_was_seen():
    load.load_edits()
    release = Release.objects.get(dataset=Dataset.PTP, setting=Setting.PRACTITIONER)
    edit = PtpEdit.objects.of(release).get(column_one="45385", column_two="45378")
    with (load.FOLDER / edit.file.name).open() as stream:
        line = stream.read().splitlines()[edit.line - 1]
    assert line == f"45385,45378,{edit.modifier_indicator},{edit.rationale}"
    assert (edit.effective_date, edit.deletion_date) == (date(2024, 7, 1), None)


def test_starter_values_and_add_ons_are_those_of_their_files():
    load.load_edits()
    assert Mue.objects.filter(release__setting=Setting.DME_SUPPLIER, code="K0001").get().mue_value == 1
    assert AddOnEdit.objects.filter(add_on="90472", primary="90471").get().edit_type == "1"
    assert AddOnEdit.objects.get(add_on="0054T").is_contractor_defined


def test_loading_again_changes_nothing(capsys):
    run("load_starter", capsys)
    before = list(Section.objects.values()), list(Synonym.objects.values()), list(Release.objects.values())
    assert run("load_starter", capsys) == "Nothing was missing."
    assert (
        list(Section.objects.values()),
        list(Synonym.objects.values()),
        list(Release.objects.values()),
    ) == before


def test_what_editors_changed_stays_as_they_left_it(capsys):
    run("load_starter", capsys)
    Level.objects.filter(number=2).update(description="Edited")
    Section.objects.filter(slug="a-ambulance").update(title="Edited", slug="ambulance")
    Synonym.objects.filter(term="dme").update(means="edited")
    assert run("load_starter", capsys) == "Nothing was missing."
    assert Level.objects.get(number=2).description == "Edited"
    assert Section.objects.get(slug="ambulance").title == "Edited"
    assert Synonym.objects.get(term="dme").means == "edited"


def test_what_is_missing_comes_back_on_request_only(capsys):
    load.load_starter()
    Synonym.objects.filter(term="dme").delete()
    assert load.load_into_empty_database() == []
    assert run("load_starter", capsys) == "Added 1 terms."


def test_a_section_whose_parent_has_another_slug_is_left_out_and_named(capsys):
    load.load_starter()
    assert load.sections_left_out() == []
    Section.objects.filter(slug="j-drugs").update(slug="drugs")
    Section.objects.get(slug="j-injected").delete()
    assert run("load_starter", capsys).splitlines() == [
        "Nothing was missing.",
        "Left out, as the section above is gone or renamed: j-injected.",
    ]
    assert not Section.objects.filter(slug="j-injected").exists()


def test_every_row_of_the_texts_is_valid():
    load.load_texts()
    for model in (Level, Section, SectionRange, Synonym):
        for row in model.objects.all():
            row.full_clean()


def test_every_section_but_the_top_ones_lies_inside_its_parent():
    load.load_texts()
    tops = Section.objects.filter(parent=None)
    assert {section.level_id for section in tops} == {1, 2, 3}
    assert all(section.parent.level_id == section.level_id for section in Section.objects.exclude(parent=None))


def test_a_published_release_stays_current():
    published = make_release()
    make_code(release=published)
    load.load_codes()
    assert list(Release.objects.current()) == [published]
    assert Release.objects.get(origin="starter").state == Release.State.LOADED


def test_the_starter_set_is_compared_with_no_release():
    later = make_release("2026Q1")
    make_code("A0021", later)
    load.load_codes()
    assert not later.changes.exists()


def test_changed_files_replace_the_starter_set(tmp_path, monkeypatch):
    load.load_codes()
    for name in load.CODES.values():
        (tmp_path / name).write_text((load.FOLDER / name).read_text())
    with (tmp_path / "hcpcs.csv").open("a") as stream:
        stream.write("Z9999,Added,Added,2025-01-01" + "," * 10 + "\n")
    old = Release.objects.current().get(dataset=Dataset.HCPCS)
    monkeypatch.setattr(load, "FOLDER", tmp_path)
    load.load_codes()
    (new,) = Release.objects.all()
    assert new.is_current
    assert new.counts["codes"] == old.counts["codes"] + 1


def test_a_published_release_takes_over_and_can_be_rolled_back_to_the_starter_set():
    load.load_codes()
    starter = Release.objects.current().get()
    make_current(make_release(current=False))
    assert load.load_codes() == []
    make_current(Release.objects.get(pk=starter.pk))
    assert list(Release.objects.current()) == [starter]


def test_only_level_ii_modifiers_are_rows_of_a_release():
    load.load_codes()
    assert not Modifier.objects.filter(code__in=["25", "59", "1P"]).exists()
