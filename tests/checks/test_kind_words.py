"""What a reader types is read as it is meant: powers of ten, numbers for symbols, a − t; the rest gets true words."""

import time

import pytest

from neuronwise import Network
from neuronwise.checks.slips import slips
from neuronwise.mathematics.printers import plain
from neuronwise.network.exercises import Sheet, exercises, sheet


@pytest.fixture(scope="module")
def mazur() -> Sheet:
    return sheet("mazur", seed=7)


@pytest.mark.parametrize(
    "answer", ["4.3857·10^(−4)", "4.3857*10^-4", "4.3857·10⁻⁴", "4.3857*10**(-4)", "4.3857e-4", "0.00043857"]
)
def test_a_number_may_have_a_power_of_ten(answer: str, mazur: Sheet) -> None:
    assert mazur.check(5, answer).right


@pytest.mark.parametrize(
    ("number", "answer", "said"),
    [
        (1, "0.5*a[h1] + 0.55*a[h2] + 0.6", "Right."),
        (1, "0.55*a[h2] + 0.6", "The term w[h1,o2]·a[h1] is missing"),
        (4, "-(0.99 - a[o2])*a[o2]", "The factor 1 − a[o2] is missing"),
    ],
)
def test_numbers_may_be_put_in_for_some_symbols(number: int, answer: str, said: str, mazur: Sheet) -> None:
    assert str(mazur.check(number, answer)).startswith(said)


@pytest.mark.parametrize("answer", ["ln(0)", "exp(exp(exp(exp(exp(1)))))"])
def test_what_has_no_value_is_said_to_have_none(answer: str, mazur: Sheet) -> None:
    assert mazur.check(8, answer).says == "With the numbers of this exercise yours has no value."


def test_a_slip_is_known_by_a_number_that_was_rounded_on_the_way(mazur: Sheet) -> None:
    says = mazur.check(7, "0.04137").says
    rounded = mazur.check(7, "0.041369").says

    assert says == "The slope of the activation a[h2] is missing, a[h2]·(1 − a[h2]). That gives 0.0413703."
    assert rounded == f"{says.removesuffix('.')}, if no number on the way is rounded."


def test_weights_that_were_all_updated_before_are_known(mazur: Sheet) -> None:
    env = mazur.exercises[6].question.env
    new = {p: env[f"w[{p}]"] - env["eta"] * env[f"dE_dw[{p}]"] for p in ("h2,o1", "h2,o2")}
    a = env["a[h2]"]

    number = (env["dE_dz[o1]"] * new["h2,o1"] + env["dE_dz[o2]"] * new["h2,o2"]) * a * (1 - a)

    assert mazur.check(7, f"{number:.9f}").kind == "new"
    assert mazur.check(7, f"{number:.9f}").says.startswith("The weights are taken after their update.")


def test_the_number_of_a_line_that_is_not_there_is_refused(mazur: Sheet) -> None:
    assert mazur.check(10, "5").says == "expected the number of a line, 1 to 4; got 5"


def test_no_slip_multiplies_by_what_stands_under_the_sign_of_a_slope(mazur: Sheet) -> None:
    for exercise in mazur.exercises:
        said = [slip.says for slip in slips(exercise.question.formula)]
        assert "The factor E is one factor too many." not in said, plain(exercise.asked)


def test_a_minus_t_is_right_for_a_softmax_under_its_cross_entropy_and_for_no_other() -> None:
    net = Network()
    net.add_input("x")
    for name, weight in (("u", 0.3), ("v", -0.4), ("w", 0.9)):
        net.add_neuron(name, {"x": weight}, activation="softmax", output=True)

    for error, right in (("cross_entropy", True), ("half_squared", False)):
        made = exercises(net, seed=1, error=error)
        asked = [(e.number, e.asked.parts[1].text[1:]) for e in made.exercises if e.kind in ("dE/dz", "formula")]
        assert asked
        assert [made.check(number, f"a{k} - t{k}").right for number, k in asked] == [right] * len(asked)
        assert not any(made.check(number, f"t{k} - a{k}").right for number, k in asked)


@pytest.mark.parametrize(
    "answer",
    ["(" * 5000 + "1" + ")" * 5000, "9" * 10_000, "exp(" * 200 + "1" + ")" * 200, "-" * 3000, "10^(10^10)", "9⁹⁹⁹⁹⁹",
     "1e-999999999", "__import__('os').system('true')", "\x00", "1/0", "^-", "⁻", "10^-", "a[h1]^-1", "w[h1,o2]⁻²"],
)  # fmt: skip
def test_nonsense_is_answered_at_once_and_never_runs(answer: str, mazur: Sheet) -> None:
    for number in range(1, 11):
        tried = []
        for _ in range(3):  # a machine may be busy with something else, once
            begin = time.process_time()
            verdict = mazur.check(number, answer)
            tried.append(time.process_time() - begin)
        assert min(tried) < 0.05
        assert not verdict.right
        assert len(verdict.says) < 1_000
