"""Any network derives itself: every formula of its backward pass follows from those of its forward pass."""

import random
import re

import pytest
from any_network import CASES, Case, case
from hypothesis import given, settings

from neuronwise.checks.derivations import check, check_print
from neuronwise.checks.meaning import Meanings
from neuronwise.checks.mutated import judged
from neuronwise.mathematics.algebra import same_formula, unfolded
from neuronwise.mathematics.backward import NotDerivedError, derive
from neuronwise.mathematics.derivation import Derivation
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.search import apply_at
from neuronwise.mathematics.tree import Node, code_name, name, symbol
from neuronwise.mathematics.values import evaluate
from neuronwise.necessary.error import ERRORS
from neuronwise.necessary.graph import Edge, Graph, NetInput, Neuron
from neuronwise.necessary.learning import backpropagate, feed_forward
from neuronwise.necessary.neuron import ACTIVATIONS
from neuronwise.network import written
from neuronwise.network.derived import Derived
from neuronwise.network.errors import TooLongError
from neuronwise.network.explain import CONSTANTS, FUNCTIONS
from neuronwise.network.written import Written


def derived(net: Case) -> Derived:
    return Derived(Written(Graph(net.neurons), list(net.t), net.error))


def single(activation: str, error: str = "half_squared") -> Derived:
    neurons = [Neuron("o", (NetInput("o", (Edge("x", "x,o"),), "o"),), activation, "g" * (activation == "softmax"))]
    return Derived(Written(Graph(neurons), ["o"], error))


def steps_keep_the_meaning(derivation: Derivation, meanings: Meanings) -> bool:
    steps = [step.node for line in derivation.lines for step in line.steps]
    return all(meanings.same(derivation.goal, node) for node in steps)


def replayed(derivation: Derivation) -> bool:
    """Whether each step but algebra, done again from its record, gives the very next line."""
    above = derivation.goal
    for line in derivation.lines:
        for step in line.steps:
            if step.application.rule.name != "algebra":
                again, _ = apply_at(
                    step.application.rule, step.application.argument, above, step.place, derivation.definitions
                )
                if again != step.node:
                    return False
            above = step.node
    return True


@settings(max_examples=60)
@given(CASES)
def test_every_formula_of_the_backward_pass_is_derived_and_keeps_its_meaning(net: Case) -> None:
    network = derived(net)

    delta = list(network.delta_form())  # each ends with the formula of the code, or it is refused

    assert [d.goal for d in delta] == [formula.parts[0] for formula in network.backwards()]
    meanings = Meanings(network.all_cited)
    for derivation in (*delta, *network.known.values()):
        assert steps_keep_the_meaning(derivation, meanings)
        assert replayed(derivation)
        for line in derivation.lines:
            check_print(line.node, 1)


@settings(max_examples=40)
@given(CASES)
def test_the_results_compute_the_slopes_of_the_reference(net: Case) -> None:
    network = derived(net)
    z, a = feed_forward(network.graph, net.w, net.b, net.x)
    slopes = backpropagate(network.graph, net.error, net.w, net.t, z, a)
    env = CONSTANTS | {f"z[{k}]": u for k, u in z.items()} | {f"a[{j}]": u for j, u in a.items()}
    env |= {f"w[{p}]": u for p, u in net.w.items()} | {f"t[{o}]": u for o, u in net.t.items()}
    for derivation in network.delta_form():  # in the order of the code: what one needs is there
        env[code_name(derivation.goal) or ""] = float(evaluate(derivation.result, env, FUNCTIONS))

    for p, slope in slopes.dE_dw.items():
        assert env[f"dE_dw[{p}]"] == pytest.approx(slope, rel=1e-9, abs=1e-12)
    for q, slope in slopes.dE_db.items():
        assert env[f"dE_db[{q}]"] == pytest.approx(slope, rel=1e-9, abs=1e-12)


@settings(max_examples=30)
@given(CASES)
def test_the_delta_form_unfolded_is_the_unrolled_form(net: Case) -> None:
    network = derived(net)
    delta = {code_name(d.goal) or "": d.result for d in network.delta_form()}
    short = [p for p in network.graph.uses if network.steps(f"w[{p}]") <= 200]

    for p in short:
        goal = symbol(f"dE_dw[{p}]")
        unrolled = network.unrolled(goal)
        assert same_formula(unfolded(goal, delta), unrolled.result, {})
        assert steps_keep_the_meaning(unrolled, Meanings(network.citing(network.behind(f"w[{p}]"))))
        steps = [step for line in unrolled.lines for step in line.steps if step.application.name != "algebra"]
        assert len(steps) == network.steps(f"w[{p}]")


@pytest.mark.parametrize("activation", [*ACTIVATIONS, "softmax"])
def test_every_activation_has_its_slope_derived_down_to_the_code(activation: str) -> None:
    network = single(activation)
    (goal,) = network.edges("z[o]")

    derivation = network.of_edge(goal)

    assert steps_keep_the_meaning(derivation, Meanings(network.definitions))
    assert replayed(derivation)
    for line in derivation.lines:
        check_print(line.node, 1)


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_has_its_slope_derived_down_to_the_code(error: str) -> None:
    network = single("softmax" if error == "cross_entropy" else "logistic", error)
    (goal,) = (edge for edge in network.edges("a[o]") if edge.parts[0] == name("E"))

    derivation = network.of_edge(goal)

    assert steps_keep_the_meaning(derivation, Meanings(network.definitions))
    assert replayed(derivation)


@pytest.mark.parametrize("sources", [3, 200])
def test_every_line_passes_all_checks_however_many_edges_arrive(sources: int) -> None:
    edges = tuple(Edge(f"x{n}", f"x{n},o") for n in range(sources))
    network = Derived(Written(Graph([Neuron("o", (NetInput("o", edges, "o"),), "logistic")]), ["o"], "half_squared"))

    derivation = network.in_full(symbol("dE_dw[x0,o]"))

    check(derivation)
    assert "z[o]" in plain(derivation.lines[0].node)


def test_changed_lines_of_a_random_networks_derivations_are_refused() -> None:
    lot = random.Random(5)  # noqa: S311 - chance, not secrecy
    network = derived(case(lot, steps=2))
    every = [*network.delta_form(), *network.known.values()]

    assert {verdict for _, verdict in judged([d for d in every if d.lines], 1, 2_000)} <= {"refused", "legal"}


@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu", "elu", "softplus", "gelu", "sin"])
def test_a_slope_in_the_code_that_is_wrong_can_not_be_derived(activation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Written.slope

    def wrong(self: Written, group: object, j: str, k: str) -> Node:
        return Node("times", (right(self, group, j, k), name("a[o]")))  # type: ignore[arg-type]

    monkeypatch.setattr(written.Written, "slope", wrong)

    with pytest.raises(NotDerivedError, match="expected a derivation that ends with the formula of the code"):
        list(single(activation).delta_form())


def test_a_slope_without_a_rule_is_refused() -> None:
    network = single("logistic")

    with pytest.raises(NotDerivedError, match=re.escape("expected a rule for ∂/∂w[x,o][count(w[x,o])]")):
        derive(network.definitions, read_plain("∂/∂w[x,o][len(w[x,o])]"))


def test_too_long_a_derivation_is_refused_with_its_length() -> None:
    layer = ["x"]
    neurons = []
    for depth in range(12):
        here = [f"h{depth}{letter}" for letter in "abc"]
        for j in here:
            edges = tuple(Edge(i, f"{i},{j}") for i in layer)
            neurons.append(Neuron(j, (NetInput(j, edges, j),), "tanh"))
        layer = here
    network = Derived(Written(Graph(neurons), layer, "half_squared"))

    with pytest.raises(TooLongError, match=r"at most 300 steps; dE/dw\[x,h0a\] has [\d,]+ steps along 177,147 paths"):
        network.unrolled(symbol("dE_dw[x,h0a]"))


def test_the_words_of_a_rule_speak_of_the_place_where_it_was_used() -> None:
    network = single("logistic")
    (goal,) = network.edges("z[o]")
    told = [step.application.told(plain) for line in network.of_edge(goal).lines for step in line.steps]

    assert told[0].startswith("An edge looks at one formula alone: a[o] is 1/(1 + exp(−z[o])).")
    assert not [words for words in told if "{" in words]
