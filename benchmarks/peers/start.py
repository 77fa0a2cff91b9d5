"""How long until the first numbers: import, the first fit with nothing compiled, and with what was kept compiled."""

import tempfile
from collections.abc import Iterator

from benchmarks.peers.compared import Figure
from benchmarks.peers.fresh import printed
from benchmarks.peers.machine import Limits

TIMED = "import time; started = time.perf_counter(); {}; print(time.perf_counter() - started)"
FIT = """
import time; started = time.perf_counter()
import numpy as np
from neuronwise import Network
network = Network.layered([8, 8, 2], activation="tanh")
X, Y = np.ones((64, 8)), np.ones((64, 2))
network.fit(X, Y, batch_size=16, engine="kernels", progress=False)
print(time.perf_counter() - started)
"""
TIMES = 5


def row(_: Limits) -> Iterator[Figure]:
    """Measure."""
    ours = min(printed(TIMED.format("import neuronwise; neuronwise.Network"))[0] for _ in range(TIMES))
    yield figure("import", "at most", ours, 0.3, 1.0)
    with tempfile.TemporaryDirectory() as cache:
        kept = {"NEURONWISE_CACHE": cache}
        yield figure("first fit, cold", "at most", printed(FIT, more=kept)[0], 8.0, 1.0)
        warm = min(printed(FIT, more=kept)[0] for _ in range(TIMES))
        yield figure("first fit, warm", "at most", warm, 0.5, 1.0)
    for peer, what in (("PyTorch", "import torch"), ("JAX", "import jax; jax.numpy.ones(1)")):
        try:
            theirs = min(printed(TIMED.format(what))[0] for _ in range(TIMES))
        except ImportError as missing:
            yield Figure("start", "import", "float64", 1, peer, note=f"not there: {missing}")
        else:
            yield figure("import", peer, ours, theirs, None)


def figure(what: str, peer: str, ours: float, theirs: float, reach: float | None) -> Figure:
    """Return a figure of seconds."""
    return Figure("start", what, "float64", 1, peer, ours, theirs, reach, unit="s")
