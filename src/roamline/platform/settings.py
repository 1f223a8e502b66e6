"""Django's settings, all derived from ``roamline.toml`` (see :mod:`roamline.platform.config`)."""

from __future__ import annotations

from pathlib import Path

from roamline.platform import config as configuration
from roamline.platform import keys

CONFIG = configuration.load()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = keys.load(CONFIG.key_file).derive_text("django")
DEBUG = False
ALLOWED_HOSTS = ["*"]  # phones and balancers reach a node by many names; nothing is built from the Host header

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    "roamline.rooms.ledger",
    "roamline.rooms.parameters",
    "roamline.rooms.dialplan",
    "roamline.rooms.phones",
    "roamline.rooms.directory",
    "roamline.rooms.mobility",
    "roamline.rooms.headsets",
    "roamline.rooms.features",
    "roamline.rooms.bulk",
    "roamline.rooms.clusters",
    "roamline.rooms.roaming",
    "roamline.rooms.emcc",
    "roamline.doors.call_control",
    "roamline.doors.ils",
    "roamline.doors.emcc",
    "roamline.doors.device_api",
    "roamline.doors.headset_screens",
    "roamline.doors.provisioning",
    "roamline.doors.phone_push",
    "roamline.doors.admin_web",
    "roamline.doors.web_phone",
    "roamline.doors.self_care",
]

# The phone-facing ports have no sessions, cookies or forms: only the web interface pays for those (see
# roamline.platform.urls_web); which of the two a process serves is its ROOT_URLCONF and MIDDLEWARE.
ROOT_URLCONF = "roamline.processes.urls_web"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(PACKAGE / "doors" / "admin_web" / "mended")],  # pieces of the skin, before its own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": CONFIG.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "directory.Account"
AUTHENTICATION_BACKENDS = [
    "roamline.doors.admin_web.backend.AdministrationBackend",
    "roamline.doors.self_care.backend.SelfCareBackend",
]
PASSWORD_HASHERS = ["roamline.platform.hashers.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("ko", "한국어")]
LOCALE_PATHS = [str(PACKAGE / "locale")]
USE_I18N = True
FORMAT_MODULE_PATH = ["roamline.platform.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = str(CONFIG.data / "static")

LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if CONFIG["web.https"]:
    # The balancer in front ends TLS and must set the header itself, whatever a browser sent.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_AGE = 8 * 3600
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 262_144
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
LOGGING_CONFIG = None

# The skin of the administration: names and colours here, everything else in roamline.doors.admin_web.
UNFOLD = {
    "SITE_TITLE": "Roamline",
    "SITE_HEADER": "Roamline",
    "SITE_SYMBOL": "deskphone",
    "SITE_URL": "/",
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "6px",
    "STYLES": ["/static/admin_web/admin.css"],
    "SCRIPTS": ["/static/admin_web/navigation.js", "/static/admin_web/labels.js"],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/admin_web/icon.svg"}],
    "DASHBOARD_CALLBACK": "roamline.doors.admin_web.dashboard.numbers",
    "SIDEBAR": {"show_search": True, "navigation": "roamline.doors.admin_web.navigation.sidebar"},
    "COLORS": {
        "primary": {
            "50": "#f0fdfa", "100": "#ccfbf1", "200": "#99f6e4", "300": "#5eead4", "400": "#2dd4bf", "500": "#14b8a6",
            "600": "#0f766e", "700": "#115e59", "800": "#134e4a", "900": "#12403d", "950": "#042f2e",
        }
    },
}  # fmt: skip
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]
