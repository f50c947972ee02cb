"""Deciding on a rehearsed release: what is shown of it, the second click, and the way back."""

from datetime import date

import pytest
from django.urls import reverse

from catalog.importers import load, rehearsal
from catalog.models import AuditEntry, Change, GoldenPair, ImportRun, Release
from tests.builders import make_change, make_code, make_ptp, make_release, make_table
from tests.catalog.views.page import codes_listed, links, main, text, words
from tests.decisions import PAIR, REHEARSED, activate, address, make_rehearsal, messages, see, state
from tests.desk import browser_of, data_manager, editor, make_user
from tests.edit_releases import allow_small_tables, write_ptp
from tests.ptp_files import Edit
from tests.rehearsals import just_before_it_is_published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inbox")]


# --- Who may ---


@pytest.mark.parametrize("name", ["rehearsal", "activate", "discard", "roll_back", "withdraw"])
def test_only_data_managers_decide(name, client):
    release = make_release("2025Q3", current=False) if name in ("roll_back", "withdraw") else make_rehearsal()
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


def test_what_it_was_compared_with_is_named_although_that_is_gone(manager):
    release = make_rehearsal(was_compared_with="July 2025")
    shown = words(see(manager, release))
    assert "It was compared with July 2025, which is not there any more. Rehearse it again." in shown
    assert "No earlier release is loaded" not in shown
    activate(manager, release)
    assert state(release) == REHEARSED


def test_an_older_release_is_called_one(manager):
    make_release("2025Q4")
    assert "This is older than what readers are answered from now" in words(see(manager, make_rehearsal("2025Q3")))


def test_what_readers_would_see_change_is_shown_beside_the_release_before(manager, tmp_path, monkeypatch):
    allow_small_tables(monkeypatch)
    folders = [write_ptp(tmp_path / quarter, quarter) for quarter in ("2024Q1", "2024Q2")]
    folders.append(write_ptp(tmp_path / "2024Q3", "2024Q3", PAIR))
    january, april, july = (load.publications([folder])[0] for folder in folders)
    for one in (january, july):
        load.load(one)
    rehearsed = rehearsal.rehearse(april)
    shown = see(manager, rehearsed)
    assert "Against PTP edits, practitioner, January 2024: nothing changes." in words(shown)
    assert "what readers are answered from now, July 2024: 1 no longer in the file. See which" in words(shown)
    assert "Jan 2024 Apr 2024" not in words(shown)
    assert "Edits Jan 2024 Jul 2024, now Apr 2024" not in words(shown)
    instead = see(manager, rehearsed, than="current")
    assert codes_listed(instead) == ["99213"]
    assert "What changed from July 2024" in words(instead)
    assert main(instead).select_one("#filter [name=than]")["value"] == "current"
    sheet = b"".join(see(manager, rehearsed, than="current", kind="vanished", _export="csv")).decode()
    assert "99213,36415" in sheet


def test_so_it_is_of_codes(manager):
    october = make_release("2025Q4")
    july = make_rehearsal("2025Q3", compared_current=october)
    make_code("J0163", october)
    Change.objects.create(code="J0163", kind="vanished", record="code", release=july, against=october, awaits=july)
    assert "what readers are answered from now, October 2025: 1 no longer in the file." in words(
        see(manager, july)
    )
    instead = see(manager, july, than="current")
    assert codes_listed(instead) == ["J0163"]
    assert "?than=current&kind=vanished#changes" in links(instead)


def test_what_was_current_when_it_was_rehearsed_and_is_no_more_is_not_shown(manager):
    was = make_release("2025Q4", current=False)
    make_release("2026Q1")
    july = make_rehearsal("2025Q3", compared_current=was)
    Change.objects.create(code="J0163", kind="vanished", record="code", release=july, against=was, awaits=july)
    assert "readers are answered from now, October" not in words(see(manager, july, than="current"))


def test_what_an_incomplete_release_lacks_is_listed(manager):
    july = make_release("2025Q3")
    october = make_rehearsal(compared_with=july, partial=True, doubts=["It is short."])
    for code in ("J0163", "A2001"):
        make_code(code, july)
        make_change(code, "missing", october, july)
    shown = see(manager, october)
    assert "Against HCPCS Level II, July 2025: 2 missing from this file." in words(shown)
    assert codes_listed(shown) == ["A2001", "J0163"]
    assert "nobody can tell whether CMS removed them" in words(shown)


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
    assert "Readers are answered from the incomplete October 2025 now, and from October 2025 as soon" in shown
    assert "kept to roll back to" not in shown
    activate(manager, whole)
    assert state(incomplete) == "pruned"


def test_of_what_is_decided_a_page_that_is_out_of_date_says_who_did_it(manager, quarters):
    july = quarters[1]
    rehearsal.activate(july, by="grace")
    for response in (manager.get(address("rehearsal", july), follow=True), activate(manager, july)):
        assert response.redirect_chain[-1][0] == reverse("admin:imports")
        assert f"{july} does not wait for a decision any more. grace activated {july}" in messages(response)
    discarded = manager.post(address("discard", july), follow=True)
    assert "does not wait for a decision any more" in messages(discarded)
    assert state(july) == "current"


def test_who_decides_in_the_same_moment_as_another_one_is_told_of_that(manager, quarters):
    july = quarters[1]
    with just_before_it_is_published(lambda: rehearsal.activate(Release.objects.get(pk=july.pk), by="grace")):
        response = activate(manager, july)
    assert f"{july} does not wait for a decision any more. grace activated {july}" in messages(response)
    assert AuditEntry.objects.filter(action="activated", release_number=july.pk).count() == 1


# --- Deciding ---


def test_the_second_click_activates_and_is_on_record(manager, quarters):
    april, july = quarters
    response = activate(manager, july, note="Looked at the pairs of wound care")
    assert "PTP edits, practitioner, July 2024 is active" in messages(response)
    assert (state(april), state(july)) == ("loaded", "current")
    step = AuditEntry.objects.get(action="activated", release_number=july.pk)
    assert (step.by, step.note) == ("dana", "Looked at the pairs of wound care")


def test_what_was_activated_since_the_page_was_shown_is_not_replaced_unseen(manager):
    july, april = make_release("2025Q3"), make_release("2025Q2", current=False)
    release = make_rehearsal("2025Q4", compared_with=july)
    (seen,) = main(see(manager, release)).select("form [name=instead_of]")
    rehearsal.activate(april, by="dora")
    refused = activate(manager, release, instead_of=seen["value"])
    assert "changed meanwhile: look again. They are answered from April 2025 now." in words(refused)
    assert state(release) == REHEARSED
    (now,) = main(refused).select("form [name=instead_of]")
    activate(manager, release, instead_of=now["value"])
    assert state(release) == "current"


def test_doubts_must_be_accepted(manager):
    release = make_rehearsal(partial=True, doubts=["Part 2 of 4 is missing."])
    assert "Part 2 of 4 is missing." in words(see(manager, release))
    refused = activate(manager, release, note="Half")
    assert "looks incomplete: Part 2 of 4 is missing." in words(refused)
    assert main(refused).select_one("textarea").text.strip() == "Half"
    assert state(release) == REHEARSED
    without_why = main(activate(manager, release, accept_doubts="on"))
    assert "Say why this release is used although it looks incomplete." in text(without_why)
    assert state(release) == REHEARSED
    activate(manager, release, accept_doubts="on", note="CMS says so")
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


def test_what_was_refused_beside_it_may_be_tried_again_once_it_is_decided(manager):
    fetched = {"origin": "fetch", "dataset": "hcpcs", "quarter": "2025Q4", "state": "rehearsed"}
    run = ImportRun.objects.create(**fetched, refused=["HCPCS Level II, July 2025: it was damaged."])
    activate(manager, make_rehearsal(run=run))
    assert main(manager.get(run.get_absolute_url())).select_one("#again")


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
    asked_at = run.asked_at
    browser_of(second).post(reverse("admin:import_again", args=[run.pk]))
    run.refresh_from_db()
    assert (run.state, run.asked_by) == ("waiting", second)
    assert run.asked_at > asked_at
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
        assert "That rehearsal of HCPCS Level II, October 2025 was discarded by dora." in messages(response)
    assert AuditEntry.objects.filter(action="discarded").count() == 1


def test_the_address_of_a_rehearsal_leads_to_the_one_that_took_its_place(manager, quarters, tmp_path):
    _april, july = quarters
    (publication,) = load.publications([write_ptp(tmp_path / "again", "2024Q3", Edit("99214", "36415"))])
    new = rehearsal.rehearse(publication)
    rehearsal.tidy()
    response = manager.get(address("rehearsal", july), follow=True)
    assert response.redirect_chain[-1][0] == address("rehearsal", new)
    who = AuditEntry.objects.get(action="replaced").by
    assert f"A new rehearsal of {july} by {who} has taken its place since." in messages(response)


def test_the_address_of_none_leads_to_the_imports(manager):
    response = manager.get(reverse("admin:rehearsal", args=[77]), follow=True)
    assert response.redirect_chain[-1][0] == reverse("admin:imports")
    assert "That rehearsal is not there any more" in messages(response)


def test_who_decides_in_the_same_moment_is_told_that_it_is_gone(manager, monkeypatch):
    release = make_rehearsal()
    decide = rehearsal.activate

    def too_late(release: Release, **how) -> None:
        rehearsal.discard(Release.objects.get(pk=release.pk), by="dora")
        decide(release, **how)

    monkeypatch.setattr(rehearsal, "activate", too_late)
    assert "was discarded by dora." in messages(activate(manager, release))
