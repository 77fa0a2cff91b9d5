"""Somebody's own replies, by e-mail address: all that is kept of them, and two ways to take them back."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from neuronwise.site.replies.models import Reply, State

UNANSWERED = ~Exists(Reply.objects.filter(parent=OuterRef("pk")))


def export(address: str) -> list[dict[str, object]]:
    """All that is kept of the address's replies, in texts and numbers that JSON knows; the oldest first."""
    return [
        {
            "chapter": reply.chapter_id,
            "about": reply.anchor,
            "name": reply.name,
            "email": reply.address,
            "text": reply.text,
            "state": reply.state,
            "sent": reply.made.isoformat(),
        }
        for reply in Reply.objects.filter(address=address).order_by("made", "id")
    ]


def keep_words(address: str) -> None:
    """Take the name and the address away; the words stay."""
    Reply.objects.filter(address=address).update(name="", address="")


@transaction.atomic
def remove(address: str) -> None:
    """Take the words away, too. A reply that others have answered leaves its place."""
    rows = Reply.objects.filter(address=address)
    for _level in range(2):  # answers first, then the threads that had no others
        rows.filter(UNANSWERED).delete()
    rows.filter(state=State.APPROVED).update(state=State.REMOVED)
    rows.update(name="", address="", text="")
    Reply.objects.filter(UNANSWERED, state=State.REMOVED).delete()  # places that were kept for these answers alone
