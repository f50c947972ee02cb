"""``manage.py serve``: everything between a fresh copy of the project and a site that answers.

Each step is skipped when it has nothing to do, so that starting again takes a moment.
"""

from __future__ import annotations

import os
import socket
from argparse import ArgumentParser
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from catalog.importers.files import Refused
from catalog.serving import run_server, worker_beside
from catalog.starter.load import load_into_empty_database

# An index of the codes stands in every worker's memory, so more of them is not always better.
MOST_WORKERS = 4


class Command(BaseCommand):
    help = "Prepare the database and the static files, then serve the site until Ctrl-C."

    def create_parser(self, *args: object, **kwargs: object) -> ArgumentParser:
        return super().create_parser(*args, allow_abbrev=False, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument(
            "--port",
            type=int,
            default=8000,
            choices=range(1, 65536),
            metavar="PORT",
            help="port to listen on (default: %(default)s)",
        )
        parser.add_argument(
            "--workers",
            type=int,
            default=min(os.cpu_count() or 1, MOST_WORKERS),
            help="processes that answer (default: one for each processor, at most 4)",
        )

        parser.add_argument(
            "--no-worker",
            action="store_true",
            help="do not rehearse what is uploaded or fetched: manage.py worker does it, here or elsewhere",
        )

    def handle(self, *, host: str, port: int, workers: int, no_worker: bool, **options: object) -> None:
        def when_listening() -> None:
            self.say(f"Open {address(host, port)} in a browser.")
            if not no_worker:
                start_worker()

        try:
            self.prepare(host, port)
            with worker_beside() as start_worker:
                run_server(host, port, max(1, workers), when_listening)
        except KeyboardInterrupt:
            pass  # before the server was there to act on it
        self.say("Stopped.")

    def prepare(self, host: str, port: int) -> None:
        refuse_taken_port(host, port)
        self.say(f"Database: {migrate()}.")
        try:
            added = load_into_empty_database()
        except Refused as reason:
            raise CommandError(str(reason)) from reason
        if added:
            self.say(f"Starter set: {', '.join(added)} added.")
        self.say(f"Static files: {collect_static_files()}.")
        if settings.IS_DEVELOPMENT:
            self.say(
                "Without a SECRET_KEY the site answers on this machine only; README.md says how to publish it."
            )
        self.say("Ctrl-C stops the server.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def refuse_taken_port(host: str, port: int) -> None:
    """Raise a CommandError that says what to do when nothing can listen there.

    The server itself shares its port between workers, and so would not notice another one on it.
    """
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}:{port}: {error.strerror}. "
            f"Choose another port, as in: manage.py serve --port {port + 1}"
        ) from error


def migrate() -> str:
    """Apply the migrations that are missing, and say what was done."""
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        reason = str(error).splitlines()[0]
        raise CommandError(f"The database does not answer: {reason}. DATABASE_URL says where it is.") from error
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not missing:
        return "up to date"
    call_command("migrate", interactive=False, verbosity=0)
    return f"{len(missing)} migrations applied"


def collect_static_files() -> str:
    """Copy the static files to where they are served from if a source has changed, and say what was done."""
    sources = sorted(
        (path, Path(storage.path(path)).stat()) for finder in get_finders() for path, storage in finder.list([])
    )
    seen = repr([(path, stat.st_size, stat.st_mtime_ns) for path, stat in sources])
    fingerprint = blake2b(seen.encode(), digest_size=12).hexdigest()
    note = settings.STATIC_ROOT / ".collected"
    if note.exists() and note.read_text() == fingerprint:
        return "up to date"
    call_command("collectstatic", interactive=False, verbosity=0)
    note.write_text(fingerprint)
    return f"{len(sources)} files collected"


def address(host: str, port: int) -> str:
    """Where to point a browser on this machine at."""
    if host in {"0.0.0.0", "::", "127.0.0.1"}:  # noqa: S104
        host = "localhost"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
