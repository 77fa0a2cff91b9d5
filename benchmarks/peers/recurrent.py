"""Neurons that hear of each other a step later: 200 of them, 100 steps, 128 samples, forward and gradient.

"200 neurons, 5 % edges delayed" can be read in two ways, and both are measured: each neuron has delayed edges from a
twentieth of the neurons; or one edge in twenty of an irregular graph is delayed.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.peers import ours
from benchmarks.peers.compared import Figure, Peer, Run, Work, compare
from benchmarks.peers.graphs import data, late, parameters, recurrent
from benchmarks.peers.machine import Limits, using
from neuronwise.wiring import Wiring

SAMPLES, STEPS, DEPTH, REACH = 128, 100, 10, 10.0


class Unrolled:
    """A graph with delayed edges, step after step in PyTorch; autograd goes back."""

    def __init__(self, wiring: Wiring, theta: Any, given: tuple[Any, Any], bounds: list[int]) -> None:
        import torch

        self.torch, self.wiring, self.bounds = torch, wiring, bounds
        self.X, self.Y = (torch.from_numpy(np.ascontiguousarray(each.transpose(1, 2, 0))) for each in given)
        self.theta = torch.from_numpy(theta).requires_grad_()
        target = np.repeat(np.arange(wiring.neurons), np.diff(wiring.start))
        self.parts = [self._edges(target, first, end, now) for first, end in pairwise(bounds) for now in (0, 1)]

    def _edges(self, target: Any, first: int, end: int, delay: int) -> tuple[Any, ...]:
        of = np.flatnonzero((target >= first) & (target < end) & (self.wiring.delay == delay))
        columns = (of, self.wiring.source[of], target[of] - first)
        return tuple(self.torch.from_numpy(np.asarray(each, np.int64)) for each in columns)

    def gathered(self) -> tuple[Any, Any]:
        """Sources gathered, added up where they belong; level by level."""
        torch, inputs, all_neurons = self.torch, self.wiring.inputs, self.wiring.neurons
        w, b = self.theta[: self.wiring.weights], self.theta[self.wiring.weights :, None]
        before = torch.zeros((inputs + all_neurons, SAMPLES), dtype=self.X.dtype)
        error = torch.zeros((), dtype=self.X.dtype)
        for x, y in zip(self.X, self.Y, strict=True):
            A = x
            for level, (first, end) in enumerate(pairwise(self.bounds)):
                z = b[first:end].expand(-1, SAMPLES)
                for (edge, source, target), seen in zip(self.parts[2 * level :][:2], (A, before), strict=True):
                    if len(edge):
                        z = z.index_add(0, target, w[edge, None] * seen[source])
                A = torch.cat((A, torch.tanh(z)))
            error = error + ((A[self.wiring.outputs + inputs] - y) ** 2).sum() / 2 / SAMPLES
            before = A
        return torch.autograd.grad(error, self.theta)[0], error.detach()

    def multiplied(self) -> tuple[Any, Any]:
        """Where all neurons are of one level: a full matrix with zeros, once a step."""
        torch, inputs = self.torch, self.wiring.inputs
        (now, x_of, to), (edge, source, target) = self.parts
        b = self.theta[self.wiring.weights :, None]
        shape = (self.wiring.neurons, self.wiring.neurons)
        W = torch.zeros(shape, dtype=self.X.dtype).index_put((target, source - inputs), self.theta[edge])
        V = torch.zeros((shape[0], inputs), dtype=self.X.dtype).index_put((to, x_of), self.theta[now])
        a, error = torch.zeros((shape[0], SAMPLES), dtype=self.X.dtype), torch.zeros((), dtype=self.X.dtype)
        outputs = torch.from_numpy(self.wiring.outputs).long()
        for x, y in zip(self.X, self.Y, strict=True):
            a = torch.tanh(W @ a + (V @ x + b))
            error = error + ((a[outputs] - y) ** 2).sum() / 2 / SAMPLES
        return torch.autograd.grad(error, self.theta)[0], error.detach()


def row(limits: Limits) -> Iterator[Figure]:
    """Compare both readings."""
    for what, wiring, bounds in (
        ("delayed edges from 5 % of all neurons", recurrent(), [0, 200]),
        ("5 % of the edges delayed", late(depth=DEPTH), [level * 200 // DEPTH for level in range(DEPTH + 1)]),
    ):
        for dtype in ("float32", "float64"):
            for threads in (1, 2):
                with using(threads):
                    yield from _graph(limits, what, (wiring, bounds), dtype, threads)


def _graph(limits: Limits, what: str, graph: tuple[Wiring, list[int]], dtype: str, threads: int) -> Iterator[Figure]:
    wiring, bounds = graph
    theta, given = parameters(wiring, dtype, 0.9), data(wiring, SAMPLES, dtype, STEPS)

    def unrolled() -> Unrolled:
        return Unrolled(wiring, theta, given, bounds)

    peers = [Peer("PyTorch unrolled, gather + index_add", lambda: unrolled().gathered, REACH)]
    if bounds == [0, wiring.neurons]:  # all of one level
        peers.append(Peer("PyTorch unrolled, full matrix", lambda: unrolled().multiplied, REACH))
    run: Run = ours.gradient(wiring, theta, given, threads)
    operations = 6.0 * wiring.weights * SAMPLES * STEPS
    work = Work("recurrent", what, dtype, threads, run, peers, operations, float(given[0].nbytes))
    yield from compare(work, limits)
