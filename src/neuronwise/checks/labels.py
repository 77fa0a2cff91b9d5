"""A label is a claim with a program: the text says "necessary" or "convention", and a second program has to prove it.

    necessary    the other program does not learn: its error is no smaller after the updates than before, neither after
                 those that are shown nor after LONG. The chapter's program learns from the same start.
    convention   the other program learns as well, and goes another way: its errors are not the same numbers.

*To learn* is, for every label: of LONG updates, the errors of the last half are on average at most SMALL times the
error at the start. An average, since with steps of one width a program swings around its target; the last half, since
what has been learned has to stay. What is not a number is not small.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from neuronwise.checks.running import call, target
from neuronwise.mathematics.from_code import Code
from neuronwise.necessary.elementary import total

LONG, SMALL = 1000, 1 / 8
ERROR = "E"


class LabelError(ValueError):
    """A label whose program does not prove it."""


class Steps(Protocol):
    """A program whose functions, called one after the other, make one update."""

    @property
    def code(self) -> Code:
        """Its text and formulas."""

    @property
    def steps(self) -> Sequence[str]:
        """The names of these functions, in order."""

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """All its functions."""


@dataclass(frozen=True, slots=True)
class Run:
    """The errors of one program: before the first update, and after each."""

    name: str
    errors: tuple[float, ...]

    @property
    def learns(self) -> bool:
        """Whether the last half of the errors is small beside the first.

        >>> Run("", (1.0, 0.0, 0.1, 0.0)).learns, Run("", (1.0, 0.0, 0.5, 0.0)).learns
        (True, False)
        """
        last_half = self.errors[len(self.errors) // 2 :]
        return total(last_half) / len(last_half) <= SMALL * self.errors[0]

    @property
    def gains(self) -> bool:
        """Whether the last error is smaller than the first."""
        return self.errors[-1] < self.errors[0]

    def first(self, updates: int) -> "Run":
        """Return the run up to so many updates."""
        return Run(self.name, self.errors[: updates + 1])


@dataclass(frozen=True, slots=True)
class Trial:
    """A label that was proved: what happened to the chapter's program and to the other."""

    kind: str
    runs: tuple[Run, Run]


def prove(kind: str, program: Steps, other: Steps, start: Mapping[str, float], updates: int) -> Trial:
    """Prove a label, from a start that both programs share, and return the first updates of both.

    Errors   LabelError: the other program does not prove it; ValueError: a step without its arguments
    """
    proofs: dict[str, Callable[[Run, Run, int], str]] = {"necessary": _necessary, "convention": _convention}
    if kind not in proofs:
        message = f"expected a label with a proof, {' or '.join(proofs)}; got {kind!r}"
        raise LabelError(message)
    if not 0 < updates <= LONG:
        message = f"expected 1 to {LONG} updates to show; got {updates}"
        raise LabelError(message)
    runs = errors(program, start), errors(other, start)
    objection = "the chapter's own program does not learn" if not runs[0].learns else proofs[kind](*runs, updates)
    if objection:
        numbers = ", ".join(f"{name}={value:g}" for name, value in start.items())
        shown = ", ".join(f"{error:.6g}" for error in runs[1].first(updates).errors)
        message = (
            f"the label {kind} is not proved by {runs[1].name}: with {numbers} {objection}. "
            f"Its errors: {shown}; after {LONG} updates {runs[1].errors[-1]:.6g}"
        )
        raise LabelError(message)
    return Trial(kind, (runs[0].first(updates), runs[1].first(updates)))


def errors(program: Steps, start: Mapping[str, float], updates: int = LONG) -> Run:
    r"""Run a program: each step finds its arguments by their names and leaves its result under the name it gave it.

    >>> from types import SimpleNamespace
    >>> from neuronwise.checks.running import run
    >>> code = Code("def error(t, a):\n E = abs(t - a)\n return E\ndef step(a):\n a = a - 1\n return a\n", "f.py")
    >>> program = SimpleNamespace(code=code, steps=("error", "step"), functions=run(code.tree, code.file))
    >>> errors(program, {"t": 0.0, "a": 2.0}, updates=2)
    Run(name='f.py', errors=(2.0, 1.0, 0.0))
    """
    results = {step: target(program.code, step) for step in program.steps}
    functions = {step: program.functions[step] for step in program.steps}
    values: dict[str, Any] = dict(start)
    seen: list[float] = []
    for _ in range(updates + 1):
        for step, result in results.items():
            values[result] = call(functions[step], values)
        seen.append(float(values[ERROR]))
    return Run(program.code.file, tuple(seen))


def _necessary(_: Run, other: Run, updates: int) -> str:
    """Return what is wrong with the proof; nothing if it holds."""
    if other.gains or other.first(updates).gains:
        return "the error of the other program is smaller after the updates than before"
    return ""


def _convention(own: Run, other: Run, _: int) -> str:
    """Return what is wrong with the proof; nothing if it holds."""
    if not other.learns:
        return "the other program does not learn"
    return "the other program gives the same numbers: no other choice was made" if own.errors == other.errors else ""
