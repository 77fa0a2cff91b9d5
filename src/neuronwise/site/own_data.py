"""What the site keeps of one address: shown to its owner, erased when its owner says so.

Each part of the site that keeps something of an address has its entry in PARTS.
"""

from typing import Protocol

from django.conf import settings
from django.db.models import F

from neuronwise.site import withdrawals
from neuronwise.site.database import alone
from neuronwise.site.outbox import FOLDER, Outbox
from neuronwise.site.replies.own import Replies
from neuronwise.site.subscribers import State, Subscriber


class Part(Protocol):
    """A part of the site that keeps something of an address."""

    name: str

    def kept(self, address: str) -> list[dict[str, object]]:
        """Everything that is kept, ready for JSON; an empty list for nothing."""
        ...

    def erase(self, address: str, *, keep_words: bool) -> None:
        """Erase it; with `keep_words`, what its owner has published stays, without the owner's name."""
        ...


PARTS: list[Part] = [Replies()]


def is_known(subscriber: Subscriber) -> bool:
    """Whether anything is kept of this address besides that somebody has just typed it."""
    asked = subscriber.deliveries.exclude(topic__startswith="data:").exists()
    return subscriber.state != State.PENDING or asked or has_words(subscriber)


def has_words(subscriber: Subscriber) -> bool:
    """Whether the owner has published something that could stay without a name."""
    return any(part.kept(subscriber.address) for part in PARTS)


def export(subscriber: Subscriber) -> dict[str, object]:
    """Everything that is kept of this address, ready for JSON."""
    letters = subscriber.deliveries.order_by("next_try").values("topic", "state", "tries", "code", time=F("next_try"))
    return {
        "address": subscriber.address,
        "subscription": {"state": subscriber.state, "asked": subscriber.made, "confirmed": subscriber.confirmed},
        "letters": list(letters),
        **{part.name: part.kept(subscriber.address) for part in PARTS},
    }


def erase(subscriber: Subscriber, *, keep_words: bool) -> None:
    """Erase everything that is kept of this address; noted first, so that no old backup brings it back."""
    withdrawals.note(settings.DATA, withdrawals.ERASED, subscriber.pk)
    with alone():  # while a chapter is published it would take a letter's reader away
        keys = subscriber.deliveries.values_list("key", flat=True)  # in any state: a restore forgets what has gone
        Outbox(settings.DATA / FOLDER).erase(keys)
        for part in PARTS:
            part.erase(subscriber.address, keep_words=keep_words)
        subscriber.delete()
