"""The command that recomputes published examples."""

import argparse
from typing import TYPE_CHECKING

from neuronwise.cli.networks import told
from neuronwise.cli.terminal import DONE, command, say

if TYPE_CHECKING:
    from neuronwise.cli.terminal import Commands


def add(commands: "Commands") -> None:
    """Add the command of this file."""
    errata = command(
        commands,
        "errata",
        "recompute a published example: which printed numbers are right, and why not",
        "errata mazur",
    )
    errata.add_argument("example", nargs="?", metavar="EXAMPLE", help="its name (default: a list of all)")
    errata.set_defaults(run=told(_errata))


def _errata(options: argparse.Namespace) -> int:
    from neuronwise.network import errata  # noqa: PLC0415 - a room is loaded when its command runs

    if options.example:
        say(errata.report(options.example))
        return DONE
    for name in errata.known():
        rows = errata.errata(name)
        say(f"{name:<12} {sum(row.right for row in rows):>2} of {len(rows):>2} right  {errata.published(name)}")
    return DONE
