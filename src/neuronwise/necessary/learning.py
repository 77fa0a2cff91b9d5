"""Learning: the four operations of chapter 1, for neurons in any shape, one sample at a time.

    x  input: name -> number       a  activation of each input and neuron       E  error
    t  target of each output       dE_dw  slope of E for each edge (source, target)       eta  learning rate

A neuron is an output if it has a target; it may feed other neurons as well.
Left out on purpose: several samples (chapter 6) and speed. Nothing is kept from one operation to the next but what
its formula needs.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from neuronwise.necessary.elementary import total
from neuronwise.necessary.error import absolute, absolute_slope
from neuronwise.necessary.graph import in_order
from neuronwise.necessary.neuron import Neuron, identity, identity_slope, net_input

Edge = tuple[str, str]  # source, target


def feed_forward(neurons: Sequence[Neuron], x: Mapping[str, float]) -> dict[str, float]:
    """The activation of every input and every neuron.

    Formula  a = f(z)                                                    (feed-forward)
    Shapes   x: a number for each input; a: a number for each input and each neuron
    Errors   CycleError: no order; KeyError: an edge from a name that is neither input nor neuron
    Source   chapter 1, "Feed forward"

    >>> feed_forward([Neuron("a", {"x": 1.5})], {"x": 0.5})
    {'x': 0.5, 'a': 0.75}
    """
    a = dict(x)
    for neuron in in_order(neurons):
        a[neuron.name] = identity(net_input(neuron.weights, a))
    return a


def error(t: Mapping[str, float], a: Mapping[str, float]) -> float:
    """How far the outputs lie from their targets, added up.

    Formula  E = Σ |t − a| over the outputs                              (error)
    Errors   KeyError: a target without an activation
    Source   chapter 1, "Error"

    >>> error({"a": 0.25}, {"x": 0.5, "a": 0.75})
    0.5
    """
    return total(absolute(t[o], a[o]) for o in t)


def backpropagate(neurons: Sequence[Neuron], t: Mapping[str, float], a: Mapping[str, float]) -> dict[Edge, float]:
    """The slope of the error for each edge's weight: from the error back, a factor for each stretch.

    Formula  dE/da of j   = slope of its own error, if j has a target, + Σ dE/dz of k · w of j→k over the edges j→k
             dE/dz of j   = dE/da of j · f'(z of j)                      (backpropagate)
             dE/dw of i→j = dE/dz of j · a of i
    Order    a sum begins with the neuron's own error; then come the edges j→k, the last k of the order first
    Shapes   a: from `feed_forward`; dE_dw: a number for each edge
    Errors   CycleError: no order; KeyError: a neuron or a source without an activation
    Source   chapter 1, "Two stretches multiply". Necessary: without the factor a, the error can climb.

    >>> backpropagate([Neuron("a", {"x": 1.5})], {"a": 0.25}, {"x": 0.5, "a": 0.75})
    {('x', 'a'): 0.5}
    """
    dE_dw: dict[Edge, float] = {}
    dE_da: defaultdict[str, list[float]] = defaultdict(list)  # the terms of each sum, as they arrive
    for o in t:
        dE_da[o].append(absolute_slope(t[o], a[o]))
    for neuron in reversed(in_order(neurons)):
        dE_dz = total(dE_da[neuron.name]) * identity_slope(net_input(neuron.weights, a))
        for i, w in neuron.weights.items():
            dE_dw[i, neuron.name] = dE_dz * a[i]
            dE_da[i].append(dE_dz * w)
    return dE_dw


def update(neurons: Sequence[Neuron], eta: float, dE_dw: Mapping[Edge, float]) -> list[Neuron]:
    """The neurons after one step of each weight against its slope.

    Formula  w ← w − η·dE/dw                                             (update)
    Shapes   dE_dw: a number for each edge
    Errors   KeyError: an edge without a slope
    Source   chapter 1, "Update"

    >>> update([Neuron("a", {"x": 1.5})], 0.25, {("x", "a"): 0.5})
    [Neuron(name='a', weights={'x': 1.375})]
    """
    return [
        Neuron(neuron.name, {i: w - eta * dE_dw[i, neuron.name] for i, w in neuron.weights.items()})
        for neuron in neurons
    ]


def train(
    neurons: Sequence[Neuron], x: Mapping[str, float], t: Mapping[str, float], eta: float, updates: int
) -> list[Neuron]:
    """The neurons after a number of updates on one sample.

    Source   chapter 1, "Until it has learned"

    >>> train([Neuron("a", {"x": 1.5})], {"x": 0.5}, {"a": 0.25}, eta=0.25, updates=8)
    [Neuron(name='a', weights={'x': 0.5})]
    """
    neurons = list(neurons)
    for _ in range(updates):
        a = feed_forward(neurons, x)
        neurons = update(neurons, eta, backpropagate(neurons, t, a))
    return neurons
