"""Networks by name, each with samples to explain and to learn from: for the command line, chapters and tests.

>>> example("mazur").network
Network: 2 inputs, 4 neurons, 8 edges, 2 outputs
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from neuronwise.network.errors import NetworkError
from neuronwise.network.face import Network
from neuronwise.network.names import shown


class Example(NamedTuple):
    """A network with samples X and targets Y, what it is about, and how it learns."""

    about: str
    network: Network
    X: list[Any]
    Y: list[Any]
    error: str = "half_squared"
    learning_rate: float = 0.5

    @property
    def x(self) -> Any:  # noqa: ANN401 - numbers, or with delayed edges lists of numbers
        """The first sample."""
        return self.X[0]

    @property
    def y(self) -> Any:  # noqa: ANN401 - the same
        """The first sample's targets."""
        return self.Y[0]


def smallest() -> Example:
    """One neuron with one weight, as in chapter 1."""
    net = Network()
    net.add_input("x")
    net.add_neuron("a", {"x": 1.5}, output=True)
    net.freeze("a")
    return Example("the network of chapter 1: one neuron, one weight", net, [[0.5]], [[0.25]], "absolute", 0.25)


def mazur() -> Example:
    """Matt Mazur, "A Step by Step Backpropagation Example", 2015: its biases do not learn."""
    net = Network()
    net.add_input("i1")
    net.add_input("i2")
    net.add_neuron("h1", {"i1": 0.15, "i2": 0.20}, bias=0.35, activation="logistic")
    net.add_neuron("h2", {"i1": 0.25, "i2": 0.30}, bias=0.35, activation="logistic")
    net.add_neuron("o1", {"h1": 0.40, "h2": 0.45}, bias=0.60, activation="logistic", output=True)
    net.add_neuron("o2", {"h1": 0.50, "h2": 0.55}, bias=0.60, activation="logistic", output=True)
    net.freeze("h1", "h2", "o1", "o2")
    return Example("Matt Mazur's step-by-step example: 2-2-2, logistic", net, [[0.05, 0.10]], [[0.01, 0.99]])


def xor() -> Example:
    """Either, but not both: what no single neuron can tell."""
    net = Network()
    net.add_input("i1")
    net.add_input("i2")
    net.add_neuron("h1", {"i1": 0.9, "i2": 0.8}, bias=-0.2, activation="tanh")
    net.add_neuron("h2", {"i1": -0.6, "i2": 0.7}, bias=0.1, activation="tanh")
    net.add_neuron("h3", {"i1": 0.5, "i2": -0.4}, bias=0.3, activation="tanh")
    net.add_neuron("o", {"h1": 0.6, "h2": -0.5, "h3": 0.4}, activation="logistic", output=True)
    X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    return Example("either, but not both: 2-3-1, tanh and logistic", net, X, [[0.0], [1.0], [1.0], [0.0]])


def gated() -> Example:
    """A gate lets a signal through, or not: the product of two net inputs."""
    net = Network()
    net.add_input("x")
    net.add_input("c")
    net.add_neuron("signal", {"x": 1.5}, activation="tanh")
    net.add_neuron("gate", {"c": 2.0}, bias=-0.5, activation="logistic")
    net.add_product("p", {"signal": 1.0}, {"gate": 1.0})
    net.add_neuron("o", {"p": 0.8}, bias=0.1, output=True)
    X = [[0.5, 1.0], [0.5, 0.0], [-0.5, 1.0], [-0.5, 0.0]]
    return Example("a gate opens for a signal: a product neuron", net, X, [[0.5], [0.0], [-0.5], [0.0]])


def recurrent() -> Example:
    """A neuron that remembers: an edge brings its own activation of the step before."""
    net = Network()
    net.add_input("x")
    net.add_neuron("h", {"x": 0.8}, bias=0.1, activation="tanh")
    net.add_edge("h", "h", weight=0.5, delay=1)
    net.add_neuron("o", {"h": 1.2}, output=True)
    X = [[[1.0], [0.0], [0.0]], [[0.0], [0.0], [0.0]], [[0.0], [1.0], [0.0]]]
    Y = [[[0.8], [0.4], [0.2]], [[0.0], [0.0], [0.0]], [[0.0], [0.8], [0.4]]]
    return Example("a neuron that remembers: a delayed edge, three steps", net, X, Y, learning_rate=0.1)


EXAMPLES: dict[str, Callable[[], Example]] = {each.__name__: each for each in (smallest, mazur, xor, gated, recurrent)}


def example(name: str) -> Example:
    """Make the example of that name anew.

    Errors   NetworkError: no such example; there are …
    """
    if name not in EXAMPLES:
        message = f"expected the name of an example network, {', '.join(EXAMPLES)}; got {shown(name)}"
        raise NetworkError(message)
    return EXAMPLES[name]()


def network_named(name: str) -> Network:
    """The example network of that name, or else the one in the file of that path; "./xor" is always a file.

    >>> network_named("xor")
    Network: 2 inputs, 4 neurons, 9 edges, 1 output
    """
    if name in EXAMPLES:
        return example(name).network
    if not Path(name).exists():
        message = f"expected the path of a network's file, or an example, {', '.join(EXAMPLES)}; got {shown(name)}"
        raise NetworkError(message)
    return Network.load(name)
