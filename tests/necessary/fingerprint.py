"""Prints a fingerprint of the bits of every function of `elementary`, for 10,000 arguments each. Any Python runs it."""

import hashlib
import math
import random
import struct
from collections.abc import Iterable

from neuronwise.necessary import elementary

FUNCTIONS = ("exp", "log", "tanh", "sin", "cos", "erf")
SPECIAL = (0.0, -0.0, 1.0, 0.125, 2.0, 5e-324, 2.2250738585072014e-308, 1e308, 745.2, 709.782712893384, float("inf"))

BITS = {  # of the results for 10,000 arguments each: the same in every Python, on every machine
    "exp": "65e6debadb7f6531",
    "log": "82cb6cd7ae839395",
    "tanh": "3c145cd4f97e8a30",
    "sin": "9c8de15f4628ca98",
    "cos": "76050605f44cbbbc",
    "erf": "e7d474292b6f3a01",
}


def arguments() -> list[float]:
    """Return numbers of every size, the special ones first."""
    lot = random.Random(7)  # noqa: S311 - chance, not secrecy
    sizes = [
        lot.choice((lot.uniform(0, 1), lot.uniform(0, 8), math.ldexp(lot.uniform(0.5, 1), lot.randrange(-40, 40))))
        for _ in range(4989)
    ]
    return [sign * u for u in (*SPECIAL, *sizes) for sign in (1, -1)]


def fingerprint(function: str) -> str:
    """Return a hash of the bits of all results."""
    return hashed(getattr(elementary, function)(u) for u in arguments())


def hashed(results: Iterable[float]) -> str:
    """Return a hash of the bits of some numbers."""
    bits = b"".join(struct.pack("<d", u) if not math.isnan(u) else b"not a number" for u in results)
    return hashlib.sha256(bits).hexdigest()[:16]


if __name__ == "__main__":
    print(" ".join(map(fingerprint, FUNCTIONS)))  # noqa: T201 - who runs it reads it
