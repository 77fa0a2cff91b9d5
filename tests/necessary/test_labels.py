"""Each definition of the reference says whether it is necessary, and points to the test here that shows it.

    necessary      without it a named task is not learned, or nothing can be computed: exactly, where possible
    convention     another choice learns the same task
    optimization   the same numbers come out without it

A necessary slope is taken away by putting 0 in its place: then weights stay what they are, in fractions, for ever.
"""

import math
import random
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest
from labelled import FILES, labels, objections

from neuronwise.checks.substituted import Names, substituted
from neuronwise.necessary import elementary, error, graph
from neuronwise.necessary.elementary import HALF_PI, polynomial, square, total
from neuronwise.necessary.error import ERRORS
from neuronwise.necessary.graph import CycleError, Edge, Graph, NetInput, Neuron, unrolled
from neuronwise.necessary.learning import backpropagate, feed_forward, mean, update
from neuronwise.necessary.neuron import ACTIVATIONS, softmax

Exact = dict[str, Any]  # fractions
Samples = Sequence[tuple[dict[str, Any], dict[str, Any]]]
REFERENCE: Names = {"feed_forward": feed_forward, "backpropagate": backpropagate, "update": update, "ERRORS": ERRORS}
EITHER = [({"x": a, "y": b}, {"o": float(a != b)}) for a in (0.0, 1.0) for b in (0.0, 1.0)]
LINE = [({"x": x}, {"o": 0.5 * x + 0.25}) for x in (0.0, 0.5, 1.0)]


# ------------------------------------------------------------------------------------------------- the labels
def names_here() -> set[str]:
    """The names of the tests in this file."""
    return {name for name in vars(sys.modules[__name__]) if name.startswith("test_")}


@pytest.mark.parametrize("module", FILES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_definition_has_one_label_that_points_to_a_test(module: ModuleType) -> None:
    assert objections(module, names_here()) == []


def test_no_test_here_is_without_a_definition() -> None:
    cited = {test for module in FILES for found in labels(module).values() for _, test in found}

    assert names_here() - cited == {
        "test_every_definition_has_one_label_that_points_to_a_test",
        "test_no_test_here_is_without_a_definition",
        "test_a_label_that_points_to_nothing_is_found",
    }


def test_a_label_that_points_to_nothing_is_found() -> None:
    found = objections(error, names_here() - {"test_any_error_learns"})

    assert found[0] == "error.absolute: there is no test test_any_error_learns"


# ------------------------------------------------------------------------------------------------- training
def cell(name: str, sources: str, activation: str, group: str = "") -> Neuron:
    """A neuron whose edges and bias are its own."""
    edges = tuple(Edge(i, f"{i},{name}") for i in sources.split())
    return Neuron(name, (NetInput(name, edges, name),), activation, group)


def parameters(neurons: Sequence[Neuron], seed: int = 1, number: Callable[[float], Any] = float) -> tuple[Any, Any]:
    """Return weights and biases to begin with."""
    lot = random.Random(seed)  # noqa: S311 - chance, not secrecy
    net_inputs = [k for each in neurons for k in each.net_inputs]
    w = {edge.weight: number(lot.choice((-1, 1)) * lot.uniform(0.4, 0.9)) for k in net_inputs for edge in k.edges}
    return w, {k.bias: number(lot.uniform(-0.3, 0.3)) for k in net_inputs}


def trained(  # noqa: PLR0913 - what is trained, how, and by which functions
    neurons: Sequence[Neuron],
    start: tuple[Any, Any],
    samples: Samples,
    error_name: str = "half_squared",
    *,
    eta: Any = 0.5,  # noqa: ANN401 - floats or fractions
    epochs: int = 1,
    names: Names = REFERENCE,
) -> tuple[Any, Any]:
    """Return weights and biases after so many times all samples."""
    network, (w, b) = Graph(neurons), start
    for _ in range(epochs):
        for x, t in samples:
            slopes = names["backpropagate"](network, error_name, w, t, *names["feed_forward"](network, w, b, x))
            w, b = names["update"](w, eta, slopes.dE_dw, w), names["update"](b, eta, slopes.dE_db, b)
    return w, b


def errors(
    neurons: Sequence[Neuron], state: tuple[Any, Any], samples: Samples, error_name: str = "half_squared"
) -> Any:  # noqa: ANN401 - a float or a fraction
    """Return the error over all samples."""
    network = Graph(neurons)
    return total(ERRORS[error_name][0](t, feed_forward(network, *state, x).a, list(t)) for x, t in samples)


def learns(neurons: Sequence[Neuron], samples: Samples, error_name: str = "half_squared", **how: Any) -> bool:  # noqa: ANN401
    """Whether the error falls below a twentieth of what it was, from one start or another."""
    for seed in range(1, 6):
        start = parameters(neurons, seed)
        end = trained(neurons, start, samples, error_name, **how)
        if errors(neurons, end, samples, error_name) <= 0.05 * errors(neurons, start, samples, error_name):
            return True
    return False


def nothing(without: str) -> dict[str, Any]:
    """Return what gives 0 in place of a function."""
    return {without: lambda *_: 0}


def either(activation: str, output: str = "identity") -> list[Neuron]:
    """Four bent neurons and an output: enough for "either, but not both"."""
    hidden = [cell(f"h{n}", "x y", activation) for n in range(4)]
    return [*hidden, cell("o", "h0 h1 h2 h3", output)]


def fractions(samples: Samples) -> Samples:
    """Return samples of exact numbers."""
    return [tuple({n: Fraction(u) for n, u in part.items()} for part in sample) for sample in samples]  # type: ignore[misc]


# ------------------------------------------------------------------------------------------------- elementary
@pytest.mark.parametrize("at_0", [0, 1, -1])
def test_any_value_of_the_sign_at_0_learns(at_0: int) -> None:
    names = substituted(sign=lambda u: 1 if u > 0 else -1 if u < 0 else at_0)
    neurons = [cell("o", "x", "identity")]
    start = ({"x,o": 1.5}, {"o": 0.0})

    end = trained(neurons, start, [({"x": 0.5}, {"o": 0.25})], "absolute", eta=0.25, epochs=20, names=names)

    assert errors(neurons, end, [({"x": 0.5}, {"o": 0.25})], "absolute") <= 0.25


def test_square_is_a_name_for_a_product() -> None:
    for u in (Fraction(3, 7), -1.5):
        assert square(u) == u * u  # type: ignore[arg-type]  # exact numbers too


def test_another_order_of_adding_learns_as_well() -> None:
    def backwards(terms: Any) -> Any:  # noqa: ANN401 - numbers of any kind
        return total(list(terms)[::-1])

    names, start = substituted(total=backwards), parameters(either("tanh"))
    ends = [trained(either("tanh"), start, EITHER, eta=0.2, epochs=600, names=n) for n in (REFERENCE, names)]

    assert all(errors(either("tanh"), end, EITHER) < 0.02 for end in ends)
    assert ends[0] != ends[1]  # the last bits are others


def test_horners_rule_gives_the_same_numbers() -> None:
    coefficients: list[Any] = [Fraction(n, 7) for n in (3, -1, 4, 5)]
    u: Any = Fraction(2, 3)
    powers = total(c * math.prod([u] * n) for n, c in enumerate(reversed(coefficients)))

    assert polynomial(u, coefficients) == powers


@pytest.mark.parametrize("activation", ["logistic", "tanh", "softplus", "elu", "gelu", "sin"])
def test_other_functions_of_the_same_bend_learn_as_well(activation: str) -> None:
    rough: Names = {
        "exp": lambda u: 2.0 ** (u * 1.4426950408889634),
        "log": lambda u: math.log2(u) / 1.4426950408889634,
        "tanh": math.tanh,
        "sin": math.sin,
        "cos": math.cos,
        "erf": math.erf,
    }
    names = substituted(**rough)

    assert learns(either(activation), EITHER, eta=0.2, epochs=300, names=names)


@pytest.mark.parametrize("u", [0.0, 0.3, -1.7, 5.5])
def test_other_ways_to_compute_give_the_same_numbers(u: float) -> None:
    assert elementary.tanh(u) == pytest.approx(math.tanh(u), abs=1e-15)
    assert elementary.erf(u) == pytest.approx(math.erf(u), abs=1e-15)
    assert elementary.wave(u, 1) == pytest.approx(math.sin(u + HALF_PI[0]), abs=1e-9)


# ------------------------------------------------------------------------------------------------- neuron
def test_without_weights_or_bias_a_task_is_not_learned() -> None:
    neurons = [cell("o", "x", "identity")]
    assert learns(neurons, LINE, eta=0.3, epochs=300)
    for without in (
        lambda _, a, b, edges: (
            total(a[i] for i, _ in edges) + b
        ),  # the slope of the line is then 1, whatever is learned
        lambda w, a, _, edges: total(w[p] * a[i] for i, p in edges),  # at x = 0 it gives 0, whatever is learned
    ):
        names = substituted(net_input=without)
        z = [
            names["feed_forward"](Graph(neurons), {"x,o": w}, {"o": b}, {"x": 0.0}).z["o"]
            for w in (0, 5)
            for b in (0, 7)
        ]
        assert len(set(z)) < 4  # some parameter changes nothing
        state = trained(neurons, parameters(neurons), LINE, eta=0.1, epochs=200, names=names)
        left = [names["feed_forward"](Graph(neurons), *state, x).a["o"] - t["o"] for x, t in LINE]
        assert total(square(u) for u in left) > 0.05


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_any_activation_learns_a_line(activation: str) -> None:
    neurons = [cell("h", "x", activation), cell("o", "h x", "identity")]

    assert learns(neurons, LINE, eta=0.2, epochs=300)


@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "sin"])
def test_any_bent_activation_learns_what_no_line_can(activation: str) -> None:
    start = parameters(either("identity"), 1, lambda u: Fraction(round(64 * u), 64))
    straight = trained(either("identity"), start, fractions(EITHER), eta=Fraction(1, 64))
    a = [feed_forward(Graph(either("identity")), *straight, x).a["o"] for x, _ in fractions(EITHER)]

    assert (
        a[0] - a[1] - a[2] + a[3] == 0
    )  # of targets it is -2: so a straight network can not learn them, whatever it does
    assert learns(either(activation), EITHER, eta=0.2, epochs=300)


SLOPES = {
    **{f"{name}_slope": ("x", name) for name in ACTIVATIONS if name not in ("step", "sin")},
    "softmax_slope": ("x", "softmax"),
    "product_slope": ("x", "product"),
    "slope": ("x", "tanh"),
}


@pytest.mark.parametrize(("without", "activation"), [(text, found[1]) for text, found in SLOPES.items()])
def test_without_the_slope_nothing_before_it_learns(without: str, activation: str) -> None:
    bent = {
        "softmax": [cell("g1", "h", "softmax", "g"), cell("g2", "x", "softmax", "g")],
        "product": [
            Neuron("g1", (cell("g1.1", "h", "").net_inputs[0], cell("g1.2", "x", "").net_inputs[0]), "product")
        ],
    }.get(activation, [cell("g1", "h", activation)])
    neurons = [cell("h", "x", "identity"), *bent, cell("o", "g1 x", "identity")]
    w, b = parameters(neurons)
    start, samples = (dict.fromkeys(w, 0.5), dict.fromkeys(b, 0.25)), [({"x": 0.75}, {"o": 2.0})]

    end, same = (
        trained(neurons, start, samples, eta=0.25, epochs=5, names=names)
        for names in (REFERENCE, substituted(**nothing(without)))
    )

    assert end[0]["x,h"] != start[0]["x,h"]
    assert (same[0]["x,h"], same[1]["h"]) == (start[0]["x,h"], start[1]["h"])


def test_what_lies_before_a_step_learns_nothing() -> None:
    neurons = [cell("h", "x", "step"), cell("o", "h", "identity")]
    start = parameters(neurons)

    end = trained(neurons, start, LINE, epochs=20)

    assert end[0]["x,h"] == start[0]["x,h"]
    assert end[0]["h,o"] != start[0]["h,o"] or end[1]["o"] != start[1]["o"]


def test_any_shares_of_the_group_learn() -> None:
    shares = [({"x": x}, {"p": float(x > 0), "q": float(x < 0)}) for x in (-1.0, 1.0)]
    together = [cell("p", "x", "softmax", "g"), cell("q", "x", "softmax", "g")]
    alone = [cell("p", "x", "logistic"), cell("q", "x", "logistic")]

    assert learns(together, shares, "cross_entropy", epochs=200)
    assert learns(alone, shares, "binary_cross_entropy", epochs=200)


def test_without_products_a_gate_is_not_learned() -> None:
    gate = [({"x": x, "y": y}, {"o": x * y}) for x in (-1.0, 1.0) for y in (-1.0, 1.0)]
    product = [Neuron("o", (cell("o.1", "x", "").net_inputs[0], cell("o.2", "y", "").net_inputs[0]), "product")]
    straight = [cell("h", "x y", "identity"), cell("o", "h x y", "identity")]
    start = parameters(straight, 1, lambda u: Fraction(round(64 * u), 64))
    end = trained(straight, start, fractions(gate), eta=Fraction(1, 64))
    a = [feed_forward(Graph(straight), *end, x).a["o"] for x, _ in fractions(gate)]

    assert a[0] - a[1] - a[2] + a[3] == 0  # of the targets it is 4
    assert learns(product, gate, eta=0.2, epochs=300)


# ------------------------------------------------------------------------------------------------- error
@pytest.mark.parametrize("name", ERRORS)
def test_any_error_learns(name: str) -> None:
    chances = [({"x": x}, {"p": float(x > 0), "q": float(x < 0)}) for x in (-1.0, 1.0)]
    kind = ("softmax", "g") if name == "cross_entropy" else ("logistic", "")
    neurons = [cell("p", "x", *kind), cell("q", "x", *kind)]

    assert learns(neurons, chances, name, eta=0.2, epochs=2_000)


@pytest.mark.parametrize("without", [*(f"{name}_slope" for name in ERRORS), "own_slope"])
def test_without_the_slope_of_the_error_nothing_learns(without: str) -> None:
    name = without.removesuffix("_slope") if without != "own_slope" else "squared"
    neurons = [cell("o", "x", "logistic")]
    start, samples = parameters(neurons), [({"x": 0.75}, {"o": 1.0})]

    assert trained(neurons, start, samples, name) != start
    assert trained(neurons, start, samples, name, epochs=5, names=substituted(**nothing(without))) == start


# ------------------------------------------------------------------------------------------------- graph
def test_edges_that_own_their_weights_are_the_same_network() -> None:
    shared = [Neuron("o", (NetInput("o", (Edge("x", "v"), Edge("y", "v")), "o"),), "tanh")]
    x = {"x": 0.5, "y": -0.25}

    one = feed_forward(Graph(shared), {"v": 0.75}, {"o": 0.5}, x)
    other = feed_forward(Graph([cell("o", "x y", "tanh")]), {"x,o": 0.75, "y,o": 0.75}, {"o": 0.5}, x)

    assert one == other


def test_neurons_may_be_given_in_any_order() -> None:
    neurons = either("tanh")
    start = parameters(neurons)

    results = [feed_forward(Graph(order), *start, EITHER[1][0]).a for order in (neurons, neurons[::-1])]

    assert results[0] == results[1]


def test_without_its_group_a_softmax_has_no_sum() -> None:
    z = {"p": 1.0, "q": -1.0}

    assert total(softmax(z, ["p", "q"], j) for j in z) == pytest.approx(1)
    assert total(softmax(z, [j], j) for j in z) == 2  # each alone is the whole


def test_in_a_cycle_no_neuron_can_be_the_first() -> None:
    with pytest.raises(CycleError):
        Graph([cell("h", "o", "tanh"), cell("o", "h", "tanh")])


def test_looking_edges_up_each_time_gives_the_same_numbers() -> None:
    neurons = either("tanh")
    w, b = parameters(neurons)
    network = Graph(neurons)
    passed = feed_forward(network, w, b, EITHER[1][0])

    slopes = backpropagate(network, "half_squared", w, EITHER[1][1], *passed)

    for edge, j in [(edge, each.name) for each in neurons for k in each.net_inputs for edge in k.edges]:
        again = [
            (k.name, e.source) for each in neurons for k in each.net_inputs for e in k.edges if e.weight == edge.weight
        ]
        assert again == network.uses[edge.weight]
        assert slopes.dE_dw[edge.weight] == slopes.dE_db[j] * passed.a[edge.source]


def test_without_an_order_activations_are_missing() -> None:
    neurons = either("tanh")
    network = Graph(neurons)
    w, b = parameters(neurons)
    network.order = network.order[::-1]

    with pytest.raises(KeyError):
        feed_forward(network, w, b, EITHER[1][0])


def test_without_earlier_steps_what_was_before_is_not_learned() -> None:
    late = Neuron("o", (NetInput("o", (Edge("x", "v"), Edge("x", "w", delay=1)), "o"),))
    before = [({"x@1": x, "x@2": 0.5}, {"o@2": x}) for x in (0.0, 1.0)]
    now = Neuron("o", (NetInput("o", (Edge("x", "v"),), "o"),))
    start = ({"v": 0.3, "w": 0.2}, {"o": 0.0})

    end = trained(unrolled([late], 2), start, before, eta=0.3, epochs=200)
    a = [feed_forward(Graph(unrolled([now], 2)), *start, x).a["o@2"] for x, _ in before]

    assert errors(unrolled([late], 2), end, before) < 1e-6
    assert a[0] == a[1]  # what differs lies a step before: without it both samples are one


def test_any_name_for_a_step_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Neuron("o", (NetInput("o", (Edge("x", "v"), Edge("o", "w", delay=1)), "o"),), "tanh")
    w, b = {"v": 0.3, "w": 0.2}, {"o": 0.1}
    usual = feed_forward(Graph(unrolled([late], 2)), w, b, {"x@1": 1.0, "x@2": 0.5}).a["o@2"]
    monkeypatch.setattr(graph, "at", lambda name, s: f"step {s} of {name}")

    other = feed_forward(Graph(unrolled([late], 2)), w, b, {"step 1 of x": 1.0, "step 2 of x": 0.5}).a

    assert other["step 2 of o"] == usual


# ------------------------------------------------------------------------------------------------- learning
def test_results_may_be_handed_over_in_any_form() -> None:
    network = Graph([cell("o", "x", "tanh")])
    z, a = feed_forward(network, {"x,o": 0.5}, {"o": 0.0}, {"x": 1.0})
    dE_dw, dE_db = backpropagate(network, "squared", {"x,o": 0.5}, {"o": 1.0}, z, a)  # noqa: N806 - as the book has it

    assert (list(dE_dw), list(dE_db)) == (["x,o"], ["o"])


def test_without_an_activation_nothing_goes_forward() -> None:
    network, (w, b) = Graph(either("tanh")), parameters(either("tanh"))
    names = substituted(activation=lambda *_: 0)

    outputs = {names["feed_forward"](network, w, b, x).a["o"] for x, _ in EITHER}

    assert outputs == {0}  # the same for all samples
    assert len({feed_forward(network, w, b, x).a["o"] for x, _ in EITHER}) == 4


def test_without_one_path_the_error_grows() -> None:
    neurons = [cell("h", "x", "identity"), cell("o", "h x", "identity")]
    w: Exact = {"x,h": Fraction(1), "h,o": Fraction(3), "x,o": Fraction(-1)}
    b: Exact = {"h": Fraction(0), "o": Fraction(0)}
    sample: Samples = [({"x": Fraction(1)}, {"o": Fraction(0)})]
    network = Graph(neurons)
    slopes = backpropagate(network, "half_squared", w, sample[0][1], *feed_forward(network, w, b, sample[0][0]))
    dE_dx = total(slopes.dE_db[k] * w[p] for k, p in network.targets["x"])  # noqa: N806 - both paths of x
    one = total(slopes.dE_db[k] * w[p] for k, p in network.targets["x"][1:])

    x = {full: sample[0][0]["x"] - Fraction(1, 8) * slope for full, slope in ((True, dE_dx), (False, one))}

    start = errors(neurons, (w, b), sample)
    ends = {full: errors(neurons, (w, b), [({"x": u}, sample[0][1])]) for full, u in x.items()}
    assert ends[True] < start < ends[False]


def test_without_updates_nothing_is_learned() -> None:
    names = {**REFERENCE, "update": lambda v, *_: dict(v)}
    start = parameters(either("tanh"))

    assert trained(either("tanh"), start, EITHER, epochs=10, names=names) == start


def test_a_sum_with_a_smaller_rate_is_the_mean() -> None:
    slopes: list[Exact] = [{"v": Fraction(n, 3)} for n in range(4)]
    summed = {"v": total(s["v"] for s in slopes)}
    v: Exact = {"v": Fraction(1, 2)}
    quarter: Any = Fraction(1, 4)

    assert update(v, quarter, mean(slopes), v) == update(v, quarter / 4, summed, v)
