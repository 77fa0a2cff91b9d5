"""A number that a reader types: read by one plain grammar, and refused in words that say what to write."""

import re

PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,3})?", re.IGNORECASE)
SMALLEST, LARGEST = 1e-9, 1e9
LONGEST = 40  # characters


class NumberError(ValueError):
    """What was typed is no number that can be used; the message says why, and what to write."""


def read_number(text: str, called: str = "this number") -> float:
    """Return the number that a reader typed.

    >>> read_number(" 0.25 ")
    0.25
    >>> read_number("0,25")
    Traceback (most recent call last):
        ...
    neuronwise.book.numbers.NumberError: “0,25” has a comma. Write 0.25.
    """
    typed = text.strip().replace("−", "-")
    if not typed:
        message = f"Nothing is written here. Write {called} as a number, such as 0.5."
        raise NumberError(message)
    if len(typed) > LONGEST:
        message = f"That is {len(typed)} characters long. Write a number of at most {LONGEST}."
        raise NumberError(message)
    if not PLAIN.fullmatch(typed):
        raise NumberError(_what_is_wrong(typed))
    number = float(typed)
    if abs(number) > LARGEST:
        message = f"{typed} is too large to be drawn. Write a number between −1000000000 and 1000000000."
        raise NumberError(message)
    if 0 < abs(number) < SMALLEST:
        message = f"{typed} is too small to be drawn. Write 0, or a number of at least 0.000000001 in size."
        raise NumberError(message)
    return number + 0.0  # −0 is 0


def _what_is_wrong(typed: str) -> str:
    with_point = typed.replace(",", ".")
    if PLAIN.fullmatch(with_point):
        return f"“{typed}” has a comma. Write {with_point}."
    if typed.lower().lstrip("+-") in ("inf", "infinity", "nan", "∞"):
        return f"“{typed}” is no number that a neuron can compute with. Write one such as 0.5."
    return f"“{typed}” is no number. Write digits and at most one point, such as −0.5."
