"""The command `neuronwise`: reads the command line, and hands each command to the room that does it.

A room is loaded when its command runs, so that `neuronwise --help` is quick and needs no extras.
The exit code is 0, done; 1, the book, a network or an answer has a fault; 2, the command can't run like this; 130,
interrupted half-way. `serve` answers Ctrl-C with 0: that is how it ends, and `make book` then reports no error.
"""

import argparse
import signal
from collections.abc import Callable, Sequence

from neuronwise import __version__
from neuronwise.cli import bench, book, errata, exercises, explain, networks
from neuronwise.cli.terminal import INTERRUPTED, refuse, say

FAMILIES = (book, networks, explain, exercises, errata, bench)  # each adds its commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; without arguments, the one that was typed."""
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who is asked to end cleans up as after Ctrl-C
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except ModuleNotFoundError as error:
        return _refuse_without_extras(error)
    except (KeyboardInterrupt, EOFError):  # Ctrl-C, or Ctrl-D where something was to be typed
        say("\nStopped.")
        return INTERRUPTED


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    whole = argparse.ArgumentParser(
        prog="neuronwise",
        description="The mathematics of neural networks, neuron by neuron.",
        epilog="example:\n  neuronwise --version",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"neuronwise {__version__}")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for family in FAMILIES:
        family.add(commands)
    return whole


def _refuse_without_extras(error: ModuleNotFoundError) -> int:
    package = (error.name or "").partition(".")[0]
    if package in {"", "neuronwise"}:
        raise error
    message = f'expected the extras "book" and "site"; the package {package} is not installed. The mend:'
    return refuse(f'{message}\n    pip install "neuronwise[book,site]"')
