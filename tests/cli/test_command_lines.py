"""What people type: numbers that begin with a minus, files that are theirs, names that are none."""

from pathlib import Path

import pytest

from neuronwise import Network
from neuronwise.cli import main
from neuronwise.cli.terminal import DONE, FAULT, REFUSED


def test_numbers_and_formulas_may_begin_with_a_minus(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "mazur", "--x", "-0.5,0.2", "--y", "-.5,1"]) == DONE
    assert "0.15·(−0.5)" in capsys.readouterr().out

    assert main(["exercises", "--seed", "7", "--check", "4", "-(t[o2]-a[o2])*a[o2]*(1-a[o2])"]) == DONE
    assert capsys.readouterr().out.startswith("Right.")


def test_blanks_between_the_neurons_asked_for_do_not_matter(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "mazur", "--of", "h1, o1"]) == DONE
    assert ": h1, o1" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["told.txt", "told.html", "told.pdf", "told.ipynb", "told.tex"])
def test_an_explanation_replaces_its_own_file_and_no_other(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, others = tmp_path / name, tmp_path / f"others_{name}"
    others.write_text("my notes")

    for slope in ([], ["--unrolled", "dE/dw[i1,h1]"], []):
        assert main(["explain", "mazur", *slope, "--out", str(own)]) == DONE
    assert main(["explain", "mazur", "--out", str(others)]) == REFUSED

    assert "is a file of another kind; name another with --out" in capsys.readouterr().err
    assert others.read_text() == "my notes"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["explain", "mazur", "--out", "{}/nowhere/told.html"], "No such file or directory: {}/nowhere/told.html"),
        (["explain", "mazur", "--out", "{}"], "{} is a folder; name a file with --out"),
        (["explain", "mazur", "--rate", "nan"], "expected a finite number for learning_rate; got nan"),
        (["draw", "mazur", "--out", "{}/net.png"], "expected a name that ends in .svg; got net.png"),
        (["explain", "mazur", "--x", "1"], "expected X as (samples, inputs) with 2 inputs (i1, i2); got shape (1, 1)"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([each.replace("{}", str(tmp_path)) for each in arguments]) == REFUSED

    told = capsys.readouterr().err
    assert said.replace("{}", str(tmp_path)) in told
    assert len(told.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_network_is_told_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.json").write_text("not JSON")

    assert main(["explain", str(tmp_path / "net.json"), "--x", "1", "--y", "1"]) == FAULT
    assert "net.json, line 1, column 1: expected JSON" in capsys.readouterr().err


def test_a_folder_is_not_replaced_by_a_network(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match=rf"Is a directory: '{tmp_path}'$"):
        Network.layered([1, 1]).save(tmp_path)
