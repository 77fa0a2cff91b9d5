"""Answers to exercises: any equal formula, number or derivation is right, and what is wrong with another is said.

    number       right if it is the number asked for, to the digits that it has: at least three significant ones
    formula      right if it is equal, whatever it looks like: exactly, at random points (exponentials.py)
    derivation   lines "= formula by rule", each checked by its rules and by its meaning (derivations.py)

Of a wrong answer the first slip is told that leads to it (slips.py): a sign, a forgotten slope, path or factor, … Of
an answer that no known slip leads to, numbers show the difference. A text is read by the package's own reader, with
limits; nothing of it is ever run. A slope may be written with slopes nearer the error, never with itself.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from neuronwise.checks.derivations import derived
from neuronwise.checks.exponentials import Equality
from neuronwise.checks.meaning import MeaningError, numbers, value
from neuronwise.checks.slips import Formula, Slip, slips
from neuronwise.checks.worlds import CONSTANTS, MissingNumberError, NoValueError
from neuronwise.mathematics.definitions import Definitions, symbols
from neuronwise.mathematics.derivation import DerivationError
from neuronwise.mathematics.instances import renamed
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.tokens import MOST_CHARACTERS, UnreadableError
from neuronwise.mathematics.tree import SIGNS, Node, code_name, name, names, number
from neuronwise.mathematics.worked import digits

MOST_TEXT, MOST_LINES = 8000, 60  # of a derivation
WANTED = 3  # significant digits of a number
ON_THE_WAY = 2e-4  # what numbers that are rounded on the way may change in a wrong one that is known
SHOWN = 60  # characters of an answer that a message repeats
LETTERS = ("w", "b", "z", "a", "t", "E", "eta", "delta", "m", "DENSITY", "SQRT_HALF")
LITERAL = re.compile(r"[-−]?\s*(\d+)(?:\.(\d+))?")
SCIENTIFIC = re.compile(r"(?<![\w.])(\d+)(?:\.(\d+))?[eE]([-−+]?)(\d+)(?![\w.])")
COMMA = re.compile(r"\s*[-−]?\d+,\d+\s*")
SIGMA = re.compile(r"(?<!\w)(?:σ|sigma|sigmoid)(?=\s*\()")
RAISED = re.compile(r"\^\s*[-−]\s*(\d+)")
SUPERSCRIPT = re.compile(r"⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
AS_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "−0123456789")
BY = re.compile(r"(?<!\w)by(?!\w)")
LARGEST = 300  # the exponent of the largest number that is read


class AnswerError(ValueError):
    """An answer that cannot be read, or speaks of what is not there."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer is right, what to say to it, and of which kind a known slip is."""

    right: bool
    says: str
    kind: str = ""

    def __str__(self) -> str:
        """Return it for a reader."""
        return f"Right. {self.says}".strip() if self.right else self.says

    __repr__ = __str__


@dataclass(frozen=True)
class Question:
    """What is asked: a formula, or a number, and what is known about both.

    `env` holds numbers for the roots of the definitions, `value` the number asked for; `whole` asks for a whole number,
    such as a count, and `told` says what is wrong with some. `functions` are those that an answer may use by name.
    """

    formula: Formula
    wants: str  # "number", "formula" or "whole"
    env: Mapping[str, float] = field(default_factory=dict)
    value: float = math.nan
    told: Mapping[int, str] = field(default_factory=dict)
    functions: Mapping[str, Node] = field(default_factory=dict)  # f -> a formula of z

    @property
    def definitions(self) -> Definitions:
        """The definitions of the formula."""
        return self.formula.definitions

    @cached_property
    def equality(self) -> Equality:
        """Where formulas are compared."""
        return Equality(self.definitions)

    def number(self, node: Node) -> float:
        """Return the value of a formula for the question's numbers; nan if it has none."""
        try:
            return float(value(node, self.definitions, self.env))
        except (MeaningError, MissingNumberError, NoValueError, OverflowError):
            return math.nan


def judge(answer: str, question: Question) -> Verdict:
    """Say whether an answer is right; of a wrong one, what is wrong with it.

    >>> from neuronwise.mathematics.tree import symbol
    >>> definitions = Definitions({"a": read_plain("w*x"), "E": read_plain("(t - a)^2")})
    >>> asked = Question(Formula(symbol("dE_da"), read_plain("-2*(t - a)"), definitions), "formula")
    >>> judge("2*a - 2*t", asked)
    Right.
    >>> judge("2*(t - a)", asked)
    The sign is turned: all else is right. Look at t − a: is it the right way round?
    """
    try:
        if question.wants == "whole":
            return _whole(answer, question)
        if "\n" in answer.strip() or BY.search(answer):
            return _derivation(answer, question)
        return _formula(_read(answer, question), answer, question)
    except (AnswerError, UnreadableError, DerivationError, MeaningError) as error:
        return Verdict(right=False, says=_shortened(str(error), answer), kind="unreadable")


# ------------------------------------------------------------------------------------------------- reading
def _shortened(message: str, answer: str) -> str:
    """Return a message that repeats only the beginning of a long answer."""
    for said in (repr(answer), repr(answer.strip())):
        if len(said) > SHOWN:
            message = message.replace(said, f"{said[:SHOWN]} …'")
    return message if len(message) < 10 * SHOWN else f"{message[: 10 * SHOWN]} …"


def _read(text: str, question: Question) -> Node:
    """Return the formula that an answer says, without the name in front of it and with its functions written out."""
    if len(text) > MOST_TEXT:
        message = f"expected an answer of at most {MOST_CHARACTERS:,} characters; got {len(text):,}"
        raise AnswerError(message)
    if not text.strip():
        message = "expected a number, a formula, or lines = formula by rule; got nothing"
        raise AnswerError(message)
    if COMMA.fullmatch(text):
        message = f"expected a number with a point, {text.strip().replace(',', '.')}; got {text.strip()}"
        raise AnswerError(message)
    node = read_plain(_plain_powers(_plain_numbers(SIGMA.sub("logistic", text))), _known(question))
    if node.kind in ("equals", "becomes"):
        left, node = node.parts
        if left != question.formula.asked:
            message = f"expected a formula for {plain(question.formula.asked)}; got one for {plain(left)}"
            raise AnswerError(message)
    node = node.map(_as_divisor).map(lambda inner: _written_out(inner, question.functions))
    _check_symbols(node, question)
    return node


def _known(question: Question) -> list[str]:
    """Return the names that an answer may use; symbols with indices are known by their letter."""
    own = [text for text in (*question.definitions.order, *question.env) if "[" not in text]
    return list(dict.fromkeys([*LETTERS, *own]))


def _plain_numbers(text: str) -> str:
    """Return a text with 1.5e-3 written 0.0015.

    >>> _plain_numbers("1.5e-3*w + 2e2")
    '0.0015*w + 200'
    """

    def written(found: re.Match[str]) -> str:
        whole, decimals, sign, exponent = found[1], found[2] or "", found[3], found[4]
        if len(exponent) > len(str(LARGEST)) or int(exponent) > LARGEST:
            message = f"expected a number up to 1e{LARGEST}; got {found[0][:SHOWN]}"
            raise AnswerError(message)
        point = len(whole) + (-int(exponent) if sign in ("-", "−") else int(exponent))
        run = whole + decimals
        run = "0" * (1 - point) + run if point < 1 else run.ljust(point, "0")
        point = max(point, 1)
        return run[:point] + ("." + run[point:] if run[point:] else "")

    return SCIENTIFIC.sub(written, text)


def _plain_powers(text: str) -> str:
    """Return a text with 10⁻⁴ and 10^-4 written 10^(−4).

    >>> _plain_powers("4.4·10⁻⁴ + 10^-2*w²")
    '4.4·10^(−4) + 10^(−2)*w^(2)'
    """
    text = SUPERSCRIPT.sub(lambda found: f"^({found[0].translate(AS_DIGITS)})", text.replace("**", "^"))
    return RAISED.sub(r"^(−\1)", text)


def _as_divisor(node: Node) -> Node:
    """Return 1/u^n for u^(−n)."""
    if node.kind != "power" or node.parts[1].kind != "negative":
        return node
    base, exponent = node.parts[0], node.parts[1].parts[0]
    return Node("over", (number("1"), Node("power", (base, exponent))))


def _written_out(node: Node, functions: Mapping[str, Node]) -> Node:
    if node.kind == "call" and node.text in functions and len(node.parts) == 1:
        return renamed(functions[node.text], {"z": node.parts[0]})
    return node


def _check_symbols(node: Node, question: Question) -> None:
    """Refuse symbols that the network does not have."""
    definitions = question.definitions
    known = {*definitions.order, *definitions.goals, *question.env, *CONSTANTS, "eta"}
    for text in symbols(node):
        if text not in known:
            near = [each for each in sorted(known) if each[0] == text[0]][:SHOWN]
            message = f"expected a symbol of this network; got {text}. With this letter there are: {', '.join(near)}"
            raise AnswerError(_clipped(message))


def _clipped(message: str) -> str:
    return message if len(message) < 5 * SHOWN else f"{message[: 5 * SHOWN]} …"


# ------------------------------------------------------------------------------------------------- formulas
def _formula(node: Node, text: str, question: Question) -> Verdict:
    """Judge a formula; one without symbols is a number."""
    constant = not symbols(node)
    if constant and question.wants == "number":
        return _number(node, text, question)
    circle = _circular(node, question.formula)
    if question.equality.same(node, question.formula.expected):
        if circle:
            return Verdict(right=False, says=circle, kind="circular")
        if unopened := _unopened(node):
            return Verdict(right=False, says=f"It is equal, but not finished: {unopened}", kind="unfinished")
        shown = f"{plain(question.formula.asked)} is {digits(question.value)}." if question.wants == "number" else ""
        return Verdict(right=True, says=shown)
    for other, why in question.formula.also.items():
        if not circle and _same(question, node, other):
            return Verdict(right=True, says=why)
    rounded = math.isfinite(question.value) and _is_rounded(question.number(node), question.value, text)
    if constant and rounded and _significant(text) >= WANTED:
        says = "The number is right for this sample. Asked is the formula, which holds for any numbers."
        return Verdict(right=False, says=says, kind="number")
    verdict = _diagnosed(node, question)
    if verdict.kind != "numbers":
        return verdict
    if circle:
        return Verdict(right=False, says=circle, kind="circular")
    return _number(node, text, question) if _has_numbers_of_its_own(node, question) else verdict


def _has_numbers_of_its_own(node: Node, question: Question) -> bool:
    """Tell whether numbers were put in for some symbols, where a number is asked for; the other symbols have theirs."""
    expected = {inner.text for inner in question.formula.expected.nodes() if inner.kind == "number"}
    found = {inner.text for inner in node.nodes() if inner.kind == "number"}
    return question.wants == "number" and bool(found - expected) and math.isfinite(question.number(node))


def _circular(node: Node, formula: Formula) -> str:
    """Say that a formula speaks of what is asked, or of what is computed from it; nothing if it does not."""
    asked, definitions = formula.asked, formula.definitions
    if formula.update:
        return ""
    if asked.kind == "name":
        found = next((text for text in names(node) if _computed_from(text, asked.text, definitions)), "")
        what = "with it" if found == asked.text else f"with {found}, which is computed from it"
        return f"Asked is {plain(asked)}: it can't be given {what}." if found else ""
    x = asked.parts[1].text
    for sign in _slopes_of_error(node, definitions):
        lower = sign.parts[1].text
        if lower == x or x not in definitions.ancestors(lower):
            where = "it cannot be given with itself" if sign == asked else f"{plain(sign)} is not nearer the error"
            return f"Asked is {plain(asked)}: {where}. Use slopes of what {x} leads to."
    return ""


def _unopened(node: Node) -> str:
    """Name a slope that is still to be worked out, if there is one: dE/dx and the slope of an edge may stay."""
    for inner in node.nodes():
        if inner.kind == "partial" or (inner.kind == "total" and inner.parts[0] != name("E")):
            return f"work out {plain(inner)}."
    return ""


def _computed_from(text: str, asked: str, definitions: Definitions) -> bool:
    """Tell whether a symbol, or the slope that it names, has to do with what is computed from another."""
    return text == asked or asked in definitions.ancestors(text) or text.startswith("dE_d")


def _slopes_of_error(node: Node, definitions: Definitions) -> Iterator[Node]:
    """Yield the slopes dE/dx in a formula, written with their sign or by their name."""
    for inner in node.nodes():
        if inner.kind == "total" and "E" in symbols(inner.parts[0]):
            yield inner
        elif inner.kind == "name" and inner.text in definitions.goals:
            yield definitions.goals[inner.text]


def _diagnosed(node: Node, question: Question) -> Verdict:
    """Say what is wrong with a formula: the first slip that leads to it, a second sign, or numbers."""
    every = list(slips(question.formula))
    for slip in every:  # the answer is not right: a slip that it equals is none that changes nothing
        if _same(question, node, slip.formula):
            return Verdict(right=False, says=slip.says, kind=slip.kind)
    negative = Node("negative", (node,))
    for slip in every:
        if _same(question, negative, slip.formula):
            return Verdict(right=False, says=f"{slip.says} And the sign is turned.", kind=slip.kind)
    return Verdict(right=False, says=_shown(node, question), kind="numbers")


def told_apart(question: Question) -> Iterator[Slip]:
    """Yield the slips that change the formula: those that a judge can find."""
    for slip in slips(question.formula):
        if not _same(question, slip.formula, question.formula.expected):
            yield slip


def _same(question: Question, a: Node, b: Node) -> bool:
    try:
        return question.equality.same(a, b)
    except (MeaningError, NoValueError):
        return False


def _shown(node: Node, question: Question) -> str:
    """Return numbers for which an answer and the right formula differ."""
    mine, right = question.number(node), question.value
    unopened = [plain(inner) for inner in node.nodes() if inner.kind in SIGNS and not code_name(inner)]
    more = f" Look at {unopened[0]}." if unopened else ""
    if math.isfinite(mine) and math.isfinite(right) and digits(mine, 6) != digits(right, 6):
        return (
            f"With the numbers of this exercise yours gives {digits(mine, 6)}, the right one {digits(right, 6)}.{more}"
        )
    if math.isfinite(right) and not math.isfinite(mine):
        return f"With the numbers of this exercise yours has no value.{more}"
    shown = numbers(node, question.formula.expected, question.definitions, "yours", "the right one")
    return (shown or "For most numbers yours is not equal to the right one, though for these it is.") + more


# ------------------------------------------------------------------------------------------------- numbers
def _is_rounded(given: float, right: float, text: str) -> bool:
    """Tell whether a number is the right one, to the digits that it is written with."""
    return math.isfinite(given) and abs(given - right) <= _unit(text, right) * (0.5 + 1e-9)


def _unit(text: str, right: float) -> float:
    """Return the worth of the last digit of a number as it is written; of a calculation, of the third of its result.

    >>> _unit("0.25", 0.25), _unit("1/3", 0.333)
    (0.01, 0.001)
    """
    literal = LITERAL.fullmatch(_plain_numbers(text).strip())
    if literal and literal[2]:
        return float(f"1e-{len(literal[2])}")
    if literal:
        return 1.0
    return float(f"1e{math.floor(math.log10(abs(right))) - WANTED + 1}") if right else 1e-9


def _significant(text: str) -> int:
    """Return how many significant digits a number is written with; a calculation has enough.

    >>> _significant("0.0038"), _significant("1/3")
    (2, 3)
    """
    literal = LITERAL.fullmatch(_plain_numbers(text).strip())
    return len((literal[1] + (literal[2] or "")).lstrip("0")) if literal else WANTED


def _number(node: Node, text: str, question: Question) -> Verdict:
    """Judge a number."""
    text = text.rpartition("=")[2]
    given, right = question.number(node), question.value
    if not math.isfinite(given):
        return Verdict(
            right=False, says=f"{plain(node)[:SHOWN]} has no value that could be compared.", kind="unreadable"
        )
    if math.isclose(given, right, rel_tol=1e-12):
        return Verdict(right=True, says="")
    if _is_rounded(given, right, text):
        if _significant(text) >= WANTED:
            return Verdict(right=True, says=f"To nine digits it is {digits(right)}.")
        says = f"Rounded too coarsely: give at least {WANTED} significant digits."
        return Verdict(right=False, says=says, kind="rounded")
    return _diagnosed_number(given, text, question)


def _diagnosed_number(given: float, text: str, question: Question) -> Verdict:
    """Say what is wrong with a number: the first slip that leads to it, or how far off it is."""
    right = question.value
    if math.isclose(given, -right, rel_tol=1e-2) and abs(given + right) <= _unit(text, right):
        return Verdict(right=False, says=next(slips(question.formula)).says, kind="sign")
    if abs(given - right) <= 1.5 * _unit(text, right) and _significant(text) >= WANTED:
        says = "Nearly: the last digit is off. It was cut off instead of rounded, or a number on the way was rounded."
        return Verdict(right=False, says=says, kind="rounded")
    every = [(slip, question.number(slip.formula)) for slip in slips(question.formula)]
    visible = [
        (s, wrong) for s, wrong in every if math.isfinite(wrong) and not math.isclose(wrong, right, rel_tol=1e-9)
    ]
    for slip, wrong in visible:
        if given == wrong or (_significant(text) >= WANTED - 1 and _is_rounded(given, wrong, text)):
            return Verdict(right=False, says=f"{slip.says} That gives {digits(wrong, 6)}.", kind=slip.kind)
    if math.isclose(given, right, rel_tol=2e-2):
        says = f"Close, but not equal to {WANTED} digits: a number on the way was rounded too coarsely."
        return Verdict(right=False, says=says, kind="rounded")
    for slip, wrong in visible:
        if math.isclose(given, wrong, rel_tol=ON_THE_WAY):
            says = f"{slip.says} That gives {digits(wrong, 6)}, if no number on the way is rounded."
            return Verdict(right=False, says=says, kind=slip.kind)
    return Verdict(right=False, says=_off(given, question), kind="numbers")


def _off(given: float, question: Question) -> str:
    """Say how far a number is off, and with which formula it can be found."""
    right, asked = question.value, plain(question.formula.asked)
    where = "too large" if given > right else "too small"
    if given * right < 0:
        where = "on the wrong side of 0"
    elif right and (abs(given / right) > 5 or abs(right / given if given else math.inf) > 5):  # noqa: PLR2004
        where += ", by far"
    return f"{digits(given, 6)} is {where}. The formula is {asked} = {plain(question.formula.expected)}."


def _whole(text: str, question: Question) -> Verdict:
    """Judge a whole number: a count, or the number of a line."""
    found = re.fullmatch(r"(?:line\s*)?(\d{1,30})(?:\.0*)?", text.strip()) if len(text) <= SHOWN else None
    if not found:
        got = repr(text.strip()[:SHOWN])
        return Verdict(right=False, says=f"expected a whole number; got {got}", kind="unreadable")
    given, right = int(found[1]), int(question.value)
    if given == right:
        return Verdict(right=True, says=question.told.get(right, ""))
    if right in question.told and given not in question.told:  # each line has its words
        says = f"expected the number of a line, 1 to {max(question.told)}; got {given}"
        return Verdict(right=False, says=says, kind="unreadable")
    return Verdict(
        right=False,
        says=question.told.get(given, f"{given} is too {'many' if given > right else 'few'}."),
        kind="count",
    )


# ------------------------------------------------------------------------------------------------- derivations
def _derivation(text: str, question: Question) -> Verdict:
    """Judge a derivation: every line, and whether it leads to a formula for what is asked."""
    asked = question.formula.asked
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if len(text) > MOST_TEXT or len(lines) > MOST_LINES:
        message = (
            f"expected a derivation of at most {MOST_LINES} lines and {MOST_TEXT:,} characters; "
            f"got {len(lines):,} lines, {len(text):,} characters"
        )
        raise AnswerError(message)
    if question.formula.update:
        message = f"expected a formula for the new {plain(asked)}; a derivation shows a slope or a definition"
        raise AnswerError(message)
    if not lines[0].startswith("goal "):
        lines = [f"goal {plain(asked)}", *([] if lines[0] == plain(asked) else lines[:1]), *lines[1:]]
    known = _known(question)
    derivation = derived(_plain_numbers("\n".join(lines)), question.definitions, known)
    if derivation.goal != asked:
        message = f"expected a derivation of {plain(asked)}; got one of {plain(derivation.goal)}"
        raise AnswerError(message)
    _check_symbols(derivation.result, question)
    circle = _circular(derivation.result, question.formula)
    if circle:
        return Verdict(right=False, says=f"Every line follows, but it is not finished. {circle}", kind="circular")
    if unopened := _unopened(derivation.result):
        return Verdict(right=False, says=f"Every line follows, but it is not finished: {unopened}", kind="unfinished")
    return Verdict(right=True, says="Every line follows.")
