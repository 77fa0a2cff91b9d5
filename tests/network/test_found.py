"""The plan tells what is in a network, whoever described it and how."""

import random

from neuronwise import Network


def test_a_layer_that_is_described_edge_by_edge_is_found() -> None:
    edges = [(f"i{i}", f"h{j}") for j in range(6) for i in range(5)] + [(f"h{j}", "o") for j in range(6)]
    random.Random(0).shuffle(edges)  # noqa: S311 - chance, not secrecy
    edges.sort(key=lambda edge: edge[0])  # in whatever order the neurons come, each has its sources in one order
    found = Network.from_edges(*zip(*edges, strict=True)).plan()

    assert found.layers == [(6, 5)]
    assert found.alone == (1, 6)
    assert found.levels == 2


def test_neurons_that_share_nothing_are_on_their_own() -> None:
    found = Network.from_edges(["a", "b", "a", "c"], ["c", "c", "d", "d"]).plan()

    assert found.layers == []
    assert found.alone == (2, 4)
    assert found.measured > 0
    assert "2 neurons on their own, with 4 edges" in str(found)


def test_a_large_network_takes_few_bytes_an_edge() -> None:
    found = Network.layered([100, 100, 100], dtype="float32").plan()

    assert sum(found.bytes.values()) <= 10 * found.edges
