"""A sparse layer, 1024 to 1024, 128 samples: 2 to 20 % of the edges, at random or four neurons at a time."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.peers import ours
from benchmarks.peers.compared import Figure, Peer, Run, Work, compare
from benchmarks.peers.graphs import data, parameters, sparse
from benchmarks.peers.machine import Limits, using
from neuronwise.wiring import Wiring

SIZE, SAMPLES = 1024, 128
FORWARD = {1: 1.8, 4: 3.5}  # what is to be reached: alone, four alike
BACK = 3.0


class Matrices:
    """The layer as a matrix and its transpose, and where each slope belongs."""

    def __init__(self, wiring: Wiring, theta: Any, given: tuple[Any, Any]) -> None:
        self.target = np.repeat(np.arange(SIZE), np.diff(wiring.start[SIZE:]))
        self.source = wiring.source[SIZE:].astype(np.int64) - SIZE
        self.w, self.b = theta[SIZE : wiring.weights], theta[wiring.weights + SIZE :, None].copy()
        self.A, self.T = (np.ascontiguousarray(each[:, 0].T) for each in given)

    def pytorch(self, *, back: bool) -> Run:
        """PyTorch's CSR."""
        import torch

        place = torch.from_numpy(np.stack((self.target, self.source)))
        there = torch.sparse_coo_tensor(place, torch.from_numpy(self.w), (SIZE, SIZE))
        W, turned = there.to_sparse_csr(), there.t().coalesce().to_sparse_csr()
        A, T, b = (torch.from_numpy(each) for each in (self.A, self.T, self.b))
        target, source = place
        if not back:
            return lambda: ((W @ A + b).T,)

        def run() -> tuple[Any, ...]:
            D = W @ A + b - T
            return turned @ D, (D[target] * A[source]).sum(1), D.sum(1)

        return lambda: _means(*run())

    def sampled(self) -> Run:
        """PyTorch's CSR, and the slopes as a product sampled at the edges."""
        import torch

        place = torch.from_numpy(np.stack((self.target, self.source)))
        there = torch.sparse_coo_tensor(place, torch.from_numpy(self.w), (SIZE, SIZE))
        W, turned = there.to_sparse_csr(), there.t().coalesce().to_sparse_csr()
        A, T, b = (torch.from_numpy(each) for each in (self.A, self.T, self.b))

        def run() -> tuple[Any, ...]:
            D = W @ A + b - T
            return turned @ D, torch.sparse.sampled_addmm(W, D, A.T, beta=0.0).values(), D.sum(1)

        return lambda: _means(*run())

    def scipy(self, *, back: bool) -> Run:
        """SciPy's CSR."""
        import scipy.sparse

        W = scipy.sparse.csr_array((self.w, (self.target, self.source)), (SIZE, SIZE))
        turned = W.T.tocsr()
        if not back:
            return lambda: ((W @ self.A + self.b).T,)

        def run() -> tuple[Any, ...]:
            D = W @ self.A + self.b - self.T
            return turned @ D, np.einsum("es,es->e", D[self.target], self.A[self.source]), D.sum(1)

        return lambda: _means(*run())


def _means(dA: Any, dw: Any, db: Any) -> tuple[Any, Any, Any]:
    return dA.sum(1) / SAMPLES, dw / SAMPLES, db / SAMPLES


def row(limits: Limits) -> Iterator[Figure]:
    """Compare each share of edges, alone and four alike."""
    for alike in FORWARD:
        for density in (0.02, 0.05, 0.1, 0.2):
            for dtype in ("float32", "float64"):
                for threads in (1, 2):
                    with using(threads):
                        yield from layer(limits, alike, density, dtype, threads)


def layer(limits: Limits, alike: int, density: float, dtype: str, threads: int) -> Iterator[Figure]:
    """Compare forward, then forward and back."""
    wiring, alone = (sparse(SIZE, density, alike, repeated=repeated) for repeated in (True, False))
    theta, given = parameters(wiring, dtype), data(wiring, SAMPLES, dtype)
    theta[:SIZE], theta[wiring.weights : wiring.weights + SIZE] = 1, 0
    made = Matrices(wiring, theta, given)
    what = f"{density:.0%} {'random' if alike == 1 else 'four alike'}"
    operations = 2.0 * (wiring.weights - SIZE) * SAMPLES
    own = np.concatenate((theta[SIZE : wiring.weights], theta[wiring.weights + SIZE :]))
    forward = ours.forward(alone, own, given[0], threads)
    peers: list[Peer] = [
        Peer("PyTorch CSR", lambda: made.pytorch(back=False), FORWARD[alike]),
        Peer("SciPy CSR", lambda: made.scipy(back=False), FORWARD[alike]),
    ]
    moved = float(theta.nbytes + 2 * given[0].nbytes)
    work = Work("sparse", f"{what}, forward", dtype, threads, _flat(forward), peers, operations, moved)
    yield from compare(work, limits)
    gradient = ours.gradient(wiring, theta, given, threads)
    peers = [
        Peer("PyTorch CSR, slopes gathered", lambda: made.pytorch(back=True), BACK),
        Peer("PyTorch CSR, slopes sampled", made.sampled, BACK),
        Peer("SciPy CSR, slopes gathered", lambda: made.scipy(back=True), BACK),
    ]
    run = _of_layer(gradient, wiring)
    yield from compare(
        Work("sparse", f"{what}, forward + backward", dtype, threads, run, peers, 3 * operations, moved), limits
    )


def _flat(run: Run) -> Run:
    return lambda: (run()[0][:, 0],)


def _of_layer(run: Callable[[], Any], wiring: Wiring) -> Run:
    """The slopes of what the layer gets, summed over samples as the biases before it, of its weights and biases."""

    def parts() -> tuple[Any, Any, Any]:
        slopes, _ = run()
        biases = slopes[wiring.weights :]
        return biases[:SIZE], slopes[SIZE : wiring.weights], biases[SIZE:]

    return parts
