"""Answers: any equal one is right, every planted slip is named, and nothing hostile is more than an error."""

import math
import random
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from every_exercise import every_exercise, misjudged
from hostile import ANSWERS
from hypothesis import given, settings
from hypothesis import strategies as st

from neuronwise.checks.answers import Question, judge, told_apart
from neuronwise.checks.exponentials import FIRST, PRIMES, SHARES, TOP, Equality, Exponentials
from neuronwise.checks.slips import Formula
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.tree import SIGNS, Node, number, symbol
from neuronwise.network.exercises import sheet

LOTS = st.randoms(use_true_random=False)


EVERY = dict(every_exercise())
WITH_FORMULA = [text for text, exercise in EVERY.items() if exercise.question.wants != "whole"]
MAZUR = {exercise.kind: exercise for exercise in sheet("mazur", seed=7, count=10).exercises}
HIDDEN = MAZUR["formula"].question
TANH = Question(
    Formula(
        symbol("dE_dz"),
        read_plain("dE/da*(1 - a^2)"),
        Definitions({"a": read_plain("tanh(z)"), "E": read_plain("0.5*(t - a)^2")}),
    ),
    "formula",
    functions={"logistic": read_plain("1/(1 + exp(-z))")},
)


def asked_of_mazur(kind: str, asked: str) -> Question:
    """The question of a kind for one symbol, from the first sheet that has it."""
    every = (exercise for seed in range(99) for exercise in sheet("mazur", seed).exercises)
    return next(each.question for each in every if each.kind == kind and plain(each.asked) == asked)


# ------------------------------------------------------------------------------------------------- the world
def lucas(n: int, k: int, p: int) -> int:
    """The k-th Lucas number U modulo n, for x² = p·x − 1."""
    u, v = 0, 2
    for bit in f"{k:b}":
        u, v = u * v % n, (v * v - 2) % n
        if bit == "1":
            u, v = (p * u + v) * pow(2, -1, n) % n, ((p * p - 4) * u + p * v) * pow(2, -1, n) % n
    return u


def proven_by_the_divisors_of(whole: int, n: int) -> bool:
    """Tell whether n is prime, by the odd divisors of n + 1 (Morrison 1975): U is 0 at n + 1, and at no part of it."""
    divisors = [q for q in range(3, 20_000) if whole % q == 0 and all(q % r for r in range(2, math.isqrt(q) + 1))]
    rest = whole
    for q in divisors:
        while rest % q == 0:
            rest //= q
    fit = (p for p in range(3, 500) if pow(p * p - 4, (n - 1) // 2, n) == n - 1 and lucas(n, whole, p) == 0)
    return rest == 8 and any(all(math.gcd(lucas(n, whole // q, p), n) == 1 for q in divisors) for p in fit)


def test_each_prime_of_the_chain_is_twice_the_one_before_and_one() -> None:
    assert proven_by_the_divisors_of(FIRST + 1, FIRST)
    assert all(pow(4, q, p) == 1 for q, p in pairwise(PRIMES))  # with q prime and q > √p: p is one (Pocklington 1914)
    assert all(p == 2 * q + 1 for q, p in pairwise(PRIMES))
    assert all(share % p == (p == q) for q, share in zip(PRIMES, SHARES, strict=True) for p in PRIMES)


def test_every_positive_number_of_two_digits_has_the_sign_of_one() -> None:
    world = Exponentials(0)

    assert {world.called("sign", world.number(f"0.{n:02}")) for n in range(1, 100)} == {1}
    assert world.called("sign", world.reduced(-7)) == world.reduced(-1)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("exp(u + v)", "exp(u)*exp(v)"),
        ("tanh(u)", "2/(1 + exp(-2*u)) - 1"),
        ("tanh(u)", "(exp(u) - exp(-u))/(exp(u) + exp(-u))"),
        ("1 - tanh(u)^2", "4/(exp(u) + exp(-u))^2"),
        ("exp(-u)/(1 + exp(-u))^2", "1/(1 + exp(-u))*(1 - 1/(1 + exp(-u)))"),
        ("exp(u - v)/(exp(u - v) + exp(w - v))", "exp(u)/(exp(u) + exp(w))"),
        ("tanh(tanh(u))", "2/(1 + exp(-2*(2/(1 + exp(-2*u)) - 1))) - 1"),
        ("exp(exp(exp(2*u)))", "exp(exp(exp(u)^2))"),
        ("max(0, u)", "{u if u > 0, 0 otherwise}"),
        ("max(0, u)", "u*(1 + sign(u))/2"),
        ("abs(u)", "max(u, -u)"),
        ("abs(u*v)", "abs(u)*abs(v)"),
        ("{u if u > 0, 0.01*u otherwise}", "max(u, 0.01*u)"),
        ("log(1/u)", "-log(u)"),
        ("log(exp(u))", "u"),
        ("log(1 + exp(u))", "u + log(1 + exp(-u))"),
        ("{u + log(1 + exp(-u)) if u > 0, log(1 + exp(u)) otherwise}", "log(exp(u) + 1)"),
        ("log(1 - 1/(1 + exp(-u)))", "-u - log(1 + exp(-u))"),
        ("log(1/(1 + exp(-u)))", "-log(1 + exp(-u))"),
        ("tanh(log(1 + exp(u)))", "tanh(u + log(1 + exp(-u)))"),
        ("sin(u)^2", "1 - cos(u)^2"),
        ("SQRT_HALF^2", "0.5"),
    ],
)
def test_equal_formulas_are_equal(a: str, b: str) -> None:
    assert Equality(Definitions({})).same(read_plain(a), read_plain(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("exp(u + v)", "exp(u) + exp(v)"),
        ("tanh(u)", "2/(1 + exp(-u)) - 1"),
        ("abs(u)", "u"),
        ("sign(u)", "1"),
        ("max(u, v)", "u"),
        ("max(0, u)*max(0, v)", "max(0, u*v)"),
        ("log(u*v)", "log(u)*log(v)"),
        ("log(1 + exp(u))", "log(1 + exp(-u))"),
        ("log(1 + exp(u))", "u"),
        ("log(u*exp(v))", "log(u) - v"),
        ("log(exp(u) + exp(v))", "u + v"),
        ("exp(exp(u + v))", "exp(exp(u) + exp(v))"),
        ("erf(2*u)", "2*erf(u)"),
    ],
)
def test_different_formulas_are_different(a: str, b: str) -> None:
    assert not Equality(Definitions({})).same(read_plain(a), read_plain(b))


@given(u=st.integers(1, TOP - 1), v=st.integers(1, TOP - 1))
def test_exponentials_keep_their_law(u: int, v: int) -> None:
    world = Exponentials(0)

    assert world.called("exp", u + v) % TOP == world.called("exp", u) * world.called("exp", v) % TOP


# ------------------------------------------------------------------------------------------------- what is right
def rewritten(node: Node, lot: random.Random, question: Question) -> Node:  # noqa: C901, PLR0911 - a case for each rewriting
    """Return a formula that is equal and looks different."""
    if node.kind in SIGNS or (node.kind == "cases" and node.parts[1].kind not in ("greater", "less")):
        return node
    if node.kind == "cases":
        then, condition, otherwise = node.parts
        return replace(node, parts=(rewritten(then, lot, question), condition, rewritten(otherwise, lot, question)))
    if node.kind == "name":
        known = question.definitions.formulas.get(node.text)
        opened = known is not None and node.text[:2] == "a[" and lot.random() < 0.5
        return (
            known if opened and known is not None else Node("times", (node, number(1))) if lot.random() < 0.2 else node
        )
    node = (
        replace(node, parts=tuple(rewritten(part, lot, question) for part in node.parts))
        if node.kind != "power"
        else node
    )
    if lot.random() < 0.4:
        return node
    match node:
        case Node("plus" | "times", parts):
            return replace(node, parts=tuple(lot.sample(parts, len(parts))))
        case Node("minus", (u, v)):
            return lot.choice([Node("negative", (Node("minus", (v, u)),)), Node("plus", (Node("negative", (v,)), u))])
        case Node("negative", (u,)):
            return lot.choice([Node("times", (Node("negative", (number(1),)), u)), Node("minus", (number(0), u))])
        case Node("over", (u, v)):
            return Node("times", (u, Node("over", (number(1), v))))
        case Node("power", (u, Node("number", (), "2"))):
            return Node("times", (u, u))
        case Node("number", (), "0.5"):
            return Node("over", (number(1), number(2)))
        case Node("call", (u,), "tanh"):
            return read_plain("2/(1 + exp(-2*u)) - 1").map(lambda inner: u if inner.text == "u" else inner)
        case Node("call", (u,), "exp"):
            return Node("over", (number(1), Node("call", (Node("negative", (u,)),), "exp")))
    return node


def distributed(node: Node) -> Node:
    """Return a product with its first sum multiplied out."""
    place = next((n for n, part in enumerate(node.parts) if part.kind in ("plus", "minus")), None)
    if node.kind != "times" or place is None:
        return node
    terms = [Node("times", (*node.parts[:place], term, *node.parts[place + 1 :])) for term in node.parts[place].parts]
    return Node(node.parts[place].kind, tuple(terms))


@pytest.mark.parametrize("text", WITH_FORMULA)
def test_the_expected_formula_is_right_however_it_is_written(text: str) -> None:
    exercise = EVERY[text]
    lot = random.Random(text)  # noqa: S311 - chance, not secrecy

    for _ in range(4):
        answer = rewritten(exercise.expected, lot, exercise.question).map(distributed)
        assert f"{plain(exercise.asked)}" not in plain(answer) or exercise.question.formula.update
        verdict = judge(plain(answer), exercise.question)
        assert verdict.right or "at most" in verdict.says, (plain(answer), verdict)


@settings(max_examples=30)
@given(lot=LOTS, text=st.sampled_from(WITH_FORMULA))
def test_any_rewriting_is_right(lot: random.Random, text: str) -> None:
    exercise = EVERY[text]

    answer = plain(rewritten(exercise.expected, lot, exercise.question).map(distributed))
    verdict = judge(answer, exercise.question)

    assert verdict.right or "at most" in verdict.says, (answer, verdict)


@pytest.mark.parametrize("text", [text for text in WITH_FORMULA if EVERY[text].question.wants == "number"])
def test_the_number_is_right_with_three_digits_or_more(text: str) -> None:
    question = EVERY[text].question

    for places in range(3, 18):
        assert judge(f"{question.value:#.{places}g}".replace("e+", "e"), question).right, places


@pytest.mark.parametrize(
    "answer",
    [
        "exp(-z)/(1 + exp(-z))",
        "(t - a)*(1 - a^2)*(-1)",
        "(a - t)*(1 - (2*sigma(2*z) - 1)^2)",
        "(a - t)*(1 - (2*σ(2*z) - 1)^2)",
        "dE/dz = (a - t)*4/(exp(z) + exp(-z))^2",
        "-dE/da*(a - 1)*(a + 1)",
    ],
)
def test_tanh_and_its_slope_are_known_in_all_their_forms(answer: str) -> None:
    assert judge(answer, TANH).right == ("1 + exp(-z))" not in answer)


@pytest.mark.parametrize(
    ("lines", "right", "said"),
    [
        (
            "= dE/dz[h1]*∂z[h1]/∂w[i1,h1]  by edges\n  by local, sum, constant factor, itself, constant, constant",
            True,
            "Every line follows.",
        ),
        ("= delta[h1]*∂z[h1]/∂w[i1,h1]  by edges, result", True, "Every line follows."),
        ("= dE/dz[h1]*∂z[h1]/∂w[i2,h1]  by edges", False, "is false.\nIt does not follow by edges."),
        ("= ∂z[h1]/∂w[i1,h1]*dE/dz[h1]  by edges", False, "is true, but it does not follow by edges"),
        ("= dE/dw[i1,h1]  by algebra", False, "it is not finished"),
        (
            "= dE/dz[h1]*∂z[h1]/∂w[i1,h1]  by edges\n  by local, sum, constant factor, itself, constant",
            False,
            "it is not finished: work out ∂/∂w[i1,h1][b[h1]].",
        ),
        (
            "= dE/dz[h1]*dz[h1]/dw[i1,h1]  by chain through z[h1]",
            False,
            "Every line follows, but it is not finished: work out dz[h1]/dw[i1,h1].",
        ),
        ("goal dE/dz[h1]\n= delta[h1] by result", False, "expected a derivation of dE/dw[i1,h1]; got one of dE/dz[h1]"),
        ("= dE/dz[h1]*a[i1]  by magic", False, "magic"),
        ("= dE/dz[h1]*q  by edges", False, "expected a known name; got 'q'"),
    ],
)
def test_a_derivation_is_right_if_every_line_follows(lines: str, right: bool, said: str) -> None:  # noqa: FBT001 - a case
    question = asked_of_mazur("dE/dw", "dE/dw[i1,h1]")

    verdict = judge(lines, question)

    assert verdict.right is right, verdict
    assert said in verdict.says


# ------------------------------------------------------------------------------------------------- what is wrong
@pytest.mark.parametrize("text", WITH_FORMULA)
def test_every_slip_is_found_and_named(text: str) -> None:
    assert list(misjudged(EVERY[text].question)) == []


@pytest.mark.parametrize("text", [text for text in WITH_FORMULA if EVERY[text].question.wants == "number"])
def test_the_number_of_a_slip_is_wrong_and_explained(text: str) -> None:
    question = EVERY[text].question

    for slip in told_apart(question):
        wrong = question.number(slip.formula)
        if math.isfinite(wrong) and not math.isclose(wrong, question.value, rel_tol=1e-4):
            verdict = judge(f"{wrong:.9f}", question)
            assert not verdict.right, (slip, verdict)
            assert len(verdict.says) > 20


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (
            "-(dE/dz[o1]*w[h2,o1] + dE/dz[o2]*w[h2,o2])*a[h2]*(1 - a[h2])",
            "sign",
            "The sign is turned: all else is right.",
        ),
        ("dE/dz[o1]*w[h2,o1] + dE/dz[o2]*w[h2,o2]", "slope", "The slope of the activation a[h2] is missing"),
        ("dE/dz[o1]*w[h2,o1]*a[h2]*(1 - a[h2])", "path", "The path through o2 is forgotten"),
        (
            "(dE/dz[o1] + dE/dz[o2]*w[h2,o2])*a[h2]*(1 - a[h2])",
            "factor",
            "The weight w[h2,o1] is missing in dE/dz[o1]·w[h2,o1].",
        ),
        (
            "(dE/dz[o1]*w[h2,o1] + dE/dz[o2]*w[h2,o2])*(1 - a[h2])",
            "factor",
            "The activation a[h2] is missing in a[h2]·(1 − a[h2]).",
        ),
        ("(dE/dz[o1]*w[h2,o1]^2 + dE/dz[o2]*w[h2,o2])*a[h2]*(1 - a[h2])", "twice", "stands there twice"),
        ("(dE/dz[o1]*w[h2,o1] + dE/dz[o2]*w[h2,o2])*a[h2]*(1 - a[h2])*a[i1]", "more", "a[i1] is one factor too many"),
        (
            "(dE/dz[o1]*w[h2,o1] + dE/dz[o2]*w[h2,o2])*a[h2]*(a[h2] - 1)",
            "sign",
            "The sign is turned: all else is right.",
        ),
        ("(dE/dz[o1]*w[h2,o1] + dE/dz[o2]*w[h2,o2])*a[h2]", "factor", "The factor 1 − a[h2] is missing"),
        (
            "(dE/dz[o1]*w[h2,o1] + dE/dz[o2]*w[h2,o2])*z[h2]*(1 - z[h2])",
            "net input",
            "The net input z[h2] stands where",
        ),
        (
            "(dE/dz[o1]*w[h1,o1] + dE/dz[o2]*w[h1,o2])*a[h1]*(1 - a[h1])",
            "other",
            "That is dE/dz[h1]. Asked is dE/dz[h2].",
        ),
        ("dE/dz[o1]*2", "numbers", "With the numbers of this exercise yours gives 0.276997, the right one 0.00995425."),
        ("dE/dz[h2]", "circular", "it cannot be given with itself"),
        ("delta[h2]", "circular", "it cannot be given with itself"),
        ("dE/dw[i1,h2]/a[i1]", "circular", "is not nearer the error"),
        ("0.00995425", "number", "The number is right for this sample."),
        ("0", "numbers", "yours gives 0, the right one 0.00995425."),
        (
            "d/dz[h2][0.5*(t[o1] - a[o1])^2 + 0.5*(t[o2] - a[o2])^2]",
            "unfinished",
            "It is equal, but not finished: work out d/dz[h2][0.5·(t[o1] − a[o1])^2 + 0.5·(t[o2] − a[o2])^2].",
        ),
        (
            "dE/da[o1]*da[o1]/dz[h2] + dE/da[o2]*da[o2]/dz[h2]",
            "unfinished",
            "It is equal, but not finished: work out da[o1]/dz[h2].",
        ),
        ("dE/da[h2]*∂a[h2]/∂z[h2]", "", "Right."),
        ("dE/da[h2]*a[h2]*(1 - a[h2])", "", "Right."),
        ("(delta[o1]*w[h2,o1] + delta[o2]*w[h2,o2])*a[h2]*(1 - a[h2])", "", "Right."),
    ],
)
def test_what_is_said_to_the_slope_of_a_hidden_neuron(answer: str, kind: str, said: str) -> None:
    question = asked_of_mazur("formula", "dE/dz[h2]")

    verdict = judge(answer, question)

    assert verdict.kind == kind
    assert said in str(verdict)


# ------------------------------------------------------------------------------------------------- numbers
@pytest.mark.parametrize(
    ("answer", "right", "said"),
    [
        ("0.3775", True, "Right."),
        ("0.378", True, "To nine digits it is 0.3775."),
        ("0.37750", True, "Right."),
        ("3775/10000", True, "Right."),
        ("0.15*0.05 + 0.2*0.1 + 0.35", True, "Right."),
        ("w[i1,h1]*a[i1] + w[i2,h1]*a[i2] + b[h1]", True, "z[h1] is 0.3775."),
        ("z[h1] = 0.3775", True, "Right."),
        ("3.775e-1", True, "Right."),
        ("0.38", False, "Rounded too coarsely: give at least 3 significant digits."),
        ("0.3774", False, "Nearly: the last digit is off."),
        ("-0.3775", False, "The sign is turned: all else is right."),
        ("0.0275", False, "The bias b[h1] is missing. That gives 0.0275."),
        ("0.593269992", False, "That is a[h1]"),
        ("37", False, "too large, by far"),
        ("0,3775", False, "expected a number with a point, 0.3775; got 0,3775"),
        ("nan", False, "expected a known name"),
        ("1/0", False, "no value"),
        ("inf", False, "expected a known name"),
        ("1e999", False, "expected a number up to 1e300"),
        ("9" * 400, False, "no value"),
    ],
)
def test_what_is_said_to_a_number(answer: str, right: bool, said: str) -> None:  # noqa: FBT001 - a case
    question = asked_of_mazur("z", "z[h1]")

    verdict = judge(answer, question)

    assert verdict.right is right
    assert said in str(verdict)


def test_a_value_that_is_no_number_is_never_right() -> None:
    question = replace(MAZUR["z"].question, value=math.nan)

    for answer in ("nan", "0", "1.22", "1/0", "0/0"):
        assert not judge(answer, question).right


# ------------------------------------------------------------------------------------------------- hostile
@pytest.mark.parametrize("text", ANSWERS)
@pytest.mark.parametrize("kind", ["z", "formula", "paths"])
def test_a_hostile_answer_is_an_error_in_a_few_words(text: str, kind: str) -> None:
    verdict = judge(ANSWERS[text], MAZUR[kind].question)  # how soon: `make proof`

    assert not verdict.right
    assert 10 < len(verdict.says) < 700


PIECES = [
    "w[h1,o1]", "dE/dz[o1]", "a[h1]", "z[h2]", "t[o1]", "delta[o1]", "E", "eta", "1", "0", "64", "1e5", "1e999", "0.5",
    "²", "^", "**", "+", "-", "*", "/", "(", ")", "[", "]", ",", "=", "<", ">", "|", "{", "}", " ", "\n",
    "exp(", "tanh(", "max(", "logistic(", "softmax(", "sign(", "abs(", "∂/∂eta[", "d/dz[h1]", "Σ[",
    "if", "otherwise", "is", "in", "by", "algebra", "chain", "edges", "goal",
]  # fmt: skip


@given(text=st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=12).map("".join)))
def test_any_text_is_judged_without_a_crash(text: str) -> None:
    for exercise in MAZUR.values():
        assert judge(text, exercise.question).says or re.search(r"\d", text)
