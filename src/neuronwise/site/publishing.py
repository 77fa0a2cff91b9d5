"""Publishing a chapter: from a moment on readers see it, and everybody who is subscribed is told once."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from neuronwise.site.database import alone
from neuronwise.site.ledger import Delivery, State, queue
from neuronwise.site.models import Chapter
from neuronwise.site.subscribers import State as Subscription
from neuronwise.site.subscribers import Subscriber


class PublishError(ValueError):
    """The chapter can't be published. The message says why, and the mend."""


@dataclass(frozen=True)
class Published:
    """A chapter is public, or will be; how many letters tell of it, and whether it was public before."""

    chapter: Chapter
    when: datetime
    letters: int
    before: bool


def publish(number: int, at: datetime | None = None) -> Published:
    """Make a chapter public, now or at that time, and queue its letters: both, or, if anything fails, neither.

    A chapter that is public stays so, and tells nobody again; one that waits for its time gets the new one.

    Errors   PublishError: there is no such chapter, it isn't built, or the time is over
    """
    now = timezone.now()
    if at and at <= now:
        message = f"expected a time to come; got {at.isoformat()}. Without --at the chapter is published now."
        raise PublishError(message)
    with alone():
        chapter = built(number)
        before = chapter.published is not None and chapter.published <= now
        if not before:
            chapter.published = at or now
            chapter.save(update_fields=["published"])
            waiting = Delivery.objects.filter(topic=chapter.topic, state=State.QUEUED)
            waiting.update(next_try=chapter.published)
            subscribed = Subscriber.objects.filter(state=Subscription.ACTIVE).order_by()
            queue(chapter.topic, subscribed.values_list("pk", flat=True).iterator(), chapter.published)
        letters = Delivery.objects.filter(topic=chapter.topic).count()
    return Published(chapter, chapter.published or now, letters, before)


def built(number: int) -> Chapter:
    """The chapter of that number.

    Errors   PublishError: there is none, or it isn't built
    """
    chapter = Chapter.objects.filter(number=number).first()
    if chapter is None:
        numbers = [str(each) for each in Chapter.objects.values_list("number", flat=True)]
        message = f"expected a chapter of the book, {numbers[0]} to {numbers[-1]}; got {number}"
        raise PublishError(message)
    if chapter.slug is None:
        message = f"chapter {number}, {chapter.title}, is not built yet. Write it, then:\n    neuronwise book build"
        raise PublishError(message)
    return chapter
