"""A number that the text speaks of, and where it comes from: always from a run of the chapter's program.

a                                     the activation, in the printed run
w after 8                             the weight after eight updates
E with x=-0.5 after 2                 another start
E with x=-0.5 after 2 in without_x.py another program
updates until E = 0                   how many updates it takes
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from neuronwise.book.program import MOST_UPDATES, Program

FORM = re.compile(
    r"(?:updates until (?P<until>\w+) = (?P<level>[-\d.]+)|(?P<symbol>\w+))"
    r"(?: with (?P<start>\w+=[-\d.?]+(?:, \w+=[-\d.?]+)*))?(?: after (?P<after>\d+))?(?: in (?P<file>[\w.]+))?"
)


class QuantityError(ValueError):
    """A quantity that cannot be read, or that no run has."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """Which symbol, of which program, from which start, after how many updates; `until` counts updates instead."""

    symbol: str
    start: tuple[tuple[str, str], ...] = ()
    after: int = 0
    file: str = ""
    until: float | None = None

    def put(self, number: str) -> "Quantity":
        """Return the quantity with the reader's number where a question mark stands.

        >>> read_quantity("E with eta=? after 1").put("2").start
        (('eta', '2'),)
        """
        return replace(self, start=tuple((name, number if text == "?" else text) for name, text in self.start))

    def value(self, programs: Mapping[str, Program]) -> float:
        """Return the number, from a run of the program; "" is the chapter's own."""
        if self.file not in programs:
            message = f"expected a program of this chapter ({', '.join(filter(None, programs))}); got {self.file!r}"
            raise QuantityError(message)
        program = programs[self.file]
        unknown = [name for name, _ in self.start if name not in program.start]
        if unknown:
            message = f"expected a start value of {', '.join(program.start)}; got {unknown[0]!r}"
            raise QuantityError(message)
        start = {name: float(text) for name, text in self.start}
        if self.until is not None:
            return self._count(program, start)
        values = program.after(self.after, **start).values
        if self.symbol not in values:
            message = f"expected one of {', '.join(values)}; got {self.symbol!r}"
            raise QuantityError(message)
        return values[self.symbol]

    def _count(self, program: Program, start: dict[str, float]) -> float:
        passed = program.update(program.start | start)
        for count in range(MOST_UPDATES):
            if passed.values[self.symbol] == self.until:
                return count
            passed = program.update(passed.next(tuple(program.start)))
        message = f"expected {self.symbol} to reach {self.until}; it did not in {MOST_UPDATES} updates"
        raise QuantityError(message)


def read_quantity(text: str) -> Quantity:
    """Read a quantity as the text writes it.

    >>> read_quantity("E with x=-0.5 after 2 in without_x.py")
    Quantity(symbol='E', start=(('x', '-0.5'),), after=2, file='without_x.py', until=None)
    """
    found = FORM.fullmatch(text.strip())
    if not found:
        message = f"expected a quantity such as 'w after 8' or 'E with x=-0.5 after 2'; got {text!r}"
        raise QuantityError(message)
    start = tuple(
        (name, value) for name, _, value in (p.partition("=") for p in (found["start"] or "").split(", ") if p)
    )
    until = None if found["until"] is None else float(found["level"])
    return Quantity(found["until"] or found["symbol"], start, int(found["after"] or 0), found["file"] or "", until)
