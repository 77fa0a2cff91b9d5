"""The reference's own functions as they stand, in a copy of their surroundings where some names mean something else.

So `backpropagate` runs with slopes drawn at random, `feed_forward` with dual numbers, a formula with numbers that know
how far they may be off. Not a line of a function changes, and the reference itself is never touched.
"""

from collections.abc import Mapping
from types import FunctionType
from typing import Any

from neuronwise.necessary import elementary, error, graph, learning, neuron

Names = Mapping[str, Any]  # what the functions of the reference find by name

ROOM = "neuronwise.necessary"
FILES = (elementary, neuron, error, graph, learning)
REFERENCE: Names = {name: value for file in FILES for name, value in vars(file).items() if not name.startswith("__")}
TABLES = {  # table -> of each entry, the names of its functions
    table: {entry: [function.__name__ for function in functions] for entry, functions in REFERENCE[table].items()}
    for table in ("ACTIVATIONS", "TOGETHER", "ERRORS")
}


def substituted(names: Names = REFERENCE, **others: object) -> Names:
    """Return the same functions, where `others` stand in the place of the names they are given by.

    Errors   ValueError: a name that the reference has not

    >>> from neuronwise.necessary.graph import Group
    >>> changed = substituted(exp=lambda u: 3.0)
    >>> changed["activation"](Group(("h",), ("h",), "logistic"), {"h": 0.5}, "h"), neuron.logistic(0.0)
    (0.25, 0.5)
    """
    unknown = [name for name in others if name not in names]
    if unknown:
        message = f"expected names that the reference uses; got {', '.join(unknown)}"
        raise ValueError(message)
    surroundings: dict[str, Any] = {**names, **others, "__name__": ROOM}
    for name, value in surroundings.items():
        if isinstance(value, FunctionType) and value.__globals__["__name__"].startswith(ROOM):
            surroundings[name] = FunctionType(value.__code__, surroundings, name, value.__defaults__)
    for table, entries in TABLES.items():
        surroundings[table] = {
            entry: tuple(surroundings[function] for function in functions) for entry, functions in entries.items()
        }
    return surroundings
