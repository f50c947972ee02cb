"""PTP edits are millions of rows: what is asked of them is answered by an index."""

import pytest
from django.db import connection

from catalog.models import PtpEdit
from tests.builders import make_ptp, make_release

pytestmark = pytest.mark.django_db


def test_a_pair_is_found_in_either_order_and_no_other_row():
    release = make_release(dataset="ptp", setting="practitioner")
    straight = make_ptp("45385", "45378", release)
    turned = make_ptp("45378", "45385", release)
    make_ptp("45385", "45380", release)
    make_ptp("45385", "45385", release)
    make_ptp("45385", "45378", make_release(dataset="ptp", setting="outpatient_hospital"))
    assert set(PtpEdit.objects.of(release).for_pair("45385", "45378")) == {straight, turned}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a server reads a small table without its indexes")
def test_both_codes_of_a_pair_are_sought_in_an_index():
    release = make_release(dataset="ptp", setting="practitioner")
    plan = PtpEdit.objects.of(release).for_pair("45385", "45378").explain()
    assert "SEARCH" in plan
    assert "release_id=? AND column_two=? AND column_one=?" in plan or (
        "release_id=? AND column_one=? AND column_two=?" in plan
    )
