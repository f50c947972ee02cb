"""A text that is deleted and brought back while another person has it open, who is told of it as of any change."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from catalog.models import PracticeItem, Section, Synonym
from tests.builders import make_code, make_section
from tests.text_desk import Desk, fields_of
from tests.training import make_item
from tests.training_forms import page, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def toradol() -> Synonym:
    return Synonym.objects.create(term="toradol", means="ketorolac", note="As it began.")


def delete(desk: Desk, text) -> None:
    assert desk.client.post(page(type(text), "delete", text.pk), {"post": "yes"}).status_code == 302


def again(response) -> dict:
    """The form that came back, as the browser would send it; with the button below the codes that move."""
    soup = BeautifulSoup(response.content, "html.parser")
    button = soup.select_one("[name=moves_seen]")
    return fields_of(soup) | ({"moves_seen": button["value"]} if button else {})


def brought_back(desk: Desk, text, number: int) -> None:
    """Give a deleted text back, through the page that says which codes move where there is one."""
    response = desk.give_back(text, number)
    if response.status_code != 302:
        response = desk.client.post(page(type(text), "return", text.pk, number), again(response))
    assert response.status_code == 302


def test_who_was_told_of_a_deletion_does_not_save_over_what_was_brought_back_since(ann, ben, toradol):
    opened = ann.open(toradol)
    delete(ben, toradol)
    told = ann.save(toradol, opened | {"note": "Ann's note."})
    assert "ben deleted this text" in refusal(told)
    brought_back(ben, toradol, 1)
    ben.send(toradol, means="Ben's drug", note="Ben's note.")

    refused = ann.save(toradol, again(told))
    assert "ben saved this text while you had it open" in refusal(refused)
    assert set(refused.context["adminform"].form.errors) == {"__all__", "note"}
    toradol.refresh_from_db()
    assert (toradol.means, toradol.note) == ("Ben's drug", "Ben's note.")

    assert ann.save(toradol, again(refused)).status_code == 302
    toradol.refresh_from_db()
    assert (toradol.means, toradol.note) == ("Ben's drug", "Ann's note.")


def test_who_was_told_of_a_deletion_is_told_of_the_next_one_too(ann, ben, toradol):
    opened = ann.open(toradol)
    delete(ben, toradol)
    told = ann.save(toradol, opened)
    brought_back(ben, toradol, 1)
    delete(ben, toradol)
    once_more = ann.save(toradol, again(told))
    assert "ben deleted this text" in refusal(once_more)
    assert not Synonym.objects.exists()
    assert ann.save(toradol, again(once_more)).status_code == 302
    assert Synonym.objects.get().pk == toradol.pk


def test_a_return_that_was_being_mended_is_not_saved_over_what_was_brought_back_meanwhile(ann, ben):
    section = make_section("injected", ("J0120", "J1999"), description="As it began.")
    delete(ben, section)
    other = make_section("injected")
    refused = ann.give_back(section, 1)
    assert "already exists" in refusal(refused)
    other.delete()
    brought_back(ben, section, 1)
    ben.send(section, description="Ben's.")
    mended = again(refused) | {"slug": "by-needle"}
    told = ann.client.post(page(Section, "return", section.pk, 1), mended)
    assert "ben saved this text while you had it open" in refusal(told)
    section.refresh_from_db()
    assert (section.slug, section.description) == ("injected", "Ben's.")
    assert ann.save(section, again(told)).status_code == 302
    section.refresh_from_db()
    assert (section.slug, section.description) == ("by-needle", "Ben's.")
    assert [str(one) for one in section.ranges.all()] == ["J0120–J1999"]


def test_the_ranges_of_a_section_that_was_brought_back_are_known_again(ann, ben):
    make_code("J1000")
    section = make_section("injected", ("J0120", "J1999"), ("J2000", "J3591"))
    opened = ann.open(section)
    delete(ben, section)
    told = ann.save(section, opened | {"description": "Ann's.", "ranges-1-high": "J3599"})
    assert "ben deleted this text" in refusal(told)
    moves = ann.save(section, again(told))
    assert "Saving this moves 1 code." in moves.content.decode()
    brought_back(ben, section, 1)

    refused = ann.save(section, again(moves))
    assert "ben saved this text while you had it open" in refusal(refused)
    assert "is already the range of" not in refusal(refused)
    assert ann.save(section, again(refused)).status_code == 302
    section.refresh_from_db()
    assert section.description == "Ann's."
    assert [str(one) for one in section.ranges.all()] == ["J0120–J1999", "J2000–J3599"]


def test_rows_that_both_touched_are_put_together_after_a_return(ann, ben):
    item = make_item("Level I", "Level II", "Level III", "None")
    opened = ann.open(item)
    delete(ben, item)
    told = ann.save(
        item,
        opened | {"choices-0-text": "Level I, says Ann", "choices-1-DELETE": "on", "choices-4-text": "Ann's new"},
    )
    brought_back(ben, item, 1)
    ben.send(item, **{"choices-2-DELETE": "on", "choices-3-text": "None, says Ben", "choices-4-text": "Ben's new"})
    refused = ann.save(item, again(told))
    assert "ben saved this text while you had it open" in refusal(refused)
    assert ann.save(item, again(refused)).status_code == 302
    texts = [choice.text for choice in PracticeItem.objects.get(pk=item.pk).choices.all()]
    assert sorted(texts) == ["Ann's new", "Ben's new", "Level I, says Ann", "None, says Ben"]


def test_a_text_brought_back_by_a_button_that_is_pressed_twice_comes_back_once(ann, ben):
    item = make_item("Level I", "Level II")
    opened = ann.open(item)
    delete(ben, item)
    sent = again(ann.save(item, opened | {"prompt": "Ann's question?"}))
    for _press in range(2):
        assert ann.save(item, sent).status_code == 302
    assert [choice.text for choice in item.choices.all()] == ["Level I", "Level II"]
    assert len(ann.trail(item)) == 3
