"""The house rules that a reader could break without noticing: what may import what, and what may lie where."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
APPS = [app for app in ("catalog", "coding_reference", "scratchpad") if (ROOT / app).is_dir()]

TOP_LEVEL = {
    *("manage.py", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "README.md", "LICENSE"),
    *("coding_reference", "catalog", "scratchpad", "templates", "static", "staticfiles", "inbox", "tests"),
}
VAGUE_NAMES = {"base", "common", "core", "helper", "helpers", "misc", "service", "services", "util", "utils"}
LONGEST_MODULE = 400

# The standard library and each other, nothing else: they can be read, tested and reused alone.
PURE = (
    "catalog.charts",
    "catalog.code_forms",
    "catalog.codes",
    "catalog.dissect",
    "catalog.drill",
    "catalog.drill_questions",
    "catalog.drill_words",
    "catalog.edit_cells",
    "catalog.edit_words",
    "catalog.edits",
    "catalog.hints",
    "catalog.holdings",
    "catalog.icons",
    "catalog.importers.addresses",
    "catalog.misconceptions",
    "catalog.modifiers",
    "catalog.query_string",
    "catalog.quiz",
    "catalog.ranking",
    "catalog.rationales",
    "catalog.reading",
    "catalog.search",
    "catalog.seeded",
    "catalog.shapes",
    "catalog.taken_apart",
    "catalog.trail",
    "catalog.typed_code",
    "catalog.typed_units",
    "catalog.unfinished",
    "catalog.values",
    "catalog.wording",
    "catalog.words",
    "scratchpad.addon_words",
    "scratchpad.claim",
    "scratchpad.claim_text",
    "scratchpad.cms1500",
    "scratchpad.columns",
    "scratchpad.compare",
    "scratchpad.coverage",
    "scratchpad.finding_words",
    "scratchpad.findings",
    "scratchpad.line_words",
    "scratchpad.matrix",
    "scratchpad.modifier_words",
    "scratchpad.pair_words",
    "scratchpad.paste",
    "scratchpad.pasted_row",
    "scratchpad.phrases",
    "scratchpad.reference",
    "scratchpad.remittance",
    "scratchpad.summary",
    "scratchpad.rules",
    "scratchpad.segments",
    "scratchpad.unit_words",
)
DOORS = (
    *("catalog.views", "catalog.urls", "catalog.admin", "catalog.desk", "catalog.management"),
    *("scratchpad.views", "scratchpad.urls"),
)
BEHIND_DOORS = (
    "catalog.filters",
    "catalog.import_form",
    "catalog.item_checks",
    "catalog.markdown_field",
    "catalog.moved_codes",
    "catalog.section_form",
    "catalog.tables",
    "catalog.training_form",
    "scratchpad.forms",
    "scratchpad.lookup",
)
FORBIDDEN_ARROWS = [
    ("catalog", ("scratchpad", "coding_reference")),
    ("scratchpad", ("coding_reference",)),
    ("catalog.models", (*DOORS, *BEHIND_DOORS, "catalog.importers", "catalog.search", "catalog.snapshot")),
    ("catalog.importers", (*DOORS, *BEHIND_DOORS, "catalog.search", "catalog.snapshot", "catalog.starter")),
    ("catalog.search", (*DOORS, *BEHIND_DOORS, "catalog.importers", "catalog.models", "catalog.snapshot")),
    *((module, DOORS) for module in BEHIND_DOORS),
]


def modules() -> list[str]:
    paths = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    return sorted(dotted(path) for path in paths)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def source(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def imports(module: str) -> frozenset[str]:
    """Dotted names of everything a module imports, anywhere in it; ``from a import b`` counts as ``a.b``."""
    found = set()
    for node in ast.walk(ast.parse(source(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def lies_in(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def project_files() -> Iterator[Path]:
    for name in sorted(TOP_LEVEL - {"staticfiles", "inbox"}):
        path = ROOT / name
        yield from (path,) if path.is_file() else (file for file in path.rglob("*") if file.is_file())


@pytest.mark.parametrize(("package", "forbidden"), FORBIDDEN_ARROWS)
def test_arrows_between_packages_point_one_way(package, forbidden):
    assert [
        f"{module} imports {name}"
        for module in modules()
        if lies_in(module, (package,))
        for name in imports(module)
        if lies_in(name, forbidden)
    ] == []


@pytest.mark.parametrize("module", [module for module in modules() if lies_in(module, PURE)])
def test_pure_modules_import_the_standard_library_and_each_other(module):
    assert [
        name
        for name in imports(module)
        if name.partition(".")[0] not in sys.stdlib_module_names and not lies_in(name, PURE)
    ] == []


def test_only_urls_and_views_know_the_views():
    assert [
        f"{module} imports {name}"
        for module in modules()
        if not lies_in(module, DOORS) and module != "coding_reference.urls"
        for name in imports(module)
        if lies_in(name, DOORS)
    ] == []


def test_no_module_has_a_name_that_says_nothing():
    assert [module for module in modules() if VAGUE_NAMES & set(module.split("."))] == []


def test_no_module_is_longer_than_one_sitting_of_reading():
    paths = [source(module) for module in modules()] + sorted((ROOT / "tests").rglob("*.py"))
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {dotted(path): length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_the_top_level_holds_what_the_map_shows():
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "db.sqlite3", "__pycache__"))}
    assert found - TOP_LEVEL == set()


def test_templates_have_no_inline_style_or_script():
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|\shx-on|javascript:")
    templates = [path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".svg"}]
    assert templates
    assert {path.name: inline.findall(path.read_text(encoding="utf-8")) for path in templates} == {
        path.name: [] for path in templates
    }


def test_no_file_names_a_package_registry():
    hosts = [
        ".".join(parts)
        for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("deb", "debian", "org"))
    ]
    texts = {path: path.read_bytes() for path in project_files()}
    assert [str(path) for path, text in texts.items() if any(host.encode() in text for host in hosts)] == []


@pytest.mark.parametrize(("lock_file", "with_dev"), [("requirements.txt", False), ("requirements-dev.txt", True)])
def test_locked_requirements_hold_every_declared_one_with_hashes(lock_file, with_dev):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = project["project"]["dependencies"] + (project["dependency-groups"]["dev"] if with_dev else [])
    locked = (ROOT / lock_file).read_text()
    pins = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", locked, re.MULTILINE))
    assert {re.match(r"[A-Za-z0-9._-]+", name)[0].lower() for name in declared} - set(pins) == set()
    assert len(re.findall(r"^[a-z0-9._-]+==.*\\\n +--hash=sha256:", locked, re.MULTILINE)) >= len(pins)
    assert "://" not in locked
