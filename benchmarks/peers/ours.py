"""Our side of a comparison: a network made ready, as peers are, and run."""

from typing import Any

from benchmarks.peers.compared import Run
from neuronwise.engines.running import Kernels
from neuronwise.wiring import Wiring

ERROR = "half_squared"


def forward(wiring: Wiring, theta: Any, X: Any, threads: int) -> Run:
    """Return what feeds forward; the outputs are compared."""
    engine = Kernels(wiring, theta.dtype.name, threads=threads)
    return lambda: (engine.predict(theta, X),)


def gradient(wiring: Wiring, theta: Any, data: tuple[Any, Any], threads: int) -> Run:
    """Return what feeds forward and backpropagates; the mean slopes and the mean error are compared."""
    engine = Kernels(wiring, theta.dtype.name, threads=threads)
    return lambda: engine.gradients(theta, *data, ERROR)
