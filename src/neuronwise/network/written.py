"""The formulas of a network: those of the reference, read from its code, with the network's own indices put in.

    z[h1] = w[i1,h1]·a[i1] + w[i2,h1]·a[i2] + b[h1]
    dE/dz[h1] = dE/da[h1]·(a[h1]·(1 − a[h1]))

What a slope takes from its activation, it takes by name: a[h1], not logistic(z[h1]) once more. An addend 0, of a neuron
that has no target or feeds nothing, is left out. Nothing else is done to a formula.
"""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import ModuleType

from neuronwise.mathematics.from_code import Code
from neuronwise.mathematics.instances import renamed, written_out
from neuronwise.mathematics.tree import Node, code_name, name, number, symbol
from neuronwise.necessary import error, learning, neuron
from neuronwise.necessary.graph import Graph, Group

ZERO = number(0)


@cache
def code(module: ModuleType) -> Code:
    """Return the code of a file of the reference."""
    return Code(inspect.getsource(module), f"{module.__name__.rpartition('.')[2]}.py")


@cache
def formulas(module: ModuleType, function: str) -> tuple[Node, ...]:
    """Return the formulas of a function, those that hold for each of something too, in order.

    >>> [code_name(formula.parts[0]) for formula in formulas(learning, "backpropagate")]
    ['dE_da[j]', 'dE_dz[k]', 'dE_dw[p]', 'dE_db[q]']
    """
    whole = code(module).formulas(function)
    return tuple(inner for formula in whole for inner in formula.nodes() if inner.kind in ("equals", "becomes"))


def right(module: ModuleType, function: str, left: str = "") -> Node:
    """Return the right side of a function's last formula, or of the one for a name."""
    found = [f for f in formulas(module, function) if left in ("", code_name(f.parts[0]))]
    return found[-1].parts[1]


class Written:
    """The formulas of one network for one sample, written when they are asked for.

    >>> from neuronwise.mathematics.printers import plain
    >>> from neuronwise.necessary.graph import Edge, NetInput, Neuron
    >>> graph = Graph([Neuron("o", (NetInput("o", (Edge("x", "x,o"),), "o"),), "logistic")])
    >>> written = Written(graph, ["o"], "half_squared")
    >>> for formula in (written.net_input("o"), *written.activation("o"), written.error(), written.of_net_input("o")):
    ...     print(plain(formula))
    z[o] = w[x,o]·a[x] + b[o]
    a[o] = 1/(1 + exp(−z[o]))
    E = 0.5·(t[o] − a[o])^2
    dE/dz[o] = dE/da[o]·(a[o]·(1 − a[o]))
    """

    def __init__(self, graph: Graph, outputs: Sequence[str], error_name: str) -> None:
        self.graph, self.outputs, self.error_name = graph, list(outputs), error_name
        self.group_of: dict[str, Group] = {j: group for group in graph.order for j in group.neurons}
        self.home: dict[str, Group] = {k: group for group in graph.order for k in group.net_inputs}
        self.with_target = frozenset(outputs)

    # ----------------------------------------------------------------------------------------- feed forward
    def net_input(self, k: str) -> Node:
        """Return z = Σ w·a + b of one net input."""
        formula = written_out(right(neuron, "net_input"), {"edges": self.graph.edges[k]}, {})
        summed, bias = formula.parts
        bias = replaced(bias, "b", name(f"b[{self.graph.bias[k]}]"))
        return Node("equals", (name(f"z[{k}]"), bias if summed == ZERO else Node("plus", (summed, bias))))

    def activation(self, j: str) -> list[Node]:
        """Return a = f(z) of one neuron; of a softmax, the largest net input before it."""
        group = self.group_of[j]
        left, sets, indices = name(f"a[{j}]"), {"together": group.net_inputs}, self.indices(group, j, "")
        if group.activation not in neuron.TOGETHER:
            return [Node("equals", (left, self.own(group.activation, 0, j)))]
        function = neuron.TOGETHER[group.activation][0].__name__
        *before, last = formulas(neuron, function)
        largest = [formula for formula in before if formula.parts[1].kind == "largest"]
        m = name(f"m[{','.join(group.neurons)}]")  # every softmax has its own
        return [
            *(Node("equals", (m, written_out(f.parts[1], sets, indices))) for f in largest),
            Node("equals", (left, replaced(written_out(last.parts[1], sets, indices), "m", m))),
        ]

    def own(self, activation: str, side: int, j: str) -> Node:
        """Return the formula of an activation (0) or of its slope (1), for one neuron."""
        return inlined(Node("call", (name(f"z[{j}]"),), neuron.ACTIVATIONS[activation][side].__name__))

    def indices(self, group: Group, j: str, k: str) -> Mapping[str, str]:
        """Return what the indices of a group's formulas are; u and v are the two net inputs of a product."""
        factors = dict(zip("uv", group.net_inputs, strict=False)) if group.activation == "product" else {}
        return {"j": j, "k": k, **factors}

    # ----------------------------------------------------------------------------------------- error
    def error(self) -> Node:
        """Return E over the outputs that have a target."""
        function = error.ERRORS[self.error_name][0].__name__
        return Node("equals", (name("E"), self.counted(right(error, function), "")))

    def counted(self, formula: Node, o: str) -> Node:
        """Return a formula of errors for these outputs, and the number of them where it is asked."""
        whole = written_out(formula, {"outputs": self.outputs}, {"o": o} if o else {})
        count = number(len(self.outputs))
        return whole.map(lambda node: count if node.kind == "call" and node.text == "len" else node)

    # ----------------------------------------------------------------------------------------- backpropagate
    def of_activation(self, j: str) -> Node:
        """Return dE/da of one neuron: the error's own slope, and what comes back along its edges."""
        formula = written_out(
            right(learning, "backpropagate", "dE_da[j]"), {f"targets[{j}]": self.graph.targets[j]}, {"j": j}
        )
        own = self.own_slope(j) if j in self.with_target else ZERO
        terms = [term for term in (own, formula.parts[1]) if term != ZERO]
        whole = Node("plus", tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO
        return Node("equals", (symbol(f"dE_da[{j}]"), whole))

    def own_slope(self, o: str) -> Node:
        """Return ∂E/∂a of one output: the error's own slope."""
        return self.counted(right(error, error.ERRORS[self.error_name][1].__name__), o)

    def of_net_input(self, k: str) -> Node:
        """Return dE/dz of one net input: Σ dE/da·∂a/∂z over the neurons of its group."""
        group = self.home[k]
        body = right(learning, "backpropagate", "dE_dz[k]").parts[0]
        terms = [
            called(written_out(body, {}, {"j": j, "k": k}), "slope", self.slope(group, j, k)) for j in group.neurons
        ]
        return Node("equals", (symbol(f"dE_dz[{k}]"), Node("plus", tuple(terms)) if len(terms) > 1 else terms[0]))

    def slope(self, group: Group, j: str, k: str) -> Node:
        """Return ∂a/∂z, written with a where the activation's own formula stands in it."""
        if group.activation in neuron.TOGETHER:
            function = neuron.TOGETHER[group.activation][1].__name__
            return written_out(right(neuron, function), {}, self.indices(group, j, k))
        itself = self.own(group.activation, 0, k)
        a = name(f"a[{j}]")
        return self.own(group.activation, 1, k).map(lambda node: a if node == itself and node.parts else node)

    def of_weight(self, p: str) -> Node:
        """Return dE/dw: Σ dE/dz·a over the edges that have this weight."""
        return self.learnt("dE_dw[p]", f"uses[{p}]", self.graph.uses[p], {"p": p})

    def of_bias(self, q: str) -> Node:
        """Return dE/db: Σ dE/dz over the net inputs that have this bias."""
        return self.learnt("dE_db[q]", f"biased[{q}]", self.graph.biased[q], {"q": q})

    def learnt(self, left: str, over: str, items: Sequence[str | tuple[str, str]], indices: Mapping[str, str]) -> Node:
        """Return a slope by which something learns."""
        formula = written_out(right(learning, "backpropagate", left), {over: items}, indices)
        ((variable, text),) = indices.items()
        return Node("equals", (symbol(left.replace(f"[{variable}]", f"[{text}]")), formula))

    def update(self, kind: str, text: str) -> Node:
        """Return v ← v − η·dE/dv for a weight (kind w) or a bias (kind b)."""
        formula = right(learning, "update", "new[p]")
        here = {"v[p]": name(f"{kind}[{text}]")}
        whole = renamed(formula, here).map(
            lambda node: symbol(f"dE_d{kind}[{text}]") if code_name(node) == "dE_dv[p]" else node
        )
        return Node("becomes", (here["v[p]"], whole))


def replaced(formula: Node, text: str, new: Node) -> Node:
    """Return a formula with another in place of a name."""
    return renamed(formula, {text: new})


def called(formula: Node, function: str, new: Node) -> Node:
    """Return a formula with another in place of each call of a function."""
    return formula.map(lambda node: new if node.kind == "call" and node.text == function else node)


def inlined(formula: Node) -> Node:
    """Return a formula with the functions of `neuron` in it written out: logistic(z) is 1/(1 + exp(−z)).

    >>> from neuronwise.mathematics.printers import plain
    >>> plain(inlined(right(neuron, "softplus_slope")))
    '1/(1 + exp(−z))'
    """

    def written(node: Node) -> Node:
        if node.kind != "call" or node.text not in code(neuron).functions:
            return node
        return inlined(replaced(right(neuron, node.text), "z", node.parts[0]))

    return formula.map(written)


def weights_of(graph: Graph, neurons: Iterable[str]) -> list[str]:
    """Return the names of the weights of all edges that lead to some neurons, each once."""
    wanted = set(neurons)
    net_inputs = [k for group in graph.order if wanted & set(group.neurons) for k in group.net_inputs]
    return list(dict.fromkeys(p for k in net_inputs for _, p in graph.edges[k]))
