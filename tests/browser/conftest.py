"""A claim to check in a browser, and tables that say something about it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders import (
    make_addon,
    make_code,
    make_level,
    make_mue,
    make_ptp,
    make_release,
    make_section,
    make_table,
)


@pytest.fixture
def pad(claim_tables, live_server) -> str:
    """The address of the scratchpad."""
    return f"{live_server.url}/scratchpad/"


@pytest.fixture
def claim_tables() -> None:
    """A denied pair, one that a modifier lifts, a unit limit, an add-on, and drugs to look up."""
    release = make_release()
    make_section("j-drugs", ("J0000", "J9999"), title="Drugs")
    make_section("bowel", ("44005", "45999"), title="Bowel", level=make_level(1), kind="cpt_i")
    make_code("J1840", release, long_descriptor="Injection, kanamycin", termination_date=date(2024, 3, 31))
    make_code("J1885", release, long_descriptor="Injection, ketorolac tromethamine, per 15 mg")
    make_code("J1890", release, long_descriptor="Injection, cephalothin")
    pairs = make_table("ptp", "practitioner")
    make_ptp("45385", "45378", pairs, modifier_indicator="0")
    make_ptp("45385", "45380", pairs)
    make_mue("J1885", 8, make_table("mue", "practitioner"))
    make_addon("97598", "97597", make_table("addon"))
