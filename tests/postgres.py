"""A real PostgreSQL of our own: a cluster in a folder, on a socket in it, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), *map(Path, os.get_exec_path())]
USER = "postgres"  # PostgreSQL doesn't run as root


def programs() -> Path | None:
    """Where PostgreSQL's programs are; nothing, if it isn't installed."""
    return next((place for place in PLACES if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster; the host of its addresses, as NEURONWISE_DATABASE writes it."""
    place = programs()
    assert place
    with tempfile.TemporaryDirectory(prefix="pg", dir=Path("/dev/shm") if Path("/dev/shm").is_dir() else None) as name:  # noqa: S108
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        data = folder / "data"
        run(place / "initdb", "-D", data, "-U", USER, "--auth=trust", "--no-sync", "-E", "UTF8")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=50"
        run(place / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        try:
            yield name.replace("/", "%2F")
        finally:
            run(place / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def database(host: str, name: str) -> str:
    """Make an empty database; its address."""
    place = programs()
    assert place
    run(place / "createdb", "-h", host.replace("%2F", "/"), "-U", USER, name)
    return f"postgresql://{USER}@{host}/{name}"


def run(program: Path, *arguments: object) -> None:
    """Run one of PostgreSQL's programs as its own user."""
    command = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", USER, "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")
