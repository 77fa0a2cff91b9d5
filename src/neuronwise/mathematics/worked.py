"""A worked example: the formula, the numbers in it, the result.

    E = |t − a|                the formula, from the code
      = |0.25 − 0.75|          the numbers put in
      = 0.5                    the result, as the code computed it

"=" is written only where it holds exactly for the numbers as they are printed, else "≈". Operands are printed with as
many digits as a reader with a pocket calculator needs to see the printed result.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from neuronwise.mathematics.tree import Node, code_name, number, substituted
from neuronwise.mathematics.values import evaluate, exact

ALL_DIGITS = 17  # enough for every float
SHOWN_DIGITS = 9


def digits(value: float, places: int = SHOWN_DIGITS) -> str:
    """Return a number with at most `places` significant digits, written without an exponent where people would.

    ALL_DIGITS are no more than tell a float from every other.

    >>> digits(0.5), digits(1 / 3), digits(-0.0), digits(1e-7), digits(2.5e20), digits(0.15, ALL_DIGITS)
    ('0.5', '0.333333333', '0', '0.0000001', '2.5e+20', '0.15')
    """
    text = f"{value:.{places}g}" if places < ALL_DIGITS else repr(value).removesuffix(".0")
    if "e" in text and 1e-9 <= abs(value) < 1e16:  # noqa: PLR2004 - longer than that, an exponent reads better
        text = f"{Decimal(text):f}"
    return "0" if text == "-0" else text


def written(value: float, places: int = SHOWN_DIGITS, stands_for: str = "") -> Node:
    """Return a number as a formula: a negative one is the negative of its size, a very small one has a power of 10.

    >>> from neuronwise.mathematics.printers import plain
    >>> plain(written(-0.5)), plain(written(-2.5e-17)), plain(written(1e20))
    ('−0.5', '−2.5·10^(−17)', '1·10^20')
    """
    size, _, power = digits(value, places).partition("e")
    leaf = replace(number(size.removeprefix("-")), stands_for=stands_for)
    leaf = Node("negative", (leaf,)) if size.startswith("-") else leaf
    if not power:
        return leaf
    exponent = number(str(abs(int(power))))
    raised = Node("negative", (exponent,)) if int(power) < 0 else exponent
    return Node("times", (leaf, Node("power", (number("10"), raised))), stands_for=stands_for)


def with_numbers(formula: Node, env: Mapping[str, float], places: int = SHOWN_DIGITS) -> Node:
    """Return the formula with a number in place of each symbol that has one.

    >>> from neuronwise.mathematics.printers import plain
    >>> from neuronwise.mathematics.tree import name
    >>> plain(with_numbers(Node("times", (name("w"), name("x"))), {"w": 1.5, "x": -0.5}))
    '1.5·(−0.5)'
    """
    return substituted(formula, lambda node, text: written(env[text], places, text) if text in env else node)


Chain = tuple[tuple[str, Node], ...]  # formulas one behind the other, each behind its sign; the first sign may be empty


@dataclass(frozen=True, slots=True)
class Worked:
    """A formula with its numbers: the left side, the right side, the numbers in it, the result, and how they relate."""

    left: Node
    right: Node
    numbers: Node
    result: Node
    numbers_sign: str  # "=" where the printed operands are the operands themselves, else "≈"
    result_sign: str  # "=" where the printed result is exact

    @property
    def chain(self) -> Chain:
        """The numbers and the result, each behind its sign; of a formula that only hands a number on, that number."""
        if self.numbers == self.result:
            return ((self.result_sign, self.result),)
        return ((self.numbers_sign, self.numbers), (self.result_sign, self.result))


def work(
    formula: Node,
    env: Mapping[str, float],
    value: float,
    functions: Mapping[str, Callable[..., float]],
    places: int = SHOWN_DIGITS,
) -> Worked:
    r"""Return the worked example of `name = formula`, for the value that the code computed.

    >>> from neuronwise.mathematics.from_code import Code
    >>> from neuronwise.mathematics.printers import plain
    >>> formula = Code("def feed_forward(w, x):\n    a = w * x\n    return a\n", "f.py").formulas("feed_forward")[0]
    >>> worked = work(formula, {"w": 0.1, "x": 3.0}, 0.1 * 3.0, {})
    >>> plain(worked.numbers), worked.result_sign, plain(worked.result)
    ('0.1·3', '=', '0.3')
    """
    left, right = formula.parts
    shown = digits(value, places)
    calculated = ((n, _calculated(right, env, functions, n)) for n in range(places, ALL_DIGITS))
    needed = next((n for n, result in calculated if digits(result, places) == shown), ALL_DIGITS)
    printed = {text: float(digits(env[text], needed)) for text in env}
    numbers_sign = "=" if all(printed[text] == env[text] for text in env) else "≈"
    fractions = {text: Fraction(digits(env[text], needed)) for text in env}
    exactly = {text: _rational(function) for text, function in functions.items()}
    result_sign = "=" if exact(right, fractions, exactly) == Fraction(shown) else "≈"
    result = written(value, places, code_name(left) or "")
    return Worked(left, right, with_numbers(right, env, needed), result, numbers_sign, result_sign)


def _calculated(
    formula: Node, env: Mapping[str, float], functions: Mapping[str, Callable[..., float]], places: int
) -> float:
    """Return what a pocket calculator finds that is fed with the operands as printed."""
    return float(evaluate(formula, {text: float(digits(value, places)) for text, value in env.items()}, functions))


def _rational(function: Callable[..., float]) -> Callable[..., Fraction]:
    """Return the function on fractions: sgn and the like give whole numbers, which stay exact."""
    return lambda *arguments: Fraction(function(*arguments))
