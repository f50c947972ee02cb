"""Deciding on a rehearsed release: what is shown of it, the second click, and the way back."""

from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from catalog.admin import decisions
from catalog.importers import load, rehearsal
from catalog.models import AuditEntry, GoldenPair, ImportRun, Release
from tests.builders import make_change, make_code, make_ptp, make_release, make_table
from tests.catalog.views.page import codes_listed, links, main, text, words
from tests.desk import browser_of, data_manager, editor, make_user
from tests.edit_releases import allow_small_tables, write_ptp
from tests.ptp_files import Edit

pytestmark = pytest.mark.django_db

PAIR = Edit("99213", "36415")
REHEARSED = Release.State.REHEARSED


@pytest.fixture(autouse=True)
def inbox(settings, tmp_path) -> Path:
    settings.INBOX = tmp_path / "inbox"
    return settings.INBOX


@pytest.fixture
def manager() -> Client:
    return data_manager()


@pytest.fixture
def quarters(tmp_path, monkeypatch) -> list[Release]:
    """PTP of April 2024, which is current, and July, which is rehearsed against it and adds a pair."""
    allow_small_tables(monkeypatch)
    (april,) = load.publications([write_ptp(tmp_path / "q2", "2024Q2")])
    (july,) = load.publications([write_ptp(tmp_path / "q3", "2024Q3", PAIR)])
    return [load.load(april).release, rehearsal.rehearse(july)]


def address(name: str, release: Release) -> str:
    return reverse(f"admin:{name}", args=[release.pk])


def see(client: Client, release: Release, **asked):
    return client.get(address("rehearsal", release), asked)


def activate(client: Client, release: Release, **fields):
    return client.post(address("activate", release), fields, follow=True)


def messages(response) -> str:
    return text(BeautifulSoup(response.content, "html.parser").select_one(".messagelist"))


def state(release: Release) -> str:
    return Release.objects.get(pk=release.pk).state


def make_rehearsal(quarter: str = "2025Q4", **fields) -> Release:
    return make_release(quarter, **{"state": REHEARSED, "loaded_at": None, "activated_at": None} | fields)


# --- Who may ---


@pytest.mark.parametrize("name", ["rehearsal", "activate", "discard", "roll_back"])
def test_only_data_managers_decide(name, client):
    release = make_release("2025Q3", current=False) if name == "roll_back" else make_rehearsal()
    before = state(release)
    assert client.get(address(name, release)).url.startswith(reverse("admin:login"))
    for who in (editor(), browser_of(make_user("nobody"))):
        assert who.get(address(name, release)).status_code == 403
        assert who.post(address(name, release)).status_code == 403
    assert state(release) == before


def test_nothing_is_decided_by_a_link(manager):
    release = make_rehearsal()
    assert manager.get(address("activate", release)).status_code == 405
    assert manager.get(address("discard", release)).status_code == 405


def test_who_may_only_load_is_offered_no_activation():
    from django.contrib.auth.models import Permission

    user = make_user("loader")
    user.user_permissions.add(Permission.objects.get(codename="load_release"))
    release = make_rehearsal()
    shown = main(see(browser_of(user), release))
    assert [text(button) for button in shown.select("form button.btn")] == ["Discard the rehearsal"]
    assert browser_of(user).post(address("activate", release)).status_code == 403


# --- What is shown ---


def test_counts_changes_and_golden_pairs_are_shown(manager, quarters):
    april, july = quarters
    GoldenPair.objects.create(
        setting="practitioner", column_one=PAIR.column_one, column_two=PAIR.column_two, day=date(2024, 8, 1),
        expected="indicator_1", source="Test",
    )  # fmt: skip
    shown = words(see(manager, july))
    assert "Readers are answered from April 2024 now, and from July 2024 as soon as it is active." in shown
    assert f"Edits {april.counts['edits']} {july.counts['edits']}" in shown
    assert "1 golden pair answered as expected" in shown
    assert "Nothing looks incomplete" in shown
    assert "What changed from April 2024" in shown


def test_changes_are_paged_searched_and_exported(manager, quarters):
    _april, july = quarters
    assert codes_listed(see(manager, july, kind="added", f="99213")) == ["99213"]
    rows = manager.get(
        address("rehearsal", july), {"kind": "added"}, headers={"HX-Request": "true", "HX-Target": "rows"}
    )
    assert rows.content.decode().lstrip().startswith('<div id="rows"')
    sheet = see(manager, july, kind="added", f="99213", _export="csv")
    assert sheet["Content-Type"].startswith("text/csv")
    assert "99213,36415" in b"".join(sheet).decode()


def test_changes_of_codes_are_shown_by_letter(manager):
    july = make_release("2025Q3")
    october = make_rehearsal(compared_with=july, counts={"codes": 2})
    for code in ("J0163", "A2001"):
        make_code(code, october)
        make_change(code, "added", october, july)
    shown = see(manager, october, kind="added", letter="J")
    assert codes_listed(shown) == ["J0163"]
    assert "Against HCPCS Level II, July 2025: 2 added" in words(shown)


def test_a_first_release_has_nothing_to_be_compared_with(manager):
    shown = words(see(manager, make_rehearsal(counts={"codes": 2})))
    assert "No earlier release is loaded" in shown
    assert "Nothing is loaded of this yet" in shown


def test_an_older_release_is_called_one(manager):
    make_release("2025Q4")
    assert "This is older than what readers are answered from now" in words(see(manager, make_rehearsal("2025Q3")))


def test_a_way_back_is_promised_only_where_there_is_one(manager):
    first = words(see(manager, make_rehearsal("2025Q2", dataset="mue", setting="practitioner")))
    assert "There is nothing to roll back to." in first
    make_release("2025Q3")
    assert "July 2025 is kept to roll back to." in words(see(manager, make_rehearsal()))
    incomplete = make_table("ptp", "practitioner", "2025Q4")
    Release.objects.filter(pk=incomplete.pk).update(partial=True)
    whole = make_rehearsal(dataset="ptp", setting="practitioner")
    shown = words(see(manager, whole))
    assert "replaces the incomplete October 2025, which is removed: that cannot be rolled back." in shown
    assert "kept to roll back to" not in shown
    activate(manager, whole)
    assert state(incomplete) == "pruned"


def test_what_is_decided_leads_to_where_readers_see_it(manager):
    release = make_release()
    assert see(manager, release).url == reverse("release", args=[release.pk])
    assert activate(manager, release).redirect_chain[-1][0] == reverse("release", args=[release.pk])


# --- Deciding ---


def test_the_second_click_activates_and_is_on_record(manager, quarters):
    april, july = quarters
    response = activate(manager, july, note="Looked at the pairs of wound care")
    assert "PTP edits, practitioner, July 2024 is active" in messages(response)
    assert (state(april), state(july)) == ("loaded", "current")
    step = AuditEntry.objects.get(action="activated", release_number=july.pk)
    assert (step.by, step.note) == ("dana", "Looked at the pairs of wound care")


def test_doubts_must_be_accepted(manager):
    release = make_rehearsal(partial=True, doubts=["Part 2 of 4 is missing."])
    assert "Part 2 of 4 is missing." in words(see(manager, release))
    refused = activate(manager, release, note="Half")
    assert "looks incomplete: Part 2 of 4 is missing." in words(refused)
    assert main(refused).select_one("textarea").text.strip() == "Half"
    assert state(release) == REHEARSED
    activate(manager, release, accept_doubts="on")
    assert state(release) == "current"


def test_a_wrong_golden_pair_blocks(manager):
    GoldenPair.objects.create(
        setting="practitioner", column_one="11042", column_two="97597", day=date(2025, 10, 1),
        expected="indicator_0", source="Test",
    )  # fmt: skip
    release = make_rehearsal(dataset="ptp", setting="practitioner", counts={"edits": 1})
    make_ptp("11042", "97597", release)
    shown = main(see(manager, release))
    assert "1 of 1 golden pair answered otherwise than expected" in text(shown)
    assert "11042 and 97597" in text(shown)
    assert not shown.select("button.btn-ink")
    assert reverse("admin:catalog_goldenpair_changelist") in links(see(manager, release))
    assert "answers 1 golden pair wrongly" in words(activate(manager, release))
    assert state(release) == REHEARSED


def test_what_is_compared_with_another_release_must_be_rehearsed_again(manager):
    run = ImportRun.objects.create(origin="fetch", dataset="hcpcs", quarter="2025Q4", state="rehearsed")
    release = make_rehearsal(run=run)
    make_release("2025Q3")
    shown = main(see(manager, release))
    assert "the release before it is July 2025 now" in text(shown)
    assert [text(button) for button in shown.select("button.btn")] == ["Discard the rehearsal", "Rehearse again"]
    manager.post(reverse("admin:import_again", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "waiting"


def test_another_person_must_activate_where_that_is_set(settings):
    settings.SECOND_PERSON = True
    asked_by = make_user("dana", "Data managers")
    run = ImportRun.objects.create(origin="upload", asked_by=asked_by, state="rehearsed")
    release = make_rehearsal(run=run)
    shown = main(see(browser_of(asked_by), release))
    assert "Another person must activate it" in text(shown)
    assert not shown.select("button.btn-ink")
    assert "Another person must activate it" in words(activate(browser_of(asked_by), release))
    assert state(release) == REHEARSED
    second = data_manager("dora")
    assert main(see(second, release)).select("button.btn-ink")
    activate(second, release)
    assert state(release) == "current"


def test_who_asks_again_is_the_one_who_may_not_activate_alone(settings):
    settings.SECOND_PERSON = True
    first, second = (make_user(name, "Data managers") for name in ("dana", "dora"))
    run = ImportRun.objects.create(
        origin="fetch", dataset="hcpcs", quarter="2025Q4", asked_by=first, state="rehearsed"
    )
    browser_of(second).post(reverse("admin:import_again", args=[run.pk]))
    run.refresh_from_db()
    assert (run.state, run.asked_by) == ("waiting", second)
    assert [line.text for line in run.log.all()] == ["dora asked for it again."]
    step = AuditEntry.objects.get(action="asked_again")
    assert (step.by, step.subject, step.run_number) == ("dora", "hcpcs 2025Q4", run.pk)
    release = make_rehearsal(run=run)
    assert "Another person must activate it" in words(activate(browser_of(second), release))
    activate(browser_of(first), release)
    assert state(release) == "current"


def test_what_is_discarded_is_gone_and_on_record(manager, quarters):
    april, july = quarters
    response = manager.post(address("discard", july), {"note": "Wrong file"}, follow=True)
    assert "The rehearsal of PTP edits, practitioner, July 2024 is discarded" in messages(response)
    assert state(april) == "current"
    assert not Release.objects.filter(state=REHEARSED).exists()
    step = AuditEntry.objects.get(action="discarded")
    assert (step.by, step.note, step.subject) == ("dana", "Wrong file", str(july))


@pytest.mark.parametrize("is_removed", [False, True])
def test_the_slower_of_two_who_decide_is_told_that_it_is_gone(manager, is_removed):
    release = make_rehearsal()
    number = Release(pk=release.pk)
    rehearsal.discard(release, by="dora")
    if is_removed:
        release.delete()
    for response in (
        activate(manager, number),
        manager.post(address("discard", number), follow=True),
        manager.get(address("rehearsal", number), follow=True),
    ):
        assert response.redirect_chain[-1][0] == reverse("admin:imports")
        assert "it was discarded or rehearsed again meanwhile" in messages(response)
    assert AuditEntry.objects.filter(action="discarded").count() == 1


def test_who_decides_in_the_same_moment_is_told_that_it_is_gone(manager, monkeypatch):
    release = make_rehearsal()
    decide = rehearsal.activate

    def too_late(release: Release, **how) -> None:
        rehearsal.discard(Release.objects.get(pk=release.pk), by="dora")
        decide(release, **how)

    monkeypatch.setattr(rehearsal, "activate", too_late)
    assert "it was discarded or rehearsed again meanwhile" in messages(activate(manager, release))


# --- Rolling back ---


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


def test_one_may_go_forward_again(manager, quarters):
    april, july = quarters
    activate(manager, july)
    manager.post(address("roll_back", april))

    shown = words(manager.get(address("roll_back", july)))
    assert "Activate PTP edits, practitioner, July 2024" in shown
    assert "not checked" not in shown
    manager.post(address("roll_back", july))
    assert state(july) == "current"


def test_one_goes_back_to_an_incomplete_release_with_open_eyes(manager):
    make_release("2025Q4")
    kept = make_release("2025Q3", current=False, partial=True, doubts=["Part 2 of 4 is missing."])
    shown = manager.get(address("roll_back", kept))
    assert "July 2025: looked incomplete when it was loaded. Part 2 of 4 is missing." in words(shown)
    refused = main(manager.post(address("roll_back", kept), {"note": "Half"}))
    assert "Say that you accept it all the same." in text(refused)
    assert state(kept) == "loaded"
    manager.post(address("roll_back", kept), {"accept_doubts": "on"})
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
    manager.post(address("roll_back", april))
    assert state(april) == "current"


def test_there_is_no_way_back_to_what_is_not_kept(manager):
    for gone in ("pruned", "loading", REHEARSED):
        release = make_release("2025Q2", state=gone)
        assert manager.post(address("roll_back", release)).status_code == 404
    current = make_release()
    assert "is active already" in messages(manager.get(address("roll_back", current), follow=True))


def test_what_is_kept_is_offered_beside_what_is_current():
    make_release("2025Q4", origin="starter", current=False)
    current, newer, older = (make_release(q, current=q == "2025Q3") for q in ("2025Q3", "2025Q4", "2025Q2"))
    make_table("mue", "practitioner", "2025Q3")
    mue = make_table("mue", "practitioner", "2025Q4")
    alone = make_table("addon", quarter="2025Q4")
    starter = make_release("2025Q4", dataset="addon", origin="starter", current=False)
    of_codes = (current, [(newer, False), (older, True)])
    assert decisions.kept() == [(alone, [(starter, True)]), of_codes]
    repost = make_release("2025Q4", dataset="mue", setting="practitioner", revision=1, current=False)
    assert (mue, [(repost, False)]) in decisions.kept()
