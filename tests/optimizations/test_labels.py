"""Each optimization stands in the registry; its head points to the test here by which the numbers are the same."""

import ast
import ctypes
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lanes import in_lanes
from lessons import Lesson, all_bits, answer, bits, reference
from strategies import Described

from neuronwise.engines.running import Kernels
from neuronwise.necessary import elementary
from neuronwise.necessary.elementary import total
from neuronwise.necessary.error import ERRORS
from neuronwise.necessary.graph import Edge, NetInput, Neuron
from neuronwise.necessary.neuron import ACTIVATIONS
from neuronwise.optimizations import activations, single
from neuronwise.optimizations.lanes import Narrow
from neuronwise.optimizations.levels import levels
from neuronwise.optimizations.matrices import Matrix, Single, sums_of
from neuronwise.optimizations.registry import OPTIMIZATIONS, Optimization

ROOM = "neuronwise.optimizations"
LABEL = re.compile(r"^Label        optimization: (\w+)$", re.MULTILINE)
HEAD = ("Idea  ", "Allowed  ", "Costs  ", "Differs from ")
every_optimization = pytest.mark.parametrize("optimization", OPTIMIZATIONS, ids=lambda each: each.name)


# ------------------------------------------------------------------------------------------------- the registry
def file_of(optimization: Optimization) -> Path:
    return Path(str(optimization.module.__file__))


def test_every_file_of_the_room_is_in_the_registry() -> None:
    folder = file_of(OPTIMIZATIONS[0]).parent

    files = {file.stem for file in folder.glob("*.py")} - {"__init__", "registry"}

    assert {file_of(each).stem for each in OPTIMIZATIONS} == files


@every_optimization
def test_the_head_says_idea_condition_cost_and_difference(optimization: Optimization) -> None:
    head = str(optimization.module.__doc__).splitlines()

    assert [word for word in HEAD if not any(line.startswith(word) for line in head)] == []


@every_optimization
def test_the_label_points_to_a_test_here(optimization: Optimization) -> None:
    found = LABEL.findall(str(optimization.module.__doc__))

    assert len(found) == 1
    assert any(f"def {found[0]}(" in file.read_text() for file in Path(__file__).parent.glob("test_*.py"))


@every_optimization
def test_an_optimization_builds_on_what_it_says(optimization: Optimization) -> None:
    tree = ast.parse(file_of(optimization).read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules = {f"{ROOM}.{each.name}" for node in imports if node.module == ROOM for each in node.names}
    modules |= {str(node.module) for node in imports if str(node.module).startswith(f"{ROOM}.")}

    assert modules == {each.__name__ for each in optimization.needs}


# --------------------------------------------------------------------------------------------------- the labels
@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 20))
def test_any_order_in_which_sources_come_first_gives_the_same_numbers(lot: random.Random, neurons: int) -> None:
    edges = [(j, i) for j in range(neurons) for i in range(j) if lot.random() < 0.3]
    w = {edge: lot.uniform(-1, 1) for edge in edges}
    target, source = (np.array([edge[n] for edge in edges], np.int32) for n in (0, 1))

    def activations(order: Any) -> list[str]:  # noqa: ANN401 - any list of neurons
        a: dict[int, float] = {}
        for j in order:
            a[j] = elementary.tanh(total(w[j, i] * a[i] for k, i in edges if k == j) + 0.5)
        return bits([a[j] for j in range(neurons)])

    level = levels(np.arange(neurons, dtype=np.int32), neurons, target, source)
    shuffled = lot.sample(range(neurons), neurons)

    assert activations(sorted(shuffled, key=level.__getitem__)) == activations(range(neurons))


@settings(max_examples=50, deadline=None)
@given(st.randoms(use_true_random=False))
def test_matrices_give_the_sums_of_plain_loops(lot: random.Random) -> None:
    lists = [lot.sample(range(6), lot.randint(0, 4)) for _ in range(3)]
    rows = [lot.choice(lists) for _ in range(8)]
    start = np.cumsum([0, *map(len, rows)])
    source = np.array([i for row in rows for i in row], np.int64)
    place = np.array([lot.randrange(9) for _ in source], np.int64)
    numbers = np.random.default_rng(lot.randrange(2**30))
    theta, X, dZ = (numbers.integers(-9, 9, shape).astype(float) for shape in (9, (6, 5), (8, 5)))  # noqa: N806
    Z, G, gradient = np.zeros((8, 5)), np.zeros((6, 5)), np.zeros(9)  # noqa: N806

    found: list[Matrix | Single] = list(sums_of(start, source, place, np.arange(8)))
    for some in found:
        some.add_sums(theta, X, Z)
        some.add_back(theta, dZ, G)
        some.add_slopes(dZ, X, gradient)

    edges = [(k, e) for k in range(8) for e in range(start[k], start[k + 1])]
    for n in range(5):  # in whole numbers every order of adding gives the same sum
        assert Z[:, n].tolist() == [
            sum(theta[place[e]] * X[source[e], n] for k, e in edges if k == j) for j in range(8)
        ]
        assert G[:, n].tolist() == [
            sum(theta[place[e]] * dZ[k, n] for k, e in edges if source[e] == i) for i in range(6)
        ]
    assert gradient.tolist() == [sum(float(dZ[k] @ X[source[e]]) for k, e in edges if place[e] == p) for p in range(9)]


@pytest.mark.parametrize("name", ["exp", "tanh", "sin"])
def test_a_lane_gives_what_the_function_gives_for_one_number(name: str) -> None:
    function, numbers = getattr(elementary, name), np.random.default_rng(0).normal(size=1001) * 5

    assert bits(in_lanes(function)(numbers)) == bits([function(u) for u in numbers.tolist()])


@pytest.mark.parametrize(("name", "low", "high"), [("exp", -87.3, 88.7), ("tanh", -12.0, 12.0), ("log", 1e-38, 3e38)])
def test_short_functions_give_the_numbers_of_the_long_ones(name: str, low: float, high: float) -> None:
    numbers, small = np.random.default_rng(0), 2.0 ** np.linspace(-60, 0, 1000)
    near = 1 + numbers.uniform(-1, 1, 1000) * small if name == "log" else numbers.uniform(-1, 1, 1000) * small
    u = np.concatenate((numbers.uniform(low, high, 100_000), numbers.uniform(0, 3, 100_000), near)).astype(np.float32)

    found = in_lanes(getattr(single, name), Narrow)(u).astype(np.float64)

    true = in_lanes(getattr(elementary, name))(u.astype(np.float64))
    ulp = np.spacing(np.abs(true).astype(np.float32)).astype(np.float64)
    assert (np.abs(found - true) < 2 * ulp).all()


@pytest.mark.parametrize("name", ["exp", "tanh", "log"])
def test_short_functions_end_where_the_long_ones_do(name: str) -> None:
    u = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, -150, -104, -90, 89, 1e30, -1e30], np.float32)

    found = in_lanes(getattr(single, name), Narrow)(u)

    with np.errstate(over="ignore"):
        true = in_lanes(getattr(elementary, name))(u.astype(np.float64)).astype(np.float32)
    assert np.allclose(found, true, rtol=2**-22, atol=0, equal_nan=True)


def compiled(function: Callable[..., Any], *given: Any) -> tuple[Any, Any]:  # noqa: ANN401 - arrays
    """What a function's machine code gives for arrays."""
    code = ctypes.CFUNCTYPE(None, ctypes.c_int64, *[ctypes.c_void_p] * 4)(activations.compiled(function, "float64"))
    first, second = np.empty_like(given[0]), np.empty_like(given[0])
    code(len(first), *(each.ctypes.data for each in (given[0], given[-1], first, second)))
    return first, second


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_in_one_pass_come_the_activation_and_its_slope(name: str) -> None:
    z = np.concatenate((np.random.default_rng(1).normal(size=500) * 5, [0.0, -0.0, 40.0, -40.0, 800.0, -800.0]))

    found = compiled(activations.ACTIVATIONS[name], z)

    for one, function in zip(found, ACTIVATIONS[name], strict=True):
        assert bits(one) == bits([function(u) for u in z.tolist()])


@pytest.mark.parametrize("name", ERRORS)
def test_in_one_pass_come_the_error_and_its_slope(name: str) -> None:
    t, a = np.random.default_rng(1).uniform(0, 1, (2, 501))
    turned = -1 if "entropy" in name else 1

    terms, slopes = compiled(activations.ERRORS[name], t, a)

    for n, (target, own) in enumerate(zip(t.tolist(), a.tolist(), strict=True)):
        sample = {"o": target}, {"o": own}, ["o"]
        assert turned * terms[n] == ERRORS[name][0](*sample)
        assert slopes[n] == ERRORS[name][1](*sample, "o")


def layered(widths: list[int], lot: random.Random) -> Described:
    """Neurons of each layer name all of the layer before."""
    before, neurons = [f"i{n}" for n in range(widths[0])], []
    for layer, width in enumerate(widths[1:]):
        names = [f"n{layer}.{n}" for n in range(width)]
        for j in names:
            edges = tuple(Edge(i, f"{i},{j}") for i in before)
            neurons.append(Neuron(j, (NetInput(j, edges, j),), "tanh"))
        before = names
    w = {edge.weight: lot.uniform(-1, 1) for j in neurons for k in j.net_inputs for edge in k.edges}
    b = {j.name: lot.uniform(-1, 1) for j in neurons}
    return Described(neurons, w, b, [f"i{n}" for n in range(widths[0])], before, [], 0, {}, {})


@pytest.mark.parametrize("tile", [1, 8, 32])
@pytest.mark.parametrize("blocks", [True, False])
def test_tiles_of_any_size_give_the_same_numbers(tile: int, *, blocks: bool) -> None:
    numbers = np.random.default_rng(2)
    network = layered([5, 7, 13, 3], random.Random(3))  # noqa: S311 - chance, not secrecy
    lesson = Lesson(network, numbers.normal(size=(11, 1, 5)), numbers.normal(size=(11, 1, 3)), "half_squared")

    engine = Kernels(lesson.wiring, tile=tile, blocks=blocks)

    assert all_bits(answer(engine, lesson)) == all_bits(reference(lesson))
