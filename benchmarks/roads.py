"""The figures of three roads to every slope: equal exactly, and in floats no further apart than was computed before."""

import random
from collections.abc import Iterator

from any_network import case, diamonds

from benchmarks.measured import Row, none
from neuronwise.checks.bounds import bounds
from neuronwise.checks.network_roads import Drawn, Measured
from neuronwise.checks.roads import TooManyPathsError
from neuronwise.checks.stretches import Parameter, Shape
from neuronwise.necessary.graph import Graph

NETWORKS = 1_000
MEETINGS = 64
STEPS = (None, None, 1, 2, 3)


def figures() -> Iterator[Row]:
    """Measure everything."""
    yield exactly()
    yield from in_floats()
    yield refused()


def exactly() -> Row:
    """Go the roads modulo a prime, with activations and slopes that are drawn."""
    lot = random.Random(1)  # noqa: S311 - chance, not secrecy
    wrong, count = [], 0
    for n in range(NETWORKS):
        net = case(lot, steps=STEPS[n % len(STEPS)])
        roads = Drawn(net.shape, n)
        backwards = roads.backwards()
        for parameter in net.shape.parameters:
            values = {backwards[parameter], roads.forwards(parameter), roads.over_paths(parameter)}
            count += 1
            wrong += [f"{parameter} of network {n}"] * (len(values) > 1)
    return none(f"slopes on which three roads part, modulo a prime, of {count:,} in {NETWORKS:,} networks", wrong)


def in_floats() -> Iterator[Row]:
    """Go the roads in floats, and compare with the bound."""
    lot = random.Random(2)  # noqa: S311 - chance, not secrecy
    wrong, count, used = [], 0, 0.0
    for n in range(NETWORKS):
        roads = case(lot, steps=STEPS[n % len(STEPS)]).measured
        for parameter, apart, most in distances(roads):
            count += 1
            used = max(used, apart / most)
            wrong += [f"{parameter} of network {n}"] * (not apart <= most)
    yield none(f"slopes on which they part by more than the bound, in floats, of {count:,}", wrong)
    yield "the largest part of the bound that was used", 100 * used, 100, "%"


def distances(roads: Measured) -> Iterator[tuple[Parameter, float, float]]:
    """Yield for each weight and bias how far the roads part, and how far they may."""
    allowed, backwards = bounds(roads).gradient, roads.backwards()
    for parameter in roads.shape.parameters:
        others = roads.forwards(parameter), roads.over_paths(parameter)
        yield parameter, max(abs(other - backwards[parameter]) for other in others), allowed[parameter]


def refused() -> Row:
    """Ask for a sum over more paths than can be listed."""
    shape = Shape(Graph(diamonds(MEETINGS)), [f"m{MEETINGS - 1}"])
    first, paths = Parameter("w", "x,l0"), f"{2 ** (MEETINGS - 1):,}"
    try:
        Drawn(shape).over_paths(first)
        said = ""
    except TooManyPathsError as error:
        said = str(error)
    return none(f"sums over {paths} paths that are not refused with that number", [] if paths in said else [said])
