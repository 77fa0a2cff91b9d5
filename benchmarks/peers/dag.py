"""An irregular graph: 2,000 neurons, 64,000 edges, 184 levels; 128 samples forward and back."""

from collections.abc import Iterator

from benchmarks.peers import ours
from benchmarks.peers.by_levels import Levels
from benchmarks.peers.compared import Figure, Peer, Work, compare
from benchmarks.peers.graphs import data, irregular, levels, parameters
from benchmarks.peers.machine import Limits, using
from neuronwise.wiring import Wiring

DEPTH, SAMPLES = 184, 128
REACH = {"float32": 30.0, "float64": 12.0}


def row(limits: Limits) -> Iterator[Figure]:
    """Compare forward and gradient."""
    wiring = irregular(depth=DEPTH)
    for dtype in ("float32", "float64"):
        for threads in (1, 2):
            with using(threads):
                yield from _graph(limits, wiring, dtype, threads)


def _graph(limits: Limits, wiring: Wiring, dtype: str, threads: int) -> Iterator[Figure]:
    theta, given = parameters(wiring, dtype), data(wiring, SAMPLES, dtype)

    def graph() -> Levels:
        return Levels(wiring, levels(wiring, DEPTH), theta, given)

    peers = (
        Peer("PyTorch by levels, autograd", lambda: graph().automatic, REACH[dtype]),
        Peer("PyTorch by levels, slopes by hand", lambda: graph().by_hand),
        Peer("PyTorch CSR by levels, slopes by hand", lambda: graph().compressed(), REACH[dtype]),
    )
    run, operations = ours.gradient(wiring, theta, given, threads), 6.0 * wiring.weights * SAMPLES
    work = Work("dag", "forward + gradient", dtype, threads, run, peers, operations, 3.0 * theta.nbytes)
    yield from compare(work, limits)
    yield Figure(
        "dag",
        "forward + gradient",
        dtype,
        threads,
        "connex",
        note="not run: already 16,000 edges take it 43 s to build and compile",
    )
