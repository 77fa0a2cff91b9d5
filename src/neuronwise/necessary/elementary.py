"""Functions made of + - * / and comparisons in a stated order, so that every machine gives the same bits.

Left out on purpose: exp, log and other bent functions, until a chapter needs one. The built-in `sum` and `x**2` are no
substitutes: since Python 3.12 `sum` adds floats in another way, and x**2 is not always the same float as x*x.
"""

from collections.abc import Iterable


def sign(u: float) -> int:
    """Which side of 0 a number lies on: 1, -1, or 0 at 0 itself.

    Formula  sgn(u) = 1 if u > 0, −1 if u < 0, 0 otherwise               (sign)
    Source   chapter 1, "Two stretches multiply". The 0 at 0 is a convention.

    >>> sign(0.25), sign(-3.0), sign(0.0)
    (1, -1, 0)
    """
    return 1 if u > 0 else -1 if u < 0 else 0


def square(u: float) -> float:
    """A number times itself.

    Formula  u² = u·u                                                    (square)

    >>> square(-1.5)
    2.25
    """
    return u * u


def total(terms: Iterable[float]) -> float:
    """The sum, added from left to right: ((first + second) + third) + …; without terms it is 0.

    Formula  Σ u                                                         (total)

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
