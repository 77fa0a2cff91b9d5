"""What a network computes does not depend on how it is written down: whatever the engine, the numbers stay.

Where a sum is added in another order the last digits may differ, within the bound that is computed for it.
"""

import random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lessons import Answer, Lesson, all_bits, answer, lessons, reference
from strategies import Described
from within import bounds, precision, used

from neuronwise.engines.registry import ENGINES, EXACT
from neuronwise.necessary.graph import Edge, NetInput, Neuron

EVERY = [(name, dtype) for name in ENGINES for dtype in ("float64", "float32")]
LOTS = st.randoms(use_true_random=False)
every_engine = pytest.mark.parametrize(("name", "dtype"), EVERY)
some = settings(max_examples=20, deadline=None)
few = lessons(counts=st.integers(1, 9))


def by(name: str, dtype: str, lesson: Lesson) -> Answer:
    """What an engine gives."""
    return answer(ENGINES[name](lesson.wiring, dtype), lesson)


def agrees(name: str, dtype: str, changed: Lesson, lesson: Lesson) -> bool:
    """Whether an engine gives for a changed network what the reference gives for the one it was."""
    known = [[*changed.network.w, *changed.network.b].index(p) for p in (*lesson.network.w, *lesson.network.b)]
    found, most, own = by(name, dtype, changed), bounds(changed, precision(name, dtype)), bounds(lesson, rounding())
    most = Answer(most.outputs + own.outputs, most.slopes[known] + own.slopes, most.error + own.error)
    return used(found._replace(slopes=found.slopes[known]), reference(lesson), most) <= 1


def rounding() -> Any:  # noqa: ANN401 - a precision
    """How the reference rounds."""
    return precision("necessary", "float64")


def replaced(network: Described, place: tuple[int, int], edges: tuple[Edge, ...], *more: Neuron) -> list[Neuron]:
    """The neurons, one of which has other edges."""
    neurons, (j, side) = [*network.neurons], place
    old = neurons[j]
    k = NetInput(old.net_inputs[side].name, edges, old.net_inputs[side].bias)
    net_inputs = (*old.net_inputs[:side], k, *old.net_inputs[side + 1 :])
    neurons[j] = Neuron(old.name, net_inputs, old.activation, old.group)
    return [*neurons, *more]


def drawn(network: Described, lot: random.Random) -> tuple[tuple[int, int], tuple[Edge, ...]]:
    """Some net input, and its edges."""
    j = lot.randrange(len(network.neurons))
    side = lot.randrange(len(network.neurons[j].net_inputs))
    return (j, side), network.neurons[j].net_inputs[side].edges


@every_engine
@some
@given(lesson=few, lot=LOTS)
def test_an_identity_in_an_edge_changes_nothing(name: str, dtype: str, lesson: Lesson, lot: random.Random) -> None:
    lesson, network = lesson.of(dtype), lesson.network
    place, edges = drawn(network, lot)
    assume(edges)
    n = lot.randrange(len(edges))
    between = Neuron("between", (NetInput("between", (Edge(edges[n].source, "one", edges[n].delay),), "none"),))
    through = (*edges[:n], Edge("between", edges[n].weight), *edges[n + 1 :])
    neurons = replaced(network, place, through, between)

    changed = network._replace(neurons=neurons, w=network.w | {"one": 1.0}, b=network.b | {"none": 0.0})

    assert agrees(name, dtype, lesson._replace(network=changed), lesson)


@every_engine
@some
@given(lesson=few, lot=LOTS)
def test_an_edge_of_weight_0_changes_nothing(name: str, dtype: str, lesson: Lesson, lot: random.Random) -> None:
    lesson, network = lesson.of(dtype), lesson.network
    place, edges = drawn(network, lot)
    unused = [i for i in network.inputs if i not in {edge.source for edge in edges}]
    assume(unused)
    neurons = replaced(network, place, (*edges, Edge(lot.choice(unused), "zero")))

    changed = network._replace(neurons=neurons, w=network.w | {"zero": 0.0})

    assert agrees(name, dtype, lesson._replace(network=changed), lesson)


@every_engine
@some
@given(lesson=few, lot=LOTS)
def test_neurons_and_edges_may_be_given_in_any_order(name: str, dtype: str, lesson: Lesson, lot: random.Random) -> None:
    lesson, network = lesson.of(dtype), lesson.network
    place, edges = drawn(network, lot)
    neurons = replaced(network, place, tuple(lot.sample(edges, len(edges))))

    changed = network._replace(neurons=lot.sample(neurons, len(neurons)))

    assert agrees(name, dtype, lesson._replace(network=changed), lesson)


def by_hand(lesson: Lesson) -> Lesson:
    """A network with late edges as one without: a neuron for each step."""
    network, count = lesson.network, len(lesson.X)
    inputs, outputs = ([f"{i}{s}" for s in lesson.steps for i in names] for names in (network.inputs, network.outputs))
    last = outputs[len(outputs) - lesson.Y[0].size :]
    changed = network._replace(neurons=network.of_one_step, inputs=inputs, outputs=last, steps=0)
    return lesson._replace(network=changed, X=lesson.X.reshape(count, 1, -1), Y=lesson.Y.reshape(count, 1, -1))


@every_engine
@some
@given(lesson=few)
def test_a_cycle_is_what_is_unrolled_by_hand(name: str, dtype: str, lesson: Lesson) -> None:
    lesson = lesson.of(dtype)
    assume(lesson.network.steps and lesson.network.inputs)
    unwound, steps = by_hand(lesson), lesson.Y.shape[1]

    one, other = by(name, dtype, lesson), by(name, dtype, unwound)
    last = one._replace(outputs=one.outputs[:, -steps:].reshape(len(lesson.X), 1, -1))

    if name in EXACT and dtype == "float64":
        assert all_bits(other) == all_bits(last)
    else:
        most = bounds(unwound, precision(name, dtype))
        assert used(other, last, Answer(2 * most.outputs, 2 * most.slopes, 2 * most.error)) <= 1
