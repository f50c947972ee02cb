"""People at the desk: accounts of the groups, and browsers that are logged in as them."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from django.test import Client

from catalog.roles import DATA_MANAGERS, EDITORS, create_groups


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
