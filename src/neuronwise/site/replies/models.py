"""A reply, and what becomes of it.

    held       nobody has read it yet but the author, who is told of it by a letter
    approved   stands under its chapter
    refused    is deleted after 30 days
    removed    its words are gone; it had answers, so its place stays

Two levels: a reply begins a thread, or answers one. The e-mail address is never shown, nor anything made from it.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from neuronwise.site.replies.rendering import render
from neuronwise.site.replies.words import visible

REFUSED_ARE_KEPT = timedelta(days=30)
NAME_LENGTH = 80
NAMELESS, AUTHOR = "A reader", "The author"


class State(models.TextChoices):
    """Where a reply stands."""

    HELD = "held"
    APPROVED = "approved"
    REFUSED = "refused"
    REMOVED = "removed"


class Reply(models.Model):
    """What a reader, or the author, has to say to a chapter, or to a formula or section of it (`anchor`)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # A build without the chapter takes the chapter's row away. The readers' words wait until it is there again.
    chapter = models.ForeignKey(
        "site.Chapter", models.DO_NOTHING, related_name="replies", db_constraint=False, db_index=False
    )
    anchor = models.CharField(max_length=100, blank=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="answers")
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    address = models.CharField(max_length=254, blank=True, db_index=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    by_author = models.BooleanField(default=False)
    made = models.DateTimeField(default=timezone.now)
    decided = models.DateTimeField(null=True, blank=True)
    changed = models.DateTimeField(
        default=timezone.now, editable=False
    )  # in any way: a page made before is out of date

    class Meta:
        """The newest first; threads and anchors of a chapter are quickly found."""

        ordering: ClassVar = ["-made", "id"]
        verbose_name_plural = "replies"
        indexes: ClassVar = [
            models.Index(fields=["chapter", "parent", "state", "-made"], name="replies_by_thread"),
            models.Index(fields=["chapter", "state", "anchor"], name="replies_by_anchor"),
            models.Index(fields=["chapter", "state", "changed"], name="replies_by_change"),
        ]

    def __str__(self) -> str:
        """The id and the state: no name, no address, since logs show this."""
        return f"{self.id} {self.state}"

    def save(self, *args: Any, **more: Any) -> None:  # noqa: ANN401  (Django's own arguments)
        """Keep it; from the admin, too, no invisible letters come in."""
        self.name, self.text = visible(self.name), visible(self.text, keep="\n\t")
        self.changed = timezone.now()
        super().save(*args, **more)

    @property
    def shown_name(self) -> str:
        """The name that stands over the words."""
        return self.name or (AUTHOR if self.by_author else NAMELESS)

    @property
    def html(self) -> SafeString:
        """The words as HTML; of what is kept the latest thousands are remembered, of previews none."""
        return _html(self.text) if self._state.adding else _remembered(self.text)

    @property
    def place(self) -> str:
        """Its id in the page."""
        return f"reply-{self.id}"


def _html(text: str) -> SafeString:
    return mark_safe(render(text))  # noqa: S308  (that is what `rendering` is for)


_remembered = lru_cache(maxsize=4096)(_html)


def unanswered(rows: models.QuerySet[Reply]) -> models.QuerySet[Reply]:
    """Those of the replies that nobody has answered."""
    return rows.exclude(models.Exists(Reply.objects.filter(parent=models.OuterRef("pk"))))


def shown() -> models.QuerySet[Reply]:
    """The replies that readers see; of a removed one only its place."""
    return Reply.objects.filter(state__in=[State.APPROVED, State.REMOVED])


def readable() -> models.QuerySet[Reply]:
    """The replies whose words readers see: approved, and in a thread that is shown."""
    return shown().filter(models.Q(parent=None) | models.Q(parent__in=shown()), state=State.APPROVED)


def decide(replies: Iterable[UUID], state: State) -> int:
    """Approve or refuse; how many were still there. What has no words any more stays as it is."""
    rows = Reply.objects.filter(pk__in=list(replies)).exclude(text="")
    return rows.update(state=state, decided=(now := timezone.now()), changed=now)


def forget_refused() -> int:
    """Delete what was refused 30 days ago; how many they were. Where others have answered, the words alone go."""
    old = Reply.objects.filter(state=State.REFUSED, decided__lt=timezone.now() - REFUSED_ARE_KEPT)
    count, _ = unanswered(old).delete()
    return count + old.exclude(text="").update(name="", address="", text="")
