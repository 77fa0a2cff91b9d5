"""What a page needs besides its HTML: style, modules, font, the page's Python, and Pyodide, all from our own folder.

Everything but Pyodide lies under one digest, so that it may be cached for good; Pyodide lies under its version.
What takes long (the font's glyphs, compression) is remembered in a cache folder by the digest of what went in.
"""

import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import brotli

from neuronwise.book.errors import MissingError

PAGE = Path(__file__).parent / "page"
ROOMS = Path(__file__).parents[1]
PYTHON_OF_THE_PAGE = (  # what runs in the reader's browser; the standard library is all it needs
    "__init__.py", "necessary/*.py", "mathematics/*.py", "checks/*.py",
    *(f"book/{name}.py" for name in (
        "__init__", "answers", "chain", "fragments", "live", "numbers", "pictures", "program", "quantities",
    )),
)  # fmt: skip
TRIED = "314.0.7"  # the version of Pyodide that package.json names
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
COMPRESSED = (".html", ".css", ".mjs", ".json", ".svg", ".wasm", ".txt", ".xml")


class Cache:
    """Remembers what was made from what, by digest; everything in it can be made again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def made(self, kind: str, *inputs: bytes, make: Callable[[], bytes]) -> bytes:
        """Return what `make` makes of the inputs; made once."""
        kept = self.folder / f"{digest(kind.encode(), *inputs)}.{kind}"
        if not kept.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as new:
                new.write(make())
            Path(new.name).replace(kept)
        return kept.read_bytes()


def digest(*contents: bytes) -> str:
    """Return a short name for contents: sixteen hexadecimal digits of their SHA-256."""
    together = hashlib.sha256()
    for content in contents:
        together.update(hashlib.sha256(content).digest())
    return together.hexdigest()[:16]


def page_files() -> dict[str, bytes]:
    """Return the style, the modules, the icon and the font's licence."""
    return {path.name: path.read_bytes() for path in sorted(PAGE.iterdir()) if path.suffix != ".jinja"}


def page_python() -> bytes:
    """Return the page's Python as one archive, the same bytes every time."""
    paths = sorted({path for pattern in PYTHON_OF_THE_PAGE for path in ROOMS.glob(pattern)})
    return archive({f"neuronwise/{path.relative_to(ROOMS).as_posix()}": path.read_bytes() for path in paths})


def archive(files: dict[str, bytes]) -> bytes:
    """Return a zip without dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as together:
        for name, content in files.items():
            together.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def compressed(content: bytes, cache: Cache) -> bytes:
    """Return contents in brotli."""
    return cache.made("br", content, make=lambda: brotli.compress(content, quality=11 if len(content) < 10**6 else 9))


def pyodide_version(folder: Path) -> str:
    """Return the version of the npm package; MissingError with the mend where it is not there, or not whole."""
    lacking = [name for name in ("package.json", *PYODIDE) if not (folder / name).is_file()]
    if lacking:
        message = (
            f"expected the npm package pyodide, Python for the page, in {folder}; {lacking[0]} is not there.\n"
            "In a clone of the project run: npm ci   (make book does it for you)\n"
            f"Elsewhere run: npm install --prefix . pyodide@{TRIED}   and add: --pyodide node_modules/pyodide\n"
            'Where npm is missing, pip brings it: pip install "neuronwise[node]"'
        )
        raise MissingError(message)
    version: str = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
    return version


def weight(folder: Path, cache: Cache) -> dict[str, int]:
    """Return how many bytes of Python a page fetches, unpacked and as they are sent: what its progress line counts."""
    fetched = [(folder / name).read_bytes() for name in PYODIDE if not name.endswith(".mjs")]
    sent = [content if content[:2] == b"PK" else compressed(content, cache) for content in fetched]
    return {"unpacked": sum(map(len, fetched)), "sent": sum(map(len, sent))}


def put_pyodide(folder: Path, out: Path, cache: Cache) -> None:
    """Copy Pyodide's files, with compressed twins beside those that shrink."""
    out.mkdir(parents=True)
    for name in PYODIDE:
        shutil.copyfile(folder / name, out / name)
        if not name.endswith(".zip"):
            (out / f"{name}.br").write_bytes(compressed((folder / name).read_bytes(), cache))


def compress(folder: Path, cache: Cache) -> None:
    """Put a compressed twin beside every file that shrinks."""
    for path in sorted(folder.rglob("*")):
        twin = path.with_name(path.name + ".br")
        if path.suffix in COMPRESSED and path.name != "contents.json" and not twin.exists():
            twin.write_bytes(compressed(path.read_bytes(), cache))
