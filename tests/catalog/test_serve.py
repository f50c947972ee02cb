import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from catalog import serving, tasks
from catalog.importers.load import sole_import
from catalog.importers.locks import WORKER
from catalog.management.commands.serve import Command, address, refuse_taken_port
from tests.builders import make_code, make_section
from tests.databases import url_of_this_database
from tests.killed import until_free

SECONDS = 300


@pytest.fixture
def port() -> Iterator[int]:
    """A port that nobody else is given meanwhile: it is bound here, in a way that lets a server listen on it."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@pytest.fixture(scope="module")
def static_root(tmp_path_factory) -> Path:
    """A folder for static files, which are compressed once for all tests that do not ask how they come there."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def site(transactional_db) -> str:
    """The URL of the tests' database with so much in it that the starter set is not loaded."""
    make_section("supplies", ("A0000", "A9999"))
    make_code("A4253", long_descriptor="Blood glucose test strips")
    return url_of_this_database()


@contextmanager
def site_served(
    database_url: str, static_root, port: int, *options: str
) -> Iterator[tuple[subprocess.Popen, list[str]]]:
    """The running server and the lines it printed until it listened."""
    environment = {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "coding_reference.settings",
        "STATIC_ROOT": str(static_root),
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", "2", *options],
        cwd=settings.BASE_DIR,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("Open "):
                break
        yield process, lines
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


def get(port: int, path: str, **headers: str):
    return urlopen(Request(f"http://127.0.0.1:{port}{path}", headers=headers), timeout=SECONDS)


def test_serve_makes_a_site_from_an_empty_database_and_stops_cleanly(empty_database, tmp_path, port):
    with site_served(empty_database, tmp_path / "static", port) as (process, lines):
        assert lines[0].endswith("migrations applied.")
        assert lines[1].startswith("Starter set: 3 levels, ")
        assert lines[2].endswith("files collected.")
        assert lines[-1] == f"Open http://localhost:{port}/ in a browser."
        page = get(port, "/").read().decode()
        assert "Starter data, not a CMS release" in page
        stylesheet = page.partition('href="/static/css/site')[2].partition('"')[0]
        response = get(port, f"/static/css/site{stylesheet}", **{"Accept-Encoding": "br"})
        assert response.headers["Content-Encoding"] == "br"
        assert "immutable" in response.headers["Cache-Control"]
        # As a terminal does it: Ctrl-C goes to every process of the group.
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0
        assert rest.splitlines()[-1] == "Stopped."
        assert "Traceback" not in rest

    with site_served(empty_database, tmp_path / "static", port) as (process, lines):
        assert lines[0] == "Database: up to date."
        assert lines[1] == "Static files: up to date."
        process.terminate()
        process.communicate(timeout=SECONDS)
        assert process.returncode == 0


@pytest.mark.django_db(transaction=True)
def test_stopping_while_the_workers_start_is_clean(site, static_root, port):
    with site_served(site, static_root, port) as (process, _):
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0
        assert rest.splitlines()[-1] == "Stopped."


@pytest.mark.django_db(transaction=True)
def test_what_an_editor_saves_is_found_by_every_worker_at_once(site, admin_client, static_root, port):
    with site_served(site, static_root, port):
        # A new connection each time, which the system hands to either worker.
        answers = [get(port, "/?q=sugarstick").read().decode() for _ in range(10)]
        assert not any('href="/codes/A4253/"' in answer for answer in answers)
        form = {"term": "sugarstick", "code": "A4253", "means": "", "note": ""}
        assert admin_client.post(reverse("admin:catalog_synonym_add"), form).status_code == 302
        answers = [get(port, "/?q=sugarstick").read().decode() for _ in range(10)]
        assert all('href="/codes/A4253/"' in answer for answer in answers)


def worker_at_work() -> int:
    """The process that does a task asked for now."""
    number = tasks.tidy.enqueue().id
    until = time.monotonic() + SECONDS
    while not (found := DBTaskResult.objects.finished().filter(pk=number).first()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return int(found.worker_ids[-1].split()[-1])


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_there_as_long_as_the_site_and_comes_back_when_it_dies(site, static_root, port):
    with site_served(site, static_root, port) as (process, _):
        first = worker_at_work()
        os.kill(first, signal.SIGKILL)
        second = worker_at_work()
        assert second != first
        assert get(port, "/healthz").status == 200
        process.terminate()
        process.communicate(timeout=SECONDS)
        assert process.returncode == 0
    until_free(WORKER)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_site_stays_when_it_is_killed(site, static_root, port):
    with site_served(site, static_root, port) as (process, _):
        worker_at_work()
        process.kill()
        process.communicate(timeout=SECONDS)  # ends with the last of the processes that print there
        with pytest.raises(URLError):
            get(port, "/healthz")
    until_free(WORKER)


def test_a_worker_that_cannot_be_started_is_tried_again(monkeypatch, caplog):
    monkeypatch.setattr(serving, "SHORTEST_PAUSE", 0)
    monkeypatch.setattr(serving, "LONGEST_PAUSE", 0)
    is_started, tries = threading.Event(), []

    class Started:
        def __init__(self, command, **options):
            tries.append(command)
            if len(tries) < 3:
                raise OSError("Cannot allocate memory")
            is_started.set()

        def poll(self):
            return None

        def terminate(self):
            pass

        def wait(self, seconds):
            pass

    monkeypatch.setattr(serving.subprocess, "Popen", Started)
    with serving.worker_beside() as start:
        start()
        assert is_started.wait(SECONDS)
    assert len(tries) == 3
    assert caplog.text.count("The worker could not be started. It is tried again.") == 2


@pytest.mark.django_db(transaction=True)
def test_a_site_without_a_worker_serves_as_well(site, static_root, port):
    with site_served(site, static_root, port, "--no-worker"):
        assert get(port, "/healthz").status == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("options", "is_kept"), [([], True), (["--no-worker"], False)])
def test_a_worker_is_kept_beside_the_server_unless_it_is_not_wanted(
    site, static_root, port, monkeypatch, settings, options, is_kept
):
    settings.STATIC_ROOT = static_root
    monkeypatch.setattr(serving, "SHORTEST_PAUSE", SECONDS)  # none is started before this server is gone
    kept = []

    class EndsAsSoonAsItListens:
        def __init__(self, **options):
            pass

        def on_startup(self, hook):
            self.hook = hook

        def serve(self, **options):
            with socket.create_server(("127.0.0.1", port), reuse_port=True):
                self.hook()
                self.hook.__self__.join()  # until it is said that the server listens, and what follows is done
            kept.extend(thread for thread in threading.enumerate() if thread.name.endswith("(_keep_worker)"))

    monkeypatch.setattr(serving, "Granian", EndsAsSoonAsItListens)
    call_command("serve", "--port", str(port), *options, stdout=StringIO())
    assert len(kept) == is_kept


def test_a_taken_port_is_refused_with_what_to_do(port):
    with closing(socket.create_server(("127.0.0.1", port))):
        sentence = rf"Cannot listen on 127.0.0.1:{port}: Address already in use.* --port {port + 1}"
        with pytest.raises(CommandError, match=sentence):
            refuse_taken_port("127.0.0.1", port)


def test_a_host_that_is_not_ours_is_refused(port):
    with pytest.raises(CommandError, match=f"Cannot listen on no-such-host.invalid:{port}"):
        refuse_taken_port("no-such-host.invalid", port)


@pytest.mark.django_db(transaction=True)
def test_serving_a_new_database_while_an_import_runs_is_refused(port):
    def prepare() -> None:
        try:
            Command().prepare("127.0.0.1", port)
        finally:
            connection.close()

    # In a thread of its own, as one connection to PostgreSQL may take the same lock twice.
    with sole_import(), ThreadPoolExecutor(1) as elsewhere:
        refusal = elsewhere.submit(prepare).exception()
    assert isinstance(refusal, CommandError)
    assert "Another import is running" in str(refusal)


def test_a_database_that_does_not_answer_is_named_without_a_traceback(tmp_path, port):
    url = f"postgres://coder:secret@127.0.0.1:{port}/codes"
    with site_served(url, tmp_path, port) as (process, lines):
        assert process.wait(SECONDS) == 1
        text = "\n".join(lines)
        assert "The database does not answer" in text
        assert "DATABASE_URL" in text
        assert "Traceback" not in text
        assert "secret" not in text


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://localhost:8000/"),
        ("0.0.0.0", "http://localhost:8000/"),
        ("::1", "http://[::1]:8000/"),
        ("codes.example.org", "http://codes.example.org:8000/"),
    ],
)
def test_the_address_shown_can_be_opened(host, shown):
    assert address(host, 8000) == shown
