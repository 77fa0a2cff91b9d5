"""The commands of the book: build it, serve it, publish chapters."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from neuronwise.cli import operating, publishing
from neuronwise.cli.terminal import DONE, FAULT, begin, command, complain, refuse, say

if TYPE_CHECKING:
    from neuronwise.cli.terminal import Commands

OUT = Path("build/book")


def add(commands: "Commands") -> None:
    """Add the commands of this file."""
    book = command(commands, "book", "build or serve the book Neuron by Neuron", "book build")
    inner = book.add_subparsers(required=True, metavar="COMMAND")
    _add_build(inner)
    _add_serve(inner)
    publishing.add(inner)
    operating.add(inner)


def _build(options: argparse.Namespace) -> int:
    return _built(options.out, options.pyodide)


def _serve(options: argparse.Namespace) -> int:
    from neuronwise.site import environment, server  # noqa: PLC0415  (a room is loaded when its command runs)
    from neuronwise.site.errors import StartError  # noqa: PLC0415

    try:
        environment.override(os.environ, book=options.book, data=options.data, port=options.port)
        with server.listeners() as listening:  # first, so that a taken port is said before a long build
            if not options.no_build and (failed := _built_if_stale(environment.book(os.environ), options.pyodide)):
                return failed
            server.serve(listening, say, notify=not options.no_notify)
    except StartError as error:
        return refuse(error)
    return DONE


def _built_if_stale(out: Path, pyodide: Path | None) -> int:
    from neuronwise.book.build import stale  # noqa: PLC0415  (a room is loaded when its command runs)

    return _built(out, pyodide) if stale(out, pyodide) else DONE


def _built(out: Path, pyodide: Path | None) -> int:
    from neuronwise.book.build import build  # noqa: PLC0415
    from neuronwise.book.errors import BuildError, MissingError, NotOursError  # noqa: PLC0415

    try:
        build(out, pyodide=pyodide, say=say, begin=begin)
    except BuildError as error:
        complain(error)
        return FAULT
    except (MissingError, NotOursError) as error:
        return refuse(error)
    except OSError as error:
        mend = "Nothing was changed. See that the disk has room and the folder can be written, then try again."
        return refuse(f"expected to read the chapters and to write the book into {out}; {error}.\n{mend}")
    return DONE


def _add_build(commands: "Commands") -> None:
    build = command(
        commands, "build", "check the chapters and write the book as plain files", "book build --out build/book"
    )
    build.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"the folder to write (default: {OUT})")
    _add_pyodide(build)
    build.set_defaults(run=_build)


def _add_serve(commands: "Commands") -> None:
    serve = command(
        commands, "serve", "serve the book to browsers, after building it if need be", "book serve --port 8001"
    )
    serve.add_argument("--port", type=_port, metavar="N", help="the port to listen on; 0: any free one (default: 8000)")
    serve.add_argument("--book", type=Path, metavar="DIR", help=f"the folder of the built book (default: {OUT})")
    serve.add_argument(
        "--data", type=Path, metavar="DIR", help="the folder of the database (default: the user's data folder)"
    )
    _add_pyodide(serve)
    serve.add_argument("--no-build", action="store_true", help="serve what is built, even if the chapters are newer")
    serve.add_argument("--no-notify", action="store_true", help="deliver no letters; another process does")
    serve.set_defaults(run=_serve)


def _add_pyodide(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--pyodide",
        type=Path,
        metavar="DIR",
        help="the folder of the npm package pyodide, Python for the page (default: node_modules/pyodide)",
    )


def _port(text: str) -> int:
    from neuronwise.site.environment import is_port  # noqa: PLC0415  (a room is loaded when its command runs)

    if not is_port(text):
        message = f"expected a whole number from 0 to 65535; got {text!r}"
        raise argparse.ArgumentTypeError(message)
    return int(text)
