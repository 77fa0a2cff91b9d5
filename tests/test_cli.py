"""Tests of neuronwise.cli: the command as it is typed, in a process of its own."""

import os
import pty
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from serving import PATIENCE, command, environment

import neuronwise

SMALL_BUILDER = str(Path(__file__).with_name("small_builder.py"))
HELPS = [
    [],
    ["book"],
    ["book", "build"],
    ["book", "serve"],
    ["train"],
    ["predict"],
    ["draw"],
    ["explain"],
    ["verify"],
    ["exercises"],
    ["errata"],
]
EXAMPLE_PORT = 8001


def run(arguments: list[str], folder: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def with_small_builder(*arguments: str) -> list[str]:
    return [sys.executable, SMALL_BUILDER, *arguments]


def taken(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return True
    return False


@pytest.mark.parametrize("arguments", HELPS, ids=" ".join)
def test_the_example_of_each_help_runs(arguments: list[str], tmp_path: Path) -> None:
    text = run(command(*arguments, "--help")).stdout
    (example,) = re.findall(r"^example:\n  neuronwise (.*)$", text, re.MULTILINE)
    if taken(EXAMPLE_PORT):  # by another program: then a free one
        example = example.replace(str(EXAMPLE_PORT), "0")

    with subprocess.Popen(
        with_small_builder(*shlex.split(example)),
        cwd=tmp_path,
        env=environment(HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path / "data")),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C stops" in line:
                process.send_signal(signal.SIGINT)

    assert process.returncode == 0, lines
    assert lines
    assert shlex.split(example)[: len(arguments)] == arguments


def test_version() -> None:
    assert run(command("--version")).stdout == f"neuronwise {neuronwise.__version__}\n"


def test_help_is_quick_and_needs_no_extras() -> None:
    blocked = "import sys; sys.modules.update(django=None, waitress=None, whitenoise=None, markdown_it=None)\n"
    program = [sys.executable, "-c", blocked + "from neuronwise.cli import main; main(['--help'])"]
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        answer = run(program)
        seconds.append(time.perf_counter() - started)
        assert answer.stdout.startswith("usage: neuronwise")

    assert min(seconds) < 0.2


@pytest.mark.parametrize("missing", ["django", "waitress", "whitenoise"])
def test_without_the_extras_serve_is_refused_with_the_mend(missing: str) -> None:
    blocked = f"import sys; sys.modules[{missing!r}] = None\n"
    program = [sys.executable, "-c", blocked + "from neuronwise.cli import main; sys.exit(main(['book', 'serve']))"]

    refused = run(program)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"the package {missing} is not installed" in refused.stderr
    assert 'pip install "neuronwise[book,site]"' in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_module_of_our_own_that_is_missing_is_no_missing_extra() -> None:
    blocked = "import sys; sys.modules['neuronwise.site.server'] = None\n"
    program = [sys.executable, "-c", blocked + "from neuronwise.cli import main; sys.exit(main(['book', 'serve']))"]

    assert "ModuleNotFoundError" in run(program).stderr


@pytest.mark.parametrize("port", ["", "abc", "-1", "65536", "8000.0", "1e3", "8_000", "٣", "9" * 5000])
def test_a_bad_port_is_refused(port: str) -> None:
    refused = run(command("book", "serve", f"--port={port}"))

    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"argument --port: expected a whole number from 0 to 65535; got {port!r}" in refused.stderr


@pytest.mark.parametrize("arguments", [[], ["book"], ["bok"], ["book", "build", "--on"]])
def test_what_is_no_command_is_refused_with_the_usage(arguments: list[str]) -> None:
    refused = run(command(*arguments))

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("usage: neuronwise")


def test_build_hands_its_options_to_the_builder_and_prints_what_it_says(tmp_path: Path) -> None:
    built = run(with_small_builder("book", "build", "--out", "there", "--pyodide", "node/pyodide"), tmp_path)

    assert (built.returncode, built.stdout) == (0, "building there, Python for the page from node/pyodide\n")
    assert (tmp_path / "there" / "contents.json").exists()


@pytest.mark.parametrize("name", ["build", "serve"])
def test_a_fault_in_the_book_is_told_without_a_traceback(tmp_path: Path, name: str) -> None:
    port = ["--port", "0"] if name == "serve" else []

    failed = run(with_small_builder("book", name, *port), tmp_path, FAULT="0.76 is not what the program computes")

    assert (failed.returncode, failed.stderr) == (
        1,
        "neuronwise: chapter.md, line 12: 0.76 is not what the program computes\n",
    )


def test_what_the_builder_misses_is_told_without_a_traceback(tmp_path: Path) -> None:
    refused = run(with_small_builder("book", "serve", "--port", "0"), tmp_path, MISSING="expected node_modules/pyodide")

    assert (refused.returncode, refused.stderr) == (2, "neuronwise: expected node_modules/pyodide\n")


def test_a_full_disk_is_told_with_what_to_do_and_without_a_traceback(tmp_path: Path) -> None:
    refused = run(with_small_builder("book", "build"), tmp_path, FULL="build/book/index.html")

    assert refused.returncode == 2
    assert "No space left on device: 'build/book/index.html'.\nNothing was changed. See that the disk" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["build", "--out", "mine"], "mine: it holds other files: diary.txt"),
        (["build", "--out", "."], "it holds other files: empty, mine"),
        (["build", "--out", ".."], "it holds other files"),
        (["build", "--out", "/"], "it holds other files"),
        (["build", "--out", "mine/diary.txt"], "it is a file"),
        (["build", "--out", "mine/diary.txt/book"], "diary.txt can't be written, File exists"),
        (["serve", "--port", "0", "--book", "mine"], "mine: it holds other files: diary.txt"),
    ],
)
def test_the_users_own_files_are_never_replaced(tmp_path: Path, arguments: list[str], why: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("Dear diary")

    refused = run(command("book", *arguments), tmp_path)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("neuronwise: expected a folder for the book")
    assert why in refused.stderr
    assert "Traceback" not in refused.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["diary.txt", "empty", "mine"]


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals there")
@pytest.mark.parametrize(
    ("variables", "last"), [({}, "\033[Kbuilding there"), ({"FAULT": "0.76 is wrong"}, "\033[Kneuronwise: ")]
)
def test_a_terminal_shows_what_is_under_way_on_one_line(tmp_path: Path, variables: dict[str, str], last: str) -> None:
    reader, terminal = pty.openpty()
    arguments = with_small_builder("book", "build", "--out", "there")

    subprocess.run(
        arguments,
        cwd=tmp_path,
        env=environment(COLUMNS="40", **variables),
        stdout=terminal,
        stderr=terminal,
        check=False,
    )
    os.close(terminal)
    shown = os.read(reader, 10_000).decode()
    os.close(reader)

    begun, done = shown.split("\r")[:2]
    assert begun == "building the small book, as the large one is built"[:39] + "\033[K"
    assert done.startswith(last)


def test_serve_builds_with_the_pyodide_that_is_named(tmp_path: Path) -> None:
    first = serve_once(tmp_path)
    second = serve_once(tmp_path, "--pyodide", "node/pyodide")

    assert first[0].endswith("Python for the page from None")
    assert second[0].endswith("Python for the page from node/pyodide")


def test_serve_builds_only_what_is_stale(tmp_path: Path) -> None:
    first, second = (serve_once(tmp_path) for _ in range(2))

    assert [line.partition(" ")[0] for line in first] == ["building", "Neuron", "", "Stopped."]
    assert [line.partition(" ")[0] for line in second] == ["Neuron", "", "Stopped."]


def test_no_build_never_builds(tmp_path: Path) -> None:
    refused = run(with_small_builder("book", "serve", "--port", "0", "--no-build", "--data", "data"), tmp_path)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert str(Path("build/book/contents.json")) in refused.stderr


def serve_once(folder: Path, *more: str) -> list[str]:
    arguments = with_small_builder("book", "serve", "--port", "0", "--data", "data", *more)
    with subprocess.Popen(arguments, cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if "Ctrl-C stops" in line:
                process.send_signal(signal.SIGINT)
    return lines
