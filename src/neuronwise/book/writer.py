"""What all writers do alike: walk through a chapter, one method a kind of inline and a kind of block."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from neuronwise.book import document as d


class Writer(ABC):
    """Turns a document into text. A writer says how each kind looks; the type checker finds a forgotten kind."""

    def inlines(self, parts: Sequence[d.Inline]) -> str:
        """Return the pieces of a sentence, one after the other."""
        return "".join(self.inline(part) for part in parts)

    def inline(self, part: d.Inline) -> str:
        """Return one piece of a sentence."""
        match part:
            case d.Text(text):
                return self.text(text)
            case d.Emphasis(parts, kind):
                return self.emphasis(self.inlines(parts), kind)
            case d.InlineCode(text):
                return self.code(text)
            case d.Link(href, parts):
                return self.link(href, self.inlines(parts))
            case d.Math():
                return self.math(part)

    @abstractmethod
    def text(self, text: str) -> str:
        """Return words, with every character escaped that the format would read as a sign."""

    @abstractmethod
    def emphasis(self, inner: str, kind: str) -> str:
        """Return words said with weight: em, strong, term."""

    @abstractmethod
    def code(self, text: str) -> str:
        """Return code inside a sentence."""

    @abstractmethod
    def link(self, href: str, inner: str) -> str:
        """Return a link."""

    @abstractmethod
    def math(self, math: d.Math) -> str:
        """Return a formula inside a sentence."""

    def blocks(self, blocks: Sequence[d.Block]) -> str:
        """Return blocks, one under the other."""
        return "".join(self.block(block) for block in blocks)

    def block(self, block: d.Block) -> str:  # noqa: C901, PLR0911, PLR0912 - a line a kind: it reads as a table
        """Return one block."""
        match block:
            case d.Paragraph(parts):
                return self.paragraph(self.inlines(parts))
            case d.Bullets(items):
                return self.bullets([self.inlines(item) for item in items])
            case d.Equation():
                return self.equation(block)
            case d.Listing():
                return self.listing(block)
            case d.Try(text):
                return self.conversation(text)
            case d.Derived():
                return self.derived(block)
            case d.Picture():
                return self.picture(block)
            case d.Stepper():
                return self.stepper(block)
            case d.Training():
                return self.training(block)
            case d.Roads():
                return self.roads(block)
            case d.Note(blocks):
                return self.note(self.blocks(blocks))
            case d.OnPage(blocks):
                return self.on_page(blocks)
            case d.Claim():
                return self.claim(block)
            case d.Exercise():
                return self.exercise(block)

    @abstractmethod
    def paragraph(self, inner: str) -> str:
        """Return a paragraph."""

    @abstractmethod
    def bullets(self, items: Sequence[str]) -> str:
        """Return a list without an order."""

    @abstractmethod
    def equation(self, equation: d.Equation) -> str:
        """Return a formula on a line of its own, with its origin."""

    @abstractmethod
    def listing(self, listing: d.Listing) -> str:
        """Return functions, each formula beside its line."""

    @abstractmethod
    def conversation(self, text: str) -> str:
        """Return a conversation with Python."""

    @abstractmethod
    def derived(self, derived: d.Derived) -> str:
        """Return a derivation: lines aligned at =, rules, reasons."""

    @abstractmethod
    def picture(self, picture: d.Picture) -> str:
        """Return a picture of the printed run."""

    @abstractmethod
    def stepper(self, stepper: d.Stepper) -> str:
        """Return one whole update: the picture of the loop, and a table of its steps."""

    @abstractmethod
    def training(self, training: d.Training) -> str:
        """Return both charts of the printed training."""

    @abstractmethod
    def roads(self, roads: d.Roads) -> str:
        """Return the report of the three roads."""

    @abstractmethod
    def note(self, inner: str) -> str:
        """Return a remark in the margin."""

    def on_page(self, blocks: Sequence[d.Block]) -> str:  # noqa: ARG002 - the page overrides it
        """Return what only the living page can do: nothing in any other format."""
        return ""

    @abstractmethod
    def claim(self, claim: d.Claim) -> str:
        """Return a label with its proof."""

    @abstractmethod
    def exercise(self, exercise: d.Exercise) -> str:
        """Return a question; hint and solution where the format has their place."""
