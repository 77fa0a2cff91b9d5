"""What can't be is refused before any work, in words that name the place and the mend; the network stays as it was."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bad_input import EVERY, X, Y, in_columns, network, refused

from neuronwise import Network
from neuronwise.network import DivergedError, memory
from neuronwise.network.errors import NetworkError

LONGEST = 1_000  # characters


@pytest.mark.parametrize("columns", [False, True], ids=["dictionaries", "columns"])
@pytest.mark.parametrize("what", EVERY)
def test_bad_input_is_refused_with_the_place_and_the_network_unchanged(what: str, columns: Any, tmp_path: Path) -> None:  # noqa: ANN401 - a truth value
    net = in_columns(network()) if columns else network()

    assert 0 < len(refused(EVERY[what], net, tmp_path)) < LONGEST  # how soon: `make proof`


@pytest.mark.parametrize("step", ["plain", "momentum"])
@pytest.mark.parametrize(
    ("engine", "dtype"), [("necessary", "float64"), ("kernels", "float64"), ("kernels", "float32")]
)
def test_divergence_names_epoch_and_neuron_and_keeps_the_last_finite_weights(
    engine: str, dtype: str, step: str
) -> None:
    net, other = (Network.layered([3, 4, 2], seed=1, dtype=dtype) for _ in range(2))
    how: dict[str, Any] = {"learning_rate": 100.0, "epochs": 500, "engine": engine, "step": step}

    with pytest.raises(
        DivergedError, match=r"in epoch \d+ of 500: (?s:.*)(o|h)[1-4](?s:.*)a smaller learning_rate"
    ) as told:
        net.fit(X, Y, **how)

    assert all(map(math.isfinite, (*net.w.values(), *net.b.values())))
    assert net.w != other.w
    epoch = int(str(told.value).split()[2])
    other.fit(X, Y, **how | {"epochs": epoch - 1})
    assert np.isfinite(other.predict(X)).all()


def test_what_a_machine_can_hold_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "memory", lambda: 12 * memory.EDGE + 7 * memory.NEURON)

    memory.check_room(12, 7)
    with pytest.raises(NetworkError, match="13 edges and 7 neurons"):
        memory.check_room(13, 7)


def test_a_container_may_take_less_than_the_machine_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = memory.memory()
    monkeypatch.setattr(memory, "LIMIT", tmp_path / "max")
    for text, most in (("1048576\n", 2**20), ("max\n", machine), ("", machine)):
        (tmp_path / "max").write_text(text)

        assert memory.memory() <= most
