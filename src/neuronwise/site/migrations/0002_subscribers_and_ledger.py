"""Subscribers, the ledger of their letters, from when on a chapter is public, and what is then seen of it."""

from typing import ClassVar
from uuid import uuid4

from django.db import migrations, models
from django.utils import timezone

SUBSCRIBER_STATES = [("pending", "Pending"), ("active", "Active"), ("gone", "Gone")]
DELIVERY_STATES = [
    ("queued", "Queued"),
    ("sending", "Sending"),
    ("sent", "Sent"),
    ("failed", "Failed"),
    ("skipped", "Skipped"),
    ("unknown", "Unknown"),
]


class Migration(migrations.Migration):
    """Two tables, and two columns of the chapters."""

    dependencies: ClassVar = [("site", "0001_chapters")]
    operations: ClassVar = [
        migrations.AddField("chapter", "published", models.DateTimeField(null=True, blank=True)),
        migrations.AddField("chapter", "copy", models.CharField(max_length=300, blank=True, default="")),
        migrations.CreateModel(
            name="Subscriber",
            fields=[
                ("id", models.UUIDField(primary_key=True, default=uuid4, editable=False, serialize=False)),
                ("address", models.CharField(max_length=254, unique=True)),
                ("state", models.CharField(max_length=7, choices=SUBSCRIBER_STATES, default="pending")),
                ("made", models.DateTimeField(default=timezone.now)),
                ("confirmed", models.DateTimeField(null=True, blank=True)),
                ("bounces", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["-made"],
                "indexes": [models.Index(fields=["state"], name="subscribers_by_state")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("key", models.UUIDField(primary_key=True, default=uuid4, editable=False, serialize=False)),
                ("topic", models.CharField(max_length=60)),
                ("subscriber", models.ForeignKey("site.subscriber", models.CASCADE, related_name="deliveries")),
                ("state", models.CharField(max_length=7, choices=DELIVERY_STATES, default="queued")),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try", models.DateTimeField(default=timezone.now)),
                ("worker", models.CharField(max_length=16, blank=True)),
                ("code", models.CharField(max_length=40, blank=True)),
            ],
            options={
                "ordering": ["next_try", "key"],
                "verbose_name_plural": "deliveries",
                "constraints": [models.UniqueConstraint(fields=["topic", "subscriber"], name="one_letter_of_a_topic")],
                "indexes": [
                    models.Index(fields=["state", "next_try", "key"], name="deliveries_due"),
                    models.Index(fields=["worker"], name="deliveries_by_worker", condition=models.Q(state="sending")),
                ],
            },
        ),
    ]
