"""How time and memory grow with the edges: 10⁴ to 10⁸, each in a fresh Python; float32, 32 samples in batches of 16.

Bytes are what the process holds while it learns, beyond what it held before the network was made.
"""

import itertools
import math
import subprocess
from collections.abc import Iterator

from benchmarks.peers.compared import Figure
from benchmarks.peers.fresh import printed
from benchmarks.peers.machine import Limits

EDGES = (10**4, 10**5, 10**6, 10**7, 10**8)
COUNTED = 10**6  # edges from which on bytes are told: below, machine code is most of them
EXPONENT, BYTES = 1.05, 16.0
LONGEST = 600  # seconds
NONE = 1e-9  # instead of 0 and less, so that a ratio can be printed
CODE = """
import time
import numpy as np
from neuronwise import Network

def held(what):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(what))

def graph(edges, fan=32, depth=10, inputs=64):
    neurons = edges // fan
    lot, first = np.random.default_rng(0), inputs + np.arange(depth) * (neurons // depth)
    targets = np.repeat(np.arange(neurons, dtype=np.int32) + inputs, fan)
    level = np.minimum((targets - inputs) // max(1, neurons // depth), depth - 1)
    step = first[level] // fan
    nth = np.tile(np.arange(fan, dtype=np.int32), neurons)
    sources = (nth * step + lot.random(len(targets), dtype=np.float32) * 0.999 * step).astype(np.int32)
    return sources, targets, range(inputs), range(inputs + neurons - 8, inputs + neurons)

def learning(edges):
    sources, targets, inputs, outputs = graph(edges)
    given = held("VmRSS")
    network = Network.from_edges(sources, targets, inputs=inputs, outputs=outputs, dtype="float32")
    X, Y = np.ones((32, 64), np.float32), np.zeros((32, 8), np.float32)
    best = 1e9
    for _ in range(max(1, min(20, 2_000_000 // edges))):
        started = time.perf_counter()
        network.fit(X, Y, learning_rate=1e-4, epochs=1, batch_size=16, engine="kernels", progress=False)
        best = min(best, time.perf_counter() - started)
    started = time.perf_counter()
    network.fit(X, Y, learning_rate=1e-4, epochs=4, batch_size=16, engine="kernels", progress=False)
    four = (time.perf_counter() - started) / 4
    return min(best, four), held("VmRSS") - given, held("VmHWM") - given

learning(10_000)
print(*learning(EDGES))
"""


def row(_: Limits) -> Iterator[Figure]:
    """Measure each size, then how the time grows over all of them, and from one to the next."""
    seconds: dict[int, float] = {}
    for edges in EDGES:
        name = f"{edges:.0e} edges"
        try:
            seconds[edges], trained, peak = printed(CODE.replace("EDGES", str(edges)), limit=LONGEST)
        except (ImportError, subprocess.TimeoutExpired) as failed:
            yield Figure("growth", name, "float32", 1, "itself", note=f"does not run: {str(failed)[:150]}")
            continue
        told = f"an epoch takes {1e3 * seconds[edges]:.3g} ms"
        if edges >= COUNTED:
            told += f", at most {peak / edges:.3g} bytes an edge while it is made"
            yield promised(f"{name}: bytes an edge in training", trained / edges, BYTES)
        yield Figure("growth", name, "float32", 1, "itself", note=told)
    for few, many in itertools.pairwise(seconds):
        yield Figure("growth", f"{few:.0e} to {many:.0e} edges", "float32", 1, "exponent of time",
                     note=f"{exponent(seconds, few, many):.3g}")  # fmt: skip
    few, many = min(seconds), max(seconds)
    yield promised(f"{few:.0e} to {many:.0e} edges: exponent of time", exponent(seconds, few, many), EXPONENT)


def exponent(seconds: dict[int, float], few: int, many: int) -> float:
    """Return p, where time grows as edges to the power p."""
    return math.log(seconds[many] / seconds[few]) / math.log(many / few)


def promised(what: str, value: float, most: float) -> Figure:
    """Return a figure of our own: `ours` is what was measured, `theirs` at most what it may be."""
    return Figure("growth", what, "float32", 1, "at most", max(value, NONE), most, 1.0, unit="")
