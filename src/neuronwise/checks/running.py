"""A program's functions, run from its text: as they stand, or with another kind of number in place of each literal.

Nothing else of the program changes. `Watched` also keeps what a function computed on the way: the result of each line
that is a formula, and the answer to each question (`u > 0`) in a formula by cases.
"""

import ast
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from neuronwise.mathematics.from_code import Code
from neuronwise.mathematics.tree import Span, code_name

Function = Callable[..., Any]


def run(tree: ast.Module, file: str, **given: object) -> dict[str, Any]:
    r"""Run a program's text and return its names; `given` are names that it finds there.

    >>> run(ast.parse("def double(u):\n    return u + u\n"), "double.py")["double"](0.25)
    0.5
    """
    names: dict[str, Any] = {"__name__": file, **given}
    exec(compile(tree, file, "exec"), names)  # noqa: S102 - the book's own program, printed on the page
    return names


def call(function: Function, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever kind of number came in
    """Call a function with the values that its parameters are named after.

    Errors   ValueError: a parameter without a value

    >>> call(lambda w, x: w * x, {"x": 0.5, "t": 0.25, "w": 1.5})
    0.75
    """
    needed = list(inspect.signature(function).parameters)
    missing = [name for name in needed if name not in values]
    if missing:
        message = f"expected a value for {', '.join(missing)}; got values for {', '.join(values) or 'nothing'}"
        raise ValueError(message)
    return function(*(values[name] for name in needed))


def target(code: Code, function: str) -> str:
    r"""Return the symbol whose value a function gives: that of its last formula.

    Errors   ValueError: a function whose result has no name

    >>> target(Code("def feed_forward(w, x):\n    a = w * x\n    return a\n", "f.py"), "feed_forward")
    'a'
    """
    name = code_name(code.formulas(function)[-1].parts[0])
    if name is None:
        message = f"{code.file}: expected {function} to give its result a name; write name = formula, return name"
        raise ValueError(message)
    return name


class Watched:
    r"""One function of a program, run with numbers that `number` makes of the text of each literal.

    `answer(i, truth)` hears the answer to questions[i] and returns what the program gets to see; `others` take the
    place of functions of the same name.

    >>> from fractions import Fraction
    >>> code = Code("def feed_forward(w, x):\n    a = 0.1 * w * x\n    return a\n", "f.py")
    >>> Watched(code, "feed_forward", Fraction)({"w": Fraction(3), "x": Fraction(1, 2)})
    [Fraction(3, 20), Fraction(3, 20)]
    """

    def __init__(
        self,
        code: Code,
        function: str,
        number: Callable[[str], Any],
        answer: Callable[[int, Any], Any] = lambda _, truth: truth,
        others: Mapping[str, Any] | None = None,
    ) -> None:
        self.results: list[Any] = []
        instrumented = _Instrumented(code, function)
        tree = ast.fix_missing_locations(instrumented.visit(ast.parse(code.source)))
        names = run(tree, code.file, _number_=number, _answer_=answer, _result_=self._result)
        names.update(others or {})
        self.questions = instrumented.questions
        self.function: Function = names[function]
        self.names = names

    def __call__(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the result of each formula, in order, and last what the function returned."""
        self.results.clear()
        returned = call(self.function, values)
        return [*self.results, returned]

    def _result(self, value: Any) -> Any:  # noqa: ANN401 - whatever kind of number the program computes with
        self.results.append(value)
        return value


class _Instrumented(ast.NodeTransformer):
    """Puts calls around literals, and in one function around results and questions; each hands its value on."""

    def __init__(self, code: Code, function: str) -> None:
        self.code, self.function = code, function
        self.formulas = {formula.span for formula in code.formulas(function)}
        self.questions: list[Span] = []
        self.inside = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.inside = node.name == self.function
        self.generic_visit(node)
        self.inside = False
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if type(node.value) not in (int, float):
            return node
        return _called("_number_", ast.Constant(ast.get_source_segment(self.code.source, node)))

    def visit_IfExp(self, node: ast.IfExp) -> ast.IfExp:
        if not self.inside:
            self.generic_visit(node)
            return node
        number = ast.Constant(len(self.questions))
        self.questions.append(self.code.span(node.test))
        self.generic_visit(node)
        node.test = _called("_answer_", number, node.test)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        kept = self.inside and self.code.span(node) in self.formulas
        self.generic_visit(node)
        if kept:
            node.value = _called("_result_", node.value)
        return node

    def visit_Return(self, node: ast.Return) -> ast.Return:
        kept = self.inside and self.code.span(node) in self.formulas
        self.generic_visit(node)
        if kept and node.value is not None:
            node.value = _called("_result_", node.value)
        return node


def _called(function: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(function, ast.Load()), list(arguments), [])
