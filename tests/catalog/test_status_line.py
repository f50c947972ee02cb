from datetime import date

from catalog import status_line
from catalog.models import Release

DAY = date(2025, 11, 14)


def release(dataset: str, setting: str = "", quarter: str = "2025Q4", **fields) -> Release:
    return Release(dataset=dataset, setting=setting, quarter=quarter, **fields)


def line(*edits: Release, hcpcs: Release | None = None) -> dict[str, str]:
    return {item.label: item.words for item in status_line.items(hcpcs, edits, DAY)}


def test_what_is_not_loaded_is_named_as_not_loaded():
    items = status_line.items(None, (), DAY)
    assert [item.label for item in items] == ["HCPCS II", "PTP", "MUE", "Add-on", "CPT descriptors"]
    assert {(item.words, item.is_loaded) for item in items} == {("not loaded", False)}


def test_settings_with_the_same_quarter_stand_together():
    tables = [release("ptp", "practitioner"), release("ptp", "outpatient_hospital"), release("addon")]
    tables += [release("mue", setting) for setting in ("practitioner", "outpatient_hospital", "dme_supplier")]
    assert line(*tables, hcpcs=release("hcpcs")) == {
        "HCPCS II": "Oct 2025",
        "PTP": "practitioner, hospital Oct 2025",
        "MUE": "3 settings Oct 2025",
        "Add-on": "Oct 2025",
        "CPT descriptors": "not loaded",
    }


def test_a_setting_never_borrows_the_quarter_of_another():
    words = line(release("ptp", "practitioner"), release("ptp", "outpatient_hospital", "2025Q2"))["PTP"]
    assert words == "practitioner Oct 2025; hospital Apr 2025, 2 quarters behind"
    only = status_line.items(None, [release("ptp", "practitioner")], DAY)[1]
    assert (only.words, only.is_loaded) == ("practitioner Oct 2025; hospital not loaded", True)


def test_of_several_quarters_the_newest_is_named():
    quarters = [release("mue", "practitioner", quarter) for quarter in ("2025Q4", "2025Q3")]
    assert line(*quarters)["MUE"] == "practitioner Oct 2025; hospital, DME not loaded"


def test_what_may_be_incomplete_behind_or_no_release_of_cms_is_said_in_words():
    partial = release("ptp", "practitioner", "2025Q3", partial=True)
    starter = release("addon", origin=Release.Origin.STARTER)
    words = line(partial, starter)
    assert words["PTP"].startswith("practitioner Jul 2025, may be incomplete, 1 quarter behind")
    assert words["Add-on"] == "Starter set"


def test_part_of_a_newer_quarter_does_not_hide_the_whole_of_an_older_one():
    newer, older = (
        release("mue", "practitioner", "2025Q3", partial=True),
        release("mue", "practitioner", "2025Q2"),
    )
    assert line(newer, older)["MUE"].startswith("practitioner Apr 2025, 2 quarters behind; ")


def test_the_quarter_that_answers_for_today_is_named_and_none_that_is_to_come():
    quarters = [release("mue", "practitioner", quarter) for quarter in ("2026Q1", "2025Q3")]
    today = release("mue", "practitioner", partial=True)
    assert line(*quarters, today)["MUE"].startswith("practitioner Oct 2025, may be incomplete; ")
    assert line(*quarters)["MUE"].startswith("practitioner Jul 2025, 1 quarter behind; ")


def starter_names(**of_datasets: str) -> tuple[str, ...]:
    """What is named of a table of CMS's and starter data for each of these datasets and settings."""
    starters = [
        release(dataset, setting, origin=Release.Origin.STARTER)
        for dataset, settings in of_datasets.items()
        for setting in settings.split(",")
    ]
    return status_line.starter_names([release("ptp", "practitioner", "2024Q3"), *starters])


def test_starter_data_is_named_with_the_settings_that_it_is_of():
    assert starter_names(mue="dme_supplier", ptp="outpatient_hospital") == ("PTP edits (hospital)", "MUE (DME)")
    assert starter_names(mue="practitioner,dme_supplier") == ("MUE (practitioner, DME)",)


def test_starter_data_of_every_setting_there_is_names_none():
    every = "practitioner,outpatient_hospital,dme_supplier"
    assert starter_names(mue=every, addon="") == ("MUE", "Add-on codes")
    assert starter_names() == ()
