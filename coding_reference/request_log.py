"""One line of JSON for every request and every other log record.

A line has method, path, status and milliseconds, never the query string: what a coder types is not kept.
"""

import json
import logging
import time

logger = logging.getLogger("coding_reference.requests")
REQUEST_FIELDS = ("method", "path", "status", "ms", "bytes")


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
                    "path": request.path,
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - start) * 1000, 1),
                    "bytes": None if response.streaming else len(response.content),
                },
            )
        return response


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name == logger.name:
            line |= {name: getattr(record, name) for name in REQUEST_FIELDS}
        else:
            line["message"] = record.getMessage()
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
