"""One line of JSON for every request and every other log record.

A line has method, page, status and milliseconds. The page is its pattern, ``/codes/<str:code>/``: neither the
query string nor the codes in a path are kept, as they are what a coder looked up. Nor are the messages of errors,
for these often quote what could not be read; where they came from and their kind are.
"""

import json
import logging
import time
from collections.abc import Iterator
from traceback import TracebackException

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest

logger = logging.getLogger("coding_reference.requests")
WITH_PATHS = ("django.request", "django.security.csrf")
REQUEST_FIELDS = ("method", "page", "status", "ms", "bytes")


class RequestLogMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        start = time.perf_counter()
        response = self.get_response(request)
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                "request",
                extra={
                    "method": request.method,
                    "page": page_of(request),
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - start) * 1000, 1),
                    "bytes": None if response.streaming else len(response.content),
                },
            )
        return response


def page_of(request: HttpRequest) -> str:
    """The pattern of a page's address. Files, which nobody types, are named; what is no page is not."""
    if request.resolver_match:
        return f"/{request.resolver_match.route}"
    return request.path if request.path.startswith(settings.STATIC_URL) else "no page"


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name == logger.name:
            line |= {name: getattr(record, name) for name in REQUEST_FIELDS}
        elif record.name in WITH_PATHS and hasattr(record, "request"):
            what = record.args[0].partition(" - ")[0]  # what follows may quote the address somebody came from
            line["message"] = f"{what}: {page_of(record.request)}"  # in place of the path
        else:
            line["message"] = record.getMessage()
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)

    def formatException(self, exc_info) -> str:  # noqa: N802 - the name logging calls it by
        return "\n".join(_told(TracebackException(*exc_info)))


def _told(error: TracebackException) -> Iterator[str]:
    """The lines of a traceback, what led to the error first, each error without its message.

    Only the first line of what a database says of itself stays: "database is locked", "connection refused".
    """
    if led_to_it := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        yield from _told(led_to_it)
        yield "then"
    yield "Traceback (most recent call last):"
    yield from (frame.rstrip("\n") for frame in error.stack.format())
    kind_and_message = next(error.format_exception_only()).splitlines()[0]
    yield kind_and_message if issubclass(error.exc_type, OperationalError) else error.exc_type.__qualname__
