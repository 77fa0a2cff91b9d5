"""Tests of neuronwise.site.replies.hues: a reader's letter has the colour that it has in the book."""

import pytest
from hypothesis import given
from listed_tags import foreign
from tex_texts import TEX

from neuronwise.book.hues import SHEET
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.site.replies import hues, mathml
from neuronwise.site.replies.mathml import Node, markup
from neuronwise.site.replies.tex import TexError, formula


def shown(tex: str) -> str:
    """The formula's letters, each of a kind followed by it."""
    return said(hues.coloured(formula(tex)))


def said(node: Node) -> str:
    inside = node.inside if isinstance(node.inside, str) else "".join(map(said, node.inside))
    kind = dict(node.attributes).get("data-kind")
    return f"[{inside}]{kind}" if kind else inside


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("a = w x", "[a]value=[w]weight[x]value"),
        ("E = |t-a|", "[E]error=|[t]target−[a]value|"),
        ("w_a^x", "[w]weighta[x]value"),
        (r"\sum_x^t b", "∑x[t]target[b]weight"),
        ("y d u", "ydu"),
        (r"\eta\mathrm{E}\text{a}", "ηEa"),
        (r"\frac{dE}{dw}", "[dEdw]slope"),
        (r"\frac{\partial E}{\partial w_1}", "[∂E∂w1]slope"),
        (r"\frac{a}{dw}", "[a]valued[w]weight"),
        (r"\sqrt{dE/da} \cdot x", "[dE/da]slope·[x]value"),
        (r"dE/dw = dE/da \cdot da/dw", "[dE/dw]slope=[dE/da]slope·[da/dw]slope"),
        ("dE/w", "d[E]error/[w]weight"),
    ],
)
def test_a_letter_of_the_book_is_coloured_as_there(tex: str, expected: str) -> None:
    assert shown(tex) == expected


def test_the_kinds_are_those_of_the_book_and_its_sheet_has_them() -> None:
    sheet = SHEET.read_text(encoding="utf-8")

    assert {letter: SYMBOLS[letter].kind for letter in hues.KINDS} == hues.KINDS
    assert [kind for kind in mathml.KINDS if f'[data-kind="{kind}"]' not in sheet] == []


@given(TEX)
def test_colours_change_no_word_and_bring_nothing_that_is_not_listed(tex: str) -> None:
    try:
        read = formula(tex)
    except TexError:
        return

    written = markup(hues.coloured(read))

    assert foreign(written) == []
    assert words(hues.coloured(read)) == words(read)


def words(node: Node) -> str:
    return node.inside if isinstance(node.inside, str) else "".join(map(words, node.inside))
