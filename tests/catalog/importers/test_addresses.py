"""Where CMS usually puts the files of a quarter."""

import pytest

from catalog.importers import addresses
from catalog.importers.addresses import Mark, candidates, editions, usual
from tests.ptp_files import zip_name


def names(found):
    return [address.name for address in found]


@pytest.mark.parametrize(
    ("quarter", "name"),
    [
        ("2025Q1", "january-2025-alpha-numeric-hcpcs-file.zip"),
        ("2025Q4", "october-2025-alpha-numeric-hcpcs-file.zip"),
        ("2026Q2", "april-2026-alpha-numeric-hcpcs-file.zip"),
        ("2026Q3", "july-2026-alpha-numeric-hcpcs-file.zip"),
    ],
)
def test_hcpcs_files_are_named_by_month_and_year(quarter, name):
    (address,) = usual("hcpcs", quarter)
    assert (address.name, address.mark, address.part) == (name, Mark.VERIFIED, 0)


def test_the_plural_that_cms_sometimes_writes_is_tried_too():
    assert names(candidates("hcpcs", "2024Q4")) == [
        "october-2024-alpha-numeric-hcpcs-file.zip",
        "october-2024-alpha-numeric-hcpcs-files.zip",
    ]


def test_the_first_quarter_may_be_named_by_its_year_alone():
    assert names(candidates("hcpcs", "2024Q1"))[-1] == "2024-alpha-numeric-hcpcs-file.zip"


@pytest.mark.parametrize("setting", ["practitioner", "outpatient_hospital"])
@pytest.mark.parametrize("quarter", ["2024Q2", "2025Q1", "2026Q4"])
def test_a_ptp_table_has_four_parts_named_by_quarter_and_version(quarter, setting):
    assert names(usual("ptp", quarter, setting)) == [zip_name(setting, quarter, part) for part in (1, 2, 3, 4)]


def test_a_later_posting_of_a_ptp_table_is_tried_before_the_first():
    found = editions("ptp", "2026Q4", "practitioner")
    assert names(edition[0] for edition in found) == [
        zip_name("practitioner", "2026Q4", 1, revision) for revision in (2, 1, 0)
    ]
    assert [edition[0].mark for edition in found] == [Mark.GUESSED, Mark.GUESSED, Mark.REPORTED]


def test_parts_of_two_postings_are_never_mixed():
    for edition in editions("ptp", "2026Q4", "outpatient_hospital"):
        assert len({address.name.rpartition("-f")[0] for address in edition}) == 1
        assert [address.part for address in edition] == [1, 2, 3, 4]


def test_the_part_after_the_last_has_the_next_number():
    *_, last = usual("ptp", "2024Q3", "practitioner")
    assert last.next_part.name == zip_name("practitioner", "2024Q3", 5)
    assert last.next_part.part == 5


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ("practitioner", "medicare-ncci-2026-q2-practitioner-services-mue-table.zip"),
        ("outpatient_hospital", "medicare-ncci-2026-q2-facility-outpatient-hospital-services-mue-table.zip"),
        ("dme_supplier", "medicare-ncci-2026-q2-dme-supplier-services-mue-table.zip"),
    ],
)
def test_each_setting_has_an_mue_table_of_its_own(setting, name):
    (address,) = usual("mue", "2026Q2", setting)
    assert (address.name, address.mark) == (name, Mark.REPORTED)


@pytest.mark.parametrize(
    ("quarter", "name"),
    [
        ("2025Q4", "add-code-edits-medicare-effective-10012025.zip"),
        ("2026Q1", "add-code-edits-medicare-effective-01012026.zip"),
        ("2023Q3", "add-code-edits-medicare-effective-07012023.zip"),
    ],
)
def test_add_on_files_are_named_by_the_day_they_take_effect(quarter, name):
    assert names(usual("addon", quarter)) == [name]


def test_a_file_that_replaces_another_is_tried_before_it():
    found = names(candidates("addon", "2026Q1"))
    assert found[-1] == "add-code-edits-medicare-effective-01012026.zip"
    assert all("replacement-file" in name for name in found[:-1])


@pytest.mark.parametrize(
    ("dataset", "setting"), [(dataset, settings[0]) for dataset, settings in addresses.SETTINGS.items()]
)
def test_the_name_of_an_early_quarter_is_a_guess(dataset, setting):
    assert {address.mark for address in usual(dataset, "2019Q2", setting)} == {Mark.GUESSED}


def test_no_address_is_shown_as_a_fact():
    assert "not every quarter follows it" in addresses.WORDS[Mark.VERIFIED]
    assert "not every quarter follows it" in addresses.WORDS[Mark.REPORTED]
    assert addresses.WORDS[Mark.GUESSED].startswith("A guess")


def test_only_ptp_tables_stand_behind_the_license():
    assert [dataset for dataset in addresses.SETTINGS if addresses.needs_license(dataset)] == ["ptp"]
    assert all(address.is_licensed for address in candidates("ptp", "2026Q4", "practitioner"))
    assert not any(address.is_licensed for address in candidates("mue", "2026Q4", "practitioner"))


def test_the_license_page_is_that_of_the_file():
    first = usual("ptp", "2024Q3", "practitioner")[0]
    assert addresses.license_page(first) == (
        "https://www.cms.gov/license/ama?file=/files/zip/"
        "medicare-ncci-2024q3-practitioner-ptp-edits-ccipra-v302r0-f1.zip"
    )


def test_addresses_are_those_of_cms_or_of_the_site_that_stands_in_for_it():
    (address,) = usual("hcpcs", "2025Q4")
    name = "october-2025-alpha-numeric-hcpcs-file.zip"
    assert address.url() == f"https://www.cms.gov/files/zip/{name}"
    assert address.url("http://localhost:8110/cms/") == f"http://localhost:8110/cms/files/zip/{name}"
    assert addresses.where(name) == address.url()


@pytest.mark.parametrize(
    ("dataset", "quarter", "setting", "reason"),
    [
        ("cpt", "2026Q4", "", "“cpt” is none of the datasets hcpcs, ptp, mue, addon."),
        ("hcpcs", "2026Q5", "", "“2026Q5” is not a quarter. Write it as in 2026Q4."),
        ("hcpcs", "2026-4", "", "“2026-4” is not a quarter. Write it as in 2026Q4."),
        ("hcpcs", "²026Q4", "", "“²026Q4” is not a quarter. Write it as in 2026Q4."),
        ("hcpcs", "2026Q4", "practitioner", "CMS publishes this dataset once for all settings: give no setting."),
        ("ptp", "2026Q4", "", "CMS publishes a table for each setting. Give one of practitioner, outpat"),
        (
            "ptp",
            "2026Q4",
            "dme_supplier",
            "CMS publishes no such table for the setting dme_supplier: practitioner",
        ),
    ],
)
def test_what_cms_does_not_publish_is_refused_in_a_sentence(dataset, quarter, setting, reason):
    with pytest.raises(ValueError, match=reason[:20]) as refused:
        candidates(dataset, quarter, setting)
    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize(
    ("base_url", "is_one"),
    [
        ("https://www.cms.gov", True),
        ("http://localhost:8110/mirror", True),
        ("file:///etc", False),
        ("www.cms.gov", False),
        ("https://", False),
        ("http://[::1", False),
        ("https://www.cms.gov/?file=", False),
    ],
)
def test_a_site_is_named_by_http_and_a_host(base_url, is_one):
    assert addresses.is_web_address(base_url) is is_one
