"""The author's side: Django's admin on a listener of its own, in the readers' process, with its own table of addresses.

A proxy in front of the readers' listener can't show it, whatever it is asked for: there is no such address there.
Readers have no session and get no cookie; what the admin needs of that is bound to the admin's own kind of request.
"""

from pathlib import Path
from typing import Any

from django.contrib import admin
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from whitenoise import WhiteNoise

STATIC = (Path(admin.__file__).parent / "static", Path(__file__).parent / "static")


class AdminRequest(WSGIRequest):
    """A request that came to the admin's listener."""

    urlconf = "neuronwise.site.admin_urls"


class AdminHandler(WSGIHandler):
    """Django, answering the admin's listener."""

    request_class = AdminRequest


def application() -> WhiteNoise:
    """The admin, and before it its style and scripts."""
    files = WhiteNoise(AdminHandler(), prefix="/static/", allow_all_origins=False)
    for root in STATIC:
        files.add_files(root, prefix="/static/")
    return files


class _AdminOnly:
    """Lets a reader's request pass untouched."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:  # noqa: ANN401  (as Django's own)
        parent: Any = super()
        return parent.__call__(request) if isinstance(request, AdminRequest) else self.get_response(request)


class Sessions(_AdminOnly, SessionMiddleware):
    """Who has logged in is remembered, on the admin's listener alone."""


class Users(_AdminOnly, AuthenticationMiddleware):
    """Who asks, on the admin's listener alone."""


class Messages(_AdminOnly, MessageMiddleware):
    """What the admin tells after an action."""


class Csrf(_AdminOnly, CsrfViewMiddleware):
    """A form has to come from the admin's own pages. Readers' forms are looked after by `guard`."""

    def process_view(self, request: HttpRequest, *view: Any) -> Any:  # noqa: ANN401  (as Django's own)
        """Refuse a foreign form."""
        return super().process_view(request, *view) if isinstance(request, AdminRequest) else None
