"""Shorter functions for short numbers: exp, log and tanh in float32, twice as many samples in a register.

Idea         float32 keeps 24 binary digits: half as many terms of the same sums give them, and 16 samples fit for 8.
Allowed      in float32, where the rounding bound decides: each is off by less than 2 ulps.
Costs        the digits that float32 has not.
Differs from `elementary`: ln 2 in shorter parts, fewer terms, no tables; and no lane takes another way than the others.
Label        optimization: test_short_functions_give_the_numbers_of_the_long_ones
"""

from math import copysign, frexp, inf, ldexp, nan

from neuronwise.necessary.elementary import polynomial

LN2, LN2_REST = 0.693145751953125, 1.42860677e-06  # ln 2 in two parts: k·LN2 is exact
PER_LN2 = 1.4426950408889634  # 1/ln 2
EXP = [1 / 362880, 1 / 40320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2]
LOG = [2 / 9, 2 / 7, 2 / 5, 2 / 3]
TINY = 1.1754943508222875e-38  # the smallest normal float32: its logarithm is finite


def exp(u: float) -> float:
    """The number e to the power u, u = k·ln 2 + y; beyond −104 … 89 it is 0 or too large for a float32.

    >>> exp(0.0), exp(1.0), exp(-200.0) < 1e-45
    (1.0, 2.7182818244230766, True)
    """
    v = max(-104.0, 89.0 if u > 89 else u)
    k = int(v * PER_LN2 + 151.5) - 151
    y = (v - k * LN2) - k * LN2_REST
    value = ldexp(1 + (y + y * y * polynomial(y, EXP[2:])), k)
    return value if abs(u) <= inf else u


def tanh(u: float) -> float:
    """The hyperbolic tangent: tanh u = m/(m + 2) with m = e²ᵘ − 1 = (2ᵏ − 1) + 2ᵏ·(y + q).

    Here q = y²/2! + y³/3! + …; near 0, where y = 2u, the same is u + (q − u·m)/(m + 2): of a sum with a small second
    part few digits are lost.

    >>> tanh(0.5), tanh(-50.0)
    (0.4621171572594226, -0.9999999958776927)
    """
    v = abs(u) if abs(u) < 10 else 10.0
    k = int(v * (2 * PER_LN2))
    y = (2 * v - k * LN2) - k * LN2_REST
    q, power = y * y * polynomial(y, EXP), ldexp(1.0, k)
    m = (power - 1) + power * (y + q)
    value = v + (q - v * m) / (m + 2) if k < 1 else m / (m + 2)
    return copysign(value, u) if abs(u) <= inf else u


def log(u: float) -> float:
    """The power to which e is raised to give u = 2ᵏ·(1 + f): 2·(s + s³/3 + …) with s = f/(2 + f).

    >>> log(1.0), log(0.0), log(-1.0)
    (0.0, -inf, nan)
    """
    if not 0 < u < inf:
        return nan if u < 0 else -inf if u == 0 else u
    m, k = frexp(u)
    m, k = (2 * m, k - 1) if m < 0.7071067811865476 else (m, k)
    f = m - 1
    s, h = f / (2 + f), f * f / 2
    rest = s * (h + s * s * polynomial(s * s, LOG)) + k * LN2_REST
    return k * LN2 - ((h - rest) - f)
