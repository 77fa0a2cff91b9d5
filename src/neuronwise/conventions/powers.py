"""Powers: βⁿ from plain arithmetic, rounded once; the same bits in Python and in compiled code, on every machine.

A number is carried as a sum of two floats, high + low, so a product keeps twice the digits of one float. The C
library's `pow`, which Python's ** calls, differs in its last bit from one platform to the next.
"""

SPLIT = 134217729.0  # 2²⁷ + 1: a factor that cuts a float into two halves (Veltkamp 1968)


def product(u: float, u_low: float, v: float, v_low: float) -> tuple[float, float]:
    """The product of two numbers, each a sum of two floats (Dekker 1971).

    >>> product(1.5, 0.0, 0.5, 0.0)
    (0.75, 0.0)
    """
    high = u * v
    a = SPLIT * u
    u_head = a - (a - u)
    u_tail = u - u_head
    b = SPLIT * v
    v_head = b - (b - v)
    v_tail = v - v_head
    lost = ((u_head * v_head - high) + u_head * v_tail + u_tail * v_head) + u_tail * v_tail
    low = lost + (u * v_low + u_low * v)
    whole = high + low
    return whole, low - (whole - high)


def power(u: float, n: int) -> float:
    """uⁿ for 0 ≤ u ≤ 1 and a whole n ≥ 0, by squaring.

    >>> power(0.9, 2), 0.9 * 0.9  # 0.9 as a float is a bit more than 9/10
    (0.81, 0.81)
    >>> power(0.5, 10), power(0.999, 0)
    (0.0009765625, 1.0)
    """
    high, low = 1.0, 0.0
    square, square_low = u, 0.0
    while n:
        if n % 2:
            high, low = product(high, low, square, square_low)
        square, square_low = product(square, square_low, square, square_low)
        n //= 2
    return high
