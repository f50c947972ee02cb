"""One file over HTTP, by a server that may be slow, break off, or answer with something else.

What has arrived lies in ``<name>.part``, and what the server calls this version of it in ``<name>.part.version``.
A later attempt asks for the rest, on the condition that it is still that version (RFC 9110, If-Range). The file
has its name only once it is whole.
"""

from __future__ import annotations

import errno
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path, PurePosixPath

import httpx

from catalog.importers.files import Cancelled, Refused, is_zip

ZIP = b"PK\x03\x04"
# CMS's server has files only under the name asked for, or one step away.
MOST_REDIRECTS = 5
# An attempt that brought this much was not in vain, and does not count towards giving up.
FRUITFUL = 256 << 10
WINDOW = 60  # seconds over which the rate is measured
LONGEST_PAUSE = 60
ADVICE = "Try again later, or download the file in a browser and upload it."
ERRNO = re.compile(r"\[Errno -?\d+\] ")
TITLE = re.compile(rb"<title[^>]*>\s*([^<]{1,120}?)\s*<", re.IGNORECASE)
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for. ``pause`` and ``clock`` count in seconds."""

    connect: float = 15
    read: float = 30
    slowest: int = 2_000  # bytes a second
    attempts: int = 4
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Terms:
    """On what terms a file is downloaded, at most ``largest`` bytes of it, and ``spare`` left free on the disk.

    ``arrived`` is told bytes, and of how many, 0 where nothing says; ``waits`` why another attempt is to come.
    ``refuse_coming`` is told how many bytes are to come, and raises Refused where no room is left for them; where
    nothing says how many, it is asked again and again while they come.
    """

    largest: int
    spare: int = 50_000_000
    arrived: Callable[[int, int], None] = lambda done, total: None
    waits: Callable[[str], None] = lambda reason: None
    is_cancelled: Callable[[], bool] = lambda: False
    refuse_coming: Callable[[int], None] = lambda coming: None
    patience: Patience = Patience()


class NotThere(Exception):  # noqa: N818 - one address of several has no file
    """There is no zip file at an address. ``is_odd`` when something else is: the text says what."""

    def __init__(self, reason: str, *, is_odd: bool = True):
        self.is_odd = is_odd
        super().__init__(reason)


class _Broken(Exception):  # noqa: N818
    """An attempt that failed and may go well the next time. ``wait`` is how long the server asks to wait."""

    def __init__(self, reason: str, wait: float = 0):
        self.wait = wait
        super().__init__(reason)


@contextmanager
def client(patience: Patience) -> Iterator[httpx.Client]:
    """What downloads are made with. It asks for files as they lie on the server, so that lengths are theirs."""
    timeout = httpx.Timeout(patience.read, connect=patience.connect)
    headers = {"User-Agent": "CodingReference (reference files of a quarter)", "Accept-Encoding": "identity"}
    with httpx.Client(timeout=timeout, headers=headers, follow_redirects=False) as made:
        yield made


def download(http: httpx.Client, url: str, path: Path, terms: Terms) -> None:
    """Bring the zip file at ``url`` to ``path``; what is there in part is continued where that is possible.

    Raises NotThere when the address has no zip file, Refused when it cannot be had, and Cancelled.
    """
    partial = _Partial(path)
    fruitless, had = 0, partial.size
    while True:
        try:
            return _attempt(http, url, partial, terms)
        except NotThere:
            partial.remove()
            raise
        except _Broken as reason:
            fruitless = 0 if partial.size - had >= FRUITFUL else fruitless + 1
            had = partial.size
            if fruitless >= terms.patience.attempts:
                raise Refused(f"{reason} Tried {fruitless} times. {ADVICE}") from reason
            terms.waits(str(reason))
            terms.patience.pause(min(LONGEST_PAUSE, max(reason.wait, 3**fruitless)))
            if terms.is_cancelled():
                raise Cancelled from reason


def _attempt(http: httpx.Client, url: str, partial: _Partial, terms: Terms) -> None:
    with _httpx_errors(url, partial), _disk_errors(partial), _opened(http, url, partial.conditions()) as response:
        _refuse_status(response, partial)
        begins, total = _extent(response, partial)
        _refuse_page(response)
        _refuse_large(total, partial, terms)
        _refuse_without_room(total - begins, total, partial, terms)
        _refuse_coming(max(0, total - begins), partial, terms)
        _receive(response, partial, begins, total, terms)
        if not is_zip(partial.path):
            partial.remove()
            raise _Broken(f"{_at(response)} arrived only in part: its end is missing.")
        partial.finish()


def _receive(response: httpx.Response, partial: _Partial, begins: int, total: int, terms: Terms) -> None:
    """Write the answer as it comes."""
    done, is_slow = begins, _watch(terms.patience, begins)
    with partial.continued(response, begins) as stream:
        for chunk in response.iter_raw():
            if not done and not chunk.startswith(ZIP[: len(chunk)]):
                head = _printable(chunk[:8].decode("ascii", "backslashreplace"))
                raise NotThere(f"{_at(response)} is no zip file: it begins with “{head}”.")
            stream.write(chunk)
            done += len(chunk)
            terms.arrived(done, total)
            if terms.is_cancelled():
                raise Cancelled
            _refuse_large(done, partial, terms)
            _refuse_without_room(0, total, partial, terms)
            if not total:
                stream.flush()
                _refuse_coming(0, partial, terms)
            if is_slow(done):
                raise _Broken(f"{response.url.host} sends less than {terms.patience.slowest:,} bytes a second.")


def _watch(patience: Patience, begins: int) -> Callable[[int], bool]:
    """A watch to be shown how many bytes have arrived: it says when they came too slowly over the last minute."""
    counted, since = begins, patience.clock()

    def is_slow(done: int) -> bool:
        nonlocal counted, since
        if (now := patience.clock()) - since < WINDOW:
            return False
        rate = (done - counted) / (now - since)
        counted, since = done, now
        return rate < patience.slowest

    return is_slow


@contextmanager
def _opened(http: httpx.Client, url: str, conditions: dict[str, str]) -> Iterator[httpx.Response]:
    """The answer, after redirects to the same file on the same server; to nowhere else is anything sent."""
    asked = httpx.URL(url)
    at = asked
    for _ in range(MOST_REDIRECTS + 1):
        with http.stream("GET", at, headers=conditions) as response:
            if not response.has_redirect_location:
                yield response
                return
            at = _led_to(asked, at.join(response.headers["Location"]))
    raise NotThere(f"{_plain(asked)} leads in circles: more than {MOST_REDIRECTS} redirects.")


def _led_to(asked: httpx.URL, target: httpx.URL) -> httpx.URL:
    is_same_server = (target.scheme, target.host, target.port) == (asked.scheme, asked.host, asked.port)
    if not is_same_server and not (target.scheme == "https" and target.host == asked.host and not target.port):
        raise NotThere(f"{_plain(asked)} leads to another server, {target.scheme}://{target.host}. Not followed.")
    if target.path.startswith("/license"):
        raise NotThere(f"{_plain(asked)} leads to CMS’s license page, although the license was accepted.")
    if PurePosixPath(target.path).name != PurePosixPath(asked.path).name:
        where = _printable(target.path)
        raise NotThere(f"{_plain(asked)} leads to {where}, which is something else. Not followed.")
    return target


def _refuse_status(response: httpx.Response, partial: _Partial) -> None:
    """Go on with 200 and 206 only."""
    status, where = response.status_code, _at(response)
    if status in (200, 206):
        return
    if status in (404, 410):
        raise NotThere(f"{where} does not exist ({status}).", is_odd=False)
    if status == 416:  # more of it is here than there: it has changed
        partial.remove()
        raise _Broken(f"{where} has changed on the server.")
    if status == 429 or status >= 500:
        raise _Broken(
            f"{response.url.host} answers with {status} {response.reason_phrase}.", _asked_wait(response)
        )
    raise NotThere(f"{response.url.host} refuses {where} with {status} {response.reason_phrase}.")


def _asked_wait(response: httpx.Response) -> float:
    wait = response.headers.get("Retry-After", "")
    return float(wait) if wait.isdecimal() else 0


def _extent(response: httpx.Response, partial: _Partial) -> tuple[int, int]:
    """Where the answer begins in the file, and how long the whole is, 0 where nothing says."""
    if response.status_code == 200:
        length = response.headers.get("Content-Length", "")
        return 0, int(length) if length.isdecimal() else 0
    found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if not found or int(found[1]) != partial.size:
        partial.remove()
        raise _Broken(f"{_at(response)} was resumed at another place than asked.")
    return partial.size, int(found[2])


def _refuse_page(response: httpx.Response) -> None:
    if "html" not in response.headers.get("Content-Type", "").lower():
        return
    head = b""
    with suppress(httpx.HTTPError):
        for chunk in response.iter_raw():
            head += chunk
            if len(head) > 1 << 14:
                break
    title = TITLE.search(head)
    words = unescape(title[1].decode(errors="replace")).split() if title else ()
    named = f" with the title “{_printable(' '.join(words))}”" if words else ""
    raise NotThere(f"{_at(response)} is a web page{named} instead of a zip file.")


@contextmanager
def _httpx_errors(url: str, partial: _Partial) -> Iterator[None]:
    host = httpx.URL(url).host
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        detail = ERRNO.sub("", str(error)) or "no answer"
        raise _Broken(f"There is no connection to {host} ({detail}).") from error
    except httpx.TimeoutException as error:
        raise _Broken(f"{host} sent nothing for a while: after {partial.size:,} bytes it was too slow.") from error
    except httpx.HTTPError as error:
        raise _Broken(f"{host} broke off after {partial.size:,} bytes.") from error


@contextmanager
def _disk_errors(partial: _Partial) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            partial.remove()
            raise Refused(_disk_full(partial, 0)) from error
        raise Refused(f"{partial.path} cannot be written: {error.strerror or error}.") from error


class _Partial:
    """What has arrived of a file, and of which version of it."""

    def __init__(self, path: Path):
        self.whole = path
        self.path = path.with_name(f"{path.name}.part")
        self.version = path.with_name(f"{path.name}.part.version")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def conditions(self) -> dict[str, str]:
        """The headers that ask for the rest, none where nothing is here or nothing says of which version it is."""
        if not self.size or not self.version.exists():
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": self.version.read_text(encoding="ascii")}

    @contextmanager
    def continued(self, response: httpx.Response, begins: int) -> Iterator:
        """A stream to write to: after what is here, or from the beginning."""
        if not begins:
            self.remove_version()
        with self.path.open("ab" if begins else "wb") as stream:
            # A weak one says that two versions are alike, not that they are the same bytes.
            version = response.headers.get("ETag", "")
            if not begins and version.startswith('"') and version.isascii():
                self.version.write_text(version, encoding="ascii")
            yield stream

    def finish(self) -> None:
        self.path.replace(self.whole)
        self.remove_version()

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
        self.remove_version()

    def remove_version(self) -> None:
        self.version.unlink(missing_ok=True)


def _printable(text: str) -> str:
    """What a server sent, for a sentence that is kept: PostgreSQL takes no NUL, and nobody reads one."""
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text)


def _plain(url: httpx.URL) -> str:
    return str(url.copy_with(query=None))


def _at(response: httpx.Response) -> str:
    return _plain(response.url)


def _refuse_large(size: int, partial: _Partial, terms: Terms) -> None:
    if size > terms.largest:
        partial.remove()
        most = f"{terms.largest // 1_000_000:,} MB"
        raise Refused(f"{partial.whole.name} is larger than the {most} that are downloaded at most.")


def _refuse_coming(coming: int, partial: _Partial, terms: Terms) -> None:
    try:
        terms.refuse_coming(coming)
    except Refused:  # what has arrived of it would keep out other files
        partial.remove()
        raise


def _refuse_without_room(coming: int, total: int, partial: _Partial, terms: Terms) -> None:
    if shutil.disk_usage(partial.path.parent).free < coming + terms.spare:
        raise Refused(_disk_full(partial, total))


def _disk_full(partial: _Partial, total: int) -> str:
    needs = f": it has {total // 1_000_000:,} MB" if total else ""
    return f"There is no room for {partial.whole.name} on the disk{needs}. Make room and try again."
