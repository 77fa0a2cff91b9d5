"""What people type is read, in each of its spellings; what cannot be read is refused, with the place and the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.readers import UnreadableError, read_mathml, read_plain
from neuronwise.mathematics.tree import Node, name, number, symbol

W, X, A, T = map(name, "wxat")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("w*x", Node("times", (W, X))),
        ("w·x", Node("times", (W, X))),
        ("w⋅x", Node("times", (W, X))),
        ("w × x", Node("times", (W, X))),
        ("t-a", Node("minus", (T, A))),
        ("t − a", Node("minus", (T, A))),
        ("-w*x", Node("times", (Node("negative", (W,)), X))),
        ("-w²", Node("negative", (Node("power", (W, number(2))),))),
        ("w**2", Node("power", (W, number(2)))),
        ("w^2", Node("power", (W, number(2)))),
        ("square(w)", Node("power", (W, number(2)))),
        ("w³", Node("power", (W, number(3)))),
        ("eta", name("eta")),
        ("η", name("eta")),
        ("sign(w)", Node("call", (W,), "sign")),
        ("sgn(w)", Node("call", (W,), "sign")),
        ("abs(w)", Node("call", (W,), "abs")),
        ("|w|", Node("call", (W,), "abs")),
        ("||w| - x|", Node("call", (Node("minus", (Node("call", (W,), "abs"), X)),), "abs")),
        ("dE/dw", symbol("dE_dw")),
        ("dE / dw", symbol("dE_dw")),
        ("dE_dw", symbol("dE_dw")),
        ("dE/dη", symbol("dE_deta")),
        ("∂a/∂w", Node("local", (A, W))),
        ("d/dw[w*x]", Node("total", (Node("times", (W, X)), W))),
        ("∂/∂w[w*x]", Node("partial", (Node("times", (W, X)), W))),
        ("∂/∂w (w*x)", Node("partial", (Node("times", (W, X)), W))),
        ("d/da abs(a)", Node("total", (Node("call", (A,), "abs"), A))),
        ("a = w*x", Node("equals", (A, Node("times", (W, X))))),
        ("w <- w - x", Node("becomes", (W, Node("minus", (W, X))))),
        ("w ← w − x", Node("becomes", (W, Node("minus", (W, X))))),
        ("dE_da = t", Node("equals", (symbol("dE_da"), T))),
        ("sign(w) = x", Node("equals", (Node("call", (W,), "sign"), X))),
        ("w > x", Node("greater", (W, X))),
        ("w < -x", Node("less", (W, Node("negative", (X,))))),
        ("{1 if w > 0, 0 otherwise}", Node("cases", (number(1), Node("greater", (W, number(0))), number(0)))),
        ("w/x/t", Node("over", (Node("over", (W, X)), T))),
        ("w - x - t", Node("minus", (Node("minus", (W, X)), T))),
        ("0.25", number("0.25")),
    ],
)
def test_each_spelling_is_read(text: str, node: Node) -> None:
    assert read_plain(text) == node


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("w *", 4, "expected a number, a name, a function, a slope or an opening bracket; got the end"),
        ("", 1, "expected a number, a name, a function, a slope or an opening bracket; got the end"),
        ("w * * x", 5, "expected a number, a name, a function, a slope or an opening bracket; got '*'"),
        ("w * h", 5, "expected a known name; got 'h'"),
        ("dE/dh", 5, "expected a slope of known names; got 'h'"),
        ("∂h/∂w", 2, "expected a slope of known names; got 'h'"),
        ("dE_dh", 1, "expected a known name; got 'dE_dh'"),
        ("2 w", 3, "expected a sign or the end; got 'w'"),
        ("w x", 3, "expected a sign or the end; got 'x'"),
        ("w = x = t", 7, "expected a sign or the end; got '='"),
        ("w + x = t", 1, "expected a name on the left of =; got 'w'"),
        ("(w + x", 7, "expected ); got the end"),
        ("w + x)", 6, "expected a sign or the end; got ')'"),
        ("|w + x", 7, "expected |; got the end"),
        ("d/dw[w*x", 9, "expected ]; got the end"),
        ("w(x)", 2, "expected a sign after the name w, which is no function; got '('"),
        ("abs w", 5, "expected (; got 'w'"),
        ("--w", 2, "expected a bracket behind a minus sign, as in −(−u); got '-'"),
        ("w^2^3", 4, "expected brackets around a power that has an exponent; got '^'"),
        ("dE/dw²", 6, "expected brackets around a slope that has an exponent; got '²'"),
        ("d/dw[dE/da]", 5, "expected a formula without slopes inside a slope; got '['"),
        ("d/dw d/dw w", 6, "expected a formula without slopes inside a slope; got 'd/dw'"),
        ("d/dw " * 400, 6, "expected a formula without slopes inside a slope; got 'd/dw'"),
        ("w ! x", 3, "expected a sign, a number or a name; got '!'"),
        ("{w if x > 0}", 12, "expected ,; got '}'"),
        ("{w when x > 0, 0 otherwise}", 4, "expected if or otherwise; got 'when'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_place_and_reason(text: str, column: int, reason: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_plain(text)

    assert f"{text!r}, column {column}: {reason}" in str(refused.value)
    assert "Known names: x, w, b, z, a, t, E, u, " in str(refused.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("w" * 2001, "at most 2,000 characters; got 2,001"),
        ("(" * 61, "at most 60 brackets; got 61"),
        ("|" * 61, "at most 60 brackets; got 61"),
        ("w" + "+w" * 999, "at most 100 operations one inside the other; got 1,000"),
    ],
)
def test_what_is_too_large_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read_plain(text)


def test_60_brackets_one_inside_the_other_are_read() -> None:
    assert read_plain("(" * 60 + "w" + ")" * 60) == W


def test_only_the_names_given_are_known() -> None:
    with pytest.raises(UnreadableError, match=r"Known names: w, eta, η\."):
        read_plain("x", ["w", "eta"])


def test_a_name_that_reads_like_the_sign_of_a_slope_is_refused() -> None:
    with pytest.raises(ValueError, match="got 'dE', which reads like a slope"):
        read_plain("E", ["E", "dE"])


@given(text=st.text(alphabet="wxaE ud/∂d[]()|{},+-*^²=<>_.0123456789ifotherwise", max_size=30))
def test_any_text_is_read_or_refused_and_what_is_read_prints_as_itself(text: str) -> None:
    try:
        node = read_plain(text)
    except UnreadableError:
        return
    assert read_plain(plain(node)) == node


def test_attributes_and_rows_of_mathml_do_not_group() -> None:
    text = "<math><mrow data-x='1'><mrow><mi>a</mi><mo>+</mo><mi>w</mi></mrow><mo>·</mo><mi>x</mi></mrow></math>"

    assert plain(read_mathml(text)) == "a + w·x"
