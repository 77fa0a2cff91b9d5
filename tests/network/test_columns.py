"""A large network, held in columns, is the same network as one in dictionaries: made, read, changed, saved."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from described import built
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import EVERY, FLOATS, Described, networks

from neuronwise import Network
from neuronwise.necessary.graph import CycleError
from neuronwise.network import FileError, NetworkError, UnknownError, face, large, making
from neuronwise.network.columns import Columns
from neuronwise.network.parts import Parts

LOTS = st.randoms(use_true_random=False)


def in_columns(net: Network) -> Network:
    """The same network in columns."""
    parts = net._form  # noqa: SLF001 - which form it has is what is tested
    assert isinstance(parts, Parts)
    return Network._of(Columns.of(parts, "float64"))  # noqa: SLF001


def told(net: Network) -> tuple[Any, ...]:
    """All that a network says about itself; a number that several share is named by the order of who has it."""
    numbers: dict[str, int] = {}
    shape = [
        (
            j.name, j.activation, j.group,
            [
                ([(e.source, numbers.setdefault(f"w {e.weight}", len(numbers)), e.delay) for e in k.edges],
                 numbers.setdefault(f"b {k.bias}", len(numbers)))
                for k in j.net_inputs
            ],
        )
        for j in net.neurons()
    ]  # fmt: skip
    frozen = sorted(numbers[f"{letter} {p}"] for letter in "wb" for p in net.frozen if f"{letter} {p}" in numbers)
    return shape, frozen, net.inputs, net.outputs, sorted(net.weights.items()), sorted(net.biases.items())


@settings(max_examples=150)
@given(networks(FLOATS, EVERY, late=3))
def test_columns_tell_the_same(network: Described) -> None:
    net = built(network)

    assert told(in_columns(net)) == told(net)
    assert repr(in_columns(net)) == repr(net)


def changed(net: Network, lot: random.Random) -> None:
    """Change a network in some way, drawn by lot; what is refused is refused."""
    names = [*net.inputs, *(j.name for j in net.neurons())]
    edges = sorted(net.weights)
    match lot.randrange(9):
        case 0:
            net.add_input(f"x{lot.randrange(3)}")
        case 1:
            some = lot.sample(names, min(2, len(names)))
            net.add_neuron(f"y{lot.randrange(5)}", dict.fromkeys(some, 0.5), 0.25, "tanh", output=lot.random() < 0.5)
        case 2:
            net.add_edge(lot.choice(names), lot.choice(names), lot.uniform(-1, 1), delay=lot.choice([0, 0, 1]))
        case 3 if edges:
            net.remove_edge(*lot.choice(edges))
        case 4:
            net.remove_neuron(lot.choice(names))
        case 5 if edges:
            net.share(lot.sample(edges, min(2, len(edges))))
        case 6 if edges:
            net.freeze(lot.choice(edges))
        case 7:
            net.freeze(lot.choice(names))
        case 8 if edges:
            net.weights[lot.choice(edges)] = lot.uniform(-1, 1)


def attempt(net: Network, seed: int) -> str:
    """Change a network, or say which error came."""
    try:
        changed(net, random.Random(seed))  # noqa: S311 - chance, not secrecy
    except (NetworkError, UnknownError, CycleError) as error:
        return type(error).__name__
    return ""


@settings(max_examples=150)
@given(networks(FLOATS, EVERY, late=2), st.lists(st.integers(0, 10**6), max_size=8))
def test_columns_change_in_the_same_way(network: Described, seeds: list[int]) -> None:
    one = built(network)
    other = in_columns(one)
    for seed in seeds:
        assert attempt(other, seed) == attempt(one, seed)
        assert told(other) == told(one)


@settings(max_examples=60)
@given(networks(FLOATS, EVERY, late=3), st.sampled_from(["net.safetensors", "net.json"]))
def test_columns_are_saved_and_read_again(network: Described, name: str) -> None:
    import tempfile  # noqa: PLC0415 - Hypothesis and pytest's folder do not go together

    net = in_columns(built(network))
    with tempfile.TemporaryDirectory() as folder:
        net.save(Path(folder) / name)
        again = Network.load(Path(folder) / name)

    assert told(again) == told(net)


@pytest.mark.parametrize("many", [0, 10_000])
def test_a_copy_has_the_same_numbers_of_the_same_type_and_changes_alone(
    many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face, "LARGE", many)
    net = Network.layered([3, 4, 2], dtype="float32")
    net.freeze("h1")
    other, weight, X = net.copy(), net.weights["i1", "h1"], [[1 / 3, 0.1, 7.0]]  # noqa: N806

    assert told(other) == told(net)
    assert other.predict(X).dtype == np.float32
    other.weights["i1", "h1"] = 2.0
    other.remove_neuron("h2")

    assert net.weights["i1", "h1"] == weight
    assert net.predict(X).tolist() != other.predict(X).tolist()


def test_a_network_is_the_same_file_each_time(tmp_path: Path) -> None:
    net, files = Network.layered([3, 4, 2]), [tmp_path / f"{n}.safetensors" for n in range(8)]
    for file in files:
        net.save(file)

    assert len({file.read_bytes() for file in files}) == 1


@pytest.mark.parametrize("sizes", [[3, 4, 2], [2, 3, 3, 1]])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_large_layered_network_is_the_small_one(sizes: list[int], activation: str) -> None:
    arguments = (sizes, (activation, "softmax"), (None, None), 7)

    one, other = (Network._of(make(*arguments)) for make in (making.layered, large.layered))  # noqa: SLF001

    assert told(other) == told(one)


@settings(max_examples=100)
@given(LOTS, st.booleans(), st.booleans())
def test_a_large_network_of_edges_is_the_small_one(lot: random.Random, texts: Any, late: Any) -> None:  # noqa: ANN401
    pairs = list(dict.fromkeys((lot.randrange(6), lot.randrange(4, 9)) for _ in range(12)))
    sources, targets = ([f"n{n}" for n in side] if texts else np.array(side) for side in zip(*pairs, strict=True))
    delays = [lot.randrange(1, 3) if i >= j else lot.randrange(2) for i, j in pairs] if late else 0
    arguments = ((sources, targets, delays), None, None, None, "gelu", 3)

    results = []
    for make in (making.from_edges, large.from_edges):
        try:
            results.append(told(Network._of(make(*arguments))))  # noqa: SLF001
        except (NetworkError, CycleError, UnknownError) as error:
            results.append((type(error).__name__,))

    assert results[1] == results[0]


def test_a_network_of_many_edges_is_made_trained_and_changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(face, "LARGE", 10)
    lot = np.random.default_rng(0)
    net = Network.layered([4, 8, 3], "relu", "softmax", seed=1, dtype="float32")
    X, Y = lot.normal(size=(50, 4)), np.eye(3)[lot.integers(0, 3, 50)]  # noqa: N806

    history = net.fit(X, Y, "cross_entropy", learning_rate=0.1, epochs=20, batch_size=10)
    net.add_edge("i1", "o1", 0.5)
    net.remove_neuron("h8")
    net.freeze(("i1", "o1"))
    net.fit(X, Y, "cross_entropy", learning_rate=0.1, epochs=2, batch_size=10)
    net.save(tmp_path / "net.safetensors")

    again = Network.load(tmp_path / "net.safetensors", dtype="float32")
    assert history.errors[-1] < history.errors[0]
    assert net.weights["i1", "o1"] == 0.5
    assert again.predict(X).tolist() == net.predict(X).tolist()


def test_a_cycle_in_columns_is_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face, "LARGE", 2)

    with pytest.raises(CycleError, match=r"b -> c -> b|c -> b -> c"):
        Network.from_edges(["a", "b", "c", "b"], ["b", "c", "b", "d"])


def test_a_long_cycle_is_told_in_a_few_lines() -> None:
    nodes = np.arange(60_000)

    with pytest.raises(CycleError, match=r"1 -> 2 .*-> … 59,989 more … ->.* -> 1\n") as refused:
        Network.from_edges(np.append(nodes, 60_000), np.append(nodes + 1, 1))

    assert len(str(refused.value)) < 500
    assert len(refused.value.cycle) == 60_001


def test_a_network_that_leaves_the_numbers_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    from neuronwise.network import DivergedError  # noqa: PLC0415

    monkeypatch.setattr(face, "LARGE", 2)
    net = Network.from_edges(["a", "b", "a"], ["b", "c", "c"], weights=[1e200, 1e200, 1.0], activation="identity")

    with pytest.raises(DivergedError, match=r"in epoch 1 of 1: expected finite numbers; the activation of c"):
        net.fit([[1.0], [2.0]], [[0.5], [0.5]], batch_size=2)

    assert net.weights["a", "b"] == 1e200


@pytest.mark.parametrize(
    "damage", [lambda raw: raw[:40], lambda raw: b"{}" + raw, lambda raw: raw.replace(b'"1"', b'"9"')]
)
def test_a_damaged_file_is_refused(damage: Any, tmp_path: Path) -> None:  # noqa: ANN401 - a function
    file = tmp_path / "net.safetensors"
    Network.layered([2, 2, 1]).save(file)
    file.write_bytes(damage(file.read_bytes()))

    with pytest.raises(FileError, match=r"net.safetensors: expected"):
        Network.load(file)
