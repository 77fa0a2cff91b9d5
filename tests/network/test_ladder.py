"""The ladder checks each rung before it times it."""

import numpy as np
import pytest

from neuronwise import Network
from neuronwise.engines.running import Kernels

LOT = np.random.default_rng(0)


@pytest.mark.parametrize("delayed", [False, True])
def test_every_rung_gives_the_numbers_of_the_one_below(delayed: bool) -> None:  # noqa: FBT001
    net = Network.layered([2, 3, 1])
    if delayed:
        net.add_edge("o1", "h1", 0.5, delay=1)
    shape = (40, 3) if delayed else (40,)
    climbed = net.ladder(LOT.normal(size=(*shape, 2)), LOT.normal(size=(*shape, 1)), told=lambda _: None)

    assert [rung.equal for rung in climbed.rungs] == [True] * 7
    assert all(rung.nanoseconds > 0 for rung in climbed.rungs)
    assert "necessary: plain Python" in str(climbed)


def test_a_rung_that_is_wrong_is_told_and_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Kernels.gradients

    def wrong(self: Kernels, *lesson: object) -> object:
        slopes, error = right(self, *lesson)  # type: ignore[arg-type]
        return slopes * (1 + 2e-16 * (self.tile == 32)), error

    monkeypatch.setattr(Kernels, "gradients", wrong)
    net = Network.layered([2, 3, 1])

    climbed = net.ladder(LOT.normal(size=(40, 2)), LOT.normal(size=(40, 1)), told=lambda _: None)

    assert [rung.equal for rung in climbed.rungs][:4] == [True, True, True, False]
    assert "DIFFER" in str(climbed)
    assert np.isnan(climbed.rungs[3].nanoseconds)
