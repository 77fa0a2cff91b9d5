r"""A formula as readers type it, in a small part of TeX, read into MathML nodes.

    row       one item after another
    item      an atom, with what stands below and above it: x_i^2, f'
    atom      a letter, a number, a sign; a command with what belongs to it; a row in braces

What `commands` doesn't list is refused, never guessed.

>>> from neuronwise.site.replies.mathml import markup
>>> markup(formula(r"\frac{dE}{dw}"))
'<math><mfrac><mrow><mi>d</mi><mi>E</mi></mrow><mrow><mi>d</mi><mi>w</mi></mrow></mfrac></math>'
"""

import re
import unicodedata
from collections.abc import Sequence

from neuronwise.site.replies import commands
from neuronwise.site.replies.mathml import Attributes, Node

MOST_CHARACTERS = 500
MOST_DEPTH = 20
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|[0-9]+(?:\.[0-9]+)?|.", re.DOTALL)
LETTER = re.compile(r"[^\W\d_]")
END = ""  # stands after the last token
NEW_ROW = r"\\"
SCRIPTS = {
    (False, False, True): "msup",
    (False, True, False): "msub",
    (False, True, True): "msubsup",
    (True, False, True): "mover",
    (True, True, False): "munder",
    (True, True, True): "munderover",
}
DISPLAY: Attributes = (("displaystyle", "true"),)
LOW: Attributes = (("stretchy", "false"),)
BAR: Attributes = (*LOW, ("lspace", "0"), ("rspace", "0"))


class TexError(ValueError):
    """The text isn't of the part of TeX that is known."""


def formula(text: str, *, alone: bool = False) -> Node:
    r"""The formula whose TeX this is; larger where it stands alone in its paragraph.

    Errors   TexError: longer than 500 characters, deeper than 20, unbalanced, or a command that isn't known

    >>> formula(r"\href{x}{y}")
    Traceback (most recent call last):
        ...
    neuronwise.site.replies.tex.TexError: expected what is known of TeX; got \href
    """
    if len(text) > MOST_CHARACTERS:
        message = f"expected at most {MOST_CHARACTERS} characters; got {len(text)}"
        raise TexError(message)
    return Node("math", tuple(_Reader(text).row(END)), DISPLAY if alone else ())


class _Reader:
    """Goes through the tokens once, from left to right; whoever reads a thing leaves off behind it."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        self.tokens.reverse()  # the next one is the last: taking it costs nothing
        self.depth = 0

    def peek(self) -> str:
        while self.tokens and self.tokens[-1].isspace():
            self.tokens.pop()
        return self.tokens[-1] if self.tokens else END

    def take(self) -> str:
        token = self.peek()
        if token == END:
            message = "expected more; got the formula's end"
            raise TexError(message)
        self.tokens.pop()
        return token

    def expect(self, wanted: str) -> None:
        if (token := self.take()) != wanted:
            message = f"expected {wanted}; got {token}"
            raise TexError(message)

    # a row

    def row(self, *ends: str) -> list[Node]:
        """Items up to one of these ends, which is left for the caller."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            message = f"expected a depth of at most {MOST_DEPTH}"
            raise TexError(message)
        items = []
        while self.peek() not in ends:
            items.append(self.item())
        self.depth -= 1
        return items

    def item(self) -> Node:
        """An atom with its scripts; sums and limits carry them below and above, others at the side."""
        token = self.peek()
        base = _one([]) if token in {"^", "_", "'"} else self.atom()
        below, above = self.scripts()
        if below is None and above is None:
            return self.spaced(token, base)
        under = token in commands.SUMS or token in commands.LIMITS
        parts = (part for part in (base, below, above) if part)
        scripted = Node(SCRIPTS[under, below is not None, above is not None], tuple(parts))
        return self.spaced(token, scripted)

    def scripts(self) -> tuple[Node | None, Node | None]:
        found: dict[str, Node] = {}
        while (mark := self.peek()) in {"^", "_", "'"}:
            self.take()
            place = "^" if mark == "'" else mark
            if place in found:
                message = f"expected one {mark} at one place; got two"
                raise TexError(message)
            found[place] = self.primes() if mark == "'" else self.argument()
        return found.get("_"), found.get("^")

    def primes(self) -> Node:
        count = 1
        while self.peek() == "'":
            self.take()
            count += 1
        return Node("mo", "′" * count)

    def spaced(self, token: str, node: Node) -> Node:
        """A function's name stands a little apart from what it is of, unless that is in brackets."""
        if token not in commands.FUNCTIONS or self.peek() in {END, "(", "[", "}", ")", r"\left"}:
            return node
        return _one([node, _space("0.17em")])

    # an atom

    def atom(self) -> Node:
        token = self.take()
        if token == "{":  # noqa: S105  (a token of TeX)
            return self.group()
        if token.startswith("\\") and (read := self.composed(token)):
            return read
        return _leaf(token)

    def group(self) -> Node:
        """What stands between braces; the first is taken already."""
        inside = self.row("}")
        self.expect("}")
        return _one(inside)

    def argument(self) -> Node:
        """What a command is applied to: a group, or one atom; of a number its first digit, as in x^12."""
        token = self.peek()
        if token[:1].isdigit() and len(token) > 1:
            self.tokens[-1:] = reversed(TOKEN.findall(token[1:]))  # behind x^1 in x^1.5 stand a point and a 5
            return Node("mn", token[0])
        return self.item_without_scripts()

    def item_without_scripts(self) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            message = f"expected a depth of at most {MOST_DEPTH}"
            raise TexError(message)
        atom = self.atom()
        self.depth -= 1
        return atom

    def composed(self, command: str) -> Node | None:
        """What a command makes of its arguments; nothing, if it stands for itself."""
        if command in commands.FRACTIONS:
            return Node("mfrac", (self.argument(), self.argument()))
        if command == r"\sqrt":
            return self.root()
        if command in commands.WORDS:
            tag, attributes = commands.WORDS[command]
            return Node(tag, self.words(), attributes)
        if command in commands.ALPHABETS:
            return Node("mi", "".join(_lettered(letter, commands.ALPHABETS[command]) for letter in self.words()))
        if command in commands.ACCENTS:
            return Node("mover", (self.argument(), Node("mo", commands.ACCENTS[command], LOW)))
        if command == r"\left":
            return self.fenced()
        return self.table() if command == r"\begin" else None

    def root(self) -> Node:
        if self.peek() != "[":
            return Node("msqrt", (self.argument(),))
        self.take()
        index = _one(self.row("]"))
        self.expect("]")
        return Node("mroot", (self.argument(), index))

    def words(self) -> str:
        """The text between braces, letter by letter, its spaces too."""
        self.expect("{")
        text = []
        while self.tokens and self.tokens[-1] not in {"{", "}"}:
            text.append(self.tokens.pop())
        self.expect("}")
        return "".join(text)

    def fenced(self) -> Node:
        left = self.delimiter()
        inside = self.row(r"\right")
        self.expect(r"\right")
        return Node("mrow", (left, *inside, self.delimiter()))

    def delimiter(self) -> Node:
        token = self.take()
        if token not in commands.DELIMITERS:
            message = f"expected a bracket; got {token}"
            raise TexError(message)
        return Node("mo", commands.DELIMITERS[token])

    def table(self) -> Node:
        name = self.words()
        if name not in commands.TABLES:
            message = f"expected a matrix or cases; got {name}"
            raise TexError(message)
        rows = [self.table_row()]
        while self.take() == NEW_ROW:
            rows.append(self.table_row())
        if self.words() != name:
            message = rf"expected \end{{{name}}}"
            raise TexError(message)
        left, right = (Node("mo", fence) for fence in commands.TABLES[name])
        return Node("mrow", (left, Node("mtable", tuple(rows)), right))

    def table_row(self) -> Node:
        cells = [self.row("&", NEW_ROW, r"\end")]
        while self.peek() == "&":
            self.take()
            cells.append(self.row("&", NEW_ROW, r"\end"))
        return Node("mtr", tuple(Node("mtd", tuple(cell)) for cell in cells))


def _one(nodes: Sequence[Node]) -> Node:
    """The nodes as a single one."""
    return nodes[0] if len(nodes) == 1 else Node("mrow", tuple(nodes))


def _leaf(token: str) -> Node:
    """A token that stands for itself."""
    if token in commands.SIGNS:
        sign = commands.SIGNS[token]
        return Node("mo", sign, BAR if sign == "|" else LOW if sign in commands.FENCES else ())
    if token in commands.LETTERS:
        return Node("mi", commands.LETTERS[token])
    if token in commands.UPRIGHT:
        return Node("mi", commands.UPRIGHT[token], commands.NORMAL)
    if token in commands.FUNCTIONS:
        return Node("mi", token[1:])
    if token in commands.SPACES:
        return _space(commands.SPACES[token])
    if token in commands.SUMS or token in commands.INTEGRALS:
        return Node("mo", (commands.SUMS | commands.INTEGRALS)[token])
    if LETTER.fullmatch(token):
        return Node("mi", token)
    if token[0] in "0123456789":
        return Node("mn", token)
    message = f"expected what is known of TeX; got {token}"
    raise TexError(message)


def _space(width: str) -> Node:
    return Node("mspace", "", (("width", width),))


def _lettered(letter: str, alphabet: str) -> str:
    """A letter in another alphabet: a bold w, the R of the real numbers.

    >>> _lettered("R", "DOUBLE-STRUCK"), _lettered("w", "MATHEMATICAL BOLD")
    ('ℝ', '𝐰')
    """
    size = "CAPITAL" if letter.isupper() else "SMALL"
    for name in (f"{alphabet} {size} {letter.upper()}", f"MATHEMATICAL {alphabet} {size} {letter.upper()}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    message = f"expected a letter; got {letter}"
    raise TexError(message)
