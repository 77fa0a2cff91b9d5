"""Print -> formula: the text that `plain` prints and people type, and the page's MathML, each read back into its tree.

    signs       + - * / ** ^ ²  and their looks − · ×; ( ) and bars |u|
    names       by name in the code or by look: eta or η; f(u); abs(u), square(u)
    slopes      dE/dw or dE_dw; ∂a/∂w; d/da[…], ∂/∂a[…]
    whole lines a = …, w ← … or w <- …, u > v; {1 if u > 0, 0 otherwise}

MathML is read as the eye sees it: attributes and invisible grouping (mrow) count for nothing, so a bracket that the
printer forgot is found. Only fractions, exponents and the rows of a table group what they hold.
Left out on purpose: products without a sign (2x), since `dE` could be one.
"""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from neuronwise.mathematics.symbols import ONE_NUMBER, SYMBOLS
from neuronwise.mathematics.tokens import EXPONENTS, Token, Tokens, UnreadableError
from neuronwise.mathematics.tree import DERIVATIVE, SIGNS, Node, code_name, name, number, symbol

__all__ = ["UnreadableError", "read_mathml", "read_plain"]

SUMS, PRODUCTS = {"+": "plus", "−": "minus"}, {"·": "times", "/": "over"}
RELATIONS = {"=": "equals", "←": "becomes", ">": "greater", "<": "less"}
MOST_LEVELS = 100
EULER = Node("euler")  # the e of e^u, until its exponent is read
SLOPE = re.compile(r"[d∂]\s*(?:\w+(?:⟦[^⟦⟧]*⟧)?)?/[d∂]\s*\w+(?:⟦[^⟦⟧]*⟧)?")
BEGINNING = "a number, a name, a function, a slope or an opening bracket"


class Reader(Tokens):
    """Reads a whole text: each strength of binding has its own method, from the weakest to the strongest."""

    def whole(self) -> Node:
        """Return the formula that the whole text says."""
        node = self.relation()
        end = self.take()
        if end.kind != "end":
            raise self.refuse(end, "a sign or the end")
        self.limit(levels(node), MOST_LEVELS, "operations one inside the other")
        return node

    def relation(self) -> Node:
        """Return u = v, u ← v, u > v, u < v, or one formula."""
        left, begin = self.sums(), self.tokens[0]
        among = self.tokens[self.place]
        if (among.kind, among.text) in (("word", "is"), ("word", "in"), ("sign", "∈")):
            self.take()
            return Node("same" if among.text == "is" else "member", (left, self.sums()))
        sign = self.peek(*RELATIONS)
        if not sign:
            return left
        if sign in "=←" and code_name(left) is None and left.kind != "call":
            raise self.refuse(begin, f"a name on the left of {sign}")
        self.take()
        return Node(RELATIONS[sign], (left, self.sums()))

    def sums(self) -> Node:
        """Return u + v − … or less."""
        node = self.products()
        while sign := self.peek(*SUMS):
            self.take()
            node = Node(SUMS[sign], (node, self.products()))
        return node

    def products(self) -> Node:
        """Return u·v/… or less, or a sum Σ of that."""
        if self.tokens[self.place].kind == "binder":
            return self.binder(self.take())
        node = self.signed()
        while sign := self.peek(*PRODUCTS):
            self.take()
            node = Node(PRODUCTS[sign], (node, self.signed()))
        return node

    def binder(self, token: Token) -> Node:
        """Return Σ[i, p in edges] u, or max[k in together] u."""
        over = token.text.removeprefix("Σ").removeprefix("max").strip()[1:-1]
        text = over.replace("; ", " for ").replace("∈", "in").strip()
        return Node("sum" if token.text.startswith("Σ") else "largest", (self.products(),), text)

    def signed(self) -> Node:
        """Return −u, or a power."""
        if not self.peek("−"):
            return self.power()
        self.take()
        if self.peek("−"):
            raise self.refuse(self.tokens[self.place], "a bracket behind a minus sign, as in −(−u)")
        return Node("negative", (self.power(),))

    def power(self) -> Node:
        """Return u² or u^n; no second exponent, and none on a slope without brackets: dE/dw² could mean either."""
        bracket = self.peek("(")
        base = self.leaf()
        if not self.peek("^", *EXPONENTS):
            return base
        if base.kind in SIGNS and not bracket:
            raise self.refuse(self.tokens[self.place], "brackets around a slope that has an exponent")
        sign = self.take()
        if base == EULER:
            return Node("call", (self.leaf(),), "exp")
        exponent = number(EXPONENTS[sign.text]) if sign.text in EXPONENTS else self.leaf()
        if self.peek("^", *EXPONENTS):
            raise self.refuse(self.tokens[self.place], "brackets around a power that has an exponent")
        return Node("power", (base, exponent))

    def leaf(self) -> Node:
        """Return what binds most strongly: a number, a name, a call, a slope, or anything in brackets."""
        token = self.take()
        match token.kind, token.text:
            case "number", text:
                return number(text)
            case "word", "e" if self.peek("^"):
                return EULER
            case "word", text:
                return self.called(token) if text in self.words.functions else self.named(token)
            case "slope", _:
                return self.slope(token)
            case "sign", "(":
                return self.closed(")")
            case "sign", "|":
                return Node("call", (self.closed("|"),), "abs")
            case "sign", "{":
                return self.cases()
        raise self.refuse(token, BEGINNING)

    def closed(self, bracket: str) -> Node:
        """Return what stands before a closing bracket."""
        node = self.sums()
        self.take(bracket)
        return node

    def named(self, token: Token) -> Node:
        """Return x, or a slope by its name in the code: dE_dw."""
        slope, known = DERIVATIVE.fullmatch(token.text), self.words.named(token.text)
        if slope and self.words.named(slope[1]) and self.words.named(slope[2]):
            return symbol(token.text)
        if known is None:
            raise self.refuse(token, "a known name")
        if self.peek("("):
            raise self.refuse(self.tokens[self.place], f"a sign after the name {token.text}, which is no function")
        return name(known)

    def called(self, token: Token) -> Node:
        """Return f(u, v); square(u) is u²."""
        function = self.words.functions[token.text]
        self.take("(")
        parts = [self.sums()]
        while self.peek(","):
            if function in ONE_NUMBER:
                raise self.refuse(self.tokens[self.place], f"), since {token.text} is a function of one number")
            self.take()
            parts.append(self.sums())
        self.take(")")
        return Node("power", (*parts, number(2))) if function == "square" else Node("call", tuple(parts), function)

    def slope(self, token: Token) -> Node:
        """Return dE/dw, ∂a/∂w, or d/dw of the bracket, name or call behind it."""
        d, y, x = token.slope
        if y is not None:
            return Node("total" if d == "d" else "local", (name(y), name(x)))
        behind, refused = self.tokens[self.place], "a formula without slopes inside a slope"
        if behind.kind == "slope":
            raise self.refuse(behind, refused)
        if self.peek("["):
            self.take()
            body = self.closed("]")
        else:
            body = self.leaf()
        if any(inner.kind in SIGNS for inner in body.nodes()):
            raise self.refuse(behind, refused)
        return Node("total" if d == "d" else "partial", (body, name(x)))

    def cases(self) -> Node:
        """Return {u if v, …, w otherwise}."""
        then = self.sums()
        if self.word("if", "otherwise") == "otherwise":
            self.take("}")
            return then
        condition = self.relation()
        if condition.kind == "equals":  # between indices, which have no values
            condition = Node("same", condition.parts)
        self.take(",")
        return Node("cases", (then, condition, self.cases()))


def levels(node: Node) -> int:
    """Return how many operations stand one inside the other, without recursion.

    >>> levels(Node("negative", (Node("negative", (name("w"),)),)))
    3
    """
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        inner, level = waiting.pop()
        deepest = max(deepest, level)
        waiting += [(part, level + 1) for part in inner.parts]
    return deepest


def read_plain(text: str, names: Iterable[str] = SYMBOLS, *, own: bool = False) -> Node:
    """Return the formula that a text says; UnreadableError with the place where it stops to be one.

    What people type has limits; `own` is what `plain` printed, and has none.

    >>> read_plain("t - a") == Node("minus", (name("t"), name("a")))
    True
    >>> read_plain("dE/dw")  == symbol("dE_dw")
    True
    >>> read_plain("w * q", ["w", "x"])
    Traceback (most recent call last):
        ...
    neuronwise.mathematics.tokens.UnreadableError: 'w * q', column 5: expected a known name; got 'q'.
    Known names: w, x. Known functions: sign, sgn, abs, square, exp, log, ln, tanh, sin, cos, erf, max.
    """
    return Reader(text, names, own=own).whole()


def read_mathml(text: str, names: Iterable[str] = SYMBOLS) -> Node:
    """Return the formula that the eye reads from a piece of MathML.

    >>> read_mathml("<math><mfrac><mi>a</mi><mi>w</mi></mfrac></math>") == Node("over", (name("a"), name("w")))
    True
    """
    return Reader(visible(ET.fromstring(text)), names, own=True).whole()  # noqa: S314 - the page's own print, no foreign file


def visible(element: ET.Element) -> str:
    """Return what the eye sees, as text: a fraction and an exponent hold their parts together, an mrow does not.

    >>> visible(ET.fromstring("<msup><mrow><mi>a</mi><mo>+</mo><mi>w</mi></mrow><mn>2</mn></msup>"))
    'a + w ^(2 )'
    """
    inner = [visible(part) for part in element]
    match element.tag:
        case "mfrac":
            upper, lower = (part.strip() for part in inner)
            return f" {upper}/{lower} " if SLOPE.fullmatch(f"{upper}/{lower}") else f"(({upper})/({lower}))"
        case "munder":
            return f" {inner[0].strip()}⟦{inner[1].strip()}⟧ "
        case "msub":
            return f"{inner[0].strip()}⟦{element[1].text}⟧ "
        case "mspace":
            return ""
        case "msup":
            return f"{inner[0]}^({inner[1]})"
        case "mtable":
            return ", ".join(inner) + "}"
        case "mi" if element.text in ("d", "∂"):
            return f" {element.text}"
        case "mi" | "mo" | "mn" | "mtext":
            return (element.text or "").strip("\u2061") + " "
    return "".join(inner)
