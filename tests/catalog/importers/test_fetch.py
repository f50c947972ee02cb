"""Fetching a quarter: which addresses are asked, in which order, and what is taken from them."""

import pytest

from catalog.importers import addresses
from catalog.importers.download import Patience
from catalog.importers.fetch import fetch
from catalog.importers.files import Cancelled, Refused
from tests.cms_site import cut_off, page, redirect, running, serve, status, zipped
from tests.ptp_files import part_name, zip_name

HCPCS = "october-2025-alpha-numeric-hcpcs-file.zip"
PLURAL = "october-2025-alpha-numeric-hcpcs-files.zip"
OCTOBER = zipped("HCPC2025_OCT_ANWEB.txt", "HCPC2025_recordlayout.txt", size=1000)


@pytest.fixture
def cms():
    with running() as site:
        yield site


@pytest.fixture
def bring(cms, tmp_path):
    """Fetches the HCPCS file of October 2025, or another one, without waiting between attempts."""

    def fetch_(dataset="hcpcs", quarter="2025Q4", setting="", **options):
        patience = Patience(attempts=2, pause=lambda seconds: None)
        return fetch(
            *(dataset, quarter, setting, tmp_path / "inbox"),
            **{"base_url": cms.url, "patience": patience} | options,
        )

    return fetch_


def put(cms, name, *answers):
    cms.put(f"/files/zip/{name}", *answers)


def put_ptp(cms, *, parts=4, revision=0, quarter="2024Q3"):
    for part in range(1, parts + 1):
        content = zipped(f"{part_name('practitioner', quarter, part, revision)}.TXT", size=1000 * part)
        put(cms, zip_name("practitioner", quarter, part, revision), serve(content))


def test_the_file_at_the_usual_address_is_brought(cms, bring, tmp_path):
    put(cms, HCPCS, serve(OCTOBER))
    assert bring() == [tmp_path / "inbox" / HCPCS]
    assert (tmp_path / "inbox" / HCPCS).read_bytes() == OCTOBER
    assert [(one.path, one.query) for one in cms.asked] == [(f"/files/zip/{HCPCS}", "")]
    assert addresses.where(HCPCS, cms.url) == f"{cms.url}/files/zip/{HCPCS}"


def test_where_the_usual_address_has_nothing_the_next_one_is_asked(cms, bring):
    put(cms, PLURAL, serve(OCTOBER))
    assert [path.name for path in bring()] == [PLURAL]
    assert cms.paths == [HCPCS, PLURAL]


def test_a_web_page_at_one_address_does_not_keep_from_the_next(cms, bring):
    put(cms, HCPCS, page())
    put(cms, PLURAL, serve(OCTOBER))
    assert [path.name for path in bring()] == [PLURAL]


def test_no_such_file_names_what_was_tried_and_where_to_look(cms, bring):
    with pytest.raises(Refused) as refused:
        bring()
    assert str(refused.value) == (
        f"There is no such file at the addresses CMS usually gives this quarter: {HCPCS}, {PLURAL}. It may not be "
        "published yet, or under another name. Look at https://www.cms.gov/medicare/coding-billing/"
        "healthcare-common-procedure-system/quarterly-update, download it in a browser and upload it."
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (page(), "is a web page with the title “Page & all not found” instead of a zip file. Look at https://www"),
        (
            serve(b"{}", kind="application/json"),
            "is no zip file: it begins with “{}”. Look at https://www.cms.gov",
        ),
        (status(403), "with 403 Forbidden. Look at https://www.cms.gov"),
        (
            redirect("https://example.org/x.zip"),
            "leads to another server, https://example.org. Not followed. Look",
        ),
    ],
)
def test_what_is_there_instead_of_the_file_is_said(cms, bring, answer, reason):
    put(cms, HCPCS, answer)
    with pytest.raises(Refused) as refused:
        bring()
    assert reason in str(refused.value)
    assert str(refused.value).endswith("download the file in a browser and upload it.")


def test_nothing_is_asked_for_before_the_license_is_accepted(cms, bring, tmp_path):
    put_ptp(cms)
    with pytest.raises(Refused, match=r"acceptance of the AMA’s license .* https://www.cms.gov/license/ama"):
        bring("ptp", "2024Q3", "practitioner")
    assert cms.asked == []
    assert not (tmp_path / "inbox").exists()


def test_an_accepted_license_goes_along_as_from_the_button_on_the_page_of_cms(cms, bring):
    put_ptp(cms)
    paths = bring("ptp", "2024Q3", "practitioner", accept_ama_license=True)
    assert [path.name for path in paths] == [zip_name(part=part) for part in (1, 2, 3, 4)]
    assert {one.query for one in cms.asked} == {"agree=yes&next=Accept"}


def test_an_acceptance_is_not_sent_where_nobody_asks_for_it(cms, bring):
    put(cms, HCPCS, serve(OCTOBER))
    bring(accept_ama_license=True)
    assert [one.query for one in cms.asked] == [""]


def test_the_newest_posting_of_a_table_is_taken_with_all_its_parts(cms, bring):
    put_ptp(cms)
    put_ptp(cms, revision=1)
    paths = bring("ptp", "2024Q3", "practitioner", accept_ama_license=True)
    assert [path.name for path in paths] == [zip_name(part=part, revision=1) for part in (1, 2, 3, 4)]


def test_a_part_that_is_missing_refuses_the_table(cms, bring):
    put_ptp(cms, parts=3)
    with pytest.raises(
        Refused, match=r"^Part 4 of 4 is missing: .*-f4.zip does not exist \(404\). The table would"
    ):
        bring("ptp", "2024Q3", "practitioner", accept_ama_license=True)


def test_a_part_that_cms_has_added_is_brought_too(cms, bring):
    put_ptp(cms, parts=5)
    paths = bring("ptp", "2024Q3", "practitioner", accept_ama_license=True)
    assert [path.name for path in paths] == [zip_name(part=part) for part in (1, 2, 3, 4, 5)]
    assert cms.paths[-1] == zip_name(part=6)


def test_a_second_try_asks_only_for_what_is_not_here(cms, bring, tmp_path):
    put_ptp(cms)
    third = f"/files/zip/{zip_name(part=3)}"
    whole = cms.answers[third]
    cms.put(third, cut_off(zipped(f"{part_name(part=3)}.TXT", size=3000), 100))
    with pytest.raises(Refused, match="broke off after 200 bytes"):
        bring("ptp", "2024Q3", "practitioner", accept_ama_license=True)
    cms.put(third, *whole)
    cms.asked.clear()
    assert len(bring("ptp", "2024Q3", "practitioner", accept_ama_license=True)) == 4
    wanted = [one for one in cms.asked if "r0" in one.path]
    assert [one.path.rpartition("-")[2] for one in wanted] == ["f3.zip", "f4.zip", "f5.zip"]
    assert [one.range for one in wanted] == ["bytes=200-", "", ""]


def test_progress_tells_the_part_and_its_bytes(cms, bring):
    put_ptp(cms)
    told = []
    bring("ptp", "2024Q3", "practitioner", accept_ama_license=True, progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(what for what, *_ in told)) == [f"Downloading part {n} of 4" for n in (1, 2, 3, 4)]
    assert all(done == total for _, done, total in told[-1:])


def test_progress_tells_why_it_waits(cms, bring):
    put(cms, HCPCS, status(503), serve(OCTOBER))
    told = []
    bring(progress=lambda *step: told.append(step))
    assert told[0] == ("Waiting to try again. 127.0.0.1 answers with 503 Service Unavailable.", 0, 0)
    assert told[-1] == ("Downloading", len(OCTOBER), len(OCTOBER))


def test_cancelling_ends_it(cms, bring):
    put(cms, HCPCS, serve(OCTOBER))
    with pytest.raises(Cancelled):
        bring(is_cancelled=lambda: True)


def test_a_zip_of_another_quarter_is_refused_and_not_kept(cms, bring, tmp_path):
    put(cms, HCPCS, serve(zipped("HCPC2025_JUL_ANWEB.txt")))
    came, due = "HCPCS Level II, July 2025", "HCPCS Level II, October 2025"
    with pytest.raises(Refused, match=rf"CMS has {came} at the address of {due}: {HCPCS}. It is not loaded."):
        bring()
    assert list((tmp_path / "inbox").iterdir()) == []


def test_a_zip_of_another_setting_is_refused(cms, bring):
    name = "medicare-ncci-2026-q2-practitioner-services-mue-table.zip"
    put(cms, name, serve(zipped("MCR_MUE_DMESupplierServices_Eff_04-01-2026.csv")))
    with pytest.raises(Refused):
        bring("mue", "2026Q2", "practitioner")


def test_a_zip_of_something_else_is_refused(cms, bring):
    put(cms, HCPCS, serve(zipped("rvu26a.txt")))
    with pytest.raises(Refused, match=r"No release file among|does not say"):
        bring()


def test_a_zip_that_is_damaged_inside_is_refused_and_not_kept(cms, bring, tmp_path):
    damaged = bytearray(OCTOBER)
    damaged[300] ^= 0xFF
    put(cms, HCPCS, serve(bytes(damaged)))
    with pytest.raises(Refused, match=r"is damaged .*Download it again."):
        bring()
    assert list((tmp_path / "inbox").iterdir()) == []


def test_a_zip_with_a_damaged_name_is_refused_and_not_kept(cms, bring, tmp_path):
    damaged = bytearray(OCTOBER)
    damaged[OCTOBER.rindex(b"HCPC2025_rec")] = 0  # the name ends where it begins
    put(cms, HCPCS, serve(bytes(damaged)))
    with pytest.raises(Refused, match=r"is damaged .*Download it again."):
        bring()
    assert list((tmp_path / "inbox").iterdir()) == []


def test_what_cms_does_not_publish_is_refused_without_asking(cms, bring):
    with pytest.raises(Refused, match="CMS publishes no such table for the setting dme_supplier"):
        bring("ptp", "2026Q4", "dme_supplier", accept_ama_license=True)
    assert cms.asked == []


def test_a_site_that_is_none_is_refused(bring):
    with pytest.raises(Refused, match=r"^file:///etc is not the address of a site."):
        bring(base_url="file:///etc")
