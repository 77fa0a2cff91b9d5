"""Formula = code, without tolerance, and without trust in the printer.

1. By value. The *printed* formula is read back and computed in fractions; the function itself is run in fractions, each
   literal being the fraction of its source text (0.1 is 1/10). Every line must give the same. Arguments are drawn until
   every case of every definition by cases was reached from both sides; zero and equal arguments are among them.
2. By record. The function is run with recording symbols, once for each way to answer its questions (u > 0). What was
   recorded must be the formula, with earlier formulas put in: t − a, not merely something equal.

Functions of the program (sign) run too in 1, and are symbols in 2. Imported ones, like exp, have no exact values: in
their place stands any fraction, fixed by the arguments.
"""

import ast
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from neuronwise.checks.recording import Answers, Run, all_runs
from neuronwise.checks.running import Function, Watched
from neuronwise.mathematics.from_code import BUILT_IN, Code
from neuronwise.mathematics.printers import mathml, plain
from neuronwise.mathematics.readers import read_mathml
from neuronwise.mathematics.tree import Node, Span, code_name, name, names
from neuronwise.mathematics.values import evaluate

FEWEST, MOST = 40, 2000  # draws of arguments: at least, and until every case is reached
NEAR = (Fraction(-1), Fraction(-1, 2), Fraction(0), Fraction(1, 2), Fraction(1))
Values = dict[str, Fraction]


class UnequalError(ValueError):
    """A formula and the code it was read from do not agree: where, for which arguments, and what each of them gives."""

    def __init__(self, where: str, when: str, code: tuple[str, str], formula: tuple[str, str]) -> None:
        super().__init__(
            f"{where}: expected formula and code to give the same.\n"
            f"    {when}\n"
            f"    the code     {code[0]}  gives  {code[1]}\n"
            f"    the formula  {formula[0]}  gives  {formula[1]}\n"
            "One of them does not say what the other says."
        )


class UnreachedError(ValueError):
    """A case that no arguments reach, so nothing can be said about it."""


class NoValueError(ValueError):
    """A formula that uses a name before it has a value."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was compared: how many formulas, with how many arguments, by how many ways through the code."""

    function: str
    formulas: int
    arguments: int
    ways: int


def check(code: Code, function: str, formulas: Sequence[Node] | None = None) -> Agreement:
    r"""Hold a function to its formulas, or to others that it is said to compute, one for each line.

    Errors   UnequalError, UnreachedError, NoValueError; NoNotationError: a line that is no formula

    >>> code = Code("def error(t, a):\n    E = abs(t - a)\n    return E\n", "error.py")
    >>> check(code, "error").ways
    1
    >>> check(code, "error", Code(code.source.replace("t - a", "t + a"), "error.py").formulas("error"))
    Traceback (most recent call last):
        ...
    neuronwise.checks.formula_is_code.UnequalError: error.py, line 2, error: expected formula and code to give the same.
        with t = 1/2, a = 1/2
        the code     E = abs(t - a)  gives  0
        the formula  E = abs(t + a)  gives  1
    One of them does not say what the other says.
    """
    own = code.formulas(function)
    said = own if formulas is None else list(formulas)
    if len(said) != len(own):
        message = f"{code.file}, {function}: expected a formula for each line; got {len(said)} for {len(own)}"
        raise ValueError(message)
    pair = _Pair(code, function, own)
    pair.all_known(own)
    pair.all_known(said)
    read = [tuple(read_mathml(mathml(formula, display=display)) for formula in said) for display in (True, False)]
    for printed in dict.fromkeys(read):
        pair.by_name(printed)
        arguments, ways = pair.by_value(printed), pair.by_record(printed)
    return Agreement(function, len(own), arguments, ways)


class _Pair:
    """A function, about to be compared with formulas."""

    def __init__(self, code: Code, function: str, own: Sequence[Node]) -> None:
        self.code, self.function, self.own = code, function, own
        self.parameters = [argument.arg for argument in code.functions[function].args.args]
        imported = {text for text in _called(own) if text not in code.functions and text not in BUILT_IN}
        self.opaque = {text: opaque(text) for text in imported}
        self.returned, self.constants = returned(code, function, own), constants(code)

    def all_known(self, formulas: Sequence[Node]) -> None:
        """Refuse a name that is used before it has a value."""
        known = [*self.parameters, *self.constants]
        for formula in formulas:
            unknown = [text for text in names(formula.parts[1]) if text not in known]
            if unknown:
                message = (
                    f"{self.code.file}, {self.function}: expected names that have a value, {', '.join(known)}; "
                    f"got {unknown[0]} in {plain(formula)}"
                )
                raise NoValueError(message)
            known.append(code_name(formula.parts[0]) or "")

    def by_name(self, formulas: Sequence[Node]) -> None:
        """Compare the left sides, and whether they are defined (=) or changed (←)."""
        by_code, by_formula = (
            [replace(f, parts=(f.parts[0], name("u"))) for f in each] for each in (self.own, formulas)
        )
        if by_code != by_formula:
            self.refuse("with u for the right side", formulas, by_code, by_formula)

    # ------------------------------------------------------------------------------------------- by value
    def by_value(self, formulas: Sequence[Node]) -> int:
        """Compare values; return for how many arguments both have one."""
        given: set[tuple[int, bool]] = set()

        def answer(question: int, truth: bool) -> bool:  # noqa: FBT001 - the program hands it over
            given.add((question, truth))
            return truth

        twin = Watched(self.code, self.function, Fraction, answer, self.opaque)
        functions: dict[str, Function] = {**twin.names, **self.opaque}
        wanted = {(question, truth) for question in range(len(twin.questions)) for truth in (True, False)}
        compared = 0
        for drawn, arguments in enumerate(self.arguments(formulas)):
            if drawn >= FEWEST and given == wanted:
                break
            compared += self.same_values(twin, formulas, arguments, functions)
        self.all_reached([(twin.questions[i], truth) for i, truth in sorted(wanted - given)], compared)
        return compared

    def same_values(
        self, twin: Watched, formulas: Sequence[Node], arguments: Values, functions: Mapping[str, Function]
    ) -> bool:
        """Compare for one set of arguments; False if both divide by zero there."""
        try:
            by_code = flat(twin(arguments))
        except ZeroDivisionError:
            by_code = [*twin.results, *[None] * (len(self.own) + (len(self.returned) or 1) - len(twin.results))]
        fixed = {text: Fraction(value) for text, value in self.constants.items()}
        by_formula = _computed(formulas, fixed | arguments, functions, returned=self.returned)
        if by_code != by_formula:
            when = "with " + ", ".join(f"{text} = {value}" for text, value in arguments.items())
            self.refuse(when, formulas, by_code, by_formula)
        return by_code[-1] is not None

    def arguments(self, formulas: Sequence[Node]) -> Iterator[Values]:
        """Yield arguments: first all equal, then drawn; near every number that is written there, or anywhere."""
        written = {Fraction(n.text) for f in (*self.own, *formulas) for n in f.nodes() if n.kind == "number"}
        written.add(Fraction(0))
        either = written | {-number for number in written}
        pool = sorted({number + step for number in either for step in NEAR}, key=lambda v: (abs(v), -v))
        for value in pool:
            yield dict.fromkeys(self.parameters, value)
        chance = random.Random(self.function)  # noqa: S311 - chance, not secrecy
        for _ in range(MOST):
            near = chance.random() < 1 / 2
            anywhere = [Fraction(chance.randint(-9999, 9999), chance.randint(1, 99)) for _ in self.parameters]
            yield dict(zip(self.parameters, chance.choices(pool, k=len(anywhere)) if near else anywhere, strict=True))

    def all_reached(self, missed: Sequence[tuple[Span, bool]], compared: int) -> None:
        """Refuse what was never tried."""
        where = f"{self.code.file}, {self.function}"
        for (start, end), truth in missed:
            message = (
                f"{where}: expected arguments for which {self.code.source[start:end]} is {truth}; "
                f"found none in {MOST}. Leave out a case that is never reached."
            )
            raise UnreachedError(message)
        if not compared:
            message = f"{where}: expected arguments for which there is a value; each of {MOST} divides by zero"
            raise UnreachedError(message)

    # ------------------------------------------------------------------------------------------- by record
    def by_record(self, formulas: Sequence[Node]) -> int:
        """Compare records; return by how many ways the code can go."""

        def of_code(run: Run) -> list[Any]:
            others = {text: run.function(text) for text in _called(self.own) if text not in BUILT_IN}
            fixed = {text: run.symbol(text) for text in self.constants}
            twin = Watched(self.code, self.function, run.number, others={**others, **fixed})
            return flat(twin({text: run.symbol(text) for text in self.parameters}))

        def of_formula(run: Run) -> list[Any]:
            functions = {text: run.function(text) for text in _called(formulas)}
            symbols = {text: run.symbol(text) for text in (*self.constants, *self.parameters)}
            return _computed(formulas, symbols, functions, run.number, returned=self.returned)

        by_code, by_formula = dict(all_runs(of_code)), dict(all_runs(of_formula))
        for answers in (*by_code, *by_formula):
            if by_code.get(answers) != by_formula.get(answers):
                nothing = [None] * (len(self.own) + (len(self.returned) or 1))
                when = f"as they stand{_when(answers)}"
                self.refuse(when, formulas, by_code.get(answers, nothing), by_formula.get(answers, nothing))
        return len(by_code)

    def refuse(self, when: str, formulas: Sequence[Node], by_code: Sequence[Any], by_formula: Sequence[Any]) -> None:
        """Raise the error for the first line whose results differ; the last result is what the function returned."""
        first = next(i for i, (u, v) in enumerate(zip(by_code, by_formula, strict=True)) if u != v)
        line = min(first, len(self.own) - 1)
        own = self.own[line]
        number = self.code.source.count("\n", 0, own.span[0] if own.span else 0) + 1
        where = f"{self.code.file}, line {number}, {self.function}"
        text = self.code.text(own) if first == line else "what is returned"
        code, formula = (text, _shown(by_code[first])), (plain(formulas[line]), _shown(by_formula[first]))
        raise UnequalError(where, when, code, formula)


def returned(code: Code, function: str, formulas: Sequence[Node]) -> list[str]:
    r"""Return what a function must hand back together: what it was given and changes, in the order of its arguments.

    None, if it hands back one result alone.

    >>> code = Code("def step(w, x):\n    w = w + x\n    x = x + w\n    return x, w\n", "f.py")
    >>> returned(code, "step", code.formulas("step"))
    ['w', 'x']
    """
    if not isinstance(getattr(code.functions[function].body[-1], "value", None), ast.Tuple):
        return []
    changed = [code_name(formula.parts[0]) for formula in formulas]
    return [argument.arg for argument in code.functions[function].args.args if argument.arg in changed]


def flat(results: Sequence[Any]) -> list[Any]:
    """Return results one by one, where the last, what a function returned, may be several.

    >>> flat([1, 2, (1, 2)])
    [1, 2, 1, 2]
    """
    return [*results[:-1], *(results[-1] if isinstance(results[-1], tuple) else results[-1:])]


def constants(code: Code) -> dict[str, str]:
    r"""Return the numbers that a program names outside its functions, as they are written.

    >>> constants(Code("PI = 3.14\n", "f.py"))
    {'PI': '3.14'}
    """
    return {
        node.targets[0].id: ast.get_source_segment(code.source, node.value) or ""
        for node in code.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, float)
    }


def opaque(text: str) -> Function:
    """Return a stand-in for a function without exact values: any fraction, fixed by its name and its arguments.

    >>> opaque("exp")(Fraction(1, 2)) == opaque("exp")(Fraction(2, 4)) != opaque("log")(Fraction(1, 2))
    True
    """
    return lambda *arguments: Fraction(
        random.Random(f"{text}{arguments}").randint(1, 10**9),  # noqa: S311 - chance, not secrecy
        10**6,
    )


def _called(formulas: Sequence[Node]) -> set[str]:
    """Return the names of the functions that are called on a right side."""
    nodes = [node for formula in formulas for node in formula.parts[1].nodes()]
    powers = {"power" for node in nodes if node.kind == "power" and node.parts[1].kind == "name"}
    return powers | {node.text for node in nodes if node.kind == "call"}


def _computed(
    formulas: Sequence[Node],
    arguments: Mapping[str, Any],
    functions: Mapping[str, Function],
    number: Callable[[str], Any] = Fraction,
    returned: Sequence[str] = (),
) -> list[Any]:
    """Return the result of each formula, and what the function returns: the last, or several; None where none is."""
    values, results = dict(arguments), []
    try:
        for formula in formulas:
            results.append(evaluate(formula.parts[1], values, functions, number))
            values[code_name(formula.parts[0]) or ""] = results[-1]
    except ZeroDivisionError:
        return [*results, *[None] * (len(formulas) + (len(returned) or 1) - len(results))]
    return [*results, *((values[text] for text in returned) if returned else results[-1:])]


def _when(answers: Answers) -> str:
    """Return for people what was answered."""
    return "".join(f", {plain(question)} being {str(answer).lower()}" for question, answer in answers)


def _shown(result: Fraction | Node | None) -> str:
    if result is None:
        return "nothing"
    return plain(result) if isinstance(result, Node) else str(result)
