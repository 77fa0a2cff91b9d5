"""The server that the site's tests ask."""

import os
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import postgres
import pytest
from ledgers import Sink, sinking
from serving import Site, running, write_book

NUMBERS = count()
MEMORY = Path("/dev/shm")  # noqa: S108  (a disk in memory: a killed process leaves it as it leaves a real one)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where the system has that: thousands of durable files don't wear out a disk."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_host() -> Iterator[str]:
    """A PostgreSQL of our own, for all tests of a process."""
    if postgres.programs() is None:
        assert not os.environ.get("CI"), "expected PostgreSQL, which .ci/run installs: there nothing is skipped"
        pytest.skip("PostgreSQL is not installed")
    with postgres.cluster() as host:
        yield host


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of each kind of database: one after the other, empty."""
    if request.param == "sqlite":
        return {}
    host = request.getfixturevalue("postgres_host")
    return {"NEURONWISE_DATABASE": postgres.database(host, f"site{next(NUMBERS)}")}


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A mail server of our own."""
    with sinking(tmp_path / "taken") as running_sink:
        yield running_sink


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all tests that only ask."""
    folder = tmp_path_factory.mktemp("site")
    with running(write_book(folder / "book"), folder / "data") as running_site:
        yield running_site
