"""A chapter's text -> its document: the blocks. On the way every link of the chain is checked (`chain`, `prose`).

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

from neuronwise.book import chain
from neuronwise.book import document as d
from neuronwise.book.answers import read_answer
from neuronwise.book.errors import BuildError
from neuronwise.book.markdown import CONTAINERS, front_matter, line_of, parse
from neuronwise.book.program import Program
from neuronwise.book.prose import Prose
from neuronwise.checks import labels, roads
from neuronwise.mathematics.definitions import symbols
from neuronwise.mathematics.from_code import NoNotationError

CHAPTERS = Path(__file__).parent / "chapters"
FIELDS = ("title", "question", "part", "code", "steps", "lede")
Checked = TypeVar("Checked")


def read_chapter(folder: Path) -> d.Chapter:
    """Return a chapter's document, every link of its chain checked; BuildError names the first that is broken."""
    return _Reader(folder).chapter()


class _Reader:
    """Reads one chapter."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, f"{folder.name}/chapter.md"
        self.root = parse((folder / "chapter.md").read_text(encoding="utf-8"))
        self.fields = front_matter(self.root)
        missing = [name for name in FIELDS if name not in self.fields]
        if missing:
            message = f"expected {', '.join(FIELDS)} between --- and ---; {missing[0]} is missing"
            raise BuildError(self.file, 1, message)
        own = self.fields["code"]
        others = sorted(path.name for path in folder.glob("*.py") if path.name != own)
        self.program = self.load(own)
        self.programs = {"": self.program} | {name: self.load(name) for name in others}
        self.prose = Prose(self.file, self.programs)
        self.derivations: list[d.Derived] = []
        self.exercises = 0
        self.fences: dict[str, Callable[[SyntaxTreeNode, str], d.Block]] = {
            "formula": self.formula,
            "code": self.code,
            "derive": self.derive,
            "picture": lambda node, kind: d.Picture(kind, self.caption(node)),
            "step": self.step,
            "train": lambda node, _: d.Training(self.caption(node)),
            "roads": lambda _, goal: d.Roads(roads.report(self.program.code.source, self.program.start, goal)),
            "try": self.conversation,
        }

    def load(self, name: str) -> Program:
        """Return a program of this chapter, if every line that should be a formula is one."""
        source = (self.folder / name).read_text(encoding="utf-8")
        try:
            program = Program(source, name, tuple(self.fields["steps"].split()))
            for function in program.formulated:
                program.code.formulas(function)
        except NoNotationError as error:
            raise BuildError(self.path(name), error.line, error.message) from error
        return program

    def path(self, name: str) -> str:
        """Return how a file of this chapter is named in errors."""
        return f"{self.folder.name}/{name}"

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
        except chain.ProgramError as error:
            raise BuildError(self.path(self.fields["code"]), error.line, error.message) from error
        number, _, _ = self.folder.name.partition("-")
        lede = parse(self.fields["lede"]).children[0]
        chapter = d.Chapter(
            number=int(number),
            slug=f"{int(number)}-{self.fields['title'].lower().replace(' ', '-')}",
            title=self.fields["title"],
            question=self.fields["question"],
            part=self.fields["part"],
            lede=self.prose.paragraph(lede).parts,
            program=self.program,
            programs=self.programs,
        )
        for node in self.root.children:
            self.block_of_chapter(node, chapter)
        self.at(1, lambda: self.prose.check_awaited(derived.derivation for derived in self.derivations))
        chapter.symbols.extend(self.prose.known)
        return chapter

    def block_of_chapter(self, node: SyntaxTreeNode, chapter: d.Chapter) -> None:
        """Put a block under its heading; a heading opens a section."""
        if node.type == "front_matter":
            return
        if node.type == "heading":
            chapter.sections.append(self.section(node, chapter))
        elif not chapter.sections:
            raise BuildError(self.file, line_of(node), "expected a heading with an id before the first words")
        else:
            chapter.sections[-1].blocks.append(self.block(node))

    def section(self, node: SyntaxTreeNode, chapter: d.Chapter) -> d.Section:
        identity = str(node.attrs.get("id", ""))
        if node.tag != "h2" or not identity:
            raise BuildError(self.file, line_of(node), "expected a heading ## with an id above it, such as {#error}")
        if any(section.id == identity for section in chapter.sections):
            raise BuildError(self.file, line_of(node), f"the id {identity!r} is taken by another section")
        return d.Section(
            identity, f"{chapter.number}.{len(chapter.sections) + 1}", self.prose.inlines(node.children[0]), []
        )

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> list[d.Block]:
        return [self.block(node) for node in nodes]

    def block(self, node: SyntaxTreeNode) -> d.Block:
        kind = node.type.removeprefix("container_")
        match kind:
            case "paragraph":
                return self.prose.paragraph(node)
            case "bullet_list":
                return d.Bullets([self.prose.paragraph(item.children[0]).parts for item in node.children])
            case "fence" if node.info.startswith("{"):
                return self.fence(node)
            case "note":
                return d.Note(self.blocks(node.children))
            case "page":
                return d.OnPage(self.blocks(node.children))
            case "necessary" | "convention":
                return self.claim(node, kind)
            case "exercise":
                return self.exercise(node)
        mend = (
            f"Write a paragraph, a list, a fence ({', '.join(self.fences)}) or a container ({', '.join(CONTAINERS)})."
        )
        raise BuildError(self.file, line_of(node), f"a chapter has no {kind} here. {mend}")

    # fences

    def fence(self, node: SyntaxTreeNode) -> d.Block:
        name, _, rest = node.info.removeprefix("{").partition("}")
        if name not in self.fences:
            message = f"unknown fence {{{name}}}; known: {', '.join(self.fences)}"
            raise BuildError(self.file, line_of(node), message)
        return self.at(line_of(node), lambda: self.fences[name](node, rest.strip()))

    def caption(self, node: SyntaxTreeNode) -> list[d.Inline]:
        return self.prose.inlines(parse(node.content).children[0])

    def formula(self, _: SyntaxTreeNode, which: str) -> d.Block:
        if which in self.program.code.functions:  # a function that is its formula: sgn(u) = …
            self.prose.known.append(which)
            return d.Equation(self.prose.met(self.program.code.formulas(which)[-1]), "definition")
        formula = self.prose.met(self.prose.operation(which).formula)
        return d.Equation(formula, "derived below" if formula.parts[0].kind == "total" else "definition")

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
        self.derivations.append(d.Derived(derivation, self.program))
        return self.derivations[-1]

    def step(self, node: SyntaxTreeNode, _: str) -> d.Block:
        """Return the stepper: its caption, then a line for each operation."""
        _, *lines = node.content.strip().split("\n\n", maxsplit=1)
        words = dict(line.split(maxsplit=1) for line in "".join(lines).splitlines())
        wanted = [operation.target for operation in self.program.operations]
        if list(words) != wanted:
            message = f"expected a line for each of {', '.join(wanted)}; got {', '.join(words)}"
            raise ValueError(message)
        return d.Stepper(self.caption(node), words)

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
        _, file, *settings = node.info.split()
        start = {name: float(value) for name, _, value in (setting.partition("=") for setting in settings)}
        updates = int(start.pop("updates"))
        title, *rest = node.children

        def prove() -> d.Claim:
            if file not in self.programs:
                message = f"the label names {file}, which is not in this chapter's folder"
                raise ValueError(message)
            trial = labels.prove(kind, self.program, self.programs[file], self.program.start | start, updates)
            return d.Claim(kind, self.prose.inlines(title.children[0]), self.blocks(rest), file, trial)

        return self.at(line_of(node), prove)

    def exercise(self, node: SyntaxTreeNode) -> d.Block:
        self.exercises += 1
        inside: dict[str, SyntaxTreeNode] = {child.type: child for child in node.children}
        for needed in ("fence", "container_hint", "container_solution"):
            if needed not in inside:
                raise BuildError(
                    self.file, line_of(node), f"an exercise without its {needed.removeprefix('container_')}"
                )
        answer = inside["fence"]
        _, _, asked = answer.info.partition("{answer} ")
        return d.Exercise(
            self.exercises,
            [d.Text(node.info.strip().removeprefix("exercise").strip())],
            self.blocks([child for child in node.children if child.type == "paragraph"]),
            self.at(line_of(answer), lambda: read_answer(asked, answer.content, self.programs)),
            self.blocks(inside["container_hint"].children),
            self.blocks(inside["container_solution"].children),
        )
