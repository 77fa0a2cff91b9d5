"""The actions in a process of their own, in which the site is open with a clock that can be moved."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import acting
from serving import environment

SETTINGS = {
    "NEURONWISE_URL": "https://book.example",  # a public one: nobody sees drafts
    "NEURONWISE_FROM": "Neuron by Neuron <book@book.example>",
    "NEURONWISE_AUTHOR": "Ada <canary-author@example.org>",
}


def acted(folder: Path, runs: int, steps: int, fault: str = "", **more: str) -> Iterator[dict[str, Any]]:
    """What `acting` tells, line by line; the last one has `rules`, or what was `found`."""
    for name in ("new", "cur"):
        (folder / "bounces" / name).mkdir(parents=True, exist_ok=True)
    folders = {f"NEURONWISE_{name.upper()}": str(folder / name) for name in ("book", "data", "bounces")}
    command = [sys.executable, acting.__file__, str(runs), str(steps), *[fault] * bool(fault)]
    given = environment(**SETTINGS, **folders, **more)
    with subprocess.Popen(command, env=given, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield from map(json.loads, process.stdout)
        finally:
            process.kill()
