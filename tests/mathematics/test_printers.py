"""What is printed is what it is: each formula reads back as itself, and none looks or sounds like another."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from read_back import misread, misread_lines, mistaken
from strategies import any_formula, every_formula, formula, formulas

from neuronwise.mathematics.printers import MathML, Printer, mathml, plain, spoken
from neuronwise.mathematics.readers import UnreadableError, read_mathml, read_plain
from neuronwise.mathematics.tree import Node, name, symbol, ungrouped


def test_every_formula_two_operations_deep_reads_back_and_is_like_no_other() -> None:
    nodes = every_formula(2, [name("a"), name("w"), symbol("dE_dw")])

    assert misread(nodes) == []
    assert mistaken(nodes) == []
    assert len(nodes) > 10_000


def test_5000_random_deep_formulas_read_back_and_are_like_no_other() -> None:
    lot = random.Random(1)  # noqa: S311 - chance, not secrecy
    nodes = [formula(lot, 5) for _ in range(5000)]

    assert misread(nodes) == []
    assert mistaken(nodes) == []


def test_10000_random_formulas_of_every_kind_read_back_and_are_like_no_other() -> None:
    lot = random.Random(2)  # noqa: S311 - chance, not secrecy
    nodes = [ungrouped(any_formula(lot, 4)) for _ in range(10_000)]

    assert misread_lines(nodes) == []
    assert mistaken(nodes) == []


@given(node=formulas())
def test_without_grouping_a_formula_reads_back_as_the_same_line(node: Node) -> None:
    line = ungrouped(node)

    assert ungrouped(read_plain(plain(line))) == line
    assert ungrouped(read_mathml(mathml(line))) == line


@given(node=formulas(), lot=st.randoms(use_true_random=False))
def test_marks_change_nothing_that_is_read(node: Node, lot: random.Random) -> None:
    line = ungrouped(node)
    marked = line.map(lambda inner: replace(inner, changed=lot.random() < 0.5))

    for display in (False, True):
        assert ungrouped(read_mathml(mathml(marked, display=display))) == line


def test_changed_factors_side_by_side_share_one_frame() -> None:
    factors = tuple(replace(name(text), changed=text != "t") for text in "txaw")

    assert MathML()(Node("times", factors)).count("changed") == 1


class Careless(Printer):
    """Forgets the brackets behind a minus sign."""

    def show(self, node: Node, least: int, *, behind: bool = False) -> str:
        """Ask for little."""
        return super().show(node, min(least, 10), behind=behind)


def test_a_printer_that_forgets_a_bracket_is_found() -> None:
    careless = Careless(plain.looks, plain.written, {})
    node = read_plain("a - (w - x)")

    assert careless(node) == "a − w − x"
    assert read_plain(careless(node)) != node


def test_a_slope_with_an_exponent_stands_in_brackets() -> None:
    node = Node("power", (symbol("dE_dw"), Node("number", text="2")))

    assert [plain(node), spoken(node)] == ["(dE/dw)^2", "open d E by d w close to the power 2"]


def test_mathml_with_a_bracket_taken_away_reads_as_what_the_eye_sees() -> None:
    node = read_plain("(a + w)²")
    bare = mathml(node).replace('<mo stretchy="false">(</mo>', "").replace('<mo stretchy="false">)</mo>', "")

    assert plain(read_mathml(bare)) == "a + w^2"


def test_mathml_without_a_sign_between_names_is_refused() -> None:
    with pytest.raises(UnreadableError, match="expected a sign or the end; got 'w'"):
        read_mathml("<math><mi>a</mi><mi>w</mi></math>")
