"""The commands that show a network's mathematics: explain works one sample through, verify checks every gradient."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from neuronwise.cli.networks import NETWORK, told
from neuronwise.cli.terminal import DONE, FAULT, command, may_be_written, say

if TYPE_CHECKING:
    from neuronwise.cli.terminal import Commands
    from neuronwise.network import Network

BEGINNINGS = {  # of the files that are written: one of another kind is left alone
    ".pdf": r"%PDF", ".html": r"<!doctype html", ".ipynb": r"\{", ".tex": r"\\documentclass",
    ".txt": r"[\d,]+ neurons?, |\S+, step by step",
}  # fmt: skip
Numbers = list[float] | list[list[float]]


class Lesson(NamedTuple):
    """A network, a sample for it, and how it learns."""

    network: "Network"
    x: Numbers
    y: Numbers
    error: str
    learning_rate: float


def add(commands: "Commands") -> None:
    """Add the commands of this file."""
    explain = command(commands, "explain", "work a network through for one sample, formula by formula", "explain mazur")
    _add_lesson(explain)
    explain.add_argument("--of", metavar="NEURONS", help="these neurons alone, h1,o1")
    explain.add_argument("--unrolled", metavar="SLOPE", help="every step to one slope, such as dE_dw[i1,h1]")
    explain.add_argument("--rate", type=float, metavar="ETA", help="the learning rate (default: the example's, or 0.5)")
    explain.add_argument("--out", type=Path, metavar="FILE", help="write .pdf, .html, .ipynb, .tex or .txt")
    explain.set_defaults(run=told(_explain))
    verify = command(commands, "verify", "compare three roads to every gradient of a network", "verify mazur")
    _add_lesson(verify)
    verify.set_defaults(run=told(_verify))


def _add_lesson(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="NETWORK", help=NETWORK)
    parser.add_argument("--x", type=_numbers, metavar="NUMBERS", help="the inputs, 0.05,0.1; with steps 1;0;0")
    parser.add_argument("--y", type=_numbers, metavar="NUMBERS", help="the targets, written in the same way")
    parser.add_argument("--error", metavar="NAME", help="the error (default: the example's, or half_squared)")


def _lesson(options: argparse.Namespace) -> Lesson:
    from neuronwise.network import DataError  # noqa: PLC0415 - a room is loaded when its command runs
    from neuronwise.network.examples import EXAMPLES, network_named  # noqa: PLC0415

    known = EXAMPLES[options.network]() if options.network in EXAMPLES else None
    network = known.network if known else network_named(options.network)
    x, y = options.x or (known and known.x), options.y or (known and known.y)
    if x is None or y is None:
        message = (
            f"expected a sample: --x, a number for each of {', '.join(network.inputs)}, "
            f"and --y, one for each of {', '.join(network.outputs)}; got {'no targets' if x else 'no inputs'}"
        )
        raise DataError(message)
    error = options.error or (known.error if known else "half_squared")
    return Lesson(network, x, y, error, known.learning_rate if known else 0.5)


def _explain(options: argparse.Namespace) -> int:
    lesson = _lesson(options)
    explanation = lesson.network.explain(
        lesson.x,
        lesson.y,
        of=[each.strip() for each in options.of.split(",")] if options.of else None,
        unrolled=options.unrolled,
        error=lesson.error,
        learning_rate=lesson.learning_rate if options.rate is None else options.rate,
    )
    if options.out:
        may_be_written(options.out, BEGINNINGS.get(options.out.suffix, ""))
        explanation.save(options.out)
        say(f"{options.out} written")
    else:
        say(str(explanation))
    return DONE


def _verify(options: argparse.Namespace) -> int:
    lesson = _lesson(options)
    report = lesson.network.verify([lesson.x], [lesson.y], lesson.error)
    say(str(report))
    return DONE if report.agree else FAULT


def _numbers(text: str) -> Numbers:
    """Return numbers behind commas; with semicolons, a row a step."""
    try:
        rows = [[float(each) for each in row.split(",")] for row in text.split(";")]
    except ValueError:
        message = f"expected numbers behind commas, such as 0.05,0.1; got {text[:60]!r}"
        raise argparse.ArgumentTypeError(message) from None
    return rows if len(rows) > 1 else rows[0]
