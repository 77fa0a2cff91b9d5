"""Sheets of exercises: the same from the same seed, for any network, in every form; each answer is the code's."""

import math
import os
import re
import subprocess
import sys
from collections import Counter
from io import BytesIO
from pathlib import Path

import nbformat
import pypdf
import pytest
from described import built
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient
from strategies import EVERY, FLOATS, Described, networks

from neuronwise import Network
from neuronwise.cli import main
from neuronwise.mathematics.printers import plain
from neuronwise.network import DataError
from neuronwise.network.examples import EXAMPLES
from neuronwise.network.exercises import Sheet, exercises, sheet
from neuronwise.network.maker import Exercise
from neuronwise.network.sheet import html, ipynb, page, pdf, text

KINDS = ["z", "a", "E", "dE/dz", "dE/dw", "w", "dE/dz hidden", "formula", "paths", "slip"]


def answer(exercise: Exercise) -> str:
    """The right answer as someone would type it."""
    question = exercise.question
    if question.wants == "formula":
        return plain(exercise.expected)
    return str(int(question.value)) if question.wants == "whole" else f"{question.value:.9f}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_has_a_sheet_whose_own_answers_are_right(name: str) -> None:
    made = sheet(name, seed=7, count=20)

    assert [exercise.number for exercise in made.exercises] == list(range(1, 21))
    assert [e.number for e in made.exercises if not made.check(e.number, answer(e)).right] == []
    assert len({(e.kind, plain(e.asked), e.given, e.lines) for e in made.exercises}) == 20


def test_a_sheet_gets_harder_and_has_every_kind() -> None:
    kinds = [exercise.kind for exercise in sheet("mazur", seed=1).exercises]

    assert kinds == KINDS


@settings(max_examples=40, deadline=None)
@given(network=networks(FLOATS, EVERY, late=2), seed=st.integers(0, 99))
def test_any_network_has_a_sheet_whose_own_answers_are_right(network: Described, seed: int) -> None:
    net = built(network)
    try:
        made = exercises(net, seed, count=10)
    except DataError as error:  # a drawn sample leads to infinity
        assume("expected numbers all the way" not in str(error))
        raise

    for exercise in made.exercises:
        if abs(exercise.question.value) < 1e6 or exercise.question.wants != "number":
            if exercise.question.wants == "number" and abs(exercise.question.value) < 1e-4:
                continue  # nine decimals are less than three digits
            verdict = made.check(exercise.number, answer(exercise))
            assert verdict.right, (exercise, verdict)
    assert text(made)
    assert text(made, solved=True)
    assert page(made, solved=True)


def test_the_same_seed_gives_the_same_text_whatever_the_order_of_hashes() -> None:
    program = "from neuronwise.network.exercises import sheet; s = sheet('xor', 5, 30); print(s, s.solutions)"

    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
        for seed in (0, 1, 2)
    }

    assert len(texts) == 1
    assert str(sheet("xor", 5)) != str(sheet("xor", 6))


def test_the_sheet_of_mazur_from_seed_7_is_this_one_on_every_machine() -> None:
    made = sheet("mazur", seed=7)

    asked = [plain(exercise.asked) for exercise in made.exercises]

    assert asked[:6] == ["z[o2]", "a[o1]", "E", "dE/dz[o2]", "dE/dw[i1,h1]", "w[i1,h2]"]
    assert asked[6:9] == ["dE/dz[h2]", "dE/dz[h1]", "w[i2,h2]"]


def test_the_expected_numbers_are_those_of_the_code() -> None:
    network = EXAMPLES["mazur"]().network
    slopes = network.gradients([[0.05, 0.10]], [[0.01, 0.99]])

    made = sheet("mazur", seed=3, count=60).exercises
    weights = [e for e in made if e.kind == "dE/dw"]

    assert weights
    for exercise in weights:
        own = [plain(each) for each in exercise.given]
        source, target = re.findall(r"\[([^,\]]+),([^\]]+)\]", plain(exercise.asked))[0]
        if f"a[{source}] = {'0.05' if source == 'i1' else '0.1'}" in own:
            assert exercise.question.value == slopes.weights[source, target]


def test_a_long_sheet_draws_new_samples_and_repeats_nothing() -> None:
    made = sheet("smallest", count=100).exercises

    numbers = [e for e in made if e.question.wants == "number"]
    assert len({(plain(e.asked), e.given, e.question.formula.update) for e in numbers}) >= len(numbers) - 3
    assert max(Counter(e.kind for e in made if e.kind in ("formula", "paths")).values()) == 1


def test_the_wrong_line_is_wrong_and_the_others_are_right() -> None:
    for seed in range(20):
        made = sheet("mazur", seed)
        exercise = made.exercises[-1]
        right = int(exercise.question.value)
        for n in range(1, len(exercise.lines) + 1):
            verdict = made.check(exercise.number, f"line {n}")
            assert verdict.right == (n == right)
            assert ("goes on rightly" in verdict.says) == (n > right)
            assert (" is right: " in verdict.says and verdict.says.startswith("Line")) == (n < right)


def test_paths_that_are_left_out_are_named() -> None:
    made = sheet("mazur", seed=7)

    assert made.check(9, "2").right
    assert "are missing" in made.check(9, "1").says
    assert made.check(9, "5").says == "5 is too many."


@pytest.mark.parametrize(("count", "seed"), [(0, 0), (501, 0), (-1, 0), (3, -1), (True, 0)])
def test_what_is_no_sheet_is_refused(count: int, seed: int) -> None:
    with pytest.raises((DataError, ValueError), match="expected"):
        sheet("mazur", seed, count)


def test_an_exercise_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataError, match="expected the number of an exercise, 1 to 10; got 11"):
        sheet("mazur").check(11, "1")


# ------------------------------------------------------------------------------------------------- how it looks
@pytest.fixture(scope="module")
def mazur() -> Sheet:
    return sheet("mazur", seed=7)


def test_the_solutions_are_in_the_other_file_alone(mazur: Sheet) -> None:
    for write in (text, page, html, ipynb):
        asked, solved = write(mazur), write(mazur, solved=True)
        assert "0.75136507" in asked  # given somewhere
        assert "0.298371109" not in asked
        assert "0.298371109" in solved


def test_the_page_is_one_file_without_script_that_knows_dark(mazur: Sheet) -> None:
    whole = page(mazur)

    assert not re.search(r"<script|src=|href=|@import|url\(", whole)
    assert "light-dark(" in whole
    assert whole.count("<section>") == 10
    assert whole.count('class="room"') == 10
    assert whole.count("<math") == whole.count("</math>") > 30


def test_the_pdf_has_both_titles_and_is_tagged(mazur: Sheet) -> None:
    for solved in (False, True):
        reader = pypdf.PdfReader(BytesIO(pdf(mazur, solved=solved)))
        assert reader.metadata is not None
        assert str(reader.metadata.title).startswith("Solutions: 10" if solved else "10 exercises")
        assert "/StructTreeRoot" in reader.trailer["/Root"]  # type: ignore[operator]
    assert pdf(mazur) == pdf(mazur)


@pytest.mark.parametrize("named", ["mazur", "a network of its own"])
def test_the_notebook_runs_and_judges(named: str, tmp_path: Path) -> None:
    network = Network.layered([2, 2, 1], seed=4)
    made = sheet("mazur", seed=7, count=3) if named == "mazur" else exercises(network, seed=7, count=3)
    notebook = nbformat.reads(ipynb(made), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, exercise in zip(cells[1:], made.exercises, strict=True):
        cell.source = cell.source.replace("\n\n", f"\n{answer(exercise)}\n")

    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()

    said = [cell.outputs[0]["data"]["text/plain"] for cell in cells[1:]]
    assert all(words.startswith("Right.") for words in said)


def test_an_empty_cell_is_answered_kindly(mazur: Sheet) -> None:
    assert mazur.check(1, "\n\n").says == "expected a number, a formula, or lines = formula by rule; got nothing"


# ------------------------------------------------------------------------------------------------- the command
def test_the_command_prints_and_judges(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercises", "--network", "mazur", "--seed", "7", "--count", "3"]) == 0
    assert capsys.readouterr().out == f"{sheet('mazur', 7, 3)}\n"
    assert main(["exercises", "--network", "mazur", "--seed", "7", "--check", "1", "1.225"]) == 0
    assert main(["exercises", "--network", "mazur", "--seed", "7", "--check", "1", "-1.225"]) == 1
    assert main(["exercises", "--network", "mazur", "--seed", "7", "--check", "x", "1"]) == 2
    assert main(["exercises", "--network", "mazur", "--seed", "7", "--check", "99", "1"]) == 2
    assert main(["exercises", "--count", "0"]) == 2
    assert main(["exercises", "--network", "nowhere.json"]) == 2


@pytest.mark.parametrize("suffix", ["html", "pdf", "ipynb", "txt"])
def test_the_command_writes_two_files_and_replaces_none_of_another_kind(suffix: str, tmp_path: Path) -> None:
    out = tmp_path / f"sheet.{suffix}"
    arguments = ["exercises", "--network", "xor", "--seed", "7", "--count", "2", "--out", str(out)]

    assert main(arguments) == 0
    assert main(arguments) == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([out.name, f"sheet.solutions.{suffix}"])

    solutions = out.with_name(f"sheet.solutions.{suffix}")
    solutions.write_text("something of my own", encoding="utf-8")
    before = out.read_bytes()
    assert main(arguments) == 2
    assert solutions.read_text(encoding="utf-8") == "something of my own"
    assert out.read_bytes() == before


def test_a_network_in_a_file_has_exercises(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = Network.layered([3, 2, 2], output_activation="softmax", seed=2)
    network.save(tmp_path / "net.json")

    assert main(["exercises", "--network", str(tmp_path / "net.json"), "--seed", "3", "--count", "4"]) == 0
    first = capsys.readouterr().out
    made = exercises(network, 3, 4)
    again = eval(made.code, {"sheet": sheet})  # noqa: S307 - what a notebook runs

    assert first == f"{made}\n"
    assert str(again) == str(made)
    assert math.isfinite(made.exercises[0].question.value)
