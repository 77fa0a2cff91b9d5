"""The sentences of a chapter: its roles, and what the linter refuses.

{term}`weight`        a word explained here for the first time
{define}`w`           a symbol introduced here; before this place the text may not use it
{sym}`w`              the symbol
{f}`t - a`            a piece of a formula of the program
{d}`d/da[t - a]`      a piece of a line of a derivation
{n}`a`                a number of a run; {n}`a = 0.75` also says which, and is held to it
{numbers}`error.E`    a formula of the program, with the numbers of a run in it
{given}`0.25`         a number that the author chooses
{suppose}`E = 2*a`    a formula that is not the program's
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from markdown_it.tree import SyntaxTreeNode

from neuronwise.book import document as d
from neuronwise.book.errors import BuildError
from neuronwise.book.markdown import CONTAINERS, line_of
from neuronwise.book.numbers import read_number
from neuronwise.book.program import Operation, Program
from neuronwise.book.quantities import read_quantity
from neuronwise.mathematics.derivation import Derivation
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import Node, names, number, symbol, ungrouped
from neuronwise.mathematics.worked import digits, work, written

DECIMAL = re.compile(r"\d+\.\d+")
HAND_WAVING = re.compile(
    r"\b(obviously|simply|just|clearly|of course|it can be shown|similarly|trivial(?:ly)?)\b", re.IGNORECASE
)
TAG = re.compile(r"</?[a-zA-Z][^>]*>?")
CLAIM = re.compile(r"(?P<quantity>.+?) = (?P<text>-?[\d.]+)")
WORDS_A_SENTENCE, LINES_A_PARAGRAPH = 25, 8


class Prose:
    """Reads sentences; remembers which symbols the reader knows, and which lines were derived."""

    def __init__(self, file: str, programs: Mapping[str, Program]) -> None:
        self.file, self.programs, self.program = file, programs, programs[""]
        self.known: list[str] = []
        self.awaited: list[tuple[int, Node]] = []  # pieces of derivations that the text speaks of, and where
        self.line = 1  # of the role that is being read
        self.roles: dict[str, Callable[[str], list[d.Inline]]] = {
            "term": lambda text: [d.Emphasis([d.Text(text)], "term")],
            "define": self.define,
            "sym": lambda text: [d.Math(self.met(symbol(text)))],
            "f": self.piece_of_formula,
            "d": self.piece_of_derivation,
            "n": self.number,
            "numbers": self.numbers,
            "given": lambda text: [d.Math(number(text))],
            "suppose": lambda text: [d.Math(self.met(self.read(text)))],
        }

    def inlines(self, node: SyntaxTreeNode) -> list[d.Inline]:
        """Return the pieces of a sentence."""
        return [piece for child in node.children for piece in self.inline(child)]

    def inline(self, node: SyntaxTreeNode) -> list[d.Inline]:
        """Return one piece of a sentence: one or none, as a list."""
        match node.type:
            case "inline":
                return self.inlines(node)
            case "text":
                return [d.Text(self.linted(node))]
            case "softbreak" | "hardbreak":
                return [d.Text("\n")]
            case "em" | "strong":
                return [d.Emphasis(self.inlines(node), node.type)]
            case "code_inline":
                return [d.InlineCode(node.content)]
            case "link" if "title" in node.attrs:
                raise BuildError(self.file, line_of(node), "a link has no title: say it in the sentence")
            case "link":
                return [d.Link(str(node.attrs["href"]), self.inlines(node))]
            case "myst_role" if node.meta["name"] in self.roles:
                return self.role(node)
            case "myst_role":
                known = ", ".join(self.roles)
                raise BuildError(self.file, line_of(node), f"unknown role {node.meta['name']!r}; known: {known}")
        raise BuildError(self.file, line_of(node), f"a chapter has no {node.type}")

    def role(self, node: SyntaxTreeNode) -> list[d.Inline]:
        """Return what a role stands for; what it refuses is told with its line."""
        self.line = line_of(node)
        try:
            return self.roles[node.meta["name"]](node.content)
        except (ValueError, ArithmeticError, KeyError) as error:
            what = f"{{{node.meta['name']}}}`{node.content}`"
            raise BuildError(self.file, self.line, f"{what}: {error}") from error

    # what roles stand for

    def define(self, text: str) -> list[d.Inline]:
        """Introduce a symbol."""
        if text in self.known:
            message = f"{text} is introduced already"
            raise ValueError(message)
        if text not in SYMBOLS:
            message = "it is not in the table of symbols: give it a look and a meaning in symbols.py"
            raise ValueError(message)
        self.known.append(text)
        return [d.Math(symbol(text))]

    def met(self, formula: Node) -> Node:
        """Return a formula, if the reader has met every symbol in it."""
        self.meet(names(formula))
        self.meet(node.text for node in formula.nodes() if node.kind == "call" and node.text in SYMBOLS)
        return formula

    def meet(self, texts: Iterable[str]) -> None:
        """Refuse a symbol that the reader has not met."""
        for text in texts:
            if text not in self.known:
                message = f"{text} is used before it is introduced: write {{define}}`{text}` where its meaning is said"
                raise ValueError(message)

    def read(self, text: str) -> Node:
        """Return a formula as the text writes it."""
        return read_plain(text, list(SYMBOLS))

    def piece_of_formula(self, text: str) -> list[d.Inline]:
        """Return a piece of a formula, if the program has it."""
        piece = self.met(self.read(text))
        formulas = [f for name in self.program.formulated for f in self.program.code.formulas(name)]
        if not any(_contains(formula, piece) for formula in formulas):
            message = f"no formula of {self.program.code.file} contains {plain(piece)}"
            raise ValueError(message)
        return [d.Math(piece)]

    def piece_of_derivation(self, text: str) -> list[d.Inline]:
        """Return a piece of a derivation, which may still be to come."""
        piece = self.read(text)
        self.awaited.append((self.line, piece))
        return [d.Math(piece)]

    def check_awaited(self, derivations: Iterable[Derivation]) -> None:
        """Refuse a quote of a derivation in which no line of any derivation contains it."""
        lines = [line.node for derivation in derivations for line in derivation.lines]
        for at, piece in self.awaited:
            if not any(_contains(line, piece) for line in lines):
                raise BuildError(self.file, at, f"no line of a derivation contains {plain(piece)}")

    def number(self, text: str) -> list[d.Inline]:
        """Return a number of a run; where the text says which, only that one."""
        claim = CLAIM.fullmatch(text)
        claimed = claim and not text.startswith("updates until")
        quantity = read_quantity(claim["quantity"] if claim and claimed else text)
        value = quantity.value(self.programs)
        if not (claim and claimed):
            return [d.Math(written(value, stands_for="" if quantity.until is not None else quantity.symbol))]
        shown = digits(value)
        if shown != claim["text"]:
            message = f"the program computes {shown}, not {claim['text']}"
            raise ValueError(message)
        sign = "=" if float(shown) == value else "≈"
        return [d.Math(self.met(symbol(quantity.symbol)), ((sign, written(value, stands_for=quantity.symbol)),))]

    def numbers(self, text: str) -> list[d.Inline]:
        """Return a formula with its numbers and its result."""
        which, _, start = text.partition(" with ")
        operation = self.operation(which)
        changed = settings(filter(None, start.split(", ")), self.program.start)
        passed = self.program.after(0, **changed)
        value = (passed.became if operation.changes else passed.values)[operation.target]
        worked = work(operation.formula, passed.values, value, self.program.functions)
        then = ((worked.numbers_sign, worked.numbers), (worked.result_sign, worked.result))
        if operation.changes:  # the new weight is no equation of the old one
            return [d.Math(worked.numbers, then[1:])]
        return [d.Math(self.met(worked.left), then)]

    def operation(self, text: str) -> Operation:
        """Return the operation that `function.symbol` names."""
        found = {f"{o.function}.{o.target}": o for o in self.program.operations}
        if text not in found:
            message = f"no formula of {self.program.code.file} is called {text!r}; there are {', '.join(found)}"
            raise ValueError(message)
        return found[text]

    # what the linter refuses

    def linted(self, node: SyntaxTreeNode) -> str:
        """Return words, if they are only words: no typed decimals, no HTML, no hand-waving."""
        text = node.content
        if typed := DECIMAL.search(text):
            message = f"{typed[0]} is typed into the text: no run computed it. Write {{n}}`…`, or {{given}}`{typed[0]}`"
            raise BuildError(self.file, line_of(node), message)
        if tag := TAG.search(text):
            message = f"{tag[0]} is HTML: a chapter is words and roles, for every format"
            raise BuildError(self.file, line_of(node), message)
        if text.startswith(":::"):
            message = f"{text} opens or closes no container; known: {', '.join(CONTAINERS)}"
            raise BuildError(self.file, line_of(node), message)
        if waved := HAND_WAVING.search(text):
            raise BuildError(self.file, line_of(node), f"“{waved[0]}” proves nothing: leave it out, or say why")
        return text

    def paragraph(self, node: SyntaxTreeNode) -> d.Paragraph:
        """Return a paragraph whose sentences are short, one a line."""
        parts = self.inlines(node)
        lines = "".join(_as_words(parts)).split("\n")
        if len(lines) > LINES_A_PARAGRAPH:
            message = f"a paragraph of {len(lines)} lines; at most {LINES_A_PARAGRAPH}"
            raise BuildError(self.file, line_of(node), message)
        for i, line in enumerate(lines):
            if len(line.split()) > WORDS_A_SENTENCE:
                message = f"a sentence of {len(line.split())} words; at most {WORDS_A_SENTENCE}"
                raise BuildError(self.file, line_of(node) + i, message)
        return d.Paragraph(parts)


def settings(texts: Iterable[str], known: Iterable[str]) -> dict[str, float]:
    """Read x=-0.5 and the like: a number for some of the names that are known.

    Errors   ValueError: another name, or one twice; what is no number

    >>> settings(["x=-0.5", "w=1"], ["x", "w", "t"])
    {'x': -0.5, 'w': 1.0}
    """
    found: dict[str, float] = {}
    left = list(known)
    for text in texts:
        name, _, number = text.partition("=")
        if name not in left:
            message = f"expected name=number, the name one of {', '.join(left)}; got {text!r}"
            raise ValueError(message)
        left.remove(name)
        found[name] = read_number(number, name)
    return found


def _contains(formula: Node, piece: Node) -> bool:
    return any(node == ungrouped(piece) for node in ungrouped(formula).nodes())


def _as_words(parts: Iterable[d.Inline]) -> Iterator[str]:
    """Yield the sentence as text in which every formula is one word."""
    for part in parts:
        match part:
            case d.Text(text) | d.InlineCode(text):
                yield text
            case d.Emphasis(inner, _) | d.Link(_, inner):
                yield from _as_words(inner)
            case d.Math():
                yield "formula"
