import json
import logging
import sys

import pytest
from django.db import DataError, OperationalError, connection
from django.test import Client
from django.urls import path

from coding_reference import urls as site
from coding_reference.request_log import JsonFormatter

TYPED = "what-a-coder-typed"


def fails(request):
    raise RuntimeError("out of order")


urlpatterns = [*site.urlpatterns, path("fails", fails)]


@pytest.fixture
def lines(caplog):
    """What the console would show: every record of every logger, as the settings' formatter writes it."""
    caplog.set_level(logging.DEBUG)
    loggers = [logging.getLogger(name) for name in ("django", "django.server", "axes")]
    for logger in loggers:
        logger.addHandler(caplog.handler)
    yield lambda: [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    for logger in loggers:
        logger.removeHandler(caplog.handler)


def requests(lines: list[dict]) -> list[dict]:
    return [line for line in lines if line["logger"] == "coding_reference.requests"]


@pytest.mark.django_db
def test_a_request_is_one_line_with_method_page_status_time_and_size(client, lines):
    response = client.get("/healthz")
    (line,) = requests(lines())
    assert (line["method"], line["page"], line["status"]) == ("GET", "/healthz", 200)
    assert line["bytes"] == len(response.content)
    assert line["ms"] >= 0


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/api/hcpcs/v3/search", 200),
        ("/healthz", 200),
        ("/no-such-page/", 404),
        ("/fails", 500),
        ("/admin/", 302),
    ],
)
def test_what_was_typed_is_in_no_line_of_any_logger(client, lines, address, status):
    client.raise_request_exception = False
    query = {"terms": TYPED} if address.startswith("/api") else {"q": TYPED}
    assert client.get(address, query).status_code == status
    assert requests(lines())
    assert TYPED not in json.dumps(lines())


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/codes/J1885/", "/edits/ptp/practitioner/J1885/45378/", "/J1885/"])
def test_a_code_in_a_path_is_in_no_line(client, lines, address):
    client.get(address)
    assert len(requests(lines())) == 1
    assert "J1885" not in json.dumps(lines())


@pytest.mark.django_db
def test_an_error_on_a_page_of_a_code_names_the_page_alone(client, lines):
    def refused(*_):
        raise DataError("out of order")

    client.raise_request_exception = False
    with connection.execute_wrapper(refused):
        assert client.get("/codes/J1885/").status_code == 500
    said = json.dumps(lines())
    assert "Internal Server Error: /codes/<str:code>/" in said
    assert "J1885" not in said


@pytest.mark.django_db
def test_neither_a_refused_host_nor_a_failed_login_logs_what_was_typed(client, lines):
    assert client.get("/", {"q": TYPED}, headers={"host": "evil.example.org"}).status_code == 400
    client.post(f"/admin/login/?next=/{TYPED}", {"username": TYPED, "password": TYPED})
    assert len(requests(lines())) == 2
    assert TYPED not in json.dumps(lines())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        f"/scratchpad/?line={TYPED}",
        f"/scratchpad/?line=J1885x?{TYPED}&_export=csv",
        f"/scratchpad/?line=J1885x?{TYPED}&_export=xlsx",
        f"/scratchpad/?line=J1885&line={TYPED}&view=settings",
        f"/scratchpad/suggest/?q={TYPED}",
        f"/?q={TYPED}",
    ],
)
def test_an_error_that_quotes_what_was_typed_leaves_it_in_no_line(client, lines, address):
    def refused(execute, sql, params, many, context):
        try:
            int(TYPED)
        except ValueError as error:
            raise DataError(f"invalid input: {TYPED}") from error

    client.raise_request_exception = False
    with connection.execute_wrapper(refused):
        assert client.get(address).status_code == 500
    said = json.dumps(lines())
    assert TYPED not in said
    assert "DataError" in said
    assert "ValueError" in said


def logged(error: Exception) -> str:
    try:
        raise error
    except type(error):
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Error: %s", ("/",), sys.exc_info())
    return JsonFormatter().format(record)


def test_an_error_keeps_its_traceback_on_one_line_but_not_its_message():
    text = logged(RuntimeError("out of order"))
    assert "\n" not in text
    line = json.loads(text)
    assert (line["level"], line["message"]) == ("error", "Error: /")
    assert f"{__name__.replace('.', '/')}.py" in line["traceback"]
    assert "    raise error\n" in line["traceback"]
    assert line["traceback"].endswith("\nRuntimeError")


def test_what_a_database_says_of_itself_is_kept():
    line = json.loads(logged(OperationalError("database is locked\nLINE 1: J1885")))
    assert line["traceback"].endswith("django.db.utils.OperationalError: database is locked")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options", [{}, {"secure": True, "headers": {"referer": f"https://other.example/?q={TYPED}"}}]
)
def test_a_form_that_is_not_accepted_is_logged_without_where_it_went_or_came_from(lines, options):
    client = Client(enforce_csrf_checks=True)
    assert client.post(f"/codes/{TYPED}/", **options).status_code == 403
    (line,) = [line for line in lines() if line["logger"] == "django.security.csrf"]
    assert line["message"].endswith(": /codes/<str:code>/")
    assert TYPED not in json.dumps(lines())
