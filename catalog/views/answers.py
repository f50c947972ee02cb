"""What the lookup says to a text: a card for what was named, lists for what was found, and what to try instead.

Shape decides first, words second: a text that reads as a code, a list, a range or a modifier is answered as that,
anything else is searched as words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.urls import reverse

from catalog import codes, modifiers, typed_units
from catalog.codes import Kind, Parsed
from catalog.hints import Hint
from catalog.models import Section
from catalog.search import Results
from catalog.snapshot import Snapshot
from catalog.to_scratchpad import address, claim_line
from catalog.tree import Tree
from catalog.views import cards, edit_codes, listing, narrowing, often_heard, pair_answers, rows, shelf
from catalog.views.answer_parts import Answer, Group, Link, Nothing
from catalog.views.asked import Asked, url_for
from catalog.views.listing import PAGE, SHORT_LIST, Tabled, add_codes
from catalog.views.pair_answers import PairAnswers
from catalog.views.rows import Row, page_of

NEIGHBORS = 2

OTHER_NUMBERS = {
    Hint.DATE,
    Hint.DIAGNOSIS_CODE,
    Hint.DRUG_NDC,
    Hint.INPATIENT_PROCEDURE_CODE,
    Hint.PROVIDER_NUMBER,
}


def answer(shown: Snapshot, asked: Asked) -> Answer:
    """The answer to a question, whatever was typed. Units behind codes are for the scratchpad alone."""
    text, units = typed_units.read(asked.text)
    asked = asked._replace(text=text)
    found = _found(shown, asked)
    tabled = edit_codes.beginning(shown, asked, found.parsed.text)
    if asked.page > (last := listing.last_page(asked, found, tabled)):
        asked = asked._replace(page=last)
        found = _found(shown, asked)
    if tabled and found.corrected:  # the text is the beginning of codes, and no misspelled word
        found = replace(found, entries=(), total=0, ended_total=0, letters={}, suggestion="", corrected=False)
    parsed = found.parsed
    if parsed.codes or parsed.needs_confirmation:
        return _as_typed(shown, parsed, units)
    if parsed.code:
        return _one_code(shown, parsed, found, units.get(0, ""))
    if parsed.range:
        return _range(shown, asked, parsed, found)
    if parsed.modifier and (found.exact or modifiers.is_level_one(parsed.modifier)):
        return _one_modifier(shown, asked, found)
    if _lists_modifiers(shown, parsed):
        return _several_modifiers(shown, parsed)
    return _words(shown, asked, found, tabled)


def _found(shown: Snapshot, asked: Asked) -> Results:
    size = PAGE if asked.page else SHORT_LIST
    return shown.index.search(
        asked.text,
        level=asked.level,
        letter=asked.letter,
        section=asked.section,
        ended=asked.ended,
        fill=not asked.page,
        limit=size,
        offset=size * max(asked.page - 1, 0),
    )


# --- What was named ----------------------------------------------------------------------------------------


def _one_code(shown: Snapshot, parsed: Parsed, found: Results, units: str) -> Answer:
    code = parsed.code
    card = cards.of_code(shown, code, found.exact)._replace(line=claim_line(parsed, units))
    answer = Answer(say=f"{code}: {card.lede}", card=card, note=parsed.hint.sentence if parsed.hint else "")
    if parsed.modifiers:
        answer.groups.append(_modifiers_of(shown, parsed))
    if codes.kind_of(code) is Kind.LEVEL_II:
        mentions = [rows.of_entry(entry, found.terms) for entry in found.entries if entry.code != code]
        if mentions:
            answer.groups.append(Group("g-mentions", "Mentioning it", "", rows.html(mentions)))
        answer.groups.append(_beside(shown, code, is_on_file=found.exact is not None))
    return answer


def _beside(shown: Snapshot, code: str, *, is_on_file: bool) -> Group:
    neighbors = shelf.of(shown).beside(code, NEIGHBORS)
    entries = [shown.index.entry(neighbor) for neighbor in neighbors]
    title = "Next to it" if is_on_file else "Nearest on file"
    return Group("g-near", title, "in code order", rows.html(rows.of_entry(entry) for entry in entries if entry))


def _modifiers_of(shown: Snapshot, parsed: Parsed) -> Group:
    """The modifiers typed after a code, each with what it says."""
    remark = f"left out: {', '.join(parsed.dropped)}" if parsed.dropped else ""
    return _modifier_group(shown, parsed.modifiers, remark)


def _modifier_group(shown: Snapshot, listed: Iterable[str], remark: str) -> Group:
    entries = [(modifier, shown.index.entry(modifier)) for modifier in listed]
    items = [
        rows.of_entry(entry) if entry else rows.of_modifier_not_on_file(modifier) for modifier, entry in entries
    ]
    return Group("g-modifiers", "Modifiers", remark, rows.html(items))


def _one_modifier(shown: Snapshot, asked: Asked, found: Results) -> Answer:
    card = cards.of_modifier(found.parsed.modifier, found.exact)
    answer = Answer(say=f"Modifier {card.code}: {card.lede}", card=card)
    add_codes(answer, shown, asked, found)
    return answer


def _lists_modifiers(shown: Snapshot, parsed: Parsed) -> bool:
    """Whether a text is several modifiers without a code, at least one of them known."""
    return (
        parsed.hint is Hint.MODIFIER_WITHOUT_CODE
        and len(parsed.candidates) > 1
        and any(shown.index.entry(each) or modifiers.is_level_one(each) for each in parsed.candidates)
    )


def _several_modifiers(shown: Snapshot, parsed: Parsed) -> Answer:
    remark = f"{len(parsed.candidates)}, in the order typed"
    return Answer(say=f"Modifiers: {remark}.", groups=[_modifier_group(shown, parsed.candidates, remark)])


def _as_typed(shown: Snapshot, parsed: Parsed, units: Mapping[int, str]) -> Answer:
    """A list of codes, or codes that can only be guessed at: shown in the order typed, a guess to be confirmed."""
    parts = parsed.codes or (parsed,)
    meant = []
    if parsed.needs_confirmation:
        meant = [Link(url_for(parsed.canonical), parsed.canonical, parsed.code or "")]
    remark = f"{len(parts)}, in the order typed" if parsed.codes else "if it is that one"
    lines = [claim_line(part, units.get(number, "")) for number, part in enumerate(parts)]
    items = rows.html(
        _part_row(shown, part, line)._replace(line=line if part.code else "")
        for part, line in zip(parts, lines, strict=True)
    )
    pair = _pair(shown, parts, lines)
    typed = f"{len(parts)} codes, in the order typed."
    return Answer(
        say=f"Did you mean {parsed.canonical}?" if meant else pair.spoken if pair else typed,
        meant=meant,
        note=parsed.hint.sentence if parsed.hint else "",
        pair=pair,
        together=None if pair or parsed.needs_confirmation else _together(lines),
        groups=[Group("g-codes", "Codes", remark, items)],
    )


def _together(lines: list[str]) -> Link:
    """To the scratchpad with every part of a list, what cannot be read included: the scratchpad says why."""
    number = "both" if len(lines) == 2 else f"all {len(lines)}"
    return Link(address(lines), f"Put {number} on the scratchpad", "Every pair of them is looked up there.")


def _pair(shown: Snapshot, parts: tuple[Parsed, ...], lines: list[str]) -> PairAnswers | None:
    """What the PTP tables say of the codes, when they are two."""
    pair = [part.code for part in parts if part.code and not part.needs_confirmation]
    if len(parts) != 2 or len(set(pair)) != 2:
        return None
    return pair_answers.answers(shown, *pair, lines=lines, is_modified=any("-" in line for line in lines))


def _part_row(shown: Snapshot, part: Parsed, line: str) -> Row:
    """A code, a range or an unreadable piece that somebody typed, on file or not; ``line`` is it on a claim."""
    if part.range:
        return Row(url_for(part.canonical), part.range[0], f"Range to {part.range[1]}")
    if not part.code:
        sentence = part.hint.sentence if part.hint else "This cannot be read as a code."
        return Row(url_for(part.text), part.text, sentence, tag="Not a code", is_muted=True)
    href = url_for(part.canonical) if part.modifiers else page_of("code", part.code)
    along = line.removeprefix(part.code).replace("x", "-x").split("-")[1:]
    where = f"with {', '.join(along)}" if along else ""
    if entry := shown.index.entry(part.code):
        return rows.of_entry(entry)._replace(href=href, where=where or entry.where)
    section = shown.tree.narrowest(part.code)
    title = section.title if section else ""
    if edit_codes.is_named(shown, part.code):
        beside = edit_codes.where(shown, part.code)
        return Row(href, part.code, title, f"{where}, {beside}" if where else beside)
    if codes.kind_of(part.code) is Kind.LEVEL_II:
        return Row(href, part.code, title, where, "Not on file", is_muted=True)
    return Row(href, part.code, title, where, "Descriptor not loaded")


def _range(shown: Snapshot, asked: Asked, parsed: Parsed, found: Results) -> Answer:
    low, high = parsed.range
    answer = Answer(say=f"The range {low} to {high}.", note=parsed.hint.sentence if parsed.hint else "")
    sections = [
        section for section in shown.tree.sections.values() if _is_leaf_across(shown.tree, section, low, high)
    ]
    if sections:
        items = rows.html(rows.of_leaf(shown.tree, section) for section in sections)
        answer.groups.append(Group("g-sections", "Sections", f"from {low} to {high}", items))
    add_codes(answer, shown, asked, found)
    if not answer.groups:
        answer.nothing = _nothing(shown, asked, is_unreadable=bool(answer.note))
    return answer


def _is_leaf_across(tree: Tree, section: Section, low: str, high: str) -> bool:
    """Whether a section without sub-sections shares numbers with a range."""
    return not tree.children(section) and any(
        codes.series(stretch.low) == codes.series(low) == codes.series(high)
        and codes.number(stretch.low) <= codes.number(high)
        and codes.number(low) <= codes.number(stretch.high)
        for stretch in section.ranges.all()
    )


# --- What was found ----------------------------------------------------------------------------------------


def _words(shown: Snapshot, asked: Asked, found: Results, tabled: Tabled) -> Answer:
    parsed = found.parsed
    begins = bool(edit_codes.beginning(shown, Asked(), parsed.text))  # codes, whatever the filters leave of them
    if parsed.hint in OTHER_NUMBERS and not begins:
        return _refusal(shown, asked, parsed)
    heard = often_heard.about(shown, asked)
    heard_first = often_heard.comes_first(asked, heard, found)
    answer = Answer(say=listing.spoken(asked, found, tabled, heard=len(heard), heard_first=heard_first))
    if asked.filters or listing.listed(asked, found) > SHORT_LIST:
        answer.narrow = narrowing.ways(shown.tree, asked, found)
    candidates = [code for code in parsed.candidates if not begins or edit_codes.is_named(shown, code)]
    if found.suggestion:
        answer.unheard = asked.text if found.corrected and not heard else ""
        answer.meant = [Link(asked.url(text=found.suggestion), found.suggestion)]
    elif parsed.hint and not parsed.modifier and (candidates or not (found.entries or begins)):
        answer.note = parsed.hint.sentence
        answer.meant = [Link(url_for(text), text, text if codes.is_code(text) else "") for text in candidates]
    if parsed.modifier and not heard and (found.suggestion or not found.entries):
        answer.note = f"No modifier {parsed.modifier} is on file."
    if heard_first:
        answer.groups.append(often_heard.group(heard, opens_first=True))
    add_codes(answer, shown, asked, found, tabled, opens_first=not (found.corrected or heard_first))
    if heard and not heard_first:
        answer.below = often_heard.way_down(heard) if answer.groups else None
        answer.groups.append(often_heard.group(heard, opens_first=not answer.groups))
    if not asked.page:
        _add_the_rest(answer, asked, found)
    if not answer.groups:
        answer.nothing = _nothing(shown, asked, is_unreadable=bool(answer.note) and not parsed.modifier)
    return answer


def _add_the_rest(answer: Answer, asked: Asked, found: Results) -> None:
    """Sections and modifiers that match, as far as the filters leave room for them."""
    sections = [section for section in found.sections if asked.letter in ("", section.letter)]
    if sections:
        items = rows.html(rows.of_section(section, found.terms) for section in sections)
        answer.groups.append(Group("g-sections", "Sections", str(len(sections)), items))
    if found.modifiers and not (asked.letter or asked.section or asked.level == 1):
        items = rows.html(rows.of_entry(entry, found.terms) for entry in found.modifiers)
        answer.groups.append(Group("g-modifiers", "Modifiers", str(len(found.modifiers)), items))


def _refusal(shown: Snapshot, asked: Asked, parsed: Parsed) -> Answer:
    """A number of another kind. Its pieces may stand in descriptors, but that is not what was asked."""
    return Answer(
        say=parsed.hint.sentence,
        note=parsed.hint.sentence,
        meant=[Link(url_for(text), text, text if codes.is_code(text) else "") for text in parsed.candidates],
        nothing=_nothing(shown, asked, is_unreadable=True),
    )


def _nothing(shown: Snapshot, asked: Asked, *, is_unreadable: bool) -> Nothing:
    title, without = f"Nothing matches “{asked.text}”", None
    if is_unreadable:
        title = f"“{asked.text}” cannot be read as a code"
    elif asked.filters:
        anywhere = shown.index.search(asked.text, ended=True, limit=1)
        number = anywhere.total + anywhere.ended_total
        if number := number + len(edit_codes.beginning(shown, Asked(), anywhere.parsed.text)):
            title = f"Nothing with these filters matches “{asked.text}”"
            href = asked.url(level=None, letter="", section="", ended=True)
            without = Link(href, f"Drop the filters: {number:,} code{'' if number == 1 else 's'}")
    return Nothing(title, _searched(shown), _tries(shown, asked), is_unreadable, without)


def _searched(shown: Snapshot) -> str:
    sections = f"{len(shown.tree.sections):,} section names"
    if shown.release is None:
        return sections
    number = sum(shown.tree.count(section).total for section in shown.tree.top(2))
    of_modifiers = shown.release.counts.get("modifiers", 0)
    return f"{number:,} Level II codes, {of_modifiers:,} modifiers and {sections} in {shown.release}"


def _tries(shown: Snapshot, asked: Asked) -> list[Link]:
    """Up to three things to try when nothing was found, those likeliest to help first."""
    tries = []
    for word in sorted(asked.text.split(), key=len, reverse=True)[:3]:
        if word != asked.text and shown.index.search(word, limit=1).entries:
            tries.append(Link(url_for(word), word, "one word"))
            break
    tries.append(Link(url_for("J18"), "J18", "the first characters of a code"))
    tries.append(Link(reverse("browse"), "all sections", "the map"))
    return tries[:3]
