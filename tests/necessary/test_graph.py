"""An order for neurons in any shape, or a cycle spelled out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Values, networks

from neuronwise.necessary.graph import CycleError, in_order
from neuronwise.necessary.neuron import Neuron


@given(networks())
def test_every_neuron_comes_after_all_that_feed_it(network: tuple[list[Neuron], Values, Values]) -> None:
    neurons, inputs, _ = network

    ordered = in_order(neurons)

    assert sorted(neuron.name for neuron in ordered) == sorted(neuron.name for neuron in neurons)
    known = set(inputs)
    for neuron in ordered:
        assert set(neuron.weights) <= known
        known.add(neuron.name)


@given(networks(), st.data())
def test_a_cycle_is_refused_and_spelled_out(network: tuple[list[Neuron], Values, Values], data: st.DataObject) -> None:
    neurons, _, _ = network
    weights = {neuron.name: dict(neuron.weights) for neuron in neurons}
    way = [data.draw(st.sampled_from(sorted(weights)))]
    while before := [i for i in weights[way[0]] if i in weights]:
        way.insert(0, data.draw(st.sampled_from(before)))
    weights[way[0]][way[-1]] = 1  # the way comes back to where it began

    with pytest.raises(CycleError) as refused:
        in_order([Neuron(name, weights[name]) for name in weights])

    cycle = str(refused.value).splitlines()[1].strip().split(" -> ")
    assert cycle[0] == cycle[-1]
    assert len(set(cycle)) == len(cycle) - 1
    assert all(source in weights[target] for source, target in pairwise(cycle))


def test_the_message_names_an_edge_of_the_cycle_to_take_out() -> None:
    neurons = [Neuron("h1", {"h3": 1.0}), Neuron("h2", {"h1": 1.0}), Neuron("h3", {"h2": 1.0, "x": 1.0})]

    with pytest.raises(CycleError, match=r"h1 -> h2 -> h3 -> h1\n.*for example h3 -> h1"):
        in_order(neurons)


def test_a_neuron_that_feeds_itself_is_a_cycle() -> None:
    with pytest.raises(CycleError, match="h -> h"):
        in_order([Neuron("h", {"h": 1.0})])


def test_two_neurons_with_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="a name of its own for each neuron; got h, h"):
        in_order([Neuron("h", {}), Neuron("h", {})])


def test_a_long_chain_in_the_worst_order_is_no_matter_of_depth() -> None:
    chain = [Neuron(f"n{n}", {f"n{n - 1}": 1.0}) for n in range(1, 5001)]

    assert in_order(chain[::-1]) == chain
