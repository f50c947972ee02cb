"""Who is turned away at the desk is told what the account may not do, who may, and finds the menu to go on."""

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse

from catalog.models import AuditEntry, Synonym
from tests.builders import make_mue
from tests.catalog.views.page import links, main, text, words
from tests.desk import data_manager, editor, make_run

pytestmark = pytest.mark.django_db


def refusal(response: HttpResponse) -> str:
    assert response.status_code == 403
    assert reverse("admin:index") in links(response)
    assert 'class="nav-main"' in response.content.decode()
    return text(main(response).select_one("[role=alert]"))


def test_an_editor_at_the_imports_is_told_who_may_load_releases():
    said = refusal(editor().get(reverse("admin:imports")))
    assert said.startswith("The account ed may not load or activate releases. Data managers and superusers may.")


def test_an_editor_who_asks_for_a_cancel_is_told_the_same():
    said = refusal(editor().post(reverse("admin:cancel_import", args=[make_run().pk])))
    assert said.startswith("The account ed may not load releases. Data managers and superusers may.")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("catalog_synonym_changelist", "The account dana may not see synonyms. Editors and superusers may."),
        ("catalog_synonym_add", "The account dana may not add synonyms. Editors and superusers may."),
        ("auth_user_changelist", "The account dana may not see users. Superusers may."),
        ("catalog_mue_add", "The account dana may not add MUEs. Nobody may: these are there to be read."),
    ],
)
def test_a_data_manager_is_told_whose_page_it_is(address, said):
    assert refusal(data_manager().get(reverse(f"admin:{address}"))).startswith(said)


def test_changing_a_text_is_told_from_reading_it():
    synonym = Synonym.objects.create(term="sugar", means="glucose")
    address = reverse("admin:catalog_synonym_change", args=[synonym.pk])
    manager = data_manager()
    assert "may not see synonyms" in refusal(manager.get(address))
    assert "may not change synonyms" in refusal(manager.post(address, {"term": "salt"}))


def test_not_even_a_superuser_changes_the_audit_log_or_a_table(admin_client):
    step = AuditEntry.objects.record("loaded", by="mary")
    for name, row in (("auditentry", step), ("mue", make_mue("11042"))):
        address = reverse(f"admin:catalog_{name}_change", args=[row.pk])
        assert "Nobody may: these are there to be read." in refusal(admin_client.post(address, {}))


def test_an_address_of_the_desk_that_leads_nowhere_is_not_taken_for_a_code(admin_client):
    for address in ("/admin/imports/99213/", "/admin/imports/roll-back/20/", "/admin/no/where/"):
        response = admin_client.get(address)
        assert response.status_code == 404
        assert words(response).startswith("Nothing is at this address")
        assert "code" not in words(response)
        assert reverse("admin:index") in links(response)


def test_a_code_that_is_none_is_taken_apart_for_people_at_the_desk_as_for_readers(admin_client):
    assert "HCPCS codes have five characters" in words(admin_client.get("/codes/J18855/"))


def test_who_is_not_logged_in_learns_nothing_of_what_is_at_the_desk(client):
    assert client.get("/admin/no/where/").url.startswith(reverse("admin:login"))


def test_a_reader_with_an_account_is_not_asked_to_log_in_again(rf):
    from django.core.exceptions import PermissionDenied

    from catalog.admin.errors import not_allowed

    request = rf.get("/")
    request.user = User(username="ann")
    said = not_allowed(request, PermissionDenied()).content.decode()
    assert "You are logged in as ann" in said
    assert reverse("admin:login") not in said


def test_an_editor_at_the_audit_log_is_told_of_the_one_there_is():
    said = refusal(editor().get(reverse("admin:catalog_auditentry_changelist")))
    assert said.startswith("The account ed may not see the audit log.")
