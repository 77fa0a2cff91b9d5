"""The picture that other sites show where somebody links to a page: title and question on paper, 1200 x 630 dots."""

from neuronwise.book import hues, typst
from neuronwise.book.pictures import Drawing

FILE = "picture.png"
LOOK = """\
#set page(width: 600pt, height: 315pt, margin: (x: 44pt, y: 36pt), fill: rgb("$paper"))
#set text(font: "Libertinus Serif", size: 17pt, fill: rgb("$ink"))
#set par(leading: 0.4em, spacing: 15pt)
#let muted(size, it) = text(size: size, style: "italic", fill: rgb("$muted"), it)
"""
EMBLEM = typst.image(Drawing(typst.EMBLEM, "The smallest network"))


def png(title: str, question: str, below: str) -> bytes:
    """Return the picture of a page; `below` says to which whole it belongs."""
    title, question, below = map(typst.escaped, (title, question, below))
    words = f"#text(46pt)[{title}]\n\n#muted(25pt)[{question}]\n#v(1fr)\n#muted(17pt)[{below}]"
    return typst.compiled(
        f"{hues.put(LOOK, hues.LIGHT)}#align(right, box(width: 170pt, {EMBLEM}))\n#v(1fr)\n{words}", "png"
    )
