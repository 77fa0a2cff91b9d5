"""Compiled steps have the bits of plain Python: any step, any network, any number of threads; all of it or nothing."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import COURSES, Course, Lesson, bits, lessons
from stepped_lessons import STEPS, learned, taught

from neuronwise.conventions.rules import (
    Adam,
    AdamW,
    Cosine,
    Linear,
    Momentum,
    Nesterov,
    RMSProp,
    Rule,
    Step,
)
from neuronwise.conventions.stepping import State, beginning, stepped
from neuronwise.engines import running
from neuronwise.engines.running import Kernels
from neuronwise.necessary.graph import Edge, NetInput, Neuron
from neuronwise.wiring import columns


@pytest.fixture(autouse=True, scope="module")
def _threads_begin_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "PARALLEL", 0)
        yield


@settings(max_examples=120)
@given(lessons(), COURSES, STEPS, st.integers(1, 2))
def test_training_has_the_bits_of_plain_python(lesson: Lesson, course: Course, step: Step, threads: int) -> None:
    assert taught(lesson, course, step, threads) == learned(lesson, course, step)


# ------------------------------------------------------------------------------------------------ one wide neuron
def wide(inputs: int, dtype: str = "float64", threads: int = 1) -> Kernels:
    """A neuron with so many inputs and nothing else."""
    names = [f"x{n}" for n in range(inputs)]
    neuron = Neuron("o", (NetInput("o", tuple(Edge(name, f"w{name}") for name in names), "o"),), "identity")
    return Kernels(columns([neuron], names, ["o"], [f"w{name}" for name in names], ["o"]), dtype, threads=threads)


def samples(inputs: int, dtype: str = "float64", count: int = 40) -> tuple[Any, Any, Any]:
    lot = np.random.default_rng(0)
    X, Y = (lot.normal(size=(count, 1, k)).astype(dtype) for k in (inputs, 1))  # noqa: N806
    return X, Y, np.arange(count)


EVERYTHING = [
    Step(Adam(), clip_norm=0.1, schedule=Cosine(4, per="batch")),
    Step(AdamW(), clip_value=0.01),
    Step(Nesterov(), weight_decay=0.1, clip_norm=0.5),
    Step(RMSProp(), schedule=Linear(2)),
    Step(clip_norm=0.1),
]


@pytest.mark.parametrize("step", EVERYTHING, ids=repr)
@pytest.mark.parametrize("inputs", [511, 1500])
def test_the_number_of_threads_changes_no_bit_nor_do_shares_larger_than_the_room(step: Step, inputs: int) -> None:
    found = []
    for threads in (1, 2, 3):
        theta, engine = np.zeros(inputs + 1), wide(inputs, threads=threads)
        trainer = engine.trainer(theta, samples(inputs, count=120), (60, 0.1, "half_squared"), np.zeros(0, bool), step)
        assert trainer.learn(0, 2) == 2
        found.append((bits(theta), bits(trainer.state()["kept"])))

    assert found[1:] == found[:1] * 2


@pytest.mark.parametrize("step", EVERYTHING, ids=repr)
def test_what_is_taken_up_goes_on_to_the_same_bits_and_so_do_epochs_in_one_go(step: Step) -> None:
    how, none, ends = (8, 0.1, "half_squared"), np.zeros(0, bool), []
    for stop in (0, 3):
        theta = np.zeros(10)
        trainer = wide(9).trainer(theta, samples(9), how, none, step)
        trainer.learn(0, stop)
        again = wide(9).trainer(theta, samples(9), how, none, step)
        again.take_up(trainer.state())
        assert again.learn(stop, 5) == 5 - stop
        again.begin()
        assert again.learn(0, 5) == 5
        ends.append((bits(theta), [bits(each) for each in again.state().values()]))
    theta = np.zeros(10)
    trainer = wide(9).trainer(theta, samples(9), how, none, step)
    errors, done = trainer.epochs(2)

    assert ends[0] == ends[1]
    assert (done, len(errors)) == (10, 2)
    assert (bits(theta), bits(trainer.state()["kept"])) == (ends[0][0], ends[0][1][2])


@pytest.mark.parametrize(
    ("step", "size", "x", "t", "batches"),
    [
        (Step(RMSProp()), 60, 1e200, 1.0, 0),  # S is infinite, v would not move
        (Step(Momentum()), 1, 1e308, 1e307, 1),  # the second M is infinite
        (Step(Adam(), clip_norm=1.0), 60, 1e200, 1.0, 0),  # the length of all slopes is infinite
    ],
    ids=repr,
)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_batch_that_breaks_changes_nothing(
    step: Step, size: int, x: float, t: float, batches: int, threads: int
) -> None:
    theta, inputs = np.zeros(1100), 1099
    X = np.ones((120, 1, inputs))  # noqa: N806
    X[:, :, -1] = x  # the last one alone: no other thread sees it
    data = X, np.full((120, 1, 1), t), np.arange(120)
    trainer = wide(inputs, threads=threads).trainer(theta, data, (size, 1e-310, "absolute"), np.zeros(0, bool), step)
    assert trainer.learn(0, batches) == batches
    before = bits(theta), [bits(each) for each in trainer.state().values()][1:]

    assert trainer.learn(batches, batches + 1) == 0
    assert (bits(theta), [bits(each) for each in trainer.state().values()][1:]) == before
    assert int(trainer.state()["steps"][0]) == batches


def test_what_is_frozen_stays_keeps_nothing_and_has_no_length() -> None:
    theta, learning = np.arange(10.0), np.arange(10) % 2 == 0
    X, Y, order = samples(9)  # noqa: N806
    X[:, :, 1] = 1e200  # its squares have no finite sum
    theta[1] = 0.0
    step = Step(AdamW(), weight_decay=0.5, clip_norm=0.1)
    trainer = wide(9).trainer(theta, (X, Y, order), (8, 0.1, "half_squared"), learning, step)

    assert trainer.learn(0, 5) == 5
    assert theta[1::2].tolist() == [0.0, 3.0, 5.0, 7.0, 9.0]
    assert not trainer.state()["kept"][:, 1::2].any()
    assert trainer.state()["kept"][:, ::2].all()


@pytest.mark.parametrize("rule", [Momentum(), Nesterov(), RMSProp(), Adam(), AdamW()], ids=repr)
def test_float32_is_the_step_in_double_precision_rounded(rule: Rule) -> None:
    engine, (X, Y, order), step = wide(9, "float32"), samples(9, "float32"), Step(rule)  # noqa: N806
    theta = np.zeros(10, "float32")
    trainer = engine.trainer(theta, (X, Y, order), (40, 0.1, "half_squared"), np.zeros(0, bool), step)
    v, state = [0.0] * 10, beginning(step, 10)
    for _ in range(3):
        g, _ = engine.gradients(np.array(v, "float32"), X, Y, "half_squared")
        v, exact = stepped(step, 0.1, v, g.tolist(), state)
        v = np.array(v, "float32").tolist()
        state = State(exact.n, tuple(np.array(each, "float32").tolist() for each in exact.kept))
        trainer.learn(0, 1)

    assert bits(theta) == bits(v)
    assert bits(trainer.state()["kept"]) == bits(state.kept)


def test_the_bare_step_is_the_plain_trainer() -> None:
    trainer = wide(9).trainer(np.zeros(10), samples(9), (8, 0.1, "half_squared"), np.zeros(0, bool), Step())

    assert type(trainer) is running.Trainer
