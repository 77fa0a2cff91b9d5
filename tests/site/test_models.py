"""Tests of neuronwise.site.models: what the server keeps in its tables."""

import sqlite3
from contextlib import closing
from pathlib import Path

from serving import SLUG, Site, running, write_book


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "site.sqlite3")) as database:
        return database.execute(query).fetchall()


def test_the_tables_say_what_the_builder_says(site: Site) -> None:
    chapters = rows(site.data, "SELECT number, slug, title, length(digest) FROM site_chapter ORDER BY number")
    downloads = rows(site.data, "SELECT chapter_id, file, name FROM site_download ORDER BY file")

    assert chapters == [(1, SLUG, "The smallest network", 64), (2, None, "Error and learning speed", 0)]
    assert downloads == [
        *((1, f"book.{kind}", f"neuron-by-neuron-{SLUG}.{kind}") for kind in ("epub", "ipynb", "pdf")),
        (1, "picture.png", "picture.png"),
        (1, "without_x.py", "without_x.py"),
    ]


def test_a_second_start_brings_the_tables_up_to_date(tmp_path: Path) -> None:
    with running(write_book(tmp_path / "book"), tmp_path / "data"):
        pass

    with running(write_book(tmp_path / "book", title="A better title"), tmp_path / "data"):
        pass

    assert rows(tmp_path / "data", "SELECT number, title FROM site_chapter ORDER BY number") == [
        (1, "A better title"),
        (2, "Error and learning speed"),
    ]
    assert rows(tmp_path / "data", "SELECT count(*) FROM site_download") == [(5,)]


def test_reading_changes_no_byte_of_the_database(site: Site) -> None:
    before = (site.data / "site.sqlite3").read_bytes()

    for path in ("/", f"/{SLUG}", f"/{SLUG}/", f"/{SLUG}/book.pdf", "/health", "/nothing"):
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            site.ask(path, method)

    assert (site.data / "site.sqlite3").read_bytes() == before
