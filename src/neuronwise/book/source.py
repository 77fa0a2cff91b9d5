"""A chapter's text -> its document: the blocks. On the way every link of the chain is checked (`chain`, `prose`).

Between --- and --- at its head stand `code` (its program), `steps` (the functions of one update) and `lede`; its title,
question and part are in contents.json, under the number of its folder. What is written is used, or refused.

```{formula} error.E    a formula of the program on a line of its own; of a function that returns one: sign
```{code} error         functions, their formulas beside their lines
```{derive} dE_dw       a derivation, its rules named
```{picture} neuron     a picture of the printed run, its caption inside; also number-line
```{step}  ```{train}   the living figures, their captions inside
```{roads} dE_dw        three roads to one gradient
```{try}                a conversation with Python, run here
::: note                a remark in the margin
::: necessary without_x.py x=-0.5 updates=2         a label with its proof; ### its title
:::: exercise Title     a question; ```{answer} …, ::: hint, ::: solution
"""

import doctest
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from markdown_it.tree import SyntaxTreeNode

from neuronwise.book import chain, pictures
from neuronwise.book import document as d
from neuronwise.book.answers import read_answer
from neuronwise.book.contents import place
from neuronwise.book.errors import BuildError
from neuronwise.book.markdown import CONTAINERS, front_matter, line_of, parse
from neuronwise.book.program import Program, ProgramError, StepsError
from neuronwise.book.prose import Prose, settings
from neuronwise.checks import labels, roads
from neuronwise.mathematics.definitions import symbols
from neuronwise.mathematics.from_code import NoNotationError

CHAPTERS = Path(__file__).parent / "chapters"
FIELDS = ("code", "steps", "lede")  # title, question and part are in contents.json
WITH_WORDS = ("formula", "code", "derive", "picture", "roads")  # ```{formula} error.E
WITH_LINES = ("derive", "picture", "step", "train", "try")  # between the fences
EXERCISE = "an exercise has paragraphs, one {answer}, one hint and one solution"
Checked = TypeVar("Checked")


def read_chapter(folder: Path) -> d.Chapter:
    """Return a chapter's document, every link of its chain checked; BuildError names the first that is broken."""
    return _Reader(folder).chapter()


class _Reader:
    """Reads one chapter."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, f"{folder.name}/chapter.md"
        self.root = parse(self.text("chapter.md"))
        self.place = self.at(1, lambda: place(folder.name))
        self.fields = front_matter(self.root, self.file)
        self.check_fields()
        own, files = self.fields["code"], sorted(path.name for path in folder.glob("*.py"))
        if own.text not in files:
            message = f"expected code: to name a program of this folder ({', '.join(files)}); got {own.text!r}"
            raise BuildError(self.file, own.line, message)
        self.program = self.load(own.text)
        self.programs = {"": self.program} | {name: self.load(name) for name in files if name != own.text}
        self.prose = Prose(self.file, self.programs)
        self.derivations: list[d.Derived] = []
        self.exercises = 0
        self.fences: dict[str, Callable[[SyntaxTreeNode, str], d.Block]] = {
            "formula": self.formula,
            "code": self.code,
            "derive": self.derive,
            "picture": self.picture,
            "step": self.step,
            "train": lambda node, _: d.Training(self.caption(node)),
            "roads": lambda _, goal: d.Roads(roads.report(self.program.code.source, self.program.start, goal)),
            "try": self.conversation,
        }

    def check_fields(self) -> None:
        """Refuse a field that is missing, empty, or none of a chapter's."""
        expected = f"expected {', '.join(FIELDS)} between --- and --- at the head"
        for name in FIELDS:
            if name not in self.fields or not self.fields[name].text:
                raise BuildError(self.file, 1, f"{expected}; {name} is missing")
        for name, field in self.fields.items():
            if name not in FIELDS:
                message = f"{expected}; got {name}. Title, question and part of a chapter are in contents.json."
                raise BuildError(self.file, field.line, message)

    def load(self, name: str) -> Program:
        """Return a program of this chapter, if every line that should be a formula is one."""
        source = self.text(name)
        try:
            program = Program(source, name, tuple(self.fields["steps"].text.split()))
            for function in program.formulated:
                program.code.formulas(function)
        except StepsError as error:
            raise BuildError(self.file, self.fields["steps"].line, str(error)) from error
        except (NoNotationError, ProgramError) as error:
            raise BuildError(self.path(name), error.line, error.message) from error
        return program

    def text(self, name: str) -> str:
        """Return what a file of this chapter says."""
        content = (self.folder / name).read_bytes()
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            message = f"expected UTF-8; got the byte {content[error.start]:#x}: save the file as UTF-8"
            raise BuildError(self.path(name), line, message) from error

    def path(self, name: str) -> str:
        """Return how a file of this chapter is named in errors."""
        return f"{self.folder.name}/{name}"

    def refuse(self, node: SyntaxTreeNode, message: str) -> BuildError:
        """Return the error that names the line of a piece."""
        return BuildError(self.file, line_of(node), message)

    def at(self, line: int, check: Callable[[], Checked]) -> Checked:
        """Return what a check returns; what it refuses becomes a BuildError that names the line."""
        try:
            return check()
        except BuildError:
            raise
        except (ValueError, ArithmeticError, KeyError, SyntaxError) as error:
            within = getattr(error, "line", None) or 0  # the line inside a fence, where the error knows it
            raise BuildError(self.file, line + within, str(error)) from error

    def chapter(self) -> d.Chapter:
        try:
            chain.check_program(self.program)
        except ProgramError as error:
            raise BuildError(self.path(self.program.code.file), error.line, error.message) from error
        lede = self.fields["lede"]
        chapter = d.Chapter(
            number=self.place.number,
            slug=self.place.slug,
            title=self.place.title,
            question=self.place.question,
            part=self.place.part,
            lede=self.paragraph(lede.text, lede.line - 1, "a lede"),
            program=self.program,
            programs=self.programs,
        )
        for node in self.root.children:
            self.block_of_chapter(node, chapter)
        self.prose.check_awaited(derived.derivation for derived in self.derivations)
        for fence, kind in (("{step}", d.Stepper), ("{derive}", d.Derived)):
            if not any(isinstance(block, kind) for block in chapter.blocks()):
                raise BuildError(self.file, 1, f"expected a {fence}, which the page runs; this chapter has none")
        chapter.symbols.extend(self.prose.known)
        return chapter

    def block_of_chapter(self, node: SyntaxTreeNode, chapter: d.Chapter) -> None:
        """Put a block under its heading; a heading opens a section."""
        if node.type == "front_matter":
            return
        if node.type == "heading":
            chapter.sections.append(self.section(node, chapter))
        elif not chapter.sections:
            raise self.refuse(node, "expected a heading with an id before the first words")
        else:
            chapter.sections[-1].blocks.append(self.block(node))

    def section(self, node: SyntaxTreeNode, chapter: d.Chapter) -> d.Section:
        identity = str(node.attrs.get("id", ""))
        if node.tag != "h2" or not identity:
            raise self.refuse(node, "expected a heading ## with an id above it, such as {#error}")
        if any(section.id == identity for section in chapter.sections):
            raise self.refuse(node, f"the id {identity!r} is taken by another section")
        return d.Section(
            identity, f"{chapter.number}.{len(chapter.sections) + 1}", self.prose.inlines(node.children[0]), []
        )

    def paragraph(self, text: str, lines_above: int, what: str) -> list[d.Inline]:
        """Return the words of a text that stands by itself: a caption, a title, the lede."""
        return self.one_paragraph(parse(text, lines_above), lines_above + 1, what)

    def one_paragraph(self, around: SyntaxTreeNode, line: int, what: str) -> list[d.Inline]:
        """Return the words of a paragraph that must be alone."""
        kinds = [_called(node) for node in around.children]
        if kinds != ["paragraph"]:
            at = line_of(around.children[1]) if len(kinds) > 1 else line
            raise BuildError(self.file, at, f"{what} is one paragraph; got {' and '.join(kinds) or 'nothing'}")
        return self.prose.paragraph(around.children[0]).parts

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> list[d.Block]:
        return [self.block(node) for node in nodes]

    def inside(self, container: SyntaxTreeNode) -> list[d.Block]:
        """Return what stands in a container; beside its name stands nothing."""
        kind = _called(container)
        if container.info.strip() != kind:
            raise self.refuse(container, f"expected ::: {kind} alone on its line; got :::{container.info}")
        return self.blocks(container.children)

    def block(self, node: SyntaxTreeNode) -> d.Block:
        if node.attrs:
            raise self.refuse(node, "only a heading ## has an id above it")
        kind = _called(node)
        match kind:
            case "paragraph":
                return self.prose.paragraph(node)
            case "bullet list":
                items = [self.one_paragraph(item, line_of(item), "an item of a list") for item in node.children]
                return d.Bullets(items)
            case _ if kind.startswith("{"):
                return self.fence(node)
            case "note":
                return d.Note(self.inside(node))
            case "page":
                return d.OnPage(self.inside(node))
            case "necessary" | "convention":
                return self.claim(node, kind)
            case "exercise":
                return self.exercise(node)
        mend = (
            f"Write a paragraph, a list, a fence ({', '.join(self.fences)}) or a container ({', '.join(CONTAINERS)})."
        )
        raise self.refuse(node, f"a chapter has no {kind} here. {mend}")

    # fences

    def fence(self, node: SyntaxTreeNode) -> d.Block:
        name, _, rest = node.info.removeprefix("{").partition("}")
        if name not in self.fences:
            raise self.refuse(node, f"unknown fence {{{name}}}; known: {', '.join(self.fences)}")
        for what, needed, given in (
            ("words beside it", name in WITH_WORDS, rest.strip()),
            ("lines in it", name in WITH_LINES, node.content.strip()),
        ):
            if bool(given) is not needed:
                message = f"expected {{{name}}} with{'' if needed else 'out'} {what}; got {given or 'none'}"
                raise self.refuse(node, message)
        return self.at(line_of(node), lambda: self.fences[name](node, rest.strip()))

    def caption(self, node: SyntaxTreeNode) -> list[d.Inline]:
        return self.paragraph(node.content, line_of(node), "a caption")

    def picture(self, node: SyntaxTreeNode, kind: str) -> d.Block:
        if kind not in pictures.KINDS:
            message = f"expected a picture of the kind {' or '.join(pictures.KINDS)}; got {kind!r}"
            raise ValueError(message)
        return d.Picture(kind, self.caption(node))

    def formula(self, _node: SyntaxTreeNode, text: str) -> d.Block:
        """Return a formula on its own line; behind its name may stand where it comes from, if not a definition."""
        which, _, origin = text.partition(" ")
        if which in self.program.code.functions:  # a function that is its formula: sgn(u) = …
            self.prose.known.append(which)
            return d.Equation(self.prose.met(self.program.code.formulas(which)[-1]), origin or "definition")
        return d.Equation(self.prose.met(self.prose.operation(which).formula), origin or "definition")

    def code(self, _: SyntaxTreeNode, which: str) -> d.Block:
        for name in which.split():
            if name not in self.program.code.functions:
                has = ", ".join(self.program.code.functions)
                message = f"{self.program.code.file} has no function {name!r}; it has {has}"
                raise ValueError(message)
        return d.Listing(self.program, which.split())

    def derive(self, node: SyntaxTreeNode, goal: str) -> d.Block:
        derivation = chain.check_derivation(node.content, goal, self.program)
        for line in derivation.lines:
            self.prose.meet(symbols(line.node))
        self.derivations.append(d.Derived(derivation, node.content, self.program))
        return self.derivations[-1]

    def step(self, node: SyntaxTreeNode, _: str) -> d.Block:
        """Return the stepper: its caption, then a line for each operation."""
        caption, _, lines = node.content.partition("\n\n")
        said = [line.partition(" ")[::2] for line in lines.splitlines() if line.strip()]
        wanted = [operation.target for operation in self.program.operations]
        if [target for target, words in said if words.strip()] != wanted or len(said) > len(wanted):
            got = ", ".join(target if words.strip() else f"{target} without words" for target, words in said)
            message = (
                f"expected below the caption a line for each of {', '.join(wanted)}, with words; got {got or 'none'}"
            )
            raise ValueError(message)
        words = {target: words.strip() for target, words in said}
        return d.Stepper(self.paragraph(caption, line_of(node), "a caption"), words)

    def conversation(self, node: SyntaxTreeNode, _: str) -> d.Block:
        """Run what is typed, with the program's functions and starting numbers at hand."""
        test = doctest.DocTestParser().get_doctest(
            node.content, self.program.space | self.program.start, self.file, self.file, 0
        )
        said: list[str] = []
        failed, tried = doctest.DocTestRunner(verbose=False).run(test, out=said.append)
        if failed or not tried:
            message = "Python answers otherwise:\n" + "".join(said) if failed else "nothing is typed: begin with >>>"
            raise ValueError(message)
        return d.Try(node.content)

    # containers

    def claim(self, node: SyntaxTreeNode, kind: str) -> d.Block:
        """Return a label; the program that it names must prove it."""
        form = f"::: {kind} program.py x=-0.5 updates=2, and a title ### below"
        _, file, *given = [*node.info.split(), ""]
        if file not in self.programs or not file:
            others = ", ".join(filter(None, self.programs))
            raise self.refuse(node, f"expected {form}, the program one of this folder ({others}); got {file or 'none'}")
        if not node.children or node.children[0].tag != "h3":
            raise self.refuse(node, f"expected {form}; got {_called(node.children[0]) if node.children else 'nothing'}")

        def prove() -> d.Claim:
            start = settings(filter(None, given), [*self.program.start, "updates"])
            updates = start.pop("updates", 0)
            if updates not in range(1, labels.LONG + 1):
                message = f"expected {form}, with 1 to {labels.LONG} updates to show; got {updates:g}"
                raise ValueError(message)
            title, *rest = node.children
            trial = labels.prove(kind, self.program, self.programs[file], self.program.start | start, int(updates))
            return d.Claim(kind, self.prose.inlines(title.children[0]), self.blocks(rest), file, trial)

        return self.at(line_of(node), prove)

    def exercise(self, node: SyntaxTreeNode) -> d.Block:
        self.exercises += 1
        parts: dict[str, list[SyntaxTreeNode]] = {"paragraph": [], "{answer}": [], "hint": [], "solution": []}
        for child in node.children:
            kind = _called(child)
            if kind not in parts or (parts[kind] and kind != "paragraph"):
                raise self.refuse(child, f"{EXERCISE}; got {'another' if kind in parts else 'a'} {kind}")
            parts[kind].append(child)
        for kind, found in parts.items():
            if not found:
                raise self.refuse(node, f"{EXERCISE}; got no {kind}")
        (answer,), (hint,), (solution,) = parts["{answer}"], parts["hint"], parts["solution"]
        asked = answer.info.removeprefix("{answer}").strip()
        if "=" not in asked or not answer.content.strip():
            raise self.refuse(answer, "expected {answer} symbol = value, and below it the run that gives the value")
        return d.Exercise(
            self.exercises,
            self.paragraph(node.info.strip().removeprefix("exercise"), line_of(node) - 1, "the title of an exercise"),
            self.blocks(parts["paragraph"]),
            self.at(line_of(answer), lambda: read_answer(asked, answer.content, self.programs)),
            self.inside(hint),
            self.inside(solution),
        )


def _called(node: SyntaxTreeNode) -> str:
    """Return what an author calls a piece: paragraph, bullet list, {derive}, hint."""
    if node.type == "fence" and node.info.startswith("{"):
        return node.info.partition("}")[0] + "}"
    return node.type.removeprefix("container_").replace("_", " ")
