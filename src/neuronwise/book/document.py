"""A chapter as the writers see it: blocks and inlines, with every formula, number and derivation in its place.

Nothing here knows Markdown, HTML or Typst. A block that is alive on the page (`Stepper`, `Training`, `Roads`, an
`Exercise`) is complete in print as well: its first state is the printed run.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from neuronwise.book.answers import Answer
from neuronwise.book.program import Program
from neuronwise.checks.labels import Trial
from neuronwise.checks.roads import Report
from neuronwise.mathematics.derivation import Derivation
from neuronwise.mathematics.tree import Node

# inlines


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Words said with weight; `term` where a word is explained for the first time, `strong` for the strongest."""

    parts: "list[Inline]"
    kind: str = "em"  # em, strong, term


@dataclass(frozen=True, slots=True)
class InlineCode:
    """Code or a file's name inside a sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside the book (#id) or out of it."""

    href: str
    parts: "list[Inline]"


@dataclass(frozen=True, slots=True)
class Math:
    """A formula inside a sentence, or a chain of them: E = |0.25 − 0.75| = 0.5."""

    node: Node
    then: tuple[tuple[str, Node], ...] = ()


Inline = Text | Emphasis | InlineCode | Link | Math

# blocks


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences."""

    parts: list[Inline]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without an order."""

    items: list[list[Inline]]


@dataclass(frozen=True, slots=True)
class Equation:
    """A formula of the program on a line of its own; `origin` says where it comes from: definition, derivation."""

    node: Node
    origin: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Functions of the program, each formula beside its line."""

    program: Program
    functions: list[str]


@dataclass(frozen=True, slots=True)
class Try:
    """A conversation with Python that was run: its lines, as typed and as answered."""

    text: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A derivation that was checked twice, and the text that it was read from."""

    derivation: Derivation
    text: str
    program: Program


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the printed run: one of `pictures.KINDS`."""

    kind: str
    caption: list[Inline]


@dataclass(frozen=True, slots=True)
class Stepper:
    """One update, an operation at a time, with the reader's numbers; `words` says what each operation does."""

    caption: list[Inline]
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Training:
    """Update after update: the error over the weight, and over the updates."""

    caption: list[Inline]


@dataclass(frozen=True, slots=True)
class Roads:
    """Three roads to one gradient."""

    report: Report


@dataclass(frozen=True, slots=True)
class Note:
    """A remark in the margin."""

    blocks: "list[Block]"


@dataclass(frozen=True, slots=True)
class OnPage:
    """What only the living page can do: other formats leave it out."""

    blocks: "list[Block]"


@dataclass(frozen=True, slots=True)
class Claim:
    """A label with its proof: necessary, convention or optimization."""

    kind: str
    title: list[Inline]
    blocks: "list[Block]"
    proof: str  # the file that proves it
    trial: Trial


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question with a checked answer, hints, and a worked solution."""

    number: int
    title: list[Inline]
    blocks: "list[Block]"
    answer: Answer
    hint: "list[Block]"
    solution: "list[Block]"


Block = (
    Paragraph
    | Bullets
    | Equation
    | Listing
    | Try
    | Derived
    | Picture
    | Stepper
    | Training
    | Roads
    | Note
    | OnPage
    | Claim
    | Exercise
)


def everywhere(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield every block and whatever stands inside of it, in the order of reading."""
    for block in blocks:
        yield block
        match block:
            case Note() | OnPage() | Claim():
                yield from everywhere(block.blocks)
            case Exercise():
                yield from everywhere([*block.blocks, *block.hint, *block.solution])


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    id: str
    number: str
    title: list[Inline]
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A whole chapter, read and checked."""

    number: int
    slug: str
    title: str
    question: str
    part: str
    lede: list[Inline]
    program: Program
    programs: dict[str, Program]  # by file; "" is the chapter's own
    sections: list[Section] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)  # in the order in which the text defines them

    def blocks(self) -> Iterator[Block]:
        """Yield every block of the chapter, wherever it stands."""
        return everywhere(block for section in self.sections for block in section.blocks)
