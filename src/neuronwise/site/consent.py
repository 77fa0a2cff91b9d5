"""Consent to be told of new chapters: asked for, given, withdrawn.

Known and unknown addresses are treated alike, statement by statement: neither answer nor time tells which it was.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from neuronwise.site import withdrawals
from neuronwise.site.database import alone
from neuronwise.site.ledger import day, queue
from neuronwise.site.models import Chapter
from neuronwise.site.subscribers import State, Subscriber

CONFIRM, OWN_DATA = "confirm", "data"
UNCONFIRMED = timedelta(days=7)  # what nobody confirms is forgotten


@transaction.atomic
def ask(address: str) -> None:
    """Somebody typed this address: a letter asks its owner, once a day at most."""
    _insert(address)
    rows = Subscriber.objects.filter(address=address)
    rows.exclude(state=State.ACTIVE).update(state=State.PENDING, made=timezone.now())
    queue(day(CONFIRM), rows.values_list("pk", flat=True))


@transaction.atomic
def ask_own_data(address: str) -> None:
    """Somebody typed this address: a letter leads its owner to what we keep; without anything kept, none is sent."""
    _insert(address)
    queue(day(OWN_DATA), Subscriber.objects.filter(address=address).values_list("pk", flat=True))


@alone()  # who confirms while a chapter is scheduled is told of it, too
def give(who: UUID) -> None:
    """The owner says yes, once or again. Chapters that are scheduled are told too.

    Errors   Subscriber.DoesNotExist: nobody asked (any more)
    """
    changed = Subscriber.objects.filter(pk=who, state=State.PENDING).update(
        state=State.ACTIVE, confirmed=timezone.now(), bounces=0
    )
    if changed:
        for chapter in Chapter.objects.filter(published__gt=timezone.now()):
            queue(chapter.topic, [who], chapter.published)
    Subscriber.objects.get(pk=who, state=State.ACTIVE)


def withdraw(who: UUID) -> None:
    """The owner wants no more letters, once or again; who isn't known (any more) may be by a restore."""
    subscriber = Subscriber.objects.filter(pk=who).first()
    known = subscriber.state != State.GONE if subscriber else not withdrawals.has_noted(settings.DATA, who)
    if known:
        withdrawals.note(settings.DATA, withdrawals.GONE, who)
        Subscriber.objects.filter(pk=who).update(state=State.GONE)


def forget_unconfirmed() -> int:
    """Delete what nobody confirmed in time; how many they were. The author's own row has letters without consent."""
    old = Subscriber.objects.filter(state=State.PENDING, made__lt=timezone.now() - UNCONFIRMED)
    rows = old.exclude(address=settings.AUTHOR.addr_spec.lower())
    return rows.delete()[0] if rows.exists() else 0  # a look alone locks nothing


def _insert(address: str) -> None:
    Subscriber.objects.bulk_create([Subscriber(address=address)], ignore_conflicts=True)
