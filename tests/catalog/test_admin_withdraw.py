"""Withdrawing at the desk a table that must not be used: who may, what readers are told then, and the way back."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from catalog import audit_words, snapshot
from catalog.admin import decisions
from catalog.importers import rehearsal
from catalog.importers.files import Refused
from catalog.models import AuditEntry, Release
from tests.builders import make_ptp, make_release, make_table
from tests.catalog.views.page import links, main, text, verdict, words
from tests.decisions import address, messages, state
from tests.desk import browser_of, editor, make_user

pytestmark = pytest.mark.django_db

NOTE = {"note": "It is the table of another setting"}


@pytest.fixture
def july() -> Release:
    """A table of PTP with one pair, the only one of its setting."""
    release = make_table("ptp", "practitioner", "2024Q3", counts={"edits": 1})
    make_ptp("11042", "97597", release)
    return release


def test_it_says_what_readers_lose_and_asks_why(manager, july):
    shown = main(manager.get(address("withdraw", july)))
    assert "Claims with dates of service from Jan 1, 1996 to Sep 30, 2024 count as not checked" in text(shown)
    assert shown.select_one("[name=note]").has_attr("required")
    refused = manager.post(address("withdraw", july), {"note": " "})
    assert "Say why it is withdrawn" in words(refused)
    assert state(july) == "current"


def test_what_is_withdrawn_answers_nobody_and_is_on_record(manager, july, client):
    pair = f"{reverse('ptp_pair', args=['practitioner', '11042', '97597'])}?on=2024-09-01"
    assert verdict(client.get(pair)) == "Denied unless distinct"
    done = manager.post(address("withdraw", july), NOTE, follow=True)
    assert "is withdrawn: readers are not answered from it any more" in messages(done)
    assert state(july) == "withdrawn"
    assert snapshot.current().edits_of("ptp", "practitioner") is None
    assert verdict(client.get(pair)) == "Not checked"
    assert "It answers for no date: it was withdrawn" in words(client.get(reverse("release", args=[july.pk])))
    assert "July 2024 withdrawn none, it was withdrawn" in words(client.get(reverse("releases")))
    step = AuditEntry.objects.get(action="withdrawn")
    assert (step.by, step.subject, step.note) == ("dana", str(july), NOTE["note"])
    assert audit_words.sentence(step) == f"dana withdrew {july}: nothing answers in its place."


def test_it_is_kept_and_can_be_made_active_again_by_who_says_why(manager, july):
    manager.post(address("withdraw", july), NOTE)
    assert decisions.kept() == [(None, [(july, False)])]
    (row,) = main(manager.get(reverse("admin:imports"))).select("#kept tbody tr")
    assert text(row) == "PTP edits, practitioner: none Activate July 2024 again… (withdrawn)"
    shown = words(manager.get(row.select_one("td a")["href"]))
    assert "Now none" in shown
    assert "dana withdrew it" in shown
    assert NOTE["note"] in shown
    refused = words(manager.post(address("roll_back", july), {"instead_of": "0"}))
    assert "was withdrawn. Say in the note why it is used again." in refused
    assert state(july) == "withdrawn"
    manager.post(address("roll_back", july), {"instead_of": "0", "note": "It was right after all"})
    assert state(july) == "current"
    assert AuditEntry.objects.first().action == "activated"


def test_an_incomplete_quarter_of_mue_is_withdrawn_alone(manager):
    whole, part = (
        make_table("mue", "practitioner", quarter, partial=quarter == "2025Q2") for quarter in ("2025Q1", "2025Q2")
    )
    (row,) = main(manager.get(reverse("admin:imports"))).select("#kept tbody tr")
    manager.post(row.select_one("td a")["href"], NOTE)
    assert (state(whole), state(part)) == ("current", "withdrawn")
    (row,) = main(manager.get(reverse("admin:imports"))).select("#kept tbody tr")
    assert text(row).startswith("MUE, practitioner, April 2025: none")
    assert AuditEntry.objects.get().subject == f"{part}, incomplete"


def test_the_help_under_the_list_does_not_offer_to_withdraw_hcpcs(manager):
    kept = main(manager.get(reverse("admin:imports"))).select_one("#kept")
    assert "An NCCI table (PTP, MUE, add-on codes) that must not be used can be withdrawn" in text(kept)
    assert "HCPCS cannot: go back to an earlier release" in text(kept)


def test_another_one_that_is_kept_is_offered_first(manager, july):
    april = make_table("ptp", "practitioner", "2024Q2", current=False)
    starter = make_table("ptp", "practitioner", "2024Q3", origin="starter", current=False)
    assert address("roll_back", starter) not in links(manager.get(address("withdraw", july)))
    assert address("roll_back", april) in links(manager.get(address("withdraw", july)))


def test_a_release_leads_to_where_it_is_shown_in_each_of_its_states(manager):
    for state_now, shown in (("current", "release"), ("pruned", "release"), ("rehearsed", "admin:rehearsal")):
        release = make_release("2025Q1", dataset="addon", state=state_now)
        there = reverse(shown, args=[release.pk])
        assert there in links(manager.get(reverse("admin:catalog_release_change", args=[release.pk])))
        assert manager.get(there).status_code == 200


def test_a_release_leads_there_from_its_page_for_who_may_decide(manager, july):
    page = reverse("admin:catalog_release_change", args=[july.pk])
    assert address("withdraw", july) in links(manager.get(page))
    viewer = make_user("vera")
    viewer.user_permissions.add(Permission.objects.get(codename="view_release"))
    assert address("withdraw", july) not in links(browser_of(viewer).get(page))
    assert editor().post(address("withdraw", july), NOTE).status_code == 403
    assert state(july) == "current"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "Without codes nothing can be looked up"),
        ({"dataset": "addon", "origin": "starter"}, "The starter set gives way"),
        ({"dataset": "addon", "current": False}, "Readers are not answered from"),
    ],
)
def test_what_cannot_be_withdrawn_says_why(manager, fields, why):
    release = make_release("2025Q4", **fields)
    before = state(release)
    assert why in messages(manager.post(address("withdraw", release), NOTE, follow=True))
    with pytest.raises(Refused, match=why):
        rehearsal.withdraw(release, by="ada", note="It is wrong")
    assert state(release) == before
    assert not AuditEntry.objects.exists()
