"""Slips: what a tired reader writes instead of a formula, each with the words that say what is wrong.

    sign        all of it has the other sign          slope      the slope of the activation is forgotten
    path        a path to the error is forgotten      term       a term of a sum is forgotten
    factor      a factor is forgotten                 twice      a factor stands twice
    more        a factor too many                     turned     v − u for u − v, + for −
    activation  the activation for its slope          net input  the net input for the activation, or the reverse
    new         a weight after its update             other      right, but of another symbol
    index       a symbol of another neuron or edge

`slips` gives them in this order, each kind outermost first. The same formula can come from two slips: −(t − a) is both
a sign and a − t. Some change nothing, such as a forgotten factor 1: whoever compares leaves those out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.instances import renamed
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.tree import Node, Place, name, number, split, substituted, symbol

NOUNS = {
    "w": "the weight", "b": "the bias", "a": "the activation", "z": "the net input", "t": "the target",
    "eta": "the learning rate",
}  # fmt: skip
MOST_INDICES = 40  # symbols taken for another


class Slip(NamedTuple):
    """A wrong formula: which kind of slip, the formula, and what to say to it."""

    kind: str
    formula: Node
    says: str


@dataclass(frozen=True)
class Formula:
    """The right formula of what is asked, and what is known about it.

    `roles` says of pieces of it what they are: ("slope", "the slope of the activation a[h1]"), ("path", "the path
    through o2"). `near` holds formulas that are right for something else, by what that is; `extra` symbols that do not
    belong here, and might be multiplied by; `also` other formulas that are right, with the reason.
    """

    asked: Node
    expected: Node
    definitions: Definitions
    roles: Mapping[Node, tuple[str, str]] = field(default_factory=dict)
    near: Mapping[str, Node] = field(default_factory=dict)
    extra: tuple[Node, ...] = ()
    also: Mapping[Node, str] = field(default_factory=dict)
    update: bool = False  # what is asked is the new value of a symbol that has an old one


def slips(formula: Formula) -> Iterator[Slip]:
    """Yield the slips that can be made in a formula.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> given = Formula(symbol("dE_da"), read_plain("-2*(t - a)"), Definitions({}))
    >>> for slip in list(slips(given))[:3]:
    ...     print(slip.kind, plain(slip.formula), "|", slip.says)
    sign −(−2·(t − a)) | The sign is turned: all else is right. Look at t − a: is it the right way round?
    term −2·t | The activation a is missing: nothing is taken off t.
    term −2·a | The target t is missing: a alone is not t − a.
    """
    expected = formula.expected
    yield Slip("sign", Node("negative", (expected,)), f"The sign is turned: all else is right.{_distance(expected)}")
    places = list(expected.places())
    for planted in (_slopes, _missing, _twice, _more, _turned, _activations, _net_inputs, _new, _others, _indices):
        yield from planted(formula, places)


def _distance(expected: Node) -> str:
    """Return a hint at the first t − a, if there is one."""
    found = next((n for n in expected.nodes() if n.kind == "minus" and n.parts[0].text.startswith("t")), None)
    return f" Look at {plain(found)}: is it the right way round?" if found else ""


def noun(node: Node) -> str:
    """Return what a factor or a term is, in words.

    >>> noun(name("w[h1,o1]")), noun(symbol("dE_dz[o1]")), noun(number(2))
    ('the weight w[h1,o1]', 'the slope dE/dz[o1]', 'the factor 2')
    """
    if node.kind == "total":
        return f"the slope {plain(node)}"
    known = NOUNS.get(split(node.text)[0], "") if node.kind == "name" else ""
    return f"{known or 'the factor'} {plain(node)}"


def capital(words: str) -> str:
    """Return words as a sentence begins.

    >>> capital("the bias b")
    'The bias b'
    """
    return words[:1].upper() + words[1:]


def without(tree: Node, place: Place) -> Node:
    """Return a formula without one term of a sum or one factor of a product.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> plain(without(read_plain("w*a + b"), (0, 1)))
    'w + b'
    """
    *above, i = place
    parent = tree.at(tuple(above))
    rest = parent.parts[:i] + parent.parts[i + 1 :]
    return tree.put(tuple(above), rest[0] if len(rest) == 1 else Node(parent.kind, rest))


def _slopes(formula: Formula, places: list[Place]) -> Iterator[Slip]:
    """The slope of the activation is forgotten."""
    for place in places:
        kind, words = formula.roles.get(formula.expected.at(place), ("", ""))
        if kind == "slope":
            inside = place and formula.expected.at(place[:-1]).kind == "times"
            rest = without(formula.expected, place) if inside else formula.expected.put(place, number(1))
            yield Slip("slope", rest, f"{capital(words)} is missing, {plain(formula.expected.at(place))}.")


def _missing(formula: Formula, places: list[Place]) -> Iterator[Slip]:
    """A path, a term, a factor, a divisor, an exponent or a minus sign is forgotten; paths first, then terms."""
    found = [slip for place in places for slip in _missing_at(formula, place)]
    yield from sorted(found, key=lambda slip: ("path", "term", "factor").index(slip.kind))


def _missing_at(formula: Formula, place: Place) -> Iterator[Slip]:
    tree, node = formula.expected, formula.expected.at(place)
    parent = tree.at(place[:-1]) if place else node
    kind, words = formula.roles.get(node, ("", ""))
    if kind != "slope" and place and parent.kind in ("plus", "times"):
        if kind == "path":
            yield Slip("path", without(tree, place), f"{capital(words)} is forgotten: {plain(node)} is missing.")
        else:
            term = parent.kind == "plus"
            said = f"the term {plain(node)}" if term and node.kind != "name" else noun(node)
            where = f" in {plain(parent)}" if place[1:] else ""
            yield Slip("term" if term else "factor", without(tree, place), f"{capital(said)} is missing{where}.")
    match node.kind:
        case "minus":
            u, v = node.parts
            if not (u == number(1) and parent.kind == "times"):  # a factor 1: then 1 − v is missing as a whole
                says = f"{capital(noun(v))} is missing: nothing is taken off {plain(u)}."
                yield Slip("term", tree.put(place, u), says)
            yield Slip(
                "term", tree.put(place, v), f"{capital(noun(u))} is missing: {plain(v)} alone is not {plain(node)}."
            )
        case "over":
            yield Slip("factor", tree.put(place, node.parts[0]), f"The division by {plain(node.parts[1])} is missing.")
        case "power":
            yield Slip("factor", tree.put(place, node.parts[0]), f"The exponent of {plain(node)} is missing.")
        case "negative" if place:
            yield Slip("factor", tree.put(place, node.parts[0]), f"The minus sign of {plain(node)} is missing.")
        case "call" if len(node.parts) == 1:
            yield Slip("factor", tree.put(place, node.parts[0]), f"The function around {plain(node)[:40]} is missing.")


def _twice(formula: Formula, places: list[Place]) -> Iterator[Slip]:
    """A factor stands twice."""
    tree = formula.expected
    for place in places:
        if place and tree.at(place[:-1]).kind == "times":
            node = tree.at(place)
            words = formula.roles.get(node, ("", noun(node)))[1]
            yield Slip("twice", tree.put(place, Node("times", (node, node))), f"{capital(words)} stands there twice.")


def _more(formula: Formula, places: list[Place]) -> Iterator[Slip]:
    """A factor too many."""
    leaves = (formula.expected.at(place) for place in places if not _under_a_sign(formula.expected, place))
    symbols = [node for node in leaves if node.kind in ("name", "total")]
    for node in dict.fromkeys([*symbols, *formula.extra, number(2), number("0.5")]):
        product = Node("times", (formula.expected, node))
        yield Slip("more", product, f"{capital(noun(node))} is one factor too many.")


def _turned(formula: Formula, places: list[Place]) -> Iterator[Slip]:
    """Both sides of a minus exchanged, or a sign of one piece turned."""
    tree = formula.expected
    for place in places:
        node = tree.at(place)
        if node.kind == "minus":
            u, v = node.parts
            other, sum_of = Node("minus", (v, u)), Node("plus", (u, v))
            yield Slip("turned", tree.put(place, other), f"{plain(other)} stands where {plain(node)} should.")
            yield Slip("turned", tree.put(place, sum_of), f"{plain(sum_of)} stands where {plain(node)} should: a sign.")
        if place and tree.at(place[:-1]).kind == "plus":
            turned = tree.put(place, Node("negative", (node,)))
            yield Slip("turned", turned, f"The term {plain(node)} has the wrong sign.")


def _activations(formula: Formula, places: list[Place]) -> Iterator[Slip]:
    """The activation, or its net input, for its slope."""
    for place in places:
        node = formula.expected.at(place)
        kind, words = formula.roles.get(node, ("", ""))
        if kind == "slope":
            a = name(words[words.rindex(" ") + 1 :])
            z = name(f"z{a.text[1:]}")
            for taken in (a, z):
                said = f"{capital(noun(taken))} stands where its slope should, {plain(node)}."
                yield Slip("activation", formula.expected.put(place, taken), said)


def _net_inputs(formula: Formula, places: list[Place]) -> Iterator[Slip]:
    """The net input for the activation, or the reverse: everywhere, or in one place."""
    tree, known = formula.expected, formula.definitions.formulas
    leaves = [(place, tree.at(place).text) for place in places if tree.at(place).kind == "name"]
    pairs = [
        (place, text, f"{'z' if text[0] == 'a' else 'a'}{text[1:]}")
        for place, text in leaves
        if text[:2] in ("a[", "z[")
    ]
    inside = [(place, text, new) for place, text, new in pairs if new in known and not _under_a_sign(tree, place)]
    for text, new in dict.fromkeys((text, new) for _, text, new in inside):
        yield Slip("net input", _exchanged(tree, text, name(new)), _instead(name(text), name(new)))
    for place, text, new in inside:
        yield Slip("net input", tree.put(place, name(new)), _instead(name(text), name(new)))


def _exchanged(tree: Node, text: str, new: Node) -> Node:
    """Return a formula with another in place of a symbol, but not under the sign of a slope."""
    return substituted(tree, lambda node, code: new if code == text else node)


def _under_a_sign(tree: Node, place: Place) -> bool:
    return any(tree.at(place[:n]).kind in ("total", "partial", "local") for n in range(len(place)))


def _instead(right: Node, wrong: Node) -> str:
    return f"{capital(noun(wrong))} stands where {noun(right)} should."


def _new(formula: Formula, places: list[Place]) -> Iterator[Slip]:
    """A weight after its update, where the old one belongs."""
    if formula.update:
        return
    leaves = (formula.expected.at(place) for place in places)
    weights = [node for node in dict.fromkeys(leaves) if node.kind == "name" and node.text.startswith("w[")]
    old = "Slopes are taken with the old weights."
    if weights[1:]:
        every = formula.expected
        for w in weights:
            every = _updated(every, w)
        yield Slip("new", every, f"The weights are taken after their update. {old}")
    for w in weights:
        yield Slip("new", _updated(formula.expected, w), f"{capital(noun(w))} is taken after its update. {old}")


def _updated(tree: Node, w: Node) -> Node:
    """Return a formula with the new value of a weight in place of the old one."""
    return _exchanged(tree, w.text, Node("minus", (w, Node("times", (name("eta"), symbol(f"dE_d{w.text}"))))))


def _others(formula: Formula, _: list[Place]) -> Iterator[Slip]:
    """Right, but for another symbol."""
    for words, node in formula.near.items():
        yield Slip("other", node, f"That is {words}. Asked is {'the new ' * formula.update}{plain(formula.asked)}.")


def _indices(formula: Formula, places: list[Place]) -> Iterator[Slip]:
    """A symbol of another neuron or edge."""
    tree = formula.expected
    leaves = dict.fromkeys(tree.at(place).text for place in places if tree.at(place).kind == "name")
    around = chain.from_iterable(_names(node) for node in (*formula.near.values(), *formula.extra))
    pool = [text for text in dict.fromkeys([*leaves, *around]) if "[" in text]
    pairs = ((old, new) for old in leaves for new in pool if old != new and split(old)[0] == split(new)[0])
    for (old, new), _ in zip(pairs, range(MOST_INDICES), strict=False):
        yield Slip("index", renamed(tree, {old: name(new)}), _instead(name(old), name(new)))


def _names(node: Node) -> Iterable[str]:
    return (inner.text for inner in node.nodes() if inner.kind == "name")
