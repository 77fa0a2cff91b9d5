"""The engines by name: checks, tests and benchmarks go through this list."""

from neuronwise.engines.numpy import Numpy
from neuronwise.engines.running import Kernels

ENGINES: dict[str, type[Numpy | Kernels]] = {"numpy": Numpy, "kernels": Kernels}
EXACT = ("kernels",)  # in float64 they have the bits of `necessary`; the others add in another order
