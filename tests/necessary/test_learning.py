"""The reference: it is chapter 1 for one weight, and the sum over all paths for any shape."""

import runpy
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import chapter_one
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Values, networks

from neuronwise.necessary import learning
from neuronwise.necessary.neuron import Neuron

FINITE = st.floats(allow_nan=False, allow_infinity=False)
CHAPTER = runpy.run_path(str(chapter_one.FOLDER / "smallest.py"))


@settings(max_examples=30, deadline=None)
@given(FINITE, FINITE, FINITE, FINITE)
def test_the_smallest_network_has_the_bits_of_the_chapter(x: float, w: float, t: float, eta: float) -> None:
    for updates in (1, 100, 5000):
        expected = CHAPTER["train"](x, w, t, eta, updates)

        (neuron,) = learning.train([Neuron("a", {"x": w})], {"x": x}, {"a": t}, eta, updates)

        assert neuron.weights["x"].hex() == expected.hex()


@given(FINITE, FINITE, FINITE)
def test_every_number_on_the_way_has_the_bits_of_the_chapter(x: float, w: float, t: float) -> None:
    neurons, target = [Neuron("a", {"x": w})], {"a": t}
    a = CHAPTER["feed_forward"](w, x)
    expected = a, CHAPTER["error"](t, a), CHAPTER["backpropagate"](x, t, a)

    activations = learning.feed_forward(neurons, {"x": x})
    slopes = learning.backpropagate(neurons, target, activations)
    actual = activations["a"], learning.error(target, activations), slopes["x", "a"]

    assert [number.hex() for number in actual] == [number.hex() for number in expected]


def test_the_printed_run_learns_in_eight_updates() -> None:
    (neuron,) = learning.train([Neuron("a", {"x": 1.5})], {"x": 0.5}, {"a": 0.25}, 0.25, 8)

    assert neuron.weights == {"x": 0.5}


def paths(neurons: list[Neuron], start: str, t: Values) -> Iterator[list[str]]:
    """Every way along the edges from a neuron to an output."""
    if start in t:
        yield [start]
    for neuron in neurons:
        if start in neuron.weights:
            yield from ([start, *rest] for rest in paths(neurons, neuron.name, t))


def along(path: list[str], weights: dict[str, Values], t: Values, a: Values) -> Fraction:
    """The product of the slopes on a path, from its first neuron to the error of its last."""
    slope = Fraction((a[path[-1]] > t[path[-1]]) - (a[path[-1]] < t[path[-1]]))
    for source, target in pairwise(path):
        slope *= weights[target][source]
    return slope


@given(networks())
def test_backpropagation_is_the_sum_over_all_paths(network: tuple[list[Neuron], Values, Values]) -> None:
    neurons, x, t = network
    a = learning.feed_forward(neurons, x)
    weights: dict[str, Any] = {neuron.name: neuron.weights for neuron in neurons}

    slopes = learning.backpropagate(neurons, t, a)

    expected = {
        (source, target): a[source] * sum(along(path, weights, t, a) for path in paths(neurons, target, t))
        for target in weights
        for source in weights[target]
    }
    assert slopes == expected


@given(networks())
def test_a_step_against_the_slopes_makes_the_error_smaller(network: tuple[list[Neuron], Values, Values]) -> None:
    neurons, x, t = network
    a = learning.feed_forward(neurons, x)
    slopes = learning.backpropagate(neurons, t, a)
    tiny: Any = Fraction(1, 10**40)
    if any(a[o] == t[o] for o in t) or not any(slopes.values()):
        return  # at a tip, or nowhere to go

    after = learning.update(neurons, tiny, slopes)

    assert learning.error(t, learning.feed_forward(after, x)) < learning.error(t, a)


@given(networks())
def test_the_order_in_which_neurons_are_given_changes_nothing(network: tuple[list[Neuron], Values, Values]) -> None:
    neurons, x, t = network

    a, b = (learning.feed_forward(some, x) for some in (neurons, neurons[::-1]))

    assert a == b
    assert learning.backpropagate(neurons, t, a) == learning.backpropagate(neurons[::-1], t, b)


def test_a_path_that_is_dropped_turns_the_direction() -> None:
    neurons = [Neuron("h1", {"x": 1}), Neuron("h2", {"h1": -3}), Neuron("o", {"h1": 1, "h2": 1})]
    t = {"o": -5}
    a = learning.feed_forward(neurons, {"x": 1})

    assert learning.backpropagate(neurons, t, a)["x", "h1"] == 1 * (1 + 1 * -3) == -2


def test_an_update_makes_new_neurons_and_leaves_the_old_ones() -> None:
    before = [Neuron("a", {"x": 1.5})]

    after = learning.update(before, 0.25, {("x", "a"): 0.5})

    assert (before[0].weights["x"], after[0].weights["x"]) == (1.5, 1.375)
