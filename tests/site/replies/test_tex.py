r"""Tests of neuronwise.site.replies.tex, commands and mathml."""

import pytest
from hypothesis import given
from listed_tags import foreign
from tex_texts import TEX

from neuronwise.site.replies import mathml
from neuronwise.site.replies.mathml import Node, markup
from neuronwise.site.replies.tex import TexError, formula


def shown(tex: str) -> str:
    return markup(formula(tex)).removeprefix("<math>").removesuffix("</math>")


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("x", "<mi>x</mi>"),
        ("0.25", "<mn>0.25</mn>"),
        ("a-b", "<mi>a</mi><mo>−</mo><mi>b</mi>"),
        ("x_i", "<msub><mi>x</mi><mi>i</mi></msub>"),
        ("x^12", "<msup><mi>x</mi><mn>1</mn></msup><mn>2</mn>"),
        ("x^{12}", "<msup><mi>x</mi><mn>12</mn></msup>"),
        ("x^2_i", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        ("f'", "<msup><mi>f</mi><mo>′</mo></msup>"),
        ("f''", "<msup><mi>f</mi><mo>′′</mo></msup>"),
        ("{}^2", "<msup><mrow></mrow><mn>2</mn></msup>"),
        (r"\eta", "<mi>η</mi>"),
        (r"\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
        (r"\frac{a}{b+c}", "<mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mi>c</mi></mrow></mfrac>"),
        (r"\sqrt{x}", "<msqrt><mi>x</mi></msqrt>"),
        (r"\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
        (r"\sum_i^n a", "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mi>a</mi>"),
        (r"\max_w E", '<mrow><munder><mi>max</mi><mi>w</mi></munder><mspace width="0.17em"></mspace></mrow><mi>E</mi>'),
        (r"\tanh(z)", '<mi>tanh</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo>'),
        (r"\left(x\right)", "<mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow>"),
        (r"\hat y", '<mover><mi>y</mi><mo stretchy="false">^</mo></mover>'),
        (r"\text{if  so}", "<mtext>if  so</mtext>"),
        (r"\text{<b>&}", "<mtext>&lt;b&gt;&amp;</mtext>"),
        (r"\mathbb{R}\mathbf{w}", "<mi>ℝ</mi><mi>𝐰</mi>"),
        ("a<b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
        (
            r"\begin{matrix}1&2\\3&4\end{matrix}",
            (
                "<mrow><mo></mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr>"
                "<mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable><mo></mo></mrow>"
            ),
        ),
    ],
)
def test_a_formula_is_read_as_tex_reads_it(tex: str, expected: str) -> None:
    assert shown(tex) == expected


@pytest.mark.parametrize(
    "tex",
    [
        "{",
        "}",
        "x^",
        "x^1^2",
        "x_1_2",
        "f'^2",
        r"\frac{a}",
        r"\sqrt[3{x}",
        r"\left(x",
        r"\left x\right)",
        r"\right)",
        r"\begin{matrix}1",
        r"\begin{matrix}1\end{cases}",
        r"\begin{tikz}\end{tikz}",
        r"\text{a{b}}",
        r"\text",
        r"\mathbb{1}",
        r"\href{javascript:hit()}{x}",
        r"\def\x{\x\x}\x",
        r"\includegraphics{x}",
        "a & b",
        r"a \\ b",
        "%",
        '"',
        "\\",
        "\x00",
        "x" * 501,
    ],
)
def test_what_is_not_known_or_not_whole_is_refused(tex: str) -> None:
    with pytest.raises(TexError):
        formula(tex)


@pytest.mark.parametrize("opening", ["{", r"\sqrt", r"\hat", r"\frac", "x^{", r"\left(", r"\begin{matrix}", r"\sqrt["])
def test_depth_ends_at_twenty(opening: str) -> None:
    with pytest.raises(TexError):
        formula((opening * 500)[:500])


def test_twenty_levels_are_read() -> None:
    assert shown("{" * 19 + "x" + "}" * 19) == "<mi>x</mi>"


@given(TEX)
def test_a_formula_holds_only_listed_tags_or_is_refused(tex: str) -> None:
    try:
        written = markup(formula(tex))
    except TexError:
        return

    assert foreign(written) == []


@pytest.mark.parametrize(
    ("tag", "inside", "attributes"),
    [
        ("script", "x", ()),
        ("annotation-xml", (), ()),
        ("mi", "x", (("href", "javascript:hit()"),)),
        ("mspace", "", (("width", '1em" onload="hit()'),)),
        ("mi", (), ()),
        ("mrow", "<b>", ()),
    ],
)
def test_a_node_outside_the_lists_cannot_be_made(
    tag: str, inside: str | tuple[Node, ...], attributes: mathml.Attributes
) -> None:
    with pytest.raises(ValueError, match="expected a t"):
        Node(tag, inside, attributes)
