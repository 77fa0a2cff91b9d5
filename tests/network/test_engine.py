"""Whatever engine runs a network, in float64 its numbers have the reference's bits."""

import random
from typing import Any

import numpy as np
import pytest
from described import built
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import EVERY, FLOATS, Described, networks
from wrong_engines import PLANS

from neuronwise import Network
from neuronwise.engines import running
from neuronwise.engines.plan import plan
from neuronwise.network import DivergedError, NetworkError

SQUARES = ("absolute", "squared", "half_squared", "mean_squared")


def bits(numbers: Any) -> list[str]:  # noqa: ANN401 - whatever holds numbers
    return [float(number).hex() for number in np.asarray(numbers).ravel()]


def drawn(network: Described, lot: random.Random, count: int) -> tuple[Any, Any]:
    """Some samples and targets."""
    steps = [network.steps] if network.steps else []
    numbers = np.random.default_rng(lot.randrange(2**30))
    return (
        numbers.uniform(-2, 2, (count, *steps, len(network.inputs))),
        numbers.uniform(-2, 2, (count, *steps, len(network.outputs))),
    )


@settings(max_examples=60)
@given(networks(FLOATS, EVERY, late=3), st.sampled_from(SQUARES), st.integers(1, 40), st.randoms(use_true_random=False))
def test_kernels_have_the_bits_of_necessary(network: Described, error: str, count: int, lot: random.Random) -> None:
    net, (X, Y) = built(network), drawn(network, lot, count)  # noqa: N806
    one, other = net.gradients(X, Y, error, engine="necessary"), net.gradients(X, Y, error, engine="kernels")

    assert bits(net.predict(X, engine="kernels")) == bits(net.predict(X, engine="necessary"))
    assert bits(list(other.weights.values())) == bits(list(one.weights.values()))
    assert bits(list(other.biases.values())) == bits(list(one.biases.values()))
    assert bits(other.error) == bits(one.error)


def trained(net: Network, X: Any, Y: Any, how: dict[str, Any]) -> tuple[list[str], str]:  # noqa: ANN401, N803
    """The errors of the epochs, and where training left the numbers, if it did."""
    try:
        return bits(net.fit(X, Y, **how).errors), ""
    except DivergedError as error:
        return [], str(error)


@settings(max_examples=40)
@given(
    networks(FLOATS, EVERY, late=2),
    st.sampled_from(SQUARES),
    st.integers(1, 6),
    st.sampled_from([True, False]),
    st.randoms(use_true_random=False),
)
def test_training_has_the_bits_of_necessary(
    network: Described,
    error: str,
    batch_size: int,
    shuffle: Any,  # noqa: ANN401 - a truth value
    lot: random.Random,
) -> None:
    one, other, (X, Y) = built(network), built(network), drawn(network, lot, 5)  # noqa: N806
    how = {"error": error, "learning_rate": 0.01, "epochs": 3, "batch_size": batch_size, "shuffle": shuffle, "seed": 3}

    assert trained(other, X, Y, how | {"engine": "kernels"}) == trained(one, X, Y, how | {"engine": "necessary"})
    assert bits(list(other.w.values())) == bits(list(one.w.values()))
    assert bits(list(other.b.values())) == bits(list(one.b.values()))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@settings(max_examples=25)
@given(network=networks(FLOATS, EVERY, late=2), error=st.sampled_from(SQUARES), lot=st.randoms(use_true_random=False))
def test_verify_says_of_each_engine_that_its_slopes_are_the_references(
    dtype: str, network: Described, error: str, lot: random.Random
) -> None:
    net, (X, Y) = built(network, dtype), drawn(network, lot, 3)  # noqa: N806

    report = net.verify(X, Y, error)

    assert report.agree, str(report)
    told = "necessary, kernels: the same bits; numpy" if dtype == "float64" else "beside necessary; numpy"
    assert report.rows[0].found.startswith(told)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("what", ["an edge is dropped", "a path back is lost", "a bias is another's"])
def test_verify_names_the_engine_that_is_wrong(what: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "plan", lambda wiring, **how: PLANS[what](plan(wiring, **how)))
    net = Network.layered([3, 4, 2], dtype=dtype, seed=1)
    for n, name in enumerate(net.biases):
        net.biases[name] = n / 8

    report = net.verify([[0.5, -1.0, 0.25]], [[1.0, 0.0]])

    assert report.verdict == "They differ: engines."
    assert all(", kernels " in difference for difference in report.rows[0].differences)


@pytest.mark.parametrize("engine", ["cuda", 3, None])
def test_an_engine_that_is_none_is_refused(engine: Any) -> None:  # noqa: ANN401 - whatever is given
    with pytest.raises(NetworkError, match="expected one of auto, necessary"):
        Network.layered([1, 1]).predict([[1.0]], engine=engine)


def test_the_reference_computes_no_float32() -> None:
    with pytest.raises(NetworkError, match='expected dtype="float64" for engine="necessary"'):
        Network.layered([1, 1], dtype="float32").predict([[1.0]], engine="necessary")
