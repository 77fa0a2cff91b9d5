"""Better steps through `fit`: the reference and the kernels take the same ones, to the last bit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuronwise import Network
from neuronwise.conventions.rules import Adam, Cosine, Momentum, Step
from neuronwise.network import DivergedError, NetworkError

LOT = np.random.default_rng(0)
X, Y = LOT.normal(size=(23, 3)), LOT.uniform(size=(23, 2))
HOW: dict[str, Any] = {"learning_rate": 0.05, "epochs": 5, "batch_size": 4, "shuffle": True, "seed": 5}
STEPS: list[Any] = [
    "momentum", "nesterov", "rmsprop", "adam", "adamw", Momentum(0.5),
    Step(Adam(), weight_decay=0.01, clip_norm=0.1, clip_value=0.05, schedule=Cosine(4)),
]  # fmt: skip


def network() -> Network:
    net = Network.layered([3, 4, 2], output_activation="logistic", seed=1)
    net.freeze(("i1", "h1"), "h2")
    return net


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_kernels_step_as_plain_python_does(step: Any) -> None:  # noqa: ANN401 - a name or more
    one, other = network(), network()

    expected = one.fit(X, Y, step=step, engine="necessary", **HOW)
    history = other.fit(X, Y, step=step, engine="kernels", **HOW)

    assert [error.hex() for error in history.errors] == [error.hex() for error in expected.errors]
    assert other.w == one.w
    assert other.b == one.b
    assert one.weights["i1", "h1"] == network().weights["i1", "h1"]


@pytest.mark.parametrize("step", ["momentum", "adam"])
@pytest.mark.parametrize("engine", ["necessary", "kernels"])
def test_a_checkpoint_keeps_what_a_step_keeps(step: str, engine: str, tmp_path: Path) -> None:
    whole, parts = network(), network()
    whole.fit(X, Y, step=step, **HOW)

    parts.fit(X, Y, step=step, engine=engine, checkpoint=tmp_path / "run", **HOW | {"epochs": 2})
    parts.fit(X, Y, step=step, checkpoint=tmp_path / "run", **HOW)

    assert parts.w == whole.w


def test_a_step_that_is_none_is_refused() -> None:
    with pytest.raises(NetworkError, match="expected a step among plain, momentum"):
        network().fit(X, Y, step="adm", **HOW)


def test_numpy_takes_the_plain_step_alone() -> None:
    with pytest.raises(ValueError, match=r'expected the plain step for engine="numpy"'):
        network().fit(X, Y, step="adam", engine="numpy", **HOW)


WAYS = [("necessary", 2, "plain"), ("kernels", 2, "plain"), ("numpy", 2, "plain"), ("kernels", 9_000, "plain")]
WAYS += [(engine, 2, step) for engine in ("necessary", "kernels") for step in ("momentum", "adam")]


@pytest.mark.parametrize(("engine", "epochs", "step"), WAYS)
def test_an_infinite_slope_of_what_is_frozen_ends_no_training(engine: str, epochs: int, step: str) -> None:
    nets = []
    for frozen in (True, False):
        net = Network()
        net.add_input("x")
        net.add_neuron("o", {"x": 0.0}, output=True, bias=0.5)
        nets.append(net)
        if frozen:
            net.freeze(("x", "o"))
    X, Y = np.full((12, 1), 1.7e308), np.full((12, 1), -9.0)  # noqa: N806 - two such slopes have an infinite sum
    how: dict[str, Any] = {"learning_rate": 1e-5, "epochs": epochs, "batch_size": 2, "engine": engine, "step": step}

    history = nets[0].fit(X, Y, "absolute", **how)

    assert history.errors[-1] < history.errors[0]
    assert nets[0].weights["x", "o"] == 0.0
    assert nets[0].biases["o"] < 0.5
    with pytest.raises(DivergedError, match="for the weight x,o became inf"):
        nets[1].fit(X, Y, "absolute", **how)
