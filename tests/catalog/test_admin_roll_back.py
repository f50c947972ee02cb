"""Going back from the desk to a release that is kept: what that takes, with which doubts, and the second click."""

from datetime import date

import pytest
from django.urls import reverse

from catalog import audit_words
from catalog.admin import decisions
from catalog.models import AuditEntry, GoldenPair, ImportRun
from tests.builders import make_release, make_table
from tests.catalog.views.page import main, text, words
from tests.decisions import PAIR, REHEARSED, activate, address, messages, state
from tests.desk import browser_of, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inbox")]

QUARTERS = ("2025Q4", "2025Q3", "2025Q2")


def test_rolling_back_shows_from_what_to_what_and_asks(manager, quarters):
    april, july = quarters
    activate(manager, july)
    shown = manager.get(address("roll_back", april))
    assert "Roll back to PTP edits, practitioner, April 2024" in words(shown)
    assert "Dates of service after Jun 30, 2024 will count as not checked." in words(shown)
    assert (state(april), state(july)) == ("loaded", "current")
    response = manager.post(address("roll_back", april), {"note": "July lacks a part"}, follow=True)
    assert "April 2024 is active" in messages(response)
    assert (state(april), state(july)) == ("current", "loaded")
    step = AuditEntry.objects.get(action="rolled_back")
    assert (step.by, step.note, step.release_number) == ("dana", "July lacks a part", april.pk)


def test_what_was_activated_since_the_page_was_shown_is_not_replaced_unseen(manager):
    october, july, april = (make_release(quarter, current=quarter == "2025Q4") for quarter in QUARTERS)
    seen = main(manager.get(address("roll_back", april))).select_one("[name=instead_of]")["value"]
    assert seen == str(october.pk)
    manager.post(address("roll_back", july), {"instead_of": seen})
    refused = manager.post(address("roll_back", april), {"instead_of": seen, "note": "October is wrong"})
    assert "What readers are answered from has changed meanwhile: look again." in words(refused)
    assert state(july) == "current"
    assert "Now July 2025" in words(refused)
    now = main(refused).select_one("[name=instead_of]")["value"]
    manager.post(address("roll_back", april), {"instead_of": now})
    assert state(april) == "current"


def test_one_may_go_forward_again(manager, quarters):
    april, july = quarters
    activate(manager, july)
    manager.post(address("roll_back", april))

    shown = words(manager.get(address("roll_back", july)))
    assert "Activate PTP edits, practitioner, July 2024 again" in shown
    assert "Roll back" not in shown
    assert "not checked" not in shown
    (row,) = main(manager.get(reverse("admin:imports"))).select("#kept tbody tr")
    assert "Activate July 2024 again…" in text(row)
    response = manager.post(address("roll_back", july), follow=True)
    assert "July 2024 is active again: readers" in messages(response)
    assert state(july) == "current"
    step = AuditEntry.objects.filter(action="activated", release_number=july.pk).latest("pk")
    assert audit_words.sentence(step) == f"dana activated {july}, in place of April 2024."


def test_one_goes_back_to_an_incomplete_release_with_open_eyes(manager):
    make_release("2025Q4")
    kept = make_release("2025Q3", current=False, partial=True, doubts=["Part 2 of 4 is missing."])
    shown = manager.get(address("roll_back", kept))
    assert "July 2025: looked incomplete when it was loaded. Part 2 of 4 is missing." in words(shown)
    refused = main(manager.post(address("roll_back", kept), {"note": "Half"}))
    assert "Say that you accept it all the same." in text(refused)
    assert state(kept) == "loaded"
    assert "Say why this release is used" in words(
        manager.post(address("roll_back", kept), {"accept_doubts": "on"})
    )
    assert state(kept) == "loaded"
    manager.post(address("roll_back", kept), {"accept_doubts": "on", "note": "Better than none"})
    assert state(kept) == "current"


def test_golden_pairs_that_the_way_back_answers_wrongly_are_shown(manager, quarters):
    april, july = quarters
    activate(manager, july)
    assert "golden pair" not in words(manager.get(address("roll_back", april)))
    GoldenPair.objects.create(
        setting="practitioner", column_one=PAIR.column_one, column_two=PAIR.column_two, day=date(2024, 6, 1),
        expected="indicator_1", source="Test",
    )  # fmt: skip
    shown = words(manager.get(address("roll_back", april)))
    assert "It answers 1 golden pair otherwise than expected." in shown
    assert "99213 and 36415" in shown
    assert "although it answers golden pairs otherwise than expected" in shown
    refused = words(manager.post(address("roll_back", april), {"note": "July is worse"}))
    assert "answers golden pairs otherwise than expected. Say that you accept it all the same." in refused
    refused = words(manager.post(address("roll_back", april), {"accept_doubts": "on"}))
    assert "Say why this release is used although it answers golden pairs otherwise than expected." in refused
    assert state(april) == "loaded"
    manager.post(address("roll_back", april), {"accept_doubts": "on", "note": "July is worse"})
    assert state(april) == "current"
    step = AuditEntry.objects.get(action="rolled_back")
    (failure,) = step.detail["golden"]
    assert failure.startswith("99213 and 36415 on Jun 1, 2024")
    assert list(audit_words.remarks(step)) == ["Note: “July is worse”", f"Golden pairs: {failure}"]


def test_who_rehearsed_a_withdrawn_release_is_told_first_that_another_person_must_activate_it_again(settings):
    settings.SECOND_PERSON = True
    asked_by = make_user("dana", "Data managers")
    run = ImportRun.objects.create(origin="upload", asked_by=asked_by)
    withdrawn = make_table("ptp", "practitioner", state="withdrawn", run=run)
    kept = make_table("ptp", "practitioner", "2024Q1", current=False, run=run)
    shown = main(browser_of(asked_by).get(address("roll_back", withdrawn)))
    assert "You asked for this import. Another person must activate it." in text(shown)
    assert not shown.select("button.btn-ink, [name=note]")
    refused = main(browser_of(asked_by).post(address("roll_back", withdrawn), {"note": "It is right"}))
    assert "Another person must activate it" in text(refused)
    assert state(withdrawn) == "withdrawn"
    for who, release in ((asked_by, kept), (make_user("dora", "Data managers"), withdrawn)):
        shown = main(browser_of(who).get(address("roll_back", release)))
        assert "Another person must" not in text(shown)
        assert shown.select("button.btn-ink")


def test_there_is_no_way_back_to_what_is_not_kept(manager):
    for gone in ("pruned", "loading", REHEARSED):
        release = make_release("2025Q2", state=gone)
        assert manager.post(address("roll_back", release)).status_code == 404
    current = make_release()
    assert "is active already" in messages(manager.get(address("roll_back", current), follow=True))


def test_what_is_kept_is_offered_beside_what_is_current():
    make_release("2025Q4", origin="starter", current=False)
    current, newer, older = (make_release(q, current=q == "2025Q3") for q in ("2025Q3", "2025Q4", "2025Q2"))
    never_used = make_release("2026Q1", current=False, activated_at=None)
    make_table("mue", "practitioner", "2025Q3")
    mue = make_table("mue", "practitioner", "2025Q4")
    alone = make_table("addon", quarter="2025Q4")
    starter = make_release("2025Q4", dataset="addon", origin="starter", current=False)
    of_codes = (current, [(never_used, False), (newer, False), (older, True)])
    assert decisions.kept() == [(alone, [(starter, True)]), of_codes]
    repost = make_release(
        "2025Q4", dataset="mue", setting="practitioner", revision=1, current=False, activated_at=None
    )
    assert (mue, [(repost, False)]) in decisions.kept()


def test_an_incomplete_release_with_nothing_to_go_back_to_says_what_takes_its_place(manager):
    whole = make_table("mue", "practitioner", "2024Q3")
    part = make_table("mue", "practitioner", "2025Q2", partial=True)
    assert [(one.current, one.others) for one in decisions.kept()] == [(part, [])]
    (row,) = main(manager.get(reverse("admin:imports"))).select("#kept tbody tr")
    assert text(row).startswith(str(part))
    assert "fetch or upload the whole of its quarter" in text(row)
    assert str(whole) not in text(row)
