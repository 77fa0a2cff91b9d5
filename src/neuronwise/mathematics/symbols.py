"""The symbols: one name, one look, one sound, one meaning, in the whole book.

A symbol is known by its name in the code. The table holds how it looks in a formula (MathML, Typst, LaTeX, plain text),
how it sounds, its hue on the page (`kind`), and one sentence of meaning. A derivative is a symbol too: dE_dw in
the code is the sign dE/dw of a derivation.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("value", "weight", "target", "error", "slope", "rate", "plain")


@dataclass(frozen=True, slots=True)
class Symbol:
    """How one name of the code is written, said and meant."""

    name: str
    plain: str
    spoken: str
    kind: str
    meaning: str
    latex: str
    typst: str
    upright: bool = False  # a function's name of several letters


def letter(name: str, kind: str, meaning: str, *, look: str = "", spoken: str = "", latex: str = "") -> Symbol:
    """Return a symbol of one letter."""
    look = look or name
    return Symbol(name, look, spoken or look, kind, meaning, latex or look, look if look.isascii() else name)


def function(name: str, look: str, spoken: str, meaning: str) -> Symbol:
    """Return a function that is written with its name, upright."""
    latex, typst = rf"\operatorname{{{look}}}", f'op("{look}")'
    return Symbol(name, look, spoken, "plain", meaning, latex, typst, upright=True)


def derivative(y: Symbol, x: Symbol) -> Symbol:
    """Return the symbol dy/dx, a name of its own in the code: dy_dx."""
    return Symbol(
        f"d{y.name}_d{x.name}",
        f"d{y.plain}/d{x.plain}",
        f"d {y.spoken} by d {x.spoken}",
        "slope",
        f"slope: what {y.plain} gains for each unit that {x.plain} gains",
        rf"\frac{{\mathrm{{d}}{y.latex}}}{{\mathrm{{d}}{x.latex}}}",
        f"frac(dif {y.typst}, dif {x.typst})",
    )


SYMBOLS: dict[str, Symbol] = {
    symbol.name: symbol
    for symbol in (
        letter("x", "value", "input: the number that comes in"),
        letter("w", "weight", "weight of the edge from x to a: the number that learns"),
        letter("a", "value", "activation: what the neuron gives"),
        letter("t", "target", "target: what the neuron should give"),
        letter("E", "error", "error: how far the activation lies from the target"),
        letter("u", "plain", "any number, or any formula"),
        letter(
            "eta", "rate", "learning rate: how large a step one update takes", look="η", spoken="eta", latex=r"\eta"
        ),
        function("sign", "sgn", "the sign", "sign of a number: 1, 0 or −1"),
    )
}
SYMBOLS |= {s.name: s for y, x in ("Ew", "Ea", "aw") for s in [derivative(SYMBOLS[y], SYMBOLS[x])]}


def check_one_to_one(symbols: Iterable[Symbol]) -> None:
    """Refuse two symbols that share a look or a sound: a reader could not tell them apart.

    >>> check_one_to_one(SYMBOLS.values())
    >>> check_one_to_one([*SYMBOLS.values(), letter("omega", "plain", "a frequency", look="w", spoken="omega")])
    Traceback (most recent call last):
        ...
    ValueError: expected one look for each symbol; 'w' and 'omega' both look like 'w' (plain). Give one another letter.
    """
    symbols = list(symbols)
    for way in ("name", "plain", "spoken", "latex", "typst"):
        seen: dict[str, str] = {}
        for symbol in symbols:
            look = unicodedata.normalize("NFKC", getattr(symbol, way))
            if look in seen:
                message = (
                    f"expected one look for each symbol; {seen[look]!r} and {symbol.name!r} both look like {look!r} "
                    f"({way}). Give one another letter."
                )
                raise ValueError(message)
            seen[look] = symbol.name
