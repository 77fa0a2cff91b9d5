"""The tables: the chapters as the builder has announced them, and their downloads. Others have files of their own."""

from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import DatabaseError, models
from django.utils import timezone
from django.utils.text import slugify

from neuronwise.site import contents, copies
from neuronwise.site.database import alone
from neuronwise.site.ledger import Delivery
from neuronwise.site.replies.models import Reply
from neuronwise.site.subscribers import Subscriber

__all__ = ["Chapter", "Delivery", "Download", "Reply", "Subscriber", "mirror", "public"]

PICTURE = "picture.png"


class Chapter(models.Model):
    """A chapter of the book; without a slug it is to come, and has no page; readers see it from `published` on."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    slug = models.SlugField(max_length=200, unique=True, null=True, blank=True)
    title = models.TextField()
    question = models.TextField()
    digest = models.CharField(max_length=64, blank=True)
    published = models.DateTimeField(null=True, blank=True)
    copy = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        """Chapters come in their order."""

        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        """The number and the title."""
        return f"{self.number} {self.title}"

    @property
    def topic(self) -> str:
        """What the ledger calls the letters about this chapter."""
        return f"chapter:{self.number}"

    @property
    def folder(self) -> Path:
        """Where the page and the downloads are that readers see: the published copy; where drafts show, the build."""
        copy = settings.DATA / copies.FOLDER / self.copy
        return copy if self.copy and not settings.SHOWS_DRAFTS and copy.is_dir() else settings.BOOK / str(self.slug)


class Download(models.Model):
    """A chapter's file besides its page: the builder's name for it, and the name that it gets at the reader's."""

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="downloads")
    file = models.CharField(max_length=100)
    name = models.CharField(max_length=300)

    class Meta:
        """A chapter has each file once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["chapter", "file"], name="one_file_of_a_name")]

    def __str__(self) -> str:
        """The name that a reader sees."""
        return self.name


def public() -> models.QuerySet[Chapter]:
    """The chapters that readers see: built, and published by now. A site of this machine alone shows drafts too."""
    built = Chapter.objects.filter(slug__isnull=False)
    return built if settings.SHOWS_DRAFTS else built.filter(published__lte=timezone.now())


def drafts() -> set[int]:
    """The numbers of the chapters that are built and not out: links to them lead nowhere yet.

    A page for readers needs no database otherwise: where that is down, what was known last is good enough.
    """
    with suppress(DatabaseError):
        built = Chapter.objects.filter(slug__isnull=False)
        _drafts[:] = built.exclude(number__in=public().values("number")).values_list("number", flat=True)
    return known_drafts()


def known_drafts() -> set[int]:
    """The same, as this process knew it last."""
    return set(_drafts)


_drafts: list[int] = []


@alone()
def mirror(book: contents.Contents) -> None:
    """Make the tables say what contents.json says: all of it, or, if anything fails, nothing.

    Of a chapter whose published copy readers see they go on saying what that says, until it is published again.
    """
    seen = set() if settings.SHOWS_DRAFTS else set(Chapter.objects.exclude(copy="").values_list("number", flat=True))
    Chapter.objects.exclude(number__in=[*seen, *(chapter.number for chapter in book.chapters)]).delete()
    for entry in book.chapters:
        if entry.number not in seen:
            announce(book.title, entry)


def announce(title: str, entry: contents.Chapter) -> Chapter:
    """Make the tables say of one chapter what contents.json says."""
    values = {"slug": entry.slug, "title": entry.title, "question": entry.question, "digest": entry.digest}
    chapter, _ = Chapter.objects.update_or_create(number=entry.number, defaults=values)
    chapter.downloads.all().delete()
    names = downloads(title, entry).items()
    Download.objects.bulk_create(Download(chapter=chapter, file=file, name=name) for file, name in names)
    return chapter


def downloads(title: str, entry: contents.Chapter) -> dict[str, str]:
    """The files of a built chapter, and the names that they get at the reader's."""
    names = {file: f"{slugify(title)}-{entry.slug}{Path(file).suffix}" for file in entry.downloads}
    return names | {file: file for file in (*[PICTURE] * bool(entry.slug), *entry.programs)}  # programs import others
