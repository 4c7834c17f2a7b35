"""The settings of the reform tracker, from the environment.

docs/deployment.md lists every variable with its default and what it does.
"""

import re
import uuid
from pathlib import Path
from typing import Any

from tracker.cross_origin import CORS_ALLOW_ALL_ORIGINS as CORS_ALLOW_ALL_ORIGINS
from tracker.cross_origin import CORS_ALLOW_HEADERS as CORS_ALLOW_HEADERS
from tracker.cross_origin import CORS_ALLOW_METHODS as CORS_ALLOW_METHODS
from tracker.cross_origin import CORS_EXPOSE_HEADERS as CORS_EXPOSE_HEADERS
from tracker.cross_origin import CORS_URLS_REGEX as CORS_URLS_REGEX
from tracker.databases import databases
from tracker.delivery import *  # noqa: F403 - what is set of webhooks and their queue
from tracker.environment import (
    SettingError,
    env_bool,
    env_cache,
    env_contact,
    env_int,
    env_key,
    env_list,
    env_text,
    kept_secret,
)
from tracker.limits import LIMITS as LIMITS
from tracker.openapi import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / env_text("VAR_DIR", "var")

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_text("SECRET_KEY") or kept_secret(VAR_DIR / "secret_key")
# What signs the heads of the ledger, and the name under which it does.
CHECKPOINT_KEY = env_key("CHECKPOINT_KEY", VAR_DIR / "checkpoint_key")
INSTANCE_ID = env_text("INSTANCE_ID") or kept_secret(
    VAR_DIR / "instance_id", "INSTANCE_ID", lambda: str(uuid.uuid4())
)
# What is kept in files of this machine, and what is there for several: see tracker.checks.
_alike = ("SECRET_KEY", "CHECKPOINT_KEY", "INSTANCE_ID")
KEPT_HERE = [name for name in _alike if not env_text(name)]
SHARED_BY_SEVERAL = [name for name in ("CACHE_URL", "REPLICA_URL") if env_text(name)]
# Health checks on the machine itself ask by these names, whatever the public host name is.
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [*env_list("ALLOWED_HOSTS"), *LOCAL_HOSTS]
for _host in ALLOWED_HOSTS:
    # Django would take these for names that no request ever carries.
    if "/" in _host or (":" in _host and not _host.endswith("]")):
        raise SettingError(f"ALLOWED_HOSTS: {_host} is no host name; leave out scheme and port.")

# Applications

INSTALLED_APPS = [
    "tracker.admin.TrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_q",
    "reforms.apps.ReformsConfig",
]

MIDDLEWARE = [
    # Before everything that may answer by itself, so that those answers carry its headers too.
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Before whatever an answer that is kept has no need of, and after what adds to each anew.
    "reforms.api.kept.KeptAnswers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reforms.api.throttling.TellLimits",
    "reforms.admin.headers.StrictAdmin",
    # Innermost: it may have the view answer once more.
    "reforms.api.freshness.Freshness",
]

# Messages are for those who work in the admin. Kept in cookies, a signature would be made ready for
# every request.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # What takes the place of templates of Django's own, which come first otherwise.
        "DIRS": [BASE_DIR / "tracker/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database

# Seconds for which a writer waits for the others before it is told that the record is busy.
LOCK_WAIT = env_int("LOCK_WAIT", 20, 1, 600)
DATABASES = databases(BASE_DIR, VAR_DIR, LOCK_WAIT)
DATABASE_ROUTERS = ["reforms.replicas.Router"]
# A replica that is further behind is not read.
REPLICA_LAG_SECONDS = env_int("REPLICA_LAG_SECONDS", 10, 1, 3_600)

# What each process keeps of its answers, and for how long it takes the ledger's head as it was.

ANSWERS_MB = env_int("ANSWERS_MB", 16, 0, 10_000)
HEAD_SECONDS = env_int("HEAD_SECONDS", 0, 0, 60)

# The cache holds the counts of the limits, which all processes share, and nothing else.

CACHES = {"default": env_cache("CACHE_URL", VAR_DIR / "cache")}

FIXTURE_DIRS = [BASE_DIR / "fixtures"]  # roles, for `manage.py loaddata roles`

# Organisations: the licence under which they give their data (an SPDX identifier), and for how long
# it is known who did what. docs/deployment.md says what is forgotten then.

DATA_LICENCE = env_text("DATA_LICENCE", "CC-BY-4.0")
if not re.fullmatch(r"[A-Za-z0-9.+-]{1,64}", DATA_LICENCE):
    raise SettingError(f"DATA_LICENCE={DATA_LICENCE} is no SPDX identifier, such as CC-BY-4.0.")
PRIVATE_DATA_DAYS = env_int("PRIVATE_DATA_DAYS", 90, 1, 3_650)
# For how long the answer to a request with an `Idempotency-Key` is kept.
IDEMPOTENCY_HOURS = env_int("IDEMPOTENCY_HOURS", 24, 1, 720)
# What one batch of status updates may hold.
MAX_BATCH_ROWS = env_int("MAX_BATCH_ROWS", 10_000, 1, 1_000_000)
MAX_BATCH_BYTES = env_int("MAX_BATCH_BYTES", 32_000_000, 1_000, 1_000_000_000)
# How many exports one process writes or sends at a time; the other threads answer everybody else.
EXPORTS_AT_ONCE = env_int("EXPORTS_AT_ONCE", 2, 1, 64)
# Where data packages are published, and read from.
RELEASES_DIR = BASE_DIR / env_text("RELEASES_DIR", str(VAR_DIR / "releases"))
LINK_CHECK_CONTACT = env_text("LINK_CHECK_CONTACT")
SECURITY_CONTACT = env_contact("SECURITY_CONTACT")

# Accounts

AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
AUTHENTICATION_BACKENDS = ["reforms.second_factor.Accounts"]
# Whether staff may or have to give a code besides the password.
SECOND_FACTOR = env_text("SECOND_FACTOR", "optional", ("optional", "required"))
OTP_TOTP_ISSUER = "Reform tracker"
# LIMIT_SIGN_IN_CODE counts wrong codes, and ends; the delays of django-otp double for ever.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0

# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("kk", "Қазақша")]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# Static files: whitenoise serves them from STATIC_ROOT, under names that carry their hash.

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / env_text("STATIC_ROOT", str(VAR_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Security. HTTPS is off by default because the admin could not be used over plain http otherwise.

HTTPS = env_bool("HTTPS", False)
HSTS_SECONDS = env_int("HSTS_SECONDS", 31_536_000, 0, 126_144_000)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# No link and no form of another site carries them, and no script reads them.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None  # until the browser is closed
# With such a name browsers take a cookie from this very host only, and over https only.
SESSION_COOKIE_NAME = f"{'__Host-' if HTTPS else ''}sessionid"
CSRF_COOKIE_NAME = f"{'__Host-' if HTTPS else ''}csrftoken"
# A session ends with the browser, when it is idle, and at the latest some hours after signing in:
# see reforms.admin.sessions.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 60 * env_int("SESSION_IDLE_MINUTES", 120, 10, 1_440)
SESSION_HOURS = env_int("SESSION_HOURS", 12, 1, 168)
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SECURE_SSL_REDIRECT = HTTPS
# Probes ask over plain http from inside, where nothing speaks TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("HSTS_SUBDOMAINS", False)
# Whether hosts below this one also speak TLS only is for whoever runs them to say, so that silence
# on it (W005) and no wish to be in the browsers' preload list (W021) are no faults.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
_behind_proxy = env_bool("BEHIND_PROXY", False)
# How many proxies of ours a request comes through, each of which appends to X-Forwarded-For.
PROXIES = env_int("PROXIES", int(_behind_proxy), 0, 9)
if _behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# API

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["reforms.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    # Reading needs no key and is the same for everybody, whoever is signed in to the admin; a key
    # that lets nobody in is refused everywhere.
    "DEFAULT_AUTHENTICATION_CLASSES": ["reforms.api.authentication.KeyAuthentication"],
    "DEFAULT_THROTTLE_CLASSES": ["reforms.api.throttling.Limits"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "reforms.api.schema.StrictAutoSchema",
    "EXCEPTION_HANDLER": "reforms.api.errors.problem_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    # `?format=` would be a second, undocumented way to choose a format.
    "URL_FORMAT_OVERRIDE": None,
}

# Logs: plain lines on standard output; whoever runs the service collects them there.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "plain",
        },
    },
    "root": {
        "handlers": ["console"],
        "level": env_text("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    },
    "loggers": {
        # Django's own handlers print with DEBUG only, and send mail.
        "django": {"handlers": [], "level": "NOTSET", "propagate": True},
        # Every 404 that a robot provokes would be a warning.
        "django.request": {"level": "ERROR"},
    },
}
