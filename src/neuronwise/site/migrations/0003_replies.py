"""The replies."""

from typing import ClassVar
from uuid import uuid4

from django.db import migrations, models
from django.utils import timezone

STATES = [("held", "Held"), ("approved", "Approved"), ("refused", "Refused"), ("removed", "Removed")]


class Migration(migrations.Migration):
    """One table."""

    dependencies: ClassVar = [("site", "0002_subscribers_and_ledger")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.UUIDField(primary_key=True, default=uuid4, editable=False, serialize=False)),
                (
                    "chapter",
                    models.ForeignKey(
                        "site.chapter", models.DO_NOTHING, related_name="replies", db_constraint=False, db_index=False
                    ),
                ),
                ("anchor", models.CharField(max_length=100, blank=True)),
                (
                    "parent",
                    models.ForeignKey("site.reply", models.CASCADE, null=True, blank=True, related_name="answers"),
                ),
                ("name", models.CharField(max_length=80, blank=True)),
                ("address", models.CharField(max_length=254, blank=True, db_index=True)),
                ("text", models.TextField(blank=True)),
                ("state", models.CharField(max_length=8, choices=STATES, default="held")),
                ("by_author", models.BooleanField(default=False)),
                ("made", models.DateTimeField(default=timezone.now)),
                ("decided", models.DateTimeField(null=True, blank=True)),
                ("changed", models.DateTimeField(default=timezone.now, editable=False)),
            ],
            options={
                "ordering": ["-made", "id"],
                "verbose_name_plural": "replies",
                "indexes": [
                    models.Index(fields=["chapter", "parent", "state", "-made"], name="replies_by_thread"),
                    models.Index(fields=["chapter", "state", "anchor"], name="replies_by_anchor"),
                    models.Index(fields=["chapter", "state", "changed"], name="replies_by_change"),
                ],
            },
        ),
    ]
