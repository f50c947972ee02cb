"""A stand-in for CMS's site on this machine, which misbehaves as it is told: for tests of what is fetched.

A path has a list of answers. Each request takes the next one, the last one stays. What has no answer is 404.
"""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit

PAGE = b"<!DOCTYPE html><html><head><title>Page &amp; all not found</title></head><body>Sorry</body></html>"

Answer = Callable[[BaseHTTPRequestHandler], None]


class Asked(NamedTuple):
    """A request as it came."""

    path: str
    query: str
    range: str
    condition: str


class Site:
    """``url`` is its address, ``asked`` what was asked of it. ``put`` gives a path its answers."""

    def __init__(self, url: str):
        self.url = url
        self.asked: list[Asked] = []
        self.answers: dict[str, list[Answer]] = {}
        self.over = threading.Event()

    def put(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    @property
    def paths(self) -> list[str]:
        """The names of what was asked for, in order."""
        return [one.path.rpartition("/")[2] for one in self.asked]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts, headers = urlsplit(handler.path), handler.headers
        self.asked.append(Asked(parts.path, parts.query, headers.get("Range", ""), headers.get("If-Range", "")))
        answers = self.answers.get(parts.path, [status(404)])
        (answers.pop(0) if len(answers) > 1 else answers[0])(handler)


@contextmanager
def running() -> Iterator[Site]:
    """A site on a free port, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked has heard enough
                site.answer(self)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def zipped(*names: str, size: int = 0) -> bytes:
    """A zip of files of those names, each of ``size`` bytes that do not pack."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, Random(name).randbytes(size))
    return packed.getvalue()


def serve(content: bytes, *, version: str = '"1"', kind: str = "application/zip", length: bool = True) -> Answer:
    """The whole, or the rest of it when it is asked for by a condition that holds."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        begins = 0
        if handler.headers.get("Range") and handler.headers.get("If-Range") == version:
            begins = int(handler.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        handler.send_response(206 if begins else 200)
        handler.send_header("Content-Type", kind)
        if version:
            handler.send_header("ETag", version)
        if begins:
            handler.send_header("Content-Range", f"bytes {begins}-{len(content) - 1}/{len(content)}")
        if length:
            handler.send_header("Content-Length", str(len(content) - begins))
        handler.end_headers()
        handler.wfile.write(content[begins:])

    return answer


def cut_off(content: bytes, after: int, *, version: str = '"1"') -> Answer:
    """The whole is announced, and the connection closed after some bytes."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        begins = 0
        if handler.headers.get("Range") and handler.headers.get("If-Range") == version:
            begins = int(handler.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes {begins}-{len(content) - 1}/{len(content)}")
        else:
            handler.send_response(200)
        handler.send_header("Content-Type", "application/zip")
        handler.send_header("ETag", version)
        handler.send_header("Content-Length", str(len(content) - begins))
        handler.end_headers()
        handler.wfile.write(content[begins : begins + after])

    return answer


def stuck(site: Site, content: bytes, begins: int) -> Answer:
    """The rest from there on is announced, and then nothing more comes while the site runs."""
    rest = {"Content-Range": f"bytes {begins}-{len(content) - 1}/{len(content)}"}
    announce = headers(206, rest | {"Content-Length": str(len(content) - begins)})

    def answer(handler: BaseHTTPRequestHandler) -> None:
        announce(handler)
        site.over.wait()

    return answer


def announced(size: int) -> Answer:
    """Headers that promise so many bytes, and none of them."""
    return headers(200, {"Content-Type": "application/zip", "Content-Length": str(size)})


def page(content: bytes = PAGE, kind: str = "text/html; charset=utf-8") -> Answer:
    return serve(content, version="", kind=kind)


def status(code: int, **named: str) -> Answer:
    return headers(
        code, {name.replace("_", "-"): value for name, value in named.items()} | {"Content-Length": "0"}
    )


def redirect(to: str, code: int = 302) -> Answer:
    return status(code, Location=to)


def headers(code: int, named: dict[str, str]) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in named.items():
            handler.send_header(name, value)
        handler.end_headers()

    return answer
