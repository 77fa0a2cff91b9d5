"""Chapter 1, read once for all tests of what is written from it."""

import pytest

from neuronwise.book.document import Chapter
from neuronwise.book.source import CHAPTERS, read_chapter


@pytest.fixture(scope="session")
def chapter() -> Chapter:
    return read_chapter(CHAPTERS / "01-smallest")
