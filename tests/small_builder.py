"""The command `neuronwise` with a builder that writes the small book at once; the real one takes seconds.

    python tests/small_builder.py book serve --port 8001

With FAULT or MISSING in the environment it finds that fault, or misses that, instead; with FULL the disk is full.
"""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from serving import write_book

from neuronwise import cli
from neuronwise.book.errors import BuildError, MissingError


def build(out: Path, pyodide: Path | None, say: Callable[[str], None], begin: Callable[[str], None]) -> None:
    """Write the small book."""
    begin("building the small book, as the large one is built: with the words of a step that is under way")
    if "FAULT" in os.environ:
        fault = "chapter.md"
        raise BuildError(fault, 12, os.environ["FAULT"])
    if "MISSING" in os.environ:
        raise MissingError(os.environ["MISSING"])
    if "FULL" in os.environ:
        raise OSError(errno.ENOSPC, "No space left on device", os.environ["FULL"])
    say(f"building {out}, Python for the page from {pyodide}")
    write_book(out)


def stale(out: Path, pyodide: Path | None) -> bool:
    """Whether the book has to be built: it is missing, or another Pyodide is asked for."""
    return pyodide is not None or not (out / "contents.json").exists()


if __name__ == "__main__":
    module = ModuleType("neuronwise.book.build")
    vars(module).update(build=build, stale=stale)
    sys.modules["neuronwise.book.build"] = module
    sys.exit(cli.main())
