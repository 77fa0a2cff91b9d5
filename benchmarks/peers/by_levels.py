"""PyTorch, level by level: gathered sources times weights, added up where they belong."""

from collections.abc import Sequence
from typing import Any

from benchmarks.peers.compared import Run
from benchmarks.peers.graphs import Level
from neuronwise.wiring import Wiring


class Levels:
    """A graph as tensors."""

    def __init__(self, wiring: Wiring, levels: Sequence[Level], theta: Any, data: tuple[Any, Any]) -> None:
        import torch

        self.torch, self.wiring = torch, wiring
        self.w = torch.from_numpy(theta[: wiring.weights].copy())
        self.b = torch.from_numpy(theta[wiring.weights :].copy())
        self.X, self.Y = (torch.from_numpy(each[:, 0].T.copy()) for each in data)
        self.out = torch.from_numpy(wiring.outputs + wiring.inputs).long()
        self.levels = [(v, torch.from_numpy(v.source).long(), torch.from_numpy(v.target).long()) for v in levels]

    def shared(self, A: Any) -> tuple[Any, Any]:
        """Return the outputs' own slopes, and the mean error."""
        own = A[self.out] - self.Y
        return own, (own * own).sum() / 2 / self.X.shape[1]

    def automatic(self) -> tuple[Any, Any]:
        """Feed forward; autograd goes back."""
        w, b = self.w.detach().requires_grad_(), self.b.detach().requires_grad_()
        A = self.X
        for level, source, target in self.levels:
            z = b[level.first : level.end, None].expand(-1, A.shape[1])
            z = z.index_add(0, target, w[level.edges, None] * A[source])
            A = self.torch.cat((A, self.torch.tanh(z)))
        _, error = self.shared(A)
        error.backward()
        return self.torch.cat((w.grad, b.grad)), error.detach()

    def by_hand(self) -> tuple[Any, Any]:
        """Feed forward and go back without autograd, in one array."""
        with self.torch.no_grad():
            A = self._fed_forward()
            own, error = self.shared(A)
            return self._back(A, own), error

    def _fed_forward(self) -> Any:
        inputs = self.wiring.inputs
        A = self.torch.empty((inputs + self.wiring.neurons, self.X.shape[1]), dtype=self.X.dtype)
        A[:inputs] = self.X
        for level, source, target in self.levels:
            z = self.b[level.first : level.end, None].repeat(1, A.shape[1])
            z.index_add_(0, target, self.w[level.edges, None] * A[source])
            self.torch.tanh(z, out=A[inputs + level.first : inputs + level.end])
        return A

    def _back(self, A: Any, own: Any) -> Any:
        G, dw, db = self.torch.zeros_like(A), self.torch.empty_like(self.w), self.torch.empty_like(self.b)
        G[self.out] = own
        inputs = self.wiring.inputs
        for level, source, target in reversed(self.levels):
            a = A[inputs + level.first : inputs + level.end]
            dz = G[inputs + level.first : inputs + level.end] * (1 - a * a)
            db[level.first : level.end] = dz.sum(1)
            d = dz[target]
            dw[level.edges] = (d * A[source]).sum(1)
            G.index_add_(0, source, self.w[level.edges, None] * d)
        return self.torch.cat((dw, db)) / self.X.shape[1]

    def compressed(self) -> Run:
        """Return the same with a sparse matrix a level, and its transpose to go back."""
        return Compressed(self).run


class Compressed:
    """Each level as a CSR matrix."""

    def __init__(self, graph: Levels) -> None:
        self.graph = graph
        self.matrices = [self._pair(*each) for each in graph.levels]

    def _pair(self, level: Level, source: Any, target: Any) -> tuple[Any, Any]:
        torch, inputs = self.graph.torch, self.graph.wiring.inputs
        shape = (level.end - level.first, inputs + level.first)
        there = torch.sparse_coo_tensor(torch.stack((target, source)), self.graph.w[level.edges], shape)
        return there.to_sparse_csr(), there.t().coalesce().to_sparse_csr()

    def run(self) -> tuple[Any, Any]:
        """Feed forward and go back without autograd."""
        with self.graph.torch.no_grad():
            A = self._fed_forward()
            own, error = self.graph.shared(A)
            return self._back(A, own), error

    def _fed_forward(self) -> Any:
        g, inputs = self.graph, self.graph.wiring.inputs
        A = g.torch.empty((inputs + g.wiring.neurons, g.X.shape[1]), dtype=g.X.dtype)
        A[:inputs] = g.X
        for (level, _, _), (matrix, _) in zip(g.levels, self.matrices, strict=True):
            z = g.torch.mm(matrix, A[: inputs + level.first]) + g.b[level.first : level.end, None]
            g.torch.tanh(z, out=A[inputs + level.first : inputs + level.end])
        return A

    def _back(self, A: Any, own: Any) -> Any:
        g, inputs = self.graph, self.graph.wiring.inputs
        G, dw, db = g.torch.zeros_like(A), g.torch.empty_like(g.w), g.torch.empty_like(g.b)
        G[g.out] = own
        for (level, source, target), (_, back) in zip(reversed(g.levels), reversed(self.matrices), strict=True):
            a = A[inputs + level.first : inputs + level.end]
            dz = G[inputs + level.first : inputs + level.end] * (1 - a * a)
            db[level.first : level.end] = dz.sum(1)
            dw[level.edges] = (dz[target] * A[source]).sum(1)
            G[: inputs + level.first] += g.torch.mm(back, dz)
        return g.torch.cat((dw, db)) / g.X.shape[1]
