"""People at the desk: accounts of the groups, browsers that are logged in as them, and what they bring."""

from __future__ import annotations

import io
from pathlib import Path

from django.contrib.auth.models import Group, User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from catalog.models import ImportRun
from catalog.roles import DATA_MANAGERS, EDITORS, create_groups
from tests.release_files import record, whole, write_text, write_zip


def make_user(name: str = "ada", *groups: str) -> User:
    """A member of staff in these groups, as the migrations make them; of none unless told so."""
    create_groups()
    user = User.objects.create_user(name, password="password", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def browser_of(user: User, **options: object) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


def data_manager(name: str = "dana", **options: object) -> Client:
    return browser_of(make_user(name, DATA_MANAGERS), **options)


def editor(name: str = "ed", **options: object) -> Client:
    return browser_of(make_user(name, EDITORS), **options)


def make_run(**fields: object) -> ImportRun:
    """An import of uploaded files that waits for the worker, unless told otherwise."""
    return ImportRun.objects.create(**{"origin": "upload"} | fields)


def make_october(folder: Path) -> Path:
    """A small release file of October 2025 in its zip."""
    plain = write_text(folder / "HCPC2025_OCT_ANWEB.txt", whole(record("J1885", "Injection")))
    return write_zip(folder / "october-2025-alpha-numeric-hcpcs-file.zip", plain)


def upload(client: Client, *paths: Path, **fields: str) -> HttpResponse:
    """What the site answers to these files, with whatever else the form says."""
    files = [named(path.name, path.read_bytes()) for path in paths]
    return client.post(reverse("admin:upload"), {"files": files, "end": "True"} | fields)


def named(name: str, content: bytes) -> io.BytesIO:
    """A file for a form of Django's test client."""
    file = io.BytesIO(content)
    file.name = name
    return file
