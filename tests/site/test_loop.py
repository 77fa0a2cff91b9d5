"""Tests of neuronwise.site.loop: the worker inside the server, its mail server at hand or not."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ledgers import ledger, published, sinking
from letterbox import ask_to_be_told
from serving import PATIENCE, running

PAUSE = 0.02  # seconds between two looks
OLD = "UPDATE site_subscriber SET state = 'pending', made = datetime('now', '-8 days') WHERE address LIKE 'reader-1@%'"


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until, "expected it to happen in the end"
        time.sleep(PAUSE)


def test_an_address_outside_ascii_is_taken_once_the_mail_server_has_said_that_it_takes_such(memory: Path) -> None:
    with sinking(memory / "taken", "--utf8") as sink:
        made = ledger(memory, 0, **sink.settings)
        with running(made.book, made.data, **sink.settings) as site:
            wait_for(lambda: ask_to_be_told(site, "müller@example.org").status == 303)
            wait_for(lambda: sink.taken == ["müller@example.org"])


def test_what_is_to_be_forgotten_is_forgotten_though_the_mail_server_is_down(memory: Path) -> None:
    made = published(memory, 2)
    with closing(sqlite3.connect(made.data / "site.sqlite3")) as database:

        def count() -> int:
            return int(database.execute("SELECT count(*) FROM site_subscriber").fetchone()[0])

        database.execute(OLD)
        database.commit()
        with running(
            made.book, made.data, NEURONWISE_MAIL="smtp://127.0.0.1:1", NEURONWISE_FROM="book@localhost"
        ) as site:
            wait_for(lambda: count() == 1)

            assert site.ask("/health").status == 200
