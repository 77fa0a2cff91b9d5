"""The document -> the page: HTML, block by block. The shell around it is page/chapter.html.jinja.

What shows the reader's own numbers stands in an element with an id; `live` replaces what is in it.
"""

from collections.abc import Sequence
from html import escape

from neuronwise.book import coded, controls, fragments, marked, pictures, printed
from neuronwise.book import document as d
from neuronwise.book.anchors import Anchors, marker
from neuronwise.book.fragments import Moment, key
from neuronwise.book.program import Operation, Program
from neuronwise.book.writer import Writer
from neuronwise.mathematics.derivation import Line
from neuronwise.mathematics.printers import MathML, mathml, plain, spoken
from neuronwise.mathematics.rules import Application
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import Node, symbol

TERMS = {"em": "em", "strong": "strong", "term": "dfn"}
WALK = '<div class="scroll walk" tabindex="0" role="region" aria-describedby="walking"'  # arrows walk inside
CLOSING = ",.;:!?)"
PRINTED_UPDATES = 10  # the curve that the page shows before it runs


class Page(Writer):
    """Writes the blocks of one chapter's page, with the numbers of its program's printed run."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.moment = fragments.printed(program)
        self.anchors = Anchors()

    # sentences

    def inlines(self, parts: Sequence[d.Inline]) -> str:
        """Return a sentence; a formula keeps the comma that follows it on its line."""
        html = ""
        for part, following in zip(parts, (*parts[1:], None), strict=True):
            stop = following.text[:1] if isinstance(part, d.Math) and isinstance(following, d.Text) else ""
            text = self.inline(part)
            if html.endswith("\0"):  # the comma stands already
                html, text = html[:-1], text[1:]
            html += f'<span class="nb">{text}{stop}</span>\0' if stop and stop in CLOSING else text
        return html.removesuffix("\0")

    def text(self, text: str) -> str:
        """Return words."""
        return escape(text, quote=False)

    def emphasis(self, inner: str, kind: str) -> str:
        """Return words said with weight."""
        return f"<{TERMS[kind]}>{inner}</{TERMS[kind]}>"

    def code(self, text: str) -> str:
        """Return code inside a sentence."""
        return f"<code>{escape(text)}</code>"

    def link(self, href: str, inner: str) -> str:
        """Return a link."""
        return f'<a href="{escape(href)}">{inner}</a>'

    def math(self, math: d.Math) -> str:
        """Return a formula inside a sentence."""
        return fragments.chain(("", math.node), *math.then)

    # blocks

    def paragraph(self, inner: str) -> str:
        """Return a paragraph."""
        return f"<p>{inner}</p>\n"

    def bullets(self, items: Sequence[str]) -> str:
        """Return a list without an order."""
        return f'<ul class="list">{"".join(f"<li>{item}</li>" for item in items)}</ul>\n'

    def note(self, inner: str) -> str:
        """Return a remark in the margin."""
        return f'<div class="note" role="note">{inner}</div>\n'

    def on_page(self, blocks: Sequence[d.Block]) -> str:
        """Return what only the living page can do."""
        return self.blocks(blocks)

    def equation(self, equation: d.Equation) -> str:
        """Return a formula on a line of its own; one stop of the Tab key, arrows inside."""
        left, *_ = equation.node.parts or [equation.node]
        anchor = self.anchors.new("formula", plain(left))
        return (
            f'<div class="equation" id="{anchor}"><div class="walk" tabindex="0" role="group" '
            'aria-describedby="walking" '
            f'aria-label="{escape(spoken(equation.node))}">{mathml(equation.node, display=True)}</div>'
            f'<p class="origin">{escape(equation.origin)}</p>{marker(anchor, plain(equation.node))}</div>\n'
        )

    def conversation(self, text: str) -> str:
        """Return a conversation with Python: what is typed, and what it answers."""
        lines = (
            f"<kbd>{escape(line)}</kbd>" if line.startswith((">>>", "...")) else f"<samp>{escape(line)}</samp>"
            for line in text.strip().splitlines()
        )
        said = "\n".join(lines)
        return f'<pre class="try" tabindex="0" role="region" aria-label="A conversation with Python">{said}</pre>\n'

    def picture(self, picture: d.Picture) -> str:
        """Return a picture of the printed run."""
        draw = {"neuron": pictures.neuron, "number-line": pictures.number_line}[picture.kind]
        drawn = draw(self.moment.update).svg
        return f'<figure class="small">{drawn}<figcaption>{self.inlines(picture.caption)}</figcaption></figure>\n'

    # formulas beside code

    def listing(self, listing: d.Listing) -> str:
        """Return functions in the text: formulas beside code, without numbers."""
        rows = "".join(code_rows(listing.program, name, None) for name in listing.functions)
        label = f"Formula beside code: {', '.join(listing.functions)}"
        return (
            f'<figure class="rows-figure small-rows">{WALK} '
            f'aria-label="{label}"><ol class="rows">{rows}</ol></div></figure>\n'
        )

    def derived(self, derived: d.Derived) -> str:
        """Return a derivation: aligned at its equals signs, every rule opens its reason, the last line with numbers."""
        lines, goal = derived.derivation.lines, derived.derivation.goal
        rows = "".join(self.line(line, goal if line in (lines[0], lines[-1]) else None) for line in lines)
        numbers = fragments.chain(*printed.last_line(derived).then)
        anchor = self.anchors.new("derivation", plain(goal))
        return (
            f'{WALK} id="{anchor}" aria-label="Derivation of {escape(spoken(goal))}">'
            f'<ol class="derivation">{rows}<li class="mine"><div class="rhs" id="mine">{numbers}</div>'
            f'<p class="rule">the numbers</p></li></ol></div>{marker(anchor, f"the derivation of {plain(goal)}")}\n'
        )

    def line(self, line: Line, goal: Node | None) -> str:
        """Return one line; the first and the last begin with what is sought."""
        left = f'<div class="lhs">{mathml(goal, display=True)}</div>' if goal else ""
        words = escape(f"equals {spoken(line.node)}")
        right = f'<math displaystyle="true" alttext="{words}"><mo>=</mo>{MathML()(line.node)}</math>'
        names = ", ".join(self.inlines(printed.rule_name(step.application)) for step in line.steps)
        whys = "".join(self.why(step.application) for step in line.steps)
        return (
            f'<li>{left}<div class="rhs">{right}</div><details><summary><span>{names}</span></summary>'
            f'<div class="why">{whys}</div></details></li>'
        )

    def why(self, used: Application) -> str:
        """Return why a rule may be used here, when it may, and what goes wrong without that."""
        why = printed.why(used)
        return (
            f"<p>{self.inlines(why.sentence)}</p><dl><dt>Condition</dt><dd>{self.inlines(why.condition)}</dd>"
            f"<dt>Without it</dt><dd>{self.inlines(why.without)}</dd></dl>"
        )

    # labels, roads, exercises

    def claim(self, claim: d.Claim) -> str:
        """Return a label: its bar, its words, its trial, the program that proves it."""
        left_out = f'<p class="left-out">1 {claim.kind} hidden</p>' if claim.kind != "necessary" else ""
        return (
            f'<div class="claim {claim.kind}"><h3><span class="kind">{claim.kind.capitalize()}</span> '
            f"{self.inlines(claim.title)}</h3>{self.blocks(claim.blocks)}{trial(claim)}"
            f'<p class="proof">Proof: <a href="{escape(claim.proof)}"><code>{escape(claim.proof)}</code></a> '
            f"{printed.verdict(claim)}.</p></div>"
            f"{left_out}\n"
        )

    def roads(self, roads: d.Roads) -> str:
        """Return the report of three roads, and the buttons that run it again."""
        report = roads.report
        return (
            '<div class="wide report"><table><caption class="unseen">Three roads to the slope</caption><thead><tr>'
            '<th scope="col">Road</th><th scope="col">How it goes</th><th scope="col">Slope</th>'
            '<th scope="col">64 bits</th>'
            f'</tr></thead><tbody id="roads">{fragments.report(report)}</tbody></table>'
            '<p class="verdict"><svg class="roads" viewBox="0 0 150 44" aria-hidden="true">'
            '<path d="M2 6C60 6 80 22 132 22"/><path d="M2 22H132" class="two"/>'
            '<path d="M2 38C60 38 80 22 132 22" class="three"/>'
            f'<circle cx="138" cy="22" r="7"/></svg> <span id="verdict">{escape(report.verdict)}</span></p>'
            '<p class="planted" id="planted"></p>'
            f'<p class="aside">Measuring the rise across a width of {fragments.minus(2 * report.width)} gives '
            f"{report.measured!r}. Close, and no proof: a wrong formula can be close too.</p>"
            '<p class="actions"><button type="button" data-do="roads">Run it here</button> '
            '<button type="button" data-do="fault">Plant a fault</button> '
            "<span>Change one sign in the code, and watch the roads part.</span></p></div>\n"
        )

    def exercise(self, exercise: d.Exercise) -> str:
        """Return a question with its field, its hint and its solution."""
        n, asked = exercise.number, exercise.answer.symbol
        mode = "text" if exercise.answer.formula is not None else "decimal"
        label = fragments.chain(("", symbol(asked))) if asked in SYMBOLS else escape(asked)
        meaning = SYMBOLS[asked].meaning if asked in SYMBOLS else asked
        return (
            f'<form class="exercise" id="exercise-{n}" action="#exercise-{n}" data-number="{n}">'
            f'<h3><span class="no">{n}</span> {self.inlines(exercise.title)}</h3>{self.blocks(exercise.blocks)}'
            f'<p class="answer"><label><span>{label} =</span> <span class="unseen">{escape(meaning)}</span>'
            f'<input name="answer" inputmode="{mode}" class="{mode}" autocomplete="off" spellcheck="false" '
            f'aria-describedby="feedback-{n}"></label> <button type="submit">Check</button></p>'
            f'<p class="feedback" id="feedback-{n}"></p>'
            f'<details class="help"><summary>Hint</summary>{self.blocks(exercise.hint)}</details>'
            f'<details class="help"><summary>Solution</summary>{self.blocks(exercise.solution)}</details></form>\n'
        )

    # the living figures

    def stepper(self, stepper: d.Stepper) -> str:
        """Return the loop with its stepper, the reader's numbers, and the whole listing."""
        words, program = stepper.words, self.program
        last = len(program.operations)
        steps = "".join(track(i, operation, now=i == last) for i, operation in enumerate(program.operations, 1))
        return (
            '<figure class="wide live" id="stepper" aria-labelledby="stepper-caption"><div class="loop" id="loop">'
            f"{fragments.loop(self.moment)}</div>"
            '<div class="stepper" role="group" aria-label="Step through one update">'
            f'<p class="saying" id="saying">{fragments.saying(self.moment, words, 0)}</p><ol class="track">{steps}</ol>'
            f"{controls.stepper()}</div>{controls.numbers(program)}"
            '<details class="all-steps"><summary>All steps in a table</summary><div class="scroll" tabindex="0" '
            'role="region" aria-label="All steps"><table><thead><tr><th scope="col">Step</th><th scope="col">Way</th>'
            '<th scope="col">Formula</th><th scope="col">Numbers</th><th scope="col">What happens</th></tr></thead>'
            f'<tbody id="steps">{fragments.steps(self.moment, words)}</tbody></table></div></details>'
            f'<figcaption id="stepper-caption">{self.inlines(stepper.caption)}</figcaption></figure>\n'
            f"{self.whole_listing()}"
        )

    def whole_listing(self) -> str:
        """Return every function of an update with its numbers: what the stepper moves through."""
        rows = "".join(code_rows(self.program, name, self.moment) for name in self.program.steps)
        file = escape(self.program.code.file)
        return (
            f'<figure class="wide rows-figure" id="listing">{WALK} '
            'aria-label="Formulas beside code, with numbers"><ol class="rows">'
            f'<li class="heads"><span>formula</span><span>{file}</span><span>numbers</span></li>{rows}</ol></div>'
            f"<figcaption><b>Listing.</b> The functions of one update, from <code>{file}</code>. "
            "Point at a piece, and it lights up wherever it occurs.</figcaption></figure>\n"
        )

    def training(self, training: d.Training) -> str:
        """Return both charts of a training, its slider and its buttons."""
        updates = [self.program.after(i) for i in range(PRINTED_UPDATES + 1)]
        valley, _ = fragments.charts(self.program, updates[:1])
        _, curve = fragments.charts(self.program, updates)
        error, weight = (fragments.chain(("", symbol(name))) for name in ("E", "w"))
        return (
            '<figure class="wide live pair" id="training" aria-labelledby="training-caption">'
            f"{chart(f'{error} over {weight}', 'where we stand', 'valley', valley)}"
            f"{chart(f'{error} over updates', 'where we have been', 'curve', curve)}"
            '<div class="stepper training" role="group" aria-label="Train">'
            f'<p class="saying" id="trained">Printed: the start, and {PRINTED_UPDATES} updates.</p>'
            f"{controls.training(self.program)}</div>"
            f'<figcaption id="training-caption">{self.inlines(training.caption)}</figcaption></figure>\n'
        )


def code_rows(program: Program, name: str, moment: Moment | None) -> str:
    """Return a function line by line; with a moment also the numbers, and the names by which they change."""
    rows = zip(coded.rows(program, name), marked.lines(program, name), strict=True)
    return "".join(code_row(row, f"<code>{code}</code>", moment) for row, code in rows)


def code_row(row: coded.Row, code: str, moment: Moment | None) -> str:
    """Return one line: formula, code, number."""
    if row.words:
        return f'<li class="def"><span class="words">{escape(row.words)}</span>{code}</li>'
    if row.formula is None:
        return f'<li class="{"ret" if row.text.lstrip().startswith("return") else "plain"}">{code}</li>'
    formula = f'<div class="f">{mathml(row.formula, display=True)}</div>'
    if moment is None or row.operation is None:
        return f"<li>{formula}{code}</li>"
    name = key(row.operation)
    number = dict(fragments.readings(moment))[f"numbers-{name}"]
    step = ' aria-current="step"' if fragments.current(moment) == row.operation else ""
    return f'<li id="row-{name}"{step}>{formula}{code}<div class="v" id="numbers-{name}">{number}</div></li>'


def trial(claim: d.Claim) -> str:
    """Return both programs' errors, update after update: a few columns, and a line of them all."""
    runs = claim.trial.runs
    shown = printed.trial_columns(len(runs[0].errors))
    head = "".join(f'<th scope="col">{"start" if i == 0 else f"after {i}"}</th>' for i in shown)
    highest = max(error for run in runs for error in run.errors)
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(run.name)}</code></th>'
        + "".join(f'<td data-kind="error">{fragments.minus(run.errors[i])}</td>' for i in shown)
        + f"<td>{pictures.spark(run.errors, highest).svg}</td></tr>"
        for run in runs
    )
    return f'<table class="trial"><thead><tr><td></td>{head}<td></td></tr></thead><tbody>{rows}</tbody></table>'


def track(i: int, operation: Operation, *, now: bool) -> str:
    """Return one stop of the track."""
    step = ' aria-current="step"' if now else ""
    way, gives = fragments.DIRECTIONS[operation.function], fragments.chain(("", operation.formula.parts[0]))
    return (
        f'<li class="{way}"><button type="button" id="track-{i}"{step} data-do="go" data-to="{i}">'
        f'<span class="unseen">Run to step {i}: </span>{gives}</button></li>'
    )


def chart(title: str, words: str, name: str, drawn: str) -> str:
    """Return a chart under its title."""
    head = f'<p class="chart-title">{title} <span>{words}</span></p>'
    return f'<div class="chart">{head}<div id="{name}">{drawn}</div></div>'
