"""The legend of an empty scratchpad, beside the words of findings."""

import re

from django.template.loader import render_to_string

from scratchpad.finding_words import CHIPS, DENIED_UNLESS

ENTRY = re.compile(
    r'<span class="v k-(?P<family>\w+)">.*?#v-(?P<sign>\w+)".*?<span>(?P<label>[^<]+)</span></span></dt>'
    r"<dd>(?P<meaning>.+?)</dd>"
)


def legend() -> dict[str, tuple[str, str, str]]:
    """Family, sign and meaning of each entry, by its label."""
    html = render_to_string("scratchpad/_vocabulary.html")
    return {found["label"]: (found["family"], found["sign"], found["meaning"]) for found in ENTRY.finditer(html)}


def test_the_legend_shows_chips_of_findings():
    chips = {(chip.label, chip.family, chip.sign) for chip in (*CHIPS.values(), DENIED_UNLESS)}
    assert {(label, family, sign) for label, (family, sign, _) in legend().items()} <= chips


def test_each_way_to_be_denied_has_its_own_entry():
    meaning = {label: text for label, (_, _, text) in legend().items()}
    assert {"Denied by edit", "Denied unless distinct", "Over the unit limit", "Primary missing"} <= set(meaning)
    assert "units" not in meaning["Denied by edit"]


def test_no_modifier_changes_an_edit_of_indicator_0_and_that_is_said_of_no_unit_limit():
    meaning = {label: text for label, (_, _, text) in legend().items()}
    assert "No modifier" in meaning["Denied by edit"]
    assert "MAI 1" in meaning["Over the unit limit"]
    assert "MAI 3" in meaning["Over the unit limit"]
    assert "No modifier" not in meaning["Over the unit limit"]
