import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission

from catalog.roles import DATA_MANAGERS, EDITORS, ROLES, create_groups


def permissions_of(name: str) -> set[str]:
    held = Group.objects.get(name=name).permissions
    assert set(held.values_list("content_type__app_label", flat=True)) == {"catalog"}
    return set(held.values_list("codename", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("name", [EDITORS, DATA_MANAGERS])
def test_a_group_has_its_permissions_and_no_other(name):
    create_groups()
    assert permissions_of(name) == ROLES[name]
    Group.objects.get(name=name).permissions.set(Permission.objects.filter(codename="delete_user"))
    create_groups()
    assert permissions_of(name) == ROLES[name]


def test_the_two_groups_share_nothing():
    assert not ROLES[EDITORS] & ROLES[DATA_MANAGERS]


def test_migrations_alone_make_the_groups_in_a_new_database(empty_database, tmp_path):
    """Django makes permissions after the last migration, so the migration cannot wait for them."""
    ask = (
        "import django; django.setup()\n"
        "from django.contrib.auth.models import Group\n"
        "for group in Group.objects.order_by('name'): print(group, group.permissions.count())"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "coding_reference.settings",
        "DATABASE_URL": empty_database,
        "ENV_FILE": os.devnull,
    }
    said = ""
    for command in (["manage.py", "migrate", "--verbosity=0"], ["-c", ask]):
        said = subprocess.run(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    assert said.splitlines() == [f"{name} {len(ROLES[name])}" for name in sorted(ROLES)]
