"""A network of any shape: neurons, their edges, and an order in which each comes after those it needs.

An edge names its weight: edges that name one weight share it. An edge with a delay brings the activation of a step
before; `unrolled` makes of such a network one without delays, a neuron for each step, whose edges share their weights.
So cycles need no mathematics of their own.
"""

import graphlib
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple


class Edge(NamedTuple):
    """Where an activation comes from, the name of the weight it is multiplied by, and how many steps it is late.

    Label    convention: test_edges_that_own_their_weights_are_the_same_network
    """

    source: str
    weight: str
    delay: int = 0


class NetInput(NamedTuple):
    """A weighted sum: its name, its edges in the order in which they are added, and the name of its bias.

    Label    necessary: test_without_products_a_gate_is_not_learned
    """

    name: str
    edges: tuple[Edge, ...]
    bias: str


class Neuron(NamedTuple):
    """A neuron: its name, its net input (a product has two), its activation, and the softmax it belongs to, if any.

    Weights and biases are not here but in two dictionaries, by their names: a neuron never changes while it learns.

    Label    convention: test_neurons_may_be_given_in_any_order
    """

    name: str
    net_inputs: tuple[NetInput, ...]
    activation: str = "identity"
    group: str = ""


class Group(NamedTuple):
    """Neurons that are computed together, with their net inputs: one neuron, or all neurons of one softmax.

    Label    necessary: test_without_its_group_a_softmax_has_no_sum
    """

    neurons: tuple[str, ...]
    net_inputs: tuple[str, ...]
    activation: str


class CycleError(ValueError):
    """The edges of one step form a cycle: no neuron of it can be the first.

    Label    necessary: test_in_a_cycle_no_neuron_can_be_the_first

    >>> print(CycleError(["h1", "h2", "h1"]))
    expected neurons that can be computed one after the other; got a cycle without a delay:
        h1 -> h2 -> h1
    Each of them needs another's activation of the same step. Let one edge bring the step before:
        net.add_edge("h2", "h1", weight=0.5, delay=1)
    """

    def __init__(self, cycle: Sequence[str]) -> None:
        super().__init__(
            "expected neurons that can be computed one after the other; got a cycle without a delay:\n"
            f"    {' -> '.join(cycle)}\n"
            "Each of them needs another's activation of the same step. Let one edge bring the step before:\n"
            f'    net.add_edge("{cycle[-2]}", "{cycle[-1]}", weight=0.5, delay=1)'
        )
        self.cycle = tuple(cycle)


class Graph:
    """Neurons in an order, and what the formulas sum over. Each sum keeps the order of neurons and edges as given.

    order    groups, each after those that feed it        bias     net input k -> the name q of its bias
    edges    net input k -> (source i, weight p)          targets  source j -> (net input k, weight p)
    uses     weight p -> (net input k, source i)          biased   bias q -> net inputs k

    Errors   ValueError: two neurons with one name, an edge still delayed; CycleError: no order
    Label    optimization: test_looking_edges_up_each_time_gives_the_same_numbers

    >>> h = Neuron("h", (NetInput("h", (Edge("x", "v"),), "h"),))
    >>> o = Neuron("o", (NetInput("o", (Edge("h", "w"), Edge("x", "v")), "o"),))
    >>> graph = Graph([o, h])
    >>> [group.neurons for group in graph.order], graph.uses["v"]
    ([('h',), ('o',)], [('o', 'x'), ('h', 'x')])
    """

    def __init__(self, neurons: Sequence[Neuron]) -> None:
        self.order = in_order(neurons)
        self.bias = {k.name: k.bias for neuron in neurons for k in neuron.net_inputs}
        self.edges = {k.name: [(i, p) for i, p, _ in k.edges] for neuron in neurons for k in neuron.net_inputs}
        self.targets: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self.uses: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self.biased: defaultdict[str, list[str]] = defaultdict(list)
        for k, q in self.bias.items():
            self.biased[q].append(k)
            for i, p in self.edges[k]:
                self.targets[i].append((k, p))
                self.uses[p].append((k, i))


def in_order(neurons: Sequence[Neuron]) -> list[Group]:
    """The neurons in groups, each group after all that feed it.

    Errors   CycleError: some neurons feed each other; ValueError: two neurons with one name, an edge still delayed
    Label    necessary: test_without_an_order_activations_are_missing

    >>> o = Neuron("o", (NetInput("o", (Edge("h", "w"),), "o"),))
    >>> h = Neuron("h", (NetInput("h", (Edge("x", "v"),), "h"),))
    >>> [group.neurons for group in in_order([o, h])]
    [('h',), ('o',)]
    """
    together: defaultdict[tuple[str, str], list[Neuron]] = defaultdict(list)
    for neuron in neurons:
        together[neuron.group, "" if neuron.group else neuron.name].append(neuron)
    home = {neuron.name: number for number, group in enumerate(together.values()) for neuron in group}
    edges = [(edge, neuron.name) for neuron in neurons for k in neuron.net_inputs for edge in k.edges]
    late = [f"{edge.source} -> {name}, {edge.delay} late" for edge, name in edges if edge.delay]
    if late or len(home) < len(neurons):
        message = f"expected names of their own and edges of one step; got {late[0] if late else 'one name twice'}"
        raise ValueError(message)
    fed_by: dict[int, list[int]] = {number: [] for number in home.values()}
    for edge, name in edges:
        fed_by[home[name]] += [home[edge.source]] if edge.source in home else []
    groups = [
        Group(tuple(j.name for j in group), tuple(k.name for j in group for k in j.net_inputs), group[0].activation)
        for group in together.values()
    ]
    try:
        return [groups[number] for number in graphlib.TopologicalSorter(fed_by).static_order()]
    except graphlib.CycleError as error:
        raise CycleError(["+".join(groups[number].neurons) for number in error.args[1]]) from None


def unrolled(neurons: Sequence[Neuron], steps: int) -> list[Neuron]:
    """The neurons once for each step, from h@1 on: an edge that is d steps late comes from the step d before.

    Before the first step every activation is 0, so an edge from there is left out. Weights and biases are shared.

    Label    necessary: test_without_earlier_steps_what_was_before_is_not_learned

    >>> h = Neuron("h", (NetInput("h", (Edge("x", "w"), Edge("h", "v", delay=1)), "h"),))
    >>> [k.edges for neuron in unrolled([h], 2) for k in neuron.net_inputs][1]
    (Edge(source='x@2', weight='w', delay=0), Edge(source='h@1', weight='v', delay=0))
    """
    return [
        Neuron(at(j.name, s), tuple(earlier(k, s) for k in j.net_inputs), j.activation, j.group and at(j.group, s))
        for s in range(1, steps + 1)
        for j in neurons
    ]


def earlier(k: NetInput, s: int) -> NetInput:
    """A net input at step s, whose edges come from the steps they are late by.

    Label    necessary: test_without_earlier_steps_what_was_before_is_not_learned

    >>> earlier(NetInput("h", (Edge("x", "w", delay=1),), "h"), 1).edges
    ()
    """
    edges = tuple(Edge(at(e.source, s - e.delay), e.weight) for e in k.edges if s > e.delay)
    return NetInput(at(k.name, s), edges, k.bias)


def at(name: str, s: int) -> str:
    """The name of a neuron or an input at step s.

    Label    convention: test_any_name_for_a_step_will_do

    >>> at("h", 2)
    'h@2'
    """
    return f"{name}@{s}"
