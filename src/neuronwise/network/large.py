"""Large networks made in one go: what `making` does with names and dictionaries, done with arrays.

The same arguments give the same network, to the last bit of each weight: NumPy's Mersenne Twister is put into the state
of `random.Random(seed)`, and draws what that would draw.
"""

import random
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from neuronwise.native import njit
from neuronwise.network.columns import Columns, Names, check_no_cycle
from neuronwise.network.data import Array
from neuronwise.network.errors import NetworkError
from neuronwise.network.making import HALVING, layer_names, refuse_no_names
from neuronwise.network.names import checked_count, checked_name, checked_number, listed, shown, unknown
from neuronwise.network.parts import SOFTMAX, check_activation
from neuronwise.wiring import KINDS, Whole, Wiring, whole

ENDS = ("input", "output")


def uniform(low: Array, seed: int) -> Array:
    """Return for each number r one from −r to r, as `random.Random(seed).uniform(-r, r)` draws them in order.

    >>> uniform(np.array([1.0]), 0).tolist() == [random.Random(0).uniform(-1.0, 1.0)]
    True
    """
    state: Any = random.Random(seed).getstate()[1]  # noqa: S311 - the same seed gives the same bits
    twister = np.random.RandomState(0)
    twister.set_state(("MT19937", np.array(state[:-1], np.uint32), state[-1], 0, 0.0))
    return -low + (low - -low) * twister.random_sample(len(low))


def drawn(target: Whole, source: Whole, halving: Any, seed: int) -> Array:  # noqa: ANN401 - an array of truth values
    """Return a weight for each edge, as the head of `making` says; `halving`: (neurons) whose activation halves."""
    arriving, leaving = np.bincount(target)[target], np.bincount(source)[source]
    m, n = arriving.astype(float), leaving.astype(float)
    return uniform(np.sqrt(np.where(halving[target], 6 / m, 6 / (m + n))), checked_count(seed, "seed"))


def layered(
    sizes: Sequence[int],
    activations: tuple[str, str],
    ends: tuple[Iterable[str] | None, Iterable[str] | None],
    seed: int,
) -> Columns:
    """Neurons in layers, each fed by all of the layer before."""
    letters, layers = layer_names(sizes, ends)
    first = np.concatenate(([0], np.cumsum([len(layer) for layer in layers])))
    fans = np.concatenate([np.full(b, a) for a, b in pairwise(sizes)])
    source = np.concatenate(
        [np.tile(np.arange(i, i + a), b) for i, (a, b) in zip(first, pairwise(sizes), strict=False)]
    )
    hidden = sum(sizes[1:-1])
    kind = np.array([KINDS.index(activations[0])] * hidden + [KINDS.index(activations[1])] * sizes[-1], np.int32)
    layer = np.repeat(np.arange(len(sizes) - 1), sizes[1:])
    soft = kind == KINDS.index(SOFTMAX)
    names = Names(layers[0], [checked_name(name) for each in layers[1:] for name in each], letters[1:])
    target = np.repeat(whole(range(len(fans))), fans)
    weights = drawn(target, source, np.isin(kind, [KINDS.index(each) for each in HALVING]), seed)
    wiring = Wiring(
        sizes[0], kind, np.where(soft, layer, -1).astype(np.int32), np.concatenate(([0], np.cumsum(fans))),
        source, whole([]), whole([]), whole([]),
        (np.arange(sizes[-1]) + hidden).astype(np.int32), len(source), len(fans),
    )  # fmt: skip
    return Columns(names, wiring, np.concatenate((weights, np.zeros(len(fans)))))


def from_edges(
    edges: tuple[object, object, object],
    inputs: Iterable[Hashable] | None,
    outputs: Iterable[Hashable] | None,
    weights: object,
    activation: str | Mapping[Hashable, str],
    seed: int,
) -> Columns:
    """A network of any shape; `edges`: sources, targets, delays."""
    source, target = (_array(side, what) for side, what in zip(edges, ("sources", "targets"), strict=False))
    if len(source) != len(target):
        message = f"expected a target for each source; got {len(source)} sources and {len(target)} targets"
        raise NetworkError(message)
    delay = _delays(edges[2], len(source))
    nodes, ends = _met(source, target)
    i, j = ends[0::2], ends[1::2]
    number = {str(node): n for n, node in enumerate(nodes.tolist())}
    arrives, leaves = (np.bincount(side, minlength=len(nodes)) > 0 for side in (j, i))
    first = _chosen(inputs, number, ~arrives, new=True)
    is_input = np.zeros(len(number), np.bool_)
    is_input[first] = True
    last = _chosen(outputs, number, ~np.append(leaves, np.zeros(len(number) - len(nodes), np.bool_)), new=False)
    _refuse_inputs(is_input, list(number), i, j)
    return _assembled((i, j, delay), list(number), (first, last, is_input), (weights, activation, seed))


def from_networkx(graph: Any, activation: str, seed: int) -> Columns:  # noqa: ANN401 - networkx is not needed to read one
    """A network of the nodes and edges of a directed graph; what nodes and edges say is as in `making`."""
    nodes = {node: about for node, about in graph.nodes(data=True)}  # noqa: C416 - networkx gives pairs
    number = {str(node): n for n, node in enumerate(nodes)}
    if len(number) < len(nodes):
        message = f"expected nodes whose names differ as text; got {listed(map(repr, nodes))}"
        raise NetworkError(message)
    place = dict(zip(nodes, range(len(nodes)), strict=True))
    edges = [(place[i], place[j], about) for i, j, about in graph.edges(data=True)]
    i, j = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    delay = _delays([about.get("delay", 0) for *_, about in edges], len(edges))
    abouts, names = list(nodes.values()), list(number)
    flagged = {end: np.array([n for n, each in enumerate(abouts) if each.get(end)], np.int64) for end in ENDS}
    arrives, leaves = (np.bincount(side, minlength=len(nodes)) > 0 for side in (j, i))
    first = flagged["input"] if len(flagged["input"]) else np.flatnonzero(~arrives)
    is_input = np.zeros(len(nodes), np.bool_)
    is_input[first] = True
    last = flagged["output"] if len(flagged["output"]) else np.flatnonzero(~leaves & ~is_input)
    _refuse_inputs(is_input, names, i, j)
    activations = {names[n]: each.get("activation", activation) for n, each in enumerate(abouts) if not is_input[n]}
    held = _assembled((i, j, delay), names, (first, last, is_input), (None, activations, seed))
    groups = [str(abouts[number[name]].get("group", SOFTMAX)) for name in held.names.neurons]
    return _told(held, groups, abouts, (number, [about.get("weight") for *_, about in edges], j))


def _told(held: Columns, groups: list[str], abouts: list[Any], given: tuple[dict[str, int], list[Any], Any]) -> Columns:
    """Give a network what the nodes and edges of its graph say: softmaxes, biases, weights."""
    (number, weights, targets), wiring = given, held.wiring
    soft = wiring.kind == KINDS.index(SOFTMAX)
    named = {name: n for n, name in enumerate(dict.fromkeys(g for g, s in zip(groups, soft, strict=True) if s))}
    group = whole([named[g] if s else -1 for g, s in zip(groups, soft, strict=True)])
    place = {number[name]: j for j, name in enumerate(held.names.neurons)}
    order = np.argsort([place[j] for j in targets.tolist()], kind="stable")
    for e, n in enumerate(order):
        if weights[n] is not None:
            held.theta[e] = checked_number(weights[n], "the weight of an edge")
    for j, name in enumerate(held.names.neurons):
        bias = abouts[number[name]].get("bias", 0.0)
        held.theta[wiring.weights + j] = checked_number(bias, f"the bias of {name}")
    names = replace(held.names, groups=list(named))
    wiring = replace(wiring, group=group)
    check_no_cycle(replace(held, names=names), wiring)
    return Columns(names, wiring, held.theta)


def _refuse_inputs(is_input: Any, names: Sequence[str], i: Any, j: Any) -> None:  # noqa: ANN401 - arrays
    """Refuse an edge that leads to an input."""
    if is_input[j].any():
        e = int(np.flatnonzero(is_input[j])[0])
        edge = f"{names[i[e]]} -> {names[j[e]]}"
        message = f"expected edges that lead to neurons; got {edge}, and {names[j[e]]} is an input"
        raise NetworkError(message)


def _assembled(
    edges: tuple[Any, Any, Any], names: list[str], ends: tuple[Any, Any, Any], numbers: tuple[object, Any, int]
) -> Columns:
    (i, j, delay), (first, last, is_input), (given, activation, seed) = edges, ends, numbers
    place = np.empty(len(names), np.int64)
    neurons = np.flatnonzero(~is_input)
    place[first], place[neurons] = np.arange(len(first)), len(first) + np.arange(len(neurons))
    if is_input[last].any():
        raise unknown(names[int(last[is_input[last]][0])], "a neuron", [names[n] for n in neurons[:1000]])
    of = [names[n] for n in neurons]
    kind = _kinds(activation, of)
    source, target = place[i].astype(np.int32), (place[j] - len(first)).astype(np.int32)
    halving = np.isin(kind, [KINDS.index(each) for each in HALVING])
    weights = drawn(target, source, halving, seed) if given is None else _given(given, (names, i, j))
    order = np.argsort(target, kind="stable")
    soft = kind == KINDS.index(SOFTMAX)
    wiring = Wiring(
        len(first), kind, np.where(soft, 0, -1).astype(np.int32),
        np.concatenate(([0], np.cumsum(np.bincount(target, minlength=len(neurons))))), source[order],
        delay[order] if len(delay) else delay, whole([]), whole([]),
        (place[last] - len(first)).astype(np.int32), len(source), len(neurons),
    )  # fmt: skip
    checked = [checked_name(name) for name in (*(names[n] for n in first), *of)]
    _refuse_twice(wiring, checked)
    held = Columns(
        Names(checked[: len(first)], checked[len(first) :], [SOFTMAX] if soft.any() else []),
        wiring, np.concatenate((weights[order], np.zeros(len(neurons)))),
    )  # fmt: skip
    check_no_cycle(held, wiring)
    return held


def _array(given: object, what: str) -> Any:  # noqa: ANN401 - an array of numbers or texts
    try:
        nodes = given.ravel() if isinstance(given, np.ndarray) else np.array(list(given))  # type: ignore[call-overload]
    except (TypeError, ValueError):
        message = f"expected {what} as a list or an array of names or numbers; got {shown(given)}"
        raise NetworkError(message) from None
    if nodes.dtype.kind not in "biuU":
        refuse_no_names(nodes.tolist(), what)
    return nodes


def _delays(given: object, edges: int) -> Whole:
    if not isinstance(given, Sequence | np.ndarray):
        late = checked_count(given, "a delay")
        return whole([late] * edges if late else [])
    delays = np.asarray(given)
    if delays.dtype.kind not in "iu" or delays.shape != (edges,) or (delays < 0).any():
        message = f"expected a delay, 0 or more, for each of {edges} edges; got {shown(given)}"
        raise NetworkError(message)
    return delays.astype(np.int32) if delays.any() else whole([])


def _met(source: Any, target: Any) -> tuple[Any, Any]:  # noqa: ANN401 - arrays
    """Return the nodes in the order in which they are met, and for each end of an edge its node's place there."""
    both = np.empty(2 * len(source), np.result_type(source, target))
    both[0::2], both[1::2] = source, target
    if both.dtype.kind in "iu" and len(both) and int(both.max()) - int(both.min()) < 4 * len(both):
        met, ends = _met_numbers(both.astype(np.int64), int(both.min()), int(both.max()))
        return met, ends
    nodes, first, inverse = np.unique(both, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return nodes[order], rank[inverse]


@njit()
def _met_numbers(both: Any, low: int, high: int) -> Any:  # noqa: ANN401 - arrays
    """The same for whole numbers that lie close together: each has a place of its own."""
    place = np.full(high - low + 1, -1, np.int64)
    met, ends = np.empty(min(len(both), len(place)), np.int64), np.empty(len(both), np.int32)
    count = 0
    for n in range(len(both)):
        at = both[n] - low
        if place[at] < 0:
            place[at] = count
            met[count] = both[n]
            count += 1
        ends[n] = place[at]
    return met[:count].copy(), ends


def _chosen(given: Iterable[Hashable] | None, number: dict[str, int], free: Any, *, new: bool) -> Any:  # noqa: ANN401
    """Return inputs or outputs: those named, or else the free ones; a `new` name is one that no edge has."""
    if given is None:
        return np.flatnonzero(free)
    names = [str(name) for name in (given.tolist() if isinstance(given, np.ndarray) else given)]
    for name in names:
        if name not in number:
            if not new:
                raise unknown(name, "an end of an edge", list(number)[:1000])
            number[name] = len(number)
    return np.array([number[name] for name in names], np.int64)


def _kinds(given: str | Mapping[Hashable, str], neurons: Sequence[str]) -> Whole:
    if not isinstance(given, Mapping):
        check_activation(given)
        return np.full(len(neurons), KINDS.index(given), np.int32)
    named = {str(j): each for j, each in given.items()}
    missing = next((j for j in neurons if j not in named), None)
    if missing is not None:
        message = f"expected an activation for each neuron; got none for {shown(missing)}"
        raise NetworkError(message)
    for each in set(named.values()):
        check_activation(each)
    return whole([KINDS.index(named[j]) for j in neurons])


def _given(weights: object, edges: tuple[list[str], Any, Any]) -> Array:
    (names, i, j), numbers = edges, np.asarray(weights)
    if numbers.shape != (len(i),):
        got = f"{len(numbers)}" if numbers.ndim == 1 else shown(weights)
        message = f"expected a weight for each of {len(i)} edges; got {got}"
        raise NetworkError(message)
    sound = np.isfinite(numbers) if numbers.dtype.kind in "iuf" else np.zeros(len(i), np.bool_)
    for e in np.flatnonzero(~sound).tolist():  # the first is told; objects may be numbers, too
        checked_number(numbers.item(e), f"the weight of {names[i[e]]} -> {names[j[e]]}")
    return numbers.astype(np.float64)


def _refuse_twice(wiring: Wiring, names: Sequence[str]) -> None:
    e = int(_first_twice(wiring.start, wiring.source, wiring.delay, wiring.inputs + wiring.neurons))
    if e >= 0:
        k = int(np.searchsorted(wiring.start, e, side="right")) - 1
        edge = f"{names[wiring.source[e]]} -> {names[wiring.inputs + k]}"
        message = f"expected each edge once; got {edge} again. Where both are meant, one weight is their sum"
        raise NetworkError(message)


@njit()
def _first_twice(start: Any, source: Any, delay: Any, nodes: int) -> int:  # noqa: ANN401 - arrays
    """The first edge that stands there twice, or −1: each source remembers where it was last seen."""
    seen = np.full(nodes, -1, np.int64)
    for k in range(len(start) - 1):
        for e in range(start[k], start[k + 1]):
            i = source[e]
            if seen[i] >= start[k]:
                for before in range(start[k], e):
                    if source[before] == i and (not len(delay) or delay[before] == delay[e]):
                        return e
            seen[i] = e
    return -1
