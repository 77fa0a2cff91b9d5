"""A name that formulas, keys or steps need for themselves is refused where it is given."""

import pytest

from neuronwise import Network
from neuronwise.checks.answers import judge
from neuronwise.mathematics.printers import plain
from neuronwise.network.errors import NetworkError
from neuronwise.network.exercises import exercises


@pytest.mark.parametrize(
    "name",
    [
        "",
        " h",
        "h ",
        "h,1",
        "h[1]",
        "⟦h⟧",
        "h\n1",
        "h\x00",
        "\u2028",
        "a\u202eb",
        "\u200fb",
        "e\u0301",
        "h@2",
        "h" * 101,
        7,
        None,
    ],
)
def test_a_name_that_something_else_needs_is_refused(name: object) -> None:
    net = Network()
    net.add_input("x")

    with pytest.raises(NetworkError, match="expected a name"):
        net.add_neuron(name, {"x": 0.5})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["leaf area", "a / b", "<b>", "a&b", 'q"uote', "it's", "$x_1^2$", r"\input{x}", "#let", "E", "0", "{0}"]
)
def test_any_other_name_can_be_drawn_explained_and_answered(name: str) -> None:
    net = Network()
    net.add_input("x")
    net.add_neuron(name, {"x": 0.5}, activation="tanh", output=True)

    page = net.explain([1.0], [0.5])._repr_html_() + net.draw().svg

    assert "<b>" not in page
    assert net.explain([1.0], [0.5], unrolled=f"dE / dw[x, {name}]").sections
    for exercise in exercises(net, seed=1, count=6).exercises:
        if exercise.question.wants != "whole":
            assert judge(plain(exercise.expected), exercise.question).right
