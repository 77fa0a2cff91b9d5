"""`Network` is the reference, with names: the same bits, forward, backward, trained and saved."""

import math
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from described import built, sample
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import EVERY, FLOATS, Described, networks

from neuronwise import Network
from neuronwise.necessary import learning
from neuronwise.necessary.elementary import total
from neuronwise.necessary.error import ERRORS
from neuronwise.network import DivergedError, NetworkError, UnknownError
from neuronwise.network.examples import example

SQUARES = ("absolute", "squared", "half_squared", "mean_squared")
ROOT = Path(__file__).parent.parent.parent


def bits(numbers: object) -> list[str]:
    return [float(number).hex() for number in np.asarray(numbers).ravel()]


def reference(network: Described, error: str) -> tuple[learning.Passed, learning.Slopes, float]:
    graph = network.graph()
    passed = learning.feed_forward(graph, network.w, network.b, network.x)
    slopes = learning.backpropagate(graph, error, network.w, network.t, *passed)
    return passed, slopes, ERRORS[error][0](network.t, passed.a, list(network.t))


@pytest.fixture
def net() -> Network:
    """The example that HOUSE shows."""
    net = Network()
    net.add_input("i1")
    net.add_input("i2")
    net.add_neuron("h1", {"i1": 0.15, "i2": 0.20}, bias=0.35, activation="logistic")
    net.add_neuron("h2", {"i1": 0.25, "i2": 0.30}, bias=0.35, activation="logistic")
    net.add_neuron("o1", {"h1": 0.40, "h2": 0.45, "i1": -0.1}, bias=0.60, activation="logistic", output=True)
    return net


@settings(max_examples=200)
@given(networks(FLOATS, EVERY, late=3), st.sampled_from(SQUARES))
def test_predict_and_gradients_have_the_bits_of_the_reference(network: Described, error: str) -> None:
    passed, slopes, sample_error = reference(network, error)
    net, (x, y) = built(network), sample(network)

    gradients = net.gradients(x, y, error)

    assert bits(net.predict(x)) == bits([passed.a[o] for o in network.t])
    assert bits(gradients.error) == bits(sample_error)
    for j in network.neurons:
        for k in j.net_inputs:
            assert bits(gradients.biases[k.name]) == bits(slopes.dE_db[k.bias])
            for e in k.edges:
                actual = gradients.weights[e.source, k.name, e.delay]
                assert bits(actual) == bits(slopes.dE_dw.get(e.weight, 0.0))


@settings(max_examples=100)
@given(networks(FLOATS, EVERY, late=3), st.sampled_from(SQUARES))
def test_training_has_the_bits_of_the_reference_and_leaves_what_is_frozen(network: Described, error: str) -> None:
    net, (x, y) = built(network), sample(network)
    graph, w, b = network.graph(), network.w, network.b
    for _ in range(3):
        passed = learning.feed_forward(graph, w, b, network.x)
        slopes = learning.backpropagate(graph, error, w, network.t, *passed)
        w, b = (
            learning.update(v, 0.01, slope, [p for p in slope if p not in network.frozen])
            for v, slope in ((w, slopes.dE_dw), (b, slopes.dE_db))
        )

    net.fit(x, y, error, learning_rate=0.01, epochs=3)

    for j in network.neurons:
        for k in j.net_inputs:
            assert bits(net.biases[k.name]) == bits(b[k.bias])
            for e in k.edges:
                assert bits(net.weights[e.source, k.name, e.delay]) == bits(w[e.weight])


@given(networks(FLOATS, EVERY, late=3))
def test_neurons_and_back_is_the_same_network(network: Described) -> None:
    net = built(network)

    again = net.copy()

    assert again.neurons() == net.neurons()
    assert (again.w, again.b, again.frozen) == (net.w, net.b, net.frozen)
    assert (again.inputs, again.outputs) == (network.inputs, network.outputs)


@given(networks(FLOATS, EVERY, late=3))
def test_activations_are_those_of_the_reference_for_every_neuron_and_step(network: Described) -> None:
    passed, _, _ = reference(network, "squared")
    (x,), _ = sample(network)

    activations = built(network).activations(x)

    steps = [f"@{s}" for s in range(1, network.steps + 1)] or [""]
    assert set(activations) == {*network.inputs, *(j.name for j in network.neurons)}
    for name, numbers in activations.items():
        assert bits(numbers) == bits([passed.a[f"{name}{s}"] for s in steps])


def test_the_numbers_of_the_face_are_what_the_formulas_give(net: Network) -> None:
    def logistic(z: float) -> float:
        return 1 / (1 + math.exp(-z))

    h1, h2 = logistic(0.15 * 0.05 + 0.20 * 0.10 + 0.35), logistic(0.25 * 0.05 + 0.30 * 0.10 + 0.35)
    o1 = logistic(0.40 * h1 + 0.45 * h2 - 0.1 * 0.05 + 0.60)
    delta = (o1 - 0.01) * o1 * (1 - o1)
    delta_h1 = delta * 0.40 * h1 * (1 - h1)

    g = net.gradients([[0.05, 0.10]], [[0.01]], error="half_squared")

    assert net.predict([[0.05, 0.10]])[0, 0] == pytest.approx(o1, rel=1e-14)
    assert g.error == pytest.approx((o1 - 0.01) ** 2 / 2, rel=1e-14)
    assert g.weights["i1", "h1"] == pytest.approx(delta_h1 * 0.05, rel=1e-13)
    assert g.weights["i1", "o1"] == pytest.approx(delta * 0.05, rel=1e-13)
    assert g.biases["h1"] == pytest.approx(delta_h1, rel=1e-13)


def test_every_line_of_the_face_works(net: Network, tmp_path: Path) -> None:
    X, Y = [[0.05, 0.10], [0.5, -0.5]], [[0.01], [0.99]]  # noqa: N806 - the names the face has
    net.predict(X)
    g = net.gradients(X, Y, error="half_squared")
    assert all(math.isfinite(number) for number in (g.weights["i1", "h1"], g.biases["h1"], g.error))
    net.fit(X, Y, error="half_squared", learning_rate=0.5, epochs=1, batch_size=1, shuffle=False, seed=0)
    net.weights[("i1", "h1")] = 0.2
    assert net.weights["i1", "h1"] == 0.2
    assert net.biases["h1"] != 0.35
    assert 0 < net.activations(X[0])["h1"] < 1
    net.add_product("p", {"h1": 1.0}, {"h2": 1.0})
    net.share([("i1", "h1"), ("i2", "h2")])
    net.freeze(("i1", "h1"))
    net.freeze("h1")
    assert "<svg" in net.draw().svg
    net.save(tmp_path / "net.json")
    assert Network.load(tmp_path / "net.json").neurons() == net.neurons()
    net.add_edge("o1", "h1", weight=0.3, delay=1)
    assert net.predict([X]).shape == (1, 2, 1)


def test_mazurs_numbers_come_out() -> None:
    mazur = example("mazur")
    net = mazur.network

    published = {"h1": 0.593269992, "h2": 0.596884378, "o1": 0.75136507, "o2": 0.772928465}
    g = net.gradients(mazur.X, mazur.Y)
    net.fit(mazur.X, mazur.Y, learning_rate=0.5)

    activations = example("mazur").network.activations(mazur.x)
    assert {name: round(activations[name], 9) for name in published} == published
    assert round(g.error, 9) == 0.298371109
    assert round(g.weights["h1", "o1"], 9) == 0.082167041
    assert round(g.weights["i1", "h1"], 9) == 0.000438568
    after = [0.149780716, 0.19956143, 0.24975114, 0.29950229, 0.35891648, 0.408666186, 0.511301270, 0.561370121]
    assert list(net.weights.values()) == pytest.approx(after, abs=5e-9)
    assert round(net.gradients(mazur.X, mazur.Y).error, 9) == 0.291027774


def test_a_batch_is_the_mean_in_the_order_of_its_samples() -> None:
    lot = random.Random(1)  # noqa: S311 - a test
    net = Network.layered([3, 4, 2], "tanh", "identity")
    X, Y = ([[lot.uniform(-1, 1) for _ in range(n)] for _ in range(7)] for n in (3, 2))  # noqa: N806
    each = [net.gradients([x], [y]) for x, y in zip(X, Y, strict=True)]

    whole = net.gradients(X, Y)

    assert bits(whole.error) == bits(total(g.error for g in each) / 7)
    for edge in net.weights:
        assert bits(whole.weights[edge]) == bits(total(g.weights[edge] for g in each) / 7)
    for j in net.biases:
        assert bits(whole.biases[j]) == bits(total(g.biases[j] for g in each) / 7)


def test_gradients_of_a_batch_are_what_fit_moves_by() -> None:
    net, X, Y = Network.layered([2, 3, 1]), [[1.0, 2.0], [0.5, -1.0]], [[1.0], [0.0]]  # noqa: N806
    before, g = dict(net.weights), net.gradients(X, Y)

    net.fit(X, Y, learning_rate=0.25, batch_size=2)

    assert bits(list(net.weights.values())) == bits([before[edge] - 0.25 * g.weights[edge] for edge in before])


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_a_seed_gives_the_same_bits_and_another_seed_another_order(batch_size: int) -> None:
    X, Y = [[n / 5] for n in range(5)], [[(n / 5) ** 2] for n in range(5)]  # noqa: N806

    def trained(seed: int) -> list[str]:
        net = Network.layered([1, 3, 1])
        net.fit(X, Y, epochs=4, batch_size=batch_size, shuffle=True, seed=seed)
        return bits(list(net.weights.values()))

    assert trained(3) == trained(3)
    assert trained(3) != trained(4)


def test_shuffling_comes_from_the_standard_librarys_random_alone() -> None:
    X, Y = [[n / 5] for n in range(5)], [[n / 5] for n in range(5)]  # noqa: N806
    shuffled, by_hand = Network.layered([1, 1]), Network.layered([1, 1])
    lot = random.Random(7)  # noqa: S311 - a test

    shuffled.fit(X, Y, epochs=3, shuffle=True, seed=7)
    for _ in range(3):
        order = list(range(5))
        lot.shuffle(order)
        by_hand.fit([X[s] for s in order], [Y[s] for s in order])

    assert shuffled.w == by_hand.w


def test_the_history_has_the_mean_error_of_each_epoch_as_it_passed() -> None:
    net = Network.layered([1, 1])
    twin = net.copy()
    X, Y = [[1.0], [0.5]], [[0.5], [1.0]]  # noqa: N806

    history = net.fit(X, Y, epochs=2, learning_rate=0.1)

    expected = []
    for _ in range(2):
        errors = []
        for x, y in zip(X, Y, strict=True):
            errors.append(twin.gradients([x], [y]).error)
            twin.fit([x], [y], learning_rate=0.1)
        expected.append(total(errors) / 2)
    assert history.errors == expected
    assert net.w == twin.w


@pytest.mark.parametrize("name", ["xor", "gated", "recurrent", "smallest"])
def test_each_example_learns(name: str) -> None:
    task = example(name)

    history = task.network.fit(task.X, task.Y, task.error, learning_rate=task.learning_rate, epochs=300)

    assert history.errors[-1] < 0.15 * history.errors[0]


def test_a_delayed_edge_is_the_network_unrolled_by_hand() -> None:
    net = example("recurrent").network
    flat = Network()
    for s in (1, 2, 3):
        flat.add_input(f"x{s}")
    for s in (1, 2, 3):
        before = {f"h{s - 1}": 0.5} if s > 1 else {}
        flat.add_neuron(f"h{s}", {f"x{s}": 0.8} | before, bias=0.1, activation="tanh")
        flat.add_neuron(f"o{s}", {f"h{s}": 1.2}, output=True)
    flat.share([("x1", "h1"), ("x2", "h2"), ("x3", "h3")])
    flat.share([("h1", "h2"), ("h2", "h3")])
    flat.share([("h1", "o1"), ("h2", "o2"), ("h3", "o3")])
    flat.share(["h1", "h2", "h3"])
    flat.share(["o1", "o2", "o3"])
    x, y = [0.5, -1.0, 0.25], [0.1, 0.2, 0.3]

    late = net.gradients([[[number] for number in x]], [[[number] for number in y]])
    by_hand = flat.gradients([x], [y])

    assert bits(net.predict([[[number] for number in x]])) == bits(flat.predict([x]))
    assert bits(late.error) == bits(by_hand.error)
    pairs = {("x", "h"): ("x2", "h2"), ("h", "h", 1): ("h2", "h3"), ("h", "o"): ("h3", "o3")}
    assert {a: late.weights[a].hex() for a in pairs} == {a: by_hand.weights[b].hex() for a, b in pairs.items()}  # type: ignore[index]
    assert bits(late.biases["h"]) == bits(by_hand.biases["h2"])


def test_targets_of_the_last_step_alone_ask_nothing_of_the_others() -> None:
    net = example("recurrent").network
    x = [[[1.0], [0.5], [-0.5]]]

    last = net.gradients(x, [[0.25]])

    a = net.predict(x)[0, :, 0]
    assert last.error == pytest.approx((0.25 - a[2]) ** 2 / 2)
    assert last.weights == net.gradients(x, [0.25]).weights


def test_an_edge_later_than_the_samples_are_long_has_no_slope_and_does_not_learn() -> None:
    net = example("recurrent").network
    net.add_edge("x", "o", weight=0.5, delay=9)

    assert net.gradients([[[1.0]]], [[[0.5]]]).weights["x", "o"] == 0
    net.fit([[[1.0]]], [[[0.5]]])

    assert net.weights["x", "o"] == 0.5


@pytest.mark.parametrize("group", [None, "g"])
def test_cross_entropy_of_a_softmax_is_minus_the_log_of_the_right_share(group: str | None) -> None:
    net = Network()
    net.add_input("x")
    for n, weight in enumerate((0.5, -0.25, 1.0)):
        net.add_neuron(f"o{n}", {"x": weight}, activation="softmax", output=True, group=group)

    g = net.gradients([[2.0]], [[0.0, 1.0, 0.0]], "cross_entropy")

    shares = net.predict([[2.0]])[0]
    assert g.error == pytest.approx(-math.log(shares[1]))
    slopes = [g.biases[f"o{n}"] for n in range(3)]
    assert slopes == pytest.approx([shares[0], shares[1] - 1, shares[2]])  # share − target


def test_cross_entropy_of_logistic_outputs_is_of_each_on_its_own() -> None:
    net = Network.layered([1, 2], output_activation="logistic", seed=1)

    g = net.gradients([[2.0]], [[0.0, 1.0]], "cross_entropy")

    a = net.predict([[2.0]])[0]
    assert g.error == pytest.approx(-math.log(1 - a[0]) - math.log(a[1]))
    assert g == net.gradients([[2.0]], [[0.0, 1.0]], "binary_cross_entropy")


def outputs(*activations: str, more: str = "") -> Network:
    net = Network()
    net.add_input("x")
    for n, activation in enumerate(activations):
        net.add_neuron(f"o{n}", {"x": 1.0}, activation=activation, output=True)
    if more:
        net.add_neuron("h", {"x": 1.0}, activation=more)
    return net


@pytest.mark.parametrize(
    ("net", "error", "words"),
    [
        (outputs("softmax", "logistic"), "cross_entropy", r"o0 \(softmax\), o1 \(logistic\)"),
        (outputs("tanh"), "cross_entropy", r"one softmax, or each logistic.*chances; got o0 \(tanh\)"),
        (outputs("softmax", "softmax", more="softmax"), "cross_entropy", "one whole softmax"),
        (outputs("softmax", "softmax"), "binary_cross_entropy", "expected logistic outputs"),
        (
            outputs("logistic"),
            "cross_entropie",
            "expected an error; got 'cross_entropie'. There are: absolute, squared",
        ),
    ],
)
def test_an_error_that_does_not_fit_the_outputs_is_refused_with_the_reason(
    net: Network, error: str, words: str
) -> None:
    with pytest.raises(NetworkError, match=words):
        net.gradients([[1.0]], [[0.5] * len(net.outputs)], error)


def test_targets_of_cross_entropy_are_chances() -> None:
    with pytest.raises(ValueError, match=r"targets from 0 to 1.*got 0.5 to 2.0"):
        outputs("logistic").gradients([[1.0], [2.0]], [[0.5], [2.0]], "cross_entropy")


@pytest.mark.parametrize("engine", ["jax"])
def test_engines_that_are_not_there_are_refused_by_name(net: Network, engine: str) -> None:
    calls: list[Any] = [
        lambda: net.predict([[1.0, 2.0]], engine=engine),
        lambda: net.gradients([[1.0, 2.0]], [[1.0]], engine=engine),
        lambda: net.fit([[1.0, 2.0]], [[1.0]], engine=engine),
        lambda: net.activations([1.0, 2.0], engine=engine),
    ]
    for call in calls:
        with pytest.raises(
            NetworkError, match=f'expected one of auto, necessary, numpy, kernels; got "{engine}", not there yet'
        ):
            call()


def test_float16_is_refused_by_name_wherever_a_network_is_made(tmp_path: Path) -> None:
    Network.layered([1, 1]).save(tmp_path / "net.json")
    makers: list[Any] = [
        lambda: Network(dtype="float16"),
        lambda: Network.layered([1, 1], dtype="float16"),
        lambda: Network.from_edges(["a"], ["b"], dtype="float16"),
        lambda: Network.load(tmp_path / "net.json", dtype="float16"),
        lambda: Network.from_neurons([], {}, {}, [], [], dtype="float16"),
    ]
    for make in makers:
        with pytest.raises(NetworkError, match='expected dtype="float64" or "float32"; got \'float16\''):
            make()


@pytest.mark.parametrize("engine", ["auto", "necessary"])
def test_the_engine_that_is_there_can_be_asked_for(net: Network, engine: str) -> None:
    assert bits(net.predict([[0.05, 0.10]], engine=engine)) == bits(net.predict([[0.05, 0.10]]))


def test_weights_that_share_one_number_learn_as_one() -> None:
    net = Network.layered([2, 2, 1])
    net.share([("i1", "h1"), ("i2", "h2")])
    apart = Network.layered([2, 2, 1])
    apart.weights["i2", "h2"] = apart.weights["i1", "h1"]

    g, parts = (each.gradients([[1.0, 0.5]], [[0.25]]) for each in (net, apart))

    both = parts.weights["i1", "h1"] + parts.weights["i2", "h2"]
    assert g.weights["i1", "h1"] == g.weights["i2", "h2"] == pytest.approx(both, rel=1e-15)
    net.fit([[1.0, 0.5]], [[0.25]])
    assert net.weights["i1", "h1"] == net.weights["i2", "h2"]


@pytest.mark.parametrize(
    ("edge", "near"),
    [
        (("i1", "h9"), "The nearest: .*i1 -> h1"),
        (("h1", "i1"), "expected an edge; got 'h1 -> i1', which is none"),
        (("i1", "h1", 1), "expected an edge"),
        (("i1",), "expected an edge"),
        ((1, 2), "expected an edge"),
    ],
)
def test_an_edge_that_is_not_there_is_refused_with_the_nearest(net: Network, edge: tuple[str, str], near: str) -> None:
    with pytest.raises(UnknownError, match=near):
        net.weights[edge]
    with pytest.raises(UnknownError, match=near):
        net.weights[edge] = 1.0
    with pytest.raises(UnknownError):
        net.freeze(edge)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, "1", None, True, [1.0], 10**400, 1j])
def test_what_is_no_finite_number_is_refused_as_weight_and_as_bias(net: Network, number: float) -> None:
    before = net.w, net.b
    calls: list[Any] = [
        lambda: net.weights.update({("i1", "h1"): number}),
        lambda: net.biases.update({"h1": number}),
        lambda: net.add_edge("i2", "o1", weight=number),
        lambda: net.add_neuron("n", {"i1": number}),
        lambda: net.add_neuron("n", {"i1": 1.0}, bias=number),
    ]
    for call in calls:
        with pytest.raises(NetworkError, match=r"expected a finite number for the (weight|bias) of"):
            call()
    assert (net.w, net.b) == before


def test_numbers_of_numpy_are_numbers(net: Network) -> None:
    net.weights["i1", "h1"] = np.float32(0.5)  # type: ignore[assignment]
    net.biases["h1"] = np.int64(2)  # type: ignore[assignment]

    assert (net.weights["i1", "h1"], net.biases["h1"]) == (0.5, 2.0)
    assert type(net.biases["h1"]) is float


def test_several_weights_are_written_all_or_none(net: Network) -> None:
    before = net.w
    new: dict[Any, float] = {("i1", "h1"): 1.0, ("i1", "h9"): 2.0}

    with pytest.raises(UnknownError):
        net.weights = new

    assert net.w == before


def test_weights_and_biases_are_no_place_to_delete(net: Network) -> None:
    with pytest.raises(NetworkError, match="remove_edge"):
        del net.weights["i1", "h1"]
    with pytest.raises(NetworkError, match=r"net.biases\['h1'\] = 0"):
        del net.biases["h1"]


def test_divergence_stops_with_epoch_and_neuron_and_keeps_the_last_finite_weights() -> None:
    net = Network.layered([1, 2, 1], "relu", seed=1)
    X, Y = [[3.0], [5.0]], [[9.0], [25.0]]  # noqa: N806

    with pytest.raises(DivergedError, match=r"in epoch \d+ of 1000: .* o1 became inf.\n.*smaller learning_rate"):
        net.fit(X, Y, learning_rate=50.0, epochs=1000)

    assert all(map(math.isfinite, (*net.w.values(), *net.b.values())))
    assert net.w != Network.layered([1, 2, 1], "relu", seed=1).w


def test_a_net_input_that_is_too_large_is_named() -> None:
    net = Network()
    net.add_input("x")
    net.add_neuron("good", {"x": 1.0})
    net.add_neuron("bad", {"x": 1e308})
    net.add_neuron("o", {"good": 1.0, "bad": 1.0}, output=True)

    with pytest.raises(
        DivergedError, match="in epoch 1 of 1: expected finite numbers; the net input of bad became inf"
    ):
        net.fit([[10.0]], [[0.0]])

    assert net.weights["x", "bad"] == 1e308


def test_ctrl_c_ends_training_after_a_whole_update(monkeypatch: pytest.MonkeyPatch) -> None:
    net, twin = Network.layered([1, 1]), Network.layered([1, 1])
    X, Y = [[1.0], [2.0]], [[0.5], [0.25]]  # noqa: N806
    calls = iter([False] * 5)
    original = learning.backpropagate

    def interrupted(*arguments: Any) -> learning.Slopes:  # noqa: ANN401 - whatever `backpropagate` takes
        if next(calls, True):
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr("neuronwise.network.running.backpropagate", interrupted)
    history = net.fit(X, Y, epochs=100, learning_rate=0.1)
    monkeypatch.undo()

    twin.fit(X, Y, epochs=2, learning_rate=0.1)
    twin.fit(X[:1], Y[:1], learning_rate=0.1)
    assert net.w == twin.w
    assert len(history.errors) == 2
    assert history.stopped == "stopped by Ctrl-C in epoch 3 of 100"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": -1}, "0 or more, for epochs; got -1"),
        ({"epochs": 1.5}, "for epochs; got 1.5"),
        ({"batch_size": 0}, "1 or more, for batch_size; got 0"),
        ({"learning_rate": math.nan}, "finite number for learning_rate; got nan"),
        ({"learning_rate": "fast"}, "finite number for learning_rate; got 'fast'"),
        ({"seed": "x"}, "for seed; got 'x'"),
        ({"error": "mse"}, "expected an error; got 'mse'"),
        ({"engine": "cuda"}, "got 'cuda'"),
    ],
)
def test_bad_options_of_fit_are_refused_before_any_work(net: Network, options: dict[str, Any], words: str) -> None:
    before = net.w

    with pytest.raises(NetworkError, match=words):
        net.fit([[0.05, 0.10]], [[0.01]], **options)

    assert net.w == before


def test_a_network_without_an_output_says_how_to_name_one() -> None:
    net = Network()
    net.add_input("x")

    with pytest.raises(NetworkError, match="output=True"):
        net.predict([[1.0]])


def test_a_neuron_without_inputs_is_f_of_its_bias() -> None:
    net = Network()
    net.add_neuron("o", {}, bias=-2.0, activation="relu", output=True)
    net.add_neuron("p", {}, bias=3.0, output=True)

    assert net.predict([[], []]).tolist() == [[0.0, 3.0], [0.0, 3.0]]


def test_importing_the_package_loads_neither_numpy_nor_the_network() -> None:
    program = "import sys, neuronwise; print([m for m in sys.modules if 'numpy' in m or 'neuronwise.' in m])"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert result.stdout == "[]\n"


def test_what_the_package_has_not_is_an_attribute_error() -> None:
    import neuronwise  # noqa: PLC0415

    with pytest.raises(AttributeError, match="no attribute 'Netwerk'"):
        neuronwise.Netwerk  # type: ignore[attr-defined]  # noqa: B018


def test_a_network_shows_what_it_has(net: Network) -> None:
    assert repr(net) == "Network: 2 inputs, 3 neurons, 7 edges, 1 output"
    assert repr(net.weights).startswith("{('i1', 'h1'): 0.15,")
    assert "<svg" in net._repr_svg_()
