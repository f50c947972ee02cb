"""``manage.py fetch_release`` against a site on this machine."""

import pytest
from django.core.management import CommandError, call_command

from catalog.importers import hcpcs
from catalog.importers.addresses import LICENSE_WORDS
from catalog.models import AuditEntry, Release
from tests.cms_site import running, serve, zipped
from tests.edit_releases import allow_small_tables, write_ptp
from tests.ptp_files import zip_name
from tests.release_files import record, whole, write_text, write_zip

pytestmark = pytest.mark.django_db

HCPCS = "october-2025-alpha-numeric-hcpcs-file.zip"


@pytest.fixture(autouse=True)
def small_releases(monkeypatch):
    monkeypatch.setattr(hcpcs, "FEWEST", {"code": 1, "modifier": 1})
    allow_small_tables(monkeypatch)


@pytest.fixture
def cms(tmp_path):
    text = write_text(tmp_path / "HCPC2025_OCT_ANWEB.txt", whole(record("E0105")))
    october = write_zip(tmp_path / HCPCS, text)
    ptp = write_ptp(tmp_path / "ptp", "2024Q3", parts=4)
    with running() as site:
        for file in (october, *ptp.iterdir()):
            site.put(f"/files/zip/{file.name}", serve(file.read_bytes()))
        yield site


@pytest.fixture
def run(cms, capsys):
    def call(*arguments, **options):
        call_command("fetch_release", *arguments, **{"base_url": cms.url} | options)
        return capsys.readouterr().out.splitlines()

    return call


def steps():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "subject"))


def test_a_quarter_is_downloaded_and_loaded(cms, run):
    downloaded, loaded = run("hcpcs", "2025q4")
    assert downloaded.startswith(f"{cms.url}/files/zip/{HCPCS}: ")
    assert downloaded.endswith(" bytes.")
    assert loaded.startswith("HCPCS Level II, October 2025: loaded 18 codes, 5 modifiers in ")
    assert Release.objects.get().is_current


def test_what_came_from_where_is_in_the_audit_log(cms, run):
    run("hcpcs", "2025Q4")
    entry = AuditEntry.objects.get(action=AuditEntry.Action.FETCHED)
    assert (entry.by, entry.subject) == ("command line (mary)", "hcpcs 2025Q4")
    assert entry.detail == {"addresses": [f"{cms.url}/files/zip/{HCPCS}"]}


def test_a_ptp_table_needs_the_license_accepted(cms, run):
    with pytest.raises(CommandError) as refused:
        run("ptp", "2024Q3", "--setting", "practitioner")
    words, page, advice = str(refused.value).splitlines()
    assert words == LICENSE_WORDS
    assert page == "https://www.cms.gov/license/ama"
    assert advice == "--accept-ama-license accepts it. Nothing was asked for."
    assert cms.asked == []
    assert steps() == []


def test_a_ptp_table_comes_in_all_its_parts(run):
    *downloaded, loaded = run("ptp", "2024Q3", "--setting", "practitioner", "--accept-ama-license")
    assert [line.split(": ")[0].rpartition("/")[2] for line in downloaded] == [
        zip_name(part=part) for part in (1, 2, 3, 4)
    ]
    assert loaded.startswith("PTP edits, practitioner, July 2024: loaded 44 edits")
    assert steps()[:2] == [
        (AuditEntry.Action.LICENSE, "ptp practitioner 2024Q3"),
        (AuditEntry.Action.FETCHED, "ptp practitioner 2024Q3"),
    ]


def test_a_dry_run_downloads_and_keeps_nothing(run):
    assert "Dry run: nothing was kept." in run("hcpcs", "2025Q4", "--dry-run")[-1]
    assert not Release.objects.exists()


def test_a_release_can_be_loaded_without_making_it_current(run):
    run("hcpcs", "2025Q4", "--no-activate")
    assert Release.objects.get().state == Release.State.LOADED


def test_what_is_kept_is_not_downloaded_again(cms, run, tmp_path):
    run("hcpcs", "2025Q4", "--keep", str(tmp_path / "kept"))
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [HCPCS]
    cms.asked.clear()
    assert "already loaded" in run("hcpcs", "2025Q4", "--keep", str(tmp_path / "kept"))[-1]
    assert cms.asked == []


def test_no_such_quarter_is_refused_with_the_addresses_tried(run):
    with pytest.raises(CommandError, match=r"There is no such file at the addresses .*january-2031-alpha"):
        run("hcpcs", "2031Q1")
    assert steps() == [("refused", "hcpcs 2031Q1")]


def test_a_table_that_cms_does_not_publish_is_refused(run):
    with pytest.raises(CommandError, match="CMS publishes no such table for the setting dme_supplier"):
        run("ptp", "2024Q3", "--setting", "dme_supplier")


def test_what_is_no_quarter_is_refused(run):
    with pytest.raises(CommandError, match=r"“2025Q9” is not a quarter. Write it as in 2026Q4."):
        run("hcpcs", "2025q9")


def test_what_import_release_refuses_is_refused(cms, run):
    cms.put(f"/files/zip/{HCPCS}", serve(zipped("HCPC2025_OCT_ANWEB.txt", size=1000)))
    with pytest.raises(CommandError, match="HCPC2025_OCT_ANWEB"):
        run("hcpcs", "2025Q4")
    assert not Release.objects.exists()
