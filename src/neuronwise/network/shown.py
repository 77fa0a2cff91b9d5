"""An explanation as text, page, PDF, LaTeX and notebook: one list of sections, five ways to print a formula."""

import json
import math
import shutil
import textwrap
from collections import Counter
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path

from neuronwise.mathematics.derivation import Derivation, Line
from neuronwise.mathematics.printers import latex, mathml, plain, said, spoken, typst
from neuronwise.mathematics.tree import Node
from neuronwise.mathematics.worked import Worked
from neuronwise.network import markdown, storage
from neuronwise.network.errors import DataError
from neuronwise.network.explain import Explanation, Section

STYLE = Path(__file__).with_name("shown.css")
LOOK = Path(__file__).with_name("shown.typ")
LETTERS = (7.4, 6.8, 6.4)  # points, on paper
WIDEST = 100  # characters of a line in a terminal
RULES = 22  # of them, for the rules of a derivation


# ------------------------------------------------------------------------------------------------- text
def room() -> int:
    """Return how wide a line may be in this terminal."""
    return min(shutil.get_terminal_size().columns, WIDEST)


def text(explanation: Explanation, width: int = 0) -> str:
    """Return it for a terminal: a formula, and under its = the numbers and the result; `width` for a file."""
    width = width or room()
    blocks = [explanation.title]
    for section in explanation.sections:
        blocks.append(section.heading)
        blocks += [textwrap.fill(section.note, width, initial_indent="    ", subsequent_indent="    ")] * bool(
            section.note
        )
        blocks += ["\n".join(f"    {plain(formula)}" for formula in section.general)] * bool(section.general)
        blocks += [in_columns(section.table, width)] if section.table else []
        blocks += [derived_text(derivation, width) for derivation in section.derived]
        blocks += [block(worked, width) for worked in section.worked]
    return "\n\n".join(blocks) + "\n"


def block(worked: Worked, width: int) -> str:
    """Return a worked formula, a line each for formula, numbers and result."""
    left = f"    {plain(worked.left)}"
    becomes = "←" if changes(worked) else "="
    lines = folded(f"{left} {becomes} ", plain(worked.right), width)
    for sign, node in worked.chain:
        lines += folded(f"{' ' * len(left)} {sign} ", plain(node), width)
    return "\n".join(lines)


def derived_text(derivation: Derivation, width: int) -> str:
    """Return a derivation, a line each, its rules behind it or, where it is long, below."""
    lines = [f"    {plain(derivation.goal)}"]
    for line in derivation.lines:
        formula = folded("      = ", plain(line.node), width)
        rule = f"by {rules_of(line)}"
        *lines_above, last = formula if len(formula[-1]) <= width - RULES else [*formula, ""]
        lines += [*lines_above, f"{last:<{width - RULES}}  {rule}"]
    return "\n".join(lines)


def rules_of(line: Line) -> str:
    """Return the rules of a line; one that is used several times in a row, with how often."""
    rules = Counter(line.rules)
    return ", ".join(rule if count == 1 else f"{rule}, {count} times" for rule, count in rules.items())


def changes(worked: Worked) -> bool:
    """Tell whether a symbol gets a new number: it stands on both sides."""
    return worked.left in worked.right.nodes()


def folded(before: str, formula: str, width: int) -> list[str]:
    """Return a formula on lines that fit, broken before a sign: the one least deep in brackets.

    >>> folded("E = ", "(t − a)·x + (u − v)·y", 20)
    ['E = (t − a)·x', '    + (u − v)·y']
    """
    room, lines = width - len(before), [before]
    while len(formula) > room and (cut := breaking(formula, room)):
        lines[-1] += formula[:cut].rstrip()
        lines.append(" " * len(before))
        formula = formula[cut:]
    return [*lines[:-1], lines[-1] + formula]


def breaking(formula: str, room: int) -> int:
    """Return where to break a formula: before the sign least deep in brackets, the last of them; 0: nowhere."""
    depth, best, cut = 0, (math.inf, 0), 0
    for place, letter in enumerate(formula[:room]):
        depth += (letter in "([{") - (letter in ")]}")
        sign = 0 if formula[place - 1 : place + 2] in (" + ", " − ") else 0.5 if letter == "·" else None
        early = 2 * (place < room / 3)  # a short first line is worse than a break inside brackets
        if place and sign is not None and (depth + sign + early, -place) <= best:
            best, cut = (depth + sign + early, -place), place
    return cut


def in_columns(table: tuple[tuple[str, ...], ...], width: int = WIDEST) -> str:
    """Return a table as text; numbers stand to the right, and what is long in the last column goes on below.

    >>> print(in_columns((("neuron", "z"), ("h1", "0.25"))))
        neuron     z
        h1      0.25
    """
    *widths, _ = (max(map(len, column)) for column in zip(*table, strict=True))
    numbers = [cell.lstrip("−")[:1].isdigit() for cell in table[-1]]
    room = width - 4 - sum(widths) - 2 * len(widths)
    last = min(room, max(len(row[-1]) for row in table))
    lines = []
    for row in table:
        cells = zip(row, [*widths, last], numbers, strict=False)
        *begin, _ = (cell.rjust(w) if number else cell.ljust(w) for cell, w, number in cells)
        first, *more = textwrap.wrap(row[-1], room) or [""]
        lines.append("  ".join([*begin, first.rjust(last) if numbers[-1] else first]))
        lines += [" " * (width - 4 - room) + words for words in more]
    return "\n".join(f"    {line}".rstrip() for line in lines)


# ------------------------------------------------------------------------------------------------- page
def html(explanation: Explanation) -> str:
    """Return it as a piece of a page, with its own style: for a notebook."""
    return f"<style>{STYLE.read_text(encoding='utf-8')}</style>{article(explanation)}"


def page(explanation: Explanation) -> str:
    """Return it as a page of its own: one file, which asks nobody for anything."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(explanation.title)}</title><style>{STYLE.read_text(encoding='utf-8')}</style>"
        f"<body class='explained-page'><main>{article(explanation)}</main></body></html>\n"
    )


def article(explanation: Explanation) -> str:
    """Return the sections."""
    inner = "".join(map(section_html, explanation.sections))
    return f'<article class="explained"><h1>{escape(explanation.title)}</h1>{inner}</article>'


def section_html(section: Section) -> str:
    """Return one section."""
    note = f"<p>{escape(section.note)}</p>" if section.note else ""
    listed = "".join(f"<li>{mathml(formula, display=True)}</li>" for formula in section.general)
    head, *rows = section.table or ((),)
    columns = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    cells = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    table = (
        f'<div class="wide"><table><thead><tr>{columns}</tr></thead><tbody>{cells}</tbody></table></div>'
        if head
        else ""
    )
    worked = "".join(worked_html(each) for each in section.worked) + "".join(map(derived_html, section.derived))
    general = f'<ul class="general">{listed}</ul>' if listed else ""
    return f"<section><h2>{escape(section.heading)}</h2>{note}{general}{table}{worked}</section>"


def worked_html(worked: Worked) -> str:
    """Return a worked formula: formula, numbers, result, each behind its sign."""
    rows = [("←" if changes(worked) else "=", worked.right), *worked.chain]
    lines = "".join(
        f'<div class="line">{mathml(worked.left, display=True) if not n else "<span></span>"}'
        f'<span class="sign">{sign}</span>{mathml(node, display=True)}</div>'
        for n, (sign, node) in enumerate(rows)
    )
    return f'<div class="worked" tabindex="0">{lines}</div>'


def derived_html(derivation: Derivation) -> str:
    """Return a derivation: lines behind =, each with its rules."""
    lines = "".join(
        f'<div class="line"><span class="sign">=</span>{mathml(line.node, display=True)}'
        f'<span class="rule">by {escape(rules_of(line))}</span></div>'
        for line in derivation.lines
    )
    goal = f'<div class="goal">{mathml(derivation.goal, display=True)}</div>'
    return f'{goal}<div class="derived" tabindex="0">{lines}</div>'


# ------------------------------------------------------------------------------------------------- LaTeX, notebook
def tex(explanation: Explanation) -> str:
    """Return it as a LaTeX document."""
    body = "\n".join(
        f"\\section*{{{tex_words(s.heading)}}}\n{tex_words(s.note)}\n{tex_section(s)}" for s in explanation.sections
    )
    return (
        "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\allowdisplaybreaks\n\\begin{document}\n"
        f"\\title{{{tex_words(explanation.title)}}}\\author{{}}\\date{{}}\\maketitle\n{body}\n\\end{{document}}\n"
    )


def tex_words(words: str) -> str:
    """Return words with the signs of LaTeX escaped."""
    for sign in "\\{}$&#^_%~":
        words = words.replace(sign, {"\\": "\\textbackslash "}.get(sign, f"\\{sign}" + "{}" * (sign in "^~")))
    return words.replace("≈", "$\\approx$").replace("−", "$-$")


def tex_section(section: Section) -> str:
    """Return the formulas and the table of a section."""
    general = " \\\\\n".join(map(latex, section.general))
    lines = [f"\\begin{{gather*}}\n{general}\n\\end{{gather*}}"] if general else []
    lines += [tex_derived(derivation) for derivation in section.derived]
    lines += [tex_worked(worked) for worked in section.worked]
    if section.table:
        rows = " \\\\\n".join(" & ".join(map(tex_words, row)) for row in section.table)
        lines.append(f"\\begin{{tabular}}{{ll{'r' * (len(section.table[0]) - 2)}}}\n{rows}\n\\end{{tabular}}")
    return "\n".join(lines)


def tex_worked(worked: Worked) -> str:
    """Return a worked formula, its signs under each other."""
    rows = [(r"\leftarrow" if changes(worked) else "=", worked.right), *worked.chain]
    signs = {"≈": r"\approx"}
    lines = " \\\\\n".join(
        f"{latex(worked.left) if not n else ''} &{signs.get(sign, sign)} {latex(node)}"
        for n, (sign, node) in enumerate(rows)
    )
    return f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"


def tex_derived(derivation: Derivation) -> str:
    """Return a derivation, its rules behind the lines."""
    rows = [f"&= {latex(line.node)} && \\text{{by {rules_of(line)}}}" for line in derivation.lines]
    body = " \\\\\n".join([latex(derivation.goal), *rows] if len(rows) > 1 else [f"{latex(derivation.goal)} {rows[0]}"])
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"


def ipynb(explanation: Explanation) -> str:
    """Return it as a notebook of text cells."""
    cells = [f"# {markdown.escaped(explanation.title)}"]
    for section in explanation.sections:
        blocks = [*map(tex_derived, section.derived), *map(tex_worked, section.worked)]
        parts = [
            f"## {markdown.escaped(section.heading)}",
            markdown.escaped(section.note),
            *(markdown.formula(latex(formula)) for formula in section.general),
            markdown.table(section.table) if section.table else "",
            *(markdown.formula(each.replace("align*", "aligned")) for each in blocks),
        ]
        cells.append("\n\n".join(part for part in parts if part))
    notebook = {
        "cells": [
            {"cell_type": "markdown", "id": f"cell-{n}", "metadata": {}, "source": cell} for n, cell in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


# ------------------------------------------------------------------------------------------------- PDF
def pdf(explanation: Explanation) -> bytes:
    """Return it as PDF, tagged for screen readers (PDF/UA-1)."""
    import typst as compiler  # noqa: PLC0415 - an extra

    return compiler.compile(looking(fitting(explanation)), pdf_standards=["ua-1"])


def fitting(explanation: Explanation) -> str:
    """Return it as Typst reads it, in the largest letters that make one page of two; else in those that read best."""
    whole, *smaller = (partial(typst_document, explanation, size) for size in LETTERS)
    tried = smaller if pages(whole()) == 2 else []  # noqa: PLR2004 - of three pages no smaller letters make one
    return next((document() for document in tried if pages(document()) == 1), whole())


def pages(document: str) -> int:
    """Return how many pages a document has."""
    import typst as compiler  # noqa: PLC0415 - an extra

    ended = f"{document}\n#context [#metadata(here().page()) <end>]"
    return int(json.loads(compiler.query(looking(ended), "<end>", field="value"))[-1])


def looking(document: str) -> bytes:
    """Return a document with its look."""
    return (LOOK.read_text(encoding="utf-8") + document).encode()


def typst_document(explanation: Explanation, size: float = LETTERS[0]) -> str:
    """Return it as the text that Typst reads, in letters of a size."""
    columns = 1 if any(section.derived for section in explanation.sections) else 2
    lines = [f"#show: sheet.with({quoted(explanation.title)}, {columns}, {size}pt)"]
    for section in explanation.sections:
        lines.append(f"#part({quoted(section.heading)}, {quoted(section.note)})")
        lines += [f"#general({equation(spoken(formula), typst(formula))})" for formula in section.general]
        if section.table:
            cells = ", ".join(quoted(cell) for row in section.table for cell in row)
            lines.append(f"#rows({len(section.table[0])}, {cells})")
        lines += [typst_derived(derivation) for derivation in section.derived]
        lines += [typst_worked(worked, "aside" if section.dense else "worked") for worked in section.worked]
    return "\n".join(lines)


def typst_worked(worked: Worked, layout: str = "worked") -> str:
    """Return a worked formula: formula, numbers and result, each with its words, below each other or side by side."""
    becomes = "←" if changes(worked) else "="
    rows = [(becomes, worked.right), *worked.chain]
    cells = [equation(spoken(worked.left), typst(worked.left))]
    cells += [equation(said([(sign, node)]), signed(sign, node)) for sign, node in rows]
    return f"#{layout}({', '.join(cells)})"


def typst_derived(derivation: Derivation) -> str:
    """Return a derivation: the goal, then each line with its rules."""
    rows = [
        f"({equation(said([('=', line.node)]), signed('=', line.node))}, {quoted(f'by {rules_of(line)}')})"
        for line in derivation.lines
    ]
    return f"#derived({equation(spoken(derivation.goal), typst(derivation.goal))}, {', '.join(rows)})"


def signed(sign: str, node: Node) -> str:
    """Return a formula behind its sign."""
    return f"{({'≈': 'approx', '←': '<-'}).get(sign, sign)} {typst(node)}"


def equation(words: str, body: str) -> str:
    """Return a formula with the words that a screen reader says."""
    return f"[#math.equation(alt: {quoted(words)}, $display({body})$.body)]"


def quoted(words: str) -> str:
    """Return words as a string of Typst."""
    return json.dumps(words, ensure_ascii=False)


# ------------------------------------------------------------------------------------------------- files
def as_bytes(write: Callable[[Explanation], str]) -> Callable[[Explanation], bytes]:
    """Return what writes the same as bytes."""
    return lambda explanation: write(explanation).encode()


WRITERS: dict[str, Callable[[Explanation], bytes]] = {
    ".txt": as_bytes(lambda explanation: text(explanation, WIDEST)),
    ".html": as_bytes(page), ".pdf": pdf, ".tex": as_bytes(tex), ".ipynb": as_bytes(ipynb),
}  # fmt: skip


def save(explanation: Explanation, path: Path) -> None:
    """Write a file, whole or not at all; its name's end says of which kind."""
    if path.suffix not in WRITERS:
        message = f"expected a name that ends in {', '.join(WRITERS)}; got {path.name}"
        raise DataError(message)
    storage.save(WRITERS[path.suffix](explanation), path)
