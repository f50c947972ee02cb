import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find, get_finders
from django.core.management import call_command
from django.template import Context, Template

from coding_reference.static_files import is_used


def collected() -> set[str]:
    return {path for finder in get_finders() for path, _ in finder.list([])}


def test_everything_the_templates_link_to_is_collected():
    templates = "".join(path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html"))
    linked = set(re.findall(r"{% static ['\"](.+?)['\"] %}", templates))
    assert "css/site.css" in linked
    assert linked | {"django_htmx/htmx-2.min.js", "admin/css/base.css"} <= collected()


def test_of_the_libraries_only_what_is_used_is_collected():
    libraries = {path for path in collected() if not path.startswith(("admin/", "css/", "img/", "js/"))}
    assert libraries == {"bootstrap/css/bootstrap.min.css", "django_htmx/htmx-2.min.js"}


@pytest.mark.parametrize(
    "path", ["bootstrap/css/bootstrap.css", "fontawesome/css/all.css", "django_htmx/htmx-4.js"]
)
def test_what_is_not_collected_is_not_found_either(path):
    assert not is_used(path)
    assert find(path) is None


def test_every_script_of_a_page_is_found_while_debugging(settings):
    page = Template("{% load django_htmx %}{% htmx_script %}")
    settings.DEBUG = True
    scripts = re.findall(r'src="/static/(.+?)"', page.render(Context()))
    assert len(scripts) == 2
    assert all(map(find, scripts))
    settings.DEBUG = False
    assert find("django_htmx/django-htmx.js") is None


def test_hashed_files_are_written_with_compressed_copies_and_without_source_maps(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "coding_reference.static_files.HashedFiles"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert set(names) == collected()
    stylesheet = tmp_path / names["bootstrap/css/bootstrap.min.css"]
    assert re.search(r"bootstrap\.min\.[0-9a-f]{12}\.css$", stylesheet.name)
    assert stylesheet.with_name(f"{stylesheet.name}.br").stat().st_size < 30_000
    assert not list(tmp_path.rglob("*.map"))
    for path in (source for source in names if source.startswith("js/")):
        for imported in re.findall(r'^import .*"\./(.+)";$', (tmp_path / names[path]).read_text(), re.MULTILINE):
            assert f"js/{imported}" in names.values(), path
