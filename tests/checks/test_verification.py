"""A report on a network: it agrees for the reference, and says where it parts for each fault that is planted there."""

import ast
import inspect
import random
import re
from collections.abc import Sequence
from math import inf, nan
from types import ModuleType
from typing import Any

import pytest
from any_network import CASES, Case
from hypothesis import given, settings

from neuronwise.checks import verification
from neuronwise.checks.engines import Engine, Lesson, Sample
from neuronwise.checks.rounding import DOUBLE, Precision
from neuronwise.checks.running import run
from neuronwise.checks.substituted import REFERENCE, ROOM, Names, substituted
from neuronwise.checks.verification import REACH, Report, verify
from neuronwise.necessary import error, learning, neuron
from neuronwise.necessary.graph import Edge, Graph, NetInput, Neuron
from neuronwise.necessary.learning import Slopes


def made(name: str, sources: Sequence[str], activation: str = "logistic", group: str = "") -> Neuron:
    """A neuron whose edges have weights of their own."""
    return Neuron(name, (NetInput(name, tuple(Edge(i, f"{i},{name}") for i in sources), name),), activation, group)


PRODUCT = Neuron(
    "p",
    tuple(NetInput(f"p.{n}", (Edge(i, f"{i},p.{n}"),), f"p.{n}") for n, i in ((1, "h2"), (2, "h3"))),
    "product",
)
SHARING = Neuron("o", (NetInput("o", (Edge("h1", "h1,o"), Edge("h2", "h1,o"), Edge("p", "p,o")), "o"),), "logistic")
NETWORKS = {
    # two ways, one of them skips a neuron; a product; a weight on two edges
    "skip": [made("h1", ["x"]), made("h2", ["h1", "x"], "tanh"), made("h3", ["h2"], "relu"), PRODUCT, SHARING],
    "softmax": [made("h1", ["x"], "tanh"), *(made(j, ["h1", "x"], "softmax", "g") for j in ("o", "q", "r"))],
}


def numbers(neurons: Sequence[Neuron]) -> tuple[dict[str, float], dict[str, float]]:
    lot = random.Random(4)  # noqa: S311 - chance, not secrecy
    edges = [edge.weight for neuron in neurons for k in neuron.net_inputs for edge in k.edges]
    return (
        {p: lot.uniform(0.25, 1.0) for p in edges},
        {k.name: lot.uniform(0.1, 0.5) for neuron in neurons for k in neuron.net_inputs},
    )


def report(
    network: str,
    names: Names = REFERENCE,
    samples: Sequence[Sample] = ((({"x": 0.5}), {"o": 0.25}),),
    **more: Any,  # noqa: ANN401 - as verify has them
) -> Report:
    neurons = NETWORKS[network]
    error = more.pop("error", "half_squared")
    return verify(Graph(neurons), numbers(neurons), list(samples), error, names=names, **more)


def planted(room: ModuleType, function: str, old: str, new: str) -> Names:
    """The reference, where one function has another text."""
    source = inspect.getsource(getattr(room, function))
    assert source.count(old) == 1
    code = ast.parse(inspect.getsource(room).replace(source, source.replace(old, new)))
    return substituted(**{function: run(code, f"{ROOM}.planted")[function]})


@pytest.mark.parametrize("network", NETWORKS)
def test_the_reference_agrees(network: str) -> None:
    found = report(network)

    assert found.agree
    assert found.used <= 1
    assert found.verdict == "All agree."


STRUCTURE, SLOPE = {"exactly", "floats"}, {"floats", "slopes"}
SKIP_FAULTS = [
    # what is wrong, where, the text, the faulty text, the checks that see it
    ("the sign", learning, "own_slope", "return ", "return -", SLOPE),
    ("a forgotten slope", learning, "backpropagate", " * slope(group, z, a, j, k)", "", STRUCTURE),
    ("a forgotten weight", learning, "backpropagate", "dE_dz[k] * w[p]", "dE_dz[k]", STRUCTURE),
    ("a forgotten activation", learning, "backpropagate", "dE_dz[k] * a[i]", "dE_dz[k]", STRUCTURE),
    ("a forgotten path", learning, "backpropagate", "in graph.targets[j])", "in graph.targets[j][:1])", STRUCTURE),
    (
        "a shared weight counted once", learning, "backpropagate",
        "in graph.uses[p])", "in graph.uses[p][:1])", STRUCTURE,
    ),
    ("stale weights", learning, "backpropagate", "dE_dz[k] * w[p]", "dE_dz[k] * (w[p] - 0.001 * a[j])", STRUCTURE),
    (
        "the total slope of a neuron in place of the local one of its skip",
        learning,
        "backpropagate",
        "dE_dz[k] * w[p] for",
        (
            "dE_dz[k] * (w[p] + total(w[v] * slope(graph.order[1], z, a, m, m) * w[u] "
            "for m, v in graph.targets[j] for n, u in graph.targets[m] if n == k)) for"
        ),
        STRUCTURE,
    ),
    (
        "one part in 10^12 too much", learning, "backpropagate",
        "dE_dz[k] * a[i]", "dE_dz[k] * a[i] * 1.000000000001", STRUCTURE,
    ),
    ("no number", learning, "backpropagate", "dE_dz[k] * a[i]", "dE_dz[k] * a[i] * float('nan')", STRUCTURE),
    ("an infinite number", learning, "backpropagate", "dE_dz[k] * a[i]", "dE_dz[k] * a[i] * float('inf')", STRUCTURE),
    (
        "a bias with twice its slope", learning, "backpropagate",
        "total(dE_dz[k] for", "total(2 * dE_dz[k] for", STRUCTURE,
    ),
    ("a bias that feeds nothing forward", neuron, "net_input", "in edges) + b", "in edges)", STRUCTURE),
    ("f for f'", neuron, "logistic_slope", " * (1 - logistic(z))", "", SLOPE),
    (
        "f' of the activation, as if that were z", neuron, "logistic_slope",
        "logistic(z) * (1 - logistic(z))", "z * (1 - z)", SLOPE,
    ),
    ("tanh without its square", neuron, "tanh_slope", "square(tanh(z))", "tanh(z)", SLOPE),
    ("a slope that is no number", neuron, "relu_slope", "1 if z > 0 else 0", "float('nan')", SLOPE),
    ("the other factor of a product", neuron, "product_slope", "if k == u", "if k == v", SLOPE),
    ("half of an error, whole slope", error, "half_squared_slope", "-(", "-2 * (", SLOPE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("room", "function", "old", "new", "seen_by"),
    [fault[1:] for fault in SKIP_FAULTS],
    ids=[fault[0] for fault in SKIP_FAULTS],
)
def test_a_planted_fault_is_seen(room: ModuleType, function: str, old: str, new: str, seen_by: set[str]) -> None:
    found = report("skip", planted(room, function, old, new))

    assert not found.agree
    assert {row.check for row in found.rows if row.differences} == seen_by


def test_a_fault_is_seen_by_the_samples_that_come_by() -> None:
    always_passes = planted(neuron, "relu_slope", "else 0", "else 1")
    positive, negative = ({"x": 0.5}, {"o": 0.25}), ({"x": -5.0}, {"o": 0.25})

    assert report("skip", always_passes, [positive]).agree
    assert not report("skip", always_passes, [positive, negative]).agree


@pytest.mark.parametrize(
    ("function", "old", "new"),
    [
        ("softmax_slope", "(1 if j == k else 0) - a[k]", "(1 if j == k else 0)"),
        ("softmax_slope", "- a[k]", "+ a[k]"),
        ("softmax_slope", "j == k", "j != k"),
        ("softmax_slope", "a[j] * ", "a[k] * "),
    ],
)
def test_a_planted_fault_in_a_softmax_is_seen(function: str, old: str, new: str) -> None:
    sample = ({"x": 0.5}, {"o": 1.0, "q": 0.0, "r": 0.0})

    found = report("softmax", planted(neuron, function, old, new), [sample], error="cross_entropy")

    assert {row.check for row in found.rows if row.differences} == SLOPE


def test_only_what_all_neurons_of_a_group_say_counts() -> None:
    own_alone = planted(learning, "backpropagate", "for j in group.neurons)", "for j in group.neurons if j == k)")

    assert not report("softmax", own_alone).agree


@settings(max_examples=100)
@given(CASES)
def test_every_network_agrees(net: Case) -> None:
    found = verify(net.shape.graph, (net.w, net.b), [(net.x, net.t)], net.error)

    assert found.agree, str(found)
    assert found.used <= 1


@pytest.mark.parametrize("number", [nan, inf, 1e308])
def test_what_is_not_a_number_agrees_with_nothing(number: float) -> None:
    neurons = [made("h", ["x"], "identity"), made("o", ["h"], "identity")]
    w, b = {"x,h": number, "h,o": 1e10}, {"h": 0.0, "o": 0.0}

    found = verify(Graph(neurons), (w, b), [({"x": 0.5}, {"o": 0.25})], "squared")

    assert {row.check for row in found.rows if row.differences} >= {"floats"}
    assert found.verdict.startswith("They differ: floats")


def test_other_engines_must_have_the_bits_or_lie_within_the_bound() -> None:
    def engine(factor: float, precision: Precision | None = None) -> Engine:
        def slopes(samples: Sequence[Sample]) -> Slopes:
            found = Lesson(Graph(NETWORKS["skip"]), "half_squared", numbers(NETWORKS["skip"]), samples).slopes(
                REFERENCE
            )
            return Slopes({p: u * factor for p, u in found.dE_dw.items()}, found.dE_db)

        return Engine(slopes, precision)

    found = report("skip", engines={"same": engine(1.0), "near": engine(1.0000000000000002), "none": engine(nan)})

    (row,) = (row for row in found.rows if row.check == "engines")
    assert row.found == "necessary, same, near, none: the same bits"
    assert {difference.split(", ")[-1].split()[0] for difference in row.differences} == {"near", "none"}
    assert report("skip", engines={"same": engine(1.0)}).agree
    two = (({"x": 0.5}), {"o": 0.25}), (({"x": 1.0}), {"o": 0.5})
    near = {str(factor): engine(factor, DOUBLE) for factor in (1.0, 1.0000000000000002, 1.00000001, nan)}
    (row,) = (row for row in report("skip", samples=two, engines=near).rows if row.check == "engines")
    assert row.found.startswith(
        "beside necessary; 1.0: at most 0 % of the bound that was computed; 1.0000000000000002: "
    )
    assert {difference.split(", ")[-1].split()[0] for difference in row.differences} == {"1.00000001", "nan"}


def test_the_report_says_what_was_checked_and_what_that_can_show() -> None:
    lines = str(report("skip", samples=[({"x": 0.5}, {"o": 0.25}), ({"x": 1.0}, {"o": 0.5})])).splitlines()

    assert lines[0] == "5 neurons, 8 weights, 6 biases, 2 samples, error half_squared"
    assert [line.split()[0] for line in lines if line and line[0] != " "][1:7] == [
        *("engines", "exactly", "floats", "slopes", "paths"),
        "All",
    ]
    text = " ".join(" ".join(lines).split())
    assert "forwards 14 of 14 slopes, over all paths 14 of 14, for 2 of 2 samples" in text
    assert text.endswith(REACH)
    assert "All agree." in text


def test_the_report_is_a_table_in_a_notebook() -> None:
    names = planted(learning, "backpropagate", "dE_dz[k] * a[i]", "dE_dz[k] * float('nan')")
    neurons = [made("<b>", ["x"], "identity")]

    page = verify(Graph(neurons), ({"x,<b>": 1.0}, {"<b>": 0.0}), [({"x": 0.5}, {"<b>": 0.25})], "squared", names=names)

    table = page._repr_html_()
    assert table.count("<tr>") == 5
    assert "w[x,&lt;b&gt;]: backwards nan" in table
    assert "<b>" not in table
    assert "They differ: exactly, floats." in table


def test_of_many_differences_some_are_told_and_the_rest_counted() -> None:
    text = str(report("skip", planted(learning, "backpropagate", "dE_dz[k] * a[i]", "-dE_dz[k] * a[i]")))

    assert text.count("differs: ") == 2 * verification.TOLD
    assert "and 5 more" in text
    assert re.search(r"differs: w\[x,h1\]: backwards (-?[\d.]+), forwards -?[\d.]+, over all paths", text)


def test_too_much_work_is_done_in_part_and_the_report_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    lot = random.Random(0)  # noqa: S311 - chance, not secrecy
    neurons = [made(f"h{n}", [f"h{m}" for m in range(n)] + ["x"], "tanh") for n in range(30)]
    w = {edge.weight: lot.uniform(-0.1, 0.1) for n in neurons for k in n.net_inputs for edge in k.edges}
    monkeypatch.setattr(verification, "WORK", 15_000)

    text = " ".join(
        str(
            verify(Graph(neurons), (w, {n.name: 0.0 for n in neurons}), [({"x": 0.5}, {"h29": 0.25})] * 50, "squared")
        ).split()
    )

    assert "exactly forwards 32 of 495 slopes, over all paths 27 of 495" in text
    assert "for 1 of 50 samples" in text
    assert "paths 1,610,612,735 from weights and biases to the error; most from w[x,h0], 268,435,456" in text
    assert "All agree." in text


@pytest.mark.parametrize(
    ("samples", "got"),
    [([], "none"), ([({}, {})], "none in one of them"), ([({}, {"o": 1.0}), ({}, {"p": 1.0})], "different outputs")],
)
def test_samples_without_the_same_targets_are_refused(samples: list[Sample], got: str) -> None:
    with pytest.raises(ValueError, match=f"expected samples, each with a target for the same outputs; got {got}$"):
        verify(Graph(NETWORKS["skip"]), numbers(NETWORKS["skip"]), samples, "squared")
