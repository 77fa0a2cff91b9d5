"""Exercises: what is asked, and what is said to an answer. Any equal formula and any equal number is right.

    ```{answer} eta = 2
    E with eta=? after 1 = 0                                the run that an answer must lead to
    slip 1   That is right for a slope of 1. …              what a known slip gives, and what to say to it
    ```
The second line may also be a run whose result is the answer (`w with x=0 after 100`), or for a formula what is supposed
(`suppose E = 3*abs(t - a)`).
A right answer is never typed without a check: the build runs it.
"""

import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from neuronwise.book import chain
from neuronwise.book.numbers import read_number
from neuronwise.book.program import Program
from neuronwise.book.quantities import Quantity, read_quantity
from neuronwise.checks import meaning
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.tree import Node, names, symbol
from neuronwise.mathematics.values import exact
from neuronwise.mathematics.worked import digits

KNOWN = ("x", "w", "a", "t")  # what an answer may speak of
POINTS, WHOLE = 60, range(-4, 5)  # where an answer is compared with the right one
MOST_DEGREE = 64


class AnswerError(ValueError):
    """An exercise whose own answer is wrong."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer is right, and what to say to it."""

    right: bool
    says: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is asked (`symbol`), the right answer as text, and how a given one is judged.

    A number is right if `judged` then gives `wanted`; without a question mark in it, if it is what `judged` gives.
    A formula (`formula`) is right if it is equal, whatever it looks like.
    """

    symbol: str
    expected: str
    asked: str = ""  # as the chapter writes it, and what stands below: the page reads them again
    text: str = ""
    judged: Quantity | None = None
    wanted: float | None = None
    formula: Node | None = None
    slips: tuple[tuple[str, str], ...] = ()

    def judge(self, text: str, programs: Mapping[str, Program]) -> Verdict:
        """Say whether an answer is right; of a wrong one, what is wrong with it."""
        try:
            return self._formula(text, programs) if self.formula is not None else self._number(text, programs)
        except ValueError as error:  # a number or a formula that cannot be read, or not compared
            return Verdict(right=False, says=str(error))

    def _number(self, text: str, programs: Mapping[str, Program]) -> Verdict:
        assert self.judged is not None  # noqa: S101 - an answer is a formula or a number
        number = read_number(text, self.symbol)
        if self.wanted is None:
            right = number == self.judged.value(programs)
            seen = ""
        else:
            reached = self.judged.put(repr(number)).value(programs)
            right = reached == self.wanted
            seen = f"With {text.strip()}, {self.judged.symbol} is {digits(reached)}."
        if right:
            return Verdict(right=True, says=seen)
        slip = next((words for slip, words in self.slips if float(slip) == number), "")
        return Verdict(
            right=False, says=" ".join(filter(None, (seen, slip))) or "Another number comes out. Open the hint."
        )

    def _formula(self, text: str, programs: Mapping[str, Program]) -> Verdict:
        assert self.formula is not None  # noqa: S101 - an answer is a formula or a number
        given = read_plain(text, KNOWN)
        at = counter_example(given, self.formula, programs[""])
        if at is None:
            return Verdict(right=True, says="")
        for slip, words in self.slips:
            if counter_example(given, read_plain(slip, KNOWN), programs[""]) is None:
                return Verdict(right=False, says=words)
        return Verdict(right=False, says=f"With {at}.")


def counter_example(given: Node, right: Node, program: Program) -> str | None:
    """Return numbers for which two formulas differ, in words; None if they are equal.

    Both are computed exactly, at whole numbers below, at and above 0; what the program defines (a = w·x) is what it is
    there. A point at which one of them divides by 0 says nothing.
    """
    lot = random.Random(POINTS)  # noqa: S311 - chance, not secrecy
    for node in (given, right):
        if degree(node) > MOST_DEGREE:
            message = f"expected powers up to {MOST_DEGREE} in all; got more: this cannot be compared"
            raise AnswerError(message)
    compared = 0
    for _ in range(POINTS):
        point = {name: Fraction(lot.choice(WHOLE)) for name in program.start}
        for name, formula in chain.defined(program).formulas.items():
            point[name] = exact(formula, point, program.functions)
        with suppress(ZeroDivisionError):
            mine, wanted = (exact(node, point, program.functions) for node in (given, right))
            compared += 1
            if mine != wanted:
                said = ", ".join(f"{name}={point[name]}" for name in KNOWN if name in names(given) + names(right))
                return f"{said} yours is {mine}, and it should be {wanted}".replace("-", "−")
    if not compared:
        message = "This formula divides by 0, whatever numbers stand for its letters."
        raise AnswerError(message)
    return None


def degree(node: Node) -> int:
    """Return a bound for how often a formula multiplies a symbol with itself.

    >>> degree(read_plain("(x*t)^3*x"))
    7
    """
    inner = [degree(part) for part in node.parts]
    match node.kind:
        case "name":
            return 1
        case "times" | "over":
            return sum(inner)
        case "power" if node.parts[1].kind == "number":
            return inner[0] * int(float(node.parts[1].text))
    return max(inner, default=0)


def read_answer(asked: str, text: str, programs: Mapping[str, Program]) -> Answer:
    """Read `symbol = answer` and the lines below it; AnswerError where the program says otherwise.

    Errors   AnswerError: the answer is wrong by its own check, or a slip is right
    """
    name, _, expected = (part.strip() for part in asked.partition("="))
    check, *lines = text.strip().splitlines()
    slips = tuple(_slip(line) for line in lines)
    left, _, right = (part.strip() for part in check.rpartition(" = "))
    if left.startswith("suppose "):
        changed = left.removeprefix("suppose ")
        answer = Answer(
            name, expected, asked, text, formula=_derivative(name, changed, right, expected, programs[""]), slips=slips
        )
    elif "?" in check:
        answer = Answer(name, expected, asked, text, read_quantity(left), float(right), slips=slips)
    else:
        answer = Answer(name, expected, asked, text, read_quantity(check), slips=slips)
    for tried, wanted in ((expected, True), *((slip, False) for slip, _ in slips)):
        if answer.judge(tried, programs).right is not wanted:
            message = f"{tried} is {'not right' if wanted else 'right'}, says the program ({check})"
            raise AnswerError(message)
    return answer


def _slip(line: str) -> tuple[str, str]:
    """Read `slip FORMULA  what to say`: the formula ends at two spaces, a number at one."""
    text = line.removeprefix("slip ").strip()
    formula, _, words = text.partition("  ") if "  " in text else text.partition(" ")
    return formula.strip(), words.strip()


def _derivative(name: str, changed: str, formula: str, expected: str, program: Program) -> Node:
    """Return the formula that is asked for, after holding it to the program with one definition changed."""
    formulas = chain.defined(program).formulas | {changed: read_plain(formula)}
    answer = read_plain(expected, KNOWN)
    if not meaning.same_meaning(answer, symbol(name), Definitions(formulas)):
        message = f"{expected} is not the derivative {name} when {changed} = {formula}"
        raise AnswerError(message)
    return answer
