"""Names and numbers as people give them: which are allowed, and what to say of the others."""

import difflib
import math
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from numbers import Real

from neuronwise.necessary.graph import CycleError
from neuronwise.network.errors import NetworkError, UnknownError

LONGEST = 100  # characters of a name
SHOWN = 60  # characters of what is quoted in a message
LISTED = 12  # names that a message lists
COMPARED = 1_000  # names among which the nearest are looked for
LARGEST = {"float64": sys.float_info.max, "float32": (2 - 2.0**-23) * 2.0**127}  # numbers of a type
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}  # signs that turn what follows them
MARKS = "\u061c\u200e\u200f"
STEP = re.compile(r"@\d+$")  # how `necessary.graph.at` names a neuron of one step


def shown(value: object) -> str:
    """What a message quotes of something: never pages of it.

    >>> shown("x" * 1000)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
    """
    text = repr(value[: SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= SHOWN + 2 else f"{text[:SHOWN]}…"


def listed(names: Iterable[str]) -> str:
    """Names in a row, the first few of many.

    >>> listed(["h1", "h2"]), listed([])
    ('h1, h2', 'none')
    """
    every = list(names)
    more = f", … ({len(every)} in all)" if len(every) > LISTED else ""
    return ", ".join(name[:SHOWN] for name in every[:LISTED]) + more or "none"


def unknown(name: object, what: str, known: Iterable[str]) -> UnknownError:
    """The error for a name that is not known, with the nearest ones that are.

    >>> print(unknown("h3", "a neuron", ["h1", "o1"]))
    expected a neuron; got 'h3', which is none. The nearest: h1.
    """
    names = list(known)
    near = difflib.get_close_matches(str(name)[:LONGEST], names[:COMPARED], cutoff=0.5)
    advice = f"The nearest: {listed(near)}." if near else f"There are: {listed(names)}."
    return UnknownError(f"expected {what}; got {shown(name)}, which is none. {advice}")


def in_a_cycle(way: Sequence[str]) -> CycleError:
    """The error for a cycle without a delay; of a long one its message names the beginning and the end.

    >>> str(in_a_cycle([str(n) for n in range(1000)])).splitlines()[1].strip()
    '0 -> 1 -> 2 -> 3 -> 4 -> 5 -> … 988 more … -> 994 -> 995 -> 996 -> 997 -> 998 -> 999'
    """
    ends, more = LISTED // 2, len(way) - LISTED
    error = CycleError([*way[:ends], f"… {more:,} more …", *way[-ends:]] if more > 0 else way)
    error.cycle = tuple(way)
    return error


def checked_name(name: object) -> str:
    """Return a name for an input or a neuron, if it is one.

    Errors   NetworkError: no text of 1 to 100 characters, or one that formulas and keys need for themselves

    >>> checked_name("h1"), checked_name("leaf area")
    ('h1', 'leaf area')
    >>> checked_name("h,1")
    Traceback (most recent call last):
        ...
    neuronwise.network.errors.NetworkError: expected a name without ','; got 'h,1': brackets and commas separate names
    """
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST:
        message = f"expected a name, a text of 1 to {LONGEST} characters; got {shown(name)}"
        raise NetworkError(message)
    for sign in name:
        if sign in "[]⟦⟧," or unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}:
            message = f"expected a name without {sign!r}; got {shown(name)}: brackets and commas separate names"
            raise NetworkError(message)
        if unicodedata.bidirectional(sign) in TURNING or sign in MARKS:
            message = f"expected a name without {sign!a}; got {name[:SHOWN]!a}: it turns round how text is shown"
            raise NetworkError(message)
    if not unicodedata.is_normalized("NFC", name):
        message = f"expected a name in Unicode's form NFC; got {name[:SHOWN]!a}, which only looks like another"
        raise NetworkError(message)
    if name != name.strip():
        message = f"expected a name without blanks around it; got {shown(name)}"
        raise NetworkError(message)
    if STEP.search(name):
        message = f'expected a name; got {shown(name)}, but "@" and a number name a neuron\'s step, as in h1@2'
        raise NetworkError(message)
    return name


def checked_number(value: object, what: str, dtype: str = "float64") -> float:
    """Return a finite number as a float, if it is one that a type can hold.

    Errors   NetworkError: text, NaN, infinity, …, with what the number is for

    >>> checked_number(1, "the bias of h1")
    1.0
    >>> checked_number(float("nan"), "the bias of h1")
    Traceback (most recent call last):
        ...
    neuronwise.network.errors.NetworkError: expected a finite number for the bias of h1; got nan
    """
    if not isinstance(value, bool) and isinstance(value, Real):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if abs(number) <= LARGEST[dtype]:
            return number
        if math.isfinite(number):
            message = f"expected a number that {dtype} can hold for {what}; got {shown(value)}"
            raise NetworkError(message)
    message = f"expected a finite number for {what}; got {shown(value)}"
    raise NetworkError(message)


def checked_count(value: object, what: str, least: int = 0) -> int:
    """Return a whole number that is large enough, if it is one.

    >>> checked_count(1, "the delay of h -> h")
    1
    """
    whole = getattr(value, "__index__", None)
    if whole is None or isinstance(value, bool) or not whole() >= least:
        message = f"expected a whole number, {least} or more, for {what}; got {shown(value)}"
        raise NetworkError(message)
    return int(whole())
