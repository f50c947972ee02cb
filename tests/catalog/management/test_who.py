import os

from catalog.management.who import command_line


def test_who_runs_a_command_is_told_by_name():
    assert command_line() == "command line (mary)"


def test_who_has_no_name_on_the_system_is_told_by_number(monkeypatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2_147_483_000)
    assert command_line() == "command line (2147483000)"
