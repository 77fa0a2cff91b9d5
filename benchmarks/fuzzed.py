"""Fuzzing: atheris changes texts until they reach new branches of the renderer, and looks at what comes out.

    python -m benchmarks.fuzzed replies 60 CORPUS     one target, its seconds, the folder of the texts that it has found

For replies and for formulas holds: nothing is raised but what the function's docstring names, and only listed tags come
out. How long a text takes is only told: the figures of `replies` hold the bound.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["markdown_it", "neuronwise.site.replies"], enable_loader_override=False):
    from neuronwise.site.replies.mathml import markup
    from neuronwise.site.replies.rendering import MOST_CHARACTERS, render
    from neuronwise.site.replies.tex import TexError, formula

from benchmarks.measured import Row

sys.path.append("tests")
from hostile_replies import TEXTS
from listed_tags import foreign

FORMULAS = [
    r"\frac{dE}{dw}", r"x_i^{12}'", r"\sqrt[3]{x}", r"\left(\text{<b>&}\right)", r"\sum_{i=1}^n \mathbb{R}",
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\begin{cases}a\\b\end{cases}", r"\hat y \max_w \quad \operatorname{f}",
]  # fmt: skip
ENDLESS = 300  # seconds, on the wall: other programs may take nearly all of them


def figures(minutes: float) -> Iterator[Row]:
    """Fuzz each target for so long, in a process of its own."""
    for target in TARGETS:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "benchmarks.fuzzed", target, str(round(minutes * 60)), folder]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
        runs = re.findall(r"^(?:Done |#)(\d+)", done.stderr, re.MULTILINE)
        if not runs:
            message = f"expected libFuzzer's count of runs; got {done.stderr[-2000:]}"
            raise RuntimeError(message)
        fault = "" if done.returncode == 0 else f"; it ended with: {done.stderr[-1500:]}"
        yield f"faults in {int(runs[-1]):,} {target} in {minutes:g} minutes{fault}", done.returncode != 0, 0, ""


def reply(data: bytes) -> None:
    """Show a reply."""
    text = data.decode(errors="replace")  # as Django reads what a form sends
    try:
        html = render(text)
    except ValueError:
        if len(text) <= MOST_CHARACTERS:
            raise
    else:
        refuse(foreign(html), text)


def one_formula(data: bytes) -> None:
    """Show a formula; most texts are none."""
    text = data.decode(errors="replace")
    try:
        written = markup(formula(text, alone=bool(len(data) % 2)))
    except TexError:
        return
    refuse(foreign(written), text)


def refuse(found: list[object], text: str) -> None:
    """Say what came out that must not."""
    if found:
        message = f"expected only listed tags and attributes; got {found} of {text!r}"
        raise AssertionError(message)


TARGETS: dict[str, tuple[Callable[[bytes], None], list[str], int]] = {  # what is done, with which texts first, bytes
    "replies": (reply, [*TEXTS, *(f"${text}$" for text in FORMULAS)], 10_100),
    "formulas": (one_formula, FORMULAS, 520),
}


def main(target: str, seconds: str, corpus: str) -> None:
    """Fuzz one target; ends the process."""
    work, texts, most = TARGETS[target]
    for number, text in enumerate(texts):
        (Path(corpus) / f"text-{number}").write_text(text)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={most}",
        "-seed=1",
        f"-timeout={ENDLESS}",
        f"-artifact_prefix={corpus}/",
    ]
    atheris.Setup([sys.argv[0], *options, corpus], work)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
