"""The command `neuronwise`: reads the command line, and hands each command to the room that does it.

A room is loaded when its command runs, so that `neuronwise --help` is quick and needs no extras.
The exit code is 0, done; 1, the book has a fault; 2, the command can't run like this; 130, interrupted half-way.
`serve` answers Ctrl-C with 0: that is how it ends, and `make book` then reports no error.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from neuronwise import __version__

if TYPE_CHECKING:
    from argparse import _SubParsersAction  # its only name

    Commands = _SubParsersAction[argparse.ArgumentParser]

DONE, FAULT, REFUSED, INTERRUPTED = 0, 1, 2, 130
OUT = Path("build/book")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; without arguments, the one that was typed."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except ModuleNotFoundError as error:
        return _refuse_without_extras(error)
    except KeyboardInterrupt:
        _say("\nStopped.")
        return INTERRUPTED


def _build(options: argparse.Namespace) -> int:
    return _built(options.out, options.pyodide)


def _serve(options: argparse.Namespace) -> int:
    from neuronwise.site import environment, server  # noqa: PLC0415  (a room is loaded when its command runs)
    from neuronwise.site.errors import StartError  # noqa: PLC0415

    try:
        environment.override(os.environ, book=options.book, data=options.data, port=options.port)
        with server.listener() as listening:  # first, so that a taken port is said before a long build
            if not options.no_build and (failed := _built_if_stale(environment.book(os.environ), options.pyodide)):
                return failed
            server.serve(listening, _say)
    except StartError as error:
        return _refuse(error)
    return DONE


def _built_if_stale(out: Path, pyodide: Path | None) -> int:
    from neuronwise.book.build import stale  # noqa: PLC0415  (a room is loaded when its command runs)

    return _built(out, pyodide) if stale(out, pyodide) else DONE


def _built(out: Path, pyodide: Path | None) -> int:
    from neuronwise.book.build import build  # noqa: PLC0415
    from neuronwise.book.errors import BuildError, MissingError, NotOursError  # noqa: PLC0415

    try:
        build(out, pyodide=pyodide, say=_say, begin=_begin)
    except BuildError as error:
        _complain(error)
        return FAULT
    except (MissingError, NotOursError) as error:
        return _refuse(error)
    except OSError as error:
        mend = "Nothing was changed. See that the disk has room and the folder can be written, then try again."
        return _refuse(f"expected to read the chapters and to write the book into {out}; {error}.\n{mend}")
    return DONE


def _refuse_without_extras(error: ModuleNotFoundError) -> int:
    package = (error.name or "").partition(".")[0]
    if package in {"", "neuronwise"}:
        raise error
    message = f'expected the extras "book" and "site"; the package {package} is not installed. The mend:'
    return _refuse(f'{message}\n    pip install "neuronwise[book,site]"')


def _refuse(why: object) -> int:
    _complain(why)
    return REFUSED


def _complain(why: object) -> None:
    erase = "\033[K" if sys.stderr.isatty() else ""  # the rest of what was under way
    print(f"{erase}neuronwise: {why}", file=sys.stderr)


def _begin(words: str) -> None:
    """In a terminal, show what is under way; the next line is written over it."""
    if sys.stdout.isatty():
        room = shutil.get_terminal_size().columns - 1
        print(f"{words} …"[:room], end="\r", flush=True)


def _say(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neuronwise",
        description="The mathematics of neural networks, neuron by neuron.",
        epilog="example:\n  neuronwise --version",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"neuronwise {__version__}")
    rooms = parser.add_subparsers(required=True, metavar="COMMAND")
    book = _command(rooms, "book", "build or serve the book Neuron by Neuron", "book build")
    commands = book.add_subparsers(required=True, metavar="COMMAND")
    _add_build(commands)
    _add_serve(commands)
    return parser


def _add_build(commands: "Commands") -> None:
    build = _command(
        commands, "build", "check the chapters and write the book as plain files", "book build --out build/book"
    )
    build.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"the folder to write (default: {OUT})")
    _add_pyodide(build)
    build.set_defaults(run=_build)


def _add_serve(commands: "Commands") -> None:
    serve = _command(
        commands, "serve", "serve the book to browsers, after building it if need be", "book serve --port 8001"
    )
    serve.add_argument("--port", type=_port, metavar="N", help="the port to listen on; 0: any free one (default: 8000)")
    serve.add_argument("--book", type=Path, metavar="DIR", help=f"the folder of the built book (default: {OUT})")
    serve.add_argument(
        "--data", type=Path, metavar="DIR", help="the folder of the database (default: the user's data folder)"
    )
    _add_pyodide(serve)
    serve.add_argument("--no-build", action="store_true", help="serve what is built, even if the chapters are newer")
    serve.set_defaults(run=_serve)


def _add_pyodide(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--pyodide",
        type=Path,
        metavar="DIR",
        help="the folder of the npm package pyodide, Python for the page (default: node_modules/pyodide)",
    )


def _command(commands: "Commands", name: str, purpose: str, example: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=purpose,
        description=f"{purpose[0].upper()}{purpose[1:]}.",
        epilog=f"example:\n  neuronwise {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _port(text: str) -> int:
    from neuronwise.site.environment import is_port  # noqa: PLC0415  (a room is loaded when its command runs)

    if not is_port(text):
        message = f"expected a whole number from 0 to 65535; got {text!r}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
