"""Straight-line code has the reference's bits: as plain Python, and compiled, over whole epochs."""

import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import EVERY, FLOATS, Described, networks

from neuronwise.necessary.elementary import total
from neuronwise.necessary.error import ERRORS
from neuronwise.necessary.graph import Edge, NetInput, Neuron
from neuronwise.necessary.learning import backpropagate, feed_forward, mean, update
from neuronwise.optimizations.epochs import Straight, possible
from neuronwise.optimizations.registers import plain
from neuronwise.optimizations.straight import written
from neuronwise.wiring import Wiring, columns

Sample = tuple[dict[str, float], dict[str, float]]
RATE = 0.3


def bits(numbers: Any) -> list[str]:  # noqa: ANN401 - whatever holds numbers
    return [float(number).hex() for number in np.asarray(numbers).ravel()]


def wiring(network: Described) -> Wiring:
    return columns(network.neurons, network.inputs, network.outputs, list(network.w), list(network.b))


def theta(network: Described) -> Any:  # noqa: ANN401 - an array
    return np.array([*network.w.values(), *network.b.values()], np.float64)


def drawn(network: Described, seed: int, count: int) -> list[Sample]:
    lot = random.Random(seed)  # noqa: S311 - the same numbers each time
    names = network.inputs, network.outputs
    return [tuple({name: lot.uniform(-2, 2) for name in each} for each in names) for _ in range(count)]  # type: ignore[misc]


def table(samples: Sequence[Sample], side: int) -> Any:  # noqa: ANN401 - an array
    return np.array([list(sample[side].values()) for sample in samples], np.float64).reshape(len(samples), -1)


class Reference:
    """Learns as `necessary` says, until a number is no longer finite."""

    def __init__(self, network: Described, error: str) -> None:
        self.graph, self.error, self.frozen = network.graph(), error, network.frozen
        self.w, self.b = dict(network.w), dict(network.b)

    def epoch(self, samples: Sequence[Sample], size: int) -> tuple[list[float], int]:
        """The errors of the samples, and how many batches were learned from."""
        errors: list[float] = []
        for done, first in enumerate(range(0, len(samples), size)):
            batch, new, slopes = samples[first : first + size], [], []
            for x, t in batch:
                passed = feed_forward(self.graph, self.w, self.b, x)
                new.append(ERRORS[self.error][0](t, passed.a, list(t)))
                slopes.append(backpropagate(self.graph, self.error, self.w, t, *passed))
            w, b = (
                update(old, RATE, each, [p for p in each if p not in self.frozen])
                for old, each in zip((self.w, self.b), map(mean, zip(*slopes, strict=True)), strict=True)
            )
            if not all(map(math.isfinite, (*new, *w.values(), *b.values()))):
                return errors, done
            self.w, self.b = w, b
            errors += new
        return errors, -(-len(samples) // size)


@settings(max_examples=40, deadline=None)
@given(networks(FLOATS, EVERY), st.sampled_from(sorted(ERRORS)), st.integers())
def test_the_text_is_plain_python_with_the_bits_of_necessary(network: Described, error: str, seed: int) -> None:
    text = plain(written(wiring(network), error))
    ((x, t),) = drawn(network, seed, 1)
    w, b = list(network.w.values()), list(network.b.values())
    passed = feed_forward(network.graph(), network.w, network.b, x)
    slopes = backpropagate(network.graph(), error, network.w, t, *passed)

    a = text["feed_forward"](w, b, list(x.values()))
    E, dE_dw, dE_db = text["backpropagate"](w, b, list(x.values()), list(t.values()))  # noqa: N806 - the formula's

    assert bits(a) == bits([passed.a[o] for o in network.outputs])
    assert bits(E) == bits(ERRORS[error][0](t, passed.a, list(t)))
    assert bits([*dE_dw, *dE_db]) == bits(
        [*(slopes.dE_dw[p] for p in network.w), *(slopes.dE_db[q] for q in network.b)]
    )


@settings(max_examples=40, deadline=None)
@given(networks(FLOATS, EVERY), st.integers(1, 20), st.integers())
def test_predictions_have_the_bits_of_necessary(network: Described, count: int, seed: int) -> None:
    samples, numbers = drawn(network, seed, count), theta(network)
    passed = [feed_forward(network.graph(), network.w, network.b, x).a for x, _ in samples]

    found = Straight(wiring(network), "squared").predict(numbers, table(samples, 0))

    assert bits(found) == bits([a[o] for a in passed for o in network.outputs])


@settings(max_examples=60, deadline=None)
@given(networks(FLOATS, EVERY), st.sampled_from(sorted(ERRORS)), st.integers(1, 5), st.integers(1, 9), st.integers())
def test_epochs_have_the_bits_of_necessary(network: Described, error: str, size: int, count: int, seed: int) -> None:
    samples, reference, numbers = drawn(network, seed, count), Reference(network, error), theta(network)
    learning = [p not in network.frozen for p in (*network.w, *network.b)]
    straight = Straight(wiring(network), error, learning, single=size == 1)
    given_ = table(samples, 0), table(samples, 1), np.arange(count)
    learner, batches = straight.learner(numbers, given_, size, RATE), -(-count // size)

    for _ in range(3):
        errors, done = reference.epoch(samples, size)
        learner.begin()
        cut = batches // 2
        first = learner.learn(0, cut)
        learned = first + (learner.learn(cut, batches) if first == cut else 0)

        assert learned == done
        assert bits(numbers) == bits([*reference.w.values(), *reference.b.values()])
        if done < batches:
            break
        assert bits(learner.error) == bits(total(errors) / count)


def tiny(activation: str) -> Described:
    """Return the book's network, 2-2-2."""
    sources = {"h1": ["i1", "i2"], "h2": ["i1", "i2"], "o1": ["h1", "h2"], "o2": ["h1", "h2"]}
    neurons = [Neuron(j, (NetInput(j, tuple(Edge(i, i + j) for i in ii), j),), activation) for j, ii in sources.items()]
    lot = random.Random(activation)  # noqa: S311 - the same numbers each time
    w = {i + j: lot.uniform(-1, 1) for j, ii in sources.items() for i in ii}
    b = {j: lot.uniform(-1, 1) for j in sources}
    return Described(neurons, w, b, ["i1", "i2"], ["o1", "o2"], [], 0, {}, {})


@pytest.mark.parametrize("activation", ["logistic", "elu", "tanh"])
def test_where_a_guess_is_wrong_the_step_is_done_again(activation: str) -> None:
    network, numbers = tiny(activation), theta(tiny(activation))
    samples, reference = drawn(network, 1, 1000), Reference(network, "half_squared")
    straight = Straight(wiring(network), "half_squared")
    given_ = table(samples, 0), table(samples, 1), np.arange(1000)

    errors, done = straight.learner(numbers, given_, 1, RATE).epochs(2)
    expected = [reference.epoch(samples, 1)[0] for _ in range(2)]

    assert done == 2000
    assert bits(errors) == bits([total(each) / 1000 for each in expected])
    assert bits(numbers) == bits([*reference.w.values(), *reference.b.values()])


def test_a_step_to_infinity_is_not_taken() -> None:
    network = tiny("identity")
    numbers, samples = theta(network), drawn(network, 1, 10)
    huge = table(samples, 0) * 1e200, table(samples, 1), np.arange(10)
    before = bits(numbers)

    learner = Straight(wiring(network), "half_squared").learner(numbers, huge, 1, RATE)

    assert learner.epochs(5) == ([], 0)
    assert bits(numbers) == before


def test_numbers_so_large_that_their_sum_is_infinite_are_finite() -> None:
    network = tiny("logistic")
    numbers, samples = theta(network), drawn(network, 1, 3)
    numbers[:] = 1.5e308
    given_ = table(samples, 0) * 0, table(samples, 1), np.arange(3)

    assert Straight(wiring(network), "half_squared").learner(numbers, given_, 1, RATE).epochs(2)[1] == 6


def test_what_is_late_or_large_is_not_written_out() -> None:
    late = Neuron("h", (NetInput("h", (Edge("x", "w"), Edge("h", "v", 1)), "h"),))
    large = Neuron("h", (NetInput("h", tuple(Edge("x", f"w{n}") for n in range(300)), "h"),))

    assert not possible(columns([late], ["x"], ["h"], ["w", "v"], ["h"]))
    assert not possible(columns([large], ["x"], ["h"], [f"w{n}" for n in range(300)], ["h"]))
