"""The server that the site's tests ask, and the site in the tests' own process."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import postgres
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone
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


@pytest.fixture(scope="session")
def tables() -> Iterator[None]:
    """The site's tables in this very process, in memory."""
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["MIGRATE"] = False  # made at once: quicker than one migration after the other
    connection.creation.create_test_db(verbosity=0, serialize=False)
    yield
    connection.creation.destroy_test_db(name, verbosity=0)


@pytest.fixture
def data(tables: None, memory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:  # noqa: ARG001
    """The site in this very process: its folder, with an outbox; empty tables."""
    for name, value in {"DATA": memory, "BOOK": memory / "book", "MAIL": None, "RESENDS": True}.items():
        monkeypatch.setattr(settings, name, value)
    yield memory
    for table in ("Delivery", "Subscriber", "Reply", "Chapter"):
        apps.get_model("site", table).objects.all().delete()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The time, which stands still."""
    time = datetime(2027, 1, 10, 8, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: time)
    return time


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
