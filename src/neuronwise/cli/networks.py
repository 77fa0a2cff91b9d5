"""The commands of networks: train one, let it predict, draw it."""

import argparse
import csv
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from neuronwise.cli.terminal import DONE, FAULT, INTERRUPTED, command, complain, may_be_written, refuse, say

if TYPE_CHECKING:
    from neuronwise.cli.terminal import Commands
    from neuronwise.network import Network
    from neuronwise.network.examples import Example
    from neuronwise.network.table import Table

DATA = "a CSV file whose first line names the columns, or the name of an example, such as xor"
NETWORK = "a network's file, or the name of an example, such as mazur"
ALONE = {"cross_entropy": "logistic", "binary_cross_entropy": "logistic"}  # what one output must be for an error
RATE = 0.1  # how fast a network of no example learns, if nothing is said
BEGINNINGS = r"\{|<svg"  # of the files these commands write: others of the same name are left alone


class Task(NamedTuple):
    """What is to be learned, and by which network."""

    network: "Network"
    samples: Any
    targets: Any
    error: str
    learning_rate: float


def add(commands: "Commands") -> None:
    """Add the commands of this file."""
    _add_train(commands)
    _add_predict(commands)
    _add_draw(commands)


def told(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Tell what a network or a file refuses, instead of a traceback."""

    def telling(options: argparse.Namespace) -> int:
        from neuronwise.necessary.graph import CycleError  # noqa: PLC0415 - a room is loaded when its command runs
        from neuronwise.network import (  # noqa: PLC0415
            DataError,
            DivergedError,
            FileError,
            NetworkError,
            TableError,
            UnknownError,
        )

        try:
            return run(options)
        except (FileError, TableError, DivergedError) as error:
            complain(error)
            return FAULT
        except (NetworkError, DataError, UnknownError, CycleError) as error:
            return refuse(error)
        except OSError as error:
            why = f"{error.strerror}: {error.filename}" if error.strerror and error.filename else error
            return refuse(f"expected files that can be read and written; {why}")

    return telling


def _train(options: argparse.Namespace) -> int:
    may_be_written(options.out, BEGINNINGS)
    task = _task(options)
    x, y = task.samples, task.targets
    before = task.network.gradients(x, y, task.error).error
    history = task.network.fit(
        x,
        y,
        task.error,
        learning_rate=task.learning_rate,
        epochs=options.epochs,
        batch_size=options.batch_size,
        shuffle=options.shuffle,
        seed=options.seed,
        step=options.step,
        checkpoint=options.checkpoint,
    )
    after = task.network.gradients(x, y, task.error).error
    task.network.save(options.out)
    say(f"{options.data}: {len(x)} samples. {task.network}")
    say(f"{task.error}: {before:.6g} before, {after:.6g} after {len(history.errors)} epochs")
    say(f"{options.out} holds the network. Try: neuronwise predict {options.out} {options.data}")
    if history.stopped:
        say(f"Stopped: {history.stopped.removeprefix('stopped ')}.")
    return INTERRUPTED if history.stopped else DONE


def _task(options: argparse.Namespace) -> Task:
    """Read the data, and make the network or read it too."""
    from neuronwise.network.examples import EXAMPLES, network_named  # noqa: PLC0415

    example = EXAMPLES[options.data]() if options.data in EXAMPLES else None
    if example and not (options.target or options.hidden or options.network):
        rate = options.learning_rate or example.learning_rate
        return Task(example.network, example.X, example.Y, options.error or example.error, rate)
    table = _columns(example) if example else _read(options.data)
    targets = options.target or [table.columns[-1]]
    error = options.error or "half_squared"
    if options.network:
        network = network_named(options.network)
        rows = table.part(network.inputs), table.part(targets if options.target else network.outputs)
    else:
        network = _layers(options, table, targets, error)
        rows = table.part(network.inputs), table.part(targets)
    x, y = ([part] if network.delayed else part for part in rows)  # rows are then the steps of one sample
    return Task(network, x, y, error, options.learning_rate or RATE)


def _layers(options: argparse.Namespace, table: "Table", targets: Sequence[str], error: str) -> "Network":
    from neuronwise.network import Network  # noqa: PLC0415

    inputs = [name for name in table.columns if name not in targets]
    several = "softmax" if error == "cross_entropy" else ALONE.get(error, "identity")
    activation = options.output_activation or (several if targets[1:] else ALONE.get(error, "identity"))
    sizes = [len(inputs), *(options.hidden or [8]), len(targets)]
    table.part(targets)  # a column that is not there is told first
    return Network.layered(sizes, options.activation, activation, inputs=inputs, outputs=targets, seed=options.seed)


def _predict(options: argparse.Namespace) -> int:
    from neuronwise.network.examples import EXAMPLES, network_named  # noqa: PLC0415

    network = network_named(options.network)
    table = _columns(EXAMPLES[options.data]()) if options.data in EXAMPLES else _read(options.data)
    rows = table.part(network.inputs)
    answers = network.predict([rows] if network.delayed else rows).reshape(len(rows), -1).tolist()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(network.outputs)
    writer.writerows(answers)
    return DONE


def _draw(options: argparse.Namespace) -> int:
    from neuronwise.network.examples import network_named  # noqa: PLC0415

    network = network_named(options.network)
    out = options.out or Path(f"{Path(options.network).stem}.svg")
    may_be_written(out, BEGINNINGS)
    network.draw().save(out)
    say(f"{out} shows it. {network}")
    return DONE


def _read(path: str) -> "Table":
    from neuronwise.network.table import read  # noqa: PLC0415

    return read(path)


def _columns(example: "Example") -> "Table":
    """An example's samples as a table; of a delayed one the first sample, a row a step."""
    from neuronwise.network.table import Table  # noqa: PLC0415

    net = example.network
    samples, targets = (example.x, example.y) if net.delayed else (example.X, example.Y)
    return Table([*net.inputs, *net.outputs], [[*x, *y] for x, y in zip(samples, targets, strict=True)])


def _add_train(commands: "Commands") -> None:
    train = command(commands, "train", "train a network with samples and save it", "train xor --epochs 1000")
    train.add_argument("data", metavar="DATA", help=DATA)
    train.add_argument(
        "--target", action="append", metavar="COLUMN", help="a column to learn; may be given several times"
    )
    train.add_argument("--network", metavar="NETWORK", help=f"the network to begin with: {NETWORK}")
    train.add_argument(
        "--hidden", type=_sizes, metavar="N,N", help="sizes of hidden layers of a new network (default: 8)"
    )
    train.add_argument("--activation", default="tanh", metavar="NAME", help="of hidden neurons (default: tanh)")
    train.add_argument("--output-activation", metavar="NAME", help="of outputs (default: what the error needs)")
    train.add_argument("--error", metavar="NAME", help="the error (default: half_squared)")
    train.add_argument("--learning-rate", type=float, metavar="ETA", help=f"the learning rate (default: {RATE})")
    train.add_argument("--epochs", type=int, default=100, metavar="N", help="how often all samples pass (default: 100)")
    train.add_argument("--batch-size", type=int, default=1, metavar="N", help="samples for each update (default: 1)")
    train.add_argument("--step", default="plain", metavar="NAME", help="plain, momentum, adam, … (default: plain)")
    train.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="keep the training there: the same command goes on with it"
    )
    train.add_argument("--shuffle", action="store_true", help="take the samples in another order in each epoch")
    train.add_argument("--seed", type=int, default=0, metavar="N", help="of weights and of the order (default: 0)")
    train.add_argument("--out", type=Path, default=Path("net.json"), metavar="FILE", help="(default: net.json)")
    train.set_defaults(run=told(_train))


def _add_predict(commands: "Commands") -> None:
    predict = command(commands, "predict", "print what a network answers to samples, as CSV", "predict xor xor")
    predict.add_argument("network", metavar="NETWORK", help=NETWORK)
    predict.add_argument("data", metavar="DATA", help=DATA)
    predict.set_defaults(run=told(_predict))


def _add_draw(commands: "Commands") -> None:
    draw = command(commands, "draw", "draw a network as SVG", "draw mazur --out mazur.svg")
    draw.add_argument("network", metavar="NETWORK", help=NETWORK)
    draw.add_argument("--out", type=Path, metavar="FILE", help="(default: the network's name with .svg)")
    draw.set_defaults(run=told(_draw))


def _sizes(text: str) -> list[int]:
    if not all(part.isascii() and part.isdigit() and int(part[:9]) > 0 for part in text.split(",")):
        message = f"expected sizes of layers, for example 8 or 8,4; got {text!r}"
        raise argparse.ArgumentTypeError(message)
    return [int(part) for part in text.split(",")]
