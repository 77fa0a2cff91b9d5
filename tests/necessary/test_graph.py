"""An order for neurons in any shape, or a cycle spelled out; steps as neurons of their own."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import EVERY, Described, networks

from neuronwise.necessary.graph import CycleError, Edge, Graph, NetInput, Neuron, at, in_order, unrolled


def neuron(name: str, *sources: str, group: str = "") -> Neuron:
    edges = tuple(Edge(i, f"{i},{name}") for i in sources)
    return Neuron(name, (NetInput(name, edges, name),), "softmax" if group else "identity", group)


def sources(neurons: list[Neuron]) -> dict[str, list[str]]:
    """Each neuron with the names that its edges of this step come from."""
    return {j.name: [e.source for k in j.net_inputs for e in k.edges if not e.delay] for j in neurons}


@given(networks(activations=EVERY, late=3))
def test_every_neuron_comes_after_all_that_feed_it(network: Described) -> None:
    neurons = network.of_one_step
    fed_by = sources(neurons)

    order = in_order(neurons)

    assert sorted(j for group in order for j in group.neurons) == sorted(fed_by)
    known = set(network.x)
    for group in order:
        assert {i for j in group.neurons for i in fed_by[j]} & set(fed_by) <= known
        known |= set(group.neurons)


@given(networks(activations=EVERY))
def test_neurons_of_one_softmax_are_one_group_and_others_stand_alone(network: Described) -> None:
    group_of = {j.name: j.group or j.name for j in network.neurons}

    order = in_order(network.neurons)

    assert all(len({group_of[j] for j in group.neurons}) == 1 for group in order)
    assert len(order) == len(set(group_of.values()))


@given(networks(), st.data())
def test_a_cycle_is_refused_and_spelled_out(network: Described, data: st.DataObject) -> None:
    fed_by = sources(network.neurons)
    way = [data.draw(st.sampled_from(sorted(fed_by)))]
    while before := [i for i in fed_by[way[0]] if i in fed_by]:
        way.insert(0, data.draw(st.sampled_from(before)))
    fed_by[way[0]].append(way[-1])  # the way comes back to where it began

    with pytest.raises(CycleError) as refused:
        in_order([neuron(name, *fed_by[name]) for name in fed_by])

    cycle = refused.value.cycle
    assert " -> ".join(cycle) in str(refused.value)
    assert cycle[0] == cycle[-1]
    assert len(set(cycle)) == len(cycle) - 1
    assert all(source in fed_by[target] for source, target in pairwise(cycle))


def test_the_message_names_an_edge_of_the_cycle_to_delay() -> None:
    neurons = [neuron("h1", "h3"), neuron("h2", "h1"), neuron("h3", "h2", "x")]

    with pytest.raises(CycleError, match=r'h1 -> h2 -> h3 -> h1\n(?s:.)*add_edge\("h3", "h1", .*delay=1'):
        in_order(neurons)


def test_a_neuron_that_feeds_itself_is_a_cycle() -> None:
    with pytest.raises(CycleError, match="h -> h"):
        in_order([neuron("h", "h")])


def test_a_softmax_that_feeds_one_of_its_own_is_a_cycle() -> None:
    with pytest.raises(CycleError, match=r"o1\+o2 -> h -> o1\+o2|h -> o1\+o2 -> h"):
        in_order([neuron("o1", "x", group="g"), neuron("o2", "h", group="g"), neuron("h", "o1")])


def test_two_neurons_with_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="names of their own and edges of one step; got one name twice"):
        in_order([neuron("h"), neuron("h")])


def test_an_edge_that_is_still_late_is_refused() -> None:
    late = Neuron("h", (NetInput("h", (Edge("x", "w", delay=2),), "h"),))

    with pytest.raises(ValueError, match="got x -> h, 2 late"):
        in_order([late])


def test_a_long_chain_in_the_worst_order_is_no_matter_of_depth() -> None:
    chain = [neuron(f"n{n}", f"n{n - 1}") for n in range(1, 5001)]

    order = in_order(chain[::-1])

    assert [group.neurons for group in order] == [(j.name,) for j in chain]


@given(networks(activations=EVERY))
def test_a_graph_has_every_edge_once_in_each_of_its_lists(network: Described) -> None:
    graph = Graph(network.neurons)

    edges = {(i, k, p) for k, arriving in graph.edges.items() for i, p in arriving}
    assert edges == {(e.source, k.name, e.weight) for j in network.neurons for k in j.net_inputs for e in k.edges}
    assert edges == {(i, k, p) for i, leaving in graph.targets.items() for k, p in leaving}
    assert edges == {(i, k, p) for p, uses in graph.uses.items() for k, i in uses}
    assert {(k, q) for q, ks in graph.biased.items() for k in ks} == set(graph.bias.items())


def test_unrolled_is_what_one_would_write_by_hand() -> None:
    h = Neuron("h", (NetInput("h", (Edge("x", "w"), Edge("h", "u", 1), Edge("h", "v", 2)), "b"),), "tanh")

    neurons = unrolled([h], 3)

    by_hand = [
        Neuron("h@1", (NetInput("h@1", (Edge("x@1", "w"),), "b"),), "tanh"),
        Neuron("h@2", (NetInput("h@2", (Edge("x@2", "w"), Edge("h@1", "u")), "b"),), "tanh"),
        Neuron("h@3", (NetInput("h@3", (Edge("x@3", "w"), Edge("h@2", "u"), Edge("h@1", "v")), "b"),), "tanh"),
    ]
    assert neurons == by_hand


@given(networks(activations=EVERY, late=4), st.integers(1, 4))
def test_unrolled_has_each_edge_once_for_each_step_that_it_can_come_from(network: Described, steps: int) -> None:
    expected = [
        (at(e.source, s - e.delay), at(k.name, s), e.weight, j.group and at(j.group, s))
        for s in range(1, steps + 1)
        for j in network.neurons
        for k in j.net_inputs
        for e in k.edges
        if s - e.delay >= 1
    ]

    neurons = unrolled(network.neurons, steps)

    assert [(e.source, k.name, e.weight, j.group) for j in neurons for k in j.net_inputs for e in k.edges] == expected
    assert len(neurons) == steps * len(network.neurons)
    assert in_order(neurons)  # no edge is late any more, and there is no cycle
