"""Whole numbers modulo the prime P = 2^61 − 1: they add and multiply as numbers do, and nothing is ever rounded.

Two gradients that agree at random residues are the same polynomial of all that was drawn: different ones of degree d
agree with a chance of at most d/P (Schwartz 1980, Zippel 1979), which for 5,000 neurons is below 1 : 10^14.
"""
# ruff: noqa: D105 - what + does is what + says

import random

from neuronwise.checks.worlds import P


class Residue(int):
    """A whole number modulo P.

    >>> Residue(P - 1) + 2, 3 * Residue(P - 1), 1 - Residue(2)
    (1, 2305843009213693948, 2305843009213693950)
    """

    __slots__ = ()

    def __add__(self, other: int) -> "Residue":
        return Residue(int.__add__(self, other) % P) if isinstance(other, int) else NotImplemented

    def __sub__(self, other: int) -> "Residue":
        return Residue(int.__sub__(self, other) % P) if isinstance(other, int) else NotImplemented

    def __mul__(self, other: int) -> "Residue":
        return Residue(int.__mul__(self, other) % P) if isinstance(other, int) else NotImplemented

    def __rsub__(self, other: int) -> "Residue":
        return Residue(int.__rsub__(self, other) % P) if isinstance(other, int) else NotImplemented

    def __neg__(self) -> "Residue":
        return Residue(int.__neg__(self) % P)

    __radd__, __rmul__ = __add__, __mul__


def drawn(lot: random.Random) -> Residue:
    """Return any residue but 0.

    >>> drawn(random.Random(0)) == drawn(random.Random(1))
    False
    """
    return Residue(lot.randrange(1, P))
