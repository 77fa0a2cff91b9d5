"""A chapter's program: its text, its formulas, and its functions, run and watched.

One update of a network is a few functions called one after the other. Each takes what it needs by its parameters' names
from an environment (symbol -> number) and adds what it computed: `feed_forward(w, x)` finds w and x there and leaves a.
The numbers are those of the running code: while a function runs, its local names are read, nothing is computed twice.
"""

import ast
import math
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from neuronwise.checks.running import run
from neuronwise.mathematics.from_code import Code
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import Node, code_name

Environment = dict[str, float]
MOST_UPDATES = 10_000  # a run that has not arrived by then is stopped


class NotFiniteError(ArithmeticError):
    """A number left the range of floats: where it began."""

    def __init__(self, operation: str, value: float) -> None:
        super().__init__(
            f"expected a finite number; {operation} gave {value}: "
            "the numbers have become too large. Start nearer to the target, or with a smaller learning rate."
        )


class ProgramError(ValueError):
    """A line of a program that is not what it is said to be."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


class StepsError(ValueError):
    """A step of an update that is no function of the program."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One formula of one function: what a single step of the stepper computes."""

    function: str
    formula: Node

    @property
    def target(self) -> str:
        """The symbol that gets a value."""
        return code_name(self.formula.parts[0]) or self.function

    @property
    def changes(self) -> bool:
        """Whether the symbol had a value before: an update."""
        return self.formula.kind == "becomes"


@dataclass(frozen=True, slots=True)
class Update:
    """One pass through all operations: what went in, every result, and what the learning numbers became."""

    values: Environment
    became: Environment

    def next(self, given: tuple[str, ...]) -> Environment:
        """Return what goes into the next update."""
        return {name: self.became.get(name, self.values[name]) for name in given}


class Program:
    r"""A chapter's program, run.

    Errors   ProgramError: it is no Python, does not run, or has no START of finite numbers; StepsError;
             NoNotationError: a line of a step that is no formula

    >>> source = "START = {'w': 1.5, 'x': 0.5}\ndef feed_forward(w, x):\n    a = w * x\n    return a\n"
    >>> program = Program(source, "smallest.py", ("feed_forward",))
    >>> program.update(program.start).values["a"]
    0.75
    """

    def __init__(self, source: str, file: str, steps: tuple[str, ...]) -> None:
        self.code = _code(source, file)
        self.space = _run(self.code)
        self.steps = steps
        _check_start(self.code, self.space.get("START"))
        missing = [name for name in steps if name not in self.code.functions]
        if missing:
            has = ", ".join(self.code.functions)
            message = (
                f"expected functions of {file} ({has}); got {missing[0]!r}. Write one of them, or define it there."
            )
            raise StepsError(message)
        self.operations = [Operation(name, formula) for name in steps for formula in self.code.formulas(name)]

    @property
    def start(self) -> Environment:
        """The numbers that the program starts with."""
        return dict(self.space["START"])

    def function(self, name: str) -> Callable[..., Any]:
        """Return one of the program's functions."""
        found: Callable[..., Any] = self.space[name]
        return found

    @property
    def functions(self) -> dict[str, Callable[..., Any]]:
        """All functions of the program, by name."""
        return {name: self.function(name) for name in self.code.functions}

    @property
    def formulated(self) -> list[str]:
        """The functions that are formulas: those of an update, and those that have a symbol, such as sgn."""
        return [name for name in self.code.functions if name in self.steps or name in SYMBOLS]

    def parameters(self, name: str) -> list[str]:
        """Return the names of a function's parameters."""
        return [argument.arg for argument in self.code.functions[name].args.args]

    def result(self, name: str) -> str:
        """Return the symbol that a step gives: the target of its last formula."""
        return [operation.target for operation in self.operations if operation.function == name][-1]

    def update(self, start: Mapping[str, float]) -> Update:
        """Run every operation once; NotFiniteError where a number leaves the floats."""
        values, became = dict(start), Environment()
        for name in self.steps:
            arguments = {parameter: values[parameter] for parameter in self.parameters(name)}
            after = watched(self.function(name), arguments)
            changed = {o.target for o in self.operations if o.function == name and o.changes}
            became |= {symbol: after[symbol] for symbol in changed}
            values |= {symbol: value for symbol, value in after.items() if symbol not in changed}
            for symbol, value in after.items():
                if not math.isfinite(value):
                    raise NotFiniteError(symbol, value)
        return Update(values, became)

    def after(self, updates: int, **other: float) -> Update:
        """Return the pass that follows this many updates, from other starting numbers where given."""
        start = self.start | other
        passed = self.update(start)
        for _ in range(updates):
            passed = self.update(passed.next(tuple(start)))
        return passed

    def source_of(self, name: str) -> str:
        """Return a function's own lines."""
        return ast.get_source_segment(self.code.source, self.code.functions[name]) or ""

    def line(self, operation: Operation) -> int:
        """Return the line of the program on which an operation stands, counted from 1."""
        start, _ = operation.formula.span or (0, 0)
        return self.code.source.count("\n", 0, start) + 1


def _code(source: str, file: str) -> Code:
    try:
        return Code(source, file)
    except SyntaxError as error:
        piece = (error.text or "").strip()
        raise ProgramError(error.lineno or 1, f"expected Python; got {piece!r}: {error.msg}") from error


def _run(code: Code) -> dict[str, Any]:
    try:
        return run(code.tree, code.file)
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == code.file]
        message = f"expected a program that runs; got {type(error).__name__}: {error}"
        raise ProgramError((lines and lines[-1]) or 1, message) from error


def _check_start(code: Code, start: object) -> None:
    """Refuse a START that is not symbols with finite numbers."""
    expected = 'expected START = {"x": 0.5, …}, a finite number for each symbol that the first step finds'
    line = next((node.lineno for node in code.tree.body if ast.unparse(node).startswith("START")), 1)
    if not isinstance(start, dict):
        raise ProgramError(line, f"{expected}; got {'none' if start is None else repr(start)}")
    for name, value in start.items():
        if type(value) not in (int, float) or not -math.inf < value < math.inf:
            raise ProgramError(line, f"{expected}; got {value!r} for {name}. Write it with digits alone.")


def watched(function: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Run a function and return its local names as they stand when it returns.

    >>> def double(x):
    ...     y = x + x
    ...     return y
    >>> watched(double, {"x": 2.0})
    {'x': 2.0, 'y': 4.0}
    """
    seen: dict[str, Any] = {}

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "return" and frame.f_code is function.__code__:
            seen.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        function(**arguments)
    finally:
        sys.setprofile(before)
    return seen
