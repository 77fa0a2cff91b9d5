"""Tests of neuronwise.site.publishing, step by step in this process."""

import dataclasses
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from serving import FILES, SLUG, write_book

from neuronwise.site import contents, copies, letters, models, publishing
from neuronwise.site.ledger import Delivery
from neuronwise.site.models import Chapter, Download
from neuronwise.site.publishing import Published, PublishError, built, publish
from neuronwise.site.subscribers import Subscriber

HOUR = timedelta(hours=1)


@pytest.fixture
def book(data: Path) -> Path:
    """A small book, and two who are subscribed."""
    folder = write_book(data / "book")
    models.mirror(contents.read(folder))
    for name, state in (("one", "active"), ("two", "active"), ("gone", "gone")):
        Subscriber.objects.create(address=f"{name}@example.org", state=state)
    return folder


def corrected(book: Path, title: str = "Corrected") -> None:
    """Build it anew, and let the site begin anew."""
    page = {f"{SLUG}/index.html": b"<!doctype html><title>Corrected</title>"}
    models.mirror(contents.read(write_book(book, title=title, files=FILES | page)))


def copied(data: Path) -> list[str]:
    return sorted(each.name for each in (data / copies.FOLDER).iterdir() if each.name != copies.ASSETS)


def rows() -> list[tuple[str, str, datetime]]:
    return list(Delivery.objects.values_list("topic", "state", "next_try"))


def test_a_chapter_is_public_from_now_on_and_its_letters_are_queued(book: Path, data: Path, now: datetime) -> None:
    said = publish(1)

    chapter = Chapter.objects.get(number=1)
    assert (chapter.published, [chapter.copy]) == (now, copied(data))
    assert said == Published(chapter, now, letters=2, before=False, corrected=False)
    assert rows() == [("chapter:1", "queued", now)] * 2
    assert book.is_dir()


def test_a_correction_is_not_put_off(book: Path, data: Path, now: datetime) -> None:
    old = publish(1).chapter.copy
    corrected(book)

    with pytest.raises(PublishError, match=r"chapter 1 is public: .* without --at"):
        publish(1, now + HOUR)

    assert copied(data) == [old] == [Chapter.objects.get(number=1).copy]
    assert rows() == [("chapter:1", "queued", now)] * 2


def test_a_build_that_is_for_reading_alone_is_copied_and_a_copy_that_cannot_be_made_publishes_nothing(
    book: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (book / SLUG).chmod(0o555)
    copy = publish(1).chapter.copy
    assert stat.S_IMODE((data / copies.FOLDER / copy).stat().st_mode) == 0o700

    corrected(book)
    right = Path.rename
    monkeypatch.setattr(Path, "rename", lambda self, to: right(self, Path("/nowhere") / to.name))
    with pytest.raises(FileNotFoundError):
        publish(1)
    assert Chapter.objects.get(number=1).copy == copy


@pytest.mark.usefixtures("book")
def test_published_again_as_it_is_nothing_changes(data: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(1)
    Delivery.objects.update(state="sent")
    Subscriber.objects.create(address="late@example.org", state="active")
    monkeypatch.setattr(timezone, "now", lambda: now + HOUR)

    said = publish(1)

    assert said == Published(Chapter.objects.get(number=1), now, letters=0, before=True, corrected=False)
    assert Chapter.objects.get(number=1).published == now
    assert rows() == [("chapter:1", "sent", now)] * 2
    assert copied(data) == [said.chapter.copy]


def test_a_correction_replaces_the_copy_and_tells_nobody(book: Path, data: Path, now: datetime) -> None:
    old = publish(1).chapter.copy
    Delivery.objects.update(state="sent")
    corrected(book)

    said = publish(1)

    assert (said.when, said.letters, said.before, said.corrected) == (now, 0, True, True)
    assert copied(data) == [said.chapter.copy] == [Chapter.objects.get(number=1).copy]
    assert said.chapter.copy != old
    assert rows() == [("chapter:1", "sent", now)] * 2


def test_a_later_build_changes_nothing_that_readers_see_of_a_chapter_until_it_is_published(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SHOWS_DRAFTS", False)
    publish(1)
    files, title = set(Download.objects.values_list("chapter", "file")), Chapter.objects.get(number=1).title

    corrected(book, title="Another title")
    build = contents.read(book)
    models.mirror(dataclasses.replace(build, chapters=(dataclasses.replace(build.chapters[0], programs=()),)))
    kept = Chapter.objects.get(number=1)
    said = publish(1)

    assert (kept.title, files) == (title, set(Download.objects.values_list("chapter", "file")))
    assert (said.chapter.title, said.corrected) == ("Another title", True)
    assert Chapter.objects.get(number=1).title == "Another title"


@pytest.mark.parametrize(("page", "unaware"), [(b"no word of 2", (1,)), (b"<!-- out-2 -->Two<!-- end -->", ())])
def test_the_author_is_told_which_published_pages_know_nothing_of_a_new_chapter(
    book: Path, page: bytes, unaware: tuple[int, ...]
) -> None:
    models.mirror(contents.read(write_book(book, files=FILES | {f"{SLUG}/index.html": page})))
    publish(1)

    assert publishing._unaware(Chapter(number=2)) == unaware  # noqa: SLF001
    assert publishing._unaware(Chapter(number=1)) == ()  # noqa: SLF001


def test_a_chapter_that_is_out_stays_out_whatever_is_built(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SHOWS_DRAFTS", False)
    published = publish(1).chapter
    build = contents.read(book)
    unwritten = dataclasses.replace(build, chapters=(dataclasses.replace(build.chapters[0], slug=None),))
    monkeypatch.setattr(contents, "read", lambda _book: unwritten)

    models.mirror(unwritten)
    with pytest.raises(PublishError, match="chapter 1, The smallest network, is not built any more"):
        publish(1)
    models.mirror(dataclasses.replace(build, chapters=()))

    assert Chapter.objects.get(number=1) == published
    assert Chapter.objects.get(number=1).slug == SLUG


@pytest.mark.usefixtures("book")
def test_a_chapter_waits_for_its_time_and_can_get_another(now: datetime) -> None:
    first = publish(1, now + HOUR)
    (waiting, early) = Delivery.objects.all()
    Delivery.objects.filter(pk=early.pk).update(state="sent")

    second = publish(1, now + 3 * HOUR)

    assert (first.when, first.before, first.letters) == (now + HOUR, False, 2)
    assert (second.when, second.before, second.letters) == (now + 3 * HOUR, False, 1)
    assert Chapter.objects.get(number=1).published == now + 3 * HOUR
    assert Delivery.objects.get(pk=waiting.pk).next_try == now + 3 * HOUR
    assert Delivery.objects.get(pk=early.pk).next_try == now + HOUR


@pytest.mark.usefixtures("book")
def test_who_signs_up_while_a_chapter_waits_is_told_too_and_of_no_other_chapter(now: datetime) -> None:
    publish(1, now + HOUR)
    late = Subscriber.objects.create(address="late@example.org", state="active")
    other = Delivery.objects.create(topic="chapter:2", subscriber=late, next_try=now - HOUR)

    said = publish(1)

    assert (said.letters, said.when, said.before) == (3, now, False)
    assert Delivery.objects.get(topic="chapter:1", subscriber=late).next_try == now
    assert Delivery.objects.get(pk=other.pk).next_try == now - HOUR


@pytest.mark.usefixtures("book")
def test_at_its_very_time_a_chapter_is_out(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(1, now + HOUR)
    monkeypatch.setattr(timezone, "now", lambda: now + HOUR)

    assert publish(1).before


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("ago", [timedelta(0), HOUR])
def test_a_time_that_is_over_is_refused(now: datetime, ago: timedelta) -> None:
    with pytest.raises(PublishError) as told:
        publish(1, now - ago)

    why = f"expected a time to come; got {(now - ago).isoformat()}. Without --at the chapter is published now."
    assert str(told.value) == why
    assert (rows(), Chapter.objects.get(number=1).published) == ([], None)


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("number", "why"),
    [
        (7, "expected a chapter of the book, 1 to 2; got 7"),
        (2, "chapter 2, Error and learning speed, is not built yet. Write it, then:\n    neuronwise book build"),
    ],
)
@pytest.mark.parametrize("how", [built, publish])
def test_what_is_not_built_cannot_be_published(number: int, why: str, how: Callable[[int], object]) -> None:
    with pytest.raises(PublishError) as told:
        how(number)

    assert str(told.value) == why


def test_a_letter_that_cannot_be_written_is_found_before_anything_is_published(
    book: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected(book, title="A title\nBcc: all@example.org")
    written, asked = letters.written, list[object]()

    def write(letter: letters.Letter, to: str, key: object) -> bytes:
        asked.append(to)
        return written(letter, to, key)  # type: ignore[arg-type]

    monkeypatch.setattr(letters, "written", write)

    with pytest.raises(PublishError) as told:
        publish(1)

    assert str(told.value).startswith("the letter about chapter 1 can't be written. Subject: expected one printable ")
    assert asked == [settings.AUTHOR.addr_spec]
    assert (rows(), Chapter.objects.get(number=1).published, (data / copies.FOLDER).exists()) == ([], None, False)
    assert book.is_dir()


def test_if_anything_fails_nothing_is_published_and_the_old_copy_stays(
    book: Path, data: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = publish(1, now + HOUR).chapter.copy
    corrected(book)

    def fails(*_: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(publishing, "queue_for_all", fails)
    with pytest.raises(FileNotFoundError):
        publish(1)

    assert Chapter.objects.get(number=1).published == now + HOUR
    assert Chapter.objects.get(number=1).copy == old
    assert old in copied(data)
    assert {when for _, _, when in rows()} == {now + HOUR}


def test_what_was_published_stays_as_it_was_said(now: datetime) -> None:
    said = Published(Chapter(number=1), now, 2, before=False, corrected=False)

    with pytest.raises(dataclasses.FrozenInstanceError):
        said.letters = 3  # type: ignore[misc]
