import pytest
from django.urls import reverse

from catalog.admin.releases import ReadOnly
from catalog.models import (
    AddOnEdit,
    Change,
    CodeNote,
    GoldenPair,
    HcpcsCode,
    Level,
    Modifier,
    Mue,
    ProcessingNote,
    PtpEdit,
    Release,
    Section,
    Synonym,
)
from tests.builders import (
    make_addon,
    make_code,
    make_level,
    make_modifier,
    make_mue,
    make_ptp,
    make_release,
    make_section,
)

pytestmark = pytest.mark.django_db

OWNED_BY_EDITORS = (Level, Section, Synonym, CodeNote, GoldenPair)
EDITS = (PtpEdit, Mue, AddOnEdit)
OWNED_BY_PUBLISHERS = (Release, HcpcsCode, Modifier, ProcessingNote, Change, *EDITS)


def page(model, name="changelist", *args) -> str:
    return reverse(f"admin:catalog_{model._meta.model_name}_{name}", args=args)


def section_form(section: Section | None = None, *ranges: tuple[str, str], **fields) -> dict:
    """What the browser sends for a section whose ranges are exactly these."""
    held = list(section.ranges.all()) if section else []
    new = [range_ for range_ in ranges if range_ not in {(row.low, row.high) for row in held}]
    rows = {"ranges-TOTAL_FORMS": len(held) + len(new), "ranges-INITIAL_FORMS": len(held)}
    for at, row in enumerate(held):
        rows |= {f"ranges-{at}-id": row.pk, f"ranges-{at}-section": section.pk}
        rows |= {f"ranges-{at}-low": row.low, f"ranges-{at}-high": row.high}
        if (row.low, row.high) not in ranges:
            rows[f"ranges-{at}-DELETE"] = "on"
    for at, (low, high) in enumerate(new, len(held)):
        rows |= {f"ranges-{at}-low": low, f"ranges-{at}-high": high}
    return {
        "title": "Drugs",
        "short_title": "Drugs",
        "slug": "drugs",
        "level": 2,
        "parent": "",
        "kind": "level_ii",
        "maintainer": "CMS",
        "mark": "G",
        "sort": 0,
    } | (rows | fields)


@pytest.fixture
def add(admin_client):
    """Send the form that adds a section; the messages of its refusal, empty when it was saved."""

    def send(*ranges: tuple[str, str], **fields) -> str:
        make_level(2)
        return answer(admin_client.post(page(Section, "add"), section_form(None, *ranges, **fields)))

    return send


@pytest.fixture
def change(admin_client):
    def send(section: Section, *ranges: tuple[str, str], **fields) -> str:
        fields = {"slug": section.slug, "title": section.title, "parent": section.parent_id or ""} | fields
        address = page(Section, "change", section.pk)
        return answer(admin_client.post(address, section_form(section, *ranges, **fields)))

    return send


def answer(response) -> str:
    if response.status_code == 302:
        return ""
    context = response.context
    messages = list(context["adminform"].form.errors.values())
    for formset in context["inline_admin_formsets"]:
        messages += [formset.formset.non_form_errors(), *(form.errors for form in formset.formset.forms)]
    return " ".join(str(message) for message in messages if message)


def test_a_section_is_added_with_its_ranges(add):
    assert add(("J0000", "J3591"), ("J7000", "J7799")) == ""
    assert [str(range_) for range_ in Section.objects.get(slug="drugs").ranges.all()] == [
        "J0000–J3591",
        "J7000–J7799",
    ]


def test_a_reversed_range_is_refused(add):
    assert "The range is reversed: J3591 comes after J0000." in add(("J3591", "J0000"))


def test_a_range_over_two_number_lines_is_refused(add):
    assert "J0000 and K9999 are on different number lines." in add(("J0000", "K9999"))


def test_an_end_without_the_shape_of_a_code_is_refused(add):
    assert "“J12” does not have the shape of a code." in add(("J12", "J3591"))


def test_a_range_that_another_section_has_is_refused_by_its_name(add):
    make_section("injections", ("J0000", "J3591"), title="Injections")
    assert "J0000–J3591 is already the range of “Injections”." in add(("J0000", "J3591"))


def test_a_range_that_crosses_another_sections_is_refused_by_its_name(add):
    make_section("injections", ("J0000", "J3591"), title="Injections")
    assert "J3000–J4000 crosses J0000–J3591 of “Injections”" in add(("J3000", "J4000"))


def test_a_range_inside_or_around_another_sections_is_kept(add):
    make_section("injections", ("J1000", "J1999"))
    assert add(("J1500", "J1599")) == ""
    assert add(("J0000", "J9999"), slug="all-j") == ""


def test_ranges_of_one_section_that_overlap_are_refused(add):
    assert "J0000–J3591 and J3000–J4000 overlap" in add(("J0000", "J3591"), ("J3000", "J4000"))


def test_a_range_outside_the_parents_is_refused(add):
    parent = make_section("all-j", ("J0000", "J9999"), title="All J codes")
    assert "K0001–K0010 lies outside “All J codes” (J0000–J9999)." in add(("K0001", "K0010"), parent=parent.pk)


def test_a_parent_may_not_shrink_away_from_the_sections_below_it(change):
    parent = make_section("all-j", ("J0000", "J9999"))
    make_section("chemotherapy", ("J8501", "J9999"), parent=parent, title="Chemotherapy")
    assert "J8501–J9999 of “Chemotherapy”, a section below this one" in change(parent, ("J0000", "J9000"))
    assert change(parent, ("J0000", "J9999")) == ""


def test_a_section_cannot_lie_below_itself(change):
    top = make_section("top", title="Top")
    middle = make_section("middle", parent=top, title="Middle")
    bottom = make_section("bottom", parent=middle, title="Bottom")
    assert "A section cannot lie below itself: Top → Middle → Bottom." in change(top, parent=bottom.pk)


def test_a_section_cannot_lie_below_one_of_another_level(add):
    parent = make_section("surgery", level=make_level(1, name="Level I"), title="Surgery")
    assert "“Surgery” belongs to Level I, not Level II." in add(parent=parent.pk)


def test_a_range_of_another_level_is_refused(add):
    refusal = add(("99213", "99215"))
    assert "99213–99215 belongs to Level I, but the section to Level II." in refusal
    assert add(("W0000", "W9999")).count("belongs to Level III") == 1


@pytest.mark.parametrize(("kind", "level"), [("cpt_i", "Level I"), ("local", "Level III")])
def test_a_kind_of_another_level_is_refused(add, kind, level):
    refusal = add(("J0000", "J3591"), kind=kind)
    assert f"is a kind of {level}, not Level II." in refusal


def test_a_kind_of_the_same_level_is_kept(add):
    assert add(("D0000", "D9999"), kind="dental") == ""


def test_a_synonym_means_words_or_a_code_and_not_both(admin_client):
    def send(**fields) -> str:
        response = admin_client.post(page(Synonym, "add"), {"means": "", "code": "", "note": ""} | fields)
        return "" if response.status_code == 302 else response.content.decode()

    assert send(term="  Blood Sugar ", means="glucose") == ""
    assert Synonym.objects.get().term == "blood sugar"
    assert "Give either the words it means or the code it names" in send(term="toradol", means="x", code="J1885")
    assert "does not have the shape of a code" in send(term="toradol", code="J18")


def test_the_sources_of_a_level_are_edited_one_to_a_line(admin_client):
    level = make_level(2, sources=["CMS", "45 CFR 162.1002"])
    address = page(Level, "change", level.pk)
    form = admin_client.get(address).context["adminform"].form
    assert form["sources"].value() == "CMS\n45 CFR 162.1002"
    values = {name: form[name].value() or "" for name in form.fields}
    response = admin_client.post(address, values | {"sources": " CMS \n\nAMA\n", "description": "Text"})
    assert response.status_code == 302
    level.refresh_from_db()
    assert level.sources == ["CMS", "AMA"]


@pytest.mark.parametrize("model", OWNED_BY_PUBLISHERS)
def test_what_publishers_own_can_only_be_read(admin_client, model):
    release = make_release(counts={"codes": 1})
    make_code(release=release)
    make_modifier(release=release)
    ProcessingNote.objects.create(release=release, number="0001", text="Note")
    Change.objects.create(release=release, against=release, kind="added", record="code", code="J1885")
    make_ptp("11042", "97597")
    make_mue("11042")
    make_addon("97598", "97597")
    row = model.objects.first()
    shown, refused = (404, 404) if model is PtpEdit else (200, 403)  # a PTP edit has no page of its own
    assert admin_client.get(page(model)).status_code == 200
    assert admin_client.get(page(model, "change", row.pk)).status_code == shown
    assert admin_client.get(page(model, "add")).status_code == 403
    assert admin_client.post(page(model, "change", row.pk), {"code": "J9999"}).status_code == refused
    assert admin_client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == refused
    assert model.objects.filter(pk=row.pk).exists()


def test_every_model_of_the_catalog_is_in_the_admin():
    from django.contrib import admin

    registered = {model: admin.site.get_model_admin(model) for model in (*OWNED_BY_EDITORS, *OWNED_BY_PUBLISHERS)}
    assert {model for model, desk in registered.items() if isinstance(desk, ReadOnly)} == set(OWNED_BY_PUBLISHERS)


@pytest.mark.parametrize("model", [HcpcsCode, Modifier, Change])
def test_rows_of_the_current_release_come_first_and_others_on_request(admin_client, model):
    old, new = make_release("2025Q3", current=False), make_release("2025Q4")
    for release, code in ((old, "A1"), (new, "B1")):
        make_code(f"{code}000", release)
        make_modifier(code, release)
        Change.objects.create(release=release, against=old, kind="added", record="code", code=f"{code}000")

    def codes(**query) -> list[str]:
        return [row.code[:2] for row in admin_client.get(page(model), query).context["cl"].result_list]

    assert codes() == ["B1"]
    assert codes(release=old.pk) == ["A1"]
    assert codes(release="all") == ["A1", "B1"]
    assert codes(release="nonsense") == ["B1"]


@pytest.mark.parametrize("model", [*OWNED_BY_EDITORS, *OWNED_BY_PUBLISHERS])
def test_lists_ask_the_same_number_of_questions_however_many_rows(
    admin_client, model, django_assert_max_num_queries
):
    for quarter in ("2025Q2", "2025Q3", "2025Q4"):
        release = make_release(quarter, current=quarter == "2025Q4", counts={"codes": 3})
        for at in range(3):
            make_code(f"J000{at}", release)
            make_modifier(f"A{at}", release)
            ProcessingNote.objects.create(release=release, number=str(at), text="Note")
            Change.objects.create(release=release, against=release, kind="added", record="code", code=f"J{at}")
    parent = make_section("all-j", ("J0000", "J9999"), level=make_level(2))
    for at in range(5):
        make_section(f"part-{at}", (f"J{at}000", f"J{at}500"), parent=parent)
        Synonym.objects.create(term=f"term {at}", means="x")
        CodeNote.objects.create(code="J1885", text="Note")
    # Session and user, two counts at most, the rows, and at most three for filters and what rows show.
    with django_assert_max_num_queries(8):
        assert admin_client.get(page(model), {"q": "j"}).status_code == 200


def test_a_search_that_matches_no_code_does_not_fail(admin_client):
    make_code()
    assert admin_client.get(page(HcpcsCode), {"q": "“odd” 'query' %_"}).status_code == 200


def test_repeated_wrong_passwords_lock_the_login(client, admin_user):
    def log_in(password: str):
        form = {"username": admin_user.username, "password": password}
        return client.post(reverse("admin:login"), form, REMOTE_ADDR="192.0.2.1")

    assert [log_in("wrong").status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    response = log_in("password")
    assert response.status_code == 429
    assert "This login is locked for now" in response.content.decode()


def test_a_lock_holds_for_one_address_only(client, admin_user):
    form = {"username": admin_user.username, "password": "wrong"}
    for _ in range(6):
        client.post(reverse("admin:login"), form, REMOTE_ADDR="192.0.2.1")
    response = client.post(reverse("admin:login"), form | {"password": "password"}, REMOTE_ADDR="192.0.2.2")
    assert response.status_code == 302


def test_a_release_that_looks_incomplete_is_marked_and_can_be_listed_alone(admin_client):
    whole, partial = make_release("2025Q3"), make_release("2025Q4", current=False, partial=True)
    answer = admin_client.get(page(Release), {"partial__exact": "1"})
    assert list(answer.context["cl"].queryset) == [partial]
    assert 'class="field-partial">Yes</td>' in answer.content.decode()
    assert "field-partial" in admin_client.get(page(Release, "change", whole.pk)).content.decode()
