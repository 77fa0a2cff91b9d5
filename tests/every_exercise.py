"""Exercises of every kind, of the example networks and of random ones; and what is said to a slip in each."""

import math
import random
from collections import defaultdict
from collections.abc import Iterator

from any_network import case

from neuronwise import Network
from neuronwise.checks.answers import Question, judge, told_apart
from neuronwise.checks.slips import Slip, slips
from neuronwise.mathematics.definitions import symbols
from neuronwise.mathematics.printers import plain
from neuronwise.network.examples import EXAMPLES
from neuronwise.network.exercises import exercises, sheet
from neuronwise.network.maker import Exercise

RANDOM_NETWORKS = 20


def random_exercises(seed: int) -> tuple[Exercise, ...]:
    """Exercises of a random network: skips, products, softmaxes, shared weights."""
    drawn = case(random.Random(seed))  # noqa: S311 - chance, not secrecy
    network = Network.from_neurons(drawn.neurons, drawn.w, drawn.b, list(drawn.x), list(drawn.t))
    return exercises(network, seed=seed, count=10, error=drawn.error).exercises


def every_exercise() -> Iterator[tuple[str, Exercise]]:
    """Yield each exercise with what it is."""
    for text in EXAMPLES:
        for exercise in sheet(text, seed=7, count=15).exercises:
            yield f"{text} {exercise.number} {exercise.kind}", exercise
    for seed in range(RANDOM_NETWORKS):
        for exercise in random_exercises(seed):
            yield f"random {seed}, {exercise.number} {exercise.kind}", exercise


def misjudged(question: Question) -> Iterator[Slip]:
    """Yield the slips that change a formula, and are taken for right, or for a slip that leads elsewhere."""
    same_words: defaultdict[str, list[Slip]] = defaultdict(list)
    for slip in slips(question.formula):
        same_words[slip.says].append(slip)
    for slip in told_apart(question):
        verdict = judge(plain(slip.formula), question)
        if not symbols(slip.formula):  # for some symbols it is another formula, as a number it may be the same
            same = math.isclose(question.number(slip.formula), question.value)
            named = question.wants == "formula" or verdict.right == same
        else:
            told = same_words[verdict.says]
            led = any(each is slip or question.equality.same(each.formula, slip.formula) for each in told)
            named = led and not verdict.right
        if not named:
            yield slip
