"""What comes back: delivery status notices (RFC 3464), matched to their letters by Message-ID.

Anybody can write to that address: what can't be read as mail is no notice, and nothing here keeps letters from going.

hard    the address is refused for good: three letters that come back so end the mail to it
soft    a full mailbox, a policy, a delay: the address may well be right
other   no notice, or about no letter of ours
"""

import email
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from neuronwise.site import withdrawals
from neuronwise.site.ledger import Delivery
from neuronwise.site.subscribers import State, Subscriber

MOST_HARD = 3
LARGEST = 1 << 20  # bytes; a notice is smaller
KEY = re.compile(r"<([0-9a-f]{32})@")
HARD_STATUS = re.compile(r"5\.(?!7\.|2\.[23]\b|3\.4\b)\d{1,3}\.\d{1,3}")  # not: policy, mailbox full, letter too large
BOUNCED = "bounced"

log = logging.getLogger(__name__)


class Kind(StrEnum):
    """What a notice says of its letter."""

    HARD = "hard"
    SOFT = "soft"
    OTHER = "other"


@dataclass(frozen=True)
class Notice:
    """What came back: of which letter, and how bad it is."""

    kind: Kind
    key: UUID | None = None
    status: str = ""


def notice(content: bytes) -> Notice:
    """Read a message that came back."""
    message = email.message_from_bytes(content)
    fields = list(_about_recipients(message))
    key = _key(message)
    if key is None or not fields:
        return Notice(Kind.OTHER)
    failed = [_status(each) for each in fields if str(each.get("Action", "")).strip().lower() == "failed"]
    hard = [status for status in failed if HARD_STATUS.fullmatch(status)]
    return Notice(Kind.HARD, key, hard[0]) if hard else Notice(Kind.SOFT, key)


def read_new() -> None:
    """Read what has come into the Maildir, and stop the mail to addresses that don't take it."""
    folder = settings.BOUNCES
    if folder is None:
        return
    for file in sorted(each for each in (folder / "new").iterdir() if each.is_file()):
        if file.stat().st_size <= LARGEST:
            _take(_read(file))
        file.rename(folder / "cur" / f"{file.name}:2,S")  # seen, as Maildirs write it


def _read(file: Path) -> Notice:
    content = file.read_bytes()
    try:
        return notice(content)
    except Exception:  # the standard library's reader has its own faults, as with parts in parts in parts
        log.exception("What came back can't be read as mail")
        return Notice(Kind.OTHER)


def _take(found: Notice) -> None:
    if found.kind is not Kind.HARD or found.key is None:
        return
    with transaction.atomic():
        fresh = Delivery.objects.filter(key=found.key).exclude(code__startswith=BOUNCED)
        if not fresh.update(code=f"{BOUNCED} {found.status}"):
            return  # of no letter of ours, or read before
        rows = Subscriber.objects.filter(deliveries__key=found.key)
        rows.update(bounces=F("bounces") + 1)
        for row in rows.filter(bounces__gte=MOST_HARD).exclude(state=State.GONE):
            withdrawals.note(settings.DATA, withdrawals.GONE, row.pk)
            Subscriber.objects.filter(pk=row.pk).update(state=State.GONE)


def _about_recipients(message: Message) -> Iterator[Message]:
    """The fields about each recipient: the first group of a status part is about the server."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            yield from [each for each in groups[1:] if isinstance(each, Message)] if isinstance(groups, list) else ()


def _status(fields: Message) -> str:
    """The status code; where a server writes words after it, the code alone."""
    return str(fields.get("Status", "")).strip().split(" ")[0]


def _key(message: Message) -> UUID | None:
    """The letter's key: from the returned headers, else from those that say what this answers."""
    texts = [_returned(part) for part in message.walk() if part.get_content_type() in RETURNED]
    texts += [str(message.get(name, "")) for name in ("In-Reply-To", "References", "X-Failed-Message-ID")]
    found = next(filter(None, map(KEY.search, texts)), None)
    return UUID(found[1]) if found else None


def _returned(part: Message) -> str:
    """The Message-ID of a letter that came back, whole or its headers alone."""
    alone = part.get_payload(decode=True)  # nothing, of a whole letter
    letter = email.message_from_bytes(alone) if isinstance(alone, bytes) else part.get_payload(0)
    return str(letter["Message-ID"]) if isinstance(letter, Message) else ""


RETURNED = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
