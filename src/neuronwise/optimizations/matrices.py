"""Layers as matrices: neurons that name the same sources are one matrix product.

    sum[r, sample] = Σ w[r, i]·x[source[i], sample]        so  Z = W·X

Idea         the weights of such neurons form a rectangle W, with a row for each neuron and a column for each source.
             What is left over, neurons that share their list with none, is multiplied edge by edge and added in one go.
Allowed      always; but a product of matrices adds in an order of its own.
Costs        a copy of the sources' activations; and the last digits: the bound says how far they may go.
Differs from `necessary`: a loop over neurons and one over edges became a product, which NumPy's library is good at.
The same W, turned around, brings slopes back; and the slope of W itself is the product dE/dZ·Xᵀ.
Label        optimization: test_matrices_give_the_sums_of_plain_loops
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np


class Matrix(NamedTuple):
    """A layer: rows that name the same sources, each once."""

    rows: Any  # (rows)
    sources: Any  # (sources)
    places: Any  # (rows, sources) where each weight stands

    def weights(self, theta: Any) -> Any:
        """Return W: a view of the vector of weights, where they stand side by side."""
        first, size = self.places[0, 0], self.places.size
        if self.places[-1, -1] - first + 1 == size and (np.diff(self.places.ravel()) == 1).all():
            return theta[first : first + size].reshape(self.places.shape)
        return theta[self.places]

    def add_sums(self, theta: Any, X: Any, Z: Any) -> None:
        """Z gets the sums of its rows."""
        Z[self.rows] += self.weights(theta) @ X[self.sources]

    def add_back(self, theta: Any, dZ: Any, G: Any) -> None:
        """G, the slopes of the sources, gets what comes back from dE/dz."""
        G[self.sources] += self.weights(theta).T @ dZ[self.rows]

    def add_slopes(self, dZ: Any, X: Any, gradient: Any) -> None:
        """The gradient gets dE/dw of each weight."""
        np.add.at(gradient, self.places, dZ[self.rows] @ X[self.sources].T)


class Single(NamedTuple):
    """Rows on their own: their edges, one after the other."""

    rows: Any  # (edges) those of a row side by side
    sources: Any  # (edges)
    places: Any  # (edges)
    by_source: Any  # (edges) the same edges in the order of their sources

    def add_sums(self, theta: Any, X: Any, Z: Any) -> None:
        """Z gets the sums of its rows."""
        _add_runs(self.rows, theta[self.places, np.newaxis] * X[self.sources], Z)

    def add_back(self, theta: Any, dZ: Any, G: Any) -> None:
        """G, the slopes of the sources, gets what comes back from dE/dz."""
        places, rows = self.places[self.by_source], self.rows[self.by_source]
        _add_runs(self.sources[self.by_source], theta[places, np.newaxis] * dZ[rows], G)

    def add_slopes(self, dZ: Any, X: Any, gradient: Any) -> None:
        """The gradient gets dE/dw of each weight."""
        np.add.at(gradient, self.places, np.einsum("es,es->e", dZ[self.rows], X[self.sources]))


def _add_runs(keys: Any, terms: Any, to: Any) -> None:
    """Add up the terms of each run of equal keys."""
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    to[keys[starts]] += np.add.reduceat(terms, starts)


def sums_of(start: Any, source: Any, place: Any, net_inputs: Any) -> Iterator[Matrix | Single]:
    """Find the layers among some net inputs, and what is left over.

    start: (net inputs + 1) where the edges of each start      source, place: (edges)
    """
    alike: dict[bytes, list[int]] = {}
    for row in net_inputs:
        alike.setdefault(source[start[row] : start[row + 1]].tobytes(), []).append(row)
    alone: list[int] = []
    for rows in alike.values():
        sources = source[start[rows[0]] : start[rows[0] + 1]]
        if len(rows) > 1 and 0 < len(sources) == len(np.unique(sources)):
            edges = start[rows][:, np.newaxis] + np.arange(len(sources))
            yield Matrix(np.array(rows), sources, place[edges])
        else:
            alone += rows
    edges = np.concatenate([np.arange(start[row], start[row + 1]) for row in alone] or [np.zeros(0, np.int64)])
    if len(edges):
        targets = np.repeat(alone, np.diff(start)[alone])
        yield Single(targets, source[edges], place[edges], np.argsort(source[edges], kind="stable"))
