"""Networks of any size and shape as users hold them."""

import random

from strategies import Described

from neuronwise import Network


def built(network: Described, dtype: str = "float64") -> Network:
    """The same network, by its face."""
    return Network.from_neurons(
        network.neurons, network.w, network.b, network.inputs, network.outputs, frozen=network.frozen, dtype=dtype
    )


def sample(network: Described) -> tuple[list[object], list[object]]:
    """X and Y of the one sample; rows of steps, if edges are late."""
    x, y = list(network.x.values()), list(network.t.values())
    if not network.steps:
        return [x], [y]
    i, o = len(network.inputs), len(network.outputs)
    steps = range(network.steps)
    return [[x[s * i : (s + 1) * i] for s in steps]], [[y[s * o : (s + 1) * o] for s in steps]]


def wide(count: int, seed: int = 1) -> Network:
    """So many neurons, each fed by five before it."""
    lot, net, before = random.Random(seed), Network(), []  # noqa: S311 - chance, not secrecy
    for n in range(5):
        net.add_input(f"i{n}")
        before.append(f"i{n}")
    for n in range(count):
        sources = {i: lot.uniform(-1, 1) for i in lot.sample(before[-50:], 5)}
        net.add_neuron(f"n{n}", sources, bias=0.1, activation="tanh", output=n >= count - 3)
        before.append(f"n{n}")
    return net
