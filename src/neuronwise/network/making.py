"""Networks made in one go: in layers, from a list of edges, from a networkx graph.

Weights that are not given are drawn evenly from −r to r by `random.Random(seed)`, one edge after the other:
    r = √(6/(m + n))  for activations whose slope at 0 is the same on both sides   Glorot, Bengio 2010, equation 16
    r = √(6/m)        for relu and its kin, which let half of what arrives pass    He, Zhang, Ren, Sun 2015, section 2.2
m is the number of edges that arrive at the target, n the number of those that leave the source. Biases begin at 0.
"""

import math
import random
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from neuronwise.necessary.graph import Edge, NetInput, Neuron
from neuronwise.network.building import assembled
from neuronwise.network.errors import NetworkError
from neuronwise.network.names import checked_count, checked_number, listed, shown, unknown
from neuronwise.network.parts import SOFTMAX, Parts, check_activation
from neuronwise.network.places import Place

HALVING = {"relu", "leaky_relu", "elu", "softplus", "gelu"}  # of what arrives, about half passes
LEAST_LAYERS = 2


def drawn(places: Sequence[Place], activations: Mapping[str, str], seed: int) -> dict[Place, float]:
    """A weight for each edge, as the head of this file says.

    >>> drawn([Place("x", "h")], {"h": "tanh"}, seed=0)
    {Place(source='x', net_input='h', delay=0): 1.193112292156655}
    """
    lot = random.Random(checked_count(seed, "seed"))  # noqa: S311 - the same seed gives the same bits; nothing is secret
    arriving = Counter(place.net_input for place in places)
    leaving = Counter(place.source for place in places)
    weights: dict[Place, float] = {}
    for place in places:
        m, n = arriving[place.net_input], leaving[place.source]
        r = math.sqrt(6 / m if activations[place.net_input] in HALVING else 6 / (m + n))
        weights[place] = lot.uniform(-r, r)
    return weights


def layer_sizes(sizes: Iterable[int], activations: tuple[str, str]) -> list[int]:
    """Return how many neurons each layer has, inputs first.

    Errors   NetworkError: fewer than two layers, a size that is none, an unknown activation
    """
    counts = [checked_count(size, "the size of a layer", 1) for size in sizes]
    if len(counts) < LEAST_LAYERS:
        message = f"expected the sizes of two or more layers, inputs first, for example [2, 3, 1]; got {shown(counts)}"
        raise NetworkError(message)
    for activation in activations:
        check_activation(activation)
    return counts


def layer_names(
    counts: Sequence[int], ends: tuple[Iterable[str] | None, Iterable[str] | None]
) -> tuple[list[str], list[list[str]]]:
    """Return what the layers are called, and the names in each: i1 …, h1 … or h1_1 …, o1 …, or those given.

    >>> layer_names([1, 2, 1], (["x"], None))
    (['i', 'h', 'o'], [['x'], ['h1', 'h2'], ['o1']])
    """
    hidden = len(counts) - LEAST_LAYERS
    letters = ["i", *(f"h{n}_" if hidden > 1 else "h" for n in range(1, hidden + 1)), "o"]
    layers = [[f"{letter}{n}" for n in range(1, size + 1)] for letter, size in zip(letters, counts, strict=True)]
    for place, names in zip((0, -1), ends, strict=True):
        layers[place] = layers[place] if names is None else _as_many(names, counts[place])
    return letters, layers


def layered(
    sizes: Sequence[int],
    activations: tuple[str, str],
    ends: tuple[Iterable[str] | None, Iterable[str] | None],
    seed: int,
) -> Parts:
    """Neurons in layers, each fed by all of the layer before; of hidden neurons and of outputs `activations`.

    `ends`: the names of inputs and of outputs, or else i1 … and o1 …; hidden ones are h1 …, in several layers h1_1 ….
    """
    letters, layers = layer_names(sizes, ends)
    places = [Place(i, j) for before, layer in pairwise(layers) for j in layer for i in before]
    kinds = {j: activations[0] for layer in layers[1:-1] for j in layer} | dict.fromkeys(layers[-1], activations[1])
    groups = {j: letter for letter, layer in zip(letters, layers, strict=True) for j in layer}
    neurons = described(places, kinds, groups)
    return numbered(neurons, drawn(places, kinds, seed), {}, (layers[0], layers[-1]))


def _as_many(given: Iterable[str], count: int) -> list[str]:
    names = [given] if isinstance(given, str) else list(given)
    if len(names) != count:
        message = f"expected {count} names for a layer of {count}; got {listed(map(str, names))}"
        raise NetworkError(message)
    return names


def described(places: Sequence[Place], activations: Mapping[str, str], groups: Mapping[str, str]) -> list[Neuron]:
    """The neurons that have these edges, each edge with a weight of its own."""
    arriving: dict[str, list[Edge]] = {j: [] for j in activations}
    for place in places:
        arriving[place.net_input].append(Edge(place.source, place.weight, place.delay))
    return [
        Neuron(j, (NetInput(j, tuple(arriving[j]), j),), activation, groups[j] if activation == SOFTMAX else "")
        for j, activation in activations.items()
    ]


def numbered(
    neurons: Sequence[Neuron],
    weights: Mapping[Place, float],
    biases: Mapping[str, float],
    ends: tuple[Iterable[str], Iterable[str]],
) -> Parts:
    """The parts of a network with these numbers; `ends`: inputs and outputs. A bias that is not given is 0."""
    w = {place.weight: weight for place, weight in weights.items()}
    b = {j.name: biases.get(j.name, 0.0) for j in neurons}
    return assembled(neurons, w, b, *ends)


def from_edges(
    edges: tuple[object, object, object],
    inputs: Iterable[Hashable] | None,
    outputs: Iterable[Hashable] | None,
    weights: object,
    activation: str | Mapping[Hashable, str],
    seed: int,
) -> Parts:
    """A network of any shape; `edges`: sources, targets, delays."""
    sources, targets = (_names(side, what) for side, what in zip(edges, ("sources", "targets"), strict=False))
    delays = _counted(edges[2], len(sources))
    if len(sources) != len(targets):
        message = f"expected a target for each source; got {len(sources)} sources and {len(targets)} targets"
        raise NetworkError(message)
    places = [Place(i, j, d) for i, j, d in zip(sources, targets, delays, strict=True)]
    _refuse_twice(places)
    nodes = list(dict.fromkeys(name for place in places for name in place[:2]))
    first = _chosen(inputs, "inputs", nodes, set(targets))
    last = _chosen(outputs, "outputs", nodes, set(sources))
    activations = _activations(activation, [name for name in nodes if name not in set(first)])
    wrong = next((place for place in places if place.net_input not in activations), None)
    if wrong:
        message = f"expected edges that lead to neurons; got {wrong}, and {wrong.net_input} is an input"
        raise NetworkError(message)
    numbers = drawn(places, activations, seed) if weights is None else _given(weights, places)
    neurons = described(places, activations, dict.fromkeys(activations, SOFTMAX))
    return numbered(neurons, numbers, {}, (first, last))


def check_graph(graph: Any) -> None:  # noqa: ANN401 - networkx is not needed to read one
    """Refuse what is no directed graph of networkx."""
    if not all(hasattr(graph, name) for name in ("nodes", "edges", "is_directed")) or not graph.is_directed():
        message = f"expected a directed graph of networkx, nx.DiGraph or nx.MultiDiGraph; got {shown(graph)}"
        raise NetworkError(message)


def from_networkx(graph: Any, activation: str, seed: int) -> Parts:  # noqa: ANN401 - networkx is not needed to read one
    """A network of the nodes and edges of a directed graph."""
    nodes = {node: dict(about) for node, about in graph.nodes(data=True)}
    edges = [(i, j, dict(about)) for i, j, about in graph.edges(data=True)]
    names = dict(zip(nodes, _names(list(nodes), "nodes"), strict=True))
    places = [Place(names[i], names[j], _delay(about.get("delay", 0))) for i, j, about in edges]
    _refuse_twice(places)
    fed, feeding = {p.net_input for p in places}, {p.source for p in places}
    flagged = {end: [names[n] for n, about in nodes.items() if about.get(end)] for end in ("input", "output")}
    first = flagged["input"] or [name for name in names.values() if name not in fed]
    last = flagged["output"] or [name for name in names.values() if name not in feeding and name not in first]
    activations = {
        names[n]: about.get("activation", activation) for n, about in nodes.items() if names[n] not in set(first)
    }
    wrong = next((place for place in places if place.net_input not in activations), None)
    if wrong:
        message = f"expected edges that lead to neurons; got {wrong}, and {wrong.net_input} is an input"
        raise NetworkError(message)
    for each in activations.values():
        check_activation(each)
    weights = drawn(places, activations, seed)
    given = {p: about["weight"] for p, (_, _, about) in zip(places, edges, strict=True) if "weight" in about}
    groups = {names[n]: about.get("group", SOFTMAX) for n, about in nodes.items()}
    biases = {names[n]: about.get("bias", 0.0) for n, about in nodes.items()}
    return numbered(described(places, activations, groups), weights | given, biases, (first, last))


def _names(given: object, what: str) -> list[str]:
    """Names of nodes: texts as they are, numbers as they are written; no two nodes become one."""
    try:
        nodes = np.asarray(given).ravel().tolist() if isinstance(given, np.ndarray) else list(given)  # type: ignore[call-overload]
    except TypeError:
        message = f"expected {what} as a list or an array of names or numbers; got {shown(given)}"
        raise NetworkError(message) from None
    refuse_no_names(nodes, what)
    names = [str(node) for node in nodes]
    if len(set(names)) < len(set(nodes)):
        message = f"expected {what} whose names differ as text; got {listed(map(repr, nodes))}"
        raise NetworkError(message)
    return names


def refuse_no_names(nodes: Sequence[object], what: str) -> None:
    """Refuse what stands where a name is missing.

    Errors   NetworkError: None, or a number that is none, as tables have it in empty places; with its place
    """
    for n, node in enumerate(nodes):
        if node is None or node != node:  # noqa: PLR0124 - no number is not itself
            message = f"expected names or numbers in {what}; got {node} at place {n}"
            raise NetworkError(message)


def _delay(value: object) -> int:
    return checked_count(value, "a delay")


def _counted(given: object, edges: int) -> list[int]:
    """A delay for each edge."""
    if isinstance(given, Sequence | np.ndarray):
        delays = [_delay(each) for each in given]
        if len(delays) != edges:
            message = f"expected a delay for each of {edges} edges; got {len(delays)}"
            raise NetworkError(message)
        return delays
    return [_delay(given)] * edges


def _given(weights: object, places: Sequence[Place]) -> dict[Place, float]:
    numbers = list(weights) if isinstance(weights, Sequence | np.ndarray) and not isinstance(weights, str) else None
    if numbers is None or len(numbers) != len(places):
        got = shown(weights) if numbers is None else f"{len(numbers)}"
        message = f"expected a weight for each of {len(places)} edges; got {got}"
        raise NetworkError(message)
    return {p: checked_number(w, f"the weight of {p}") for p, w in zip(places, numbers, strict=True)}


def _refuse_twice(places: Sequence[Place]) -> None:
    twice = next((place for place, times in Counter(places).items() if times > 1), None)
    if twice:
        message = f"expected each edge once; got {twice} again. Where both are meant, one weight is their sum"
        raise NetworkError(message)


def _chosen(given: Iterable[Hashable] | None, what: str, nodes: Sequence[str], joined: set[str]) -> list[str]:
    """Inputs or outputs: those named, or else the nodes at which no edge arrives, or from which none leaves."""
    if given is None:
        return [name for name in nodes if name not in joined]
    names = _names(given, what)
    for name in names:
        if name not in nodes and what == "outputs":
            raise unknown(name, "an end of an edge", nodes)
    return names


def _activations(given: str | Mapping[Hashable, str], neurons: Sequence[str]) -> dict[str, str]:
    named = {str(j): each for j, each in given.items()} if isinstance(given, Mapping) else dict.fromkeys(neurons, given)
    for j in neurons:
        if j not in named:
            message = f"expected an activation for each neuron; got none for {shown(j)}"
            raise NetworkError(message)
        check_activation(named[j])
    return {j: named[j] for j in neurons}
