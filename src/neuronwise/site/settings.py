"""Django's settings, made of the environment variables in `environment` and the secret in the data folder."""

import os
import secrets

from neuronwise.site import database, environment, folder

BOOK = environment.book(os.environ)
DATA = environment.data(os.environ)
URL = environment.url(os.environ)
SHOWS_DRAFTS = environment.is_loopback(URL.hostname or "")  # nobody else can see them
MAIL = environment.mail(os.environ)
FROM = environment.sender(os.environ)
AUTHOR = environment.author(os.environ)
RESENDS = environment.resends(os.environ)
BOUNCES = environment.bounces(os.environ)

# Without a prepared folder (a type checker, makemigrations) a secret of this process alone will do.
SECRET_KEY, *SECRET_KEY_FALLBACKS = folder.secrets_of(DATA) or [secrets.token_urlsafe(folder.SECRET_BYTES)]

DEBUG = False
ALLOWED_HOSTS = [URL.netloc.removesuffix(f":{URL.port}"), "localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "neuronwise.site.urls"
INSTALLED_APPS = [
    "neuronwise.site",  # first: its templates come before the admin's
    *(f"django.contrib.{app}" for app in ("admin", "auth", "contenttypes", "messages", "sessions")),
]
MIDDLEWARE = [
    "neuronwise.site.metrics.counted",
    "django.middleware.common.CommonMiddleware",  # refuses foreign host names, sets Content-Length
    "neuronwise.site.views.Later",
    *(f"neuronwise.site.admin_side.{one}" for one in ("Sessions", "Csrf", "Users", "Messages")),  # pass readers by
]
APPEND_SLASH = False  # it redirects every unknown address; the view `with_slash` redirects those in the table
SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # `headers` sends what SecurityMiddleware would, and on the server's own errors too
    "security.W002",  # the same for XFrameOptionsMiddleware
    "security.W003",  # `admin_side.Csrf` is Django's, for the admin; readers' forms have no cookie to misuse
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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

# The admin's; readers have none of it.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "neuronwise.site.passwords.Length"},
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
        for name in ("CommonPassword", "NumericPassword", "UserAttributeSimilarity")
    ),
]
LOGIN_URL = "admin:login"
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"  # not in the session: nobody who has not logged in makes the database write
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = True
STATIC_URL = "/static/"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # rows chosen in the admin; a request holds 256 KiB, which are fewer

USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
DATETIME_FORMAT = "Y-m-d H:i"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database.config(environment.database(os.environ), DATA)}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "neuronwise.site.logs.Lines"}},
    "handlers": {
        "none": {"class": "logging.NullHandler"},
        "errors": {"class": "logging.StreamHandler", "level": "ERROR", "formatter": "lines"},
        "news": {"class": "logging.StreamHandler", "level": "INFO", "formatter": "lines"},
    },
    "loggers": {
        "neuronwise": {"handlers": ["errors"], "propagate": False},
        "neuronwise.site.logins": {"handlers": ["news"], "level": "INFO", "propagate": False},
        "neuronwise.site.passwords": {"handlers": ["news"], "level": "INFO", "propagate": False},
        "django": {"handlers": ["errors"], "propagate": False},
        "django.security.DisallowedHost": {
            "handlers": ["none"],
            "propagate": False,
        },  # the asker is told, in the answer
        "waitress": {"handlers": ["errors"], "propagate": False},
        "waitress.queue": {"handlers": ["none"], "propagate": False},  # a browser's six connections are no news
    },
}
