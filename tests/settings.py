"""The settings the tests run under: the project's own as a development site, whatever this machine is set to.

Static files keep their plain names and come from their sources; passwords are hashed quickly. The database is
SQLite in a file, so that several processes can share it, or the one that ``DATABASE_URL`` names.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

for name in (
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "SECURE_SSL_REDIRECT",
    "BEHIND_PROXY",
    "SECOND_PERSON",
    "LARGEST_INBOX",
    "SPARE_DISK",
    "CMS_ADDRESS",
):
    os.environ.pop(name, None)
os.environ["ENV_FILE"] = os.devnull
# Else each worker, and each process that a test starts, would compile our modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

from coding_reference.settings import *  # noqa: E402, F403
from coding_reference.settings import DATABASES, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True

folder = tempfile.mkdtemp(prefix="coding-reference-tests-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
INBOX = Path(folder) / "inbox"
SPARE_DISK = 0  # however full the disk is that the tests run on
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": f"{folder}/test.sqlite3"}
