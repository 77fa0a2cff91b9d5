"""Tests of the site on a disk without a free byte: nothing half, nothing lost, a sentence instead of a traceback."""

import hashlib
import subprocess
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

import pytest
from django.test import override_settings
from full_disk import fill, free, small_disk
from ledgers import Ledger, ledger
from letterbox import aged, ask_to_be_told, digest, post
from serving import SLUG, running, write_book

from neuronwise.site import tokens, withdrawals

OPEN = "from neuronwise.site import opening; opening.open_site()\n"
PUBLIC = "from neuronwise.site.models import Chapter; print(Chapter.objects.filter(published__isnull=False).count())"


@pytest.fixture
def disk() -> Iterator[Path]:
    with small_disk(6) as folder:
        if folder is None:
            pytest.skip("a disk can be mounted by root alone")
        yield folder


@pytest.fixture
def made(disk: Path, tmp_path: Path) -> Ledger:
    """A site with 300 subscribers on the small disk, its book elsewhere."""
    there = ledger(disk, 300)
    return Ledger(write_book(tmp_path / "book"), there.data)


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """By a sentence."""
    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
    assert any(each in done.stderr for each in words), done.stderr


def files(data: Path) -> dict[str, str]:
    """Every file but the locks, and its digest."""
    found = sorted(file for file in data.rglob("*") if file.is_file() and file.parent.name != "workers")
    return {str(file.relative_to(data)): hashlib.sha256(file.read_bytes()).hexdigest() for file in found}


def test_what_is_not_published_for_want_of_room_is_published_later(disk: Path, made: Ledger) -> None:
    fill(disk)

    without = made.run("publish", "1")
    free(disk)
    between = made.python(OPEN + PUBLIC), made.states(), sorted((made.data / "published").glob("[!a]*"))
    later = made.run("publish", "1")

    refused(without, "see that its disk has room", "No space left on device")
    assert between == ("0\n", {}, [])
    assert "300 letters queued" in later.stdout


def test_letters_that_find_no_room_wait_and_go_once(disk: Path, made: Ledger) -> None:
    made.run("publish", "1").check_returncode()
    fill(disk)

    without = made.run("notify")
    free(disk)
    later = made.run("notify")

    refused(without, "Nothing is lost", "see that its disk has room")
    assert later.stdout == "300 sent.\n"
    assert (len(list(made.new.iterdir())), made.states()) == (300, {"sent": 300})


def test_a_backup_without_room_leaves_no_file(disk: Path, made: Ledger, tmp_path: Path) -> None:
    fill(disk)

    refused(made.run("backup", str(disk / "site.backup")), "expected to write a backup; ")

    assert sorted(path.name for path in disk.iterdir()) == ["ballast", "book", "data"]
    assert made.run("backup", str(tmp_path / "site.backup")).returncode == 0


def test_a_restore_without_room_changes_nothing(disk: Path, made: Ledger, tmp_path: Path) -> None:
    made.run("publish", "1").check_returncode()
    made.run("backup", str(tmp_path / "site.backup")).check_returncode()
    before = files(made.data)
    fill(disk)

    without = made.run("restore", str(tmp_path / "site.backup"), "--replace")
    after = files(made.data)
    free(disk)
    later = made.run("restore", str(tmp_path / "site.backup"), "--replace")

    refused(without, "expected to restore a backup; ")
    assert after == before
    assert later.stdout.startswith("Restored.")


def test_who_wants_to_write_is_told_to_try_again_and_readers_are_served(disk: Path, made: Ledger) -> None:
    last = made.python(OPEN + "from neuronwise.site.models import Subscriber; print(Subscriber.objects.last().pk)")
    who = UUID(last.strip())
    with running(made.book, made.data) as site:
        secret = (made.data / "secret").read_text().split()[0]
        with override_settings(SECRET_KEY=secret):
            out = f"/u/{tokens.token(tokens.UNSUBSCRIBE, who)}"
        typed = {"name": "Ada", "email": "ada@example.org", "text": "What I typed", "form": aged(site, "reply")}
        fill(disk)
        before = digest(site.data)
        refused = [ask_to_be_told(site, "late@example.org"), post(site, out, {}), post(site, f"/{SLUG}/reply", typed)]
        readers = [site.ask(path).status for path in ("/", f"/{SLUG}/", f"/{SLUG}/book.pdf", f"/{SLUG}/replies")]
        after = digest(site.data)
        free(disk)
        again = [ask_to_be_told(site, "late@example.org"), post(site, out, {}), post(site, f"/{SLUG}/reply", typed)]

    assert [answer.status for answer in refused] == [HTTPStatus.SERVICE_UNAVAILABLE] * 3
    assert all(b"write this down just now" in answer.body for answer in refused)
    assert b'value="late@example.org"' in refused[0].body
    assert b"What I typed" in refused[2].body
    assert readers == [HTTPStatus.OK] * 4
    assert after == before
    assert [answer.status for answer in again] == [HTTPStatus.SEE_OTHER, HTTPStatus.OK, HTTPStatus.SEE_OTHER]
    assert [one.who for one in withdrawals.noted(made.data)][-1:] == [who]
