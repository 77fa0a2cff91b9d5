"""The ledger: a row for each letter that somebody is to get, until it is known what became of it.

    topic        chapter:3, confirm:2027-01-10, data:2027-01-10, reply:<id>
    queued       to be sent when its time has come
    sending      a worker has it: alone, since its UPDATE changed the row
    sent         outbox: its file is durable; mail server: it said 250
    failed       refused for good, or tried ten times; `code` says how
    skipped      not wanted any more when its turn came
    unknown      nobody knows whether it went: a worker died over it and NEURONWISE_IN_DOUBT is park, or a restore

A topic and a subscriber have one row, so nobody can be told twice.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import Event
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import connection, models, transaction
from django.utils import timezone

from neuronwise.site.database import random_key
from neuronwise.site.subscribers import State as Subscribed
from neuronwise.site.subscribers import Subscriber

NEWS = Event()  # something was queued in this process: its worker need not wait for its next look


class State(models.TextChoices):
    """What became of a letter so far."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Delivery(models.Model):
    """One letter to one subscriber. The key is random; Message-ID and file are named by it."""

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    topic = models.CharField(max_length=60)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=7, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(default=timezone.now)
    worker = models.CharField(max_length=16, blank=True)
    code = models.CharField(max_length=40, blank=True)

    class Meta:
        """A topic reaches a subscriber once; what is due is found by its state and time."""

        ordering: ClassVar = ["next_try", "key"]
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [models.UniqueConstraint(fields=["topic", "subscriber"], name="one_letter_of_a_topic")]
        indexes: ClassVar = [
            models.Index(fields=["state", "next_try", "key"], name="deliveries_due"),
            models.Index(fields=["worker"], name="deliveries_by_worker", condition=models.Q(state="sending")),
        ]

    def __str__(self) -> str:
        """Topic and state: no address, since logs show this."""
        return f"{self.topic} {self.state}"


def queue(topic: str, subscribers: Iterable[UUID], due: datetime | None = None) -> None:
    """A letter of this topic for each of the subscribers; who has one already gets no second.

    Belongs into a transaction: either the cause and all its letters are there, or nothing.
    """
    keys = [Subscriber._meta.pk.get_db_prep_value(key, connection) for key in subscribers]  # noqa: SLF001  (Django's own)
    if keys:
        _queue(topic, due or timezone.now(), f"id IN ({', '.join(['%s'] * len(keys))})", keys)


def queue_for_all(topic: str, due: datetime) -> None:
    """A letter of this topic for everybody who is subscribed."""
    _queue(topic, due, "state = %s", [Subscribed.ACTIVE.value])


def _queue(topic: str, due: datetime, whom: str, parameters: Sequence[UUID | str]) -> None:
    """By the database in one go. A letter that was not wanted when its turn came never went: it may be wanted now."""
    letters = Delivery._meta.db_table  # noqa: SLF001  (Django's own)
    insert = f"""
        INSERT INTO {letters} (key, topic, subscriber_id, state, tries, next_try, worker, code)
        SELECT {random_key()}, %s, id, %s, 0, %s, '', '' FROM {Subscriber._meta.db_table} WHERE {whom}
        ON CONFLICT (topic, subscriber_id) DO UPDATE
            SET state = excluded.state, tries = 0, next_try = excluded.next_try WHERE {letters}.state = %s"""  # noqa: S608, SLF001  (names of our own)
    when = connection.ops.adapt_datetimefield_value(due)
    with connection.cursor() as cursor:
        cursor.execute(insert, [topic, State.QUEUED.value, when, *parameters, State.SKIPPED.value])
    transaction.on_commit(NEWS.set)


def claim(worker: str, count: int, since: datetime) -> list[UUID]:
    """Make the first letters that are due, but not before `since`, this worker's alone; their keys.

    One statement, since a letter to a mail server has a claim of its own. `MATERIALIZED` keeps PostgreSQL from looking
    for the first ones twice, which would claim more than `count`.
    """
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    update = f"""
        WITH first AS MATERIALIZED (
            SELECT key FROM {Delivery._meta.db_table} WHERE state = %s AND next_try > %s AND next_try <= %s
            ORDER BY next_try, key LIMIT %s {lock})
        UPDATE {Delivery._meta.db_table} SET state = %s, worker = %s WHERE key IN (SELECT key FROM first)
        RETURNING key"""  # noqa: S608, SLF001  (names of our own)
    between = map(connection.ops.adapt_datetimefield_value, (since, timezone.now()))
    with connection.cursor() as cursor:
        cursor.execute(update, [State.QUEUED.value, *between, count, State.SENDING.value, worker])
        return [UUID(str(key)) for (key,) in cursor.fetchall()]


def retry(state: str) -> int:
    """Queue the letters that are failed, or unknown, once more; how many they are."""
    return queue_again(Delivery.objects.filter(state=State(state)))


def queue_again(rows: models.QuerySet[Delivery]) -> int:
    """Queue these letters once more, as if they had never been tried; how many they are.

    One that was never tried and has its time still to come keeps it: its chapter is not out before.
    """
    now = timezone.now()
    when = models.Case(models.When(tries=0, next_try__gt=now, then="next_try"), default=now)
    return rows.update(state=State.QUEUED, tries=0, next_try=when, code="", worker="")


def day(kind: str) -> str:
    """A topic that somebody can get once a day.

    >>> day("confirm")[:10]
    'confirm:20'
    """
    return f"{kind}:{timezone.now():%Y-%m-%d}"
