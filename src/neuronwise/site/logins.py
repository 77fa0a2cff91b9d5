"""Logging in on the author's side: so many tries an hour, from one network and in all; each is told in the log.

The log says what happened, never who or from where: there is one author. Tries are counted in memory, as forms are.
"""

import logging
from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse

from neuronwise.site.guard import Limit, Limiter, Verdict

TRIES = Limiter(Limit(network=10, site=60))  # within an hour, the right ones too
MANY = "many"

log = logging.getLogger(__name__)


class LoginForm(AdminAuthenticationForm):
    """Name and password, which are not looked at once there were too many tries."""

    def clean(self) -> dict[str, Any]:
        """Refuse what comes too often, then what is wrong."""
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        if not TRIES.takes(address):
            log.warning("A log-in was not tried: too many in the last hour")
            raise ValidationError(Verdict.MANY.value, code=MANY)
        return super().clean()


def login(request: HttpRequest) -> HttpResponse:
    """The admin's own page to log in, with the status that says that there were too many tries."""
    response = admin.site.login(request)
    form = (getattr(response, "context_data", None) or {}).get("form")
    if form and form.has_error(NON_FIELD_ERRORS, MANY):
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    return response


def renew(request: HttpRequest, **_: object) -> None:
    """Give a session a new key at each log-in: Django keeps it where the same author was logged in already."""
    request.session.cycle_key()


def watch() -> None:
    """From now on tell each log-in, failure and log-out in the log, and give each log-in a key of its own."""
    user_logged_in.connect(renew)
    for signal, level, words in (
        (user_logged_in, logging.INFO, "The author has logged in"),
        (user_logged_out, logging.INFO, "The author has logged out"),
        (user_login_failed, logging.WARNING, "A log-in failed"),
    ):

        def said(level: int = level, words: str = words, **_: object) -> None:
            log.log(level, words)

        signal.connect(said, weak=False, dispatch_uid=words)
