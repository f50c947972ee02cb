"""Settings from the environment; sensible for development when absent, refused with a hint when wrong.

``SECRET_KEY``, ``DEBUG``, ``ALLOWED_HOSTS``, ``CSRF_TRUSTED_ORIGINS`` and ``DATABASE_URL`` are what a production
site sets. README.md explains them all.
"""

import os
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(os.environ.get("ENV_FILE", BASE_DIR / ".env"))


def flag(name: str, default: bool) -> bool:
    text = os.environ.get(name, "").strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    if text:
        raise ImproperlyConfigured(f"{name} must be true or false, not “{text}”.")
    return default


def megabytes(name: str, default: int) -> int:
    """A number of bytes, given in millions of them."""
    text = os.environ.get(name, "").strip()
    if text and not text.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a number of megabytes, not “{text}”.")
    return (int(text) if text else default) * 1_000_000


def words(name: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


DEBUG = flag("DEBUG", False)
# A site without a secret of its own is a development site: it answers on this machine only.
SECRET_KEY = os.environ.get("SECRET_KEY", "")
IS_DEVELOPMENT = not SECRET_KEY
if IS_DEVELOPMENT:
    SECRET_KEY = "insecure-development-key-" + "0" * 40
elif len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith("django-insecure-"):
    raise ImproperlyConfigured(
        "SECRET_KEY is too weak: use at least 50 random characters. README.md shows how to make one."
    )

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = words("ALLOWED_HOSTS") or (LOCAL_HOSTS if IS_DEVELOPMENT else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the names this site answers to, separated by commas.")
if any("/" in host for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS takes bare host names such as codes.example.org, without https:// or a path."
    )
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
if any(urlsplit(origin).scheme not in {"http", "https"} for origin in CSRF_TRUSTED_ORIGINS):
    raise ImproperlyConfigured("CSRF_TRUSTED_ORIGINS takes whole origins such as https://codes.example.org.")

DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{BASE_DIR / 'db.sqlite3'}"
DATABASE_HINT = "Use postgres://user:password@host:5432/name or sqlite:////path/to/file."
try:
    DATABASE = environ.Env.db_url_config(DATABASE_URL)
except Exception as error:  # the parser raises whatever it trips over
    raise ImproperlyConfigured(f"DATABASE_URL cannot be read. {DATABASE_HINT}") from error
match DATABASE.get("ENGINE"):
    case "django.db.backends.sqlite3":
        DATABASE["OPTIONS"] = {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
            # Take the write lock at BEGIN: a transaction that reads first cannot fail when it comes to write.
            "transaction_mode": "IMMEDIATE",
        }
    case "django.db.backends.postgresql":
        DATABASE["CONN_HEALTH_CHECKS"] = True
        DATABASE.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    case _:
        raise ImproperlyConfigured(f"DATABASE_URL names neither PostgreSQL nor SQLite. {DATABASE_HINT}")
DATABASES = {"default": DATABASE | {"CONN_MAX_AGE": None}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "catalog",
    "scratchpad",
    "coding_reference.desk.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "bootstrap",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_tasks",
    "django_tasks_db",
    "import_export",
    "simple_history",
]

MIDDLEWARE = [
    "coding_reference.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "coding_reference.security.permissions_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "coding_reference.urls"
WSGI_APPLICATION = "coding_reference.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "catalog.snapshot.context",
            ],
            "builtins": ["catalog.templatetags.catalog"],
        },
    }
]

# Names this build of the code and its templates, so that a cached page does not outlive an upgrade.
BUILD = blake2b(
    repr(
        sorted(
            (str(path.relative_to(BASE_DIR)), path.stat().st_mtime_ns)
            for folder in ("catalog", "scratchpad", "templates", "static")
            for path in (BASE_DIR / folder).rglob("*")
            if path.suffix in {".py", ".html", ".css", ".js"}
        )
    ).encode(),
    digest_size=6,
).hexdigest()

LANGUAGE_CODE = "en-us"
# "Today" is the publisher's: CMS dates its releases in Eastern time.
TIME_ZONE = "America/New_York"
USE_I18N = False
FORMAT_MODULE_PATH = "coding_reference.formats"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "coding_reference.static_files.UsedFilesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "coding_reference.static_files.HashedFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# Long, and not among those that leaked: what NIST SP 800-63B asks for, which has no use for rules on characters.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
AXES_HANDLER = "coding_reference.logins.Handler"
AXES_CLIENT_IP_CALLABLE = "coding_reference.security.address_of_peer"
AXES_FAILURE_LIMIT = 5
FAILURE_LIMIT_OF_ADDRESS = 50
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# A lock ends when it says it does, however often somebody tries meanwhile.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "locked.html"
AXES_VERBOSE = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
# A working day at most, and no longer than the browser is open: desks are shared.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not IS_DEVELOPMENT
# With this prefix browsers take the cookie from this very host over https only, and from no neighbor of it.
SESSION_COOKIE_NAME = "sessionid" if IS_DEVELOPMENT else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if IS_DEVELOPMENT else "__Host-csrftoken"
SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", not IS_DEVELOPMENT)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 0 if IS_DEVELOPMENT else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not IS_DEVELOPMENT
if flag("BEHIND_PROXY", False):
    # Believed only on request: without a proxy that overwrites them, anybody can send these headers.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    AXES_CLIENT_IP_CALLABLE = "coding_reference.security.address_from_proxy"
# Forms are small, and only the desk takes files: its own limits stand below.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
LARGEST_FORM = 25_000_000  # bytes, with the files in it
FILE_UPLOAD_HANDLERS = [
    "coding_reference.security.FilesOfStaff",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Who may change texts may bring them in a file, who may read them may take them along.
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

# Releases loaded from a browser. The worker reads them where the site has put them: both need the same folder.
INBOX = Path(os.environ.get("INBOX") or BASE_DIR / "inbox")
LARGEST_INBOX = megabytes("LARGEST_INBOX", 3_000)  # of all imports that wait for a decision
SPARE_DISK = megabytes("SPARE_DISK", 500)  # what uploads and downloads leave free: the database needs room too
LARGEST_UPLOAD = 300_000_000  # bytes of all files of one import together; CMS's largest quarter has 90 MB
# Where "fetch from CMS" asks; another place only to try it out, as on a machine without a way to the internet.
CMS_ADDRESS = os.environ.get("CMS_ADDRESS") or "https://www.cms.gov"
LARGEST_DOWNLOAD = 300_000_000  # bytes of one file
# Whether a release is to be activated by another person than the one who rehearsed it.
SECOND_PERSON = flag("SECOND_PERSON", False)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "coding_reference.request_log.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # The request log has one line a request, without the query; these would repeat it with what was typed.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "axes": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "httpx": {"level": "WARNING"},
    },
}

DJANGO_TABLES2_TEMPLATE = "catalog/_table.html"
