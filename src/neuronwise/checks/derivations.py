"""All that a derivation must pass: its rules, its meaning, its print. One call reads a text and does all three.

    rule  meaning
    yes   yes        accepted
    no    yes        TrueLineError: the line is true, but does not follow
    no    no         FalseLineError, with numbers that show it
    yes   no         UnsoundRuleError: a rule is wrong, and the book must not be built

Where random numbers tell two lines apart and no small ones do (|u·v| and |u|·|v|), the rules' own error stays.
"""

from collections.abc import Iterable

from neuronwise.checks.meaning import MeaningError, numbers, same_meaning
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.derivation import Derivation, DerivationError, DoesNotFollowError, read_derivation
from neuronwise.mathematics.printers import mathml, plain
from neuronwise.mathematics.readers import read_mathml, read_plain
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import Node, ungrouped


class TrueLineError(DerivationError):
    """A line that is true, but does not follow by the rules it names."""


class FalseLineError(DerivationError):
    """A line that is false."""


class UnsoundRuleError(DerivationError):
    """A line that follows by the rules and is false: a rule is wrong."""


class MisprintError(DerivationError):
    """A line whose print reads back as another formula."""


def derived(text: str, definitions: Definitions, names: Iterable[str] = SYMBOLS) -> Derivation:
    r"""Return the derivation that a text says, with every line checked by rule, by meaning and in print.

    >>> definitions = Definitions({"a": read_plain("w*x")})
    >>> text = "goal da/dw\n  = d/dw[w*x]  by definition of a\n  by constant factor, itself"
    >>> plain(derived(text, definitions).result)
    '1·x'
    >>> derived(text.replace("[w*x]", "[w + x]"), definitions)
    Traceback (most recent call last):
        ...
    neuronwise.checks.derivations.FalseLineError: line 2 of the derivation: The line d/dw[w + x] is false.
    It does not follow by definition of a. It gives: d/dw[w·x].
    With w=2, x=3 the line above is 3, this one 1.
    """
    try:
        derivation = read_derivation(text, definitions, names)
    except DoesNotFollowError as error:
        raise judged(error) from None
    check(derivation)
    return derivation


def same(above: Node, this: Node, definitions: Definitions, line: int) -> bool:
    """Tell whether two lines mean the same; DerivationError if one of them means nothing."""
    try:
        return same_meaning(above, this, definitions)
    except MeaningError as error:
        raise DerivationError(line, str(error)) from None


def judged(error: DoesNotFollowError) -> DerivationError:
    """Return the error that also says whether the line is true."""
    above, this = error.lines
    if same(above, this, error.definitions, error.line):
        return TrueLineError(error.line, f"The line {plain(this)} is true, but it does not follow by {error.by}")
    shown = numbers(above, this, error.definitions, "the line above", "this one")
    if not shown:
        return error
    return FalseLineError(error.line, f"The line {plain(this)} is false.\nIt does not follow by {error.by}\n{shown}")


def check(derivation: Derivation) -> None:
    """Check every single step by meaning, and every line in print; the rules have checked them already."""
    above = derivation.goal
    check_print(above, 1)
    for line in derivation.lines:
        for step in line.steps:
            if not same(above, step.node, derivation.definitions, line.number):
                shown = numbers(above, step.node, derivation.definitions, "the line above", "this one")
                follows = f"By the rule {step.application.name} the line {plain(step.node)} follows, but it is false."
                raise UnsoundRuleError(line.number, f"{follows}\n{shown}")
            check_print(step.node, line.number)
            above = step.node
        check_print(line.node, line.number)


def check_print(node: Node, line: int) -> None:
    """Check that what is printed is read as what it is: as text, and as MathML on a line of its own and within one.

    >>> check_print(read_plain("a - (w - x)"), 1)
    """
    for printed in (plain(node), mathml(node), mathml(node, display=True)):
        back = read_mathml(printed) if printed.startswith("<") else read_plain(printed, own=True)
        if ungrouped(back) != node:
            raise MisprintError(line, f"The line {plain(node)} is printed as {printed}, which reads as {plain(back)}.")
