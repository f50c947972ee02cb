import pytest

from tests.builders import make_release
from tests.catalog.views.page import words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["4538X5/45378", "45378/4538X5"])
def test_what_is_no_code_is_taken_apart(client, address):
    answer = client.get(f"/edits/ptp/practitioner/{address}/")
    assert answer.status_code == 404
    assert "4538X5 is not a code" in words(answer)


@pytest.mark.parametrize(
    "address",
    [
        "ptp/medicaid/45385/45378",
        "ptp/practitioner/hello/world",
        "ptp/practitioner/25/45378",
        "mue/medicaid/45378",
        "mue/practitioner/hello",
        "addon/hello/99291",
        "addon/CCCCC/99291",
    ],
)
def test_an_address_of_no_edit_is_not_found(client, address):
    assert client.get(f"/edits/{address}/").status_code == 404


@pytest.mark.parametrize(
    "address", ["ptp/practitioner/45385/45378", "mue/practitioner/J1885", "addon/99292/99291"]
)
def test_a_page_that_has_not_changed_is_not_sent_again(client, address):
    for dataset, setting in (("ptp", "practitioner"), ("mue", "practitioner"), ("addon", "")):
        make_release(dataset=dataset, setting=setting)
    first = client.get(f"/edits/{address}/")
    again = client.get(f"/edits/{address}/", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert client.get(f"/edits/{address}/?on=2020-01-01")["ETag"] != first["ETag"]
