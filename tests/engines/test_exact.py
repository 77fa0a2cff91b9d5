"""Every exact engine has the bits of `necessary`: any network, any samples, any number of threads."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import COURSES, Course, Lesson, all_bits, answer, bits, learned, lessons, reference, taught
from strategies import Described

from neuronwise.engines import running
from neuronwise.engines.registry import ENGINES, EXACT
from neuronwise.necessary.graph import Edge, NetInput, Neuron

every_exact_engine = pytest.mark.parametrize("name", EXACT)


@pytest.fixture(autouse=True, scope="module")
def _threads_begin_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "PARALLEL", 0)
        yield


@every_exact_engine
@settings(max_examples=100, deadline=None)
@given(lesson=lessons(), threads=st.integers(1, 2))
def test_outputs_slopes_and_error_have_the_bits_of_necessary(name: str, lesson: Lesson, threads: int) -> None:
    engine = ENGINES[name](lesson.wiring, threads=threads)

    assert all_bits(answer(engine, lesson)) == all_bits(reference(lesson))


@every_exact_engine
@settings(max_examples=80, deadline=None)
@given(lesson=lessons(), course=COURSES, threads=st.integers(1, 2))
def test_training_has_the_bits_of_necessary(name: str, lesson: Lesson, course: Course, threads: int) -> None:
    engine = ENGINES[name](lesson.wiring, threads=threads)

    assert taught(engine, lesson, course) == learned(lesson, course)


@every_exact_engine
@pytest.mark.parametrize("count", [1, 7, 40])
@pytest.mark.parametrize("delay", [0, 1])
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("last", ["identity", "relu", "leaky_relu", "elu", "logistic"])
@pytest.mark.parametrize("first", ["relu", "step", "identity"])
def test_minus_one_times_0_is_0_where_both_are_whole_numbers(
    first: str,
    last: str,
    shared: object,
    delay: int,
    count: int,
    name: str,
) -> None:
    def neuron(j: str, edges: tuple[Edge, ...], kind: str) -> Neuron:
        return Neuron(j, (NetInput(j, edges, j),), kind)

    names = ("v", "v") if shared else ("u", "v")
    w, b = dict.fromkeys(names, -1.0), {"h": 0.0, "o": 0.25, "p": -1e-300}
    neurons = [
        neuron("h", (Edge("x", names[0]),), first),
        *(neuron(o, (Edge("h", names[1], delay), *((Edge("x", "w"),) if o == "p" else ())), last) for o in "op"),
    ]
    network = Described(neurons, {**w, "w": 1e-300}, b, ["x"], ["o", "p"], [], 2 * delay, {}, {})
    X, Y = np.ones((count, 1 + delay, 1)), np.full((count, 1 + delay, 2), 9.0)  # noqa: N806
    lesson = Lesson(network, X, Y, "absolute")

    for threads in (1, 2):
        assert all_bits(answer(ENGINES[name](lesson.wiring, threads=threads), lesson)) == all_bits(reference(lesson))


@every_exact_engine
def test_a_weight_that_no_edge_has_does_not_move(name: str) -> None:
    alone = Neuron("o", (NetInput("o", (), "o"),), "tanh")
    network = Described([alone], {"w": 0.5}, {"o": 0.25}, ["x"], ["o"], [], 0, {}, {})
    lesson = Lesson(network, np.ones((3, 1, 1)), np.ones((3, 1, 1)), "squared")

    assert all_bits(answer(ENGINES[name](lesson.wiring), lesson)) == all_bits(reference(lesson))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ENGINES)
@settings(max_examples=15, deadline=None)
@given(lesson=lessons(), course=COURSES)
def test_two_runs_and_any_threads_have_the_same_bits(name: str, dtype: str, lesson: Lesson, course: Course) -> None:
    lesson = lesson.of(dtype)
    engines = [ENGINES[name](lesson.wiring, dtype, threads=threads) for threads in (1, 1, 2, 2)]

    runs = [(all_bits(answer(engine, lesson)), taught(engine, lesson, course)) for engine in engines]

    assert runs[1:] == runs[:1] * 3


@every_exact_engine
@settings(max_examples=20, deadline=None)
@given(lesson=lessons(counts=st.integers(2, 70)), at=st.integers(1, 69))
def test_outputs_have_the_same_bits_however_the_samples_are_split(name: str, lesson: Lesson, at: int) -> None:
    engine, theta = ENGINES[name](lesson.wiring), lesson.theta
    parts = [part for part in (lesson.X[:at], lesson.X[at:]) if len(part)]

    split = np.concatenate([engine.predict(theta, part) for part in parts])

    assert bits(split) == bits(engine.predict(theta, lesson.X))
