"""Check, then time: a peer whose numbers are not ours is never timed."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.peers.machine import Limits

Run = Callable[[], Sequence[Any]]  # returns the arrays that are compared

TOLERANCE = {"float64": 1e-11, "float32": 1e-4}  # of the largest number; ours and a peer's sums have other orders
ENOUGH = 0.6  # seconds for the rounds of one comparison
ROUNDS, TURN = range(5, 200), 4


@dataclass(frozen=True)
class Peer:
    """Another program for the same work; `make` gets its data ready, and says by ImportError that it is not there."""

    name: str
    make: Callable[[], Run]
    reach: float | None = None  # how many times its speed we promise


@dataclass(frozen=True)
class Work:
    """What is done, and how much that is at the least."""

    row: str
    what: str
    dtype: str
    threads: int
    ours: Run
    peers: Sequence[Peer]
    operations: float  # multiplications and additions
    moved: float  # bytes that have to come from memory or go there
    tolerance: float | None = None


@dataclass(frozen=True)
class Figure:
    """One ratio, ours to a peer's, or why there is none."""

    row: str
    what: str
    dtype: str
    threads: int
    peer: str
    ours: float | None = None  # seconds
    theirs: float | None = None
    reach: float | None = None
    limit: float | None = None  # the share of what this machine can do at the most
    note: str = ""
    unit: str = "ms"

    @property
    def ratio(self) -> float | None:
        """How many times its speed ours is."""
        return self.theirs / self.ours if self.ours and self.theirs else None

    @property
    def reached(self) -> bool | None:
        """Whether we are as fast as promised; None if nothing is promised, or measured."""
        return None if self.reach is None or self.ratio is None else self.ratio >= self.reach

    def line(self) -> str:
        """Return the figure as it is printed."""
        about = f"{self.row}: {self.what}, {self.dtype}, {self.threads} thread{'s' * (self.threads > 1)}"
        if self.ratio is None or self.ours is None or self.theirs is None:
            return f"{'—':<11} {about}: {self.peer}: {self.note}"
        sign = {None: "", True: "reached", False: "NOT REACHED"}[self.reached]
        wanted = f" (reach {self.reach:g})" if self.reach is not None else ""
        limit = f", {100 * self.limit:.0f} % of the limit" if self.limit is not None else ""
        times = f"{self._shown(self.ours)}, {self.peer} {self._shown(self.theirs)}"
        return f"{sign:<11} {about}: {times}: {self.ratio:.3g}x{wanted}{limit}"

    def _shown(self, value: float) -> str:
        return f"{1e3 * value:.4g} ms" if self.unit == "ms" else f"{value:.4g} {self.unit}".rstrip()


def compare(work: Work, limits: Limits) -> Iterator[Figure]:
    """Yield a figure for each peer."""
    expected = work.ours()
    least = limits.least(work.operations, work.moved, work.dtype, work.threads)
    for peer in work.peers:
        about = (work.row, work.what, work.dtype, work.threads, peer.name)
        run, note = _ready(peer, expected, work.tolerance or TOLERANCE[work.dtype])
        if run is None:
            yield Figure(*about, note=note)
        else:
            ours, theirs = paired(work.ours, run)
            yield Figure(*about, ours, theirs, peer.reach, least / ours)


def _ready(peer: Peer, expected: Sequence[Any], tolerance: float) -> tuple[Run | None, str]:
    """A peer's work, if it gives our numbers; otherwise why not."""
    try:
        run = peer.make()
        got = run()
    except ImportError as missing:
        return None, f"not there: {missing}"
    except Exception as failed:  # noqa: BLE001 - whatever keeps a peer from running is said, and the others run
        return None, f"does not run: {type(failed).__name__}: {str(failed).splitlines()[0][:120]}"
    far = max(difference(a, b) for a, b in zip(expected, got, strict=True))
    return (run, "") if far <= tolerance else (None, f"not timed: its numbers differ by {far:.1e} of the largest")


def difference(a: Any, b: Any) -> float:
    """Return the largest difference, as a share of the largest number; NaN if there is one."""
    u, v = np.asarray(a, np.float64), np.asarray(b, np.float64).reshape(np.shape(a))
    return float(np.max(np.abs(u - v)) / np.max(np.abs(v)))


def paired(*runs: Run) -> list[float]:
    """Return the best time of each, in turns: what slows the machine down meets all of them.

    A turn is several calls: threads that the other one left behind still look for work during the first.
    """
    best, end = [float("inf")] * len(runs), time.perf_counter() + ENOUGH
    for n in ROUNDS:
        for k, run in enumerate(runs):
            for _ in range(TURN):
                started = time.perf_counter()
                run()
                best[k] = min(best[k], time.perf_counter() - started)
        if n > ROUNDS.start + 2 and time.perf_counter() > end:
            break
    return best
