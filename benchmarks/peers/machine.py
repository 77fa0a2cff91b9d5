"""What this machine can do at the most, measured in the same run, and what it is."""

import importlib.metadata
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measured import seconds

SIZE = 1024  # rows and columns of the product
COPIED = 1 << 26  # numbers that are copied
PACKAGES = ("numpy", "numba", "llvmlite", "torch", "jax", "scikit-learn", "scipy", "micrograd")


@dataclass(frozen=True)
class Limits:
    """Multiplications and additions a second in a dense product, by type and threads; bytes a second in a copy."""

    peak: dict[tuple[str, int], float]
    bandwidth: float

    def least(self, operations: float, moved: float, dtype: str, threads: int) -> float:
        """Return the least time that so many operations and so many bytes can take."""
        return max(operations / self.peak[dtype, threads], moved / self.bandwidth)


def limits() -> Limits:
    """Measure."""
    peak: dict[tuple[str, int], float] = {}
    for threads in (1, 2):
        with using(threads):
            peak |= {(dtype, threads): _product(dtype) for dtype in ("float32", "float64")}
    given, taken = np.ones(COPIED, np.float32), np.zeros(COPIED, np.float32)
    return Limits(peak, 2 * given.nbytes / seconds(lambda: np.copyto(taken, given), 7))


def _product(dtype: str) -> float:
    """The best of NumPy's and PyTorch's product."""
    a = np.ones((SIZE, SIZE), dtype)
    best = seconds(lambda: a @ a, 15)
    with suppress(ImportError):
        import torch

        b = torch.from_numpy(a)
        best = min(best, seconds(lambda: b @ b, 15))
    return 2 * SIZE**3 / best


@contextmanager
def using(threads: int) -> Iterator[None]:
    """Hold NumPy, SciPy and PyTorch to so many threads."""
    with suppress(ImportError):
        import torch

        torch.set_num_threads(threads)
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        yield
    else:
        with threadpool_limits(threads):
            yield


def about() -> dict[str, Any]:
    """Return the processor's name, and which versions are compared."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = "not there"
    return {"processor": processor(), "machine": platform.machine(), "versions": versions}


def processor() -> str:
    """Return the processor's name, with family and model, where the system tells."""
    with suppress(OSError):
        lines = [line.partition(":") for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()]
        told = {name.strip(): value.strip() for name, _, value in lines if name.strip()}
        if "model name" in told:
            return f"{told['model name']} (family {told.get('cpu family')}, model {told.get('model')})"
    return platform.processor() or platform.machine()
