"""Files on their way in from a browser: counted, looked at and hashed while they come, and never trusted.

They are written to a folder of their own under the inbox, a piece at a time, and the importer looks into it only
when it has become the folder of an import: until then it is removed with whatever is in it.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path, PurePosixPath

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from catalog import room
from catalog.importers import files
from catalog.importers.files import Refused

PACKED, TEXT = (".zip", ".xlsx"), (".txt", ".csv")
FORMS = (*PACKED, *TEXT)
"""What a file may be, by the end of its name; its content must agree."""

OTHER_WORKBOOKS = {
    ".xls": " This is a workbook of an older kind: save it as XLSX, or give the TXT of the same zip.",
    ".xlsm": " This is a workbook with programs in it: give the zip as CMS publishes it.",
    ".xlsb": " This is a workbook in another form: save it as XLSX, or give the TXT of the same zip.",
}
"""What to do with spreadsheets that are not read."""

FIELDS_AROUND = 1 << 20
"""Bytes of a request that are not of its files: boundaries, names, the other fields."""

FIRST_BYTES = 1_024
LONGEST_NAME, LONGEST_SUFFIX = 150, 10
ABANDONED = 24 * 60 * 60
"""Seconds after which a folder of an upload belongs to no process that still runs."""

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
WEB_PAGE = re.compile(rb"\s*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
NOT_IN_A_NAME = re.compile(r"[^\w .()&+,-]", re.ASCII)


class Received(UploadedFile):
    """A file that came whole. It lies at ``path`` and has this ``sha256`` (hex)."""

    def __init__(self, path: Path, size: int, digest: str):
        super().__init__(name=path.name, size=size)
        self.path, self.sha256 = path, digest

    def close(self) -> None:
        """Django closes what came with a request at its end; this is closed already."""


class IntoFolder(FileUploadHandler):
    """Writes the files of a request into ``folder``, at most ``most`` bytes of all of them together.

    ``names`` are those of all that came. ``complaints`` says what is wrong with any of them, a sentence each; then
    none is to be used. As a context it closes at its end what it has open: Django leaves the file open in which a
    request breaks off.
    """

    def __init__(self, request: HttpRequest, folder: Path, most: int):
        super().__init__(request)
        self.folder, self.most, self.so_far = folder, most, 0
        self.names: list[str] = []
        self.complaints: list[str] = []

    def __enter__(self) -> IntoFolder:
        return self

    def __exit__(self, *raised: object) -> None:
        self._close()

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)
        self.path = self.folder / safe_name(self.file_name)
        self.names.append(self.path.name)
        if self.path.exists():
            self._skip(f"Two files are called {self.path.name}. Rename one of them.")
        self.digest = sha256()
        self.file = self._written(lambda: self.path.open("xb"))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.so_far += len(raw_data)
        if self.so_far > self.most:
            self.complaints.append(too_large(self.most))
            raise StopUpload(connection_reset=True)
        if wrong := room.disk_is_full(self.folder):
            self.complaints.append(wrong)
            raise StopUpload(connection_reset=True)
        if start == 0 and (wrong := complaint(self.path.name, raw_data[:FIRST_BYTES])):
            self._skip(wrong)
        self.digest.update(raw_data)
        self._written(lambda: self.file.write(raw_data))

    def file_complete(self, file_size: int) -> Received:
        self._written(self.file.close)
        wrong = f"{self.path.name} is empty." if not file_size else damage(self.path)
        if wrong:
            self.complaints.append(wrong)
        return Received(self.path, file_size, self.digest.hexdigest())

    def upload_interrupted(self) -> None:
        self._close()

    def _close(self) -> None:
        """Close what was open, also when the disk takes no more of it: it is not used."""
        if hasattr(self, "file"):
            with suppress(OSError):
                self.file.close()

    def _skip(self, wrong: str) -> None:
        self.complaints.append(wrong)
        raise SkipFile

    def _written(self, write):
        try:
            return write()
        except OSError as error:
            self._close()  # Django closes it as well, and would stumble over the same error
            self.complaints.append(f"{self.path.name} could not be kept: {error.strerror or error}.")
            raise StopUpload(connection_reset=True) from error


@contextmanager
def receiving(inbox: Path, coming: int = 0) -> Iterator[Path]:
    """A folder for the files of one request, removed at the end unless it was moved away; and with it old ones.

    Raises Refused when there is no room for it, or for so many bytes.
    """
    try:
        inbox.mkdir(parents=True, exist_ok=True)
        remove_abandoned(inbox)
        room.refuse_without_room(inbox, coming)
        folder = Path(tempfile.mkdtemp(prefix="incoming-", dir=inbox))
    except OSError as error:
        raise Refused(f"The inbox cannot be written: {error.strerror or error}. Nothing was kept.") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned(inbox: Path) -> None:
    """Remove the folders of uploads that were never finished. One that ends in this moment is left alone."""
    for left in inbox.glob("incoming-*"):
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - ABANDONED:
                shutil.rmtree(left, ignore_errors=True)


def announced(request: HttpRequest) -> int:
    """How many bytes the request says it has."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isdecimal() else 0


def too_large(most: int) -> str:
    return f"These files have more than {most // 1_000_000:,} MB together, the most that is taken. None was kept."


def safe_name(name: str) -> str:
    """A name without folders, control characters and what shells and file systems give a meaning.

    >>> safe_name("C:\\\\Downloads\\\\../ccipra-v302r0-f1.zip")
    'ccipra-v302r0-f1.zip'
    """
    clean = PurePosixPath(NOT_IN_A_NAME.sub("_", re.split(r"[/\\]", name)[-1]).strip(" ."))
    return f"{clean.stem[:LONGEST_NAME]}{clean.suffix[:LONGEST_SUFFIX]}" or "file"


def complaint(name: str, head: bytes) -> str:
    """What speaks against a file by its name and its first bytes, a sentence; empty for a release file."""
    form = PurePosixPath(name).suffix.lower()
    if WEB_PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        return (
            f"{name} is a web page, not a release file. CMS asks to accept the AMA’s license before it gives PTP "
            "files: accept it there, then save the zip."
        )
    if form not in FORMS:
        return f"{name} is no release file: those are zip, TXT, CSV or XLSX.{OTHER_WORKBOOKS.get(form, '')}"
    is_packed = head.startswith(ZIP)
    if form in PACKED and not is_packed:
        return f"{name} is called {form} and is none by its content. Download it again."
    if form in TEXT and (is_packed or b"\0" in head):
        return f"{name} is called {form} and is not text by its content. Give the file as CMS publishes it."
    return ""


def damage(path: Path) -> str:
    """What is wrong with a zip or workbook as a whole, a sentence: its end is missing, it is a bomb, or so."""
    if path.suffix.lower() not in PACKED:
        return ""
    if not files.is_zip(path):
        return f"{path.name} is only part of a file: its end is missing. Download it again."
    try:
        files.members([path])
    except Refused as reason:
        # Of a zip in a zip the reason names the inner one, which nobody has chosen.
        return str(reason) if path.name in str(reason) else f"{path.name}: {reason}"
    return ""
