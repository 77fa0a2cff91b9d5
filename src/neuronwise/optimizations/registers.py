"""Numbers in registers: a straight-line text, compiled so that no number goes through memory.

Idea         a processor computes with some dozen numbers that it holds itself; all others it has to fetch and put back.
Allowed      always: the instructions are those of the text, one by one and in its order.
Costs        nothing, as long as the text is short.
Differs from the text: what stands side by side in it, such as the activations of one level, goes into lanes.
Label        optimization: test_predictions_have_the_bits_of_necessary
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from llvmlite import ir

from neuronwise.necessary.elementary import exp
from neuronwise.optimizations.activations import ACTIVATIONS, ERRORS
from neuronwise.optimizations.lanes import DOUBLE, INT, Lanes, Value

WIDE = 4  # neurons side by side: with eight, a step of 4-8-3 took half as long again
LONG = {"exp", "log", "tanh", "erf", "sin", "cos"}  # functions of many operations


@dataclass(frozen=True)
class Beside:
    """A function for neurons side by side: of (u, v) it gives (*f(u), *f(v)).

    >>> Beside(ACTIVATIONS["relu"])(0.5, -0.5)
    (0.5, 1.0, 0.0, 0.0)
    """

    function: Callable[..., Any]

    def __call__(self, *numbers: float) -> tuple[float, ...]:
        """All of it, in plain Python."""
        every = [self.function(*numbers[n : n + self.takes]) for n in range(0, len(numbers), self.takes)]
        return tuple(part for each in every for part in (each if isinstance(each, tuple) else (each,)))

    @property
    def takes(self) -> int:
        """How many numbers it takes of each neuron."""
        return int(self.function.__code__.co_argcount)

    @property
    def short(self) -> bool:
        """Whether it is too short to be worth a vector."""
        return not LONG & {*self.function.__code__.co_names, self.function.__name__}


FUNCTIONS: Mapping[str, Callable[..., Any]] = {**ACTIVATIONS, **ERRORS, "exp": exp}
KNOWN: Mapping[str, Any] = {**{name: Beside(function) for name, function in FUNCTIONS.items()}, "max": max}


def plain(text: str) -> dict[str, Any]:
    r"""The functions of a text, for Python itself to run.

    >>> plain("def f(z):\n    return relu(z)")["f"](0.5)
    (0.5, 1.0)
    """
    names = dict(KNOWN)
    exec(compile(text, "<straight>", "exec"), names)  # noqa: S102 - a text of `written`, whose names it makes itself
    return names


class Registers(Lanes):
    """Writes the instructions of a text, each number in a register."""

    def __init__(self, build: ir.IRBuilder) -> None:
        super().__init__(build, 1)
        self.numbers = DOUBLE

    def number(self, u: Value) -> ir.Value:
        """Return a value as a float."""
        return u if isinstance(u, ir.Value) else DOUBLE(float(u))

    def intrinsic(self, name: str, *given: ir.Value) -> ir.Value:
        """Return what an instruction of LLVM gives that has no sign of its own."""
        kind, full = ir.FunctionType(DOUBLE, [DOUBLE] * len(given)), f"llvm.{name}.f64"
        return self.build.call(self.build.module.globals.get(full) or ir.Function(self.build.module, kind, full), given)

    def combined(self, op: type[ast.AST], u: Value, v: Value) -> Value:
        """Return u + v and the like. −(t − a) + 0 is a − t to the bit, for t = a as well: so two operations are one."""
        if op is ast.Add and v == 0 and getattr(u, "opname", "") == "fneg":
            (inner,) = u.operands
            if getattr(inner, "opname", "") == "fsub":
                return self.build.fsub(*reversed(inner.operands))
        return super().combined(op, u, v)

    def called(self, function: Any, given: list[Value], named: dict[str, Value]) -> Value:
        """Return what a call gives."""
        if function is max:
            return reduce(lambda u, v: super(Registers, self).called(max, [u, v], named), given)
        if not isinstance(function, Beside):
            return super().called(function, given, named)
        neurons = [
            [self.number(u) for u in given[n : n + function.takes]] for n in range(0, len(given), function.takes)
        ]
        parts = [self.beside(function, neurons[n : n + WIDE]) for n in range(0, len(neurons), WIDE)]
        return tuple(number for part in parts for neuron in part for number in neuron)

    def beside(self, function: Beside, neurons: Sequence[Sequence[ir.Value]]) -> list[tuple[ir.Value, ...]]:
        """Return what a function gives for each of some neurons: side by side, if it is long."""
        if function.short:
            return [tuple(map(self.number, results(self.call(function.function, given)))) for given in neurons]
        return self.computed(Lanes, function, neurons)

    def computed(
        self, kind: type[Lanes], function: Beside, neurons: Sequence[Sequence[ir.Value]]
    ) -> list[tuple[ir.Value, ...]]:
        """Return what a function gives for each of some neurons, through lanes of some kind."""
        lanes = kind(self.build, 1 << (len(neurons) - 1).bit_length())
        given = [self.joined(row, lanes) for row in zip(*neurons, strict=True)]
        rows = [lanes.number(row) for row in results(lanes.call(function.function, given))]
        return [tuple(self.build.extract_element(row, INT(n)) for row in rows) for n in range(len(neurons))]

    def joined(self, numbers: Sequence[ir.Value], lanes: Lanes) -> ir.Value:
        """Return numbers as lanes; those left over repeat the last."""
        vector = ir.Constant(lanes.numbers, ir.Undefined)
        for n in range(lanes.lanes):
            vector = self.build.insert_element(vector, numbers[min(n, len(numbers) - 1)], INT(n))
        return vector


def results(found: Value) -> tuple[Value, ...]:
    """Return what a function gives as a tuple, even if it is one number."""
    return found if isinstance(found, tuple) else (found,)
