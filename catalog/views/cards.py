"""The card of one code or modifier: what the lookup says when exactly one thing was named."""

from __future__ import annotations

from typing import NamedTuple

from catalog import codes, modifiers, values
from catalog.codes import Kind
from catalog.search import Entry
from catalog.snapshot import Snapshot
from catalog.templatetags.catalog import us_date
from catalog.views import edit_codes, shelf
from catalog.views.rows import page_of

SHAPES = {
    Kind.CPT_I: "Five digits: a CPT Category I number",
    Kind.CPT_II: "Four digits and F: a CPT Category II code, which tracks quality and carries no fee",
    Kind.CPT_III: "Four digits and T: a CPT Category III code, temporary, for new technology",
    Kind.PLA: "Four digits and U: a CPT code for one laboratory’s or maker’s own test (PLA)",
    Kind.MAAA: "Four digits and M: a CPT code for a test by algorithm (administrative MAAA)",
    Kind.VACCINE_ADMIN: "Four digits and A: giving a COVID-19 vaccine, from a series deleted in November 2023",
    Kind.DENTAL: "D and four digits: a dental code (CDT)",
    Kind.LOCAL: "A letter from W to Z and four digits: a local code",
}
STATUSES = {Kind.DENTAL: "Kept by the ADA", Kind.LOCAL: "Ended Dec 31, 2003"}
NOTES = {
    Kind.DENTAL: "Dental codes belong to the American Dental Association and are not in CMS’s file, so whether "
    "this one exists is not known here. Look it up in your licensed CDT book.",
    Kind.LOCAL: "It is not valid on a claim today. States and contractors each made their own, so its meaning "
    "depended on the payer. Ask the payer which national code it wants instead.",
}
TABLED_NOTE = (
    "This number appears in the NCCI tables; descriptor licensed by the AMA (American Medical Association). This "
    "site neither shows nor rewords it: look it up in your licensed CPT book."
)
CPT_NOTE = (
    "Recognized by form and range only; whether it exists is not known here. CPT descriptors belong to the "
    "American Medical Association and need its license, so this site does not show or reword them. Look it up in "
    "your licensed CPT book."
)


class Fact(NamedTuple):
    label: str
    text: str
    href: str = ""


class Card(NamedTuple):
    """``tags`` are plain remarks; ``status`` says what stands in the way of using it, empty when nothing does.

    ``line`` is what to put on the scratchpad, empty for a modifier.
    """

    code: str
    level: int
    href: str
    lede: str
    tags: tuple[str, ...] = ()
    status: str = ""
    note: str = ""
    facts: tuple[Fact, ...] = ()
    line: str = ""


def of_code(shown: Snapshot, code: str, entry: Entry | None) -> Card:
    """The card of any code; ``entry`` is its place in the index when it is on file."""
    kind = codes.kind_of(code)
    if entry is not None:
        return _on_file(shown, entry)
    return _not_on_file(shown, code) if kind is Kind.LEVEL_II else _by_shape(shown, code, kind)


def of_modifier(modifier: str, entry: Entry | None) -> Card:
    """The card of a modifier, of CMS's file or of the AMA's."""
    facts = [Fact("On a claim line", _after_which(modifier))]
    if group := modifiers.ncci_group(modifier):
        facts.append(Fact("NCCI-associated", group))
    href = page_of("modifier", modifier)
    if entry:
        tags = ("Modifier",) if entry.ended else ("Modifier", "In force")
        return Card(modifier, 2, href, entry.long or entry.short, tags, entry.tag, facts=tuple(facts))
    label = modifiers.LEVEL_I.get(modifier, "")
    return Card(
        code=modifier,
        level=1,
        href=href,
        lede=label or "Shaped like a CPT modifier.",
        tags=("Modifier",),
        status="Not in CMS’s file",
        note="The American Medical Association keeps the modifiers of CPT. "
        + ("The words above are ours, not its." if label else "Look this one up in your licensed CPT book."),
        facts=tuple(facts),
    )


def _after_which(modifier: str) -> str:
    """The codes a modifier goes after. No one code fits every modifier, so most get no example."""
    if modifier in modifiers.CATEGORY_II:
        return f"after a Category II code only, as in 0500F-{modifier}"
    if modifiers.is_anesthesia_status(modifier):
        return f"after an anesthesia code only, as in 00100-{modifier}"
    return "after the code it says more about"


def _on_file(shown: Snapshot, entry: Entry) -> Card:
    facts = _section_facts(shown, entry.code)
    if filed := shelf.of(shown).get(entry.code):
        facts.append(Fact("Added", us_date(filed.added) if filed.added else "not stated"))
        if filed.last_valid:
            facts.append(Fact("Last valid on", us_date(filed.last_valid)))
        facts.append(Fact("Medicare coverage", values.COVERAGE.get(filed.coverage, "not stated")))
    tags = () if entry.ended else (shown.in_force_words,)
    if values.is_noc(entry.long):
        tags += ("Catch-all",)
    facts += _edit_facts(shown, entry.code)
    href, lede = page_of("code", entry.code), entry.long or entry.short
    return Card(entry.code, 2, href, lede, tags, entry.tag, facts=tuple(facts))


def _not_on_file(shown: Snapshot, code: str) -> Card:
    release = shown.release
    if release is None:
        lede, note = "No HCPCS release is loaded.", "It has the shape of a Level II code; more is not known here."
    elif release.is_starter:
        lede = "Not in the starter set, which holds a few hundred codes."
        note = "It has the shape of a Level II code and may well exist. Load CMS’s release to know."
    elif release.partial:
        lede = f"Not in what was loaded of {release.title}."
        note = "It has the shape of a Level II code and may well exist: the release was loaded although it looks "
        note += "incomplete."
    else:
        lede = f"Not in the {release.title} file."
        note = (
            "It has the shape of a Level II code, so check its digits. Codes that ended years ago have left CMS’s "
            "file, and codes newer than the loaded one are not in it yet."
        )
    tags = ("In the NCCI tables",) if edit_codes.is_named(shown, code) else ()
    if tags:
        lede = f"In the NCCI tables, not in {edit_codes.hcpcs_file(shown)}."
    facts = (*_section_facts(shown, code), *_edit_facts(shown, code))
    return Card(code, 2, page_of("code", code), lede, tags, "Not on file", note, facts)


def _by_shape(shown: Snapshot, code: str, kind: Kind) -> Card:
    section = shown.tree.narrowest(code)
    lede = SHAPES[kind]
    if kind.level == codes.Level.ONE:
        lede += f", in the range {_range_around(shown, code)}" if section else ", in numbers that no section uses"
    facts = _section_facts(shown, code)
    if section:
        facts += [Fact("Kept by", section.maintainer), Fact("Mostly billed by", section.who_bills)]
    is_tabled = edit_codes.is_named(shown, code)
    licensed = is_tabled and kind.level == codes.Level.ONE
    return Card(
        code=code,
        level=int(kind.level),
        href=page_of("code", code),
        lede=f"{lede}.",
        tags=("In the NCCI tables",) if is_tabled else (),
        status=STATUSES.get(kind, "Descriptor licensed by the AMA" if licensed else "Descriptor not loaded"),
        note=NOTES.get(kind, TABLED_NOTE if licensed else CPT_NOTE),
        facts=tuple(fact for fact in (*facts, *_edit_facts(shown, code)) if fact.text),
    )


def _range_around(shown: Snapshot, code: str) -> str:
    section = shown.tree.narrowest(code)
    around = next(stretch for stretch in section.ranges.all() if codes.contains(stretch.low, stretch.high, code))
    return f"{around.low} to {around.high}"


def _section_facts(shown: Snapshot, code: str) -> list[Fact]:
    section = shown.tree.narrowest(code)
    return [Fact("Section", section.title, page_of("section", section.slug))] if section else []


def _edit_facts(shown: Snapshot, code: str) -> list[Fact]:
    """What the NCCI tables have of it; the page of the code has the rows."""
    return [Fact(label, text) for label, text in edit_codes.facts(shown, code)]
