"""Publishing a chapter: from a moment on readers see it, and everybody who is subscribed is told once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from neuronwise.site import contents, copies, letters
from neuronwise.site.database import alone
from neuronwise.site.ledger import Delivery, State, queue_for_all
from neuronwise.site.models import Chapter, announce


class PublishError(ValueError):
    """The chapter can't be published. The message says why, and the mend."""


@dataclass(frozen=True)
class Published:
    """A chapter is public, or will be; how many letters wait; whether it was public before, and is corrected.

    `unaware` are the chapters whose published pages know nothing of this one, since it was not built then.
    """

    chapter: Chapter
    when: datetime
    letters: int
    before: bool
    corrected: bool
    unaware: tuple[int, ...] = ()


def publish(number: int, at: datetime | None = None) -> Published:
    """Make a chapter public, now or at that time, and queue its letters: both, or, if anything fails, neither.

    Readers see a copy of it as it is built now. Published again, a chapter is corrected: the copy is new, and nobody is
    told. One that waits for its time gets the new time.

    Errors   PublishError: there is no such chapter, it isn't built, its letter can't be written; or the time is over,
             or of no use, since the chapter is public
    """
    if at and at <= timezone.now():
        message = f"expected a time to come; got {at.isoformat()}. Without --at the chapter is published now."
        raise PublishError(message)
    with alone():
        now, chapter = timezone.now(), _announced(built(number))
        _check_letter(chapter)
        before = chapter.published is not None and chapter.published <= now
        if before and at:
            message = f"chapter {number} is public: a correction of it is seen at once. Publish it without --at."
            raise PublishError(message)
        chapter.copy, old = copies.take(settings.BOOK, settings.DATA, str(chapter.slug)), chapter.copy
        chapter.published = when = (chapter.published if before else at) or now
        chapter.save(update_fields=["copy", "published"])
        if not before:
            waiting = Delivery.objects.filter(topic=chapter.topic, state__in=[State.QUEUED, State.UNKNOWN])
            waiting.update(next_try=when)  # unknown: by a restore
            queue_for_all(chapter.topic, when)
        count = Delivery.objects.filter(topic=chapter.topic, state=State.QUEUED).count()
    if old not in {"", chapter.copy}:
        copies.drop(settings.DATA, old)
    return Published(chapter, when, count, before, corrected=old not in {"", chapter.copy}, unaware=_unaware(chapter))


def _unaware(chapter: Chapter) -> tuple[int, ...]:
    marker = f"<!-- out-{chapter.number} -->".encode()  # as the builder writes it
    others = Chapter.objects.exclude(copy="").exclude(number=chapter.number)
    pages = {other.number: settings.DATA / copies.FOLDER / other.copy / "index.html" for other in others}
    return tuple(number for number, page in pages.items() if page.is_file() and marker not in page.read_bytes())


def _announced(chapter: Chapter) -> Chapter:
    """The chapter as it is built now: where readers see a copy, the tables have said what that says."""
    book = contents.read(settings.BOOK)
    entry = next((each for each in book.chapters if each.number == chapter.number), None)
    if entry is None or entry.slug is None:
        message = f"chapter {chapter.number}, {chapter.title}, is not built any more. Write it, then:\n"
        raise PublishError(message + "    neuronwise book build")
    return announce(book.title, entry)


def _check_letter(chapter: Chapter) -> None:
    """Write one letter, so that no fault in it is found when there are thousands."""
    try:
        letters.written(letters.chapter(chapter, letters.NOBODY), settings.AUTHOR.addr_spec, uuid4())
    except ValueError as error:
        message = f"the letter about chapter {chapter.number} can't be written. {error}"
        raise PublishError(message) from error


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
