"""Formula -> print: MathML for the page, Typst for the PDF, LaTeX for notebooks, text for terminals, spoken words.

One walk serves all five; a printer says only how each thing looks. A bracket stands exactly where the tree needs it:
each kind binds with a strength (LEVEL), and each place asks for one (NEEDS). `readers` tests it by reading back.

    kind               looks like
    number, name       0.25, w
    negative           −u; behind another sign in brackets: a·(−b)
    plus, minus        u + v, u − v
    times              u·v
    over               a fraction where the page has one, else u/v
    power              u²
    call               sgn(u), |u|
    cases              { u if v, w otherwise
    equals, becomes    a = w·x, w ← w − η·dE/dw
    total, partial     dE/dw, d/da |t − a|, ∂/∂a |t − a|
    local              ∂a/∂w
    sum, largest       Σ[i, p in edges] w·a, max[k in together] z
    each               for each k in edges: [z = …; a = …]
    same, member       j is k, j in t
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import ClassVar

from neuronwise.mathematics.symbols import SYMBOLS, Symbol, derivative, indexed
from neuronwise.mathematics.tree import DERIVATIVE, Node, clauses, code_name, split

RELATION, SUM, SIGMA, PRODUCT, MINUS, FRACTION, POWER, LEAF = 0, 10, 15, 20, 30, 40, 50, 60
LEVEL = {
    "equals": RELATION, "becomes": RELATION, "greater": RELATION, "less": RELATION,
    "same": RELATION, "member": RELATION, "each": RELATION, "sum": SIGMA, "largest": SIGMA,
    "plus": SUM, "minus": SUM, "times": PRODUCT, "over": PRODUCT, "negative": MINUS,
    "total": FRACTION, "partial": FRACTION, "local": FRACTION, "power": POWER,
    "number": LEAF, "name": LEAF, "call": LEAF, "cases": LEAF,
}  # fmt: skip
NEEDS = {  # kind -> what it asks of its first part, and of the others
    "negative": (MINUS, MINUS), "plus": (SUM, PRODUCT), "minus": (SUM, PRODUCT), "times": (PRODUCT, MINUS),
    "sum": (PRODUCT, PRODUCT), "largest": (PRODUCT, PRODUCT), "each": (RELATION, RELATION),
    "over": (PRODUCT, POWER), "power": (LEAF, LEAF),
    "total": (LEAF, LEAF), "partial": (LEAF, LEAF), "local": (LEAF, LEAF),
}  # fmt: skip
FRACTIONS = {
    "over": (RELATION, RELATION),
    "power": (LEAF, RELATION),
    "exp": (RELATION, RELATION),
}  # a bar and a raised exponent need no brackets
BINDERS = ("sum", "largest", "each")
D, DEL, THIN = '<mi mathvariant="normal">d</mi>', '<mi mathvariant="normal">∂</mi>', '<mspace width="0.17em"/>'
FRAME = '<mrow class="changed">'


def symbol_named(text: str) -> Symbol:
    """Return a symbol of the table, with its indices; a derivative that the table lacks is made of its two symbols.

    >>> symbol_named("dE_dw").plain, symbol_named("dE_dx").plain, symbol_named("dE_dz[h1]").plain
    ('dE/dw', 'dE/dx', 'dE/dz[h1]')
    """
    if text in SYMBOLS:
        return SYMBOLS[text]
    slope = DERIVATIVE.fullmatch(text)
    if slope:
        return derivative(symbol_named(slope[1]), symbol_named(slope[2]))
    base, indices = split(text)
    return indexed(SYMBOLS[base], indices) if indices else SYMBOLS[base]


def bound(text: str, among: str, between: str) -> str:
    """Return what a sum runs over, in print.

    >>> bound("i, p in edges[k]", " ∈ ", "; ")
    'i, p ∈ edges[k]'
    """
    return between.join(f"{', '.join(names)}{among}{over}" for names, over in clauses(text))


def pieces(node: Node) -> list[tuple[Node, Node | None]]:
    """Return the lines of a definition by cases: (formula, condition), the last without a condition."""
    then, condition, otherwise = node.parts
    rest = pieces(otherwise) if otherwise.kind == "cases" else [(otherwise, None)]
    return [(then, condition), *rest]


class Printer:
    """The walk: which part stands in brackets.

    `looks` says how each kind looks, in terms of its parts {0}, {1}, … {all}. `holds` names the kinds whose look itself
    holds a part together, as a fraction bar does: kind -> what it asks of its first part, and of the others.
    """

    def __init__(
        self, looks: Mapping[str, str], symbol: Callable[[Symbol], str], holds: Mapping[str, tuple[int, int]]
    ) -> None:
        self.looks, self.written, self.needs = looks, symbol, {**NEEDS, **holds}
        self.level_of = {**LEVEL, "over": FRACTION} if "over" in holds else LEVEL

    def __call__(self, node: Node) -> str:
        """Return the formula in print."""
        return self.show(node, RELATION)

    def show(self, node: Node, least: int, *, behind: bool = False) -> str:
        """Return `node` where a strength of at least `least` is asked for; `behind` a sign of the formula around it."""
        bare = self.level(node) >= least and not (behind and self.begins_with_minus(node))
        return self.look(node) if bare else self.fill("bracket", node, [self.look(node)])

    def level(self, node: Node) -> int:
        """Return how strongly a formula binds; dE/dw, with an exponent or below a fraction bar, needs brackets."""
        if node.kind == "call" and node.text == "exp" and "exp" in self.looks:
            return POWER
        return self.level_of[node.kind]

    def begins_with_minus(self, node: Node) -> bool:
        """Tell whether the first sign of a printed formula is a minus."""
        while node.parts and self.level(node) in (SUM, PRODUCT):
            node = node.parts[0]
        return node.kind == "negative"

    def look(self, node: Node) -> str:
        """Return a formula without brackets around it."""
        text = code_name(node)
        if text is not None:
            return self.symbol(node, symbol_named(text))
        match node.kind:
            case "plus" | "minus" | "times":
                return self.joined(node, self.operands(node))
            case "each":
                return self.fill(node.kind, node, [self.looks["next"].join(self.operands(node))])
            case "cases":
                return self.fill("cases", node, [self.piece(node, u, v) for u, v in pieces(node)])
            case "call":
                look = node.text if node.text in self.looks else "call"
                return self.fill(look, node, [self.show(part, SUM) for part in node.parts])
            case kind:
                return self.fill(kind, node, self.operands(node))

    def operands(self, node: Node) -> list[str]:
        """Return the parts of an operation, each in the brackets that it needs there."""
        first, others = self.needs.get(node.kind, (SUM, SUM))
        row = self.level(node) in (SUM, PRODUCT)  # a sign stands before each part but the first
        return [
            self.show(part, others if i else first, behind=node.kind == "negative" or (row and i > 0))
            for i, part in enumerate(node.parts)
        ]

    def piece(self, node: Node, formula: Node, condition: Node | None) -> str:
        """Return one line of a definition by cases."""
        if condition is None:
            return self.fill("otherwise", node, [self.show(formula, SUM)])
        return self.fill("case", node, [self.show(formula, SUM), self.show(condition, RELATION)])

    def joined(self, node: Node, parts: Sequence[str]) -> str:
        """Return the parts of a sum or product with their sign between them."""
        return self.looks[node.kind].join(parts)

    def symbol(self, node: Node, symbol: Symbol) -> str:  # noqa: ARG002 - MathML also marks the node
        """Return a symbol in print."""
        return self.written(symbol)

    def fill(self, look: str, node: Node, parts: Sequence[str]) -> str:
        """Return a look with its parts put in."""
        called = self.written(SYMBOLS[node.text]) if look == "call" else ""
        joined, rows = self.looks["and"].join(parts), "".join(parts)
        over = self.over(node.text) if node.kind in BINDERS else ""
        return self.looks[look].format(*parts, all=joined, rows=rows, text=node.text, called=called, over=over)

    def over(self, text: str) -> str:
        """Return what a sum runs over, in the print's own signs."""
        return self.looks["over_what"].format(bound(text, self.looks["among"], self.looks["then"]))


plain = Printer(
    {
        "number": "{text}", "bracket": "({0})", "negative": "−{0}", "plus": " + ", "minus": " − ", "times": "·",
        "over": "{0}/{1}", "power": "{0}^{1}", "call": "{called}({all})", "abs": "abs({0})", "and": ", ",
        "cases": "{{{all}}}", "case": "{0} if {1}", "otherwise": "{0} otherwise",
        "total": "d/d{1}[{0}]", "partial": "∂/∂{1}[{0}]", "local": "∂{0}/∂{1}",
        "equals": "{0} = {1}", "becomes": "{0} ← {1}", "greater": "{0} > {1}", "less": "{0} < {1}",
        "same": "{0} is {1}", "member": "{0} in {1}", "among": " in ", "then": " for ", "over_what": "{}", "next": "; ",
        "sum": "Σ[{over}] {0}", "largest": "max[{over}] {0}", "each": "for each {over}: [{0}]",
    },
    lambda symbol: symbol.plain,
    {"total": (RELATION, LEAF), "partial": (RELATION, LEAF)},
)  # fmt: skip

spoken = Printer(
    {
        "number": "{text}", "bracket": "open {0} close", "negative": "minus {0}", "plus": " plus ", "minus": " minus ",
        "times": " times ", "over": "{0} over {1}", "power": "{0} to the power {1}", "and": ", ",
        "call": "{called} of open {all} close", "abs": "the absolute value of open {0} close",
        "cases": "by cases: {all}, end of cases", "case": "{0} if {1}", "otherwise": "{0} otherwise",
        "total": "d by d {1} of {0}", "partial": "partial d by d {1} of {0}", "local": "partial d {0} by d {1}",
        "equals": "{0} equals {1}", "becomes": "{0} becomes {1}", "greater": "{0} greater than {1}",
        "less": "{0} less than {1}", "same": "{0} is {1}", "member": "{0} is one of {1}",
        "among": " in ", "then": " and then ", "over_what": "{}", "next": ", and ",
        "sum": "the sum over {over} of {0}", "largest": "the largest over {over} of {0}",
        "each": "for each {over}, begin {0}, end of each",
    },
    lambda symbol: symbol.spoken,
    {},
)  # fmt: skip

latex = Printer(
    {
        "number": "{text}", "bracket": r"\left({0}\right)", "negative": "-{0}", "plus": " + ", "minus": " - ",
        "times": r" \cdot ", "over": r"\frac{{{0}}}{{{1}}}", "power": "{{{0}}}^{{{1}}}", "and": ", ",
        "call": r"{called}\left({all}\right)", "abs": r"\left|{0}\right|",
        "cases": r"\begin{{cases}}{rows}\end{{cases}}", "case": r"{0} & \text{{if }} {1} \\",
        "otherwise": r"{0} & \text{{otherwise}}", "total": r"\frac{{\mathrm{{d}}}}{{\mathrm{{d}}{1}}}\,{0}",
        "partial": r"\frac{{\partial}}{{\partial {1}}}\,{0}", "local": r"\frac{{\partial {0}}}{{\partial {1}}}",
        "equals": "{0} = {1}", "becomes": r"{0} \leftarrow {1}", "greater": "{0} > {1}", "less": "{0} < {1}",
        "same": "{0} = {1}", "member": r"{0} \in {1}", "among": " in ", "then": "; ",
        "over_what": r"\text{{{}}}", "next": r",\quad ", "sum": r"\sum_{{{over}}} {0}",
        "largest": r"\max_{{{over}}} {0}", "each": r"{0} \quad \text{{for each }} {over}",
        "exp": "{{e}}^{{{0}}}",
    },
    lambda symbol: symbol.latex,
    FRACTIONS,
)  # fmt: skip

typst = Printer(
    {
        "number": "{text}", "bracket": "({0})", "negative": "-{0}", "plus": " + ", "minus": " - ", "times": " dot ",
        "over": "frac({0}, {1})", "power": "{0}^({1})", "and": ", ", "call": "{called}({all})", "abs": "abs({0})",
        "cases": "cases({all})", "case": '{0} & "if" {1}', "otherwise": '{0} & "otherwise"',
        "total": "frac(dif, dif {1}) thin {0}", "partial": "frac(partial, partial {1}) thin {0}",
        "local": "frac(partial {0}, partial {1})",
        "equals": "{0} = {1}", "becomes": "{0} <- {1}", "greater": "{0} > {1}", "less": "{0} < {1}",
        "same": "{0} = {1}", "member": "{0} in {1}", "among": " ∈ ", "then": "; ",
        "over_what": '"{}"', "next": ", quad ",
        "sum": "sum_({over}) {0}", "largest": "max_({over}) {0}", "each": '{0} quad "for each" {over}',
        "exp": "e^({0})",
    },
    lambda symbol: symbol.typst if symbol.kind == "plain" else f"{symbol.kind}({symbol.typst})",
    FRACTIONS,
)  # fmt: skip


SAID = {"=": "equals", "≈": "is about", "←": "becomes", "": ""}


def said(chain: Iterable[tuple[str, Node]]) -> str:
    """Return a chain of formulas in words: (sign before it, formula), the first sign often empty.

    >>> from neuronwise.mathematics.tree import name, number
    >>> said([("", name("w")), ("=", number("1.5"))])
    'w equals 1.5'
    """
    return " ".join(f"{SAID[sign]} {spoken(node)}".strip() for sign, node in chain)


def lettered(symbol: Symbol, mark: str = "") -> str:
    """Return a symbol in MathML: its letter, upright if it has several, and its indices below.

    >>> lettered(symbol_named("z[h1]"))
    '<msub><mi>z</mi><mtext>h1</mtext></msub>'
    """
    base, bracket, below = symbol.plain.partition("[")
    if not bracket:
        return f"<mi{mark}>{base}</mi>"
    below = below.removesuffix("]")
    index = f"<mi>{below}</mi>" if len(below) == 1 and below.isalpha() else f"<mtext>{escape(below)}</mtext>"
    return f"<msub{mark}><mi>{base}</mi>{index}</msub>"


class MathML(Printer):
    """The page's print: every symbol carries its name (data-sym) and hue (data-kind), every other piece its plain text.

    The same text stands on the same piece of the code (data-expr), so that pointing at one lights the other. What
    a step of a derivation put in is framed as `changed`. Inline, dE/dw is written on one line.
    """

    LOOKS: ClassVar[dict[str, str]] = {
        "number": "<mn{mark}>{text}</mn>",
        "negative": '<mrow{mark}><mo form="prefix" lspace="0" rspace="0">−</mo>{0}</mrow>',
        "bracket": '<mrow><mo stretchy="false">(</mo>{0}<mo stretchy="false">)</mo></mrow>',
        "plus": "<mo>+</mo>", "minus": "<mo>−</mo>", "times": "<mo>·</mo>", "and": "<mo>,</mo>",
        "over": "<mfrac{mark}><mrow>{0}</mrow><mrow>{1}</mrow></mfrac>",
        "power": "<msup{mark}><mrow>{0}</mrow><mrow>{1}</mrow></msup>",
        "call": "<mrow{mark}>{called}<mo>&#x2061;</mo>"
        '<mo stretchy="false">(</mo>{all}<mo stretchy="false">)</mo></mrow>',
        "abs": '<mrow{mark}><mo stretchy="false" form="prefix">|</mo>{0}'
        '<mo stretchy="false" form="postfix">|</mo></mrow>',
        "cases": "<mrow{mark}><mo>{{</mo><mtable>{rows}</mtable></mrow>",
        "case": "<mtr><mtd>{0}</mtd><mtd><mtext>if&#xA0;</mtext>{1}</mtd></mtr>",
        "otherwise": "<mtr><mtd>{0}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr>",
        "total": f'<mrow{{mark}}><mfrac data-kind="slope">{D}<mrow>{D}{{1}}</mrow></mfrac>{THIN}{{0}}</mrow>',
        "partial": f'<mrow{{mark}}><mfrac data-kind="slope">{DEL}<mrow>{DEL}{{1}}</mrow></mfrac>{THIN}{{0}}</mrow>',
        "local": f'<mfrac{{mark}} data-kind="slope"><mrow>{DEL}{{0}}</mrow><mrow>{DEL}{{1}}</mrow></mfrac>',
        "equals": "<mrow>{0}<mo>=</mo>{1}</mrow>", "becomes": "<mrow>{0}<mo>←</mo>{1}</mrow>",
        "same": "<mrow{mark}>{0}<mo>=</mo>{1}</mrow>", "member": "<mrow{mark}>{0}<mo>∈</mo>{1}</mrow>",
        "among": " ∈ ", "then": "; ", "over_what": "<mtext>{}</mtext>", "next": "<mo>;</mo>",
        "sum": "<mrow{mark}><munder><mo>Σ</mo>{over}</munder>{0}</mrow>",
        "largest": "<mrow{mark}><munder><mo>max</mo>{over}</munder>{0}</mrow>",
        "each": "<mrow>{0}<mspace width='1em'/><mtext>for each </mtext>{over}</mrow>",
        "exp": "<msup{mark}><mi>e</mi><mrow>{0}</mrow></msup>",
        "greater": "<mrow{mark}>{0}<mo>&gt;</mo>{1}</mrow>", "less": "<mrow{mark}>{0}<mo>&lt;</mo>{1}</mrow>",
    }  # fmt: skip

    def __init__(self, *, inline: bool = False) -> None:
        super().__init__(self.LOOKS, lettered, FRACTIONS)
        self.inline = inline

    def show(self, node: Node, least: int, *, behind: bool = False) -> str:
        """Return the node, framed where a step of a derivation changed it."""
        text = super().show(node, least, behind=behind)
        return f"{FRAME}{text}</mrow>" if node.changed else text

    def joined(self, node: Node, parts: Sequence[str]) -> str:
        """Return a sum or product; changed parts side by side share one frame."""
        text, sign = parts[0], self.looks[node.kind]
        for (before, after), part in zip(pairwise(node.parts), parts[1:], strict=True):
            if before.changed and after.changed:
                text = text.removesuffix("</mrow>") + sign + part.removeprefix(FRAME)
            else:
                text += sign + part
        return f"<mrow{self.mark(node)}>{text}</mrow>"

    def symbol(self, node: Node, symbol: Symbol) -> str:
        """Return a symbol with its name and its hue; a derivative as a fraction, or inline on one line."""
        mark = f' data-sym="{escape(symbol.name)}" data-kind="{symbol.kind}"'
        if node.kind == "name":
            return lettered(symbol, mark)
        y, x = (f"{D}{lettered(symbol_named(part.text))}" for part in node.parts)
        if self.inline:
            return f'<mrow{mark}>{y}<mo lspace="0" rspace="0">/</mo>{x}</mrow>'
        return f"<mfrac{mark}><mrow>{y}</mrow><mrow>{x}</mrow></mfrac>"

    def fill(self, look: str, node: Node, parts: Sequence[str]) -> str:
        """Return a look with its parts and its marks put in."""
        called = f'<mi data-sym="{node.text}">{SYMBOLS[node.text].plain}</mi>' if look == "call" else ""
        joined, over = self.looks["and"].join(parts), self.over(escape(node.text)) if node.kind in BINDERS else ""
        return self.looks[look].format(
            *parts, all=joined, rows="".join(parts), text=node.text, called=called, mark=self.mark(node), over=over
        )

    def mark(self, node: Node) -> str:
        """Return the attributes of a piece: the symbol that a number was put in for, or the piece's plain text."""
        if node.stands_for:
            return f' data-sym="{escape(node.stands_for)}" data-kind="{symbol_named(node.stands_for).kind}"'
        return f' data-expr="{escape(plain(node))}"' if node.parts else ""


def mathml(node: Node, *, display: bool = False) -> str:
    """Return a whole <math> element with its spoken text; `display` for a formula on a line of its own.

    >>> from neuronwise.mathematics.tree import name
    >>> mathml(name("w"))
    '<math alttext="w"><mi data-sym="w" data-kind="weight">w</mi></math>'
    """
    attributes = ' displaystyle="true"' if display else ""
    return f'<math{attributes} alttext="{escape(spoken(node))}">{MathML(inline=not display)(node)}</math>'
