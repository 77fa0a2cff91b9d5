"""Published examples, recomputed through Network; what is not right is explained by the slip that gives its digits."""

import math
from fractions import Fraction
from functools import cache

import pytest

from neuronwise.network import errata
from neuronwise.network.errata import SLIPS, Number, Published, Recomputed, known, published, report
from neuronwise.network.errors import UnknownError

EVERY = [(example, number) for example in known() for number in published(example).numbers]
NOT_RIGHT = {  # what is printed, what it should be, the slip
    ("mazur", "dE_o2/dout_h1"): ("-0.019049119", "-0.019049118", "rounded numbers"),
    ("mazur", "E after 1 update"): ("0.291027924", "0.291027774", "new weights"),
    ("mazur", "E after 10,000"): ("0.0000351085", "0.0000351019", "one update too few"),
    ("mazur", "out_o1 after 10,000"): ("0.015912196", "0.015913620", "new weights"),
    ("mazur", "out_o2 after 10,000"): ("0.984065734", "0.984064274", "new weights"),
    ("han", "Err_6"): ("0.1311", "0.1312", "rounded numbers"),
}
every_example = pytest.mark.parametrize("example", known())


@cache
def recomputed(example: str) -> Recomputed:
    """What was computed once is kept."""
    return Recomputed(published(example))


def changed(number: Number, place: int) -> Number:
    """The same number with another digit at a place."""
    digits = [place for place, letter in enumerate(number.printed) if letter.isdigit()]
    at = digits[place % len(digits)]
    other = str((int(number.printed[at]) + 5) % 10)
    return number._replace(printed=number.printed[:at] + other + number.printed[at + 1 :])


@every_example
def test_every_printed_number_is_right_or_explained(example: str) -> None:
    wrong = {
        (example, row.number.name): (row.number.printed, row.recomputed, row.slip)
        for row in errata.errata(example)
        if not row.right
    }

    assert wrong == {key: row for key, row in NOT_RIGHT.items() if key[0] == example}


@every_example
def test_the_numbers_come_out_of_the_network_as_well(example: str) -> None:
    known_example = published(example)
    net = published(example).network
    x, y = known_example.samples[0]
    values = recomputed(example).values(0, 0)

    gradients = net.gradients([x], [y], known_example.error)

    assert {f"a[{j}]": a for j, a in net.activations(x).items()}.items() <= values.items()
    assert {
        f"dE_dw[{','.join(map(str, key))}]": slope for key, slope in gradients.weights.items()
    }.items() <= values.items()
    assert {f"dE_db[{k}]": slope for k, slope in gradients.biases.items()}.items() <= values.items()
    assert gradients.error == values["E"]


@every_example
@pytest.mark.parametrize("updates", [1, 7])
def test_training_the_network_gives_the_right_programs_numbers(example: str, updates: int) -> None:
    net = errata.network(errata.read(example))
    one = published(example)
    course = Recomputed(one)
    course.counts = {updates}
    x, y = one.samples[0]

    net.fit([x], [y], one.error, learning_rate=one.eta, epochs=updates)

    assert (net.w, net.b) == course.right[updates]


def test_mazurs_example_ends_where_it_should() -> None:
    net = errata.network(errata.read("mazur"))

    history = net.fit([[0.05, 0.10]], [[0.01, 0.99]], learning_rate=0.5, epochs=10_000)

    assert net.predict([[0.05, 0.10]]).round(9).tolist() == [[0.015913620, 0.984064274]]
    assert net.gradients([[0.05, 0.10]], [[0.01, 0.99]]).error == pytest.approx(0.0000351019, abs=5e-11)
    assert history.errors[0] == pytest.approx(0.298371109, abs=5e-10)


@pytest.mark.parametrize(("example", "number"), EVERY, ids=[f"{example}: {number.name}" for example, number in EVERY])
@pytest.mark.parametrize("place", range(3))
def test_another_digit_is_not_right_and_no_slip_gives_it(example: str, number: Number, place: int) -> None:
    (row,) = [row for row in errata.errata(example) if row.number == number]
    other = changed(number, place)

    assert not other.matches(row.value)
    assert not any(other.matches(slip.value(recomputed(example), other)) for slip in SLIPS.values())


def test_each_slip_is_another_program() -> None:
    mazur = recomputed("mazur")
    (after_one,) = [number for number in mazur.example.numbers if number.name == "E after 1 update"]

    assert mazur.right[1] != mazur.layered[1]
    w1 = mazur.layered[1][0]["i1,h1"]
    assert w1 == pytest.approx(0.149817639, abs=5e-10)  # what the printed update of w1 would be with the slip
    assert len({mazur.value(after_one), *(slip.value(mazur, after_one) for slip in SLIPS.values())}) == 4


def test_a_network_of_one_layer_has_no_old_weights_to_mix_up() -> None:
    course = Recomputed(published("karpathy"))
    course.counts = {3}

    assert course.right == course.layered


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_not_right(value: float) -> None:
    assert not Number("", "", EVERY[0][1].formula, "0.25").matches(value)


def test_half_a_digit_may_be_rounded_either_way() -> None:
    up, down, far = (Number("", "", EVERY[0][1].formula, text) for text in ("0.13", "0.12", "0.14"))

    assert up.matches(Fraction(125, 1000))
    assert down.matches(Fraction(125, 1000))
    assert not far.matches(Fraction(125, 1000))


@every_example
def test_a_report_fits_a_terminal_and_says_how_many_are_right(example: str) -> None:
    text = report(example)

    assert max(map(len, text.splitlines()[3:])) <= 100
    assert text.startswith(f"{published(example)}\n")
    assert "printed numbers are right" in text


def test_an_unknown_example_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownError, match=r"expected a published example; got 'mazer'.* The nearest: mazur"):
        report("mazer")


def test_a_number_that_no_slip_gives_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    data = errata.read("karpathy")
    data["numbers"][0]["printed"] = "0.9914"
    monkeypatch.setattr(errata, "published", lambda _: Published(data))
    errata.errata.cache_clear()

    text = report("karpathy")

    errata.errata.cache_clear()
    assert "no slip that is known gives it" in text
    assert "7 of 8 printed numbers are right" in text
