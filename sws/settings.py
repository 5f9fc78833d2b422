"""Settings: one file, read from the environment only, loud about wrong values.

Every variable is read through `env` and friends below, each once; a test compares them with the README's
table. A secret NAME may also come from a file named by NAME_FILE.
"""

import csv
import logging
import os
import re
import sys
from base64 import urlsafe_b64decode
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from channels.gateways import NAMES
from sws.logs import frames_only, nobody_named

BASE_DIR = Path(__file__).resolve().parent.parent
Value = TypeVar("Value")
_missing: list[str] = []


# --- Reading the environment --------------------------------------------------------------------------


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def insist(right: object, sentence: str) -> None:
    """`sentence` names the setting and says what it must be; it does not repeat what may be a secret."""
    if not right:
        raise ImproperlyConfigured(sentence)


def needed(name: str, value: Value, *, when: bool = True) -> Value:
    """In production those that are empty are listed together and stop the start."""
    if PRODUCTION and when and not value and name not in _missing:
        _missing.append(name)
    return value


def kept(name: str, default: str = "") -> str:
    """What may be a secret, or hold one: from NAME, or the file NAME_FILE."""
    if path := env(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except (OSError, ValueError) as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}.") from error
    return env(name, default)


def secret(name: str, *, demo: str = "", when: bool = True) -> str:
    """Needed in production, and `demo` stands in elsewhere."""
    value = kept(name)
    insist(not (PRODUCTION and demo and demo in value), f"{name} is the demonstration's, which everybody knows.")
    return needed(name, value if PRODUCTION else value or demo, when=when)


def keys(name: str, value: str, right: Callable[[str], bool], shape: str) -> list[str]:
    """Separated by commas, newest first."""
    found = [key.strip() for key in value.split(",")] if value else []
    insist(all(map(right, found)), f"{name}: each key must be {shape}.")
    return found


def seals(key: str) -> bool:
    try:
        return len(urlsafe_b64decode(key)) == 32
    except ValueError:
        return False


def hard_to_guess(key: str) -> bool:
    return bool(re.fullmatch(r"[\w-]{16,}" if PRODUCTION else r"[\w-]+", key, re.ASCII))


def number(name: str, default: int, *, least: int = 0) -> int:
    value = env(name, str(default))
    insist(value.isdecimal(), f"{name} must be a whole number, not {value!r}.")
    insist(int(value) >= least, f"{name} must be {least} or more, not {value}.")
    return int(value)


def money(name: str, value: str) -> Decimal:
    insist(re.fullmatch(r"\d+(\.\d+)?", value), f"{name} must be an amount like 0.25, not {value!r}.")
    return Decimal(value)


def switch(name: str, default: bool) -> bool:
    value = env(name, "on" if default else "off").lower()
    insist(value in ("on", "off"), f"{name} must be on or off, not {value!r}.")
    return value == "on"


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in env(name, default).split(",") if word.strip()]


def url(name: str, default: str, *schemes: str) -> str:
    """With a host, or the path of a socket; none at all is for `needed` to judge."""
    value = kept(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        right = parts.scheme in schemes and (parts.hostname or parts.path.startswith("/")) and parts.port != 0
    except ValueError:  # a port that is no number
        right = False
    insist(right or not value, f"{name} must be an address that begins with {schemes[0]}://")
    return value


def database(url: str) -> dict:
    """postgresql://user:password@host:port/name?option=value; ?host=/folder for a socket."""
    parts = urlsplit(url)
    insist(parts.path.strip("/"), "DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": options.pop("port", parts.port or ""),
        # A connection is kept: opening one costs more than the request it serves. And what is asked over it often is
        # planned once: planning was half of PostgreSQL's work. So no pool may stand between that shares connections.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5, **options},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,  # not for a gateway's request, which tries again by itself: channels/door.py
    }


# --- What kind of house this is -----------------------------------------------------------------------

MODE = env("MODE", "production")
insist(MODE in ("production", "demo", "test"), f"MODE must be production, demo or test, not {MODE!r}.")
PRODUCTION = MODE == "production"
DEBUG = switch("DEBUG", False)
insist(not (DEBUG and PRODUCTION), "DEBUG shows what is inside and cannot be on in production.")

SECRET_KEY = secret("SECRET_KEY", demo="demo only, everybody knows it")
insist(not PRODUCTION or not SECRET_KEY or len(SECRET_KEY) >= 50, "SECRET_KEY must be 50 characters or more.")
# The first key seals; the others still open what was sealed before (`manage.py rotate_field_keys`).
_SEALS = "32 bytes in urlsafe base64"
FIELD_KEYS = keys(
    "FIELD_KEYS", secret("FIELD_KEYS", demo="ZGVtbyBrZXksIG5vIHNlY3JldDogMzIgYnl0ZXMgMTI="), seals, _SEALS
)
INDEX_KEY = secret("INDEX_KEY", demo="ZGVtbyBpbmRleCBrZXksIG5vIHNlY3JldCAzMiBieTE=")
insist(len(keys("INDEX_KEY", INDEX_KEY, seals, _SEALS)) < 2, "INDEX_KEY must be one key: it cannot be rotated.")
ALLOWED_HOSTS = needed("ALLOWED_HOSTS", words("ALLOWED_HOSTS", "" if PRODUCTION else "*"))
_PUBLIC = ("", "https") if PRODUCTION else ("http://127.0.0.1:8000", "http", "https")
PUBLIC_BASE_URL = needed("PUBLIC_BASE_URL", url("PUBLIC_BASE_URL", *_PUBLIC))
DATABASE_URL = needed("DATABASE_URL", url("DATABASE_URL", "", "postgresql", "postgres"))
DATABASES = {"default": database(DATABASE_URL or "postgresql:///sws")}
REDIS_URL = url("REDIS_URL", "redis://127.0.0.1:6379/0", "redis", "rediss", "unix")

# --- Gateways -----------------------------------------------------------------------------------------

# The first is used, the next when it fails. The simulator delivers to nobody: it is not for production.
SMS_GATEWAYS = needed("SMS_GATEWAYS", words("SMS_GATEWAYS", "" if PRODUCTION else "simulator"))
_GATEWAYS = [name for name in NAMES if not (PRODUCTION and name == "simulator")]
insist(set(SMS_GATEWAYS) <= set(_GATEWAYS), f"SMS_GATEWAYS can be {' or '.join(_GATEWAYS)}, not {SMS_GATEWAYS}.")
SIMULATOR = switch("SIMULATOR", not PRODUCTION)
insist(not (SIMULATOR and PRODUCTION), "SIMULATOR rings in anybody's name and cannot be on in production.")
USSD_CODE = env("USSD_CODE")  # the code citizens dial, once ZICTA has given one; shown where set

AFRICASTALKING_USERNAME = needed(
    "AFRICASTALKING_USERNAME",
    env("AFRICASTALKING_USERNAME", "" if PRODUCTION else "sandbox"),
    when="africastalking" in SMS_GATEWAYS,
)
AFRICASTALKING_API_KEY = secret("AFRICASTALKING_API_KEY", demo="demo", when="africastalking" in SMS_GATEWAYS)
AFRICASTALKING_SENDER = env("AFRICASTALKING_SENDER")
AFRICASTALKING_URL = url("AFRICASTALKING_URL", "https://api.africastalking.com/version1", "https", "http")
# The unguessable part of the callback addresses; two are valid while one replaces the other.
AFRICASTALKING_CALLBACK_KEYS = keys(
    "AFRICASTALKING_CALLBACK_KEYS",
    secret("AFRICASTALKING_CALLBACK_KEYS", demo="demo"),
    hard_to_guess,
    "16 letters, digits, - or _, or more of them",
)
_twilio = "twilio" in SMS_GATEWAYS
TWILIO_ACCOUNT_SID = needed("TWILIO_ACCOUNT_SID", env("TWILIO_ACCOUNT_SID"), when=_twilio)
TWILIO_AUTH_TOKEN = secret("TWILIO_AUTH_TOKEN", when=_twilio)
TWILIO_FROM = needed("TWILIO_FROM", env("TWILIO_FROM"), when=_twilio)
TWILIO_URL = url("TWILIO_URL", "https://api.twilio.com", "https", "http")
GATEWAY_TIMEOUT = (3.05, number("GATEWAY_TIMEOUT", 9, least=1))  # seconds: to connect, to answer

SMS_HOURLY_BUDGET = number("SMS_HOURLY_BUDGET", 20_000)
SMS_NUMBER_HOURLY_BUDGET = number("SMS_NUMBER_HOURLY_BUDGET", 10 if PRODUCTION else 100)
# What one part of an SMS costs, gateway by gateway, and what may be spent a month. The demonstration's are made up.
_prices = dict(word.partition(":")[::2] for word in words("SMS_PRICES", "simulator:0.50" if MODE == "demo" else ""))
insist(set(_prices) <= set(NAMES), f"SMS_PRICES must look like africastalking:0.25, for {' or '.join(NAMES)}.")
SMS_PRICES = {name: money("SMS_PRICES", price) for name, price in _prices.items()}
_budget = env("SMS_MONTHLY_BUDGET", "400" if MODE == "demo" else "")
SMS_MONTHLY_BUDGET = money("SMS_MONTHLY_BUDGET", _budget) if _budget else None
SMS_CURRENCY = env("SMS_CURRENCY", "ZMW")  # of prices and budget alike

# --- Conversations and cases --------------------------------------------------------------------------

DRAFT_LANGUAGES = switch("DRAFT_LANGUAGES", not PRODUCTION)  # offer languages no speaker has reviewed yet
RESUME_MINUTES = number("RESUME_MINUTES", 60)
SESSION_MINUTES = number("SESSION_MINUTES", 10, least=1)  # a USSD session silent this long has been left
SMS_CONVERSATION_MINUTES = number("SMS_CONVERSATION_MINUTES", 240, least=1)
PAUSE_CAP_DAYS = number("PAUSE_CAP_DAYS", 10)  # working days the clock may stand still in all
SILENCE_DAYS = number("SILENCE_DAYS", 14)  # an answered case closes after so many days of silence
FOLLOW_UP_DAYS = number("FOLLOW_UP_DAYS", 28)  # so long after closing we ask whether it stayed solved; 0: never
# What a level above, or another agency, has where the country pack names no standard: proposals, in working days.
ESCALATION_ACKNOWLEDGE_DAYS = number("ESCALATION_ACKNOWLEDGE_DAYS", 2)
ESCALATION_DAYS = number("ESCALATION_DAYS", 5)
REFERRAL_DAYS = number("REFERRAL_DAYS", 5)
AT_RISK_DAYS = number("AT_RISK_DAYS", 2)  # so many working days before its date a case is about to be late
# Data Protection Act 3/2021, s 51(1): at least one year after the purpose has ended. How long at most, no law says.
KEEP_DAYS = number("KEEP_DAYS", 365)
RETENTION_DAYS = number("RETENTION_DAYS", 0)
insist(not 0 < RETENTION_DAYS < KEEP_DAYS, f"RETENTION_DAYS must be {KEEP_DAYS} or more, or 0 for never.")

ANCHOR_MINUTES = number("ANCHOR_MINUTES", 60)  # so often the heads of all histories are anchored and published
# Who outside is told of each anchor: e-mail addresses, and addresses of hosts that keep them (cases/verify.py can).
WITNESSES = words("WITNESSES")
_WITNESS = r"[^@\s:/]+@[^@\s:/]+" + (r"|https://\S+" if PRODUCTION else r"|https?://\S+")
insist(
    all(re.fullmatch(_WITNESS, one) for one in WITNESSES), "WITNESSES must be e-mail addresses and https:// addresses."
)
insist(ANCHOR_MINUTES, "ANCHOR_MINUTES must be 1 or more: history that is not anchored proves nothing.")

# Under which licence published figures may be used: its name and address. Until it is decided one is proposed.
_decided = env("OPEN_DATA_LICENCE")
OPEN_DATA_LICENCE_IS_PROPOSED = not _decided
OPEN_DATA_LICENCE = _decided or "CC-BY-4.0 https://creativecommons.org/licenses/by/4.0/"
insist(
    re.fullmatch(r"\S+ https://\S+", OPEN_DATA_LICENCE),
    "OPEN_DATA_LICENCE must be a name and an address, like CC-BY-4.0 https://creativecommons.org/licenses/by/4.0/",
)
API_AN_HOUR = number("API_AN_HOUR", 1000)  # requests to /api/v1/ from one source

insist(not _missing, "Cannot start in production without: " + ", ".join(_missing) + ".")

# --- Django -------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "sws.apps.SwsConfig",
    "cases.apps.CasesConfig",
    "channels.apps.ChannelsConfig",
    "cms.apps.CmsConfig",
    "wagtail_localize",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_rq",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "sws.proxy.visitors_address",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "sws.caching.keep_nothing_of_a_session",
    "django.middleware.http.ConditionalGetMiddleware",  # who has a page already gets no second copy of it
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cases.languages.as_the_address_says",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sws.second_step.second_step_first",
    "django_htmx.middleware.HtmxMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "sws.urls"
WSGI_APPLICATION = "sws.wsgi.application"
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
                "sws.context.house",
            ],
        },
    }
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
if MODE == "test":  # half a second by design for each log-in: no test is about that
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_ADAPTER = "sws.accounts.StaffAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# None: strangers' and officers' tries at passwords are counted in sws/accounts.py. The rest is counted by allauth, in
# the cache, which is a table: it holds for all processes. A key is one account, an ip one source.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "reset_password": "20/h/ip,5/h/key",
    "reset_password_from_key": "20/h/ip",
    "login_failed": "5/300s/key",  # codes of the second step, for who knows the password
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # who asks with a wrong address is told the same, and nobody gets a letter
# Every officer has a second step in the log-in. The printed log-ins of the demonstration have none.
MFA_REQUIRED = switch("MFA_REQUIRED", PRODUCTION)
MFA_ADAPTER = "sws.accounts.SecondStep"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost
MFA_TOTP_ISSUER = "Single Window Service"
# Where e-mails are laid down as files instead of being sent; where nobody runs a mail server.
EMAIL_FOLDER = env("EMAIL_FOLDER", "" if PRODUCTION else str(BASE_DIR / ".data" / "mail"))
EMAIL_FILE_PATH = EMAIL_FOLDER
EMAIL_BACKEND = f"django.core.mail.backends.{'filebased' if EMAIL_FOLDER else 'smtp'}.EmailBackend"
EMAIL_TIMEOUT = 10
EMAIL_HOST = env("EMAIL_HOST", "localhost")
EMAIL_PORT = number("EMAIL_PORT", 25, least=1)
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD", when=False)
EMAIL_USE_TLS = switch("EMAIL_USE_TLS", False)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "webmaster@localhost")

INVITATION_DAYS = number("INVITATION_DAYS", 7, least=1)  # how long the link of an invitation opens

# Sessions and limits live in PostgreSQL; Valkey only rings the bell.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 10
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sws_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

RQ_QUEUES = {
    "default": {
        "URL": REDIS_URL,
        "DEFAULT_TIMEOUT": 300,
        "REDIS_CLIENT_KWARGS": {"socket_connect_timeout": 0.5, "socket_timeout": 5},
    }
}

# The API: nobody logs in to it, and it speaks JSON alone.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.MultiPartParser"],  # what the editors' translating sends
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale", *sorted((BASE_DIR / "sws" / "countries").glob("*/locale"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", "Africa/Lusaka")


def _languages() -> list[tuple[str, str]]:
    """English, and those of the country packs that stand here; which of them are offered is the loaded pack's word."""
    from django.conf.locale import LANG_INFO

    names = {"en": "English"}
    for table in sorted((BASE_DIR / "sws" / "countries").glob("*/languages.csv")):
        with table.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                code, name = row["code"], row["name"]
                names.setdefault(code, name)
                LANG_INFO.setdefault(code, {"bidi": False, "code": code, "name": name, "name_local": row["endonym"]})
    return list(names.items())


LANGUAGES = _languages()

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(BASE_DIR / ".data" / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"  # tests visit pages without collecting their styles first
WHITENOISE_AUTOREFRESH = MODE == "test"  # and look for a file when it is asked for, not for all in every client
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env("MEDIA_ROOT", str(BASE_DIR / ".data" / "media")))

WAGTAIL_SITE_NAME = "Single Window Service"
WAGTAILADMIN_BASE_URL = PUBLIC_BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False  # a page sent to be translated is a draft, still in English
WAGTAIL_PASSWORD_RESET_ENABLED = False  # one door for passwords: allauth's, which counts tries

# How many of our own proxies stand in front, each adding an address to X-Forwarded-For.
PROXIES = number("PROXIES", 1 if PRODUCTION else 0)
# Caches in front that are told to forget when something changes: https://, or http:// inside the house.
FRONT_CACHES = words("FRONT_CACHES")
insist(
    all(re.fullmatch(r"https?://[^/\s]+", one) for one in FRONT_CACHES),
    "FRONT_CACHES must be like http://10.0.0.4:6081.",
)
KEEP_PAGES = MODE != "test"  # in memory; most tests change what pages show behind their back

# --- Safety -------------------------------------------------------------------------------------------

if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = switch("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^gateways/", r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"  # Wagtail allows its own preview by itself
# One uploaded file; one request in all, as the reverse proxy limits it too; its fields without files.
UPLOAD_LIMIT, BODY_LIMIT, DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000, 6_000_000, 1_000_000
FILE_UPLOAD_HANDLERS = ["cases.uploads.InMemory"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = WAGTAILDOCS_MAX_UPLOAD_SIZE = UPLOAD_LIMIT
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/cms/",),  # Wagtail's editor brings inline scripts of its own
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
    },
}

# --- Logs: events as lines of JSON, never a citizen's words, number or reference ------------------------

LOG_LEVEL = env("LOG_LEVEL", "WARNING").upper()
insist(LOG_LEVEL in logging.getLevelNamesMapping(), f"LOG_LEVEL must be a level like WARNING, not {LOG_LEVEL!r}.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                frames_only,
                nobody_named,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": sys.stderr}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)
