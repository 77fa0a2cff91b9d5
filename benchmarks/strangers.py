"""Networks of strangers: what scikit-learn fitted, a million edges of networkx, the digits."""

import math
import time
from collections.abc import Iterator

from strangers import ACTIVATIONS, GRAPHS, KINDS, accuracy, fitted, part_used, waves

from benchmarks.measured import Row
from neuronwise import Network
from neuronwise.engines.registry import ENGINES

EDGES, SPLITS, SEEDS = 1_000_000, 10, 3
RIGHT, SECONDS = 97, 5  # percent of the digits; for all of it, from the edges to the answer
MINUTE, FALLS = 60, 90


def figures() -> Iterator[Row]:
    """Measure everything."""
    parts = [
        part_used(fitted(kind, activation, seed=seed), engine)
        for kind in KINDS
        for activation in ACTIVATIONS
        for seed in range(SEEDS)
        for engine in ENGINES
    ]
    what = f"{len(KINDS) * len(ACTIVATIONS) * SEEDS} networks that scikit-learn fitted, copied in"
    yield f"{what}: the largest part of the bound that lies between both answers", 100 * max(parts), 100, "%"
    for name in GRAPHS:
        yield from graph(name)
    yield from digits()


def graph(name: str) -> Iterator[Row]:
    """Train a graph of networkx."""
    given = GRAPHS[name](EDGES)
    X, Y = waves()  # noqa: N806 - samples and targets
    started = time.perf_counter()
    net = Network.from_networkx(given, seed=1)
    made = time.perf_counter()
    history = net.fit(X, Y, learning_rate=0.01, epochs=10, batch_size=len(X), step="adam", progress=False)
    ended = time.perf_counter()
    what = f"{name} of networkx, {given.number_of_edges():,} edges"
    yield f"{what}: made", made - started, MINUTE, "s"
    yield f"{what}: 10 epochs of {len(X)} samples", ended - made, MINUTE, "s"
    left = 100 * history.errors[-1] / history.errors[0]
    yield f"{what}: of its error is left", left if math.isfinite(left) else math.inf, FALLS, "%"


def digits() -> Iterator[Row]:
    """Learn the digits, for several splits into those to learn from and those to test."""
    accuracy(0, epochs=1)  # what is compiled once stays: `make bench` measures it
    seconds, right = [], []
    for seed in range(SPLITS):
        started = time.perf_counter()
        right.append(100 * accuracy(seed))
        seconds.append(time.perf_counter() - started)
    what = f"scikit-learn's digits by a classifier described edge by edge, of {SPLITS} splits the worst"
    yield f"{what}: test samples told wrong", 100 - min(right), 100 - RIGHT, "%"
    yield f"{what}: from edges to answers", max(seconds), SECONDS, "s"
