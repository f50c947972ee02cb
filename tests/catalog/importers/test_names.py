from datetime import date

import pytest

from catalog.importers.names import naming


@pytest.mark.parametrize(
    ("name", "quarter", "revision"),
    [
        ("HCPC2025_OCT_ANWEB.xlsx", "2025Q4", None),
        ("HCPC2026_OCT_ANWEB_v2.txt", "2026Q4", 2),
        ("HCPC2020_APRIL_ANWEB_w_disclaimer_v5.xlsx", "2020Q2", 5),
        ("HCPC2021_APR_CONTR_ANWEB.xlsx", "2021Q2", None),
        ("HCPC2021_JULY_ANWEB_v2.xlsx", "2021Q3", 2),
        ("HCPC2020_ANWEB_w_disclaimer.xls", "2020Q1", None),
        ("HCPC17_CONTR_ANWEB.txt", "2017Q1", None),
        ("HCPC2018_CONTR_ANWEB_disc.xlsx", "2018Q1", None),
        ("2019-Alpha-Numeric-HCPCS-File.zip", "2019Q1", None),
        ("october-2025-alpha-numeric-hcpcs-file.zip", "2025Q4", None),
        ("2020-04_anweb.xlsx", "2020Q2", None),
        ("hcpc2024_may_anweb.txt", "2024Q2", None),
        ("anweb_2024q3.txt", "2024Q3", None),
        ("HCPC2026_JUL_ANWEB.excerpt.txt", "2026Q3", None),
    ],
)
def test_a_name_tells_the_quarter_and_the_revision(name, quarter, revision):
    found = naming(name)
    assert (found.quarter, found.revision) == (quarter, revision)


def test_eight_digits_are_the_day_of_posting_and_not_a_year():
    found = naming("HCPC2026_JAN_ANWEB_12082025.txt")
    assert (found.quarter, found.revision, found.posted) == ("2026Q1", None, date(2025, 12, 8))
    assert naming("HCPC2026_JAN_ANWEB_99992025.txt").posted is None


def test_a_year_alone_says_less_than_a_month():
    assert naming("HCPC2020_ANWEB.txt").has_month is False
    assert naming("HCPC2020_OCT_ANWEB.txt").has_month is True


@pytest.mark.parametrize(
    "name", ["anweb.txt", "", "HCPC_ANWEB.xlsx", "notes from 1999.txt", "ccipra-v322r0-f1.TXT"]
)
def test_a_name_without_a_year_tells_nothing(name):
    assert naming(name) is None
