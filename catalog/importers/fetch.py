"""Fetching a quarter from CMS: the usual addresses one after the other, until one has its files.

A table in parts is fetched whole or not at all. What comes is looked into before it counts: it has to unpack, and
to be the release that was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.conf import settings

from catalog.importers import addresses, files, load
from catalog.importers.addresses import ACCEPTANCE, CMS, LAST_PART, LICENSE_PAGE, PAGES, PARTS, Address
from catalog.importers.download import NotThere, Patience, Terms, client, download
from catalog.importers.files import Refused
from catalog.importers.load import Progress
from catalog.models import Release


@dataclass(frozen=True)
class _Errand:
    """One call of fetch: where to, from where, with what."""

    http: httpx.Client
    folder: Path
    base_url: str
    progress: Progress
    is_cancelled: Callable[[], bool]
    refuse_coming: Callable[[int], None]
    patience: Patience


def fetch(
    dataset: str,
    quarter: str,
    setting: str,
    folder: Path,
    *,
    base_url: str = CMS,
    accept_ama_license: bool = False,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] | None = None,
    refuse_coming: Callable[[int], None] = lambda coming: None,
    patience: Patience | None = None,
) -> list[Path]:
    """Bring the files of a quarter into ``folder``; returns their paths. ``addresses.where`` has their addresses.

    What is in the folder already is not asked for again, and what is there in part is continued. ``progress`` gets
    bytes; ``refuse_coming`` gets how many of a file are to come, and raises Refused where there is no room for it.
    Nothing is asked of CMS before the AMA's license is accepted where CMS puts it before a file.

    Raises Refused, with a sentence for the person who asked, and Cancelled once ``is_cancelled()`` says so.
    """
    try:
        editions = addresses.editions(dataset, quarter, setting)
    except ValueError as reason:
        raise Refused(str(reason)) from reason
    if not addresses.is_web_address(base_url):
        raise Refused(f"{base_url} is not the address of a site. Write it as in {CMS}.")
    if addresses.needs_license(dataset) and not accept_ama_license:
        raise Refused(
            f"CMS asks for the acceptance of the AMA’s license before these files. Read it at {LICENSE_PAGE}, and "
            "accept it first. Nothing was downloaded."
        )
    folder.mkdir(parents=True, exist_ok=True)
    patience = patience or Patience()
    with client(patience) as http:
        tell = progress or (lambda what, done, total: None)
        is_cancelled = is_cancelled or (lambda: False)
        errand = _Errand(http, folder, base_url, tell, is_cancelled, refuse_coming, patience)
        paths = _first_there(errand, editions)
    try:
        refuse_other_release(paths, dataset, quarter, setting)
    except Refused:
        for path in paths:  # the next time it is fetched anew
            path.unlink()
        raise
    return paths


def refuse_other_release(paths: list[Path], dataset: str, quarter: str, setting: str) -> None:
    """Raises Refused unless the files are whole, and all they hold is of that quarter and setting."""
    for member in files.members(paths):
        files.fingerprint(member)
    for one in load.publications(paths, dataset):
        if (one.quarter, one.setting) != (quarter, setting):
            came = Release(dataset=dataset, setting=one.setting, quarter=one.quarter)
            due = Release(dataset=dataset, setting=setting, quarter=quarter)
            raise Refused(f"CMS has {came} at the address of {due}: {paths[0].name}. It is not loaded.")


def _first_there(errand: _Errand, editions: list[list[Address]]) -> list[Path]:
    reasons = []
    for first, *rest in editions:
        try:
            paths = [_file(errand, first)]
        except NotThere as reason:
            reasons.append(reason)
            continue
        return paths + (_rest(errand, rest) if rest else [])
    odd = [str(reason) for reason in reasons if reason.is_odd]
    page = PAGES[editions[0][0].dataset]
    if odd:
        raise Refused(f"{odd[-1]} Look at {page}, download the file in a browser and upload it.")
    tried = ", ".join(edition[0].name for edition in editions)
    raise Refused(
        f"There is no such file at the addresses CMS usually gives this quarter: {tried}. It may not be published "
        f"yet, or under another name. Look at {page}, download it in a browser and upload it."
    )


def _rest(errand: _Errand, parts: list[Address]) -> list[Path]:
    """The parts after the first: all that are known of, and those CMS may have added."""
    paths = []
    for address in parts:
        try:
            paths.append(_file(errand, address))
        except NotThere as reason:
            raise Refused(
                f"Part {address.part} of {PARTS} is missing: {reason} The table would not be whole. Look at "
                f"{PAGES[address.dataset]}; what is there can be downloaded in a browser and uploaded."
            ) from reason
    address = parts[-1]
    while (address := address.next_part).part <= LAST_PART:
        try:
            paths.append(_file(errand, address))
        except NotThere:
            break
    return paths


def _file(errand: _Errand, address: Address) -> Path:
    path = errand.folder / address.name
    if not path.exists():
        tell = errand.progress
        part = f" part {address.part} of {max(PARTS, address.part)}" if address.part else ""
        accepted = f"?{ACCEPTANCE}" if address.is_licensed else ""
        terms = Terms(
            settings.LARGEST_DOWNLOAD,
            spare=settings.SPARE_DISK,
            arrived=lambda done, total: tell(f"Downloading{part}", done, total),
            waits=lambda reason: tell(f"Waiting to try again. {reason}", 0, 0),
            is_cancelled=errand.is_cancelled,
            refuse_coming=errand.refuse_coming,
            patience=errand.patience,
        )
        download(errand.http, address.url(errand.base_url) + accepted, path, terms)
    return path
