"""The builder: chapters -> a folder of plain files that any web server can serve.

    index.html  404.html  500.html  blank.html  picture.png  contents.json
    1-the-smallest-network/   index.html  picture.png  book.pdf  book.epub  book.ipynb  the chapter's programs
    a/<digest>/               style, modules, font, the page's Python
    a/pyodide-<version>/      Python for the page

The folder is written beside the old one and put in its place when it is whole: a build that fails changes nothing.
"""

import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path

from neuronwise.book import assets, epub, links, notebook, typst
from neuronwise.book.assets import Cache, digest
from neuronwise.book.document import Chapter
from neuronwise.book.errors import BuildError, MissingError, NotOursError, WritingError
from neuronwise.book.pages import FORMATS, Pages
from neuronwise.book.source import CHAPTERS, read_chapter

PYODIDE = Path("node_modules/pyodide")
WRITERS: dict[str, Callable[[Chapter], bytes]] = {"pdf": typst.pdf, "epub": epub.epub, "ipynb": notebook.notebook}
OURS = {
    "index.html",
    "index.html.br",
    "404.html",
    "404.html.br",
    "500.html",
    "500.html.br",
    "picture.png",
    "blank.html",
    "blank.html.br",
    "contents.json",
    "a",
    "errata",
    ".DS_Store",
}  # and the Finder's
SOURCES = (".py", ".md", ".json", ".css", ".mjs", ".jinja", ".svg", ".typ", ".txt")  # what the book is built from

Step = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Built:
    """What was built, where, and in how many seconds."""

    out: Path
    chapters: list[Chapter]
    seconds: float


def build(
    out: Path,
    pyodide: Path | None = None,
    say: Callable[[str], None] = print,
    begin: Callable[[str], None] = lambda words: None,  # noqa: ARG005  (nobody looks on)
) -> Built:
    """Build the book into `out`; `pyodide` is the folder of the npm package (node_modules/pyodide below here).

    A step's words go to `begin` when it starts, and with its seconds to `say` when it is done.

    Errors   BuildError: a broken link of a chapter's chain; MissingError: something is not installed;
             NotOursError: `out` holds files that are not the book's, or can't be written; OSError: the disk
    """
    started = time.perf_counter()
    step = partial(_step, say, begin)
    with _in_place_of(out.resolve()) as new:
        pyodide = pyodide or PYODIDE
        version, made_of = assets.pyodide_version(pyodide), sources()  # first: what changes meanwhile makes it stale
        chapters = _chapters(step)
        _downloads(chapters, new, step)
        cache = Cache(out.resolve().with_name(f".{out.resolve().name}-cache"))
        with step(f"copying Python {version} for the page (compressed once)"):
            assets.put_pyodide(pyodide, new / "a" / f"pyodide-{version}", cache)
        with step("writing the pages"):
            Pages(chapters, new, version, assets.weight(pyodide, cache), cache).write(made_of)
        links.check(new)
        assets.compress(new, cache)
    seconds = time.perf_counter() - started
    say(f"built {out} in {seconds:.1f} s")
    return Built(out, chapters, seconds)


def sources() -> str:
    """Return a digest of everything the book is built from, and of the packages it is built with."""
    paths = [path for path in assets.ROOMS.rglob("*") if path.suffix in SOURCES and "site" not in path.parts]
    files = (f"{path.relative_to(assets.ROOMS)}".encode() + path.read_bytes() for path in sorted(paths))
    return digest(*files, *(f"{name} {version}".encode() for name, version in packages().items()))


def packages() -> dict[str, str]:
    """Return the versions of the packages in the extra `book`.

    >>> packages()["typst"] > "0.15"
    True
    """
    required = [one for one in metadata.requires("neuronwise") or [] if re.search(r"extra == .book.$", one)]
    names = sorted(re.split(r"[^\w.-]", one)[0] for one in required)
    return {name: metadata.version(name) for name in names}


def stale(out: Path, pyodide: Path | None = None) -> bool:
    """Tell whether the book in `out` is missing, or was built from something else than what is here now.

    Where no Pyodide is here, the one that the book was built with is as good as any.
    """
    try:
        version = assets.pyodide_version(pyodide or PYODIDE)
    except MissingError:
        version = "*"
    return _contents(out).get("sources") != sources() or not any((out / "a").glob(f"pyodide-{version}"))


def _contents(out: Path) -> dict[str, object]:
    """Return what contents.json says of the book in `out`; where there is none, nothing."""
    try:
        built = json.loads((out / "contents.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return built if isinstance(built, dict) and "sources" in built else {}


@contextmanager
def _in_place_of(out: Path) -> Iterator[Path]:
    """Give an empty folder to write into. When all went well it takes the place of `out`; if not, nothing changes."""
    _refuse_what_is_not_ours(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent)
    except OSError as error:
        raise NotOursError(out, f"{out.parent} can't be written, {error.strerror}") from error
    with beside as folder:
        new, old = Path(folder) / "new", Path(folder) / "old"
        new.mkdir()
        yield new
        _refuse_what_is_not_ours(out)  # again: a build takes seconds
        try:
            if out.exists():
                out.replace(old)
            new.replace(out)
        finally:
            if old.exists() and not out.exists():  # only half of it was done
                old.replace(out)


def _refuse_what_is_not_ours(out: Path) -> None:
    """Let pass what a build may replace: nothing, an empty folder, a built book with nothing beside its own."""
    if out.exists() and not out.is_dir():
        raise NotOursError(out, "it is a file")
    try:
        others = sorted({path.name for path in out.iterdir()} - _ours(out)) if out.exists() else []
    except OSError as error:
        raise NotOursError(out, f"it can't be read, {error.strerror}") from error
    if others:
        raise NotOursError(out, f"it holds other files: {', '.join(others[:3])}{' …' * (len(others) > 3)}")  # noqa: PLR2004
    if Path.cwd().is_relative_to(out):
        raise NotOursError(out, "you are in it, and a build puts another folder in its place")


def _ours(out: Path) -> set[str]:
    """Return the names in `out` that a build has written."""
    contents = _contents(out)
    chapters = contents.get("chapters")
    slugs = {str(chapter.get("slug")) for chapter in chapters} if isinstance(chapters, list) else set()
    return OURS | slugs if contents else set()


def _chapters(step: Step) -> list[Chapter]:
    """Read and check every chapter."""
    chapters = []
    for folder in sorted(path for path in CHAPTERS.iterdir() if (path / "chapter.md").exists()):
        with step(f"checking chapter {folder.name}: formulas, derivations, numbers"):
            chapters.append(read_chapter(folder))
        if [chapter.number for chapter in chapters].count(chapters[-1].number) > 1:
            file = f"{folder.name}/chapter.md"
            raise BuildError(file, 1, f"another folder has the number {chapters[-1].number} too: give one another")
    return chapters


def _downloads(chapters: list[Chapter], new: Path, step: Step) -> None:
    """Write every chapter in every format."""
    for chapter in chapters:
        (new / chapter.slug).mkdir()
        for kind, writer in WRITERS.items():
            form = FORMATS[kind][0]
            with step(f"writing chapter {chapter.number} as {form}"):
                (new / chapter.slug / f"book.{kind}").write_bytes(_written(chapter, form, writer))


def _written(chapter: Chapter, form: str, writer: Callable[[Chapter], bytes]) -> bytes:
    """Return the chapter in a format; what a writer refuses (Typst with a RuntimeError) names chapter and format."""
    try:
        return writer(chapter)
    except BuildError:
        raise
    except (ValueError, RuntimeError) as error:
        raise WritingError(chapter.number, form, error) from error


@contextmanager
def _step(say: Callable[[str], None], begin: Callable[[str], None], words: str) -> Iterator[None]:
    """Say what is under way, then that it is done and how long it took."""
    begin(words)
    started = time.perf_counter()
    yield
    say(f"{words}  {time.perf_counter() - started:.1f} s")
