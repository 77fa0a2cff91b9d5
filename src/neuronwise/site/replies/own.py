"""Somebody's own replies, by e-mail address: all that is kept of them, and two ways to take them back.

Each reply that is taken back is noted by its id first, so that a restore of an old backup can take it back again.
"""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from neuronwise.site import withdrawals
from neuronwise.site.replies.models import Reply, State, unanswered


class Replies:
    """The replies as a part of what is kept of an address."""

    name = "replies"

    def kept(self, address: str) -> list[dict[str, object]]:
        """Every reply, the oldest first."""
        rows = Reply.objects.filter(address=address).order_by("made", "id")
        return [dict(row) for row in rows.values("chapter", "anchor", "name", "address", "text", "state", "made")]

    def erase(self, address: str, *, keep_words: bool) -> None:
        """Take name and address from the replies; without `keep_words` their words, too."""
        replies = list(Reply.objects.filter(address=address).values_list("pk", flat=True))
        for reply in replies:
            withdrawals.note(settings.DATA, withdrawals.NAMELESS if keep_words else withdrawals.ERASED, reply)
        (without_name if keep_words else remove)(replies)


def without_name(replies: Sequence[UUID]) -> None:
    """Take the names and the addresses away; the words stay."""
    Reply.objects.filter(pk__in=replies).update(name="", address="", changed=timezone.now())


def remove(replies: Sequence[UUID]) -> None:
    """Take the words away, too. A reply that others have answered leaves its place."""
    rows = Reply.objects.filter(pk__in=replies)
    for _level in range(2):  # answers first, then the threads that had no others
        unanswered(rows).delete()
    rows.filter(state=State.APPROVED).update(state=State.REMOVED)
    rows.update(name="", address="", text="", changed=timezone.now())
    unanswered(Reply.objects.filter(state=State.REMOVED)).delete()  # places that were kept for these answers alone
