"""Whether there is room for files that are to come: on the disk, and in the inbox."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings

from catalog.importers.files import Refused


def refuse_without_room(inbox: Path, coming: int = 0) -> None:
    """Raises Refused when the inbox, a folder that is there, has no room for so many bytes more."""
    if reason := disk_is_full(inbox, coming) or _inbox_is_full(inbox, coming):
        raise Refused(reason)


def disk_is_full(folder: Path, coming: int = 0) -> str:
    """A sentence, if with so many bytes more too little of the disk would stay free."""
    free = shutil.disk_usage(folder).free
    if free - coming >= settings.SPARE_DISK:
        return ""
    return (
        f"There is no room on the disk of the site: {_mb(free)} are free, and {_mb(settings.SPARE_DISK)} have to "
        "stay free. Nothing was kept. Tell the people who run the site."
    )


def _inbox_is_full(inbox: Path, coming: int) -> str:
    # Not ``rglob``, which stumbles over a folder that goes in this moment, as when another upload ends.
    held = sum(_size(Path(folder, name)) for folder, _folders, names in os.walk(inbox) for name in names)
    if held + coming <= settings.LARGEST_INBOX:
        return ""
    more = f" for {_mb(coming)} more" if coming >= 1_000_000 else ""
    return (
        f"The inbox has no room{more}: the files in it take {_mb(held)} of {_mb(settings.LARGEST_INBOX)}. "
        "Nothing of what was to come was kept. Activate or discard what waits, and the files it came in go."
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # it was removed in this moment
        return 0


def _mb(size: int) -> str:
    return f"{size // 1_000_000:,} MB"
