"""What a sheet asks is worth asking: targets that a softmax can meet, updates that move; for any network, soon."""

import time
from pathlib import Path

import pytest
from described import wide

from neuronwise import Network
from neuronwise.network.examples import example
from neuronwise.network.exercises import exercises, sheet
from neuronwise.network.maker import around


@pytest.mark.parametrize("seed", range(5))
def test_the_targets_of_a_softmax_under_cross_entropy_are_shares(seed: int) -> None:
    network = Network.layered([2, 2, 3], output_activation="softmax", seed=seed)

    made = exercises(network, seed, count=3, error="cross_entropy")

    env = made.exercises[0].question.env
    assert sorted(env[f"t[{o}]"] for o in network.outputs) == [0, 0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_an_update_that_is_asked_for_moves_its_weight(seed: int) -> None:
    updates = [e for e in sheet("xor", seed, count=20).exercises if e.kind == "w"]

    assert updates
    assert [e for e in updates if e.question.value == e.question.env[e.asked.text]] == []


def test_five_thousand_neurons_have_a_sheet_in_seconds() -> None:
    network = wide(5_000)

    begin = time.process_time()
    made = exercises(network, seed=1)

    assert len(made.exercises) == 10
    assert time.process_time() - begin < 6


def test_what_stands_around_is_found_without_looking_through_all_each_time() -> None:
    every = [f"n{n}" for n in range(100_000)]

    begin = time.process_time()
    near = around(every, "n50000")

    assert near[:4] == ["n49999", "n50001", "n49998", "n50002"]
    assert time.process_time() - begin < 1


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_a_sheet_fits_its_terminal_and_a_file_is_as_wide_everywhere(
    columns: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    made = sheet("mazur", seed=7)
    told = example("mazur").network.explain([0.05, 0.1], [0.01, 0.99])
    made.save(tmp_path / "sheet.txt")
    told.save(tmp_path / "told.txt")

    written = [(tmp_path / name).read_text(encoding="utf-8") for name in ("sheet.txt", "told.txt")]
    monkeypatch.setenv("COLUMNS", "100")

    assert written == [str(made), str(told)]
    monkeypatch.setenv("COLUMNS", str(columns))
    for printed in (str(made), str(told)):
        assert max(map(len, printed.splitlines())) <= min(columns, 100)
