"""The command that measures: one network up the ladder, from plain Python to all optimizations."""

import argparse
from typing import TYPE_CHECKING

from neuronwise.cli.networks import NETWORK, told
from neuronwise.cli.terminal import DONE, FAULT, begin, command, say

if TYPE_CHECKING:
    from neuronwise.cli.terminal import Commands

STEPS = 5  # of a drawn sample, if edges are late


def add(commands: "Commands") -> None:
    """Add the command of this file."""
    bench = command(
        commands,
        "bench",
        "measure a network from plain Python to all optimizations, each rung checked first",
        "bench mazur --samples 128",
    )
    bench.add_argument("network", metavar="NETWORK", help=NETWORK)
    bench.add_argument("--samples", type=int, default=128, metavar="N", help="of the batch (default: 128)")
    bench.add_argument("--seed", type=int, default=0, metavar="N", help="of the drawn samples (default: 0)")
    bench.set_defaults(run=told(_bench))


def _bench(options: argparse.Namespace) -> int:
    import numpy as np  # noqa: PLC0415 - a room is loaded when its command runs

    from neuronwise.network.examples import network_named  # noqa: PLC0415
    from neuronwise.network.names import checked_count  # noqa: PLC0415

    network = network_named(options.network)
    lot = np.random.default_rng(checked_count(options.seed, "--seed"))
    samples = checked_count(options.samples, "--samples", 1)
    shape = (samples, STEPS) if network.delayed else (samples,)
    X, Y = (lot.uniform(0, 1, (*shape, len(names))) for names in (network.inputs, network.outputs))  # noqa: N806
    climbed = network.ladder(X, Y, told=begin)
    say(str(climbed))
    return DONE if all(rung.equal for rung in climbed.rungs) else FAULT
