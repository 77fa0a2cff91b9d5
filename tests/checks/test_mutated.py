"""Ten thousand changed derivations: none is accepted, unless what it says is equal and follows as well."""

from collections import Counter
from dataclasses import replace

import pytest
from example_derivations import derivations

from neuronwise.checks.mutated import judged, mutants
from neuronwise.mathematics import rules
from neuronwise.mathematics.rules import RULES, TABLE
from neuronwise.mathematics.search import Search
from neuronwise.mathematics.tree import number

COUNT = 10_000


def test_of_10000_changed_lines_none_is_accepted_unless_it_is_equal_and_legal() -> None:
    verdicts = list(judged(derivations(), 1, COUNT))

    assert Counter(verdict for _, verdict in verdicts).keys() <= {"refused", "legal"}
    legal = [mutant for mutant, verdict in verdicts if verdict == "legal"]
    assert {mutant.rules[-1].partition(" ")[0] for mutant in legal} <= {"algebra"}  # factors in another order
    assert len(legal) < 20


def test_what_is_not_changed_is_accepted() -> None:
    for derivation in derivations():
        above = derivation.goal
        for line in derivation.lines:
            named = [rules.rule_named(rule) for rule in line.rules]
            assert Search(derivation.definitions, named, line.node).steps(above) is not None
            above = line.node


def test_the_changes_are_of_many_kinds() -> None:
    first = [mutant for mutant, _ in zip(mutants(derivations(), 2), range(2_000), strict=False)]

    assert len({(mutant.above, mutant.line, mutant.rules) for mutant in first}) > 1_000
    assert len({mutant.rules for mutant in first}) > 20


def test_a_wrong_rule_lets_false_lines_through_and_the_meaning_finds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    right = RULES["itself"]
    wrong = replace(right, law=lambda *given: right.law(*given)._replace(new=number(0)))  # dx/dx = 0
    monkeypatch.setattr(rules, "TABLE", tuple(wrong if rule is right else rule for rule in TABLE))

    verdicts = Counter(verdict for _, verdict in judged(derivations(), 1, COUNT))

    assert verdicts["unsound"] > 0
