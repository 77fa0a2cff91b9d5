"""The command of exercises: print a sheet, write it with its solutions, judge an answer."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from neuronwise.cli.networks import NETWORK, told
from neuronwise.cli.terminal import DONE, FAULT, command, may_be_written, refuse, say

if TYPE_CHECKING:
    from neuronwise.cli.terminal import Commands

BEGINNINGS = {  # of the files that are written: one of another kind is left alone
    ".pdf": r"%PDF", ".html": r"<!doctype html", ".ipynb": r"\{", ".txt": r"(Solutions: )?\d+ exercises? for ",
}  # fmt: skip


def add(commands: "Commands") -> None:
    """Add the commands of this file."""
    exercises = command(
        commands,
        "exercises",
        "make exercises for a network, with worked solutions; judge an answer",
        "exercises --network mazur --seed 7 --count 10 --out sheet.html",
    )
    exercises.add_argument("--network", default="mazur", metavar="NETWORK", help=f"{NETWORK} (default: mazur)")
    exercises.add_argument(
        "--seed", type=int, default=0, metavar="N", help="the same seed, the same sheet (default: 0)"
    )
    exercises.add_argument("--count", type=int, default=10, metavar="N", help="how many exercises (default: 10)")
    exercises.add_argument("--error", metavar="NAME", help="the error (default: the example's, or half_squared)")
    what = exercises.add_mutually_exclusive_group()
    what.add_argument(
        "--out", type=Path, metavar="FILE", help="write .pdf, .html, .ipynb or .txt, and FILE's .solutions beside it"
    )
    what.add_argument("--solutions", action="store_true", help="print the worked solutions")
    what.add_argument("--check", nargs=2, metavar=("N", "ANSWER"), help="judge an answer to exercise N")
    exercises.set_defaults(run=told(_exercises))


def _exercises(options: argparse.Namespace) -> int:
    from neuronwise.network.exercises import sheet  # noqa: PLC0415 - a room is loaded when its command runs

    made = sheet(options.network, options.seed, options.count, options.error)
    if options.check:
        number, answer = options.check
        if not (number.isascii() and number.isdigit() and len(number) < 9):  # noqa: PLR2004 - more digits than exercises
            return refuse(f"expected the number of an exercise behind --check, such as 3; got {number[:60]!r}")
        verdict = made.check(int(number), answer)
        say(str(verdict))
        return DONE if verdict.right else FAULT
    if options.out:
        from neuronwise.network.sheet import files  # noqa: PLC0415 - a room is loaded when its command runs

        for each in files(options.out):
            may_be_written(each, BEGINNINGS[each.suffix])
        both = made.save(options.out)
        say(f"{both[0]} and {both[1]} written")
    else:
        say(made.solutions if options.solutions else str(made))
    return DONE
