"""A last look at the built pages: every link leads somewhere, no id stands twice, nothing breaks the policy."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from neuronwise.book.errors import BuildError

REFERRING = ("href", "src", "data-chapter", "data-assets", "data-pyodide")


def check(book: Path) -> None:
    """Check every page of a built book; BuildError names the page, the line and what is wrong with it."""
    for page in sorted(book.rglob("*.html")):
        for line, problem in problems(page, book):
            raise BuildError(page.relative_to(book).as_posix(), line, problem)


def problems(page: Path, book: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong) for everything that is wrong with a page."""
    found = _Page(page.read_text(encoding="utf-8"))
    for line, identity in found.ids:
        if [other for _, other in found.ids].count(identity) > 1:
            yield line, f"the id {identity!r} stands twice"
    for line, blocked in found.blocked:
        yield line, f"{blocked} stands in the page itself: the policy allows none"
    for line, reference in found.references:
        if not _leads(reference, page, book, [identity for _, identity in found.ids]):
            yield line, f"the link {reference!r} leads nowhere"


def _leads(reference: str, page: Path, book: Path, ids: list[str]) -> bool:
    """Tell whether a link leads to a file of the book, or to an id of its page."""
    path, _, identity = reference.partition("#")
    if not path:
        return not identity or identity in ids
    target = book / path.lstrip("/") if path.startswith("/") else page.parent / path
    return target.exists()


class _Page(HTMLParser):
    """Collects what a page refers to, its ids, and whatever the policy would block, each with its line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[tuple[int, str]] = []
        self.ids: list[tuple[int, str]] = []
        self.blocked: list[tuple[int, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, given = self.getpos()[0], dict(attrs)
        self.references += [(line, value) for name in REFERRING if (value := given.get(name))]
        self.ids += [(line, value) for value in [given.get("id")] if value]
        self.blocked += [(line, name) for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.blocked.append((line, f"<{tag}>"))
