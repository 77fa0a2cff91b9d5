"""The figures of the reference itself: its size, its labels, how far exp and the like are off, where bits differ."""

import math
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from fingerprint import BITS, FUNCTIONS, arguments, hashed
from labelled import FILES, labels, objections, tests_there_are
from lanes import in_lanes
from size import MOST, counts
from ulps import LIMITS, seams, ulps

from benchmarks.measured import Row, none
from neuronwise.necessary import elementary

ROOT = Path(__file__).parent.parent
PROGRAM = ROOT / "tests" / "necessary" / "fingerprint.py"
PAGES_PYTHON = ["node", str(PROGRAM.with_name("python.mjs")), str(ROOT / "node_modules/pyodide"), str(ROOT / "src")]
ARGUMENTS = 40_000  # for each function
MINORS = range(11, 15)
VERSION = "import platform; print(platform.python_version())"


def figures() -> Iterator[Row]:
    """Measure everything."""
    yield "lines of code of necessary/", sum(counts().values()), MOST, ""
    yield from labelled()
    for function in FUNCTIONS:
        every = [*seams(function), *drawn(function)]
        largest = max((ulps(function, u) for u in every), key=lambda off: math.inf if math.isnan(off) else off)
        yield f"largest error of {function}, {len(every):,} arguments", largest, 1, "ulp"
    yield from same_bits()


def labelled() -> Iterator[Row]:
    """Look for labels that are missing, or point to nothing."""
    tests = tests_there_are()
    count = sum(len(labels(module)) for module in FILES)
    wrong = [objection for module in FILES for objection in objections(module, tests)]
    yield none(f"definitions without a label, or with one that points to nothing, of {count}", wrong)


def drawn(function: str) -> Iterator[float]:
    """Draw arguments up to where a function is flat, infinite or given up: a third of every size, a third near 0."""
    lot = random.Random(function)  # noqa: S311 - chance, not secrecy
    limit = min(LIMITS[function], 709.78) if function == "exp" else LIMITS[function]
    for n in range(ARGUMENTS):
        u = (
            math.ldexp(lot.uniform(0.5, 1), lot.randint(-1000, math.frexp(limit)[1])),
            lot.uniform(0.25, 4.0),
            lot.uniform(0, min(limit, 745.0)),
        )[n % 3]
        if u <= limit:
            yield u if function == "log" or lot.random() < 0.5 else -u  # noqa: PLR2004 - one half


def same_bits() -> Iterator[Row]:
    """Compare the bits of the functions in every Python that is here, in the page's, and in lanes."""
    here = pythons()
    found = {version: printed([python, str(PROGRAM)]) for version, python in here.items()}
    found[f"the page's {printed([*PAGES_PYTHON, '/dev/stdin'], VERSION)[0]}"] = printed([*PAGES_PYTHON, str(PROGRAM)])
    found["lanes"] = [hashed(in_lanes(getattr(elementary, f))(np.array(arguments())).tolist()) for f in FUNCTIONS]
    absent = [f"3.{minor}" for minor in MINORS if not any(each.startswith(f"3.{minor}.") for each in here)]
    what = f"with other bits, of CPython {', '.join(found)}" + f" (not here: {', '.join(absent)})" * bool(absent)
    yield none(what, [name for name, bits in found.items() if bits != list(BITS.values())])


def pythons() -> dict[str, str]:
    """Return the CPythons from 3.11 to 3.14 that can be run here: on PATH, or installed by pyenv."""
    installed = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.*/bin"))
    folders = [*map(Path, os.get_exec_path()), *installed]
    every = (folder / f"python3.{minor}" for minor in MINORS for folder in folders)
    found: dict[str, str] = {}
    for python in filter(Path.is_file, every):
        version = printed([str(python), "-c", VERSION])
        found |= {version[0]: str(python)} if version else {}
    return found


def printed(command: list[str], text: str = "") -> list[str]:
    """Return the words that a program prints; none if it cannot be run."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ran = subprocess.run(command, input=text, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - our own
    return ran.stdout.split() if ran.returncode == 0 else []
