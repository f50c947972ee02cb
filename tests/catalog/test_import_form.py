from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from catalog.import_form import FetchForm, UploadForm, fetched_quarters, uploaded_quarters

DAY = date(2025, 11, 3)


def upload(*names: str, **fields: str) -> UploadForm:
    files = MultiValueDict({"files": [SimpleUploadedFile(name, b"x") for name in names]})
    return UploadForm({"end": "True"} | fields, files, day=DAY)


def fetched(**fields: str) -> FetchForm:
    return FetchForm({"kind": "hcpcs/", "quarter": "2025Q4"} | fields, day=DAY)


def test_several_files_and_what_they_are():
    form = upload("a.zip", "b.txt", kind="mue/dme_supplier", quarter="2024Q3")
    assert form.is_valid()
    assert [file.name for file in form.cleaned_data["files"]] == ["a.zip", "b.txt"]
    assert form.cleaned_data["kind"] == ("mue", "dme_supplier")
    assert form.cleaned_data["quarter"] == "2024Q3"


def test_nothing_need_be_said_of_files_whose_names_say_it():
    form = upload("a.zip")
    assert form.is_valid()
    assert (form.cleaned_data["kind"], form.cleaned_data["quarter"]) == (("", ""), "")


def test_no_file_is_said_so():
    assert upload().errors == {"files": ["Choose at least one file."]}


def test_a_form_without_its_last_field_has_broken_off():
    assert "broke off before its end" in upload("a.zip", end="").errors["end"][0]


@pytest.mark.parametrize("kind", ["hcpcs/practitioner", "ptp/dme_supplier", "nonsense"])
def test_what_cms_does_not_publish_cannot_be_asked_for(kind):
    assert "kind" in fetched(kind=kind).errors


def test_ptp_files_need_the_license_accepted():
    refused = fetched(kind="ptp/practitioner")
    assert "only to those who accept the AMA’s license" in refused.errors["is_license_accepted"][0]
    assert fetched(kind="ptp/practitioner", is_license_accepted="on").is_valid()
    assert fetched(kind="mue/practitioner").is_valid()


def test_quarters_reach_from_the_next_one_into_the_past():
    assert fetched_quarters(DAY)[0] == ("2026Q1", "January 2026 (2026Q1)")
    assert fetched_quarters(DAY)[-1][0] == "2024Q1"
    assert fetched().fields["quarter"].initial == "2025Q4"
    quarters = [quarter for quarter, _ in uploaded_quarters(DAY)]
    assert (quarters[0], quarters[-1], len(quarters)) == ("2026Q1", "2019Q1", 29)
