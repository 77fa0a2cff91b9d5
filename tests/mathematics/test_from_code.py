"""Code that is a formula is read as it stands; all other is refused: where it stands, what it is, what to write."""

import re

import pytest

from neuronwise.mathematics.from_code import Code, NoNotationError
from neuronwise.mathematics.printers import plain


def formulas(body: str, head: str = "def error(t, a):") -> list[str]:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return [plain(formula) for formula in Code(f"{head}\n{lines}\n", "f.py").formulas("error")]


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("E = abs(t - a)\nreturn E", ["E = abs(t − a)"]),
        ("E = square(t - a)\nreturn E", ["E = (t − a)^2"]),
        ("a = a - t\nreturn a", ["a ← a − t"]),
        ("E = t\nE = E + a\nreturn E", ["E = t", "E ← E + a"]),
        ("E = total(t[o] - a[o] for o in outputs)\nreturn E", ["E = Σ[o in outputs] (t[o] − a[o])"]),
        ("E = total(t[o] for o in outputs) + a\nreturn E", ["E = Σ[o in outputs] t[o] + a"]),
        (
            "z = total(w[p] * a[i] for k in together for i, p in graph.edges[k])\nreturn z",
            ["z = Σ[k in together for i, p in edges[k]] w[p]·a[i]"],
        ),
        ("m = max(z[k] for k in together)\nreturn m", ["m = max[k in together] z[k]"]),
        ("E = max(t, a)\nreturn E", ["E = max(t, a)"]),
        ("E = t if t > a else a\nreturn E", ["E = {t if t > a, a otherwise}"]),
        ("for k in reversed(together):\n    z[k] = a[k]", ["for each k in reversed together: [z[k] = a[k]]"]),
        ("new = {p: w[p] for p in learning}\nreturn new", ["for each p in learning: [new[p] = w[p]]"]),
        ("E = 0.5 * -t / (a + 1)\nreturn E", ["E = 0.5·(−t)/(a + 1)"]),
    ],
)
def test_a_formula_is_read_as_it_stands(body: str, read: list[str]) -> None:
    assert formulas(body) == read


@pytest.mark.parametrize("head", ["def error(*, a, eta):", "def error(a, /, eta):"])
def test_however_a_name_is_handed_over_a_new_value_is_an_arrow(head: str) -> None:
    assert formulas("a = a - eta\nreturn a", head) == ["a ← a − η"]


@pytest.mark.parametrize(
    ("body", "line", "column", "what"),
    [
        ("E += a", 2, 5, "E += a\n    A statement of the kind AugAssign"),
        ("if t:\n    E = 1", 2, 5, "A statement of the kind If"),
        ("while t:\n    E = 1", 2, 5, "A statement of the kind While"),
        ("E: float = t", 2, 5, "A statement of the kind AnnAssign"),
        ("E = a = t", 2, 5, "A statement of the kind Assign"),
        ("for k in order:\n    a = t\nelse:\n    a = t", 2, 5, "A statement of the kind For"),
        ("return", 2, 5, "A statement of the kind Return"),
        ("abs(t)", 2, 5, "A statement of the kind Expr"),
        ("def f():\n    return t", 2, 5, "A statement of the kind FunctionDef"),
        ("E = t // a", 2, 9, "An expression of the kind BinOp"),
        ("E = t ** 2", 2, 9, "x**2 and x*x are not always the same float. Write square(x)"),
        ("E = +t", 2, 9, "An expression of the kind UnaryOp"),
        ("E = 1 if t and a else 0", 2, 14, "An expression of the kind BoolOp"),
        ("E = 1 if 0 < t < a else 0", 2, 14, "An expression of the kind Compare"),
        ("E = 1 if t >= a else 0", 2, 14, "An expression of the kind Compare"),
        ("E = t[1][2]", 2, 9, "An expression of the kind Subscript"),
        ("E = t[1:]", 2, 9, "An expression of the kind Subscript"),
        ("E = t.mean()", 2, 9, "An expression of the kind Call"),
        ("E = t.bias", 2, 9, "An expression of the kind Attribute"),
        ("E = (lambda: 1)()", 2, 9, "An expression of the kind Call"),
        ("E = (a := t)", 2, 10, "An expression of the kind NamedExpr"),
        ("E = max(*t)", 2, 13, "An expression of the kind Starred"),
        ("E = 1e5", 2, 9, "This is no number as people write it."),
        ("E = 1_000", 2, 9, "This is no number as people write it."),
        ("E = True", 2, 9, "This is no number as people write it."),
        ("E = 'x'", 2, 9, "This is no number as people write it."),
        ("E = sum(t[o] for o in outputs)", 2, 9, "sum() of floats adds in another way since Python 3.12."),
        ("E = total(t[o] for o in outputs if a)", 2, 14, "A sum with `if` hides which terms it has."),
        ("E = total(t[o] async for o in outputs)", 2, 14, "A sum that waits"),
        ("E = total((t[o] for o in outputs), start=5)", 2, 9, "An expression of the kind Call"),
        ("E = max((t[o] for o in outputs), default=5)", 2, 9, "An expression of the kind Call"),
        ("E = total(t[o] for o in reversed(outputs, outputs))", 2, 29, "An expression of the kind Call"),
        ("E = total(t[o] for o in range(3))", 2, 29, "An expression of the kind Call"),
        ("E = abs(t, a)", 2, 9, "abs is a function of one number. Write abs(u)."),
        ("E = square()", 2, 9, "square is a function of one number."),
        ("E = logistic(t, a)", 2, 9, "logistic is a function of one number."),
        ("E = frob(t)", 2, 9, "'frob' is not in the table of symbols."),
        ("E = t - ä_b", 2, 13, "'ä_b' is not in the table of symbols."),
        ("new = {p: w[p] for p in learning if t}", 2, 11, "Its keys are not what it runs over."),
        ("new = {q: w[p] for p in learning}", 2, 11, "Its keys are not what it runs over."),
        ("return t + a", 2, 5, "error is no function of the table."),
        ("E = t\nreturn E\nE = t + a", 3, 5, "return E\n    Behind it stands code that never runs."),
    ],
)
def test_what_has_no_notation_is_refused_with_its_place_and_its_name(
    body: str, line: int, column: int, what: str
) -> None:
    with pytest.raises(NoNotationError, match=re.escape(what)) as refused:
        formulas(body)

    assert str(refused.value).startswith(f"f.py, line {line}, column {column}: ")
    assert refused.value.line == line


def test_a_column_counts_characters_not_bytes() -> None:
    with pytest.raises(NoNotationError, match=r"f\.py, line 1, column 25: E \+= a"):
        Code('def error(t, a): "äöü"; E += a\n', "f.py").formulas("error")
