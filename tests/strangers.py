"""Networks that others made: fitted by scikit-learn, drawn by networkx, described edge by edge.

Each is built by the public face alone, as a stranger would.
"""

import warnings
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from within import precision

from neuronwise import Network
from neuronwise.checks.rounding import DOUBLE, sample
from neuronwise.conventions.rules import Adam, Cosine, Step
from neuronwise.necessary.graph import Graph

ACTIVATIONS = ("identity", "logistic", "tanh", "relu")  # of scikit-learn: the names are ours
KINDS = ("two classes", "several classes", "yes or no, several", "a number", "several numbers")
FIRST, LAST = 32, 8  # nodes of a graph that are inputs, and outputs
SEPARATE, LAYER = 0.25, 256  # the part of the digits that is kept for the test; neurons in the hidden layer


class Fitted(NamedTuple):
    """What scikit-learn fitted, and new samples."""

    theirs: Any
    X: Any  # (samples, inputs)

    @property
    def answer(self) -> Any:  # noqa: ANN401 - an array
        """(samples, outputs) what it says of them."""
        of = self.theirs.predict_proba if hasattr(self.theirs, "classes_") else self.theirs.predict
        return of(self.X).reshape(len(self.X), -1)


def fitted(kind: str, activation: str, hidden: tuple[int, ...] = (7, 4), seed: int = 0) -> Fitted:
    """Let scikit-learn fit something."""
    lot = np.random.default_rng(seed)
    X = lot.normal(size=(80, 3))  # noqa: N806 - samples
    sums = X @ lot.normal(size=(3, 3)) + np.sin(X)
    Y = {  # noqa: N806 - targets
        "two classes": sums[:, 0] > 0,
        "several classes": sums.argmax(axis=1),
        "yes or no, several": (sums > 0).astype(int),
        "a number": sums[:, 0],
        "several numbers": sums,
    }[kind]
    make = MLPRegressor if "number" in kind else MLPClassifier
    theirs = make(
        hidden_layer_sizes=hidden, activation=activation, learning_rate_init=0.01, max_iter=40, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # whether it has learned all is not asked
        theirs.fit(X, Y)
    return Fitted(theirs, lot.normal(size=(50, 3)) * 2)


def copied(theirs: Any) -> Network:  # noqa: ANN401 - what scikit-learn fitted
    """Make the same network, neuron by neuron: README shows it."""
    net = Network()
    layer = [f"x{n}" for n in range(theirs.n_features_in_)]
    for name in layer:
        net.add_input(name)
    for depth, (weights, biases) in enumerate(zip(theirs.coefs_, theirs.intercepts_, strict=True), start=1):
        last = depth == len(theirs.coefs_)
        kind, before = theirs.out_activation_ if last else theirs.activation, layer
        layer = [f"{'y' if last else f'h{depth}_'}{n}" for n in range(len(biases))]
        for name, column, bias in zip(layer, weights.T, biases, strict=True):
            net.add_neuron(name, dict(zip(before, column, strict=True)), bias, kind, output=last)
    return net


def as_theirs(theirs: Any, outputs: Any) -> Any:  # noqa: ANN401 - arrays
    """Outputs as scikit-learn tells them: of two classes it tells both chances."""
    two = hasattr(theirs, "classes_") and theirs.out_activation_ == "logistic" and outputs.shape[1] == 1
    return np.hstack([1 - outputs, outputs]) if two else outputs


def part_used(one: Fitted, engine: str) -> float:
    """How much of the bound lies between what both say, for the sample where it is most; 1 is all of it.

    The bound is computed for this network and each sample: how far sums in any order, with exp and tanh off by some
    units in the last place, may end from the reference, for both sides.
    """
    net = copied(one.theirs)
    apart = abs(as_theirs(one.theirs, net.predict(one.X, engine=engine)) - one.answer)
    graph = Graph(net.neurons())
    most = []
    for x in one.X.tolist():
        given = dict(zip(net.inputs, x, strict=True)), dict.fromkeys(net.outputs, 0.0)
        a, b = (
            sample(graph, "squared", (net.w, net.b), given, how).a for how in (precision("numpy", "float64"), DOUBLE)
        )
        most.append([a[o].off + b[o].off for o in net.outputs])
    used = apart / as_wide(np.array(most), apart)
    return float(np.max(used)) if np.isfinite(used).all() else np.inf


def as_wide(bound: Any, apart: Any) -> Any:  # noqa: ANN401 - arrays
    """The bound for both classes, where one output tells of two: 1 − p is rounded once more."""
    return bound if bound.shape == apart.shape else np.hstack([bound + DOUBLE.unit, bound])


# ----------------------------------------------------------------------------------------------- networkx
def small_world(edges: int, seed: int = 1) -> Any:  # noqa: ANN401 - a graph of networkx
    """The small world of Watts and Strogatz, each edge to the higher number: some 9 levels in 10 nodes."""
    return directed(nx.watts_strogatz_graph(edges // 10, 20, 0.1, seed=seed))


def scale_free(edges: int, seed: int = 1) -> Any:  # noqa: ANN401 - a graph of networkx
    """The graph of Barabási and Albert, in which few nodes have most of the edges."""
    return directed(nx.barabasi_albert_graph(edges // 10 + 10, 10, seed=seed))


GRAPHS = {"a small world": small_world, "a scale-free graph": scale_free}


def directed(graph: Any) -> Any:  # noqa: ANN401 - graphs of networkx
    """The first nodes are inputs, the last ones outputs, and each edge leads to the later node."""
    found = nx.DiGraph()
    found.add_nodes_from(graph)
    found.add_edges_from((min(edge), max(edge)) for edge in graph.edges if max(edge) >= FIRST)
    for n in range(FIRST):
        found.nodes[n]["input"] = True
    for n in range(len(graph) - LAST, len(graph)):
        found.nodes[n]["output"] = True
    return found


def waves(samples: int = 64, seed: int = 0) -> tuple[Any, Any]:
    """What such a graph may learn: the sine of some of its inputs."""
    X = np.random.default_rng(seed).normal(size=(samples, FIRST))  # noqa: N806 - samples
    return X, np.sin(X[:, :LAST])


# ------------------------------------------------------------------------------------------------- digits
def digits(seed: int) -> tuple[Any, ...]:
    """Scikit-learn's digits: (samples, 64) greys and which digit each is, to learn from and to test."""
    X, y = load_digits(return_X_y=True)  # noqa: N806 - samples
    learned, tested, ours, theirs = train_test_split(X / 16, y, test_size=SEPARATE, random_state=seed, stratify=y)
    return learned, ours, tested, theirs


def classifier(seed: int, dtype: str = "float64") -> Network:
    """All edges between 64 greys, a hidden layer and 10 digits, one after the other."""
    hidden, last = range(64, 64 + LAYER), range(64 + LAYER, 74 + LAYER)
    edges = [*((i, j) for j in hidden for i in range(64)), *((i, j) for j in last for i in hidden)]
    sources, targets = zip(*edges, strict=True)
    kinds = dict.fromkeys(hidden, "relu") | dict.fromkeys(last, "softmax")
    return Network.from_edges(
        sources, targets, inputs=range(64), outputs=last, activation=kinds, seed=seed, dtype=dtype
    )


def accuracy(seed: int, epochs: int = 40, dtype: str = "float64") -> float:
    """Learn the digits; returns the part of the test's that are told right."""
    X, y, tested, theirs = digits(seed)  # noqa: N806 - samples
    net = classifier(seed, dtype)
    net.fit(
        X, np.eye(10)[y], "cross_entropy", learning_rate=0.004, epochs=epochs, batch_size=32, shuffle=True, seed=seed,
        step=Step(Adam(), schedule=Cosine(epochs)),
    )  # fmt: skip
    return float((net.predict(tested).argmax(axis=1) == theirs).mean())
