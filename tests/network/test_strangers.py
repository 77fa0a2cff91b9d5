"""Networks that others made give what they gave there, and learn here."""

import numpy as np
import pytest
from strangers import ACTIVATIONS, GRAPHS, KINDS, accuracy, classifier, copied, fitted, part_used, waves

from neuronwise import Network
from neuronwise.network import face

EDGES = 10_000  # with a million: `make proof`


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_scikit_learn_fitted_says_the_same_here(kind: str, activation: str) -> None:
    one = fitted(kind, activation)

    for engine in ("kernels", "necessary", "numpy"):  # on some machines every bit is the same
        assert part_used(one, engine) <= 1, engine


def test_a_fitted_network_with_a_changed_weight_is_outside_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    one = fitted("several classes", "tanh")
    net = copied(one.theirs)
    net.weights["x1", "h1_2"] *= 1 + 1e-10
    monkeypatch.setattr("strangers.copied", lambda _: net)

    assert part_used(one, "kernels") > 1


@pytest.mark.parametrize("columns", [True, False])
@pytest.mark.parametrize("graph", GRAPHS)
def test_graphs_of_networkx_train(graph: str, columns: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face, "LARGE", 0 if columns else 10 * EDGES)
    given = GRAPHS[graph](EDGES)
    net = Network.from_networkx(given, seed=1)
    X, Y = waves()  # noqa: N806

    history = net.fit(X, Y, learning_rate=0.01, epochs=10, batch_size=64, step="adam")

    assert len(net.weights) == given.number_of_edges() > EDGES * 0.9
    assert history.errors[-1] < history.errors[0] / 1.5
    assert np.isfinite(net.predict(X)).all()


def test_a_classifier_described_edge_by_edge_is_found_to_be_layers_and_learns_digits() -> None:
    assert [layer[:2] for layer in classifier(0).plan().layers] == [(256, 64), (10, 256)]
    assert accuracy(0) >= 0.97  # how soon, and with which split of the samples: `make proof`
