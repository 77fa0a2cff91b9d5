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

# Without a prepared folder (a type checker, makemigrations) a secret of this process alone will do.
SECRET_KEY, *SECRET_KEY_FALLBACKS = folder.secrets_of(DATA) or [secrets.token_urlsafe(folder.SECRET_BYTES)]

DEBUG = False
ALLOWED_HOSTS = [URL.netloc.removesuffix(f":{URL.port}"), "localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "neuronwise.site.urls"
INSTALLED_APPS = ["neuronwise.site"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]  # refuses foreign host names, sets Content-Length
APPEND_SLASH = False  # it redirects every unknown address; the view `with_slash` redirects those in the table
SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # `headers` sends what SecurityMiddleware would, and on the server's own errors too
    "security.W002",  # the same for XFrameOptionsMiddleware
    "security.W003",  # there is no form, and no cookie that a foreign form could make use of
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database.config(environment.database(os.environ), DATA)}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"route": {"()": "neuronwise.site.logs.RouteInsteadOfPath"}},
    "handlers": {
        "none": {"class": "logging.NullHandler"},
        "errors": {"class": "logging.StreamHandler", "level": "ERROR", "filters": ["route"]},
    },
    "loggers": {
        "django": {"handlers": ["errors"], "propagate": False},
        "django.security.DisallowedHost": {
            "handlers": ["none"],
            "propagate": False,
        },  # the asker is told, in the answer
        "waitress": {"handlers": ["errors"], "propagate": False},
        "waitress.queue": {"handlers": ["none"], "propagate": False},  # a browser's six connections are no news
    },
}
