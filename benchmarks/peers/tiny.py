"""The book's networks, one sample a step: 2-2-2 and XOR by 2-3-1, logistic, half of the squared error, float64."""

import itertools
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.peers import straight_c
from benchmarks.peers.compared import Figure, difference
from benchmarks.peers.machine import Limits
from neuronwise import Network

RATE, CHECKED, TOLERANCE, TRIES = 0.5, 200, 1e-11, 3
Learn = Callable[[int], Any]  # steps -> the parameters after them: weights layer by layer and row by row, then biases


@dataclass(frozen=True)
class Small:
    """A network of layers, where it begins, and what it learns."""

    sizes: tuple[int, ...]
    theta: Any
    X: Any
    Y: Any

    def matrices(self) -> tuple[list[Any], list[Any]]:
        """Return copies of the weights, a matrix a layer, and of the biases."""
        W, b, at = [], [], 0
        for before, size in itertools.pairwise(self.sizes):
            W.append(self.theta[at : at + before * size].reshape(size, before).copy())
            at += before * size
        for size in self.sizes[1:]:
            b.append(self.theta[at : at + size].copy())
            at += size
        return W, b


def small(sizes: tuple[int, ...], X: Any, Y: Any) -> Small:
    """Return a network that begins anywhere."""
    parameters = sum((before + 1) * size for before, size in itertools.pairwise(sizes))
    return Small(sizes, np.random.default_rng(3).normal(size=parameters), np.array(X, float), np.array(Y, float))


NETWORKS = {
    "2-2-2": small((2, 2, 2), [[0.05, 0.1], [0.9, 0.2], [0.4, 0.7], [0.6, 0.3]], [[0.01, 0.99], [0.9, 0.1]] * 2),
    "XOR 2-3-1": small((2, 3, 1), [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]),
}


def ours(net: Small, error: str = "half_squared") -> Learn:
    """`Network.fit`."""
    network = Network.layered(net.sizes, activation="logistic", output_activation="logistic")
    weights, biases = list(network.weights), list(network.biases)
    W, b = net.matrices()
    flat = np.concatenate([each.ravel() for each in (*W, *b)])

    def learn(steps: int) -> Any:
        for n, edge in enumerate(weights):
            network.weights[edge] = flat[n]
        for n, name in enumerate(biases):
            network.biases[name] = flat[len(weights) + n]
        network.fit(net.X, net.Y, error, learning_rate=RATE, epochs=steps // len(net.X), engine="kernels",
                    progress=False)  # fmt: skip
        return [network.weights[edge] for edge in weights] + [network.biases[name] for name in biases]

    return learn


def c(net: Small) -> Learn:
    """Straight-line C."""
    train = straight_c.trainer(net.sizes)

    def learn(steps: int) -> Any:
        theta = net.theta.copy()
        train(theta, net.X, net.Y, RATE, steps)
        return theta

    return learn


def pytorch(net: Small, *, compiled: bool) -> Learn:
    """PyTorch, as its tutorials do it; or that step compiled."""
    import torch

    torch.set_num_threads(1)
    X, Y = torch.from_numpy(net.X), torch.from_numpy(net.Y)

    def forward(x: Any, y: Any, W: Sequence[Any], b: Sequence[Any]) -> Any:
        for w, v in zip(W, b, strict=True):
            x = torch.sigmoid(torch.nn.functional.linear(x, w, v))
        return ((x - y) ** 2).sum() / 2

    error = torch.compile(forward) if compiled else forward

    def learn(steps: int) -> Any:
        W, b = ([torch.from_numpy(each).requires_grad_() for each in part] for part in net.matrices())
        optimizer = torch.optim.SGD([*W, *b], lr=RATE)
        for step in range(steps):
            optimizer.zero_grad()
            error(X[step % len(X)], Y[step % len(X)], W, b).backward()
            optimizer.step()
        return torch.cat([each.detach().ravel() for each in (*W, *b)])

    return learn


def jax(net: Small) -> Learn:
    """JAX: all steps are one compiled scan."""
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", val=True)
    X, Y = jnp.array(net.X), jnp.array(net.Y)

    def error(parameters: Any, x: Any, y: Any) -> Any:
        for W, b in zip(*parameters, strict=True):
            x = 1 / (1 + jnp.exp(-(W @ x + b)))
        return ((x - y) ** 2).sum() / 2

    def step(parameters: Any, n: Any) -> tuple[Any, None]:
        slopes = jax.grad(error)(parameters, X[n % len(X)], Y[n % len(X)])
        return jax.tree.map(lambda p, g: p - RATE * g, parameters, slopes), None

    run = jax.jit(lambda parameters, steps: jax.lax.scan(step, parameters, steps)[0])

    def learn(steps: int) -> Any:
        W, b = run(tuple([jnp.array(each) for each in part] for part in net.matrices()), jnp.arange(steps))
        return np.concatenate([np.asarray(each).ravel() for each in (*W, *b)])

    return learn


def scikit(net: Small) -> Learn:
    """MLPClassifier of scikit-learn: its error is the cross-entropy of each output, and so is ours beside it."""
    from sklearn.neural_network import MLPClassifier

    def learn(steps: int) -> Any:
        model = MLPClassifier(
            net.sizes[1:-1], activation="logistic", solver="sgd", alpha=0, batch_size=1, momentum=0,
            learning_rate_init=RATE, nesterovs_momentum=False, shuffle=False,
        )  # fmt: skip
        Y = (net.Y > 0.5).astype(int)  # noqa: PLR2004 - it takes whole numbers
        Y = Y[:, 0] if Y.shape[1] == 1 else Y
        W, b = net.matrices()
        for epoch in range(steps // len(net.X) + 1):
            if epoch == 1:  # the first one sets up; then its parameters are replaced
                for kept, begun in zip((*model.coefs_, *model.intercepts_), (*(w.T for w in W), *b), strict=True):
                    kept[...] = begun
            model.partial_fit(net.X, Y, classes=np.unique(Y) if Y.ndim == 1 else range(Y.shape[1]))
        return np.concatenate([each.T.ravel() for each in (*model.coefs_, *model.intercepts_)])

    return learn


def micrograd(net: Small) -> Learn:
    """micrograd, with a logistic written in its own manner."""
    from micrograd.engine import Value

    def logistic(z: Any) -> Any:
        out = Value(1 / (1 + math.exp(-z.data)), (z,), "logistic")

        def back() -> None:
            z.grad += out.data * (1 - out.data) * out.grad

        out._backward = back  # noqa: SLF001 - so its own operations do it
        return out

    def fed(x: Sequence[Any], W: Any, b: Any) -> Sequence[Any]:
        for rows, v in zip(W, b, strict=True):
            x = [
                logistic(sum((w * a for w, a in zip(row, x, strict=True)), Value(0.0)) + bias)
                for row, bias in zip(rows, v, strict=True)
            ]
        return x

    def learn(steps: int) -> Any:
        matrices, vectors = net.matrices()
        W, b = (
            [[[Value(w) for w in row] for row in each] for each in matrices],
            [[Value(v) for v in each] for each in vectors],
        )
        every = [w for each in W for row in each for w in row] + [v for each in b for v in each]
        for step in range(steps):
            n = step % len(net.X)
            out = fed([Value(float(x)) for x in net.X[n]], W, b)
            error = sum(((a - float(t)) ** 2 for a, t in zip(out, net.Y[n], strict=True)), Value(0.0)) * 0.5
            for each in every:
                each.grad = 0
            error.backward()
            for each in every:
                each.data -= RATE * each.grad
        return [float(each.data) for each in every]

    return learn


PEERS: tuple[tuple[str, Callable[[Small], Learn], int, float | None], ...] = (  # steps timed, and what is to be reached
    ("straight-line C, gcc -O3", c, 2_000_000, 1.0),
    ("PyTorch eager", lambda net: pytorch(net, compiled=False), 2_000, 1000.0),
    ("PyTorch compiled", lambda net: pytorch(net, compiled=True), 2_000, None),
    ("JAX, jit and scan", jax, 200_000, None),
    ("micrograd", micrograd, 2_000, None),
)
ABSENT = (("FANN", "no package that installs by itself"), ("genann", "no package"))
OURS = 200_000


def row(_: Limits) -> Iterator[Figure]:
    """Compare both networks with every peer."""
    for name, net in NETWORKS.items():
        about, learn = ("tiny", f"{name}, one sample a step", "float64", 1), ours(net)
        expected = learn(CHECKED)
        for peer, make, steps, reach in PEERS:
            yield compared((*about, peer), (learn, expected), lambda make=make, net=net: make(net), steps, reach)  # type: ignore[misc]
        yield with_scikit(about, net)
        for absent, why in ABSENT:
            yield Figure(*about, absent, note=f"not there: {why}")


def with_scikit(about: tuple[str, str, str, int], net: Small) -> Figure:
    """Compare with scikit-learn, by its error and with whole targets."""
    whole = Small(net.sizes, net.theta, net.X, (net.Y > 0.5).astype(float))  # noqa: PLR2004 - 0 or 1
    learn = ours(whole, "binary_cross_entropy")
    return compared(
        (*about, "scikit-learn (cross-entropy)"), (learn, learn(CHECKED)), lambda: scikit(whole), 2_000, None
    )


def compared(
    about: tuple[str, str, str, int, str], own: tuple[Learn, Any], make: Callable[[], Learn], steps: int,
    reach: float | None,
) -> Figure:  # fmt: skip
    """Check that a peer learns the same; then time a step of each."""
    learn, expected = own
    try:
        peer = make()
        far = difference(peer(CHECKED), expected)
    except ImportError as missing:
        return Figure(*about, note=f"not there: {missing}")
    except Exception as failed:  # noqa: BLE001 - whatever keeps a peer from running is said, and the others run
        return Figure(*about, note=f"does not run: {type(failed).__name__}: {str(failed).splitlines()[0][:120]}")
    if not far <= TOLERANCE:
        return Figure(*about, note=f"not timed: its parameters differ by {far:.1e} of the largest")
    peer(steps)
    best = [math.inf, math.inf]
    for _ in range(TRIES):
        for k, (run, count) in enumerate(((learn, OURS), (peer, steps))):
            started = time.perf_counter()
            run(count)
            best[k] = min(best[k], (time.perf_counter() - started) / count)
    return Figure(*about, ours=best[0], theirs=best[1], reach=reach)
