"""Tokens: what a mailed link carries, so that who received it can do one thing, until it expires.

    48 letters = base64url of    id (16 bytes) | expiry (4 bytes, seconds since 1970; 0: never) | seal (16 bytes)
    seal = the first 128 bits of HMAC-SHA-256 of id and expiry, under a key made from the secret and the purpose

48 letters hold 36 bytes exactly: each token has one spelling. Nothing is stored, so nothing can leak; older secrets
keep on opening what they sealed.
"""

import base64
import hmac
import re
import struct
import time
from datetime import timedelta
from uuid import UUID

from django.conf import settings

LETTERS = 48
SEAL_BYTES = 16
SPELLING = re.compile(r"([A-Za-z0-9_-]{4}){6,}")  # whole groups of four letters, the seal and more
CONFIRM = "confirm"
UNSUBSCRIBE = "unsubscribe"
OWN_DATA = "own data"
MODERATE = "moderate a reply"
LIVES = {  # how long a token of a purpose can be used; None: for ever
    CONFIRM: timedelta(days=7),
    UNSUBSCRIBE: None,
    OWN_DATA: timedelta(hours=1),
    MODERATE: timedelta(days=30),
}


def token(purpose: str, about: UUID, now: float | None = None) -> str:
    """A token about somebody or something, for one purpose of those in LIVES.

    >>> len(token(UNSUBSCRIBE, UUID(int=7)))
    48
    """
    life = LIVES[purpose]
    expiry = 0 if life is None else int((time.time() if now is None else now) + life.total_seconds())
    return sealed(purpose, about.bytes + struct.pack(">I", expiry))


def opened(purpose: str, text: str, now: float | None = None) -> UUID | None:
    """Whom or what the token is about; nothing if it is forged, expired, or was made for another purpose.

    >>> opened(UNSUBSCRIBE, token(UNSUBSCRIBE, UUID(int=7))), opened(CONFIRM, token(UNSUBSCRIBE, UUID(int=7)))
    (UUID('00000000-0000-0000-0000-000000000007'), None)
    """
    body = unsealed(purpose, text) if len(text) == LETTERS else None
    if body is None:
        return None
    about, expiry = struct.unpack(">16sI", body)
    expired = expiry and (time.time() if now is None else now) >= expiry
    return None if expired else UUID(bytes=about)


def sealed(purpose: str, body: bytes) -> str:
    """The body as text, with its seal for this purpose; a body of 3n + 2 bytes has one spelling.

    >>> unsealed("form", sealed("form", b"hello"))
    b'hello'
    """
    return base64.urlsafe_b64encode(body + _seal(settings.SECRET_KEY, purpose, body)).decode()


def unsealed(purpose: str, text: str) -> bytes | None:
    """The body, if its seal is ours for this purpose, by the present secret or an older one."""
    if not SPELLING.fullmatch(text):  # b64decode would take + for - too
        return None
    raw = base64.urlsafe_b64decode(text)
    body, found = raw[:-SEAL_BYTES], raw[-SEAL_BYTES:]
    seals = [_seal(secret, purpose, body) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return body if any([hmac.compare_digest(found, seal) for seal in seals]) else None  # noqa: C419  (each is compared)


def _seal(secret: str, purpose: str, body: bytes) -> bytes:
    key = hmac.digest(secret.encode(), f"neuronwise: {purpose}".encode(), "sha256")
    return hmac.digest(key, body, "sha256")[:SEAL_BYTES]
