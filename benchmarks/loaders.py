"""Damaged and forged files: how soon each is refused, what that costs, and that the loaders do nothing else.

A process for each loader: what one is told by Python's audit hooks has nothing to do with the others.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import mutated_files

from benchmarks.measured import Row

LOADERS = ("network .json", "network .safetensors", "checkpoint", "table .csv")
FULL, SMALL = 250_000, 20_000  # files for each loader
SOON = 100  # milliseconds
LARGE = {"network .json": 30, "network .safetensors": 1, "checkpoint": 1, "table .csv": 1}  # times the file's size


def figures(count: int) -> Iterator[Row]:
    """Measure everything."""
    for loader in LOADERS:
        found = tried(loader, count)
        about = f"{loader}, {count:,} damaged files"
        for what, key in (
            ("where something else than its error left the loader", "foreign"),
            ("where Python was told of more than the file's opening", "events"),
            ("that were accepted without being whole", "believed"),
        ):
            yield f"{about}: those {what}{first(found[key])}", len(found[key]), 0, ""
        milliseconds, number = found["slowest"]
        yield f"{about}: the slowest, file {number}", milliseconds, SOON, "ms"
        most, number = found["memory"]
        room = f"{LARGE[loader]} times its size, at least 16 MiB" if LARGE[loader] > 1 else "its size and 16 MiB"
        yield f"{about}: the most memory, file {number}, of {room}", 100 * most, 100, "%"
        yield f"{about}: those that were whole all the same", found["accepted"], count / 2, ""


def first(found: list[str]) -> str:
    """Return the first of what there must be none of, for the row's words."""
    return f"; the first: {found[0][:200]}" if found else ""


def tried(loader: str, count: int) -> dict[str, Any]:
    """What happened to so many files."""
    command = [sys.executable, mutated_files.__file__, str(count), loader]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    found: dict[str, Any] = json.loads(done.stdout)[loader]
    return found
