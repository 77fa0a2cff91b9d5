"""The engine `numpy`: levels and matrices, the whole batch in one go. Short enough to be read in one sitting.

    A  activations (places, samples)       Z  net inputs (steps, rows, samples), then f'(z), then dE/dz
    G  dE/da, at the places of A           O  the error's own slopes (steps, outputs, samples)

A place is an input or a neuron at one step: step after step, and before the first as many steps of zeros as the latest
edge is late. So an edge that is two steps late names the place two steps before, and there always is one. NumPy's
products add in an order of their own: the last digits may differ from those of `necessary`, within a bound (`checks`).
"""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from neuronwise.conventions.rules import Step
from neuronwise.engines.plan import ordered
from neuronwise.optimizations.matrices import Matrix, Single, sums_of
from neuronwise.wiring import KINDS, PRODUCT, SOFTMAX, Numbers, Wiring

SQRT_HALF, DENSITY = 0.7071067811865476, 0.3989422804014327  # √½; 1/√(2π)
erf = np.frompyfunc(math.erf, 1, 1)  # NumPy has none


def _logistic(z: Any) -> Any:
    a = 1 / (1 + np.exp(-z))
    return a, a * (1 - a)


def _tanh(z: Any) -> Any:
    a = np.tanh(z)
    return a, 1 - a * a


def _elu(z: Any) -> Any:
    e = np.exp(z)
    return np.where(z > 0, z, e - 1), np.where(z > 0, 1, e)


def _softplus(z: Any) -> Any:
    return np.maximum(z, 0) + np.log(1 + np.exp(-abs(z))), 1 / (1 + np.exp(-z))


def _gelu(z: Any) -> Any:
    share = 0.5 * (1 + erf(z * SQRT_HALF).astype(z.dtype))
    return z * share, share + z * (DENSITY * np.exp(-0.5 * (z * z)))


def _softmax(z: Any) -> Any:
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0), e / e.sum(axis=0)


def _product(z: Any) -> Any:
    u, v = np.split(z, 2)
    return u * v, np.concatenate((v, u))


def _binary_cross_entropy(t: Any, a: Any) -> Any:
    yes, no = least(a), least(1 - a)
    return t * np.log(yes) + (1 - t) * np.log(no), (1 - t) / no - t / yes


def least(a: Any) -> Any:
    """What a logarithm is taken of: 0 counts as the smallest normal number."""
    return np.maximum(a, np.finfo(a.dtype).tiny)


# name -> f(z) and f'(z); of a softmax its shares, of products their other factors
ACTIVATIONS: dict[str, Any] = {
    "identity": lambda z: (z, np.ones_like(z)), "logistic": _logistic, "tanh": _tanh,
    "relu": lambda z: (np.maximum(z, 0), z > 0), "leaky_relu": lambda z: (np.where(z > 0, z, 0.01 * z),
    np.where(z > 0, 1, 0.01)), "elu": _elu, "softplus": _softplus, "gelu": _gelu, "sin": lambda z: (np.sin(z),
    np.cos(z)), "step": lambda z: (z > 0, np.zeros_like(z)), "softmax": _softmax, "product": _product,
}  # fmt: skip
# name -> what each output adds to E, and dE/da; the mean is taken at the end, and the minus of an entropy
ERRORS: dict[str, Any] = {
    "absolute": lambda t, a: (abs(t - a), -np.sign(t - a)), "squared": lambda t, a: ((t - a) ** 2, -2 * (t - a)),
    "half_squared": lambda t, a: (0.5 * (t - a) ** 2, a - t), "mean_squared": lambda t, a: ((t - a) ** 2, -2 * (t - a)),
    "cross_entropy": lambda t, a: (t * np.log(least(a)), -t / least(a)),
    "binary_cross_entropy": _binary_cross_entropy,
}  # fmt: skip


class Segment(NamedTuple):
    """Neurons of one level and one activation, or one softmax: computed in one go."""

    kind: int
    neurons: Any  # their places, counted from the first step that an edge can bring
    rows: Any  # their net inputs; of products all first factors, then all second ones
    sums: list[Matrix | Single]


class Numpy:
    """One network, ready to run."""

    def __init__(self, wiring: Wiring, dtype: str = "float64", *, threads: int = 0) -> None:
        """Make one ready. NumPy's library has threads of its own, so any number is taken."""
        self.wiring, self.dtype, self.threads, self.size = wiring, dtype, threads, wiring.inputs + wiring.neurons
        self.now = wiring.late * self.size  # where the places of a step begin, after those that are late
        rows = np.arange(wiring.net_inputs)
        self.bias = wiring.weights + (wiring.bias if len(wiring.bias) else rows)
        self.segments = list(self.found())

    def found(self) -> Iterator[Segment]:
        """Find the segments, level by level."""
        w = self.wiring
        first, order, bounds = ordered(w)
        source = self.now + w.source - (w.delay.astype(np.int64) * self.size if len(w.delay) else 0)
        place = w.weight if len(w.weight) else np.arange(len(w.source))
        for lower, upper in pairwise(bounds):
            neurons = order[lower:upper]
            kind, rows = w.kind[neurons[0]], first[neurons]
            rows = np.concatenate((rows, rows + 1)) if kind == PRODUCT else rows
            yield Segment(kind, self.now + w.inputs + neurons, rows, list(sums_of(w.start, source, place, rows)))

    @np.errstate(all="ignore")  # what overflows is for training to see
    def feed_forward(self, theta: Any, X: Any) -> tuple[Any, Any]:
        """Return A, and in Z the slopes f'(z)."""
        samples, steps, inputs = X.shape
        A = np.zeros((self.now + steps * self.size, samples), self.dtype)
        Z = np.zeros((steps, self.wiring.net_inputs, samples), self.dtype)
        for s in range(steps):
            x = A[s * self.size :]
            x[self.now : self.now + inputs] = X[:, s].T
            for kind, neurons, rows, sums in self.segments:
                for some in sums:
                    some.add_sums(theta, x, Z[s])
                z = Z[s, rows] + theta[self.bias[rows], np.newaxis]
                x[neurons], Z[s, rows] = ACTIVATIONS[KINDS[kind]](z)
        return A, Z

    @np.errstate(all="ignore")
    def backpropagate(self, theta: Any, A: Any, Z: Any, O: Any) -> Any:
        """Return the slopes of all parameters, added over steps and samples."""
        G, gradient = np.zeros_like(A), np.zeros_like(theta)
        for s in reversed(range(len(Z))):
            x, g = A[s * self.size :], G[s * self.size :]
            if s >= len(Z) - len(O):
                g[self.now + self.wiring.inputs + self.wiring.outputs] += O[s - len(Z) + len(O)]
            for kind, neurons, rows, sums in reversed(self.segments):
                dE_da, slope = np.tile(g[neurons], (len(rows) // len(neurons), 1)), Z[s, rows]
                Z[s, rows] = slope * (dE_da - (slope * dE_da).sum(axis=0) if kind == SOFTMAX else dE_da)
                for some in sums:
                    some.add_back(theta, Z[s], g)
                    some.add_slopes(Z[s], x, gradient)
            np.add.at(gradient, self.bias, Z[s].sum(axis=1))
        return gradient

    def outputs(self, A: Any, steps: int) -> Any:
        """(steps, outputs, samples) of the last steps."""
        each = A[self.now :].reshape(-1, self.size, A.shape[1])
        return each[len(each) - steps :, self.wiring.inputs + self.wiring.outputs]

    def predict(self, theta: Any, X: Numbers) -> Any:
        """(samples, steps, inputs) -> (samples, steps, outputs)."""
        return self.outputs(self.feed_forward(theta, X)[0], X.shape[1]).transpose(2, 0, 1)

    def activations(self, theta: Any, X: Numbers) -> tuple[Any, Numbers]:
        """The users' numbers of the neurons, and (samples, steps, neurons): what they give."""
        each = self.feed_forward(theta, X)[0][self.now :].reshape(X.shape[1], self.size, len(X))
        return np.arange(self.wiring.neurons), each[:, self.wiring.inputs :].transpose(2, 0, 1)

    @np.errstate(all="ignore")
    def slopes(self, theta: Any, X: Numbers, Y: Numbers, error: str) -> tuple[Any, Any]:
        """The sums of the slopes, and the error of each sample."""
        A, Z = self.feed_forward(theta, X)
        terms, O = ERRORS[error](Y.transpose(1, 2, 0), self.outputs(A, Y.shape[1]))
        count = Y[0].size if error == "mean_squared" else 1
        E = terms.sum(axis=(0, 1)) / count
        return self.backpropagate(theta, A, Z, O / count), -E if "entropy" in error else E

    def gradients(self, theta: Any, X: Numbers, Y: Numbers, error: str) -> tuple[Any, float]:
        """The mean slopes and the mean error."""
        gradient, E = self.slopes(theta, X, Y, error)
        return gradient / np.dtype(self.dtype).type(len(X)), float(E.mean())

    def trainer(
        self,
        theta: Any,
        samples: tuple[Any, Any, Any],
        how: tuple[int, float, str],
        learning: Any,
        step: Step | None = None,
    ) -> "Trainer":
        """Return what changes a vector of parameters batch by batch; the arguments are those of `Kernels.trainer`.

        Errors   ValueError: another step than the plain one
        """
        if step is not None and not step.bare:
            message = f'expected the plain step for engine="numpy"; got {step.rule}: engine="kernels" takes all'
            raise ValueError(message)
        return Trainer(self, theta, samples, how, learning)


class Trainer:
    """Learns batch by batch; `error` is the mean error of the samples since `begin`."""

    threads = 1

    def __init__(
        self, engine: Numpy, theta: Any, samples: tuple[Any, Any, Any], how: tuple[int, float, str], learning: Any
    ) -> None:
        self.engine, self.theta, self.samples, self.how = engine, theta, samples, how
        self.learning = learning.astype(bool) if len(learning) else np.ones(len(theta), bool)
        self.sums = np.zeros(2)  # of the errors, and how many

    @property
    def error(self) -> float:
        """The mean error."""
        return float(self.sums[0] / self.sums[1])

    def begin(self) -> None:
        """Begin an epoch."""
        self.sums[:] = 0

    def state(self) -> dict[str, Any]:
        """Return what training needs to go on, besides the parameters."""
        return {"error": self.sums.copy()}

    def take_up(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.sums[:] = state["error"]

    def learn(self, first: int, end: int) -> int:
        """Learn from batches `first` … `end` − 1. Returns how many were learned from: a broken one changes nothing."""
        (X, Y, order), (size, rate, error) = self.samples, self.how
        for batch in range(first, end):
            some = order[batch * size : (batch + 1) * size]
            gradient, E = self.engine.slopes(self.theta, X[some], Y[some], error)
            new = self.theta - self.theta.dtype.type(rate) * (gradient / self.theta.dtype.type(len(some)))
            if not (np.isfinite(new[self.learning]).all() and np.isfinite(E).all()):
                return batch - first
            self.theta[self.learning] = new[self.learning]
            self.sums += E.sum(dtype=np.float64), len(some)
        return end - first

    def epochs(self, count: int) -> tuple[list[float], int]:
        """Learn from all batches so many times: the error of each whole epoch, and how many batches."""
        batches, errors = -(-len(self.samples[2]) // self.how[0]), list[float]()
        for epoch in range(count):
            self.begin()
            done = self.learn(0, batches)
            if done < batches:
                return errors, epoch * batches + done
            errors.append(self.error)
        return errors, count * batches
