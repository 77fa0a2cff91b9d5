"""What stands between a form and the database: people pass unhindered, programs that fill in every form do not.

honeypot     a field that people don't see; what comes with it filled in gets the usual answer, and nothing is kept
form time    sealed into the form: at least 3 seconds and at most 4 hours old
origin       a POST without a token comes from a page of our own
limits       so many an hour from one network (/24, /48) and in all, counted in memory under a key of this process alone
"""

import hmac
import ipaddress
import secrets
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from neuronwise.site import tokens
from neuronwise.site.environment import is_loopback

HONEYPOT: Final = "website"
TIME: Final = "form"
YOUNGEST, OLDEST = 3, 4 * 60 * 60  # seconds
HOUR = 60 * 60


class Verdict(StrEnum):
    """What is to be done with a form; the words are for the reader."""

    FINE = ""
    TRAP = "Thank you."  # answered as if it were fine; nothing is kept
    EARLY = "That was very quick. Please press the button once more."
    LATE = "This page was open for more than four hours. Please press the button once more."
    FOREIGN = "This form came from another page than ours. Please press the button once more."
    MANY = "There were very many of these in the last hour. Please try again in an hour."

    @property
    def status(self) -> HTTPStatus:
        """How HTTP says it."""
        return HTTPStatus.TOO_MANY_REQUESTS if self is Verdict.MANY else HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True)
class Limit:
    """How many forms an hour are taken: from one network, and in all."""

    network: int
    site: int


class Limiter:
    """Counts forms by network and hour. No address is kept, and no count outlives the process."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.key = secrets.token_bytes(32)
        self.lock = threading.Lock()
        self.hour = 0
        self.counts: Counter[bytes] = Counter()

    def takes(self, address: str, now: float | None = None) -> bool:
        """Count one more form from this address; whether it is still within the limits."""
        hour = int((time.time() if now is None else now) // HOUR)
        bucket = hmac.digest(self.key, network(address).encode(), "sha256")
        with self.lock:
            if hour != self.hour:
                self.hour, self.counts = hour, Counter()
            if self.counts[bucket] >= self.limit.network or self.counts.total() >= self.limit.site:
                return False
            self.counts[bucket] += 1
            return True


def network(address: str) -> str:
    """The network of an address, as large as one household, school or company usually has.

    >>> network("192.0.2.7"), network("2001:db8:1:2::3"), network("::ffff:192.0.2.9"), network("a socket")
    ('192.0.2.0/24', '2001:db8:1::/48', '192.0.2.0/24', '')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))  # noqa: PLR2004


def form_time(form: str, now: float | None = None) -> str:
    """The sealed present time, for a hidden field of this form."""
    return tokens.sealed(f"form {form}", struct.pack(">Q", int(time.time() if now is None else now)))


def kept_time(form: str, text: str) -> str:
    """The sealed time of a form that is shown again: as it was, so that who is too quick need not begin anew.

    In place of an old one or a forged one, one that may be sent at once.
    """
    return form_time(form, now=time.time() - YOUNGEST) if time_verdict(form, text) is Verdict.LATE else text


def time_verdict(form: str, text: str, now: float | None = None) -> Verdict:
    """What the sealed time of a form says; a forged one is as good as an old one.

    >>> [time_verdict("subscribe", form_time("subscribe", now=0), now=age).name for age in (2, 3, 14_400, 14_401)]
    ['EARLY', 'FINE', 'FINE', 'LATE']
    """
    body = tokens.unsealed(f"form {form}", text)
    age = (time.time() if now is None else now) - struct.unpack(">Q", body)[0] if body else OLDEST + 1
    if age < YOUNGEST:
        return Verdict.EARLY
    return Verdict.FINE if age <= OLDEST else Verdict.LATE


def examined(request: HttpRequest, form: str, limiter: Limiter) -> Verdict:
    """What is to be done with this POST of a form.

    The form has fields named HONEYPOT (empty, unseen) and TIME (`form_time` of the same form).
    """
    if request.POST.get(HONEYPOT):
        return Verdict.TRAP
    if not is_ours(request):
        return Verdict.FOREIGN
    verdict = time_verdict(form, request.POST.get(TIME, ""))
    if verdict is Verdict.FINE and not limiter.takes(request.META.get("REMOTE_ADDR", "")):
        return Verdict.MANY
    return verdict


def is_ours(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent this; who says nothing is no browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    try:
        origin = urlsplit(request.headers.get("Origin", ""))
    except ValueError:  # half an address
        return False
    near = is_loopback(origin.hostname or "") and is_loopback(settings.URL.hostname or "")
    return origin.scheme == settings.URL.scheme and (near or origin.netloc == settings.URL.netloc)
