"""What strangers' files can do to who reads them: nothing but be refused, in the error that the loader promises."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import mutated_files
import numpy as np
import pytest
from bad_input import network
from safetensors.numpy import load, save

from neuronwise import Network
from neuronwise.network import FileError, table
from neuronwise.network.errors import TableError

COUNT = 500  # files for each loader; how soon they are refused, and more of them: `make proof`


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What happened to so many files, in a process of its own."""
    command = [sys.executable, mutated_files.__file__, str(COUNT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    every: dict[str, Any] = json.loads(done.stdout)
    return every


@pytest.mark.parametrize("loader", ["network .json", "network .safetensors", "checkpoint", "table .csv"])
@pytest.mark.parametrize(
    "what",
    ["foreign", "events", "believed"],
    ids=["only its error leaves a loader", "it does nothing but read", "what it accepts is whole"],
)
def test_of_damaged_files(found: dict[str, Any], loader: str, what: str) -> None:
    assert found[loader][what] == []


@pytest.mark.parametrize("loader", ["network .json", "network .safetensors", "checkpoint", "table .csv"])
def test_damaged_files_cost_no_more_memory_than_promised_and_are_of_many_kinds(
    found: dict[str, Any], loader: str
) -> None:
    most, number = found[loader]["memory"]

    assert most <= 1, f"file {number}"
    assert found[loader]["accepted"] < COUNT / 2
    assert len(found[loader]["said"]) >= 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x\n1_0", "row 2, column 'x'"),
        ("x\n٣", "row 2, column 'x'"),
        ("x\n" + "0" * 1_001, "row 2, column 'x'"),
        ("x,\n1,2", "line 1: expected a name"),
        ("x\u202e\n1", "line 1: expected a name"),
        (",".join(f"c{n}" for n in range(10_001)), "at most 10,000 columns in line 1"),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(text, encoding="utf-8")

    with pytest.raises(TableError) as refused:
        table.read(tmp_path / "data.csv")

    assert said in str(refused.value)
    assert "data.csv" in str(refused.value)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (b'[{"i1": 1, "i2": 2, "i3": 3}, ["h1"], []]', "a list of names each"),
        (b'["ab", "cd", ""]', "a list of names each"),
        ('[["i1"], ["h1"], []]'.encode("utf-16"), "names of inputs"),
        (b"[1]", "names of inputs"),
    ],
)
def test_names_that_are_no_lists_of_them_are_refused(names: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "net.safetensors"
    network().save(file)
    raw = file.read_bytes()
    about = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])["__metadata__"]
    file.write_bytes(save(load(raw) | {"names": np.frombuffer(names, np.uint8)}, about))

    with pytest.raises(FileError, match=said):
        Network.load(file)
