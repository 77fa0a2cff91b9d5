"""Compare with peers, print each ratio beside the figure to reach, and keep them as data.

python -m benchmarks.peers            all rows
python -m benchmarks.peers dag tiny   these
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

from benchmarks.peers import dag, growth, layers, recurrent, sparse, start, tiny
from benchmarks.peers.compared import Figure
from benchmarks.peers.machine import Limits, about, limits
from benchmarks.proof import RESULTS, commit

ROWS: dict[str, Callable[[Limits], Iterator[Figure]]] = {
    "tiny": tiny.row,
    "dag": dag.row,
    "sparse": sparse.row,
    "dense": layers.row,
    "recurrent": recurrent.row,
    "growth": growth.row,
    "start": start.row,
}


def main(asked: Sequence[str]) -> int:
    """Run the rows that are asked for, or all."""
    unknown = [row for row in asked if row not in ROWS]
    if unknown:
        print(f"expected rows among {', '.join(ROWS)}; got {', '.join(unknown)}", file=sys.stderr)
        return 2
    measured = limits()
    peaks = {f"{dtype}, {threads} threads": peak for (dtype, threads), peak in measured.peak.items()}
    for name, peak in peaks.items():
        print(f"limit: {peak / 1e9:.0f} multiplications and additions a nanosecond, {name}")
    print(f"limit: {measured.bandwidth / 1e9:.1f} bytes a nanosecond, copied", flush=True)
    kept = about() | {
        "commit": commit(),
        "load": os.getloadavg()[0],
        "limits": peaks | {"bandwidth": measured.bandwidth},
    }
    figures = [figure for row in asked or ROWS for figure in printed(ROWS[row](measured))]
    save(kept, figures)
    missed = [figure for figure in figures if figure.reached is False]
    print(f"{sum(figure.reached is True for figure in figures)} figures reached, {len(missed)} not")
    return 0


def printed(figures: Iterator[Figure]) -> Iterator[Figure]:
    """Print each figure as it comes."""
    for figure in figures:
        print(figure.line(), flush=True)
        yield figure


def save(kept: dict[str, object], figures: Sequence[Figure]) -> None:
    """Write the figures; rows that were not asked for stay as they were."""
    path, rows = RESULTS / "peers.json", {figure.row for figure in figures}
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    every = before.get("rows", {}) | {
        row: kept | {"figures": [_kept(figure) for figure in figures if figure.row == row]} for row in sorted(rows)
    }
    path.write_text(json.dumps({"rows": every}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _kept(figure: Figure) -> dict[str, object]:
    return asdict(figure) | {"ratio": figure.ratio, "reached": figure.reached}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
