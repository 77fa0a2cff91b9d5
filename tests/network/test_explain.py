"""A network explains itself: with the numbers of the reference, "=" only where it holds, never a wall of text."""

import json
import re
from fractions import Fraction
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from described import built, sample, wide
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from strategies import Described, networks

from neuronwise import Network
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.tree import Node, code_name, names
from neuronwise.mathematics.values import exact
from neuronwise.mathematics.worked import Worked
from neuronwise.necessary.learning import backpropagate, feed_forward, update
from neuronwise.network import examples, running, shown
from neuronwise.network.errors import DataError, NetworkError, TooLongError, UnknownError
from neuronwise.network.explain import Explanation

every_example = pytest.mark.parametrize("example", examples.EXAMPLES)


def explained(example: str, **options: object) -> Explanation:
    one = examples.example(example)
    options = {"error": one.error, "learning_rate": one.learning_rate, **options}
    return one.network.explain(one.x, one.y, **options)


def worked(explanation: Explanation) -> list[Worked]:
    return [each for section in explanation.sections for each in section.worked]


def forms(explanation: Explanation) -> dict[str, str]:
    return {"text": str(explanation), "html": explanation._repr_html_(), "tex": shown.tex(explanation)}


@settings(max_examples=40)
@given(networks(st.floats(-2, 2), late=2))
def test_the_numbers_are_the_bits_of_the_reference(network: Described) -> None:
    net, (x, y) = built(network), sample(network)
    explanation = net.explain(x[0], y[0], error="squared", learning_rate=0.25)
    ready = running.ready(net._parts, network.steps or None)  # noqa: SLF001 - as explain does
    inputs = dict(zip(ready.inputs, network.x.values(), strict=True))

    passed = feed_forward(ready.graph, net.w, net.b, inputs)
    slopes = backpropagate(ready.graph, "squared", net.w, network.t, *passed)

    values = explanation.values
    assert {f"z[{k}]": z for k, z in passed.z.items()}.items() <= values.items()
    assert {f"a[{j}]": a for j, a in passed.a.items()}.items() <= values.items()
    assert {f"dE_dw[{p}]": u for p, u in slopes.dE_dw.items()}.items() <= values.items()
    assert {f"dE_db[{q}]": u for q, u in slopes.dE_db.items()}.items() <= values.items()


@every_example
def test_an_update_is_the_references(example: str) -> None:
    one = examples.example(example)
    net = one.network
    slopes = {p: u for p, u in explained(example).values.items() if p.startswith(("dE_dw[", "dE_db["))}
    weights = {p: slopes[f"dE_dw[{p}]"] for p in net.w}
    expected = update(net.w, one.learning_rate, weights, net.w.keys() - net.frozen)

    for each in worked(explained(example, exact=True)):
        if (code_name(each.left) or "").startswith("w["):
            assert number(each.result) == expected[(code_name(each.left) or "")[2:-1]]


def number(node: Node) -> float:
    return -float(node.parts[0].text) if node.kind == "negative" else float(node.text)


@every_example
@pytest.mark.parametrize("digits", [3, 9, 17])
def test_an_equals_sign_stands_only_where_it_holds(example: str, digits: int) -> None:
    explanation = explained(example, digits=digits)

    for each in worked(explanation):
        symbols = {text: explanation.values[text] for text in names(each.right) if "dots" not in text}
        if each.numbers_sign == "=":
            assert all(plain_number(value) in plain(each.numbers) for value in symbols.values())
        if each.result_sign == "=" and not functions(each.numbers):
            assert exact(each.numbers, {}, {}) == exact(each.result, {}, {})


def plain_number(value: float) -> str:
    return plain(read_plain(re.sub(r"\.0$", "", repr(abs(value)))))


def functions(node: Node) -> set[str]:
    return {inner.text for inner in node.nodes() if inner.kind == "call"}


@every_example
def test_the_printed_operands_give_the_printed_result(example: str) -> None:
    for each in worked(explained(example)):
        if not functions(each.numbers):
            value = float(exact(each.numbers, {}, {}))
            assert value == pytest.approx(number(each.result), rel=6e-9, abs=1e-12)


@every_example
def test_every_form_has_every_formula_and_no_program(example: str) -> None:
    explanation = explained(example)

    for form, text in forms(explanation).items():
        assert len(text) < 300_000
        assert not re.search(r"<script|javascript:|onerror|https?://(?!www\.w3\.org)", text), form
    assert str(explanation).count(" = ") >= len(worked(explanation)) / 2
    assert forms(explanation)["html"].count("<math") >= 2 * len(worked(explanation))
    assert max(map(len, str(explanation).splitlines())) <= shown.WIDEST


class Balanced(HTMLParser):
    """Counts tags that open and close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as the base class has it
        """Keep what opens."""
        if tag not in ("meta", "html", "body"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Compare with what opened last."""
        if tag not in ("html", "body"):
            assert self.open.pop() == tag


@every_example
def test_each_kind_of_file_is_whole(example: str, tmp_path: Path) -> None:
    explanation = explained(example)
    for end in shown.WRITERS:
        explanation.save(tmp_path / f"example{end}")

    page = Balanced()
    page.feed((tmp_path / "example.html").read_text(encoding="utf-8"))
    pdf = PdfReader(BytesIO((tmp_path / "example.pdf").read_bytes()))
    notebook = nbformat.from_dict(  # type: ignore[no-untyped-call]
        json.loads((tmp_path / "example.ipynb").read_text(encoding="utf-8"))
    )
    tex = (tmp_path / "example.tex").read_text(encoding="utf-8")
    assert page.open == []
    assert len(pdf.pages) == 1  # up to five neurons: one page
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]  # tagged for screen readers
    nbformat.validate(notebook)
    assert tex.count("{") == tex.count("}")
    assert tex.count(r"\begin") == tex.count(r"\end")
    assert json.dumps(notebook).count("$$") >= 2 * len(worked(explanation))


@pytest.mark.parametrize("path", ["x.doc", "x", "x.PDF"])
def test_another_kind_of_file_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected a name that ends in \.txt, \.html, \.pdf, \.tex, \.ipynb"):
        explained("smallest").save(tmp_path / path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("count", "rows", "full"), [(12, 0, True), (13, 13, False), (200, 200, False), (201, 10, False)]
)
def test_what_is_shown_depends_on_the_size(count: int, rows: int, full: bool) -> None:  # noqa: FBT001 - a row of the table
    explanation = wide(count).explain([0.1] * 5, [0.0] * 3)

    assert sum(len(section.table) - 1 for section in explanation.sections if section.table) == rows
    assert bool(worked(explanation)) == full
    if not full:
        assert 'net.explain(x, y, of="n0")' in str(explanation)


def test_of_a_large_network_the_neurons_asked_for_are_told_in_full() -> None:
    net = wide(5_000)

    explanation = net.explain([0.1] * 5, [0.0] * 3, of=["n4000", "n2"])

    lefts = {code_name(each.left) for each in worked(explanation)}
    assert {"z[n4000]", "a[n2]", "dE_dz[n4000]", "dE_da[n2]"} <= lefts
    assert "z[n3]" not in lefts
    assert "4,990 more are left out" in str(explanation)
    assert all(len(text) < 300_000 for text in forms(explanation).values())


def test_two_softmaxes_each_have_their_own_largest() -> None:
    net = Network()
    net.add_input("x")
    for name, weight, group in (("p", 1.0, "g"), ("q", -1.0, "g"), ("r", 3.0, "k"), ("s", 2.0, "k")):
        net.add_neuron(name, {"x": weight}, activation="softmax", group=group, output=True)

    values = net.explain([1.0], [1, 0, 1, 0]).values

    assert (values["m[p,q]"], values["m[r,s]"]) == (1.0, 3.0)


def test_long_sums_are_cut_and_say_how_much() -> None:
    net = Network()
    for n in range(20):
        net.add_input(f"i{n}")
    net.add_neuron("o", {f"i{n}": 0.5 for n in range(20)}, output=True)

    text = str(net.explain([1.0] * 20, [0.0]))

    assert "z[o] = w[i0,o]·a[i0] + w[i1,o]·a[i1] + w[i2,o]·a[i2] + ⋯[16 more] + w[i19,o]·a[i19] + b[o]" in " ".join(
        text.split()
    )


def test_one_slope_step_by_step_has_its_rules_and_its_numbers() -> None:
    explanation = explained("mazur", unrolled="dE/dw[i1,h1]")

    text = str(explanation)
    assert text.startswith("dE/dw[i1,h1], step by step")
    assert "2 paths from w[i1,h1] to E, 15 steps." in text
    assert "by result, 8 times" in text
    assert "≈ 0.000438567734" in text
    assert "What arrives over all of" in text
    for form, printed in forms(explanation).items():
        assert "edges" in printed, form


@pytest.mark.parametrize(
    "asked", ["∂a[h1]/∂z[h1]", "∂E/∂a[o1]", "dE_dz[h1]", "dE/db[h1]", "dE/da[i1]", "d E / d w[h1,o2]"]
)
def test_any_slope_can_be_asked_for(asked: str, tmp_path: Path) -> None:
    explanation = explained("mazur", unrolled=asked)

    explanation.save(tmp_path / "slope.pdf")

    assert "by " in str(explanation)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"of": "h9"}, UnknownError, "expected a neuron; got 'h9', which is none. The nearest: h"),
        ({"unrolled": "dE/dw[i1,h9]"}, UnknownError, "expected a slope such as dE/dw[i1,h1]"),
        ({"unrolled": "__import__('os')"}, UnknownError, "expected a slope such as"),
        ({"unrolled": "d" * 10_000}, UnknownError, "expected a slope such as"),
        ({"error": "huge"}, NetworkError, "expected an error"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(options: dict[str, str], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=re.escape(said)):
        explained("mazur", **options)


def test_too_long_a_slope_is_refused_with_its_length() -> None:
    with pytest.raises(TooLongError, match=r"expected a derivation of at most 300 steps; dE/dz\[n0\] has [\d,]+ steps"):
        wide(60).explain([0.1] * 5, [0.0] * 3, unrolled="dE/dz[n0]")


def test_where_numbers_end_the_first_neuron_is_named() -> None:
    net = Network()
    net.add_input("x")
    net.add_neuron("h", {"x": 1e308}, activation="identity")
    net.add_neuron("big", {"h": 10.0})
    net.add_neuron("o", {"big": 1.0}, output=True)

    with pytest.raises(DataError, match=r"got z\[big\] = inf: it begins there"):
        net.explain([1.0], [0.0])


def test_exactly_all_digits_are_printed() -> None:
    values = explained("mazur").values

    text = str(explained("mazur", exact=True))

    assert f"≈ {values['a[h1]']!r}" in text
    assert Fraction(str(values["a[h1]"])) != Fraction("0.593269992")
