"""The reference: it is chapter 1 for one weight, and the sum over all paths for any shape."""

import runpy
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import chapter_one
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import EVERY, EXACT, FLOATS, Described, Values, networks

from neuronwise.necessary import learning
from neuronwise.necessary.error import ERRORS
from neuronwise.necessary.graph import Edge, Graph, NetInput, Neuron

FINITE = st.floats(allow_nan=False, allow_infinity=False)
CHAPTER = runpy.run_path(str(chapter_one.FOLDER / "smallest.py"))
SMALLEST = Graph([Neuron("a", (NetInput("a", (Edge("x", "w"),), "b"),))])
Path = tuple[str, ...]  # names in turn: net input, neuron, net input, neuron …


def learned(w: float, x: float, t: float, eta: float, updates: int) -> float:
    """The weight of the smallest network after some updates; its bias is 0 and frozen."""
    v, b = {"w": w}, {"b": 0.0}
    for _ in range(updates):
        z, a = learning.feed_forward(SMALLEST, v, b, {"x": x})
        slopes = learning.backpropagate(SMALLEST, "absolute", v, {"a": t}, z, a)
        v = learning.update(v, eta, slopes.dE_dw, ["w"])
    return v["w"]


@settings(max_examples=30)
@given(FINITE, FINITE, FINITE, FINITE)
def test_the_smallest_network_has_the_bits_of_the_chapter(x: float, w: float, t: float, eta: float) -> None:
    for updates in (1, 100, 1000):
        expected = CHAPTER["train"](x, w, t, eta, updates)

        assert learned(w, x, t, eta, updates).hex() == expected.hex()


def test_the_printed_run_learns_in_eight_updates() -> None:
    assert learned(1.5, 0.5, 0.25, 0.25, updates=8) == 0.5


def slopes_of(network: Described, error: str) -> tuple[learning.Passed, learning.Slopes]:
    graph = network.graph()
    z, a = learning.feed_forward(graph, network.w, network.b, network.x)
    return learning.Passed(z, a), learning.backpropagate(graph, error, network.w, network.t, z, a)


def ways(network: Described, start: str) -> Iterator[tuple[str, ...]]:
    """Every way from a net input to an output: net inputs and neurons in turn."""
    neurons = network.of_one_step
    for j in neurons:
        # a net input moves its neuron, or all neurons of its softmax
        if any(start == k.name for k in j.net_inputs) or mates(neurons, start, j):
            if j.name in network.t:
                yield (start, j.name)
            for other in neurons:
                for k in other.net_inputs:
                    for e in k.edges:
                        if e.source == j.name:
                            yield from ((start, j.name, e.weight, *rest) for rest in ways(network, k.name))


def mates(neurons: list[Neuron], k: str, j: Neuron) -> bool:
    """Tell whether a net input belongs to the softmax of a neuron."""
    return bool(j.group) and any(
        k == mine.name for other in neurons if other.group == j.group for mine in other.net_inputs
    )


def along(way: tuple[str, ...], network: Described, passed: learning.Passed, error: str) -> Fraction:
    """The product of the slopes on a way, from its first net input to the error at its end."""
    graph = network.graph()
    home = {j: group for group in graph.order for j in group.neurons}
    slope: Any = ERRORS[error][1](network.t, passed.a, list(network.t), way[-1])
    for k, j in zip(way[::3], way[1::3], strict=True):
        slope *= learning.slope(home[j], passed.z, passed.a, j, k)
    for weight in way[2::3]:
        slope *= network.w[weight]
    return Fraction(slope)


@settings(max_examples=200)
@given(networks(activations=(*EXACT, "product"), late=2), st.sampled_from(["absolute", "squared", "mean_squared"]))
def test_backpropagation_is_the_sum_over_all_paths(network: Described, error: str) -> None:
    ends = [(k.name, k.bias, k.edges) for j in network.of_one_step for k in j.net_inputs]
    routes = {k: list(ways(network, k)) for k, _, _ in ends}
    assume(sum(map(len, routes.values())) < 2_000)

    passed, slopes = slopes_of(network, error)

    reached = {k: sum((along(way, network, passed, error) for way in routes[k]), Fraction(0)) for k in routes}
    dE_dw, dE_db = dict.fromkeys(slopes.dE_dw, Fraction(0)), dict.fromkeys(slopes.dE_db, Fraction(0))  # noqa: N806
    for k, bias, edges in ends:
        dE_db[bias] += reached[k]
        for e in edges:
            dE_dw[e.weight] += reached[k] * passed.a[e.source]  # type: ignore[assignment]  # they are fractions here
    assert tuple(slopes) == (dE_dw, dE_db)  # type: ignore[comparison-overlap]  # they are fractions here


@given(networks(activations=("identity", "product"), late=2))
def test_a_step_against_the_slopes_makes_the_error_smaller(network: Described) -> None:
    passed, slopes = slopes_of(network, "squared")
    assume(any(slopes.dE_dw.values()) or any(slopes.dE_db.values()))
    tiny: Any = Fraction(1, 10**60)
    graph, outputs = network.graph(), list(network.t)

    w = learning.update(network.w, tiny, slopes.dE_dw, slopes.dE_dw)
    b = learning.update(network.b, tiny, slopes.dE_db, slopes.dE_db)

    error = ERRORS["squared"][0]
    after = learning.feed_forward(graph, w, b, network.x)
    assert error(network.t, after.a, outputs) < error(network.t, passed.a, outputs)


@given(networks(activations=(*EXACT, "product"), late=2))
def test_the_order_in_which_neurons_are_given_changes_nothing(network: Described) -> None:
    backwards = network._replace(neurons=network.neurons[::-1])

    assert slopes_of(network, "squared") == slopes_of(backwards, "squared")


@settings(max_examples=200)
@given(networks(FLOATS, EVERY, late=2), st.sampled_from([error for error in ERRORS if "entropy" not in error]))
def test_every_net_input_and_activation_follows_from_those_before_it(network: Described, error: str) -> None:
    passed, slopes = slopes_of(network, error)

    for j in network.of_one_step:
        for k in j.net_inputs:
            z: float = 0
            for n, e in enumerate(k.edges):
                z = z + network.w[e.weight] * passed.a[e.source] if n else network.w[e.weight] * passed.a[e.source]
            assert passed.z[k.name] == z + network.b[k.bias]
    assert set(slopes.dE_db) == set(network.b)
    assert all(isinstance(slope, float | int) for slope in (*slopes.dE_dw.values(), *slopes.dE_db.values()))


@given(networks(FLOATS, EVERY, late=2))
def test_the_shares_of_a_softmax_add_up_to_one(network: Described) -> None:
    passed, _ = slopes_of(network, "squared")

    for group in network.graph().order:
        if group.activation == "softmax":
            assert sum(passed.a[j] for j in group.neurons) == pytest.approx(1, abs=1e-15)


def test_a_path_that_is_dropped_turns_the_direction() -> None:
    edges = {"h1": {"x": "u"}, "h2": {"h1": "v"}, "o": {"h1": "u", "h2": "u"}}
    neurons = [
        Neuron(j, (NetInput(j, tuple(Edge(i, p) for i, p in sources.items()), "zero"),)) for j, sources in edges.items()
    ]
    graph, w = Graph(neurons), {"u": 1, "v": -3}
    z, a = learning.feed_forward(graph, w, {"zero": 0}, {"x": 1})

    slopes = learning.backpropagate(graph, "absolute", w, {"o": -5}, z, a)

    assert slopes.dE_dw["v"] == 1
    assert (a["o"], slopes.dE_db["zero"]) == (-2, (1 + 1 * -3) + 1 + 1)  # over h1 alone the first would be 1


def test_an_update_makes_new_numbers_and_leaves_the_old_ones_and_what_is_frozen() -> None:
    before = {"w": 1.5, "v": 2.0}

    after = learning.update(before, 0.25, {"w": 0.5, "v": 1.0}, ["w"])

    assert (before, after) == ({"w": 1.5, "v": 2.0}, {"w": 1.375, "v": 2.0})


@given(st.lists(st.fixed_dictionaries({"v": FLOATS, "w": FLOATS}), min_size=1, max_size=9))
def test_the_mean_adds_samples_in_their_order(slopes: list[Values]) -> None:
    means = learning.mean(slopes)

    for p in ("v", "w"):
        value = slopes[0][p]
        for each in slopes[1:]:
            value = value + each[p]
        assert means[p].hex() == (value / len(slopes)).hex()
