"""After a restore: the database is as old as the backup, and what has happened since must not happen again.

Letters that were not finished then may have gone since: they become `unknown`, and the author says what is to become of
them.
Who has withdrawn since, by withdrawn.log, withdraws again; who has confirmed after that stays.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from neuronwise.site import own_data, withdrawals
from neuronwise.site.ledger import Delivery
from neuronwise.site.ledger import State as Sent
from neuronwise.site.replies.own import remove, without_name
from neuronwise.site.subscribers import State, Subscriber


@dataclass(frozen=True)
class Aftermath:
    """How many letters are unknown, and how many readers have withdrawn again."""

    unknown: int
    gone: int
    erased: int


def settle() -> Aftermath:
    """Bring the restored database up to what is known since; may be done again."""
    with transaction.atomic():
        unfinished = Delivery.objects.filter(state__in=[Sent.QUEUED, Sent.SENDING])
        unknown = unfinished.update(state=Sent.UNKNOWN, worker="")
    noted = list(withdrawals.noted(settings.DATA))  # first: erasing writes into it
    without_name([one.who for one in noted if one.how == withdrawals.NAMELESS])  # before their writer is erased
    remove([one.who for one in noted if one.how == withdrawals.ERASED])
    gone = sum(_withdrawn(one) for one in noted if one.how == withdrawals.GONE)
    erased = sum(_erased(one) for one in noted if one.how == withdrawals.ERASED)
    return Aftermath(unknown, gone, erased)


def _withdrawn(one: withdrawals.Withdrawal) -> int:
    rows = Subscriber.objects.filter(pk=one.who).exclude(state=State.GONE)
    return rows.exclude(confirmed__gt=one.when).update(state=State.GONE)


def _erased(one: withdrawals.Withdrawal) -> bool:
    subscriber = Subscriber.objects.filter(pk=one.who).first()
    if subscriber:
        own_data.erase(subscriber, keep_words=False)  # of replies that stay the name is gone by now
    return subscriber is not None
