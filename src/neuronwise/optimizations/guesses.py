"""Guess, go on, check: the next formulas run on a guess of eᵘ while eᵘ itself is still being computed.

Idea         learning sample by sample is one long chain: each step waits for the step before, and most of a step waits
             for eᵘ, some forty operations in a row. A table leads to it in a third of them, and to the same float 98
             times of 100. So the chain goes on from there; eᵘ itself is computed beside it and compared, when it
             comes; a step that went on from a wrong guess is done again.
Allowed      always: nothing is kept unless each guess in it was found to be the very float of `exp`.
Costs        the work of every eᵘ twice. It pays where a processor would wait: in small networks, one sample a step.
Differs from the text: in nothing that is kept.
Label        optimization: test_where_a_guess_is_wrong_the_step_is_done_again
"""

import ast
from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

from llvmlite import ir

from neuronwise.necessary.elementary import ROUND, exp
from neuronwise.optimizations.lanes import BIT, INT, Lanes, Value
from neuronwise.optimizations.registers import KNOWN, WIDE, Beside, Registers

ALONE = 4  # neurons that are guessed each on its own
PLACES = 128  # of the table of 2^(k/128)
FIFTH = 1 / 120, 1 / 24, 1 / 6, 1 / 2  # 1/5!, 1/4!, 1/3!, 1/2!
GUESSED = {KNOWN["logistic"]: 1, KNOWN["elu"]: 2, KNOWN["exp"]: 1}  # what needs eᵘ alone; how many results it decides


def in_two(number: Decimal) -> tuple[float, Decimal]:
    """A number as a float, and what the float lacks."""
    return float(number), number - Decimal(float(number))


def table() -> list[tuple[float, float]]:
    """2^(k/128): a float, and what it lacks, as a share of it."""
    with localcontext(prec=50):
        parts = [in_two(Decimal(2) ** (Decimal(k) / PLACES)) for k in range(PLACES)]
        return [(value, float(rest / Decimal(value))) for value, rest in parts]


def step() -> tuple[float, float]:
    """The number ln 2/128: a float, and what it lacks.

    >>> step()
    (0.0054152123481245725, 1.8117553233174215e-19)
    """
    with localcontext(prec=50):
        value, rest = in_two(Decimal(2).ln() / PLACES)
        return value, float(rest)


class Guessing(Lanes):
    """Lanes that guess eᵘ."""

    def called(self, function: Any, given: list[Value], named: dict[str, Value]) -> Value:
        """Return what a call gives."""
        return self.power(given[0]) if function is exp else super().called(function, given, named)

    def power(self, u: ir.Value) -> ir.Value:
        """Guess: u = k·ln 2/128 + r,  eᵘ = 2^(k/128)·(1 + r + r²/2! + … + r⁵/5!)."""
        build, (width, lack), (fifth, fourth, third, half) = self.build, step(), map(self.number, FIFTH)
        shifted = self.fused(u, self.number(1 / width), self.number(ROUND))
        k = build.fsub(shifted, self.number(ROUND))
        scale, rest = self.looked_up(build.bitcast(shifted, self.longs))
        r = self.fused(k, self.number(-width), u)
        line = build.fadd(build.fadd(r, build.fmul(k, self.number(-lack))), rest)
        square = build.fmul(r, r)
        bend = self.fused(square, self.fused(r, fifth, fourth), self.fused(r, third, half))
        return build.fadd(scale, self.fused(build.fmul(scale, square), bend, build.fmul(scale, line)))

    def looked_up(self, bits: ir.Value) -> tuple[ir.Value, ir.Value]:
        """2^(k/128), and what it lacks: the last bits of k say where in the table, the others are the exponent."""
        build = self.build
        place = build.and_(bits, self.spread(PLACES - 1))
        value, rest = self.gathered(table(), [build.extract_element(place, INT(n)) for n in range(self.lanes)])
        exponent = build.shl(build.sub(bits, place), self.spread(52 - PLACES.bit_length() + 1))
        return build.bitcast(build.add(build.bitcast(value, self.longs), exponent), self.numbers), rest

    def fused(self, u: ir.Value, v: ir.Value, w: ir.Value) -> ir.Value:
        """u·v + w, rounded once."""
        return self.intrinsic("fma", u, v, w)


class Group(NamedTuple):
    """Neurons that were guessed together: whether all guesses are right, and what the function gives for each."""

    right: ir.Value
    results: list[tuple[ir.Value, ...]]


class Guesser(Registers):
    """Writes a text that goes on from guesses, and the check of all of them; the first groups may be known."""

    def __init__(self, build: ir.IRBuilder, known: Sequence[Sequence[Any]] = (), *, guess: bool = True) -> None:
        super().__init__(build)
        self.known, self.guess, self.groups = list(known), guess, 0
        self.guesses: list[tuple[int, Beside, Sequence[ir.Value], tuple[ir.Value, ...]]] = []  # group, function, z, …

    def beside(self, function: Beside, neurons: Sequence[Sequence[ir.Value]]) -> list[tuple[ir.Value, ...]]:
        """Return guesses for some neurons: two are quicker each on its own than joined into lanes and parted again."""
        if function not in GUESSED or not self.guess:
            return super().beside(function, neurons)
        if self.known:
            return list(self.known.pop(0))
        pieces = [neurons] if len(neurons) > ALONE else [[given] for given in neurons]
        found = [neuron for piece in pieces for neuron in self.computed(Guessing, function, piece)]
        self.guesses += [(self.groups, function, *pair) for pair in zip(neurons, found, strict=True)]
        self.groups += 1
        return found

    def checked(self) -> list[Group]:
        """Return what all guesses should have been; as many as fit are computed in one vector."""
        groups = [Group(ir.Constant(BIT, 1), []) for _ in range(self.groups)]
        for function in GUESSED:
            guesses = [guess for guess in self.guesses if guess[1] is function]
            for n in range(0, len(guesses), WIDE):
                self.check(function, guesses[n : n + WIDE], groups)
        return groups

    def check(self, function: Beside, guesses: Sequence[Any], groups: list[Group]) -> None:
        """Compare some guesses with what a function gives, and tell it to their groups."""
        of_group, _, neurons, found = zip(*guesses, strict=True)
        exact = self.computed(Lanes, function, neurons)
        lanes, decide = Lanes(self.build, 1 << (len(guesses) - 1).bit_length()), GUESSED[function]
        same = ir.Constant(lanes.bits, [1] * lanes.lanes)
        for u, v in list(zip(zip(*exact, strict=True), zip(*found, strict=True), strict=True))[:decide]:
            equal = self.build.fcmp_ordered("==", self.joined(u, lanes), self.joined(v, lanes))
            same = self.build.and_(same, equal)
        bits = self.build.bitcast(same, ir.IntType(lanes.lanes))
        for g in dict.fromkeys(of_group):
            own = ir.Constant(bits.type, sum(1 << n for n, group in enumerate(of_group) if group == g))
            right = self.build.icmp_unsigned("==", self.build.and_(bits, own), own)
            results = [neuron for neuron, group in zip(exact, of_group, strict=True) if group == g]
            groups[g] = Group(self.build.and_(groups[g].right, right), groups[g].results + results)


def guessed(tree: ast.FunctionDef) -> Iterator[int]:
    """How many neurons there are in each group of a text that would be guessed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and KNOWN.get(node.func.id) in GUESSED:
            for n in range(0, len(node.args), WIDE):
                yield min(WIDE, len(node.args) - n)
