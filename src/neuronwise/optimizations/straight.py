"""Straight-line code: for a tiny network every formula is written out, and runs as it stands.

Idea         a loop over edges asks at each edge which comes next. Where edges are few they are written down once: no
             loop, no list, a name for each number.
Allowed      always: the formulas are those of `necessary`, added in its order, so the bits are the same.
Costs        text as long as the network: for a few hundred edges, not more.
Differs from `necessary`: sums are written out; a neuron's activation and slope are computed together, and so are
neurons of one level and one activation: they stand side by side.
Label        optimization: test_the_text_is_plain_python_with_the_bits_of_necessary

The text can be read, it runs as plain Python, and that very text is what `epochs` compiles.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from textwrap import wrap
from typing import Any

from neuronwise.wiring import KINDS, Wiring

WIDTH = 100  # of a line of the text
TURNED, WHOLE = ("cross_entropy", "binary_cross_entropy"), ("relu", "step")


class Named:
    """The names in the text. They come from numbers alone: i1 is an input, h1 a neuron, o1 one that is an output."""

    def __init__(self, wiring: Wiring) -> None:
        inside = iter(range(1, wiring.neurons + 1))
        place = {int(j): n for n, j in enumerate(wiring.outputs, start=1)}
        self.inputs = [f"i{n}" for n in range(1, wiring.inputs + 1)]
        self.neurons = [f"o{place[j]}" if j in place else f"h{next(inside)}" for j in range(wiring.neurons)]
        self.outputs = [self.neurons[j] for j in wiring.outputs]
        self.group: list[int] = wiring.group.tolist()
        self.kind = [KINDS[kind] for kind in wiring.kind]
        self.sums = [_factors(j, kind) for j, kind in zip(self.neurons, self.kind, strict=True)]
        self.edges = self._edges(wiring)  # net input -> its edges: source, weight
        self.bias = dict(zip(self.edges, _shared(self.edges, wiring.bias.tolist()), strict=True))
        self.weights = _ordered(self._weight_of, wiring.weights)
        self.biases = _ordered(
            zip(_places(wiring.bias.tolist(), self.bias), self.bias.values(), strict=True), wiring.biases
        )

    def _edges(self, wiring: Wiring) -> dict[str, list[tuple[str, str]]]:
        names, every = [*self.inputs, *self.neurons], [k for sums in self.sums for k in sums]
        bounds = zip(every, wiring.start, wiring.start[1:], strict=False)
        edges = [(names[wiring.source[e]], k) for k, start, end in bounds for e in range(start, end)]
        own = _shared((f"{i}_{k}" for i, k in edges), wiring.weight.tolist())
        self._weight_of = list(zip(_places(wiring.weight.tolist(), own), own, strict=True))
        found: dict[str, list[tuple[str, str]]] = {k: [] for k in every}
        for (i, k), p in zip(edges, own, strict=True):
            found[k].append((i, p))
        return found

    @cached_property
    def together(self) -> list[list[int]]:
        """Neurons that are computed side by side: of one level and one activation, or of one softmax."""
        level = self.levels()
        keys = [(level[j], self.kind[j], self.group[j]) for j in range(len(self.neurons))]
        return [[j for j, key in enumerate(keys) if key == one] for one in sorted(set(keys))]

    def levels(self) -> list[int]:
        """How many neurons stand before each, one after the other."""
        number = {j: n for n, j in enumerate(self.neurons)}
        before = [[number[i] for k in sums for i, _ in self.edges[k] if i in number] for sums in self.sums]
        level = [0] * len(before)
        for _ in range(len(before) + 1):
            new = [max((level[i] + 1 for i in sources), default=0) for sources in before]
            alike = {g: max(n for n, h in zip(new, self.group, strict=True) if h == g) for g in set(self.group)}
            new = [n if g < 0 else alike[g] for n, g in zip(new, self.group, strict=True)]
            if new == level:
                return level
            level = new
        message = "expected edges of one step without a circle"
        raise ValueError(message)


def _factors(j: str, kind: str) -> list[str]:
    return [f"{j}_1", f"{j}_2"] if kind == "product" else [j]


def _places(column: Sequence[int], names: Iterable[str]) -> list[int]:
    return list(column) if column else list(range(len(list(names))))


def _shared(names: Iterable[str], column: Sequence[int]) -> list[str]:
    """Names of weights: what is shared is named after its first use, and none like another."""
    first: dict[int, str] = {}
    every = list(names)
    for place, name in zip(_places(column, every), every, strict=True):
        taken = place not in first and name in first.values()
        first.setdefault(place, f"{name}_{place}" if taken else name)
    return [first[place] for place in _places(column, every)]


def _ordered(used: Iterable[tuple[int, str]], count: int) -> list[str]:
    """The names of all places in order; one that no edge uses has a name as well."""
    name = dict(used)
    return [name.get(n, f"unused_{n + 1}") for n in range(count)]


def written(wiring: Wiring, error: str, learning: Sequence[bool] = ()) -> str:
    """The text: three functions of plain Python. `learning`: which parameters learn; empty: all do.

    >>> from neuronwise.necessary.graph import Edge, NetInput, Neuron
    >>> from neuronwise.wiring import columns
    >>> o = Neuron("x", (NetInput("x", (Edge("u", "p"), Edge("v", "q")), "b"),), "logistic")
    >>> print(written(columns([o], ["u", "v"], ["x"], ["p", "q"], ["b"]), "half_squared"))
    def feed_forward(w, b, a):
        (w_i1_o1, w_i2_o1) = w
        (b_o1,) = b
        (a_i1, a_i2) = a
        z_o1 = w_i1_o1 * a_i1 + w_i2_o1 * a_i2 + b_o1
        a_o1, da_dz_o1 = logistic(z_o1)
        return (a_o1,)
    <BLANKLINE>
    <BLANKLINE>
    def backpropagate(w, b, a, t):
        (w_i1_o1, w_i2_o1) = w
        (b_o1,) = b
        (a_i1, a_i2) = a
        (t_o1,) = t
        z_o1 = w_i1_o1 * a_i1 + w_i2_o1 * a_i2 + b_o1
        a_o1, da_dz_o1 = logistic(z_o1)
        E_o1, own_o1 = half_squared(t_o1, a_o1)
        E = E_o1
        dE_da_o1 = own_o1 + 0
        dE_dz_o1 = dE_da_o1 * da_dz_o1
        dE_dw_i1_o1 = dE_dz_o1 * a_i1
        dE_dw_i2_o1 = dE_dz_o1 * a_i2
        dE_db_o1 = dE_dz_o1
        return E, (dE_dw_i1_o1, dE_dw_i2_o1), (dE_db_o1,)
    <BLANKLINE>
    <BLANKLINE>
    def update(eta, w, b, dE_dw, dE_db):
        (w_i1_o1, w_i2_o1) = w
        (b_o1,) = b
        (dE_dw_i1_o1, dE_dw_i2_o1) = dE_dw
        (dE_db_o1,) = dE_db
        w_i1_o1 = w_i1_o1 - eta * dE_dw_i1_o1
        w_i2_o1 = w_i2_o1 - eta * dE_dw_i2_o1
        b_o1 = b_o1 - eta * dE_db_o1
        return (w_i1_o1, w_i2_o1), (b_o1,)
    """
    return Writer(Named(wiring), error, learning).text()


class Writer:
    """Writes the formulas of a network, one a line."""

    def __init__(self, names: Named, error: str, learning: Sequence[bool]) -> None:
        self.names, self.error, self.learning = names, error, learning

    def text(self) -> str:
        """Everything."""
        names = self.names
        given = [("w", names.weights, "w"), ("b", names.biases, "b"), ("a", names.inputs, "a")]
        slopes = [("dE_dw", names.weights, "dE_dw"), ("dE_db", names.biases, "dE_db")]
        forward = list(self.forward())
        back = [*forward, *self.error_lines(), *self.back(), *self.slopes()]
        return "\n\n\n".join(
            (
                _function("feed_forward", given, forward, _row("a", names.outputs)),
                _function(
                    "backpropagate",
                    [*given, ("t", names.outputs, "t")],
                    back,
                    f"E, {_row('dE_dw', names.weights)}, {_row('dE_db', names.biases)}",
                ),
                _function(
                    "update",
                    [("eta", [], ""), *given[:2], *slopes],
                    self.steps(),
                    f"{_row('w', names.weights)}, {_row('b', names.biases)}",
                ),
            )
        )

    # ------------------------------------------------------------------------------------------- forward
    def forward(self) -> Iterator[str]:
        """z_k = Σ w·a over its edges, + b;  a_j = f(z)."""
        for together in self.names.together:
            kind, members = self.names.kind[together[0]], [self.names.neurons[j] for j in together]
            for k in (k for j in together for k in self.names.sums[j]):
                edges = " + ".join(f"w_{p} * a_{i}" for i, p in self.names.edges[k])
                yield f"z_{k} = {edges or 0} + b_{self.names.bias[k]}"
            if kind == "softmax":
                yield from _softmax(members)
            elif kind == "product":
                yield from (f"a_{j} = z_{j}_1 * z_{j}_2" for j in members)
            else:
                results = ", ".join(f"a_{j}, da_dz_{j}" for j in members)
                yield f"{results} = {kind}({', '.join(f'z_{j}' for j in members)})"

    def error_lines(self) -> Iterator[str]:
        """E of one sample, and its own slope for each output."""
        outputs = self.names.outputs
        terms = " + ".join(f"E_{o}" for o in outputs)
        pairs = ", ".join(f"t_{o}, a_{o}" for o in outputs)
        yield f"{', '.join(f'E_{o}, own_{o}' for o in outputs)} = {self.error}({pairs})"
        if self.error == "mean_squared":
            yield f"E = ({terms}) / {len(outputs)}"
            yield from (f"own_{o} = own_{o} / {len(outputs)}" for o in outputs)
        else:
            yield f"E = 0 - ({terms})" if self.error in TURNED else f"E = {terms}"

    # ------------------------------------------------------------------------------------------ backward
    def back(self) -> Iterator[str]:
        """dE/da = the error's own slope + Σ dE/dz·w over the edges that leave;  dE/dz = dE/da·f'(z)."""
        leaving = {i: [(k, p) for k, edges in self.names.edges.items() for j, p in edges if j == i]
                   for i in self.names.neurons}  # fmt: skip
        for together in reversed(self.names.together):
            members = [self.names.neurons[j] for j in together]
            for j in members:
                own = f"own_{j}" if j in self.names.outputs else "0"
                terms = " + ".join(f"dE_dz_{k} * w_{p}" for k, p in leaving[j])
                yield f"dE_da_{j} = {own} + {f'({terms})' if terms else 0}"
            kind = self.names.kind[together[0]]
            if kind == "softmax":
                yield from _softmax_back(members)
            elif kind == "product":
                yield from (f"dE_dz_{j}_{n} = dE_da_{j} * z_{j}_{3 - n}" for j in members for n in (1, 2))
            else:
                yield from (f"dE_dz_{j} = dE_da_{j} * da_dz_{j}{self.whole(kind, leaving[j])}" for j in members)

    def whole(self, kind: str, leaving: Sequence[Any]) -> str:
        """What makes 0 of −0 where `necessary` multiplies whole numbers, which have no −0."""
        return " + 0" if kind in WHOLE and self.error == "absolute" and not leaving else ""

    def slopes(self) -> Iterator[str]:
        """dE/dw = Σ dE/dz·a over the edges that have this weight;  dE/db = Σ dE/dz."""
        uses = {p: [(k, i) for k, edges in self.names.edges.items() for i, q in edges if q == p]
                for p in self.names.weights}  # fmt: skip
        for p in self.names.weights:
            yield f"dE_dw_{p} = {' + '.join(f'dE_dz_{k} * a_{i}' for k, i in uses[p]) or 0}"
        for q in self.names.biases:
            yield f"dE_db_{q} = {' + '.join(f'dE_dz_{k}' for k, r in self.names.bias.items() if r == q) or 0}"

    def steps(self) -> Iterator[str]:
        """Learn: v ← v − η·dE/dv, of all that learns."""
        every = [f"w_{p}" for p in self.names.weights] + [f"b_{q}" for q in self.names.biases]
        for n, v in enumerate(every):
            if not len(self.learning) or self.learning[n]:
                yield f"{v} = {v} - eta * dE_d{v}"


def _softmax(members: Sequence[str]) -> Iterator[str]:
    """Shares: a = e^(z − m) / Σ e^(z − m), m the largest z."""
    first, sums = members[0], ", ".join(f"z_{j}" for j in members)
    yield f"m_{first} = max({sums})" if len(members) > 1 else f"m_{first} = {sums}"
    yield f"{_row('e', members)} = exp({', '.join(f'z_{j} - m_{first}' for j in members)})"
    yield f"e = {' + '.join(f'e_{j}' for j in members)}"
    yield from (f"a_{j} = e_{j} / e" for j in members)


def _softmax_back(members: Sequence[str]) -> Iterator[str]:
    """dE/dz_k = Σ dE/da_j·a_j·(1 − a_k if j = k, 0 − a_k otherwise)."""
    for k in members:
        terms = (f"dE_da_{j} * (a_{j} * ({int(j == k)} - a_{k}))" for j in members)
        yield f"dE_dz_{k} = {' + '.join(terms)}"


def _row(letter: str, names: Sequence[str]) -> str:
    """A row of names: `(a_o1, a_o2)`."""
    return f"({', '.join(f'{letter}_{name}' for name in names)}{',' * (len(names) == 1)})"


def _function(name: str, given: Sequence[tuple[str, Sequence[str], str]], lines: Iterable[str], result: str) -> str:
    """A function that takes rows apart, and then goes straight down."""
    head = f"def {name}({', '.join(row for row, _, _ in given)}):"
    taken = (f"{_row(letter, names)} = {row}" for row, names, letter in given if names)
    return "\n    ".join((head, *map(_folded, (*taken, *lines)), f"return {_side(result)}"))


def _folded(line: str) -> str:
    """A line; a long one is folded within parentheses."""
    return line if len(line) <= WIDTH else " = ".join(map(_side, line.split(" = ")))


def _side(text: str) -> str:
    """One side of a line."""
    lines = wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    return text if len(lines) == 1 else "\n        ".join(("(", *lines)) + "\n    )"
