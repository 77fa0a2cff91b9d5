"""What an explanation looks like: one page for five neurons, signs and digits as people write them."""

import re
from io import BytesIO

import pytest
from described import wide
from pypdf import PdfReader

from neuronwise import Network
from neuronwise.network import examples, shown
from neuronwise.network.errors import DataError, NetworkError
from neuronwise.network.explain import Explanation


def explained(example: str, **options: object) -> Explanation:
    one = examples.example(example)
    return one.network.explain(one.x, one.y, **{"error": one.error, **options})


def chain(count: int) -> Network:
    """So many neurons in a row."""
    net = Network()
    net.add_input("n0")
    for n in range(1, count + 1):
        net.add_neuron(f"n{n}", {f"n{n - 1}": (-1) ** n * 0.5}, activation="tanh", output=n == count)
    return net


def crowded() -> Network:
    """Five neurons, thirteen edges, eighteen weights and biases: as much as a page may have to hold."""
    net = Network()
    net.add_input("x")
    net.add_input("y")
    net.add_neuron("h1", {"x": 0.5, "y": -0.2}, bias=0.1, activation="tanh")
    net.add_neuron("h2", {"x": 0.3, "h1": 0.9}, bias=-0.1, activation="relu")
    for name, weight in (("u", 0.7591702), ("v", 0.6722332), ("w", 0.4207091)):
        net.add_neuron(name, {"h1": weight, "h2": 0.5, "x": 0.1}, activation="softmax", output=True)
    return net


def test_five_neurons_with_every_edge_and_a_softmax_are_one_page() -> None:
    explanation = crowded().explain([0.5, -0.2], [1, 0, 0], error="cross_entropy")

    assert len(PdfReader(BytesIO(shown.pdf(explanation))).pages) == 1


def test_what_is_a_little_more_than_a_page_has_smaller_letters_and_what_is_much_more_has_not() -> None:
    dense, more = (wide(count).explain([0.1] * 5, [0.0] * 3) for count in (5, 12))

    assert "6.4pt" in shown.fitting(dense)
    assert len(PdfReader(BytesIO(shown.pdf(dense))).pages) == 1
    assert "7.4pt" in shown.fitting(more)


def test_a_very_small_number_has_a_power_of_ten_in_every_form() -> None:
    explanation = chain(2).explain([2.5e-17], [0.5])

    for form in (str, shown.article, shown.tex, shown.typst_document):
        assert not re.search(r"\de[-−]?\d", form(explanation)), form
    assert "−0.5·(2.5·10^(−17))" in str(explanation)
    assert "= −1.25·10^(−17)" in str(explanation)


def test_the_smallest_float_stands_by_its_name() -> None:
    text = str(crowded().explain([0.5, -0.2], [1, 0, 0], error="cross_entropy"))

    assert re.search(r"ln\(max\(0\.35\d+, tiny\)\)", text)
    assert "tiny is the smallest number" in text


def test_few_digits_are_few_in_every_line() -> None:
    text = str(explained("mazur", digits=3))

    assert max(len(found.lstrip("0")) for found in re.findall(r"\d\.(\d+)", text)) <= 9
    assert "≈ 0.378" in text


@pytest.mark.parametrize("option", [{"digits": 0}, {"digits": -1}, {"digits": "many"}])
def test_digits_that_are_no_count_are_refused(option: dict[str, object]) -> None:
    with pytest.raises(NetworkError, match="expected a whole number, 1 or more, for digits"):
        explained("mazur", **option)


@pytest.mark.parametrize("rate", [float("nan"), float("inf"), "fast"])
def test_a_learning_rate_that_is_no_number_is_refused(rate: object) -> None:
    with pytest.raises(NetworkError, match="expected a finite number for learning_rate"):
        explained("mazur", learning_rate=rate)


def test_slopes_and_updates_beyond_the_numbers_are_named() -> None:
    net = Network()
    net.add_input("x")
    net.add_neuron("o", {"x": 1e200}, activation="identity", output=True)

    with pytest.raises(DataError, match=r"got E = inf: it begins there"):
        net.explain([1.0], [0.0])
    with pytest.raises(DataError, match=r"got w\[x,o\] = -inf: it begins there"):
        net.explain([1e10], [0.0], error="absolute", learning_rate=1e300)


def test_steps_are_counted_apart_and_their_names_explained() -> None:
    text = str(explained("recurrent"))

    one = examples.example("recurrent")
    assert text.startswith(f"{len(one.network.neurons())} neuron")
    assert f"explained for one sample of {len(one.x)} steps" in text
    assert "h@2 is the neuron h at step 2." in text


def test_a_table_has_the_minus_sign_of_the_formulas_and_numbers_to_the_right() -> None:
    text = str(chain(13).explain([0.1], [0.5]))

    rows = re.findall(r"^    n\d+ .*$", text, flags=re.MULTILINE)
    assert len(rows) == 13
    assert not re.search(r"-\d", "".join(rows))
    assert len({len(row) for row in rows}) == 1


def test_what_no_line_proves_is_said() -> None:
    text = " ".join(str(explained("mazur", unrolled="dE/dw[i1,h1]")).split())

    assert "in every network is an induction over the order of its neurons, told in words" in text
