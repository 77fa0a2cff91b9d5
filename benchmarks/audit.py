"""Known vulnerabilities in the packages that run: those of the extras site, postgres and book, and all that these need.

`pip-audit` asks its vulnerability service about the very versions that are installed. What it could not ask about is
no package without vulnerabilities: then the promise is broken, with the reason.
"""

import json
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from benchmarks.measured import Row, none

EXTRAS = ("site", "postgres", "book")
MINUTES = 5


def figures() -> Iterator[Row]:
    """Measure everything."""
    versions, missing = installed()
    yield none("packages that run and are not installed here, so that nobody can ask about them", missing)
    found, why = asked(versions)
    unanswered = [f"{one['name']}: {one['skip_reason']}" for one in found if "skip_reason" in one]
    if len(found) < len(versions) or unanswered:
        why = why or (unanswered[0] if unanswered else f"{len(found)} answers for {len(versions)} packages")
        what = (
            f"known vulnerabilities in {len(versions)} packages that run: could not be asked here, ask elsewhere; {why}"
        )
        yield what, math.nan, 0, ""
        return
    known = [f"{one['name']} {one['version']}: {each['id']}" for one in found for each in one["vulns"]]
    yield none(f"known vulnerabilities in {len(versions)} packages that run", known)


def installed() -> tuple[dict[str, str], list[str]]:
    """Return the versions of the packages that run, and the names of those that are missing."""
    versions: dict[str, str] = {}
    missing: list[str] = []
    waiting = [Requirement(f"neuronwise[{','.join(EXTRAS)}]")]
    seen: set[str] = set()
    for wanted in waiting:  # grows while it is read
        if str(wanted) in seen:
            continue
        seen.add(str(wanted))
        try:
            one = distribution(wanted.name)
        except PackageNotFoundError:
            missing.append(wanted.name)
            continue
        if wanted.name != "neuronwise":
            versions[re.sub(r"[-_.]+", "-", wanted.name).lower()] = one.version
        needs = [Requirement(text) for text in one.requires or []]
        extras = ["", *sorted(wanted.extras)]
        waiting += [
            need for need in needs if not need.marker or any(need.marker.evaluate({"extra": e}) for e in extras)
        ]
    return dict(sorted(versions.items())), sorted(set(missing))


def asked(versions: dict[str, str]) -> tuple[list[dict[str, Any]], str]:
    """Ask about these versions; the answers, and why there are none."""
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "pinned.txt"
        pinned.write_text("".join(f"{name}=={version}\n" for name, version in versions.items()), encoding="ascii")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(pinned), "--no-deps", "--disable-pip"]
        try:
            done = subprocess.run(  # noqa: S603 - written above
                [*command, "--format", "json", "--progress-spinner", "off"],
                capture_output=True, text=True, check=False, timeout=60 * MINUTES,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return [], f"no answer within {MINUTES} minutes"
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return [], (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1][:200]
    return found, ""
