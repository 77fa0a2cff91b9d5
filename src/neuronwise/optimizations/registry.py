"""The optimizations, from the page of plain Python up: checks, tests and the book's tables go through this list."""

from types import ModuleType
from typing import NamedTuple

from neuronwise.optimizations import (
    activations,
    epochs,
    guesses,
    lanes,
    levels,
    matrices,
    registers,
    single,
    straight,
    tiles,
)


class Optimization(NamedTuple):
    """One idea: its file, what it builds on, and whether it keeps every bit or stays within the rounding bound."""

    name: str
    module: ModuleType
    needs: tuple[ModuleType, ...] = ()
    exact: bool = True


OPTIMIZATIONS = (
    Optimization("order by levels", levels),
    Optimization("layers as matrices", matrices, exact=False),
    Optimization("samples as lanes", lanes),
    Optimization("short functions", single, exact=False),
    Optimization("vectorised activations", activations, (lanes, single)),
    Optimization("register tiles", tiles),
    Optimization("straight-line code", straight),
    Optimization("numbers in registers", registers, (activations, lanes)),
    Optimization("guess, go on, check", guesses, (lanes, registers)),
    Optimization("whole epochs", epochs, (guesses, lanes, registers, straight)),
)
EXACT = tuple(each for each in OPTIMIZATIONS if each.exact)
