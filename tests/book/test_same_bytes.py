"""What is written from one chapter is the same, byte by byte, in another process on another day."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from neuronwise.book import document as d
from neuronwise.book.epub import epub
from neuronwise.book.notebook import notebook
from neuronwise.book.typst import pdf

AGAIN = """
import hashlib
from neuronwise.book import epub, notebook, typst
from neuronwise.book.source import CHAPTERS, read_chapter
chapter = read_chapter(CHAPTERS / "01-smallest")
for write in (typst.pdf, epub.epub, notebook.notebook):
    print(hashlib.sha256(write(chapter)).hexdigest())
"""


@pytest.fixture(scope="module")
def again() -> list[str]:
    """The digests that a process with other hashes of strings, in another time zone and another year, comes to."""
    environment = os.environ | {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "SOURCE_DATE_EPOCH": "946684800"}
    done = subprocess.run([sys.executable, "-c", AGAIN], capture_output=True, check=True, text=True, env=environment)
    return done.stdout.split()


@pytest.mark.parametrize("write", [pdf, epub, notebook], ids=lambda write: write.__name__)
def test_two_builds_are_equal(write: Callable[[d.Chapter], bytes], again: list[str], chapter: d.Chapter) -> None:
    assert hashlib.sha256(write(chapter)).hexdigest() in again
