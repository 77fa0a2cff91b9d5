"""Tests of neuronwise.site.replies.threads, own, and of every field's way into a page, in a process that is asked."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from replying import BOOK
from serving import environment, write_book

INSIDE = Path(__file__).parents[2] / "inside_replies.py"


def asked(folder: Path, what: str, **more: str) -> Any:  # noqa: ANN401  (JSON)
    book = write_book(folder / "book", files=BOOK)
    settings = environment(NEURONWISE_BOOK=str(book), NEURONWISE_DATA=str(folder / "data"), **more)
    done = subprocess.run(
        [sys.executable, str(INSIDE), what], env=settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_page_has_as_many_queries_for_10_as_for_1000_replies(tmp_path: Path, database: dict[str, str]) -> None:
    counts = asked(tmp_path, "queries", **database)

    assert counts == [counts[0]] * 3
    assert counts[0] <= 8


def test_a_hostile_text_in_any_field_brings_nothing_foreign_into_a_page(tmp_path: Path) -> None:
    assert asked(tmp_path, "hostile") == []


def test_own_replies_are_told_and_taken_back_with_or_without_the_words(
    tmp_path: Path, database: dict[str, str]
) -> None:
    told = asked(tmp_path, "own", **database)

    canary = "canary-4711@example.org"
    assert told["kept"] == [
        [text, canary] for text in ("mine, answered", "mine, lonely", "mine, an answer", "mine, held")
    ]
    others = [["Canary", "other@example.org", text, "approved"] for text in ("other's answer", "other's thread")]
    assert told["keep"] == [
        ["", "", "mine, answered", "approved"],
        others[0],
        ["", "", "mine, lonely", "approved"],
        others[1],
        ["", "", "mine, an answer", "approved"],
        ["", "", "mine, held", "held"],
    ]
    assert told["remove"] == [["", "", "", "removed"], *others]
    assert told["then the others"] == []


def test_an_old_backup_brings_back_no_reply_that_was_taken_away(tmp_path: Path) -> None:
    rows = asked(tmp_path, "restored")

    assert rows == [["", "", "stays"], ["Canary", "other@example.org", "other"]]


def test_an_answer_is_told_nowhere_once_its_thread_is_refused(tmp_path: Path) -> None:
    told = asked(tmp_path, "refused")

    assert told == [True] * 3 + [False] * 3


def test_a_corrected_chapter_shows_its_formulas_new_words_when_it_is_published(tmp_path: Path) -> None:
    shown = asked(tmp_path, "corrected", NEURONWISE_URL="https://book.example")

    assert shown == [False, False, True]
