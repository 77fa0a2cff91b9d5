"""A chapter -> EPUB 3: the page's words, formulas in MathML and pictures, without what needs a script.

The container is written here, not by pandoc: docs/decisions/0003-epub-container.md says why.
"""

import io
import re
import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from neuronwise.book import assets, coded, font, fragments, hues, marked, printed
from neuronwise.book import document as d
from neuronwise.book.html import Page, trial
from neuronwise.mathematics.derivation import Line
from neuronwise.mathematics.printers import MathML, mathml, spoken
from neuronwise.mathematics.tree import Node, symbol

MIMETYPE = b"application/epub+zip"
MATHML = "http://www.w3.org/1998/Math/MathML"
SHEET = Path(__file__).with_name("epub.css")
SERIF, MATHS = "Charter, 'Charis SIL', Cambria, Georgia, serif", "'STIX Two Math', 'Cambria Math', math"
COLOURS = """\
html { color: $ink; background: $paper }
a { color: inherit }
.part span, .question, .origin, .rule, figcaption, thead, .note, .proof, .no, dt, .licence { color: $muted }
.note math { color: $ink }
.symbols td, .steps td, .steps tr, .report td, .report th, .report tr, .rows .def, .rows .def td, .licence {
  border-color: $line
}
.note, .why { border-color: $edge }
"""
CONTAINER = """\
<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
PACKAGE = """\
<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>the neuronwise authors</dc:creator>
<dc:language>en</dc:language>
<dc:description>{question}</dc:description>
<dc:rights>Creative Commons Attribution 4.0 International (CC BY 4.0)</dc:rights>
<meta property="dcterms:modified">2000-01-01T00:00:00Z</meta>
{accessibility}</metadata>
<manifest>
<item id="chapter" href="chapter.xhtml" media-type="application/xhtml+xml" properties="mathml svg"/>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav{more}"/>
<item id="style" href="style.css" media-type="text/css"/>
<item id="font" href="stix-two-math.woff2" media-type="font/woff2"/>
<item id="licence" href="OFL.txt" media-type="text/plain"/>
</manifest>
<spine><itemref idref="chapter"/></spine>
</package>
"""  # the date is none: who builds looks at no clock; the identifier names the contents
ACCESSIBILITY = (
    ("accessMode", "textual"),
    ("accessMode", "visual"),
    ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "MathML"),
    ("accessibilityFeature", "alternativeText"),
    ("accessibilityFeature", "readingOrder"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityHazard", "none"),
    (
        "accessibilitySummary",
        "Formulas are MathML with spoken text. Pictures are described. Nothing is told by colour alone.",
    ),
)
PAGE = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>
{body}
</body>
</html>
"""


def epub(chapter: d.Chapter) -> bytes:
    """Return a chapter as EPUB: the same bytes from the same chapter."""
    writer = EpubWriter(chapter)
    title = f"{chapter.number} {chapter.title}"
    body, contents = _with_namespace(writer.chapter_body()), _with_namespace(writer.contents())
    files = {
        "book/chapter.xhtml": PAGE.format(title=escape(title), body=body).encode(),
        "book/nav.xhtml": PAGE.format(title="Contents", body=contents).encode(),
        "book/style.css": sheet().encode(),
        "book/stix-two-math.woff2": font.small(body),
        "book/OFL.txt": font.LICENCE.read_bytes(),
    }
    package = PACKAGE.format(
        identifier=uuid.uuid5(uuid.NAMESPACE_OID, assets.digest(*files.values())),
        title=escape(f"{title} · Neuron by Neuron"),
        question=escape(chapter.question),
        accessibility="".join(f'<meta property="schema:{name}">{value}</meta>\n' for name, value in ACCESSIBILITY),
        more=" mathml" if "<math" in contents else "",
    )
    return container({"META-INF/container.xml": CONTAINER.encode(), "book/package.opf": package.encode(), **files})


def sheet() -> str:
    """Return the style: the layout, the colours by day, the colours by night."""
    day, night = (hues.put(COLOURS, side) + hues.pictures(side, SERIF, MATHS) for side in (hues.LIGHT, hues.DARK))
    return f"{SHEET.read_text(encoding='utf-8')}{day}@media (prefers-color-scheme: dark) {{\n{night}}}\n"


def _with_namespace(xhtml: str) -> str:
    return xhtml.replace("<math", f'<math xmlns="{MATHML}"')


def container(files: Mapping[str, bytes]) -> bytes:
    """Return the archive: first, and as it is, what says that it is an EPUB; no dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as together:
        for name, content in {"mimetype": MIMETYPE, **files}.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            together.writestr(entry, content, zipfile.ZIP_STORED if content is MIMETYPE else zipfile.ZIP_DEFLATED)
    return out.getvalue()


class EpubWriter(Page):
    """Writes a chapter's page without controls: every reason open, hints and solutions at the end."""

    def __init__(self, chapter: d.Chapter) -> None:
        super().__init__(chapter.program)
        self.chapter = chapter
        self.exercises: list[d.Exercise] = []

    def chapter_body(self) -> str:
        """Return the whole chapter."""
        sections = "".join(self.section(section) for section in self.chapter.sections)
        return (
            f'<section epub:type="chapter" role="doc-chapter" aria-labelledby="top">\n{self.title()}{sections}'
            f'{self.answers()}<p class="licence">{printed.LICENCE}</p>\n</section>'
        )

    def title(self) -> str:
        chapter = self.chapter
        symbols = "".join(
            f"<tr><td>{self.math(sign)}</td><td>{escape(words)}</td><td>{self.math(value)}</td></tr>"
            for sign, words, value in printed.symbols(chapter)
        )
        return (
            f'<header><p class="part">Chapter {chapter.number} <span>of {escape(chapter.part)}</span></p>\n'
            f'<h1 id="top">{escape(chapter.title)}</h1>\n<p class="question">{escape(chapter.question)}</p>\n'
            f'<p class="lede">{self.inlines(chapter.lede)}</p>\n</header>\n'
            f"{table('symbols', ('sign', 'meaning', 'at the start'), symbols)}"
        )

    def section(self, section: d.Section) -> str:
        heading = f'<span class="no">{section.number}</span> {self.inlines(section.title)}'
        return _section(section.id, heading, self.blocks(section.blocks))

    def answers(self) -> str:
        """Return hints, then solutions: what stands below a question on the page."""
        hints = "".join(self.answer(e, self.blocks(e.hint)) for e in self.exercises)
        solutions = "".join(
            self.answer(
                e, f'<p class="answer">{self.inlines(printed.right_answer(e.answer))}</p>{self.blocks(e.solution)}'
            )
            for e in self.exercises
        )
        return (_section("hints", "Hints", hints) + _section("solutions", "Solutions", solutions)) if hints else ""

    def answer(self, exercise: d.Exercise, body: str) -> str:
        n = exercise.number
        return f'<h3><span class="no">{n}</span> <a href="#exercise-{n}">{self.inlines(exercise.title)}</a></h3>{body}'

    def contents(self) -> str:
        """Return the table of contents."""
        found = [(s.id, f"{s.number} {self.inlines(s.title)}") for s in self.chapter.sections]
        found += [("hints", "Hints"), ("solutions", "Solutions")] if self.exercises else []
        items = "".join(f'<li><a href="chapter.xhtml#{id_}">{words}</a></li>' for id_, words in found)
        return (
            '<nav epub:type="toc" role="doc-toc" aria-labelledby="toc"><h1 id="toc">Contents</h1>\n<ol><li>'
            f'<a href="chapter.xhtml">{escape(self.chapter.title)}</a><ol>{items}</ol></li></ol></nav>'
        )

    # what differs from the page

    def link(self, href: str, inner: str) -> str:
        """Return a link to a section or into the world; the chapter's other files are not in an EPUB."""
        return super().link(href, inner) if href.startswith(("#", "https://")) else inner

    def on_page(self, blocks: Sequence[d.Block]) -> str:  # noqa: ARG002 - an EPUB is print: nothing here is alive
        """Return nothing."""
        return ""

    def equation(self, equation: d.Equation) -> str:
        origin = f'<p class="origin">{escape(equation.origin)}</p>'
        return f'<div class="equation">{mathml(equation.node, display=True)}{origin}</div>\n'

    def conversation(self, text: str) -> str:
        return re.sub(r'<pre class="try"[^>]*>', '<pre class="try">', super().conversation(text))

    def listing(self, listing: d.Listing) -> str:
        rows = "".join(self.row(*line) for name in listing.functions for line in coded_lines(listing, name))
        return table("rows", ("formula", listing.program.code.file, "numbers"), rows)

    def row(self, row: coded.Row, code: str) -> str:
        """Return a line of a listing: formula, code, numbers."""
        formula = f'<span class="words">{escape(row.words)}</span>'
        if not row.words:
            formula = mathml(row.formula, display=True) if row.formula else ""
        numbers = self.math(printed.numbers(self.program, row.operation)) if row.operation else ""
        kind = ' class="def"' if row.words else ""
        return f"<tr{kind}><td>{formula}</td><td><code>{code}</code></td><td>{numbers}</td></tr>"

    def derived(self, derived: d.Derived) -> str:
        lines, goal = derived.derivation.lines, derived.derivation.goal
        rows = "".join(self.line(line, goal if line in (lines[0], lines[-1]) else None) for line in lines)
        last = f'{self.math(printed.last_line(derived))} <span class="rule">the numbers</span>'
        return f'<ol class="derivation">{rows}<li><p class="step">{last}</p></li></ol>\n'

    def line(self, line: Line, goal: Node | None) -> str:
        left = mathml(goal, display=True) if goal else ""
        words = escape(f"equals {spoken(line.node)}")
        right = f'<math displaystyle="true" alttext="{words}"><mo>=</mo>{MathML()(line.node)}</math>'
        names = ", ".join(self.inlines(printed.rule_name(step.application)) for step in line.steps)
        whys = "".join(self.why(step.application) for step in line.steps)
        return (
            f'<li><p class="step"><span class="lhs">{left}</span> {right} <span class="rule">{names}</span></p>'
            f'<div class="why">{whys}</div></li>\n'
        )

    def claim(self, claim: d.Claim) -> str:
        return (
            f'<div class="claim {claim.kind}"><h3><span class="kind">{claim.kind.capitalize()}</span> '
            f"{self.inlines(claim.title)}</h3>{self.blocks(claim.blocks)}{trial(claim)}"
            f'<p class="proof">Proof: {self.code(claim.proof)} {printed.verdict(claim)}.</p></div>\n'
        )

    def roads(self, roads: d.Roads) -> str:
        heads = ("Road", "How it goes", "Slope", "64 bits")
        verdict = f'<p class="verdict">{escape(roads.report.verdict)}</p>\n'
        return table("report", heads, fragments.report(roads.report)) + verdict

    def exercise(self, exercise: d.Exercise) -> str:
        self.exercises.append(exercise)
        title = f'<span class="no">{exercise.number}</span> {self.inlines(exercise.title)}'
        return f'<h3 id="exercise-{exercise.number}">{title}</h3>{self.blocks(exercise.blocks)}'

    def stepper(self, stepper: d.Stepper) -> str:
        caption = f"<figcaption>{self.inlines(stepper.caption)}</figcaption>"
        heads = ("step", "way", "formula", "numbers", "what happens")
        steps = fragments.steps(self.moment, stepper.words)
        return f"<figure>{fragments.loop(self.moment)}{caption}</figure>\n{table('steps', heads, steps)}"

    def training(self, training: d.Training) -> str:
        updates = printed.training(self.program)
        valley, curve = fragments.charts(self.program, updates)
        error, weight = (self.math(d.Math(symbol(name))) for name in "Ew")
        return (
            f'<figure><div class="pair"><div><p>{error} over {weight}</p>{valley}</div> '
            f"<div><p>{error} over updates</p>{curve}</div></div>"
            f"<figcaption>{self.inlines(training.caption)}</figcaption></figure>\n"
        )


def coded_lines(listing: d.Listing, name: str) -> Iterable[tuple[coded.Row, str]]:
    """Return the lines of a function with their code as HTML."""
    return zip(coded.rows(listing.program, name), marked.lines(listing.program, name), strict=True)


def table(kind: str, heads: Iterable[str], rows: str) -> str:
    """Return a table with a row of heads."""
    head = "".join(f'<th scope="col">{escape(words)}</th>' for words in heads)
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>\n'


def _section(id_: str, heading: str, body: str) -> str:
    return f'<section aria-labelledby="{id_}">\n<h2 id="{id_}">{heading}</h2>\n{body}</section>\n'
