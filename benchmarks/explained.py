"""The figures of networks that explain themselves, and of published examples recomputed."""

from collections.abc import Iterator
from io import BytesIO

from described import wide
from pypdf import PdfReader

from benchmarks.measured import Row, none, seconds
from neuronwise import Network
from neuronwise.network import shown
from neuronwise.network.errata import errata, known
from neuronwise.network.explain import Explanation

FIVE = {  # networks of five neurons, with a sample each
    "2-3-2": (Network.layered([2, 3, 2], "logistic", "softmax"), [0.5, 0.25], [1.0, 0.0]),
    "1-4-1": (Network.layered([1, 4, 1]), [0.5], [1.0]),
    "2-2-2-1": (Network.layered([2, 2, 2, 1], "gelu", "logistic"), [0.5, 0.25], [1.0]),
    "25 edges": (wide(5), [0.1] * 5, [0.0] * 3),
}
MANY = 5_000
ASKED = ["n4000", "n2"]


def figures() -> Iterator[Row]:
    """Measure everything."""
    for shape, (network, x, y) in FIVE.items():
        pdf = PdfReader(BytesIO(shown.pdf(network.explain(x, y))))
        yield f"pages of a PDF that explains five neurons, {shape}", len(pdf.pages), 1, ""
    yield from large()
    for name in known():
        yield from recomputed(name)


def large() -> Iterator[Row]:
    """Ask a large network for two neurons, and for none."""
    network = wide(MANY)

    def told(of: list[str] | None = None) -> Explanation:
        return network.explain([0.1] * 5, [0.0] * 3, of=of)

    slowest = seconds(lambda: shown.page(told(ASKED)), 3)
    yield f"{len(ASKED)} neurons of {MANY:,} explained, as a page", slowest, 1, "s"
    largest = max(len(shown.page(each).encode()) for each in (told(), told(ASKED)))
    yield f"the page of {MANY:,} neurons", largest / 1000, 300, "kB"


def recomputed(name: str) -> Iterator[Row]:
    """Recompute the printed numbers of an example."""
    rows = errata(name)
    wrong = [row for row in rows if not row.right]
    unexplained = [row.number.name for row in wrong if not row.slip]
    about = f"{name}, {len(rows)} printed numbers: {len(rows) - len(wrong)} right, {len(wrong)} wrong"
    what = f"wrong numbers that no slip explains in {about}"
    yield none(what, unexplained)
