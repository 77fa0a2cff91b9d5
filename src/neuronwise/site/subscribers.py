"""Who wants to be told of new chapters: signed up, confirmed, gone.

    pending    somebody typed the address; only its owner can confirm it
    active     confirmed: is told of each chapter once
    gone       unsubscribed, or the address refuses mail

An address is kept as `addresses` writes it, so that each is there once.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone


class State(models.TextChoices):
    """Where a subscriber stands."""

    PENDING = "pending"
    ACTIVE = "active"
    GONE = "gone"


class Subscriber(models.Model):
    """An address, and whether its owner wants mail. The id is random: it tells nothing, and tokens and logs name it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    address = models.CharField(max_length=254, unique=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.PENDING)
    made = models.DateTimeField(default=timezone.now)
    confirmed = models.DateTimeField(null=True, blank=True)
    bounces = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """The newest first, and quickly found by state."""

        ordering: ClassVar = ["-made"]
        indexes: ClassVar = [models.Index(fields=["state"], name="subscribers_by_state")]

    def __str__(self) -> str:
        """The address."""
        return self.address
