"""Schedules: how the learning rate changes while a network learns. Each is a convention.

    η  learning rate to begin with        n  how many epochs, or batches, have passed        K  after so many it is over
    γ  what is left of the rate           η₀  the smallest rate

The closed formulas, not their chains from rate to rate: so training can be taken up anywhere, to the same bits.
"""

from neuronwise.conventions.powers import power
from neuronwise.necessary.elementary import cos

PI = 3.141592653589793


def exponential(eta: float, gamma: float, n: int) -> float:
    """The same share of the rate is left each time.

    Formula  exponential(η, γ, n) = η·γⁿ                                 (exponential)

    >>> exponential(0.5, 0.5, 2)
    0.125
    """
    return eta * power(gamma, n)


def cosine(eta: float, lowest: float, n: int, K: int) -> float:
    """From the rate down to the lowest: slowly, quickly, slowly.

    Formula  cosine(η, η₀, n, K) = η₀ + (η − η₀)·(1 + cos(π·n/K))/2      (cosine)
    Source   Loshchilov, Hutter 2017, "SGDR: stochastic gradient descent with warm restarts"

    >>> cosine(0.5, 0.0, 0, 10), cosine(0.5, 0.0, 10, 10)
    (0.5, 0.0)
    """
    return lowest + (eta - lowest) * (1 + cos(PI * n / K)) / 2


def linear(eta: float, first: float, last: float, n: int, K: int) -> float:
    """From one share of the rate to another, in equal steps: warming up, where the first is the smaller.

    Formula  linear(η, first, last, n, K) = η·(first + (last − first)·n/K)    (linear)
    Source   Goyal and others 2017, "Accurate, large minibatch SGD", section 2.2

    >>> linear(0.5, 0.25, 1.0, 0, 4), linear(0.5, 0.25, 1.0, 4, 4)
    (0.125, 0.5)
    """
    return eta * (first + (last - first) * n / K)
