"""Text -> tokens: the visible pieces of a formula, each with its column. A text that is too large is refused first."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import DERIVATIVE

MOST_CHARACTERS, MOST_BRACKETS = 2000, 60
NAME = r"√½|[^\W\d²³][^\W²³]*′?"
BELOW = r"\s*⟦[^⟦⟧]*⟧|\[[^\[\]]*\]"  # indices: behind a name in brackets; in print, below it
SET = r"(?:⟦[^⟦⟧]*⟧|\[(?:[^\[\]]|\[[^\[\]]*\])*\])"  # what a sum runs over
TOKEN = re.compile(
    rf"\s*(?:(?P<binder>(?:Σ|max)\s*{SET})|(?P<slope>(?P<d>[d∂])(?P<y>(?:{NAME})(?:{BELOW})?)\s*/\s*(?P=d)\s*(?P<x>(?:{NAME})(?:{BELOW})?)"
    rf"|(?P<d1>[d∂])\s*/\s*(?P=d1)\s*(?P<x1>(?:{NAME})(?:\s*⟦[^⟦⟧]*⟧|\[[^\[\]]*\](?=\s*\[))?))"
    rf"|(?P<number>\d+(?:\.\d+)?)|(?P<word>(?:{NAME})(?:{BELOW})?)"
    r"|(?P<sign>\*\*|<-|[-+*/^²³()\[\]{}|=<>,·⋅×−←∈]))"
)
EXPONENTS = {"²": 2, "³": 3}
LOOKS = {"*": "·", "⋅": "·", "×": "·", "-": "−", "**": "^", "<-": "←"}


class UnreadableError(ValueError):
    """A formula that cannot be read: where, what was expected, what came."""


class Token(NamedTuple):
    """One visible piece: what kind, how it looks, in which column it begins (from 1); a slope brings its names."""

    kind: str
    text: str
    column: int
    slope: tuple[str, str | None, str] = ("", None, "")  # d or ∂, upper name if it has one, lower name

    def __str__(self) -> str:
        """Return what came, for people."""
        return "the end" if self.kind == "end" else repr(self.text)


FUNCTIONS = {n: s.plain for n, s in SYMBOLS.items() if s.called} | {"abs": "abs", "square": "square"}

WRITTEN = ("sign", "sgn", "abs", "square", "exp", "log", "ln", "tanh", "sin", "cos", "erf", "max")


class Words:
    """The words that may stand in a formula: names by code name and by look, and functions.

    >>> Words(["w", "eta"]).names
    {'w': 'w', 'eta': 'eta', 'η': 'eta'}
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.functions = {word: n for n, look in FUNCTIONS.items() for word in (n, look)}
        looks = {n: SYMBOLS[n].plain if n in SYMBOLS else n for n in names if not DERIVATIVE.fullmatch(n)}
        self.names = {word: n for n, look in looks.items() if n not in FUNCTIONS for word in (n, look)}
        for word in self.names:
            if word == "d" or (word[0] == "d" and word[1:] in self.names):
                message = f"expected names that are no signs; got {word!r}, which reads like a slope. Rename it."
                raise ValueError(message)

    def named(self, text: str) -> str | None:
        """Return the name in the code that a word says, with its indices; None for an unknown one.

        >>> Words(["w", "eta"]).named("η"), Words(["w"]).named("w[i1,h1]"), Words(["w"]).named("q")
        ('eta', 'w[i1,h1]', None)
        """
        if text in self.names:
            return self.names[text]
        base, bracket, below = text.replace("⟦", "[").replace("⟧", "]").partition("[")
        known = self.names.get(base.strip())
        return f"{known}[{below.strip()}" if bracket and known else None

    def __str__(self) -> str:
        """Return the words that people write: not the names that only the reference's own code has."""
        names = [word for word, n in self.names.items() if n not in SYMBOLS or not SYMBOLS[n].upright]
        return f"Known names: {', '.join(names)}. Known functions: {', '.join(WRITTEN)}."


@cache
def words(names: tuple[str, ...]) -> Words:
    """Return the words for some names; for the same names the same ones.

    >>> words(("w",)) is words(("w",))
    True
    """
    return Words(names)


class Tokens:
    """The tokens of one text, taken from left to right.

    >>> [token.text for token in Tokens("dE/dw*(t - a)", SYMBOLS).tokens]
    ['dE/dw', '*', '(', 't', '-', 'a', ')', '']
    """

    def __init__(self, text: str, names: Iterable[str], *, own: bool = False) -> None:
        self.text, self.words, self.place, self.own = text, words(tuple(names)), 0, own
        self.limit(len(text), MOST_CHARACTERS, "characters")
        self.limit(sum(text.count(bracket) for bracket in "([{|"), MOST_BRACKETS, "brackets")
        self.tokens = list(self.cut())

    def limit(self, count: int, most: int, what: str) -> None:
        """Refuse a formula that is too large; the house's own print may be as large as it is."""
        if count > most and not self.own:
            message = f"expected a formula of at most {most:,} {what}; got {count:,}. Give its pieces names."
            raise UnreadableError(message)

    def refuse(self, token: Token, expected: str) -> UnreadableError:
        """Return the error for a token that cannot stand where it stands."""
        return UnreadableError(f"{self.text!r}, column {token.column}: expected {expected}; got {token}.\n{self.words}")

    def cut(self) -> Iterator[Token]:
        """Yield the tokens, and one for the end."""
        place = 0
        while found := TOKEN.match(self.text, place):
            token = self.token(found)
            yield token
            place = token.column - 1 + len(token.text)
        rest = self.text[place:].lstrip()
        column = len(self.text) - len(rest) + 1
        if rest:
            raise self.refuse(Token("piece", rest[0], column), "a sign, a number or a name")
        yield Token("end", "", column)

    def token(self, found: re.Match[str]) -> Token:
        """Return the token at a match; `dE/dw` is one sign if E and w are names, else a division."""
        kind = found.lastgroup or ""
        text, column = found[kind], found.start(kind) + 1
        if kind != "slope":
            return Token(kind, text, column)
        d, y, x = found["d"] or found["d1"], found["y"], found["x"] or found["x1"]
        known_y, known_x = self.words.named(y or ""), self.words.named(x)
        if known_x and (y is None or known_y):
            return Token("slope", text, column, (d, known_y, known_x))
        if y is not None and self.words.named(f"{d}{y}"):
            return Token("word", d + y, column)
        unknown = y if known_x else x
        raise self.refuse(Token("word", str(unknown), column + text.rindex(str(unknown))), "a slope of known names")

    def peek(self, *signs: str) -> str:
        """Return the sign that comes next if it is one of these, as it looks in print; else nothing."""
        token = self.tokens[self.place]
        look = LOOKS.get(token.text, token.text)
        return look if token.kind == "sign" and look in signs else ""

    def take(self, *signs: str) -> Token:
        """Return the next token; refuse it if it is none of these signs."""
        token = self.tokens[self.place]
        if signs and not self.peek(*signs):
            raise self.refuse(token, " or ".join(signs))
        self.place += 1
        return token

    def word(self, *words: str) -> str:
        """Take one of these words."""
        token = self.take()
        if token.text not in words:
            raise self.refuse(token, " or ".join(words))
        return token.text
