"""Service lines pasted out of an electronic claim."""

from datetime import date

import pytest

from scratchpad.claim_text import text_of
from scratchpad.paste import Pasted, read
from scratchpad.pasted_row import MEASURE, MODIFIERS, NO_CODE

DAY = date(2026, 7, 15)
LEFT_OUT = (
    "Of the claim file only procedures, modifiers, units and dates were read. "
    "Charges, pointers and all other segments (2) were left out."
)


def pasted(text: str) -> Pasted:
    return read(text, DAY)


def lines(text: str) -> list[str]:
    return [text_of(line) for line in pasted(text).lines]


@pytest.mark.parametrize(
    ("segment", "line"),
    [
        ("SV1*HC:99213:25*150*UN*1~", "99213-25"),
        ("SV1*HC:99213:25*150*UN*1", "99213-25"),
        ("sv1*hc:97110:gp:59*150.00*un*4*11**1:2~", "97110-GP-59x4"),
        ("SV1*HC:97110:::: A DESCRIPTION*150*UN*2~", "97110x2"),
        ("SV1*HC>J1885*20*UN*10~", "J1885x10"),
        ("SV2*0450*HC:99284:25*480*UN*1~", "99284-25"),
        ("SV2*0636*HC:J1885*20*UN*4~", "J1885x4"),
        ("SV1*HC:97110*150*UN*1.5~", "97110x1.5"),
    ],
)
def test_a_service_line_is_its_procedure_and_its_units_but_never_its_charge(segment, line):
    assert lines(segment) == [line]
    assert pasted(segment).headings == ()


def test_minutes_of_anesthesia_are_no_units_and_that_is_said():
    found = pasted("SV1*HC:00100:AA:QS*900*MJ*30~")
    assert [entry.text for entry in found.taken] == ["00100-AA-QS"]
    assert [entry.why for entry in found.not_understood] == [MEASURE.format(text="30 min")]


def test_each_line_has_the_dates_behind_it():
    text = (
        "LX*1~SV1*HC:99213*150*UN*1~DTP*472*D8*20260716~"
        "LX*2~SV1*HC:97110*50*UN*2~DTP*472*RD8*20260714-20260716~LX*3~SV1*HC:97112*50*UN*1~"
    )
    assert lines(text) == ["99213@2026-07-16", "97110x2@2026-07-14..2026-07-16", "97112"]
    assert pasted(text.replace("~", "~\n")).taken[2].row == 8


def test_other_segments_are_counted_and_never_shown():
    found = pasted("NM1*IL*1*SMITH*JOHN****MI*12345678901~HI*ABK:K635~SV1*HC:45380:59*500*UN*1~")
    assert [entry.text for entry in found.taken] == ["45380-59"]
    assert found.notes == (LEFT_OUT,)
    assert found.not_understood == ()


def test_claims_of_different_patients_are_said():
    text = "NM1*IL*1*SMITH*JO~SV1*HC:99213*1*UN*1~NM1*{}*1*JONES*AL~SV1*HC:99214*1*UN*1~"
    assert pasted(text.format("QC")).notes[0].startswith("The rows name 2 different patients")
    assert pasted(text.format("82")).notes == (LEFT_OUT,)


def test_lines_without_a_procedure_and_modifiers_that_are_none_are_said():
    found = pasted("SV2*0250**20*UN*1~\nSV1*ER:99213*20*UN*1~\nSV1*HC:99213:XYZ*20*UN*1~\nSV1~")
    assert [entry.text for entry in found.taken] == ["99213"]
    assert [(entry.row, entry.why) for entry in found.not_understood] == [
        (1, NO_CODE),
        (2, NO_CODE),
        (3, MODIFIERS),
        (4, NO_CODE),
    ]


def test_codes_between_segments_are_read():
    assert lines("SV1*HC:99213*20*UN*1~\n11042 x2\n97597, J1885") == ["99213", "11042x2", "97597", "J1885"]
