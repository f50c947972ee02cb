"""What editors are told about a practice item or a link that cannot be right, through the form that saves it."""

from datetime import date

import pytest
from django.contrib.admin import site

from catalog.models import ComparisonRow, DecisionStep, Misconception, PracticeItem, Release, Statement
from catalog.starter.load import load_codes, load_texts
from tests.builders import make_code, make_release, make_section
from tests.training import make_comparison, make_item, make_misconception, make_statement, make_step
from tests.training_forms import ITEM, MISCONCEPTION, STEP, as_sent, choices, page, refusal, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def add_item(admin_client):
    """Send the form that adds an item; the words of its refusal, empty when it was saved."""

    def send(*texts: str, **fields) -> str:
        sent = ITEM | choices(*(texts or ("*Level I", "Level II"))) | fields
        return refusal(admin_client.post(page(PracticeItem, "add"), sent))

    return send


@pytest.fixture
def release() -> Release:
    """October 2025, in which J1885 is in force, and G2012 ended with 2024."""
    release = make_release("2025Q4")
    make_code("J1885", release)
    make_code("G2012", release, termination_date=date(2024, 12, 31))
    make_code("Q9999", release, added_date=date(2199, 1, 1))
    return release


# --- The choices of an item ---


def test_an_item_is_added_with_its_choices(add_item):
    assert add_item("*Level I", "Level II") == ""
    question = PracticeItem.objects.get().question()
    assert [(option.text, option.is_right) for option in question.options] == [
        ("Level I", True),
        ("Level II", False),
    ]


def test_an_item_without_a_right_choice_is_refused(add_item):
    assert "No choice is marked as right. Mark the one that is." in add_item("Level I", "Level II")


def test_an_item_with_two_right_choices_is_refused(add_item):
    said = add_item("*Level I", "*Level II", "Level III")
    assert "“Level I” and “Level II” are all marked as right. Leave the mark on one." in said


@pytest.mark.parametrize("texts", [["*Level I"], ["*1", "2", "3", "4", "5", "6"]])
def test_an_item_has_two_to_five_choices(add_item, texts):
    assert "choices" in add_item(*texts)
    assert not PracticeItem.objects.exists()


def test_a_choice_that_is_deleted_does_not_count(admin_client):
    item = make_item("Level I", "Level II", "Level III")
    held = {f"choices-{at}-id": choice.pk for at, choice in enumerate(item.choices.all())}
    kept = {f"choices-{at}-text": choice.text for at, choice in enumerate(item.choices.all())}
    sent = (
        ITEM | rows("choices", [], held=3) | held | kept | {"choices-1-is_right": "on", "choices-0-DELETE": "on"}
    )
    assert refusal(admin_client.post(page(PracticeItem, "change", item.pk), sent)) == ""
    assert [choice.text for choice in item.choices.all()] == ["Level II", "Level III"]


def test_two_choices_alike_are_refused(add_item):
    assert "“Level II” is there 2 times." in add_item("*Level I", "Level II", "level  II")


def test_true_or_false_has_these_two_choices(add_item):
    assert "exactly two choices: “True” and “False”" in add_item("*True", "False", "Maybe", asks="true_false")
    assert "“Wrong” cannot be chosen" in add_item("*True", "Wrong", asks="true_false")
    assert add_item("*True", "False", asks="true_false") == ""


@pytest.mark.parametrize("asks", ["level", "category", "verdict"])
def test_an_item_with_a_vocabulary_takes_its_words_only(add_item, asks):
    said = add_item("*Level 1", "Level 2", asks=asks, code="99213")
    assert "“Level 1”, “Level 2” cannot be chosen" in said
    assert "Use these words: “" in said


# --- The key and what the code says ---


def test_a_level_that_the_code_does_not_have_is_refused_as_the_right_one(add_item):
    said = add_item("Level I, CPT", "*Level II", asks="level", code="0001u")
    assert "By its shape 0001U is “Level I, CPT”, not “Level II”. Mark “Level I, CPT” as right." in said
    assert add_item("*Level I, CPT", "Level II", asks="level", code="0001u") == ""
    assert PracticeItem.objects.get().code == "0001U"


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("99213", "Level I, CPT"),
        ("D0120", "Level II"),
        ("X1234", "Level III, local"),
        ("F1234", "Not a HCPCS form"),
    ],
)
def test_each_level_is_right_for_its_own_codes(add_item, code, level):
    levels = ["Level I, CPT", "Level II", "Level III, local", "Not a HCPCS form"]
    texts = [f"*{one}" if one == level else one for one in levels]
    assert add_item(*texts, asks="level", code=code) == ""


def test_a_category_that_the_code_does_not_have_is_refused_as_the_right_one(add_item):
    texts = ["CPT Category II", "CPT Category III"]
    said = add_item(f"*{texts[0]}", texts[1], asks="category", code="0042T")
    assert "By its shape 0042T is “CPT Category III”, not “CPT Category II”." in said
    assert add_item(texts[0], f"*{texts[1]}", asks="category", code="0042T") == ""


def test_what_has_no_shape_has_no_category(add_item):
    said = add_item("*CPT Category I", "HCPCS Level II", asks="category", code="F1234", invalid_codes="F1234")
    assert "F1234 does not have the shape of a code, so it has no category." in said


def test_what_is_asked_without_a_code_is_for_the_editor_to_know(add_item):
    assert add_item("*Level II", "Level I, CPT", asks="level", prompt="A pair of crutches?") == ""


def test_the_right_section_holds_the_code(add_item, release):
    drugs = make_section("drugs", ("J0120", "J8999"), title="Drugs given other than by mouth")
    make_section("ambulance", ("A0021", "A0999"), title="Ambulance", parent=None)
    right, wrong = drugs.title, "Ambulance"
    said = add_item(right, f"*{wrong}", asks="section", code="J1885")
    assert "“Ambulance” is no section that holds J1885. Choose one of “Drugs given other" in said
    assert add_item(f"*{right}", wrong, asks="section", code="J1885") == ""


def test_where_ranges_nest_the_narrowest_section_holds_the_code(add_item, release):
    make_section("medicine", ("90000", "99999"), title="Medicine")
    make_section("visits", ("98000", "98016"), title="Visits")
    assert "“Medicine” is no section that holds 98003." in add_item(
        "*Medicine", "Visits", asks="section", code="98003"
    )
    assert add_item("*Visits", "Medicine", asks="section", code="98003") == ""


def test_a_wrong_section_does_not_hold_the_code(add_item, release):
    everything = make_section("all-j", title="Everything in J")
    make_section("drugs", ("J0120", "J8999"), title="Drugs", parent=everything)
    said = add_item("*Drugs", "Everything in J", asks="section", code="J1885")
    assert "“Everything in J” would be right as well: J1885 lies there. Name another section." in said


# --- The codes an item names ---


@pytest.mark.parametrize("field", ["code", "claim", "prompt", "rationale"])
def test_a_code_that_is_not_on_file_is_refused_wherever_it_is_named(add_item, release, field):
    assert "J9999 is not on file (October 2025)." in add_item(**{field: "J9999"})
    assert add_item(**{field: "J1885"}) == ""


def test_a_code_in_the_link_of_an_item_is_checked_as_well(add_item, release):
    assert "J9999 is not on file (October 2025)." in add_item(link="/codes/J9999/", link_label="Read on")


def test_a_code_in_a_choice_is_checked_as_well(add_item, release):
    assert "J9999 is not on file (October 2025)." in add_item("*J1885", "J9999")
    assert add_item("*J1885", "J9999", invalid_codes="j9999") == ""


def test_an_ended_code_is_refused_with_its_last_day(add_item, release):
    assert "G2012 ended on Dec 31, 2024 (October 2025)." in add_item(code="G2012")
    assert "Q9999 starts on Jan 1, 2199 (October 2025)." in add_item(code="Q9999")


def test_a_code_may_be_invalid_on_purpose(add_item, release):
    assert add_item(code="G2012", prompt="Is J9999 one?", invalid_codes=" g2012, J9999 ") == ""
    assert PracticeItem.objects.get().invalid_codes == "G2012 J9999"


def test_a_code_in_force_is_not_invalid_on_purpose(add_item, release):
    said = add_item(code="J1885", invalid_codes="J1885")
    assert "J1885 is in force (October 2025). Take it off the invalid codes, or use another." in said


def test_what_no_list_holds_is_not_looked_for(add_item, release):
    assert add_item(prompt="D0120, W1234, X1234, 99213, 0001U, 0042T or the range J0120–J9999?") == ""


@pytest.mark.parametrize("fields", [{"origin": "starter"}, {"partial": True}])
def test_nothing_follows_from_what_is_missing_in_a_selection(admin_client, fields):
    release = make_release("2025Q4", **fields)
    make_code("G2012", release, termination_date=date(2024, 12, 31))
    sent = ITEM | choices("*J8888", "Level II") | {"code": "J9999"}
    answer = admin_client.post(page(PracticeItem, "add"), sent, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert PracticeItem.objects.exists()
    for code, line in zip(("J9999", "J8888"), said, strict=False):
        assert line.startswith(f"{code} could not be checked. It is not in HCPCS Level II,")
    ended = admin_client.post(page(PracticeItem, "add"), sent | {"code": "G2012"})
    assert "G2012 ended on Dec 31, 2024" in refusal(ended)


def test_without_a_release_an_item_is_saved_with_a_warning(admin_client):
    sent = ITEM | choices("*Level I", "Level II") | {"code": "J1885"}
    answer = admin_client.post(page(PracticeItem, "add"), sent, follow=True)
    assert "No HCPCS release is loaded: J1885 could not be checked." in answer.content.decode()


def test_a_code_without_the_shape_of_one_is_refused_unless_it_is_the_point(add_item):
    assert "“F1234” does not have the shape of a code." in add_item(code="f1234")
    assert add_item(code="f1234", invalid_codes="F1234") == ""
    levels = ["Level I, CPT", "*Not a HCPCS form"]
    assert add_item(*levels, asks="level", code="9921P", slug="no-form") == ""


# --- What an item goes by ---


def test_the_lines_of_a_claim_are_kept_as_the_scratchpad_writes_them(add_item):
    assert add_item(claim=" 97597 59 x2 \n\n11042\n99213x1") == ""
    assert PracticeItem.objects.get().question().claim == ("97597-59x2", "11042", "99213")


@pytest.mark.parametrize("line", ["office visit", "11042 97597", "97597x0", "45O85", "45385-22-51-59-76-LT"])
def test_what_is_no_line_of_a_claim_is_refused(add_item, line):
    assert f"“{line}” is no line of a claim. Write a code" in add_item(claim=f"11042\n{line}")


def test_facts_are_edited_as_labels_and_values(admin_client, add_item):
    assert add_item(given="Column one: 45385\n\n Note : at 10:30 ") == ""
    item = PracticeItem.objects.get()
    assert item.given == [["Column one", "45385"], ["Note", "at 10:30"]]
    form = admin_client.get(page(PracticeItem, "change", item.pk)).context["adminform"].form
    assert form["given"].value() == "Column one: 45385\nNote: at 10:30"


def test_a_fact_without_a_label_is_refused(add_item):
    assert "“45385” is no label with a value. Write it as “Column one: 45385”." in add_item(given="45385")
    assert "“: 45385” is no label with a value." in add_item(given=": 45385")


# --- Links ---


@pytest.mark.parametrize(
    ("model", "sent"), [(PracticeItem, ITEM | choices("*a", "b")), (Misconception, MISCONCEPTION)]
)
@pytest.mark.parametrize(
    ("link", "label", "message"),
    [
        ("https://example.org/", "x", "“https://example.org/” is no page of this site."),
        ("//example.org/codes/", "x", "“//example.org/codes/” is no page of this site."),
        ("//[", "x", "“//[” is no page of this site."),
        ("codes/J1885/", "x", "“codes/J1885/” is no page of this site."),
        ("/\t/evil.example/", "x", "“/\t/evil.example/” is no page of this site."),
        ("/\n/evil.example/", "x", "is no page of this site."),
        ("/\\evil.example/", "x", "“/\\evil.example/” is no page of this site."),
        ("/levels/\x7f", "x", "is no page of this site."),
        ("/nowhere/", "x", "This site has no page /nowhere/."),
        ("/sections/no-such/", "x", "This site has no section “no-such”."),
        ("/codes/J1885/", "", "Say what the link leads to"),
        ("", "J1885", "Give the page that “J1885” leads to, or remove these words."),
    ],
)
def test_a_link_leads_to_a_page_of_this_site_and_has_words(admin_client, model, sent, link, label, message):
    answer = admin_client.post(page(model, "add"), sent | {"link": link, "link_label": label})
    assert message in refusal(answer)
    assert not model.objects.exists()


@pytest.mark.parametrize(
    "link", ["/codes/J1885/", "/?q=ketorolac", "/sections/drugs/#J1885", "/scratchpad/?line=11042&line=97597-59x2"]
)
def test_a_link_may_carry_a_query(admin_client, link):
    make_section("drugs", title="Drugs")
    sent = MISCONCEPTION | {"link": link, "link_label": "See it"}
    assert refusal(admin_client.post(page(Misconception, "add"), sent)) == ""
    assert Misconception.objects.get().link == link


@pytest.mark.parametrize("field", ["claim", "why_wrong", "fact", "source"])
def test_a_misconception_is_told_whole(admin_client, field):
    answer = admin_client.post(page(Misconception, "add"), MISCONCEPTION | {field: "  "})
    assert "This field is required." in refusal(answer)


@pytest.mark.parametrize("model", [ComparisonRow, Statement])
def test_what_rests_on_nothing_is_refused(admin_client, model):
    texts = {"slug": "who", "question": "Who keeps it", "level_one": "The AMA", "level_two": "CMS"}
    texts |= {"topic": "keeper", "subject": "CPT", "text": "The AMA keeps it.", "mark": "V", "sort": 0}
    assert "This field is required." in refusal(admin_client.post(page(model, "add"), texts | {"source": ""}))
    assert refusal(admin_client.post(page(model, "add"), texts | {"source": "45 CFR 162.1002"})) == ""


COMPARISON = {"question": "Form", "level_one": "A digit", "level_two": "A letter", "source": "AMA", "mark": "V"}
STATEMENT = {"topic": "keeper", "subject": "CPT", "text": "The AMA keeps it.", "source": "AMA", "mark": "V"}


@pytest.mark.parametrize(
    ("make", "sent"),
    [
        (make_comparison, COMPARISON | {"sort": 0}),
        (make_statement, STATEMENT | {"sort": 0}),
        (make_misconception, MISCONCEPTION),
        (make_item, ITEM | choices("*a", "b")),
    ],
)
def test_a_slug_is_chosen_once(admin_client, make, sent):
    text = make(slug="once")
    model = type(text)
    assert refusal(admin_client.post(page(model, "change", text.pk), sent | {"slug": "twice"})) == ""
    text.refresh_from_db()
    assert text.slug == "once"


# --- The path ---


def test_whether_a_way_leads_back_is_found_out_once_for_each_step(admin_client):
    """Forty steps, each of which leads to all that follow: 2^39 ways, of which none leads back."""
    steps = []
    for at in range(40):
        steps.append(make_step(f"step-{at}", leads={f"to-{to}": step for to, step in enumerate(steps)}))
    leads = rows("choices", [{"label": "On", "slug": "on", "next": steps[-1].pk, "sort": 0}])
    sent = STEP | leads | {"is_first": "on"}
    start = make_step("start")
    assert refusal(admin_client.post(page(DecisionStep, "change", start.pk), sent)) == ""
    back = rows("choices", [{"label": "Back", "slug": "back", "next": start.pk, "sort": 0}])
    said = refusal(admin_client.post(page(DecisionStep, "change", steps[0].pk), STEP | back))
    assert "“Back” leads back to this step" in said


# --- The starter set ---


@pytest.mark.parametrize("model", [DecisionStep, Misconception, PracticeItem])
def test_every_starter_text_can_be_saved_as_it_is(rf, admin_user, model):
    load_texts()
    load_codes()
    request = rf.get("/")
    request.user = admin_user
    desk = site.get_model_admin(model)
    refused = {}
    for text in model.objects.all():
        kinds = [
            desk.get_form(request, text),
            *(kind for kind, _ in desk.get_formsets_with_inlines(request, text)),
        ]
        sent = as_sent(*(kind(instance=text) for kind in kinds))
        forms = [kind(sent, instance=text) for kind in kinds]
        refused[text.slug] = [form.errors for form in forms if not form.is_valid()]
    assert refused
    assert {slug: said for slug, said in refused.items() if said} == {}
