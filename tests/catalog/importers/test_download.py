"""One file over HTTP from a server that misbehaves."""

import shutil
import socket
from itertools import chain, repeat
from types import SimpleNamespace

import httpx
import pytest

from catalog.importers.download import NotThere, Patience, Terms, client, download
from catalog.importers.files import Cancelled, Refused
from tests.cms_site import (
    announced,
    cut_off,
    headers,
    page,
    redirect,
    running,
    serve,
    status,
    stuck,
    zipped,
)

NAME = "october-2025-alpha-numeric-hcpcs-file.zip"
ADDRESS = f"/files/zip/{NAME}"
CONTENT = zipped("HCPC2025_OCT_ANWEB.txt", size=600_000)
LARGEST = 1_000_000


@pytest.fixture
def cms():
    with running() as site:
        yield site


class Get:
    """Downloads into a folder; ``pauses`` are the seconds it would have waited, ``told`` what it told of
    bytes, ``waits`` why it waited."""

    def __init__(self, cms, folder):
        self.cms, self.path = cms, folder / NAME
        self.partial = folder / f"{NAME}.part"
        self.version = folder / f"{NAME}.part.version"
        self.pauses, self.told, self.waits = [], [], []

    def __call__(self, *, url="", largest=LARGEST, spare=0, is_cancelled=lambda: False, **patience) -> bytes:
        patience = Patience(**{"pause": self.pauses.append, "read": 60} | patience)
        terms = Terms(
            largest,
            spare,
            arrived=lambda *bytes_: self.told.append(bytes_),
            waits=self.waits.append,
            is_cancelled=is_cancelled,
            patience=patience,
        )
        with client(patience) as http:
            download(http, url or self.cms.url + ADDRESS, self.path, terms)
        return self.path.read_bytes()

    @property
    def left(self) -> list[str]:
        return sorted(path.name for path in self.path.parent.iterdir())


@pytest.fixture
def get(cms, tmp_path):
    return Get(cms, tmp_path)


def test_a_file_arrives_whole_and_tells_how_far_it_is(cms, get):
    cms.put(ADDRESS, serve(CONTENT))
    assert get() == CONTENT
    assert get.told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _total in get.told] == sorted({done for done, _total in get.told})
    assert get.left == [NAME]
    assert get.pauses == []


def test_a_file_of_unknown_length_arrives_too(cms, get):
    cms.put(ADDRESS, serve(CONTENT, length=False))
    assert get() == CONTENT
    assert get.told[-1] == (len(CONTENT), 0)


def test_a_connection_that_is_cut_off_is_taken_up_where_it_broke(cms, get):
    cms.put(ADDRESS, cut_off(CONTENT, 200_000), serve(CONTENT))
    assert get() == CONTENT
    first, second = cms.asked
    assert (first.range, second.range, second.condition) == ("", "bytes=200000-", '"1"')
    assert get.pauses == [3]


def test_what_an_earlier_run_has_left_is_continued(cms, get):
    cms.put(ADDRESS, serve(CONTENT))
    get.partial.write_bytes(CONTENT[:1000])
    get.version.write_text('"1"')
    assert get() == CONTENT
    assert [one.range for one in cms.asked] == ["bytes=1000-"]
    assert get.left == [NAME]


def test_another_version_on_the_server_is_downloaded_from_the_beginning(cms, get):
    cms.put(ADDRESS, serve(CONTENT, version='"2"'))
    get.partial.write_bytes(b"PK\x03\x04 of old")
    get.version.write_text('"1"')
    assert get() == CONTENT
    assert get.told[-1] == (len(CONTENT), len(CONTENT))


@pytest.mark.parametrize("version", ["", 'W/"1"'])
def test_without_a_strong_version_nothing_is_continued(cms, get, version):
    cms.put(ADDRESS, cut_off(CONTENT, 1000, version=version), serve(CONTENT, version=version))
    assert get() == CONTENT
    assert [one.range for one in cms.asked] == ["", ""]


def test_a_server_that_resumes_elsewhere_is_asked_for_the_whole(cms, get):
    wrong = headers(206, {"Content-Range": f"bytes 0-9/{len(CONTENT)}", "Content-Length": "10"})
    cms.put(ADDRESS, wrong, serve(CONTENT))
    get.partial.write_bytes(CONTENT[:1000])
    get.version.write_text('"1"')
    assert get() == CONTENT
    assert [one.range for one in cms.asked] == ["bytes=1000-", ""]


def test_more_here_than_there_begins_again(cms, get):
    cms.put(ADDRESS, status(416), serve(CONTENT))
    get.partial.write_bytes(CONTENT + b"more")
    get.version.write_text('"1"')
    assert get() == CONTENT


def test_a_server_that_always_breaks_off_is_given_up_with_the_bytes_that_came(cms, get):
    cms.put(ADDRESS, cut_off(CONTENT, 1000))
    with pytest.raises(
        Refused, match=r"127.0.0.1 broke off after 4,000 bytes. Tried 4 times. Try again later, or download"
    ):
        get()
    assert get.pauses == [3, 9, 27]
    assert get.partial.read_bytes() == CONTENT[:4000]


def test_attempts_that_bring_much_do_not_count(cms, get):
    content = zipped("large.txt", size=1_600_000)
    cms.put(ADDRESS, cut_off(content, 300_000))
    assert get(largest=2_000_000, attempts=2) == content
    assert len(cms.asked) == 6


def test_a_file_cut_off_without_a_word_is_not_taken_for_whole(cms, get):
    cms.put(ADDRESS, serve(CONTENT[:-100], length=False))
    with pytest.raises(Refused, match=r"arrived only in part: its end is missing. Tried 2 times"):
        get(attempts=2)
    assert get.left == []


def test_a_server_that_falls_silent_is_given_up(cms, get):
    # Of what came before: on a busy machine not even the headers of an answer may come in time.
    get.partial.write_bytes(CONTENT[:1000])
    get.version.write_text('"1"')
    cms.put(ADDRESS, stuck(cms, CONTENT, 1000))
    with pytest.raises(Refused, match=r"127.0.0.1 sent nothing for a while: after 1,000 bytes"):
        get(read=0.1, attempts=1)


def test_a_server_that_drips_is_given_up(cms, get):
    minutes = iter(range(0, 100_000, 61))
    cms.put(ADDRESS, serve(CONTENT))
    with pytest.raises(Refused, match=r"127.0.0.1 sends less than 2,000,000 bytes a second. Tried 1 times"):
        get(attempts=1, clock=lambda: next(minutes), slowest=2_000_000)


def test_no_network_is_named(get):
    with socket.socket() as nobody:  # it has the port, and does not listen
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Refused, match=r"There is no connection to 127.0.0.1 \(Connection refused\)"):
            get(url=f"http://127.0.0.1:{nobody.getsockname()[1]}{ADDRESS}")
    assert len(get.pauses) == 3


def test_a_busy_server_is_waited_for_as_long_as_it_asks(cms, get):
    cms.put(ADDRESS, status(503), status(429, Retry_After="40"), status(503, Retry_After="9000"), serve(CONTENT))
    assert get() == CONTENT
    assert get.pauses == [3, 40, 60]
    assert get.waits[1] == "127.0.0.1 answers with 429 Too Many Requests."


def test_a_server_that_stays_broken_is_named_with_its_status(cms, get):
    cms.put(ADDRESS, status(503))
    with pytest.raises(Refused, match=r"127.0.0.1 answers with 503 Service Unavailable. Tried 4 times."):
        get()


@pytest.mark.parametrize("code", [404, 410])
def test_no_such_file_is_told_at_once(cms, get, code):
    cms.put(ADDRESS, status(code))
    with pytest.raises(NotThere, match=rf"{NAME} does not exist \({code}\).") as told:
        get()
    assert not told.value.is_odd
    assert len(cms.asked) == 1


def test_a_refusal_is_not_taken_for_a_missing_file(cms, get):
    cms.put(ADDRESS, status(403))
    with pytest.raises(NotThere, match=r"127.0.0.1 refuses .* with 403 Forbidden.") as told:
        get()
    assert told.value.is_odd


def test_a_web_page_instead_of_a_zip_is_named_with_its_title(cms, get):
    cms.put(ADDRESS, page())
    with pytest.raises(
        NotThere, match=r"is a web page with the title “Page & all not found” instead of a zip file."
    ):
        get()
    assert get.left == []


def test_a_title_is_told_without_signs_that_nobody_reads_and_no_database_keeps(cms, get):
    cms.put(ADDRESS, page("<title>Not\0 \n “found”</title>".encode()))
    with pytest.raises(NotThere, match=r"with the title “Not\\x00 “found”” instead"):
        get()


@pytest.mark.parametrize(
    ("content", "head"),
    [
        (b"%PDF-1.7 and more", "%PDF-1.7"),
        (b"<html>", "<html>"),
        (b"\xd0\xcf\x11\xe0", r"\\xd0\\xcf\\x11\\xe0”"),
        (b"\0\1\n", r"\\x00\\x01\\x0a”"),
    ],
)
def test_another_kind_of_file_is_refused_by_how_it_begins(cms, get, content, head):
    cms.put(ADDRESS, serve(content))
    with pytest.raises(NotThere, match=rf"is no zip file: it begins with “{head}"):
        get()
    assert get.left == []


def test_a_redirect_to_the_same_file_on_the_same_server_is_followed(cms, get):
    cms.put(ADDRESS, redirect(f"/sites/default{ADDRESS}"))
    cms.put(f"/sites/default{ADDRESS}", serve(CONTENT))
    assert get() == CONTENT


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (f"http://localhost:1{ADDRESS}", "leads to another server, http://localhost. Not followed."),
        (f"http://127.0.0.1:1{ADDRESS}", "leads to another server, http://127.0.0.1. Not followed."),
        (f"ftp://127.0.0.1{ADDRESS}", "leads to another server, ftp://127.0.0.1. Not followed."),
        ("/files/zip/january-2026.zip", "leads to /files/zip/january-2026.zip, which is something else."),
        ("/files/%00.zip", r"leads to /files/\x00.zip, which is something else."),
        (f"/license/ama?file={ADDRESS}", "leads to CMS’s license page, although the license was accepted."),
        (ADDRESS, "leads in circles: more than 5 redirects."),
    ],
)
def test_a_redirect_to_anything_else_is_not_followed(cms, get, to, reason):
    cms.put(ADDRESS, redirect(to))
    with pytest.raises(NotThere) as told:
        get()
    assert reason in str(told.value)


def test_a_redirect_to_no_address_at_all_is_given_up(cms, get):
    cms.put(ADDRESS, redirect("http://[::1"))
    with pytest.raises(Refused, match=r"127.0.0.1 broke off after 0 bytes."):
        get()


def test_a_file_that_is_announced_as_too_large_is_refused_before_it_is_read(cms, get):
    cms.put(ADDRESS, announced(LARGEST + 1))
    with pytest.raises(Refused, match=rf"{NAME} is larger than the 1 MB that are downloaded at most."):
        get()
    assert get.told == []


def test_a_file_that_grows_too_large_is_cut_off(cms, get):
    cms.put(ADDRESS, serve(CONTENT, length=False))
    with pytest.raises(Refused, match="is larger than the 0 MB"):
        get(largest=100_000)
    assert get.told[-1][0] < 300_000
    assert get.left == []


def test_a_file_the_disk_has_no_room_for_is_refused_before_it_is_read(cms, get):
    cms.put(ADDRESS, announced(10**15))
    with pytest.raises(Refused, match=r"There is no room for .* on the disk: it has 1,000,000,000 MB. Make room"):
        get(largest=10**16)
    assert get.told == []


def test_a_file_that_does_not_say_its_length_is_stopped_before_the_disk_is_full(cms, get, monkeypatch):
    cms.put(ADDRESS, serve(CONTENT, length=False))
    free = chain([10**12], repeat(999_999))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=next(free)))
    with pytest.raises(Refused, match=rf"There is no room for {NAME} on the disk. Make room and try again."):
        get(spare=1_000_000)
    assert 0 < get.partial.stat().st_size < len(CONTENT)


def test_a_disk_that_fills_up_meanwhile_is_named(cms, get):
    cms.put(ADDRESS, serve(CONTENT))
    get.partial.symlink_to("/dev/full")
    with pytest.raises(Refused, match=rf"There is no room for {NAME} on the disk. Make room and try again."):
        get()
    assert get.left == []


def test_a_folder_that_cannot_be_written_to_is_named(cms, get):
    cms.put(ADDRESS, serve(CONTENT))
    get.partial.mkdir()
    with pytest.raises(Refused, match=r"\.part cannot be written: Is a directory."):
        get()


def test_cancelling_stops_between_two_chunks_and_keeps_what_is_there(cms, get):
    cms.put(ADDRESS, serve(CONTENT))
    with pytest.raises(Cancelled):
        get(is_cancelled=lambda: bool(get.told))
    assert len(get.told) == 1
    assert get.partial.stat().st_size == get.told[0][0]
    assert get() == CONTENT
    assert cms.asked[-1].range == f"bytes={get.told[0][0]}-"


def test_cancelling_ends_the_waiting_for_another_attempt(cms, get):
    cms.put(ADDRESS, status(503))
    with pytest.raises(Cancelled):
        get(is_cancelled=lambda: True)
    assert len(cms.asked) == 1


def test_lengths_are_those_of_the_file_as_nothing_is_packed_on_the_way(cms, get):
    with client(Patience()) as http:
        assert http.headers["Accept-Encoding"] == "identity"
        assert isinstance(http, httpx.Client)
