import pytest
from django.core.management import CommandError, call_command

from catalog.models import Release
from tests.builders import make_release

pytestmark = pytest.mark.django_db


def output(capsys, *arguments: str) -> list[str]:
    call_command(*arguments)
    return capsys.readouterr().out.splitlines()


def test_nothing_loaded_is_said_with_what_to_do(capsys):
    assert output(capsys, "releases") == ["Nothing is loaded. manage.py import_release PATH loads a release."]


def test_releases_are_listed_newest_first_with_their_source(capsys):
    older = make_release("2025Q3", current=False, partial=True, counts={"codes": 8_000, "modifiers": 380})
    older.files.create(name="HCPC2025_JUL_ANWEB.txt", archive="july.zip", sha256="ab12cd34" * 8, size=1)
    make_release("2025Q4")
    make_release("2026Q1", state=Release.State.LOADING)
    header, newest, second = output(capsys, "releases")
    assert header.split() == ["ID", "Dataset", "Release", "State", "Rows", "Loaded", "SHA-256", "File"]
    assert "October 2025  current" in newest
    assert "July 2025     loaded, partial  8,380" in second
    assert second.endswith("ab12cd34  july.zip / HCPC2025_JUL_ANWEB.txt")


def test_an_earlier_release_is_made_current_again(capsys):
    older, newer = make_release("2025Q3", current=False), make_release("2025Q4")
    assert output(capsys, "activate_release", str(older.pk)) == ["HCPCS Level II, July 2025 is current."]
    newer.refresh_from_db()
    assert newer.state == Release.State.LOADED


def test_a_release_that_is_not_there_or_not_whole_is_refused(capsys):
    with pytest.raises(CommandError, match="There is no release 99"):
        output(capsys, "activate_release", "99")
    loading = make_release("2026Q1", state=Release.State.LOADING)
    with pytest.raises(CommandError, match="never loaded completely"):
        output(capsys, "activate_release", str(loading.pk))
