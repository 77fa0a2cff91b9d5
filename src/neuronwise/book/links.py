"""A last look at the built pages: every link leads somewhere, no id stands twice, nothing breaks the policy.

A link (<a href>) may leave the book by https; nothing else of a page may.
"""

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

from neuronwise.book.errors import BuildError

REFERRING = ("href", "src", "data-chapter", "data-assets", "data-pyodide")


def check(book: Path) -> None:
    """Check every page of a built book; BuildError names the page, the line and what is wrong with it."""
    book = book.resolve()
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(book.rglob("*.html"))}
    for path in pages:
        for line, problem in problems(path, pages, book):
            raise BuildError(path.relative_to(book).as_posix(), line, problem)


def problems(path: Path, pages: "Mapping[Path, _Page]", book: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong) for everything that is wrong with a page."""
    found = pages[path]
    for line, identity in found.ids:
        if [other for _, other in found.ids].count(identity) > 1:
            yield line, f"the id {identity!r} stands twice"
    for line, blocked in found.blocked:
        yield line, f"{blocked} stands in the page itself: the policy allows none"
    for line, reference, leaves in found.references:
        if reference.startswith("http://"):
            yield line, f"the link {reference!r} can be changed on its way: write https://"
        elif not (leaves and reference.startswith("https://")) and not _leads(reference, path, pages, book):
            yield line, f"the link {reference!r} leads nowhere"


def _leads(reference: str, page: Path, pages: "Mapping[Path, _Page]", book: Path) -> bool:
    """Tell whether a link leads to a file of the book, and its #id to a place in that file."""
    file, _, identity = reference.partition("#")
    target = (book / file.lstrip("/") if file.startswith("/") else page.parent / file if file else page).resolve()
    if not (target.exists() and target.is_relative_to(book)):
        return False
    there = pages.get(target / "index.html" if target.is_dir() else target)
    return not identity or (there is not None and identity in [other for _, other in there.ids])


class _Page(HTMLParser):
    """Collects what a page refers to, its ids, and whatever the policy would block, each with its line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[tuple[int, str, bool]] = []  # line, address, whether a reader may leave the book by it
        self.ids: list[tuple[int, str]] = []
        self.blocked: list[tuple[int, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, given = self.getpos()[0], dict(attrs)
        self.references += [(line, value, tag == "a") for name in REFERRING if (value := given.get(name))]
        self.ids += [(line, value) for value in [given.get("id")] if value]
        self.blocked += [(line, name) for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.blocked.append((line, f"<{tag}>"))
