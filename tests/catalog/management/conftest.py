"""Who runs the commands of the tests, whatever account that is and whether the system has a name for it."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def mary_runs_the_commands(monkeypatch):
    monkeypatch.setenv("LOGNAME", "mary")
