"""The chain of one chapter: program -> formulas -> derivation -> numbers. A link that fails stops the build.

link                        checked by
formula = code              the printed formula and the running function give the same fractions; the record of a run
slope in the code           it means the slope of the definitions, found with dual numbers
each line of a derivation   its rules give it; it has the value of the line above; its print reads back as itself
last line = code            the same tree, else equal by exact algebra
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from neuronwise.book.program import Program, ProgramError
from neuronwise.checks import derivations, formula_is_code, meaning
from neuronwise.mathematics.algebra import same_formula, unfolded
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.derivation import Derivation
from neuronwise.mathematics.from_code import definitions
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.tree import Node, code_name


class ChainError(ValueError):
    """Two links of the chain disagree."""


@cache
def defined(program: Program) -> Definitions:
    """Return what the program defines (a = w·x, E = |t − a|) and which slopes it claims (dE_da = …)."""
    return Definitions(definitions(operation.formula for operation in program.operations))


def in_full(goal: str, program: Program) -> Node:
    """Return the program's formula for a slope, with the slopes that it uses written out: −sgn(t − a)·x for dE_dw."""
    slopes = defined(program).slopes
    return unfolded(slopes[goal], slopes)


def check_program(program: Program) -> None:
    """Check that every formula is the code, and that every slope is the slope; ProgramError names the line."""
    check_arguments(program)
    for function in program.formulated:
        with _at(program.code.functions[function].lineno):
            formula_is_code.check(program.code, function)
    everything = defined(program)
    for operation in program.operations:
        if operation.target in everything.slopes:
            with _at(program.line(operation)):
                claimed = {operation.target: everything.slopes[operation.target]}
                meaning.check_slopes(Definitions(everything.formulas | claimed))


def check_arguments(program: Program) -> None:
    """Check that every step finds what it takes: a starting number, or what an earlier step gave."""
    known = list(program.start)
    for step in program.steps:
        for parameter in program.parameters(step):
            if parameter not in known:
                message = (
                    f"expected {step} to take what is known before it ({', '.join(known)}); got {parameter}. "
                    "Give it a number in START, or let an earlier step compute it."
                )
                raise ProgramError(program.code.functions[step].lineno, message)
        known += [operation.target for operation in program.operations if operation.function == step]


@contextmanager
def _at(line: int) -> Iterator[None]:
    """Say in which line of the program a check failed."""
    try:
        yield
    except ValueError as error:
        raise ProgramError(line, str(error)) from error


def check_derivation(text: str, goal: str, program: Program) -> Derivation:
    """Read a derivation, check it three ways, and hold its last line to the program's own formula."""
    derivation = derivations.derived(text, defined(program))
    if code_name(derivation.goal) != goal:
        message = f"expected a derivation of {goal}; its goal is {plain(derivation.goal)}"
        raise ChainError(message)
    slopes = defined(program).slopes
    if goal not in slopes:
        message = f"expected a slope that {program.code.file} computes ({', '.join(slopes)}); got {goal}"
        raise ChainError(message)
    code = in_full(goal, program)
    if not same_formula(derivation.result, code, {}):
        line = next(program.line(operation) for operation in program.operations if operation.target == goal)
        message = (
            f"the derivation ends in {plain(derivation.result)}, but the program computes {plain(code)} "
            f"({program.code.file}, line {line}). One of them is wrong."
        )
        raise ChainError(message)
    return derivation
