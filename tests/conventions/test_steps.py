"""Each step is its formula and PyTorch's step; whatever is planted in it is found."""

import inspect
import math
from collections.abc import Callable
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest
from against_pytorch import RATE, SCHEDULE, STEP, STEPS, apart, numbers, ours, recorded

from neuronwise.checks import formula_is_code
from neuronwise.checks.faults import faults
from neuronwise.checks.reference import Walk
from neuronwise.conventions import powers, rules, schedules, steps
from neuronwise.mathematics.from_code import Code
from neuronwise.mathematics.printers import mathml, plain
from neuronwise.mathematics.readers import read_mathml

SUMS = ("squares", "norm")  # formulas with a sum
CODE = {module: Code(inspect.getsource(module), module.__name__) for module in (steps, schedules)}
EVERY = [(module, name) for module, code in CODE.items() for name in code.functions if name not in SUMS]
EXACT, INSTALLED = recorded()["rounded"], recorded()["one"]
NEAR = 4  # units in the last place that PyTorch's quickest loops may be apart
SAME = {  # changes that change nothing
    ("clipped", "limit instead of g"): "at the limit both are the same",
}


def ids(item: object) -> str:
    return item.__name__.rpartition(".")[2] if isinstance(item, ModuleType) else str(item)


@pytest.mark.parametrize(("module", "name"), EVERY, ids=ids)
def test_each_function_is_its_formulas(module: ModuleType, name: str) -> None:
    assert formula_is_code.check(CODE[module], name).formulas == len(CODE[module].formulas(name))


@pytest.mark.parametrize(("module", "name"), EVERY, ids=ids)
def test_every_fault_planted_in_a_function_is_found(module: ModuleType, name: str) -> None:
    code = CODE[module]

    found = [fault for fault in faults(code, name) if not refused(Code(fault.source, code.file), name, code)]

    assert [f.words for f in found if (name, f.words.partition(" in line")[0]) not in SAME] == []


def refused(planted: Code, name: str, code: Code) -> bool:
    """Whether a planted fault makes a function differ from its formulas, or fail."""
    try:
        formula_is_code.check(planted, name, code.formulas(name))
    except Exception:  # noqa: BLE001 - a fault may raise anything
        return True
    return False


@pytest.mark.parametrize(("name", "text"), [("squares", "R = Σ[u in g] u^2"), ("norm", "N = sqrt(Σ[u in R] u)")])
def test_sums_are_their_formulas(name: str, text: str) -> None:
    formula, row = CODE[steps].formulas(name)[0], [3.0, 0.1, 1e16, 0.7]
    read = read_mathml(mathml(formula, display=True))

    assert plain(formula) == text
    assert Walk({"sqrt": math.sqrt}, float).run([read], {"g": row, "R": row}) == getattr(steps, name)(row)


@pytest.mark.parametrize("name", STEP)
def test_steps_have_the_bits_of_pytorchs_where_it_rounds_each_operation(name: str) -> None:
    assert [[v.hex() for v in row] for row in ours(STEP[name][0])] == EXACT["steps"][name]


@pytest.mark.parametrize("name", STEP)
def test_steps_are_near_pytorchs_as_it_is_installed(name: str) -> None:
    assert apart(ours(STEP[name][0]), numbers(INSTALLED["steps"][name])) <= NEAR


@pytest.mark.parametrize("name", SCHEDULE)
def test_schedules_are_near_pytorchs(name: str) -> None:
    rates = [SCHEDULE[name][0].rate(RATE, n) for n in range(STEPS)]

    assert apart([[rate / RATE for rate in rates]], [[u / RATE for u in numbers([EXACT["rates"][name]])[0]]]) <= NEAR


PLANTED: dict[
    str, tuple[str, str, str, str]
] = {  # what, where PyTorch shows it: the function, what stands there, instead
    "no correction": ("adam", "correction", "return 1 - power(beta, n)", "return 1.0"),
    "epsilon in the root": ("rmsprop", "rmsprop", "(sqrt(S) + epsilon)", "sqrt(S + epsilon)"),
    "epsilon in Adam's root": ("adam", "adam", "(sqrt(S) / sqrt(C2) + epsilon)", "sqrt(S / C2 + epsilon)"),
    "decay coupled": ("adamw", "adamw", "v = v * (1 - eta * decay)", "g = g + decay * v"),
    "decay decoupled": ("adam, decay", "decayed", "g = g + decay * v", "g = g"),
    "slopes damped": ("momentum", "momentum", "beta * M + g", "beta * M + (1 - beta) * g"),
    "no look ahead": ("nesterov", "nesterov", "(g + beta * M)", "M"),
    "length without its root": (
        "momentum, clipped in length",
        "norm",
        "sqrt(total(u for u in R))",
        "total(u for u in R)",
    ),
    "clipped on one side": ("plain, clipped in value", "clipped", "-limit if g < -limit else g", "g"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_fault_differs_from_pytorch(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, function, right, wrong = PLANTED[what]
    before, _, rest = inspect.getsource(steps).partition(f"def {function}(")
    assert right in rest
    names: dict[str, Any] = {"__name__": "planted"}
    exec(f"{before}def {function}({rest.replace(right, wrong, 1)}", names)  # noqa: S102 - our own source
    monkeypatch.setattr(steps, function, names[function])
    step = STEP[name][0]
    if getattr(type(step.rule).formula, "__name__", "") == function:
        monkeypatch.setattr(type(step.rule), "formula", staticmethod(names[function]))

    assert not apart(ours(step), numbers(EXACT["steps"][name])) <= 1000 * NEAR


@pytest.mark.parametrize("beta", [0.9, 0.999, 0.5, 0.1, 1.0, 0.0, 1 / 3])
def test_powers_are_rounded_once(beta: float) -> None:
    for n in [*range(40), 100, 999]:
        assert powers.power(beta, n) == float(Fraction(beta) ** n)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: rules.Momentum(1.0), "expected beta of Momentum from 0 on and below 1; got 1.0"),
        (lambda: rules.Adam(beta2=-0.1), "expected beta2 of Adam from 0 on and below 1; got -0.1"),
        (lambda: rules.RMSProp(epsilon=math.nan), "expected epsilon of RMSProp from 0 on and finite; got nan"),
        (lambda: rules.Step(weight_decay=math.inf), "expected weight_decay of Step from 0 on and finite; got inf"),
        (lambda: rules.Step(clip_norm=0.0), "expected slopes to be clipped to more than 0; got 0"),
        (lambda: rules.Stairs(0), "expected every to be a whole number from 1 on; got 0"),
        (lambda: rules.Cosine(3, per="year"), 'expected per="epoch" or per="batch"; got per=\'year\''),
        (lambda: rules.step_named("adm"), "expected a step among plain, momentum, nesterov, rmsprop, adam, adamw"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        make()


def test_a_schedule_can_be_taken_up_anywhere_and_stays_at_its_end() -> None:
    assert rules.Cosine(4, 0.25).rate(1.0, 9) == 0.25
    assert rules.Linear(4, 0.25).rate(1.0, 9) == 1.0
    assert [rules.Step(schedule=rules.Stairs(1, 0.5)).rate(1.0, n, 3) for n in (0, 2, 3, 6)] == [1.0, 1.0, 0.5, 0.25]
    assert rules.Step(schedule=rules.Stairs(1, 0.5, per="batch")).rate(1.0, 2, 3) == 0.25
