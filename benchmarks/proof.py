"""Measure the figures, print them beside what is promised, and keep them as data.

    python -m benchmarks.proof                  all
    python -m benchmarks.proof mathematics      one part
    python -m benchmarks.proof fuzzed-small     25 minutes for each target; fuzzed: an hour
    python -m benchmarks.proof site-small       publishing with 20,000 subscribers and 30 kills; site: 100,000 and 50
    python -m benchmarks.proof loaders-small    20,000 damaged files for each loader; loaders: 1,000,000 in all

Ends with 1 if a promise is not kept.
"""

import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from benchmarks import (
    actions,
    audit,
    engines,
    loaders,
    mathematics,
    mutants,
    page,
    pages,
    readers,
    replies,
    site,
    steps,
    strain,
)
from benchmarks.measured import Row
from neuronwise.book.build import build

RESULTS = Path(__file__).parent / "results"
PYODIDE = Path("node_modules/pyodide")


@dataclass(frozen=True, slots=True)
class Figure:
    """One promise: what was measured, what came out, and at most what it may be."""

    what: str
    value: float
    most: float
    unit: str

    @property
    def kept(self) -> bool:
        """Whether the promise holds; what is not a number holds nothing."""
        return self.value <= self.most


def builds() -> Iterator[Row]:
    """Build the book twice: cold, with an empty cache, and warm; both must give the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "book"
        build(out, PYODIDE, lambda _: None)
        first = contents(out)
        started = time.perf_counter()
        build(out, PYODIDE, lambda _: None)
        yield "build of chapter 1 with all formats, warm", time.perf_counter() - started, 5, "s"
        second = contents(out)
        differing = [name for name in first | second if first.get(name) != second.get(name)]
        yield "files that differ between two builds", len(differing), 0, ""


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def fuzzed(minutes: float) -> Iterator[Row]:
    """Fuzz replies and formulas for so long; atheris is loaded only here, since not every system has it."""
    from benchmarks import fuzzed  # noqa: PLC0415

    return fuzzed.figures(minutes)


PARTS: dict[str, Callable[[], Iterable[Row]]] = {
    "chapter-1": lambda: chain(builds(), page.figures()),
    "mathematics": mathematics.figures,
    "engines": engines.figures,
    "steps": steps.figures,
    "replies": replies.figures,
    "pages": lambda: chain(pages.figures(), readers.figures()),
    "mutants": mutants.figures,
    "fuzzed": lambda: fuzzed(60),
    "site": lambda: site.figures(site.FULL),
    "strain": strain.figures,
    "actions": lambda: actions.figures(actions.FULL),
    "loaders": lambda: loaders.figures(loaders.FULL),
    "audit": audit.figures,
}
SMALLER: dict[str, Callable[[], Iterable[Row]]] = {  # when asked for
    "site-small": lambda: site.figures(site.SMALL),
    "actions-small": lambda: actions.figures(actions.SMALL),
    "loaders-small": lambda: loaders.figures(loaders.SMALL),
    "fuzzed-small": lambda: fuzzed(25),
}


def commit() -> str:
    """Return the commit that was measured, with a + if the tree has changed since."""
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607
    changed = subprocess.run(["git", "status", "--porcelain"], capture_output=True, text=True, check=False)  # noqa: S607
    return head.stdout.strip() + "+" * bool(changed.stdout.strip())


def main(asked: Sequence[str]) -> int:
    """Measure the parts that are asked for, or all."""
    unknown = [part for part in asked if part not in PARTS | SMALLER]
    if unknown:
        print(f"expected parts among {', '.join(PARTS)}; got {', '.join(unknown)}", file=sys.stderr)
        return 2
    return max([measure(part) for part in asked or PARTS])


def measure(part: str) -> int:
    """Print a line for each figure as it comes, and keep them all."""
    measured: list[Figure] = []
    for row in (PARTS | SMALLER)[part]():
        figure = Figure(*row)
        measured.append(figure)
        print(line(figure), flush=True)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    about = {"commit": commit(), "date": today, "python": platform.python_version(), "machine": platform.machine()}
    results = RESULTS / f"{part}.json"
    results.write_text(
        json.dumps(about | {"figures": [asdict(f) | {"kept": f.kept} for f in measured]}, indent=1) + "\n"
    )
    broken = [figure for figure in measured if not figure.kept]
    print(f"{len(measured) - len(broken)} of {len(measured)} promises kept; {results}")
    return 1 if broken else 0


def line(figure: Figure) -> str:
    """Return a figure as a line; what is measured comes last, since it may be long.

    >>> line(Figure("lines of code", 299, 300, ""))
    'kept        299     of at most 300   lines of code'
    """
    sign = "kept  " if figure.kept else "BROKEN"
    return f"{sign} {figure.value:>8.4g} {figure.unit:<3} of at most {figure.most:<5g} {figure.what}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
