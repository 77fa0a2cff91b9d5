"""The builder: chapters -> a folder of plain files that any web server can serve.

    index.html  404.html  contents.json
    1-the-smallest-network/   index.html  book.pdf  book.epub  book.ipynb  the chapter's programs
    a/<digest>/               style, modules, font, the page's Python
    a/pyodide-<version>/      Python for the page

The folder is written beside the old one and put in its place when it is whole: a build that fails changes nothing.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from neuronwise.book import assets, epub, links, notebook, typst
from neuronwise.book.assets import Cache, digest
from neuronwise.book.document import Chapter
from neuronwise.book.pages import FORMATS, Pages
from neuronwise.book.source import CHAPTERS, read_chapter

PYODIDE = Path("node_modules/pyodide")
WRITERS: dict[str, Callable[[Chapter], bytes]] = {"pdf": typst.pdf, "epub": epub.epub, "ipynb": notebook.notebook}
SOURCES = (".py", ".md", ".json", ".css", ".mjs", ".jinja", ".svg", ".typ", ".txt")  # what the book is built from


@dataclass(frozen=True, slots=True)
class Built:
    """What was built, where, and in how many seconds."""

    out: Path
    chapters: list[Chapter]
    seconds: float


def build(out: Path, pyodide: Path | None = None, say: Callable[[str], None] = print) -> Built:
    """Build the book into `out`; `pyodide` is the folder of the npm package (node_modules/pyodide below here).

    Errors   BuildError: a broken link of a chapter's chain; MissingError: something is not installed
    """
    started = time.perf_counter()
    pyodide = pyodide or PYODIDE
    version = assets.pyodide_version(pyodide)
    folders = sorted(path for path in CHAPTERS.iterdir() if (path / "chapter.md").exists())
    chapters = []
    for folder in folders:
        with _step(f"checking chapter {folder.name}: formulas, derivations, numbers", say):
            chapters.append(read_chapter(folder))
    cache = Cache(out.with_name("cache"))
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as beside:
        new = Path(beside) / "new"
        new.mkdir()
        _downloads(chapters, new, say)
        with _step("writing the pages", say):
            Pages(chapters, new, version, cache).write(sources())
        with _step(f"copying Python {version} for the page (compressed once)", say):
            assets.put_pyodide(pyodide, new / "a" / f"pyodide-{version}", cache)
        links.check(new)
        assets.compress(new, cache)
        if out.exists():
            out.replace(Path(beside) / "old")
        new.replace(out)
    seconds = time.perf_counter() - started
    say(f"built {out} in {seconds:.1f} s")
    return Built(out, chapters, seconds)


def sources() -> str:
    """Return a digest of everything the book is built from."""
    paths = [path for path in assets.ROOMS.rglob("*") if path.suffix in SOURCES and "site" not in path.parts]
    return digest(*(f"{path.relative_to(assets.ROOMS)}".encode() + path.read_bytes() for path in sorted(paths)))


def stale(out: Path) -> bool:
    """Tell whether the book in `out` is missing, or was built from something else than what is here now."""
    try:
        built = json.loads((out / "contents.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return not isinstance(built, dict) or built.get("sources") != sources()


def _downloads(chapters: list[Chapter], new: Path, say: Callable[[str], None]) -> None:
    """Write every chapter in every format."""
    for chapter in chapters:
        (new / chapter.slug).mkdir()
        for kind, writer in WRITERS.items():
            with _step(f"writing chapter {chapter.number} as {FORMATS[kind][0]}", say):
                (new / chapter.slug / f"book.{kind}").write_bytes(writer(chapter))


@contextmanager
def _step(words: str, say: Callable[[str], None]) -> Iterator[None]:
    """Say what was done and how long it took."""
    started = time.perf_counter()
    yield
    say(f"{words}  {time.perf_counter() - started:.1f} s")
