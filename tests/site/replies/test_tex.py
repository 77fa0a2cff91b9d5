r"""Tests of neuronwise.site.replies.tex, commands and mathml."""

import dataclasses
import unicodedata

import pytest
from hypothesis import given
from listed_tags import foreign
from tex_texts import TEX

from neuronwise.site.replies import commands, mathml
from neuronwise.site.replies.mathml import Node, markup
from neuronwise.site.replies.tex import TexError, formula

BAR = 'stretchy="false" lspace="0" rspace="0"'
AB = "<mfrac><mi>a</mi><mi>b</mi></mfrac>"
TABLES = [("matrix", "", ""), ("pmatrix", "(", ")"), ("bmatrix", "[", "]"), ("vmatrix", "|", "|"), ("cases", "{", "")]
WIDTHS = {
    "~": "0.28",
    r"\ ": "0.28",
    r"\!": "-0.17",
    r"\,": "0.17",
    r"\:": "0.22",
    r"\;": "0.28",
    r"\quad": "1",
    r"\qquad": "2",
}


def shown(tex: str) -> str:
    return markup(formula(tex)).removeprefix("<math>").removesuffix("</math>")


def fenced(left: str, right: str) -> str:
    return f"<mrow><mo>{left}</mo><mtable><mtr><mtd><mi>a</mi></mtd></mtr></mtable><mo>{right}</mo></mrow>"


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
        ("x^1.5", "<msup><mi>x</mi><mn>1</mn></msup><mo>.</mo><mn>5</mn>"),
        ("1.5.", "<mn>1.5</mn><mo>.</mo>"),
        ("^2", "<msup><mrow></mrow><mn>2</mn></msup>"),
        ("_1", "<msub><mrow></mrow><mn>1</mn></msub>"),
        ("'", "<msup><mrow></mrow><mo>′</mo></msup>"),
        ("x'' '_1", "<msubsup><mi>x</mi><mn>1</mn><mo>′′′</mo></msubsup>"),
        ("é中 z", "<mi>é</mi><mi>中</mi><mi>z</mi>"),
        ("a{}b", "<mi>a</mi><mrow></mrow><mi>b</mi>"),
        ("{ab}", "<mrow><mi>a</mi><mi>b</mi></mrow>"),
        (r"\Delta", '<mi mathvariant="normal">Δ</mi>'),
        (r"\sin x", '<mrow><mi>sin</mi><mspace width="0.17em"></mspace></mrow><mi>x</mi>'),
        (r"\sin'x", '<mrow><msup><mi>sin</mi><mo>′</mo></msup><mspace width="0.17em"></mspace></mrow><mi>x</mi>'),
        (r"{\sin}x", "<mi>sin</mi><mi>x</mi>"),
        (r"(\sin)", '<mo stretchy="false">(</mo><mi>sin</mi><mo stretchy="false">)</mo>'),
        (r"\sin[", '<mi>sin</mi><mo stretchy="false">[</mo>'),
        (r"\sin\left(x\right)", "<mi>sin</mi><mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow>"),
        (r"\sum'", "<mover><mo>∑</mo><mo>′</mo></mover>"),
        (r"\prod_i", "<munder><mo>∏</mo><mi>i</mi></munder>"),
        (r"\lim^2_3", "<munderover><mi>lim</mi><mn>3</mn><mn>2</mn></munderover>"),
        (r"\int_0^1", "<msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup>"),
        (r"\oint", "<mo>∮</mo>"),
        (r"\left.x\right>", "<mrow><mo></mo><mi>x</mi><mo>⟩</mo></mrow>"),
        (r"\left<x\right/", "<mrow><mo>⟨</mo><mi>x</mi><mo>/</mo></mrow>"),
        ("|x|", f"<mo {BAR}>|</mo><mi>x</mi><mo {BAR}>|</mo>"),
        (r"\|x\vert", f'<mo stretchy="false">‖</mo><mi>x</mi><mo {BAR}>|</mo>'),
        (r"\boldsymbol{wW}", "<mi>𝐰𝐖</mi>"),
        (r"\mathbb{Zr}", "<mi>ℤ𝕣</mi>"),
        (r"\mathrm{d}x", '<mi mathvariant="normal">d</mi><mi>x</mi>'),
        (r"\operatorname{f g}", '<mi mathvariant="normal">f g</mi>'),
        (r"\overline{ab}", '<mover><mrow><mi>a</mi><mi>b</mi></mrow><mo stretchy="false">¯</mo></mover>'),
        (r"\frac{\dfrac a b}{\tfrac12}", f"<mfrac>{AB}<mfrac><mn>1</mn><mn>2</mn></mfrac></mfrac>"),
        *((rf"\begin{{{name}}}a\end{{{name}}}", fenced(left, right)) for name, left, right in TABLES),
        (
            r"\begin{cases}a & b & \\ c\end{cases}",
            (
                "<mrow><mo>{</mo><mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd><mtd></mtd></mtr>"
                "<mtr><mtd><mi>c</mi></mtd></mtr></mtable><mo></mo></mrow>"
            ),
        ),
        *((space, f'<mspace width="{width}em"></mspace>') for space, width in WIDTHS.items()),
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


END = "expected more; got the formula's end"
KNOWN = "expected what is known of TeX; got "


@pytest.mark.parametrize(
    ("tex", "why"),
    [
        ("{", END),
        ("}", KNOWN + "}"),
        ("x^", END),
        ("x^1^2", "expected one ^ at one place; got two"),
        ("x_1_2", "expected one _ at one place; got two"),
        ("f'^2", "expected one ^ at one place; got two"),
        ("x^2'", "expected one ' at one place; got two"),
        (r"\frac{a}", END),
        (r"\sqrt[3{x}", END),
        (r"\left(x", END),
        (r"\left x\right)", "expected a bracket; got x"),
        (r"\right)", KNOWN + r"\right"),
        (r"\begin{matrix}1", END),
        (r"\begin{matrix}1\end{cases}", r"expected \end{matrix}"),
        (r"\begin{tikz}\end{tikz}", "expected a matrix or cases; got tikz"),
        (r"\text{a{b}}", "expected }; got {"),
        (r"\text{a", END),
        (r"\text", END),
        (r"\mathbb{1}", "expected a letter; got 1"),
        (r"\href{javascript:hit()}{x}", KNOWN + r"\href"),
        (r"\def\x{\x\x}\x", KNOWN + r"\def"),
        (r"\includegraphics{x}", KNOWN + r"\includegraphics"),
        ("a & b", KNOWN + "&"),
        (r"a \\ b", KNOWN + r"\\"),
        ("%", KNOWN + "%"),
        ('"', KNOWN + '"'),
        ("\\", KNOWN + "\\"),
        ("\x00", KNOWN + "\x00"),
        ("٣", KNOWN + "٣"),
        ("x^٣", KNOWN + "٣"),
        ("x" * 501, "expected at most 500 characters; got 501"),
        ("{" * 20 + "x" + "}" * 20, "expected a depth of at most 20"),
        (r"\hat " * 20 + "x", "expected a depth of at most 20"),
        ("{}" * 9 + "{" * 20 + "x" + "}" * 20, "expected a depth of at most 20"),
        (r"\hat a" * 9 + "{" * 20 + "x" + "}" * 20, "expected a depth of at most 20"),
    ],
)
def test_what_is_not_known_or_not_whole_is_refused(tex: str, why: str) -> None:
    with pytest.raises(TexError) as told:
        formula(tex)

    assert str(told.value) == why


@pytest.mark.parametrize("opening", ["{", r"\sqrt", r"\hat", r"\frac", "x^{", r"\left(", r"\begin{matrix}", r"\sqrt["])
def test_depth_ends_at_twenty(opening: str) -> None:
    with pytest.raises(TexError):
        formula((opening * 500)[:500])


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("{" * 19 + "x" + "}" * 19, "<mi>x</mi>"),
        (r"\sqrt" * 19 + " x", "<msqrt>" * 19 + "<mi>x</mi>" + "</msqrt>" * 19),
        (f"{'{' * 18}x{'}' * 18}" * 9, "<mi>x</mi>" * 9),
        ("x_{y^{z}}" * 25, "<msub><mi>x</mi><msup><mi>y</mi><mi>z</mi></msup></msub>" * 25),
        (r"\hat x" * 25, '<mover><mi>x</mi><mo stretchy="false">^</mo></mover>' * 25),
        ("x" * 500, "<mi>x</mi>" * 500),
    ],
)
def test_twenty_levels_and_500_characters_are_read(tex: str, expected: str) -> None:
    assert shown(tex) == expected


def test_a_formula_that_stands_alone_is_larger() -> None:
    assert markup(formula("x", alone=True)) == '<math displaystyle="true"><mi>x</mi></math>'
    assert markup(formula("x")) == "<math><mi>x</mi></math>"


OWN_NAMES = {"ell", "partial", "epsilon", "varepsilon", "vartheta", "phi", "varphi", "infty", "nabla", "emptyset"}


@pytest.mark.parametrize(
    ("letters", "kind", "tag"),
    [(commands.LETTERS, "SMALL", "<mi>"), (commands.UPRIGHT, "CAPITAL", '<mi mathvariant="normal">')],
)
def test_each_greek_letter_is_the_one_of_its_name(letters: dict[str, str], kind: str, tag: str) -> None:
    greek = {command: sign for command, sign in letters.items() if command[1:] not in OWN_NAMES}

    for command, sign in greek.items():
        called = command[1:].upper().replace("LAMBDA", "LAMDA")
        assert sign == unicodedata.lookup(f"GREEK {kind} LETTER {called}")
        assert shown(command) == f"{tag}{sign}</mi>"


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
    with pytest.raises(ValueError, match=r"^expected a t") as told:
        Node(tag, inside, attributes)

    if tag in mathml.TAGS and not attributes:
        assert str(told.value) == f"expected a text in a leaf, nodes in other tags; got {inside!r} in <{tag}>"
    else:
        assert str(told.value) == f"expected a tag and attributes of the lists; got {tag!r} {attributes!r}"


def test_a_command_without_its_sign_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        commands._pairs(r"\alpha α \beta")  # noqa: SLF001


def test_a_node_stays_as_it_was_made() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Node("mi", "x").tag = "script"  # type: ignore[misc]
    assert not hasattr(Node("mi", "x"), "__dict__")


def test_every_tag_and_attribute_of_the_lists_can_be_written() -> None:
    for tag in sorted(mathml.TAGS):
        inside = "a" if tag in mathml.LEAVES else (Node("mi", "b"), Node("mn", "1"))
        within = "a" if tag in mathml.LEAVES else "<mi>b</mi><mn>1</mn>"
        for name, value in sorted(mathml.ATTRIBUTES):
            written = markup(Node(tag, inside, ((name, value), ("lspace", "0"))))
            assert written == f'<{tag} {name}="{value}" lspace="0">{within}</{tag}>'
