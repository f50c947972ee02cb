"""What tests share: the publishers' files, a browser, and skipping with a reason where something is not here.

``REQUIRE_ALL=1`` fails instead of skipping, so that the gate cannot pass by leaving tests out.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from tests.databases import let_the_audit_log_be_emptied, way_back_to_now

CMS_FILES = Path(os.environ.get("CMS_FILES") or settings.BASE_DIR.parent / "shared" / "cms")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
WRK = shutil.which("wrk")
REQUIRE_ALL = os.environ.get("REQUIRE_ALL", "") not in {"", "0"}
VIEWPORT = {"width": 1280, "height": 800}
PATIENCE = 60_000  # ms in which a page has to come to what is expected of it, however busy the machine is

# What takes how long is measured in benchmarks/; machines differ. Who works here is tried with new examples each
# time; the gate takes the same ones for the same tests, so that what it says can be had again.
hypothesis.settings.register_profile(
    "unhurried",
    deadline=None,
    derandomize=REQUIRE_ALL,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("unhurried")

# What is collected stays for the whole run; looking through it for garbage again and again takes a quarter of it.
gc.set_threshold(100_000, 20, 20)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = {}
    if not CMS_FILES.is_dir():
        missing["cms"] = f"CMS's release files are not in {CMS_FILES}; CMS_FILES names another folder"
    if not CHROMIUM:
        missing["browser"] = "no Chromium on the PATH; CHROMIUM names one"
    if not WRK:
        missing["wrk"] = "no wrk on the PATH"
    if connection.vendor != "postgresql":
        missing["postgres"] = "runs with: python -m pytest -p tests.postgres"
    else:
        missing["sqlite"] = "runs with: python -m pytest"
    for item in items:
        for mark, reason in missing.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator:
    report = yield
    is_of_another_server = item.get_closest_marker("postgres") or item.get_closest_marker("sqlite")
    if REQUIRE_ALL and report.skipped and not is_of_another_server:
        report.outcome, report.longrepr = "failed", f"REQUIRE_ALL is set, but: {report.longrepr[2]}"
    return report


@pytest.fixture(scope="session")
def cms_files() -> Path:
    """The folder of the publishers' full files, for tests marked ``cms``."""
    return CMS_FILES


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The tests' database, whose audit log may be emptied after a test; a real one refuses that.

    On SQLite it is put back whole after a test that wrote to it for good.
    """
    with django_db_blocker.unblock():
        let_the_audit_log_be_emptied()
        put_back = way_back_to_now() if connection.vendor == "sqlite" else None
    with pytest.MonkeyPatch.context() as patch:
        if put_back:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: put_back())
        yield


@pytest.fixture
def empty_database(tmp_path) -> Iterator[str]:
    """The URL of a database without a table, on the kind of server that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite3"
        return
    url = os.environ["DATABASE_URL"]
    name = f"empty_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    with closing(psycopg.connect(url, autocommit=True)) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield url.replace("/postgres?", f"/{name}?")
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def inbox(settings, tmp_path) -> Path:
    """A folder of the test's own for the files of imports; nothing has made it yet."""
    settings.INBOX = tmp_path / "inbox"
    return settings.INBOX


@pytest.fixture(autouse=True)
def no_snapshot_of_another_test() -> Iterator[None]:
    """Rows of one test can look like those of another to the stamp, as each begins with an empty database."""
    yield
    if "catalog.snapshot" in sys.modules:
        sys.modules["catalog.snapshot"]._snapshot = None


@pytest.fixture(scope="session")
def launched() -> Iterator:
    """The one Chromium of a run."""
    from playwright.sync_api import expect, sync_playwright

    # Playwright's loop runs in this thread, and Django takes any running loop for async code. From then on it uses
    # another connection; closed, the one before cannot be shared by a process that a test forks.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    connection.close()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-background-timer-throttling",
                "--disable-backgrounding-occluded-windows",
                "--disable-renderer-backgrounding",
            ],
        )
        browser.on("context", lambda window: window.set_default_timeout(PATIENCE))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def window(launched):
    """The window of every ``page``; Chromium needs longer to open one than most tests take.

    Its first tab is nobody's and stays, as the window would be gone with its last one.
    It is where the site is: else, of an evening, the two would be at one in the day and not in the quarter.
    """
    window = launched.new_context(viewport=VIEWPORT, timezone_id=settings.TIME_ZONE)
    window.new_page()
    return window


@pytest.fixture
def chromium(launched, window) -> Iterator:
    """A Playwright ``Browser``, for tests marked ``browser``; windows that a test opens are closed after it."""
    yield launched
    for opened in launched.contexts:
        if opened is not window:
            opened.close()


@pytest.fixture
def page(window) -> Iterator:
    """A fresh tab, in which nothing of another test is left: no cookie, nothing stored, nothing permitted.

    Whatever the page complains about, blocked inline styles included, fails the test. That a request is dropped
    for a newer one is no complaint, although htmx says so where errors are said.
    """
    page = window.new_page()
    complaints: list[str] = []
    dropped = ("htmx:afterRequest,", "htmx:sendAbort,")
    page.on(
        "console",
        lambda said: (
            said.type == "error"
            and not said.text.startswith(dropped)
            and complaints.append(f"{said.text} {said.location['url']}")
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    forget_all(window)
    assert not complaints


def forget_all(window) -> None:
    """Close the tabs of a window but its first, and forget what their pages left in it."""
    first, *tabs = window.pages
    for tab in tabs:
        tab.close()
    tools = window.new_cdp_session(first)
    tools.send("Network.clearBrowserCache")
    tools.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    tools.detach()
    window.clear_cookies()
    window.clear_permissions()
