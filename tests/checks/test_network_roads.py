"""Three roads to every gradient of any network: equal exactly, close in floats, and apart where a fault was planted."""

import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import pytest
from any_network import CASES, LOTS, Case, diamonds
from hypothesis import given, settings
from hypothesis import strategies as st

from neuronwise.checks.bounds import UNIT, Bounded, Size, bounded_bent, bounds
from neuronwise.checks.dual import BENT, Dual, derivatives, lifted
from neuronwise.checks.network_roads import Drawn, Roads
from neuronwise.checks.residues import Residue
from neuronwise.checks.roads import TooManyPathsError
from neuronwise.checks.stretches import Parameter, Shape, Stretches
from neuronwise.checks.substituted import FILES, REFERENCE, substituted
from neuronwise.checks.worlds import P
from neuronwise.necessary.graph import Edge, Graph, NetInput, Neuron
from neuronwise.necessary.neuron import ACTIVATIONS

ALONE = list(ACTIVATIONS)
ENTROPIES = ("cross_entropy", "binary_cross_entropy")


def every_road(roads: Roads, parameter: Parameter) -> tuple[Any, Any, Any]:
    return roads.backwards()[parameter], roads.forwards(parameter), roads.over_paths(parameter)


@settings(max_examples=300)
@given(CASES, st.integers(0, 1000))
def test_modulo_a_prime_the_three_roads_are_equal_for_every_weight_and_bias(net: Case, seed: int) -> None:
    roads = Drawn(net.shape, seed)

    found = [every_road(roads, parameter) for parameter in net.shape.parameters]

    assert found
    assert [len(set(values)) for values in found] == [1] * len(found)


@settings(max_examples=300)
@given(CASES)
def test_in_floats_the_roads_part_by_no_more_than_was_computed_before(net: Case) -> None:
    roads, allowed = net.measured, bounds(net.measured)

    for parameter in net.shape.parameters:
        backwards, forwards, over_paths = every_road(roads, parameter)

        assert abs(backwards - forwards) <= allowed.gradient[parameter]
        assert abs(backwards - over_paths) <= allowed.gradient[parameter]


@settings(max_examples=100)
@given(CASES)
def test_each_road_is_that_close_to_the_exact_sum_over_its_own_slopes(net: Case) -> None:
    roads, allowed = net.measured, bounds(net.measured)
    w, a = ({name: Fraction(u) for name, u in numbers.items()} for numbers in (roads.w, roads.a))

    def exactly(slope: Callable[[str, str], float], own: Callable[[str], float]) -> Stretches:
        return Stretches(net.shape, w, a, cache(lambda j, k: Fraction(slope(j, k))), cache(lambda o: Fraction(own(o))))

    of_formulas = exactly(roads.slope, roads.own)
    as_written = exactly(
        lambda j, k: REFERENCE["slope"](net.shape.group[k], roads.z, roads.a, j, k),
        lambda o: REFERENCE["own_slope"](net.error, net.t, roads.a, o),
    )
    for parameter in net.shape.parameters:
        backwards, forwards, over_paths = map(Fraction, every_road(roads, parameter))
        bound = Fraction(allowed.gradient[parameter])

        assert abs(backwards - as_written.over_paths(parameter)) <= bound
        assert abs(forwards - of_formulas.over_paths(parameter)) <= bound
        assert abs(over_paths - of_formulas.over_paths(parameter)) <= bound


def single(activation: str, z: float, error: str = "half_squared", t: float = 0.25) -> Case:
    """One neuron whose net input is its bias."""
    return Case([Neuron("h", (NetInput("h", (), "h"),), activation)], {}, {"h": z}, {}, {"h": t}, error)


@pytest.mark.parametrize("activation", ALONE)
@given(z=st.one_of(st.floats(-40, 40), st.sampled_from([0.0, -0.0, 1e-300, 800.0, -800.0, 1e6, -1e6])))
def test_each_activation_has_the_slope_of_its_formula(activation: str, z: float) -> None:
    roads = single(activation, z).measured
    slope, spread = bounds(roads).slope["h", "h"], bounds(roads).slope["h", "h"].spread

    assert abs(ACTIVATIONS[activation][1](z) - roads.slope("h", "h")) <= spread <= 1e-13 * (1 + slope.size)


@pytest.mark.parametrize("error", ["absolute", "squared", "half_squared", "mean_squared", *ENTROPIES])
@given(a=st.floats(0.001, 0.999), t=st.floats(0, 1))
def test_each_error_has_the_slope_of_its_formula(error: str, a: float, t: float) -> None:
    roads = single("identity", a, error, t).measured
    size, spread = bounds(roads).own["h"]

    assert abs(REFERENCE["own_slope"](error, {"h": t}, {"h": a}, "h") - roads.own("h")) <= spread <= 1e-14 * (1 + size)


@pytest.mark.parametrize("error", ENTROPIES)
@given(lot=LOTS)
def test_chances_agree_too(error: str, lot: random.Random) -> None:
    kind = ("softmax", "g") if error == "cross_entropy" else ("logistic", "")
    names = ("o", "p", "q")
    neurons = [Neuron(j, (NetInput(j, (Edge("x", f"x,{j}"),), j),), *kind) for j in names]
    w, b = {f"x,{j}": lot.uniform(-5, 5) for j in names}, {j: lot.uniform(-5, 5) for j in names}
    t = dict(zip(names, lot.choice([(1.0, 0.0, 0.0), (0.25, 0.25, 0.5)]), strict=True))
    roads = Case(neurons, w, b, {"x": lot.uniform(-2, 2)}, t, error).measured
    allowed = bounds(roads).gradient

    for parameter in roads.shape.parameters:
        backwards, forwards, over_paths = every_road(roads, parameter)
        assert (
            max(abs(backwards - forwards), abs(backwards - over_paths)) <= allowed[parameter] <= 1e-9
        )  # net inputs up to 15: there 1 − a keeps ten digits


def test_paths_are_counted_before_they_are_listed() -> None:
    shape = Shape(Graph(diamonds(64)), ["m63"])
    roads, first = Drawn(shape), Parameter("w", "x,l0")

    assert shape.paths(first) == 2**63
    with pytest.raises(
        TooManyPathsError, match=r"at most 100,000 .*; got 9,223,372,036,854,775,808 from w\[x,l0\] to E"
    ):
        roads.over_paths(first)
    assert roads.backwards()[first] == roads.forwards(first)


def test_without_an_order_what_has_arrived_is_passed_on_again() -> None:
    graph = Graph(diamonds(2))
    w, b = dict.fromkeys(graph.uses, 1.0), dict.fromkeys(graph.biased, 0.0)
    shape, arrived = Shape(graph, ["m1"]), Counter({"m1": 1})

    def pass_on(j: str) -> None:  # as soon as something arrives, not when all has arrived
        for i, _ in graph.edges.get(j, ()):
            arrived[i] += arrived[j]
            pass_on(i)

    pass_on("m1")
    z, a = REFERENCE["feed_forward"](graph, w, b, {"x": 1.0})
    slopes = REFERENCE["backpropagate"](graph, "absolute", w, {"m1": 0.0}, z, a)

    assert sum(shape.paths(Parameter("w", f"x,{side}0")) for side in "lr") == 4
    assert slopes.dE_db["l0"] + slopes.dE_db["r0"] == 4
    assert arrived["x"] == 8


@given(CASES)
def test_as_many_paths_are_listed_as_were_counted(net: Case) -> None:
    names = [*net.x, *(neuron.name for neuron in net.neurons)]
    ones = Stretches(net.shape, dict.fromkeys(net.w, 1), dict.fromkeys(names, 1), lambda _j, _k: 1, lambda _: 1)

    assert [len(list(ones.products(p))) for p in net.shape.parameters] == [*map(net.shape.paths, net.shape.parameters)]


@given(CASES)
def test_running_the_reference_elsewhere_changes_nothing(net: Case) -> None:
    before = {name: id(value) for name, value in REFERENCE.items()}
    graph = Graph(net.neurons)

    z, a = substituted()["feed_forward"](graph, net.w, net.b, net.x)
    copied = substituted()["backpropagate"](graph, net.error, net.w, net.t, z, a)

    assert (z, a) == REFERENCE["feed_forward"](graph, net.w, net.b, net.x)
    assert repr(copied) == repr(REFERENCE["backpropagate"](graph, net.error, net.w, net.t, z, a))
    assert {name: id(value) for name, value in REFERENCE.items()} == before


def test_a_name_the_reference_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="expected names that the reference uses; got sigmoid"):
        substituted(sigmoid=abs)


def test_no_two_files_of_the_reference_mean_different_things_by_one_name() -> None:
    everywhere = [(name, value) for file in FILES for name, value in vars(file).items() if not name.startswith("__")]

    assert [name for name, value in everywhere if REFERENCE[name] is not value and REFERENCE[name] != value] == []


# Numbers


RESIDUES = st.integers(0, P - 1)


@given(RESIDUES, RESIDUES)
def test_residues_compute_modulo_the_prime(u: int, v: int) -> None:
    a, b = Residue(u), Residue(v)

    assert [a + b, a - b, a * b, -a] == [(u + v) % P, (u - v) % P, u * v % P, -u % P]
    assert [a + v, u + b, a - v, u - b, a * v, u * b] == [(u + v) % P] * 2 + [(u - v) % P] * 2 + [u * v % P] * 2
    assert {type(each) for each in (a + v, u + b, a - v, u - b, a * v, u * b, -a)} == {Residue}


NUMBERS = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.1, -0.1, 1e-200]))


@given(NUMBERS, NUMBERS, st.floats(0, 1e-3), st.floats(0, 1e-3), st.data())
def test_a_bounded_number_is_never_further_off_than_it_says(
    u: float, v: float, u_off: float, v_off: float, data: st.DataObject
) -> None:
    shift = st.sampled_from([Fraction(-1), Fraction(1, 3), Fraction(1)])
    exact = [Fraction(n) + Fraction(off) * data.draw(shift) for n, off in ((u, u_off), (v, v_off))]
    a, b = Bounded(u, u_off), Bounded(v, v_off)

    pairs = [(a + b, exact[0] + exact[1]), (a - b, exact[0] - exact[1]), (a * b, exact[0] * exact[1])]
    if abs(v) > 2 * v_off:
        pairs.append((a / b, exact[0] / exact[1]))

    for computed, true in pairs:
        assert abs(Fraction(computed.value) - true) <= Fraction(computed.off) * (1 + Fraction(UNIT) * 16)


@given(NUMBERS, NUMBERS)
def test_in_a_size_nothing_cancels(u: float, v: float) -> None:
    assert (Size(abs(u)) - Bounded(v)).value == (Bounded(v) - Size(abs(u))).value == abs(u) + abs(v)
    assert (-Size(abs(u)) * v).value == (v * Size(abs(u))).value == abs(u * v)


@pytest.mark.parametrize("name", list(BENT))
@given(u=st.floats(0.01, 20), negative=st.booleans())
def test_bent_functions_are_bounded_and_have_their_slopes(name: str, u: float, negative: bool) -> None:  # noqa: FBT001
    u = -u if negative and name != "log" else u
    with mpmath.workdps(40):
        true = mpmath.mpf(getattr(mpmath, name)(mpmath.mpf(u)))
        slope = mpmath.diff(getattr(mpmath, name), mpmath.mpf(u))

        computed = bounded_bent()[name](Bounded(u))
        moved = lifted()[name](Dual(u, 2.0))

        assert abs(true - computed.value) <= computed.off <= 3 * UNIT * abs(computed.value) + 1e-300
        assert abs(slope - derivatives()[name](u)) <= 1e-13 * abs(slope) + 1e-30
        assert (moved.value, moved.slope) == (BENT[name](u), 2.0 * derivatives()[name](u))
