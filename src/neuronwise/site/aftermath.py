"""After a restore: the database is as old as the backup, and what has happened since must not happen again.

Letters that were not finished then may have gone since: they become `unknown`, and the author says what is to become of
them.
Who has withdrawn since, by withdrawn.log, withdraws again; who has confirmed after that stays.
"""

from dataclasses import dataclass

from django.conf import settings

from neuronwise.site import own_data, withdrawals
from neuronwise.site.ledger import Delivery
from neuronwise.site.ledger import State as Sent
from neuronwise.site.replies import own
from neuronwise.site.replies.models import Reply
from neuronwise.site.subscribers import State, Subscriber


@dataclass(frozen=True)
class Aftermath:
    """How many letters are unknown now; how many readers and replies have withdrawn again."""

    unknown: int
    gone: int
    erased: int
    replies: int


def settle() -> Aftermath:
    """Bring the restored database up to what is known since; may be done again."""
    unfinished = Delivery.objects.filter(state__in=[Sent.QUEUED, Sent.SENDING])
    unknown = unfinished.update(state=Sent.UNKNOWN, worker="")
    noted = list(withdrawals.noted(settings.DATA))  # now: erasing writes into it
    replies = sum(_taken_back(one) for one in noted)  # first: some keep their words, and lose their address by that
    return Aftermath(unknown, sum(map(_gone, noted)), sum(map(_erased, noted)), replies)


def _taken_back(one: withdrawals.Withdrawal) -> bool:
    known = Reply.objects.filter(pk=one.who).exclude(address="", name="").exists()
    if known and one.how == withdrawals.NAMELESS:
        own.without_name([one.who])
    elif known and one.how == withdrawals.ERASED:
        own.remove([one.who])
    return known


def _gone(one: withdrawals.Withdrawal) -> int:
    if one.how != withdrawals.GONE:
        return 0
    rows = Subscriber.objects.filter(pk=one.who).exclude(state=State.GONE)
    return rows.exclude(confirmed__gt=one.when).update(state=State.GONE)


def _erased(one: withdrawals.Withdrawal) -> bool:
    subscriber = Subscriber.objects.filter(pk=one.who).first() if one.how == withdrawals.ERASED else None
    if subscriber:
        own_data.erase(subscriber, keep_words=False)  # replies that were to keep their words have no address any more
    return subscriber is not None
