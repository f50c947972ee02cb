import gc
from datetime import date, timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from catalog import snapshot
from catalog.models import EditCode, Release, Section, Synonym
from tests.builders import make_code, make_release, make_section

pytestmark = pytest.mark.django_db


def find(text: str) -> list[str]:
    return [entry.code for entry in snapshot.current().index.search(text).entries]


def test_the_same_data_is_the_same_snapshot():
    make_code("J1885")
    assert snapshot.current() is snapshot.current()


def test_asking_costs_one_query(django_assert_num_queries):
    make_code("J1885")
    snapshot.current()
    with django_assert_num_queries(1):
        snapshot.current()


def test_a_request_is_answered_from_one_snapshot(rf):
    make_code("J1885")
    request = rf.get("/")
    first = snapshot.of(request)
    make_section("drugs", ("J0000", "J9999"))
    assert snapshot.of(request) is first


def test_readers_do_not_wait_while_another_thread_makes_the_new_snapshot():
    make_code("J1885")
    old = snapshot.current()
    make_section("drugs", ("J0000", "J9999"))
    with snapshot._lock:
        assert snapshot.current() is old
    assert snapshot.current() is not old


def test_a_saved_synonym_is_found_at_once():
    make_code("J1885", long_descriptor="Ketorolac, given by needle")
    assert find("toradol") == []
    synonym = Synonym.objects.create(term="toradol", means="ketorolac")
    assert find("toradol") == ["J1885"]
    synonym.delete()
    assert find("toradol") == []


def test_a_section_is_found_by_its_text_but_not_by_where_its_links_lead():
    make_section("drugs", ("J0000", "J9999"), description="Given by [needle](https://syringe.example/).")
    assert [section.slug for section in snapshot.current().index.search("needle").sections] == ["drugs"]
    assert snapshot.current().index.search("syringe").sections == ()


def test_tree_and_index_know_of_no_edits():
    make_release()
    first = snapshot.current()
    release = make_release(dataset="mue", setting="practitioner")
    second = snapshot.current()
    assert second.edits == (release,)
    assert (second.index is first.index, second.tree is first.tree) == (True, True)


def next_release(monkeypatch) -> None:
    Release.objects.update(state=Release.State.LOADED)
    make_code("J1890", make_release("2026Q2"))


def next_day(monkeypatch) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)


@pytest.mark.parametrize(
    "change",
    [
        next_release,
        lambda monkeypatch: make_code("J0001", make_release("2018Q1", current=False)),
        lambda monkeypatch: Synonym.objects.create(term="toradol", means="ketorolac"),
        lambda monkeypatch: Synonym.objects.update(code="J1886", updated_at=timezone.now()),
        lambda monkeypatch: Synonym.objects.all().delete(),
        lambda monkeypatch: make_section("all-j", ("J0000", "J9999")),
        lambda monkeypatch: Section.objects.update(description="By needle", updated_at=timezone.now()),
        next_day,
    ],
)
def test_the_index_is_made_anew_for_what_is_in_it(change, monkeypatch):
    make_code("J1885", termination_date=timezone.localdate())
    make_section("drugs", ("J1000", "J1999"))
    Synonym.objects.create(term="shot", code="J1885")
    before = snapshot.current()
    change(monkeypatch)
    assert snapshot.current().index is not before.index


@pytest.mark.parametrize(
    "change",
    [
        lambda monkeypatch: Synonym.objects.update(note="Heard once", updated_at=timezone.now()),
        lambda monkeypatch: Section.objects.update(draft="Not yet", note="A trap", updated_at=timezone.now()),
        next_day,
    ],
)
def test_the_index_stands_while_what_is_in_it_does(change, monkeypatch):
    make_code("J1885")
    make_section("drugs", ("J1000", "J1999"))
    Synonym.objects.create(term="shot", code="J1885")
    before = snapshot.current()
    change(monkeypatch)
    after = snapshot.current()
    assert after is not before
    assert after.index is before.index


def test_a_note_on_a_section_is_shown_though_the_index_stands():
    section = make_section("drugs", ("J1000", "J1999"))
    snapshot.current()
    section.note = "A trap"
    section.save()
    assert snapshot.current().tree.sections["drugs"].note == "A trap"


def test_garbage_is_collected_again_once_the_snapshot_is_made():
    make_code("J1885")
    snapshot.current()
    assert gc.isenabled()


def test_the_codes_that_edits_name_are_those_of_the_current_tables():
    first = make_release("2025Q4", dataset="mue", setting="practitioner")
    EditCode.objects.create(release=first, code="J1885")
    assert snapshot.current().edit_codes == ("J1885",)
    second = make_release("2026Q1", dataset="mue", setting="practitioner")
    EditCode.objects.create(release=second, code="J1890")
    assert snapshot.current().edit_codes == ("J1885", "J1890")
    Release.objects.filter(dataset="mue").update(state=Release.State.WITHDRAWN)
    assert snapshot.current().edit_codes == ()


def test_a_changed_section_changes_the_stamp():
    section = make_section("drugs", ("J0000", "J9999"))
    before = snapshot.stamp()
    section.title = "Medicines"
    section.save()
    assert snapshot.stamp() != before
    assert snapshot.current().tree.sections["drugs"].title == "Medicines"


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_an_edit_that_commits_after_a_newer_one_changes_the_stamp():
    make_section("drugs", ("J0000", "J9999"))
    late, early = Synonym.objects.create(term="a", means="b"), Synonym.objects.create(term="c", means="d")
    Synonym.objects.filter(pk=early.pk).update(updated_at=timezone.now() + timedelta(seconds=1))
    before = snapshot.stamp()
    Synonym.objects.filter(pk=late.pk).update(updated_at=timezone.now())
    assert snapshot.stamp() != before


def test_a_new_day_changes_the_stamp(monkeypatch):
    before = snapshot.stamp()
    monkeypatch.setattr(snapshot.timezone, "localdate", lambda: date(2031, 1, 1))
    assert snapshot.stamp() != before


def test_codes_that_left_the_file_are_found_and_say_when_they_were_last_seen():
    make_code("Q1001", make_release("2019Q1", current=False), long_descriptor="Odd lens")
    make_code("Q1001", make_release("2020Q2", current=False), long_descriptor="Odd lens")
    make_code("V2020", make_release("2025Q4"), long_descriptor="Frames")
    section = make_section("mixed", ("Q0000", "Q9999"))
    held = snapshot.current()
    (entry,) = held.index.search("odd lens").entries
    assert (entry.code, entry.ended, entry.tag) == ("Q1001", True, "Last seen in April 2020")
    assert held.tree.count(section).total == 0


@pytest.mark.parametrize("state", [Release.State.LOADING, Release.State.REHEARSED])
def test_a_release_that_is_loading_or_waits_for_a_decision_is_invisible(state):
    make_code("J1885", make_release("2025Q3"))
    before = snapshot.stamp()
    unseen = make_release("2025Q4", state=state, loaded_at=None, activated_at=None)
    make_code("J9999", unseen, long_descriptor="Not yet")
    assert find("not yet") == []
    assert snapshot.current().release.quarter == "2025Q3"
    assert snapshot.stamp() == before


def test_an_empty_database_has_an_empty_snapshot():
    held = snapshot.current()
    assert held.release is None
    assert held.index.search("anything").entries == ()


@snapshot.stamped
def page(request):
    return HttpResponse("page")


def test_a_page_is_not_sent_again_while_its_snapshot_stands():
    make_code("J1885")
    get = RequestFactory().get
    first = page(get("/"))
    etag = first.headers["ETag"]
    assert first.status_code == 200
    again = page(get("/", headers={"If-None-Match": etag}))
    assert (again.status_code, again.headers["ETag"]) == (304, etag)
    assert page(get("/codes/J1885/", headers={"If-None-Match": etag})).status_code == 200
    make_section("drugs", ("J0000", "J9999"))
    assert Section.objects.count() == 1
    assert page(get("/", headers={"If-None-Match": etag})).status_code == 200


def test_a_page_depends_on_the_theme_and_on_the_part_asked_for():
    get = RequestFactory().get
    dark = RequestFactory()
    dark.cookies["theme"] = "dark"
    tags = {
        page(get("/")).headers["ETag"],
        page(get("/", headers={"HX-Target": "results"})).headers["ETag"],
        page(dark.get("/")).headers["ETag"],
    }
    assert len(tags) == 3


def test_fragments_forget_the_least_recently_used():
    fragments = snapshot.Fragments(size=2)
    fragments.put("a", b"1")
    fragments.put("b", b"2")
    assert fragments.get("a") == b"1"
    fragments.put("c", b"3")
    assert fragments.get("b") is None
    assert (fragments.get("a"), fragments.get("c")) == (b"1", b"3")


def test_a_code_that_a_repost_dropped_was_last_seen_in_the_first_posting():
    make_code("L5999", make_release("2025Q3", current=False), long_descriptor="Odd limb")
    make_code("L5999", make_release("2025Q4", current=False), long_descriptor="Odd limb")
    make_code("V2020", make_release("2025Q4", revision=2), long_descriptor="Frames")
    (entry,) = snapshot.current().index.search("odd limb").entries
    assert entry.tag == "Last seen in October 2025"


def test_a_release_that_is_behind_speaks_for_its_own_quarter(monkeypatch):
    make_code("J1885", make_release("2025Q4"))
    monkeypatch.setattr(snapshot.timezone, "localdate", lambda: date(2025, 12, 31))
    assert snapshot.current().in_force_words == "In force"
    monkeypatch.setattr(snapshot.timezone, "localdate", lambda: date(2026, 1, 1))
    assert snapshot.current().in_force_words == "In force in Oct 2025"


def test_only_what_is_read_today_counts_as_behind(monkeypatch):
    hcpcs = make_release("2025Q3")
    table = make_release("2025Q4", dataset="ptp", setting="practitioner")
    quarters = [make_release(quarter, dataset="mue", setting="practitioner") for quarter in ("2025Q1", "2025Q2")]
    monkeypatch.setattr(snapshot.timezone, "localdate", lambda: date(2025, 12, 31))
    shown = snapshot.current()
    assert shown.behind == {hcpcs.pk: "1 quarter behind", quarters[1].pk: "2 quarters behind"}
    assert table.pk not in shown.behind
    assert shown.behind_words == "1 quarter behind"


def test_a_word_an_editor_puts_into_a_description_is_found():
    make_code("J1885", long_descriptor="Ketorolac")
    make_section("drugs", ("J0000", "J9999"), description="Bring a quizzlebrix.")
    assert [found.slug for found in snapshot.current().index.search("quizzlebrix").sections] == ["drugs"]
