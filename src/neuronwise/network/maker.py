"""How the exercises of a network are made, one kind after the other, from easy to hard.

    z, a, E       a net input, an activation, the error            dE/dw     the slope of a weight
    dE/dz         of an output, then of a hidden neuron            w ← …     a weight after its update
    formula       the formula of a slope, as any equal formula     paths     how many lead from a weight to E
    slip          a line of a worked example that is wrong

Each says what is given, so it can be solved on paper; expected answers are computed by the code, never typed.
"""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from neuronwise.checks.answers import Question
from neuronwise.checks.slips import Formula, slips
from neuronwise.mathematics.backward import NotDerivedError, derive, tidy
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.derivation import Derivation
from neuronwise.mathematics.tree import Node, code_name, name, names, number, split, substituted, symbol, ungrouped
from neuronwise.mathematics.values import evaluate
from neuronwise.mathematics.worked import SHOWN_DIGITS, Worked, work, written
from neuronwise.necessary import neuron
from neuronwise.network.data import one_sample, targets
from neuronwise.network.derived import Derived, inside, without_tiny
from neuronwise.network.explain import FUNCTIONS, Sample, shortened
from neuronwise.network.face import Network
from neuronwise.network.running import error_named, named_targets, ready
from neuronwise.network.written import Written, inlined

MOST_NAMES, MOST_PATHS, TRIES = 12, 30, 40  # what fits on paper; how many symbols are looked at
MOST_COUNT = 10**6  # paths that are asked for
STEPS = 3  # of a drawn sample, if edges are late
LEAST = 1e-6  # smaller numbers are no fun to compute
NEAR = 6  # symbols that are told apart from the one asked for
PLAIN_ERRORS = ("absolute", "squared", "half_squared", "mean_squared")
Words = tuple[str | Node, ...]  # a sentence with formulas in it
Lesson = tuple[object, object]  # x and y of one sample
Item = TypeVar("Item")


@dataclass(frozen=True)
class Exercise:
    """What is asked, in words; what is given; what is right; and how it is found."""

    number: int
    kind: str
    words: Words
    question: Question = field(repr=False)
    given: tuple[Node, ...] = ()
    lines: tuple[Worked, ...] = ()  # a worked example, one line of which is wrong
    solution: tuple[Worked, ...] = ()
    formulas: tuple[Node, ...] = ()  # of the solution, without numbers
    derived: tuple[Derivation, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    note: str = ""  # of the solution

    @property
    def asked(self) -> Node:
        """The symbol that is asked for."""
        return self.question.formula.asked

    @property
    def expected(self) -> Node:
        """The formula that is right."""
        return self.question.formula.expected


def picked(lot: random.Random, items: Sequence[Item]) -> list[Item]:
    """Return the items in an order drawn by lot, with `random()` alone: it is the same in every Python.

    >>> picked(random.Random(7), "abc")
    ['b', 'a', 'c']
    """
    keyed = [(lot.random(), n) for n in range(len(items))]
    return [items[n] for _, n in sorted(keyed)]


class Maker:
    """Makes the exercises of one network."""

    def __init__(
        self, network: Network, lot: random.Random, learning: tuple[str, float], samples: Sequence[Lesson]
    ) -> None:
        self.network, self.lot, self.learning, self.own_samples = network, lot, learning, list(samples)
        self.samples: list[Sample] = []
        self.used: set[tuple[str, str, int]] = set()
        self.sample = self.sampled(0)
        self.steps = len(self.sample.x) // max(1, len(network.inputs)) if network.delayed else 0

    @property
    def written(self) -> Written:
        """The formulas of the network."""
        return self.sample.written

    @cached_property
    def derived(self) -> Derived:
        """The derivations of the network."""
        return Derived(self.written)

    @cached_property
    def definitions(self) -> Definitions:
        """The formulas of the feed forward, and names for the slopes dE/dz."""
        return self.derived.definitions.with_names({f"delta[{k}]": slope_at("z", k) for k in self.written.home})

    @cached_property
    def functions(self) -> dict[str, Node]:
        """The activations of one net input, as formulas of z: an answer may call them by name."""
        calls = {f: Node("call", (name("z"),), f) for pair in neuron.ACTIVATIONS.values() for f in [pair[0].__name__]}
        return {f: formula for f, call in calls.items() if (formula := inlined(call)) != call}

    @cached_property
    def paths(self) -> dict[str, int]:
        """How many paths lead from each symbol to E."""
        counts = {"E": 1}
        for text in reversed(self.definitions.order):
            if text != "E":
                counts[text] = sum(counts.get(user, 0) for user in self.definitions.users(text))
        return counts

    # ----------------------------------------------------------------------------------------- samples
    def sampled(self, n: int) -> Sample:
        """Return the n-th sample on its way through the network: one that was given, or one that is drawn."""
        while len(self.samples) <= n:
            at = len(self.samples)
            x, y = self.own_samples[at] if at < len(self.own_samples) else self.drawn()
            self.samples.append(self.computed(x, y))
        return self.samples[n]

    def drawn(self) -> Lesson:
        """Draw a sample: inputs from −1 to 1, but never 0; targets from 0 to 1, which suit every error.

        Under a cross entropy the targets of a softmax are shares, too: one of them is 1, the others are 0.
        """
        steps = [0] * (STEPS if self.network.delayed else 1)
        x = [[self.two_decimals(signed=True) for _ in self.network.inputs] for _ in steps]
        y = [self.drawn_targets() for _ in steps]
        return (x, y) if self.network.delayed else (x[0], y[0])

    def drawn_targets(self) -> list[float]:
        """Draw the targets of one step."""
        y = {o: self.two_decimals(signed=False) for o in self.network.outputs}
        shares: dict[str, list[str]] = {}
        for each in self.network.neurons():
            if self.learning[0] == "cross_entropy" and each.activation == "softmax" and each.name in y:
                shares.setdefault(each.group, []).append(each.name)
        for group in shares.values():
            y |= dict.fromkeys(group, 0.0) | {picked(self.lot, group)[0]: 1.0}
        return list(y.values())

    def two_decimals(self, *, signed: bool) -> float:
        """Draw a number with two decimals."""
        size = (1 + int(self.lot.random() * 99)) / 100
        return -size if signed and self.lot.random() < 0.5 else size  # noqa: PLR2004 - one half

    def computed(self, x: object, y: object) -> Sample:
        """Return a sample with the numbers of all symbols."""
        network, parts = self.network, self.network._parts  # noqa: SLF001 - one room
        given = one_sample(x, network.inputs, delayed=network.delayed)
        wanted = targets([y], network.outputs, given)
        running = ready(parts, given.shape[1] if network.delayed else None)
        numbers = dict(zip(running.inputs, given.reshape(-1).tolist(), strict=True))
        sample = Sample(network, running, numbers, named_targets(running, wanted)[0])
        sample.compute(error_named(parts, self.learning[0], wanted), self.learning[1])
        return sample

    # ----------------------------------------------------------------------------------------- the sheet
    def exercises(self, count: int) -> Iterator[Exercise]:
        """Yield the exercises, the easier kinds first."""
        kinds: dict[str, tuple[Callable[[str], Exercise | None], list[str]]] = {
            kind: (make, symbols) for kind, (make, symbols) in self.kinds().items() if symbols
        }
        names_of = list(kinds)
        plan = [names_of[n * len(kinds) // count] for n in range(count)]
        made: list[tuple[int, Exercise]] = []
        for kind in plan:
            start = names_of.index(kind)
            for other in names_of[start:] + names_of[:start]:
                exercise = self.one(other, *kinds[other])
                if exercise:
                    made.append((names_of.index(other), exercise))
                    break
        made.sort(key=lambda pair: pair[0])
        yield from (replace(exercise, number=n) for n, (_, exercise) in enumerate(made, 1))

    def kinds(self) -> dict[str, tuple[Callable[[str], "Exercise | None"], list[str]]]:
        """Return each kind of exercise: what makes one of a symbol, and the symbols it can be made of."""
        written, graph = self.written, self.written.graph
        ends = set(written.outputs)
        leading = [k for k in written.home if self.paths.get(f"z[{k}]")]
        out = [k for k in leading if ends & set(written.home[k].neurons)]
        hidden = [k for k in leading if k not in set(out)]
        weights = [p for p in graph.uses if self.paths.get(f"w[{p}]")]
        learning = [p for p in weights if p not in self.network.frozen]
        bent = [j for j, group in written.group_of.items() if group.activation != "identity"]
        forks = [p for p in weights if 1 < self.paths[f"w[{p}]"] <= MOST_PATHS] or weights[:1]
        return {
            "z": (self.net_input, list(written.home)),
            "a": (self.activation, bent),
            "E": (self.error, ["E"]),
            "dE/dz": (self.slope, out),
            "dE/dw": (self.weight, weights),
            "w": (self.update, learning),
            "dE/dz hidden": (self.slope, hidden),
            "formula": (self.formula, hidden or out),
            "paths": (self.count_paths, forks),
            "slip": (self.find_slip, learning),
        }

    def one(self, kind: str, make: "Callable[[str], Exercise | None]", symbols: Sequence[str]) -> Exercise | None:
        """Return a new exercise of a kind that fits on paper, if possible; None if this kind has no more."""
        spare: list[tuple[int, str, Exercise]] = []
        for n in range(1 if kind in ("formula", "paths") else len(self.used) + 1):
            self.sample = self.sampled(n)
            for text in picked(self.lot, symbols)[:TRIES]:
                if (kind, text, n) in self.used:
                    continue
                exercise = make(text)
                if exercise and fits(exercise):
                    self.used.add((kind, text, n))
                    return replace(exercise, kind=kind)
                if exercise:
                    spare.append((len(names(exercise.expected)), text, replace(exercise, kind=kind)))
            if spare:
                _, text, easiest = min(spare, key=lambda each: each[:2])
                self.used.add((kind, text, n))
                return easiest
        return None

    # ----------------------------------------------------------------------------------------- kinds
    def question(
        self, formula: Formula, wants: str = "number", value: float = math.nan, **more: Mapping[int, str]
    ) -> Question:
        """Return a question with the numbers of the sample."""
        return Question(formula, wants, self.sample.env, value, functions=self.functions, **more)

    def asked(self, words: Words, formula: Formula, *steps: Node) -> Exercise:
        """Return an exercise that asks for a number."""
        text = code_name(formula.asked) or ""
        equation = Node("becomes" if formula.update else "equals", (formula.asked, formula.expected))
        value = self.number(formula.expected) if formula.update else self.sample.number(text)
        solution = tuple(self.sample.worked(each, SHOWN_DIGITS) for each in (*steps, equation))
        return Exercise(
            0, "", words, self.question(formula, "number", value), self.given(formula.expected), solution=solution
        )

    def number(self, formula: Node) -> float:
        """Return what the code computes for a formula."""
        return float(evaluate(formula, self.sample.env, FUNCTIONS))

    def given(self, *formulas: Node) -> tuple[Node, ...]:
        """Return the numbers of the symbols in some formulas."""
        texts = dict.fromkeys(text for formula in formulas for text in names(formula))
        known = [text for text in texts if split(text)[0] != "m" and text in self.sample.env]
        return tuple(Node("equals", (symbol(text), written(self.sample.env[text]))) for text in known)

    def net_input(self, k: str) -> Exercise:
        """Ask for a net input."""
        formula, j = self.written.net_input(k), self.written.home[k].neurons[0]
        near = {f"a[{j}]": name(f"a[{j}]")} if f"a[{j}]" in self.definitions.formulas else {}
        near |= self.others("z", k, self.written.home)
        asked = Formula(formula.parts[0], formula.parts[1], self.definitions, near=near)
        return self.asked(("Compute the net input ", asked.asked, "."), asked)

    def activation(self, j: str) -> Exercise:
        """Ask for an activation."""
        *before, formula = self.written.activation(j)
        group = self.written.group_of[j]
        near = {f"z[{k}], the net input": name(f"z[{k}]") for k in group.net_inputs}
        if group.activation != "product" and j in self.written.home:
            near[f"the slope of a[{j}]"] = self.written.slope(group, j, j)
        asked = Formula(
            formula.parts[0], formula.parts[1], self.definitions, near=near | self.others("a", j, self.written.group_of)
        )
        kind = group.activation.replace("_", " ")
        words: Words = ("Compute the activation ", asked.asked, f". Activation function: {kind}.")
        return self.asked(words, asked, *before)

    def error(self, _: str) -> Exercise:
        """Ask for the error."""
        near = {}
        for other in PLAIN_ERRORS:
            if other != self.written.error_name:
                formula = Written(self.written.graph, self.written.outputs, other).error()
                near[f"E with the error {other.replace('_', ' ')}"] = formula.parts[1]
        formula = without_tiny(self.written.error())
        asked = Formula(formula.parts[0], formula.parts[1], self.definitions, near=near)
        kind = self.written.error_name.replace("_", " ")
        return self.asked(("Compute the error ", asked.asked, f", which is here: {kind}."), asked)

    def slope(self, k: str) -> Exercise:
        """Ask for dE/dz of a neuron."""
        asked = self.of_net_input(k)
        return self.asked(("Compute the slope ", asked.asked, "."), asked)

    def of_net_input(self, k: str) -> Formula:
        """Return dE/dz, with the formula of dE/da in it."""
        written, group = self.written, self.written.home[k]
        behind = {f"dE_da[{j}]": written.of_activation(j).parts[1] for j in group.neurons}
        asked, right = written.of_net_input(k).parts
        expected = without_tiny(substituted(right, lambda node, text: behind.get(text, node)))
        roles: dict[Node, tuple[str, str]] = {}
        for j in group.neurons:
            slope = written.slope(group, j, k)
            if slope.kind != "number" and group.activation != "product":
                roles[slope] = ("slope", f"the slope of the activation a[{j}]")
            if j in written.with_target:
                own = without_tiny(written.own_slope(j))
                roles[own] = ("path", f"the path from a[{j}] to the error itself")
        roles |= paths_of(expected)
        near = {f"dE/da[{j}]": slope_at("a", j) for j in group.neurons} | self.others("dE_dz", k, written.home)
        extra = tuple(name(f"a[{i}]") for i, _ in written.graph.edges[k][:3])
        return Formula(asked, expected, self.definitions, roles, near, extra, self.also(k))

    def also(self, k: str) -> dict[Node, str]:
        """Return a − t, which is dE/dz of a softmax under its cross entropy, since its targets add up to 1."""
        written, group = self.written, self.written.home[k]
        alone = all(j in written.with_target and not written.graph.targets[j] for j in group.neurons)
        if group.activation != "softmax" or self.learning[0] != "cross_entropy" or not alone:
            return {}
        return {Node("minus", (name(f"a[{k}]"), name(f"t[{k}]"))): "The targets of a softmax add up to 1."}

    def of_weight(self, p: str) -> Formula:
        """Return dE/dw."""
        asked, expected = self.written.of_weight(p).parts
        uses = self.written.graph.uses[p]
        net_inputs = [inside(text) for text in self.definitions.users(f"w[{p}]")]
        near = {f"dE/dz[{k}]": slope_at("z", k) for k in net_inputs}
        near |= self.others("dE_dw", p, self.written.graph.uses)
        assert uses  # noqa: S101 - a weight without an edge is none
        return Formula(asked, expected, self.definitions, paths_of(expected), near, (name(f"w[{p}]"),))

    def weight(self, p: str) -> Exercise:
        """Ask for dE/dw."""
        asked = self.of_weight(p)
        return self.asked(("Compute the slope ", asked.asked, "."), asked)

    def update(self, p: str) -> Exercise:
        """Ask for a weight after its update."""
        written = self.written
        slope = {f"dE_dw[{p}]": written.of_weight(p).parts[1]}
        w, right = written.update("w", p).parts
        expected = substituted(right, lambda node, text: slope.get(text, node))
        near = {f"dE/dw[{p}]": slope_at("w", p)}
        for q in around(list(written.graph.uses), p)[:NEAR]:
            near[f"the new w[{q}]"] = written.update("w", q).parts[1]
        asked = Formula(w, expected, self.definitions, paths_of(expected), near, (w,), update=True)
        return self.asked(("Compute the new ", w, " after one update."), asked)

    def formula(self, k: str) -> Exercise:
        """Ask for the formula of dE/dz of a neuron."""
        asked = self.of_net_input(k)
        behind = any(node.kind == "total" for node in asked.expected.nodes())
        words: Words = (
            "Write the formula of ",
            asked.asked,
            ", with slopes dE/dz of what it leads to." if behind else ".",
        )
        value = self.sample.number(code_name(asked.asked) or "")
        equation = Node("equals", (asked.asked, asked.expected))
        question = self.question(asked, "formula", value)
        return Exercise(0, "", words, question, formulas=(equation,), derived=tuple(self.derivations(asked)))

    def derivations(self, asked: Formula) -> Iterator[Derivation]:
        """Yield the derivation of dE/dz from the definitions, if algebra finds its end equal to the formula."""
        z = asked.asked.parts[1].text
        cited = self.derived.citing([z, *(f"a[{j}]" for j in self.written.home[inside(z)].neurons)])
        kept = {node for node in asked.expected.nodes() if node.kind == "total"}
        whole = ungrouped(asked.expected)
        short = whole.map(lambda node: number(0) if node in self.derived.dead_ends else node)
        with suppress(NotDerivedError):
            yield derive(cited, asked.asked, whole if short == whole else tidy(short), kept=kept)

    def count_paths(self, p: str) -> Exercise | None:
        """Ask for the number of paths from a weight to the error."""
        count, w = self.paths[f"w[{p}]"], name(f"w[{p}]")
        if count > MOST_COUNT:
            return None
        behind = [text for text in self.derived.behind(w.text) if self.paths.get(text) and text != "E"]
        rows, told = [("from", "paths", "through")], dict[int, str]()
        for text in reversed(behind):
            users = [user for user in self.definitions.users(text) if self.paths.get(user)]
            rows.append((text, str(self.paths[text]), " + ".join(f"{user} ({self.paths[user]})" for user in users)))
            if len(users) > 1:
                told |= {count - self.paths[user]: f"The paths through {user} are missing." for user in users}
        told.pop(count, None)
        words: Words = ("Along how many paths does ", w, " lead to E?")
        question = self.question(Formula(w, number(count), self.definitions), "whole", float(count), told=told)
        return Exercise(0, "", words, question, table=tuple(rows), note=f"There are {count}.")

    def find_slip(self, p: str) -> Exercise | None:
        """Ask which line of a worked example is wrong."""
        written, env = self.written, self.sample.env
        k = self.definitions.users(f"w[{p}]")[0].removeprefix("z[").removesuffix("]")
        group = written.home[k]
        for j in group.neurons:
            self.sample.number(f"dE_da[{j}]")  # the lines below use it
        steps = [
            *(Node("equals", tuple(map(without_tiny, written.of_activation(j).parts))) for j in group.neurons),
            written.of_net_input(k), written.of_weight(p), written.update("w", p),
        ]  # fmt: skip
        for wrong in picked(self.lot, range(len(steps))):
            left, right = steps[wrong].parts
            update = steps[wrong].kind == "becomes"
            known = Formula(left, right, self.definitions, self.roles(right), update=update)
            for slip in picked(self.lot, list(slips(known))):
                line = replace(steps[wrong], parts=(left, slip.formula))
                worked = list(carried([*steps[:wrong], line, *steps[wrong + 1 :]], env))
                if len(worked) == len(steps) and visible(slip.formula, right, env):
                    told = self.told(steps, wrong, slip.says)
                    question = self.question(
                        Formula(left, number(wrong + 1), self.definitions), "whole", wrong + 1.0, told=told
                    )
                    words: Words = ("One of these lines is wrong; those below it go on with its number. Which one?",)
                    solution = (self.sample.worked(steps[wrong], SHOWN_DIGITS),)
                    note = f"Line {wrong + 1}. {slip.says} It should be:"
                    return Exercise(0, "", words, question, lines=tuple(worked), solution=solution, note=note)
        return None

    def roles(self, right: Node) -> dict[Node, tuple[str, str]]:
        """Return what the pieces of a formula of the backward pass are."""
        inner = set(right.nodes())
        roles = paths_of(right)
        for group in {id(group): group for group in self.written.home.values()}.values():
            for j in group.neurons:
                for k in group.net_inputs:
                    slope = self.written.slope(group, j, k) if group.activation != "product" else number(1)
                    if slope in inner and slope.kind != "number":
                        roles[slope] = ("slope", f"the slope of the activation a[{j}]")
        return roles

    def told(self, steps: Sequence[Node], wrong: int, says: str) -> dict[int, str]:
        """Return what to say to each line that someone may take for the wrong one."""
        told = {wrong + 1: says}
        for n in range(len(steps)):
            if n < wrong:
                told[n + 1] = f"Line {n + 1} is right: its formula is that of the network, and so is its number."
            elif n > wrong:
                told[n + 1] = f"Line {n + 1} goes on rightly, though with a number that a line before it got wrong."
        return told

    def others(self, letter: str, here: str, every: Iterable[str]) -> dict[str, Node]:
        """Return the same symbol of other neurons or weights near by, by how it is written."""
        texts = [f"{letter}[{each}]" for each in around(list(every), here)[:NEAR]]
        return {text.replace("_", "/"): symbol(text) for text in texts}


def fits(exercise: Exercise) -> bool:
    """Tell whether an exercise can be done on paper: few numbers, an answer that is not 0, an update that moves."""
    question = exercise.question
    few = len(names(exercise.expected)) <= MOST_NAMES and len(exercise.lines) <= NEAR
    seen = question.wants == "formula" or abs(question.value) >= LEAST
    moved = not question.formula.update or abs(question.value - question.env[exercise.asked.text]) >= LEAST
    return few and seen and moved


def slope_at(letter: str, index: str) -> Node:
    """Return dE/dz[h1] and the like.

    >>> from neuronwise.mathematics.printers import plain
    >>> plain(slope_at("z", "h1"))
    'dE/dz[h1]'
    """
    return symbol(f"dE_d{letter}[{index}]")


def around(every: Sequence[str], here: str) -> list[str]:
    """Return all but one, those beside it first.

    >>> around(["a", "b", "c", "d"], "c")
    ['b', 'd', 'a']
    """
    place = every.index(here)
    near = sorted((n for n in range(len(every)) if n != place), key=lambda n: abs(n - place))
    return [every[n] for n in near]


def paths_of(formula: Node) -> dict[Node, tuple[str, str]]:
    """Return the terms of a sum that hold a slope dE/dz, each the path through that neuron."""
    found: dict[Node, tuple[str, str]] = {}
    for node in formula.nodes():
        for term in node.parts if node.kind == "plus" else ():
            ends = [inside(inner.parts[1].text) for inner in term.nodes() if inner.kind == "total"]
            if len(ends) == 1:
                found[term] = ("path", f"the path through {ends[0]}")
    return found


def carried(steps: Sequence[Node], env: Mapping[str, float]) -> Iterator[Worked]:
    """Yield the lines of a worked example, each with the numbers of those before it; fewer if one has no number."""
    numbers = dict(env)
    with suppress(KeyError, ValueError, ZeroDivisionError, OverflowError):
        for step in steps:
            left, right = step.parts
            value = float(evaluate(right, numbers, FUNCTIONS))
            if not math.isfinite(value):
                return
            here = {text: numbers[text] for text in names(right)}
            yield shortened(work(step, here, value, FUNCTIONS))
            if step.kind == "equals":
                numbers[code_name(left) or ""] = value


def visible(wrong: Node, right: Node, env: Mapping[str, float]) -> bool:
    """Tell whether a slip changes the number by more than a hundredth."""
    try:
        got, wanted = (float(evaluate(formula, env, FUNCTIONS)) for formula in (wrong, right))
    except (KeyError, ValueError, ZeroDivisionError, OverflowError):
        return False
    return abs(got - wanted) >= max(abs(wanted), LEAST) / 100
