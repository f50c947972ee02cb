"""Bringing a release from the browser: who may, what is taken, what is turned away."""

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as site
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalog import audit_words, running, runs
from catalog.models import AuditEntry, ImportRun
from catalog.uploads import FIELDS_AROUND
from tests import ptp_files
from tests.catalog.views.page import main, text, words
from tests.desk import browser_of, data_manager, editor, make_run, make_user, named, upload
from tests.edit_releases import ptp_parts
from tests.release_files import NOISE, whole, write_text, write_zip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inbox")]

ADDRESSES = ["imports", "upload", "fetch", "usual_addresses"]
OF_ONE_RUN = ["import", "cancel_import", "import_again"]
# The worker writes down how far it is on a connection of its own, which sees only what is committed.
with_worker = pytest.mark.django_db(transaction=True)


def kept(inbox: Path) -> list[str]:
    return sorted(path.relative_to(inbox).as_posix() for path in inbox.rglob("*")) if inbox.exists() else []


def complaints(response) -> str:
    return text(main(response).select_one("#upload .errorlist"))


def refusals() -> list[tuple[str, str]]:
    """What the audit log says was turned away: who brought it, and why."""
    steps = AuditEntry.objects.filter(action="refused").order_by("pk")
    return [(step.by, step.detail["reason"]) for step in steps]


# --- Who may ---


@pytest.mark.parametrize("name", ADDRESSES)
def test_only_data_managers_get_in(name, client):
    address = reverse(f"admin:{name}")
    assert client.get(address).url.startswith(reverse("admin:login"))
    assert editor().get(address).status_code == 403
    assert editor("eve").post(address).status_code == 403
    assert data_manager().get(address, follow=True).status_code == 200


@pytest.mark.parametrize("name", OF_ONE_RUN)
def test_only_data_managers_get_to_an_import(name, client):
    address = reverse(f"admin:{name}", args=[make_run().pk])
    assert client.post(address).url.startswith(reverse("admin:login"))
    assert editor().get(address).status_code == 403
    assert editor("eve").post(address).status_code == 403


def test_nothing_is_read_of_what_those_send_who_may_not(client, inbox):
    class Unread(io.BytesIO):
        def read(self, *size: int) -> bytes:
            raise AssertionError("the body was read")

    def send(who: Client, length: int) -> int:
        return who.generic(
            "POST",
            reverse("admin:upload"),
            content_type="multipart/form-data; boundary=x",
            **{"wsgi.input": Unread(b"--x"), "CONTENT_LENGTH": str(length)},
        ).status_code

    assert send(client, 1_000) == 302
    assert send(editor(), 1_000) == 403
    assert send(data_manager(), site.LARGEST_UPLOAD + FIELDS_AROUND + 1) == 413
    assert send(data_manager("dan"), 2_000_000_000) == 413
    assert kept(inbox) == []
    assert [by for by, reason in refusals() if "the most that is taken" in reason] == ["dana", "dan"]


def test_an_upload_needs_the_token_of_its_form(october, inbox):
    manager = data_manager(enforce_csrf_checks=True)
    assert upload(manager, october).status_code == 403
    assert (ImportRun.objects.count(), kept(inbox)) == (0, [])
    token = BeautifulSoup(manager.get(reverse("admin:imports")).content, "html.parser").select_one(
        "#upload [name=csrfmiddlewaretoken]"
    )["value"]
    assert upload(manager, october, csrfmiddlewaretoken=token).status_code == 302


# --- Uploading ---


def test_files_are_kept_hashed_and_handed_to_the_worker(manager, october, inbox):
    response = upload(manager, october)
    run = ImportRun.objects.get()
    assert response.url == run.get_absolute_url()
    assert (run.state, run.origin, run.asked_by.username) == ("waiting", "upload", "dana")
    sha256 = hashlib.sha256(october.read_bytes()).hexdigest()
    assert list(run.files.values_list("name", "size", "sha256")) == [
        (october.name, october.stat().st_size, sha256)
    ]
    assert kept(inbox) == [str(run.pk), f"{run.pk}/{october.name}"]
    assert [task.args_kwargs["args"] for task in DBTaskResult.objects.ready()] == [[run.pk]]
    step = AuditEntry.objects.get()
    assert (step.action, step.by, step.subject, step.run_number) == ("uploaded", "dana", october.name, run.pk)
    assert step.detail["files"][0]["sha256"] == sha256


@with_worker
def test_what_files_are_can_be_said_by_hand(manager, tmp_path):
    plain = write_text(tmp_path / "codes.txt", whole())
    upload(manager, plain, kind="hcpcs/", quarter="2025Q4")
    run = ImportRun.objects.get()
    assert (run.dataset, run.setting, run.quarter) == ("hcpcs", "", "2025Q4")
    running.carry_out(run.pk)
    assert run.releases.get().quarter == "2025Q4"


def test_an_old_folder_of_the_same_number_gives_way(manager, october, inbox):
    number = make_run().pk + 1
    (inbox / str(number)).mkdir(parents=True)
    (inbox / str(number) / "old.zip").write_bytes(b"PK")
    ImportRun.objects.all().delete()
    upload(manager, october)
    run = ImportRun.objects.get()
    assert [path.name for path in runs.inbox_of(run).iterdir()] == [october.name]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("october.zip", b"<!doctype html><title>License</title>", "is a web page, not a release file"),
        ("october.zip", b"PK\x03\x04" + NOISE[:2_000], "its end is missing"),
        ("photo.png", b"\x89PNG", "is no release file"),
        ("HCPC2025_OCT_ANWEB.txt", b"PK\x03\x04", "is not text by its content"),
        ("HCPC2025_OCT_ANWEB.txt", b"", "is empty"),
    ],
)
def test_what_is_no_release_file_is_named_and_nothing_is_kept(manager, october, inbox, name, content, said):
    response = manager.post(
        reverse("admin:upload"),
        {"files": [named(october.name, october.read_bytes()), named(name, content)], "end": "True"},
    )
    assert response.status_code == 200
    assert said in complaints(response)
    assert "Nothing was kept." in complaints(response)
    assert f"so {october.name} was not kept either" in complaints(response) or name == october.name
    assert (ImportRun.objects.count(), kept(inbox)) == (0, [])
    step = AuditEntry.objects.get()
    assert (step.action, step.by, step.subject) == ("refused", "dana", f"{october.name}, {name}")
    assert said in step.detail["reason"]


def test_a_broken_part_of_several_is_to_be_sent_again_with_the_others(manager, tmp_path):
    parts = ptp_files.write_release(tmp_path, ptp_parts("2024Q3"))
    parts[1].write_bytes(parts[1].read_bytes()[:-30])
    said = complaints(upload(manager, *parts))
    assert f"{parts[1].name} is only part of a file: its end is missing. Download it again." in said
    assert (
        f"Nothing was kept. Files are taken all together or not at all, so {parts[0].name} was not kept either. "
        "Put right what is wrong, and send all of them together again. Leave out only what is no release file."
    ) in said


def test_zips_inside_zips_are_turned_away_with_what_a_browser_can_do(manager, october):
    inner = write_zip(october.parent / "inner.zip", october)
    outer = write_zip(october.parent / "outer.zip", inner)
    said = complaints(upload(manager, outer))
    assert said == (
        f"outer.zip: inner.zip: {october.name} lies in a zip inside a zip inside a zip. Unpack it and give the "
        "files that are in it. Nothing was kept."
    )


def test_a_zip_bomb_is_turned_away_at_the_door(manager, inbox):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("HCPC2025_OCT_ANWEB.txt", b"0" * 50_000_000)
    response = manager.post(
        reverse("admin:upload"), {"files": [named("october.zip", held.getvalue())], "end": "True"}
    )
    assert "packed too tightly to be a release file" in complaints(response)
    assert kept(inbox) == []


def test_a_zip_with_a_damaged_name_is_turned_away_and_put_on_record(manager, october, inbox):
    content = bytearray(october.read_bytes())
    content[content.rindex(b"HCPC2025")] = 0  # the name ends where it begins
    response = manager.post(
        reverse("admin:upload"), {"files": [named(october.name, bytes(content))], "end": "True"}
    )
    said = f"{october.name} is damaged (a file in it has no name). Download it again."
    assert said in complaints(response)
    assert refusals() == [("dana", said)]
    assert kept(inbox) == []


def test_an_upload_that_lies_about_its_size_is_cut_off(manager, october, inbox, settings):
    settings.LARGEST_UPLOAD = 500
    assert october.stat().st_size > 500
    response = upload(manager, october)
    assert "the most that is taken" in complaints(response)
    assert (ImportRun.objects.count(), kept(inbox)) == (0, [])


@pytest.mark.parametrize(("name", "advice"), [("a.xls", "save it as XLSX"), ("a.xlsm", "give the zip as CMS")])
def test_workbooks_of_other_kinds_are_turned_away_with_advice(manager, name, advice):
    response = manager.post(reverse("admin:upload"), {"files": [named(name, b"\xd0\xcf")], "end": "True"})
    assert f"{name} is no release file" in complaints(response)
    assert advice in complaints(response)


def test_an_upload_that_does_not_say_how_large_it_is_is_turned_away_in_a_sentence(inbox):
    manager = data_manager(enforce_csrf_checks=True)
    kind = {"content_type": "multipart/form-data; boundary=x", "CONTENT_LENGTH": ""}
    response = manager.generic("POST", reverse("admin:upload"), b"--x--", **kind)
    assert response.status_code == 411
    assert "did not say how large it is" in complaints(response)
    assert kept(inbox) == []
    ((by, reason),) = refusals()
    assert by == "dana"
    assert "did not say how large it is" in reason
    assert audit_words.sentence(AuditEntry.objects.get()) == "dana brought an upload, which was refused."


def test_too_many_files_are_turned_away(manager, october, inbox, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
    assert "more than 1 files" in complaints(upload(manager, october, october))
    assert (ImportRun.objects.count(), kept(inbox)) == (0, [])
    assert AuditEntry.objects.get().subject == october.name
    assert "more than 1 files" in refusals()[0][1]


def test_an_upload_that_there_is_no_room_for_is_in_the_audit_log(manager, october, settings):
    settings.LARGEST_INBOX = 0
    assert "The inbox has no room" in complaints(upload(manager, october))
    assert "The inbox has no room" in refusals()[0][1]


def test_an_upload_that_broke_off_is_not_taken_for_a_whole_one(manager, october, inbox):
    response = manager.post(reverse("admin:upload"), {"files": [named(october.name, october.read_bytes())]})
    assert "broke off before its end" in words(response)
    assert (ImportRun.objects.count(), kept(inbox)) == (0, [])
    assert AuditEntry.objects.get().subject == october.name
    assert "broke off before its end" in refusals()[0][1]


def test_a_form_sent_without_files_is_no_refusal_of_any(manager):
    assert manager.post(reverse("admin:upload"), {"end": "True"}).status_code == 200
    assert not AuditEntry.objects.exists()


def test_a_name_cannot_leave_the_folder(manager, october, inbox):
    # The client of the tests would name the file without its folders.
    line, says = "--no-file-has-this", "Content-Disposition: form-data; name="
    head = f'{line}\r\n{says}"files"; filename="..\\..\\%2e%2e/../evil.zip"\r\n\r\n'
    end = f'\r\n{line}\r\n{says}"end"\r\n\r\nTrue\r\n{line}--\r\n'
    body = head.encode() + october.read_bytes() + end.encode()
    manager.generic(
        "POST", reverse("admin:upload"), body, content_type=f"multipart/form-data; boundary={line[2:]}"
    )
    run = ImportRun.objects.get()
    assert kept(inbox) == [str(run.pk), f"{run.pk}/evil.zip"]


def test_long_names_fit_into_the_audit_log(manager):
    files = [named(f"{letter * 200}.txt", b"A line\n") for letter in "abc"]
    assert manager.post(reverse("admin:upload"), {"files": files, "end": "True"}).status_code == 302
    assert len(AuditEntry.objects.get(action="uploaded").subject) == 255


# --- Fetching ---


def fetch(client: Client, **fields: str):
    return client.post(reverse("admin:fetch"), {"kind": "hcpcs/", "quarter": this_quarter()} | fields)


def test_what_another_database_has_left_under_the_number_of_an_import_is_not_taken_for_its_files(manager, inbox):
    number = ImportRun.objects.create(origin="fetch").pk + 1
    (inbox / str(number)).mkdir(parents=True)
    (inbox / str(number) / "old.zip").write_bytes(b"old")
    fetch(manager)
    assert ImportRun.objects.filter(pk=number).exists()
    assert kept(inbox) == []


def this_quarter() -> str:
    day = timezone.localdate()
    return f"{day.year}Q{(day.month + 2) // 3}"


def test_every_field_of_both_forms_has_a_label_of_its_own(manager):
    shown = main(manager.get(reverse("admin:imports")))
    ids = [one["id"] for one in shown.select("[id]")]
    assert sorted(ids) == sorted(set(ids))
    for field in shown.select("#fetch select, #upload select, #upload input[type=file]"):
        assert field.find_parent("form").select_one(f"label[for={field['id']}]"), field["id"]


def test_a_quarter_is_asked_for_and_left_to_the_worker(manager):
    response = fetch(manager)
    run = ImportRun.objects.get()
    assert response.url == run.get_absolute_url()
    assert (run.origin, run.dataset, run.setting, run.quarter) == ("fetch", "hcpcs", "", this_quarter())
    assert run.license_accepted_at is None
    assert DBTaskResult.objects.ready().count() == 1
    step = AuditEntry.objects.get()
    assert (step.action, step.by, step.run_number) == ("asked", "dana", run.pk)
    assert step.subject.startswith("HCPCS Level II")


def test_ptp_files_are_not_asked_for_before_the_license_is_accepted(manager):
    response = fetch(manager, kind="ptp/practitioner")
    assert "only to those who accept the AMA’s license" in words(response)
    assert (ImportRun.objects.count(), DBTaskResult.objects.count()) == (0, 0)
    fetch(manager, kind="ptp/practitioner", is_license_accepted="on")
    run, step = ImportRun.objects.get(), AuditEntry.objects.get(action="license")
    assert run.license_accepted_at
    assert (step.action, step.by, step.run_number) == ("license", "dana", run.pk)
    assert "cms.gov/license/ama" in step.subject


def test_the_addresses_that_are_asked_are_shown_first(manager):
    shown = manager.get(reverse("admin:usual_addresses"), {"kind": "mue/dme_supplier", "quarter": this_quarter()})
    assert "dme-supplier-services-mue-table.zip" in shown.content.decode()
    nothing = manager.get(reverse("admin:usual_addresses"), {"kind": "nonsense"})
    assert text(main(nothing)) == ""


# --- Deciding only ---


def test_somebody_who_may_only_activate_sees_the_list_and_no_forms():
    from django.contrib.auth.models import Permission

    user = make_user("second")
    user.user_permissions.add(Permission.objects.get(codename="activate_release"))
    shown = main(browser_of(user).get(reverse("admin:imports")))
    assert not shown.select("form")
