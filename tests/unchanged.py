"""Changes of the reference that change nothing: whatever else is planted there must be found."""

from types import ModuleType

from neuronwise.checks.faults import CONSTANTS, Fault
from neuronwise.checks.reference import CHOOSERS, FORMULAS, survivors
from neuronwise.necessary import error, learning, neuron

EVERY = [(module, function) for module, functions in FORMULAS.items() for function in functions]
ELSEWHERE = [  # what has no formula of its own, with the functions that show a fault in it
    *((learning, function, ("feed_forward", "backpropagate")) for function in CHOOSERS),
    (neuron, CONSTANTS, ("gelu", "gelu_slope")),
    (error, CONSTANTS, ("cross_entropy", "cross_entropy_slope", "binary_cross_entropy")),
]
SAME = {  # changes that change nothing: the function, and what is changed
    ("logistic_slope", "softplus_slope instead of logistic"): "the slope of softplus is the logistic function",
    ("update", "new instead of v"): "before a weight is changed, it is what it was",
    ("mean", "1 instead of 0"): "each sample has a slope for each weight",
    ("slope", "j instead of k"): "but for softmax and product, a neuron has one net input, of its own name",
}


def unexpected(module: ModuleType, function: str, within: tuple[str, ...] = ()) -> list[str]:
    """Return the faults planted in a function that nothing finds, and that are not known to change nothing."""
    return [fault.words for fault in survivors(module, function, within) if not same(function, fault)]


def same(function: str, fault: Fault) -> bool:
    """Tell whether a fault is known to change nothing."""
    return (function, fault.words.partition(" in line")[0]) in SAME
