"""The derivations that the example networks write themselves."""

from functools import cache

from neuronwise.mathematics.derivation import Derivation
from neuronwise.mathematics.tree import symbol
from neuronwise.network import Network
from neuronwise.network.derived import Derived
from neuronwise.network.examples import example
from neuronwise.network.running import ready
from neuronwise.network.written import Written


def derived(network: Network, error: str = "half_squared") -> Derived:
    """Return what writes the derivations of a network."""
    graph, _, outputs = ready(network._parts, None)  # noqa: SLF001 - as the room does
    return Derived(Written(graph, outputs, error))


@cache
def derivations() -> list[Derivation]:
    """The derivations of networks with sums, products, tanh, logistic and a square; one of them with every step."""
    found: list[Derivation] = []
    for text in ("mazur", "gated", "xor", "smallest"):
        one = example(text)
        network = derived(one.network, one.error)
        found += [*network.delta_form(), *network.known.values()]
        if text == "mazur":
            found += [network.in_full(symbol("dE_dw[i1,h1]")), network.unrolled(symbol("dE_dw[i1,h1]"))]
    return found
