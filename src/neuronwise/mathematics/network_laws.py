"""What the rules do that look at definitions: a name and its formula, and slopes along the paths from name to name.

    dy/dx        total: over all paths that lead from x to y
    ∂y/∂x        local: the slope of one edge, from x into the formula of y

Their arguments come last: the a of "chain through a".

>>> from neuronwise.mathematics.printers import plain
>>> from neuronwise.mathematics.readers import read_plain
>>> definitions = Definitions({"a": read_plain("w*x"), "E": read_plain("abs(t - a)")})
>>> examples = ((definition, "a"), (named, "w*x"), (chain_through, "dE/dw"), (edges, "dE/dw"), (local, "∂a/∂w"))
>>> for law, text in examples:
...     print(f"{law.__name__:14}{text:6} -> ", plain(law(read_plain(text), definitions, "a").new))
definition    a      ->  w·x
named         w*x    ->  a
chain_through dE/dw  ->  dE/da·da/dw
edges         dE/dw  ->  dE/da·∂a/∂w
local         ∂a/∂w  ->  ∂/∂w[w·x]
"""

from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.laws import CONDITION, Change, DoesNotFitError, joined
from neuronwise.mathematics.tree import SIGNS, Node, name

NO_FORMULA = "there is no name that has a formula"


def definition(node: Node, definitions: Definitions, argument: str) -> Change:
    """Name → its formula."""
    if node.kind != "name" or node.text not in definitions.formulas or argument not in ("", node.text):
        raise DoesNotFitError("there is no name {0} that has a formula" if argument else NO_FORMULA, argument)
    formula = definitions.formulas[node.text]
    return Change(formula, {"name": node, "formula": formula})


def named(node: Node, definitions: Definitions, argument: str) -> Change:
    """Formula → the name it defines."""
    for text, formula in definitions.formulas.items():
        if formula == node and argument in ("", text):
            return Change(name(text), {"name": name(text), "formula": node})
    message = "no definition has this formula"
    raise DoesNotFitError(message)


def result(node: Node, definitions: Definitions, _: str) -> Change:
    """dE/dz → what a derivation found for it, or its name; a slope ∂a/∂z of an edge too."""
    if node in definitions.results:
        return Change(definitions.results[node], {"goal": node, "result": definitions.results[node]})
    if node.kind in SIGNS:
        message = "no derivation of {0} has been checked yet"
        raise DoesNotFitError(message, node, near=CONDITION)
    message = "there is no slope that was derived before"
    raise DoesNotFitError(message)


def ends(node: Node) -> tuple[str, str]:
    """Return y and x of dy/dx; refuse everything else."""
    if node.kind != "total" or node.parts[0].kind != "name":
        message = "there is no slope like dE/dw of one name to another"
        raise DoesNotFitError(message)
    return node.parts[0].text, node.parts[1].text


def total(y: str, x: str) -> Node:
    """Return dy/dx."""
    return Node("total", (name(y), name(x)))


def chain_through(node: Node, definitions: Definitions, a: str) -> Change:
    """dE/dw → dE/da·da/dw, if every path from w to E passes through a."""
    y, x = ends(node)
    if a not in definitions.formulas:
        why = "{0} has no formula" if a else "the name to go through is missing: write chain through a"
    elif a in (y, x):
        why = "{0} is itself an end of {1}"
    elif not (definitions.leads(x, a) and definitions.leads(a, y)):
        why = "no path from {2} to {3} passes through {0}"
    elif definitions.leads(x, y, around=a):
        why = "another path leads from {2} to {3} that does not pass through {0}: the slopes of all paths add"
    else:
        new = Node("times", (total(y, a), total(a, x)))
        return Change(new, {"y": name(y), "a": name(a), "x": name(x), "outer": new.parts[0], "inner": new.parts[1]})
    raise DoesNotFitError(why, a, node, x, y, near=CONDITION)


def edges(node: Node, definitions: Definitions, _: str) -> Change:
    """dE/dx → sum over the edges x→s that lead to E, of dE/ds·∂s/∂x."""
    y, x = ends(node)
    if y == x:
        message = "{0} is {0}: use itself"
        raise DoesNotFitError(message, y, near=CONDITION)
    over = [s for s in definitions.users(x) if definitions.leads(s, y)]
    if not over:
        message = "no path leads from {0} to {1}: use constant"
        raise DoesNotFitError(message, x, y, near=CONDITION)
    local_slopes = {s: Node("local", (name(s), name(x))) for s in over}
    new = joined("plus", (local_slopes[s] if s == y else Node("times", (total(y, s), local_slopes[s])) for s in over))
    return Change(new, {"y": name(y), "x": name(x), "new": new})


def local(node: Node, definitions: Definitions, _: str) -> Change:
    """∂a/∂w → ∂/∂w[the formula of a]."""
    if node.kind != "local" or node.parts[0].text not in definitions.formulas:
        message = "there is no slope of an edge, like ∂a/∂w"
        raise DoesNotFitError(message)
    y, x = node.parts
    formula = definitions.formulas[y.text]
    return Change(Node("partial", (formula, x)), {"y": y, "x": x, "formula": formula})
