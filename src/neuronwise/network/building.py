"""Changing the parts of a network: each change is checked as a whole, then made."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TypeVar

from neuronwise.necessary.graph import CycleError, Neuron, in_order
from neuronwise.network.errors import NetworkError
from neuronwise.network.names import checked_count, checked_number, in_a_cycle, shown, unknown
from neuronwise.network.parts import PRODUCT, Kind, Parts, check_activation, own_group, own_net_inputs
from neuronwise.network.places import Place

Weighted = Mapping[str, float]  # source -> weight
User = TypeVar("User", bound=Hashable)  # what has a number: an edge, or a net input


def add_input(parts: Parts, name: str) -> None:
    """Add an input."""
    parts.check_free(name)
    parts.inputs[name] = None
    parts.version += 1


def add_neuron(
    parts: Parts, name: str, kind: Kind, weighted: Sequence[Weighted], biases: Sequence[float], *, output: bool
) -> None:
    """Add a neuron, with the edges that arrive at each of its net inputs without delay."""
    for new in dict.fromkeys((name, *kind.net_inputs)):
        parts.check_free(new)
    edges: dict[Place, float] = {}
    for k, weights in zip(kind.net_inputs, weighted, strict=True):
        edges |= _edges(parts, name, k, weights)
    numbers = [checked_number(b, f"the bias of {k}") for k, b in zip(kind.net_inputs, biases, strict=True)]
    _check_no_cycle(parts, name, kind.group, [place.source for place in edges])
    parts.put_neuron(name, kind, numbers)
    for place, weight in edges.items():
        parts.put_edge(place, weight)
    if output:
        parts.outputs[name] = None


def add_edge(parts: Parts, source: str, target: str, weight: float, delay: int) -> None:
    """Add an edge between what is there."""
    parts.check_source(source)
    k = parts.net_input(target)
    place = Place(source, k, checked_count(delay, f"the delay of {source} -> {k}"))
    number = checked_number(weight, f"the weight of {place}")
    _check_new(parts, place)
    if not place.delay:
        home = parts.home[k]
        _check_no_cycle(parts, home, parts.kinds[home].group, [source])
    parts.put_edge(place, number)


def remove_edge(parts: Parts, edge: object) -> None:
    """Take out an edge; a weight that others share stays with them."""
    _take_out(parts, parts.find(edge))
    parts.version += 1


def remove_neuron(parts: Parts, name: str) -> None:
    """Take out a neuron and all edges that lead to it or away from it."""
    if name not in parts.kinds:
        raise unknown(name, "a neuron", parts.kinds)
    gone = parts.kinds[name].net_inputs
    for place in [place for place in parts.edges if place.source == name or place.net_input in gone]:
        _take_out(parts, place)
    for k in gone:
        bias = parts.bias_of.pop(k)
        _release(parts.bias_of, bias, k, str, parts.b, parts.frozen)
        del parts.home[k]
    del parts.kinds[name]
    parts.outputs.pop(name, None)
    parts.version += 1


def share(parts: Parts, items: Iterable[object]) -> None:
    """Make several edges have one weight, or several neurons one bias: the first one's; all who shared theirs join."""
    every = list(items)
    if len(every) < 2 or len({isinstance(item, str) for item in every}) > 1:  # noqa: PLR2004 - two are the fewest
        message = f'expected two or more edges, [("i1", "h1"), ("i2", "h2")], or names of neurons; got {shown(every)}'
        raise NetworkError(message)
    if isinstance(every[0], str):
        _merge(parts.bias_of, [parts.net_input(item) for item in every], parts.b, parts.frozen)
    else:
        _merge(parts.edges, [parts.find(item) for item in every], parts.w, parts.frozen)
    parts.version += 1


def freeze(parts: Parts, items: Iterable[object], *, frozen: bool) -> None:
    """Keep training from changing the weights of edges and the biases of neurons, or let it again."""
    named = parameters(parts, items)
    parts.frozen.update(named) if frozen else parts.frozen.difference_update(named)


def parameters(parts: Parts, items: Iterable[object]) -> list[str]:
    """The names of the weights and biases that edges and neurons have."""
    found: list[str] = []
    for item in items:
        places = parts.net_inputs(item) if isinstance(item, str) else ()
        found += [parts.bias_of[k] for k in places] if isinstance(item, str) else [parts.edges[parts.find(item)]]
    return found


def assembled(
    neurons: Iterable[Neuron],
    w: Mapping[str, float],
    b: Mapping[str, float],
    inputs: Iterable[str],
    outputs: Iterable[str],
    frozen: Iterable[str] = (),
) -> Parts:
    """The parts of a network that is there as a whole; weights and biases are named after edges that have them."""
    every = list(neurons)
    parts = Parts()
    for name in inputs:
        add_input(parts, name)
    for neuron in every:
        _put(parts, neuron, b)
    for neuron in every:
        for k, own in zip(neuron.net_inputs, parts.kinds[neuron.name].net_inputs, strict=True):
            for source, weight, delay in k.edges:
                parts.check_source(source)
                place = Place(source, own, checked_count(delay, f"the delay of {source} -> {own}"))
                _check_new(parts, place)
                parts.put_edge(place, checked_number(w.get(weight), f"the weight of {place}"))
                parts.edges[place] = weight
    for name in outputs:
        set_output(parts, name)
    try:
        in_order(parts.neurons(late=False))
    except CycleError as error:
        raise in_a_cycle(error.cycle) from None
    own_weights = _renamed(parts.edges, attrgetter("weight"))
    own_biases = _renamed(parts.bias_of, str)
    parts.w = {own: checked_number(w[p], f"the weight {p}") for p, own in own_weights.items()}
    parts.b = {own: checked_number(b[q], f"the bias {q}") for q, own in own_biases.items()}
    parts.frozen = _frozen(frozen, own_weights | own_biases)
    return parts


def set_output(parts: Parts, name: str) -> None:
    """Make a neuron an output, after the others."""
    if name not in parts.kinds or name in parts.outputs:
        raise unknown(name, "a neuron that is no output yet", [j for j in parts.kinds if j not in parts.outputs])
    parts.outputs[name] = None
    parts.version += 1


def _put(parts: Parts, neuron: Neuron, b: Mapping[str, float]) -> None:
    own = own_net_inputs(neuron.name, neuron.activation)
    for new in dict.fromkeys((neuron.name, *own)):
        parts.check_free(new)
    if neuron.activation != PRODUCT:
        check_activation(neuron.activation)
    if len(neuron.net_inputs) != len(own):
        message = f"expected {len(own)} net inputs for {neuron.name}, {neuron.activation}; got {len(neuron.net_inputs)}"
        raise NetworkError(message)
    group = own_group(neuron.activation, neuron.group)
    biases = [checked_number(b.get(k.bias), f"the bias of {k.name}") for k in neuron.net_inputs]
    parts.put_neuron(neuron.name, Kind(neuron.activation, own, group), biases)
    for k, mine in zip(neuron.net_inputs, own, strict=True):
        parts.bias_of[mine] = k.bias


def _renamed(users: dict[User, str], own: Callable[[User], str]) -> dict[str, str]:
    """Name each number after one that has it, by its old name if that is one; returns old -> new."""
    new: dict[str, str] = {}
    for user, name in users.items():
        if name not in new or own(user) == name:
            new[name] = own(user)
    for user, name in users.items():
        users[user] = new[name]
    return new


def _frozen(names: Iterable[str], renamed: Mapping[str, str]) -> set[str]:
    for name in names:
        if name not in renamed:
            raise unknown(name, "the name of a weight or a bias", renamed)
    return {renamed[name] for name in names}


def _edges(parts: Parts, name: str, k: str, weights: object) -> dict[Place, float]:
    """The edges that arrive at a new net input, each with its weight."""
    if not isinstance(weights, Mapping):
        message = f'expected source -> weight for {k}, for example {{"i1": 0.5}}; got {shown(weights)}'
        raise NetworkError(message)
    for source in weights:
        if source != name:  # a neuron that feeds itself is told as a cycle
            parts.check_source(source)
    return {Place(i, k): checked_number(w, f"the weight of {i} -> {k}") for i, w in weights.items()}


def _check_new(parts: Parts, place: Place) -> None:
    if place in parts.edges:
        message = (
            f"expected an edge that is not there yet; got {place}, which is. To give it another weight:\n"
            f"    net.weights[{place.key}] = 0.5"
        )
        raise NetworkError(message)


def _check_no_cycle(parts: Parts, start: str, group: str, sources: Iterable[str]) -> None:
    """Refuse edges that would lead back to the neuron they start from, with the way spelled out.

    The neurons of one softmax need each other's net inputs, so a way leads from each to each.
    """
    before = {start: ""}
    way = [start]
    for i in way:  # grows while it is read
        own = group if i == start else parts.kinds[i].group
        mates = [j for j, kind in parts.kinds.items() if kind.group == own] if own else []
        for j in (*(parts.home[k] for k in parts.feeds.get(i, ())), *mates):
            if j not in before:
                before[j] = i
                way.append(j)
    for source in sources:
        if source in before:
            cycle = [source, start]
            while cycle[0] != start:
                cycle.insert(0, before[cycle[0]])
            raise in_a_cycle(cycle)


def _take_out(parts: Parts, place: Place) -> None:
    weight = parts.edges.pop(place)
    _release(parts.edges, weight, place.weight, attrgetter("weight"), parts.w, parts.frozen)
    if not place.delay:
        del parts.feeds[place.source][place.net_input]


def _release(
    users: dict[User, str],
    name: str,
    owner: str,
    own: Callable[[User], str],
    numbers: dict[str, float],
    frozen: set[str],
) -> None:
    """Forget the number of one that was taken out, or name it after the next that shares it."""
    left = [user for user, used in users.items() if used == name]
    if left and name != owner:
        return
    number = numbers.pop(name)
    was_frozen = name in frozen
    frozen.discard(name)
    if left:
        new = own(left[0])
        numbers[new] = number
        frozen.update([new] if was_frozen else [])
        users.update(dict.fromkeys(left, new))


def _merge(users: dict[User, str], chosen: Sequence[User], numbers: dict[str, float], frozen: set[str]) -> None:
    """Give all that have one of the chosen's numbers the first one's."""
    first = users[chosen[0]]
    others = {users[each] for each in chosen} - {first}
    for user, name in users.items():
        if name in others:
            users[user] = first
    for name in others:
        del numbers[name]
        frozen.discard(name)
