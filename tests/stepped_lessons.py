"""Lessons that are learned by a better step: in plain Python, and by the compiled loops."""

import math

import numpy as np
from hypothesis import strategies as st
from lessons import Course, Lesson, batch, bits

from neuronwise.conventions.rules import (
    Adam,
    AdamW,
    Cosine,
    Exponential,
    Linear,
    Momentum,
    Nesterov,
    Plain,
    RMSProp,
    Rule,
    Schedule,
    Stairs,
    Step,
)
from neuronwise.conventions.stepping import State, beginning, stepped
from neuronwise.engines.running import Kernels

SHARES, DIVISORS = st.floats(0, 0.999), st.floats(1e-8, 0.1)
RULES: st.SearchStrategy[Rule] = st.one_of(
    st.just(Plain()),
    st.builds(Momentum, SHARES),
    st.builds(Nesterov, SHARES),
    st.builds(RMSProp, SHARES, DIVISORS),
    st.builds(Adam, SHARES, SHARES, DIVISORS),
    st.builds(AdamW, SHARES, SHARES, DIVISORS, st.floats(0, 0.5)),
)
SCHEDULES: st.SearchStrategy[Schedule] = st.sampled_from(
    [Schedule(), Stairs(1, 0.5), Exponential(0.9), Cosine(2), Linear(4, per="batch"), Cosine(3, 0.001, per="batch")]
)
LIMITS = st.none() | st.floats(0.01, 2)
STEPS = st.builds(Step, RULES, st.sampled_from([0.0, 0.1]), LIMITS, LIMITS, SCHEDULES).filter(
    lambda step: not step.bare
)

Numbers = tuple[list[str], list[str]]  # the bits of the parameters, and of what the step keeps


def learned(lesson: Lesson, course: Course, step: Step) -> Numbers:
    """What plain Python gives; it stops where a batch breaks."""
    graph, v, samples = lesson.network.graph(), lesson.theta.tolist(), lesson.samples()
    state, batches = beginning(step, len(v)), -(-len(samples) // course.size)
    for order in course.orders(len(samples)):
        for begin in range(0, len(order), course.size):
            some = [samples[n] for n in order[begin : begin + course.size]]
            slopes, _, errors = batch(graph, lesson.error, *lesson.split(np.array(v)), some)
            g = [float(slope) for side in slopes for slope in side.values()]
            try:
                if not all(map(math.isfinite, errors)):
                    return kept(v, state)
                rate = step.rate(course.rate, state.n, batches)
                v, state = stepped(step, rate, v, g, state, lesson.learning.tolist())
            except ValueError:
                return kept(v, state)
    return kept(v, state)


def kept(v: list[float], state: State) -> Numbers:
    """The bits of all numbers."""
    return bits(v), bits(state.kept)


def taught(lesson: Lesson, course: Course, step: Step, threads: int) -> Numbers:
    """What the engine gives."""
    theta, order = lesson.theta, np.arange(len(lesson.X))
    how = course.size, course.rate, lesson.error
    samples = lesson.X, lesson.Y, order
    trainer = Kernels(lesson.wiring, threads=threads).trainer(theta, samples, how, lesson.learning, step)
    batches = -(-len(order) // course.size)
    for shuffled in course.orders(len(order)):
        order[:] = shuffled
        trainer.begin()
        if trainer.learn(0, batches) < batches:
            break
    return bits(theta), bits(trainer.state().get("kept", []))
