"""How far the functions of `elementary` are off, in distances between floats; and where to look."""

import math
import random

import mpmath
from hypothesis import strategies as st

from neuronwise.necessary import elementary

LIMITS = {"exp": 745.2, "log": 1.7e308, "tanh": 20.0, "sin": 1.6e6, "cos": 1.6e6, "erf": 6.5}


def ulps(function: str, u: float) -> float:
    """How far a result lies from the true value, in distances between floats there; nan if there is no number."""
    got = getattr(elementary, function)(u)
    with mpmath.workprec(200):
        true = getattr(mpmath, function)(mpmath.mpf(u))
        if got == true:
            return 0.0
        exponent = max(int(mpmath.floor(mpmath.log(abs(true), 2))) - 52, -1074)
        return float(abs(mpmath.mpf(got) - true) / mpmath.mpf(2) ** exponent)


def steepest(function: str) -> st.SearchStrategy[float]:
    """Arguments up to where the function is flat, infinite or given up; small ones and whole parts often."""
    low = 5e-324 if function == "log" else -LIMITS[function]
    high = 709.78 if function == "exp" else LIMITS[function]
    near = st.floats(max(low, -2.0), 2.0) if function != "log" else st.floats(0.25, 4.0)
    return st.one_of(st.floats(low, high), near, st.floats(max(low, -30.0), min(high, 30.0)))


def seams(function: str) -> list[float]:
    """Arguments at the places where the pieces of a function meet, and right beside them."""
    lot = random.Random(function)  # noqa: S311 - chance, not secrecy
    quarters = [float(n) * math.pi / 2 for n in (*range(1, 40), *(lot.randrange(2**20) for _ in range(100)))]
    halves = [math.log(2) * (n + 0.5) for n in range(40)]
    steps = [0.2, *(n / 32 for n in range(1, 640))]
    places = {"exp": halves, "log": [0.7071067811865476, 1.0, 2.0]}.get(
        function, steps if function in ("tanh", "erf") else quarters
    )
    beside = [u for place in places for u in (math.nextafter(place, 0), place, math.nextafter(place, math.inf))]
    return [u for u in beside if u < LIMITS[function]]
