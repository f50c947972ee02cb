from datetime import date

import pytest

from catalog.models import Release
from tests.builders import make_addon, make_code, make_modifier, make_mue, make_ptp, make_release


@pytest.fixture
def tables() -> Release:
    """A table of each kind for the last quarter of 2025; the pairs' one is returned."""
    make_code("J1885", make_release(), long_descriptor="Injection, sample drug, per 15 mg")
    make_modifier("LT")
    practitioner = make_release(dataset="ptp", setting="practitioner", notice="A notice of the AMA.")
    practitioner.files.create(name="ccipra-v313r0-f3.txt", archive="part-3.zip", sha256="ab" * 32, size=1)
    make_ptp("45385", "45378", practitioner, effective_date=date(2003, 1, 1), modifier_indicator="0")
    make_ptp("45385", "45380", practitioner)
    make_mue("J1885", 8, make_release(dataset="mue", setting="practitioner", notice="A notice of the AMA."))
    make_addon("99292", "99291")
    return practitioner
