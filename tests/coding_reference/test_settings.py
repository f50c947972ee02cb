import os
import runpy
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SETTINGS = settings.BASE_DIR / "coding_reference" / "settings.py"
NAMES = (
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "SECRET_KEY",
    "SECURE_SSL_REDIRECT",
)
PRODUCTION = {"SECRET_KEY": secrets.token_urlsafe(50), "ALLOWED_HOSTS": "codes.example.org"}


@pytest.fixture
def read(monkeypatch):
    """Read the settings as a machine with only these variables would: a dict of names and values."""

    def run(**environment: str) -> dict:
        monkeypatch.setenv("ENV_FILE", os.devnull)
        for name in NAMES:
            monkeypatch.setenv(name, "")  # so that what the settings read from a file is taken back as well
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return run


def test_without_variables_it_is_a_development_site_for_this_machine_only(read):
    found = read()
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert found["DEBUG"] is False
    assert found["SECURE_SSL_REDIRECT"] is False
    assert found["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"


def test_a_secret_makes_it_a_production_site_with_https_and_safe_cookies(read):
    found = read(**PRODUCTION)
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_SECURE"] is True
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")


def test_blanks_around_host_names_do_not_matter(read):
    found = read(SECRET_KEY=PRODUCTION["SECRET_KEY"], ALLOWED_HOSTS=" codes.example.org , codes.local,")
    assert found["ALLOWED_HOSTS"] == ["codes.example.org", "codes.local"]


def test_the_headers_of_a_proxy_are_believed_only_on_request(read):
    assert "SECURE_PROXY_SSL_HEADER" not in read(**PRODUCTION)
    assert read(**PRODUCTION, BEHIND_PROXY="true")["SECURE_PROXY_SSL_HEADER"] == (
        "HTTP_X_FORWARDED_PROTO",
        "https",
    )


def test_a_database_url_may_name_postgresql(read):
    database = read(DATABASE_URL="postgres://coder:secret@db.internal:5433/codes")["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.internal", 5433, "codes")


@pytest.mark.parametrize(
    ("environment", "hint"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too weak: use at least 50 random characters"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": PRODUCTION["SECRET_KEY"]}, "Set ALLOWED_HOSTS"),
        (PRODUCTION | {"ALLOWED_HOSTS": "https://codes.example.org/"}, "ALLOWED_HOSTS takes bare host names"),
        (PRODUCTION | {"CSRF_TRUSTED_ORIGINS": "codes.example.org"}, "CSRF_TRUSTED_ORIGINS takes whole origins"),
        ({"DEBUG": "maybe"}, "DEBUG must be true or false, not “maybe”"),
        ({"SPARE_DISK": "1 GB"}, "SPARE_DISK must be a number of megabytes, not “1 GB”"),
        ({"SECURE_SSL_REDIRECT": "2"}, "SECURE_SSL_REDIRECT must be true or false"),
        ({"DATABASE_URL": "codes.sqlite3"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://coder@db/codes"}, "neither PostgreSQL nor SQLite"),
        ({"DATABASE_URL": "postgres://coder:secret@db:port/codes"}, "Use postgres://user:password@host:5432/name"),
    ],
)
def test_a_wrong_value_is_refused_with_a_hint(read, environment, hint):
    with pytest.raises(ImproperlyConfigured, match=hint) as refusal:
        read(**environment)
    assert "secret" not in str(refusal.value)


def test_a_file_gives_what_the_environment_leaves_open(read, tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text(f"SECRET_KEY={PRODUCTION['SECRET_KEY']}\nALLOWED_HOSTS=from-file.example.org\n")
    found = read(ENV_FILE=str(file), ALLOWED_HOSTS="from-environment.example.org")
    assert found["SECRET_KEY"] == PRODUCTION["SECRET_KEY"]
    assert found["ALLOWED_HOSTS"] == ["from-environment.example.org"]


def test_djangos_deployment_check_finds_nothing_under_production_settings(tmp_path: Path):
    environment = (
        {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        | PRODUCTION
        | {
            "DJANGO_SETTINGS_MODULE": "coding_reference.settings",
            "DATABASE_URL": f"sqlite:///{tmp_path}/check.sqlite3",
            "ENV_FILE": os.devnull,
        }
    )
    check = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert check.returncode == 0, check.stderr
    assert "no issues" in check.stdout
