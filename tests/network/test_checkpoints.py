"""A training that was interrupted and taken up again gives the bits of one that was not."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from neuronwise import Network
from neuronwise.network import DataError, FileError, checkpoints, learners

LOT = np.random.default_rng(0)
X, Y = LOT.normal(size=(23, 3)), LOT.uniform(size=(23, 2))
HOW: dict[str, Any] = {"learning_rate": 0.3, "epochs": 7, "batch_size": 4, "shuffle": True, "seed": 5}


def network() -> Network:
    return Network.layered([3, 4, 2], output_activation="logistic", seed=1)


@pytest.mark.parametrize("after", [1, 3, 6, 17, 30])
@pytest.mark.parametrize("engines", [("necessary", "necessary"), ("kernels", "kernels"), ("kernels", "necessary")])
def test_what_was_interrupted_goes_on_to_the_same_bits(
    engines: tuple[str, str], after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = network()
    expected = whole.fit(X, Y, engine="necessary", **HOW)
    learned = 0

    def counting(learn: Any) -> Any:  # noqa: ANN401 - a method
        def counted(self: Any, batch: int) -> int:  # noqa: ANN401
            nonlocal learned
            if learned >= after:
                raise KeyboardInterrupt
            done: int = learn(self, batch)
            learned += done
            return done

        return counted

    for kind in (learners.ByReference, learners.ByEngine):
        monkeypatch.setattr(kind, "learn", counting(kind.learn))
    file = tmp_path / "run.safetensors"
    stopped = network().fit(X, Y, engine=engines[0], checkpoint=file, **HOW)
    monkeypatch.undo()
    again = network()
    history = again.fit(X, Y, engine=engines[1], checkpoint=file, **HOW)

    assert "Ctrl-C" in stopped.stopped or len(stopped.errors) == len(expected.errors)
    assert [error.hex() for error in history.errors] == [error.hex() for error in expected.errors]
    assert again.w == whole.w
    assert again.b == whole.b


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    one, other = network(), network()
    first = one.fit(X, Y, checkpoint=tmp_path / "run", **HOW)

    second = other.fit(X, Y, checkpoint=tmp_path / "run", **HOW)

    assert second.errors == first.errors
    assert other.w == one.w


def test_more_epochs_go_on_from_the_last_one(tmp_path: Path) -> None:
    whole, parts = network(), network()
    whole.fit(X, Y, **HOW | {"epochs": 9})

    parts.fit(X, Y, checkpoint=tmp_path / "run", **HOW)
    parts.fit(X, Y, checkpoint=tmp_path / "run", **HOW | {"epochs": 9})

    assert parts.w == whole.w


def test_the_file_is_written_while_it_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", 0.0)
    written: list[int] = []
    keep = checkpoints.Checkpoint.keep

    def watched(self: checkpoints.Checkpoint, *rest: Any, **more: Any) -> None:  # noqa: ANN401 - as `keep` has them
        keep(self, *rest, **more)
        written.append((tmp_path / "run").stat().st_size)

    monkeypatch.setattr(checkpoints.Checkpoint, "keep", watched)

    network().fit(X, Y, engine="necessary", checkpoint=tmp_path / "run", **HOW)

    assert len(written) > HOW["epochs"]


@pytest.mark.parametrize("other", [{"seed": 6}, {"learning_rate": 0.2}, {"batch_size": 5}])
def test_a_checkpoint_of_another_training_is_refused(other: dict[str, Any], tmp_path: Path) -> None:
    network().fit(X, Y, checkpoint=tmp_path / "run", **HOW)
    net = network()

    with pytest.raises(DataError, match=f"of another: {next(iter(other))} differ"):
        net.fit(X, Y, checkpoint=tmp_path / "run", **HOW | other)

    assert net.w == network().w


def test_other_samples_and_another_network_are_refused(tmp_path: Path) -> None:
    network().fit(X, Y, checkpoint=tmp_path / "run", **HOW)

    with pytest.raises(DataError, match="samples differ"):
        network().fit(X + 1, Y, checkpoint=tmp_path / "run", **HOW)
    with pytest.raises(DataError, match="network differ"):
        Network.layered([3, 5, 2], output_activation="logistic").fit(X, Y, checkpoint=tmp_path / "run", **HOW)


@pytest.mark.parametrize(("steps", "said"), [(-1, "-1 steps, where 42 are done"), (42.0, "a column steps of another")])
def test_another_number_of_steps_than_were_taken_is_refused(steps: float, said: str, tmp_path: Path) -> None:
    how = HOW | {"step": "adam", "engine": "necessary", "checkpoint": tmp_path / "run"}
    network().fit(X, Y, **how)
    raw = (tmp_path / "run").read_bytes()
    about = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])["__metadata__"]
    (tmp_path / "run").write_bytes(save(load(raw) | {"steps": np.array([steps])}, about))

    with pytest.raises(FileError, match=said):
        network().fit(X, Y, **how | {"epochs": 9})


def test_another_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a diary")

    with pytest.raises(FileError, match="expected a checkpoint, or no file"):
        network().fit(X, Y, checkpoint=tmp_path / "run", **HOW)

    assert (tmp_path / "run").read_text() == "a diary"
