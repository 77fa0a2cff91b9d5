"""Tests of neuronwise.site.life: who lives is never taken for dead, and who is dead is never taken for alive."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import postgres
import pytest
from django.db.utils import ConnectionHandler

from neuronwise.site import database, life
from neuronwise.site.life import ConnectionLife, FileLife


@pytest.fixture
def one(memory: Path) -> Iterator[FileLife]:
    made = FileLife(memory / "workers")
    yield made
    made.end()


def files(one: FileLife) -> list[str]:
    return sorted(file.name for file in one.folder.iterdir())


def opened() -> int:
    """How many files are open; where that can't be told, none."""
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0  # noqa: PTH208


def found_dead(asks: life.Life, name: str) -> bool:
    with asks.dead(name) as dead:
        return dead


def test_names_are_random(memory: Path) -> None:
    names = [FileLife(memory).name for _ in range(50)]

    assert len(set(names)) == 50
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in names)


def test_who_has_begun_is_alive_until_the_end(one: FileLife) -> None:
    before, asks = opened(), FileLife(one.folder)
    one.begin()
    one.begin()  # again: it lives on

    living = found_dead(asks, one.name), found_dead(asks, one.name), files(one), opened() - before
    one.end()
    one.end()

    assert living == (False, False, [one.name], min(1, before))
    assert (files(one), found_dead(asks, one.name), opened()) == ([], True, before)


def test_nobody_else_reads_a_workers_file(memory: Path) -> None:
    before = os.umask(0)
    try:
        one = FileLife(memory / "workers")
        one.begin()
        modes = [stat.S_IMODE(each.stat().st_mode) for each in (one.folder, one.folder / one.name)]
        one.end()
    finally:
        os.umask(before)

    assert modes == [0o700, 0o600]


def test_who_was_killed_is_dead_and_leaves_no_file(one: FileLife) -> None:
    before = opened()
    one.begin()
    killed = FileLife(one.folder)
    (one.folder / killed.name).touch()

    assert found_dead(one, killed.name)
    assert (files(one), opened()) == ([one.name], before + min(1, before))


def test_who_is_found_dead_is_so_for_one_asker_at_a_time(one: FileLife) -> None:
    one.begin()
    (one.folder / "killed").touch()

    with FileLife(one.folder).dead("killed") as first:
        second = found_dead(one, "killed")
        (one.folder / "killed").unlink()  # by whoever tidies up: no fault

    assert (first, second) == (True, False)


def test_an_asker_that_fails_closes_what_it_opened(one: FileLife) -> None:
    one.begin()
    (one.folder / "killed").touch()
    before = opened()

    with pytest.raises(RuntimeError), one.dead("killed"):
        raise RuntimeError

    assert opened() == before


@pytest.mark.parametrize("how", ["removed", "removed and made anew", "locked"])
def test_whose_file_is_looked_at_just_when_it_begins_begins_again(
    one: FileLife, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    lock, tries, before = life._lock, list[int](), opened()  # noqa: SLF001

    def disturbed(number: int) -> bool:
        tries.append(number)
        if len(tries) > 1:
            return lock(number)
        if how != "locked":
            (one.folder / one.name).unlink()
        if how == "removed and made anew":
            (one.folder / one.name).touch()
        return how != "locked" and lock(number)

    monkeypatch.setattr(life, "_lock", disturbed)
    one.begin()
    monkeypatch.undo()

    assert len(tries) == 2
    assert not found_dead(FileLife(one.folder), one.name)
    assert opened() == before + min(1, before)


def test_a_worker_whose_file_was_taken_away_can_still_end(one: FileLife) -> None:
    one.begin()
    (one.folder / one.name).unlink()

    one.end()

    assert files(one) == []


@pytest.mark.usefixtures("data")
def test_with_sqlite_life_is_a_file_in_the_data_folder(memory: Path) -> None:
    made = life.life()

    assert isinstance(made, FileLife)
    assert made.folder == memory / "workers"


@pytest.fixture(scope="module")
def connections(postgres_host: str) -> Iterator[list[Any]]:
    """Two connections to a PostgreSQL."""
    address = urlsplit(postgres.database(postgres_host, "lives"))
    made = [ConnectionHandler({"default": database.config(address, Path())})["default"] for _ in range(2)]
    yield made
    for each in made:
        each.close()


def test_with_postgresql_life_is_a_connections(connections: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = connections
    ours, other = "ffffffffffffffff", "0000000000000000"  # the largest number and the smallest

    def on(connection: Any) -> life.Life:  # noqa: ANN401
        monkeypatch.setattr(life, "connection", connection)
        return life.life()

    worker = on(here)
    assert isinstance(worker, ConnectionLife)
    worker.name = ours
    worker.begin()
    living = found_dead(on(there), ours)
    with on(there).dead(other) as dead:
        at_once = found_dead(on(here), other)
        monkeypatch.setattr(life, "connection", there)
    after = found_dead(on(here), other), found_dead(on(there), other)
    on(here)
    worker.end()
    ended = found_dead(on(there), ours)

    assert (living, dead, at_once, after, ended) == (False, True, False, (True, True), True)
    assert locks(there) == 0


def test_a_lost_connection_is_a_death(connections: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = connections
    monkeypatch.setattr(life, "connection", here)
    worker = life.life()
    worker.begin()
    here.close()

    monkeypatch.setattr(life, "connection", there)
    with there.cursor() as cursor:  # the server notices when it notices; then the lock is to be had
        cursor.execute("SELECT pg_advisory_lock(%s)", [int(worker.name, 16) - (1 << 63)])
        cursor.execute("SELECT pg_advisory_unlock(%s)", [int(worker.name, 16) - (1 << 63)])

    assert found_dead(worker, worker.name)


def locks(connection: Any) -> int:  # noqa: ANN401
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        return int(cursor.fetchone()[0])
