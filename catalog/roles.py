"""Who may do what at the desk: two groups, each with the permissions its work needs and no other.

Editors own our texts, data managers the releases and the pairs they are tried on; who has both tasks is in both
groups. Superusers may do everything, and they alone keep the accounts.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions

EDITORS = "Editors"
DATA_MANAGERS = "Data managers"

EVERYTHING = ("view", "add", "change", "delete")


def _may(acts: Iterable[str], *models: str) -> frozenset[str]:
    return frozenset(f"{act}_{model}" for act in acts for model in models)


ROLES: dict[str, frozenset[str]] = {
    EDITORS: _may(("view", "change"), "level")
    | _may(EVERYTHING, "section", "sectionrange", "synonym", "codenote")
    | _may(EVERYTHING, "comparisonrow", "statement", "decisionstep", "decisionchoice")
    | _may(EVERYTHING, "misconception", "practiceitem", "practicechoice"),
    DATA_MANAGERS: _may(EVERYTHING, "goldenpair")
    | _may(("view",), "release", "releasefile", "change", "auditentry")
    | _may(("view",), "hcpcscode", "modifier", "processingnote", "ptpedit", "mue", "addonedit")
    | {"load_release", "activate_release"},
}
"""The permissions of each group, by their code names; all of them are of the catalog."""


def create_groups(known: Apps = apps) -> None:
    """Make the groups, or give them exactly their permissions again.

    A migration that follows a change of ``ROLES`` calls this with the models it knows. In a new database Django
    makes permissions after all migrations only, so they are made here first.
    """
    create_permissions(apps.get_app_config("catalog"), verbosity=0, apps=known)
    groups, permissions = (known.get_model("auth", name)._default_manager for name in ("Group", "Permission"))
    for name, code_names in ROLES.items():
        group, _ = groups.get_or_create(name=name)
        group.permissions.set(
            permissions.filter(content_type__app_label="catalog", codename__in=sorted(code_names))
        )
