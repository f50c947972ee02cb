"""The site as it runs, for measurements: in processes of its own, with its static files collected."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def serving(environment: Mapping[str, str], static_root: Path) -> Iterator[int]:
    """The port of a running site, see ``served.py``. The environment names its database.

    Static files are collected into their folder while it is empty.
    """
    environment = {**environment, "STATIC_ROOT": str(static_root)}
    if not any(static_root.iterdir()):
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--verbosity=0", "--no-input"],
            cwd=settings.BASE_DIR,
            env=environment,
            check=True,
            capture_output=True,
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.served", str(port)],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout.readline() == "listening\n"
        yield port
    finally:
        server.terminate()
        server.communicate(timeout=30)
