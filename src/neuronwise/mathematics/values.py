"""The value of a formula, in the order in which the code computes it: the same bits in floats, exact in fractions.

A sum adds left to right, a product multiplies left to right: like `+` and `*` in Python, never like `sum`.
"""

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any

from neuronwise.mathematics.tree import Node, code_name

Number = Any  # float, Fraction, or whatever else can be added and multiplied
OPERATIONS: dict[str, Callable[[Number, Number], Number]] = {
    "plus": operator.add, "minus": operator.sub, "times": operator.mul, "over": operator.truediv,
    "greater": operator.gt, "less": operator.lt,
}  # fmt: skip

BUILT_IN: dict[str, Callable[..., Number]] = {"abs": abs, "max": max}


def evaluate(
    node: Node,
    env: Mapping[str, Number],
    functions: Mapping[str, Callable[..., Number]],
    number: Callable[[str], Number] = float,
) -> Number:
    r"""Return the value of a formula.

    `env` holds a number for each symbol by its name in the code (dE_dw too), `functions` what sgn and the like compute,
    `number` makes a number of a literal's text.
    Errors   KeyError: a symbol or a function without a value; ValueError: a derivative that the code has no name for

    >>> from neuronwise.mathematics.from_code import Code
    >>> formula = Code("def error(t, a):\n    E = abs(t - a)\n    return E\n", "f.py").formulas("error")[0]
    >>> evaluate(formula.parts[1], {"t": 0.25, "a": 0.75}, {})
    0.5
    """
    text = code_name(node)
    if text is not None:
        return env[text]

    def inner(part: Node) -> Number:
        return evaluate(part, env, functions, number)

    match node.kind:
        case "number":
            return number(node.text)
        case "negative":
            return -inner(node.parts[0])
        case "power" if not code_name(node.parts[1]):
            return _raised(inner(node.parts[0]), node.parts[1])
        case "call" if node.text in BUILT_IN:
            return BUILT_IN[node.text](*map(inner, node.parts))
        case "call" | "power":
            return functions[node.text or "power"](*map(inner, node.parts))
        case "cases":
            then, condition, otherwise = node.parts
            return inner(then) if inner(condition) else inner(otherwise)
        case kind if kind in OPERATIONS:
            return reduce(OPERATIONS[kind], map(inner, node.parts))
    message = f"expected a formula that can be computed; got a {node.kind}: derive it first"
    raise ValueError(message)


def _raised(base: Number, exponent: Node) -> Number:
    """Return a power by multiplying; 10^(−2) is 1/(10·10)."""
    if exponent.kind == "negative":
        return 1 / _raised(base, exponent.parts[0])
    return reduce(operator.mul, [base] * int(exponent.text))


def exact(node: Node, env: Mapping[str, Fraction], functions: Mapping[str, Callable[..., Fraction]]) -> Fraction:
    """Return the exact value of a formula: a literal 0.1 is one tenth, as it is written.

    >>> from neuronwise.mathematics.tree import number
    >>> exact(Node("plus", (number("0.1"), number("0.2"))), {}, {})
    Fraction(3, 10)
    """
    return Fraction(evaluate(node, env, functions, Fraction))
