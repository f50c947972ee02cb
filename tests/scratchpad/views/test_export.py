"""A claim as a file: what the page adds to its tables."""

import csv
import io

import pytest

from catalog.models import Release
from tests.builders import make_code, make_ptp, make_release, make_section

pytestmark = pytest.mark.django_db

PAGE, DAY = "/scratchpad/", "2025-12-01"


@pytest.fixture(autouse=True)
def tables():
    make_code("J1885", make_release(), long_descriptor="Injection, sample drug, per 15 mg")
    make_section("colonoscopy", ("45300", "45399"), title="Lower endoscopy")
    notice = "A notice of\nthe AMA."
    make_ptp("45385", "45378", make_release(dataset="ptp", setting="practitioner", notice=notice))


def exported(client, *lines: str, **fields: str):
    return client.get(PAGE, {"date": DAY, "line": lines, "_export": "csv"} | fields)


def rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"), newline="")))


def test_codes_have_cms_descriptor_or_our_section(client):
    _, *lines = rows(exported(client, "J1885", "45385", "99213"))
    assert [row[2] for row in lines[:3]] == ["Injection, sample drug, per 15 mg", "Lower endoscopy", ""]


def test_the_remarks_have_the_address_the_notice_and_what_was_not_kept(client):
    found = rows(exported(client, "45385", "45378-59", setting="hospice"))
    remarks = dict(row for row in found if len(row) == 2)
    assert remarks["Address"] == (
        f"http://testserver/scratchpad/?setting=practitioner&date={DAY}&line=45385&line=45378-59"
    )
    assert remarks["Notice of PTP edits, practitioner, October 2025"] == "A notice of the AMA."
    assert "is not a setting" in remarks["Not kept"]


def test_the_remarks_name_every_file_that_was_asked_with_its_hash(client):
    table = Release.objects.get(dataset="ptp")
    table.files.update(name="ccipra-f3.txt", archive="practitioner-f3.zip", sha256="ab" * 32)
    Release.objects.get(dataset="hcpcs").files.create(name="HCPC.xlsx", sha256="cd" * 32, size=9)
    make_release("2025Q3", dataset="ptp", setting="outpatient_hospital").files.create(name="other.txt", size=9)
    files = [row[1] for row in rows(exported(client, "J1885", "45378", "45385")) if row[:1] == ["File"]]
    assert files == [
        f"HCPCS Level II, October 2025: HCPC.xlsx, SHA-256 {'cd' * 32}",
        f"PTP edits, practitioner, October 2025: practitioner-f3.zip / ccipra-f3.txt, SHA-256 {'ab' * 32}",
    ]


def test_a_workbook_is_called_one_and_kept_by_no_cache(client):
    response = exported(client, "45385", _export="xlsx")
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert f"claim-practitioner-{DAY}.xlsx" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


def test_a_file_of_the_claim_is_had_from_every_view(client):
    assert exported(client, "45385", view="settings")["Content-Type"].startswith("text/csv")


def test_another_format_is_not_found(client):
    assert exported(client, "45385", _export="pdf").status_code == 404
