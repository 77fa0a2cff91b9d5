"""Functions made of + - * / and comparisons in a stated order, so that every machine gives the same bits.

The built-in functions are no substitutes. Of 100,000 arguments, math.exp differs in its last bit between CPython on
Linux and in the page for 61, math.tanh for 4.8 %. Since Python 3.12 `sum` adds floats in another way, and x**2 is not
always the same float as x*x.

exp, log, tanh, sin, cos and erf are off by less than 1 ulp, the distance from one float to the next, wherever they are
finite. Each takes any float and raises nothing. The idea is always one: bring u close to a place where the value is
known, add a short polynomial to it, and keep what the last float of the sum would lose (`rest`). Besides arithmetic
they use only what is exact: taking a float apart, and putting a sign or a power of two to it.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from math import copysign, factorial, frexp, inf, ldexp, nan

Values = Mapping[str, float]  # name -> number
ROUND = 6755399441055744.0  # 1.5·2⁵²: a float that large has no fraction, so what is added to it and taken off is whole
LN2, LN2_REST = 0.6931471803691238, 1.9082149292705877e-10  # ln 2 in two parts: k·LN2 is exact
HALF_PI = 1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32  # π/2 in four parts
ONE, TWO_BY_ROOT_PI = 1 << 128, 383967533763538142977158567454335403656  # 1 and 2/√π, in whole numbers of 2⁻¹²⁸

EXP = [1 / factorial(n) for n in range(14, 1, -1)]  # 1/14!, …, 1/3!, 1/2!
SIN = [(-1) ** n / factorial(2 * n + 1) for n in range(9, 0, -1)]  # 1/19!, …, 1/5!, −1/3!
COS = [(-1) ** n / factorial(2 * n) for n in range(9, 1, -1)]  # −1/18!, …, −1/6!, 1/4!
LOG = [2 / n for n in range(25, 1, -2)]  # 2/25, …, 2/5, 2/3


def sign(u: float) -> int:
    """Which side of 0 a number lies on: 1, -1, or 0 at 0 itself.

    Formula  sgn(u) = 1 if u > 0, −1 if u < 0, 0 otherwise               (sign)
    Source   chapter 1, "Two stretches multiply". The 0 at 0 is a convention.
    Label    convention: test_any_value_of_the_sign_at_0_learns

    >>> sign(0.25), sign(-3.0), sign(0.0)
    (1, -1, 0)
    """
    return 1 if u > 0 else -1 if u < 0 else 0


def square(u: float) -> float:
    """A number times itself.

    Formula  u² = u·u                                                    (square)
    Label    convention: test_square_is_a_name_for_a_product

    >>> square(-1.5)
    2.25
    """
    return u * u


def total(terms: Iterable[float]) -> float:
    """The sum, added from left to right: ((first + second) + third) + …; without terms it is 0.

    Formula  Σ u                                                         (total)
    Label    convention: test_another_order_of_adding_learns_as_well

    >>> total([1e16, 1.0, -1e16])
    0.0
    >>> total([])
    0
    """
    left_to_right = iter(terms)
    value = next(left_to_right, 0)
    for term in left_to_right:
        value = value + term
    return value


def polynomial(u: float, coefficients: Iterable[float]) -> float:
    """A sum of powers, from the highest coefficient down: ((c₃·u + c₂)·u + c₁)·u + c₀.

    Source   Horner 1819
    Label    optimization: test_horners_rule_gives_the_same_numbers

    >>> polynomial(2.0, [3, 0, 1])
    13.0
    """
    value: float = 0
    for c in coefficients:
        value = value * u + c
    return value


def exp(u: float) -> float:
    """The number e to the power u.

    Formula  u = k·ln 2 + y,  eᵘ = 2ᵏ·(1 + y + y²/2! + y³/3! + …)        (exp)
    Source   Cody, Waite 1980: ln 2 in two parts
    Label    convention: test_other_functions_of_the_same_bend_learn_as_well

    >>> exp(1.0), exp(800.0), exp(-800.0)
    (2.718281828459045, inf, 0.0)
    """
    if not -746 < u <= 709.782712893384:  # noqa: PLR2004 - beyond, eᵘ is 0 or too large
        return 0.0 if u < 0 else u + inf
    k = (u / LN2 + ROUND) - ROUND
    r, rest = u - k * LN2, k * LN2_REST
    y, value = r - rest, 1 + (r - rest)
    return ldexp(value + (((1 - value) + y) + (((r - y) - rest) + y * y * polynomial(y, EXP))), int(k))


def log(u: float) -> float:
    """The power to which e is raised to give u.

    Formula  u = 2ᵏ·(1 + f),  s = f/(2 + f),  ln(1 + f) = 2·(s + s³/3 + s⁵/5 + …)    (log)
    Source   Ng 1985, for the order in which the terms are added
    Label    convention: test_other_functions_of_the_same_bend_learn_as_well

    >>> log(2.718281828459045), log(0.0), log(-1.0)
    (1.0, -inf, nan)
    """
    if not 0 < u < inf:
        return nan if u < 0 else -inf if u == 0 else u
    m, k = frexp(u)
    m, k = (2 * m, k - 1) if m < 0.7071067811865476 else (m, k)  # noqa: PLR2004 - √½
    f = m - 1
    s, h = f / (2 + f), f * f / 2
    rest = s * (h + s * s * polynomial(s * s, LOG)) + k * LN2_REST
    return k * LN2 - ((h - rest) - f)


def tanh(u: float) -> float:
    """The hyperbolic tangent: from −1 to 1, bent like an S.

    Formula  u = k/16 + d,  tanh u = T + (1 − T²)·y/(1 + T·y),  T = tanh(k/16),  y = tanh d = d − d³/3 + …    (tanh)
    Label    convention: test_other_functions_of_the_same_bend_learn_as_well

    >>> tanh(0.5), tanh(-50.0)
    (0.46211715726000974, -1.0)
    """
    table = tabulated(ONE, own=True)
    if not abs(u) < 19:  # noqa: PLR2004 - beyond, the float next to tanh u is 1
        return copysign(1.0, u) if abs(u) > 0 else u
    k = 0.0 if abs(u) < 0.2 else (abs(u) * 16 + ROUND) - ROUND  # noqa: PLR2004 - up to there y alone
    (value, rest, _), d = table[int(k)], abs(u) - k / 16
    y = d + d * square(d) * polynomial(square(d), table[0][2][:-1:2])  # about 0 every other coefficient is 0
    return copysign(value + (rest + (1 - square(value)) * y / (1 + value * y)), u)


def erf(u: float) -> float:
    """The share of a bell curve that lies between −u and u.

    Formula  u = k/16 + d,  erf(x + d) = erf x + y₁·d + y₂·d² + …        (erf)
    Label    convention: test_other_functions_of_the_same_bend_learn_as_well

    >>> erf(0.5), erf(-50.0)
    (0.5204998778130465, -1.0)
    """
    if not abs(u) < 5.9375:  # noqa: PLR2004 - beyond, the float next to erf u is 1
        return copysign(1.0, u) if abs(u) > 0 else u
    k, d = divmod(abs(u), 0.0625)
    value, rest, coefficients = tabulated(TWO_BY_ROOT_PI, own=False)[int(k)]
    return copysign(value + (d + (rest + d * polynomial(d, coefficients[-13:]))), u)


@cache
def tabulated(slope: int, *, own: bool) -> list[tuple[float, float, list[float]]]:
    """The function with y″ = −2·v·y′ and y(0) = 0, about 0, 1/16, 2/16, … until it is 1; v is y itself (`own`), or u.

    About each place y = y₀ + y₁·d + y₂·d² + …, and the equation says each coefficient by those before it. At d = 1/16
    the sum gives value and slope of the next place. All that in whole numbers, 128 bits long: here `sum` is exact.
    Result   for each place: the value, what its float lacks, the coefficients from the highest down to y₁ − 1
    Label    convention: test_other_ways_to_compute_give_the_same_numbers
    """
    table: list[tuple[float, float, list[float]]] = []
    y = [0, slope]
    while ONE - y[0] > ONE >> 54:
        v = y if own else [ONE * len(table) // 16, ONE, *[0] * 20]
        for n in range(22):
            y.append(-2 * sum(v[i] * (n + 1 - i) * y[n + 1 - i] for i in range(n + 1)) // (ONE * (n + 1) * (n + 2)))
        table.append((y[0] / ONE, (y[0] - int(y[0] / ONE * ONE)) / ONE, [c / ONE for c in (*y[:1:-1], y[1] - ONE)]))
        y = [sum(c >> 4 * n for n, c in enumerate(y)), sum((16 * n * c) >> 4 * n for n, c in enumerate(y))]
    return table


def sin(u: float) -> float:
    """The sine of an angle: the height on a circle of radius 1. Beyond 2²⁰ quarter turns it is nan.

    Label    convention: test_other_functions_of_the_same_bend_learn_as_well

    >>> sin(0.5), sin(3.141592653589793)
    (0.479425538604203, 1.2246467991473532e-16)
    """
    return wave(u, 0) if u else u


def cos(u: float) -> float:
    """The cosine of an angle: the way to the side on a circle of radius 1. Beyond 2²⁰ quarter turns it is nan.

    Label    convention: test_other_functions_of_the_same_bend_learn_as_well

    >>> cos(0.5), cos(1.5707963267948966)
    (0.8775825618903728, 6.123233995736766e-17)
    """
    return wave(u, 1)


def wave(u: float, quarters: int) -> float:
    """The sine of an angle that is so many quarter turns ahead.

    Formula  u = k·π/2 + y,  sin y = y − y³/3! + y⁵/5! − …,  cos y = 1 − y²/2! + y⁴/4! − …
    Source   Cody, Waite 1980: π/2 in parts, so that an angle next to a whole number of quarter turns keeps its digits
    Label    convention: test_other_ways_to_compute_give_the_same_numbers

    >>> wave(0.5, 2)
    -0.479425538604203
    """
    if not abs(u) < 2**20 * HALF_PI[0]:
        return nan
    k, r, rest = (u / HALF_PI[0] + ROUND) - ROUND, u, 0.0
    for part in HALF_PI:
        before, r = r, r - k * part
        rest = rest + ((before - r) - k * part)
    y, z = r + rest, square(r + rest)
    rest = rest + (r - y)
    sine = y + (y * z * polynomial(z, SIN) + (rest - rest * z / 2))
    side = 1 - z / 2
    cosine = side + (((1 - side) - z / 2) + (z * z * polynomial(z, COS) - y * rest))
    return (sine, cosine, -sine, -cosine)[(int(k) + quarters) % 4]
