"""The replies under a chapter, as pages show them: thread by thread, the newest first; answers in their order.

However many replies there are, a page shows as many threads, by as many queries.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path
from uuid import UUID

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from neuronwise.site.models import Chapter
from neuronwise.site.replies.models import Reply, State, readable, shown

THREADS_ON_A_PAGE = 20
MARKER = re.compile(r"<!-- replies-to-([a-z0-9-]+): (.*?) -->")


@dataclass(frozen=True)
class Thread:
    """A reply with its answers, and the words for the formula or section that it is about."""

    reply: Reply
    label: str


@dataclass(frozen=True)
class Threads:
    """Some of a chapter's threads, and whether older ones follow."""

    threads: list[Thread]
    more: bool = False


def threads(chapter: Chapter, *, about: str = "", page: int = 1) -> Threads:
    """A page of threads; with `about`, of those about one formula or section."""
    rows = shown().filter(chapter=chapter, parent=None)
    if about:
        rows = rows.filter(anchor=about)
    first = (page - 1) * THREADS_ON_A_PAGE
    found = _labelled(chapter, rows[first : first + THREADS_ON_A_PAGE + 1])
    return Threads(found[:THREADS_ON_A_PAGE], len(found) > THREADS_ON_A_PAGE)


def thread(chapter: Chapter, about: UUID) -> Thread | None:
    """The thread in which a reply, or its place, stands; nothing, if readers don't see it."""
    found = shown().filter(pk=about, chapter=chapter).values_list("parent", flat=True)
    roots = [parent or about for parent in found]
    return next(iter(_labelled(chapter, shown().filter(pk__in=roots))), None)


def counts(chapter: Chapter) -> dict[str, int]:
    """How many replies to each formula or section readers see; those to the chapter as a whole are under ""."""
    rows = readable().filter(chapter=chapter).order_by("anchor")
    return dict(rows.values_list("anchor").annotate(Count("state")))


def version(chapter: Chapter) -> tuple[object, ...]:
    """Another one after every change of the chapter's page or of its replies."""
    rows = Reply.objects.filter(chapter=chapter)
    approved = Count("state", filter=Q(state=State.APPROVED))
    counted = rows.aggregate(Max("changed"), Count("state"), approved=approved)
    return (chapter.slug, chapter.folder, chapter.digest, *counted.values())


def anchors(chapter: Chapter) -> Mapping[str, str]:
    """What in the chapter's page can be replied to: ids and their words, in the order of reading."""
    return _anchors(chapter.folder / "index.html", chapter.digest)


@lru_cache(maxsize=32)
def _anchors(page: Path, _digest: str) -> Mapping[str, str]:
    return {found[1]: unescape(found[2]) for found in MARKER.finditer(page.read_text(encoding="utf-8"))}


def _labelled(chapter: Chapter, rows: QuerySet[Reply]) -> list[Thread]:
    answers = Prefetch("answers", shown().order_by("made", "id"))
    return [Thread(row, anchors(chapter).get(row.anchor, "")) for row in rows.prefetch_related(answers)]
