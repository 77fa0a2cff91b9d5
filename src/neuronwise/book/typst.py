"""A chapter -> PDF, by Typst: tagged (PDF/UA-1), in the page's proportions and colours, the same bytes every time.

`print.typ` beside this file says how each piece looks; here a chapter is written down as calls of those pieces. Words
pass through `escaped` or `quoted`, formulas come from the tree: nothing that a chapter says is read as markup.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import typst

from neuronwise.book import document as d
from neuronwise.book import font, fragments, hues, pictures, printed
from neuronwise.book.coded import Piece, Row, rows
from neuronwise.book.pictures import Drawing
from neuronwise.book.underlined import Underlined
from neuronwise.book.writer import Writer
from neuronwise.mathematics.derivation import Line
from neuronwise.mathematics.printers import spoken, symbol_named
from neuronwise.mathematics.printers import typst as colourless
from neuronwise.mathematics.tree import Node, symbol

SIGN = re.compile(r"[!-/:-@\[-`{-~]")
LOOK = Path(__file__).with_name("print.typ")
MATHS = "STIX Two Math"  # all words of a picture in one font: Typst takes a third one where a line has two
STYLE = hues.pictures(hues.LIGHT | {"paper": "#ffffff"}, MATHS, MATHS)
EMBLEM = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 208 112"><g fill="none" stroke="#1e1b17" stroke-width="1.5">'
    '<rect x="4" y="14" width="40" height="40"/><path d="M44 34h92"/><circle cx="170" cy="34" r="32"/>'
    '<path stroke-dasharray="5 4" d="M170 68v20a10 10 0 0 1-10 10H100a10 10 0 0 1-10-10V48"/></g>'
    '<path fill="#1e1b17" d="M90 38l6 11H84z"/></svg>'
)
TERMS = {"em": "emph", "strong": "strong", "term": "emph"}


class LayoutError(ValueError):
    """What Typst complains of: every warning of its own stops the build."""

    def __init__(self, warnings: Sequence[typst.TypstWarning]) -> None:
        super().__init__("\n".join(warning.diagnostic for warning in warnings))


def pdf(chapter: d.Chapter) -> bytes:
    """Return a chapter as PDF.

    Errors   TypstError: no font has a character of the text; LayoutError: the layout does not settle
    """
    return compiled(TypstWriter(chapter).document(), "pdf")


def png(drawing: Drawing, width: int) -> bytes:
    """Return a picture as PNG: this many points wide, at 144 dots an inch."""
    return compiled(f"#set page(width: {width}pt, height: auto, margin: 6pt)\n#{image(drawing)}", "png")


def compiled(source: str, form: Literal["pdf", "png"]) -> bytes:
    """Return what Typst makes of a source.

    Errors   TypstError: no font has a character of the text; LayoutError: the layout does not settle
    """
    standards: typst.PDFStandards = "ua-1" if form == "pdf" else []
    compiled, warnings = _compiler().compile_with_warnings(source.encode(), format=form, pdf_standards=standards)
    if warnings:
        raise LayoutError(warnings)
    assert isinstance(compiled, bytes)  # noqa: S101 - one file, since no path was given
    return compiled


@cache
def _compiler() -> typst.Compiler:
    """Return the compiler; it knows the fonts of its own wheel and STIX Two Math, and none of this machine's."""
    return typst.Compiler(font_paths=[font.FOLDER], ignore_system_fonts=True)


# words, code, formulas


def escaped(text: str) -> str:
    r"""Return words as markup in which every sign is only a sign.

    >>> escaped("1. #w_1*[a]")
    '1\\. \\#w\\_1\\*\\[a\\]'
    """
    return SIGN.sub(r"\\\g<0>", text)


def quoted(text: str) -> str:
    r"""Return words as a string of Typst's.

    >>> quoted('a "b" \\ c')
    '"a \\"b\\" \\\\ c"'
    """
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{inner}"'


class _Formula(Underlined):
    """Typst's print, with the hues of numbers and slopes, and a line under what a step of a derivation put in."""

    def __init__(self) -> None:
        slopes = {
            "total": "slope(frac(dif, dif {1})) thin {0}",
            "partial": "slope(frac(partial, partial {1})) thin {0}",
            "local": "slope(frac(partial {0}, partial {1}))",
        }
        super().__init__(colourless, "changed(", ")", slopes)

    def fill(self, look: str, node: Node, parts: Sequence[str]) -> str:
        """Return a look with its parts put in; a number has the hue of the symbol that it stands for."""
        if look != "number":
            return super().fill(look, node, parts)
        digits = node.text if node.text.replace(".", "").isdigit() else quoted(node.text)
        return f"{symbol_named(node.stands_for).kind}({digits})" if node.stands_for else digits


formula = _Formula()


def chained(math: d.Math) -> str:
    """Return a chain of formulas as the inside of an equation."""
    return " ".join([formula(math.node), *(f"{_relation(sign)} {formula(node)}" for sign, node in math.then)])


def _relation(sign: str) -> str:
    return {"←": "<-", "≈": "approx"}.get(sign, sign)


def equation(look: str, math: d.Math) -> str:
    """Return a formula with its spoken text; `look` is `f` inside a sentence, `shown` on a line of its own."""
    return f"{look}({quoted(printed.spoken(math))}, $ {chained(math)} $)"


def image(drawing: Drawing) -> str:
    """Return a picture: its classes are told to it, since it stands alone."""
    styled = drawing.svg.replace(">", f"><style>{STYLE}</style>", 1)
    return f'image(bytes({quoted(styled)}), format: "svg", width: 100%, alt: {quoted(drawing.alt)})'


def code(pieces: Iterable[Piece]) -> str:
    """Return a line of code, its symbols in their hues."""
    return "".join(f"#{_hue(piece)}({quoted(piece.text)})" for piece in pieces)


def _hue(piece: Piece) -> str:
    kind = symbol_named(piece.symbol).kind if piece.symbol else "plain"
    return "text" if kind == "plain" else kind


def markup(parts: Iterable[str]) -> str:
    """Return contents as the arguments of a call, each in brackets.

    >>> markup(["a", "b"])
    '[a], [b]'
    """
    return ", ".join(f"[{part}]" for part in parts)


class TypstWriter(Writer):
    """Writes a chapter as Typst."""

    def __init__(self, chapter: d.Chapter) -> None:
        self.chapter, self.program = chapter, chapter.program
        self.moment = fragments.printed(chapter.program)
        self.exercises: list[d.Exercise] = []
        self.told: set[str] = set()  # rules

    def document(self) -> str:
        """Return the whole document."""
        colours = ", ".join(f"{name}: rgb({quoted(colour)})" for name, colour in hues.LIGHT.items())
        sections = "\n".join(self.section(section) for section in self.chapter.sections)
        title = f"{self.chapter.number} {self.chapter.title}"
        return (
            f"#let paint = ({colours})\n{LOOK.read_text(encoding='utf-8')}\n"
            f"#show: book.with({quoted(f'{title} · Neuron by Neuron')}, {quoted(title)})\n"
            f"{self.title()}\n{sections}\n{self.answers()}\n#licence({quoted(printed.LICENCE)})\n"
        )

    def title(self) -> str:
        chapter = self.chapter
        symbols = "".join(
            f"[#{equation('f', sign)}], [{escaped(words)}], [#{equation('f', value)}], "
            for sign, words, value in printed.symbols(chapter)
        )
        emblem = image(Drawing(EMBLEM, "")).replace(
            'alt: ""', 'alt: "A square, an edge, a circle, and a dashed way back."'
        )
        return (
            f"#chapter({quoted(str(chapter.number))}, {quoted(chapter.part)}, {quoted(chapter.title)}, "
            f"{quoted(chapter.question)}, [{self.inlines(chapter.lede)}], {emblem}, symbols({symbols}))"
        )

    def section(self, section: d.Section) -> str:
        heading = f"#section({quoted(section.number)}, [{self.inlines(section.title)}]) <{section.id}>"
        return f"{heading}\n{self.blocks(section.blocks)}"

    def answers(self) -> str:
        """Return hints, then solutions: what stands below a question on the page."""
        if not self.exercises:
            return ""
        hints = "".join(
            f"#answer({_number(e)}, [{self.inlines(e.title)}])[{self.blocks(e.hint)}]\n" for e in self.exercises
        )
        solutions = "".join(
            f"#answer({_number(e)}, [{self.inlines(e.title)}])[*{self.inlines(printed.right_answer(e.answer))}*\n"
            f"{self.blocks(e.solution)}]\n"
            for e in self.exercises
        )
        return f'#section("", [Hints])\n{hints}#pagebreak(weak: true)\n#section("", [Solutions])\n{solutions}'

    # inlines

    def text(self, text: str) -> str:
        return escaped(text)

    def emphasis(self, inner: str, kind: str) -> str:
        return f"#{TERMS[kind]}[{inner}]"

    def code(self, text: str) -> str:
        return f"#code({quoted(text)})"

    def link(self, href: str, inner: str) -> str:
        """Return a link to a section or into the world; the chapter's other files are not in a PDF."""
        sections = {f"#{section.id}": section.id for section in self.chapter.sections}
        if href in sections:
            return f"#link(<{sections[href]}>)[{inner}]"
        return f"#link({quoted(href)})[{inner}]" if href.startswith("https://") else inner

    def math(self, math: d.Math) -> str:
        return f"#{equation('f', math).replace('$ ', '$', 1).replace(' $', '$')}"

    # blocks

    def paragraph(self, inner: str) -> str:
        """Return a paragraph; one that ends with a colon stays with what it announces."""
        return f"#announcement[{inner}]\n" if inner.endswith(":") else f"\n{inner}\n"

    def bullets(self, items: Sequence[str]) -> str:
        return f"\n#list({markup(items)})\n"

    def equation(self, equation_: d.Equation) -> str:
        return f"#equation({equation('shown', d.Math(equation_.node))}, {quoted(equation_.origin)})\n"

    def listing(self, listing: d.Listing) -> str:
        lines = "".join(self.row(row) for name in listing.functions for row in rows(listing.program, name))
        return f"#listing({quoted(listing.program.code.file)}, {lines})\n"

    def row(self, row: Row) -> str:
        """Return a line of a listing: formula, code, numbers."""
        line = f"lines[{code(row.code)}]"
        if row.words:
            return f"..function({quoted(row.words)}, {line}), "
        shown = equation("shown", d.Math(row.formula)) if row.formula else "[]"
        numbers = equation("f", printed.numbers(self.program, row.operation)) if row.operation else "[]"
        return f"{shown}, {line}, {numbers}, "

    def conversation(self, text: str) -> str:
        lines = text.strip().splitlines()
        said = (f"[#{'strong' * line.startswith(('>>>', '...')) or 'text'}({quoted(line)})]" for line in lines)
        return f"#conversation({', '.join(said)})\n"

    def derived(self, derived: d.Derived) -> str:
        goal, lines = derived.derivation.goal, derived.derivation.lines
        steps = "".join(self.line(line, goal if line in (lines[0], lines[-1]) else None) for line in lines)
        last = printed.last_line(derived)
        return f"#derivation($ {formula(goal)} $, {steps}(true, {equation('shown', last)}, [the numbers], ()))\n"

    def line(self, line: Line, goal: Node | None) -> str:
        """Return a line of a derivation: whether the goal begins it, the formula, the rules' names, the reasons."""
        if goal:
            shown = equation("shown", d.Math(goal, (("=", line.node),)))
        else:
            shown = f"shown({quoted(f'equals {spoken(line.node)}')}, $ = {formula(line.node)} $)"
        whys = [printed.why(step.application) for step in line.steps]
        names = ", ".join(self.inlines(why.rule) for why in whys)
        told = "".join(f"([{self.inlines(why.sentence)}], {self.conditions(why)}), " for why in whys)
        return f"({'true' if goal else 'false'}, {shown}, [{names}], ({told})), "

    def conditions(self, why: printed.Why) -> str:
        """Return when a rule may be used, and what goes wrong else; said where the rule comes first."""
        if why.name in self.told:
            return "none"
        self.told.add(why.name)
        return f"conditions([{self.inlines(why.condition)}], [{self.inlines(why.without)}])"

    def picture(self, picture: d.Picture) -> str:
        draw = {"neuron": pictures.neuron, "number-line": pictures.number_line}[picture.kind]
        return f"#picture({image(draw(self.moment.update))}, [{self.inlines(picture.caption)}])\n"

    def stepper(self, stepper: d.Stepper) -> str:
        steps = "".join(
            f"[{i}], [{fragments.DIRECTIONS[o.function]}], {equation('f', d.Math(o.formula))}, "
            f"{equation('f', printed.numbers(self.program, o))}, [{escaped(stepper.words[o.target])}], "
            for i, o in enumerate(self.program.operations, 1)
        )
        drawn = image(pictures.loop(self.moment.scene))
        return f"#stepper({drawn}, [{self.inlines(stepper.caption)}], {steps})\n"

    def training(self, training: d.Training) -> str:
        updates = printed.training(self.program)
        valley = pictures.valley(updates, fragments.error_at(self.program, updates[-1]))
        error, weight = (self.math(d.Math(symbol(name))) for name in "Ew")
        charts = (
            f"([{error} over {weight}], {image(valley)}), ([{error} over updates], {image(pictures.curve(updates))})"
        )
        return f"#training({charts}, [{self.inlines(training.caption)}])\n"

    def roads(self, roads: d.Roads) -> str:
        report = roads.report
        found = "".join(
            f"[{escaped(road.name)}], [{escaped(road.words)}], slope({quoted(fragments.minus(road.value))}), "
            f"lines({quoted(road.bits)}), "
            for road in report.roads
        )
        return f"#roads({quoted(report.verdict)}, {found})\n"

    def note(self, inner: str) -> str:
        return f"#note[{inner}]\n"

    def claim(self, claim: d.Claim) -> str:
        proof = f"Proof\\: {self.code(claim.proof)} {printed.verdict(claim)}\\."
        return (
            f"#claim({quoted(claim.kind)}, {quoted(claim.kind.capitalize())}, [{self.inlines(claim.title)}], "
            f"[{self.blocks(claim.blocks)}], {self.trial(claim)}, [{proof}])\n"
        )

    def trial(self, claim: d.Claim) -> str:
        """Return both programs' errors, update after update, with a line of them all."""
        runs = claim.trial.runs
        shown = printed.trial_columns(len(runs[0].errors))
        highest = max(error for run in runs for error in run.errors)
        head = ["", *("start" if i == 0 else f"after {i}" for i in shown), ""]
        cells = "".join(
            f"code({quoted(run.name)}), "
            + "".join(f"error({quoted(fragments.minus(run.errors[i]))}), " for i in shown)
            + f"spark({image(pictures.spark(run.errors, highest))}), "
            for run in runs
        )
        return f"trial({len(head)}, ({markup(head)}), {cells})"

    def exercise(self, exercise: d.Exercise) -> str:
        self.exercises.append(exercise)
        return f"#exercise({_number(exercise)}, [{self.inlines(exercise.title)}])[{self.blocks(exercise.blocks)}]\n"


def _number(exercise: d.Exercise) -> str:
    return quoted(str(exercise.number))
