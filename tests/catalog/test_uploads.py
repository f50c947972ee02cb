"""What is taken from a browser: names made safe, contents looked at, sizes counted."""

import hashlib
import io
import os
import resource
import shutil
import time
import zipfile
from types import SimpleNamespace

import pytest
from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, UnreadablePostError
from django.test import RequestFactory

from catalog import room, uploads
from catalog.importers.files import Refused
from catalog.uploads import IntoFolder, complaint, damage, receiving, safe_name
from tests.release_files import NOISE

TEXT = b"0001 a line of a release file\r\n" * 10
BOUNDARY = "a-line-that-no-file-has"


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return held.getvalue()


def part(name: str, content: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n"


def request_with(body: bytes) -> HttpRequest:
    return RequestFactory().post("/", body, content_type=f"multipart/form-data; boundary={BOUNDARY}")


def sent(folder, *files: tuple[str, bytes], most: int = 10_000_000, cut: int | None = None):
    """The handler that took files in, the files and the fields; ``cut`` is after how many bytes it broke off."""
    end = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="end"\r\n\r\nTrue\r\n--{BOUNDARY}--\r\n'
    body = b"".join(part(*file) for file in files) + end.encode()
    request = request_with(body[:cut])
    with IntoFolder(request, folder, most) as into:
        request.upload_handlers = [into]
        return into, request.FILES.getlist("files"), request.POST


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("HCPC2025_OCT_ANWEB.txt", "HCPC2025_OCT_ANWEB.txt"),
        ("NOC codes_JUL2025.xlsx", "NOC codes_JUL2025.xlsx"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\me\ccipra-v302r0-f1.zip", "ccipra-v302r0-f1.zip"),
        ("/abs/olute.csv", "olute.csv"),
        ("..", "file"),
        (".htaccess", "htaccess"),
        ("a\x00b\n<c>.txt", "a_b__c_.txt"),
        ("édits.zip", "_dits.zip"),
        ("", "file"),
    ],
)
def test_a_name_keeps_no_path_and_nothing_with_a_meaning(name, safe):
    assert safe_name(name) == safe


def test_a_long_name_is_cut_and_keeps_what_it_ends_in():
    name = safe_name("x" * 5_000 + ".zip")
    assert name.endswith("x.zip")
    assert len(name) < 200


@pytest.mark.parametrize(
    ("name", "head", "said"),
    [
        ("a.zip", b"PK\x03\x04...", ""),
        ("a.xlsx", b"PK\x03\x04...", ""),
        ("A.TXT", TEXT, ""),
        ("a.csv", "HCPC;Möbel\n".encode("cp1252"), ""),
        ("a.pdf", b"%PDF-1.7", "is no release file"),
        ("a", TEXT, "is no release file"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "is no release file"),
        ("a.zip", TEXT, "is called .zip and is none by its content"),
        ("a.xlsx", b"%PDF-1.7", "is called .xlsx and is none by its content"),
        ("a.txt", b"PK\x03\x04...", "is not text by its content"),
        ("a.csv", "HCPC".encode("utf-16"), "is not text by its content"),
        ("a.zip", b"\r\n <!DOCTYPE html><html>", "is a web page"),
        ("a.txt", b"\xef\xbb\xbf<html lang=en>", "is a web page"),
    ],
)
def test_name_and_content_must_agree(name, head, said):
    assert said in complaint(name, head)
    assert bool(complaint(name, head)) == bool(said)


def test_a_zip_without_its_end_is_damaged_before_anybody_waits_for_it(tmp_path):
    whole = tmp_path / "a.zip"
    whole.write_bytes(zipped(a_txt=TEXT))
    cut = tmp_path / "b.zip"
    cut.write_bytes(zipped(a_txt=NOISE[:5_000])[:3_000])
    assert damage(whole) == ""
    assert "its end is missing" in damage(cut)


def test_a_zip_bomb_is_named_as_one(tmp_path):
    bomb = tmp_path / "bomb.zip"
    bomb.write_bytes(zipped(a_txt=b"0" * 20_000_000))
    assert "packed too tightly" in damage(bomb)


def test_files_are_written_and_hashed_as_they_come(tmp_path):
    packed = zipped(a_txt=NOISE)
    into, files, fields = sent(tmp_path, ("a.zip", packed), ("b.txt", TEXT))
    assert into.complaints == []
    assert fields["end"] == "True"
    assert [(file.name, file.size, file.sha256) for file in files] == [
        ("a.zip", len(packed), hashlib.sha256(packed).hexdigest()),
        ("b.txt", len(TEXT), hashlib.sha256(TEXT).hexdigest()),
    ]
    assert (tmp_path / "a.zip").read_bytes() == packed


def test_more_bytes_than_allowed_are_cut_off_wherever_they_stand(tmp_path):
    into, files, fields = sent(tmp_path, ("a.txt", TEXT * 300), ("b.txt", TEXT * 300), most=150_000)
    assert into.complaints == [uploads.too_large(150_000)]
    assert "end" not in fields
    assert [file.name for file in files] == ["a.txt"]


def test_one_bad_file_is_named_and_the_others_are_looked_at_too(tmp_path):
    into, files, fields = sent(tmp_path, ("a.pdf", b"%PDF"), ("b.txt", TEXT), ("c.zip", TEXT), ("d.csv", b""))
    assert [complaint.split()[0] for complaint in into.complaints] == ["a.pdf", "c.zip", "d.csv"]
    assert "end" in fields
    assert "b.txt" in [file.name for file in files]


def test_two_files_of_one_name_are_refused(tmp_path):
    into, _files, _fields = sent(tmp_path, ("a.txt", TEXT), ("x/a.txt", TEXT * 2))
    assert into.complaints == ["Two files are called a.txt. Rename one of them."]
    assert (tmp_path / "a.txt").read_bytes() == TEXT


@pytest.mark.parametrize("cut", [200, 500, -20, -90])
def test_what_breaks_off_lacks_the_field_at_the_end(tmp_path, cut):
    _into, _files, fields = sent(tmp_path, ("a.txt", TEXT), ("b.txt", TEXT), cut=cut)
    assert "end" not in fields or fields["end"] != "True"


def test_the_file_in_which_a_request_breaks_off_is_closed(tmp_path):
    class BreaksOff(io.BytesIO):
        def read(self, *size: int) -> bytes:
            if not (some := super().read(*size)):
                raise ConnectionResetError
            return some

    request = request_with(part("a.txt", TEXT * 9_000))
    request._stream = BreaksOff(request._stream.read())
    with IntoFolder(request, tmp_path, 10_000_000) as into:
        request.upload_handlers = [into]
        with pytest.raises(UnreadablePostError):
            _ = request.POST
    assert into.so_far > 0
    assert into.file.closed


def test_a_disk_that_takes_no_more_is_a_complaint(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_001, hard))
    try:
        into, files, _fields = sent(tmp_path, ("a.txt", TEXT * 500))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files == []
    assert into.complaints == ["a.txt could not be kept: File too large."]


def test_too_many_files_are_refused(tmp_path, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    with pytest.raises(TooManyFilesSent):
        sent(tmp_path, *((f"{at}.txt", TEXT) for at in range(3)))


def test_a_full_disk_is_a_complaint(tmp_path):
    into, _files, _fields = sent(tmp_path / "not-there", ("a.txt", TEXT))
    assert into.complaints == ["a.txt could not be kept: No such file or directory."]


def test_what_came_is_gone_unless_it_was_moved_away(tmp_path):
    inbox = tmp_path / "inbox"
    with receiving(inbox) as folder:
        (folder / "a.txt").write_bytes(TEXT)
    assert list(inbox.iterdir()) == []
    with receiving(inbox) as folder:
        (folder / "a.txt").write_bytes(TEXT)
        folder.rename(inbox / "7")
    assert [path.name for path in inbox.rglob("*")] == ["7", "a.txt"]


def test_folders_of_uploads_that_died_are_removed_after_a_day(tmp_path):
    old, young, of_import = (tmp_path / name for name in ("incoming-old", "incoming-young", "12"))
    for folder in (old, young, of_import):
        folder.mkdir()
    long_ago = time.time() - uploads.ABANDONED - 60
    os.utime(old, (long_ago, long_ago))
    os.utime(of_import, (long_ago, long_ago))
    with receiving(tmp_path):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["12", "incoming-young"]


def test_a_folder_that_goes_in_this_moment_is_no_trouble(tmp_path):
    (tmp_path / "incoming-gone").symlink_to(tmp_path / "nowhere")
    with receiving(tmp_path) as folder:
        assert folder.is_dir()


def test_an_upload_is_refused_before_it_comes_when_the_disk_has_no_room_for_it(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=550_000_000))
    settings.SPARE_DISK = 500_000_000
    with receiving(tmp_path, coming=1_000_000):
        pass
    with pytest.raises(Refused, match="no room on the disk of the site"), receiving(tmp_path, coming=99_000_000):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_upload_is_cut_off_when_the_disk_fills_up_meanwhile(tmp_path, settings):
    settings.SPARE_DISK = shutil.disk_usage(tmp_path).total + 1  # an empty disk may have all of it free
    into, files, _fields = sent(tmp_path, ("a.txt", TEXT), ("b.txt", TEXT))
    assert files == []
    (complaint,) = into.complaints
    assert "no room on the disk of the site" in complaint


def test_an_inbox_that_is_full_takes_no_more(tmp_path, settings):
    settings.LARGEST_INBOX = 3_000_000
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "a.zip").write_bytes(bytes(2_000_000))
    with receiving(tmp_path, coming=500_000):
        pass
    with (
        pytest.raises(Refused, match="no room for 1 MB more: the files in it take 2 MB of 3 MB"),
        receiving(tmp_path, coming=1_500_000),
    ):
        pass


def test_folders_that_go_while_the_inbox_is_looked_through_are_no_trouble(tmp_path, monkeypatch):
    for name in ("incoming-1", "incoming-2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_bytes(TEXT)
    size = room._size

    def size_as_the_other_folder_goes(path):
        if path.is_file():
            for folder in set(tmp_path.iterdir()) - {path.parent}:
                shutil.rmtree(folder)
        return size(path)

    monkeypatch.setattr(room, "_size", size_as_the_other_folder_goes)
    room.refuse_without_room(tmp_path)


def test_an_inbox_that_cannot_be_written_is_said_plainly(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(Refused, match="The inbox cannot be written"),
        receiving(tmp_path / "file" / "inbox"),
    ):
        pass
