"""The draft of a section's description: kept apart from what readers see until somebody publishes it."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client

from catalog import snapshot
from catalog.models import Section
from tests.builders import make_section
from tests.catalog.views.page import words
from tests.section_forms import address, filled_in, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab() -> Section:
    return make_section("lab", ("U0000", "U9999"), description="Published.\nTwice.")


@pytest.fixture
def drafted(lab) -> Section:
    Section.objects.filter(pk=lab.pk).update(draft="Not *yet*.", draft_by="mira")
    lab.refresh_from_db()
    return lab


def buttons(client, section: Section) -> set[str]:
    """What the buttons below the two boxes do."""
    page = BeautifulSoup(client.get(address(section)).content, "html.parser")
    return {button["name"] for button in page.select(".markdown-buttons button")}


def reasons(section: Section) -> list[str]:
    return [record.history_change_reason or "" for record in section.history.order_by("history_id")]


def test_the_text_in_the_box_is_kept_as_a_draft_and_readers_keep_theirs(admin_client, admin_user, lab):
    stamp, edited = snapshot.stamp(), lab.updated_at
    answer = send(admin_client, lab, "_begin_draft", description="Published.\r\nThree times.")
    assert answer.url == address(lab)
    lab.refresh_from_db()
    assert (lab.description, lab.draft) == ("Published.\nTwice.", "Published.\nThree times.")
    assert lab.draft_by == admin_user.get_username()
    assert lab.draft_at
    assert (snapshot.stamp(), lab.updated_at) == (stamp, edited)
    assert reasons(lab)[-1] == "Draft begun"
    assert "Readers see the description as it was. See the page" in words(admin_client.get(address(lab)))


def test_a_draft_is_changed_without_the_text_of_the_readers(admin_client, drafted):
    send(admin_client, drafted, "_save_draft", draft="Soon.")
    drafted.refresh_from_db()
    assert (drafted.description, drafted.draft) == ("Published.\nTwice.", "Soon.")
    assert reasons(drafted)[-1] == "Draft saved"


def test_a_published_draft_is_what_readers_see(admin_client, client, drafted):
    send(admin_client, drafted, "_publish_draft", draft="Now **at last**.")
    drafted.refresh_from_db()
    assert (drafted.description, drafted.draft) == ("Now **at last**.", "")
    assert (drafted.draft_by, drafted.draft_at) == ("", None)
    assert reasons(drafted)[-1] == "Draft published"
    client.logout()
    assert "Now at last ." in words(client.get("/sections/lab/"))


def test_a_discarded_draft_is_gone_but_in_the_trail(admin_client, drafted):
    send(admin_client, drafted, "_discard_draft", draft="Typed just now.")
    drafted.refresh_from_db()
    assert (drafted.description, drafted.draft) == ("Published.\nTwice.", "")
    assert reasons(drafted)[-1] == "Draft discarded"
    assert "Not *yet*." in [record.draft for record in drafted.history.all()]


def test_saving_the_section_leaves_its_draft_a_draft(admin_client, drafted):
    assert send(admin_client, drafted, title="Laboratory").status_code == 302
    drafted.refresh_from_db()
    assert (drafted.title, drafted.draft, drafted.draft_by) == ("Laboratory", "Not *yet*.", "mira")
    assert drafted.description == "Published.\nTwice."


@pytest.mark.parametrize("button", ["_save_draft", "_discard_draft", "_publish_draft"])
@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"title": "Laboratory"}, "Title: changed here as well"),
        ({"description": "Else."}, "changed here as well"),
        ({"ranges-0-low": "U0001"}, "Ranges: changed here as well"),
    ],
)
def test_a_button_of_the_draft_leaves_out_no_other_change_in_silence(admin_client, drafted, button, fields, named):
    answer = send(admin_client, drafted, button, **fields)
    assert answer.status_code == 200
    assert named in words(answer)
    assert Section.objects.get().draft == "Not *yet*."


def test_a_draft_does_not_take_the_place_of_a_text_that_is_just_being_changed(admin_client, drafted):
    answer = send(admin_client, drafted, "_publish_draft", description="Else.")
    assert "The draft takes the place of this text, which was changed here as well." in words(answer)
    assert Section.objects.get().description == "Published.\nTwice."


@pytest.mark.parametrize("button", ["_save_draft", "_publish_draft"])
def test_an_empty_draft_is_refused(admin_client, drafted, button):
    assert "There are no words here to keep or to publish." in words(
        send(admin_client, drafted, button, draft=" \r\n")
    )
    assert Section.objects.get().draft == "Not *yet*."


def test_a_section_that_is_not_saved_yet_has_no_draft_to_begin(admin_client, lab):
    fields = {
        "title": "Eye",
        "short_title": "Eye",
        "slug": "eye",
        "level": "2",
        "kind": "level_ii",
        "maintainer": "CMS",
    }
    answer = send(admin_client, None, "_begin_draft", **fields, mark="G", description="Seen by all.")
    assert answer.status_code == 302
    assert Section.objects.get(slug="eye").description == "Seen by all."


def test_only_buttons_that_can_be_pressed_are_there(admin_client, lab):
    assert buttons(admin_client, lab) == {"_preview", "_begin_draft"}
    Section.objects.update(draft="Not yet.")
    assert buttons(admin_client, lab) == {"_preview", "_save_draft", "_publish_draft", "_discard_draft"}


def test_sections_with_a_draft_can_be_listed(admin_client, drafted):
    make_section("eye", ("V0000", "V9999"))
    listed = admin_client.get("/admin/catalog/section/", {"draft__isempty": "0"})
    assert [section.slug for section in listed.context["cl"].result_list] == ["lab"]
    assert "by mira" in words(listed)


def test_a_draft_that_was_saved_meanwhile_is_not_saved_over(admin_client, drafted):
    mine = admin_client.get(address(drafted))
    send(admin_client, drafted, "_save_draft", draft="Theirs.")

    answer = admin_client.post(address(drafted), filled_in(mine) | {"draft": "Mine.", "_save_draft": "1"})
    assert "You saved this text yourself after this page was opened" in words(answer)
    assert "There are no words here" not in words(answer)
    assert filled_in(answer)["draft"] == "Mine."
    assert Section.objects.get().draft == "Theirs."


def test_an_older_draft_can_be_returned_to(admin_client, drafted):
    send(admin_client, drafted, "_save_draft", draft="Second.")
    send(admin_client, drafted, "_publish_draft")
    older = address(drafted).replace("change/", "history/2/return/")
    now = filled_in(admin_client.get(address(drafted)))["made_from"]
    admin_client.post(older, {"_return": "1", "made_from": now})
    drafted.refresh_from_db()
    assert (drafted.description, drafted.draft) == ("Published.\nTwice.", "Not *yet*.")


def test_a_return_to_an_older_description_keeps_the_draft_that_waits(admin_client, lab):
    send(admin_client, lab, description="Once more.")
    send(admin_client, lab, "_begin_draft", description="Not *yet*.")
    lab.refresh_from_db()
    begun = lab.draft_by, lab.draft_at
    older = address(lab).replace("change/", "history/1/")
    assert "Not removed:" not in words(admin_client.get(older))
    now = filled_in(admin_client.get(address(lab)))["made_from"]
    admin_client.post(f"{older}return/", {"_return": "1", "made_from": now})
    lab.refresh_from_db()
    assert (lab.description, lab.draft) == ("Published.\nTwice.", "Not *yet*.")
    assert (lab.draft_by, lab.draft_at) == begun


def test_a_draft_that_would_undo_corrections_is_published_by_a_second_click(admin_client, lab):
    send(admin_client, lab, "_begin_draft", description="Not *yet*.")
    saved = send(admin_client, lab, description="Published thrice.")
    assert "A draft of this description waits." in words(admin_client.get(saved.url))
    page = BeautifulSoup(admin_client.get(address(lab)).content, "html.parser").select_one(".draft-changes")
    assert [tag.get_text() for tag in page.find_all(["del", "ins"])] == ["removed: .\nTwice", "added:  thrice"]

    answer = send(admin_client, lab, "_publish_draft")
    assert "The description was changed after this draft was saved" in words(answer)
    lab.refresh_from_db()
    assert (lab.description, lab.draft) == ("Published thrice.", "Not *yet*.")

    assert admin_client.post(address(lab), filled_in(answer) | {"_publish_draft": "1"}).status_code == 302
    lab.refresh_from_db()
    assert (lab.description, lab.draft) == ("Not *yet*.", "")


def test_corrections_that_nobody_was_told_of_are_not_undone_by_a_second_click(admin_client, lab):
    send(admin_client, lab, "_begin_draft", description="Not *yet*.")
    send(admin_client, lab, description="Thrice.")
    told = send(admin_client, lab, "_publish_draft")
    send(admin_client, lab, description="Four times.")
    answer = admin_client.post(address(lab), filled_in(told) | {"_publish_draft": "1"})
    assert "You saved this text yourself" in words(answer)
    assert "corrections_seen" not in filled_in(answer)
    assert Section.objects.get().description == "Four times."


def test_a_draft_saved_again_after_a_correction_is_published_at_once(admin_client, lab):
    send(admin_client, lab, "_begin_draft", description="Not *yet*.")
    send(admin_client, lab, description="Thrice.")
    send(admin_client, lab, "_save_draft", draft="Not *yet*, thrice.")
    assert send(admin_client, lab, "_publish_draft").status_code == 302
    assert Section.objects.get().description == "Not *yet*, thrice."


# --- Each button, pressed twice, late, or beside other changes ---


def press(client, page, section: Section, button: str, **fields: str):
    """Press a button of a page that was opened some time ago."""
    return client.post(address(section), filled_in(page) | fields | {button: "1"})


def texts(section: Section) -> tuple[str, str]:
    section.refresh_from_db()
    return section.description, section.draft


@pytest.mark.parametrize(
    ("button", "fields", "left"),
    [
        ("_begin_draft", {"description": "Soon."}, ("Published.\nTwice.", "Soon.")),
        ("_save_draft", {"draft": "Soon."}, ("Published.\nTwice.", "Soon.")),
        ("_discard_draft", {}, ("Published.\nTwice.", "")),
    ],
)
def test_a_button_pressed_twice_does_what_it_says_once(admin_client, lab, button, fields, left):
    if button != "_begin_draft":
        Section.objects.update(draft="Not *yet*.", draft_by="mira")
    page = admin_client.get(address(lab))
    assert press(admin_client, page, lab, button, **fields).status_code == 302
    trail = reasons(lab)
    assert press(admin_client, page, lab, button, **fields).status_code == 302
    assert texts(lab) == left
    assert reasons(lab) == trail


def test_a_draft_published_twice_is_published_once_and_said_to_be_none_any_more(admin_client, drafted):
    page = admin_client.get(address(drafted))
    assert press(admin_client, page, drafted, "_publish_draft").status_code == 302
    assert "There is no draft any more" in words(press(admin_client, page, drafted, "_publish_draft"))
    assert texts(drafted) == ("Not *yet*.", "")


def test_a_second_draft_from_an_old_page_stays_a_draft(admin_client, lab):
    page = admin_client.get(address(lab))
    press(admin_client, page, lab, "_begin_draft", description="First.")
    answer = press(admin_client, page, lab, "_begin_draft", description="Second.")
    assert "You saved this text yourself after this page was opened" in words(answer)
    assert (filled_in(answer)["description"], filled_in(answer)["draft"]) == ("Published.\r\nTwice.", "Second.")
    assert "This is what you wrote. The description above is as readers see it." in words(answer)
    assert texts(lab) == ("Published.\nTwice.", "First.")
    assert press(admin_client, answer, lab, "_save_draft").status_code == 302
    assert texts(lab) == ("Published.\nTwice.", "Second.")


@pytest.mark.parametrize(
    "fields",
    [{"title": "Laboratory"}, {"ranges-0-low": "U0001"}, {"title": "Laboratory", "ranges-0-low": "U0001"}],
)
def test_what_is_kept_beside_other_changes_is_not_published_by_saving_them(admin_client, lab, fields):
    answer = send(admin_client, lab, "_begin_draft", description="Soon.", **fields)
    assert "changed here as well" in words(answer)
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.select_one("#id_draft").find_parent("details") is None
    assert texts(lab) == ("Published.\nTwice.", "")
    assert press(admin_client, answer, lab, "_save").status_code == 302
    assert texts(lab) == ("Published.\nTwice.", "Soon.")
    assert (lab.title, lab.ranges.get().low) == (
        fields.get("title", "Lab"),
        fields.get("ranges-0-low", "U0000"),
    )


def test_what_is_kept_in_a_form_that_is_refused_is_in_sight(admin_client, lab):
    answer = send(admin_client, lab, "_begin_draft", description="Soon.", title="")
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.select_one("#id_draft").get_text().strip() == "Soon."
    assert page.select_one("#id_draft").find_parent("details") is None


def test_keeping_a_draft_takes_no_words_from_the_box_of_the_draft(admin_client, lab):
    answer = send(admin_client, lab, "_begin_draft", description="Soon.", draft="Later.")
    assert "This box has words of its own" in words(answer)
    assert (filled_in(answer)["description"], filled_in(answer)["draft"]) == ("Soon.", "Later.")
    assert texts(lab) == ("Published.\nTwice.", "")


def test_a_draft_that_somebody_published_meanwhile_keeps_the_words_of_the_other(admin_client, drafted):
    page = admin_client.get(address(drafted))
    ben = Client()
    ben.force_login(User.objects.create_superuser("ben"))
    send(ben, drafted, "_publish_draft")
    answer = press(admin_client, page, drafted, "_save_draft", draft="Mine.")
    assert "ben saved this text while you had it open" in words(answer)
    assert filled_in(answer)["draft"] == "Mine."
    boxes = BeautifulSoup(answer.content, "html.parser").select(".markdown-buttons")
    assert [button["name"] for box in boxes for button in box.select("button:not([name=_preview])")] == [
        "_save_draft",
        "_publish_draft",
    ]
    assert press(admin_client, answer, drafted, "_save_draft").status_code == 302
    assert texts(drafted) == ("Not *yet*.", "Mine.")


def test_what_is_to_be_a_draft_of_a_deleted_section_comes_back_with_it_as_a_draft(admin_client, lab):
    send(admin_client, lab, title="Laboratory")
    page = admin_client.get(address(lab))
    lab.refresh_from_db()
    admin_client.post(address(lab).replace("change", "delete"), {"post": "yes"})
    answer = press(admin_client, page, lab, "_begin_draft", description="Soon.")
    assert "You deleted this text yourself after this page was opened" in words(answer)
    assert "changed here as well" not in words(answer)
    assert admin_client.post(address(lab), filled_in(answer) | {"_save": "1"}).status_code == 302
    assert texts(lab) == ("Published.\nTwice.", "Soon.")


def test_a_newer_draft_is_not_discarded_by_an_old_page(admin_client, drafted):
    page = admin_client.get(address(drafted))
    press(admin_client, page, drafted, "_save_draft", draft="Newer.")
    assert "You saved this text yourself" in words(press(admin_client, page, drafted, "_discard_draft"))
    assert texts(drafted) == ("Published.\nTwice.", "Newer.")


def test_a_draft_saved_with_the_form_does_not_date_what_readers_see(admin_client, lab):
    stamp, edited = snapshot.stamp(), lab.updated_at
    assert send(admin_client, lab, draft="Soon.").status_code == 302
    assert texts(lab) == ("Published.\nTwice.", "Soon.")
    assert (snapshot.stamp(), lab.updated_at) == (stamp, edited)
    send(admin_client, lab, draft="Later.", **{"ranges-0-low": "U0001"})
    lab.refresh_from_db()
    assert lab.updated_at > edited
    assert lab.draft == "Later."


# --- The preview ---


def test_the_button_previews_both_texts_and_saves_nothing(admin_client, lab):
    answer = send(admin_client, lab, "_preview", description="Now **bold**.", title="Laboratory")
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.select_one("#id_description_preview strong").get_text() == "bold"
    assert page.select_one("#id_title")["value"] == "Laboratory"
    assert not page.select(".errornote, .errorlist")
    assert Section.objects.get().title == "Lab"


def test_the_preview_answers_for_the_box_that_asks(admin_client):
    asked = {"description": "# One", "draft": "<script>two</script>"}
    address = "/admin/catalog/section/preview/?heading=2"
    one = admin_client.post(address, asked, headers={"HX-Request": "true", "HX-Trigger-Name": "description"})
    two = admin_client.post(address, asked, headers={"HX-Request": "true", "HX-Trigger-Name": "draft"})
    assert one.content.decode().strip() == "<h2>One</h2>"
    assert two.content.decode().strip() == "<p>&lt;script&gt;two&lt;/script&gt;</p>"
    assert "No text." in words(admin_client.post(address, asked))


def test_who_was_logged_out_is_told_so_where_the_preview_was(client):
    asked = {"headers": {"HX-Request": "true", "HX-Trigger-Name": "draft"}}
    answer = client.post("/admin/catalog/section/preview/", {"draft": "Some words."}, **asked)
    assert "You are logged out. What you typed is still there" in words(answer)
    assert "Some words." not in words(answer)


def test_a_text_too_long_is_refused(admin_client, lab):
    assert "at most 20000 characters" in words(send(admin_client, lab, description="x" * 20_001))


def test_what_the_draft_changes_is_shown_word_by_word(admin_client, lab):
    assert b"What the saved draft changes" not in admin_client.get(address(lab)).content
    Section.objects.update(draft="Published.\nThree times.")
    page = BeautifulSoup(admin_client.get(address(lab)).content, "html.parser").select_one(".draft-changes")
    assert [tag.get_text() for tag in page.find_all(["del", "ins"])] == ["removed: Twice", "added: Three times"]
