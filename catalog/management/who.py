"""Who runs a command, as the audit log names them."""

from __future__ import annotations

import getpass
import os


def command_line() -> str:
    """``command line (root)``; the number of a user that the system has no name for."""
    try:
        return f"command line ({getpass.getuser()})"
    except (KeyError, OSError):
        return f"command line ({os.getuid()})"
