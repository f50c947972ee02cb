import pytest
from django import forms
from django.http import QueryDict

from catalog.merge import merge, merge_rows, read_rows, sent, with_new_keys, write_rows


class Form(forms.Form):
    title = forms.CharField()
    text = forms.CharField(widget=forms.Textarea)
    level = forms.TypedChoiceField(choices=[(1, "One"), (2, "Two")], coerce=int)
    closed = forms.BooleanField(required=False)
    day = forms.DateField(required=False)


@pytest.mark.parametrize(("closed", "box"), [(True, {"closed": "on"}), (False, {})])
def test_a_form_sends_what_it_shows_and_no_box_that_is_not_ticked(closed, box):
    form = Form(initial={"title": "A", "text": None, "level": 2, "closed": closed})
    assert sent(form) == {"title": "A", "text": "", "level": "2", "day": ""} | box


def test_what_i_left_alone_is_as_the_database_has_it_and_what_i_wrote_stays():
    before = {"title": "A", "text": "one", "closed": "on"}
    now = {"title": "B", "text": "two"}
    assert merge({"title": "A", "text": "mine", "closed": "on"}, before, now) == {"title": "B", "text": "mine"}
    assert merge({"title": "A", "text": "one"}, before, now | {"closed": "on"})["title"] == "B"


def test_a_box_that_i_cleared_stays_cleared():
    assert "closed" not in merge({"title": "A"}, {"title": "A", "closed": "on"}, {"title": "A", "closed": "on"})


def test_the_line_breaks_of_browsers_are_no_change():
    assert merge({"text": "a\r\nb"}, {"text": "a\nb"}, {"text": "theirs"}) == {"text": "theirs"}


def test_what_belongs_to_no_field_is_left_as_it_was_sent():
    assert merge({"_save": "Save", "title": "A"}, {"title": "A"}, {"title": "B"}) == {
        "_save": "Save",
        "title": "B",
    }


def test_rows_are_read_and_written_by_their_place():
    data = QueryDict(
        "r-TOTAL_FORMS=2&r-INITIAL_FORMS=1&r-0-id=5&r-0-low=A&r-1-low=B&r-9-low=C&title=T", mutable=True
    )
    assert read_rows(data, "r") == [{"id": "5", "low": "A"}, {"low": "B"}]
    write_rows(data, "r", [{"id": "7", "low": "X"}], [])
    assert data.dict() == {
        "r-TOTAL_FORMS": "1",
        "r-INITIAL_FORMS": "1",
        "r-0-id": "7",
        "r-0-low": "X",
        "title": "T",
    }


@pytest.mark.parametrize("total", ["", "x", "-1", "99999999999"])
def test_a_number_of_rows_that_is_none_or_too_large_reads_no_more_than_are_sent(total):
    rows = read_rows(QueryDict(f"r-TOTAL_FORMS={total}&r-0-low=A"), "r")
    assert len(rows) <= 1000


BEFORE = {"1": {"low": "A"}, "2": {"low": "B"}}


def test_a_row_that_others_changed_and_i_did_not_is_theirs():
    on_file, new = merge_rows([{"id": "1", "low": "A"}], BEFORE, {"1": {"low": "Z"}})
    assert (on_file, new) == ([{"id": "1", "low": "Z"}], [])


def test_a_row_that_others_deleted_comes_back_only_when_i_changed_it():
    mine = [{"id": "1", "low": "A"}, {"id": "2", "low": "mine"}]
    assert merge_rows(mine, BEFORE, {}) == ([], [{"low": "mine"}])


def test_a_row_that_others_deleted_and_i_delete_too_stays_deleted():
    assert merge_rows([{"id": "1", "low": "mine", "DELETE": "on"}], BEFORE, {}) == ([], [])


def test_a_row_that_others_added_is_kept_beside_mine():
    on_file, new = merge_rows(
        [{"id": "1", "low": "A"}, {"low": "new"}], {"1": {"low": "A"}}, {"1": {"low": "A"}, "3": {"low": "C"}}
    )
    assert on_file == [{"id": "1", "low": "A"}, {"low": "C", "id": "3"}]
    assert new == [{"low": "new"}]


def test_a_row_that_i_delete_stays_marked():
    on_file, _ = merge_rows([{"id": "1", "low": "A", "DELETE": "on"}], BEFORE, {"1": {"low": "Z"}})
    assert on_file == [{"id": "1", "low": "Z", "DELETE": "on"}]


BLANK = {"low": "", "high": ""}
OLD = {"1": {"low": "A0100", "high": "A0200"}, "2": {"low": "J0100", "high": "J0200"}}
ON_FILE = {"7": {"low": "A0100", "high": "A0200"}, "8": {"low": "J0100", "high": "J0200"}}


def test_rows_without_keys_are_known_by_what_they_say():
    mine = [{"low": "J0100", "high": "J0900"}, {"low": "A0100", "high": "A0200"}, BLANK]
    rows, before = with_new_keys(mine, OLD, ON_FILE, BLANK)
    assert rows == [mine[0] | {"id": "8"}, mine[1] | {"id": "7"}, BLANK]
    assert before == ON_FILE


def test_a_row_without_a_key_that_is_none_of_those_before_is_a_new_one():
    mine = [*OLD.values(), {"low": "Q0100", "high": "Q0200"}]
    rows, _before = with_new_keys(mine, OLD, ON_FILE, BLANK)
    assert [row.get("id") for row in rows] == ["7", "8", None]


def test_a_row_that_i_had_deleted_before_the_text_came_back_is_marked_again():
    rows, _before = with_new_keys([OLD["2"]], OLD, ON_FILE, BLANK)
    assert rows == [OLD["2"] | {"id": "8"}, OLD["1"] | {"id": "7", "DELETE": "on"}]


def test_a_row_that_did_not_come_back_keeps_its_old_key_which_nothing_on_file_has():
    rows, before = with_new_keys(OLD.values(), OLD, {"8": ON_FILE["8"]}, BLANK)
    assert [row["id"] for row in rows] == list(before) == ["1", "8"]
