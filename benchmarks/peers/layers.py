"""Layers that are described edge by edge, against layers that are given as matrices; 128 samples."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.peers import ours
from benchmarks.peers.compared import Figure, Peer, Run, Work, compare
from benchmarks.peers.graphs import data, dense, parameters
from benchmarks.peers.machine import Limits, using

SAMPLES = 128
REACH = {  # by type: forward, with gradient
    "float32": (1.05, 1.0),
    "float64": (0.6, 0.6),
}
NUMPY = {"float32": None, "float64": 1.0}


class Matrices:
    """Layers as matrices."""

    def __init__(self, sizes: Sequence[int], theta: Any, given: tuple[Any, Any]) -> None:
        self.X, self.Y = (each[:, 0].copy() for each in given)
        self.W: list[Any] = []
        self.b: list[Any] = []
        at, bias = 0, sum(m * n for m, n in pairwise(sizes))
        for before, size in pairwise(sizes):
            self.W.append(theta[at : at + before * size].reshape(size, before).copy())
            self.b.append(theta[bias : bias + size].copy())
            at, bias = at + before * size, bias + size

    def numpy(self) -> Run:
        """NumPy's products."""

        def run() -> tuple[Any]:
            a = self.X
            for k, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
                a = a @ W.T + b
                if k < len(self.W) - 1:
                    a = np.tanh(a)
            return (a,)

        return run

    def pytorch(self, *, back: bool) -> Run:
        """PyTorch's linear layers."""
        import torch

        X, Y = torch.from_numpy(self.X), torch.from_numpy(self.Y)
        W = [torch.from_numpy(each).requires_grad_(back) for each in self.W]
        b = [torch.from_numpy(each).requires_grad_(back) for each in self.b]

        def fed() -> Any:
            a = X
            for k in range(len(W)):
                a = torch.nn.functional.linear(a, W[k], b[k])
                a = torch.tanh(a) if k < len(W) - 1 else a
            return a

        def forward() -> tuple[Any]:
            with torch.no_grad():
                return (fed(),)

        def gradient() -> tuple[Any, ...]:
            error = ((fed() - Y) ** 2).sum() / 2 / SAMPLES
            return (*torch.autograd.grad(error, (*W, *b)), error.detach())

        return gradient if back else forward


def row(limits: Limits) -> Iterator[Figure]:
    """Compare both networks."""
    for sizes in ((784, 128, 10), (1024, 1024, 1024)):
        for dtype in ("float32", "float64"):
            for threads in (1, 2):
                with using(threads):
                    yield from network(limits, sizes, dtype, threads)


def network(limits: Limits, sizes: Sequence[int], dtype: str, threads: int) -> Iterator[Figure]:
    """Compare forward, then forward and gradient."""
    wiring = dense(sizes)
    theta, given = parameters(wiring, dtype), data(wiring, SAMPLES, dtype)
    made, name = Matrices(sizes, theta, given), "-".join(map(str, sizes))
    operations, slopes = 2.0 * wiring.weights * SAMPLES, 4.0 * sizes[1] * (sizes[0] + 2 * sizes[2]) * SAMPLES
    feed = ours.forward(wiring, theta, given[0], threads)
    peers: list[Peer] = [
        Peer("PyTorch dense", lambda: made.pytorch(back=False), REACH[dtype][0]),
        Peer("NumPy's product", made.numpy, NUMPY[dtype]),
    ]
    run: Run = lambda: (feed()[0][:, 0],)  # noqa: E731
    yield from compare(Work("dense", f"{name}, forward", dtype, threads, run, peers, operations, theta.nbytes), limits)
    gradient = ours.gradient(wiring, theta, given, threads)
    peers = [Peer("PyTorch dense", lambda: made.pytorch(back=True), REACH[dtype][1])]
    yield from compare(
        Work("dense", f"{name}, forward + gradient", dtype, threads, _parts(gradient, made), peers,
             operations / 2 + slopes / 2, 3 * theta.nbytes), limits)  # fmt: skip


def _parts(run: Run, made: Matrices) -> Run:
    """Our slopes in the shapes of the matrices: views, no copies."""

    def parts() -> list[Any]:
        slopes, error = run()
        found, at = [], 0
        for each in (*made.W, *made.b):
            found.append(slopes[at : at + each.size].reshape(each.shape))
            at += each.size
        return [*found, error]

    return parts
