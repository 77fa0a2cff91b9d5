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
    upright: bool = False  # a name of several letters
    called: bool = False  # a function


def letter(  # noqa: PLR0913 - a symbol has that many looks
    name: str, kind: str, meaning: str, *, look: str = "", spoken: str = "", latex: str = "", typst: str = ""
) -> Symbol:
    """Return a symbol of one letter."""
    look = look or name
    typst = typst or (look if look.isascii() else name)
    return Symbol(name, look, spoken or look, kind, meaning, latex or look, typst)


def function(name: str, look: str, spoken: str, meaning: str) -> Symbol:
    """Return a function that is written with its name, upright."""
    latex, typst = rf"\operatorname{{{look}}}", f'op("{look}")'
    return Symbol(name, look, spoken, "plain", meaning, latex, typst, upright=True, called=True)


def word(name: str, meaning: str, *, look: str = "", kind: str = "plain") -> Symbol:
    """Return a symbol of several letters: what a sum runs over, or a number with a name."""
    look = look or name
    latex, typst = rf"\mathrm{{{look}}}", f'upright("{look}")'
    return Symbol(name, look, look, kind, meaning, latex, typst, upright=True)


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


def indexed(symbol: Symbol, indices: tuple[str, ...]) -> Symbol:
    """Return a symbol with indices; a derivative is given to `derivative` with indices in place.

    >>> indexed(SYMBOLS["z"], ("h1",)).plain, indexed(SYMBOLS["z"], ("h1",)).spoken
    ('z[h1]', 'z of h1,')
    """
    below = ",".join(indices)
    return Symbol(
        f"{symbol.name}[{below}]",
        f"{symbol.plain}[{below}]",
        f"{symbol.spoken} of {' and '.join(indices)},",
        symbol.kind,
        f"{symbol.meaning}; here of {' and '.join(indices)}",
        f"{symbol.latex}_{{{_index(below, _LATEX, chr(92) + 'mathrm{', '}')}}}",
        f"{symbol.typst}_({_index(below, _TYPST, chr(34), chr(34))})",
    )


_LATEX = {
    "\\": r"\backslash ", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "^": r"\hat{\ }", "_": r"\_",
    "%": r"\%", "~": r"\sim ", " ": r"\ ",
}  # fmt: skip
_TYPST = {"\\": "\\\\", '"': '\\"'}


def _index(text: str, escapes: dict[str, str], before: str, behind: str) -> str:
    """Return an index in print: of one letter as a variable, else upright, with the signs of the language escaped."""
    if len(text) == 1 and text.isalpha() and text.isascii():
        return text
    return before + "".join(escapes.get(sign, sign) for sign in text) + behind


ACTIVATIONS = (
    "identity", "logistic", "relu", "leaky_relu", "elu", "softplus", "gelu", "step", "softmax", "product",
)  # fmt: skip
TOGETHER = ("softmax", "product")  # activations of several net inputs
ERRORS = ("absolute", "squared", "half_squared", "mean_squared", "cross_entropy", "binary_cross_entropy")
SYMBOLS: dict[str, Symbol] = {
    symbol.name: symbol
    for symbol in (
        letter("x", "value", "input: the number that comes in"),
        letter("w", "weight", "weight of an edge: a number that learns"),
        letter("b", "weight", "bias: what a neuron adds to what it receives"),
        letter("z", "value", "net input: what a neuron receives"),
        letter("a", "value", "activation: what a neuron gives"),
        letter("t", "target", "target: what a neuron should give"),
        letter("E", "error", "error: how far the activation lies from the target"),
        letter("u", "plain", "any number, or any formula"),
        letter("v", "weight", "any weight or bias"),
        letter("m", "plain", "the largest net input of a softmax"),
        letter("y", "plain", "a number on the way"),
        letter("r", "plain", "the rest of a number"),
        letter(
            "eta", "rate", "learning rate: how large a step one update takes", look="η", spoken="eta", latex=r"\eta"
        ),
        letter("g", "slope", "slope dE/dv of a weight or bias, as its step takes it"),
        *(
            letter(name, "plain", meaning, spoken=f"capital {name}")
            for name, meaning in {
                "M": "what a step keeps of earlier slopes",
                "S": "what a step keeps of the squares of earlier slopes",
                "R": "squares of some slopes, added",
                "N": "how long all slopes are together",
                "F": "what all slopes are multiplied by",
                "K": "after so many a schedule is over",
            }.items()
        ),
        letter("n", "plain", "how many steps, epochs or batches"),
        *(
            letter(name, kind, meaning, look=look, spoken=spoken, latex=latex, typst=typst)
            for name, kind, meaning, look, spoken, latex, typst in (
                ("beta", "rate", "how much a step keeps", "β", "beta", r"\beta", "beta"),
                ("beta1", "rate", "how much a step keeps of slopes", "β₁", "beta one", r"\beta_1", "beta_1"),
                ("beta2", "rate", "how much a step keeps of squares", "β₂", "beta two", r"\beta_2", "beta_2"),
                ("C1", "plain", "correction of what is kept of slopes", "C₁", "capital C one", "C_1", "C_1"),
                ("C2", "plain", "correction of what is kept of squares", "C₂", "capital C two", "C_2", "C_2"),
                ("epsilon", "rate", "keeps a divisor off 0", "ε", "epsilon", r"\varepsilon", "epsilon"),
                ("decay", "rate", "how strongly weights are drawn to 0", "λ", "lambda", r"\lambda", "lambda"),
                ("limit", "rate", "the largest slope, or the largest of all together", "c", "c", "c", "c"),
                ("gamma", "rate", "what is left of a learning rate", "γ", "gamma", r"\gamma", "gamma"),
                ("lowest", "rate", "the smallest learning rate", "η₀", "eta naught", r"\eta_0", "eta_0"),
                ("PI", "plain", "half the way around a circle of radius 1", "π", "pi", r"\pi", "pi"),
            )
        ),
        letter("delta", "slope", "slope dE/dz of a neuron", look="δ", spoken="delta", latex=r"\delta"),
        *(
            letter(name, "plain", meaning)
            for name, meaning in {
                "i": "a source: an input or a neuron",
                "j": "a neuron",
                "k": "a net input",
                "o": "an output",
                "p": "the name of a weight",
                "q": "the name of a bias",
                "s": "a sample",
            }.items()
        ),
        letter(
            "DENSITY",
            "plain",
            "1/√(2π): height of the normal distribution",
            look="φ₀",
            spoken="phi naught",
            latex=r"\varphi_0",
            typst="phi.alt_0",
        ),
        letter(
            "SQRT_HALF",
            "plain",
            "√½: the square root of one half",
            look="√½",
            spoken="root of one half",
            latex=r"\sqrt{\tfrac12}",
            typst="sqrt(1/2)",
        ),
        letter(
            "dots", "plain", "terms that are left out", look="⋯", spoken="and more", latex=r"\cdots", typst="dots.c"
        ),
        word("TINY", "the smallest normal float", look="tiny"),
        word("new", "the weights after an update"),
        word("mean", "the mean over a batch"),
        word("error", "the name of an error"),
        word("graph", "the network"),
        word("group", "neurons that are computed together"),
        word("order", "all groups, each after those that feed it"),
        word("edges", "the edges that lead to a net input"),
        word("targets", "the edges that leave a source"),
        word("uses", "the edges that have a weight"),
        word("biased", "the net inputs that have a bias"),
        word("bias", "the name of the bias of a net input"),
        word("outputs", "the outputs"),
        word("together", "the net inputs of a group"),
        word("neurons", "the neurons of a group"),
        word("net_inputs", "the net inputs of a group", look="netinputs"),
        word("learning", "the weights that learn"),
        word("slopes", "the slopes of each sample"),
        word("feed_forward", "feed forward", look="feedforward"),
        word("backpropagate", "backpropagate"),
        word("update", "the parameters after an update"),
        word("first", "the share of the learning rate to begin with"),
        word("last", "the share of the learning rate to end with"),
        function("sign", "sgn", "the sign", "sign of a number: 1, 0 or −1"),
        function("exp", "exp", "e to the power", "e to the power u"),
        function("log", "ln", "the natural logarithm", "natural logarithm"),
        function("tanh", "tanh", "the hyperbolic tangent", "hyperbolic tangent"),
        function("sin", "sin", "the sine", "sine"),
        function("cos", "cos", "the cosine", "cosine"),
        function("erf", "erf", "the error function", "error function of the normal distribution"),
        function("sqrt", "sqrt", "the square root", "square root"),
        function("power", "pow", "the power", "one number to the power of another"),
        function("correction", "corr", "the correction", "what a mean that began at 0 has gathered"),
        function("exponential", "expo", "the exponential schedule", "the rate, falling by equal shares"),
        function("cosine", "cosine", "the cosine schedule", "the rate, falling along a cosine"),
        function("linear", "linear", "the linear schedule", "the rate, changing in equal steps"),
        function("max", "max", "the larger", "the larger of two numbers"),
        function("len", "count", "the count", "how many there are"),
        function("net_input", "net", "the net input", "weighted sum and bias"),
        function("activation", "act", "the activation", "activation of a neuron"),
        function("slope", "slope", "the slope", "slope of an activation"),
        function("own_slope", "own", "the own slope", "slope of the error for one activation"),
        *(
            function(name, name.replace("_slope", "′").replace("_", ""), name.replace("_", " "), meaning)
            for name, meaning in (
                *((f, "an activation") for f in ACTIVATIONS),
                *((f"{f}_slope", "slope of an activation") for f in (*ACTIVATIONS, "tanh")),
                *((f, "an error") for f in ERRORS),
                *((f"{f}_slope", "slope of an error") for f in ERRORS),
                ("square", "a number times itself"),
            )
        ),
    )
}
ONE_NUMBER = (  # functions of one number
    "abs", "square", "sign", "exp", "log", "tanh", "sin", "cos", "erf", "sqrt", "tanh_slope",
    *(f for f in ACTIVATIONS if f not in TOGETHER), *(f"{f}_slope" for f in ACTIVATIONS if f not in TOGETHER),
)  # fmt: skip
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
