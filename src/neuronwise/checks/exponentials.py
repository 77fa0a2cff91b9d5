"""A world in which e^(u + v) = e^u·e^v: whole numbers modulo a chain of primes, for answers written in another way.

In the field of worlds.py e^u is a random number for each u: 1/(1 + e⁻ᶻ) and eᶻ/(eᶻ + 1) are the same there, but
tanh z and 2σ(2z) − 1 are not. Here e^u is 4^u. Modulo a prime p = 2q + 1 the powers of 4 repeat after q, a prime too:
so the exponent is computed modulo q, and is exact. q is again such a prime, and so on: what stands in an exponent
follows the same law, four exponentials deep. Below that an exponential is a random number for each u.

    numbers     one whole number modulo the product of all primes holds a remainder for each: + − · act on all at once
    sgn u       1 or −1: whether u is a square modulo p. So sgn(u·v) = sgn(u)·sgn(v), sgn(−u) = −sgn(u), sgn e^u = 1
    u > v       sgn(u − v) = 1: both cases of a formula are met, at one point or another
    tanh u      (e^2u − 1)/(e^2u + 1);   sin, cos, erf: what worlds.py knows of them
    ln u        any number, but ln 1 = 0, ln(1/v) = −ln v and ln(v·e^u) = ln v + u for every v and e^u met before

Each prime is one less than a multiple of 4 and of every prime below 100: then those are squares, as positive numbers
should be. What is equal here is equal for all numbers but those for which it has no value, or where u = v.
"""

import hashlib
import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise

from neuronwise.checks.meaning import Meaning, MeaningError, Meanings
from neuronwise.checks.worlds import NoValueError
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.tree import Node

FIRST = 11405 * 4 * 2305567963945518424753102147331756070 - 1  # the last factor: all primes below 100, multiplied
PRIMES: tuple[int, ...] = tuple(2**n * (FIRST + 1) - 1 for n in range(5))  # each twice the one before, and 1
ALL = math.prod(PRIMES)
SHARES = tuple(ALL // p * pow(ALL // p, -1, p) for p in PRIMES)  # 1 modulo one of the primes, 0 modulo the others
TOP = PRIMES[-1]
POINTS, MANY = 2, 100  # at which formulas are compared; where signs decide, at many
FUNCTIONS = ("exp", "log", "tanh", "sin", "cos", "erf", "sign", "abs")


class Exponentials:
    """Random numbers for names, in which exponentials keep their laws.

    >>> world = Exponentials(1)
    >>> u, v = world.root("u"), world.root("v")
    >>> world.called("exp", u + v) % TOP == world.called("exp", u) * world.called("exp", v) % TOP
    True
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.signs = False  # whether a sign was asked for: then one point shows only one case
        self.logarithms = {1: 0}  # v modulo the largest prime -> ln v
        self.divisors = {1: 0}  # 1/e^u modulo the largest prime -> u

    def drawn(self, *key: object) -> int:
        """Return the number that belongs to a key: any but 0, for each prime."""
        lot = hashlib.blake2b(repr((self.seed, *key)).encode(), digest_size=64).digest()
        return int.from_bytes(lot, "big") % (ALL - 1) + 1

    def number(self, text: str) -> int:
        """Return a literal, as it is written: 0.25 is 25/100."""
        fraction = Fraction(text)
        return self.over(fraction.numerator, fraction.denominator)

    def root(self, text: str) -> int:
        """Return any number; √½ is one whose square is ½."""
        if text == "SQRT_HALF":
            return joined(pow((p + 1) // 2, (p + 1) // 4, p) for p in PRIMES)
        return self.drawn("root", text)

    def reduced(self, u: int) -> int:
        """Return the remainder."""
        return u % ALL

    def over(self, u: int, v: int) -> int:
        """Return the number that, times v, is u."""
        if math.gcd(v, ALL) != 1:
            message = "expected a divisor that is not 0"
            raise NoValueError(message)
        return u * pow(v, -1, ALL) % ALL

    def called(self, function: str, u: int) -> int:
        """Return the value of a function."""
        if function not in FUNCTIONS:
            message = f"expected a known function; got {function}"
            raise NoValueError(message)
        match function:
            case "exp":
                above = (pow(4, u % q, p) for q, p in pairwise(PRIMES))
                value = joined([self.opaque("exp", u % FIRST, FIRST), *above])
                self.divisors |= {pow(value, -1, TOP): u, value % TOP: -u}
                return value
            case "log":
                return self.logarithm(u)
            case "tanh":
                twice = self.called("exp", 2 * u)
                return self.over(twice - 1, twice + 1)
            case "abs":
                return u * self.called("sign", u) % ALL
        return joined(self.opaque(function, u % p, p) for p in PRIMES)

    def logarithm(self, u: int) -> int:
        """Return ln u: any number, if nothing is known of it."""
        v = u % TOP
        if v not in self.logarithms:
            ways = ((v, 1), (pow(v, -1, TOP), -1)) if v else ()
            self.logarithms[v] = next(
                (
                    sign * (self.logarithms[rest] + k) % ALL
                    for w, sign in ways
                    for divisor, k in self.divisors.items()
                    if (rest := w * divisor % TOP) in self.logarithms
                ),
                self.drawn("log", v),
            )
        return self.logarithms[v]

    def opaque(self, function: str, u: int, p: int) -> int:
        """Return the value of a function modulo one prime: any that keeps what is known of it."""
        if function == "sign":
            self.signs = True
            return pow(u, (p - 1) // 2, p)
        left, v = u > p // 2, min(u, p - u)
        if function == "exp":
            return 1 if u == 0 else pow(self.drawn("exp", p, v), -1 if left else 1, p)
        if function == "erf":
            return 0 if u == 0 else self.drawn("erf", p, v) * (-1 if left else 1)
        t = self.drawn("tan of half", p, v) * (-1 if left else 1) if u else 0
        return (2 * t if function == "sin" else 1 - t * t) * pow(1 + t * t, -1, p)

    def chosen(self, u: int, v: int, then: Callable[[], int], otherwise: Callable[[], int]) -> int:
        """Return what holds if u − v counts as greater than 0; all but 0 is greater than TINY."""
        if v == self.root("TINY"):
            return then()
        self.signs = True
        holds = joined(pow(u - v, (p - 1) // 2, p) == 1 for p in PRIMES)
        return (holds * then() + (1 - holds) * otherwise()) % ALL


def joined(remainders: Iterable[int]) -> int:
    """Return the whole number that has these remainders, one for each prime.

    >>> joined([1, 2, 3, 4, 5]) % PRIMES[2]
    3
    """
    return sum(r * share for r, share in zip(remainders, SHARES, strict=True)) % ALL


class Equality:
    """Random points of one set of definitions, at which answers are compared: in the field, then with exponentials.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> equality = Equality(Definitions({"a": read_plain("1/(1 + exp(-z))")}))
    >>> equality.same(read_plain("tanh(z)"), read_plain("2/(1 + exp(-2*z)) - 1"))
    True
    >>> equality.same(read_plain("a*(1 - a)"), read_plain("exp(-z)/(1 + exp(-z))^2"))
    True
    >>> equality.same(read_plain("a*(1 - a)"), read_plain("exp(-z)/(1 + exp(-z))"))
    False
    """

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.field = Meanings(definitions)
        self.points: list[Meaning[int]] = []

    def same(self, a: Node, b: Node) -> bool:
        """Tell whether two formulas mean the same, whatever the numbers.

        Errors   MeaningError: a formula without a value at any point, such as x/(w − w)
        """
        return self.field.same(a, b) or self.same_exponentials(a, b)

    def same_exponentials(self, a: Node, b: Node) -> bool:
        """Tell whether two formulas are equal where exponentials keep their laws."""
        compared, most = 0, POINTS
        for n in range(MANY):
            if n == most:
                break
            point = self.point(n)
            with suppress(MeaningError):  # 1/relu(z) has no value at half of the points
                if (point.value(a) - point.value(b)) % TOP:
                    return False
                compared += 1
            if signs_in(point):
                most = MANY
        return compared > 0

    def point(self, n: int) -> "Meaning[int]":
        """Return the n-th point."""
        while len(self.points) <= n:
            self.points.append(Meaning(self.definitions, Exponentials(len(self.points))))
        return self.points[n]


def signs_in(point: Meaning[int]) -> bool:
    """Tell whether signs decided something at a point."""
    return isinstance(point.world, Exponentials) and point.world.signs
