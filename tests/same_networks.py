"""The same network, written down in another way: what is computed must stay."""

import random
from collections.abc import Callable
from typing import Any

from judges import exact
from lessons import Answer, Lesson, all_bits, answer, reference
from strategies import Described
from within import bounds, precision, used

from neuronwise.engines.registry import ENGINES
from neuronwise.necessary.graph import Edge, NetInput, Neuron

ROUNDING = precision("necessary", "float64")  # how the reference rounds


def by(name: str, dtype: str, lesson: Lesson) -> Answer:
    """What an engine gives."""
    return answer(ENGINES[name](lesson.wiring, dtype), lesson)


def agrees(name: str, dtype: str, changed: Lesson, lesson: Lesson) -> bool:
    """Whether an engine gives for a changed network what the reference gives for the one it was."""
    known = [[*changed.network.w, *changed.network.b].index(p) for p in (*lesson.network.w, *lesson.network.b)]
    found, most, own = by(name, dtype, changed), bounds(changed, precision(name, dtype)), bounds(lesson, ROUNDING)
    most = Answer(most.outputs + own.outputs, most.slopes[known] + own.slopes, most.error + own.error)
    return used(found._replace(slopes=found.slopes[known]), reference(lesson), most) <= 1


def replaced(network: Described, place: tuple[int, int], edges: tuple[Edge, ...], *more: Neuron) -> list[Neuron]:
    """The neurons, one of which has other edges."""
    neurons, (j, side) = [*network.neurons], place
    old = neurons[j]
    k = NetInput(old.net_inputs[side].name, edges, old.net_inputs[side].bias)
    net_inputs = (*old.net_inputs[:side], k, *old.net_inputs[side + 1 :])
    neurons[j] = Neuron(old.name, net_inputs, old.activation, old.group)
    return [*neurons, *more]


def some(network: Described, lot: random.Random) -> tuple[tuple[int, int], tuple[Edge, ...]]:
    """Some net input, and its edges."""
    j = lot.randrange(len(network.neurons))
    side = lot.randrange(len(network.neurons[j].net_inputs))
    return (j, side), network.neurons[j].net_inputs[side].edges


def identity(lesson: Lesson, lot: random.Random) -> Lesson | None:
    """An identity stands in an edge."""
    network = lesson.network
    place, edges = some(network, lot)
    if not edges:
        return None
    n = lot.randrange(len(edges))
    between = Neuron("between", (NetInput("between", (Edge(edges[n].source, "one", edges[n].delay),), "none"),))
    through = (*edges[:n], Edge("between", edges[n].weight), *edges[n + 1 :])
    neurons = replaced(network, place, through, between)
    changed = network._replace(neurons=neurons, w=network.w | {"one": 1.0}, b=network.b | {"none": 0.0})
    return lesson._replace(network=changed)


def weight_0(lesson: Lesson, lot: random.Random) -> Lesson | None:
    """There is an edge of weight 0 more."""
    network = lesson.network
    place, edges = some(network, lot)
    unused = [i for i in network.inputs if i not in {edge.source for edge in edges}]
    if not unused:
        return None
    neurons = replaced(network, place, (*edges, Edge(lot.choice(unused), "zero")))
    return lesson._replace(network=network._replace(neurons=neurons, w=network.w | {"zero": 0.0}))


def any_order(lesson: Lesson, lot: random.Random) -> Lesson | None:
    """Neurons and edges come in another order."""
    network = lesson.network
    place, edges = some(network, lot)
    neurons = replaced(network, place, tuple(lot.sample(edges, len(edges))))
    return lesson._replace(network=network._replace(neurons=lot.sample(neurons, len(neurons))))


CHANGES: dict[str, Callable[[Lesson, random.Random], Lesson | None]] = {
    str(change.__doc__): change for change in (identity, weight_0, any_order)
}


def renamed(lesson: Lesson, lot: random.Random) -> Lesson:
    """All names are exchanged; the order stays."""
    n = lesson.network
    old = [*n.inputs, *(j.name for j in n.neurons), *(k.name for j in n.neurons for k in j.net_inputs)]
    names = list(dict.fromkeys(old))
    new = dict(zip(names, lot.sample(names, len(names)), strict=True))
    neurons = [
        Neuron(
            new[j.name],
            tuple(
                NetInput(new[k.name], tuple(Edge(new[e.source], e.weight, e.delay) for e in k.edges), k.bias)
                for k in j.net_inputs
            ),
            j.activation,
            j.group,
        )
        for j in n.neurons
    ]
    inputs, outputs = ([new[name] for name in names] for names in (n.inputs, n.outputs))
    return lesson._replace(network=n._replace(neurons=neurons, inputs=inputs, outputs=outputs))


def by_hand(lesson: Lesson) -> Lesson | None:
    """A network with late edges as one without: a neuron for each step."""
    network, count = lesson.network, len(lesson.X)
    if not (network.steps and network.inputs):
        return None
    inputs, outputs = ([f"{i}{s}" for s in lesson.steps for i in names] for names in (network.inputs, network.outputs))
    last = outputs[len(outputs) - lesson.Y[0].size :]
    changed = network._replace(neurons=network.of_one_step, inputs=inputs, outputs=last, steps=0)
    return lesson._replace(network=changed, X=lesson.X.reshape(count, 1, -1), Y=lesson.Y.reshape(count, 1, -1))


def unrolls(name: str, dtype: str, lesson: Lesson, unwound: Lesson) -> bool:
    """Whether an engine gives for a network with late edges what it gives for the one unrolled by hand."""
    steps = lesson.Y.shape[1]
    one, other = by(name, dtype, lesson), by(name, dtype, unwound)
    last = one._replace(outputs=one.outputs[:, -steps:].reshape(len(lesson.X), 1, -1))
    if exact(name, dtype):
        return all_bits(other) == all_bits(last)
    most: Any = bounds(unwound, precision(name, dtype))
    return used(other, last, Answer(2 * most.outputs, 2 * most.slopes, 2 * most.error)) <= 1
