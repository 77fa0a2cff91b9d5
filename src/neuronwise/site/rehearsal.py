"""A chapter's letter before it is published: to be looked at, and to be sent to the author alone."""

from email.utils import format_datetime
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from neuronwise.site import letters
from neuronwise.site.delivering import postbox
from neuronwise.site.letters import NOBODY, Letter
from neuronwise.site.life import life
from neuronwise.site.postbox import PostboxError, Posting
from neuronwise.site.publishing import built
from neuronwise.site.subscribers import State, Subscriber


def preview(number: int) -> str:
    """The letter as its readers get it, and how many they are now."""
    letter = _letter(number)
    count = Subscriber.objects.filter(state=State.ACTIVE).count()
    head = f"From: {settings.FROM}\nTo: every subscriber, {count:,} by now\nSubject: {letter.subject}"
    return f"{head}\nDate: {format_datetime(timezone.localtime())}\n\n{letters.text(letter)}"


def send(number: int) -> None:
    """Send the letter to the author, past the ledger.

    Errors   PostboxError: it didn't go
    """
    key, to = uuid4(), settings.AUTHOR.addr_spec
    box, alive = postbox(), life()
    alive.begin()
    try:
        message = letters.written(_letter(number), to, key)
        ((_, outcome),) = box.post(alive.name, [Posting(key, to, message)])
        if outcome.state != "sent":
            words = f"The letter to {to} did not go: {outcome.state}, {outcome.code}."
            raise PostboxError(words)
        box.settle(alive.name, [key], [])
    finally:
        box.close()
        alive.end()


def _letter(number: int) -> Letter:
    return letters.chapter(built(number), NOBODY)
