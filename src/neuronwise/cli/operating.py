"""The commands of who runs the site: the author's account, backup and restore, a look at the settings."""

import argparse
import os
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from neuronwise.cli.terminal import DONE, FAULT, command, refuse, say

if TYPE_CHECKING:
    from neuronwise.cli.terminal import Commands


def add(commands: "Commands") -> None:
    """Add the commands of this file."""
    _add_author(commands)
    _add_backup(commands)
    _add_restore(commands)
    _add_check(commands)


def _author(options: argparse.Namespace) -> int:
    from neuronwise.site import environment, opening  # noqa: PLC0415  (a room is loaded when its command runs)
    from neuronwise.site.errors import StartError  # noqa: PLC0415

    environment.override(os.environ, book=None, data=options.data, port=None)
    try:
        opening.open_site()
    except StartError as error:
        return refuse(error)
    from neuronwise.site import authors  # noqa: PLC0415  (its models need the opened site)

    try:
        with opening.in_words():
            new = authors.account(options.name, _password())
    except StartError as error:
        return refuse(error)
    except ValueError as error:
        return refuse(f"expected an account's name and a password that nobody guesses. {error}")
    say(f"{options.name} {'can log in now' if new else 'has a new password'}, on the author's side of the site.")
    return DONE


def _password() -> str:
    """Ask for a password, twice; where nobody sits at a terminal, read one line.

    Errors   ValueError: the two differ
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first, second = getpass("Password: "), getpass("Once more: ")
    if first != second:
        message = "The two differ."
        raise ValueError(message)
    return first


def _backup(options: argparse.Namespace) -> int:
    from neuronwise.site import backups, environment  # noqa: PLC0415  (a room is loaded when its command runs)
    from neuronwise.site.errors import StartError  # noqa: PLC0415

    environment.override(os.environ, book=None, data=options.data, port=None)
    try:
        environment.check(os.environ)
        backups.backup(environment.data(os.environ), environment.database(os.environ), options.file)
    except StartError as error:
        return refuse(error)
    say(f"{options.file} holds everything: addresses, replies, the secret. Keep it where nobody else reads it.")
    return DONE


def _restore(options: argparse.Namespace) -> int:
    from neuronwise.site import backups, environment, opening  # noqa: PLC0415  (a room is loaded when its command runs)
    from neuronwise.site.errors import StartError  # noqa: PLC0415

    environment.override(os.environ, book=None, data=options.data, port=None)
    data = environment.data(os.environ)
    try:
        environment.check(os.environ)
        backups.restore(data, environment.database(os.environ), options.file, replace=options.replace)
        opening.open_site(restoring=True)
    except StartError as error:
        return refuse(error)
    from neuronwise.site import aftermath  # noqa: PLC0415  (its models need the opened site)

    try:
        with opening.in_words():
            done = aftermath.settle()
    except StartError as error:
        return refuse(error)
    backups.finish(data, environment.database(os.environ))
    again = f"{done.gone} unsubscribed, {done.erased} erased, {done.replies} replies taken back"
    say(f"Restored. Who has withdrawn since has withdrawn again: {again}.")
    if done.unknown:
        say(f"{done.unknown} letters were not finished when the backup was made. Whether they went since is unknown.")
        say("If they are to go:\n    neuronwise book notify --retry unknown")
    return DONE


def _check(options: argparse.Namespace) -> int:
    from neuronwise.site import checking, environment  # noqa: PLC0415  (a room is loaded when its command runs)

    environment.override(os.environ, book=options.book, data=options.data, port=None)
    found = list(checking.findings(os.environ))
    for finding in found:
        say(f"{'ok      ' if finding.well else 'UNSAFE  '}{finding.name}: {finding.words}")
    unsafe = sum(not finding.well for finding in found)
    say(f"{unsafe} to mend." if unsafe else "All is well.")
    return FAULT if unsafe else DONE


# declarations


def _add_author(commands: "Commands") -> None:
    author = command(
        commands, "author", "make an account for the author's side, or give it a new password", "book author ada"
    )
    author.add_argument("name", metavar="NAME", help="the name to log in with")
    _add_data(author)
    author.set_defaults(run=_author)


def _add_backup(commands: "Commands") -> None:
    backup = command(
        commands, "backup", "write everything into one file, while the site runs", "book backup site.backup"
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="the file to write; it must not be there yet")
    _add_data(backup)
    backup.set_defaults(run=_backup)


def _add_restore(commands: "Commands") -> None:
    restore = command(commands, "restore", "put a backup in its place", "book restore site.backup --replace")
    restore.add_argument("file", type=Path, metavar="FILE", help="what `neuronwise book backup` wrote")
    restore.add_argument("--replace", action="store_true", help="replace what is there; else the place must be empty")
    _add_data(restore)
    restore.set_defaults(run=_restore)


def _add_check(commands: "Commands") -> None:
    check = command(commands, "check", "look for settings that are unsafe", "book check")
    check.add_argument("--book", type=Path, metavar="DIR", help="the folder of the built book (default: build/book)")
    _add_data(check)
    check.set_defaults(run=_check)


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", type=Path, metavar="DIR", help="the folder of the database (default: the user's data folder)"
    )
