"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, gone afterwards; without one, skipped."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

USER = "postgres"  # PostgreSQL refuses to run as root


def folder() -> Path | None:
    """Where PostgreSQL's own programs are."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next(iter(places), None)


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a cluster's database `postgres`, whose user may make others."""
    programs = folder()
    if not programs:
        pytest.skip("no PostgreSQL on this machine")
    with tempfile.TemporaryDirectory() as temporary:
        data, port = Path(temporary) / "data", _free_port()
        if os.geteuid() == 0:
            shutil.chown(temporary, USER)
        _run(programs / "initdb", "-D", data, "-A", "trust", "-U", USER, "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -k {temporary} -F"
        _run(programs / "pg_ctl", "-D", data, "-w", "-l", data / "log", "-o", options, "start")
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def database(address: str, name: str) -> str:
    """The address of a new, empty database in the cluster."""
    import psycopg  # noqa: PLC0415  (only where PostgreSQL is)
    from psycopg import sql  # noqa: PLC0415

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return address.rpartition("/")[0] + f"/{name}"


def _run(*command: str | Path) -> None:
    user = USER if os.geteuid() == 0 else None
    subprocess.run(command, user=user, cwd="/", stdout=subprocess.DEVNULL, check=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
