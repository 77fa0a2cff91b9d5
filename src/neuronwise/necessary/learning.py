"""Learning: feed forward, error, backpropagate, update, for a network of any shape.

    x  input: name -> number           z  net inputs          w  weights, b  biases: name -> number
    t  target of each output           a  activations         dE_dz, dE_da, dE_dw, dE_db  slopes of the error E
    j  a neuron, k  a net input, i  a source, p  the name of a weight, q  of a bias, o  an output, eta  learning rate

A neuron is an output if it has a target; it may feed other neurons as well. What is frozen is what `update` is not
asked to learn. Left out on purpose: speed. Nothing is kept from one operation to the next but what a formula needs.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from neuronwise.necessary.elementary import Values, total
from neuronwise.necessary.error import ERRORS
from neuronwise.necessary.graph import Graph, Group
from neuronwise.necessary.neuron import ACTIVATIONS, TOGETHER, net_input


class Slopes(NamedTuple):
    """What the error gains for each unit that a weight, or a bias, gains.

    Label    convention: test_results_may_be_handed_over_in_any_form
    """

    dE_dw: dict[str, float]
    dE_db: dict[str, float]


class Passed(NamedTuple):
    """What came out of feeding forward: the net inputs, and the activations of inputs and neurons.

    Label    convention: test_results_may_be_handed_over_in_any_form
    """

    z: dict[str, float]
    a: dict[str, float]


def activation(group: Group, z: Values, j: str) -> float:
    """The activation of one neuron, by the formula of its group.

    Label    necessary: test_without_an_activation_nothing_goes_forward

    >>> activation(Group(("h",), ("h",), "relu"), {"h": 0.5}, "h")
    0.5
    """
    if group.activation in TOGETHER:
        return TOGETHER[group.activation][0](z, group.net_inputs, j)
    return ACTIVATIONS[group.activation][0](z[j])


def slope(group: Group, z: Values, a: Values, j: str, k: str) -> float:
    """What the activation of j gains for each unit that the net input k gains.

    Label    necessary: test_without_the_slope_nothing_before_it_learns

    >>> slope(Group(("h",), ("h",), "relu"), {"h": 0.5}, {"h": 0.5}, "h", "h")
    1
    """
    if group.activation in TOGETHER:
        return TOGETHER[group.activation][1](z, a, group.net_inputs, j, k)
    return ACTIVATIONS[group.activation][1](z[k])


def own_slope(error: str, t: Values, a: Values, j: str) -> float:
    """What the error itself gains for each unit that the activation of j gains: 0 if j has no target.

    Label    necessary: test_without_the_slope_of_the_error_nothing_learns

    >>> own_slope("half_squared", {"o": 0.25}, {"o": 0.75, "h": 1.0}, "o")
    0.5
    """
    return ERRORS[error][1](t, a, list(t), j) if j in t else 0


def feed_forward(graph: Graph, w: Values, b: Values, x: Values) -> Passed:
    """The net input and the activation of every neuron; inputs keep their numbers.

    Formula  z_k = Σ w·a over its edges, + b;  a_j = f(z)                (feed-forward)
    Errors   KeyError: an edge from a name that is neither input nor neuron, or without a weight
    Source   chapter 1, "Feed forward"
    Label    necessary: test_without_an_activation_nothing_goes_forward

    >>> from neuronwise.necessary.graph import Edge, NetInput, Neuron
    >>> graph = Graph([Neuron("a", (NetInput("a", (Edge("x", "w"),), "a"),))])
    >>> feed_forward(graph, {"w": 1.5}, {"a": 0}, {"x": 0.5})
    Passed(z={'a': 0.75}, a={'x': 0.5, 'a': 0.75})
    """
    z: dict[str, float] = {}
    a: dict[str, float] = dict(x)
    for group in graph.order:
        for k in group.net_inputs:
            q = graph.bias[k]
            z[k] = net_input(w, a, b[q], graph.edges[k])
        for j in group.neurons:
            a[j] = activation(group, z, j)
    return Passed(z, a)


def backpropagate(graph: Graph, error: str, w: Values, t: Values, z: Values, a: Values) -> Slopes:
    """The slope of the error for each weight and each bias: from the error back, a factor for each stretch.

    Formula  dE/da_j = the error's own slope, if j has a target, + Σ dE/dz_k·w_p over the edges from j to k
             dE/dz_k = Σ dE/da_j·∂a_j/∂z_k over the neurons of its group: but for softmax, one alone
             dE/dw_p = Σ dE/dz_k·a_i over the edges that have this weight
             dE/db_q = Σ dE/dz_k over the net inputs that have this bias (backpropagate)
    Source   Rumelhart, Hinton, Williams 1986; chapter 4. Necessary: a path left out can turn the step around.
    Label    necessary: test_without_one_path_the_error_grows

    >>> from neuronwise.necessary.graph import Edge, NetInput, Neuron
    >>> graph = Graph([Neuron("a", (NetInput("a", (Edge("x", "w"),), "a"),))])
    >>> z, a = feed_forward(graph, {"w": 1.5}, {"a": 0}, {"x": 0.5})
    >>> backpropagate(graph, "absolute", {"w": 1.5}, {"a": 0.25}, z, a)
    Slopes(dE_dw={'w': 0.5}, dE_db={'a': 1})
    """
    dE_da: dict[str, float] = {}
    dE_dz: dict[str, float] = {}
    for group in reversed(graph.order):
        for j in group.neurons:
            dE_da[j] = own_slope(error, t, a, j) + total(dE_dz[k] * w[p] for k, p in graph.targets[j])
        for k in group.net_inputs:
            dE_dz[k] = total(dE_da[j] * slope(group, z, a, j, k) for j in group.neurons)
    dE_dw = {p: total(dE_dz[k] * a[i] for k, i in graph.uses[p]) for p in graph.uses}
    dE_db = {q: total(dE_dz[k] for k in graph.biased[q]) for q in graph.biased}
    return Slopes(dE_dw, dE_db)


def update(v: Values, eta: float, dE_dv: Values, learning: Iterable[str]) -> dict[str, float]:
    """Weights, or biases, after one step of each that learns against its slope; the others are frozen.

    Formula  v ← v − η·dE/dv                                             (update)
    Source   chapter 1, "Update"
    Label    necessary: test_without_updates_nothing_is_learned

    >>> update({"w": 1.5, "v": 2.0}, 0.25, {"w": 0.5, "v": 1.0}, ["w"])
    {'w': 1.375, 'v': 2.0}
    """
    new = dict(v)
    for p in learning:
        new[p] = v[p] - eta * dE_dv[p]
    return new


def mean(slopes: Sequence[Values]) -> dict[str, float]:
    """The mean of each slope over the samples of a batch, added in their order.

    Formula  dE/dv = Σ dE_s/dv / number of samples                       (batch)
    Source   chapter 6
    Label    convention: test_a_sum_with_a_smaller_rate_is_the_mean

    >>> mean([{"w": 0.5}, {"w": 1.0}])
    {'w': 0.75}
    """
    return {p: total(s[p] for s in slopes) / len(slopes) for p in slopes[0]}
