"""How commands speak: a line on the screen, a refusal with its mend, and how a command is declared."""

import argparse
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _SubParsersAction  # its only name

    Commands = _SubParsersAction[argparse.ArgumentParser]

BEGINS_WITH_MINUS = re.compile(
    r"-[^-]"
)  # a number or a formula, as in --x -0.5,0.2: no command has options of a letter
DONE, FAULT, REFUSED, INTERRUPTED = 0, 1, 2, 130
ERASE = "\033[K"  # in a terminal: the rest of the line, where a longer one was under way


def refuse(why: object) -> int:
    """Say why a command can't run like this."""
    complain(why)
    return REFUSED


def complain(why: object) -> None:
    """Say what is wrong, where errors are said."""
    print(f"{ERASE * sys.stderr.isatty()}neuronwise: {why}", file=sys.stderr)


def begin(words: str) -> None:
    """In a terminal, show what is under way; the next line is written over it."""
    if sys.stdout.isatty():
        room = shutil.get_terminal_size().columns - 1
        print(f"{words} …"[:room] + ERASE, end="\r", flush=True)


def say(line: str) -> None:
    """Say a line."""
    print(f"{ERASE * sys.stdout.isatty()}{line}", flush=True)


def command(commands: "Commands", name: str, purpose: str, example: str) -> argparse.ArgumentParser:
    """Declare a command: its name, its purpose, and an example that runs as it stands."""
    parser = commands.add_parser(
        name,
        help=purpose,
        description=f"{purpose[0].upper()}{purpose[1:]}.",
        epilog=f"example:\n  neuronwise {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser._negative_number_matcher = BEGINS_WITH_MINUS  # noqa: SLF001 - argparse has no other way; a test holds it
    return parser


def may_be_written(path: Path, begins: str) -> None:
    """Refuse to replace a folder, or a file that does not begin as what is to be written there.

    Errors   FileExistsError: it is one
    """
    if path.is_dir():
        message = f"{path} is a folder; name a file with --out"
        raise FileExistsError(message)
    if path.is_file() and not re.match(begins, _beginning(path), re.IGNORECASE):
        message = f"{path} is a file of another kind; name another with --out"
        raise FileExistsError(message)


def _beginning(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(200).decode("utf-8", errors="replace")
