"""How editors keep what trainers teach from: lists, rights, previews, and the path of decisions."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import ComparisonRow, DecisionStep, Misconception, PracticeItem, Statement
from tests.builders import make_code, make_release
from tests.training import make_comparison, make_item, make_misconception, make_statement, make_step
from tests.training_forms import ITEM, MISCONCEPTION, STEP, choices, page, refusal, rows

pytestmark = pytest.mark.django_db

TAUGHT = {
    ComparisonRow: lambda at: make_comparison(f"Row {at}"),
    Statement: lambda at: make_statement(f"Subject {at}"),
    DecisionStep: lambda at: make_step(f"step-{at}", leads={"yes": make_step(f"end-{at}")}),
    Misconception: lambda at: make_misconception(f"misconception-{at}"),
    PracticeItem: lambda at: make_item(sort=at),
}
each_model = pytest.mark.parametrize("model", TAUGHT)


# --- Lists ---


@each_model
def test_a_list_asks_the_same_number_of_questions_however_many_rows(admin_client, model):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert admin_client.get(page(model), {"q": "a"}).status_code == 200
        return len(queries)

    TAUGHT[model](1)
    few = asked()
    for at in range(2, 8):
        TAUGHT[model](at)
    # Session and user, two counts, the rows, and at most two more for what stands below them.
    assert asked() == few <= 7


@each_model
def test_texts_are_put_in_order_in_the_list(admin_client, model):
    first, second = (TAUGHT[model](at) for at in (1, 2))
    held = list(admin_client.get(page(model)).context["cl"].result_list)
    places = {first.pk: 20, second.pk: 10}
    sent = {"form-TOTAL_FORMS": len(held), "form-INITIAL_FORMS": len(held), "_save": "Save"}
    for at, row in enumerate(held):
        sent |= {f"form-{at}-id": row.pk, f"form-{at}-sort": places.get(row.pk, 90)}
    assert admin_client.post(page(model), sent).status_code == 302
    assert list(model.objects.filter(pk__in=places).order_by("sort")) == [second, first]


@each_model
def test_what_is_left_in_its_place_does_not_count_as_changed(admin_client, model):
    moved, left = (TAUGHT[model](at) for at in (1, 2))
    held = list(admin_client.get(page(model)).context["cl"].result_list)
    sent = {"form-TOTAL_FORMS": len(held), "form-INITIAL_FORMS": len(held), "_save": "Save"}
    for at, row in enumerate(held):
        shown = {"sort": row.sort, "is_published": "on", "on_slide": ""} | ({"sort": 70} if row == moved else {})
        sent |= {f"form-{at}-{field}": value for field, value in {"id": row.pk, **shown}.items()}
    assert admin_client.post(page(model), sent).status_code == 302
    since = {row.pk: row.updated_at for row in model.objects.all()}
    assert (since[left.pk], since[moved.pk] > moved.updated_at) == (left.updated_at, True)


def test_items_stay_in_order_although_a_code_of_theirs_has_ended_since(admin_client):
    make_release("2025Q4")
    item = make_item(code="J9999", link="/gone/")
    sent = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": item.pk,
        "form-0-sort": 70,
        "_save": "Save",
    }
    assert admin_client.post(page(PracticeItem), sent).status_code == 302
    item.refresh_from_db()
    assert (item.sort, item.is_published) == (70, False)


def test_items_are_found_by_topic_difficulty_and_words(admin_client):
    made = make_item("Level II", "Level I", topic="units", difficulty=3, asks="level", is_published=False)
    make_item("None", "Some", prompt="Another one?")

    def found(**query) -> list[PracticeItem]:
        return list(admin_client.get(page(PracticeItem), query).context["cl"].result_list)

    for query in (
        {"topic": "units"},
        {"difficulty": 3},
        {"asks": "level"},
        {"is_published__exact": 0},
        {"q": "Level I"},
    ):
        assert found(**query) == [made], query
    assert len(found()) == 2


# --- Rights ---


@pytest.fixture
def editor(client, django_user_model):
    """Logs somebody in who may do so much, as in ``editor("change_practiceitem")``, and returns the client."""

    def log_in(*codenames: str):
        user = django_user_model.objects.create_user("editor", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return log_in


def test_who_may_change_items_may_change_their_choices(editor):
    client = editor("add_practiceitem", "change_practiceitem", "view_practiceitem")
    assert "No choice is marked as right." in refusal(
        client.post(page(PracticeItem, "add"), ITEM | choices("a", "b"))
    )
    assert refusal(client.post(page(PracticeItem, "add"), ITEM | choices("*a", "b"))) == ""
    item = PracticeItem.objects.get()
    sent = ITEM | rows("choices", [{"text": "c"}], held=2)
    for at, choice in enumerate(item.choices.all()):
        sent |= {f"choices-{at}-id": choice.pk, f"choices-{at}-text": choice.text}
    assert refusal(client.post(page(PracticeItem, "change", item.pk), sent | {"choices-1-is_right": "on"})) == ""
    assert [choice.is_right for choice in item.choices.all()] == [False, True, False]


def test_who_may_only_read_changes_nothing(editor):
    item = make_item("Level II", "Level I")
    client = editor("view_practiceitem")
    shown = client.get(page(PracticeItem, "change", item.pk)).content.decode()
    assert "Level II" in shown
    assert 'name="_preview"' not in shown
    assert 'type="text"' not in shown
    assert client.post(page(PracticeItem, "change", item.pk), ITEM | choices("*a", "b")).status_code == 403


@each_model
def test_who_has_no_rights_sees_nothing(editor, model):
    assert editor("view_section").get(page(model)).status_code == 403


# --- Previews ---


def preview(response) -> str:
    """The part of the page that shows a text as readers see it; empty when there is none."""
    return response.content.decode().partition('<section class="preview"')[2].partition("</section>")[0]


def test_an_item_is_shown_as_learners_see_it(admin_client):
    item = make_item("CMS", "The AMA", prompt="Who keeps it?", claim="11042", given=[["Column one", "45385"]])
    shown = preview(admin_client.get(page(PracticeItem, "change", item.pk)))
    for text in ("Who keeps it?", "CMS", "The AMA", "11042", "Column one", "45385"):
        assert text in shown
    assert item.rationale in shown.partition("<details")[2]


def test_a_misconception_is_shown_as_in_the_register(admin_client):
    made = make_misconception(mark="G")
    shown = preview(admin_client.get(page(Misconception, "change", made.pk)))
    for text in (made.claim, made.why_wrong, made.fact, "Not verified"):
        assert text in shown


@pytest.mark.parametrize(
    ("model", "sent", "text"),
    [
        (PracticeItem, ITEM | choices("*Certainly", "Never"), "Certainly"),
        (Misconception, MISCONCEPTION, "Others end"),
    ],
)
def test_the_preview_of_a_new_text_saves_nothing(admin_client, model, sent, text):
    answer = admin_client.post(page(model, "add"), sent | {"_preview": "Preview"})
    assert text in preview(answer)
    assert "Nothing is saved yet." in preview(answer)
    assert not model.objects.exists()
    form = answer.context["adminform"].form
    assert form["slug"].value() == sent["slug"]


def test_the_preview_of_a_change_saves_nothing_and_keeps_what_was_typed(admin_client):
    item = make_item("Level II", "Level I")
    held = {}
    for at, choice in enumerate(item.choices.all()):
        held |= {f"choices-{at}-id": choice.pk, f"choices-{at}-text": choice.text}
    sent = ITEM | rows("choices", [{"text": "Both"}], held=2) | held | {"choices-2-is_right": "on"}
    sent |= {"choices-1-DELETE": "on", "prompt": "Typed just now?", "_preview": "Preview"}
    answer = admin_client.post(page(PracticeItem, "change", item.pk), sent)
    shown = preview(answer)
    assert "Typed just now?" in shown
    assert "Both" in shown
    assert "Level I<" not in shown  # it would be deleted
    assert 'value="Both"' in answer.content.decode()
    item.refresh_from_db()
    assert item.prompt != "Typed just now?"
    assert [choice.text for choice in item.choices.all()] == ["Level II", "Level I"]


def test_what_cannot_be_saved_is_told_instead_of_shown(admin_client):
    answer = admin_client.post(page(PracticeItem, "add"), ITEM | choices("a", "b") | {"_preview": "Preview"})
    assert "No choice is marked as right." in refusal(answer)
    assert preview(answer) == ""


def test_the_preview_warns_of_what_saving_would_warn_of(admin_client):
    make_code("J1885", make_release("2025Q4", origin="starter"))
    sent = ITEM | choices("*J8888", "b") | {"code": "J9999", "_preview": "Preview"}
    shown = preview(admin_client.post(page(PracticeItem, "add"), sent))
    assert "J9999 could not be checked." in shown
    assert "J8888 could not be checked." in shown


def test_an_item_that_went_wrong_in_the_database_can_still_be_opened(admin_client):
    item = make_item("Level II", "Level I")
    item.choices.update(is_right=False)
    assert admin_client.get(page(PracticeItem, "change", item.pk)).status_code == 200


@pytest.mark.parametrize(("given", "typed"), [(5, "5"), (["a", "b"], "a\nb"), ([["a", "b", "c"]], "a: b: c")])
def test_facts_that_went_wrong_in_the_database_can_be_put_right(admin_client, given, typed):
    item = make_item("Level II", "Level I")
    PracticeItem.objects.filter(pk=item.pk).update(given=given)
    answer = admin_client.get(page(PracticeItem, "change", item.pk))
    assert answer.context["adminform"].form["given"].value() == typed
    assert admin_client.get(page(PracticeItem)).status_code == 200


@each_model
def test_the_form_says_that_a_slug_stays_what_it_is(admin_client, model):
    assert "Chosen once:" in admin_client.get(page(model, "add")).content.decode()


def test_the_forms_say_what_a_slug_and_an_order_are_for(admin_client):
    assert "Addresses of rounds name items by it" in admin_client.get(page(PracticeItem, "add")).content.decode()
    of_step = admin_client.get(page(DecisionStep, "add")).content.decode()
    assert "In this list only: the path goes by its first step and its choices." in of_step


# --- What was not filled ---


def summary(response) -> str:
    """The list above the form of what keeps it from being saved, each with its field."""
    return response.content.decode().partition('<ul class="errorlist fields-to-mend">')[2].partition("</ul>")[0]


def test_what_is_missing_is_named_by_its_field(admin_client):
    told = summary(admin_client.post(page(DecisionStep, "add"), {"text": "Only this?"} | rows("choices", [])))
    assert '<a href="#id_slug">Slug</a>: This field is required.' in told
    assert '<a href="#id_source">Source</a>: This field is required.' in told
    assert "Text" not in told


def test_what_is_missing_in_a_row_below_is_named_by_its_place_and_field(admin_client):
    leads = rows("choices", [{"label": "Yes", "sort": 0}])
    told = summary(admin_client.post(page(DecisionStep, "add"), STEP | {"is_first": "on"} | leads))
    assert '<a href="#id_choices-0-next">Choice 1, Next</a>: This field is required.' in told
    told = summary(admin_client.post(page(PracticeItem, "add"), ITEM | {"source": ""} | choices("*a", "b" * 161)))
    assert '<a href="#id_source">Source</a>: This field is required.' in told
    assert '<a href="#id_choices-1-text">Choice 2, Text</a>: Ensure this value' in told


@each_model
def test_every_text_names_the_fields_to_fill(admin_client, model):
    sent = rows("choices", [])
    assert "#id_source" in summary(admin_client.post(page(model, "add"), sent))
    assert summary(admin_client.get(page(model, "add"))) == ""


@pytest.mark.parametrize(("model", "make"), [(PracticeItem, make_item), (Misconception, make_misconception)])
def test_a_text_leads_to_its_place_on_the_site(admin_client, model, make):
    text = make()
    assert "View on site" in admin_client.get(page(model, "change", text.pk)).content.decode()


# --- The path of decisions ---


@pytest.fixture
def path() -> dict[str, DecisionStep]:
    """Is it a thing? Yes: Level II. No: is it work? Yes: Level I."""
    two, one = make_step("two", text="Level II", level=2), make_step("one", text="Level I", level=1)
    work = make_step("work", text="Is it work?", leads={"yes": one})
    first = make_step("thing", text="Is it a thing?", leads={"yes": two, "no": work}, is_first=True)
    return {"one": one, "two": two, "work": work, "first": first}


@pytest.fixture
def change_step(admin_client):
    """Send a step whose new choices, by label, lead to other steps; the words of its refusal."""

    def send(step: DecisionStep | None, *leads: tuple[str, DecisionStep], **fields) -> str:
        new = [{"label": label, "slug": label.lower(), "next": after.pk, "sort": 0} for label, after in leads]
        address = page(DecisionStep, "change", step.pk) if step else page(DecisionStep, "add")
        first = {"is_first": "on"} if step and step.is_first else {}
        return refusal(admin_client.post(address, STEP | first | rows("choices", new) | fields))

    return send


def test_a_path_never_comes_back_to_where_it_was(change_step, path):
    said = change_step(path["one"], ("Again", path["first"]))
    assert "“Again” leads back to this step: “Is it a thing?” → “Is it a thing?” → “Is it work?”" in said
    assert "Lead it elsewhere." in said
    assert "leads back to this step" in change_step(path["one"], ("Again", path["one"]))


def test_two_ways_may_meet(change_step, path):
    assert (
        change_step(
            path["work"],
            ("Perhaps", path["two"]),
        )
        == ""
    )
    assert change_step(None, ("Start", path["work"]), slug="new") == ""


def test_a_step_without_choices_is_an_end(change_step, path):
    assert change_step(path["one"]) == ""


def test_two_choices_of_a_step_do_not_share_an_address(change_step, path):
    said = change_step(path["one"], ("Yes", path["two"]), ("yes", path["two"]))
    assert "Two choices have the same slug." in said


def test_the_path_begins_at_one_step(change_step, path, admin_client):
    assert change_step(path["work"], is_first="on") == ""
    assert [step.slug for step in DecisionStep.objects.filter(is_first=True)] == ["work"]
    path["work"].refresh_from_db()
    path["work"].is_first = False
    assert "The path has to begin somewhere." in change_step(path["work"])


def test_the_first_step_ever_is_where_the_path_begins(change_step):
    assert "The path has to begin somewhere." in change_step(None)
    assert change_step(None, is_first="on") == ""


def test_a_step_that_others_lead_to_is_kept_in_plain_words(admin_client, path):
    said = "“Is it work?” leads to “Level I” by “Yes”. Let it lead elsewhere first."
    address = page(DecisionStep, "delete", path["one"].pk)
    assert said in admin_client.get(address).content.decode()
    assert said in admin_client.post(address, {"post": "yes"}).content.decode()
    chosen = {"action": "delete_selected", "_selected_action": [path["one"].pk], "post": "yes"}
    assert said in admin_client.post(page(DecisionStep), chosen).content.decode()
    assert DecisionStep.objects.count() == 4


def test_where_the_path_begins_is_kept(admin_client, path):
    said = "The path begins at “Is it a thing?”. Mark another step as the first one."
    address = page(DecisionStep, "delete", path["first"].pk)
    assert said in admin_client.post(address, {"post": "yes"}).content.decode()


def test_a_step_that_none_leads_to_is_deleted_with_its_choices(admin_client, path):
    spare = make_step("spare", leads={"yes": path["one"]})
    assert admin_client.post(page(DecisionStep, "delete", spare.pk), {"post": "yes"}).status_code == 302
    assert not DecisionStep.objects.filter(pk=spare.pk).exists()
