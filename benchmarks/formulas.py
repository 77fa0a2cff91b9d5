"""The figures of formulas: what is printed is read back, and the reference is its formulas."""

import random
from collections.abc import Callable, Iterator
from types import ModuleType

import planted
from read_back import misread_lines, mistaken
from strategies import any_formula
from unchanged import ELSEWHERE, EVERY, SAME, unexpected

from benchmarks.measured import Row, none
from neuronwise.checks.faults import faults
from neuronwise.checks.reference import UnlikeError, check, code_of
from neuronwise.mathematics.tree import ungrouped
from neuronwise.necessary import elementary, graph

FORMULAS, DEPTH = 10_000, 4


def figures() -> Iterator[Row]:
    """Measure everything."""
    yield from prints()
    yield none(f"functions that their own formulas refuse, of {len(EVERY)}", refused())
    yield in_formulas()
    yield elsewhere()


def prints() -> Iterator[Row]:
    """Print formulas of every kind, and read back what can be read."""
    lot = random.Random(3)  # noqa: S311 - chance, not secrecy
    formulas = [ungrouped(any_formula(lot, DEPTH)) for _ in range(FORMULAS)]
    yield none(f"formulas read back wrongly, from text or MathML, of {FORMULAS:,}", misread_lines(formulas))
    what = "formulas that look or sound like another one, in text, MathML, LaTeX, Typst, speech"
    yield none(f"{what}, of {FORMULAS:,}", mistaken(formulas))


def refused() -> Iterator[str]:
    """Yield the functions of the reference that differ from their own formulas: false alarms."""
    for module, function in EVERY:
        try:
            check(module, function)
        except UnlikeError as error:
            yield str(error)


def in_formulas() -> Row:
    """Plant faults in what is a formula, or looks one up."""
    every = [*((module, function, ()) for module, function in EVERY), *ELSEWHERE]
    count = sum(len(faults(code_of(module), function)) for module, function, _ in every)
    missed = [
        f"{function}: {words}" for module, function, within in every for words in unexpected(module, function, within)
    ]
    return none(f"faults in formulas that are missed, of {count:,}; {len(SAME)} kinds change nothing", missed)


def elsewhere() -> Row:
    """Plant faults in what has no formula: how exp and the like are computed, how a graph is made."""
    count, missed = 0, []
    for module, function, shown in pieces():
        count += len(planted.planted(module, function))
        found, expected = planted.survivors(module, function, shown), planted.expected(function)
        missed += [f"{function}: {words}" for words, times in found.items() if times > expected.get(words, 0)]
    return none(
        f"faults in elementary and graph that are missed, of {count:,}; {len(planted.SAME)} kinds change nothing",
        missed,
    )


def pieces() -> Iterator[tuple[ModuleType, str, Callable[[planted.Names], Iterator[str]]]]:
    """Yield each piece of both files, and what shows a fault in it."""
    yield from ((elementary, function, planted.of_numbers(function)) for function in planted.ELEMENTARY)
    yield from ((graph, function, planted.of_networks) for function in planted.GRAPH)
