from datetime import timedelta

import pytest
from django.utils import timezone

from catalog import versions
from catalog.models import CodeNote, PracticeChoice, PracticeItem, Section, SectionRange
from catalog.versions import Part, Reader
from tests.builders import make_section
from tests.training import make_item

pytestmark = pytest.mark.django_db
RANGES = Part(SectionRange, "section_id")
CHOICES = Part(PracticeChoice, "item_id")


def versions_of(text, *parts):
    return versions.versions_of(type(text), text.pk, parts)


def test_records_of_one_moment_are_one_version_and_later_ones_another():
    section = make_section("drugs", ("J0120", "J3591"))
    section._history_date = row_date = timezone.now() + timedelta(minutes=5)
    section.title = "Drugs, injected"
    section.save()
    row = section.ranges.get()
    row._history_date, row.high = row_date, "J3599"
    row.save()
    first, second = versions_of(section, RANGES)
    assert [version.number for version in (first, second)] == [1, 2]
    assert [str(row) for row in first.state.rows[RANGES]] == ["J0120–J3591"]
    assert [str(row) for row in second.state.rows[RANGES]] == ["J0120–J3599"]
    assert second.state.text.title == "Drugs, injected"


def test_a_row_that_was_changed_alone_makes_a_version():
    section = make_section("drugs", ("J0120", "J3591"))
    row = section.ranges.get()
    row._history_date = timezone.now() + timedelta(minutes=5)
    row.delete()
    assert [len(version.state.rows[RANGES]) for version in versions_of(section, RANGES)] == [1, 0]


def test_rows_stand_in_the_order_of_the_model():
    item = make_item("A", "B", "C")
    item.choices.filter(text="C").update(sort=0)
    item.choices.filter(text="A").update(sort=2)
    versions.keep(item, [CHOICES])
    rows = versions_of(item, CHOICES)[-1].state.rows[CHOICES]
    assert [row.text for row in rows] == ["C", "B", "A"]


def test_a_text_that_came_without_a_trail_is_kept_with_the_day_of_its_last_change():
    section = Section.objects.bulk_create([Section(**_fields(make_section("drugs")), slug="other")])[0]
    SectionRange.objects.bulk_create([SectionRange(section=section, low="J0120", high="J3591")])
    versions.keep(section, [RANGES])
    (only,) = versions_of(section, RANGES)
    assert (only.at, only.by, only.reason) == (section.updated_at, None, versions.BEFORE)
    assert len(only.state.rows[RANGES]) == 1


def _fields(section: Section) -> dict:
    names = ("level", "title", "short_title", "kind", "maintainer")
    return {name: getattr(section, name) for name in names}


def test_rows_that_came_without_a_trail_complete_the_version_of_their_text():
    section = make_section("drugs")
    SectionRange.objects.bulk_create([SectionRange(section=section, low="J0120", high="J3591")])
    (before,), _now = versions.trail_of(Section, section.pk, [RANGES])
    versions.keep(section, [RANGES])
    (only,) = versions_of(section, RANGES)
    assert before.state.rows == only.state.rows
    assert len(only.state.rows[RANGES]) == 1


def test_a_row_that_came_past_the_trail_is_a_version_of_nobody():
    section = make_section("drugs", ("J0120", "J3591"))
    SectionRange.objects.bulk_create([SectionRange(section=section, low="J7000", high="J7799")])
    versions.keep(section, [RANGES])
    first, second = versions_of(section, RANGES)
    assert [len(version.state.rows[RANGES]) for version in (first, second)] == [1, 2]
    assert (second.by, second.reason) == (None, versions.ELSEWHERE)


def test_a_trail_of_rows_alone_begins_with_the_text_once_it_is_kept():
    section = Section.objects.bulk_create([Section(**_fields(make_section("drugs")), slug="other")])[0]
    section.ranges.create(low="J0120", high="J3591")
    assert versions_of(section, RANGES) == []
    versions.keep(section, [RANGES])
    first = versions_of(section, RANGES)[0]
    assert (first.is_deletion, len(first.state.rows[RANGES])) == (False, 1)


def test_what_is_in_the_trail_is_not_kept_twice():
    item = make_item()
    for _ in range(2):
        versions.keep(item, [CHOICES])
    assert item.history.count() == 1
    assert PracticeChoice.history.count() == item.choices.count()


def test_a_change_past_the_trail_is_kept_as_a_version_of_nobody():
    note = CodeNote.objects.create(code="J1885", text="First.")
    CodeNote.objects.update(text="Past the trail.")
    versions.keep(note)
    first, second = versions_of(note)
    assert (first.state.text.text, second.state.text.text) == ("First.", "Past the trail.")
    assert (second.by, second.reason) == (None, versions.ELSEWHERE)


def test_the_stamp_is_the_same_only_while_nothing_is_changed():
    section = make_section("drugs", ("J0120", "J3591"))
    seen = versions.stamp(versions.on_file(Section, section.pk, [RANGES]))
    section.save()
    assert versions.stamp(versions.on_file(Section, section.pk, [RANGES])) == seen
    section.ranges.update(high="J3599")
    assert versions.stamp(versions.on_file(Section, section.pk, [RANGES])) != seen


def test_the_last_version_has_the_stamp_of_what_is_on_file():
    item = make_item()
    on_file = versions.on_file(PracticeItem, item.pk, [CHOICES])
    assert versions.stamp(versions_of(item, CHOICES)[-1].state) == versions.stamp(on_file)


def test_texts_are_read_by_label_in_the_words_of_the_form():
    item = make_item("Level I", "Level II", given=[["Column one", "45385"]], is_published=False)
    texts = Reader().texts(versions.on_file(PracticeItem, item.pk, [CHOICES]))
    assert texts["Question"] == item.prompt
    assert texts["Given"] == "Column one: 45385"
    assert texts["In rounds"] == "no"
    assert texts["How sure"] == "Verified in an authoritative text or file"
    assert texts["Practice choices"] == "Level I · right\nLevel II"
    assert "Updated at" not in texts
    assert "ID" not in texts


def test_what_a_text_refers_to_is_read_by_its_name_even_when_it_is_gone():
    parent = make_section("all-j", title="All J codes")
    section = make_section("drugs", parent=parent)
    state = versions.on_file(Section, section.pk, [])
    assert Reader().texts(state)["Parent"] == "All J codes"
    Section.objects.filter(pk=section.pk).update(parent=None)
    parent.delete()
    assert "which is deleted" in Reader().texts(state)["Parent"]


def test_the_names_of_what_is_referred_to_are_asked_for_once(django_assert_num_queries):
    parent = make_section("all-j")
    states = [versions.on_file(Section, make_section(f"s{one}", parent=parent).pk, []) for one in range(3)]
    with django_assert_num_queries(2):  # the parent and the level
        reader = Reader()
        for state in states:
            reader.texts(state)


def test_the_trail_is_read_with_one_query_for_the_text_and_one_for_each_part(django_assert_num_queries):
    item = make_item()
    for number in range(5):
        item.prompt = f"Question {number}?"
        item.save()
    with django_assert_num_queries(2):
        assert len(versions_of(item, CHOICES)) > 1
